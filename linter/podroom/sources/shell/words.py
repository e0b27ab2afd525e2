"""Words of a shell script: quotes, escapes, parameters and substitutions."""

from __future__ import annotations

import re

from podroom.patterns import pattern
from podroom.sources.shell.syntax import Literal, Parameter, RawWord, Segment, Substitution

MAXIMUM_DEPTH = 50
"""Parameters and substitutions inside each other; what is nested deeper counts as a substitution."""

_BARE = pattern(r"""[^\s;&|<>()"'`$\\]+""")
_NAME = pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_SPECIAL = pattern(r"[0-9@*#?$!-]")
_OPERATOR = pattern(r":?[-=+?]")
_SINGLE_QUOTED = pattern(r"'[^']*'?")
_DOLLAR_QUOTED = pattern(r"\$'(?:[^'\\]|\\.)*'?", re.DOTALL)
_IN_DOUBLE_QUOTES = pattern(r'[^"`$\\]+')
_IN_HERE_DOCUMENT = pattern(r"[^`$\\]+")
_QUOTED = r"\\.|'[^']*(?:'|\Z)"
_CLOSING = {'"': '"', "$(": ")", "${": "}", "(": ")"}
_STEPS = {
    '"': pattern(r'\\.|\$\(|\$\{|"', re.DOTALL),
    ")": pattern(rf"""{_QUOTED}|(?<=[\s;])#[^\n]*|\$\{{|["()]""", re.DOTALL),
    "}": pattern(rf"""{_QUOTED}|\$\{{|\$\(|["}}]""", re.DOTALL),
    "`": pattern(rf"""{_QUOTED}|\$\{{|["`]""", re.DOTALL),
}
"""What matters on the way to a closing bracket."""

_IN_BRACES = pattern(r"""[^}"'`$\\]+""")


