"""Writes a World as plain lines, `address.field = value`, so that two Worlds can be compared.

Where something stands, and why something is unknown, is left out: that differs with the way to the World.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from podroom.model.world import World, Zone
from podroom.positions import Span
from podroom.values import Known, Members, OneOf, Unknown

_LEFT_OUT = frozenset(
    {
        "root",
        "variant",
        "gaps",
        "ignored_arguments",
        "compared",
        "refresh_only",
        "before",
        "removed",
        "doubled",
        "region",
    }
)
"""Gaps come last; what is passed in vain is known of adapters only, what Terraform planned of plans, and a region is
no thing with an address."""


def summary(world: World) -> dict[str, str]:
    """Return what a World holds, by the way to each leaf; a gap is named by its address, what is empty is left out."""
    lines: dict[str, str] = {}
    for part in fields(world):
        if part.name not in _LEFT_OUT:
            for thing in _all(world, part.name):
                lines.update(_lines(getattr(thing, "address", part.name), thing))
    lines = {way: value for way, value in lines.items() if value != "null"}
    lines.update({f"gap at {gap.address}": "said" for gap in world.gaps})
    return lines


def text(world: World) -> str:
    """Return the summary as text: a line for each address, and its leaves indented below."""
    lines: list[str] = []
    addresses = [
        thing.address for part in fields(world) if part.name not in _LEFT_OUT for thing in _all(world, part.name)
    ]
    for way, value in summary(world).items():
        address = max((known for known in addresses if way.startswith(f"{known}.")), key=len, default="")
        if address and address not in lines:
            lines.append(address)
        lines.append(f"  {way.removeprefix(f'{address}.')} = {value}" if address else way)
    return "".join(f"{line}\n" for line in lines)


def _all(world: World, name: str) -> tuple[Any, ...]:
    things: tuple[Any, ...] = getattr(world, name)
    return things


def _lines(way: str, item: object) -> Iterator[tuple[str, str]]:
    if isinstance(item, Members):
        yield from _lines(way, item.items)
        if not item.complete:
            yield f"{way}.more", "possible"
    elif isinstance(item, tuple):
        if item:
            yield f"{way}.length", str(len(item))
        for at, member in enumerate(item):
            yield from _lines(f"{way}[{at}]", member)
    elif is_dataclass(item) and not isinstance(item, Known | OneOf | Unknown | Span | Zone):
        for part in fields(item):
            value = getattr(item, part.name)
            if part.name != "address" or not way.endswith(str(value)):
                yield from _lines(f"{way}.{part.name}", value)
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
