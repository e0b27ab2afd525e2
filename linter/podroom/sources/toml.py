"""TOML text with holes -> settings that know their place.

The standard library's tomllib decides what is valid and what a value means; it keeps no positions, so
a small scan finds where each key and value stands.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from podroom.patterns import pattern
from podroom.positions import Span
from podroom.records import dataclass
from podroom.sources.problem import Problem
from podroom.traced_text import HOLE, TracedText

if TYPE_CHECKING:
    from collections.abc import Callable

MAXIMUM_DEPTH = 50
"""Inline tables inside each other, and parts of a dotted key; a deeper text is refused."""


_TOO_LARGE = 2**63
"""Whole numbers of TOML have 64 bits (https://toml.io/en/v1.0.0#integer)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One `key = value`: the whole path of the key, and offsets of both in the text.

    A part of the path that holds an unknown value has a `HOLE` in it.
    """

    path: tuple[str, ...]
    source: TracedText
    start: int
    value_start: int
    end: int

    @property
    def span(self) -> Span:
        """Return the place of key and value."""
        return self.source.span(self.start, self.end)

    @property
    def raw(self) -> TracedText:
        """Return the value as it is written, with its quotes."""
        return self.source.slice(self.value_start, self.end)

    def decoded(self) -> object:
        """Return what TOML says the value is; None if it is not valid or holds a bare unknown value."""
        raw = self.raw.text
        if HOLE in raw and not raw.startswith(('"', "'")):
            return None
        loads = _library()
        try:
            value = loads(f"value = {raw}")["value"]
        except (ValueError, RecursionError):
            return None
        return None if isinstance(value, int) and not -_TOO_LARGE <= value < _TOO_LARGE else value


@dataclass(frozen=True, slots=True)
class UnknownLine:
    """A line (offsets) that is nothing but unknown values, in the table `path`: it may hold any settings."""

    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings in order, lines that may hold more, and what makes the text invalid, if anything."""

    settings: tuple[Setting, ...]
    unknown_lines: tuple[UnknownLine, ...]
    problem: Problem | None = None


def _library() -> Callable[[str], dict[str, Any]]:
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - only Bottlerocket's settings need it
    else:
        import tomli as tomllib  # noqa: PLC0415 - same

    return tomllib.loads


def read_toml(source: TracedText) -> Settings:
    """Read TOML; holes may stand for values, parts of values and whole lines; never raises."""
    scan = _Scan(source)
    problem = scan.run()
    return Settings(tuple(scan.settings), tuple(scan.unknown_lines), problem or _invalid(source, scan))


def has_deep_key(text: str) -> bool:
    """Return whether a key of TOML has more than `MAXIMUM_DEPTH` parts."""
    return _DEEP_KEY.search(_COMMENT_OR_STRING.sub('""', text)) is not None


def _invalid(source: TracedText, scan: _Scan) -> Problem | None:
    """Return what tomllib has against the text once its holes are filled with something harmless."""
    filled = list(source.text)
    for at in scan.line_holes:
        filled[at] = " "
    loads = _library()
    text = "".join(filled).replace(HOLE, "1")
    try:
        # tomllib turns CRLF into LF, which would shift positions by one a line; a space keeps them.
        loads(text.replace("\r\n", " \n"))
    except RecursionError:
        return Problem("this TOML is nested too deeply", source.span(0, 1))
    except ValueError as error:  # TOMLDecodeError is one, and so is what Python says of a number of too many digits
        at = _position(str(error), source.text)
        what = re.sub(r" \(at [^()]*\)$", "", str(error))
        return Problem(f"this is not valid TOML: {what}", source.span(at, at + 1))
    return None


def _position(message: str, text: str) -> int:
    """Return the offset that an error of tomllib names ("... (at line 3, column 7)")."""
    match = re.search(r"at line (\d+), column (\d+)\)$", message)
    if match is None:
        return max(len(text) - 1, 0)
    line, column = int(match.group(1)), int(match.group(2))
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    at = min(starts[min(line, len(starts)) - 1] + column - 1, max(len(text) - 1, 0))
    return at - 1 if at and text[at] == "\n" else at


_BLANK = pattern(r"[ \t]*")
_SPACE = pattern(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY_PART = pattern(rf"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_{HOLE}-]+)[ \t]*""")
_STRING_TEXT = (
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|"(?:[^"\\\n]|\\.)*"'
    r"|'''(?:[^']|'(?!''))*'{3,5}|'[^'\n]*'"
)
_STRING = pattern(_STRING_TEXT, re.DOTALL)
_COMMENT_OR_STRING = pattern(rf"#[^\n]*|{_STRING_TEXT}", re.DOTALL)
_DEEP_KEY = pattern(rf"""\.(?:[ \t]*(?:""|[A-Za-z0-9_-]+)[ \t]*\.){{{MAXIMUM_DEPTH - 1}}}""")
"""In a text without comments and with empty strings; it begins with a dot so that few places are tried."""
_HOLES_ONLY = pattern(rf"[ \t]*{HOLE}[{HOLE} \t]*(?=\r?\n|#|$)")


