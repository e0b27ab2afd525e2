"""aws-ia/eks-blueprints/aws//modules/kubernetes-addons/aws-vpc-cni, v4.

Facts from that folder of v4.32.1, Apache License 2.0: https://github.com/aws-ia/terraform-aws-eks-blueprints
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import variables

_ADDON = """
data "aws_eks_addon_version" "this" {
  addon_name = "vpc-cni"
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = var.addon_context.eks_cluster_id
  addon_name           = "vpc-cni"
  addon_version        = try(var.addon_config.addon_version, data.aws_eks_addon_version.this.version)
  configuration_values = try(var.addon_config.configuration_values, null)
  resolve_conflicts    = try(var.addon_config.resolve_conflicts, "OVERWRITE")
}
"""


def _text() -> str:
    return variables({"addon_config": "{}", "addon_context": "{}"}) + _ADDON


ADAPTER = Adapter(
    module="aws-ia/eks-blueprints/aws",
    submodule="modules/kubernetes-addons/aws-vpc-cni",
    majors=(4,),
    text=_text(),
)
