"""terraform-aws-modules/eks/aws//modules/eks-managed-node-group, v18 to v20.

Facts from modules/eks-managed-node-group of v18.31.2, v19.21.0, v20.8.5 and v20.37.2, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-eks
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter, EarlierReleases
from podroom.adapters.eks_managed_node_group import default_update_config, managed_node_group
from podroom.adapters.eks_placement_group import PLACEMENT, subnets_of_placement_group
from podroom.adapters.eks_unheeded import UNHEEDED_BY_MANAGED_GROUP, UNHEEDED_BY_MANAGED_GROUP_OF_PLATFORM
from podroom.adapters.eks_user_data import TOLD_BY_AMI_TYPE, user_data
from podroom.adapters.hcl import variables

_DEFAULTS = {
    "create": "true",
    "cluster_name": '""',
    "cluster_version": "null",
    "name": '""',
    "subnet_ids": "null",
    "min_size": "0",
    "max_size": "3",
    "desired_size": "1",
    "ami_id": '""',
    "ami_type": "null",
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
    "platform": '"linux"',
    "enable_bootstrap_user_data": "false",
}


def _text(major: int) -> str:
    return _restated(major, by_type=major >= TOLD_BY_AMI_TYPE[0])


def _restated(major: int, *, by_type: bool) -> str:
    given = 'var.create_launch_template || var.launch_template_name != ""'
    placed = "var.enable_efa_support || var.create_placement_group" if by_type else "var.enable_efa_support"
    uses = given if major == 18 else "var.use_custom_launch_template"
    return (
        variables({**_DEFAULTS, **PLACEMENT, "update_config": default_update_config(major)})
        + user_data(major, managed=True, by_type=by_type)
        + subnets_of_placement_group(placed)
        + managed_node_group(uses, by_name=major == 18, version="cluster_version", subnets="local.subnet_ids")
    )


ADAPTER = Adapter(
    module="terraform-aws-modules/eks/aws",
    submodule="modules/eks-managed-node-group",
    majors=(18, 19, 20),
    text=_text,
    unheeded=UNHEEDED_BY_MANAGED_GROUP,
    fingerprints=((frozenset({"cluster_version"}), (18, 19, 20)),),
    earlier=(
        EarlierReleases(TOLD_BY_AMI_TYPE, lambda: _restated(20, by_type=False), UNHEEDED_BY_MANAGED_GROUP_OF_PLATFORM),
    ),
)
