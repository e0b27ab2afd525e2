"""What all node groups together ask of each subnet, what is left of it, and how many nodes it holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import space
from podroom.capacity.discovery import discovered
from podroom.capacity.estimate import Estimate, Loads, LoadState, either, total
from podroom.capacity.interfaces import ADDRESSES_PER_PREFIX
from podroom.capacity.measured import measured
from podroom.capacity.node_forecast import NodeForecast
from podroom.capacity.placement import custom_networking, nodes_here, presence_of
from podroom.capacity.reserves import ReserveForecast, reserves_in
from podroom.capacity.sizes import size_estimate
from podroom.capacity.subnet_tag import discovered_beside
from podroom.capacity.subnets import RESERVED_BY_EC2, SubnetPart
from podroom.capacity.working import counted
from podroom.model.world import NodeGroup, Subnet
from podroom.records import dataclass, replace
from podroom.values import Known, Undecidable, Unknown

_SPARE_IN_END_BLOCKS = 2 * ADDRESSES_PER_PREFIX - RESERVED_BY_EC2
"""Addresses of the first and the last block of a subnet, which can be no prefix anyway."""


@dataclass(frozen=True, slots=True)
class ShareForecast:
    """What one node group puts into a subnet.

    `desired`, `maximum` and `surge` are numbers of nodes here: at the group's desired size, at its maximum size, and
    on top of that during an update.  `per_node` is what one of them takes of this subnet.  `certain` is whether it is
    known that they are here.
    """

    group: NodeGroup
    part: SubnetPart
    certain: bool
    desired: Estimate
    maximum: Estimate
    surge: Estimate
    per_node: Loads
    prefixes_per_node: Loads
    singles_per_node: Loads
    node: NodeForecast

    def blocks_at_worst(self, state: LoadState) -> Estimate:
        """Return the /28 blocks that one node takes or spoils if each single address lies in a block of its own."""
        return self.prefixes_per_node.of(state).plus(self.singles_per_node.of(state))


@dataclass(frozen=True, slots=True)
class BlocksForecast:
    """The /28 blocks of a subnet that prefix delegation needs.

    `blocks` is how many an empty subnet has, `asked` how many nodes take at their maximum number.  `free` is what is
    left then: at the least if every address outside of prefixes spoils a block of its own, at the most if those
    addresses lie side by side; below 0 where blocks are lacking.
    """

    blocks: Estimate
    asked: Loads
    free: Loads

    def risk(self, state: LoadState) -> str:
        """Return "none", "possible" (it hangs on where single addresses lie), "certain" or "unknown"."""
        free = self.free.of(state)
        if free.least is not None and free.least >= 0:
            return "none"
        if free.most is not None and free.most < 0:
            return "certain"
        return "unknown" if free.gaps else "possible"


@dataclass(frozen=True, slots=True)
class SubnetForecast:
    """One subnet: what it has, what is asked of it, and what that leaves.

    `left` is what remains at the maximum size beside `reserves`, before an update; it is below 0 where addresses are
    lacking.  `holds` is how many nodes fit if the groups grow in the proportion of their maximum sizes; one more runs
    the subnet dry, and it has no bounds where not all pods of such a node would get an address.  `blocks` is None
    without prefixes.
    """

    subnet: Subnet
    zone: str | None
    usable: Estimate
    reserves: tuple[ReserveForecast, ...]
    shares: tuple[ShareForecast, ...]
    at_desired: Loads
    at_maximum: Loads
    added_by_update: Loads
    left: Loads
    holds: Loads
    blocks: BlocksForecast | None
    gaps: tuple[Unknown, ...]

    @property
    def reserved(self) -> Estimate:
        """Return the addresses of all reserves together."""
        return total([reserve.addresses for reserve in self.reserves])

    def most_blocks(self, state: LoadState) -> int | None:
        """Return the /28 blocks that all nodes take and spoil at the worst, during an update too; None if unknown.

        0 without prefixes.
        """
        if self.blocks is None:
            return 0
        nodes = [share.maximum.plus(share.surge).times(share.blocks_at_worst(state)) for share in self.shares]
        return total(nodes).plus(self.reserved).most

    @property
    def nodes_at_maximum(self) -> Estimate:
        """Return how many nodes have addresses here when all groups are at their maximum size."""
        return _nodes(self.shares, lambda share: share.maximum)

    @property
    def nodes_at_desired(self) -> Estimate:
        """Return how many nodes have addresses here when all groups are at their desired size."""
        return _nodes(self.shares, lambda share: share.desired)


def forecast_subnets(
    assessment: Assessment, groups: Sequence[tuple[NodeGroup, NodeForecast, Estimate]], also: Collection[str] = ()
) -> tuple[SubnetForecast, ...]:
    """Return the subnets that nodes, their pods or a control plane use, and those of the addresses `also`.

    `groups` are node groups with a node and the surge of each.
    """
    found = []
    for subnet in assessment.world.subnets:
        shares = tuple(
            share for group, node, surge in groups for share in _shares(group, node, surge, subnet, assessment)
        )
        reserves = reserves_in(subnet, assessment)
        control_plane = reserves[0].addresses
        if shares or control_plane.least or subnet.address in also:
            found.append(_forecast(subnet, shares, reserves))
    return tuple(found)


def _shares(
    group: NodeGroup, node: NodeForecast, surge: Estimate, subnet: Subnet, assessment: Assessment
) -> list[ShareForecast]:
    shares = []
    nothing = Loads.each(lambda _: Estimate.known(0))
    for part in SubnetPart:
        presence = presence_of(group, subnet, part, assessment)
        if presence is False:
            continue
        doubts = [gap for gap in (presence, group.uncertain) if isinstance(gap, Unknown)]
        here = [_nodes_here(group, subnet, part, size, assessment) for size in sizes_of(group, surge)]
        desired, maximum, added = [nodes.without_bound_below(0, *doubts) if doubts else nodes for nodes in here]
        pods_elsewhere = part is SubnetPart.NODES and custom_networking(group, assessment) is True
        share = ShareForecast(
            group=group,
            part=part,
            certain=presence is True,
            desired=desired,
            maximum=maximum,
            surge=added,
            per_node=node.in_node_subnet if part is SubnetPart.NODES else node.in_pod_subnet,
            prefixes_per_node=nothing if pods_elsewhere else node.prefixes,
            singles_per_node=node.in_node_subnet if pods_elsewhere else node.singles,
            node=node,
        )
        gap = discovered_beside(subnet, group, assessment)
        shares.append(share if gap is None else _partly(share, share.node.on_first_interface, gap))
    gap = None if shares else discovered(subnet, group, assessment)
    if gap is not None:
        sizes = sizes_of(group, surge)
        desired, maximum, added = [_nodes_here(group, subnet, SubnetPart.PODS, size, assessment) for size in sizes]
        share = ShareForecast(
            group=group,
            part=SubnetPart.PODS,
            certain=False,
            desired=desired,
            maximum=maximum,
            surge=added,
            per_node=Loads.each(lambda state: _difference(node.addresses.of(state), node.on_first_interface.of(state))),
            prefixes_per_node=node.prefixes,
            singles_per_node=node.singles,
            node=node,
        )
        shares.append(_partly(share, nothing, gap))
    return shares


def _partly(share: ShareForecast, least: Loads, gap: Unknown) -> ShareForecast:
    """Return a share of which it is open how much more than `least` of it is in this subnet."""

    def fewer(loads: Loads, floor: Loads | None = None) -> Loads:
        def bound(state: LoadState) -> Estimate:
            low = 0 if floor is None else floor.of(state).at_least
            return loads.of(state).without_bound_below(low, gap).because("")

        return Loads.each(bound)

    return replace(
        share,
        per_node=fewer(share.per_node, least),
        prefixes_per_node=fewer(share.prefixes_per_node),
        singles_per_node=fewer(share.singles_per_node),
    )


def _difference(whole: Estimate, part: Estimate) -> Estimate:
    """Return what is left of a number without a part of it."""
    most = None if whole.most is None else max(0, whole.most - part.at_least)
    return Estimate(whole.least, most, "", whole.gaps)


def sizes_of(group: NodeGroup, surge: Estimate) -> tuple[Estimate, Estimate, Estimate]:
    """Return the nodes of a group at its desired and at its maximum size, and those that an update adds."""
    return size_estimate(group.desired_size), size_estimate(group.maximum_size), surge


def _nodes_here(group: NodeGroup, subnet: Subnet, part: SubnetPart, size: Estimate, assessment: Assessment) -> Estimate:
    """Return how many of so many nodes are here; more nodes in all are never fewer here."""
    bounds = [bound for bound in (size.least, size.most) if bound is not None]
    each = [nodes_here(group, subnet, part, bound, assessment) for bound in bounds]
    found = either(each, "", *size.gaps)
    return Estimate(found.least, None, "", found.gaps) if size.most is None else found


def _forecast(
    subnet: Subnet, shares: tuple[ShareForecast, ...], reserves: tuple[ReserveForecast, ...]
) -> SubnetForecast:
    try:
        room = space(subnet)
        usable, blocks = Estimate.of(room.addresses), Estimate.of(room.blocks)
    except Undecidable as cause:
        usable = blocks = Estimate.unknown(cause.unknown)
    reserves = measured(subnet, usable, reserves, [(share.group, share.per_node) for share in shares])
    at_maximum = _sum(shares, lambda share: share.maximum)
    asked = Loads.each(
        lambda state: total([share.maximum.times(share.prefixes_per_node.of(state)) for share in shares])
    )
    reserved = total([reserve.addresses for reserve in reserves])
    available, unspoilt = usable.minus(reserved), blocks.minus(reserved)
    in_prefixes = not asked.saturated.is_zero
    zone = subnet.zone.value if isinstance(subnet.zone, Known) else None

    def holds(state: LoadState) -> Estimate:
        grown = [share for share in shares if not share.maximum.is_zero] or shares
        served = {share.node.serves(state) if share.certain else share.node.serves(state) or None for share in grown}
        if False in served:
            return Estimate(None, None)
        found = _fits(available, shares, lambda share: share.per_node.of(state))
        if in_prefixes:
            found = _lesser(found, _fits(blocks, shares, lambda share: share.prefixes_per_node.of(state)))
            # At the worst every single address spoils a block of its own.
            scattered = _fits(unspoilt, shares, lambda share: share.blocks_at_worst(state))
            found = Estimate(min(found.at_least, scattered.at_least), found.most, "", found.gaps)
        open_numbers = [share.node.unserved.of(state) for share in shares] if None in served else []
        return found.without_bound_below(0, *_gaps(*open_numbers)) if open_numbers else found

    return SubnetForecast(
        subnet=subnet,
        zone=None if zone is None else zone.identity,
        usable=usable,
        reserves=reserves,
        shares=shares,
        at_desired=_sum(shares, lambda share: share.desired),
        at_maximum=at_maximum,
        added_by_update=_sum(shares, lambda share: share.surge),
        left=Loads.each(lambda state: _left(usable, reserved, at_maximum.of(state))),
        holds=Loads.each(holds),
        blocks=_blocks(blocks, asked, shares, reserves) if in_prefixes else None,
        gaps=_gaps(usable, available, *(number for loads in (at_maximum, asked) for _, number in loads)),
    )


def _blocks(
    blocks: Estimate, asked: Loads, shares: Sequence[ShareForecast], reserves: Sequence[ReserveForecast]
) -> BlocksForecast:
    reserved = total([reserve.addresses for reserve in reserves])

    def free(state: LoadState) -> Estimate:
        singles = total([share.maximum.times(share.singles_per_node.of(state)) for share in shares]).plus(reserved)
        packed = -(-max(0, singles.at_least - _SPARE_IN_END_BLOCKS) // ADDRESSES_PER_PREFIX)
        spoiled = Estimate(packed, singles.most, "", singles.gaps)
        return blocks.minus(asked.of(state)).minus(spoiled)

    return BlocksForecast(blocks, asked, Loads.each(free))


def _fits(
    available: Estimate, shares: Sequence[ShareForecast], per_node: Callable[[ShareForecast], Estimate]
) -> Estimate:
    """Return how many nodes fit into what is available, in the proportion of the groups' maximum sizes."""
    by_group: dict[int, tuple[Estimate, Estimate]] = {}
    for share in shares:
        nodes, taken = by_group.get(id(share.group), (share.maximum, Estimate.known(0)))
        here = per_node(share)
        taken = taken.plus(here if share.certain else here.without_bound_below(0))
        by_group[id(share.group)] = (nodes, taken)
    nodes = total([nodes for nodes, _ in by_group.values()])
    sizes = [taken for _, taken in by_group.values()]
    if not sizes:
        return Estimate(None, None)
    if nodes.value and len(sizes) > 1:
        count = nodes.value
        demand = total([count_here.times(taken) for count_here, taken in by_group.values()])
    else:
        # One node of whichever group.
        count = 1
        demand = either(sizes)
    if demand.is_zero:
        return Estimate(None, None)
    least = 0
    if available.least is not None and demand.most:
        least = max(0, available.least) * count // demand.most
    most = None
    if available.most is not None and demand.least:
        most = max(0, available.most) * count // demand.least
    gaps = tuple(dict.fromkeys((*available.gaps, *demand.gaps)))
    found = Estimate(least, most, "", gaps)
    if available.value is None or demand.value is None:
        return found
    nodes_in_all = f" x {counted(count, 'node')}" if count > 1 else ""
    return found.because(f"floor({available.value:,}{nodes_in_all} / {demand.value:,}) = {least:,}")


