"""Answers what rules ask about a World: room, max pods, addresses; each once, with its working.

This is where `Value`s become numbers: what is not known raises `Undecidable` and names what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import TypeVar

from podroom.capacity.cni import CniBehavior, CniVersionError, is_true, parse_version
from podroom.capacity.kubelet import KubeletLimit, kubelet_limits
from podroom.capacity.max_pods import (
    HOST_NETWORK_PODS,
    eni_max_pods,
    managed_node_group_max_pods,
    node_room,
    recommended_cap,
)
from podroom.capacity.subnets import EXPECTED_PODS_PER_NODE, NodeLoad, node_load
from podroom.capacity.working import Figure, MissingFactError
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.cni_variables import find_cni_variable
from podroom.catalog.instance_types import InstanceCatalog, InstanceType
from podroom.model.world import (
    CURRENT_VERSION,
    Cluster,
    CniSettings,
    GroupKind,
    InstanceChoice,
    NodeGroup,
    NodePool,
    Subnet,
    UserData,
    World,
)
from podroom.positions import Span
from podroom.records import dataclass, replace
from podroom.values import Default, Known, Undecidable, Unknown, Value, first_unknown

T = TypeVar("T")
R = TypeVar("R")

MANY_NODES = 50
"""From so many nodes on, one call to EC2 for every pod is taken to make EC2 throttle, where nobody says otherwise."""

DECISIVE_VARIABLES = (
    "WARM_ENI_TARGET",
    "WARM_IP_TARGET",
    "MINIMUM_IP_TARGET",
    "WARM_PREFIX_TARGET",
    "MAX_ENI",
    "ENABLE_PREFIX_DELEGATION",
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
    "ENABLE_POD_ENI",
)
"""The variables of aws-node that the sums hang on."""


class ZoneBalance(Enum):
    """How the nodes of a group spread over availability zones: evenly, or at the worst all into one."""

    BALANCED = "balanced"
    SKEWED = "skewed"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What no configuration tells; each is named where a judgement rests on it.

    `host_network_pods` are the pods of a node that need no address (aws-node and kube-proxy);
    `expected_pods_per_node` the pods with an address that a node is taken to run.  `zone_balance` says how the nodes
    of a group spread over their availability zones.  `many_nodes` is from how many nodes on a cluster's calls to EC2
    are so many that EC2 throttles them (amazon-vpc-cni-k8s, issue 2056).  `pods_with_security_groups` are the pods of
    a node that have a branch interface; None where nobody says.
    """

    host_network_pods: int = HOST_NETWORK_PODS
    expected_pods_per_node: int = EXPECTED_PODS_PER_NODE
    zone_balance: ZoneBalance = ZoneBalance.BALANCED
    many_nodes: int = MANY_NODES
    pods_with_security_groups: int | None = None

    @property
    def most_pods(self) -> int:
        """Return the pods that a node is taken to run, those on the host's network with them."""
        return self.host_network_pods + self.expected_pods_per_node


@dataclass(frozen=True, slots=True)
class Resolved:
    """An instance type of a group, the facts about it and the place that names it."""

    choice: InstanceChoice
    instance: InstanceType

    @property
    def span(self) -> Span:
        """Return the place that a person would change to get another type."""
        origin = self.choice.type.origin
        return self.choice.span if isinstance(origin, Default) else origin


