"""Subnets: how many addresses one has, and how many nodes, updates and the control plane ask of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from podroom.capacity.cni import CniBehavior
from podroom.capacity.max_pods import HOST_NETWORK_PODS
from podroom.capacity.warm_pool import NodeAddresses, node_addresses
from podroom.capacity.working import Figure, Term, counted
from podroom.catalog import documents
from podroom.catalog.instance_types import InstanceType
from podroom.errors import PodroomError
from podroom.records import dataclass

EXPECTED_PODS_PER_NODE = 16
"""The pods with an address that a node is taken to run where nobody says how many."""

RESERVED_BY_EC2 = 5
"""The first four addresses of a subnet and its last."""

CONTROL_PLANE_REQUIRED = 6
"""Free addresses that EKS requires in every subnet of the cluster."""

CONTROL_PLANE_RECOMMENDED = 16
"""Free addresses that EKS recommends in every subnet of the cluster."""

CONTROL_PLANE_UPDATE = 5
"""Free addresses that a version upgrade or a change of logging takes for a while."""

CONTROL_PLANE_INTERFACES = 4
"""Interfaces that the control plane has in the subnets of its cluster: 2 to 4, at the worst all in one."""

LOAD_BALANCER_REQUIRED = 8
"""Free addresses that the AWS Load Balancer Controller wants in a subnet before it puts a load balancer there."""

LOAD_BALANCER_LONGEST_PREFIX = 27
"""The longest prefix of a subnet that Elastic Load Balancing wants for an Application Load Balancer."""

LARGEST_SUBNET = 16
"""The shortest prefix that EC2 makes a subnet with."""

SMALLEST_SUBNET = 28
"""The longest prefix that EC2 makes a subnet with, which is also the size of a delegated prefix."""

_OCTETS = 4
_WRITTEN_OCTETS = frozenset(map(str, range(256)))
_WRITTEN_LENGTHS = frozenset(map(str, range(33)))

_MOST_TERMS = 6
"""A sum of more groups of nodes takes together those of one type that take the same."""


class SubnetSizeError(PodroomError):
    """EC2 makes no subnet of this size."""


class SubnetPart(Enum):
    """Which of a node's addresses are in a subnet: with custom networking the two parts are apart."""

    NODES = "node subnet"
    PODS = "pod subnet"


@dataclass(frozen=True, slots=True)
class NodeLoad:
    """What one node takes without pods, with one, with as many as are expected, and with as many as max pods allow."""

    idle: NodeAddresses
    one_pod: NodeAddresses
    expected: NodeAddresses
    saturated: NodeAddresses


@dataclass(frozen=True, slots=True)
class NodesInSubnet:
    """A number of equal nodes, `name` saying whose, which take `part` of their addresses from the subnet."""

    name: str
    nodes: int
    load: NodeLoad
    part: SubnetPart = SubnetPart.NODES


@dataclass(frozen=True, slots=True)
class Reserve:
    """Addresses that somebody other than nodes needs in the subnet."""

    name: str
    addresses: int


@dataclass(frozen=True, slots=True)
class SubnetDemand:
    """The addresses that are asked of a subnet when its nodes are idle, have one pod each, and are full."""

    idle: Figure
    one_pod: Figure
    saturated: Figure


def length_of(block: str) -> int:
    """Return the length of the prefix of an IPv4 block; raises ValueError, with the reason, if it is none."""
    address, _, length = block.partition("/")
    octets = address.split(".")
    if len(octets) == _OCTETS and _WRITTEN_OCTETS.issuperset(octets) and length in _WRITTEN_LENGTHS:
        return int(length)
    from ipaddress import IPv4Network  # noqa: PLC0415 - slow to import, and nearly all blocks are written so

    return IPv4Network(block, strict=False).prefixlen


def usable_addresses(prefix_length: int) -> Figure:
    """Return the addresses of an IPv4 subnet that can be used: all but five.

    Raise `SubnetSizeError` unless `prefix_length` is 16 to 28.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
    """
    _check_size(prefix_length)
    expression = f"2^(32 - {prefix_length}) - {RESERVED_BY_EC2}"
    return Term(2 ** (32 - prefix_length) - RESERVED_BY_EC2, expression).figure(documents.EC2_CREATE_SUBNET)


def free_prefix_blocks(prefix_length: int) -> Figure:
    """Return how many /28 blocks of an empty IPv4 subnet can be had as prefixes, at the most.

    The first and the last aligned block hold addresses that EC2 reserves; every single address that is taken may
    spoil one more, in an order that EC2 does not document.  Raise `SubnetSizeError` unless `prefix_length` is 16 to 28.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html
    """
    _check_size(prefix_length)
    blocks = 2 ** (SMALLEST_SUBNET - prefix_length)
    expression = f"max(0, 2^({SMALLEST_SUBNET} - {prefix_length}) - 2) blocks"
    return Term(max(0, blocks - 2), expression).figure(documents.EC2_PREFIXES, documents.EC2_CREATE_SUBNET)


