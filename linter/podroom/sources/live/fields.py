"""Reading plain JSON values of which nothing is sure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from podroom.errors import InputError

Fields: TypeAlias = "Mapping[str, object]"

_MOST = 2**31
_LATEST = 2**40
"""In seconds since 1970."""


def text(fields: Fields, name: str) -> str:
    """Return a text, empty if there is none."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def whole(fields: Fields, name: str) -> int | None:
    """Return a number that counts something, None if there is none."""
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST else None


def texts(fields: Fields, name: str) -> tuple[str, ...]:
    """Return the texts of a list."""
    value = fields.get(name)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def part(fields: Fields, *names: str) -> Fields:
    """Return the object at the end of a path, an empty one if there is none."""
    found: Fields = fields
    for name in names:
        value = found.get(name)
        found = value if isinstance(value, dict) else {}
    return found


def parts(fields: Fields, name: str) -> tuple[Fields, ...]:
    """Return the objects of a list."""
    value = fields.get(name)
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def moment(fields: Fields, name: str) -> float | None:
    """Return a time in seconds since 1970: the AWS CLI prints it as ISO 8601, or as a number (version 1)."""
    value = fields.get(name)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return float(value) if 0 <= value < _LATEST else None
    try:
        found = datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if found is None or found.tzinfo is None else found.timestamp()


def tags(fields: Fields, name: str = "Tags") -> dict[str, str]:
    """Return tags as AWS lists them: objects with Key and Value."""
    return {text(one, "Key"): text(one, "Value") for one in parts(fields, name)}


def needed(fields: Fields, name: str, what: str, shown: str) -> str:
    """Return a text that a listing always has; raises `InputError` where it was left out, as by --query."""
    found = text(fields, name)
    if not found:
        raise InputError(f"{shown} is not understood: {what} has no {name}; give all that the command prints")
    return found
