"""A recommendation for a person at a terminal: what to set, why, before and after, and the lines that set it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.estimate import LoadState
from podroom.capacity.forecast import Forecast
from podroom.capacity.recommendation import Advice, Recommendation, Verdict
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.report.capacity_text import Canvas
from podroom.report.capacity_wording import (
    Comparison,
    assumed,
    cidr_of,
    fitting,
    groups_of_alike,
    label,
    place,
    several,
    shown,
)
from podroom.report.cni_lines import ways_to_set
from podroom.report.remedy_lines import effects, lines_for
from podroom.report.style import printable

_SHOWN = (LoadState.IDLE, LoadState.EXPECTED, LoadState.SATURATED)


def render(recommendations: Sequence[Recommendation], canvas: Canvas) -> str:
    """Return the whole report."""
    if not recommendations:
        return "podroom: nothing about Amazon EKS here\n"
    lines: list[str] = []
    for found in recommendations:
        lines += [*_configuration(found, canvas), ""]
    lines.append(canvas.style.strong("Assumed"))
    for assumption in assumed(recommendations[0].today.assumptions):
        lines += canvas.paragraph(assumption, 2)
    return "\n".join(lines) + "\n"


def _configuration(found: Recommendation, canvas: Canvas) -> Iterator[str]:
    yield canvas.style.strong(printable(found.today.title))
    if not found.advice:
        yield "  no cluster here"
    for advice in found.advice:
        yield ""
        yield from _advice(advice, found.then, canvas)
    comparison = Comparison(found.today, found.then, ("recommended",))
    alike = [subnets for subnets in groups_of_alike(comparison) if subnets[0].shares]
    for subnets in alike:
        yield ""
        yield from _subnets(subnets, comparison, canvas)
    more = len(found.advice) > 1
    for advice in found.advice:
        if advice.changes:
            for way in ways_to_set(advice.cluster, advice.changes, one_of_several=more):
                yield ""
                yield from (canvas.style.strong(line) for line in canvas.paragraph(way.title, 0))
                yield from (f"  {printable(line)}" for line in way.text.splitlines())
        for remedy in advice.remedies:
            ways = tuple(lines_for(advice.cluster, remedy, one_of_several=more))
            if ways:
                yield ""
                yield from canvas.paragraph(f'to follow "also: {remedy.text}"', 0)
            for way in ways:
                yield from canvas.paragraph(way.title, 2)
                yield from (f"    {printable(line)}" for line in way.text.splitlines())


def _advice(advice: Advice, before: Forecast, canvas: Canvas) -> Iterator[str]:
    strong = canvas.style.strong
    yield f"{strong('cluster')} {printable(advice.cluster.address)}: {strong(headline(advice))}"
    for reason in advice.reasons:
        yield from canvas.paragraph(reason, 2)
    for remedy in advice.remedies:
        yield from canvas.paragraph(f"also: {remedy.text}", 2)
        for effect in effects(before, remedy):
            yield from canvas.paragraph(effect, 4)
    for gap in advice.gaps:
        yield from canvas.paragraph(f"not known: {gap.reason}", 2)
        yield f"      {canvas.style.faint(printable(place(gap)))}"


def headline(advice: Advice) -> str:
    """Return what is recommended, in a few words."""
    if advice.verdict is Verdict.KEEP:
        return "keep the settings"
    if advice.verdict is Verdict.UNDECIDED:
        return "nothing can be recommended"
    return f"set {', '.join(map(str, advice.changes))}"


def _subnets(subnets: Sequence[SubnetForecast], comparison: Comparison, canvas: Canvas) -> Iterator[str]:
    first = subnets[0]
    title = f"{len(subnets)} subnets alike" if len(subnets) > 1 else "subnet"
    nodes = several(first.nodes_at_maximum, "node")
    yield f"{canvas.style.strong(title)}: {shown(first.usable)} usable addresses, {nodes}"
    for subnet in subnets:
        yield from canvas.paragraph(f"{subnet.subnet.address}  {cidr_of(subnet)}", 2)
    other = comparison.other(first) or first
    rows = [("", "today", "then", "left today", "left then", "holds today", "then")]
    for state in _SHOWN:
        before, after = first, other
        rows.append(
            (
                label(state, comparison.today.assumptions),
                shown(before.at_maximum.of(state)),
                shown(after.at_maximum.of(state)),
                shown(before.left.of(state)),
                shown(after.left.of(state)),
                fitting(before.holds.of(state)),
                fitting(after.holds.of(state)),
            )
        )
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [
            f"{row[0]:<{widths[0]}}",
            *(f"{text:>{width}}" for text, width in zip(row[1:], widths[1:], strict=True)),
        ]
        line = "  " + "  ".join(cells)
        yield canvas.style.faint(line) if number == 0 else line
