"""What else helps where the settings of the warm pool cannot suffice: larger subnets, other blocks, other max pods."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from podroom.capacity.assessment import Assessment
from podroom.capacity.estimate import Estimate, LoadState
from podroom.capacity.forecast import Forecast, GroupForecast, forecast
from podroom.capacity.kubelet import AMAZON_EKS, KubeletLimit
from podroom.capacity.max_pods import managed_node_group_max_pods, node_room
from podroom.capacity.node_forecast import TypeForecast
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.capacity.subnets import SubnetPart, sufficient_prefix_length
from podroom.capacity.what_if import EnvironmentChange, with_environment
from podroom.capacity.working import Figure, MissingFactError, counted
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import Cluster, InstanceChoice, NodeGroup, PodSubnet, Subnet, SubnetUse, World
from podroom.positions import Span
from podroom.records import dataclass, replace
from podroom.values import Known, Members, Undecidable, Value

if TYPE_CHECKING:
    from ipaddress import IPv4Network

PODS_BLOCK = "100.64.0.0/10"
"""Addresses that only pods need, so that they are unlikely to meet others."""

_CUSTOM_NETWORKING = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
_LABEL = "ENI_CONFIG_LABEL_DEF"
_ZONE_LABEL = "topology.kubernetes.io/zone"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do, as a sentence, and what becomes of the subnets if it is done (None if that is not worked out).

    It is done by `changes` of aws-node, by kubelet's `max_pods`, by the `types` of the `groups`, by `resized` subnets,
    each with a block that is free ("/22" if none is known), or by subnets for pods that are `added`; what is empty
    plays no part.
    """

    text: str
    then: Forecast | None = None
    changes: tuple[EnvironmentChange, ...] = ()
    max_pods: int | None = None
    groups: tuple[NodeGroup, ...] = ()
    types: tuple[str, ...] = ()
    resized: tuple[tuple[Subnet, str], ...] = ()
    added: tuple[Subnet, ...] = ()


def remedies(cluster: Cluster, then: Forecast, assessment: Assessment) -> tuple[Remedy, ...]:
    """Return what else a cluster needs, given the forecast with the recommended settings; nothing if that suffices."""
    groups = [group for group in then.groups if _belongs(group.group, cluster)]
    addresses = {group.group.address for group in groups}
    subnets = [subnet for subnet in then.subnets if any(share.group.address in addresses for share in subnet.shares)]
    return (
        *_prefix_delegation(cluster, groups, assessment),
        *_more_max_pods(groups, assessment),
        *_larger(cluster, subnets, assessment),
        *_fewer_max_pods(subnets, groups, assessment),
    )


def _belongs(group: NodeGroup, cluster: Cluster) -> bool:
    return isinstance(group.cluster, Known) and group.cluster.value == cluster.address


def _lacks(left: Estimate) -> bool:
    """Return whether addresses are certainly lacking."""
    return left.most is not None and left.most < 0


def _fits(left: Estimate) -> bool:
    """Return whether nodes fit, whatever chance does; others than nodes may need an unknown number of addresses."""
    return left.least >= 0 if left.least is not None else not _lacks(left)


def _changed(
    assessment: Assessment,
    world: World,
    groups: Iterable[NodeGroup] = (),
    *,
    least: int = 0,
    most: int | None = None,
) -> Forecast:
    """Return the forecast of another World, in which kubelet accepts at least and at most so many pods in groups."""
    other = _Clipped(world, assessment.catalog, assessment.assumptions)
    other.groups = frozenset(group.address for group in groups)
    other.least, other.most = least, most
    return forecast(other)


class _Clipped(Assessment):
    """An assessment in which kubelet accepts no fewer and no more than some number of pods on nodes of some groups."""

    groups: frozenset[str] = frozenset()
    least = 0
    most: int | None = None

    def kubelet(self, group: NodeGroup, instance: InstanceType) -> tuple[KubeletLimit, ...]:
        """Return the numbers that kubelet would get, within the bounds."""
        limits = super().kubelet(group, instance)
        return tuple(map(self._clipped, limits)) if group.address in self.groups else limits

    def _clipped(self, limit: KubeletLimit) -> KubeletLimit:
        number = max(limit.figure.value, self.least)
        number = number if self.most is None else min(number, self.most)
        return replace(limit, figure=Figure(number, f"max pods {number}", ()))


