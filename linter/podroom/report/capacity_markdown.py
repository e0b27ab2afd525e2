"""A forecast as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.assessment import Assumptions
from podroom.capacity.estimate import LoadState
from podroom.capacity.forecast import GroupForecast
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.report.capacity_wording import (
    WHILE_APPLIED,
    Comparison,
    alike,
    assumed,
    cidr_of,
    cni_line,
    deciders,
    fitting,
    groups_of_alike,
    kept_free,
    label,
    named,
    percent,
    place,
    recommended_sentence,
    remark,
    sentences,
    share_sentences,
    shown,
)
from podroom.report.markdown import code, escaped, table


def render(comparisons: Sequence[Comparison], assumptions: Assumptions) -> str:
    """Return the whole report."""
    if not comparisons:
        return "Nothing about Amazon EKS here.\n"
    lines = [line for comparison in comparisons for line in _configuration(comparison)]
    lines += ["Assumed:", "", *(f"- {escaped(assumption)}" for assumption in assumed(assumptions)), ""]
    return "\n".join(lines)


def _configuration(comparison: Comparison) -> Iterator[str]:
    found = comparison.today
    yield f"## Room for nodes and pods: {code(found.title)}"
    yield ""
    if comparison.changes:
        yield f"What if: {', '.join(map(code, comparison.changes))}"
        yield ""
    for cluster in found.clusters:
        yield f"- cluster {code(cluster.cluster.address)}: {escaped(cni_line(cluster))}"
    if found.clusters:
        yield ""
    if found.groups:
        yield from _groups(found.groups, comparison)
    for subnets in groups_of_alike(comparison):
        yield from _subnets(subnets, comparison)
    sentence = recommended_sentence(comparison)
    if sentence:
        yield from (escaped(sentence), "")
    gaps = comparison.gaps()
    if gaps:
        yield from ("Not known:", "")
        yield from (f"- {prefix}{escaped(gap.reason)} ({code(place(gap))})" for prefix, gap in gaps)
        yield ""


def _groups(groups: Sequence[GroupForecast], comparison: Comparison) -> Iterator[str]:
    rows = []
    for several in alike(groups, comparison):
        group = several[0]
        for found in (group, comparison.other_group(group)):
            if found is not None:
                which = code(named([each.group.address for each in several])) if found is group else "what if"
                sizes = [shown(size) for size in (found.desired, found.maximum, found.zones, found.surge)]
                taken = [shown(number) for _, number in found.node.addresses]
                rows.append([which, "<br>".join(map(escaped, deciders(found))), *sizes, *taken])
    loads = [f"{label(state, comparison.today.assumptions)}" for state in LoadState]
    yield from table(
        ["node group", "types", "desired", "maximum", "zones", "update adds", *loads], rows, numbers_from=2
    )
    yield ""
    yield "The last four columns are addresses that one node takes."
    yield ""


def _subnets(subnets: Sequence[SubnetForecast], comparison: Comparison) -> Iterator[str]:
    first = subnets[0]
    names = ", ".join(
        f"{code(subnet.subnet.address)} {escaped(cidr_of(subnet))} ({escaped(subnet.zone or 'zone unknown')})"
        for subnet in subnets
    )
    each = " each" if len(subnets) > 1 else ""
    yield f"**{names}: {shown(first.usable)} usable addresses{each}**"
    yield ""
    scenarios = comparison.scenarios(first)
    if comparison.has_nodes(first):
        rows = []
        for state in LoadState:
            name = label(state, comparison.today.assumptions)
            for found, which in ((first, name), *((one.found, f"{one.title}, {name}") for one in scenarios)):
                numbers = (found.at_desired, found.at_maximum)
                rows.append(
                    [
                        which,
                        *(shown(loads.of(state)) for loads in numbers),
                        percent(found.at_maximum.of(state), found.usable),
                        shown(found.left.of(state)),
                        fitting(found.holds.of(state)),
                        escaped(remark(found, state)),
                    ]
                )
        titles = ["load", "at desired", "at maximum", "of usable", "left", "nodes it holds"]
        if any(row[-1] for row in rows):
            titles.append("what is lacking")
        yield from table(titles, [row[: len(titles)] for row in rows], numbers_from=1)
        yield ""
    notes = share_sentences(first, scenarios)
    reserved = kept_free(first)
    notes += [f"kept free: {reserved}"] if reserved else []
    assumptions = comparison.today.assumptions
    notes += sentences(first, assumptions)
    notes += [sentence for one in scenarios for sentence in one.sentences(assumptions) if one.member == WHILE_APPLIED]
    yield from (f"- {escaped(note)}" for note in notes if note)
    yield ""
