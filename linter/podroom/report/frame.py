"""What a report of findings needs to know beside them: who made it, where paths begin, what counts as a failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from podroom.records import dataclass
from podroom.report.style import Style
from podroom.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class Paths:
    """Turns paths as a person at the command line calls them into paths from the top of the repository.

    `current` is the absolute current folder, `repository` the one that holds `.git`, or empty if there is none.
    """

    current: str = "/"
    repository: str = ""

    def in_repository(self, path: str) -> str:
        """Return a path from the top of the repository, with `/` between its parts.

        Without a repository it is one from the current folder.  What lies elsewhere keeps its absolute path.
        """
        full = self._absolute(path)
        top = self.repository or self.current
        if full == top:
            return "."
        return full.removeprefix(_with_slash(top))

    def _absolute(self, path: str) -> str:
        path = path.replace("\\", "/") if self.current[1:3] == ":/" else path  # a path of Windows
        if path.startswith("/") or path[1:3] == ":/":
            return path
        return self.current if path in {"", "."} else _with_slash(self.current) + path.removeprefix("./")


def _with_slash(folder: str) -> str:
    return folder if folder.endswith("/") else f"{folder}/"


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the findings in a report."""

    version: str
    """Of podroom."""
    catalog_date: str
    """The day of the table of instance types."""
    rules: Mapping[str, type[Rule[Any]]] = field(default_factory=dict)
    """The rules that judged, by code."""
    fail_on: Severity = Severity.WARNING
    """The lowest severity that makes the run fail."""
    paths: Paths = field(default_factory=Paths)
    style: Style = field(default_factory=Style)
