"""aws-ia/eks-blueprints/aws//modules/aws-eks-managed-node-groups, v4: one managed node group.

Facts from that folder of v4.32.1, Apache License 2.0: https://github.com/aws-ia/terraform-aws-eks-blueprints
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import variables


def _text() -> str:
    return variables({"managed_ng": "{}", "context": "{}"}) + _RESOURCES


_RESOURCES = """
locals {
  group = merge({
    instance_types         = ["m5.large"]
    capacity_type          = "ON_DEMAND"
    ami_type               = "AL2_x86_64"
    subnet_type            = "private"
    subnet_ids             = []
    desired_size           = 3
    max_size               = 3
    min_size               = 1
    update_config          = [{ max_unavailable = 1 }]
    custom_ami_id          = ""
    create_launch_template = false
    launch_template_os     = "amazonlinux2eks"
    pre_userdata           = ""
    post_userdata          = ""
    kubelet_extra_args     = ""
    bootstrap_extra_args   = ""
  }, var.managed_ng)

  shell = <<SHELL
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: text/x-shellscript

#!/bin/bash
${local.group.pre_userdata}
%{if local.group.custom_ami_id != ""~}
/etc/eks/bootstrap.sh ${var.context.eks_cluster_id} ${local.arguments}
%{endif~}
${local.group.post_userdata}
--//--
SHELL

  arguments = "--kubelet-extra-args \\"${local.group.kubelet_extra_args}\\" ${local.group.bootstrap_extra_args}"

  toml = <<TOML
[settings.kubernetes]
"cluster-name" = "${var.context.eks_cluster_id}"
${local.group.bootstrap_extra_args}
TOML
}

resource "aws_launch_template" "managed_node_groups" {
  count = local.group.create_launch_template ? 1 : 0

  image_id  = local.group.custom_ami_id
  user_data = base64encode(local.group.launch_template_os == "bottlerocket" ? local.toml : local.shell)

  network_interfaces {
    device_index = 0
  }
}

resource "aws_eks_node_group" "managed_ng" {
  cluster_name   = var.context.eks_cluster_id
  instance_types = local.group.instance_types
  ami_type       = local.group.custom_ami_id != "" ? null : local.group.ami_type
  capacity_type  = local.group.capacity_type
  version        = local.group.custom_ami_id != "" ? null : var.context.cluster_version

  subnet_ids = length(local.group.subnet_ids) > 0 ? local.group.subnet_ids : (
    local.group.subnet_type == "public" ? var.context.public_subnet_ids : var.context.private_subnet_ids
  )

  scaling_config {
    desired_size = local.group.desired_size
    max_size     = local.group.max_size
    min_size     = local.group.min_size
  }

  update_config {
    max_unavailable            = try(local.group.update_config[0].max_unavailable, null)
    max_unavailable_percentage = try(local.group.update_config[0].max_unavailable_percentage, null)
  }

  dynamic "launch_template" {
    for_each = local.group.create_launch_template ? [1] : []
    content {
      id = aws_launch_template.managed_node_groups[0].id
    }
  }
}
"""

ADAPTER = Adapter(
    module="aws-ia/eks-blueprints/aws",
    submodule="modules/aws-eks-managed-node-groups",
    majors=(4,),
    text=_text(),
)
