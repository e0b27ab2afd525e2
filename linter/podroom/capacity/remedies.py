"""What else helps where the settings of the warm pool cannot suffice: larger subnets, other blocks, fewer pods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from podroom.capacity.assessment import Assessment
from podroom.capacity.estimate import Estimate, LoadState
from podroom.capacity.forecast import Forecast, GroupForecast, forecast
from podroom.capacity.interfaces import uses_prefixes
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.max_pods import node_room
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.capacity.subnets import SubnetPart, sufficient_prefix_length
from podroom.capacity.working import Figure, MissingFactError, counted
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import Cluster, NodeGroup
from podroom.values import Known, Undecidable

_PODS_BLOCKS = "100.64.0.0/10"


def remedies(cluster: Cluster, then: Forecast, assessment: Assessment) -> tuple[str, ...]:
    """Return what else a cluster needs, given the forecast with the recommended settings; nothing if that suffices."""
    groups = [group for group in then.groups if _belongs(group.group, cluster)]
    addresses = {group.group.address for group in groups}
    subnets = [subnet for subnet in then.subnets if any(share.group.address in addresses for share in subnet.shares)]
    return (
        *_prefix_delegation(cluster, groups, assessment),
        *dict.fromkeys(text for subnet in subnets for text in _larger(subnet)),
        *_max_pods(subnets, groups, assessment),
    )


def _belongs(group: NodeGroup, cluster: Cluster) -> bool:
    return isinstance(group.cluster, Known) and group.cluster.value == cluster.address


def _lacks(left: Estimate) -> bool:
    """Return whether addresses are certainly lacking."""
    return left.most is not None and left.most < 0


def _larger(subnet: SubnetForecast) -> Iterator[str]:
    """Iterate over what a subnet needs in which the nodes with their expected pods do not fit."""
    left = subnet.left.expected
    lacks_blocks = subnet.blocks is not None and subnet.blocks.risk(LoadState.EXPECTED) == "certain"
    if not (_lacks(left) or lacks_blocks):
        return
    most = subnet.at_maximum.expected.plus(subnet.reserved).most
    if most is None:
        return
    prefixes = 0 if subnet.blocks is None else subnet.blocks.asked.expected.most or 0
    length = sufficient_prefix_length(most, prefixes)
    block = subnet.subnet.cidr.value if isinstance(subnet.subnet.cidr, Known) else "the subnet"
    need = f"{counted(most, 'address', 'addresses')}, {block} has {subnet.usable.value or 0:,}"
    if length is None:
        yield f"{subnet.subnet.address}: {need}; no subnet is that large: use several in each zone, or fewer nodes"
        return
    yield f"{subnet.subnet.address}: {need}; a /{length} would do"
    if all(share.part is SubnetPart.NODES and share.per_node.idle.value != 1 for share in subnet.shares):
        yield (
            f"or leave the nodes where they are and put their pods into subnets of a secondary block, a /{length} for "
            f"each zone from {_PODS_BLOCKS} (custom networking, which takes the pods' addresses of one interface away)"
        )


def _prefix_delegation(cluster: Cluster, groups: list[GroupForecast], assessment: Assessment) -> Iterator[str]:
    """Iterate over what holds more pods on a node, where it cannot hold the expected ones."""
    expected = assessment.assumptions.expected_pods_per_node
    host = assessment.assumptions.host_network_pods
    try:
        behavior = assessment.behavior(cluster.cni)
    except Undecidable:
        return
    with_prefixes = replace(behavior, prefix_delegation=True, warm_prefix_target=1, passes_target_check=None)
    for group in groups:
        for found in group.node.types:
            name = found.instance.name
            if found.room.most is not None and found.room.most - host < expected and not behavior.prefix_delegation:
                try:
                    possible = uses_prefixes(found.instance, with_prefixes)
                    room = node_room(found.instance, with_prefixes, host_network_pods=host)
                except MissingFactError:
                    continue
                if possible and room.value - host >= expected:
                    yield (
                        f"{name} has room for {counted(found.room.most - host, 'pod')} with an address, {expected} are "
                        f"expected: ENABLE_PREFIX_DELEGATION=true makes room for {room.value - host:,}; raise max pods "
                        f"to {expected + host} with it, and replace the nodes"
                    )
                else:
                    yield (
                        f"{name} has room for {counted(found.room.most - host, 'pod')} with an address, {expected} are "
                        "expected, and prefix delegation does not help this type: use a larger or a Nitro type"
                    )
            elif found.max_pods.most is not None and found.max_pods.most - host < expected:
                yield (
                    f"kubelet accepts {found.max_pods.most} pods on {name}, so {expected} with an address never run "
                    f"there: raise max pods to {expected + host}"
                )


class _Capped(Assessment):
    """An assessment in which kubelet accepts no more than some number of pods on any node."""

    cap = 0

    def kubelet(self, group: NodeGroup, instance: InstanceType) -> tuple[KubeletLimit, ...]:
        """Return the number that kubelet would get, at most the cap."""
        return tuple(
            replace(limit, figure=Figure(self.cap, f"max pods {self.cap}", ()))
            if limit.figure.value > self.cap
            else limit
            for limit in super().kubelet(group, instance)
        )


def _max_pods(subnets: list[SubnetForecast], groups: list[GroupForecast], assessment: Assessment) -> Iterator[str]:
    """Iterate over the max pods with which full nodes fit, where only the expected pods do."""
    lacking = {subnet.subnet.address for subnet in subnets if _lacks(subnet.left.saturated)}
    if not lacking or any(_lacks(subnet.left.expected) for subnet in subnets):
        return
    low = assessment.assumptions.expected_pods_per_node + assessment.assumptions.host_network_pods
    high = max((found.max_pods.most or 0 for group in groups for found in group.node.types), default=0)
    best = None
    while low <= high:
        middle = (low + high) // 2
        capped = _Capped(assessment.world, assessment.catalog, assessment.assumptions)
        capped.cap = middle
        fits = not any(
            _lacks(subnet.left.saturated) for subnet in forecast(capped).subnets if subnet.subnet.address in lacking
        )
        if fits:
            best, low = middle, middle + 1
        else:
            high = middle - 1
    if best is not None:
        yield f"full nodes do not fit: with max pods of {best} or less they do"
    else:
        yield "full nodes do not fit, whatever max pods is: use larger subnets or fewer nodes if they may fill up"
