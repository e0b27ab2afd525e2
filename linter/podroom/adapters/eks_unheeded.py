"""Arguments of node groups and add-ons that terraform-aws-modules/eks/aws takes without a word and does not heed.

Facts from node_groups.tf, main.tf, variables.tf, templates and modules/_user_data of v18.31.2, v19.21.0, v20.37.2 and
v21.19.0.
"""

from __future__ import annotations

from dataclasses import replace

from podroom.evaluation.project import Unheeded
from podroom.model.world import IgnoredKind

_ALL = (18, 19, 20, 21)
_OLD = (18, 19, 20)
_GROUPS = "eks_managed_node_groups"
_OWN_GROUPS = "self_managed_node_groups"
_DEFAULTS = {_GROUPS: "eks_managed_node_group_defaults", _OWN_GROUPS: "self_managed_node_group_defaults"}

_MANAGED = {
    "instance_type": ("a managed node group takes instance_types, a list", "instance_types = [{}]"),
    "desired_capacity": ("it is desired_size", "desired_size = {}"),
    "min_capacity": ("it is min_size", "min_size = {}"),
    "max_capacity": ("it is max_size", "max_size = {}"),
    "subnets": ("it is subnet_ids", "subnet_ids = {}"),
    "kubelet_extra_args": ("v17 had it", None),
}
_SELF_MANAGED = {
    "instance_types": (
        "a self-managed group takes instance_type, and more types as mixed_instances_policy",
        "instance_type = ONE_TYPE",
    ),
    "asg_desired_capacity": ("it is desired_size", "desired_size = {}"),
    "asg_min_size": ("it is min_size", "min_size = {}"),
    "asg_max_size": ("it is max_size", "max_size = {}"),
    "subnets": ("it is subnet_ids", "subnet_ids = {}"),
    "kubelet_extra_args": (
        "it goes into bootstrap_extra_args",
        "bootstrap_extra_args = \"--kubelet-extra-args '...'\"",
    ),
}
_DROPPED_IN_21 = {
    "platform": ("v21 goes by ami_type alone", None),
    "cluster_version": ("in v21 it is kubernetes_version", "kubernetes_version = {}"),
}

_STOCK = "with a stock Amazon Linux image, Amazon EKS starts the node itself and this never reaches it"
_NODEADM = "Amazon Linux 2023 is started by nodeadm, which reads NodeConfig documents; this is written nowhere"
_OTHER_IMAGE = "only Amazon Linux 2023 reads it, which ami_type must name"
_AL2023 = "AL2023_.*"
_NEW_DEFAULT = "AL2023_x86_64_STANDARD"
_OTHER_TEMPLATE = (("user_data_template_path", ".+"),)


def _of_nodeadm(groups: str, name: str, default: str) -> Unheeded:
    return Unheeded(
        (groups, "*", name),
        _NODEADM,
        unless=_OTHER_TEMPLATE,
        defaults=_DEFAULTS[groups],
        only=("ami_type", _AL2023, default),
    )


def _for_nodeadm(groups: str, *, old: bool) -> Unheeded:
    return Unheeded(
        (groups, "*", "cloudinit_pre_nodeadm"),
        _OTHER_IMAGE,
        unless=(("platform", "al2023"),) if old else (),
        defaults=_DEFAULTS[groups],
        only=("ami_type", r"(?!AL2023_).*", "" if old else _NEW_DEFAULT),
        instead='ami_type = "AL2023_x86_64_STANDARD"',
    )


def _dropped(groups: str, names: dict[str, tuple[str, str | None]], *, since_17: bool = True) -> tuple[Unheeded, ...]:
    elsewhere = "no group of this module has such an argument: " if since_17 else ""
    return tuple(
        Unheeded((groups, "*", name), f"{elsewhere}{reason}", instead=instead)
        for name, (reason, instead) in names.items()
    )


def _dropped_from_defaults(groups: str, names: dict[str, tuple[str, str | None]]) -> tuple[Unheeded, ...]:
    return tuple(
        Unheeded((_DEFAULTS[groups], name), f"no group of this module has such an argument: {reason}", instead=instead)
        for name, (reason, instead) in names.items()
    )