def _lesser(one: Estimate, other: Estimate) -> Estimate:
    least = min(one.at_least, other.at_least)
    bounds = [bound for bound in (one.most, other.most) if bound is not None]
    return Estimate(least, min(bounds, default=None), "", tuple(dict.fromkeys((*one.gaps, *other.gaps))))


def _sum(shares: Sequence[ShareForecast], nodes: Callable[[ShareForecast], Estimate]) -> Loads:
    """Return the addresses of so many nodes of all shares, with the sum if it is certain: "4 x 30 + 2 x 60 = 240"."""

    def of(state: LoadState) -> Estimate:
        products = [(nodes(share), share.per_node.of(state)) for share in shares]
        found = total([count.times(each) for count, each in products])
        counts: dict[int, int] = {}
        for count, each in products:
            if count.value is None or each.value is None:
                return found
            counts[each.value] = counts.get(each.value, 0) + count.value
        terms = [f"{count:,} x {each:,}" for each, count in counts.items() if count and each]
        return found.because(f"{' + '.join(terms)} = {found.value:,}" if terms else "0")

    return Loads.each(of)


def _left(usable: Estimate, reserved: Estimate, taken: Estimate) -> Estimate:
    found = usable.minus(reserved).minus(taken)
    if usable.value is None or reserved.value is None or taken.value is None:
        return found
    return found.because(f"{usable.value:,} - {reserved.value:,} - {taken.value:,} = {found.least:,}")


def _gaps(*estimates: Estimate) -> tuple[Unknown, ...]:
    return tuple(dict.fromkeys(gap for estimate in estimates for gap in estimate.gaps))


def _nodes(shares: Sequence[ShareForecast], count: Callable[[ShareForecast], Estimate]) -> Estimate:
    """Return the nodes of all groups; a group that has its nodes and its pods here counts once."""
    by_group = {id(share.group): count(share) for share in shares}
    return total(list(by_group.values()))
