"""podroom's own rules: one rule, one file, found by its name `pr<code>_<what>.py`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from podroom.rule import Rule


def rules() -> list[type[Rule[Any]]]:
    """Return the rule classes of this pack, in the order of their codes."""
    modules = sorted(f"{__name__}.{one.name}" for one in iter_modules(__path__) if one.name.startswith("pr"))
    found: list[type[Rule[Any]]] = []
    for name in modules:
        found += [
            item
            for item in vars(import_module(name)).values()
            # type(), because isinstance() takes Python 3.10's generic aliases for the classes that they stand for.
            if issubclass(type(item), type) and item.__module__ == name and issubclass(item, Rule)
        ]
    return found
