"""How many addresses the node groups of a World ask of one subnet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from podroom.capacity.assessment import Assessment, Resolved, ZoneBalance, collect
from podroom.capacity.subnet_tag import discovered_beside
from podroom.capacity.subnets import (
    NodeLoad,
    NodesInSubnet,
    Reserve,
    SubnetPart,
    SubnetSizeError,
    free_prefix_blocks,
    length_of,
    nodes_in_zone,
    subnet_demand,
    usable_addresses,
)
from podroom.capacity.warm_pool import NodeAddresses
from podroom.capacity.working import Figure, counted
from podroom.catalog import documents
from podroom.model.world import NodeGroup, PodSubnet, Subnet, SubnetUse
from podroom.records import dataclass
from podroom.values import Known, Members, Undecidable, Unknown, first_unknown

LOAD_BALANCER_TAGS = ("kubernetes.io/role/elb", "kubernetes.io/role/internal-elb")
"""The tags by which the AWS Load Balancer Controller chooses subnets; their value is "1" or empty."""

NO_ENI_CONFIG = "the subnets that ENIConfigs give to pods are not in this configuration"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One instance type of a group with the addresses that its nodes take."""

    resolved: Resolved
    max_pods: int
    load: NodeLoad


@dataclass(frozen=True, slots=True)
class Share:
    """What one node group may put into one subnet when it is at its maximum size.

    `nodes` is the number of its nodes in the subnet, with its sum.  `lightest` and `heaviest` are the types that take
    the fewest addresses with one pod and the most when full; they are the same if the group has one type.
    `fewest_prefixes` and `most_prefixes` are the /28 blocks that all nodes take, of the types that take fewest with
    one pod and most when full; 0 without prefix delegation.
    """

    group: NodeGroup
    nodes: Figure
    part: SubnetPart
    custom_networking: bool
    lightest: Candidate
    heaviest: Candidate
    fewest_prefixes: int
    most_prefixes: int

    @property
    def holds_pods(self) -> bool:
        """Return whether pods get their addresses from the subnet, too."""
        return self.part is SubnetPart.PODS or not self.custom_networking

    def with_one_pod(self) -> NodesInSubnet:
        """Return the share at its smallest: the lightest type."""
        return NodesInSubnet(self.lightest.resolved.instance.name, self.nodes.value, self.lightest.load, self.part)

    def when_full(self) -> NodesInSubnet:
        """Return the share at its largest: the heaviest type."""
        return NodesInSubnet(self.heaviest.resolved.instance.name, self.nodes.value, self.heaviest.load, self.part)


