"""cloudposse/eks-cluster/aws, v0 to v4.

Facts from main.tf, variables.tf and outputs.tf of v0.46.0, v2.9.0, v3.0.0 and v4.11.0, Apache License 2.0:
https://github.com/cloudposse/terraform-aws-eks-cluster
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.cloudposse_context import CONTEXT
from podroom.adapters.hcl import outputs, variables

_DEFAULTS = {
    "kubernetes_version": '"1.21"',
    "subnet_ids": "[]",
    "kubernetes_network_ipv6_enabled": "false",
    "service_ipv4_cidr": "null",
    "addons": "[]",
    "cluster_attributes": '["cluster"]',
    "auto_mode_compute_config": "{}",
    "auto_mode_storage_config": "{}",
    "auto_mode_elastic_load_balancing": "{}",
    "bootstrap_self_managed_addons_enabled": "null",
}

_OUTPUTS = {
    "eks_cluster_id": "one(aws_eks_cluster.default[*].id)",
    "eks_cluster_arn": "one(aws_eks_cluster.default[*].arn)",
    "eks_cluster_endpoint": "one(aws_eks_cluster.default[*].endpoint)",
    "eks_cluster_version": "one(aws_eks_cluster.default[*].version)",
}


def _text() -> str:
    return CONTEXT + variables(_DEFAULTS) + _RESOURCES + outputs(_OUTPUTS)


_RESOURCES = """
locals {
  own_attributes = var.cluster_attributes

  is_auto_mode = (
    try(var.auto_mode_compute_config.enabled, false)
    && try(var.auto_mode_storage_config.block_storage.enabled, false)
    && try(var.auto_mode_elastic_load_balancing.enabled, false)
  )
}

resource "aws_eks_cluster" "default" {
  count = local.enabled ? 1 : 0

  name    = local.id
  version = var.kubernetes_version

  bootstrap_self_managed_addons = (
    var.bootstrap_self_managed_addons_enabled != null ? var.bootstrap_self_managed_addons_enabled
    : local.is_auto_mode ? false : null
  )

  vpc_config {
    subnet_ids = var.subnet_ids
  }

  kubernetes_network_config {
    ip_family         = var.kubernetes_network_ipv6_enabled ? "ipv6" : null
    service_ipv4_cidr = var.kubernetes_network_ipv6_enabled ? null : var.service_ipv4_cidr
  }

  dynamic "compute_config" {
    for_each = try(var.auto_mode_compute_config.enabled, false) ? [1] : []
    content {
      enabled    = true
      node_pools = try(var.auto_mode_compute_config.node_pools, ["general-purpose", "system"])
    }
  }
}

resource "aws_eks_addon" "cluster" {
  for_each = { for addon in var.addons : addon.addon_name => addon if local.enabled }

  cluster_name         = one(aws_eks_cluster.default[*].name)
  addon_name           = each.key
  addon_version        = try(each.value.addon_version, null)
  configuration_values = try(each.value.configuration_values, null)

  resolve_conflicts_on_update = try(each.value.resolve_conflicts_on_update, each.value.resolve_conflicts, null)
}
"""

ADAPTER = Adapter(module="cloudposse/eks-cluster/aws", majors=(0, 1, 2, 3, 4), text=_text())
