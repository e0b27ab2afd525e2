"""Chooses rules, runs them over a World and settles what comes out.

An outcome is a finding, undecided, suppressed or an error; none is swallowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from podroom.capacity.assessment import Assessment
from podroom.errors import UsageError
from podroom.model.world import Cluster, NodeGroup, Subnet, World
from podroom.positions import Document, Span
from podroom.rule import Finding, Rule
from podroom.values import Default, Undecidable, Unknown

AnyRule = Rule[Any]


@dataclass(frozen=True, slots=True)
class Undecided:
    """A judgement that could not be made, and what would allow it."""

    codes: tuple[str, ...]
    subjects: tuple[str, ...]
    unknown: Unknown
    span: Span

    @property
    def reason(self) -> str:
        """Return why it could not be decided."""
        return self.unknown.reason


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that a comment in the configuration takes back, with the reason given there."""

    finding: Finding
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Problem:
    """An input that could not be read, or could be read only in part."""

    message: str
    span: Span | None
    path: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one run has to say."""

    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    problems: tuple[Problem, ...] = ()
    worlds: tuple[World, ...] = ()


@dataclass(frozen=True, slots=True)
class Suppression:
    """`# podroom: ignore[PR101, PR102] reason` in a document."""

    codes: frozenset[str]
    reason: str
    span: Span
    line: int
    own_line: bool


class Engine:
    """Runs a set of rules; two rules with one code are refused."""

    def __init__(self, rules: Iterable[type[AnyRule]]) -> None:
        """Take the rule classes, in the order of their codes."""
        by_code: dict[str, type[AnyRule]] = {}
        for rule in rules:
            other = by_code.setdefault(rule.code, rule)
            if other is not rule:
                message = f"two rules have the code {rule.code}: {other.__module__} and {rule.__module__}"
                raise UsageError(message)
        if not by_code:
            raise UsageError("no rules were found; install a rule pack (the distribution podroom brings one)")
        self.rules: tuple[AnyRule, ...] = tuple(by_code[code]() for code in sorted(by_code))

    def judge(self, assessment: Assessment) -> tuple[list[Finding], list[Undecided]]:
        """Judge one World; findings and undecided outcomes are in no particular order."""
        world = assessment.world
        subjects: dict[type, Sequence[Cluster | NodeGroup | Subnet]] = {
            Cluster: world.clusters,
            NodeGroup: world.node_groups,
            Subnet: world.subnets,
        }
        findings: list[Finding] = []
        undecided: list[Undecided] = []
        for rule in self.rules:
            for subject in subjects[rule.subject]:
                try:
                    # One by one, so that what was found before the unknown came up is kept.
                    for finding in rule.judge(subject, assessment):
                        findings.append(finding)  # noqa: PERF402 - extend() would lose them when judge() raises
                except Undecidable as cause:
                    undecided.append(_undecided(rule.code, subject, cause.unknown))
        return findings, undecided


def settle(
    findings: Iterable[Finding],
    undecided: Iterable[Undecided],
    suppressions: Sequence[Suppression],
) -> tuple[list[Finding], list[Undecided], list[Suppressed]]:
    """Merge what is one thing, take back what is suppressed, and sort by what hurts first."""
    merged = _merge_findings(findings)
    by_line = _by_line(suppressions)
    kept, taken_back = [], []
    for finding in merged:
        suppression = _suppression_of(finding, by_line)
        if suppression is None:
            kept.append(finding)
        else:
            taken_back.append(Suppressed(finding, suppression.reason, suppression.span))
    kept.sort(key=_finding_order)
    taken_back.sort(key=lambda suppressed: _finding_order(suppressed.finding))
    return kept, _merge_undecided(undecided), taken_back


_COMMENT = re.compile(r"(?:#|//|/\*)\s*podroom:\s*ignore\[([A-Z0-9,\s]+)\][ \t]*([^\r\n]*?)\s*(?:\*/)?\s*$")


def read_suppression(comment: Span) -> Suppression | None:
    """Return the suppression that a comment asks for, or None if it asks for none."""
    match = _COMMENT.match(comment.text)
    if match is None:
        return None
    codes = frozenset(code.strip() for code in match[1].split(",") if code.strip())
    line = comment.first.line
    before = comment.document.line(line)[: comment.first.column - 1]
    return Suppression(codes, match[2], comment, line, own_line=not before.strip())


def _by_line(suppressions: Sequence[Suppression]) -> dict[tuple[Document, int], list[Suppression]]:
    lines: dict[tuple[Document, int], list[Suppression]] = {}
    for suppression in suppressions:
        line = suppression.line + 1 if suppression.own_line else suppression.line
        lines.setdefault((suppression.span.document, line), []).append(suppression)
    return lines


def _suppression_of(finding: Finding, by_line: dict[tuple[Document, int], list[Suppression]]) -> Suppression | None:
    for suppression in by_line.get((finding.span.document, finding.span.first.line), ()):
        if finding.code in suppression.codes:
            return suppression
    return None


def _undecided(code: str, subject: Cluster | NodeGroup | Subnet, unknown: Unknown) -> Undecided:
    span = subject.span if isinstance(unknown.origin, Default) else unknown.origin
    return Undecided((code,), (subject.address,), unknown, span)


def _merge_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Make one finding of those with one code at one place: one line to change, several subjects."""
    merged: dict[tuple[str, Document, int, int], Finding] = {}
    for finding in findings:
        key = (finding.code, finding.span.document, finding.span.start, finding.span.end)
        first = merged.get(key)
        if first is None:
            merged[key] = finding
            continue
        worse, other = (finding, first) if finding.severity > first.severity else (first, finding)
        subjects = tuple(dict.fromkeys(worse.subjects + other.subjects))
        related = worse.related + tuple(
            note for note in other.related if all(note.span != known.span for known in worse.related)
        )
        merged[key] = replace(worse, subjects=subjects, related=related)
    return list(merged.values())


def _merge_undecided(undecided: Iterable[Undecided]) -> list[Undecided]:
    """Make one outcome of all that hangs on the same unknown, so that the reader sees what to supply."""
    merged: dict[tuple[str, Document, int], Undecided] = {}
    for outcome in undecided:
        key = (outcome.reason, outcome.span.document, outcome.span.start)
        first = merged.setdefault(key, outcome)
        if first is not outcome:
            merged[key] = replace(
                first,
                codes=tuple(sorted({*first.codes, *outcome.codes})),
                subjects=tuple(dict.fromkeys(first.subjects + outcome.subjects)),
            )
    return sorted(merged.values(), key=lambda outcome: (outcome.span.path, outcome.span.start, outcome.reason))


def _finding_order(finding: Finding) -> tuple[int, int, str, int, str]:
    return (-finding.severity, -finding.confidence, finding.span.path, finding.span.start, finding.code)
