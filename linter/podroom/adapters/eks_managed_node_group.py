"""The resources of a managed node group of terraform-aws-modules/eks/aws, v18 to v21."""

from __future__ import annotations


def managed_node_group(uses_template: str, *, by_name: bool, version: str, subnets: str = "var.subnet_ids") -> str:
    """Return the node group and its launch template as HCL.

    `uses_template` is an HCL condition: whether nodes are launched from a template that the
    configuration names.  `by_name` says that the group names its own template rather than its id,
    `version` is the variable with the version of Kubernetes, `subnets` an HCL expression for the ids of
    its subnets.
    """
    template = (
        "name = try(aws_launch_template.this[0].name, var.launch_template_name)"
        if by_name
        else "id = var.create_launch_template ? try(aws_launch_template.this[0].id, null) : var.launch_template_id"
    )
    return (
        _RESOURCES.replace("USES_TEMPLATE", uses_template)
        .replace("OWN_TEMPLATE", "true" if by_name else "local.uses_template")
        .replace("TEMPLATE", template)
        .replace("VERSION", f"var.{version}")
        .replace("SUBNETS", subnets)
    )


def default_update_config(major: int) -> str:
    """Return what the module sets where nobody says how nodes are updated, as HCL; v18 leaves it to Amazon EKS."""
    return "{}" if major == 18 else "{ max_unavailable_percentage = 33 }"


_RESOURCES = """
locals {
  uses_template = USES_TEMPLATE
}

resource "aws_launch_template" "this" {
  count = var.create && var.create_launch_template && OWN_TEMPLATE ? 1 : 0

  name_prefix = (
    var.launch_template_use_name_prefix
    ? "${coalesce(var.launch_template_name, "${var.name}-eks-node-group")}-" : null
  )
  name = (
    var.launch_template_use_name_prefix ? null : coalesce(var.launch_template_name, "${var.name}-eks-node-group")
  )
  image_id      = var.ami_id
  instance_type = var.capacity_type == "CAPACITY_BLOCK" ? element(var.instance_types, 0) : null
  user_data     = local.user_data

  metadata_options {
    http_tokens = try(var.metadata_options.http_tokens, var.metadata_options == null ? "required" : null)
  }

  dynamic "network_interfaces" {
    for_each = var.enable_efa_support ? data.aws_ec2_instance_type.this[0].efa_interfaces : var.network_interfaces
    content {
      device_index       = try(network_interfaces.value.device_index, null)
      network_card_index = try(network_interfaces.value.network_card_index, null)
      interface_type     = try(network_interfaces.value.interface_type, null)
    }
  }
}

data "aws_ec2_instance_type" "this" {
  count = var.enable_efa_support ? 1 : 0

  instance_type = try(element(var.instance_types, 0), "")
}

resource "aws_eks_node_group" "this" {
  count = var.create ? 1 : 0

  node_group_name        = var.use_name_prefix ? null : var.name
  node_group_name_prefix = var.use_name_prefix ? "${var.name}-" : null

  cluster_name   = var.cluster_name
  subnet_ids     = SUBNETS
  ami_type       = var.ami_id != "" ? null : var.ami_type
  version        = var.ami_id != "" ? null : VERSION
  capacity_type  = var.capacity_type
  disk_size      = local.uses_template ? null : var.disk_size
  instance_types = var.capacity_type == "CAPACITY_BLOCK" ? null : var.instance_types

  scaling_config {
    min_size     = var.min_size
    max_size     = var.max_size
    desired_size = var.desired_size
  }

  update_config {
    max_unavailable            = try(var.update_config.max_unavailable, null)
    max_unavailable_percentage = try(var.update_config.max_unavailable_percentage, null)
  }

  dynamic "launch_template" {
    for_each = local.uses_template ? [1] : []
    content {
      TEMPLATE
    }
  }
}

output "node_group_id" {
  value = try(aws_eks_node_group.this[0].id, null)
}

output "launch_template_id" {
  value = try(aws_launch_template.this[0].id, null)
}
"""