def sufficient_prefix_length(addresses: int, prefixes: int) -> int | None:
    """Return the size of the smallest subnet with so many addresses, of which 16 x `prefixes` are in /28 blocks.

    None if the largest subnet is too small.
    """
    for length in range(SMALLEST_SUBNET, LARGEST_SUBNET - 1, -1):
        if usable_addresses(length).value >= addresses and free_prefix_blocks(length).value >= prefixes:
            return length
    return None


def nodes_in_zone(nodes: int, zones: int, *, skewed: bool = False) -> Figure:
    """Return how many of a group's nodes are in its fullest availability zone.

    Balanced over `zones` (1 or more), or `skewed`, the worst case: all in one.
    """
    if skewed or zones == 1:
        crowd = "the only node" if nodes == 1 else f"all {nodes} nodes in one zone"
        return Figure(nodes, crowd, (documents.EKS_MANAGED_NODE_GROUP,))
    expression = f"ceil({counted(nodes, 'node')} / {zones} zones)"
    return Term(-(-nodes // zones), expression).figure(documents.EKS_MANAGED_NODE_GROUP)


def update_surge(zones: int, *, max_unavailable: int = 1, minimal: bool = False) -> Figure:
    """Return how many nodes a managed node group has on top while it is updated.

    The larger of twice the zones and `max_unavailable`; none with the strategy MINIMAL, which ends nodes first.
    https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
    """
    if minimal:
        return Figure(0, "0 nodes: the strategy is MINIMAL", (documents.EKS_MANAGED_NODE_UPDATE,))
    expression = f"max(2 x {zones} zones, {max_unavailable} unavailable)"
    return Term(max(2 * zones, max_unavailable), expression).figure(documents.EKS_MANAGED_NODE_UPDATE)


def control_plane_reserve() -> Reserve:
    """Return what the control plane takes of a subnet of the cluster: its interfaces, and what an upgrade needs free.

    https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
    """
    return Reserve("control plane", CONTROL_PLANE_INTERFACES + CONTROL_PLANE_UPDATE)


def load_balancer_reserve() -> Reserve:
    """Return what the load balancers need free in a subnet that is tagged for them.

    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/
    """
    return Reserve("load balancers", LOAD_BALANCER_REQUIRED)


def node_load(
    instance: InstanceType,
    cni: CniBehavior,
    *,
    max_pods: int,
    host_network_pods: int = HOST_NETWORK_PODS,
    expected_pods: int = EXPECTED_PODS_PER_NODE,
    unmanaged_interfaces: int = 0,
) -> NodeLoad:
    """Return what one node takes at the four loads; full means max pods less those on the host's network.

    A node that cannot run as many pods as are expected is expected to be full.  Errors as in
    `warm_pool.node_addresses`.
    """

    def addresses(pods: int) -> NodeAddresses:
        return node_addresses(instance, cni, max_pods=max_pods, pods=pods, unmanaged_interfaces=unmanaged_interfaces)

    full = max(0, max_pods - host_network_pods)
    return NodeLoad(
        idle=addresses(0),
        one_pod=addresses(min(1, full)),
        expected=addresses(min(expected_pods, full)),
        saturated=addresses(full),
    )


def subnet_demand(groups: Sequence[NodesInSubnet], reserves: Sequence[Reserve] = ()) -> SubnetDemand:
    """Return the addresses that `groups` and `reserves` ask of one subnet, at the three loads."""

    def demand(load: Callable[[NodeLoad], NodeAddresses]) -> Figure:
        each = [_part(load(group.load), group.part) for group in groups]
        terms = [(group.name, one, group.nodes) for group, one in zip(groups, each, strict=True)]
        if len(terms) > _MOST_TERMS:
            terms = _alike(terms)
        shown = [f"{counted(nodes, f'{name} node')} x {one}" for name, one, nodes in terms]
        shown += [f"{reserve.addresses} {reserve.name}" for reserve in reserves]
        value = sum(group.nodes * one for group, one in zip(groups, each, strict=True))
        value += sum(reserve.addresses for reserve in reserves)
        return Term(value, " + ".join(shown) or "0").figure(documents.CNI_IPAMD, documents.EKS_NETWORK_REQUIREMENTS)

    return SubnetDemand(
        idle=demand(lambda load: load.idle),
        one_pod=demand(lambda load: load.one_pod),
        saturated=demand(lambda load: load.saturated),
    )


def _alike(terms: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Return the terms of a sum with the nodes of one type that take the same taken together."""
    nodes: dict[tuple[str, int], int] = {}
    for name, each, number in terms:
        nodes[name, each] = nodes.get((name, each), 0) + number
    return [(name, each, number) for (name, each), number in nodes.items()]


def _part(addresses: NodeAddresses, part: SubnetPart) -> int:
    return addresses.node_subnet_addresses if part is SubnetPart.NODES else addresses.pod_subnet_addresses


def _check_size(prefix_length: int) -> None:
    if not LARGEST_SUBNET <= prefix_length <= SMALLEST_SUBNET:
        raise SubnetSizeError(
            f"a subnet cannot be a /{prefix_length}: EC2 makes them from /{LARGEST_SUBNET} to /{SMALLEST_SUBNET}"
        )
