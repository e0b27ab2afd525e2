"""The formats of findings by name; only those that are asked for are imported."""

from __future__ import annotations

from importlib import import_module

from podroom.engine import Outcome
from podroom.report.frame import Frame

FORMATS = {
    "text": "text",
    "json": "findings_json",
    "sarif": "findings_sarif",
    "junit": "findings_junit",
    "github": "findings_github",
    "gitlab": "findings_gitlab",
    "markdown": "findings_markdown",
    "rdjson": "findings_rdjson",
}
"""Each format with its module, whose `render(outcome, frame)` returns the report."""


def render(name: str, outcome: Outcome, frame: Frame) -> str:
    """Return a report in the format of that name."""
    report: str = import_module(f"podroom.report.{FORMATS[name]}").render(outcome, frame)
    return report
