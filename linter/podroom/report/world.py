"""The World that was understood: every value with its origin or the reason why it is unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from podroom.model.lookups import Lookup
from podroom.model.world import World, Zone
from podroom.positions import Span
from podroom.report.lookup_lines import lookup_line
from podroom.report.style import Style, printable
from podroom.values import Default, Known, Members, OneOf, Unknown

FORMAT_VERSION = "1"
_UNSAID = frozenset(("value", "subnet", "type"))
"""Parts that go without their name where they are the only one."""


def render_json(worlds: tuple[World, ...]) -> str:
    """Return the Worlds as JSON: a leaf is `{"value"|"one_of"|"unknown": ..., "origin": ...}`."""
    return json.dumps({"version": FORMAT_VERSION, "worlds": [_data(world) for world in worlds]}, indent=2) + "\n"


def render_tree(worlds: tuple[World, ...], style: Style) -> str:
    """Return the Worlds as a tree for a terminal."""
    lines: list[str] = []
    for world in worlds:
        variant = f" with {world.variant}" if world.variant is not None else ""
        lines.append(style.strong(printable(f"configuration {world.root}{variant}")))
        lines += _branches(list(_children(world)), "", style)
    return "\n".join(lines) + "\n"


def _data(item: object) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(item, Known):
        return {"value": _plain(item.value), "origin": str(item.origin)}
    if isinstance(item, OneOf):
        values = [_plain(value) for value in item.values]
        return {"one_of": values, "reason": item.reason, "needs": list(item.refs), "origin": str(item.origin)}
    if isinstance(item, Unknown):
        return {"unknown": item.reason, "needs": list(item.refs), "origin": str(item.origin)}
    if isinstance(item, Members):
        return {"items": [_data(member) for member in item.items], "missing": [_data(gap) for gap in item.missing]}
    if isinstance(item, Span):
        return str(item)
    if is_dataclass(item):
        return {field.name: _data(getattr(item, field.name)) for field in fields(item)}
    if isinstance(item, tuple):
        return [_data(member) for member in item]
    return _plain(item)


def _plain(value: object) -> Any:  # noqa: ANN401 - a JSON scalar
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Zone):
        return value.name or value.identity
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)


def _children(item: object) -> Iterator[tuple[str, object]]:
    """Iterate over what a reader wants to see of a part: its fields, without those that are empty."""
    for field in fields(item):  # type: ignore[arg-type] # only called with dataclasses
        value = getattr(item, field.name)
        if (
            field.name in ("address", "root", "span", "variant")
            or value is None
            or value == ()
            or isinstance(value, Span)
        ):
            continue
        if isinstance(value, Members) and not value.items and not value.missing:
            continue
        if isinstance(value, bool) and value is field.default:
            continue
        if field.name == "json_type" and not (isinstance(value, Known) and value.value != "string"):
            continue
        if field.name == "on_update" and isinstance(value, Known) and isinstance(value.origin, Default):
            continue
        if isinstance(item, Lookup) and field.name == "kind":  # the address says it
            continue
        if field.name == "sources" and len(value) == 1:  # then it says nothing that the settings do not
            continue
        yield field.name.replace("_", " "), value


def _branches(children: list[tuple[str, object]], indent: str, style: Style) -> Iterator[str]:
    for position, (name, value) in enumerate(children):
        last = position == len(children) - 1
        stem, deeper = ("`-- ", "    ") if last else ("|-- ", "|   ")
        text, below = _node(name, value, style)
        yield f"{style.faint(indent + stem)}{text}"
        yield from _branches(below, indent + deeper, style)


def _node(name: str, value: object, style: Style) -> tuple[str, list[tuple[str, object]]]:
    """Return the line of one part and the parts below it."""
    label = f"{name}: " if name else ""
    if isinstance(value, Known):
        return f"{label}{style.strong(_quoted(value.value))}  {style.faint(printable(str(value.origin)))}", []
    if isinstance(value, OneOf):
        several = style.strong(" or ".join(_quoted(candidate) for candidate in value.values))
        return f"{label}{several} ({printable(value.reason)})  {style.faint(printable(str(value.origin)))}", []
    if isinstance(value, Unknown):
        return f"{label}unknown: {printable(value.reason)}  {style.faint(printable(str(value.origin)))}", []
    if isinstance(value, Members):
        below = [("", member) for member in value.items] + [("may be more", gap) for gap in value.missing]
        return f"{name} ({len(value.items)}{'' if value.complete else ' or more'})", below
    if isinstance(value, tuple):
        pairs = all(isinstance(member, tuple) for member in value)
        return f"{name} ({len(value)})", list(value) if pairs else [("", member) for member in value]
    if is_dataclass(value):
        title = _title(value)
        span = getattr(value, "span", None)
        place = f"  {style.faint(printable(str(span)))}" if isinstance(span, Span) else ""
        if isinstance(value, Lookup):
            place = f": {printable(lookup_line(value))}{place}"
        below = [child for child in _children(value) if child[1] != title]
        if len(below) == 1 and isinstance(below[0][1], (Known, OneOf, Unknown)):
            part = below[0][0]
            return _node(f"{title or name}{'' if part in _UNSAID else f', {part}'}", below[0][1], style)
        return f"{label}{style.strong(printable(title)) or '-'}{place}", below
    return f"{label}{_quoted(value)}", []


def _title(part: object) -> str:
    """Return the name of a part, empty if it has none that is certain."""
    names: list[str] = []
    for field in ("address", "name", "argument"):
        name = getattr(part, field, None)
        names += [name] if isinstance(name, str) else []
    return next(filter(None, names), "")


def _quoted(value: object) -> str:
    plain = _plain(value)
    return printable(json.dumps(plain, ensure_ascii=False)) if isinstance(plain, str) else str(plain)
