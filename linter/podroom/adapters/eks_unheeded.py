"""Arguments of node groups and add-ons that terraform-aws-modules/eks/aws takes without a word and does not heed.

Facts from node_groups.tf, main.tf, variables.tf, templates and modules/_user_data of v18.31.2, v19.21.0, v20.8.5,
v20.37.2 and v21.19.0.
"""

from __future__ import annotations

from collections.abc import Mapping

from podroom.evaluation.project import Unheeded
from podroom.model.world import IgnoredKind
from podroom.records import replace

_ALL = (18, 19, 20, 21)
_OLD = (18, 19, 20)
_GROUPS = "eks_managed_node_groups"
_OWN_GROUPS = "self_managed_node_groups"
_BOTH = (_GROUPS, _OWN_GROUPS)
_DEFAULTS = {_GROUPS: "eks_managed_node_group_defaults", _OWN_GROUPS: "self_managed_node_group_defaults"}
_NODES = {_GROUPS: 'module.eks_managed_node_group["{}"]', _OWN_GROUPS: 'module.self_managed_node_group["{}"]'}
_NO_GROUP = ("create", "false")

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
CLOUDINIT = ("cloudinit_pre_nodeadm", "cloudinit_post_nodeadm")
_LATER = {
    (_GROUPS, 19): ("launch_template_id", "use_custom_launch_template"),
    (_OWN_GROUPS, 19): ("launch_template_id", "instance_requirements"),
    (_GROUPS, 20): CLOUDINIT,
    (_OWN_GROUPS, 20): CLOUDINIT,
}
"""Arguments by the major version that is the first to have them."""
_DROPPED_IN_21: dict[str, tuple[str, str | None]] = {
    "cluster_version": ("in v21 it is kubernetes_version", "kubernetes_version = {}"),
}

_FOR_SCRIPTS = ("bootstrap_extra_args", "pre_bootstrap_user_data", "post_bootstrap_user_data")

_NONE = "no group of this module has such an argument: "
_STOCK = "with a stock Amazon Linux image, Amazon EKS starts the node itself and this never reaches it"
_NODEADM = "Amazon Linux 2023 is started by nodeadm, which reads NodeConfig documents; this is written nowhere"
_OTHER_IMAGE = "only Amazon Linux 2023 reads it, which ami_type must name"
_AL2023 = "AL2023_.*"
_NEW_DEFAULT = "AL2023_x86_64_STANDARD"
_OTHER_TEMPLATE = ("user_data_template_path", ".+")
_NODE_CONFIG = (
    'cloudinit_pre_nodeadm = [{ content_type = "application/node.eks.aws", content = "apiVersion: '
    'node.eks.aws/v1alpha1\\nkind: NodeConfig\\nspec: { kubelet: { config: { maxPods: MAX_PODS } } }" }]'
)
_OTHER_FAMILY = f'ami_type = "{_NEW_DEFAULT}" (or AL2023_ARM_64_STANDARD) and {_NODE_CONFIG}'
_OWN_IMAGE = (
    "enable_bootstrap_user_data = true, ami_id = an image of your own choice and bootstrap_extra_args = "
    "\"--use-max-pods false --kubelet-extra-args '--max-pods=MAX_PODS'\""
)


def _of_group(
    groups: str,
    way: tuple[str, ...],
    reason: str,
    *,
    instead: str | None = None,
    kind: IgnoredKind = IgnoredKind.DROPPED,
    unless: tuple[tuple[str, str], ...] = (),
    only: tuple[str, str, str] | None = None,
) -> Unheeded:
    return Unheeded(
        (groups, "*", *way),
        reason,
        unless=(_NO_GROUP, *unless),
        defaults=_DEFAULTS[groups],
        nodes=_NODES[groups],
        kind=kind,
        only=only,
        instead=instead,
    )


def _of_nodeadm(groups: str, name: str, only: tuple[str, str, str]) -> Unheeded:
    return _of_group(
        groups,
        (name,),
        _NODEADM,
        unless=(_OTHER_TEMPLATE,),
        only=only,
        instead=_NODE_CONFIG if name != "post_bootstrap_user_data" else None,
    )


