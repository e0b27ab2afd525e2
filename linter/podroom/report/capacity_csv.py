"""A forecast as CSV: one row for each subnet and state of load, today and as it would be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from podroom.capacity.estimate import Estimate, LoadState, either
from podroom.capacity.forecast import Forecast
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.report.capacity_wording import Comparison
from podroom.report.style import printable

_NAMES = ("configuration", "variant", "scenario", "subnet", "cidr", "zone", "node_groups", "load")
_NUMBERS = (
    "usable",
    "reserved",
    "nodes_at_desired",
    "nodes_at_maximum",
    "at_desired",
    "at_maximum",
    "added_by_update",
    "left",
    "holds",
    "unserved_pods",
)
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets begin a formula with, in full width too."""


def render(comparisons: Sequence[Comparison]) -> str:
    """Return the rows; every number has a column for its least and one for its most, empty where there is no bound."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow([*_NAMES, *(f"{name}_{bound}" for name in _NUMBERS for bound in ("least", "most")), "not_known"])
    for comparison in comparisons:
        writer.writerows(_rows(comparison.today, "today"))
        if comparison.during is not None:
            writer.writerows(_rows(comparison.during, "while applied"))
        if comparison.what_if is not None:
            writer.writerows(_rows(comparison.what_if, "what if"))
    return output.getvalue()


def _rows(found: Forecast, scenario: str) -> Iterator[list[str]]:
    for subnet in found.subnets:
        cidr = " or ".join(subnet.subnet.cidr.candidates()) if subnet.usable.value is not None else ""
        addresses = tuple(dict.fromkeys(share.group.address for share in subnet.shares))
        groups = " ".join(addresses)
        names = [found.root, found.variant or "", scenario, subnet.subnet.address, cidr, subnet.zone or "", groups]
        named = [gap.reason for group in found.groups if group.group.address in addresses for gap in group.gaps]
        gaps = "; ".join(dict.fromkeys([*named, *(gap.reason for gap in subnet.gaps)]))
        for state in LoadState:
            bounds = [_bound(bound) for number in _numbers(subnet, state) for bound in (number.least, number.most)]
            yield [*map(_harmless, names), state.value, *bounds, _harmless(gaps)]


def _numbers(subnet: SubnetForecast, state: LoadState) -> Iterator[Estimate]:
    yield from (subnet.usable, subnet.reserved, subnet.nodes_at_desired, subnet.nodes_at_maximum)
    for loads in (subnet.at_desired, subnet.at_maximum, subnet.added_by_update, subnet.left, subnet.holds):
        yield loads.of(state)
    unserved = [share.node.unserved.of(state) for share in subnet.shares]
    yield either(unserved) if unserved else Estimate.known(0)


def _bound(bound: int | None) -> str:
    return "" if bound is None else str(bound)


def _harmless(cell: str) -> str:
    """Return text that neither a spreadsheet takes for a formula nor a terminal or a log for a command."""
    shown = printable(cell)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
