"""terraform-aws-modules/eks/aws, v21.

Facts from main.tf, node_groups.tf and variables.tf of v21.19.0, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-eks

The maps of groups and add-ons have declared types: what they do not name is dropped without a word, and what
a group leaves out or sets to null is left to the defaults of the submodule.
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.eks_unheeded import UNHEEDED
from podroom.adapters.hcl import outputs, variables

_PARTS = "list(object({ content = string, content_type = optional(string), filename = optional(string) }))"

_USER_DATA = {
    "pre_bootstrap_user_data": "string",
    "post_bootstrap_user_data": "string",
    "bootstrap_extra_args": "string",
    "user_data_template_path": "string",
    "cloudinit_pre_nodeadm": _PARTS,
    "cloudinit_post_nodeadm": _PARTS,
}

_GROUP = {
    "create": "bool",
    "name": "string",
    "kubernetes_version": "string",
    "subnet_ids": "list(string)",
    "min_size": "number",
    "max_size": "number",
    "desired_size": "number",
    "ami_id": "string",
    "ami_type": "string",
    "create_launch_template": "bool",
    "launch_template_id": "string",
    "launch_template_name": "string",
    "launch_template_use_name_prefix": "bool",
    "use_name_prefix": "bool",
    "network_interfaces": "any",
    "metadata_options": 'object({ http_tokens = optional(string, "required") })',
    "enable_efa_support": "bool",
    **_USER_DATA,
}

_MANAGED = {
    **_GROUP,
    "capacity_type": "string",
    "disk_size": "number",
    "instance_types": "list(string)",
    "use_custom_launch_template": "bool",
    "enable_bootstrap_user_data": "bool",
    "update_config": "object({ max_unavailable = optional(number), max_unavailable_percentage = optional(number) })",
}

_REQUIREMENTS = "object({ allowed_instance_types = optional(list(string)) })"
_OVERRIDE = (
    "object({ instance_type = optional(string), weighted_capacity = optional(string), "
    f"instance_requirements = optional({_REQUIREMENTS}) }})"
)
_POLICY = f"object({{ launch_template = optional(object({{ override = optional(list({_OVERRIDE})) }})) }})"

_SELF_MANAGED = {
    **_GROUP,
    "instance_type": "string",
    "instance_requirements": _REQUIREMENTS,
    "availability_zones": "list(string)",
    "create_autoscaling_group": "bool",
    "use_mixed_instances_policy": "bool",
    "mixed_instances_policy": _POLICY,
}

_ADDON = {
    "name": "string",
    "before_compute": "bool, false",
    "addon_version": "string",
    "configuration_values": "string",
    "resolve_conflicts_on_update": 'string, "OVERWRITE"',
}

_FARGATE = {
    "create": "bool",
    "name": "string",
    "subnet_ids": "list(string)",
    "selectors": "any",
}

_GIVEN_BY_ROOT = frozenset({"name", "kubernetes_version", "subnet_ids", "launch_template_name"})

_DEFAULTS = {
    "create": "true",
    "name": '""',
    "kubernetes_version": "null",
    "ip_family": '"ipv4"',
    "service_ipv4_cidr": "null",
    "subnet_ids": "[]",
    "control_plane_subnet_ids": "[]",
    "vpc_id": "null",
    "compute_config": "null",
    "outpost_config": "null",
}

_OUTPUTS = {
    "cluster_name": 'try(aws_eks_cluster.this[0].name, "")',
    "cluster_id": "try(aws_eks_cluster.this[0].cluster_id, null)",
    "cluster_arn": "try(aws_eks_cluster.this[0].arn, null)",
    "cluster_endpoint": "try(aws_eks_cluster.this[0].endpoint, null)",
    "cluster_version": "try(aws_eks_cluster.this[0].version, null)",
    "cluster_certificate_authority_data": "try(aws_eks_cluster.this[0].certificate_authority[0].data, null)",
    "eks_managed_node_groups": "module.eks_managed_node_group",
    "self_managed_node_groups": "module.self_managed_node_group",
}


def _map_variable(name: str, fields: dict[str, str]) -> str:
    typed = "\n".join(f"    {field} = optional({kind})" for field, kind in fields.items())
    return f'variable "{name}" {{\n  type = map(object({{\n{typed}\n  }}))\n  default = null\n}}\n'


def _passed(fields: dict[str, str]) -> str:
    return "".join(f"  {name} = each.value.{name}\n" for name in fields if name not in _GIVEN_BY_ROOT)


def _text(major: int) -> str:
    return (
        variables(_DEFAULTS)
        + _map_variable("eks_managed_node_groups", _MANAGED)
        + _map_variable("self_managed_node_groups", _SELF_MANAGED)
        + _map_variable("fargate_profiles", _FARGATE)
        + _map_variable("addons", _ADDON)
        + _ROOT.replace("SELF_ARGUMENTS", _COMMON + _passed(_SELF_MANAGED))
        .replace("MANAGED_ARGUMENTS", _COMMON + _passed(_MANAGED))
        .replace("ADDON_ARGUMENTS", _ADDON_ARGUMENTS)
        .replace("MAJOR", str(major))
        + outputs(_OUTPUTS)
    )


_COMMON = """
  name                 = coalesce(each.value.name, each.key)
  kubernetes_version   = each.value.kubernetes_version != null ? each.value.kubernetes_version : local.version
  subnet_ids           = coalesce(each.value.subnet_ids, var.subnet_ids)
  launch_template_name = coalesce(each.value.launch_template_name, each.key)
  cluster_name         = aws_eks_cluster.this[0].name
  cluster_endpoint     = aws_eks_cluster.this[0].endpoint
  cluster_auth_base64  = aws_eks_cluster.this[0].certificate_authority[0].data
  cluster_ip_family    = var.ip_family
  cluster_service_cidr = var.service_ipv4_cidr

  depends_on = [aws_eks_addon.before_compute]
