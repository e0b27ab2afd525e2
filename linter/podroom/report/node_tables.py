"""What is known of nodes, for people: a page for one type, a table for several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.estimates import Answer, NotKnown
from podroom.capacity.node import NodeReport, Row
from podroom.records import dataclass
from podroom.report.style import Style, printable

_SHORT = {
    "formula_with_prefixes": "prefixes",
    "recommended_cap": "cap",
    "managed_node_group": "MNG",
    "bootstrap_sh": "AL2",
    "kubelet": "kubelet",
    "auto_mode": "Auto Mode",
    "interfaces": "ENIs",
    "pod_addresses": "IPs",
    "branch_interfaces": "branch",
    "addresses_idle": "idle",
    "addresses_full": "all",
}
_GROUPS = (("max_pods", "max pods"), ("room", "for pods"), ("addresses", "addresses"))
_MOST_NAMES = 6
_GAP = "  "
_GAP_OF_GROUPS = "   "


def render_page(report: NodeReport, remarks: Sequence[str], style: Style, width: int) -> str:
    """Return all about one type: each figure with its sum and the numbers of its sources, which stand at the end."""
    sources: list[str] = []
    rows = list(report.rows())
    value_width = max(len(_in_words(row.answer)) for row in rows)
    title_width = max(len(row.title) for row in rows)
    lines = _hanging("", [f"{printable(report.instance.name)}:", *", ".join(_facts(report)).split()], width)
    lines[0] = lines[0].replace(printable(report.instance.name), style.strong(printable(report.instance.name)), 1)
    for title, group in (
        ("max pods", report.max_pods),
        ("room", report.room),
        ("addresses taken from the subnet", report.addresses),
    ):
        lines += ["", style.strong(title)] if group else []
        for row in group:
            start = f"  {_in_words(row.answer):>{value_width}}  {row.title:<{title_width}}  "
            lines += _hanging(start, _explained(row.answer, sources), width)
    notes = [*report.notes, *remarks]
    lines += ["", style.strong("notes")] if notes else []
    for note in notes:
        lines += _hanging("  - ", printable(note).split(), width)
    if sources:
        lines += ["", style.strong("sources"), *(f"  [{number}] {url}" for number, url in enumerate(sources, start=1))]
    return "\n".join(lines) + "\n"


def render_table(reports: Sequence[NodeReport], remarks: Sequence[str], style: Style, width: int) -> str:
    """Return a line for each type; as two tables, max pods and the rest, where one would be too wide."""
    groups = [(title, _columns(reports, name)) for name, title in _GROUPS]
    groups = [(title, columns) for title, columns in groups if columns]
    names = [report.instance.name for report in reports]
    parts = [_table(names, groups, style)]
    if _table_width(names, groups) > width:
        parts = [_table(names, groups[:1], style), _table(names, groups[1:], style)]
    legend = [line for note in _legend(reports, remarks) for line in _hanging("", printable(note).split(), width)]
    return "\n\n".join("\n".join(part) for part in [*parts, legend] if part) + "\n"


def render_markdown(reports: Sequence[NodeReport], remarks: Sequence[str]) -> str:
    """Return a table for a document in Markdown."""
    columns = [
        Column(f"addresses, {column.title}" if name == "addresses" else column.title, column.cells)
        for name, _ in _GROUPS
        for column in _columns(reports, name)
    ]
    lines = [f"| type | {' | '.join(column.title for column in columns)} |", f"|---|{'---:|' * len(columns)}"]
    for number, report in enumerate(reports):
        cells = [column.cells[number] for column in columns]
        lines.append(f"| {printable(report.instance.name)} | {' | '.join(cells)} |")
    lines += ["", *(f"- {printable(note)}" for note in _legend(reports, remarks))]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and a cell for each type."""

    title: str
    cells: tuple[str, ...]

    @property
    def width(self) -> int:
        """Return how many characters it takes."""
        return max(len(self.title), *map(len, self.cells))


def _columns(reports: Sequence[NodeReport], group: str) -> list[Column]:
    """Return the answers of a group, without branch interfaces if no type has any."""
    rows: list[list[Row]] = [list(getattr(report, group)) for report in reports]
    columns = []
    for position, row in enumerate(rows[0]):
        cells = tuple(in_short(of_type[position].answer) for of_type in rows)
        if row.key != "branch_interfaces" or set(cells) != {"0"}:
            columns.append(Column(_heading(row), cells))
    return columns


