"""Modules whose source is not here, where they may bear on pods: said once, never passed over in silence."""

from __future__ import annotations

import re

from podroom.assembly.inventory import Inventory
from podroom.evaluation.project import ModuleCall
from podroom.model.world import Gap
from podroom.patterns import pattern

_EKS = pattern(r"(?:^|[^a-z])eks(?:[^a-z]|$)", re.IGNORECASE)
_TAKES_PART = pattern(r"subnet|cluster|node_group|worker", re.IGNORECASE)
_WITHOUT_NODES = pattern(
    r"/iam/|iam-role|pod-identity|eks-blueprints-teams|eks-blueprints-addon/|irsa|modules/capability|hybrid-node-role"
    # What terraform-aws-modules takes subnets for: load balancers, databases and the like.
    r"|^terraform-aws-modules/(?!eks/|vpc/|autoscaling/)",
    re.IGNORECASE,
)
"""Modules that speak of EKS or take subnets, and make roles, Helm releases and the like: no nodes, no subnets."""
_OTHER_PROVIDER = pattern(r"/(?:google|google-beta|azurerm|azuread|kubernetes|helm)(?://.*)?$")


def absent_modules(inventory: Inventory, *, has_eks: bool) -> list[Gap]:
    """Return a gap for each absent module that may hold nodes, subnets or a cluster.

    That is one whose source speaks of EKS and, beside EKS resources or such a module, one that takes subnets or a
    cluster.
    """
    calls = [call for module in inventory.modules for call in module.calls() if call.absent and not call.local]
    near_eks = has_eks or any(_EKS.search(call.source_text) for call in calls)
    return [
        Gap(
            call.address,
            f"the module's source ({call.source_text}) is not here, so it is not judged",
            call.span,
            call.source_text,
        )
        for call in calls
        if not _WITHOUT_NODES.search(call.source_text)
        and (_EKS.search(call.source_text) or (near_eks and _takes_part(call)))
    ]


def _takes_part(call: ModuleCall) -> bool:
    if _OTHER_PROVIDER.search(call.source_text):
        return False
    return any(_TAKES_PART.search(name) for name in call.declaration.body.attributes)
