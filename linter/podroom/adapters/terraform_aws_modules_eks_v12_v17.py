"""terraform-aws-modules/eks/aws, v12 to v17.

Facts from main.tf, locals.tf, workers.tf, workers_launch_template.tf and templates of v12.2.0 and v17.24.0,
Apache License 2.0: https://github.com/terraform-aws-modules/terraform-aws-eks
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import outputs, variables

_DEFAULTS = {
    "create_eks": "true",
    "cluster_name": '""',
    "cluster_version": "null",
    "cluster_service_ipv4_cidr": "null",
    "subnets": "[]",
    "fargate_subnets": "[]",
    "vpc_id": "null",
    "default_platform": '"linux"',
    "worker_groups": "[]",
    "worker_groups_launch_template": "[]",
    "workers_group_defaults": "{}",
    "node_groups": "{}",
    "node_groups_defaults": "{}",
    "fargate_profiles": "{}",
    "worker_ami_name_filter": '""',
}

_WORKERS = """
locals {
  defaults = merge({
    asg_desired_capacity      = "1"
    asg_max_size              = "3"
    asg_min_size              = "1"
    instance_type             = "m4.large"
    subnets                   = var.subnets
    platform                  = var.default_platform
    pre_userdata              = ""
    additional_userdata       = ""
    bootstrap_extra_args      = ""
    kubelet_extra_args        = ""
    launch_template_id        = null
    launch_template_version   = "$Latest"
    override_instance_types   = ["m5.large", "m5a.large", "m5d.large", "m5ad.large"]
    on_demand_allocation_strategy = null
  }, var.workers_group_defaults)

  cluster_name = try(aws_eks_cluster.this[0].name, "")
}

resource "aws_eks_cluster" "this" {
  count = var.create_eks ? 1 : 0

  name    = var.cluster_name
  version = var.cluster_version

  vpc_config {
    subnet_ids = var.subnets
  }

  kubernetes_network_config {
    service_ipv4_cidr = var.cluster_service_ipv4_cidr
  }
}

data "aws_ami" "eks_worker" {
  count = var.create_eks ? 1 : 0

  filter {
    name = "name"
    values = [
      var.worker_ami_name_filter != "" ? var.worker_ami_name_filter
      : "amazon-eks-node-${coalesce(var.cluster_version, "*")}-v*"
    ]
  }
}

data "aws_ami" "eks_worker_windows" {
  count = var.create_eks ? 1 : 0

  filter {
    name   = "name"
    values = ["Windows_Server-2019-English-Core-EKS_Optimized-${coalesce(var.cluster_version, "*")}-*"]
  }
}

resource "aws_launch_configuration" "workers" {
  count = var.create_eks ? length(var.worker_groups) : 0

  name_prefix      = "${var.cluster_name}-${lookup(var.worker_groups[count.index], "name", count.index)}"
  image_id         = lookup(var.worker_groups[count.index], "ami_id", STOCK_IMAGE)
  instance_type    = lookup(var.worker_groups[count.index], "instance_type", local.defaults["instance_type"])
  user_data_base64 = base64encode(USER_DATA)
}

resource "aws_autoscaling_group" "workers" {
  count = var.create_eks ? length(var.worker_groups) : 0

  launch_configuration = aws_launch_configuration.workers[count.index].id
SIZES}
"""

_WORKERS_WITH_TEMPLATES = """
resource "aws_launch_template" "workers_launch_template" {
  count = var.create_eks ? length(var.worker_groups_launch_template) : 0

  name_prefix   = "${var.cluster_name}-${lookup(var.worker_groups_launch_template[count.index], "name", count.index)}"
  image_id      = lookup(var.worker_groups_launch_template[count.index], "ami_id", STOCK_IMAGE)
  instance_type = lookup(
    var.worker_groups_launch_template[count.index], "instance_type", local.defaults["instance_type"]
  )
  user_data = base64encode(USER_DATA)

  network_interfaces {
    delete_on_termination = true
  }
}

resource "aws_autoscaling_group" "workers_launch_template" {
  count = var.create_eks ? length(var.worker_groups_launch_template) : 0

  dynamic "launch_template" {
    for_each = MIXED ? [] : [1]
    content {
      id = aws_launch_template.workers_launch_template[count.index].id
    }
  }

  dynamic "mixed_instances_policy" {
    for_each = MIXED ? [1] : []
    content {
      launch_template {
        launch_template_specification {
          launch_template_id = aws_launch_template.workers_launch_template[count.index].id
        }
        dynamic "override" {
          for_each = lookup(
            var.worker_groups_launch_template[count.index],
            "override_instance_types",
            local.defaults["override_instance_types"]
          )
          content {
            instance_type = override.value
          }
        }
      }
    }
  }
SIZES}
"""

_MIXED = (
    '(lookup(var.worker_groups_launch_template[count.index], "override_instance_types", null) != null || '
    'lookup(var.worker_groups_launch_template[count.index], "on_demand_allocation_strategy", '
    'local.defaults["on_demand_allocation_strategy"]) != null)'
)

_SIZES = """
  min_size            = lookup(GROUP, "asg_min_size", local.defaults["asg_min_size"])
  max_size            = lookup(GROUP, "asg_max_size", local.defaults["asg_max_size"])
  desired_capacity    = lookup(GROUP, "asg_desired_capacity", local.defaults["asg_desired_capacity"])
  vpc_zone_identifier = lookup(GROUP, "subnets", local.defaults["subnets"])

  tag {
    key                 = "kubernetes.io/cluster/${local.cluster_name}"
    value               = "owned"
    propagate_at_launch = true
  }
