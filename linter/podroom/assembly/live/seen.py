"""What a node group was seen to be: its Auto Scaling group as it was listed or, without, what Amazon EKS says of it."""

from __future__ import annotations

from podroom.assembly.live.templates import find_version, read_version
from podroom.model.live import Listed
from podroom.model.world import InstanceChoice, LaunchTemplate, TypeSource
from podroom.positions import Span
from podroom.records import dataclass
from podroom.sources.live.records import Listing, Live, LiveGroup, LiveNodeGroup, TemplateReference
from podroom.values import Known, Members, Unknown


@dataclass(frozen=True, slots=True)
class Seen:
    """A node group as it was listed; sizes are None, and `subnets` are empty, where the listing does not tell them.

    `launched` is None where nothing names a launch template.  `described` says that Amazon EKS was asked, and not the
    Auto Scaling group.
    """

    name: str
    origin: Listed
    types: Members[InstanceChoice]
    launched: LaunchTemplate | Unknown | None
    subnets: tuple[str, ...]
    minimum: int | None
    desired: int | None
    maximum: int | None
    described: bool

    @property
    def what(self) -> str:
        """Return it for a person."""
        return f"{'node group' if self.described else 'Auto Scaling group'} {self.name}"


def seen_group(found: LiveGroup, live: Live, span: Span) -> Seen:
    """Return what was listed of an Auto Scaling group; all that it says has the place `span`."""
    origin = Listed(found.source, Listing.GROUPS.value)
    launched = _launched(found, live, span)
    if found.requirements:
        reason = f"AWS chooses the instance types of {found.name} by their attributes"
        types = Members[InstanceChoice]((), (Unknown(reason, span),))
    elif found.overrides:
        types = Members(tuple(InstanceChoice(Known(one, origin), TypeSource.OVERRIDE, span) for one in found.overrides))
    elif launched is None:
        reason = f"the Auto Scaling group {found.name} launches nothing that podroom reads"
        types = Members((), (Unknown(reason, span),))
    else:
        types = _types_of(launched, span)
    return Seen(
        name=found.name,
        origin=origin,
        types=types,
        launched=launched,
        subnets=found.subnets,
        minimum=found.minimum,
        desired=found.desired,
        maximum=found.maximum,
        described=False,
    )


def seen_node_group(found: LiveNodeGroup, live: Live, span: Span) -> Seen:
    """Return what Amazon EKS says of a managed node group; all that it says has the place `span`."""
    origin = Listed(found.source, Listing.NODE_GROUP.value)
    launched = None if found.template is None else _read(found.template, live, span)
    if found.instance_types:
        named = (InstanceChoice(Known(one, origin), TypeSource.NODE_GROUP, span) for one in found.instance_types)
        types = Members(tuple(named))
    elif launched is None:
        types = Members((), (Unknown(f"{found.source} does not tell the instance types of {found.name}", span),))
    else:
        types = _types_of(launched, span)
    return Seen(
        name=found.name,
        origin=origin,
        types=types,
        launched=launched,
        subnets=found.subnets,
        minimum=found.minimum,
        desired=found.desired,
        maximum=found.maximum,
        described=True,
    )


def _launched(found: LiveGroup, live: Live, span: Span) -> LaunchTemplate | Unknown | None:
    if found.own_templates:
        return Unknown(f"instance types of {found.name} have launch templates of their own", span)
    if found.template is None:
        if not found.configuration:
            return None
        listed = live.launch_configurations.get(found.configuration)
        if listed is not None:
            return read_version(listed, span)
        named = f"{Listing.LAUNCH_CONFIGURATIONS.value} --launch-configuration-names {found.configuration}"
        launches = f"the Auto Scaling group {found.name} launches launch configuration {found.configuration}"
        return Unknown(f"{launches}, which is in no inventory: {named} lists it", span)
    return _read(found.template, live, span)


def _read(template: TemplateReference, live: Live, span: Span) -> LaunchTemplate | Unknown:
    version = find_version(template, live)
    return version if isinstance(version, Unknown) else read_version(version, span)


def _types_of(launched: LaunchTemplate | Unknown, span: Span) -> Members[InstanceChoice]:
    if isinstance(launched, Unknown):
        return Members((), (launched,))
    if launched.instance_type is None:
        return Members((), (Unknown(f"{launched.address} names no instance type", span),))
    if isinstance(launched.instance_type.type, Unknown):
        return Members((), (launched.instance_type.type,))
    return Members((launched.instance_type,))
