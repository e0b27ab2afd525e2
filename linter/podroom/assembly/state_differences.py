"""Node groups that Terraform's state has otherwise than the configuration: what bears on the room of their pods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

from podroom.assembly.drift import template_of
from podroom.evaluation.settled import Settled
from podroom.model.world import ChangeByHand, NodeGroup, TypeSource, UserData, World
from podroom.records import replace
from podroom.sources.plan_values import SENSITIVE
from podroom.values import Known, Unknown, Value, first_unknown

T = TypeVar("T")
_Setting: TypeAlias = "str | Unknown | None"
"""A setting for a person, or why it is not known, or None where there is nothing to compare."""
_NONE = "unset"


def with_state_differences(world: World, state: World, values: Settled) -> World:
    """Return a World whose node groups know how a state has them.

    `state` is the World of the state, and `values` what it holds.  What is not known on either side is no difference,
    and neither is the desired size, which autoscalers move.  What the state knows and does not tell is said to be so.
    """
    found = {group.address: group for group in state.node_groups}
    unread = {gap.address: Unknown(gap.reason, gap.span) for gap in state.gaps if SENSITIVE.why in gap.reason}
    groups = []
    for group in world.node_groups:
        if group.changed_by_hand or group.drift is not None:
            groups.append(group)
            continue
        changes, untold = _other_template(group, values), unread.get(group.address)
        if group.address in found and not changes:
            changes, untold = _compared(group, found[group.address], values.owner)
        groups.append(replace(group, not_as_in_state=changes, untold_by_state=untold))
    return replace(world, node_groups=tuple(groups))


def _other_template(group: NodeGroup, values: Settled) -> tuple[ChangeByHand, ...]:
    """Return that a group launches another launch template than the declared one, which then is not compared."""
    there = values.values(group.address)
    declared = None if group.launch_template is None else values.values(group.launch_template.address)
    if there is None or declared is None or group.launch_template is None:
        return ()
    identity, _ = template_of(there)
    if (
        identity is None
        or not isinstance(declared.get("id"), str)
        or identity in (declared["id"], declared.get("name"))
    ):
        return ()
    return (ChangeByHand("launch template", group.launch_template.address, values.owner(identity) or identity),)


def _compared(
    group: NodeGroup, state: NodeGroup, owner: Callable[[str], str | None]
) -> tuple[tuple[ChangeByHand, ...], Unknown | None]:
    """Return what differs, and why something else may."""
    both = _settings(group, owner), _settings(state, owner)
    declared, there = (dict(side) for side in both)
    changes = []
    untold: list[Unknown] = []
    for name, value in declared.items():
        other = there[name]
        if isinstance(value, str) and isinstance(other, Unknown) and SENSITIVE.why in other.reason:
            untold.append(other)
        elif isinstance(value, str) and isinstance(other, str) and value != other:
            changes.append(ChangeByHand(name, value, other))
    return tuple(changes), first_unknown(*untold)


def _settings(group: NodeGroup, owner: Callable[[str], str | None]) -> Iterator[tuple[str, _Setting]]:
    """Iterate over all settings that are compared, of every group by the same names."""
    yield "min_size", _told(group.minimum_size, str)
    yield "max_size", _told(group.maximum_size, str)
    yield "instance_types", _types(group)
    yield "subnets", _subnets(group, owner)
    yield "AMI family", _told(group.ami_family, lambda family: family.value)
    template, doubt = group.launch_template, group.launch_template_missing
    interfaces = None if template is None else template.network_interfaces
    doubt_of_interfaces = first_unknown(doubt, *(() if interfaces is None else interfaces.missing))
    yield "network interfaces", _unless(doubt_of_interfaces, str(0 if interfaces is None else len(interfaces.items)))
    yield from _kubelet(group.user_data, doubt)


def _kubelet(user_data: UserData, doubt: Unknown | None) -> Iterator[tuple[str, _Setting]]:
    """Iterate over what user data says of max pods; what it may say more leaves all of it open."""
    gap = first_unknown(doubt, *user_data.gaps)
    yield "max pods", _unless(gap, _all(_told(one.value, str) for one in user_data.fixed))
    yield "--use-max-pods", _unless(gap, _all(_told(one.value, _truth) for one in user_data.use_max_pods))
    yield "maxPodsExpression", _unless(gap, _all(_told(one.text, str) for one in user_data.expressions))


def _truth(value: object) -> str:
    return str(value).lower()


def _types(group: NodeGroup) -> _Setting:
    known = group.instance_types
    if any(choice.source is TypeSource.EKS_DEFAULT for choice in known):
        return None  # nobody says it, and a state may hold nothing for that
    return _unless(first_unknown(*known.missing), _all(_in_order(_told(one.type, str) for one in known)))


def _subnets(group: NodeGroup, owner: Callable[[str], str | None]) -> _Setting:
    def named(identity: str) -> str:
        return owner(identity) or identity

    uses = group.subnets
    return _unless(first_unknown(*uses.missing), _all(_in_order(_told(one.subnet, named) for one in uses)))


def _in_order(settings: Iterable[_Setting]) -> list[_Setting]:
    """Return settings in the order of their texts: that in which they are listed says nothing."""
    return sorted(settings, key=lambda one: one if isinstance(one, str) else "")


def _all(settings: Iterable[_Setting]) -> _Setting:
    """Return several settings as one text; one that is not known leaves all open."""
    several = list(settings)
    open_ = [one for one in several if not isinstance(one, str)]
    return open_[0] if open_ else ", ".join(dict.fromkeys(map(str, several))) or _NONE


def _unless(doubt: Unknown | None, setting: _Setting) -> _Setting:
    return setting if doubt is None else doubt


def _told(value: Value[T], shown: Callable[[T], str]) -> _Setting:
    if isinstance(value, Known):
        return shown(value.value)
    return value if isinstance(value, Unknown) else None
