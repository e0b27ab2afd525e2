"""A subnet whose free addresses were listed: what others than the nodes of its groups have of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.estimate import Estimate, Loads, total
from podroom.capacity.reserves import ReserveForecast
from podroom.capacity.subnets import CONTROL_PLANE_UPDATE
from podroom.model.live import Listed
from podroom.model.world import NodeGroup, Subnet
from podroom.values import Known, Undecidable, Unknown

_CONTROL_PLANE, _LOAD_BALANCERS = 0, 1
"""Which of the reserves of a subnet are those."""


def measured(
    subnet: Subnet,
    usable: Estimate,
    reserves: tuple[ReserveForecast, ...],
    groups: Sequence[tuple[NodeGroup, Loads]],
) -> tuple[ReserveForecast, ...]:
    """Return what is kept of a subnet beside the nodes of groups, each with what a node takes of it.

    Where free addresses were listed, what others have is what is taken less what those nodes have, and takes the place
    of what is assumed of them; only what has to stay free is still added.
    """
    free = subnet.free
    if not isinstance(free, Known) or usable.value is None:
        return reserves
    taken = max(0, usable.value - free.value)
    held = total(list(_held(subnet, groups, taken)))
    least = 0 if held.most is None else max(0, taken - held.most)
    others = Estimate(least, max(least, taken - (held.least or 0)), "", held.gaps)
    source = free.origin.supplier if isinstance(free.origin, Listed) else "somebody"
    found = f"others ({free.value:,} of {usable.value:,} were free, says {source}; when is not known)"
    control_plane = reserves[_CONTROL_PLANE]
    if any(_runs(group) for group, _ in groups):  # so the control plane is there, and has its interfaces
        control_plane = ReserveForecast("update of the control plane", _at_most(control_plane, CONTROL_PLANE_UPDATE))
    # Whether what the configuration names was there already, and so is among the others, no list tells.
    named = [ReserveForecast(one.name, one.addresses.without_bound_below(0).because("")) for one in reserves[2:]]
    return (control_plane, reserves[_LOAD_BALANCERS], ReserveForecast(found, others), *named)


def _runs(group: NodeGroup) -> bool:
    return group.running is not None and any(
        isinstance(one.nodes, Known) and one.nodes.value for one in group.running.subnets
    )


def _at_most(reserve: ReserveForecast, most: int) -> Estimate:
    found = reserve.addresses
    return Estimate(min(found.least or 0, most), most if found.most is None else min(found.most, most), "", found.gaps)


def _held(subnet: Subnet, groups: Sequence[tuple[NodeGroup, Loads]], taken: int) -> Iterator[Estimate]:
    """Yield what the running nodes of each group hold of a subnet."""
    for group, per_node in groups:
        try:
            yield _held_by(subnet, group, per_node)
        except Undecidable as cause:
            yield Estimate(0, taken, "", (cause.unknown,))


def _held_by(subnet: Subnet, group: NodeGroup, per_node: Loads) -> Estimate:
    nodes, addresses = running_in(subnet, group)
    if addresses is not None:
        return Estimate.known(addresses)
    if nodes and group.running is not None and group.running.supposed:
        raise Undecidable(Unknown(f"what the running nodes of {group.address} hold was not listed", group.span))
    return Estimate.known(nodes).times(Estimate(per_node.idle.least, per_node.saturated.most))


def running_in(subnet: Subnet, group: NodeGroup) -> tuple[int, int | None]:
    """Return how many nodes of a group run in a subnet, and what they hold of it, None if that was not listed.

    Raises `Undecidable` if it is not known how many run.
    """
    if group.running is None:
        reason = f"how many nodes of {group.address} run was not listed (aws autoscaling describe-auto-scaling-groups)"
        raise Undecidable(Unknown(reason, group.span))
    for one in group.running.subnets:
        if one.subnet == subnet.address:
            return one.nodes.need(), None if one.addresses is None else one.addresses.need()
    group.running.subnets.need()
    return 0, 0