def _heading(row: Row) -> str:
    return _SHORT.get(row.key, row.key if row.key == "room" else row.title)


def in_short(answer: Answer) -> str:
    """Return a figure, "98-114" for a range, "?" for what is not known and "-" for what cannot be."""
    if isinstance(answer, NotKnown):
        return "?" if answer.applies else "-"
    return str(answer.least) if answer.exact else f"{answer.least}-{answer.most}"


def _in_words(answer: Answer) -> str:
    if isinstance(answer, NotKnown):
        return "not known" if answer.applies else "none"
    return f"{answer.least:,}" if answer.exact else f"{answer.least:,} to {answer.most:,}"


def _explained(answer: Answer, sources: list[str]) -> list[str]:
    """Return the words of a sum and the numbers of its sources; what is new among them is appended."""
    if isinstance(answer, NotKnown):
        return printable(answer.reason).split() if answer.applies else []
    sources += [source for source in answer.sources if source not in sources]
    numbers = ", ".join(map(str, sorted(sources.index(source) + 1 for source in answer.sources)))
    reason = f" ({answer.reason})" if answer.reason else ""
    return [*printable(answer.working + reason).split(), *([f"[{numbers}]"] if numbers else [])]


def _facts(report: NodeReport) -> Iterator[str]:
    instance = report.instance
    several = instance.network_cards is not None and instance.network_cards > 1
    cards = f" (of {instance.interfaces_all_cards} on {instance.network_cards} network cards)" if several else ""
    yield f"{instance.interfaces} interfaces{cards} with {instance.addresses_per_interface} IPv4 addresses each"
    yield f"{instance.vcpus} vCPUs" if instance.vcpus is not None else "vCPUs not known"
    if instance.memory_mib is not None:
        yield f"{instance.memory_mib:,} MiB"
    yield "bare metal" if instance.bare_metal else instance.hypervisor or "hypervisor not known"
    if instance.architecture:
        yield instance.architecture


def _legend(reports: Sequence[NodeReport], remarks: Sequence[str]) -> Iterator[str]:
    """Iterate over what is to be said about a table: why figures are open, and each note with its types."""
    open_columns: dict[str, dict[str, None]] = {}
    notes: dict[str, list[str]] = {}
    for report in reports:
        for row in report.rows():
            if row.answer.reason:
                open_columns.setdefault(row.answer.reason, {})[_heading(row)] = None
        for note in report.notes:
            notes.setdefault(note, []).append(report.instance.name)
    for reason, headings in open_columns.items():
        yield f"{', '.join(headings)}: {reason}"
    for note, names in notes.items():
        if len(names) == len(reports):
            yield note
        else:
            more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            yield f"{', '.join(names[:_MOST_NAMES])}{more}: {note}"
    yield from remarks


def _table(names: Sequence[str], groups: Sequence[tuple[str, Sequence[Column]]], style: Style) -> list[str]:
    first = max(len("type"), *map(len, names))
    titles, heads = " " * first, f"{'type':<{first}}"
    bodies = [f"{printable(name):<{first}}" for name in names]
    for title, columns in groups:
        slack = max(0, len(title) - _group_width(columns))
        titles += f"{_GAP_OF_GROUPS}{title:>{_group_width(columns) + slack}}"
        for number, column in enumerate(columns):
            gap, width = (_GAP, column.width) if number else (_GAP_OF_GROUPS, column.width + slack)
            heads += f"{gap}{column.title:>{width}}"
            bodies = [f"{body}{gap}{cell:>{width}}" for body, cell in zip(bodies, column.cells, strict=True)]
    return [style.strong(titles.rstrip()), style.strong(heads), *bodies]


def _group_width(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def _table_width(names: Sequence[str], groups: Sequence[tuple[str, Sequence[Column]]]) -> int:
    widths = [max(len(title), _group_width(columns)) for title, columns in groups]
    return max(len("type"), *map(len, names)) + sum(len(_GAP_OF_GROUPS) + width for width in widths)


def _hanging(start: str, words: Sequence[str], width: int) -> list[str]:
    """Return words as lines of at most `width` characters, if they can be, all but the first indented as the first."""
    lines, line = [], start
    for word in words:
        if len(line) > len(start) and len(line) + len(word) > width:
            lines.append(line.rstrip())
            line = " " * len(start)
        line += f"{word} "
    return [*lines, line.rstrip()]