_ON_STOCK = Unheeded(
    (_GROUPS, "*", "bootstrap_extra_args"),
    _STOCK,
    unless=(
        ("enable_bootstrap_user_data", "true"),
        ("user_data_template_path", ".+"),
        ("platform", "bottlerocket|windows"),
        ("ami_type", "(?:BOTTLEROCKET|WINDOWS).*"),
    ),
    defaults=_DEFAULTS[_GROUPS],
)
_POLICY = Unheeded(
    (_OWN_GROUPS, "*", "mixed_instances_policy"),
    "it only counts with use_mixed_instances_policy = true",
    unless=(("use_mixed_instances_policy", "true"),),
    defaults=_DEFAULTS[_OWN_GROUPS],
    kind=IgnoredKind.MIXED_INSTANCES_POLICY,
    instead="use_mixed_instances_policy = true",
)
_OVERRIDES_OF_21 = Unheeded(
    (_OWN_GROUPS, "*", "mixed_instances_policy", "launch_template", "override"),
    "before v21, the overrides stand in mixed_instances_policy itself",
    kind=IgnoredKind.MIXED_INSTANCES_POLICY,
    instead="mixed_instances_policy = { override = {} }",
)
_OVERRIDES_BEFORE_21 = Unheeded(
    (_OWN_GROUPS, "*", "mixed_instances_policy", "override"),
    "since v21, the overrides stand in mixed_instances_policy.launch_template",
    kind=IgnoredKind.MIXED_INSTANCES_POLICY,
    instead="mixed_instances_policy = { launch_template = { override = {} } }",
)

UNHEEDED = (
    *((_ALL, unheeded) for unheeded in (*_dropped(_GROUPS, _MANAGED), *_dropped(_OWN_GROUPS, _SELF_MANAGED))),
    *(
        (_OLD, unheeded)
        for unheeded in (
            *_dropped_from_defaults(_GROUPS, _MANAGED),
            *_dropped_from_defaults(_OWN_GROUPS, _SELF_MANAGED),
        )
    ),
    (_ALL, _ON_STOCK),
    *(
        (majors, _of_nodeadm(groups, name, default))
        for majors, default in (((20,), ""), ((21,), _NEW_DEFAULT))
        for groups in (_GROUPS, _OWN_GROUPS)
        for name in ("bootstrap_extra_args", "pre_bootstrap_user_data", "post_bootstrap_user_data")
    ),
    *(
        (majors, _for_nodeadm(groups, old=old))
        for majors, old in (((18, 19, 20), True), ((21,), False))
        for groups in (_GROUPS, _OWN_GROUPS)
    ),
    (_ALL, _POLICY),
    (_OLD, _OVERRIDES_OF_21),
    ((21,), _OVERRIDES_BEFORE_21),
    ((18,), Unheeded(("cluster_addons", "*", "configuration_values"), "v18 does not pass it on; v19 is the first to")),
    *(
        ((21,), unheeded)
        for groups in (_GROUPS, _OWN_GROUPS)
        for unheeded in _dropped(groups, _DROPPED_IN_21, since_17=False)
    ),
)
"""By major versions: what does nothing."""


def _of_submodule(groups: str) -> tuple[tuple[tuple[int, ...], Unheeded], ...]:
    """Return what does nothing in the module of one group; what that does not declare at all, Terraform refuses."""
    return tuple(
        (majors, replace(unheeded, way=unheeded.way[2:], defaults=""))
        for majors, unheeded in UNHEEDED
        if unheeded.way[0] == groups and (unheeded.unless or unheeded.only or len(unheeded.way) > _LENGTH_OF_A_NAME)
    )


_LENGTH_OF_A_NAME = 3
UNHEEDED_BY_MANAGED_GROUP = _of_submodule(_GROUPS)
UNHEEDED_BY_SELF_MANAGED_GROUP = _of_submodule(_OWN_GROUPS)