class _Scan:
    def __init__(self, source: TracedText) -> None:
        self.settings: list[Setting] = []
        self.unknown_lines: list[UnknownLine] = []
        self.line_holes: list[int] = []
        self._source = source
        self._text = source.text

    def run(self) -> Problem | None:
        text = self._text
        table: tuple[str, ...] = ()
        at = 1 if text.startswith("\ufeff") else 0
        while True:
            at = _match_end(_SPACE, text, at)
            if at >= len(text):
                return None
            if holes := _HOLES_ONLY.match(text, at):
                self.unknown_lines.append(UnknownLine(table, at, holes.end()))
                self.line_holes.extend(i for i in range(at, holes.end()) if text[i] == HOLE)
                at = holes.end()
            elif text[at] == "[":
                opening = 2 if text.startswith("[[", at) else 1
                path, at = self._key(at + opening)
                if path is None or text[at] != "]":
                    return self._problem("this is not a table header", at)
                table, at = path, at + opening
            else:
                end = self._setting(at, table, 0)
                if end is None:
                    return self._problem("expected a setting such as max-pods = 58", at)
                at = end

    def _problem(self, what: str, at: int) -> Problem:
        at = min(at, len(self._text) - 1)
        return Problem(f"this is not valid TOML: {what}", self._source.span(at, at + 1))

    def _key(self, at: int) -> tuple[tuple[str, ...] | None, int]:
        """Return the parts of the dotted key at `at` and the offset after it."""
        parts: list[str] = []
        while len(parts) < MAXIMUM_DEPTH and (match := _KEY_PART.match(self._text, at)):
            parts.append(match.group(1).strip("\"'"))
            at = match.end()
            if self._text[at : at + 1] != ".":
                return (tuple(parts), at) if at < len(self._text) else (None, at)
            at += 1
        return None, at

    def _setting(self, start: int, table: tuple[str, ...], depth: int) -> int | None:
        """Note the setting at `start`; return the offset after its value, None if there is none."""
        path, at = self._key(start)
        if path is None or self._text[at] != "=" or depth > MAXIMUM_DEPTH:
            return None
        value = _match_end(_BLANK, self._text, at + 1)
        path = (*table, *path)
        if self._text[value : value + 1] == "{":
            return self._inline_table(value, path, depth)
        end = self._value_end(value)
        if end <= value:
            return None
        self.settings.append(Setting(path, self._source, start, value, end))
        return end

    def _inline_table(self, at: int, path: tuple[str, ...], depth: int) -> int | None:
        at += 1
        while True:
            at = _match_end(_SPACE, self._text, at)
            following = self._text[at : at + 1]
            if following == "}":
                return at + 1
            if following == ",":
                at += 1
                continue
            end = self._setting(at, path, depth + 1) if following else None
            if end is None:
                return None
            at = end

    def _value_end(self, at: int) -> int:
        """Return the offset after the value at `at`, trailing blanks left out."""
        level = 0
        text = self._text
        end = at
        while at < len(text):
            if string := _STRING.match(text, at):
                at = end = string.end()
                continue
            character = text[at]
            if character in "[{":
                level += 1
            elif character in "]}":
                if level == 0:
                    break
                level -= 1
            elif level and character == "#":
                at = _match_end(_SPACE, text, at)
                continue
            elif not level and character in "\n#,":
                break
            at += 1
            if character not in " \t\r\n":
                end = at
        return end


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
