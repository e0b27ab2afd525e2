"""Outcomes as JSON, version 1; `schemas/findings-v1.json` describes it."""

from __future__ import annotations

from typing import Any

from podroom.engine import Outcome, Problem, Suppressed, Undecided, Unused
from podroom.model.world import Notice
from podroom.positions import Span
from podroom.report.frame import Frame
from podroom.report.json_text import json_text
from podroom.rule import Finding, Severity

FORMAT_VERSION = "1"


def render(outcome: Outcome, frame: Frame) -> str:
    """Return the document; the same outcome gives the same bytes."""
    document = {
        "version": FORMAT_VERSION,
        "podroom": {"version": frame.version, "catalog_date": frame.catalog_date},
        "roots": list(dict.fromkeys(world.root for world in outcome.worlds)),
        "findings": [finding_data(finding) for finding in outcome.findings],
        "undecided": [undecided_data(undecided) for undecided in outcome.undecided],
        "suppressed": [_suppressed(suppressed) for suppressed in outcome.suppressed],
        "unused_suppressions": [_unused(unused) for unused in outcome.unused],
        "notices": [_notice(notice) for notice in outcome.notices],
        "errors": [problem_data(problem) for problem in outcome.problems],
        "summary": {
            "findings": len(outcome.findings),
            **{
                str(severity): sum(finding.severity is severity for finding in outcome.findings)
                for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
            },
            "undecided": len(outcome.undecided),
            "suppressed": len(outcome.suppressed),
            "below_confidence": outcome.below_confidence,
            "notices": len(outcome.notices),
            "errors": len(outcome.problems),
        },
    }
    return json_text(document)


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return one finding."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        **_place(finding.span),
        "address": finding.address,
        "subjects": list(finding.subjects),
        "variants": list(finding.variants),
        "message": finding.message,
        "label": finding.label,
        "effect": finding.effect,
        "assumption": finding.assumption,
        "fix": finding.fix,
        "evidence": dict(finding.evidence),
        "related": [{**_place(note.span), "message": note.message} for note in finding.related],
    }


def undecided_data(undecided: Undecided) -> dict[str, Any]:
    """Return judgements that could not be made."""
    first = undecided.span.first
    return {
        "codes": list(undecided.codes),
        "subjects": list(undecided.subjects),
        "judgements": [{"codes": codes, "subjects": list(several)} for several, codes in undecided.left_open().items()],
        "variants": list(undecided.variants),
        "reason": undecided.reason,
        "needs": list(undecided.unknown.refs),
        "path": undecided.span.path,
        "line": first.line,
        "column": first.column,
    }


def _suppressed(suppressed: Suppressed) -> dict[str, Any]:
    return {**finding_data(suppressed.finding), "reason": suppressed.reason}


def _unused(unused: Unused) -> dict[str, Any]:
    suppression = unused.suppression
    first = suppression.span.first
    return {
        "codes": list(suppression.codes),
        "reason": unused.reason,
        "path": suppression.span.path,
        "line": first.line,
        "column": first.column,
    }


def _notice(notice: Notice) -> dict[str, Any]:
    first = notice.span.first
    return {"message": notice.message, "path": notice.span.path, "line": first.line, "column": first.column}


def problem_data(problem: Problem) -> dict[str, Any]:
    """Return an input that could not be read."""
    first = problem.span.first if problem.span else None
    return {
        "message": problem.message,
        "path": problem.path,
        "line": first.line if first else None,
        "column": first.column if first else None,
    }


def _place(span: Span) -> dict[str, Any]:
    first, last = span.first, span.last
    return {
        "path": span.path,
        "line": first.line,
        "column": first.column,
        "end_line": last.line,
        "end_column": last.column,
    }
