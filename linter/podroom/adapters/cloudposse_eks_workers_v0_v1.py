"""cloudposse/eks-workers/aws, v0 and v1.

Facts from main.tf, variables.tf and userdata.tpl of v0.21.0 and v1.3.0, Apache License 2.0:
https://github.com/cloudposse/terraform-aws-eks-workers
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.cloudposse_context import CONTEXT
from podroom.adapters.hcl import outputs, variables

_DEFAULTS = {
    "cluster_name": "null",
    "instance_type": "null",
    "subnet_ids": "null",
    "min_size": "null",
    "max_size": "null",
    "mixed_instances_policy": "null",
    "use_custom_image_id": "false",
    "image_id": '""',
    "eks_worker_ami_name_filter": '"amazon-eks-node-*"',
    "bootstrap_extra_args": '""',
    "kubelet_extra_args": '""',
    "before_cluster_joining_userdata": '""',
    "after_cluster_joining_userdata": '""',
    "autoscaling_group_tags": "{}",
}

_OUTPUTS = {
    name: f"module.autoscale_group.{name}"
    for name in ("launch_template_id", "autoscaling_group_id", "autoscaling_group_name", "autoscaling_group_arn")
}

_RESOURCES = """
locals {
  own_attributes = []

  user_data = <<SHELL
#!/bin/bash
${var.before_cluster_joining_userdata}
export KUBELET_EXTRA_ARGS="${var.kubelet_extra_args}"
/etc/eks/bootstrap.sh ${var.bootstrap_extra_args} '${var.cluster_name}'
${var.after_cluster_joining_userdata}
SHELL
}

data "aws_ami" "eks_worker" {
  count = local.enabled && !var.use_custom_image_id ? 1 : 0

  owners = ["602401143452"]
  filter {
    name   = "name"
    values = [var.eks_worker_ami_name_filter]
  }
}

module "autoscale_group" {
  source  = "cloudposse/ec2-autoscale-group/aws"
  version = "~> 0.30"

  enabled                = local.enabled
  name                   = local.id
  tags                   = merge(
    local.tags, { "kubernetes.io/cluster/${var.cluster_name}" = "owned" }, var.autoscaling_group_tags
  )
  image_id               = var.use_custom_image_id ? var.image_id : join("", data.aws_ami.eks_worker[*].id)
  user_data_base64       = base64encode(local.user_data)
  instance_type          = var.instance_type
  subnet_ids             = var.subnet_ids
  min_size               = var.min_size
  max_size               = var.max_size
  mixed_instances_policy = var.mixed_instances_policy
}
"""

ADAPTER = Adapter(
    module="cloudposse/eks-workers/aws",
    majors=(0, 1),
    text=CONTEXT + variables(_DEFAULTS) + _RESOURCES + outputs(_OUTPUTS),
)
