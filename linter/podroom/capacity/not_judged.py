"""What no rule about room and addresses judges, so that no findings are not taken for "all is well"."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import Cluster, NodeClass, NodePool, Notice
from podroom.positions import Span
from podroom.values import Default, Known, Undecidable, Unknown

_LEFT_OUT = "so the room of its nodes and the addresses that they take are not judged"


def not_judged(assessment: Assessment) -> Iterator[Notice]:
    """Iterate over notices of clusters with IPv6, nodes with Windows, and node classes that no NodePool uses."""
    world = assessment.world
    for cluster in world.clusters:
        if _is_ipv6(cluster):
            origin = cluster.ip_family.origin
            place = cluster.span if isinstance(origin, Default) else origin
            yield Notice(f"the pods of {cluster.address} get IPv6 addresses, {_LEFT_OUT}", place)
    for group in world.node_groups:
        if isinstance(group.ami_family, Known) and group.ami_family.value is AmiFamily.WINDOWS:
            yield Notice(f"{group.address} runs Windows, {_LEFT_OUT}", group.span)
    if world.node_pools or world.node_classes:
        yield from _of_karpenter(assessment)


def _of_karpenter(assessment: Assessment) -> Iterator[Notice]:
    from podroom.capacity.node_pools import runs_windows  # noqa: PLC0415 - most projects have no Karpenter

    world = assessment.world
    for pool in world.node_pools:
        try:
            windows = not pool.auto_mode and runs_windows(pool, assessment)
        except Undecidable:
            continue  # the rules say that themselves
        if windows:
            yield Notice(f"{pool.address} runs Windows, {_LEFT_OUT}", pool.span)
    for known in world.node_classes:
        if not known.auto_mode and not any(_may_use(pool, known) for pool in world.node_pools):
            yield from _unused(known)


def _may_use(pool: NodePool, node_class: NodeClass) -> bool:
    wanted, reference = pool.node_class, node_class.reference
    return not (isinstance(wanted, Known) and isinstance(reference, Known)) or wanted.value == reference.value


def _unused(node_class: NodeClass) -> Iterator[Notice]:
    """Yield a notice where a node class that no NodePool of the project uses says something of max pods."""
    from podroom.capacity.node_pools import max_pods_of  # noqa: PLC0415 - same

    number = max_pods_of(node_class.kubelet)
    if number is None:
        return
    place = number.origin if isinstance(number.origin, Span) else node_class.span
    what = f"sets max pods ({number.reason})" if isinstance(number, Unknown) else "sets max pods"
    yield Notice(
        f"{node_class.address} {what}, but no NodePool here uses it, so for which instance types is not known and "
        "the room of its nodes is not judged",
        place,
    )


def _is_ipv6(cluster: Cluster) -> bool:
    return isinstance(cluster.ip_family, Known) and cluster.ip_family.value == "ipv6"