def _for_nodeadm(groups: str, *, old: bool) -> Unheeded:
    return _of_group(
        groups,
        ("cloudinit_pre_nodeadm",),
        _OTHER_IMAGE,
        unless=(("platform", "al2023"),) if old else (),
        only=("ami_type", r"(?!AL2023_).*", "" if old else _NEW_DEFAULT),
        instead='ami_type = "AL2023_x86_64_STANDARD"',
    )


def _for_nodeadm_of_platform(groups: str) -> Unheeded:
    return _of_group(
        groups,
        ("cloudinit_pre_nodeadm",),
        "only Amazon Linux 2023 reads it, which platform must name before v20.9",
        only=("platform", r"(?!al2023).*", "linux"),
        instead='platform = "al2023"',
    )


def _platform(groups: str) -> Unheeded:
    """Before v21 it counted where ami_type did not tell the platform; Linux is what v21 takes anyway."""
    return _of_group(
        groups,
        ("platform",),
        f"v21 goes by ami_type alone, which is {_NEW_DEFAULT} unless it is set",
        unless=(("ami_type", ".+"), ("platform", "linux|al2023")),
    )


def _dropped(groups: str, names: Mapping[str, tuple[str, str | None]], why: str) -> tuple[Unheeded, ...]:
    return tuple(
        _of_group(groups, (name,), f"{why}{reason}", instead=instead) for name, (reason, instead) in names.items()
    )


_ON_STOCK = _of_group(
    _GROUPS,
    ("bootstrap_extra_args",),
    _STOCK,
    unless=(
        ("enable_bootstrap_user_data", "true"),
        _OTHER_TEMPLATE,
        ("platform", "bottlerocket|windows"),
        ("ami_type", "(?:BOTTLEROCKET|WINDOWS).*"),
    ),
    instead=_OWN_IMAGE,
)
_BEFORE = "the overrides stand in mixed_instances_policy itself"
_SINCE = "the overrides stand in mixed_instances_policy.launch_template"
_POLICY = _of_group(
    _OWN_GROUPS,
    ("mixed_instances_policy",),
    "it only counts with use_mixed_instances_policy = true",
    unless=(("use_mixed_instances_policy", "true"),),
    kind=IgnoredKind.MIXED_INSTANCES_POLICY,
    instead="use_mixed_instances_policy = true",
)
_OVERRIDES_OF_21 = _of_group(
    _OWN_GROUPS,
    ("mixed_instances_policy", "launch_template", "override"),
    f"before v21, {_BEFORE}",
    kind=IgnoredKind.MIXED_INSTANCES_POLICY,
    instead="mixed_instances_policy = { override = [...] }",
)
_OVERRIDES_BEFORE_21 = _of_group(
    _OWN_GROUPS,
    ("mixed_instances_policy", "override"),
    f"since v21, {_SINCE}",
    kind=IgnoredKind.MIXED_INSTANCES_POLICY,
    instead="mixed_instances_policy = { launch_template = { override = [...] } }",
)

_TYPE_OF_OWN_GROUPS = _dropped(_OWN_GROUPS, {"ami_type": ("v20.9 is the first to have it", None)}, "")

