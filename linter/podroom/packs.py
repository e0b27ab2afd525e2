"""Finds rule packs: every distribution with an entry point in the group `podroom.rules`.

The entry point names a module with a function `rules()` that returns rule classes.
"""

from __future__ import annotations

from typing import Any

from podroom.errors import UsageError
from podroom.rule import Rule

GROUP = "podroom.rules"


def find_rules() -> list[type[Rule[Any]]]:
    """Return the rules of all installed packs; raises `UsageError` if there is no pack or one is broken."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - `podroom --version` has no need of it

    found: list[type[Rule[Any]]] = []
    packs = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value))
    for pack in packs:
        try:
            module = pack.load()
        except ImportError as error:
            raise UsageError(f"the rule pack {pack.name} ({pack.value}) cannot be loaded: {error}") from error
        found += module.rules()
    if not found:
        raise UsageError("no rules were found: install podroom again, its own rules belong to it")
    return list(dict.fromkeys(found))
