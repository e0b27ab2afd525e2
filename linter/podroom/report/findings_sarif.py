"""Findings as SARIF 2.1.0, within what GitHub code scanning takes.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html and
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from podroom.engine import Outcome, Problem
from podroom.positions import Paths, Span
from podroom.report.columns import in_utf_16
from podroom.report.findings_wording import left_open, remarks
from podroom.report.fingerprints import fingerprints
from podroom.report.frame import Frame
from podroom.report.rule_pages import markdown_page
from podroom.report.style import printable
from podroom.rule import Finding, Note, Rule, Severity

AnyRule = type[Rule[Any]]

MOST_RESULTS = 25_000
"""GitHub refuses a file with more."""
LONGEST_DESCRIPTION = 1024
"""In characters: GitHub takes no longer description of a rule."""
MOST_RELATED = 100
"""GitHub shows no more locations of a result."""

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_FINGERPRINT = "podroomFinding/v1"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEM_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}


def render(outcome: Outcome, frame: Frame) -> str:
    """Return the document; the same outcome gives the same bytes.

    What is suppressed is left out, because GitHub would open an alert for it.
    """
    findings = outcome.findings[:MOST_RESULTS]
    rules = [frame.rules[code] for code in sorted({finding.code for finding in findings} & set(frame.rules))]
    index = {rule.code: at for at, rule in enumerate(rules)}
    marks = fingerprints(findings, frame.paths)
    run = {
        "tool": {
            "driver": {
                "name": "podroom",
                "semanticVersion": frame.version,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "utf16CodeUnits",
        "invocations": [
            {
                "executionSuccessful": not outcome.problems,
                "toolExecutionNotifications": list(_notifications(outcome, frame.paths)),
            }
        ],
        "results": [_result(finding, mark, index, frame.paths) for finding, mark in zip(findings, marks, strict=True)],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=True) + "\n"


def _rule(rule: AnyRule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": _cut(_literal(rule.title()))},
        "fullDescription": {"text": _cut(_literal(rule.rationale().partition("\n\n")[0] or rule.title()))},
        "help": {"text": _literal(rule.rationale() or rule.title()), "markdown": markdown_page(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "problem.severity": _PROBLEM_SEVERITIES[rule.severity],
            "tags": ["capacity", "eks", "networking"],
        },
    }


def _result(finding: Finding, mark: str, index: Mapping[str, int], paths: Paths) -> dict[str, Any]:
    said = [finding.message, *(f"{title}: {text}" for title, text in [("because", finding.label), *remarks(finding)])]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": _literal("\n".join(printable(line) for line in said))},
        "locations": [{**_location(finding.span, paths), "logicalLocations": _logical(finding.subjects)}],
        "partialFingerprints": {_FINGERPRINT: mark},
        "properties": {
            "confidence": str(finding.confidence),
            "subjects": list(finding.subjects),
            "evidence": dict(finding.evidence),
        },
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    related = list(_related(finding.related, paths))
    return {**result, "relatedLocations": related} if related else result


def _related(notes: Sequence[Note], paths: Paths) -> Iterator[dict[str, Any]]:
    for number, note in enumerate(notes[:MOST_RELATED], start=1):
        yield {"id": number, **_location(note.span, paths), "message": {"text": _literal(printable(note.message))}}


def _logical(subjects: Iterable[str]) -> list[dict[str, Any]]:
    return [{"fullyQualifiedName": subject, "kind": "resource"} for subject in subjects]


def _location(span: Span, paths: Paths) -> dict[str, Any]:
    first, last = in_utf_16(span)
    region = {
        "startLine": first.line,
        "startColumn": first.column,
        "endLine": last.line,
        "endColumn": last.column,
    }
    return {"physicalLocation": {"artifactLocation": _artifact(span.path, paths), "region": region}}


def _artifact(path: str, paths: Paths) -> dict[str, str]:
    place = paths.from_top(path)
    if place.startswith("/") or place[1:3] == ":/":
        return {"uri": f"file:///{quote(place.lstrip('/'), safe='/:', errors='backslashreplace')}"}
    return {"uri": quote(place, errors="backslashreplace"), "uriBaseId": "%SRCROOT%"}


def _notifications(outcome: Outcome, paths: Paths) -> Iterator[dict[str, Any]]:
    """Yield what the run has to say beside its results."""
    for problem in outcome.problems:
        yield _notification("error", printable(problem.message), _place_of(problem, paths))
    left_out = len(outcome.findings) - MOST_RESULTS
    if left_out > 0:
        yield _notification("error", f"{left_out} more findings are left out: this is as many as GitHub takes", [])
    for undecided in outcome.undecided:
        text = "; ".join([f"could not decide: {printable(undecided.reason)}", *left_open(undecided)])
        yield _notification("note", text, [_location(undecided.span, paths)])
    for unused in outcome.unused:
        place = [_location(unused.suppression.span, paths)]
        yield _notification("note", f"suppression to look at: {printable(unused.reason)}", place)
    for notice in outcome.notices:
        yield _notification("note", printable(notice.message), [_location(notice.span, paths)])


def _place_of(problem: Problem, paths: Paths) -> list[dict[str, Any]]:
    if problem.span is not None:
        return [_location(problem.span, paths)]
    return [{"physicalLocation": {"artifactLocation": _artifact(problem.path, paths)}}]


def _notification(level: str, text: str, locations: list[dict[str, Any]]) -> dict[str, Any]:
    notification: dict[str, Any] = {"level": level, "message": {"text": _literal(text)}}
    return {**notification, "locations": locations} if locations else notification


def _literal(text: str) -> str:
    """Return a message that holds no placeholder and no embedded link (SARIF 3.11.5 and 3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_DESCRIPTION else text[: LONGEST_DESCRIPTION - 3] + "..."
