"""aws-ia/eks-blueprints/aws//modules/aws-eks-self-managed-node-groups, v4: one Auto Scaling group.

Facts from that folder and modules/launch-templates of v4.32.1, Apache License 2.0:
https://github.com/aws-ia/terraform-aws-eks-blueprints

Exactly one member of `instance_types` is ignored: the group launches `instance_type`.
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import variables


def _text() -> str:
    return variables({"self_managed_ng": "{}", "context": "{}"}) + _GROUP


_GROUP = """
locals {
  group = merge({
    node_group_name    = "m4_on_demand"
    instance_type      = "m4.large"
    instance_types     = ["m4.large"]
    custom_ami_id      = ""
    launch_template_os = "amazonlinux2eks"
    max_size           = 3
    min_size           = 1
    subnet_type        = "private"
    subnet_ids         = []
    pre_userdata         = ""
    post_userdata        = ""
    kubelet_extra_args   = ""
    bootstrap_extra_args = ""
  }, var.self_managed_ng)

  is_mixed = length(local.group.instance_types) > 1
}

data "aws_ami" "predefined" {
  filter {
    name = "name"
    values = [{
      amazonlinux2eks = "amazon-eks-node-${var.context.cluster_version}-*"
      bottlerocket    = "bottlerocket-aws-k8s-${var.context.cluster_version}-x86_64-*"
      windows         = "Windows_Server-2019-English-Core-EKS_Optimized-${var.context.cluster_version}-*"
    }[local.group.launch_template_os]]
  }
}

module "launch_template_self_managed_ng" {
  source  = "aws-ia/eks-blueprints/aws//modules/launch-templates"
  version = "~> 4.0"

  eks_cluster_id = var.context.eks_cluster_id
  launch_template_config = {
    self-managed-node-group = merge(local.group, {
      ami = local.group.custom_ami_id == "" ? data.aws_ami.predefined.id : local.group.custom_ami_id
    })
  }
}

resource "aws_autoscaling_group" "self_managed_ng" {
  max_size = local.group.max_size
  min_size = local.group.min_size

  vpc_zone_identifier = length(local.group.subnet_ids) > 0 ? local.group.subnet_ids : (
    local.group.subnet_type == "public" ? var.context.public_subnet_ids : var.context.private_subnet_ids
  )

  dynamic "launch_template" {
    for_each = local.is_mixed ? [] : [1]
    content {
      id = module.launch_template_self_managed_ng.launch_template_id["self-managed-node-group"]
    }
  }

  dynamic "mixed_instances_policy" {
    for_each = local.is_mixed ? [1] : []
    content {
      launch_template {
        launch_template_specification {
          launch_template_id = module.launch_template_self_managed_ng.launch_template_id["self-managed-node-group"]
        }
        dynamic "override" {
          for_each = local.group.instance_types
          content {
            instance_type = override.value
          }
        }
      }
    }
  }

  tag {
    key                 = "kubernetes.io/cluster/${var.context.eks_cluster_id}"
    value               = "owned"
    propagate_at_launch = true
  }
}
"""

ADAPTER = Adapter(
    module="aws-ia/eks-blueprints/aws",
    submodule="modules/aws-eks-self-managed-node-groups",
    majors=(4,),
    text=_text(),
)
