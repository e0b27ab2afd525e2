"""aws-ia/eks-blueprints/aws, v4.

Facts from main.tf, eks-worker.tf, locals.tf and modules/aws-eks-managed-node-groups, aws-eks-self-managed-node-groups,
launch-templates and aws-eks-fargate-profiles of v4.32.1, Apache License 2.0:
https://github.com/aws-ia/terraform-aws-eks-blueprints
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import outputs, variables
from podroom.evaluation.project import Unheeded
from podroom.model.world import IgnoredKind

_DEFAULTS = {
    "create_eks": "true",
    "cluster_name": '""',
    "cluster_version": '"1.24"',
    "cluster_ip_family": '"ipv4"',
    "cluster_service_ipv4_cidr": "null",
    "vpc_id": "null",
    "private_subnet_ids": "[]",
    "public_subnet_ids": "[]",
    "control_plane_subnet_ids": "[]",
    "managed_node_groups": "{}",
    "self_managed_node_groups": "{}",
    "fargate_profiles": "{}",
}

_OUTPUTS = {
    "eks_cluster_id": "module.aws_eks.cluster_id",
    "eks_cluster_arn": "module.aws_eks.cluster_arn",
    "eks_cluster_endpoint": "module.aws_eks.cluster_endpoint",
    "eks_cluster_version": "module.aws_eks.cluster_version",
    "eks_cluster_certificate_authority_data": "module.aws_eks.cluster_certificate_authority_data",
}

_ROOT = """
module "aws_eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "18.29.1"

  create                    = var.create_eks
  cluster_name              = var.cluster_name
  cluster_version           = var.cluster_version
  cluster_ip_family         = var.cluster_ip_family
  cluster_service_ipv4_cidr = var.cluster_service_ipv4_cidr
  subnet_ids                = var.private_subnet_ids
  control_plane_subnet_ids  = var.control_plane_subnet_ids
}

locals {
  context = {
    eks_cluster_id     = module.aws_eks.cluster_id
    cluster_version    = var.cluster_version
    private_subnet_ids = var.private_subnet_ids
    public_subnet_ids  = var.public_subnet_ids
  }
}

module "aws_eks_managed_node_groups" {
  source  = "aws-ia/eks-blueprints/aws//modules/aws-eks-managed-node-groups"
  version = "~> 4.0"

  for_each = var.managed_node_groups

  managed_ng = each.value
  context    = local.context
}

module "aws_eks_self_managed_node_groups" {
  source  = "aws-ia/eks-blueprints/aws//modules/aws-eks-self-managed-node-groups"
  version = "~> 4.0"

  for_each = var.self_managed_node_groups

  self_managed_ng = each.value
  context         = local.context
}
"""


def _text() -> str:
    return variables(_DEFAULTS) + _ROOT + outputs(_OUTPUTS)


_NODES = 'module.aws_eks_managed_node_groups["{}"]'
_STOCK = "it counts only with custom_ami_id; a stock image is started by Amazon EKS itself"
_NO_TEMPLATE = "it is part of a launch template, which the module makes only with create_launch_template = true"
_OTHER_SYSTEM = ("launch_template_os", "bottlerocket|windows")

_UNHEEDED = (
    *(
        Unheeded(
            ("managed_node_groups", "*", name),
            _STOCK,
            unless=(("custom_ami_id", ".+"), _OTHER_SYSTEM),
            nodes=_NODES,
            instead=instead,
        )
        for name, instead in (
            (
                "kubelet_extra_args",
                (
                    'custom_ami_id = an image of your own choice, bootstrap_extra_args = "--use-max-pods false" and '
                    'kubelet_extra_args = "--max-pods=MAX_PODS"'
                ),
            ),
            ("bootstrap_extra_args", None),
        )
    ),
    *(
        Unheeded(
            ("managed_node_groups", "*", name),
            _NO_TEMPLATE,
            unless=(("create_launch_template", "true"),),
            nodes=_NODES,
            instead="create_launch_template = true",
        )
        for name in ("pre_userdata", "post_userdata", "custom_ami_id")
    ),
    Unheeded(
        ("self_managed_node_groups", "*", "instance_types"),
        "one member makes no mixed instances policy, and the launch template takes instance_type",
        nodes='module.aws_eks_self_managed_node_groups["{}"]',
        kind=IgnoredKind.ONE_INSTANCE_TYPE,
        alone=("instance_type", "m4.large"),
        instead="instance_type = ONE_TYPE",
    ),
)

ADAPTER = Adapter(
    module="aws-ia/eks-blueprints/aws",
    majors=(4,),
    text=_text(),
    unheeded=tuple(((4,), unheeded) for unheeded in _UNHEEDED),
)
