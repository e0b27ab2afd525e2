"""JSON text -> nodes that know their place.

Python's own decoder decides what is JSON and says what is wrong with it; it is as strict as Terraform's.
What it does not keep, the places of keys and values and a key that stands twice, is found here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass
from podroom.sources.problem import Problem

DEEPEST = 100
"""Objects and arrays inside each other; a deeper text is refused."""
TOO_DEEP = f"nested more than {DEEPEST} levels deep, which podroom does not read"

_TOKEN = pattern(r'[ \t\r\n]*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([\[\]{},:])|([^\s\[\]{},:"]+))')
_ESCAPE = pattern(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_SURROGATE = pattern("[\ud800-\udfff]")


class Stretch(NamedTuple):
    """`length` characters of a string from `at` on, and where they stand; an escape is a stretch of its own."""

    at: int
    length: int
    start: int
    end: int


@dataclass(slots=True)
class JsonString:
    """A string; `value` is what it stands for, the span includes the quotes."""

    value: str
    start: int
    end: int
    stretches: tuple[Stretch, ...]

    @property
    def has_escapes(self) -> bool:
        """Return whether the text differs from what is written."""
        return self.end - self.start - 2 != len(self.value)

    def place(self, offset: int) -> int:
        """Return where a character of the value stands; one past the last is allowed."""
        if offset >= len(self.value):
            return self.end - 1
        stretch = self.stretches[bisect_right(self.stretches, (offset, self.end)) - 1]
        return stretch.start + offset - stretch.at

    def within(self, start: int, end: int) -> Iterator[Stretch]:
        """Iterate over the stretches from one character to another, cut to what lies between them."""
        first = max(bisect_right(self.stretches, (start, self.end)) - 1, 0)
        for at, length, begin, stop in self.stretches[first:]:
            if at >= end:
                return
            low, high = max(at, start), min(at + length, end)
            if low < high:
                whole = (low, high) == (at, at + length)
                yield Stretch(low, high - low, begin + low - at, stop if whole else begin + high - at)


@dataclass(slots=True)
class JsonConstant:
    """`true`, `false`, `null` or a number; `text` is as written."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class JsonMember:
    """A key and its value."""

    key: JsonString
    value: JsonValue


@dataclass(slots=True)
class JsonObject:
    """An object: `members` in the order of the text, a key that stands twice included."""

    members: list[JsonMember]
    start: int
    end: int

    def get(self, name: str) -> JsonValue | None:
        """Return the value of a key, of several the last one, or None."""
        return next((member.value for member in reversed(self.members) if member.key.value == name), None)


@dataclass(slots=True)
class JsonArray:
    """An array."""

    items: list[JsonValue]
    start: int
    end: int


JsonValue: TypeAlias = JsonString | JsonConstant | JsonObject | JsonArray


def read_json(document: Document) -> JsonValue | Problem:
    """Return the value that a document holds, or what is wrong with it; never raises."""
    import json  # noqa: PLC0415 - most projects hold no JSON that is read

    text = document.text
    if text.startswith("\ufeff"):
        return Problem("this starts with a byte order mark, which Terraform refuses in JSON", Span(document, 0, 1))
    try:
        # Numbers stay text: Python would refuse long ones, and lose digits of others.
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        at = min(error.pos, len(text))
        what = error.msg.replace("Expecting", "expected", 1)
        return Problem(f"this is not valid JSON: {what}", Span(document, at, min(at + 1, len(text))))
    except _UnknownWordError as error:
        at = next(match.start(3) for match in _TOKEN.finditer(text) if match[3] == error.word)
        return Problem(f"this is not valid JSON: it has no {error.word}", Span(document, at, at + len(error.word)))
    except RecursionError:
        return _too_deep(document, 0)
    return _Locator(document).value()


class _UnknownWordError(Exception):
    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def _refuse(word: str) -> None:
    raise _UnknownWordError(word)


def _too_deep(document: Document, at: int) -> Problem:
    return Problem(f"this is {TOO_DEEP}", Span(document, at, at + 1))


class _Locator:
    """Finds the places in a text that is known to be JSON, without recursion."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._text = document.text

    def value(self) -> JsonValue | Problem:
        open_: list[JsonObject | JsonArray] = []
        keys: list[JsonString] = []
        expects_key = False
        at = 0
        while True:
            match = _TOKEN.match(self._text, at)
            if match is None:
                raise AssertionError(self._document.path)  # the text is valid JSON
            at = match.end()
            node: JsonValue
            mark = match[2]
            if match[1] is not None:
                node = self._string(match.start(1), at)
                if expects_key:
                    keys.append(node)
                    expects_key = False
                    continue
            elif mark is None:
                node = JsonConstant(match[3], match.start(3), at)
            elif mark in "{[":
                if len(open_) >= DEEPEST:
                    return _too_deep(self._document, at - 1)
                expects_key = mark == "{"
                open_.append(JsonObject([], at - 1, at) if expects_key else JsonArray([], at - 1, at))
                continue
            elif mark in "}]":
                node = open_.pop()
                node.end = at
            else:
                expects_key = mark == "," and isinstance(open_[-1], JsonObject)
                continue
            if not open_:
                return node
            parent = open_[-1]
            if isinstance(parent, JsonObject):
                parent.members.append(JsonMember(keys.pop(), node))
            else:
                parent.items.append(node)

    def _string(self, start: int, end: int) -> JsonString:
        raw = self._text[start + 1 : end - 1]
        if "\\" not in raw:
            return JsonString(raw, start, end, (Stretch(0, len(raw), start + 1, end - 1),))
        from json.decoder import scanstring  # type: ignore[attr-defined]  # noqa: PLC0415 - typeshed leaves it out

        value = scanstring(self._text, start + 1)[0]
        return JsonString(
            _SURROGATE.sub("\ufffd", value), start, end, tuple(_stretches(self._text, start + 1, end - 1))
        )


def _stretches(text: str, start: int, end: int) -> list[Stretch]:
    found = []
    at, position = 0, start
    for escape in _ESCAPE.finditer(text, start, end):
        if escape.start() > position:
            found.append(Stretch(at, escape.start() - position, position, escape.start()))
            at += escape.start() - position
        found.append(Stretch(at, 1, escape.start(), escape.end()))
        at += 1
        position = escape.end()
    if position < end:
        found.append(Stretch(at, end - position, position, end))
    return found
