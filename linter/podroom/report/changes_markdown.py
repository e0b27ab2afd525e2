"""A change as Markdown, for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podroom.capacity.assessment import Assumptions
from podroom.changes import Change, RootChange
from podroom.engine import Outcome
from podroom.positions import Paths
from podroom.report.changes_wording import PEAK, group_lines, subnet_line, summary, title
from podroom.report.findings_markdown import finding_block, folded, limited, place, undecided_lines, unread_lines
from podroom.report.frame import Frame
from podroom.report.markdown import code, escaped
from podroom.rule import Finding


def render(change: Change, outcome: Outcome, assumptions: Assumptions, frame: Frame) -> str:
    """Return the document; what makes it too long for a comment is left out and counted."""
    paths = frame.paths
    blocks = [finding_block(finding, paths) for finding in change.findings.new]
    blocks += ["\n".join(_root(root, assumptions)) + "\n" for root in change.roots]
    if any(root.subnets for root in change.roots):
        blocks.append(f"_{escaped(PEAK)}_\n")
    blocks += _folded(change, outcome, paths)
    return limited(f"### {escaped(summary(change))}\n\n{escaped(title(change))}\n", blocks)


def _root(root: RootChange, assumptions: Assumptions) -> Iterator[str]:
    yield f"#### Capacity of {escaped(root.title)}"
    yield ""
    for group in root.groups:
        yield f"- {code(group.address)}: {escaped('; '.join(group_lines(group)))}"
    for subnet in root.subnets:
        yield f"- {escaped(subnet_line(subnet, assumptions))}"


def _folded(change: Change, outcome: Outcome, paths: Paths) -> Iterator[str]:
    yield from folded("Not read", unread_lines(outcome.problems, paths))
    yield from folded("No longer decided", undecided_lines(change.findings.opened, paths))
    yield from folded("Fixed", _in_a_line(change.findings.fixed, paths))
    yield from folded("As before", _in_a_line(change.findings.remaining, paths))
    yield from folded("Notes", [f"- {escaped(remark)}" for remark in change.remarks])


def _in_a_line(findings: Iterable[Finding], paths: Paths) -> list[str]:
    return [f"- {place(one.span, paths)}: {escaped(f'{one.code} {one.name}: {one.message}')}" for one in findings]
