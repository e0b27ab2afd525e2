"""Findings as reviewdog's rdjson: columns count bytes of UTF-8, and the end is excluded.

Source: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
"""

from __future__ import annotations

import json
from typing import Any

from podroom.engine import Outcome, Problem
from podroom.positions import Position, Span
from podroom.report.columns import in_utf_8
from podroom.report.findings_wording import remarks
from podroom.report.frame import Frame
from podroom.report.style import printable
from podroom.rule import Finding, Severity

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def render(outcome: Outcome, _frame: Frame) -> str:
    """Return the document, with findings and what could not be read; the same outcome gives the same bytes.

    Paths are those of the current folder, in which reviewdog runs too.
    """
    diagnostics = [_diagnostic(finding) for finding in outcome.findings]
    diagnostics += [_unread(problem) for problem in outcome.problems]
    document = {"source": {"name": "podroom"}, "diagnostics": diagnostics}
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _diagnostic(finding: Finding) -> dict[str, Any]:
    lines = [finding.message, finding.label, *(f"{title}: {text}" for title, text in remarks(finding))]
    return {
        "message": "\n".join(printable(line) for line in lines),
        "location": _location(finding.span),
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code},
    }


def _unread(problem: Problem) -> dict[str, Any]:
    return {
        "message": printable(problem.message),
        "location": {"path": problem.path} if problem.span is None else _location(problem.span),
        "severity": _SEVERITIES[Severity.ERROR],
        "code": {"value": "not-read"},
    }


def _location(span: Span) -> dict[str, Any]:
    first, last = in_utf_8(span)
    return {"path": span.path, "range": {"start": _position(first), "end": _position(last)}}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
