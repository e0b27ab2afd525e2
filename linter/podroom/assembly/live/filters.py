"""Filters of EC2, worked out on what was listed: what fits, what does not, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from podroom.model.lookups import Condition
from podroom.sources.live.records import LiveSubnet, LiveVpc
from podroom.values import Undecidable, Unknown

ID_FILTERS = frozenset({"subnet-id", "vpc-id"})
"""The filters whose values may be ids of resources."""

_TAG = "tag:"
_ALSO_CALLED = {
    "availabilityZone": "availability-zone",
    "availabilityZoneId": "availability-zone-id",
    "cidr": "cidr-block",
    "cidrBlock": "cidr-block",
    "defaultForAz": "default-for-az",
}
_ALSO_CALLED_OF_VPCS = {"isDefault": "is-default", "cidr-block": "cidr"}


def fits(conditions: Iterable[Condition], one: LiveSubnet | LiveVpc, ids: Mapping[str, str]) -> bool:
    """Return whether something fits all conditions; `ids` are those of addresses that stand among the values.

    Raises `Undecidable` if that hangs on something that is not known.
    """
    doubt: Undecidable | None = None
    for condition in conditions:
        try:
            if not _fits(condition, one, ids):
                return False
        except Undecidable as cause:
            doubt = cause
    if doubt is not None:
        raise doubt
    return True


def _fits(condition: Condition, one: LiveSubnet | LiveVpc, ids: Mapping[str, str]) -> bool:
    name = condition.name.need()
    held = _held(name, one)
    if held is None:
        raise Undecidable(Unknown(f'podroom does not work out the filter "{name}"', condition.span))
    doubt: Unknown | None = None
    for value in condition.values:
        try:
            wanted = _identified(value.need(), name, ids, condition)
        except Undecidable as cause:
            doubt = cause.unknown
            continue
        found = [matches(wanted, text) for text in held]
        if True in found:
            return True
        if None in found:
            doubt = Unknown(f'whether "{wanted}" fits hangs on how EC2 takes ?', condition.span)
    if doubt is not None:
        raise Undecidable(doubt)
    condition.values.need()
    return False


def _identified(wanted: str, name: str, ids: Mapping[str, str], condition: Condition) -> str:
    """Return a value with the id in place of an address; raises `Undecidable` where that is not known."""
    if wanted in ids or name not in ID_FILTERS or "." not in wanted:
        return ids.get(wanted, wanted)
    raise Undecidable(Unknown(f"the id of {wanted} is not known", condition.span, (wanted,)))


def _held(name: str, one: LiveSubnet | LiveVpc) -> tuple[str, ...] | None:
    """Return what something has for a filter, None if that was not listed."""
    if name == "tag-key":
        return tuple(one.tags)
    if name.startswith(_TAG):
        value = one.tags.get(name.removeprefix(_TAG))
        return () if value is None else (value,)
    names = _ALSO_CALLED if isinstance(one, LiveSubnet) else _ALSO_CALLED_OF_VPCS
    return one.filters.get(names.get(name, name))


def matches(pattern: str, text: str) -> bool | None:
    r"""Return whether a text fits a value of a filter, None where the documents of EC2 differ.

    * is any text, ? one character (or none, says the user guide), and \ takes the meaning from what follows.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
    """
    tokens = _tokens(pattern)
    if _runs(tokens, text, optional=False):
        return True
    return None if _runs(tokens, text, optional=True) else False


def _tokens(pattern: str) -> list[tuple[str, bool]]:
    """Return the characters of a value, each with whether it is a wildcard."""
    tokens = []
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            tokens.append((next(characters, "\\"), False))
        else:
            tokens.append((character, character in "*?"))
    return tokens


def _runs(tokens: list[tuple[str, bool]], text: str, *, optional: bool) -> bool:
    """Follow all ways through the value at once, so that no value takes long."""

    def reached(states: set[int]) -> set[int]:
        pending = list(states)
        while pending:
            at = pending.pop() + 1
            if at > len(tokens) or at in states:
                continue
            character, wild = tokens[at - 1]
            if wild and (character == "*" or optional):
                states.add(at)
                pending.append(at)
        return states

    states = reached({0})
    for letter in text:
        following = set()
        for at in states:
            if at == len(tokens):
                continue
            character, wild = tokens[at]
            if wild and character == "*":
                following.add(at)
            elif wild or character == letter:
                following.add(at + 1)
        states = reached(following)
    return len(tokens) in states
