"""Findings as workflow commands, which GitHub Actions shows as annotations of the changed lines.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions, and for the escapes
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
"""

from __future__ import annotations

from collections.abc import Iterator

from podroom.engine import Outcome
from podroom.positions import Paths, Span
from podroom.report.columns import in_utf_16
from podroom.report.findings_wording import left_open, remarks, summary
from podroom.report.frame import Frame
from podroom.report.style import printable
from podroom.rule import Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(outcome: Outcome, frame: Frame) -> str:
    """Return a line for each annotation, and the summary, which is a plain line of the log."""
    return "\n".join([*_annotations(outcome, frame.paths), printable(summary(outcome))]) + "\n"


def _annotations(outcome: Outcome, paths: Paths) -> Iterator[str]:
    for finding in outcome.findings:
        lines = [printable(finding.message), printable(finding.label)]
        lines += [f"{title}: {text}" for title, text in remarks(finding)]
        title = f"{finding.code} {finding.name}"
        yield _command(_COMMANDS[finding.severity], title, "\n".join(lines), finding.span, paths)
    for problem in outcome.problems:
        yield _command("error", "not read", printable(problem.message), problem.span, paths)
    for undecided in outcome.undecided:
        lines = [printable(undecided.reason), *left_open(undecided)]
        yield _command("notice", "could not decide", "\n".join(lines), undecided.span, paths)
    for unused in outcome.unused:
        yield _command("notice", "suppression to look at", printable(unused.reason), unused.suppression.span, paths)
    for notice in outcome.notices:
        yield _command("notice", "notice", printable(notice.message), notice.span, paths)


def _command(command: str, title: str, text: str, span: Span | None, paths: Paths) -> str:
    properties: dict[str, str] = {}
    if span is not None:
        first, last = in_utf_16(span)
        properties = {
            "file": printable(paths.from_top(span.path)),
            "line": str(first.line),
            "endLine": str(last.line),
        }
        if first.line == last.line:  # GitHub refuses columns of different lines
            properties.update({"col": str(first.column), "endColumn": str(last.column)})
    properties["title"] = f"podroom: {title}"
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {written}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
