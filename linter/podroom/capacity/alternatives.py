"""What may be: a World for each of a few instance types that a group can have.

A condition on something unknown leaves a few types to choose from.  What holds for each of them is
certain, and only this room knows it without guessing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from podroom.capacity.assessment import Assessment
from podroom.model.world import InstanceChoice, NodeGroup
from podroom.records import dataclass, replace
from podroom.values import Known, Members, OneOf, Unknown

_MOST_WORLDS = 8


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The same World once for each combination of types; `types` are the candidates, `unknown` is what decides."""

    assessments: tuple[Assessment, ...]
    types: tuple[str, ...]
    unknown: Unknown


def alternatives(assessment: Assessment, addresses: Sequence[str]) -> Alternatives | None:
    """Return what may be of the groups of these addresses; None if their types are clear, or too many are possible."""
    named = assessment.remember(("open types by address",), lambda: _by_address(assessment.world.node_groups))
    if not named:
        return None
    open_types = list(dict.fromkeys(value for address in dict.fromkeys(addresses) for value in named.get(address, ())))
    if not open_types:
        return None
    from math import prod  # noqa: PLC0415 - in most configurations all types are clear

    if prod(len(value.values) for value in open_types) > _MOST_WORLDS:
        return None
    first = open_types[0]
    meant = frozenset(addresses)
    assessments = []
    for chosen in product(*(value.values for value in open_types)):
        choice = dict(zip(open_types, chosen, strict=True))
        node_groups = tuple(
            _settled(group, choice) if group.address in meant else group for group in assessment.world.node_groups
        )
        assessments.append(assessment.with_groups(node_groups))
    types = tuple(dict.fromkeys(name for value in open_types for name in value.values))
    return Alternatives(tuple(assessments), types, Unknown(first.reason, first.origin, first.refs))


def _by_address(groups: Sequence[NodeGroup]) -> dict[str, list[OneOf[str]]]:
    """Return what is open of the groups of which a type is."""
    found: dict[str, list[OneOf[str]]] = {}
    for group in groups:
        if open_types := _open_types(group):
            found.setdefault(group.address, []).extend(open_types)
    return found


def _choices(group: NodeGroup) -> list[InstanceChoice]:
    template = group.launch_template
    own = [template.instance_type] if template is not None and template.instance_type is not None else []
    return [*group.instance_types, *own]


def _open_types(group: NodeGroup) -> list[OneOf[str]]:
    return [choice.type for choice in _choices(group) if isinstance(choice.type, OneOf)]


def _settled(group: NodeGroup, chosen: Mapping[OneOf[str], str]) -> NodeGroup:
    """Return a group with the chosen types; what stands in two places is chosen once."""

    def settle(choice: InstanceChoice) -> InstanceChoice:
        value = choice.type
        return replace(choice, type=Known(chosen[value], value.origin)) if isinstance(value, OneOf) else choice

    types = Members(tuple(settle(choice) for choice in group.instance_types), group.instance_types.missing)
    template = group.launch_template
    if template is not None and template.instance_type is not None:
        template = replace(template, instance_type=settle(template.instance_type))
    return replace(group, instance_types=types, launch_template=template)
