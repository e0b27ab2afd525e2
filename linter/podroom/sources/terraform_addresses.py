"""Addresses of Terraform, taken apart: `module.eks.module.group["a.b"].aws_subnet.private[0]`."""

from __future__ import annotations

import json

from podroom.patterns import pattern

_STEP = pattern(r'\.?([^.\[\]"]+)(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?')


def module_calls(address: str) -> tuple[tuple[str, str | int | None], ...] | None:
    """Return the calls in the address of a module instance, each with its key; None if it is no such address."""
    steps: list[tuple[str, str | int | None]] = []
    at = 0
    while at < len(address):
        found = _STEP.match(address, at)
        if found is None:
            return None
        steps.append((found[1], None if found[2] is None else _key(found[2])))
        at = found.end()
    names = steps[1::2]
    if len(steps) % 2 or any(step != ("module", None) for step in steps[::2]):
        return None
    return tuple(names)


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
