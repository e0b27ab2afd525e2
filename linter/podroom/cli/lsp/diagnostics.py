"""What came of judging, as diagnostics of files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from lsprotocol import types

from podroom.cli.lsp.places import range_of
from podroom.engine import AnyRule, Outcome, Problem
from podroom.positions import Document, Span
from podroom.report.findings_wording import left_open, remarks
from podroom.report.style import printable
from podroom.rule import Finding, Severity

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_SOURCE = "podroom"


class Diagnostics:
    """Turns outcomes into diagnostics."""

    def __init__(self, rules: Mapping[str, type[AnyRule]], uri_of: Callable[[str], str], encoding: str) -> None:
        """Take the rules by code, what gives the address of a path, and the unit of columns."""
        self._rules = rules
        self._uri_of = uri_of
        self._encoding = encoding

    def by_file(self, outcome: Outcome) -> dict[str, list[types.Diagnostic]]:
        """Return all that there is to say, by the real path of the file that it is said of."""
        found: dict[str, list[types.Diagnostic]] = {}
        for span, diagnostic in self._all(outcome):
            found.setdefault(os.path.realpath(span.shown.path), []).append(diagnostic)
        return found

    def of_finding(self, finding: Finding) -> types.Diagnostic:
        """Return a finding as a diagnostic."""
        lines = [finding.message, finding.label, *(f"{title}: {text}" for title, text in remarks(finding))]
        rule = self._rules.get(finding.code)
        return types.Diagnostic(
            range=range_of(finding.span.shown, self._encoding),
            message="\n".join(printable(line) for line in lines),
            severity=_SEVERITIES[finding.severity],
            code=finding.code,
            code_description=None if rule is None else types.CodeDescription(href=rule.sources[0]),
            source=_SOURCE,
            related_information=[self._related(note.message, note.span.shown) for note in finding.related] or None,
        )

    def _all(self, outcome: Outcome) -> Iterator[tuple[Span, types.Diagnostic]]:
        for finding in outcome.findings:
            yield finding.span, self.of_finding(finding)
        for problem in outcome.problems:
            span = _place_of(problem)
            yield span, self._said(span, problem.message, types.DiagnosticSeverity.Error)
        for undecided in outcome.undecided:
            text = "\n".join([f"could not decide: {undecided.reason}", *left_open(undecided)])
            yield undecided.span, self._said(undecided.span, text, types.DiagnosticSeverity.Hint)
        for unused in outcome.unused:
            text = f"suppression to look at: {unused.reason}"
            place = unused.suppression.span
            yield place, self._said(place, text, types.DiagnosticSeverity.Information)
        for notice in outcome.notices:
            yield notice.span, self._said(notice.span, notice.message, types.DiagnosticSeverity.Hint)

    def _said(self, span: Span, message: str, severity: types.DiagnosticSeverity) -> types.Diagnostic:
        text = "\n".join(map(printable, message.split("\n")))
        return types.Diagnostic(range_of(span.shown, self._encoding), text, severity, source=_SOURCE)

    def _related(self, message: str, span: Span) -> types.DiagnosticRelatedInformation:
        uri = self._uri_of(os.path.realpath(span.path))
        location = types.Location(uri, range_of(span, self._encoding))
        return types.DiagnosticRelatedInformation(location, printable(message))


def _place_of(problem: Problem) -> Span:
    """Return where a problem is, the beginning of its file if it has no place."""
    return Span(Document(problem.path, ""), 0, 0) if problem.span is None else problem.span
