"""terraform-aws-modules/eks/aws, v18 to v20.

Facts from main.tf, node_groups.tf and variables.tf of v18.31.2, v19.21.0, v20.8.5 and v20.37.2, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-eks

An attribute of a group is the group's own, else that of the defaults of all groups: a group that writes
null gets null.
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter, EarlierReleases
from podroom.adapters.eks_managed_node_group import default_update_config
from podroom.adapters.eks_placement_group import PLACEMENT
from podroom.adapters.eks_unheeded import CLOUDINIT, UNHEEDED, UNHEEDED_CLOUDINIT, UNHEEDED_OF_PLATFORM
from podroom.adapters.eks_user_data import ARGUMENTS, PASSES_CLOUDINIT, TOLD_BY_AMI_TYPE
from podroom.adapters.hcl import first_set, outputs, variables

_DEFAULTS = {
    "create": "true",
    "cluster_name": '""',
    "cluster_version": "null",
    "cluster_service_ipv4_cidr": "null",
    "subnet_ids": "[]",
    "control_plane_subnet_ids": "[]",
    "vpc_id": "null",
    "cluster_addons": "{}",
    "cluster_compute_config": "{}",
    "bootstrap_self_managed_addons": "null",
    "outpost_config": "{}",
    "eks_managed_node_groups": "{}",
    "eks_managed_node_group_defaults": "{}",
    "self_managed_node_groups": "{}",
    "self_managed_node_group_defaults": "{}",
    "fargate_profiles": "{}",
    "fargate_profile_defaults": "{}",
}

_LAUNCH_TEMPLATE = {
    "create_launch_template": "true",
    "launch_template_id": '""',
    "launch_template_name": "each.key",
    "launch_template_use_name_prefix": "true",
    "use_name_prefix": "true",
    "network_interfaces": "[]",
    "metadata_options": '{ http_tokens = "required" }',
}

_MANAGED = {
    "subnet_ids": "var.subnet_ids",
    "min_size": "1",
    "max_size": "3",
    "desired_size": "1",
    "ami_id": '""',
    "ami_type": "null",
    "capacity_type": "null",
    "disk_size": "null",
    "instance_types": "null",
    "cluster_version": "local.version",
    "platform": '"linux"',
    "use_custom_launch_template": "true",
    "enable_bootstrap_user_data": "false",
    **ARGUMENTS,
    **_LAUNCH_TEMPLATE,
}

_SELF_MANAGED = {
    "subnet_ids": "var.subnet_ids",
    "availability_zones": "null",
    "create_autoscaling_group": "true",
    "min_size": "0",
    "max_size": "3",
    "desired_size": "1",
    "ami_id": '""',
    "ami_type": '"AL2_x86_64"',
    "instance_type": '"m6i.large"',
    "instance_requirements": "{}",
    "cluster_version": "local.version",
    "use_mixed_instances_policy": "false",
    "mixed_instances_policy": "null",
    **ARGUMENTS,
    **_LAUNCH_TEMPLATE,
}

_OUTPUTS = {
    "cluster_name": 'try(aws_eks_cluster.this[0].name, "")',
    "cluster_id": 'try(aws_eks_cluster.this[0].name, "")',
    "cluster_arn": "try(aws_eks_cluster.this[0].arn, null)",
    "cluster_endpoint": "try(aws_eks_cluster.this[0].endpoint, null)",
    "cluster_version": "try(aws_eks_cluster.this[0].version, null)",
    "cluster_certificate_authority_data": "try(aws_eks_cluster.this[0].certificate_authority[0].data, null)",
    "eks_managed_node_groups": "module.eks_managed_node_group",
    "self_managed_node_groups": "module.self_managed_node_group",
}

_CONFLICTS = {
    18: "each.value.resolve_conflicts, null",
    19: 'each.value.resolve_conflicts, "OVERWRITE"',
    20: 'each.value.resolve_conflicts_on_update, "OVERWRITE"',
}


def _text(major: int) -> str:
    return _restated(major, by_type=major >= TOLD_BY_AMI_TYPE[0], releases=f"~> {major}.0")


def _before_types(*, without: tuple[str, ...] = ()) -> str:
    return _restated(20, by_type=False, releases=">= 20.0, < 20.9", without=without)


def _restated(major: int, *, by_type: bool, releases: str, without: tuple[str, ...] = ()) -> str:
    platform = "null" if by_type else '"linux"'
    placement = PLACEMENT if major >= 20 else {}
    family = "null" if major == 18 else '"ipv4"'
    return (
        variables({**_DEFAULTS, "cluster_ip_family": family})
        + _ROOT.replace("VALUES", "null" if major == 18 else "try(each.value.configuration_values, null)")
        .replace("CONFLICTS", _CONFLICTS[major])
        .replace("BEFORE", "false" if major == 18 else "try(v.before_compute, false)")
        .replace("RELEASES", releases)
        .replace(
            "MANAGED_ARGUMENTS",
            first_set(
                _but({**_MANAGED, **placement, "update_config": default_update_config(major)}, without),
                "each.value",
                "var.eks_managed_node_group_defaults",
            ),
        )
        .replace(
            "SELF_ARGUMENTS",
            first_set(
                _but({**_SELF_MANAGED, "platform": platform, **placement}, without),
                "each.value",
                "var.self_managed_node_group_defaults",
            ),
        )
        + outputs(_OUTPUTS)
    )


def _but(defaults: dict[str, str], without: tuple[str, ...]) -> dict[str, str]:
    return {name: default for name, default in defaults.items() if name not in without}


_ROOT = """
locals {
  on_outpost = length(var.outpost_config) > 0
  version    = try(aws_eks_cluster.this[0].version, null)
}

