"""One root of Terraform configuration -> one World."""

from __future__ import annotations

from dataclasses import replace

from podroom.assembly.clusters import Clusters
from podroom.assembly.cni import read_cni_settings
from podroom.assembly.cni_defaults import configured_elsewhere
from podroom.assembly.eni_configs import CUSTOM_NETWORKING, labelled, read_eni_configs
from podroom.assembly.gaps import absent_modules
from podroom.assembly.helm_values import released_cni, settings_of_release
from podroom.assembly.inventory import Inventory
from podroom.assembly.node_groups import NodeGroups
from podroom.assembly.order import with_cni_order
from podroom.assembly.subnets import read_subnets, read_vpcs
from podroom.evaluation.project import Module
from podroom.model.world import CniSettings, World
from podroom.values import Known, Members


def assemble(root: Module) -> World:
    """Return the World that a root module describes; it evaluates what bears on pods and nothing else."""
    inventory = Inventory(root)
    clusters = Clusters(inventory)
    groups = NodeGroups(inventory, clusters)
    cni = read_cni_settings(inventory, clusters)
    managed = groups.managed()
    self_managed = groups.self_managed()  # last: it may join the only cluster that the others name
    release = released_cni(inventory)
    place = None if release is None else clusters.only(release.span)
    if release is not None and isinstance(place, Known) and place.value not in cni:
        cni[place.value] = settings_of_release(release)
    else:
        release = None
    with_custom_networking = _with_eni_configs(cni, inventory)
    known = clusters.build(with_custom_networking, configured_elsewhere(inventory, release))
    return World(
        root=root.directory,
        clusters=known,
        node_groups=with_cni_order(managed + self_managed, cni, inventory),
        subnets=read_subnets(inventory),
        vpcs=read_vpcs(inventory),
        gaps=(*groups.gaps, *absent_modules(inventory, has_eks=bool(known))),
    )


def _with_eni_configs(cni: dict[str, CniSettings], inventory: Inventory) -> dict[str, CniSettings]:
    """Add the ENIConfigs of manifests, which name no cluster, to the settings with custom networking."""
    clusters = [address for address, settings in cni.items() if settings.find(CUSTOM_NETWORKING) is not None]
    if not clusters:
        return cni
    manifests = read_eni_configs(inventory)
    labels = labelled(inventory)
    added = dict(cni)
    for address in clusters:
        settings = cni[address]
        known = settings.pod_subnets
        both = Members((*known.items, *manifests.items), (*known.missing, *manifests.missing))
        added[address] = replace(settings, pod_subnets=both, labelled=labels)
    return added
