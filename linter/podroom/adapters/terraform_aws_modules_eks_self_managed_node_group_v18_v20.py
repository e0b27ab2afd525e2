"""terraform-aws-modules/eks/aws//modules/self-managed-node-group, v18 to v20.

Facts from modules/self-managed-node-group of v18.31.2, v19.21.0, v20.8.5 and v20.37.2, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-eks
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter, EarlierReleases
from podroom.adapters.eks_images import STOCK_IMAGE_BY_NAME, STOCK_IMAGE_BY_TYPE, image_by_type
from podroom.adapters.eks_placement_group import PLACEMENT, subnets_of_placement_group
from podroom.adapters.eks_self_managed_node_group import self_managed_node_group
from podroom.adapters.eks_unheeded import UNHEEDED_BY_SELF_MANAGED_GROUP, UNHEEDED_BY_SELF_MANAGED_GROUP_OF_PLATFORM
from podroom.adapters.eks_user_data import TOLD_BY_AMI_TYPE, user_data
from podroom.adapters.hcl import variables

_DEFAULTS = {
    "create": "true",
    "cluster_name": '""',
    "cluster_version": "null",
    "name": '""',
    "subnet_ids": "null",
    "availability_zones": "null",
    "min_size": "0",
    "max_size": "3",
    "desired_size": "1",
    "ami_id": '""',
    "instance_type": '""',
    "instance_requirements": "{}",
    "create_autoscaling_group": "true",
    "create_launch_template": "true",
    "launch_template_id": '""',
    "launch_template_name": "null",
    "launch_template_use_name_prefix": "true",
    "use_name_prefix": "true",
    "network_interfaces": "[]",
    "metadata_options": '{ http_tokens = "required" }',
    "use_mixed_instances_policy": "false",
    "mixed_instances_policy": "null",
    "platform": '"linux"',
    "ami_type": '"AL2_x86_64"',
}


def _text(major: int) -> str:
    return _restated(major, by_type=major >= TOLD_BY_AMI_TYPE[0])


def _restated(major: int, *, by_type: bool) -> str:
    return (
        variables({**_DEFAULTS, **PLACEMENT})
        + user_data(major, managed=False, by_type=by_type)
        + (image_by_type("var.cluster_version") if by_type else _IMAGE_BY_NAME)
        + subnets_of_placement_group("var.enable_efa_support")
        + self_managed_node_group(
            overrides="try(mixed_instances_policy.value.override, [])",
            image=STOCK_IMAGE_BY_TYPE if by_type else STOCK_IMAGE_BY_NAME,
            by_name=major == 18,
            subnets="local.subnet_ids",
        )
    )


_IMAGE_BY_NAME = """
data "aws_ami" "eks_default" {
  count = var.create ? 1 : 0

  filter {
    name   = "name"
    values = ["amazon-eks-node-${coalesce(var.cluster_version, "*")}-v*"]
  }
}
"""

ADAPTER = Adapter(
    module="terraform-aws-modules/eks/aws",
    submodule="modules/self-managed-node-group",
    majors=(18, 19, 20),
    text=_text,
    unheeded=UNHEEDED_BY_SELF_MANAGED_GROUP,
    fingerprints=((frozenset({"cluster_version", "platform"}), (18, 19, 20)),),
    earlier=(
        EarlierReleases(
            TOLD_BY_AMI_TYPE, lambda: _restated(20, by_type=False), UNHEEDED_BY_SELF_MANAGED_GROUP_OF_PLATFORM
        ),
    ),
)