resource "aws_eks_cluster" "this" {
  count = var.create ? 1 : 0

  name    = var.cluster_name
  version = var.cluster_version

  bootstrap_self_managed_addons = (
    try(var.cluster_compute_config.enabled, false) ? coalesce(var.bootstrap_self_managed_addons, false)
    : var.bootstrap_self_managed_addons
  )

  vpc_config {
    subnet_ids = try(coalescelist(var.control_plane_subnet_ids, var.subnet_ids), null)
  }

  dynamic "kubernetes_network_config" {
    for_each = local.on_outpost ? [] : [1]
    content {
      ip_family         = var.cluster_ip_family
      service_ipv4_cidr = var.cluster_service_ipv4_cidr
    }
  }

  dynamic "compute_config" {
    for_each = length(var.cluster_compute_config) > 0 ? [var.cluster_compute_config] : []
    content {
      enabled    = try(compute_config.value.enabled, null)
      node_pools = try(compute_config.value.node_pools, [])
    }
  }
}

data "aws_eks_addon_version" "this" {
  for_each = { for k, v in var.cluster_addons : k => v if var.create && !local.on_outpost }

  addon_name = try(each.value.name, each.key)
}

resource "aws_eks_addon" "this" {
  for_each = { for k, v in var.cluster_addons : k => v if !BEFORE && var.create && !local.on_outpost }

  cluster_name         = aws_eks_cluster.this[0].name
  addon_name           = try(each.value.name, each.key)
  addon_version        = try(each.value.addon_version, data.aws_eks_addon_version.this[each.key].version)
  configuration_values = VALUES

  resolve_conflicts_on_update = try(CONFLICTS)

  depends_on = [module.fargate_profile, module.eks_managed_node_group, module.self_managed_node_group]
}

resource "aws_eks_addon" "before_compute" {
  for_each = { for k, v in var.cluster_addons : k => v if BEFORE && var.create && !local.on_outpost }

  cluster_name         = aws_eks_cluster.this[0].name
  addon_name           = try(each.value.name, each.key)
  addon_version        = try(each.value.addon_version, data.aws_eks_addon_version.this[each.key].version)
  configuration_values = VALUES

  resolve_conflicts_on_update = try(CONFLICTS)
}

module "eks_managed_node_group" {
  source  = "terraform-aws-modules/eks/aws//modules/eks-managed-node-group"
  version = "RELEASES"

  for_each = { for k, v in var.eks_managed_node_groups : k => v if var.create && !local.on_outpost }

  create               = try(each.value.create, true)
  name                 = try(each.value.name, each.key)
  cluster_name         = aws_eks_cluster.this[0].name
  cluster_endpoint     = aws_eks_cluster.this[0].endpoint
  cluster_auth_base64  = aws_eks_cluster.this[0].certificate_authority[0].data
  cluster_ip_family    = var.cluster_ip_family
  cluster_service_cidr = var.cluster_service_ipv4_cidr

  depends_on = [aws_eks_addon.before_compute]
MANAGED_ARGUMENTS}

module "self_managed_node_group" {
  source  = "terraform-aws-modules/eks/aws//modules/self-managed-node-group"
  version = "RELEASES"

  for_each = { for k, v in var.self_managed_node_groups : k => v if var.create }

  create               = try(each.value.create, true)
  name                 = try(each.value.name, each.key)
  cluster_name         = aws_eks_cluster.this[0].name
  cluster_endpoint     = aws_eks_cluster.this[0].endpoint
  cluster_auth_base64  = aws_eks_cluster.this[0].certificate_authority[0].data
  cluster_ip_family    = var.cluster_ip_family
  cluster_service_cidr = var.cluster_service_ipv4_cidr

  depends_on = [aws_eks_addon.before_compute]
SELF_ARGUMENTS}

module "fargate_profile" {
  source  = "terraform-aws-modules/eks/aws//modules/fargate-profile"
  version = "RELEASES"

  for_each = { for k, v in var.fargate_profiles : k => v if var.create && !local.on_outpost }

  create       = try(each.value.create, true)
  name         = try(each.value.name, each.key)
  cluster_name = aws_eks_cluster.this[0].name
  subnet_ids   = try(each.value.subnet_ids, var.fargate_profile_defaults.subnet_ids, var.subnet_ids)
  selectors    = try(each.value.selectors, var.fargate_profile_defaults.selectors, [])
}
"""

ADAPTER = Adapter(
    module="terraform-aws-modules/eks/aws",
    majors=(18, 19, 20),
    text=_text,
    unheeded=UNHEEDED,
    earlier=(
        EarlierReleases(
            PASSES_CLOUDINIT, lambda: _before_types(without=CLOUDINIT), (*UNHEEDED_OF_PLATFORM, *UNHEEDED_CLOUDINIT)
        ),
        EarlierReleases(TOLD_BY_AMI_TYPE, _before_types, UNHEEDED_OF_PLATFORM),
    ),
    fingerprints=(
        (frozenset({"manage_aws_auth_configmap", "aws_auth_roles", "aws_auth_users", "aws_auth_accounts"}), (18, 19)),
        (frozenset({"access_entries", "authentication_mode", "enable_cluster_creator_admin_permissions"}), (20,)),
        (frozenset({"cluster_compute_config", "cluster_upgrade_policy"}), (20,)),
        (frozenset({"name", "kubernetes_version", "addons", "compute_config", "endpoint_public_access"}), ()),
        (frozenset({"subnets", "node_groups", "worker_groups", "worker_groups_launch_template"}), ()),
    ),
)
