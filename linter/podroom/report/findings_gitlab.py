"""Findings as a code quality report of GitLab.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from typing import Any

from podroom.engine import Outcome, Problem
from podroom.positions import Paths
from podroom.report.fingerprints import fingerprint, fingerprints
from podroom.report.frame import Frame
from podroom.report.style import printable
from podroom.rule import Finding, Severity

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}
_UNREAD = "blocker"


def render(outcome: Outcome, frame: Frame) -> str:
    """Return the document, with findings and what could not be read; the same outcome gives the same bytes."""
    marks = fingerprints(outcome.findings, frame.paths)
    issues = [_issue(finding, mark, frame.paths) for finding, mark in zip(outcome.findings, marks, strict=True)]
    issues += [_unread(problem, frame.paths) for problem in outcome.problems]
    return json.dumps(issues, indent=2, ensure_ascii=True) + "\n"


def _issue(finding: Finding, mark: str, paths: Paths) -> dict[str, Any]:
    return {
        "type": "issue",
        "check_name": finding.code,
        "description": printable(f"{finding.name}: {finding.message}"),
        "content": {"body": printable(f"{finding.label}. {finding.fix or ''}".rstrip())},
        "categories": ["Bug Risk"],
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": mark,
        "location": {
            "path": paths.from_top(finding.span.path),
            "lines": {"begin": finding.span.first.line, "end": finding.span.last.line},
        },
    }


def _unread(problem: Problem, paths: Paths) -> dict[str, Any]:
    place = paths.from_top(problem.path)
    line = problem.span.first.line if problem.span else 1
    return {
        "type": "issue",
        "check_name": "not-read",
        "description": printable(problem.message),
        "categories": ["Bug Risk"],
        "severity": _UNREAD,
        "fingerprint": fingerprint(("not-read", place, problem.message)),
        "location": {"path": place, "lines": {"begin": line, "end": line}},
    }