def _larger(cluster: Cluster, subnets: Sequence[SubnetForecast], assessment: Assessment) -> Iterator[Remedy]:
    """Iterate over what the nodes with their expected pods need, during an update too, where they do not fit."""
    small: list[tuple[SubnetForecast, int, int | None]] = []
    for subnet in subnets:
        most = subnet.at_maximum.expected.plus(subnet.added_by_update.expected).plus(subnet.reserved).most
        lacks_blocks = subnet.blocks is not None and subnet.blocks.risk(LoadState.EXPECTED) == "certain"
        if most is not None and (_lacks(subnet.left.expected) or lacks_blocks):
            small.append((subnet, most, sufficient_prefix_length(most, subnet.most_blocks(LoadState.EXPECTED) or 0)))
    if not small:
        return
    needs = "; ".join(_need(subnet, most, length) for subnet, most, length in small)
    resized = tuple((subnet.subnet, length) for subnet, _, length in small if length is not None)
    if len(resized) < len(small):
        yield Remedy(f"{needs}: use several subnets in each zone, or fewer nodes")
        return
    blocks = tuple(_free_blocks(assessment.world, resized))
    yield Remedy(needs, _changed(assessment, _resized(assessment.world, resized)), resized=blocks)
    if all(share.per_node.idle.value != 1 for subnet, _, _ in small for share in subnet.shares):
        nodes = [subnet.subnet for subnet in subnets if any(share.part is SubnetPart.NODES for share in subnet.shares)]
        yield from _secondary_block(cluster, nodes, min(length for _, length in resized), assessment)


def _need(subnet: SubnetForecast, most: int, length: int | None) -> str:
    enough = "no subnet is that large" if length is None else f"a /{length} would do"
    update = "" if subnet.added_by_update.expected.is_zero else " with an update"
    need = counted(most, "address", "addresses")
    return (
        f"{subnet.subnet.address}: {need}{update}, {subnet.subnet.cidr.need()} has {subnet.usable.at_least:,}; {enough}"
    )


def _resized(world: World, resized: Sequence[tuple[Subnet, int]]) -> World:
    lengths = {subnet.address: length for subnet, length in resized}

    def larger(subnet: Subnet) -> Subnet:
        if subnet.address not in lengths:
            return subnet
        start, _, _ = subnet.cidr.need().partition("/")
        return replace(subnet, cidr=Known(f"{start}/{lengths[subnet.address]}", subnet.cidr.origin))

    return replace(world, subnets=tuple(map(larger, world.subnets)))


def _free_blocks(world: World, resized: Sequence[tuple[Subnet, int]]) -> Iterator[tuple[Subnet, str]]:
    """Iterate over subnets with a block of their VPC that no subnet of this configuration has."""
    taken = list(_networks(subnet.cidr for subnet in world.subnets))
    for subnet, length in resized:
        here = [vpc for vpc in world.vpcs if isinstance(subnet.vpc, Known) and vpc.address == subnet.vpc.value]
        spans = _networks(cidr for vpc in here for cidr in vpc.cidrs)
        free = (
            block
            for span in spans
            if span.prefixlen <= length
            for block in span.subnets(new_prefix=length)
            if not any(block.overlaps(other) for other in taken)
        )
        block = next(free, None)
        if block is not None:
            taken.append(block)
        yield subnet, f"/{length}" if block is None else str(block)


def _networks(cidrs: Iterable[Value[str]]) -> Iterator[IPv4Network]:
    """Iterate over the blocks that are known, and are blocks."""
    from ipaddress import IPv4Network  # noqa: PLC0415 - only where subnets are too small

    for cidr in cidrs:
        if isinstance(cidr, Known):
            with suppress(ValueError):
                yield IPv4Network(cidr.value, strict=False)


