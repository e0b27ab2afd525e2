"""The published number of max pods of every instance type, against the formula over the bundled table."""

from __future__ import annotations

import csv
from pathlib import Path

from podroom.capacity.max_pods import eni_max_pods
from podroom.catalog.instance_types import InstanceCatalog

with (Path(__file__).parent / "data" / "max-pods-oracle.csv").open(encoding="utf-8", newline="") as stream:
    PUBLISHED = {row["instance_type"]: int(row["eni_max_pods"]) for row in csv.DictReader(stream)}

# EC2 has described these with two network cards since 2026-08; the published lists still count all interfaces.
NEWER_THAN_PUBLISHED = {
    "i7ie.48xlarge": (737, 394),
    "i7ie.metal-48xl": (737, 394),
    "i8ge.48xlarge": (1178, 590),
    "i8ge.metal-48xl": (1178, 590),
}


def test_the_formula_gives_every_published_number_but_four() -> None:
    """1402 of 1406 are equal; the four that differ are named with both numbers."""
    catalog = InstanceCatalog.bundled()
    types = {name: catalog.find(name) for name in PUBLISHED}
    computed = {name: eni_max_pods(found).value for name, found in types.items() if found}
    assert len(PUBLISHED) == 1406
    assert computed.keys() == PUBLISHED.keys()
    differing = {name: (PUBLISHED[name], computed[name]) for name in PUBLISHED if PUBLISHED[name] != computed[name]}
    assert differing == NEWER_THAN_PUBLISHED
