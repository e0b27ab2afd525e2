"""Text that knows where each of its characters was written, and where it has holes.

User data is put together from heredocs, template files and values that nobody knows before
deployment (the cluster's endpoint).  What is known of it can still be read, and a finding inside it
should point at the line that a person can change.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from podroom.positions import Span
from podroom.records import dataclass
from podroom.values import Known, OneOf, Unknown, Value

HOLE = "\ufffc"
"""Stands in the text for one value that is not known (Unicode OBJECT REPLACEMENT CHARACTER)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text from one place.

    `exact` says that the characters correspond one to one to those of `span`; otherwise (escapes,
    decoded base64, the result of a function) every character is at `span` as a whole.  A piece with
    `hole` is one `HOLE` character.
    """

    text: str
    span: Span
    exact: bool = False
    hole: Unknown | OneOf[str] | None = None


class TracedText:
    """An immutable text made of pieces; slicing keeps the trace."""

    __slots__ = ("_pieces", "_starts", "text")

    text: str

    def __init__(self, pieces: Iterable[Piece]) -> None:
        """Join pieces; a `HOLE` character inside literal text is replaced, so holes stay unmistakable."""
        kept = [piece for piece in pieces if piece.text]
        self._pieces = tuple(
            piece
            if piece.hole is not None or HOLE not in piece.text
            else Piece(piece.text.replace(HOLE, "\ufffd"), piece.span, piece.exact)
            for piece in kept
        )
        starts = []
        at = 0
        for piece in self._pieces:
            starts.append(at)
            at += len(piece.text)
        self._starts = starts
        self.text = "".join(piece.text for piece in self._pieces)

    def __len__(self) -> int:
        """Return the number of characters, holes counting one each."""
        return len(self.text)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Return the pieces in order."""
        return self._pieces

    def slice(self, start: int, end: int) -> TracedText:
        """Return the characters from `start` up to `end`, with their trace."""
        pieces = []
        for index in range(max(0, bisect_right(self._starts, start) - 1), len(self._pieces)):
            piece, at = self._pieces[index], self._starts[index]
            if at >= end:
                break
            low, high = max(start - at, 0), min(end - at, len(piece.text))
            if low >= high:
                continue
            span = piece.span
            if piece.exact:
                span = Span(span.document, span.start + low, span.start + high)
            pieces.append(Piece(piece.text[low:high], span, piece.exact, piece.hole))
        return TracedText(pieces)

    def span(self, start: int, end: int) -> Span:
        """Return the place of the characters from `start` up to `end`.

        The place runs over several pieces only as long as they follow each other in one document.
        Raises `ValueError` for a text without pieces.
        """
        inside = self.slice(start, max(end, start + 1)).pieces or self._pieces[-1:]
        if not inside:
            raise ValueError("an empty text has no place")
        first = inside[0].span
        stop = first.end
        for piece in inside[1:]:
            if piece.span.document is first.document and piece.span.start >= stop:
                stop = piece.span.end
        return Span(first.document, first.start, stop)

    def holes(self, start: int = 0, end: int | None = None) -> Iterator[Unknown | OneOf[str]]:
        """Iterate over the unknown values between `start` and `end`."""
        for piece in self.slice(start, len(self.text) if end is None else end).pieces:
            if piece.hole is not None:
                yield piece.hole

    def value(self, start: int = 0, end: int | None = None) -> Value[str]:
        """Return the text between `start` and `end` as a value: unknown if there is a hole in it.

        A hole with candidates yields candidates if it is the only one.
        """
        end = len(self.text) if end is None else end
        part = self.text[start:end]
        if HOLE not in part:
            return Known(part, self.span(start, end))
        holes = list(self.holes(start, end))
        hole = holes[0]
        if len(holes) == 1 and isinstance(hole, OneOf):
            return hole.map(lambda candidate: part.replace(HOLE, candidate))
        for unknown in holes:
            if isinstance(unknown, Unknown):
                return Unknown(unknown.reason, self.span(start, end), unknown.refs)
        reasons = "; ".join(hole.reason for hole in holes)
        return Unknown(reasons, self.span(start, end), tuple(ref for hole in holes for ref in hole.refs))
