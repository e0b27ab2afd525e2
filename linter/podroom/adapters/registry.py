"""Finds the adapter that stands in for a module."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from podroom.evaluation.project import ModuleCall, SuppliedModule
from podroom.positions import Document
from podroom.sources.hcl.parser import parse
from podroom.sources.hcl.syntax import ParsedFile
from podroom.sources.module_source import ModuleSource, Version, allowed_majors, bound_above, read_source

if TYPE_CHECKING:
    from podroom.adapters.adapter import Adapter, EarlierReleases

_EKS = "terraform-aws-modules/eks/aws"
_GROUPS = "modules/eks-managed-node-group"
_SELF_MANAGED = "modules/self-managed-node-group"

_HOMES: dict[tuple[str, str], tuple[str, ...]] = {
    ("terraform-aws-modules/vpc/aws", ""): ("terraform_aws_modules_vpc_v2_v6",),
    (_EKS, ""): (
        "terraform_aws_modules_eks_v12_v17",
        "terraform_aws_modules_eks_v18_v20",
        "terraform_aws_modules_eks_v21",
    ),
    (_EKS, "modules/node_groups"): ("terraform_aws_modules_eks_node_groups_v12_v17",),
    (_EKS, _GROUPS): (
        "terraform_aws_modules_eks_managed_node_group_v18_v20",
        "terraform_aws_modules_eks_managed_node_group_v21",
    ),
    (_EKS, _SELF_MANAGED): (
        "terraform_aws_modules_eks_self_managed_node_group_v18_v20",
        "terraform_aws_modules_eks_self_managed_node_group_v21",
    ),
    (_EKS, "modules/karpenter"): ("terraform_aws_modules_eks_karpenter_v18_v21",),
    (_EKS, "modules/fargate-profile"): ("terraform_aws_modules_eks_fargate_profile_v18_v21",),
    ("terraform-aws-modules/autoscaling/aws", ""): ("terraform_aws_modules_autoscaling_v4_v9",),
    ("aws-ia/vpc/aws", ""): ("aws_ia_vpc_v3_v4",),
    ("aws-ia/eks-blueprints/aws", ""): ("aws_ia_eks_blueprints_v4",),
    ("aws-ia/eks-blueprints/aws", "modules/aws-eks-managed-node-groups"): (
        "aws_ia_eks_blueprints_managed_node_groups_v4",
    ),
    ("aws-ia/eks-blueprints/aws", "modules/aws-eks-self-managed-node-groups"): (
        "aws_ia_eks_blueprints_self_managed_node_groups_v4",
    ),
    ("aws-ia/eks-blueprints/aws", "modules/launch-templates"): ("aws_ia_eks_blueprints_launch_templates_v4",),
    ("aws-ia/eks-blueprints/aws", "modules/kubernetes-addons"): ("aws_ia_eks_blueprints_kubernetes_addons_v4",),
    ("aws-ia/eks-blueprints/aws", "modules/kubernetes-addons/aws-vpc-cni"): ("aws_ia_eks_blueprints_vpc_cni_v4",),
    ("aws-ia/eks-blueprints-addons/aws", ""): ("aws_ia_eks_blueprints_addons_v1",),
    ("cloudposse/vpc/aws", ""): ("cloudposse_vpc_v0_v3",),
    ("cloudposse/named-subnets/aws", ""): ("cloudposse_named_subnets_v0",),
    ("cloudposse/label/null", ""): ("cloudposse_label_v0",),
    ("cloudposse/eks-cluster/aws", ""): ("cloudposse_eks_cluster_v0_v4",),
    ("cloudposse/eks-node-group/aws", ""): ("cloudposse_eks_node_group_v2_v3",),
    ("cloudposse/eks-workers/aws", ""): ("cloudposse_eks_workers_v0_v1",),
    ("cloudposse/ec2-autoscale-group/aws", ""): ("cloudposse_ec2_autoscale_group_v0",),
    ("cloudposse/dynamic-subnets/aws", ""): ("cloudposse_dynamic_subnets_v0_v3",),
    ("anyscale/anyscale-cloudfoundation-modules/aws", "modules/aws-anyscale-vpc"): ("anyscale_vpc_v0",),
    ("clouddrove/vpc/aws", ""): ("clouddrove_vpc_v0_v2",),
    ("clouddrove/subnet/aws", ""): ("clouddrove_subnet_v0_v2",),
}
"""By module and submodule: the Python modules that hold its adapters, the oldest versions first."""


def stand_in(call: ModuleCall) -> SuppliedModule | None:
    """Return what stands in for a called module, None if no adapter knows it or its version."""
    source = read_source(call.source) if call.source is not None else None
    if source is None:
        return None
    found = choose(source, call.version, call.declaration.body.attributes)
    if found is None:
        return None
    adapter, major = found
    return _supplied(adapter, major, adapter.earlier_than(_bound(source, call.version), major))


def _bound(source: ModuleSource, constraint: str | None) -> Version:
    """Return the version that the wanted release of a module lies below."""
    if constraint is None and source.ref is not None:
        constraint = ".".join(map(str, source.ref))
    return bound_above(constraint or "")


def choose(source: ModuleSource, constraint: str | None, arguments: Iterable[str]) -> tuple[Adapter, int] | None:
    """Return the adapter of a module and the major version to restate.

    The version is the one of the constraint or of the ref.  Where they leave several, the arguments
    decide, and of those that remain it is the newest, which is what Terraform would fetch.
    """
    adapters = _adapters(source)
    majors = tuple(major for adapter in adapters for major in adapter.majors)
    if constraint is not None:
        majors = allowed_majors(constraint, majors)
    elif source.ref is not None:
        majors = tuple(major for major in majors if major == source.ref[0])
    given = tuple(arguments)
    told = {major for adapter in adapters for major in adapter.told_by(given)}
    chosen = max((major for major in majors if major in told), default=max(majors, default=None))
    return next(((adapter, major) for adapter in adapters for major in adapter.majors if major == chosen), None)


def _adapters(source: ModuleSource) -> list[Adapter]:
    return [_load(home) for home in _HOMES.get((source.module, source.submodule), ())]


@cache
def _load(home: str) -> Adapter:
    return cast("Adapter", import_module(f"podroom.adapters.{home}").ADAPTER)


@cache
def _supplied(adapter: Adapter, major: int, earlier: EarlierReleases | None) -> SuppliedModule:
    folder = f"//{adapter.submodule}" if adapter.submodule else ""
    name = f"{adapter.module}{folder} v{major}"
    if earlier is not None:
        name = f"{name} before v{'.'.join(map(str, earlier.changed_in))}"

    @cache
    def read() -> ParsedFile:
        return parse(Document(name, adapter.restated(major) if earlier is None else earlier.text()))

    return SuppliedModule(name, adapter.reference, read, adapter.unheeded_by(major, earlier))
