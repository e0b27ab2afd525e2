"""The formats of a change by name; only those that are asked for are imported."""

from __future__ import annotations

from importlib import import_module

from podroom.capacity.assessment import Assumptions
from podroom.changes import Change
from podroom.engine import Outcome
from podroom.positions import Paths
from podroom.records import dataclass, replace
from podroom.report import formats
from podroom.report.frame import Frame

_OF_CHANGES = {"text": "changes_text", "json": "changes_json", "markdown": "changes_markdown"}
"""Each format that tells all of a change with its module, whose `render(change, outcome, assumptions, frame)` does."""


@dataclass(frozen=True, slots=True)
class ChangeRenderer:
    """Writes a change in a format; those for programs that know findings only get the new ones."""

    change: Change
    assumptions: Assumptions
    paths: Paths

    def __call__(self, name: str, outcome: Outcome, frame: Frame) -> str:
        """Return the report; `outcome` is that of the side `head`."""
        frame = replace(frame, paths=self.paths)
        if name not in _OF_CHANGES:
            return formats.render(name, replace(outcome, findings=self.change.findings.new), frame)
        module = import_module(f"podroom.report.{_OF_CHANGES[name]}")
        report: str = module.render(self.change, outcome, self.assumptions, frame)
        return report