def _secondary_block(
    cluster: Cluster, nodes: Sequence[Subnet], length: int, assessment: Assessment
) -> Iterator[Remedy]:
    """Iterate over subnets for pods alone, one in each zone that has nodes (custom networking)."""
    from ipaddress import IPv4Network  # noqa: PLC0415 - only where subnets are too small

    zones = {subnet.zone.value.identity: subnet for subnet in nodes if isinstance(subnet.zone, Known)}
    if not all(isinstance(subnet.zone, Known) for subnet in nodes) or cluster.cni.pod_subnets.items:
        return
    blocks = IPv4Network(PODS_BLOCK).subnets(new_prefix=length)
    added = tuple(
        replace(
            beside,
            address=f"aws_subnet.pods_{number}",
            cidr=Known(str(block), beside.span),
            tags=(),
        )
        for number, (beside, block) in enumerate(zip(zones.values(), blocks, strict=False))
    )
    changes = (EnvironmentChange(_CUSTOM_NETWORKING, "true"), EnvironmentChange(_LABEL, _ZONE_LABEL))
    world = with_environment(assessment.world, changes, (cluster.address,))
    clusters = tuple(
        replace(known, cni=replace(known.cni, pod_subnets=Members(tuple(map(_pods_in, added)))))
        if known.address == cluster.address
        else known
        for known in world.clusters
    )
    then = _changed(assessment, replace(world, clusters=clusters, subnets=(*world.subnets, *added)))
    text = (
        f"or leave the nodes where they are and put their pods into subnets of a secondary block, a /{length} for each "
        f"zone from {PODS_BLOCK} (custom networking, which takes the pods' addresses of one interface away)"
    )
    yield Remedy(text, then, changes=changes, added=added)


def _pods_in(subnet: Subnet) -> PodSubnet:
    return PodSubnet(
        subnet.zone.need().identity, SubnetUse(Known(subnet.address, subnet.span), subnet.span), subnet.span
    )


def _prefix_delegation(cluster: Cluster, groups: Sequence[GroupForecast], assessment: Assessment) -> Iterator[Remedy]:
    """Iterate over what holds more pods on a node, where it cannot hold the expected ones."""
    expected, host = assessment.assumptions.expected_pods_per_node, assessment.assumptions.host_network_pods
    try:
        behavior = assessment.behavior(cluster.cni)
    except Undecidable:
        return
    if behavior.prefix_delegation:
        return
    with_prefixes = replace(behavior, prefix_delegation=True)
    crowded = {
        found.instance.name: found
        for group in groups
        for found in group.node.types
        if found.room.at_least - host < expected
    }
    helped: dict[str, int] = {}
    for name, found in crowded.items():
        here = f"{name} has room for {counted(found.room.at_least - host, 'pod')} with an address, {expected} are"
        try:
            room = node_room(found.instance, with_prefixes, host_network_pods=host).value - host
        except MissingFactError:
            continue
        if room >= expected:
            helped[f"{here} expected"] = room
        else:
            yield Remedy(
                f"{here} expected, and prefix delegation does not help this type: use a larger or a Nitro type"
            )
    if not helped:
        return
    changes = [EnvironmentChange("ENABLE_PREFIX_DELEGATION", "true")]
    if not behavior.targets_addresses and behavior.warm_prefix_target < 1:
        changes.append(EnvironmentChange("WARM_PREFIX_TARGET", "1"))
    world = with_environment(assessment.world, changes, (cluster.address,))
    needed = expected + host
    after = _changed(assessment, world)
    low = [
        group.group
        for group in after.groups
        if _belongs(group.group, cluster) and any(found.max_pods.at_least < needed for found in group.node.types)
    ]
    then = _changed(assessment, world, low, least=needed)
    text = "; ".join(f"{here}: ENABLE_PREFIX_DELEGATION=true makes room for {room:,}" for here, room in helped.items())
    raised = f"raise max pods to {needed} with it, and " if low else ""
    max_pods = needed if low else None
    yield Remedy(f"{text}; {raised}replace the nodes", then, tuple(changes), max_pods, tuple(low))


def _more_max_pods(groups: Sequence[GroupForecast], assessment: Assessment) -> Iterator[Remedy]:
    """Iterate over what lets kubelet accept the expected pods, where the node has room for them."""
    needed = assessment.assumptions.expected_pods_per_node + assessment.assumptions.host_network_pods
    for group in groups:
        low = [
            found
            for found in group.node.types
            if found.max_pods.most is not None and found.max_pods.most < needed <= found.room.at_least
        ]
        if not low:
            continue
        limits = [limit for found in low for limit in found.limits]
        small = _smallest(group, needed) if {limit.authority for limit in limits} == {AMAZON_EKS} else ()
        if small:
            yield from _without_small_types(group, small, assessment)
            continue
        pods = assessment.assumptions.expected_pods_per_node
        accepted = ", ".join(f"{number} pods on {' and '.join(names)}" for number, names in _by_number(low).items())
        place = _place(next((limit.span for limit in limits if limit.span is not None), None))
        yield Remedy(
            f"kubelet accepts {accepted}{place}, so {pods} with an address never run there: raise max pods to {needed}",
            _changed(assessment, assessment.world, (group.group,), least=needed),
            max_pods=needed,
            groups=(group.group,),
        )


