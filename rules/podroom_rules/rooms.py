"""What several rules ask about a node's room: what it would be otherwise, and what makes it small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.cni import FALSE_TEXTS, CniBehavior
from podroom.capacity.interfaces import interface_budget, uses_prefixes
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.max_pods import HOST_NETWORK_PODS, branch_interfaces
from podroom.capacity.working import Figure, MissingFactError, counted
from podroom.model.world import Cluster, NodeGroup, NodePool, SecurityGroupPolicy
from podroom.records import replace
from podroom.rule import Note
from podroom.values import Known, Undecidable, Unknown, first_unknown
from podroom_rules.wording import STUCK_PODS, article

S = TypeVar("S")
T = TypeVar("T")

NEVER_READY = (
    "The node never becomes Ready: custom networking keeps pods off the primary interface, and no other interface is "
    "left for them."
)


def belongs(part: NodeGroup | NodePool | SecurityGroupPolicy, cluster: Cluster) -> bool:
    """Return whether something is, or may be, a part of the cluster."""
    return isinstance(part.cluster, Unknown) or cluster.address in part.cluster.candidates()


def groups_of(cluster: Cluster, assessment: Assessment) -> list[NodeGroup]:
    """Return the node groups that are, or may be, those of a cluster."""
    return [group for group in assessment.world.node_groups if belongs(group, cluster)]


def of_each(subjects: Iterable[S], judge: Callable[[S], Iterator[T]]) -> tuple[list[T], Unknown | None]:
    """Return what is known of all subjects, such as node groups, and the first thing that is not."""
    found: list[T] = []
    doubt: Unknown | None = None
    for subject in subjects:
        known, unknown = collect(judge(subject))
        found += known
        doubt = first_unknown(doubt, unknown)
    return found, doubt


def has_nodes(cluster: Cluster, assessment: Assessment) -> bool:
    """Return whether any node group or NodePool is, or may be, one of the cluster."""
    pools = assessment.world.node_pools
    return bool(groups_of(cluster, assessment)) or any(belongs(pool, cluster) for pool in pools)


def in_auto_mode(cluster: Cluster) -> bool:
    """Return whether EKS Auto Mode, which brings no aws-node, is known to run the cluster's nodes."""
    return isinstance(cluster.auto_mode, Known) and cluster.auto_mode.value


def either_is_too_high(group: NodeGroup, limits: tuple[KubeletLimit, ...], assessment: Assessment) -> bool:
    """Return whether one of the numbers that kubelet may get is more than one of the types has room for."""
    highest = max(limit.figure.value for limit in limits)
    cni = assessment.cni(group)
    return any(
        highest > assessment.room(resolved.instance, cni, group.span).value for resolved in assessment.instances(group)
    )


def plain_room(assessment: Assessment, group: NodeGroup, resolved: Resolved) -> int:
    """Return the room of a node if custom networking and security groups for pods were off."""
    cni = replace(assessment.cni(group), custom_networking=False, pod_eni=False)
    return assessment.room(resolved.instance, cni, group.span).value


def unlimited_room(assessment: Assessment, group: NodeGroup, resolved: Resolved) -> int:
    """Return what `plain_room` would be without MAX_ENI."""
    cni = replace(assessment.cni(group), custom_networking=False, pod_eni=False, max_eni=None)
    return assessment.room(resolved.instance, cni, group.span).value


def counts_all_cards(limit: KubeletLimit, resolved: Resolved) -> bool:
    """Return whether a written number is worked out from the interfaces of all network cards, of which there are more.

    Terraform's data source gives nothing else; what is written is told by its name in the expression, or by the very
    number where the expression stands elsewhere.
    """
    instance = resolved.instance
    total = instance.interfaces_all_cards
    if limit.span is None or total is None or total <= instance.interfaces:
        return False
    return "maximum_network_interfaces" in limit.span.text or limit.figure.value in (
        total * instance.slots,
        total * instance.slots + HOST_NETWORK_PODS,
    )


def branches_of(resolved: Resolved, cni: CniBehavior) -> int:
    """Return how many pods of a node can have a branch interface; raises `Undecidable` where no source knows."""
    try:
        return branch_interfaces(resolved.instance, cni).value
    except MissingFactError as error:
        raise Undecidable(Unknown(error.message, resolved.span)) from error


def is_limited(resolved: Resolved, cni: CniBehavior) -> bool:
    """Return whether MAX_ENI keeps a node from attaching all of its interfaces."""
    return cni.max_eni is not None and cni.max_eni < resolved.instance.interfaces


def never_ready(resolved: Resolved, cni: CniBehavior) -> bool:
    """Return whether no interface is left for pods."""
    return interface_budget(resolved.instance, cni).for_pods.value < 1


def has_room(resolved: Resolved, cni: CniBehavior, room: Figure) -> str:
    """Return what a node has room for, as the end of a sentence."""
    subject = article(resolved.instance.name)
    if never_ready(resolved, cni):
        return f"{subject} has no interface left for pods"
    return f"{subject} has room for {room.value}"


def effect_of(resolved: Resolved, cni: CniBehavior) -> str:
    """Return how too little room looks from outside."""
    return NEVER_READY if never_ready(resolved, cni) else STUCK_PODS


def sufficient_interfaces(resolved: Resolved, cni: CniBehavior) -> int | None:
    """Return the least MAX_ENI that leaves an interface for pods, None if the type has too few of them."""
    instance = resolved.instance
    return next(
        (
            count
            for count in range(1, instance.interfaces + 1)
            if interface_budget(instance, replace(cni, max_eni=count)).for_pods.value >= 1
        ),
        None,
    )


def interface_for_pods(resolved: Resolved, cni: CniBehavior) -> str:
    """Return what gives a node that never becomes Ready an interface for pods."""
    needed = sufficient_interfaces(resolved, cni)
    if needed is None:
        return "use an instance type with more interfaces"
    return f'set MAX_ENI to "{needed}" or more, or remove it'


def reasons(assessment: Assessment, group: NodeGroup, resolved: Resolved) -> tuple[Note, ...]:
    """Return notes at the settings of the CNI that make the room of a node smaller than one may expect."""
    settings = assessment.cluster(group).cni
    cni = assessment.cni(group)
    instance = resolved.instance
    notes = []
    limit = settings.find("MAX_ENI")
    if limit is not None and is_limited(resolved, cni):
        attached = counted(cni.max_eni or 0, "interface")
        notes.append(Note(f"MAX_ENI keeps the node at {attached} of {instance.interfaces}", limit.span))
    delegation = settings.find("ENABLE_PREFIX_DELEGATION")
    if delegation is not None and not uses_prefixes(instance, cni):
        text = assessment.variable(settings, delegation.name).need()
        family = instance.name.partition(".")[0]
        if not cni.prefix_delegation and text not in FALSE_TEXTS:
            reason = f'"{text}" is no boolean to the CNI, so prefix delegation stays off; write "true"'
            notes.append(Note(reason, delegation.span))
        elif cni.prefix_delegation and instance.hypervisor == "xen":
            reason = f"prefix delegation is on, but {family}.* is no Nitro type: it gets single addresses"
            notes.append(Note(reason, delegation.span))
        elif cni.prefix_delegation:
            reason = "prefix delegation is on, but this version of the CNI has none for this type: single addresses"
            notes.append(Note(reason, delegation.span))
    return tuple(notes)
