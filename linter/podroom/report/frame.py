"""What a report of findings needs to know beside them: who made it, where paths begin, what counts as a failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podroom.positions import Paths
from podroom.records import dataclass, field
from podroom.report.style import Style
from podroom.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the findings in a report."""

    version: str
    """Of podroom."""
    catalog_date: str
    """The day of the table of instance types."""
    rules: Mapping[str, type[Rule[Any]]] = field(default_factory=dict)
    """The rules of the findings, by code."""
    fail_on: Severity = Severity.WARNING
    """The lowest severity that makes the run fail."""
    paths: Paths = field(default_factory=Paths)
    style: Style = field(default_factory=Style)
