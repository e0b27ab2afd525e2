"""How many nodes a managed node group has on top while it is updated, as far as that is known."""

from __future__ import annotations

from podroom.capacity.estimate import Estimate, either
from podroom.capacity.sizes import size_estimate
from podroom.capacity.subnets import update_surge
from podroom.model.world import GroupKind, NodeGroup, UpdateSettings
from podroom.values import Known, Undecidable, Unknown

_MOST_UNAVAILABLE = 100
"""Nodes that Amazon EKS replaces at once at the most (API_NodegroupUpdateConfig)."""

_MINIMAL = "MINIMAL"


def surge(group: NodeGroup, zones: Estimate) -> Estimate:
    """Return the nodes that an update adds to a group of its maximum size; none to a self-managed one."""
    if group.kind is not GroupKind.MANAGED:
        return _refresh_surge(group)
    updates = group.updates if group.updates is not None else UpdateSettings()
    unavailable = _unavailable(updates, size_estimate(group.maximum_size))
    strategies, gaps = _strategies(updates)
    bounds = [
        Estimate.of(update_surge(zone_count, max_unavailable=nodes, minimal=minimal))
        for zone_count in {zones.least or 1, zones.most or zones.least or 1}
        for nodes in {unavailable.least or 1, unavailable.most or _MOST_UNAVAILABLE}
        for minimal in strategies
    ]
    found = either(bounds, "", *gaps)
    if zones.most is None:
        return Estimate(found.least, None, "", (*zones.gaps, *unavailable.gaps, *gaps))
    # Where the larger of the two is the same whatever is not known, nothing is open.
    return found if found.value is not None else either([found], "", *unavailable.gaps)


def _refresh_surge(group: NodeGroup) -> Estimate:
    """Return the nodes that an instance refresh adds: what the group may have above 100 % of its size.

    Whether EC2 Auto Scaling rounds up or down is not documented.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
    """
    percentage = None if group.updates is None else group.updates.max_healthy_percentage
    if percentage is None:
        return Estimate.known(0, "0: no update of a self-managed node group adds nodes")
    percent, size = size_estimate(percentage), size_estimate(group.maximum_size)
    extra = Estimate(_more(percent.least), _more(percent.most), "", percent.gaps)
    least = (size.least or 0) * (extra.least or 0) // 100
    most = None if size.most is None or extra.most is None else -(-size.most * extra.most // 100)
    gaps = (*size.gaps, *extra.gaps)
    working = f"max_healthy_percentage {percent.value}: {extra.value} % of {size.value}" if not gaps else ""
    return Estimate(least, most, working, gaps)


def _more(percent: int | None) -> int | None:
    """Return what is above 100 %, at most the 100 % that EC2 Auto Scaling allows."""
    return 100 if percent is None else min(100, max(0, percent - 100))


def _unavailable(updates: UpdateSettings, size: Estimate) -> Estimate:
    """Return how many nodes may be unavailable at once: 1 unless something else is said, never more than 100."""
    if updates.missing is not None:
        return _within(1, size.most, (updates.missing,))
    if updates.max_unavailable is not None:
        number = size_estimate(updates.max_unavailable)
        return _within(number.least, number.most, number.gaps)
    if updates.max_unavailable_percentage is None:
        return Estimate.known(1)
    percent = size_estimate(updates.max_unavailable_percentage)
    low = -(-(size.least or 0) * (percent.least or 0) // 100)
    high = None if size.most is None or percent.most is None else -(-size.most * percent.most // 100)
    return _within(low, high, (*size.gaps, *percent.gaps))


def _within(least: int | None, most: int | None, gaps: tuple[Unknown, ...]) -> Estimate:
    low = min(_MOST_UNAVAILABLE, max(1, least or 0))
    high = _MOST_UNAVAILABLE if most is None else min(_MOST_UNAVAILABLE, max(1, most))
    return Estimate(low, high, "", gaps if low != high else ())


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
