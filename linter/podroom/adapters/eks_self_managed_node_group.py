"""The resources of a self-managed node group of terraform-aws-modules/eks/aws, v18 to v21."""

from __future__ import annotations


def self_managed_node_group(
    *,
    overrides: str,
    image: str,
    by_name: bool,
    subnets: str = "var.subnet_ids",
    without_type: str = 'var.instance_type == ""',
) -> str:
    """Return the Auto Scaling group and its launch template as HCL.

    `overrides` is the HCL expression of the list of overrides, in which the policy is
    `mixed_instances_policy.value`; `image` that of the stock image, `subnets` that of the ids of its subnets.
    `by_name` says that the group names its own template rather than its id, `without_type` when that has no type.
    """
    template = (
        "name = try(aws_launch_template.this[0].name, var.launch_template_name)"
        if by_name
        else "id = var.create_launch_template ? try(aws_launch_template.this[0].id, null) : var.launch_template_id"
    )
    return (
        _RESOURCES.replace("OVERRIDES", overrides)
        .replace("STOCK_IMAGE", image)
        .replace("REFERENCE", template)
        .replace("SUBNETS", subnets)
        .replace("WITHOUT_TYPE", without_type)
    )


_RESOURCES = """
resource "aws_launch_template" "this" {
  count = var.create && var.create_launch_template ? 1 : 0

  name_prefix = (
    var.launch_template_use_name_prefix ? "${coalesce(var.launch_template_name, "${var.name}-node-group")}-" : null
  )
  name = (
    var.launch_template_use_name_prefix ? null : coalesce(var.launch_template_name, "${var.name}-node-group")
  )
  image_id      = coalesce(var.ami_id, STOCK_IMAGE)
  instance_type = WITHOUT_TYPE ? null : var.instance_type
  user_data     = local.user_data

  dynamic "instance_requirements" {
    for_each = try(length(var.instance_requirements), 0) > 0 ? [var.instance_requirements] : []
    content {
      allowed_instance_types = try(instance_requirements.value.allowed_instance_types, null)
    }
  }

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

  instance_type = var.instance_type
}

resource "aws_autoscaling_group" "this" {
  count = var.create && var.create_autoscaling_group ? 1 : 0

  name                = var.use_name_prefix ? null : var.name
  name_prefix         = var.use_name_prefix ? "${var.name}-" : null
  min_size            = var.min_size
  max_size            = var.max_size
  desired_capacity    = var.desired_size
  availability_zones  = var.availability_zones
  vpc_zone_identifier = SUBNETS

  dynamic "launch_template" {
    for_each = var.use_mixed_instances_policy ? [] : [1]
    content {
      REFERENCE
    }
  }

  dynamic "mixed_instances_policy" {
    for_each = var.use_mixed_instances_policy ? [var.mixed_instances_policy] : []
    content {
      launch_template {
        launch_template_specification {
          launch_template_REFERENCE
        }
        dynamic "override" {
          for_each = OVERRIDES
          content {
            instance_type     = try(override.value.instance_type, null)
            weighted_capacity = try(override.value.weighted_capacity, null)
            dynamic "launch_template_specification" {
              for_each = try(override.value.launch_template_specification, null) == null ? [] : [1]
              content {}
            }
            dynamic "instance_requirements" {
              for_each = try(override.value.instance_requirements, null) == null ? [] : [1]
              content {
                allowed_instance_types = try(override.value.instance_requirements.allowed_instance_types, null)
              }
            }
          }
        }
      }
    }
  }

  tag {
    key                 = "kubernetes.io/cluster/${var.cluster_name}"
    value               = "owned"
    propagate_at_launch = true
  }
}

output "autoscaling_group_name" {
  value = try(aws_autoscaling_group.this[0].name, null)
}

output "launch_template_id" {
  value = try(aws_launch_template.this[0].id, null)
}
"""
