"""A forecast for a person at a terminal: tables with bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from textwrap import wrap

from podroom.capacity.estimate import Estimate, LoadState
from podroom.capacity.forecast import ClusterForecast, GroupForecast
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.records import dataclass
from podroom.report.capacity_wording import (
    UNKNOWN,
    WHAT_IF,
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
    several,
    share_sentences,
    shown,
    value_text,
)
from podroom.report.style import Style, printable
from podroom.rule import Severity

NARROWEST, WIDEST = 80, 120
BLOCKS, ASCII = "█▒·▶", "#+.>"
"""What bars are drawn with: certainly taken, possibly taken, free, too much."""

_NEARLY_FULL_PERCENT = 80
_COLUMNS = (" at desired", " at maximum", "of usable", "left", "holds")


@dataclass(frozen=True, slots=True)
class Canvas:
    """What can be drawn on: `width` columns, `blocks` if the output's encoding has block elements, and colours."""

    width: int
    blocks: bool
    style: Style

    def bar(self, part: Estimate, whole: Estimate, cells: int) -> str:
        """Return a bar of `cells` columns: what is certainly taken, what may be, and an arrow where it is too much."""
        if whole.value is None or whole.value <= 0 or part.least is None:
            return " " * cells
        sure, maybe, empty, beyond = tuple(BLOCKS if self.blocks else ASCII)
        most = part.most if part.most is not None else 2 * whole.value
        taken = min(cells, _cells(part.least, whole.value, cells))
        possible = min(cells, _cells(most, whole.value, cells))
        text = sure * taken + maybe * (possible - taken) + empty * (cells - possible)
        if part.least > whole.value or (part.most is not None and part.most > whole.value):
            text = text[:-1] + beyond
        return self.style.severity(_severity(part, whole), text)

    def paragraph(self, text: str, indent: int, *, hanging: int = 2) -> Iterator[str]:
        """Iterate over the lines of a text that is broken at the width."""
        yield from wrap(
            printable(text),
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]


def render(comparisons: Sequence[Comparison], canvas: Canvas) -> str:
    """Return the whole report."""
    lines: list[str] = []
    for comparison in comparisons:
        lines += [*_configuration(comparison, canvas), ""]
    if not comparisons:
        return "podroom: nothing about Amazon EKS here\n"
    lines.append(canvas.style.strong("Assumed"))
    for assumption in assumed(comparisons[0].today.assumptions):
        lines += canvas.paragraph(assumption, 2)
    return "\n".join(lines) + "\n"


def _configuration(comparison: Comparison, canvas: Canvas) -> Iterator[str]:
    found = comparison.today
    yield canvas.style.strong(printable(found.title))
    for cluster in found.clusters:
        yield ""
        yield from _cluster(cluster, comparison, canvas)
    if found.stray_groups:
        yield ""
        yield canvas.style.strong("of a cluster that is not known")
        for groups in alike(found.stray_groups, comparison):
            yield from _groups(groups, comparison, canvas)
    if comparison.changes:
        yield ""
        yield f"{canvas.style.strong('What if')} {printable(', '.join(comparison.changes))}"
    for subnets in groups_of_alike(comparison):
        yield ""
        yield from _subnets(subnets, comparison, canvas)
    sentence = recommended_sentence(comparison)
    if sentence:
        yield ""
        yield from canvas.paragraph(sentence, 0)
    if found.idle_subnets:
        yield ""
        count = len(found.idle_subnets)
        yield f"{count} other subnet{'' if count == 1 else 's'} without nodes or control plane"
    gaps = comparison.gaps()
    if gaps:
        yield ""
        yield canvas.style.strong("Not known")
        for prefix, gap in gaps:
            yield from canvas.paragraph(f"{prefix}{gap.reason}", 2)
            yield f"      {canvas.style.faint(printable(place(gap)))}"


def _cluster(cluster: ClusterForecast, comparison: Comparison, canvas: Canvas) -> Iterator[str]:
    name = value_text(cluster.cluster.name)
    called = "" if name == UNKNOWN else f" ({name})"
    yield f"{canvas.style.strong('cluster')} {printable(cluster.cluster.address + called)}"
    yield from canvas.paragraph(cni_line(cluster), 2)
    for groups in alike(cluster.groups, comparison):
        yield from _groups(groups, comparison, canvas)


