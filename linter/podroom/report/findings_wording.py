"""What every report for people says of findings in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.engine import Outcome, Undecided
from podroom.report.style import printable
from podroom.rule import Finding, Severity

_MOST_NAMES = 6


def summary(outcome: Outcome) -> str:
    """Return one line: what was found in what, and what was left open."""
    counts = [
        f"{number} info" if severity is Severity.INFO else count(number, str(severity))
        for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
        if (number := sum(finding.severity is severity for finding in outcome.findings))
    ]
    found = ", ".join(counts) or "no findings"
    worlds = [world for world in outcome.worlds if world.about_eks]
    pools = len({(world.root, pool.address) for world in worlds for pool in world.node_pools})
    groups = len({(world.root, group.address) for world in worlds for group in world.node_groups})
    subnets = len({(world.root, subnet.address) for world in worlds for subnet in world.subnets})
    roots = len({world.root for world in worlds or outcome.worlds})
    variants = len([world for world in worlds if world.variant is not None])
    if worlds:
        nodes = count(groups, "node group") + (f", {count(pools, 'NodePool')}" if pools else "")
        contents = f"{nodes}, {count(subnets, 'subnet')}"
        taken = f" in {variants} variants" if variants > 1 else ""
        seen = f"{found} in {count(roots, 'configuration')}{taken} ({contents})"
    else:
        seen = f"nothing about Amazon EKS in {count(roots, 'configuration')}"
    rest = [
        count(len(outcome.undecided), "judgement") + " undecided" if outcome.undecided else "",
        f"{len(outcome.suppressed)} suppressed" if outcome.suppressed else "",
        f"{outcome.below_confidence} less certain not shown" if outcome.below_confidence else "",
        count(len(outcome.notices), "notice") if outcome.notices else "",
        count(len(outcome.problems), "input") + " not read" if outcome.problems else "",
    ]
    tail = "".join(f", {item}" for item in rest if item)
    return f"podroom: {seen}{tail}"


def remarks(finding: Finding) -> Iterator[tuple[str, str]]:
    """Iterate over what is said below a finding: a title and a text on one line."""
    for title, text in (
        ("subject", some(finding.subjects)),
        ("effect", finding.effect),
        ("fix", finding.fix),
        ("only with", some(finding.variants)),
        ("assumes", finding.assumption),
    ):
        if text:
            yield title, printable(text)


def left_open(undecided: Undecided) -> list[str]:
    """Return what an unknown leaves open, a line for each group of rules and subjects."""
    lines = [
        f"leaves open {', '.join(codes)} for {some(subjects)}" for subjects, codes in undecided.left_open().items()
    ] or [some(undecided.unread)]
    if undecided.variants:
        lines[-1] += f"; only with {some(undecided.variants)}"
    return [printable(line) for line in lines]


def count(number: int, noun: str) -> str:
    """Return a number of things."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def some(names: Sequence[str]) -> str:
    """Return a list of names, cut after the first few."""
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown} and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else shown
