"""Where a plan or state in JSON tells of a resource instance, without the text around it, which may hold secrets."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from podroom.patterns import pattern
from podroom.positions import Document, Span

_CHANGES = '"resource_changes"'
_ADDRESS = pattern(r'"address"\s*:\s*("(?:[^"\\]|\\.)*")')
_BLOCK = pattern(
    r'(?:"module"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*)?"mode"\s*:\s*"(\w+)"\s*,\s*'
    r'"type"\s*:\s*"([^"\\]*)"\s*,\s*"name"\s*:\s*"([^"\\]*)"'
)
"""A block of a state file, whose instances follow."""
_WIDEST = 8 * 1024 * 1024
"""In columns.  What stands further to the right in a file of one line is shown at its beginning."""


class PlanPlaces:
    """The places of resource instances in a plan or state."""

    def __init__(self, shown: str, text: str, addresses: Collection[str]) -> None:
        """Find the places in a text; `shown` is what the file is called."""
        found: dict[str, tuple[int, int]] = {}
        wanted = {*addresses, *map(_without_key, addresses)}
        for told in (_told(text, text.find(_CHANGES)), _told(text, 0), _blocks(text)):
            for name, start, end in told:
                if name in wanted:
                    found.setdefault(name, (start, end))
        parts: list[str] = []
        self._spans: dict[str, tuple[int, int]] = {}
        at = line_start = length = column = 0
        for name, (start, end) in sorted(found.items(), key=lambda one: one[1]):
            lines = text.count("\n", at, start)
            if lines:
                parts.append("\n" * lines)
                length, column = length + lines, 0
                line_start = text.rfind("\n", at, start) + 1
            at = start
            here = start - line_start
            gap = here - column
            if gap < 0 or here > _WIDEST:
                continue
            parts += (" " * gap, text[start:end])
            self._spans[name] = (length + gap, length + gap + end - start)
            length, column = length + gap + end - start, here + end - start
        self._document = Document(shown, "".join(parts))

    @property
    def document(self) -> Document:
        """Return the text with its lines and columns, but for the addresses blank."""
        return self._document

    def of(self, address: str) -> Span:
        """Return the place of a resource instance, the beginning of the file if it has none."""
        start, end = self._spans.get(address) or self._spans.get(_without_key(address)) or (0, 0)
        return Span(self._document, start, end)


def _told(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    for match in _ADDRESS.finditer(text, start) if start >= 0 else ():
        yield _decoded(match[1]), match.start(), match.end()


def _blocks(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _BLOCK.finditer(text) if '"lineage"' in text else ():
        module = "" if match[1] is None else f"{_decoded(match[1])}."
        prefix = "" if match[2] == "managed" else f"{match[2]}."
        yield f"{module}{prefix}{match[3]}.{match[4]}", match.start(4) - 1, match.end()


def _decoded(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def _without_key(address: str) -> str:
    name, bracket, _ = address.rpartition("[")
    return name if bracket and address.endswith("]") else address
