"""Whether a node group waits until the CNI has its settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from podroom.assembly.inventory import Inventory
from podroom.evaluation.project import Dependencies, ResourceInstance
from podroom.model.world import CniOrder, CniSettings, GroupKind, NodeGroup
from podroom.values import Known

_PREFIX_DELEGATION = "ENABLE_PREFIX_DELEGATION"
_DELAY = "time_sleep"


def with_cni_order(
    groups: Iterable[NodeGroup], settings: dict[str, CniSettings], inventory: Inventory
) -> tuple[NodeGroup, ...]:
    """Return the groups; a managed one knows whether what sets the CNI to use prefixes comes before it."""
    dependencies = Dependencies()
    ordered = []
    for group in groups:
        cni = settings.get(group.cluster.value) if isinstance(group.cluster, Known) else None
        if group.kind is GroupKind.MANAGED and cni is not None and cni.find(_PREFIX_DELEGATION) is not None:
            declared = [_at(address, inventory) for address in (group.address, cni.declared_by)]
            if declared[0] is not None and declared[1] is not None:
                order = _order(declared[0], declared[1], dependencies)
                ordered.append(replace(group, cni_order=Known(order, declared[1].span)))
                continue
        ordered.append(group)
    return tuple(ordered)


def _at(address: str | None, inventory: Inventory) -> ResourceInstance | None:
    for kind in ("aws_eks_node_group", "aws_eks_addon", "helm_release"):
        for resource in inventory.resources(kind):
            if resource.address == address:
                return resource
    return None


def _order(group: ResourceInstance, cni: ResourceInstance, dependencies: Dependencies) -> CniOrder:
    """Return the order of two resources.

    terraform-aws-modules/eks lets node groups wait for a while after the cluster is there, in which its add-ons with
    `before_compute` are made: that counts as an order too, in a module that does both.
    """
    before_group = {(id(module), declared) for module, declared in dependencies.waits_for(group)}
    before_cni = {(id(module), declared) for module, declared in dependencies.waits_for(cni)}
    if _key(cni) in before_group:
        return CniOrder.BEFORE
    if _key(group) in before_cni:
        return CniOrder.AFTER
    delays = {key for key in before_group - before_cni if key[0] == id(cni.module) and key[1][1] == _DELAY}
    return CniOrder.BEFORE if delays and cni.module.address else CniOrder.OPEN


def _key(resource: ResourceInstance) -> tuple[int, tuple[str, str, str]]:
    return id(resource.module), (resource.mode, resource.type, resource.name)
