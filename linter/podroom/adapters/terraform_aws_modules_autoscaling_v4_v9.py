"""terraform-aws-modules/autoscaling/aws, v4 to v9.

Facts from main.tf and variables.tf of v4.11.0, v6.10.0, v8.3.1 and v9.2.1, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-autoscaling
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.eks_unheeded import unheeded_mixed_instances_policies
from podroom.adapters.hcl import outputs, variables

_DEFAULTS = {
    "create": "true",
    "name": '""',
    "min_size": "null",
    "max_size": "null",
    "desired_capacity": "null",
    "vpc_zone_identifier": "null",
    "availability_zones": "null",
    "instance_type": "null",
    "instance_requirements": "null",
    "image_id": "null",
    "user_data": "null",
    "network_interfaces": "[]",
    "use_mixed_instances_policy": "false",
    "mixed_instances_policy": "null",
    "ignore_desired_capacity_changes": "false",
    "launch_template": "null",
    "launch_template_name": '""',
    "tags": "{}",
    "autoscaling_group_tags": "{}",
}

_ONLY_V4 = {"create_asg": "true", "create_lt": "false", "tags": "[]", "tags_as_map": "{}"}
_TAGS_OF_V4 = "merge({ for tag in var.tags : tag.key => tag.value }, var.tags_as_map)"
_UP_TO_V5 = {"user_data_base64": "null"}

_OUTPUTS = {
    "autoscaling_group_name": "try(aws_autoscaling_group.this[0].name, aws_autoscaling_group.idc[0].name, null)",
    "autoscaling_group_id": "try(aws_autoscaling_group.this[0].id, aws_autoscaling_group.idc[0].id, null)",
    "launch_template_id": "try(aws_launch_template.this[0].id, null)",
}


def _text(major: int) -> str:
    specific = _ONLY_V4 if major == 4 else {"create_launch_template": "true", "launch_template_id": "null"}
    specific = {**specific, **_UP_TO_V5} if major < 6 else specific
    makes = "var.create_lt" if major == 4 else "var.create_launch_template"
    given = f"try(aws_launch_template.this[0].{'name' if major < 7 else 'id'}, null)"
    other = "var.launch_template" if major < 7 else "var.launch_template_id"
    reference = f"{'name' if major < 7 else 'id'} = {makes} ? {given} : {other}"
    overrides = (
        "try([for one in mixed_instances_policy.value.launch_template.override : one], [])"
        if major >= 9
        else "try([for one in mixed_instances_policy.value.override : one], [])"
    )
    user_data = "try(coalesce(var.user_data_base64, var.user_data), null)" if major < 6 else "var.user_data"
    kinds = (("this", "!var.ignore_desired_capacity_changes"), ("idc", "var.ignore_desired_capacity_changes"))
    create = "var.create_asg" if major == 4 else "var.create"
    return (
        variables({**_DEFAULTS, **specific})
        + _TEMPLATE.replace("MAKES", makes).replace("USER_DATA", user_data)
        + "".join(
            _GROUP.replace("NAME", name)
            .replace("TAGS", _TAGS_OF_V4 if major == 4 else "merge(var.tags, var.autoscaling_group_tags)")
            .replace("CONDITION", f"{create} && {condition}")
            .replace("OVERRIDES", overrides)
            .replace("REFERENCE", reference)
            for name, condition in kinds
        )
        + outputs(_OUTPUTS)
    )


_TEMPLATE = """
resource "aws_launch_template" "this" {
  count = MAKES ? 1 : 0

  name_prefix   = "${var.launch_template_name == "" ? var.name : var.launch_template_name}-"
  image_id      = var.image_id
  instance_type = var.instance_type
  user_data     = USER_DATA

  dynamic "network_interfaces" {
    for_each = var.network_interfaces == null ? [] : var.network_interfaces
    content {
      device_index       = try(network_interfaces.value.device_index, null)
      network_card_index = try(network_interfaces.value.network_card_index, null)
      interface_type     = try(network_interfaces.value.interface_type, null)
    }
  }
}
"""

_GROUP = """
resource "aws_autoscaling_group" "NAME" {
  count = CONDITION ? 1 : 0

  min_size            = var.min_size
  max_size            = var.max_size
  desired_capacity    = var.desired_capacity
  availability_zones  = var.availability_zones
  vpc_zone_identifier = var.vpc_zone_identifier

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

  dynamic "tag" {
    for_each = TAGS
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}
"""

ADAPTER = Adapter(
    module="terraform-aws-modules/autoscaling/aws",
    majors=(4, 5, 6, 7, 8, 9),
    text=_text,
    fingerprints=(
        (frozenset({"create_lt", "create_lc", "use_lt", "use_lc", "lt_name", "create_asg"}), (4,)),
        (frozenset({"create_launch_template", "launch_template_name"}), (5, 6, 7, 8, 9)),
        (frozenset({"launch_template_id"}), (7, 8, 9)),
        (frozenset({"launch_template"}), (4, 5, 6)),
    ),
    unheeded=unheeded_mixed_instances_policies((4, 5, 6, 7, 8), (9,)),
)
