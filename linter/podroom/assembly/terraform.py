"""One root of Terraform configuration -> one World."""

from __future__ import annotations

from podroom.assembly.clusters import Clusters
from podroom.assembly.cni import UNDECLARED, read_cni_settings
from podroom.assembly.inventory import Inventory
from podroom.assembly.node_groups import NodeGroups
from podroom.assembly.subnets import read_subnets, read_vpcs
from podroom.evaluation.project import Module
from podroom.model.world import Gap, World


def assemble(root: Module) -> World:
    """Return the World that a root module describes; it evaluates what bears on pods and nothing else."""
    inventory = Inventory(root)
    clusters = Clusters(inventory)
    groups = NodeGroups(inventory, clusters)
    cni = read_cni_settings(inventory, clusters)
    managed = groups.managed()
    self_managed = groups.self_managed()  # last: it may join the only cluster that the others name
    return World(
        root=root.directory,
        clusters=clusters.build(cni, UNDECLARED),
        node_groups=managed + self_managed,
        subnets=read_subnets(inventory),
        vpcs=read_vpcs(inventory),
        gaps=(*groups.gaps, *_absent_modules(inventory)),
    )


def _absent_modules(inventory: Inventory) -> list[Gap]:
    """Return the module calls whose source is not here and that may bear on pods: said once each."""
    return [
        Gap(call.address, f"the module's source ({call.source_text}) is not here, so it is not judged", call.span)
        for module in inventory.modules
        for call in module.calls()
        if call.absent
    ]
