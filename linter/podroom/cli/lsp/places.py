"""Places as editors count them: lines and columns from 0, columns in units of UTF-16 unless both agree otherwise."""

from __future__ import annotations

from lsprotocol import types

from podroom.positions import Document, Span
from podroom.report.columns import in_utf_8, in_utf_16

_BYTES_OF_A_UNIT = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def range_of(span: Span, encoding: str) -> types.Range:
    """Return the place of a span; `encoding` is "utf-8", "utf-16" or "utf-32"."""
    counted = {"utf-8": in_utf_8, "utf-16": in_utf_16}.get(encoding)
    first, last = counted(span) if counted else (span.first, span.last)
    return types.Range(
        start=types.Position(line=first.line - 1, character=first.column - 1),
        end=types.Position(line=last.line - 1, character=last.column - 1),
    )


def offset_of(document: Document, position: types.Position, encoding: str) -> int:
    """Return the character at a position; the end of its line or of the text where there is none."""
    starts = document.line_starts()
    if position.line >= len(starts):
        return len(document.text)
    codec, size = _BYTES_OF_A_UNIT[encoding]
    before = document.line(position.line + 1).encode(codec, "surrogatepass")[: position.character * size]
    return starts[position.line] + len(before.decode(codec, "ignore"))


def overlap(one: types.Range, other: types.Range) -> bool:
    """Return whether two places touch each other."""
    return _place(one.start) <= _place(other.end) and _place(other.start) <= _place(one.end)


def _place(position: types.Position) -> tuple[int, int]:
    return position.line, position.character