"""

_ADDON_ARGUMENTS = """
  cluster_name         = aws_eks_cluster.this[0].name
  addon_name           = coalesce(each.value.name, each.key)
  addon_version        = (
    each.value.addon_version != null ? each.value.addon_version : data.aws_eks_addon_version.this[each.key].version
  )
  configuration_values = each.value.configuration_values

  resolve_conflicts_on_update = each.value.resolve_conflicts_on_update
"""

_ROOT = """
locals {
  on_outpost = var.outpost_config != null
  version    = try(aws_eks_cluster.this[0].version, null)
  addons     = var.addons != null && var.create && !local.on_outpost ? var.addons : {}
}

resource "aws_eks_cluster" "this" {
  count = var.create ? 1 : 0

  name                          = var.name
  version                       = var.kubernetes_version
  bootstrap_self_managed_addons = false

  vpc_config {
    subnet_ids = try(coalescelist(var.control_plane_subnet_ids, var.subnet_ids), null)
  }

  dynamic "kubernetes_network_config" {
    for_each = local.on_outpost ? [] : [1]
    content {
      ip_family         = var.ip_family
      service_ipv4_cidr = var.service_ipv4_cidr
    }
  }

  dynamic "compute_config" {
    for_each = var.compute_config != null ? [var.compute_config] : []
    content {
      enabled    = try(compute_config.value.enabled, null)
      node_pools = try(compute_config.value.node_pools, null)
    }
  }
}

data "aws_eks_addon_version" "this" {
  for_each = local.addons

  addon_name = coalesce(each.value.name, each.key)
}

resource "aws_eks_addon" "this" {
  for_each = { for k, v in local.addons : k => v if !v.before_compute }

  depends_on = [module.fargate_profile, module.eks_managed_node_group, module.self_managed_node_group]
ADDON_ARGUMENTS}

resource "aws_eks_addon" "before_compute" {
  for_each = { for k, v in local.addons : k => v if v.before_compute }
ADDON_ARGUMENTS}

module "eks_managed_node_group" {
  source  = "terraform-aws-modules/eks/aws//modules/eks-managed-node-group"
  version = "~> MAJOR.0"

  for_each = var.create && !local.on_outpost && var.eks_managed_node_groups != null ? var.eks_managed_node_groups : {}
MANAGED_ARGUMENTS}

module "self_managed_node_group" {
  source  = "terraform-aws-modules/eks/aws//modules/self-managed-node-group"
  version = "~> MAJOR.0"

  for_each = var.create && var.self_managed_node_groups != null ? var.self_managed_node_groups : {}
SELF_ARGUMENTS}

module "fargate_profile" {
  source  = "terraform-aws-modules/eks/aws//modules/fargate-profile"
  version = "~> MAJOR.0"

  for_each = var.create && !local.on_outpost && var.fargate_profiles != null ? var.fargate_profiles : {}

  create       = each.value.create == null ? true : each.value.create
  name         = coalesce(each.value.name, each.key)
  cluster_name = aws_eks_cluster.this[0].name
  subnet_ids   = coalesce(each.value.subnet_ids, var.subnet_ids)
  selectors    = each.value.selectors == null ? [] : each.value.selectors
}
"""

ADAPTER = Adapter(
    module="terraform-aws-modules/eks/aws",
    majors=(21,),
    text=_text,
    unheeded=UNHEEDED,
    fingerprints=(
        (
            frozenset(
                {
                    "cluster_name",
                    "cluster_version",
                    "cluster_addons",
                    "eks_managed_node_group_defaults",
                    "self_managed_node_group_defaults",
                    "manage_aws_auth_configmap",
                    "aws_auth_roles",
                    "subnets",
                    "node_groups",
                    "worker_groups",
                    "worker_groups_launch_template",
                }
            ),
            (),
        ),
    ),
)
