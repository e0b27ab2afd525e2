"""Launch templates that a configuration names and does not hold, as they were listed."""

from __future__ import annotations

from podroom.assembly.live.templates import find_version, read_version
from podroom.assembly.node_groups import template_types
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import GroupKind, InstanceChoice, LaunchTemplate, NodeGroup, World
from podroom.records import replace
from podroom.sources.live.records import Live, TemplateReference
from podroom.values import Known, Members, Unknown, Value


def with_named_templates(world: World, live: Live) -> World:
    """Return a World whose node groups have the launch templates that they name by an id or a name."""
    if not live.templates:
        return world
    return replace(world, node_groups=tuple(_with_template(group, live) for group in world.node_groups))


def _with_template(group: NodeGroup, live: Live) -> NodeGroup:
    named, missing = group.named_template, group.launch_template_missing
    if named is None or missing is None or not isinstance(named.version, Known):
        return group
    identity, name = (one.value if isinstance(one, Known) else "" for one in (named.id, named.name))
    if not identity and not name:
        return group
    version = find_version(TemplateReference(identity, name, named.version.value), live)
    if isinstance(version, Unknown):
        return _still_open(group, missing, Unknown(version.reason, missing.origin, missing.refs))
    template = read_version(version, named.span)
    managed = group.kind is GroupKind.MANAGED
    own_image: Value[bool] = Known(value=not managed or template.image is not None, origin=named.span)
    return replace(
        group,
        launch_template=template,
        launch_template_missing=None,
        own_image=own_image if group.own_image == missing else group.own_image,
        ami_family=_family(template) if own_image.need() else group.ami_family,
        instance_types=_types(group, missing, template),
    )


def _still_open(group: NodeGroup, missing: Unknown, reason: Unknown) -> NodeGroup:
    """Return a group that hangs on a launch template, with the command that would tell it."""
    types = group.instance_types
    return replace(
        group,
        launch_template_missing=reason,
        own_image=reason if group.own_image == missing else group.own_image,
        instance_types=replace(types, missing=tuple(reason if one == missing else one for one in types.missing)),
    )


def _family(template: LaunchTemplate) -> Value[AmiFamily]:
    spoken = {one.value.family for one in template.user_data.bootstraps if isinstance(one, Known)}
    if len(spoken) == 1:
        return Known(spoken.pop(), template.span)
    return Unknown(f"the operating system of the image of {template.address} is not known", template.span)


def _types(group: NodeGroup, missing: Unknown, template: LaunchTemplate) -> Members[InstanceChoice]:
    if group.instance_types.items or group.instance_types.missing != (missing,):
        return group.instance_types
    return template_types(group.kind, template, group.span)
