"""One node, asked about by itself: its max pods by every authority, its room, and what it takes from a subnet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum

from podroom.capacity.cni import CniBehavior
from podroom.capacity.estimates import Answer, Bounds, NotKnown, estimated, exactly
from podroom.capacity.interfaces import interface_budget, interfaces_term, uses_prefixes
from podroom.capacity.max_pods import (
    HOST_NETWORK_PODS,
    KUBELET_DEFAULT_MAX_PODS,
    al2_bootstrap_max_pods,
    auto_mode_max_pods,
    bottlerocket_max_pods,
    branch_interfaces,
    eni_max_pods,
    karpenter_max_pods,
    managed_node_group_max_pods,
    node_room,
    nodeadm_max_pods,
    pod_addresses,
    recommended_cap,
    windows_pod_addresses,
)
from podroom.capacity.warm_pool import NodeAddresses, node_addresses
from podroom.capacity.working import Figure, Term
from podroom.catalog import documents
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceType
from podroom.records import dataclass, replace

ADDRESSES_OF_AN_IPV6_PREFIX = 2**48
"""A /80, of which ipamd puts one on the primary interface of a node in an IPv6 cluster."""

NOT_SETTLED = "which of the user's number and that of Amazon EKS wins is not documented"

_WINDOWS_NOTE = (
    "pods on Windows use one interface only, and have no more than its addresses, whatever max pods is: "
    "the scheduler counts them as the resource vpc.amazonaws.com/PrivateIPv4Address"
)


class Networking(Enum):
    """Who gives pods their addresses, and which."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"
    AUTO_MODE = "EKS Auto Mode"


