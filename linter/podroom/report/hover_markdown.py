"""What an editor shows of an instance type, of max pods or of a subnet: a small table with the sums, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from podroom.capacity.assessment import Assumptions
from podroom.capacity.estimate import Estimate, LoadState
from podroom.capacity.estimates import NotKnown
from podroom.capacity.forecast import ClusterForecast, GroupForecast
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.node import NodeReport
from podroom.capacity.node_forecast import TypeForecast
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.records import dataclass
from podroom.report.capacity_wording import (
    cidr_of,
    cni_line,
    fitting,
    kept_free,
    label,
    remark,
    sentences,
    share_sentences,
    shown,
)
from podroom.report.markdown import code, escaped, table
from podroom.report.node_tables import in_short

_MOST = 6
"""How many tables, and names above one, are shown at once: a literal may be shared by hundreds."""
_MAX_PODS = "max pods that kubelet gets"
_OF_A_NODE = ("kubelet", "room", "addresses_idle", "addresses_full")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one thing: its name, and a table with sentences; both are Markdown."""

    heading: str
    body: str


def render(several: Iterable[Told]) -> str:
    """Return what is said of several things, once of those of which the same is so."""
    by_body: dict[str, dict[str, None]] = {}
    for told in several:
        by_body.setdefault(told.body, {})[told.heading] = None
    parts = [f"{_listed(list(headings), ', ')}\n\n{body}" for body, headings in by_body.items()]
    return _listed(parts, "\n\n---\n\n")


def _listed(parts: Sequence[str], between: str) -> str:
    left_out = len(parts) - _MOST
    return between.join([*parts[:_MOST], *([f"and {left_out} more"] if left_out > 0 else [])])


def node_of_group(found: TypeForecast, group: str, cluster: ClusterForecast | None, assumptions: Assumptions) -> Told:
    """Return what is known of the nodes of a type in a node group, with its settings."""
    who = " or ".join(dict.fromkeys(_said_by(limit) for limit in found.limits))
    rows = [
        (_MAX_PODS, shown(found.max_pods), _why(found.max_pods, who)),
        ("pods that have room", shown(found.room), _why(found.room)),
    ]
    for state, number in found.addresses:
        ends = {LoadState.IDLE: "no pods", LoadState.SATURATED: "all pods"}
        title = ends.get(state, label(state, assumptions))
        rows.append((f"addresses taken with {title}", shown(number), _why(number)))
    lines = list(_table(rows))
    lines += [] if found.ready else ["", "These nodes never become Ready."]
    lines += [] if cluster is None else ["", escaped(cni_line(cluster))]
    return Told(f"**{escaped(found.instance.name)}** in {code(group)}", "\n".join(lines))


def unknown_nodes(group: GroupForecast) -> Told:
    """Return why nothing is known of the nodes of a group that hangs on their type, or what they are without any."""
    reasons = list(dict.fromkeys(gap.reason for gap in group.gaps))
    said = group.node.note or "; ".join(["the instance types are not known", *reasons])
    return Told(code(group.group.address), escaped(said))


def node_by_itself(report: NodeReport) -> Told:
    """Return what is known of a node of a type, of which no node group is known."""
    rows = []
    for row in report.rows():
        if row.key in _OF_A_NODE:
            why = row.answer.reason if isinstance(row.answer, NotKnown) else row.answer.working
            of_subnet = row.key.startswith("addresses")
            title = f"addresses taken with {row.title}" if of_subnet else row.title
            rows.append((_MAX_PODS if row.key == "kubelet" else title, in_short(row.answer), why))
    heading = f"**{escaped(report.instance.name)}** with Amazon Linux 2023 and the defaults of the VPC CNI"
    return Told(heading, "\n".join(_table(rows)))


def subnet(found: SubnetForecast, assumptions: Assumptions) -> Told:
    """Return what a subnet has, what is asked of it, and what that leaves."""
    loaded = label(LoadState.EXPECTED, assumptions)
    rows = [
        ("addresses that can be used", shown(found.usable), found.usable.working),
        ("kept for others than nodes", shown(found.reserved), kept_free(found)),
        (f"taken at the desired size, {loaded} on each node", shown(found.at_desired.expected), ""),
        (f"taken at the maximum size, {loaded} on each node", shown(found.at_maximum.expected), ""),
        ("taken at the maximum size, nodes full", shown(found.at_maximum.saturated), ""),
        (f"nodes that fit, {loaded} on each", fitting(found.holds.expected), remark(found, LoadState.EXPECTED)),
    ]
    said = [*share_sentences(found), *sentences(found, assumptions)]
    lines = [*_table(rows), "", *(f"- {escaped(sentence)}" for sentence in said)]
    return Told(f"{code(found.subnet.address)} {escaped(cidr_of(found))}", "\n".join(lines).rstrip())


def _said_by(limit: KubeletLimit) -> str:
    """Return who gives kubelet a number, with the sum."""
    working = limit.figure.working
    return working if limit.authority in working else f"{limit.authority}: {working}"


def _why(number: Estimate, who: str = "") -> str:
    """Return the sum of a number, or why it is not known."""
    return who or "; ".join(gap.reason for gap in number.gaps) or number.working


def _table(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    return table(["", "", ""], [[escaped(title), number, escaped(why)] for title, number, why in rows], numbers_from=3)
