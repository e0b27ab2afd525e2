"""The charts of a forecast as SVG: bars of every subnet against its usable addresses, and curves over node counts.

Colours are classes, which the page styles for light and dark; every chart has a title and stands beside a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from podroom.capacity.assessment import Assumptions
from podroom.capacity.estimate import LoadState
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.records import dataclass
from podroom.report.capacity_wording import cidr_of, label, shown
from podroom.report.style import printable

WIDTH = 760
_LEFT, _RIGHT = 16, 116
_PLOT = WIDTH - _LEFT - _RIGHT
_ROW, _BAR, _SECOND_BAR = 58, 18, 10
_LONGEST_LINE = 104
"""Characters of the name and the figure above a bar, so that they do not meet."""

_MOST_OF_USABLE = 1.35
"""How far beyond the usable addresses a bar is drawn; what is longer ends in an arrow."""

_CURVE_HEIGHT, _CURVE_TOP, _CURVE_BOTTOM, _CURVE_LEFT = 250, 24, 34, 62


def text(value: str) -> str:
    """Return text of the input as text of the page."""
    return escape(printable(value))


def bars(
    subnets: Sequence[SubnetForecast], others: Sequence[Sequence[SubnetForecast]], assumptions: Assumptions, name: str
) -> str:
    """Return the chart of all subnets of which the size is known; empty if there is none.

    `others` are each of the subnets as it would be, drawn as thinner bars below; `name` makes identifiers unique.
    """
    rows = [
        (subnet, then) for subnet, then in zip(subnets, others, strict=True) if subnet.usable.value and subnet.shares
    ]
    if not rows:
        return ""
    row = _ROW + (_SECOND_BAR + 2) * max(0, *(len(then) - 1 for _, then in rows))
    height = row * len(rows) + 30
    parts = [_start(height, name, "Addresses of every subnet at maximum size, from idle to full, in percent of usable")]
    scale = _PLOT / _MOST_OF_USABLE
    for percent in (0, 25, 50, 75, 100, 125):
        x = _LEFT + scale * percent / 100
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{height - 22}"/>')
        parts.append(f'<text class="axis" x="{x:.1f}" y="{height - 8}" text-anchor="middle">{percent} %</text>')
    for number, (subnet, then) in enumerate(rows):
        parts += _bar_row(subnet, then, 4 + row * number, scale, assumptions)
    line = _LEFT + scale
    parts.append(f'<line class="usable" x1="{line:.1f}" y1="2" x2="{line:.1f}" y2="{height - 22}"/>')
    parts.append("</svg>")
    return "".join(parts)


def _bar_row(
    subnet: SubnetForecast, others: Sequence[SubnetForecast], top: float, scale: float, assumptions: Assumptions
) -> Iterator[str]:
    title = f"{subnet.subnet.address}  {cidr_of(subnet)}, {shown(subnet.usable)} usable"
    then = "".join(f", then {shown(other.at_maximum.expected)}" for other in others)
    figure = f"{label(LoadState.EXPECTED, assumptions)}: {shown(subnet.at_maximum.expected)}{then}"
    yield f'<text class="name" x="{_LEFT}" y="{top + 13}">{text(_cut(title, _LONGEST_LINE - len(figure)))}</text>'
    yield f'<text class="figure" x="{WIDTH - 2}" y="{top + 13}" text-anchor="end">{text(figure)}</text>'
    yield from _bar(subnet, top + 19, _BAR, scale, assumptions)
    for at, other in enumerate(others):
        place = top + 19 + _BAR + 2 + at * (_SECOND_BAR + 2)
        yield from _bar(other, place, _SECOND_BAR, scale, assumptions, kind=" other")


def _bar(
    subnet: SubnetForecast, top: float, height: float, scale: float, assumptions: Assumptions, *, kind: str = ""
) -> Iterator[str]:
    usable = subnet.usable.value or 1
    yield f'<rect class="empty" x="{_LEFT}" y="{top}" width="{scale:.1f}" height="{height}" rx="3"/>'
    for state, number in reversed(list(subnet.at_maximum)):
        sure = _ratio(number.least, usable)
        tip = f"<title>{text(label(state, assumptions))}: {text(shown(number))} addresses</title>"
        if sure > 0:
            yield (
                f'<rect class="{state.value}{kind}" x="{_LEFT}" y="{top}" width="{scale * sure:.1f}" '
                f'height="{height}" rx="3">{tip}</rect>'
            )
    yield from _possible(subnet, top, height, scale)
    most = subnet.at_maximum.saturated.most
    if most is None or most > usable * _MOST_OF_USABLE:
        x, middle = _LEFT + _PLOT, top + height / 2
        yield f'<path class="beyond" d="M{x - 6} {middle - 5} l7 5 l-7 5 z"/>'


def _possible(subnet: SubnetForecast, top: float, height: float, scale: float) -> Iterator[str]:
    """Iterate over an outline of what nodes may take beyond what they certainly take, if that is a range."""
    number, usable = subnet.at_maximum.saturated, subnet.usable.value or 1
    sure = _ratio(number.least, usable)
    maybe = _ratio(number.most, usable) if number.most is not None else _MOST_OF_USABLE
    if maybe > sure:
        yield (
            f'<rect class="possible" x="{_LEFT + scale * sure:.1f}" y="{top + 1}" '
            f'width="{scale * (maybe - sure):.1f}" height="{height - 2}">'
            f"<title>possible: {text(shown(number))} addresses when full</title></rect>"
        )


def _ratio(part: int | None, whole: int) -> float:
    return min(_MOST_OF_USABLE, max(0, part or 0) / whole)


@dataclass(frozen=True, slots=True)
class _Axes:
    nodes: int
    addresses: int

    def x(self, nodes: float) -> float:
        return _CURVE_LEFT + (WIDTH - _CURVE_LEFT - _RIGHT) * nodes / self.nodes

    def y(self, addresses: float) -> float:
        plot = _CURVE_HEIGHT - _CURVE_TOP - _CURVE_BOTTOM
        return _CURVE_TOP + plot * (1 - min(addresses, self.addresses) / self.addresses)


def curves(subnet: SubnetForecast, other: SubnetForecast | None, assumptions: Assumptions, name: str) -> str:
    """Return the addresses of one subnet over the number of nodes in it; empty if too little is known.

    The groups grow in the proportion of their maximum sizes.  `other` is the subnet as it would be, dashed.
    """
    usable, nodes = subnet.usable.value, subnet.nodes_at_maximum.value
    if not usable or not nodes:
        return ""
    furthest = max(nodes, subnet.holds.expected.most or 0)
    axes = _Axes(max(4, -(-furthest * 11 // 10)), -(-usable * 5 // 4))
    parts = [_start(_CURVE_HEIGHT, name, f"Addresses of {subnet.subnet.address} over the number of nodes")]
    parts += _grid(axes)
    for state in LoadState:
        parts += _curve(subnet, state, nodes, axes, assumptions)
        if other is not None and other.nodes_at_maximum.value:
            parts += _curve(other, state, other.nodes_at_maximum.value, axes, assumptions, kind=" other")
    level = axes.y(usable)
    end = axes.x(axes.nodes)
    parts.append(f'<line class="usable" x1="{_CURVE_LEFT}" y1="{level:.1f}" x2="{end:.1f}" y2="{level:.1f}"/>')
    parts.append(f'<text class="figure" x="{end + 6:.1f}" y="{level + 4:.1f}">{usable:,} usable</text>')
    at = axes.x(nodes)
    parts.append(f'<line class="size" x1="{at:.1f}" y1="{_CURVE_TOP}" x2="{at:.1f}" y2="{axes.y(0):.1f}"/>')
    parts.append(f'<text class="axis" x="{at:.1f}" y="{_CURVE_TOP - 8}" text-anchor="middle">{nodes:,} at most</text>')
    parts.append("</svg>")
    return "".join(parts)


def _curve(
    subnet: SubnetForecast, state: LoadState, nodes: int, axes: _Axes, assumptions: Assumptions, *, kind: str = ""
) -> Iterator[str]:
    """Iterate over a line from no node to where it leaves the chart, and a point where the subnet runs dry."""
    number = subnet.at_maximum.of(state)
    if number.most is None or not number.most:
        return
    end = axes.nodes
    ends = [_clipped(bound / nodes, axes) for bound in (number.least or 0, number.most)]
    (low_x, low_y), (high_x, high_y) = ends
    tip = f"<title>{text(label(state, assumptions))}</title>"
    start = f"{axes.x(0):.1f} {axes.y(0):.1f}"
    if number.value is None:
        corner = "" if low_x == high_x else f" L{axes.x(end):.1f} {axes.y(axes.addresses):.1f}"
        band = f"M{start} L{high_x:.1f} {high_y:.1f}{corner} L{low_x:.1f} {low_y:.1f} z"
        yield f'<path class="{state.value} band{kind}" d="{band}">{tip}</path>'
    yield f'<path class="{state.value} line{kind}" d="M{start} L{high_x:.1f} {high_y:.1f}">{tip}</path>'
    dry = subnet.holds.of(state)
    if dry.value is not None and 0 < dry.value <= end:
        spot = axes.x(dry.value), axes.y(dry.value * number.most / nodes)
        yield (
            f'<circle class="{state.value} dot{kind}" cx="{spot[0]:.1f}" cy="{spot[1]:.1f}" r="4">'
            f"<title>{text(label(state, assumptions))}: holds {dry.value:,}</title></circle>"
        )


def _clipped(slope: float, axes: _Axes) -> tuple[float, float]:
    """Return where a line from the origin leaves the chart."""
    nodes = axes.nodes if slope * axes.nodes <= axes.addresses else axes.addresses / slope
    return axes.x(nodes), axes.y(slope * nodes)


def _grid(axes: _Axes) -> Iterator[str]:
    bottom = axes.y(0)
    for addresses in _ticks(axes.addresses):
        y = axes.y(addresses)
        yield f'<line class="grid" x1="{_CURVE_LEFT}" y1="{y:.1f}" x2="{axes.x(axes.nodes):.1f}" y2="{y:.1f}"/>'
        yield f'<text class="axis" x="{_CURVE_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{addresses:,}</text>'
    for nodes in _ticks(axes.nodes):
        x = axes.x(nodes)
        yield f'<text class="axis" x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{nodes:,}</text>'
    yield f'<text class="axis" x="{WIDTH - 2}" y="{bottom + 18:.1f}" text-anchor="end">nodes</text>'


def _ticks(most: int) -> list[int]:
    """Return about five round numbers from 0 to `most`."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if most <= 6 * factor * power:
                return list(range(0, most + 1, factor * power))
        power *= 10


def _start(height: int, name: str, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}">'
        f'<title id="{name}">{text(title)}</title>'
    )


def _cut(value: str, most: int) -> str:
    return value if len(value) <= most else f"{value[: most - 1]}\u2026"
