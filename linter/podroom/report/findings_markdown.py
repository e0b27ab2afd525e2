"""Findings as Markdown for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from podroom.engine import Outcome, Problem, Undecided
from podroom.positions import Paths, Span
from podroom.report.findings_wording import left_open, remarks, summary
from podroom.report.frame import Frame
from podroom.report.markdown import code, escaped
from podroom.rule import Confidence, Finding, Severity

LONGEST = 60_000
"""In characters.  GitHub takes 65,536 in a comment, and whoever posts it may add something of their own."""

_MARKS = {Severity.ERROR: ":x:", Severity.WARNING: ":warning:", Severity.INFO: ":information_source:"}


def render(outcome: Outcome, frame: Frame) -> str:
    """Return the document; what makes it too long for a comment is left out and counted."""
    blocks = [*(finding_block(finding, frame.paths) for finding in outcome.findings), *_others(outcome, frame.paths)]
    return limited(f"### {escaped(summary(outcome))}\n", blocks)


def limited(head: str, blocks: Sequence[str]) -> str:
    """Return a document of blocks; those that make it too long for a comment are left out and counted."""
    parts: list[str] = []
    room = LONGEST - len(head)
    for at, block in enumerate(blocks):
        room -= len(block) + 1
        if room < 0:
            parts.append(f"{len(blocks) - at} more left out here.\n")
            break
        parts.append(block)
    return "\n".join([head, *parts])


def finding_block(finding: Finding, paths: Paths) -> str:
    """Return one finding under a heading."""
    sure = "" if finding.confidence is Confidence.HIGH else f" ({finding.confidence} confidence)"
    lines = [
        f"#### {_MARKS[finding.severity]} {finding.severity} {finding.code} {escaped(finding.name)}{sure}",
        "",
        escaped(finding.message),
        "",
        f"- {place(finding.span, paths)}: {escaped(finding.label)}",
    ]
    lines += [f"- {place(note.span, paths)}: {escaped(note.message)}" for note in finding.related]
    lines += [f"- **{title}**: {escaped(text)}" for title, text in remarks(finding)]
    return "\n".join(lines) + "\n"


def _others(outcome: Outcome, paths: Paths) -> Iterator[str]:
    """Yield what the run has to say beside its findings, each kind under a heading."""
    unused = [f"- {place(one.suppression.span, paths)}: {escaped(one.reason)}" for one in outcome.unused]
    notices = [f"- {place(one.span, paths)}: {escaped(one.message)}" for one in outcome.notices]
    yield from folded("Not read", unread_lines(outcome.problems, paths))
    yield from folded("Could not decide", undecided_lines(outcome.undecided, paths))
    yield from folded("Suppressions to look at", unused)
    yield from folded("Notices", notices)


def unread_lines(problems: Iterable[Problem], paths: Paths) -> list[str]:
    """Return a line for each input that could not be read."""
    return [
        f"- {place(problem.span, paths) if problem.span else code(problem.path)}: {escaped(problem.message)}"
        for problem in problems
    ]


def undecided_lines(undecided: Iterable[Undecided], paths: Paths) -> list[str]:
    """Return a line for each thing that could not be decided."""
    return [
        f"- {place(one.span, paths)}: {escaped(one.reason)} ({escaped('; '.join(left_open(one)))})" for one in undecided
    ]


def folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield lines under a heading that shows how many there are, to be unfolded; nothing if there are none."""
    if lines:
        yield "\n".join([f"<details><summary>{title} ({len(lines)})</summary>", "", *lines, "", "</details>", ""])


def place(span: Span, paths: Paths) -> str:
    """Return where something is, as code."""
    return code(f"{paths.from_top(span.path)}:{span.first.line}")
