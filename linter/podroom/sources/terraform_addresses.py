"""Addresses of Terraform, taken apart: `module.eks.module.group["a.b"].aws_subnet.private[0]`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeAlias

from podroom.patterns import pattern

Steps: TypeAlias = "tuple[tuple[str, str | int | None], ...]"
"""Names, each with the key behind it."""

_STEP = pattern(r'\.?([^.\[\]"]+)(?:\[(\d{1,15}|"(?:[^"\\]|\\.)*")\])?')


def steps_of(address: str) -> Steps | None:
    """Return the names in an address or a reference, each with the key behind it; None if it is neither."""
    steps: list[tuple[str, str | int | None]] = []
    at = 0
    while at < len(address):
        found = _STEP.match(address, at)
        if found is None:
            return None
        steps.append((found[1], None if found[2] is None else _key(found[2])))
        at = found.end()
    return tuple(steps)


def module_calls(address: str) -> Steps | None:
    """Return the calls in the address of a module instance, each with its key; None if it is no such address."""
    steps = steps_of(address)
    if steps is None or len(steps) % 2 or any(step != ("module", None) for step in steps[::2]):
        return None
    return steps[1::2]


def module_address(calls: Iterable[tuple[str, str | int | None]]) -> str:
    """Return the address of the module instance that calls lead to, empty for the root module."""
    return ".".join(f"module.{name}{suffix(key)}" for name, key in calls)


def suffix(key: str | int | None) -> str:
    """Return what Terraform adds to the address of an instance with a key."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else "[" + _quoted(key) + "]"


def _quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(text: str) -> str | int:
    if not text.startswith('"'):
        return int(text)
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]