def _groups(groups: Sequence[GroupForecast], comparison: Comparison, canvas: Canvas) -> Iterator[str]:
    """Iterate over the lines for node groups that are all alike."""
    assumptions = comparison.today.assumptions
    group = groups[0]
    for line in canvas.paragraph(named([each.group.address for each in groups]), 2):
        yield canvas.style.strong(line)
    today = [f"{group.group.kind.value}: {_sizes(group)}", *deciders(group)]
    for text in today:
        yield from canvas.paragraph(text, 4)
    for other in (group, comparison.other_group(group)):
        if other is None:
            continue
        for text in (_sizes(other), *deciders(other)):
            if other is not group and not any(text in line for line in today):
                yield from canvas.paragraph(f"{WHAT_IF}{text}", 4)
        loads = ", ".join(f"{label(state, assumptions)} {shown(number)}" for state, number in other.node.addresses)
        title = "addresses a node" if other is group else f"{WHAT_IF}addresses a node"
        yield from canvas.paragraph(f"{title}: {loads}", 4)


def _sizes(group: GroupForecast) -> str:
    zones = several(group.zones, "zone")
    surge = "" if group.surge.is_zero else f"; {shown(group.surge)} more during an update"
    return f"{several(group.desired, 'node')} desired, {shown(group.maximum)} at most, over {zones}{surge}"


def _subnets(subnets: Sequence[SubnetForecast], comparison: Comparison, canvas: Canvas) -> Iterator[str]:
    first = subnets[0]
    title = f"{len(subnets)} subnets alike" if len(subnets) > 1 else "subnet"
    yield f"{canvas.style.strong(title)}: {shown(first.usable)} usable addresses{' each' if len(subnets) > 1 else ''}"
    for subnet in subnets:
        zone = subnet.zone or "zone unknown"
        yield from canvas.paragraph(f"{subnet.subnet.address}  {cidr_of(subnet)}  {zone}", 2)
    scenarios = comparison.scenarios(first)
    if comparison.has_nodes(first):
        yield from _table(first, comparison, canvas)
    for sentence in share_sentences(first, scenarios):
        yield from canvas.paragraph(sentence, 2)
    reserves = kept_free(first)
    if reserves:
        yield from canvas.paragraph(f"kept free in {'each' if len(subnets) > 1 else 'it'}: {reserves}", 2)
    assumptions = comparison.today.assumptions
    said = (sentences(first, assumptions), *(scenario.sentences(assumptions) for scenario in scenarios))
    for sentence in chain.from_iterable(said):
        yield from canvas.paragraph(sentence, 2)


def _table(subnet: SubnetForecast, comparison: Comparison, canvas: Canvas) -> Iterator[str]:
    rows: list[tuple[str, SubnetForecast, LoadState]] = []
    for state in LoadState:
        rows.append((label(state, comparison.today.assumptions), subnet, state))
        rows += [(f"  {scenario.title}", scenario.found, state) for scenario in comparison.scenarios(subnet)]
    cells = [
        (
            shown(found.at_desired.of(state)),
            shown(found.at_maximum.of(state)),
            percent(found.at_maximum.of(state), found.usable),
            shown(found.left.of(state)),
            fitting(found.holds.of(state)),
        )
        for _, found, state in rows
    ]
    names = max(9, *(len(name) for name, _, _ in rows))
    widths = [max(len(title), *(len(row[at]) for row in cells)) for at, title in enumerate(_COLUMNS)]
    room = canvas.width - 2 - names - sum(widths) - 2 * (len(widths) + 1)
    titles = [f"{title:>{width}}" for title, width in zip(_COLUMNS, widths, strict=True)]
    drawn = max(room, 0) if room >= 8 else 0
    yield canvas.style.faint(_row(" " * names, titles[:2], " " * drawn, titles[2:]))
    said: dict[int, str] = {}
    for (name, found, state), row in zip(rows, cells, strict=True):
        aligned = [f"{text:>{width}}" for text, width in zip(row, widths, strict=True)]
        bar = canvas.bar(found.at_maximum.of(state), found.usable, drawn) if drawn else ""
        yield _row(f"{name:<{names}}", aligned[:2], bar, aligned[2:])
        note = remark(found, state)
        if note and note != said.get(id(found)):
            yield from canvas.paragraph(note, 4)
        said[id(found)] = note


def _row(name: str, left: Sequence[str], bar: str, right: Sequence[str]) -> str:
    return "  " + "  ".join(part for part in (name, *left, bar, *right) if part)


def _cells(part: int, whole: int, cells: int) -> int:
    return -(-part * cells // whole)


def _severity(part: Estimate, whole: Estimate) -> Severity | None:
    limit = whole.value or 0
    if part.least is not None and part.least > limit:
        return Severity.ERROR
    if part.most is None or part.most > limit * _NEARLY_FULL_PERCENT // 100:
        return Severity.WARNING
    return None
