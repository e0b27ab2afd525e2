"""podroom's own rules: one rule, one file, found by its name `pr<code>_<what>.py`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from podroom.rule import Rule, RuleEntry
from podroom_rules.table import RULES


def entries() -> list[RuleEntry]:
    """Return what tells of the rules, in the order of their codes, without importing them."""
    return [
        RuleEntry(code, name, subject, concerns, f"{__name__}.{module}", called)
        for code, name, subject, concerns, module, called in RULES
    ]


def rules() -> list[type[Rule[Any]]]:
    """Return the rule classes of this pack, in the order of their codes."""
    from pkgutil import iter_modules  # noqa: PLC0415 - no check asks for all rules

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
