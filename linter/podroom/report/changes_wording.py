"""What the reports of a change say in the same words: what becomes of node groups and of subnets."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assumptions
from podroom.capacity.estimate import Estimate, LoadState
from podroom.capacity.forecast import GroupForecast
from podroom.capacity.node_forecast import TypeForecast
from podroom.changes import Change, GroupChange, SubnetChange, peak
from podroom.report.capacity_wording import cidr_of, condition, deciders, hungry, shown
from podroom.report.findings_wording import count
from podroom.rule import Severity

_ARROW = "->"


def summary(change: Change) -> str:
    """Return one line: what is new, fixed and as before, and of how many things the capacity changes."""
    found = change.findings
    severities = [
        f"{number} {severity}"
        for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
        if (number := sum(finding.severity is severity for finding in found.new))
    ]
    new = count(len(found.new), "new finding") + (f" ({', '.join(severities)})" if severities else "")
    parts = [new, f"{len(found.fixed)} fixed", f"{len(found.remaining)} as before"]
    if found.opened:
        parts.append(f"{count(len(found.opened), 'judgement')} no longer decided")
    groups = sum(len(root.groups) for root in change.roots)
    subnets = sum(len(root.subnets) for root in change.roots)
    if groups or subnets:
        capacity = f"other numbers for {count(groups, 'node group')} and {count(subnets, 'subnet')}"
    else:
        capacity = "the same capacity"
    return f"podroom: {', '.join(parts)}; {capacity}"


def title(change: Change) -> str:
    """Return what is compared with what."""
    return f"{change.base} {_ARROW} {change.head}"


def group_lines(change: GroupChange) -> list[str]:
    """Return what becomes of a node group: a line of its types, then max pods against the room, then sizes."""
    before, after = change.before, change.after
    if after is None:
        return ["is gone"]
    if before is None:
        return ["is new", *deciders(after), f"sizes {_sizes(after)}"]
    return [*_types(before, after), *_resized(before, after)]


def _types(before: GroupForecast, after: GroupForecast) -> Iterator[str]:
    old, new = _names(before), _names(after)
    if old != new:
        yield f"{old} {_ARROW} {new}"
    pods = _both(_of(before, "max_pods"), _of(after, "max_pods"))
    room = _both(_of(before, "room"), _of(after, "room"))
    if _of(before, "max_pods") == _of(after, "max_pods") and _of(before, "room") == _of(after, "room"):
        return
    who = " or ".join(dict.fromkeys(limit.authority for kind in after.node.types for limit in kind.limits))
    yield f"max pods {pods}{f' ({who})' if who else ''}, room for {room}"
    starving = hungry(after.node, LoadState.SATURATED)
    if starving:
        yield f"full nodes: {starving}"


def _names(group: GroupForecast) -> str:
    return ", ".join(kind.instance.name for kind in group.node.types) or group.node.note or "instance types unknown"


def _of(group: GroupForecast, which: str) -> tuple[str, ...]:
    def number(kind: TypeForecast) -> Estimate:
        return kind.max_pods if which == "max_pods" else kind.room

    return tuple(dict.fromkeys(shown(number(kind)) for kind in group.node.types)) or ("unknown",)


def _both(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    old, new = " or ".join(before), " or ".join(after)
    return f"{new} as before" if old == new else f"{old} {_ARROW} {new}"


def _resized(before: GroupForecast, after: GroupForecast) -> Iterator[str]:
    for name, old, new in (
        ("minimum", before.minimum, after.minimum),
        ("desired", before.desired, after.desired),
        ("maximum", before.maximum, after.maximum),
    ):
        if shown(old) != shown(new):
            yield f"{name} size {shown(old)} {_ARROW} {shown(new)}"


def _sizes(group: GroupForecast) -> str:
    return f"minimum {shown(group.minimum)}, desired {shown(group.desired)}, maximum {shown(group.maximum)}"


def subnet_line(change: SubnetChange, assumptions: Assumptions) -> str:
    """Return how many addresses of a subnet are taken at the peak: "eu-west-1a: 1,204 -> 3,900 of 4,091 ..."."""
    subnet = change.subnet
    zone = subnet.zone or "a zone that is not known"
    which = f"({subnet.subnet.address}, {cidr_of(subnet)})"
    parts = []
    for state in (LoadState.EXPECTED, LoadState.SATURATED):
        before = None if change.before is None else peak(change.before, state)
        after = None if change.after is None else peak(change.after, state)
        numbers = f"{_taken(before)} {_ARROW} {_taken(after)}"
        usable = subnet.usable
        lacking = ""
        if after is not None and after.least is not None and usable.most is not None and after.least > usable.most:
            lacking = f", {after.least - usable.most:,} short"
        parts.append((f"{numbers} of {shown(usable)}{lacking}", condition(state, assumptions)))
    if len({text for text, _ in parts}) == 1:
        return f"{zone}: {parts[0][0]} {which}"
    return f"{zone}: {', '.join(f'{text} {when}' for text, when in parts)} {which}"


def _taken(number: Estimate | None) -> str:
    return "unused" if number is None else shown(number)


PEAK = (
    "at the peak: all node groups at their maximum size and updated at once, beside what is kept for the control plane "
    "and load balancers"
)
