"""A recommendation as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.estimate import LoadState
from podroom.capacity.forecast import Forecast
from podroom.capacity.recommendation import Advice, Recommendation
from podroom.records import replace
from podroom.report.capacity_wording import assumed, fitting, label, place, shown
from podroom.report.cni_lines import ways_to_set
from podroom.report.markdown import code, escaped, fenced, table
from podroom.report.recommend_text import headline
from podroom.report.remedy_lines import effects, lines_for

_SHOWN = (LoadState.IDLE, LoadState.EXPECTED, LoadState.SATURATED)


def render(recommendations: Sequence[Recommendation]) -> str:
    """Return the whole report."""
    if not recommendations:
        return "Nothing about Amazon EKS here.\n"
    lines: list[str] = []
    for found in recommendations:
        lines += _configuration(found)
    lines += [
        "Assumed: " + "; ".join(escaped(text) for text in assumed(recommendations[0].today.assumptions)) + ".",
        "",
    ]
    return "\n".join(lines)


def _configuration(found: Recommendation) -> Iterator[str]:
    yield f"## Warm pool: {code(found.today.title)}"
    yield ""
    for advice in found.advice:
        yield from _advice(advice, found.then, several=len(found.advice) > 1)
    yield from _before_and_after(found)


def _advice(advice: Advice, before: Forecast, *, several: bool) -> Iterator[str]:
    yield f"**{code(advice.cluster.address)}: {escaped(headline(advice))}**"
    yield ""
    notes = [escaped(text) for text in advice.reasons]
    for remedy in advice.remedies:
        notes.append(f"also: {escaped(remedy.text)}")
        notes += [f"  - {escaped(effect)}" for effect in effects(before, remedy)]
    notes += [f"not known: {escaped(gap.reason)} ({code(place(gap))})" for gap in advice.gaps]
    yield from (note if note.startswith("  - ") else f"- {note}" for note in notes)
    yield ""
    ways = list(ways_to_set(advice.cluster, advice.changes, one_of_several=several)) if advice.changes else []
    for remedy in advice.remedies:
        for way in lines_for(advice.cluster, remedy, one_of_several=several):
            ways.append(replace(way, title=f"also, {way.title}"))
    for way in ways:
        yield f"{escaped(way.title)}:"
        yield ""
        yield from fenced(way.text, way.language)
        yield ""


def _before_and_after(found: Recommendation) -> Iterator[str]:
    then = {subnet.subnet.address: subnet for subnet in found.then.subnets}
    states = [label(state, found.today.assumptions) for state in _SHOWN]
    rows = []
    for subnet in found.today.subnets:
        if not subnet.shares:
            continue
        after = then[subnet.subnet.address]
        cells = [f"{shown(subnet.at_maximum.of(state))} → {shown(after.at_maximum.of(state))}" for state in _SHOWN]
        left = f"{shown(subnet.left.expected)} → {shown(after.left.expected)}"
        holds = f"{fitting(subnet.holds.expected)} → {fitting(after.holds.expected)}"
        rows.append([code(subnet.subnet.address), shown(subnet.usable), *cells, left, holds])
    expected = label(LoadState.EXPECTED, found.today.assumptions)
    if rows:
        yield from table(["subnet", "usable", *states, f"left, {expected}", f"holds, {expected}"], rows, numbers_from=1)
        yield ""
