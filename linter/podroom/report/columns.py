"""Columns as other programs count them; podroom's own count code points."""

from __future__ import annotations

from podroom.positions import Position, Span


def in_utf_16(span: Span) -> tuple[Position, Position]:
    """Return the first position and the one past the last, with columns in units of UTF-16, as SARIF counts."""
    return _counted(span, span.first, 2, "utf-16-le"), _counted(span, span.last, 2, "utf-16-le")


def in_utf_8(span: Span) -> tuple[Position, Position]:
    """Return the first position and the one past the last, with columns in bytes of UTF-8, as reviewdog counts."""
    return _counted(span, span.first, 1, "utf-8"), _counted(span, span.last, 1, "utf-8")


def _counted(span: Span, position: Position, size: int, encoding: str) -> Position:
    before = span.document.line(position.line)[: position.column - 1]
    beyond = position.column - 1 - len(before)  # a line end, which `line` leaves out
    return Position(position.line, len(before.encode(encoding, "surrogatepass")) // size + beyond + 1)