@dataclass(frozen=True, slots=True)
class Space:
    """What a subnet has: addresses that can be used and, at the most, /28 blocks for prefixes."""

    addresses: Figure
    blocks: Figure

    def holds(self, asked: Asked) -> bool:
        """Return whether the subnet has what is asked of it."""
        return asked.addresses.value <= self.addresses.value and asked.prefixes <= self.blocks.value


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a subnet: addresses with their sum, and prefixes."""

    addresses: Figure
    prefixes: int


def space(subnet: Subnet) -> Space:
    """Return what a subnet has; raises `Undecidable` if its block is not known."""
    text = subnet.cidr.need()
    try:
        length = length_of(text)
        return Space(usable_addresses(length), free_prefix_blocks(length))
    except (ValueError, SubnetSizeError) as error:
        raise Undecidable(Unknown(f'"{text}" is no IPv4 block of a subnet: {error}', subnet.cidr.origin)) from error


def asked_with_one_pod(shares: Sequence[Share]) -> Asked:
    """Return what nodes ask of a subnet at the least, with a single pod on each."""
    addresses = subnet_demand([share.with_one_pod() for share in shares]).one_pod
    return Asked(addresses, sum(share.fewest_prefixes for share in shares))


def asked_when_full(shares: Sequence[Share], reserves: Sequence[Reserve]) -> Asked:
    """Return what full nodes ask of a subnet at the most, and others beside them."""
    addresses = subnet_demand([share.when_full() for share in shares], reserves).saturated
    return Asked(addresses, sum(share.most_prefixes for share in shares))


def subnets_of(group: NodeGroup, assessment: Assessment) -> Iterator[Subnet]:
    """Iterate over the subnets that the addresses of a group's nodes and pods come from.

    The known ones come first; `Undecidable` is raised at the end if there are others, or their size is not here.
    """
    if not assessment.applies(group):
        return
    pod_subnets: Members[PodSubnet] | None = None
    if assessment.cni(group).custom_networking:
        pod_subnets = assessment.cluster(group).cni.pod_subnets
    uses = list(group.subnets)
    if pod_subnets is not None:
        uses += [pods.subnet for pods in pod_subnets]
    unknown: Unknown | None = None
    for use in uses:
        try:
            yield known_subnet(use, assessment)
        except Undecidable as cause:
            unknown = first_unknown(unknown, cause.unknown)
    if unknown is not None:
        raise Undecidable(unknown)
    group.subnets.need()
    if pod_subnets is not None and not pod_subnets.need():
        raise Undecidable(no_eni_config(group, assessment))


def no_eni_config(group: NodeGroup, assessment: Assessment) -> Unknown:
    """Return why it is not known where the pods of a group with custom networking have their addresses."""
    variable = assessment.cluster(group).cni.find("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG")
    return Unknown(NO_ENI_CONFIG, variable.span if variable else group.span)


def shares_of(subnet: Subnet, assessment: Assessment) -> Iterator[Share]:
    """Iterate over what the node groups put into a subnet.

    What is known comes first; if there may be more, `Undecidable` is raised at the end.  More knowledge
    only ever adds to the demand.
    """
    shares, unknown = assessment.remember(("shares", id(subnet)), lambda: collect(_shares(subnet, assessment)))
    yield from shares
    if unknown is not None:
        raise Undecidable(unknown)


def _shares(subnet: Subnet, assessment: Assessment) -> Iterator[Share]:
    unknown: Unknown | None = None
    for group in assessment.world.node_groups:
        shares, missing = assessment.remember_of(
            group, ("shares", id(subnet)), partial(collect, _shares_of_group(group, subnet, assessment))
        )
        yield from shares
        unknown = first_unknown(unknown, missing)
    if unknown is not None:
        raise Undecidable(unknown)


def _shares_of_group(group: NodeGroup, subnet: Subnet, assessment: Assessment) -> Iterator[Share]:
    for part in _parts(group, subnet, assessment):
        yield _share(group, subnet, part, assessment)


def _parts(group: NodeGroup, subnet: Subnet, assessment: Assessment) -> Iterator[SubnetPart]:
    """Iterate over the parts of a node's addresses that a subnet holds for a group."""
    if not assessment.applies(group):
        return
    if is_among(tuple(group.subnets), group.subnets.missing, subnet):
        yield SubnetPart.NODES
    if assessment.cni(group).custom_networking:
        pod_subnets = assessment.cluster(group).cni.pod_subnets
        if is_among(tuple(pods.subnet for pods in pod_subnets), pod_subnets.missing, subnet):
            yield SubnetPart.PODS


