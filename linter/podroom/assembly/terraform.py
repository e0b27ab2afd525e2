"""One root of Terraform configuration -> one World."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from podroom.assembly.clusters import Clusters
from podroom.assembly.cni import read_cni_settings
from podroom.assembly.cni_defaults import CUSTOM_NETWORKING, MAY_CONFIGURE, configured_elsewhere
from podroom.assembly.inventory import Inventory
from podroom.assembly.node_groups import NodeGroups
from podroom.assembly.order import note_cycles, with_cni_order
from podroom.assembly.subnets import read_subnets, read_vpcs
from podroom.assembly.tenants import read_fargate_profiles, read_tenants
from podroom.evaluation.project import Module, provider_region
from podroom.model.world import Gap, IgnoredArgument, Removed, World
from podroom.records import replace
from podroom.values import Members, Value

RUN_COMMANDS = ("null_resource", "terraform_data")
UPDATE_OF_A_GROUP = "update-auto-scaling-group"
POD_SECURITY_GROUPS = "ENABLE_POD_ENI"
LOOKUPS = ("aws_subnet", "aws_subnets", "aws_subnet_ids", "aws_vpc", "aws_vpcs")

if TYPE_CHECKING:
    from podroom.assembly.manifests.parts import Loose
    from podroom.model.lookups import Lookup


def assemble(root: Module) -> World:
    """Return the World that a root module describes; it evaluates what bears on pods and nothing else."""
    world, parts = assemble_parts(root)
    return _attached(world, parts) if parts else world


def assemble_parts(root: Module) -> tuple[World, tuple[Loose, ...]]:
    """Return the World of a root module and, where it has no cluster, the parts of one, which may be elsewhere."""
    inventory = Inventory(root)
    clusters = Clusters(inventory)
    groups = NodeGroups(inventory, clusters)
    cni = read_cni_settings(inventory, clusters)
    managed = groups.managed()
    self_managed = groups.self_managed()  # last: it may join the only cluster that the others name
    fargate_profiles = read_fargate_profiles(inventory, clusters)
    parts, read = _embedded(inventory)
    known = clusters.build(cni, configured_elsewhere(inventory, read))
    absent, ignored = _of_calls(inventory, has_eks=bool(known))
    world = World(
        root=root.directory,
        clusters=known,
        node_groups=managed + self_managed,
        subnets=read_subnets(inventory),
        vpcs=read_vpcs(inventory),
        gaps=(*groups.gaps, *absent),
        ignored_arguments=ignored,
        fargate_profiles=fargate_profiles,
        tenants=read_tenants(inventory),
        lookups=_lookups(inventory),
        region=_region(root),
    )
    world = _planned(world, inventory, root)
    if known and parts:
        world, parts = _attached(world, parts), ()
    world = _with_commanded_types(world, inventory)
    note_cycles(inventory)
    world = with_cni_order(_with_eni_configs(world, inventory), inventory)
    return _for_pod_security_groups(world, inventory, clusters), parts


def _of_calls(inventory: Inventory, *, has_eks: bool) -> tuple[Sequence[Gap], tuple[IgnoredArgument, ...]]:
    """Return the modules that are called and not here, and the arguments that others do not heed."""
    if not any(module.declarations.calls for module in inventory.modules):
        return (), ()
    from podroom.assembly.gaps import absent_modules  # noqa: PLC0415 - many root modules call none
    from podroom.assembly.ignored import ignored_arguments  # noqa: PLC0415 - same

    return absent_modules(inventory, has_eks=has_eks), ignored_arguments(inventory)


def _lookups(inventory: Inventory) -> tuple[Lookup, ...]:
    """Return the data sources that find subnets or VPCs."""
    if not inventory.declares(*LOOKUPS, mode="data"):
        return ()
    from podroom.assembly.lookups import read_lookups  # noqa: PLC0415 - many projects make what they use

    return read_lookups(inventory)


def _region(root: Module) -> Value[str] | None:
    region = provider_region(root)
    return None if region is None else region.string()


def _with_commanded_types(world: World, inventory: Inventory) -> World:
    """Add the instance types that commands give to Auto Scaling groups, where any does."""
    if not world.node_groups or not inventory.declares(*RUN_COMMANDS):
        return world
    resources = [
        resource
        for kind in RUN_COMMANDS
        for resource in inventory.resources(kind)
        if UPDATE_OF_A_GROUP in resource.block_span.text
    ]
    if not resources:
        return world
    from podroom.assembly.asg_commands import with_commanded_types  # noqa: PLC0415 - hardly any project has them

    return with_commanded_types(world, resources)


def _planned(world: World, inventory: Inventory, root: Module) -> World:
    """Add what a plan says of the way from what is there to what will be."""
    settled = root.project.options.settled
    if settled is None:
        return world
    from podroom.assembly import plans  # noqa: PLC0415 - only with a plan
    from podroom.assembly.found_subnets import with_found_subnets  # noqa: PLC0415 - only with a plan

    world = with_found_subnets(world, inventory, settled)
    removed = {one.address: one.span for one in inventory.removed(*plans.NODES_AND_CLUSTERS)}
    found = plans.module_before(root)
    if found is not None:
        before, _ = assemble_parts(found[0])
        gone = Removed(
            tuple(one for one in before.clusters if settled.removes(one.address)),
            tuple(one for one in before.subnets if settled.removes(one.address)),
            tuple(one for one in before.vpcs if settled.removes(one.address)),
        )
        # Of what a plan of a part (-target) says nothing, it changes nothing.
        known = {one.address for one in before.node_groups}
        untold = [one for one in world.node_groups if one.address not in known and settled.values(one.address) is None]
        world = replace(
            world,
            before=(*before.node_groups, *untold),
            removed=gone if any((gone.clusters, gone.subnets, gone.vpcs)) else None,
            doubled=found[1],
        )
        clusters = {one.address: one.span for one in gone.clusters}
        groups = {one.address: one.span for one in before.node_groups if settled.removes(one.address)}
        removed = clusters | groups | removed
    from podroom.assembly.beside_node_groups import changed_add_ons, not_as_in_state  # noqa: PLC0415 - only with a plan

    refreshes = plans.only_refreshes(settled)
    becomes = (
        "this plan takes that over" if refreshes else "the next apply takes that back, unless ignore_changes names it"
    )
    notices = [*changed_add_ons(inventory.resources("aws_eks_addon"), becomes)]
    in_state = plans.module_in_state(root)
    if in_state is not None and (world.node_groups or world.clusters):
        from podroom.assembly.state_differences import with_state_differences  # noqa: PLC0415 - only with a state

        state, _ = assemble_parts(in_state)
        world = with_state_differences(world, state, settled)
        notices += not_as_in_state(world, state, settled.source)
    return replace(
        world,
        compared=settled.plans,
        refresh_only=refreshes,
        notices=(*world.notices, *notices, *plans.plan_notices(settled, world, removed)),
    )


def _for_pod_security_groups(world: World, inventory: Inventory, clusters: Clusters) -> World:
    """Add what security groups for pods hang on, where a cluster has them."""
    if not any(cluster.cni.find(POD_SECURITY_GROUPS) for cluster in world.clusters):
        return world
    from podroom.assembly.pod_security_groups import with_surroundings  # noqa: PLC0415 - most clusters do not

    return with_surroundings(world, inventory, clusters)


def _embedded(inventory: Inventory) -> tuple[tuple[Loose, ...], frozenset[str]]:
    """Return the parts in manifests, releases and commands, and the addresses of those that were understood."""
    if not inventory.declares(*MAY_CONFIGURE):
        return (), frozenset()
    from podroom.assembly.manifests.terraform import read_embedded  # noqa: PLC0415 - most projects have none

    embedded = read_embedded(inventory)
    return embedded.parts, embedded.read


def _attached(world: World, parts: tuple[Loose, ...]) -> World:
    from podroom.assembly.joining import attach_all  # noqa: PLC0415 - most projects have no such parts

    return attach_all(world, parts)


def _with_eni_configs(world: World, inventory: Inventory) -> World:
    """Add the ENIConfigs of manifests, which name no cluster, to the clusters with custom networking."""
    chosen = [cluster for cluster in world.clusters if cluster.cni.find(CUSTOM_NETWORKING) is not None]
    if not chosen:
        return world
    from podroom.assembly.eni_configs import labelled, read_eni_configs  # noqa: PLC0415 - few clusters have it

    manifests = read_eni_configs(inventory)
    labels = labelled(inventory)
    added = []
    for cluster in world.clusters:
        known = cluster.cni.pod_subnets
        both = Members((*known.items, *manifests.items), (*known.missing, *manifests.missing))
        settings = replace(cluster.cni, pod_subnets=both, labelled=labels)
        added.append(replace(cluster, cni=settings) if cluster in chosen else cluster)
    return replace(world, clusters=tuple(added))
