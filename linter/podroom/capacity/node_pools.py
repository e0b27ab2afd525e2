"""What nodes of a Karpenter NodePool get for max pods, and for which types that matters."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from podroom.capacity.assessment import Assessment
from podroom.capacity.max_pods import karpenter_max_pods, kube_reserved_memory
from podroom.capacity.requirements import AllowedTypes, allowed_types
from podroom.capacity.working import Figure, MissingFactError
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import KarpenterKubelet, NodeClass, NodePool
from podroom.positions import Span
from podroom.values import Known, Undecidable, Unknown, Value, first_unknown

SMALLEST_POD = 32
"""The memory in MiB that a pod is taken to ask for at least, so that memory can end what addresses would not."""

_OPERATING_SYSTEM = ("kubernetes.io/os", "beta.kubernetes.io/os")
_ZONE = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_VM_OVERHEAD = 75
"""Of 1000, what Karpenter takes off the memory of a type (VM_MEMORY_OVERHEAD_PERCENT, website/.../settings.md)."""

_EVICTION_THRESHOLD = 100
"""In MiB: kubelet's memory.available (pkg/providers/instancetype/types.go evictionThreshold)."""


def applies(pool: NodePool, assessment: Assessment) -> bool:
    """Return whether the VPC CNI gives the pods of a pool IPv4 addresses and interfaces limit them.

    Raises `Undecidable` if it is not certain that the pool exists, which cluster it belongs to, or whether its nodes
    run Windows.
    """
    if pool.uncertain is not None:
        raise Undecidable(pool.uncertain)
    cluster = assessment.cluster(pool)
    if pool.auto_mode or runs_windows(pool, assessment):
        return False
    return cluster.ip_family.need() == "ipv4"


def node_class(pool: NodePool, assessment: Assessment) -> NodeClass:
    """Return the node class of a pool; raises `Undecidable` if it is not known, or not in the project.

    Of several with one name the one in the same file is meant, or the only one in the same folder.
    """
    return assessment.remember(("node class", id(pool)), lambda: _node_class(pool, assessment))


def _node_class(pool: NodePool, assessment: Assessment) -> NodeClass:
    wanted = pool.node_class.need()
    classes = assessment.remember(("node classes",), lambda: _by_reference(assessment.world.node_classes))
    found = [known for known in classes.get(wanted, ()) if not _is_other(known.cluster, pool.cluster)]
    nameless = (known for known in classes.get(None, ()) if not _is_other(known.cluster, pool.cluster))
    for near in (_same_file, _same_folder):
        found = [known for known in found if near(known.span, pool.span)] or found
    doubt = first_unknown(*(known.uncertain for known in found), *map(_why_nameless, nameless))
    if doubt is not None:
        raise Undecidable(doubt)
    if len(found) > 1:
        raise Undecidable(Unknown(f"{wanted} is defined {len(found)} times in this project", pool.node_class.origin))
    if not found:
        more = pool.included
        if more is not None:
            raise Undecidable(Unknown(f"{wanted} is not in this project as it can be read: {more.reason}", more.origin))
        raise Undecidable(Unknown(f"{wanted} is not in this project", pool.node_class.origin))
    return found.pop()


def _by_reference(classes: Iterable[NodeClass]) -> dict[str | None, list[NodeClass]]:
    """Return node classes by what pools call them, those whose name is not known by None."""
    found: dict[str | None, list[NodeClass]] = {}
    for known in classes:
        found.setdefault(known.reference.value if isinstance(known.reference, Known) else None, []).append(known)
    return found


def _why_nameless(known: NodeClass) -> Unknown | None:
    """Return why it is not known what pools call a node class."""
    try:
        known.reference.need()
    except Undecidable as cause:
        return cause.unknown
    return None


def kubelet_of(pool: NodePool, assessment: Assessment) -> KarpenterKubelet | None:
    """Return the kubelet block that counts: the pool's own, which only old versions have, or the node class's."""
    if pool.kubelet is not None:
        return pool.kubelet
    return node_class(pool, assessment).kubelet


