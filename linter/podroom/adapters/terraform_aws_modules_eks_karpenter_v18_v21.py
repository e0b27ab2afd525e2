"""terraform-aws-modules/eks/aws//modules/karpenter, v18 to v21: roles and a queue, no nodes.

Facts from modules/karpenter of v18.31.2, v20.37.2 and v21.19.0, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-eks
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import variables


def _text() -> str:
    return variables({"create": "true", "cluster_name": '""'})


ADAPTER = Adapter(
    module="terraform-aws-modules/eks/aws",
    submodule="modules/karpenter",
    majors=(18, 19, 20, 21),
    text=_text(),
)
