"""A change for a person at a terminal: what is new, what is fixed, and where capacity shifts."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assumptions
from podroom.changes import Change, RootChange
from podroom.engine import Outcome
from podroom.report.changes_wording import PEAK, group_lines, subnet_line, summary, title
from podroom.report.frame import Frame
from podroom.report.style import Style, printable
from podroom.report.text import finding_text, problem_text, undecided_text
from podroom.rule import Finding


def render(change: Change, outcome: Outcome, assumptions: Assumptions, frame: Frame) -> str:
    """Return the whole report, its closing summary included."""
    style = frame.style
    parts = [style.strong(printable(title(change)))]
    parts += [finding_text(finding, style) for finding in change.findings.new]
    parts += [problem_text(problem, style) for problem in outcome.problems]
    if change.findings.fixed:
        parts.append("\n".join(["fixed:", *map(_fixed, change.findings.fixed)]))
    if change.findings.opened:
        parts.append(undecided_text(change.findings.opened, style))
    parts += ["\n".join(_root(root, assumptions, style)) for root in change.roots]
    if any(root.subnets for root in change.roots):
        parts.append(style.faint(PEAK))
    parts += [printable(f"note: {remark}") for remark in change.remarks]
    parts.append(style.strong(summary(change)))
    return "\n\n".join(parts) + "\n"


def _fixed(finding: Finding) -> str:
    return printable(f"  {finding.code} {finding.name} at {finding.span}: {finding.message}")


def _root(root: RootChange, assumptions: Assumptions, style: Style) -> Iterator[str]:
    yield style.strong(printable(f"capacity of {root.title}:"))
    for group in root.groups:
        first, *others = group_lines(group)
        yield printable(f"  {group.address}: {first}")
        yield from (printable(f"      {line}") for line in others)
    for subnet in root.subnets:
        yield printable(f"  {subnet_line(subnet, assumptions)}")
