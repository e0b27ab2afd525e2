"""One root of Terraform configuration -> one World."""

from __future__ import annotations

from collections.abc import Sequence

from podroom.assembly.clusters import Clusters
from podroom.assembly.cni import read_cni_settings
from podroom.assembly.cni_defaults import configured_elsewhere
from podroom.assembly.gaps import absent_modules
from podroom.assembly.inventory import Inventory
from podroom.assembly.node_groups import NodeGroups
from podroom.assembly.subnets import read_subnets, read_vpcs
from podroom.evaluation.project import Module
from podroom.model.world import World
from podroom.positions import Document


def assemble(root: Module, unread: Sequence[Document] = ()) -> World:
    """Return the World that a root module describes; it evaluates what bears on pods and nothing else.

    `unread` are files that belong to it in a form that is not read yet.
    """
    inventory = Inventory(root)
    clusters = Clusters(inventory)
    groups = NodeGroups(inventory, clusters)
    cni = read_cni_settings(inventory, clusters)
    managed = groups.managed()
    self_managed = groups.self_managed()  # last: it may join the only cluster that the others name
    known = clusters.build(cni, configured_elsewhere(inventory, unread))
    return World(
        root=root.directory,
        clusters=known,
        node_groups=managed + self_managed,
        subnets=read_subnets(inventory),
        vpcs=read_vpcs(inventory),
        gaps=(*groups.gaps, *absent_modules(inventory, has_eks=bool(known))),
    )
