"""How many nodes a managed node group has on top while it is updated, as far as that is known."""

from __future__ import annotations

from podroom.capacity.estimate import Estimate, either
from podroom.capacity.sizes import size_estimate
from podroom.capacity.subnets import update_surge
from podroom.model.world import GroupKind, NodeGroup, UpdateSettings
from podroom.values import Known, Undecidable, Unknown

_MOST_UNAVAILABLE = 100
"""Nodes that Amazon EKS replaces at once at the most (API_NodegroupUpdateConfig)."""

_UNAVAILABLE = 1
"""Nodes that Amazon EKS replaces at once where nobody says how many."""

_MOST_ABOVE_100 = 100
"""How many percent of a group an instance refresh may add at the most."""

_MINIMAL = "MINIMAL"


def surge(group: NodeGroup, zones: Estimate) -> Estimate:
    """Return the nodes that an update adds to a group of its maximum size; none to a self-managed one."""
    if group.kind is not GroupKind.MANAGED:
        return _refresh_surge(group)
    updates = group.updates if group.updates is not None else UpdateSettings()
    fewest, most, gaps = _unavailable(updates, size_estimate(group.maximum_size))
    strategies, doubts = _strategies(updates)
    bounds = [
        Estimate.of(update_surge(zone_count, max_unavailable=nodes, minimal=minimal))
        for zone_count in {zones.at_least, zones.at_least if zones.most is None else zones.most}
        for nodes in {fewest, most}
        for minimal in strategies
    ]
    found = either(bounds, "", *doubts)
    if zones.most is None:
        found = Estimate(found.least, None, "", found.gaps)
    # Where the larger of the two is the same whatever is not known, nothing is open.
    return found if found.value is not None else either([found], "", *zones.gaps, *gaps)


def _refresh_surge(group: NodeGroup) -> Estimate:
    """Return the nodes that an instance refresh adds: what the group may have above 100 % of its size.

    Whether EC2 Auto Scaling rounds up or down is not documented.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
    """
    percentage = None if group.updates is None else group.updates.max_healthy_percentage
    if percentage is None:
        return Estimate.known(0, "0: no update of a self-managed node group adds nodes")
    percent, size = size_estimate(percentage), size_estimate(group.maximum_size)
    fewest, most = _above_100(percent.at_least), _MOST_ABOVE_100 if percent.most is None else _above_100(percent.most)
    gaps = (*size.gaps, *percent.gaps)
    working = "" if gaps else f"max_healthy_percentage {percent.value}: {fewest} % of {size.value}"
    return Estimate(
        size.at_least * fewest // 100, None if size.most is None else -(-size.most * most // 100), working, gaps
    )


def _above_100(percent: int) -> int:
    return min(_MOST_ABOVE_100, max(0, percent - 100))


def _unavailable(updates: UpdateSettings, size: Estimate) -> tuple[int, int, tuple[Unknown, ...]]:
    """Return how many nodes may be unavailable at once, the fewest and the most, and why it is not known.

    Never more than 100; that it is 1 at the least makes no difference beside twice the zones.
    """
    if updates.missing is not None:
        return _UNAVAILABLE, _within(size.most), (updates.missing,)
    if updates.max_unavailable is not None:
        number = size_estimate(updates.max_unavailable)
        return _within(number.least), _within(number.most), number.gaps
    if updates.max_unavailable_percentage is None:
        return _UNAVAILABLE, _UNAVAILABLE, ()
    share = size.times(size_estimate(updates.max_unavailable_percentage))
    low, high = (None if percents is None else -(-percents // 100) for percents in (share.at_least, share.most))
    return _within(low), _within(high), share.gaps


def _within(nodes: int | None) -> int:
    return _MOST_UNAVAILABLE if nodes is None else min(_MOST_UNAVAILABLE, nodes)


def _strategies(updates: UpdateSettings) -> tuple[list[bool], tuple[Unknown, ...]]:
    """Return whether the strategy is MINIMAL, both where that is open, and why it is."""
    strategy = updates.strategy
    if strategy is None:
        return [False], ()
    try:
        minimal = list(dict.fromkeys(name == _MINIMAL for name in strategy.candidates()))
    except Undecidable as cause:
        return [False, True], (cause.unknown,)
    if isinstance(strategy, Known):
        return minimal, ()
    return minimal, (Unknown(strategy.reason, strategy.origin, strategy.refs),)