def max_pods_of(kubelet: KarpenterKubelet | None) -> Value[int] | None:
    """Return the fixed number of max pods, unknown where it may be there; None if there surely is none."""
    if kubelet is None:
        return None
    return kubelet.missing if kubelet.max_pods is None else kubelet.max_pods


def types_of(pool: NodePool, assessment: Assessment) -> AllowedTypes:
    """Return the instance types that a pool may launch."""
    return assessment.remember_of(
        pool, ("allowed types",), lambda: allowed_types(pool.requirements, assessment.catalog, pool.span)
    )


def max_pods(pool: NodePool, instance: InstanceType, assessment: Assessment, reserved: int = 0) -> Figure:
    """Return what Karpenter gives a node of that type; `reserved` are the interfaces that it leaves out."""
    kubelet = kubelet_of(pool, assessment)
    fixed = max_pods_of(kubelet)
    per_core = None if kubelet is None else kubelet.missing if kubelet.pods_per_core is None else kubelet.pods_per_core
    number = None if per_core is None else per_core.need()
    # Bottlerocket has no pods per core; without that number the family makes no difference.
    family = AmiFamily.AL2023 if number is None else family_of(pool, assessment)
    try:
        return karpenter_max_pods(
            instance,
            family=family,
            max_pods=None if fixed is None else fixed.need(),
            reserved_interfaces=reserved,
            pods_per_core=number,
        )
    except MissingFactError as error:
        raise Undecidable(Unknown(error.message, pool.span)) from error


def fills(instance: InstanceType, pods: int, room: int) -> bool:
    """Return whether a node that is told `pods` pods has memory for more than it has `room` for.

    What Kubernetes reserves for that many pods is taken off first, as Karpenter does.
    """
    if instance.memory_mib is None:
        return True
    reserved = kube_reserved_memory(pods).value + _EVICTION_THRESHOLD
    return instance.memory_mib * (1000 - _VM_OVERHEAD) >= 1000 * (reserved + SMALLEST_POD * (room + 1))


def may_be_in_zone(pool: NodePool, zone: str) -> bool:
    """Return whether the requirements of a pool let its nodes be in a zone; raises `Undecidable` if not known."""
    for requirement in pool.requirements.need():
        if requirement.key.need() not in _ZONE:
            continue
        operator = requirement.operator.need()
        if operator in ("In", "NotIn"):
            named = zone in [value.need() for value in requirement.values.need()]
            if named is (operator == "NotIn"):
                return False
    return True


def is_within_zones(pool: NodePool, zones: Collection[str]) -> bool:
    """Return whether a requirement of a pool keeps its nodes in some of these zones, whatever the others are."""
    return any(
        isinstance(requirement.key, Known)
        and requirement.key.value in _ZONE
        and isinstance(requirement.operator, Known)
        and requirement.operator.value == "In"
        and not requirement.values.missing
        and all(isinstance(value, Known) and value.value in zones for value in requirement.values)
        for requirement in pool.requirements
    )


def _same_file(one: Span, other: Span) -> bool:
    return one.document is other.document


def _same_folder(one: Span, other: Span) -> bool:
    return one.path.rpartition("/")[0] == other.path.rpartition("/")[0]


def family_of(pool: NodePool, assessment: Assessment) -> AmiFamily | None:
    """Return the AMI family of a pool's nodes; None for Custom, whose image and user data are the user's own."""
    family = node_class(pool, assessment).ami_family
    return None if family is None else family.need()


def runs_windows(pool: NodePool, assessment: Assessment) -> bool:
    """Return whether a pool's nodes run Windows; raises `Undecidable` if that is not known."""
    for requirement in pool.requirements:
        key = requirement.key
        if isinstance(key, Known) and key.value in _OPERATING_SYSTEM and _all_known(requirement.values.items):
            systems = {value.need() for value in requirement.values.need()}
            if requirement.operator.need() == "In" and len(systems) == 1:
                return systems == {"windows"}
    return family_of(pool, assessment) is AmiFamily.WINDOWS


def _all_known(values: Iterable[Value[str]]) -> bool:
    return all(isinstance(value, Known) for value in values)


def _is_other(one: Value[str], other: Value[str]) -> bool:
    return isinstance(one, Known) and isinstance(other, Known) and one.value != other.value
