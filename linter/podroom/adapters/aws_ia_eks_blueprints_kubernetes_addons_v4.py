"""aws-ia/eks-blueprints/aws//modules/kubernetes-addons, v4: of the add-ons only the VPC CNI.

Facts from modules/kubernetes-addons/main.tf of v4.32.1, Apache License 2.0:
https://github.com/aws-ia/terraform-aws-eks-blueprints
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import variables

_DEFAULTS = {
    "eks_cluster_id": "null",
    "enable_amazon_eks_vpc_cni": "false",
    "amazon_eks_vpc_cni_config": "{}",
}

_CNI = """
module "aws_vpc_cni" {
  source  = "aws-ia/eks-blueprints/aws//modules/kubernetes-addons/aws-vpc-cni"
  version = "~> 4.0"

  count = var.enable_amazon_eks_vpc_cni ? 1 : 0

  addon_config  = var.amazon_eks_vpc_cni_config
  addon_context = { eks_cluster_id = var.eks_cluster_id }
}
"""


def _text() -> str:
    return variables(_DEFAULTS) + _CNI


ADAPTER = Adapter(
    module="aws-ia/eks-blueprints/aws",
    submodule="modules/kubernetes-addons",
    majors=(4,),
    text=_text(),
)
