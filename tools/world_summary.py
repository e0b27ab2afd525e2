"""Writes a World as plain lines, `address.field = value`, so that two Worlds can be compared.

Where something stands, and why something is unknown, is left out: that differs with the way to the World.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum

from podroom.model.world import World, Zone
from podroom.positions import Span
from podroom.values import Known, Members, OneOf, Unknown

_SOURCES = frozenset({"root", "gaps"})


def summary(world: World) -> dict[str, str]:
    """Return what a World holds, by the way to each leaf; a gap is named by its address."""
    lines: dict[str, str] = {}
    for part in fields(world):
        if part.name not in _SOURCES:
            for thing in getattr(world, part.name):
                lines.update(_lines(getattr(thing, "address", part.name), thing))
    lines.update({f"gap at {gap.address}": "said" for gap in world.gaps})
    return lines


def _lines(way: str, item: object) -> Iterator[tuple[str, str]]:
    if isinstance(item, Members):
        yield from _lines(way, item.items)
        if not item.complete:
            yield f"{way}.more", "possible"
    elif isinstance(item, tuple):
        yield f"{way}.length", str(len(item))
        for at, member in enumerate(item):
            yield from _lines(f"{way}[{at}]", member)
    elif is_dataclass(item) and not isinstance(item, Known | OneOf | Unknown | Span | Zone):
        for part in fields(item):
            if part.name != "address" or not way.endswith(str(item.address)):  # type: ignore[attr-defined] # has one
                yield from _lines(f"{way}.{part.name}", getattr(item, part.name))
    elif not isinstance(item, Span):
        yield way, _leaf(item)


def _leaf(item: object) -> str:
    if isinstance(item, Known):
        return _plain(item.value)
    if isinstance(item, OneOf):
        return " or ".join(map(_plain, item.values))
    return "unknown" if isinstance(item, Unknown) else _plain(item)


def _plain(value: object) -> str:
    if isinstance(value, Zone):
        return value.name or value.identity
    return str(value.value) if isinstance(value, Enum) else json.dumps(value, default=str)
