"""Finds rule packs: every distribution with an entry point in the group `podroom.rules`.

The entry point names a module with a function `rules()` that returns rule classes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from operator import attrgetter
from typing import Any

from podroom.errors import UsageError
from podroom.records import dataclass
from podroom.rule import Rule, RuleEntry

GROUP = "podroom.rules"
_METADATA = (".dist-info", ".egg-info")


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """What a distribution offers under a name: `module`, or `module:object` in it."""

    name: str
    value: str

    def load(self) -> Any:  # noqa: ANN401 - whatever it is
        """Import it."""
        module, _, path = self.value.partition("[")[0].replace(" ", "").partition(":")
        found = import_module(module)
        return attrgetter(path)(found) if path else found


def find_rules() -> list[type[Rule[Any]]]:
    """Return the rules of all installed packs; raises `UsageError` if there is no pack or one is broken."""
    return list(dict.fromkeys(rule for module in _packs() for rule in module.rules()))


def find_entries() -> list[RuleEntry]:
    """Return what tells of the rules of all installed packs, importing no rule of a pack that has an index.

    That is a function `entries()` beside `rules()`.  Raises as `find_rules` does.
    """
    return [
        entry
        for module in _packs()
        for entry in (module.entries() if hasattr(module, "entries") else map(RuleEntry.of, module.rules()))
    ]


def _packs() -> list[Any]:
    """Import the modules that the installed packs name."""
    found = []
    for pack in sorted(installed(GROUP), key=attrgetter("name", "value")):
        try:
            found.append(pack.load())
        except ImportError as error:
            raise UsageError(f"the rule pack {pack.name} ({pack.value}) cannot be loaded: {error}") from error
    if not found:
        raise UsageError("no rules were found: install podroom again, its own rules belong to it")
    return found


def installed(group: str) -> list[EntryPoint]:
    """Return the entry points of a group that installed distributions declare.

    Answers as importlib.metadata does, whose import alone would be a fifth of a small run, and leaves to it whatever
    is not a plain folder of distributions.
    """
    found: dict[str, list[EntryPoint]] = {}
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except NotADirectoryError:  # a zip file
            return _ask_importlib(group)
        except OSError:
            continue
        for name in names:
            if name.endswith(".egg"):
                return _ask_importlib(group)
            if name.endswith(_METADATA):
                distribution = os.path.splitext(name)[0].partition("-")[0].replace("_", "-").replace(".", "-").lower()
                if distribution not in found:  # the first one on the path is the one that is imported
                    found[distribution] = list(_declared(os.path.join(folder, name), group))
    return list(dict.fromkeys(entry for entries in found.values() for entry in entries))


def _declared(folder: str, group: str) -> Iterator[EntryPoint]:
    """Read the entry points of one distribution.

    Source: https://packaging.python.org/en/latest/specifications/entry-points/
    """
    try:
        with open(os.path.join(folder, "entry_points.txt"), encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError:  # most distributions have none
        return
    section = ""
    for line in map(str.strip, lines):
        if line.startswith("["):
            section = line.strip("[]").strip()
        elif section == group and "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield EntryPoint(name.strip(), value.strip())


def _ask_importlib(group: str) -> list[EntryPoint]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - see `installed`

    return list(dict.fromkeys(EntryPoint(entry.name, entry.value) for entry in entry_points(group=group)))
