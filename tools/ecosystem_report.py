"""What changed between two runs over public repositories, and how much is decided in one, as Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecosystem_outcomes import NOT_JUDGED, OPEN

Outcome = Mapping[str, Any]
FIGURES = ("max pods", "subnets")
_LISTS = ("findings", "undecided", "not read")
_MOST_LINES = 40
"""The most changes of one repository that are told one by one."""
_BEGIN, _END = "<!-- written by tools/ecosystem.py -->", "<!-- up to here -->"

REASONS = (
    (r"has no value \(declared at", "a variable without a value, which a caller or a variable file elsewhere gives"),
    (
        r"is an output of a module whose source|and its source \(.*\) is not here",
        "an output of a module that is neither here nor known",
    ),
    (r"terraform\.workspace is not given", "the workspace, which decides what exists or of which type it is"),
    (r"aws_availability_zones", "how many availability zones the region has"),
    (r"instance_type_offerings", "in which zones AWS offers a type"),
    (r"looked up by Terraform when it runs", "another data source that asks AWS when Terraform runs"),
    (r"terraform_remote_state", "the state of another configuration"),
    (r"several clusters", "which of several clusters a manifest or a script configures"),
    (r"does not say the cidr|size of subnet-|Outposts", "subnets that exist already, named by their id"),
    (
        r"operating system|does not tell the|image of Ubuntu|image itself",
        "what an image carries that is not Amazon's own",
    ),
    (r"instanceSelector|instance_requirements", "AWS or eksctl chooses the instance type"),
    (r"is not in this file|launch template", "a launch template that exists already"),
    (r"nothing is declared", "a name that nothing declares, which Terraform refuses"),
)
"""What the reason of an open figure looks like, and what it is counted as; the first one that fits."""
OTHERS = "others"


def changes(before: Mapping[str, Outcome], now: Mapping[str, Outcome]) -> str:
    """Return what is no longer as it was, by repository; empty if nothing is."""
    parts = []
    for name in sorted(before.keys() | now.keys(), key=str.lower):
        lines = list(_changes_of(before.get(name), now.get(name)))
        if lines:
            more = [f"- and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else []
            parts.append("\n".join([f"### {name}", "", *lines[:_MOST_LINES], *more]))
    return "\n\n".join(parts)


def _changes_of(before: Outcome | None, now: Outcome | None) -> Iterator[str]:
    if now is None:
        yield "- no longer there"
        return
    if "crash" in now:
        yield f"- **crash**: {now['crash']}"
        return
    if before is None:
        yield f"- new: {now['configurations']} configurations, {len(now['groups'])} node groups"
        before = {}
    if before and before.get("configurations") != now["configurations"]:
        yield f"- configurations: {before.get('configurations')} → {now['configurations']}"
    for kind in _LISTS:
        old, new = Counter[str](before.get(kind, ())), Counter[str](now[kind])
        yield from (f"- {kind}, gone: {_code(line)}{_times(many)}" for line, many in sorted((old - new).items()))
        yield from (f"- {kind}, new: {_code(line)}{_times(many)}" for line, many in sorted((new - old).items()))
    if before:
        yield from _changed_groups(before.get("groups", {}), now["groups"])


def _changed_groups(before: Mapping[str, Outcome], now: Mapping[str, Outcome]) -> Iterator[str]:
    for group in sorted(before.keys() | now.keys()):
        old, new = before.get(group), now.get(group)
        if old is None or new is None:
            yield f"- node group, {'new' if old is None else 'gone'}: {_code(group)}"
            continue
        for figure in FIGURES:
            if old[figure] != new[figure]:
                yield f"- {figure} of {_code(group)}: {_code(old[figure])} → {_code(new[figure])}"


def _times(many: int) -> str:
    return f" ({many} times)" if many > 1 else ""


def _code(text: str) -> str:
    """Return a text of somebody else as code, in which it can format nothing."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    fence = "`" * (max((len(run) for run in re.findall("`+", plain)), default=0) + 1)
    pad = " " if "`" in plain else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def with_shares(document: str, outcomes: Mapping[str, Outcome]) -> str:
    """Return a document with the tables between its two marks written anew."""
    head, begin, rest = document.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    return f"{head}{begin}\n\n{share_table(outcomes)}\n\n{end}{tail}" if begin and end else document


def share_table(outcomes: Mapping[str, Outcome]) -> str:
    """Return how many node groups are decided, the reasons for the rest, and both figures by repository."""
    whole = {name: outcome for name, outcome in outcomes.items() if "crash" not in outcome}
    groups = [group for outcome in whole.values() for group in outcome["groups"].values()]
    return "\n\n".join([_totals(len(whole), groups), _reasons(whole), _by_repository(whole)])


def _judged(groups: Sequence[Outcome]) -> list[Outcome]:
    return [group for group in groups if NOT_JUDGED not in group.values()]


def _decided(groups: Sequence[Outcome], figure: str) -> int:
    return sum(not group[figure].startswith(OPEN) for group in groups)


def _both(groups: Sequence[Outcome]) -> int:
    return sum(not any(group[figure].startswith(OPEN) for figure in FIGURES) for group in groups)


def _totals(repositories: int, groups: Sequence[Outcome]) -> str:
    judged = _judged(groups)

    def row(title: str, many: int) -> str:
        return f"| {title} | {many} of {len(judged)} | {100 * many // len(judged) if judged else 100} % |"

    left_out = f"{len(groups) - len(judged)} run Windows or are in a cluster of IPv6 and have nothing to decide"
    lines = [
        f"{repositories} repositories, {len(groups)} node groups, of which {left_out}.",
        "",
        "| decided | node groups | share |",
        "|---|---|---|",
        row("max pods, and the room for them, of every instance type", _decided(judged, "max pods")),
        row("the block of every subnet", _decided(judged, "subnets")),
        row("both", _both(judged)),
    ]
    return "\n".join(lines)


def _reasons(outcomes: Mapping[str, Outcome]) -> str:
    counted: dict[str, Counter[str]] = {}
    where: dict[str, set[str]] = {}
    for name, outcome in outcomes.items():
        for group in _judged(list(outcome["groups"].values())):
            for figure in FIGURES:
                if group[figure].startswith(OPEN):
                    reason = reason_of(group[figure])
                    counted.setdefault(reason, Counter())[figure] += 1
                    where.setdefault(reason, set()).add(name)
    lines = ["| why it is open | max pods | subnets | repositories |", "|---|---|---|---|"]
    for reason in sorted(counted, key=lambda one: (one == OTHERS, -counted[one].total(), one)):
        by_figure = counted[reason]
        lines.append(f"| {reason} | {by_figure['max pods']} | {by_figure['subnets']} | {len(where[reason])} |")
    return "\n".join(lines)


def reason_of(figure: str) -> str:
    """Return what the reason of an open figure is counted as."""
    return next((title for looks, title in REASONS if re.search(looks, figure)), OTHERS)


def _by_repository(outcomes: Mapping[str, Outcome]) -> str:
    lines = [
        "| repository | configurations | node groups | max pods decided | subnets decided | findings | not read |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in sorted(outcomes, key=str.lower):
        outcome = outcomes[name]
        judged = _judged(list(outcome["groups"].values()))
        figures = [_decided(judged, figure) for figure in FIGURES]
        facts = [outcome["configurations"], len(judged), *figures, len(outcome["findings"]), len(outcome["not read"])]
        lines.append(f"| {name} | {' | '.join(map(str, facts))} |")
    return "\n".join(lines)