@dataclass(frozen=True, slots=True)
class NodeQuestion:
    """What is asked about a node, beside its type.

    `max_pods` is the number that the user data gives kubelet, `expression` its `maxPodsExpression` (Amazon Linux
    2023 only; empty for none).  `managed` means a managed node group without an AMI ID, to which Amazon EKS gives a
    number of its own.  `pods` are the pods with an address of their own for which to work out the subnet's addresses,
    beside none, one and all.  `failure` says why ipamd does not start at all, empty if it does.
    """

    cni: CniBehavior
    family: AmiFamily = AmiFamily.AL2023
    networking: Networking = Networking.IPV4
    managed: bool = False
    max_pods: int | None = None
    expression: str = ""
    pods: int | None = None
    host_network_pods: int = HOST_NETWORK_PODS
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer about a node, under a key that does not change, and a title for people."""

    key: str
    title: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class NodeReport:
    """All answers about one node: max pods, room for pods, and the addresses taken from a subnet.

    The same question gives rows with the same keys for every type.
    """

    instance: InstanceType
    max_pods: tuple[Row, ...]
    room: tuple[Row, ...]
    addresses: tuple[Row, ...]
    notes: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """Iterate over all answers."""
        yield from self.max_pods
        yield from self.room
        yield from self.addresses


def node_report(instance: InstanceType, question: NodeQuestion) -> NodeReport:
    """Answer a question about a node of a type."""
    if question.networking is Networking.AUTO_MODE:
        return _auto_mode(instance)
    if question.family is AmiFamily.WINDOWS:
        return _windows(instance, question)
    if question.failure:
        return _failing(instance, question)
    if question.networking is Networking.IPV6:
        return _ipv6(instance, question)
    *max_pods, kubelet = _max_pods(instance, question)
    *rooms, branches, room = _room(instance, question)
    verdict = _verdict(kubelet.answer, branches.answer, room.answer, question)
    return NodeReport(
        instance,
        max_pods=(*max_pods, kubelet),
        room=(*rooms, branches, room),
        addresses=tuple(_addresses(instance, question, kubelet.answer)),
        notes=(*verdict, *_notes(instance, question, branches.answer)),
    )


def _failing(instance: InstanceType, question: NodeQuestion) -> NodeReport:
    """Answer for a node on which ipamd does not start, which thus never becomes Ready."""
    nothing = NotKnown(question.failure, applies=False)
    working = "1 address of the primary interface, and the node never becomes Ready"
    one = Figure(1, working, (documents.CNI_IPAMD,))
    return NodeReport(
        instance,
        max_pods=tuple(_max_pods(instance, question)),
        room=tuple(Row(row.key, row.title, nothing) for row in _room(instance, question)),
        addresses=_same_load(question, estimated(lambda _: [exactly(one)], instance)),
        notes=(f"ipamd does not start: {question.failure}",),
    )


def _verdict(kubelet: Answer, branches: Answer, room: Answer, question: NodeQuestion) -> Iterator[str]:
    """Say where kubelet accepts more pods than have room, and where it accepts fewer than were asked about.

    Pods with a security group of their own need none of the pool's addresses, but a branch interface.
    """
    if isinstance(kubelet, NotKnown):
        return
    if not isinstance(room, NotKnown) and kubelet.most > room.least:
        fewest, most = (0, 0) if isinstance(branches, NotKnown) else (branches.least, branches.most)
        sure = kubelet.least > room.most + most
        if kubelet.most <= room.least + fewest:
            yield (
                f"kubelet accepts {kubelet.most} pods: {kubelet.most - room.least} of them need a security group, and "
                f"with it a branch interface, of their own, as the others have addresses for {room.least} only"
            )
        else:
            with_branches = f", and for {fewest} with a branch interface" if fewest else ""
            yield (
                f"kubelet {'accepts' if sure else 'may accept'} {kubelet.most} pods, "
                f"but there {'is' if room.exact else 'may be'} room for {room.least} only{with_branches}"
            )
    if question.pods is not None and kubelet.most - question.host_network_pods < question.pods:
        most = max(0, kubelet.most - question.host_network_pods)
        yield (
            f"kubelet accepts {kubelet.most} pods, {question.host_network_pods} of them on the host's network: "
            f"of the {question.pods} that were asked about {most} fit"
        )


def _max_pods(instance: InstanceType, question: NodeQuestion) -> Iterator[Row]:
    yield _exact("formula", "formula", eni_max_pods, instance)
    if question.cni.prefix_delegation:

        def with_prefixes(possible: InstanceType) -> Figure:
            return eni_max_pods(possible, prefix_delegation=uses_prefixes(possible, question.cni))

        yield _exact("formula_with_prefixes", "formula with prefixes", with_prefixes, instance)
    yield _exact("recommended_cap", "recommended cap", recommended_cap, instance)
    yield _exact("managed_node_group", "managed node group", lambda possible: _injected(possible, question), instance)
    if question.family in {AmiFamily.AL2, AmiFamily.BOTTLEROCKET}:
        key, title = ("bootstrap_sh", "bootstrap.sh") if question.family is AmiFamily.AL2 else _BOTTLEROCKET
        yield _exact(key, title, lambda possible: _own(possible, question), instance)
        yield _exact("nodeadm", "nodeadm", nodeadm_max_pods, instance)
    else:
        yield _exact("nodeadm", "nodeadm", lambda possible: _own(possible, question), instance)
    yield _exact("karpenter", "Karpenter", karpenter_max_pods, instance)
    yield Row("kubelet", "kubelet gets", estimated(lambda possible: _limits(possible, question), instance))


_BUDGET = (documents.CNI_IPAMD, documents.CNI_README)
_BOTTLEROCKET = ("bottlerocket", "Bottlerocket")


def _injected(instance: InstanceType, question: NodeQuestion) -> Figure:
    return managed_node_group_max_pods([instance], prefix_delegation=question.cni.prefix_delegation)


def _own(instance: InstanceType, question: NodeQuestion) -> Figure:
    """Return the number that the node arrives at by itself, with what its user data says."""
    if question.family is AmiFamily.AL2:
        return al2_bootstrap_max_pods(instance, kubelet_max_pods=question.max_pods)
    if question.family is AmiFamily.BOTTLEROCKET:
        return bottlerocket_max_pods(instance, setting=question.max_pods)
    return nodeadm_max_pods(instance, expression=question.expression, config_max_pods=question.max_pods)


def _limits(instance: InstanceType, question: NodeQuestion) -> Sequence[Bounds]:
    """Return the numbers that kubelet may get: two where the user and Amazon EKS give one and it is open who wins.

    A setting of Bottlerocket beats that of Amazon EKS, which beats an expression.
    """
    if not question.managed:
        return [exactly(_own(instance, question))]
    injected = _injected(instance, question)
    if question.max_pods is None:
        return [exactly(injected)]
    own = _own(instance, question)
    if question.family is AmiFamily.BOTTLEROCKET:
        return [exactly(own)]
    return [Bounds(figure, figure.value, NOT_SETTLED) for figure in (own, injected)]


def _room(instance: InstanceType, question: NodeQuestion) -> Iterator[Row]:
    cni = question.cni

    def for_pods(possible: InstanceType) -> Figure:
        term = interface_budget(possible, cni).for_pods
        whole = term == interfaces_term(term.value)
        return Figure(term.value, term.expression, _BUDGET) if whole else term.figure(*_BUDGET)

    def with_host_network(possible: InstanceType) -> Figure:
        return node_room(possible, cni, host_network_pods=question.host_network_pods)

    yield _exact("interfaces", "interfaces for pods", for_pods, instance)
    yield _exact("pod_addresses", "pod addresses", lambda possible: pod_addresses(possible, cni), instance)
    yield _exact("branch_interfaces", "branch interfaces", lambda possible: branch_interfaces(possible, cni), instance)
    yield _exact("room", "pods that have room", with_host_network, instance)


def _addresses(instance: InstanceType, question: NodeQuestion, kubelet: Answer) -> Iterator[Row]:
    for key, load, pods in _loads(question):
        title = load

        def taken(possible: InstanceType, pods: int | None = pods) -> Sequence[Bounds]:
            bounds = []
            for limit in _limits(possible, question):
                full = max(0, limit.figure.value - question.host_network_pods)
                wanted = full if pods is None else min(pods, full)
                node = node_addresses(possible, question.cni, max_pods=limit.figure.value, pods=wanted)
                by_addresses = question.cni.targets_addresses
                bounds.append(_bounds(node, wanted, limit.reason, by_addresses=by_addresses))
            return bounds

        if pods is None and not isinstance(kubelet, NotKnown) and kubelet.exact:
            title = f"all {max(0, kubelet.least - question.host_network_pods)} pods"
        yield Row(key, title, estimated(taken, instance))


def _loads(question: NodeQuestion) -> Iterator[tuple[str, str, int | None]]:
    yield "addresses_idle", "no pods", 0
    yield "addresses_one_pod", "1 pod", 1
    if question.pods is not None:
        yield "addresses_asked", f"{question.pods} pods", question.pods
    yield "addresses_full", "all pods", None


def _bounds(node: NodeAddresses, pods: int, reason: str, *, by_addresses: bool) -> Bounds:
    working = node.working
    if node.pod_subnet_working:
        working += f": {node.node_subnet_addresses} in the node subnet, {node.pod_subnet_addresses} in the pod subnet"
    if not node.ready:
        working += ", and the node never becomes Ready"
    elif node.unserved_pods:
        working += f", and {node.unserved_pods} of {pods} pods get no address"
    reasons = [reason] if reason else []
    if node.total_at_most > node.total:
        chance = "on how many pods come at once" if by_addresses else "on which prefixes the pods are"
        reasons.append(f"it hangs {chance}, which is chance")
    return Bounds(Figure(node.total, working, node.sources), node.total_at_most, "; ".join(reasons))


def _notes(instance: InstanceType, question: NodeQuestion, branches: Answer) -> Iterator[str]:
    cni = question.cni
    if instance.network_cards is not None and instance.network_cards > 1:
        yield "pods get no addresses from interfaces on other network cards than the default one"
    if cni.prefix_delegation and instance.hypervisor == "xen":
        yield "no Nitro type: the CNI gives pods single addresses in spite of prefix delegation"
    elif cni.prefix_delegation and instance.bare_metal:
        yield "Amazon EKS counts prefixes on Nitro only, not on bare metal, where the CNI gives them since 1.11"
    if question.expression:
        from podroom.capacity.max_pods_expression import newer_variables  # noqa: PLC0415 - few need it

        newer = newer_variables(question.expression)
        if newer:
            yield (
                f"only images released after v20260724 know {' and '.join(newer)} in maxPodsExpression; "
                "with an older one nodeadm takes its formula"
            )
    if question.managed and question.expression:
        yield "in a managed node group the number of Amazon EKS beats maxPodsExpression"
    if question.max_pods is not None and question.expression:
        yield "kubelet's maxPods beats maxPodsExpression"
    if isinstance(branches, NotKnown) or branches.most:
        yield "each pod with a security group of its own takes a branch interface and one more address"
    elif cni.pod_eni:
        yield "pods with security groups of their own never start on this type: it has no branch interfaces"
    without = replace(cni, custom_networking=False, pod_eni=False)
    reserved = interface_budget(instance, without).for_pods.value - interface_budget(instance, cni).for_pods.value
    if reserved > 0:
        yield f"Karpenter does not count these features: set RESERVED_ENIS (settings.reservedENIs) to {reserved}"
    if question.managed and (cni.custom_networking or cni.pod_eni or cni.max_eni is not None):
        yield (
            "that Amazon EKS takes custom networking, security groups for pods or MAX_ENI into account is documented "
            "nowhere"
        )


def _ipv6(instance: InstanceType, question: NodeQuestion) -> NodeReport:
    refused = instance.ipv6_supported is False or instance.hypervisor == "xen"
    if refused or instance.ipv6_supported is None or (instance.hypervisor is None and not instance.bare_metal):
        reason = "no Nitro type: it cannot be" if refused else "no source tells whether it can be"
        nothing = NotKnown(f"{reason} a node of an IPv6 cluster", applies=not refused)
        rows = tuple(_max_pods(instance, question))
        same = tuple(Row(row.key, row.title, nothing) for row in rows)
        return NodeReport(instance, same, _ipv6_rows(nothing), _same_load(question, nothing), (nothing.reason,))
    prefix = Term(ADDRESSES_OF_AN_IPV6_PREFIX, "2^(128 - 80) addresses of one /80 prefix").figure(documents.CNI_IPAMD)
    one = Figure(1, "1 IPv4 address of the primary interface, whatever the number of pods", (documents.CNI_IPAMD,))
    return NodeReport(
        instance,
        max_pods=tuple(_max_pods(instance, question)),
        room=_ipv6_rows(estimated(lambda _: [exactly(prefix)], instance)),
        addresses=_same_load(question, estimated(lambda _: [exactly(one)], instance)),
        notes=(
            "in an IPv6 cluster ipamd uses the primary interface only, and no warm target",
            "only Amazon EKS raises max pods there: whoever brings an image of their own sets it by hand",
        ),
    )


def _ipv6_rows(addresses: Answer) -> tuple[Row, ...]:
    return (Row("pod_addresses", "IPv6 pod addresses", addresses),)


def _same_load(question: NodeQuestion, answer: Answer) -> tuple[Row, ...]:
    return tuple(Row(key, title, answer) for key, title, _ in _loads(question))


def _auto_mode(instance: InstanceType) -> NodeReport:
    unknown = NotKnown("how many addresses a node of EKS Auto Mode keeps warm is not documented")
    return NodeReport(
        instance,
        max_pods=(_exact("auto_mode", "EKS Auto Mode", auto_mode_max_pods, instance),),
        room=(),
        addresses=_same_load(NodeQuestion(CniBehavior()), unknown),
        notes=(
            "EKS Auto Mode has no aws-node: its variables, ENIConfigs and security groups for pods do not apply",
            "it gives pods /28 prefixes, and single addresses where the subnet has no whole block",
        ),
    )


def _windows(instance: InstanceType, question: NodeQuestion) -> NodeReport:
    prefixes = question.cni.prefix_delegation
    given = question.max_pods

    def limit(_: InstanceType) -> Figure:
        if given is not None:
            return Figure(given, f"kubelet is told --max-pods={given}", (documents.KUBELET_CONFIGURATION,))
        working = f"{KUBELET_DEFAULT_MAX_PODS}, kubelet's default"
        return Figure(KUBELET_DEFAULT_MAX_PODS, working, (documents.KUBELET_CONFIGURATION,))

    def karpenter(possible: InstanceType) -> Figure:
        return karpenter_max_pods(possible, family=AmiFamily.WINDOWS)

    kubelet = _exact("kubelet", "kubelet gets", limit, instance)
    if question.managed:
        reason = "which number Amazon EKS gives a managed node group with Windows is not documented"
        kubelet = Row(kubelet.key, kubelet.title, NotKnown(reason))

    def addresses(possible: InstanceType) -> Figure:
        return windows_pod_addresses(possible, prefix_delegation=prefixes)

    unknown = NotKnown("how many addresses the VPC resource controller keeps warm for Windows is not worked out")
    return NodeReport(
        instance,
        max_pods=(
            _exact("karpenter", "Karpenter", karpenter, instance),
            kubelet,
        ),
        room=(_exact("pod_addresses", "pod addresses", addresses, instance),),
        addresses=_same_load(question, unknown),
        notes=(_WINDOWS_NOTE,),
    )


def _exact(key: str, title: str, compute: Callable[[InstanceType], Figure], instance: InstanceType) -> Row:
    return Row(key, title, estimated(lambda possible: [exactly(compute(possible))], instance))
