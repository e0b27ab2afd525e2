"""A subnet whose free addresses were listed: what others than the nodes of its groups have of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from podroom.capacity.estimate import NONE, Estimate, Loads, total
from podroom.capacity.reserves import ReserveForecast
from podroom.capacity.subnets import CONTROL_PLANE_UPDATE
from podroom.model.live import Listed, Running
from podroom.model.world import NodeGroup, Subnet
from podroom.values import Known, Undecidable, Unknown


def measured(
    subnet: Subnet,
    usable: Estimate,
    reserves: tuple[ReserveForecast, ...],
    groups: Sequence[tuple[NodeGroup, Loads]],
) -> tuple[ReserveForecast, ...]:
    """Return what is kept of a subnet beside the nodes of groups, each with what a node, or a part of it, takes of it.

    Where free addresses were listed, what others have is what is taken less what those nodes have, and takes the place
    of what is assumed of them; only what has to stay free is still added.
    """
    free = subnet.free
    if not isinstance(free, Known) or usable.value is None:
        return reserves
    taken = max(0, usable.value - free.value)
    held = total(list(_held(subnet, _together(groups), taken)))
    least = 0 if held.most is None else max(0, taken - held.most)
    others = Estimate(least, max(0, taken - held.at_least), "", held.gaps)
    source = free.origin.supplier if isinstance(free.origin, Listed) else "somebody"
    found = f"others ({free.value:,} of {usable.value:,} were free, says {source}; when is not known)"
    control_plane, load_balancers, *named = reserves
    if any(_runs(group) for group, _ in groups):  # so the control plane is there, and has its interfaces
        control_plane = ReserveForecast("update of the control plane", _at_most(control_plane, CONTROL_PLANE_UPDATE))
    # Whether what the configuration names was there already, and so is among the others, no list tells.
    perhaps = [ReserveForecast(one.name, one.addresses.without_bound_below(0).because("")) for one in named]
    return (control_plane, load_balancers, ReserveForecast(found, others), *perhaps)


def _together(groups: Sequence[tuple[NodeGroup, Loads]]) -> Iterable[tuple[NodeGroup, Estimate]]:
    """Return each group once with what a node takes, nodes and pods together where both are in the subnet."""
    found: dict[str, tuple[NodeGroup, Estimate]] = {}
    for group, per_node in groups:
        _, before = found.get(group.address, (group, NONE))
        found[group.address] = group, before.plus(Estimate(per_node.idle.least, per_node.saturated.most))
    return found.values()


def _runs(group: NodeGroup) -> bool:
    return group.running is not None and any(
        isinstance(one.nodes, Known) and one.nodes.value for one in group.running.subnets
    )


def _at_most(reserve: ReserveForecast, most: int) -> Estimate:
    found = reserve.addresses
    return Estimate(min(found.at_least, most), most if found.most is None else min(found.most, most), "", found.gaps)


def _held(subnet: Subnet, groups: Iterable[tuple[NodeGroup, Estimate]], taken: int) -> Iterator[Estimate]:
    """Yield what the running nodes of each group hold of a subnet."""
    for group, per_node in groups:
        try:
            yield _held_by(subnet, group, per_node)
        except Undecidable as cause:
            yield Estimate(0, taken, "", (cause.unknown,))


def _held_by(subnet: Subnet, group: NodeGroup, per_node: Estimate) -> Estimate:
    nodes, addresses = running_in(subnet, group)
    if addresses is not None:
        return Estimate.known(addresses)
    if nodes and _listed(group).supposed:
        raise Undecidable(Unknown(f"what the running nodes of {group.address} hold was not listed", group.span))
    return Estimate.known(nodes).times(per_node)


def running_in(subnet: Subnet, group: NodeGroup) -> tuple[int, int | None]:
    """Return how many nodes of a group run in a subnet, and what they hold of it, None if that was not listed.

    Raises `Undecidable` if it is not known how many run.
    """
    running = _listed(group)
    for one in running.subnets:
        if one.subnet == subnet.address:
            return one.nodes.need(), None if one.addresses is None else one.addresses.need()
    running.subnets.need()
    return 0, 0


def _listed(group: NodeGroup) -> Running:
    if group.running is None:
        reason = f"how many nodes of {group.address} run was not listed (aws autoscaling describe-auto-scaling-groups)"
        raise Undecidable(Unknown(reason, group.span))
    return group.running
