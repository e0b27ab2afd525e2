"""terraform-aws-modules/eks/aws//modules/node_groups, v12 to v17: managed node groups.

Facts from modules/node_groups of v12.2.0, v13.2.1, v14.0.0, v15.2.0 and v17.24.0, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-eks
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import variables

_DEFAULTS = {
    "create_eks": "true",
    "cluster_name": '""',
    "workers_group_defaults": "{}",
    "node_groups_defaults": "{}",
    "node_groups": "{}",
}


_UPDATES = """
    max_unavailable            = try(each.value.update_config.max_unavailable, null)
    max_unavailable_percentage = try(each.value.update_config.max_unavailable_percentage, null)
"""


def _text(major: int) -> str:
    if major < 14:
        types, default = "[each.value.instance_type]", "instance_type = var.workers_group_defaults.instance_type"
    elif major == 14:
        types, default = (
            "try(each.value.instance_types, null)",
            "instance_types = [var.workers_group_defaults.instance_type]",
        )
    else:
        types = "each.value.set_instance_types_on_lt ? null : each.value.instance_types"
        default = "instance_types = [var.workers_group_defaults.instance_type]"
    return variables(_DEFAULTS) + _RESOURCES.replace("DEFAULT_TYPE", default).replace("TYPES", types).replace(
        "UPDATES", _UPDATES if major == 17 else ""
    )


_RESOURCES = """
locals {
  groups = { for k, v in var.node_groups : k => merge({
    desired_capacity         = var.workers_group_defaults.asg_desired_capacity
    max_capacity             = var.workers_group_defaults.asg_max_size
    min_capacity             = var.workers_group_defaults.asg_min_size
    subnets                  = var.workers_group_defaults.subnets
    kubelet_extra_args       = var.workers_group_defaults.kubelet_extra_args
    pre_userdata             = var.workers_group_defaults.pre_userdata
    launch_template_id       = var.workers_group_defaults.launch_template_id
    launch_template_version  = var.workers_group_defaults.launch_template_version
    set_instance_types_on_lt = false
    create_launch_template   = false
    bootstrap_env            = {}
    ami_is_eks_optimized     = true
    DEFAULT_TYPE
  }, var.node_groups_defaults, v) if var.create_eks }
}

resource "aws_launch_template" "workers" {
  for_each = { for k, v in local.groups : k => v if v.create_launch_template }

  name_prefix   = "${var.cluster_name}-${each.key}"
  image_id      = try(each.value.ami_id, null)
  instance_type = each.value.set_instance_types_on_lt ? each.value.instance_types[0] : null
  user_data     = base64encode(try(each.value.ami_id, "") == "" ? <<STOCK
#!/bin/bash
cat <<'EOF' > /etc/profile.d/eks-bootstrap-env.sh
%{for name, value in each.value.bootstrap_env~}
export ${name}="${value}"
%{endfor~}
export ADDITIONAL_KUBELET_EXTRA_ARGS="${each.value.kubelet_extra_args}"
EOF
sed -i '/^set -o errexit/a\\\\nsource /etc/profile.d/eks-bootstrap-env.sh' /etc/eks/bootstrap.sh
sed -i 's/^KUBELET_EXTRA_ARGS="/KUBELET_EXTRA_ARGS="$${KUBELET_EXTRA_ARGS:-} $${ADDITIONAL_KUBELET_EXTRA_ARGS}"/' \
  /etc/eks/bootstrap.sh
${each.value.pre_userdata}
STOCK
    : <<OWN
#!/bin/bash
%{for name, value in each.value.bootstrap_env~}
${name}="${value}"
%{endfor~}
${each.value.pre_userdata}
%{if each.value.ami_is_eks_optimized~}
/etc/eks/bootstrap.sh ${var.cluster_name} --kubelet-extra-args "${each.value.kubelet_extra_args}"
%{endif~}
OWN
  )

  network_interfaces {
    delete_on_termination = true
  }
}

resource "aws_eks_node_group" "workers" {
  for_each = local.groups

  cluster_name   = var.cluster_name
  subnet_ids     = each.value.subnets
  ami_type       = try(each.value.ami_type, null)
  instance_types = TYPES
  capacity_type  = try(each.value.capacity_type, null)
  version        = try(each.value.version, null)

  scaling_config {
    desired_size = each.value.desired_capacity
    max_size     = each.value.max_capacity
    min_size     = each.value.min_capacity
  }

  update_config {
UPDATES  }

  dynamic "launch_template" {
    for_each = each.value.launch_template_id != null || each.value.create_launch_template ? [1] : []
    content {
      id = (
        each.value.launch_template_id != null
        ? each.value.launch_template_id : aws_launch_template.workers[each.key].id
      )
    }
  }
}

output "node_groups" {
  value = aws_eks_node_group.workers
}
"""

ADAPTER = Adapter(
    module="terraform-aws-modules/eks/aws",
    submodule="modules/node_groups",
    majors=(12, 13, 14, 15, 16, 17),
    text=_text,
)
