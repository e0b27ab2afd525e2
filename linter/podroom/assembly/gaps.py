"""Modules whose source is not here, where they may bear on pods: said once, never passed over in silence."""

from __future__ import annotations

import re

from podroom.assembly.inventory import Inventory
from podroom.evaluation.project import Field, ModuleCall
from podroom.model.world import Gap
from podroom.patterns import pattern

_EKS = pattern(r"(?:^|[^a-z])eks(?:[^a-z]|$)", re.IGNORECASE)
_TAKES_PART = pattern(r"subnet|cluster|node_group|worker|vpc_zone_identifier", re.IGNORECASE)
_HOLDS_NODES = pattern(r"(?:^|\.)(?:aws_subnets?|aws_subnet_ids|aws_eks_cluster)\.")
"""Addresses of what nodes are in."""
_NODES = pattern(r"node[-_]?group|worker[-_]?node|[-_/]workers?\b", re.IGNORECASE)
_OF_THE_CALL = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})
_WITHOUT_NODES = pattern(
    r"/iam/|iam-role|pod-identity|eks-blueprints-teams|eks-blueprints-addon/|irsa|modules/capability|hybrid-node-role"
    r"|//modules/vpc-endpoints|/security-group/|gitops-bridge-argocd|emr-containers|ebs-snapshot-builder"
    # What terraform-aws-modules takes subnets for: load balancers, databases and the like.
    r"|^terraform-aws-modules/(?!eks/|vpc/aws$|autoscaling/)|security-groups?\b|vpc-endpoints?\b",
    re.IGNORECASE,
)
"""Modules that speak of EKS or take subnets, and make roles, Helm releases and the like: no nodes, no subnets."""
_OTHER_PROVIDER = pattern(r"/(?:google|google-beta|azurerm|azuread|kubernetes|helm)(?://.*)?$")


def absent_modules(inventory: Inventory, *, has_eks: bool) -> list[Gap]:
    """Return a gap for each absent module that may hold nodes, subnets or a cluster.

    That is one whose source speaks of EKS and, beside EKS resources or such a module, one that speaks of nodes or that
    takes subnets or a cluster, whatever its arguments are called.
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
        if _may_hold_any(call, near_eks=near_eks)
    ]


def _may_hold_any(call: ModuleCall, *, near_eks: bool) -> bool:
    source = call.source_text
    if _WITHOUT_NODES.search(source):
        return False
    speaks_of_nodes = _EKS.search(source) or (near_eks and _NODES.search(source))
    if not (speaks_of_nodes or near_eks) or not any(True for _ in call.instances()):
        return False  # Terraform evaluates no argument of a module that is not made
    return bool(speaks_of_nodes) or _takes_part(call)


def _takes_part(call: ModuleCall) -> bool:
    if _OTHER_PROVIDER.search(call.source_text):
        return False
    written = call.declaration.body.attributes
    names = [name for name in written if name not in _OF_THE_CALL]
    if any(_TAKES_PART.search(name) for name in names) or (call.source is None and "source" in written):
        return True
    arguments = call.arguments()
    fields = [field for name in names if (field := arguments.attribute(name)) is not None]
    return any(_HOLDS_NODES.search(address) for field in fields for address in _addresses(field))


def _addresses(field: Field) -> tuple[str, ...]:
    """Return the addresses of the resources that a value comes from."""
    owner = field.link().address
    return field.refs() if owner is None else (*field.refs(), f"{owner}.")