def _by_number(types: Sequence[TypeForecast]) -> dict[int | None, list[str]]:
    """Return the names of types by the pods that kubelet accepts on them."""
    found: dict[int | None, list[str]] = {}
    for one in types:
        found.setdefault(one.max_pods.most, []).append(one.instance.name)
    return found


def _smallest(group: GroupForecast, needed: int) -> tuple[str, ...]:
    """Return the types for whose sake Amazon EKS gives all nodes of a group fewer pods than are needed."""
    names = []
    for found in group.node.types:
        try:
            own = managed_node_group_max_pods([found.instance]).value
        except MissingFactError:
            return ()
        names += [found.instance.name] if own < needed else []
    return tuple(names) if len(names) < len(group.node.types) else ()


def _without_small_types(group: GroupForecast, small: Sequence[str], assessment: Assessment) -> Iterator[Remedy]:
    choices = Members(tuple(choice for choice in group.group.instance_types if not _is_one_of(choice, small)))
    changed = replace(group.group, instance_types=choices)
    groups = tuple(changed if known is group.group else known for known in assessment.world.node_groups)
    numbers = " or ".join(map(str, _by_number(group.node.types)))
    kept = tuple(found.instance.name for found in group.node.types if found.instance.name not in small)
    yield Remedy(
        f"{group.group.address}: Amazon EKS gives all its nodes the max pods of the smallest type, {numbers} because "
        f"of {' and '.join(small)}, so {assessment.assumptions.expected_pods_per_node} pods with an address never run "
        "there: take it out, or give it a node group of its own",
        _changed(assessment, replace(assessment.world, node_groups=groups)),
        groups=(group.group,),
        types=kept,
    )


def _is_one_of(choice: InstanceChoice, names: Sequence[str]) -> bool:
    return isinstance(choice.type, Known) and choice.type.value in names


def _place(span: Span | None) -> str:
    return "" if span is None else f" ({span.shown.path}:{span.shown.first.line})"


def _fewer_max_pods(
    subnets: Sequence[SubnetForecast], groups: Sequence[GroupForecast], assessment: Assessment
) -> Iterator[Remedy]:
    """Iterate over the max pods with which full nodes fit, where only the expected pods do."""
    lacking = {subnet.subnet.address for subnet in subnets if _lacks(subnet.left.saturated)}
    if not lacking or any(_lacks(subnet.left.expected) for subnet in subnets):
        return
    low = assessment.assumptions.expected_pods_per_node + assessment.assumptions.host_network_pods
    here = tuple(
        group.group
        for group in groups
        if any(share.group is group.group for subnet in subnets for share in subnet.shares)
    )
    numbers = [found.max_pods.most for group in groups for found in group.node.types]
    known = [number for number in numbers if number is not None]
    best = _most_that_fits(range(low, max(known)), lacking, here, assessment) if known else None
    if best is None:
        yield Remedy(
            "full nodes do not fit, whatever max pods is: use larger subnets or fewer nodes if they may fill up"
        )
        return
    yield Remedy(
        f"full nodes do not fit: with max pods of {best[0]} or less they do", best[1], max_pods=best[0], groups=here
    )


def _most_that_fits(
    numbers: range, lacking: Collection[str], groups: Iterable[NodeGroup], assessment: Assessment
) -> tuple[int, Forecast] | None:
    """Return the most max pods of some with which full nodes fit into subnets, and the forecast; None if none is."""

    def with_most(number: int) -> Forecast:
        return _changed(assessment, assessment.world, groups, most=number)

    def lacks(number: int) -> bool:
        there = [subnet for subnet in with_most(number).subnets if subnet.subnet.address in lacking]
        return not all(_fits(subnet.left.saturated) for subnet in there)

    fitting = bisect_left(numbers, 1, key=lacks)
    if not fitting:
        return None
    most = numbers[fitting - 1]
    return most, with_most(most)