class Assessment:
    """The sums for one World; every answer is kept, because several rules ask the same."""

    def __init__(self, world: World, catalog: InstanceCatalog, assumptions: Assumptions) -> None:
        """Take the World and what is needed beside it."""
        self.world = world
        self.catalog = catalog
        self.assumptions = assumptions
        self._memory: dict[tuple[object, ...], object] = {}
        self._about_nodes: dict[int, tuple[NodeGroup | NodePool, dict[tuple[object, ...], object]]] = {}
        self._clusters = {cluster.address: cluster for cluster in reversed(world.clusters)}
        self._subnets = {subnet.address: subnet for subnet in reversed(world.subnets)}

    def with_groups(self, node_groups: tuple[NodeGroup, ...]) -> Assessment:
        """Return the sums for the same World with other node groups; what is known of a group that stays is kept."""
        other = Assessment(replace(self.world, node_groups=node_groups), self.catalog, self.assumptions)
        other._about_nodes = self._about_nodes
        return other

    def cluster(self, group: NodeGroup | NodePool) -> Cluster:
        """Return the cluster of a node group or pool; raises `Undecidable` if it is not known which."""
        address = group.cluster.need()
        cluster = self._clusters.get(address)
        if cluster is None:
            raise Undecidable(Unknown(f"{address} is not in this configuration", group.span))
        return cluster

    def subnet(self, address: str) -> Subnet | None:
        """Return the subnet of that address, or None if it is not in this configuration."""
        return self._subnets.get(address)

    def applies(self, group: NodeGroup) -> bool:
        """Return whether the VPC CNI gives the group's pods IPv4 addresses, which is what all sums are about.

        Raises `Undecidable` if it is not certain that the group exists, which cluster it belongs to, or whether
        its nodes run Windows.
        """
        if group.uncertain is not None:
            raise Undecidable(group.uncertain)
        cluster = self.cluster(group)
        return not runs_windows(group) and cluster.ip_family.need() == "ipv4"

    def variable(self, settings: CniSettings, name: str) -> Value[str]:
        """Return what aws-node gets for a variable; an unset one has its default, "" for none.

        The default is the manifest's, or the code's if the manifest is the project's own.
        """
        variable = settings.find(name)
        if variable is not None:
            return variable.value
        unknown = first_unknown(settings.missing, settings.not_installed)
        if unknown is not None:
            return unknown
        known = find_cni_variable(name)
        default = None
        if known is not None:
            default = known.default if settings.from_manifest else known.code_default
        return Known(default or "", Default("the Amazon VPC CNI", known.source if known else ""))

    def version(self, settings: CniSettings) -> tuple[int, ...] | None:
        """Return the version of the CNI, None for the current one; raises `Undecidable` if it is not known."""
        text = settings.version.need()
        if text == CURRENT_VERSION:
            return None
        try:
            return parse_version(text)
        except CniVersionError as error:
            origin = settings.version.origin
            raise Undecidable(Unknown(error.message, origin)) from error

    def behavior(self, settings: CniSettings) -> CniBehavior:
        """Return how a CNI with these settings behaves; raises `Undecidable` if it is not known."""
        return self.remember(("cni", id(settings)), lambda: self._behavior(settings))

    def cni(self, group: NodeGroup) -> CniBehavior:
        """Return how the CNI behaves on the nodes of a group; raises `Undecidable` if it is not known."""
        return self.behavior(self.cluster(group).cni)

    def instances(self, group: NodeGroup) -> Iterator[Resolved]:
        """Iterate over the instance types of a group.

        The known ones come first; if there may be others, `Undecidable` is raised at the end, so that
        what is wrong with the known ones has been said by then.
        """
        unknown: Unknown | None = None
        for choice in group.instance_types:
            try:
                yield Resolved(choice, self.instance(choice))
            except Undecidable as cause:
                unknown = first_unknown(unknown, cause.unknown)
        if unknown is not None:
            raise Undecidable(unknown)
        group.instance_types.need()

    def instance(self, choice: InstanceChoice) -> InstanceType:
        """Return the facts about one type; raises `Undecidable` for a type that the table lacks."""
        name = choice.type.need()
        instance = self.catalog.find(name)
        if instance is None:
            raise Undecidable(Unknown(self.catalog.why_absent(name), choice.type.origin))
        return instance

    def kubelet(self, group: NodeGroup, instance: InstanceType) -> tuple[KubeletLimit, ...]:
        """Return the max pods that kubelet may get on a node of that type; see `kubelet_limits`."""

        def limits() -> tuple[KubeletLimit, ...]:
            def everything() -> list[InstanceType]:
                return [resolved.instance for resolved in self.instances(group)]

            return _with_facts(lambda: kubelet_limits(group, instance, everything, self.cni(group)), group.span)

        return self.remember_of(group, ("kubelet", instance.name), limits)

    def room(self, instance: InstanceType, cni: CniBehavior, span: Span, *, unmanaged_interfaces: int = 0) -> Figure:
        """Return how many pods a node can hold, host-network pods included."""

        def sums() -> Figure:
            return node_room(
                instance,
                cni,
                host_network_pods=self.assumptions.host_network_pods,
                unmanaged_interfaces=unmanaged_interfaces,
            )

        return _with_facts(sums, span)

    def user_data(self, group: NodeGroup) -> UserData:
        """Return a group's user data; raises `Undecidable` if it is not certain that there is such a group or which."""
        if group.uncertain is not None:
            raise Undecidable(group.uncertain)
        if group.launch_template_missing is not None:
            raise Undecidable(group.launch_template_missing)
        return group.user_data

    def recommended(self, instance: InstanceType, span: Span) -> Figure:
        """Return the most pods that AWS recommends for a type."""
        return _with_facts(lambda: recommended_cap(instance), span)

    def default_max_pods(self, group: NodeGroup, instance: InstanceType) -> int:
        """Return the most that a node gets where nobody writes a number: the bootstrap program's or Amazon EKS's."""
        prefixes = self.cni(group).prefix_delegation
        if group.kind is not GroupKind.MANAGED or group.own_image.need():
            return eni_max_pods(instance).value
        return _with_facts(
            lambda: managed_node_group_max_pods([instance], prefix_delegation=prefixes).value, group.span
        )

    def injected_max_pods(self, group: NodeGroup) -> tuple[Figure, Figure]:
        """Return what Amazon EKS gives a managed group's nodes: with the CNI as it is set, and without prefixes."""
        cni = self.cni(group)
        types = [resolved.instance for resolved in self.instances(group)]

        def figures() -> tuple[Figure, Figure]:
            return (
                managed_node_group_max_pods(types, prefix_delegation=cni.prefix_delegation),
                managed_node_group_max_pods(types),
            )

        return _with_facts(figures, group.span)

    def load(self, group: NodeGroup, instance: InstanceType, max_pods: int) -> NodeLoad:
        """Return the addresses that one node takes at the four loads."""
        cni = self.cni(group)

        def sums() -> NodeLoad:
            return node_load(
                instance,
                cni,
                max_pods=max_pods,
                host_network_pods=self.assumptions.host_network_pods,
                expected_pods=self.assumptions.expected_pods_per_node,
            )

        return self.remember_of(group, ("load", instance.name, max_pods), lambda: _with_facts(sums, group.span))

    def _behavior(self, settings: CniSettings) -> CniBehavior:
        said = {name: self.variable(settings, name) for name in DECISIVE_VARIABLES}
        if not isinstance(said["WARM_PREFIX_TARGET"], Known) and not is_true(said["ENABLE_PREFIX_DELEGATION"].need()):
            del said["WARM_PREFIX_TARGET"]  # it has no effect
        environment = {name: value.need() for name, value in said.items()}
        version: tuple[int, ...] | Unknown | None
        try:
            version = self.version(settings)
        except Undecidable as cause:
            version = cause.unknown
        return CniBehavior.from_environment(environment, version)

    def remember(self, key: tuple[object, ...], answer: Callable[[], T]) -> T:
        """Return the answer to a question, worked out when it is first asked; "it is not known" is an answer, too."""
        return _remembered(self._memory, key, answer)

    def remember_of(self, nodes: NodeGroup | NodePool, key: tuple[object, ...], answer: Callable[[], T]) -> T:
        """Return the answer to a question that hangs on no other nodes, as `remember` does."""
        _, memory = self._about_nodes.setdefault(id(nodes), (nodes, {}))  # as long as it is kept, the id is its own
        return _remembered(memory, key, answer)


