"""Auto Scaling groups that were listed, the one behind a managed node group too, against what is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from podroom.assembly.live.names import Name, name_of
from podroom.assembly.live.running import running_nodes
from podroom.assembly.live.templates import find_version, read_version
from podroom.model.live import Listed
from podroom.model.world import (
    GroupDrift,
    GroupKind,
    InstanceChoice,
    LaunchTemplate,
    NodeGroup,
    Notice,
    TypeSource,
    World,
)
from podroom.positions import Span
from podroom.sources.live.records import Listing, Live, LiveGroup
from podroom.values import Known, Members, Unknown


def with_live_groups(world: World, live: Live, ids: Mapping[str, str]) -> World:
    """Return a World whose node groups know what runs and what their Auto Scaling groups launch.

    `ids` are those of the subnets by address.  Notices say where it cannot be told what a group launches.
    """
    if not live.groups:
        return world
    groups = []
    notices = []
    addresses = {ids[subnet.address]: subnet.address for subnet in world.subnets if subnet.address in ids}
    for group in world.node_groups:
        found = find_group(group, world, live)
        if found is None:
            groups.append(group)
            continue
        drift = _drift(group, found, live)
        running = running_nodes(found, live, addresses, group.span)
        if isinstance(drift, Unknown):
            notices.append(Notice(f"what {group.address} launches is not compared: {drift.reason}", group.span))
        # A plan knows what Terraform had left.
        changed = drift if isinstance(drift, GroupDrift) and group.drift is None else group.drift
        groups.append(replace(group, drift=changed, running=running))
    return replace(world, node_groups=tuple(groups), notices=(*world.notices, *notices))


def find_group(group: NodeGroup, world: World, live: Live) -> LiveGroup | None:
    """Return the Auto Scaling group of a node group, None if it was not listed or could be one of several."""
    found = fitting_groups(group, world, live)
    return found[0] if len(found) == 1 else None


def fitting_groups(group: NodeGroup, world: World, live: Live) -> list[LiveGroup]:
    """Return the Auto Scaling groups that may be the one of a node group."""
    name = name_of(group)
    cluster = world.cluster(group.cluster.value) if isinstance(group.cluster, Known) else None
    of = cluster.name.value if cluster is not None and isinstance(cluster.name, Known) else None
    if name is None:
        return []
    managed = group.kind is GroupKind.MANAGED
    return [one for one in live.groups.values() if (_is_behind if managed else _is)(one, name, of, live)]


def _is_behind(one: LiveGroup, name: Name, cluster: str | None, live: Live) -> bool:
    """Return whether an Auto Scaling group is the one of a managed node group: its tags say so, or Amazon EKS does."""
    told = any(
        one.name in node_group.groups and of == cluster and name.fits(called)
        for (of, called), node_group in live.node_groups.items()
    )
    return told or (one.managed and one.cluster == cluster and name.fits(one.node_group))


def _is(one: LiveGroup, name: Name, cluster: str | None, _live: Live) -> bool:
    if one.managed or (one.cluster and cluster not in (None, one.cluster)):
        return False
    of_eksctl = bool(one.node_group) and one.cluster == cluster and name.fits(one.node_group)
    return of_eksctl or name.fits(one.name)


def _drift(group: NodeGroup, found: LiveGroup, live: Live) -> GroupDrift | Unknown | None:
    """Return how a group is not as declared, None if it is, and why where that cannot be told."""
    launched = _launched(found, live, group.span)
    types = _types(found, launched, group.span)
    if types.missing:
        return types.missing[0]
    declared = group.instance_types
    if declared.missing or not all(isinstance(choice.type, Known) for choice in declared):
        return Unknown("not all instance types that are declared are known", group.span)
    if {choice.type.need() for choice in declared} == {choice.type.need() for choice in types}:
        return None
    return GroupDrift(
        recorded_types=declared,
        live_types=types,
        listed=Known(found.name, Listed(found.source, Listing.GROUPS.value)),
        launched=launched if isinstance(launched, LaunchTemplate) and launched.user_data.bootstraps else None,
    )


def _launched(found: LiveGroup, live: Live, span: Span) -> LaunchTemplate | Unknown:
    if found.template is None:
        what = f"launch configuration {found.configuration}" if found.configuration else "nothing that podroom reads"
        return Unknown(f"the Auto Scaling group {found.name} launches {what}", span)
    version = find_version(found.template, live)
    return version if isinstance(version, Unknown) else read_version(version, span)


def _types(found: LiveGroup, launched: LaunchTemplate | Unknown, span: Span) -> Members[InstanceChoice]:
    origin = Listed(found.source, Listing.GROUPS.value)
    if found.requirements:
        return Members((), (Unknown(f"AWS chooses the instance types of {found.name} by their attributes", span),))
    if found.overrides:
        choices = [InstanceChoice(Known(name, origin), TypeSource.OVERRIDE, span) for name in found.overrides]
        return Members(tuple(choices))
    if isinstance(launched, Unknown):
        return Members((), (launched,))
    if launched.instance_type is None:
        return Members((), (Unknown(f"{launched.address} names no instance type", span),))
    return Members((launched.instance_type,))
