"""Where a piece of text stands: documents and the spans in them.

Offsets count characters (code points) from 0.  Lines and columns count from 1 and are worked out
only when somebody asks, because almost every span is never printed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from podroom.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Position:
    """A line and a column, both counted from 1; columns count code points."""

    line: int
    column: int

    def __iter__(self) -> Iterator[int]:
        """Yield both."""
        yield self.line
        yield self.column


@dataclass(slots=True, eq=False)
class Document:
    """A text that was read, and the path that a person would call it by."""

    path: str
    text: str
    _line_starts: list[int] | None = field(default=None, repr=False)

    def position(self, offset: int) -> Position:
        """Return the line and column of a character offset; one past the end is allowed."""
        starts = self.line_starts()
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line_starts(self) -> list[int]:
        """Return the offset of the first character of every line."""
        if self._line_starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._line_starts = starts
        return self._line_starts

    def line(self, number: int) -> str:
        """Return the text of line `number` (from 1) without its line end."""
        starts = self.line_starts()
        start = starts[number - 1]
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


@dataclass(slots=True, eq=False, kw_only=True)
class SuppliedDocument(Document):
    """A text that podroom supplies where the user's own is not at hand; nobody may be sent to it.

    It stands for `place` in a file of the user's.  `supplier` names what it restates, and `reference`
    is the address of the original.
    """

    place: Span
    supplier: str
    reference: str

    def at(self, place: Span) -> SuppliedDocument:
        """Return the same text, standing for another place."""
        return SuppliedDocument(self.path, self.text, place=place, supplier=self.supplier, reference=self.reference)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document, `start` included and `end` excluded (character offsets)."""

    document: Document
    start: int
    end: int

    @property
    def path(self) -> str:
        """Return the path of the document."""
        return self.document.path

    @property
    def supplied(self) -> bool:
        """Return whether the span lies in a text that the user does not have."""
        return isinstance(self.document, SuppliedDocument)

    @property
    def shown(self) -> Span:
        """Return the place to show to a user: this span, or what the supplied text stands for."""
        span = self
        while isinstance(span.document, SuppliedDocument):
            span = span.document.place
        return span

    @property
    def first(self) -> Position:
        """Return the position of the first character."""
        return self.document.position(self.start)

    @property
    def last(self) -> Position:
        """Return the position one past the last character."""
        return self.document.position(self.end)

    @property
    def text(self) -> str:
        """Return the text that the span covers."""
        return self.document.text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """Return whether another span lies in this one."""
        return self.document is other.document and self.start <= other.start and other.end <= self.end

    def __str__(self) -> str:
        """Return `path:line:column`, which editors and terminals can follow."""
        line, column = self.first
        return f"{self.path}:{line}:{column}"


@dataclass(frozen=True, slots=True)
class Paths:
    """Turns paths as a person at the command line calls them into paths from the top of a repository or project.

    `current` is the absolute current folder, `top` the absolute folder to begin at, or empty to begin at `current`.
    """

    current: str = "/"
    top: str = ""

    def from_top(self, path: str) -> str:
        """Return a path from the top, with `/` between its parts; what lies elsewhere keeps its absolute path."""
        full = self.absolute(path)
        top = self.top or self.current
        if full == top:
            return "."
        return full.removeprefix(_with_slash(top))

    def absolute_from_top(self, path: str) -> str:
        """Return the absolute path of what `from_top` has returned."""
        return Paths(self.top or self.current).absolute(path)

    def absolute(self, path: str) -> str:
        """Return an absolute path, with `/` between its parts."""
        path = path.replace("\\", "/") if self.current[1:3] == ":/" else path  # a path of Windows
        if path.startswith("/") or path[1:3] == ":/":
            return path
        return self.current if path in {"", "."} else _with_slash(self.current) + path.removeprefix("./")


def _with_slash(folder: str) -> str:
    return folder if folder.endswith("/") else f"{folder}/"
