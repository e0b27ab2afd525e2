"""Comments that take findings back: `# podroom: ignore[PR101, PR102] reason`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass


@dataclass(frozen=True, slots=True)
class Suppression:
    """What a comment takes back: the findings of `codes` that begin on the lines from `line` to `last_line`."""

    codes: tuple[str, ...]
    reason: str
    span: Span
    line: int
    last_line: int
    misspelt: str = ""
    """What stands where `ignore[...]` was probably meant; such a comment takes back nothing."""

    def reaches(self, span: Span) -> bool:
        """Return whether something begins where this holds."""
        return self.span.document is span.document and self.line <= span.first.line <= self.last_line


_SUPPRESSION = pattern(
    r"(?:#|//|/\*)[ \t]*podroom:[ \t]*ignore\b(?:\[([^\]\r\n]*)\])?[ \t]*([^\r\n]*?)[ \t]*(?:\*/[ \t]*)?\r?$",
    re.MULTILINE,
)
_JSON_SUPPRESSION = pattern(
    r'"//"[ \t]*:[ \t]*"[ \t]*podroom:[ \t]*ignore\b(?:\[([^\]"\r\n]*)\])?[ \t]*([^"\r\n]*?)[ \t]*"'
)
_MISSPELT = pattern(r"""(?:#|//|/\*|"//"[ \t]*:[ \t]*")[ \t]*(podroom:[ \t]*(\w+)\[([^\]"\r\n]*)\])""", re.IGNORECASE)
_COMMENT_LINE = pattern(r'[ \t]*(?:#|//|/\*|"//"[ \t]*:[ \t]*"[^"]*"[ \t]*,?[ \t]*\r?$)')


def read_suppressions(document: Document, last_line_of: Callable[[int], int] = lambda line: line) -> list[Suppression]:
    """Return what the comments of a text ask for: those that begin with `#`, `//` or `/*`, and `"//"` in JSON.

    A comment with a line of its own holds for the next line that is no such comment.  Where a block begins on that
    line, it holds for all of it; `last_line_of` says where what begins on a line ends.
    """
    if "odroom:" not in document.text and "ODROOM:" not in document.text:
        return []
    suppressions = []
    lines = len(document.line_starts())
    comments = range(0)  # lines of comments above one that is none, which is looked for once
    ends: dict[int, int] = {}
    for match in (*_SUPPRESSION.finditer(document.text), *_JSON_SUPPRESSION.finditer(document.text)):
        codes = tuple(dict.fromkeys(code.strip() for code in (match[1] or "").split(",") if code.strip()))
        span = Span(document, match.start(), match.end())
        line, column = span.first
        if not document.line(line)[: column - 1].strip():
            if line not in comments:
                below = line
                while below < lines and _COMMENT_LINE.match(document.line(below)):
                    below += 1
                comments = range(line, below)
            line = comments.stop
        if line not in ends:
            ends[line] = max(line, last_line_of(line))
        suppressions.append(Suppression(codes, match[2], span, line, ends[line]))
    return [*suppressions, *_misspelt(document)]


def _misspelt(document: Document) -> Iterator[Suppression]:
    """Yield the comments that look like a suppression and are none."""
    for match in _MISSPELT.finditer(document.text):
        if not match[1].startswith("podroom:") or match[2] != "ignore":
            span = Span(document, match.start(), match.end())
            yield Suppression((), match[3], span, span.first.line, span.first.line, match[1])
