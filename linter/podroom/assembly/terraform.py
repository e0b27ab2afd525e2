"""One root of Terraform configuration -> one World."""

from __future__ import annotations

from dataclasses import replace

from podroom.assembly.clusters import Clusters
from podroom.assembly.cni import read_cni_settings
from podroom.assembly.cni_defaults import configured_elsewhere
from podroom.assembly.eni_configs import CUSTOM_NETWORKING, labelled, read_eni_configs
from podroom.assembly.gaps import absent_modules
from podroom.assembly.inventory import Inventory
from podroom.assembly.joining import attach_all
from podroom.assembly.manifests.parts import Loose
from podroom.assembly.manifests.terraform import read_embedded
from podroom.assembly.node_groups import NodeGroups
from podroom.assembly.order import with_cni_order
from podroom.assembly.subnets import read_subnets, read_vpcs
from podroom.evaluation.project import Module
from podroom.model.world import World
from podroom.values import Members


def assemble(root: Module) -> World:
    """Return the World that a root module describes; it evaluates what bears on pods and nothing else."""
    world, parts = assemble_parts(root)
    return attach_all(world, parts)


def assemble_parts(root: Module) -> tuple[World, tuple[Loose, ...]]:
    """Return the World of a root module and, where it has no cluster, the manifests in it that need one."""
    inventory = Inventory(root)
    clusters = Clusters(inventory)
    groups = NodeGroups(inventory, clusters)
    cni = read_cni_settings(inventory, clusters)
    managed = groups.managed()
    self_managed = groups.self_managed()  # last: it may join the only cluster that the others name
    embedded = read_embedded(inventory)
    known = clusters.build(cni, configured_elsewhere(inventory, embedded.read))
    world = World(
        root=root.directory,
        clusters=known,
        node_groups=with_cni_order(managed + self_managed, cni, inventory),
        subnets=read_subnets(inventory),
        vpcs=read_vpcs(inventory),
        gaps=(*groups.gaps, *absent_modules(inventory, has_eks=bool(known))),
    )
    if not known:
        return world, embedded.parts
    return _with_eni_configs(attach_all(world, embedded.parts), inventory), ()


def _with_eni_configs(world: World, inventory: Inventory) -> World:
    """Add the ENIConfigs of manifests, which name no cluster, to the clusters with custom networking."""
    chosen = [cluster for cluster in world.clusters if cluster.cni.find(CUSTOM_NETWORKING) is not None]
    if not chosen:
        return world
    manifests = read_eni_configs(inventory)
    labels = labelled(inventory)
    added = []
    for cluster in world.clusters:
        known = cluster.cni.pod_subnets
        both = Members((*known.items, *manifests.items), (*known.missing, *manifests.missing))
        settings = replace(cluster.cni, pod_subnets=both, labelled=labels)
        added.append(replace(cluster, cni=settings) if cluster in chosen else cluster)
    return replace(world, clusters=tuple(added))