UNHEEDED = (
    *(
        (_ALL, unheeded)
        for unheeded in (*_dropped(_GROUPS, _MANAGED, _NONE), *_dropped(_OWN_GROUPS, _SELF_MANAGED, _NONE))
    ),
    *(
        (majors, _of_nodeadm(groups, name, ("ami_type", _AL2023, default)))
        for majors, default in (((20,), ""), ((21,), _NEW_DEFAULT))
        for groups in _BOTH
        for name in _FOR_SCRIPTS
    ),
    ((20,), replace(_ON_STOCK, only=("ami_type", "", ""), instead=_OTHER_FAMILY)),
    (_ALL, _ON_STOCK),
    *(
        (tuple(major for major in _ALL if major < first), unheeded)
        for (groups, first), names in _LATER.items()
        for unheeded in _dropped(groups, dict.fromkeys(names, (f"v{first} is the first to have it", None)), "")
    ),
    *(((major,), _for_nodeadm(groups, old=old)) for major, old in ((20, True), (21, False)) for groups in _BOTH),
    *(((18, 19), unheeded) for unheeded in _TYPE_OF_OWN_GROUPS),
    (_ALL, _POLICY),
    (_OLD, _OVERRIDES_OF_21),
    ((21,), _OVERRIDES_BEFORE_21),
    ((18,), Unheeded(("cluster_addons", "*", "configuration_values"), "v18 does not pass it on; v19 is the first to")),
    *(((21,), unheeded) for groups in _BOTH for unheeded in _dropped(groups, _DROPPED_IN_21, "")),
    *(((21,), _platform(groups)) for groups in _BOTH),
)
"""By major versions: what does nothing."""

UNHEEDED_OF_PLATFORM = (
    *(unheeded for majors, unheeded in UNHEEDED if {19, 20} <= set(majors)),
    *_TYPE_OF_OWN_GROUPS,
    *(_of_nodeadm(groups, name, ("platform", "al2023", "linux")) for groups in _BOTH for name in _FOR_SCRIPTS),
    *map(_for_nodeadm_of_platform, _BOTH),
)
"""What does nothing in v20.0 to v20.8, where `platform` decides what user data is written."""


UNHEEDED_CLOUDINIT = tuple(
    unheeded
    for groups in _BOTH
    for unheeded in _dropped(groups, dict.fromkeys(CLOUDINIT, ("v20.8.4 is the first to pass it on", None)), "")
)
"""What does nothing before v20.8.4."""


def _of_one(unheeded: Unheeded) -> Unheeded:
    """Return the same of the module that makes one group."""
    return replace(unheeded, way=unheeded.way[2:], defaults="", nodes="")


def _is_of_submodule(unheeded: Unheeded, groups: str) -> bool:
    """Return whether the module of one group declares an argument; what it does not, Terraform refuses."""
    declared = len(unheeded.unless) > 1 or unheeded.only is not None or len(unheeded.way) > _LENGTH
    return unheeded.way[0] == groups and declared


def _of_submodule(groups: str) -> tuple[tuple[tuple[int, ...], Unheeded], ...]:
    return tuple((majors, _of_one(unheeded)) for majors, unheeded in UNHEEDED if _is_of_submodule(unheeded, groups))


def _of_submodule_of_platform(groups: str) -> tuple[Unheeded, ...]:
    return tuple(_of_one(unheeded) for unheeded in UNHEEDED_OF_PLATFORM if _is_of_submodule(unheeded, groups))


def unheeded_mixed_instances_policies(
    old: tuple[int, ...], new: tuple[int, ...]
) -> tuple[tuple[tuple[int, ...], Unheeded], ...]:
    """Return what a module of one Auto Scaling group does not heed of a mixed instances policy.

    In the `new` major versions the overrides stand in the policy's launch template.
    """
    return (
        ((*old, *new), _of_one(_POLICY)),
        (old, _of_one(replace(_OVERRIDES_OF_21, reason=f"before v{new[0]}, {_BEFORE}"))),
        (new, _of_one(replace(_OVERRIDES_BEFORE_21, reason=f"since v{new[0]}, {_SINCE}"))),
    )


_LENGTH = 3
"""Of the way to an argument of a group: the map, the key, the name."""
UNHEEDED_BY_MANAGED_GROUP = _of_submodule(_GROUPS)
UNHEEDED_BY_SELF_MANAGED_GROUP = _of_submodule(_OWN_GROUPS)
UNHEEDED_BY_MANAGED_GROUP_OF_PLATFORM = _of_submodule_of_platform(_GROUPS)
UNHEEDED_BY_SELF_MANAGED_GROUP_OF_PLATFORM = _of_submodule_of_platform(_OWN_GROUPS)
