"""aws-ia/eks-blueprints-addons/aws, v1: add-ons beside a cluster that is declared elsewhere.

Facts from main.tf and variables.tf of v1.16.3, Apache License 2.0:
https://github.com/aws-ia/terraform-aws-eks-blueprints-addons
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import variables


def _text() -> str:
    return variables(_DEFAULTS) + _ADDONS


_DEFAULTS = {
    "cluster_name": "null",
    "create_kubernetes_resources": "true",
    "eks_addons": "{}",
    "enable_karpenter": "false",
    "karpenter": "{}",
}


_ADDONS = """
data "aws_eks_addon_version" "this" {
  for_each = var.eks_addons

  addon_name = try(each.value.name, each.key)
}

resource "aws_eks_addon" "this" {
  for_each = var.eks_addons

  cluster_name         = var.cluster_name
  addon_name           = try(each.value.name, each.key)
  addon_version        = try(each.value.addon_version, data.aws_eks_addon_version.this[each.key].version)
  configuration_values = try(each.value.configuration_values, null)
}

resource "helm_release" "karpenter" {
  count = var.create_kubernetes_resources && var.enable_karpenter ? 1 : 0

  chart  = try(var.karpenter.chart, "karpenter")
  values = try(var.karpenter.values, [])
  set    = concat([{ name = "settings.clusterName", value = var.cluster_name }], try(var.karpenter.set, []))
}
"""

ADAPTER = Adapter(module="aws-ia/eks-blueprints-addons/aws", majors=(1,), text=_text())
