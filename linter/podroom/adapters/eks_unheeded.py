"""Arguments of node groups and add-ons that terraform-aws-modules/eks/aws takes without a word and does not heed.

Facts from node_groups.tf, main.tf, variables.tf and modules/_user_data of v18.31.2, v19.21.0, v20.37.2 and v21.19.0.
"""

from __future__ import annotations

from podroom.evaluation.project import Unheeded

_ALL = (18, 19, 20, 21)
_ELSEWHERE = "no group of this module has such an argument: "
_MANAGED = {
    "instance_type": f"{_ELSEWHERE}a managed node group takes instance_types, a list",
    "desired_capacity": f"{_ELSEWHERE}it is desired_size",
    "min_capacity": f"{_ELSEWHERE}it is min_size",
    "max_capacity": f"{_ELSEWHERE}it is max_size",
    "subnets": f"{_ELSEWHERE}it is subnet_ids",
    "kubelet_extra_args": f"{_ELSEWHERE}v17 had it",
}
_SELF_MANAGED = {
    "instance_types": f"{_ELSEWHERE}a self-managed group takes instance_type, and more types as mixed_instances_policy",
    "asg_desired_capacity": f"{_ELSEWHERE}it is desired_size",
    "asg_min_size": f"{_ELSEWHERE}it is min_size",
    "asg_max_size": f"{_ELSEWHERE}it is max_size",
    "subnets": f"{_ELSEWHERE}it is subnet_ids",
    "kubelet_extra_args": f"{_ELSEWHERE}it goes into bootstrap_extra_args",
}
_STOCK = "with a stock Amazon Linux image, Amazon EKS starts the node itself and this never reaches it"
_ON_STOCK = Unheeded(
    ("eks_managed_node_groups", "*", "bootstrap_extra_args"),
    _STOCK,
    unless=(
        ("enable_bootstrap_user_data", "true"),
        ("user_data_template_path", ".+"),
        ("platform", "bottlerocket|windows"),
        ("ami_type", "(?:BOTTLEROCKET|WINDOWS).*"),
    ),
    defaults="eks_managed_node_group_defaults",
)
_POLICY = Unheeded(
    ("self_managed_node_groups", "*", "mixed_instances_policy"),
    "it only counts with use_mixed_instances_policy = true",
    unless=(("use_mixed_instances_policy", "true"),),
    defaults="self_managed_node_group_defaults",
)

UNHEEDED = (
    *((_ALL, Unheeded(("eks_managed_node_groups", "*", name), reason)) for name, reason in _MANAGED.items()),
    *((_ALL, Unheeded(("self_managed_node_groups", "*", name), reason)) for name, reason in _SELF_MANAGED.items()),
    (_ALL, _ON_STOCK),
    (_ALL, _POLICY),
    ((18,), Unheeded(("cluster_addons", "*", "configuration_values"), "v18 does not pass it on; v19 is the first to")),
    ((21,), Unheeded(("eks_managed_node_groups", "*", "platform"), "v21 goes by ami_type alone")),
    ((21,), Unheeded(("self_managed_node_groups", "*", "platform"), "v21 goes by ami_type alone")),
)
"""By major versions: what does nothing."""
