"""The node groups of a ClusterConfig."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.assembly.eksctl.network import Network
from podroom.assembly.eksctl.reading import (
    EKSCTL,
    changed,
    items,
    mapping,
    scalar,
    text,
    text_of,
    texts,
    unknown_in,
    whole_number,
)
from podroom.assembly.eksctl.user_data import SETTING, read_group_user_data
from podroom.assembly.sizes import possible_size
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import GroupKind, InstanceChoice, LaunchTemplate, NodeGroup, TypeSource, UpdateSettings
from podroom.positions import Span
from podroom.records import dataclass, replace
from podroom.sources.templated import Condition
from podroom.sources.yaml import Mapping, Scalar
from podroom.values import Known, Members, Unknown, Value, place_of

_DEFAULT_TYPE = "m5.large"
"""pkg/eks/nodegroup_service.go:63 and :92, pkg/apis/eksctl.io/v1alpha5/types.go:251."""

_DEFAULT_COUNT = 2
"""pkg/apis/eksctl.io/v1alpha5/types.go:254."""

_MIXED = "mixed"
"""What `instanceType` says where `instancesDistribution` names the types."""

GROUP_SECTIONS = ("managedNodeGroups", "nodeGroups")
"""The lists of node groups, those of Amazon EKS first."""

_KINDS = tuple(zip(GROUP_SECTIONS, (GroupKind.MANAGED, GroupKind.SELF_MANAGED), strict=True))

_FAMILIES = {
    "amazonlinux2023": AmiFamily.AL2023,
    "amazonlinux2": AmiFamily.AL2,
    "bottlerocket": AmiFamily.BOTTLEROCKET,
    "bottlerocketfips": AmiFamily.BOTTLEROCKET,
}


def read_node_groups(
    config: Mapping, cluster: str, network: Network, conditions: Sequence[Condition] = ()
) -> Iterator[NodeGroup]:
    """Iterate over the node groups, those of Amazon EKS first; `conditions` are those of a template."""
    for section, kind in _KINDS:
        for position, node in enumerate(items(config, section)):
            if isinstance(node, Mapping):
                name = scalar(node, "name")
                label = name.text if name is not None and unknown_in(name) is None else str(position)
                span = name.span if name is not None else node.span
                group = _group(node, kind, _Identity(f"{section}/{label}", span, cluster), network)
                yield replace(group, uncertain=condition_on(node, conditions))


def condition_on(node: Mapping, conditions: Sequence[Condition]) -> Unknown | None:
    """Return the first condition of a template that decides on a mapping or on a part of it."""
    return next((one.unknown for one in conditions if one.start < node.end and node.start < one.end), None)


def count_node_groups(config: Mapping) -> int:
    """Return how many node groups a ClusterConfig has."""
    return sum(isinstance(node, Mapping) for section, _ in _KINDS for node in items(config, section))


@dataclass(frozen=True, slots=True)
class _Identity:
    """What a group is called, where, and the address of its cluster."""

    address: str
    span: Span
    cluster: str


def _group(node: Mapping, kind: GroupKind, identity: _Identity, network: Network) -> NodeGroup:
    span = identity.span
    missing = _foreign_template(node, kind)
    own_image = missing if missing is not None else _own_image(node, kind, span)
    family = _family(node, kind, own_image, span)
    types = _types(node, kind, missing, span)
    minimum, desired, maximum = _sizes(node, kind)
    chosen = isinstance(own_image, Known) and own_image.value
    template = None
    if missing is None:
        template = LaunchTemplate(
            address=f"{identity.address} (launch template that eksctl makes)",
            span=span,
            instance_type=None,
            image=text(node, "ami") if chosen else None,
            user_data=read_group_user_data(node, kind, family, own_image, span),
        )
    return NodeGroup(
        address=identity.address,
        kind=kind,
        span=span,
        cluster=Known(identity.cluster, span),
        instance_types=types,
        ami_family=family,
        own_image=own_image,
        launch_template=template,
        launch_template_missing=missing,
        minimum_size=minimum,
        desired_size=desired,
        maximum_size=maximum,
        subnets=network.of_group(node),
        updates=_updates(node) if kind is GroupKind.MANAGED else None,
        name=text(node, "name") if scalar(node, "name") is not None else None,
        max_pods_setting=None if chosen and kind is GroupKind.MANAGED else SETTING,
    )


def _updates(node: Mapping) -> UpdateSettings | None:
    """Return how Amazon EKS replaces the nodes of a managed group (`updateConfig`)."""
    settings = mapping(node, "updateConfig")
    if settings is None:
        return None
    return UpdateSettings(
        max_unavailable=whole_number(settings, "maxUnavailable"),
        max_unavailable_percentage=whole_number(settings, "maxUnavailablePercentage"),
        strategy=text(settings, "updateStrategy"),
    )


def _foreign_template(node: Mapping, kind: GroupKind) -> Unknown | None:
    """Return why the launch template is not known: a managed group may name one that is there already."""
    if kind is not GroupKind.MANAGED:
        return None
    template = mapping(node, "launchTemplate")
    if template is None:
        return None
    identity = text(template, "id")
    named = f"launch template {identity.value}" if isinstance(identity, Known) else "launch template"
    return Unknown(f"the {named} is not in this file", template.span)


def _own_image(node: Mapping, kind: GroupKind, span: Span) -> Value[bool]:
    """Return whether an image is given; `auto`, `auto-ssm` and `static` let eksctl look one up.

    A managed group on Ubuntu always gets an image: pkg/eks/nodegroup_service.go:66.
    """
    if kind is GroupKind.SELF_MANAGED:
        return Known(value=True, origin=span)
    image = text(node, "ami")
    if image is not None:
        return changed(image, lambda name: name.startswith("ami-"))
    family = text(node, "amiFamily")
    if isinstance(family, Known) and family.value.lower().startswith("ubuntu"):
        return Known(value=True, origin=family.origin)
    return Known(value=False, origin=EKSCTL)


def _family(node: Mapping, kind: GroupKind, own_image: Value[bool], span: Span) -> Value[AmiFamily]:
    """Return the AMI family (pkg/apis/eksctl.io/v1alpha5/defaults.go:121 and :153)."""
    named = scalar(node, "amiFamily")
    if named is None:
        if isinstance(own_image, Unknown):
            return own_image
        if kind is GroupKind.MANAGED and True in own_image.candidates():
            return Unknown("amiFamily does not say which operating system the AMI carries", span)
        return Known(AmiFamily.AL2023, EKSCTL)
    unknown = unknown_in(named)
    if unknown is not None:
        return unknown
    name = named.text.lower()
    if name in _FAMILIES:
        return Known(_FAMILIES[name], named.span)
    if name.startswith("windowsserver"):
        return Known(AmiFamily.WINDOWS, named.span)
    if name.startswith("ubuntu"):
        return Known(AmiFamily.UBUNTU, named.span)
    return Unknown(f'amiFamily "{named.text}" is none that podroom knows', named.span)


def _types(node: Mapping, kind: GroupKind, missing: Unknown | None, span: Span) -> Members[InstanceChoice]:
    """Return the instance types: a list, one, what a selector finds, or the default."""
    holder = node if kind is GroupKind.MANAGED else mapping(node, "instancesDistribution")
    listed = texts(holder, "instanceTypes")
    if listed.items or listed.missing:
        choices = tuple(InstanceChoice(text_of(one), TypeSource.NODE_GROUP, one.span) for one in listed)
        return Members(choices, listed.missing)
    selector = mapping(node, "instanceSelector")
    if selector is not None and selector.entries:
        return Members((), (Unknown("instanceSelector lets eksctl choose the instance types", selector.span),))
    one = scalar(node, "instanceType")
    if one is not None and one.text != _MIXED:
        return Members((InstanceChoice(text_of(one), TypeSource.NODE_GROUP, one.span),))
    if one is not None:
        return Members((), (Unknown('instanceType is "mixed" and instancesDistribution names no types', one.span),))
    if missing is not None:
        return Members((), (missing,))
    if isinstance(node.get("outpostARN"), Scalar):
        return Members((), (Unknown("on AWS Outposts eksctl chooses the instance type", span),))
    return Members((InstanceChoice(Known(_DEFAULT_TYPE, EKSCTL), TypeSource.EKSCTL_DEFAULT, span),))


def _size(node: Mapping, name: str) -> Value[int] | None:
    found = whole_number(node, name)
    return None if found is None else possible_size(found, name, place_of(found.origin, node.span))


def _sizes(node: Mapping, kind: GroupKind) -> tuple[Value[int], Value[int], Value[int]]:
    """Return minimum, desired and maximum size; what is not set follows from the others.

    pkg/apis/eksctl.io/v1alpha5/validation.go:1420 for managed groups, pkg/cfn/builder/nodegroup.go:108 for others.
    """
    smallest, desired, largest = (_size(node, name) for name in ("minSize", "desiredCapacity", "maxSize"))
    if smallest is None:
        smallest = Known(_DEFAULT_COUNT, EKSCTL) if desired is None else desired
    if largest is None:
        largest = smallest if desired is None else desired
        if kind is GroupKind.MANAGED:
            largest = changed(largest, lambda count: max(count, 1))
    return smallest, smallest if desired is None else desired, largest
