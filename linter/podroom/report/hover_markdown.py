"""What an editor shows of an instance type, of max pods or of a subnet: a small table with the sums, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assumptions
from podroom.capacity.estimate import Estimate, LoadState
from podroom.capacity.estimates import NotKnown
from podroom.capacity.forecast import ClusterForecast
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.node import NodeReport
from podroom.capacity.node_forecast import TypeForecast
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.report.capacity_wording import (
    cidr_of,
    cni_line,
    fitting,
    kept_free,
    label,
    sentences,
    share_sentences,
    shown,
)
from podroom.report.markdown import code, escaped, table
from podroom.report.node_tables import in_short

_OF_A_NODE = ("kubelet", "room", "addresses_idle", "addresses_full")


def node_of_group(found: TypeForecast, group: str, cluster: ClusterForecast | None, assumptions: Assumptions) -> str:
    """Return what is known of the nodes of a type in a node group, with its settings."""
    who = " or ".join(dict.fromkeys(_said_by(limit) for limit in found.limits))
    rows = [
        ["max pods that kubelet gets", shown(found.max_pods), _why(found.max_pods, who)],
        ["pods that have room", shown(found.room), _why(found.room)],
    ]
    for state, number in found.addresses:
        load = "pods" if state is LoadState.SATURATED else label(state, assumptions)
        title = {LoadState.IDLE: "no pods", LoadState.SATURATED: "all pods"}.get(state, load)
        rows.append([f"addresses of the subnet with {title}", shown(number), _why(number)])
    lines = [f"**{escaped(found.instance.name)}** in {code(group)}", "", *_table(rows)]
    lines += [] if found.ready else ["", "These nodes never become Ready."]
    lines += [] if cluster is None else ["", escaped(cni_line(cluster))]
    return "\n".join(lines)


def node_by_itself(report: NodeReport) -> str:
    """Return what is known of a node of a type, of which no node group is known."""
    rows = []
    for row in report.rows():
        if row.key in _OF_A_NODE:
            working = row.answer.reason if isinstance(row.answer, NotKnown) else row.answer.working
            title = f"addresses of the subnet with {row.title}" if row.key.startswith("addresses") else row.title
            rows.append([title, in_short(row.answer), working])
    titles = {"kubelet gets": "max pods that kubelet gets"}
    rows = [[titles.get(title, title), number, working] for title, number, working in rows]
    said = "with Amazon Linux 2023 and the defaults of the VPC CNI"
    return "\n".join([f"**{escaped(report.instance.name)}** {said}", "", *_table(rows)])


def subnet(found: SubnetForecast, assumptions: Assumptions) -> str:
    """Return what a subnet has, what is asked of it, and what that leaves."""
    address, expected = code(found.subnet.address), LoadState.EXPECTED
    rows = [
        ["addresses that can be used", shown(found.usable), found.usable.working],
        ["kept for others than nodes", shown(found.reserved), kept_free(found)],
        [f"taken at the desired size, {label(expected, assumptions)} on each node", shown(found.at_desired.expected)],
        [f"taken at the maximum size, {label(expected, assumptions)} on each node", shown(found.at_maximum.expected)],
        ["taken at the maximum size, nodes full", shown(found.at_maximum.saturated)],
        ["nodes that fit", fitting(found.holds.expected), f"with {label(expected, assumptions)} on each"],
    ]
    lines = [f"{address} {escaped(cidr_of(found))}", "", *_table(rows)]
    said = [*share_sentences(found, None), *sentences(found, assumptions)]
    return "\n".join([*lines, "", *(f"- {escaped(sentence)}" for sentence in said)]).rstrip()


def _said_by(limit: KubeletLimit) -> str:
    """Return who gives kubelet a number, with the sum."""
    working = limit.figure.working
    return working if limit.authority in working else f"{limit.authority}: {working}"


def _why(number: Estimate, who: str = "") -> str:
    """Return the sum of a number, or why it is not known."""
    return who or "; ".join(gap.reason for gap in number.gaps) or number.working


def _table(rows: list[list[str]]) -> Iterator[str]:
    cells = [[escaped(title), number, escaped(" ".join(rest))] for title, number, *rest in rows]
    return table(["", "", ""], [[title, number, rest] for title, number, rest in cells], numbers_from=3)
