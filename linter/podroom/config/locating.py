"""Where in a TOML file a setting stands, which readers of TOML do not say."""

from __future__ import annotations

from collections.abc import Sequence

from podroom.patterns import pattern
from podroom.positions import Document, Span

_KEY = r"""[ \t]*((?:"[^"\n]*"|'[^'\n]*'|[\w-]+)(?:[ \t]*\.[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[\w-]+))*)[ \t]*"""
_HEADER = pattern(rf"[ \t]*(\[\[?){_KEY}\]")
_ASSIGNED = pattern(rf"{_KEY}=")
_PART = pattern(r"""[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([\w-]+))[ \t]*\.?""")
_WITHIN = r"""[{{,][ \t]*["']?({})["']?[ \t]*="""


def find_setting(document: Document, path: Sequence[str | int]) -> Span | None:
    """Return the place of a setting's key, or of the nearest one around it; None if there is none.

    A number in `path` counts the entries of an array of tables.
    """
    for length in range(len(path), 0, -1):
        found = _find(document, tuple(path[:length]))
        if found is not None:
            inner = [str(part) for part in path[length:] if not isinstance(part, int)]
            return (_within(document, found, inner[0]) if inner else None) or found
    return None


def _find(document: Document, path: tuple[str | int, ...]) -> Span | None:
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    for number, start in enumerate(document.line_starts(), start=1):
        line = document.line(number)
        header = _HEADER.match(line)
        if header is not None:
            table = _parts(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            if table == path or table[:-1] == path:
                return Span(document, start + header.start(2), start + header.end(2))
            continue
        assigned = _ASSIGNED.match(line)
        if assigned is not None and (*table, *_parts(assigned[1])) == path:
            return Span(document, start + assigned.start(1), start + assigned.end(1))
    return None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(found[1] or found[2] or found[3] or "" for found in _PART.finditer(text))


def _within(document: Document, around: Span, key: str) -> Span | None:
    """Return the place of a key in an inline table on the line of the setting that holds it."""
    import re  # noqa: PLC0415 - a pattern of its own for each key, in a file with a fault

    line, _ = around.first
    found = re.search(_WITHIN.format(re.escape(key)), document.line(line))
    if found is None:
        return None
    start = document.line_starts()[line - 1]
    return Span(document, start + found.start(1), start + found.end(1))