"""

_STOCK_IMAGE = (
    'lookup(GROUP, "platform", local.defaults["platform"]) == "windows" '
    "? data.aws_ami.eks_worker_windows[0].id : data.aws_ami.eks_worker[0].id"
)

_FROM_TEMPLATE = """templatefile(GROUP.userdata_template_file, merge({
    platform             = lookup(GROUP, "platform", local.defaults["platform"])
    cluster_name         = local.cluster_name
    endpoint             = aws_eks_cluster.this[0].endpoint
    cluster_auth_base64  = aws_eks_cluster.this[0].certificate_authority[0].data
    pre_userdata         = lookup(GROUP, "pre_userdata", local.defaults["pre_userdata"])
    additional_userdata  = lookup(GROUP, "additional_userdata", local.defaults["additional_userdata"])
    bootstrap_extra_args = lookup(GROUP, "bootstrap_extra_args", local.defaults["bootstrap_extra_args"])
    kubelet_extra_args   = lookup(GROUP, "kubelet_extra_args", local.defaults["kubelet_extra_args"])
  }, lookup(GROUP, "userdata_template_extra_args", {})))"""

_SCRIPT = """lookup(GROUP, "platform", local.defaults["platform"]) == "windows" ? join("\\n", [
    "<powershell>",
    lookup(GROUP, "pre_userdata", local.defaults["pre_userdata"]),
    "& $EKSBootstrapScriptFile -KubeletExtraArgs \\"${KUBELET}\\"",
    "</powershell>",
  ]) : join("\\n", [
    "#!/bin/bash",
    lookup(GROUP, "pre_userdata", local.defaults["pre_userdata"]),
    join(" ", [
      "/etc/eks/bootstrap.sh",
      lookup(GROUP, "bootstrap_extra_args", local.defaults["bootstrap_extra_args"]),
      "--kubelet-extra-args \\"${KUBELET}\\"",
      "'${local.cluster_name}'",
    ]),
    lookup(GROUP, "additional_userdata", local.defaults["additional_userdata"]),
  ])"""

_NODE_GROUPS = """
module "node_groups" {
  source  = "terraform-aws-modules/eks/aws//modules/node_groups"
  version = "~> MAJOR.0"

  create_eks             = var.create_eks
  cluster_name           = local.cluster_name
  workers_group_defaults = local.defaults
  node_groups_defaults   = var.node_groups_defaults
  node_groups            = var.node_groups
}
"""

_OUTPUTS = {
    "cluster_id": 'try(aws_eks_cluster.this[0].name, "")',
    "cluster_name": 'try(aws_eks_cluster.this[0].name, "")',
    "cluster_arn": "try(aws_eks_cluster.this[0].arn, null)",
    "cluster_endpoint": "try(aws_eks_cluster.this[0].endpoint, null)",
    "cluster_version": "try(aws_eks_cluster.this[0].version, null)",
    "node_groups": "module.node_groups.node_groups",
    "workers_asg_names": (
        "concat(aws_autoscaling_group.workers[*].name, aws_autoscaling_group.workers_launch_template[*].name)"
    ),
}


def _groups(text: str, variable: str) -> str:
    user_data = f'lookup(GROUP, "userdata_template_file", "") != "" ? {_FROM_TEMPLATE} : {_SCRIPT}'
    return (
        text.replace("USER_DATA", user_data)
        .replace("STOCK_IMAGE", _STOCK_IMAGE)
        .replace("SIZES", _SIZES)
        .replace("MIXED", _MIXED)
        .replace("KUBELET", 'lookup(GROUP, "kubelet_extra_args", local.defaults["kubelet_extra_args"])')
        .replace("GROUP", f"var.{variable}[count.index]")
    )


def _text(major: int) -> str:
    return (
        variables(_DEFAULTS)
        + _groups(_WORKERS, "worker_groups")
        + _groups(_WORKERS_WITH_TEMPLATES, "worker_groups_launch_template")
        + _NODE_GROUPS.replace("MAJOR", str(major))
        + outputs(_OUTPUTS)
    )


ADAPTER = Adapter(
    module="terraform-aws-modules/eks/aws",
    majors=(12, 13, 14, 15, 16, 17),
    text=_text,
    fingerprints=(
        (
            frozenset(
                {
                    "subnet_ids",
                    "eks_managed_node_groups",
                    "eks_managed_node_group_defaults",
                    "self_managed_node_groups",
                    "cluster_addons",
                    "addons",
                    "kubernetes_version",
                    "name",
                }
            ),
            (),
        ),
    ),
)
