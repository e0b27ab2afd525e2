"""terraform-aws-modules/eks/aws//modules/self-managed-node-group, v21.

Facts from modules/self-managed-node-group of v21.19.0, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-eks
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.eks_images import STOCK_IMAGE_BY_TYPE, image_by_type
from podroom.adapters.eks_self_managed_node_group import self_managed_node_group
from podroom.adapters.eks_unheeded import UNHEEDED_BY_SELF_MANAGED_GROUP
from podroom.adapters.eks_user_data import user_data
from podroom.adapters.hcl import variables

_DEFAULTS = {
    "create": "true",
    "cluster_name": '""',
    "kubernetes_version": "null",
    "name": '""',
    "subnet_ids": "null",
    "availability_zones": "null",
    "min_size": "1",
    "max_size": "3",
    "desired_size": "1",
    "ami_id": '""',
    "ami_type": '"AL2023_x86_64_STANDARD"',
    "instance_type": '"m6i.large"',
    "instance_requirements": "null",
    "create_autoscaling_group": "true",
    "create_launch_template": "true",
    "launch_template_id": '""',
    "launch_template_name": "null",
    "launch_template_use_name_prefix": "true",
    "use_name_prefix": "true",
    "network_interfaces": "[]",
    "metadata_options": '{ http_tokens = "required" }',
    "enable_efa_support": "false",
    "use_mixed_instances_policy": "false",
    "mixed_instances_policy": "null",
}


def _text(major: int) -> str:
    return (
        variables(_DEFAULTS, nullable=False)
        + user_data(major, managed=False, by_type=True)
        + image_by_type("var.kubernetes_version")
        + self_managed_node_group(
            overrides="try(coalesce(mixed_instances_policy.value.launch_template.override, []), [])",
            image=STOCK_IMAGE_BY_TYPE,
            by_name=False,
            without_type="var.instance_requirements != null",
        )
    )


ADAPTER = Adapter(
    module="terraform-aws-modules/eks/aws",
    submodule="modules/self-managed-node-group",
    majors=(21,),
    text=_text,
    unheeded=UNHEEDED_BY_SELF_MANAGED_GROUP,
    fingerprints=((frozenset({"kubernetes_version"}), (21,)), (frozenset({"cluster_version", "platform"}), ())),
)
