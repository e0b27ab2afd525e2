"""Every row of the capacity oracle: what real tools printed, upstream tests say or ipamd's own code did."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from check_capacity import NEWER_THAN_PUBLISHED, Comparison, comparisons
from checkout import CHECKOUT
from podroom.capacity.max_pods import eni_max_pods
from podroom.catalog.instance_types import InstanceCatalog

pytestmark = pytest.mark.once("sums of our own")

DATA = Path(__file__).parent / "data"
VECTORS = DATA / "capacity-vectors.csv"
PUBLISHED = DATA / "max-pods-oracle.csv"

ROWS_BY_KIND = {
    "max_pods_calc": 73,
    "ipamd_steady": 44,
    "karpenter_max_pods": 7,
    "subnet": 7,
    "pod_ip_capacity": 5,
    "mng_max_pods": 4,
    "nodeadm_expr": 4,
    "branch_eni": 3,
    "kube_reserved": 1,
    "auto_mode_max_pods": 1,
}


@pytest.mark.parametrize("comparison", list(comparisons(VECTORS)), ids=lambda comparison: comparison.name)
def test_podroom_agrees_with_every_row_of_the_oracle(comparison: Comparison):
    assert comparison.agrees, f"{comparison.kind}: expected {comparison.expected}, found {comparison.found}"


def test_no_kind_has_lost_rows():
    assert Counter(comparison.kind for comparison in comparisons(VECTORS)) == ROWS_BY_KIND


def test_the_formula_gives_every_published_number_but_four():
    """1402 of 1406 are equal; the four that differ are named with both numbers."""
    compared = list(comparisons(PUBLISHED))
    assert [comparison for comparison in compared if not comparison.agrees] == []
    assert len(compared) == 1402
    with PUBLISHED.open(encoding="utf-8", newline="") as stream:
        published = {row["instance_type"]: int(row["eni_max_pods"]) for row in csv.DictReader(stream)}
    catalog = InstanceCatalog.bundled()
    for name, (there, here) in NEWER_THAN_PUBLISHED.items():
        instance = catalog.find(name)
        assert instance is not None
        assert (published[name], eni_max_pods(instance).value) == (there, here)


def judge(*tables: Path) -> subprocess.CompletedProcess[str]:
    """Run the judge as a person would."""
    command = [sys.executable, str(CHECKOUT / "tools/check_capacity.py"), *map(str, tables)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_judge_prints_how_many_agree():
    result = judge(VECTORS, PUBLISHED)
    assert (result.stdout, result.returncode) == ("1551 of 1551 agree\n", 0)


def altered(row: dict[str, str], **cells: object) -> dict[str, str]:
    """Return a row with other cells; `inputs` are written as JSON."""
    return row | {name: json.dumps(cell) if name == "inputs" else str(cell) for name, cell in cells.items()}


def test_the_judge_names_every_row_that_disagrees_or_that_it_cannot_work_out(tmp_path: Path):
    with VECTORS.open(encoding="utf-8", newline="") as stream:
        rows = {row["id"]: row for row in csv.DictReader(stream)}
    wrong = [
        altered(rows["V119"], value=31),
        altered(rows["V119"], id="another kind", kind="sea_level"),
        altered(rows["V133"], id="no such type", instance_type="m5.larg"),
        altered(rows["V133"], id="other limits", max_enis_default_card=4),
        altered(rows["V133"], id="other input", inputs={"moon": "full"}),
        altered(rows["V020"], id="a version that the script reads", value="EXIT1"),
        altered(rows["V199"], id="other addresses", value='{"addresses": 11}'),
        altered(rows["V119"], id="an expression that does not fail", value="ERROR"),
    ]
    right = [
        altered(rows["V119"], id="an expression that fails", inputs={"expr": "no_such"}, value="ERROR"),
        altered(rows["V110"], id="a version that the script ends at", inputs={"cni_version": "v1.18.0"}),
        altered(
            rows["V174"],
            id="a number that hangs on chance",
            inputs={"env": {"WARM_PREFIX_TARGET": "2"}, "maxpods": 110, "pd": True, "pods": 2},
            value='{"addresses": 66, "enis": 2, "prefixes": 4}',
        ),
    ]
    table = tmp_path / "rows.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows["V119"]))
        writer.writeheader()
        writer.writerows([*wrong, *right])

    result = judge(table)

    *disagreements, summary = result.stdout.splitlines()
    assert [line.partition(" (")[0] for line in disagreements] == [row["id"] for row in wrong]
    assert summary == "3 of 11 agree"
    assert result.returncode == 1