class WordReader:
    """Reads words of one text."""

    def __init__(self, text: str) -> None:
        """Read from `text`."""
        self._text = text

    def word(self, at: int) -> RawWord | None:
        """Return the word that starts at `at`; None where no word can start."""
        start = at
        segments: list[Segment] = []
        text = self._text
        while at < len(text):
            if bare := _BARE.match(text, at):
                segments.append(Literal(at, bare.end(), quoted=False))
                at = bare.end()
            elif text[at] in "<>" and text.startswith("(", at + 1):
                end = self.closing(at + 2, ")")
                segments.append(Substitution(at, end, quoted=False))
                at = end
            elif text[at] in "\"'`$\\":
                at = self._special(at, segments, 0)
            elif text[at] == "(" and segments and text[at - 1] == "=":
                at = self._array(at, segments)
            else:
                break
        return RawWord(start, at, tuple(segments)) if at > start else None

    def here_document(self, lines: list[tuple[int, int]], *, literal: bool) -> RawWord:
        """Return the body of a here-document made of these stretches of the text."""
        segments: list[Segment] = []
        for start, end in lines:
            if literal:
                segments.append(Literal(start, end, quoted=True))
            else:
                self._until(start, end, _IN_HERE_DOCUMENT, segments, 0)
        start, end = (lines[0][0], lines[-1][1]) if lines else (0, 0)
        return RawWord(start, end, tuple(segments))

    def closing(self, at: int, bracket: str) -> int:
        """Return the offset after the bracket that closes what was opened before `at`.

        Quotes, escapes, comments and inner brackets are skipped; without a closing bracket it is the
        end of the text.
        """
        expected = [bracket]
        while expected:
            step = _STEPS[expected[-1]].search(self._text, at)
            if step is None:
                return len(self._text)
            at = step.end()
            if step.group() == expected[-1]:
                expected.pop()
            elif step.group() in _CLOSING:
                expected.append(_CLOSING[step.group()])
        return at

    def _special(self, at: int, segments: list[Segment], depth: int) -> int:
        """Read a quote, an escape or an expansion outside of quotes; return the offset after it."""
        text = self._text
        character = text[at]
        if character == "'":
            end = _end(_SINGLE_QUOTED, text, at)
            segments.append(Literal(at + 1, end - 1 if end > at + 1 and text[end - 1] == "'" else end, quoted=True))
            return end
        if character == '"':
            end = self._until(at + 1, len(text), _IN_DOUBLE_QUOTES, segments, depth, stop='"')
            segments.append(Literal(end, end, quoted=True))
            return min(end + 1, len(text))
        if character == "\\":
            return self._escape(at, segments)
        if dollar_quoted := _DOLLAR_QUOTED.match(text, at):
            end = dollar_quoted.end()
            if "\\" in dollar_quoted.group():
                segments.append(Substitution(at, end, quoted=True))
            else:
                segments.append(Literal(at + 2, end - 1, quoted=True))
            return end
        return self._expansion(at, segments, depth, quoted=False)

    def _escape(self, at: int, segments: list[Segment], *, only: str = "") -> int:
        """Read a backslash; `only` lists what it escapes where it does not escape everything."""
        text = self._text
        following = text[at + 1 : at + 2]
        if following == "\n":
            return at + 2
        if only and following not in only:
            segments.append(Literal(at, at + 1, quoted=True))
            return at + 1
        segments.append(Literal(at + 1, at + 2, quoted=True))
        return min(at + 2, len(text))

    def _until(
        self, at: int, end: int, plain: re.Pattern[str], segments: list[Segment], depth: int, *, stop: str = ""
    ) -> int:
        """Read quoted text up to the character `stop` or to `end`; return the offset where it stopped."""
        text = self._text
        while at < end:
            if stop and text[at] == stop:
                return at
            if match := plain.match(text, at, end):
                segments.append(Literal(at, match.end(), quoted=True))
                at = match.end()
            elif text[at] == "\\":
                at = self._escape(at, segments, only='$`"\\' if stop == '"' else "$`\\")
            elif text[at] in "$`":
                at = self._expansion(at, segments, depth, quoted=True)
            else:
                segments.append(Literal(at, at + 1, quoted=True))
                at += 1
        return at

    def _expansion(self, at: int, segments: list[Segment], depth: int, *, quoted: bool) -> int:
        text = self._text
        if text[at] == "`":
            end = self.closing(at + 1, "`")
        elif text.startswith("$(", at):
            end = self.closing(at + 2, ")")
        elif text.startswith("${", at):
            return self._braces(at, segments, depth, quoted=quoted)
        elif match := _NAME.match(text, at + 1) or _SPECIAL.match(text, at + 1):
            segments.append(Parameter(at, match.end(), match.group(), "", (), quoted))
            return match.end()
        else:
            segments.append(Literal(at, at + 1, quoted))
            return at + 1
        segments.append(Substitution(at, end, quoted))
        return end

    def _braces(self, at: int, segments: list[Segment], depth: int, *, quoted: bool) -> int:
        text = self._text
        end = self.closing(at + 2, "}")
        inner_end = end - 1
        name = _NAME.match(text, at + 2, inner_end)
        if name is None or depth >= MAXIMUM_DEPTH or text[inner_end : inner_end + 1] != "}":
            segments.append(Substitution(at, end, quoted))
            return end
        if name.end() == inner_end:
            segments.append(Parameter(at, end, name.group(), "", (), quoted))
            return end
        operator = _OPERATOR.match(text, name.end(), inner_end)
        if operator is None:
            segments.append(Parameter(at, end, name.group(), text[name.end()], (), quoted))
            return end
        argument: list[Segment] = []
        place = operator.end()
        while place < inner_end:
            if match := _IN_BRACES.match(text, place, inner_end):
                argument.append(Literal(place, match.end(), quoted))
                place = match.end()
            elif text[place] in "\"'`$\\":
                place = self._special(place, argument, depth + 1)
            else:
                break
        segments.append(Parameter(at, end, name.group(), operator.group(), tuple(argument), quoted))
        return end

    def _array(self, at: int, segments: list[Segment]) -> int:
        """Read `NAME=(...)`, whose value is treated as not known."""
        end = self.closing(at + 1, ")")
        segments.append(Substitution(at, end, quoted=True))
        return end


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
