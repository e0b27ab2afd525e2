"""Findings for a person at a terminal: the source line, the sum under it, the fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podroom.engine import Outcome, Problem, Undecided, Unused
from podroom.model.world import Notice
from podroom.positions import Span
from podroom.report.findings_wording import count, left_open, remarks, summary
from podroom.report.frame import Frame
from podroom.report.style import Style, printable
from podroom.rule import Confidence, Finding, Note, Severity

_TAB = "    "
_LONGEST_LINE = 160
_CUT = "..."
_MOST_PLACES = 12
_MOST_SAID = 4


def render(outcome: Outcome, frame: Frame) -> str:
    """Return the whole report, its closing summary included."""
    style = frame.style
    parts = [finding_text(finding, style) for finding in outcome.findings]
    parts += [problem_text(problem, style) for problem in outcome.problems]
    if outcome.undecided:
        parts.append(undecided_text(outcome.undecided, style))
    if outcome.unused:
        parts.append(_unused(outcome.unused, style))
    if outcome.notices:
        parts.append(_notices(outcome.notices, style))
    parts.append(style.strong(summary(outcome)))
    return "\n\n".join(parts) + "\n"


def finding_text(finding: Finding, style: Style) -> str:
    """Return one finding: the line, the sum under it, the fix."""
    sure = "" if finding.confidence is Confidence.HIGH else f" ({finding.confidence} confidence)"
    head = style.severity(finding.severity, f"{finding.severity}[{finding.code}]")
    lines = [f"{head} {finding.name}: {style.strong(printable(finding.message))}{style.faint(sure)}"]
    width = max(len(str(span.first.line)) for span in [finding.span, *(note.span for note in finding.related)])
    lines += _excerpt(finding.span, finding.label, severity=finding.severity, width=width, style=style)
    lines += _related(finding.related, width=width, style=style)
    gutter = " " * width + " = "
    for title, text in remarks(finding):
        lines.append(f"{style.faint(gutter)}{style.strong(title)}: {text}")
    return "\n".join(lines)


def _related(notes: Iterable[Note], *, width: int, style: Style) -> Iterator[str]:
    """Iterate over the lines that show related places, each once with what is said of it; cut after the first few."""
    places: dict[Span, dict[str, None]] = {}
    for note in notes:
        places.setdefault(note.span, {})[note.message] = None
    for span, said in list(places.items())[:_MOST_PLACES]:
        more = [f"and {len(said) - _MOST_SAID} more"] if len(said) > _MOST_SAID else []
        yield from _excerpt(span, *[*said][:_MOST_SAID], *more, width=width, style=style)
    if len(places) > _MOST_PLACES:
        yield f"{' ' * width}{style.faint(':::')} and {count(len(places) - _MOST_PLACES, 'more place')}"


def _excerpt(
    span: Span, label: str, *labels: str, severity: Severity | None = None, width: int, style: Style
) -> Iterator[str]:
    """Iterate over the lines that show a place and what is said of it; without a severity it is a related one."""
    arrow, mark = (":::", "-") if severity is None else ("-->", "^")
    first, last = span.first, span.last
    raw = span.document.line(first.line)
    stop = last.column - 1 if last.line == first.line else len(raw)
    before = printable(raw[: first.column - 1].replace("\t", _TAB))
    guilty = printable(raw[first.column - 1 : stop].replace("\t", _TAB))
    after = printable(raw[stop:].replace("\t", _TAB))
    before, guilty, after = _cut(before, guilty, after)
    margin = " " * width
    yield f"{margin}{style.faint(arrow)} {printable(str(span))}"
    yield style.faint(f"{margin} |")
    yield f"{style.faint(f'{first.line:>{width}} |')} {before}{guilty}{after}".rstrip()
    marks = mark * max(len(guilty), 1)
    for at, text in enumerate((label, *labels)):
        shown = style.severity(severity, f"{marks if at == 0 else ' ' * len(marks)} {printable(text)}")
        yield f"{style.faint(f'{margin} |')} {' ' * len(before)}{shown}"


def _cut(before: str, guilty: str, after: str) -> tuple[str, str, str]:
    """Cut a source line that is too long to be looked at down to the guilty text and what stands around it."""
    if len(before) + len(guilty) + len(after) <= _LONGEST_LINE:
        return before, guilty, after
    most = _LONGEST_LINE * 3 // 4
    if len(guilty) > most:
        guilty, after = guilty[: most - len(_CUT)] + _CUT, ""
    left = _LONGEST_LINE - len(guilty)
    room_before = max(left // 2, left - len(after))
    if len(before) > room_before:
        before = _CUT + before[len(before) - room_before + len(_CUT) :].lstrip()
    room_after = left - len(before)
    if len(after) > room_after:
        after = after[: room_after - len(_CUT)].rstrip() + _CUT
    return before, guilty, after


def problem_text(problem: Problem, style: Style) -> str:
    """Return an input that could not be read, with its place."""
    head = style.severity(Severity.ERROR, "not read")
    if problem.span is None:
        return f"{head}: {printable(problem.message)}"
    width = len(str(problem.span.first.line))
    lines = [f"{head}: {style.strong(printable(problem.message))}"]
    lines += _excerpt(problem.span, "here", severity=Severity.ERROR, width=width, style=style)
    return "\n".join(lines)


def undecided_text(outcomes: Iterable[Undecided], style: Style) -> str:
    """Return what could not be decided."""
    lines = [style.strong("could not decide:")]
    for outcome in outcomes:
        lines.append(f"  {printable(str(outcome.span))}: {style.strong(printable(outcome.reason))}")
        lines += [style.faint(f"      {line}") for line in left_open(outcome)]
    return "\n".join(lines)


def _notices(notices: Iterable[Notice], style: Style) -> str:
    lines = [style.strong("notices:")]
    lines += [f"  {printable(f'{notice.span}: {notice.message}')}" for notice in notices]
    return "\n".join(lines)


def _unused(suppressions: Iterable[Unused], style: Style) -> str:
    lines = [style.strong("suppressions to look at:")]
    lines += [f"  {printable(f'{unused.suppression.span}: {unused.reason}')}" for unused in suppressions]
    return "\n".join(lines)