def nodes_in(group: NodeGroup, subnet: Subnet, part: SubnetPart, size: int, assessment: Assessment) -> Figure:
    """Return how many nodes of a group of `size` are in a subnet, or have their pods there.

    Raises `Undecidable` if the zone of any subnet of the group is not known.
    """
    zones = [_zone(use, assessment) for use in group.subnets.need()]
    here = subnet.zone.need().identity
    if here not in zones:
        return Figure(0, "no nodes in this zone", (documents.EKS_MANAGED_NODE_GROUP,))
    in_zone = nodes_in_zone(size, len(set(zones)), skewed=assessment.assumptions.zone_balance is ZoneBalance.SKEWED)
    sharing = zones.count(here) if part is SubnetPart.NODES else 1
    if sharing == 1:
        return in_zone
    value = -(-in_zone.value // sharing)
    working = f"{in_zone.working}, ceil({counted(in_zone.value, 'node')} / {sharing} subnets) = {value}"
    return Figure(value, working, in_zone.sources)


def zones_of(group: NodeGroup, assessment: Assessment) -> int:
    """Return over how many availability zones the nodes of a group spread; raises `Undecidable` if not known."""
    return len({_zone(use, assessment) for use in group.subnets.need()})


def _share(group: NodeGroup, subnet: Subnet, part: SubnetPart, assessment: Assessment) -> Share:
    nodes = nodes_in(group, subnet, part, group.maximum_size.need(), assessment)
    custom_networking = assessment.cni(group).custom_networking
    elsewhere = discovered_beside(subnet, group, assessment)
    if elsewhere is not None:
        raise Undecidable(elsewhere)
    holds_pods = part is SubnetPart.PODS or not custom_networking
    candidates = [
        candidate for resolved in assessment.instances(group) for candidate in _candidates(group, resolved, assessment)
    ]
    if not candidates:
        raise Undecidable(Unknown("the group names no instance type", group.span))
    return Share(
        group=group,
        nodes=nodes,
        part=part,
        custom_networking=custom_networking,
        lightest=min(candidates, key=_size_of(part, lambda load: load.one_pod)),
        heaviest=max(candidates, key=_size_of(part, lambda load: load.saturated)),
        fewest_prefixes=nodes.value * min(item.load.one_pod.prefixes for item in candidates) * holds_pods,
        most_prefixes=nodes.value * max(item.load.saturated.prefixes for item in candidates) * holds_pods,
    )


def _candidates(group: NodeGroup, resolved: Resolved, assessment: Assessment) -> Iterator[Candidate]:
    for limit in assessment.kubelet(group, resolved.instance):
        max_pods = limit.figure.value
        yield Candidate(resolved, max_pods, assessment.load(group, resolved.instance, max_pods))


def _size_of(part: SubnetPart, load: Callable[[NodeLoad], NodeAddresses]) -> Callable[[Candidate], int]:
    def size(candidate: Candidate) -> int:
        addresses = load(candidate.load)
        return addresses.node_subnet_addresses if part is SubnetPart.NODES else addresses.pod_subnet_addresses

    return size


def _zone(use: SubnetUse, assessment: Assessment) -> str:
    return known_subnet(use, assessment).zone.need().identity


def known_subnet(use: SubnetUse, assessment: Assessment) -> Subnet:
    """Return the subnet that is used at a place; raises `Undecidable` if it is not known, or not here."""
    identity = use.subnet.need()
    subnet = assessment.subnet(identity)
    if subnet is None:
        raise Undecidable(Unknown(f"the size of {identity} is not in this configuration", use.span, (identity,)))
    return subnet


def load_balancer_tag(subnet: Subnet) -> Known[str | None] | Unknown:
    """Return the name of the tag that lets the AWS Load Balancer Controller choose a subnet, None if it has none."""
    doubt = subnet.tags_missing
    for name, value in subnet.tags:
        if name not in LOAD_BALANCER_TAGS:
            continue
        if not isinstance(value, Known):
            doubt = Unknown(value.reason, value.origin, value.refs)
        elif value.value in ("", "1"):
            return Known(name, value.origin)
    return Known(None, subnet.span) if doubt is None else doubt


def control_planes_in(subnet: Subnet, assessment: Assessment) -> Iterator[SubnetUse]:
    """Iterate over the places that put a cluster's control plane into a subnet.

    What is known comes first; if there may be more, `Undecidable` is raised at the end.
    """
    unknown: Unknown | None = None
    for cluster in assessment.world.clusters:
        named = [use for use in cluster.subnets if isinstance(use.subnet, Known) and use.subnet.value == subnet.address]
        yield from named[:1]
        try:
            is_among(tuple(cluster.subnets), cluster.subnets.missing, subnet)
        except Undecidable as cause:
            unknown = first_unknown(unknown, cause.unknown)
    if unknown is not None:
        raise Undecidable(unknown)


def is_among(uses: tuple[SubnetUse, ...], missing: tuple[Unknown, ...], subnet: Subnet) -> bool:
    """Return whether a subnet is one of several; raises `Undecidable` if it may be one that is not known."""
    unknown = first_unknown(*missing)
    for use in uses:
        if isinstance(use.subnet, Known):
            if use.subnet.value == subnet.address:
                return True
        else:
            unknown = first_unknown(unknown, Unknown(use.subnet.reason, use.span, use.subnet.refs))
    if unknown is not None:
        raise Undecidable(unknown)
    return False
