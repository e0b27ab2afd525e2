"""terraform-aws-modules/eks/aws//modules/eks-managed-node-group, v21.

Facts from modules/eks-managed-node-group of v21.19.0, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-eks
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.eks_managed_node_group import managed_node_group
from podroom.adapters.eks_unheeded import UNHEEDED_BY_MANAGED_GROUP
from podroom.adapters.eks_user_data import user_data
from podroom.adapters.hcl import variables

_DEFAULTS = {
    "create": "true",
    "cluster_name": '""',
    "kubernetes_version": "null",
    "name": '""',
    "subnet_ids": "null",
    "min_size": "1",
    "max_size": "3",
    "desired_size": "1",
    "ami_id": '""',
    "ami_type": '"AL2023_x86_64_STANDARD"',
    "capacity_type": '"ON_DEMAND"',
    "disk_size": "null",
    "instance_types": "null",
    "create_launch_template": "true",
    "use_custom_launch_template": "true",
    "launch_template_id": '""',
    "launch_template_name": '""',
    "launch_template_use_name_prefix": "true",
    "use_name_prefix": "true",
    "network_interfaces": "[]",
    "metadata_options": '{ http_tokens = "required" }',
    "enable_efa_support": "false",
    "enable_bootstrap_user_data": "false",
    "update_config": "{ max_unavailable_percentage = 33 }",
}


def _text(major: int) -> str:
    return (
        variables(_DEFAULTS, nullable=False)
        + user_data(major, managed=True, by_type=True)
        + managed_node_group("var.use_custom_launch_template", by_name=False, version="kubernetes_version")
    )


ADAPTER = Adapter(
    module="terraform-aws-modules/eks/aws",
    submodule="modules/eks-managed-node-group",
    majors=(21,),
    text=_text,
    unheeded=UNHEEDED_BY_MANAGED_GROUP,
    fingerprints=((frozenset({"kubernetes_version"}), (21,)), (frozenset({"cluster_version", "platform"}), ())),
)
