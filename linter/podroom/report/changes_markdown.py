"""A change as Markdown, for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assumptions
from podroom.changes import Change, RootChange
from podroom.engine import Outcome
from podroom.positions import Paths
from podroom.report.changes_wording import PEAK, group_lines, subnet_line, summary, title
from podroom.report.findings_markdown import finding_block, limited, place
from podroom.report.findings_wording import left_open
from podroom.report.frame import Frame
from podroom.report.markdown import code, escaped


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
    fixed = [
        f"- {place(one.span, paths)}: {escaped(f'{one.code} {one.name}: {one.message}')}"
        for one in change.findings.fixed
    ]
    before = [
        f"- {place(one.span, paths)}: {escaped(f'{one.code} {one.name}: {one.message}')}"
        for one in change.findings.remaining
    ]
    opened = [
        f"- {place(one.span, paths)}: {escaped(one.reason)} ({escaped('; '.join(left_open(one)))})"
        for one in change.findings.opened
    ]
    unread = [
        f"- {place(one.span, paths) if one.span else code(one.path)}: {escaped(one.message)}"
        for one in outcome.problems
    ]
    remarks = [f"- {escaped(remark)}" for remark in change.remarks]
    for heading, lines in (
        ("Not read", unread),
        ("No longer decided", opened),
        ("Fixed", fixed),
        ("As before", before),
        ("Notes", remarks),
    ):
        if lines:
            yield "\n".join([f"<details><summary>{heading} ({len(lines)})</summary>", "", *lines, "", "</details>", ""])