def _remembered(memory: dict[tuple[object, ...], object], key: tuple[object, ...], answer: Callable[[], T]) -> T:
    if key not in memory:
        try:
            memory[key] = answer()
        except Undecidable as cause:
            memory[key] = cause.unknown
    kept = memory[key]
    if isinstance(kept, Unknown):
        raise Undecidable(kept)
    return kept  # type: ignore[return-value] # a key is always used with one kind of answer


def runs_windows(group: NodeGroup) -> bool:
    """Return whether nodes run Windows; raises `Undecidable` if they may."""
    return AmiFamily.WINDOWS in group.ami_family.candidates() and group.ami_family.need() is AmiFamily.WINDOWS


def collect(items: Iterator[R]) -> tuple[list[R], Unknown | None]:
    """Return all items that an iterator yields before it meets something unknown, and that unknown."""
    found: list[R] = []
    try:
        for item in items:
            found.append(item)  # noqa: PERF402 - extend() would lose them when the iterator raises
    except Undecidable as cause:
        return found, cause.unknown
    return found, None


def _with_facts(answer: Callable[[], T], span: Span) -> T:
    """Return an answer; a fact that the table of instance types lacks makes it undecidable."""
    try:
        return answer()
    except MissingFactError as error:
        raise Undecidable(Unknown(error.message, span)) from error
