"""cloudposse/ec2-autoscale-group/aws, v0.

Facts from main.tf and variables.tf of v0.30.0 and v0.40.0, Apache License 2.0:
https://github.com/cloudposse/terraform-aws-ec2-autoscale-group
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.cloudposse_context import CONTEXT
from podroom.adapters.hcl import outputs, variables

_DEFAULTS = {
    "image_id": '""',
    "instance_type": "null",
    "user_data_base64": '""',
    "subnet_ids": "null",
    "min_size": "null",
    "max_size": "null",
    "desired_capacity": "null",
    "mixed_instances_policy": "null",
    "network_interface_id": "null",
}

_OUTPUTS = {
    "launch_template_id": "one(aws_launch_template.default[*].id)",
    "autoscaling_group_id": "one(aws_autoscaling_group.default[*].id)",
    "autoscaling_group_name": "one(aws_autoscaling_group.default[*].name)",
    "autoscaling_group_arn": "one(aws_autoscaling_group.default[*].arn)",
}

_RESOURCES = """
locals {
  own_attributes = []
}

resource "aws_launch_template" "default" {
  count = local.enabled ? 1 : 0

  name_prefix   = "${local.id}${local.delimiter}"
  image_id      = var.image_id
  instance_type = var.instance_type
  user_data     = var.user_data_base64

  network_interfaces {
    device_index = 0
  }
}

resource "aws_autoscaling_group" "default" {
  count = local.enabled ? 1 : 0

  vpc_zone_identifier = var.network_interface_id == null ? var.subnet_ids : null
  min_size            = var.min_size
  max_size            = var.max_size
  desired_capacity    = var.desired_capacity

  dynamic "launch_template" {
    for_each = var.mixed_instances_policy == null ? [1] : []
    content {
      id = one(aws_launch_template.default[*].id)
    }
  }

  dynamic "mixed_instances_policy" {
    for_each = var.mixed_instances_policy == null ? [] : [var.mixed_instances_policy]
    content {
      launch_template {
        launch_template_specification {
          launch_template_id = one(aws_launch_template.default[*].id)
        }
        dynamic "override" {
          for_each = try([for one in mixed_instances_policy.value.override : one], [])
          content {
            instance_type     = try(override.value.instance_type, null)
            weighted_capacity = try(override.value.weighted_capacity, null)
            dynamic "launch_template_specification" {
              for_each = try(override.value.launch_template_specification, null) == null ? [] : [1]
              content {}
            }
          }
        }
      }
    }
  }

  dynamic "tag" {
    for_each = local.tags
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}
"""

ADAPTER = Adapter(
    module="cloudposse/ec2-autoscale-group/aws",
    majors=(0,),
    text=CONTEXT + variables(_DEFAULTS) + _RESOURCES + outputs(_OUTPUTS),
)
