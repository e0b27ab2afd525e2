"""Releases of our charts in a helmfile or a kustomization."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podroom.assembly.manifests.helm import Release, find_chart, merged, nested, read_release
from podroom.assembly.manifests.parts import Loose
from podroom.assembly.manifests.tree import Item, Leaf, Table, items_of, text_of
from podroom.positions import Span
from podroom.values import Known, Unknown, Value, first_unknown

_ELSEWHERE = (
    *("condition", "inherit", "installed", "jsonPatches", "secrets", "strategicMergePatches", "transformers"),
    "valuesTemplate",
)
"""Keys of a release that may set more, or decide whether it is there, in ways that are not read."""


def read_releases(item: Table, uncertain: Unknown | None) -> Iterator[Loose]:
    """Iterate over the releases of our charts that a file installs; values of other files are judged where these are.

    They are `releases` of a helmfile, or `helmCharts` of a kustomization.
    """
    for release in items_of(item.get("releases"), "releases")[0]:
        if isinstance(release, Table):
            parts = (*_values(release), *_set(release), *_more(release))
            yield from _release(text_of(release.get("chart"), "chart"), release, parts, uncertain)
    for release in items_of(item.get("helmCharts"), "helmCharts")[0]:
        if isinstance(release, Table):
            inline = release.get("valuesInline")
            parts = () if inline is None else (inline if isinstance(inline, Table | Unknown) else _unknown(inline),)
            yield from _release(text_of(release.get("name"), "name"), release, parts, uncertain)


def _release(
    chart_name: Value[str] | None, release: Table, parts: Iterable[Table | Unknown], missing: Unknown | None
) -> Iterator[Loose]:
    chart = find_chart(chart_name.value) if isinstance(chart_name, Known) else None
    if chart is None or chart_name is None:
        return
    place = chart_name.origin if isinstance(chart_name.origin, Span) else release.span
    tables: list[Table] = []
    for part in parts:
        if isinstance(part, Table):
            tables.append(part)
        else:
            missing = first_unknown(missing, part)
    if tables or missing is not None:
        name = text_of(release.get("name"), "name")
        address = f"release {name.value}" if isinstance(name, Known) else f"release of {chart.value}"
        yield read_release(chart, Release(address, place, merged(tables, place), missing))


def _more(release: Table) -> Iterator[Unknown]:
    for key in _ELSEWHERE:
        found = release.entry(key)
        if isinstance(found, Unknown):
            yield found
        elif found is not None:
            yield Unknown(f"`{key}` of the release decides whether it is there, or sets more of it", found.span)


def _values(release: Table) -> Iterator[Table | Unknown]:
    items, missing = items_of(release.get("values"), "values")
    for item in items:
        if isinstance(item, Table):
            yield item
        elif not isinstance(item, Leaf) or item.unknown() is not None:
            yield _unknown(item)
    yield from missing


def _unknown(item: Item) -> Unknown:
    why = item.unknown() if isinstance(item, Leaf) else None
    return Unknown("what is in these values is not known", item.span) if why is None else why


def _set(release: Table) -> Iterator[Table | Unknown]:
    items, missing = items_of(release.get("set"), "set")
    for item in items:
        name = text_of(item.get("name"), "name") if isinstance(item, Table) else None
        value = item.get("value") if isinstance(item, Table) else None
        table = nested(name.value, value, item.span) if isinstance(name, Known) and value is not None else None
        yield Unknown("what is set for the chart is not understood", item.span) if table is None else table
    yield from missing
