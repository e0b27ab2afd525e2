"""Whether a node group waits until the CNI has its settings."""

from __future__ import annotations

from podroom.assembly.cni_defaults import MAY_CONFIGURE
from podroom.assembly.inventory import Inventory
from podroom.evaluation.project import SELF_REFERENCE, Dependencies, EvaluationProblem, ResourceInstance
from podroom.model.world import CniOrder, CniSettings, GroupKind, World
from podroom.records import replace
from podroom.values import Known, Unknown

_PREFIX_DELEGATION = "ENABLE_PREFIX_DELEGATION"
_DELAY = "time_sleep"
_ORDERED = ("aws_eks_cluster", "aws_eks_node_group", "aws_eks_addon", "aws_autoscaling_group", *MAY_CONFIGURE)


def note_cycles(inventory: Inventory) -> None:
    """Note a problem at each resource on which nodes hang and that waits for itself: Terraform refuses that.

    Attributes that hang on themselves are found by evaluation; this finds what `depends_on` makes wait.
    """
    if any(SELF_REFERENCE in problem.message for module in inventory.modules for problem in module.problems):
        return
    dependencies = Dependencies()
    told: set[tuple[int, tuple[str, str, str]]] = set()
    for kind in _ORDERED:
        for resource in inventory.resources(kind) if inventory.declares(kind) else ():
            if _key(resource) in told:
                continue
            cycle = dependencies.cycle_of(resource)
            if cycle:
                told.update((id(module), declared) for module, declared in cycle)
                names = [module.shown(f"{declared[1]}.{declared[2]}") for module, declared in cycle]
                around = " and ".join(names) if len(names) == 2 else " -> ".join(names)
                each_other = "wait for each other" if len(names) > 1 else "waits for itself"
                message = f"{around} {each_other}: Terraform refuses such a cycle"
                resource.module.note(EvaluationProblem(message, resource.span))


def with_cni_order(world: World, inventory: Inventory) -> World:
    """Return the World in which a managed group knows whether what sets the CNI to use prefixes comes before it."""
    settings = {cluster.address: cluster.cni for cluster in world.clusters if cluster.cni.find(_PREFIX_DELEGATION)}
    if not settings:
        return world
    dependencies = Dependencies()
    ordered = []
    for group in world.node_groups:
        cni = settings.get(group.cluster.value) if isinstance(group.cluster, Known) else None
        if group.kind is GroupKind.MANAGED and cni is not None:
            made, configured = _at(group.address, inventory), _at(_setting_prefixes(cni), inventory)
            if made is not None and configured is not None:
                ordered.append(
                    replace(group, cni_order=_known_order(made, configured, dependencies, alone=inventory.alone))
                )
                continue
        ordered.append(group)
    return replace(world, node_groups=tuple(ordered))


def _setting_prefixes(settings: CniSettings) -> str | None:
    """Return the address of what turns on prefix delegation: where several set the CNI, the last that speaks of it."""
    speaking = [
        source.address
        for source in settings.sources
        if any(variable.name == _PREFIX_DELEGATION for variable in source.environment)
    ]
    address = speaking[-1] if speaking else settings.declared_by
    return None if address is None else address.rpartition(" in ")[2]  # "kubectl set env in null_resource.cni"


def _at(address: str | None, inventory: Inventory) -> ResourceInstance | None:
    if address is None:
        return None
    return inventory.at(address, "aws_eks_node_group", "aws_eks_addon", *MAY_CONFIGURE)


def _known_order(
    group: ResourceInstance, cni: ResourceInstance, dependencies: Dependencies, *, alone: bool
) -> Known[CniOrder] | Unknown:
    if alone:
        reason = "a plan or state by itself does not tell what waits for what; give the folder of its configuration"
        return Unknown(reason, cni.span)
    return Known(_order(group, cni, dependencies), cni.span)


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
