"""cloudposse/eks-node-group/aws, v2 and v3.

Facts from main.tf, launch-template.tf, userdata.tf and ami.tf of 2.12.0 and v3.4.0, Apache License 2.0:
https://github.com/cloudposse/terraform-aws-eks-node-group
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.cloudposse_context import CONTEXT
from podroom.adapters.eks_images import image_by_type
from podroom.adapters.hcl import variables

_DEFAULTS = {
    "cluster_name": "null",
    "min_size": "null",
    "max_size": "null",
    "desired_size": "null",
    "update_config": "[]",
    "subnet_ids": "[]",
    "instance_types": '["t3.medium"]',
    "ami_type": '"AL2_x86_64"',
    "ami_image_id": "[]",
    "ami_release_version": "[]",
    "capacity_type": "null",
    "kubernetes_version": "[]",
    "launch_template_id": "[]",
    "kubelet_additional_options": "[]",
    "bootstrap_additional_options": "[]",
    "before_cluster_joining_userdata": "[]",
    "after_cluster_joining_userdata": "[]",
    "userdata_override_base64": "[]",
}


def _text(major: int) -> str:
    before_destroy = "false" if major == 2 else "true"
    groups = (("default", "!var.create_before_destroy"), ("cbd", "var.create_before_destroy"))
    return (
        CONTEXT
        + variables({**_DEFAULTS, "create_before_destroy": before_destroy})
        + image_by_type("local.version").replace("count = var.create ? 1 : 0", "count = local.looks_up_image ? 1 : 0")
        + _TEMPLATE
        + "".join(_GROUP.replace("NAME", name).replace("CONDITION", condition) for name, condition in groups)
    )


_TEMPLATE = r"""
locals {
  own_attributes = ["workers"]

  version = length(var.kubernetes_version) > 0 ? var.kubernetes_version[0] : null
  system  = split("_", var.ami_type)[0]

  joins_by_itself = contains(["AL2", "WINDOWS"], local.system) && (
    length(var.kubelet_additional_options) + length(var.bootstrap_additional_options)
    + length(var.after_cluster_joining_userdata) > 0
  )
  looks_up_image = local.enabled && local.joins_by_itself && length(var.ami_image_id) == 0

  image = (
    length(var.ami_image_id) > 0 ? var.ami_image_id[0]
    : local.joins_by_itself ? data.aws_ssm_parameter.ami[0].value : ""
  )

  has_user_data = length(var.userdata_override_base64) == 0 && (
    local.joins_by_itself || length(var.before_cluster_joining_userdata) + length(var.kubelet_additional_options) > 0
  )

  shell = <<SHELL
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: text/x-shellscript

#!/bin/bash
${join("\n", var.before_cluster_joining_userdata)}
%{if length(var.kubelet_additional_options) > 0~}
export KUBELET_EXTRA_ARGS="${join(" ", var.kubelet_additional_options)}"
%{endif~}
%{if local.joins_by_itself~}
/etc/eks/bootstrap.sh ${join(" ", var.bootstrap_additional_options)} '${var.cluster_name}'
${join("\n", var.after_cluster_joining_userdata)}
%{endif~}
--//--
SHELL

  nodeadm = <<NODEADM
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

%{if length(var.before_cluster_joining_userdata) > 0~}
--//
Content-Type: text/x-shellscript

#!/bin/bash
${join("\n", var.before_cluster_joining_userdata)}
%{endif~}
%{if length(var.kubelet_additional_options) > 0~}
--//
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    flags:
%{for option in var.kubelet_additional_options~}
      - >-
        ${option}
%{endfor~}
%{endif~}
--//--
NODEADM

  powershell = <<POWERSHELL
<powershell>
${join("\n", var.before_cluster_joining_userdata)}
& $EKSBootstrapScriptFile -KubeletExtraArgs "${join(" ", var.kubelet_additional_options)}"
${join("\n", var.after_cluster_joining_userdata)}
</powershell>
POWERSHELL

  user_data = (
    !local.has_user_data ? try(var.userdata_override_base64[0], null)
    : local.system == "WINDOWS" ? base64encode(local.powershell)
    : local.system == "AL2023" ? base64encode(local.nodeadm) : base64encode(local.shell)
  )
}

resource "aws_launch_template" "default" {
  count = local.enabled && length(var.launch_template_id) == 0 ? 1 : 0

  name_prefix = local.id
  image_id    = local.image
  user_data   = local.user_data
}
"""

_GROUP = """
resource "aws_eks_node_group" "NAME" {
  count = local.enabled && CONDITION ? 1 : 0

  cluster_name   = var.cluster_name
  subnet_ids     = sort(coalesce(var.subnet_ids, []))
  instance_types = var.instance_types
  ami_type       = local.image == "" ? var.ami_type : null
  capacity_type  = var.capacity_type
  version        = local.image == "" ? local.version : null

  scaling_config {
    desired_size = var.desired_size
    max_size     = var.max_size
    min_size     = var.min_size
  }

  update_config {
    max_unavailable            = try(var.update_config[0].max_unavailable, null)
    max_unavailable_percentage = try(var.update_config[0].max_unavailable_percentage, null)
  }

  launch_template {
    id = length(var.launch_template_id) > 0 ? var.launch_template_id[0] : aws_launch_template.default[0].id
  }
}
"""

ADAPTER = Adapter(
    module="cloudposse/eks-node-group/aws",
    majors=(2, 3),
    text=_text,
    fingerprints=(
        (frozenset({"random_pet_length", "immediately_apply_lt_changes", "node_repair_enabled"}), (3,)),
        (frozenset({"cluster_autoscaler_enabled"}), (2,)),
    ),
)
