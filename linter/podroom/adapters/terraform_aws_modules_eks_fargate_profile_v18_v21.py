"""terraform-aws-modules/eks/aws//modules/fargate-profile, v18 to v21.

Facts from modules/fargate-profile of v18.31.2, v20.37.2 and v21.19.0, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-eks
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import variables


def _text() -> str:
    defaults = {"create": "true", "cluster_name": '""', "name": '""', "subnet_ids": "[]", "selectors": "[]"}
    return variables(defaults) + _RESOURCES


_RESOURCES = """
resource "aws_eks_fargate_profile" "this" {
  count = var.create ? 1 : 0

  cluster_name         = var.cluster_name
  fargate_profile_name = var.name
  subnet_ids           = var.subnet_ids

  dynamic "selector" {
    for_each = var.selectors
    content {
      namespace = selector.value.namespace
      labels    = try(selector.value.labels, null)
    }
  }
}
"""

ADAPTER = Adapter(
    module="terraform-aws-modules/eks/aws",
    submodule="modules/fargate-profile",
    majors=(18, 19, 20, 21),
    text=_text(),
)
