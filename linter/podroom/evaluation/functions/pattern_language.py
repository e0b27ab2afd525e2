"""RE2's language of regular expressions, matched by Python's engine as far as that is safe.

RE2 takes time in proportion to the text; Python's engine can take exponential time.  A pattern that
could make it slow on the given text is not tried: the result is unknown and says so.
Source: https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.functions.unicode_classes import characters_of, others_than
from podroom.patterns import pattern
from podroom.records import dataclass

_LONGEST_PATTERN = 1_000
_MOST_WORK = 20_000_000
_LARGEST_REPEAT = 1_000
_FEW = 10
_MANY_OPTIONS = 64
_WIDEST = re.ASCII | re.IGNORECASE | re.DOTALL
_QUANTIFIERS = ("*", "+", "?", "{")
_LESS = ("*", "?", "{")
"""What may make a character come no time at all."""
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7F",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1F\\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_SPACE = "\\t\\n\\f\\r "
"""What `\\s` is: not the vertical tab, which Python's is too."""
_NOTHING = "(?!)"
"""Matches nothing, as a class without characters does."""
_ASCII = frozenset(map(chr, range(0x80)))
_NAMES_A_CLASS = pattern(r"\\[pP]")
_ESCAPED_CLASSES = {"s": _SPACE, "S": "\\x00-\\x08\\x0b\\x0e-\\x1f!-\\U0010ffff"}


class _Repeat(NamedTuple):
    """A repetition without a near end: of what, None for a group, and whether what follows tells where it ends."""

    atom: str | None
    ends_at_once: bool


def compile_pattern(pattern: str, text: str) -> re.Pattern[str]:
    """Return an RE2 pattern for Python's engine, to be used on that text.

    Raises `EvaluationFailure` for what is no RE2 pattern and `BeyondReach` for what Python's engine
    might take too long for.
    """
    others = "" if text.isascii() or not _NAMES_A_CLASS.search(pattern) else "".join(sorted(set(text) - _ASCII))
    compiled, repeats, options = _translated(pattern, others)
    if compiled.flags & re.IGNORECASE and not (text.isascii() and pattern.isascii()):
        raise BeyondReach("podroom follows patterns that ignore the case only for letters of ASCII")
    if (repeats or options) and _work(repeats, options, text) > _MOST_WORK:
        raise BeyondReach(f'the pattern "{pattern[:60]}" might take too long on a text of {len(text)} characters')
    return compiled


def _work(repeats: tuple[_Repeat, ...], options: int, text: str) -> int:
    """Return at most how many steps Python's engine takes.

    From each start it tries every end of every repetition, which are as many as the longest run of what is repeated,
    with every end of the others.  One that what follows ends, as in `[a-z]*"`, has one end only: to look for it takes
    the run once, with those of the others.
    """
    length = max(len(text), 1)
    if length ** (len(repeats) + 1) << options <= _MOST_WORK:
        return 0
    work, search = length << options, 1
    for repeat in repeats:
        run = length if repeat.atom is None else _longest_run(repeat.atom, text)
        if repeat.ends_at_once:
            search += run
        else:
            work *= run + 1
    return work * search


def _longest_run(atom: str, text: str) -> int:
    return max((len(match.group()) for match in re.finditer(f"(?:{atom})+", text, _WIDEST)), default=0)


@lru_cache(maxsize=256)
def _translated(pattern: str, others: str) -> tuple[re.Pattern[str], tuple[_Repeat, ...], int]:
    if len(pattern) > _LONGEST_PATTERN:
        raise BeyondReach("the regular expression is longer than podroom follows")
    translator = _Translator(pattern, others)
    translated = translator.run()
    if translator.nested:
        raise BeyondReach(f'the pattern "{pattern[:60]}" repeats a repetition, which podroom does not try')
    try:
        compiled = re.compile(translated, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise EvaluationFailure(f'"{pattern[:60]}" is no regular expression: {error}') from None
    return compiled, tuple(translator.repeats), min(translator.options, _MANY_OPTIONS)


@dataclass(frozen=True, slots=True)
class _Flags:
    """Flags of RE2 that are written out: Python has no `U`, and its `$` is another one without `m`."""

    lines: bool = False
    ungreedy: bool = False

    def set(self, flags: str) -> _Flags:
        """Return what flags such as `m`, `U` or `-m` make of them."""
        on, _, off = flags.partition("-")
        return _Flags((self.lines or "m" in on) and "m" not in off, (self.ungreedy or "U" in on) and "U" not in off)


class _Translator:
    """Rewrites the few things that RE2 writes differently, and counts what makes matching slow.

    `others` are the characters beyond ASCII of the text, for the classes of Unicode.
    """

    def __init__(self, pattern: str, others: str) -> None:
        self._pattern = pattern
        self._others = others
        self._at = 0
        self._atom: str | None = None
        self._flags = [_Flags()]
        """Those in force, of each group that is open."""
        self.repeats: list[_Repeat] = []
        self.options = 0
        self.nested = False

    def run(self) -> str:
        out: list[str] = []
        groups: list[int] = []  # the ways to match that were open before each group
        last_group_repeats = False
        while self._at < len(self._pattern):
            char = self._pattern[self._at]
            atom = None
            if char == "\\":
                quoted = self._pattern.startswith("\\Q", self._at)
                out.append(self._escape())
                atom = None if quoted else out[-1]
                last_group_repeats = False
            elif char == "[":
                atom = self._bracket()
                out.append(atom)
                last_group_repeats = False
            elif char == "(":
                depth = len(self._flags)
                out.append(self._open())
                if len(self._flags) > depth:
                    groups.append(len(self.repeats) + self.options)
            elif char == ")":
                if not groups:
                    raise EvaluationFailure("a regular expression has an unopened )")
                last_group_repeats = len(self.repeats) + self.options > groups.pop()
                self._flags.pop()
                out.append(char)
                self._at += 1
            elif char in "*+{?":
                out.append(self._quantifier(inside_repeats=last_group_repeats))
                last_group_repeats = False
            elif char in "^$":
                out.append(f"(?m:{char})" if self._flags[-1].lines else "\\A" if char == "^" else "\\Z")
                self._at += 1
                last_group_repeats = False
            else:
                self.options += char == "|"
                atom = char if char != "|" else None
                out.append(char)
                self._at += 1
                last_group_repeats = False
            self._atom = atom
        if groups:
            raise EvaluationFailure("a regular expression has an unclosed (")
        return "".join(out)

    def _escape(self) -> str:
        escaped = self._pattern[self._at + 1 : self._at + 2]
        self._at += 2
        if escaped in "123456789" or not escaped:
            raise EvaluationFailure("a regular expression of Terraform has no back references")
        if escaped == "z":
            return "\\Z"
        if escaped == "Q":
            end = self._pattern.find("\\E", self._at)
            end = len(self._pattern) if end < 0 else end
            literal = self._pattern[self._at : end]
            self._at = end + 2
            return re.escape(literal)
        if escaped in "pP":
            return f"[{self._property(negated=escaped == 'P')}]".replace("[]", _NOTHING)
        if escaped in _ESCAPED_CLASSES:
            return f"[{_ESCAPED_CLASSES[escaped]}]"
        if escaped in "ZGkK" or (escaped.isalpha() and escaped not in "AbBdDsSwWafnrtvx"):
            raise EvaluationFailure(f"\\{escaped} is nothing in a regular expression of Terraform")
        if escaped == "x" and self._pattern[self._at : self._at + 1] == "{":
            end = self._pattern.find("}", self._at)
            digits = self._pattern[self._at + 1 : end]
            self._at = end + 1
            try:
                return re.escape(chr(int(digits, 16)))
            except (ValueError, OverflowError):
                raise EvaluationFailure("a regular expression has a wrong \\x{...}") from None
        if escaped in "x0":
            digits = _DIGITS[escaped].match(self._pattern, self._at).group()  # type: ignore[union-attr]  # or nothing
            self._at += len(digits)
            return f"\\{escaped}{digits}"
        return "\\" + escaped

    def _property(self, *, negated: bool) -> str:
        """Return the characters of a class of Unicode, of which the name comes next: `L` or `{Lu}`."""
        match = _PROPERTY.match(self._pattern, self._at)
        if match is None:
            raise EvaluationFailure("a regular expression has a class of characters without a name")
        self._at = match.end()
        name = match["long"] or match["short"]
        found = characters_of(name, self._others, negated=negated != bool(match["not"]))
        if found is None:
            raise BeyondReach(f"podroom does not follow \\p{{{name}}} in regular expressions")
        return found

    def _bracket(self) -> str:
        start = self._at
        self._at += 1
        out = ["["]
        if self._pattern[self._at : self._at + 1] == "^":
            out.append("^")
            self._at += 1
        first = True
        while True:
            char = self._pattern[self._at : self._at + 1]
            if not char:
                raise EvaluationFailure(f"a regular expression has an unclosed [ at {start}")
            if char == "]" and not first:
                self._at += 1
                found = "".join([*out, "]"])
                return {"[]": _NOTHING, "[^]": "(?s:.)"}.get(found, found)
            first = False
            if self._pattern.startswith("[:", self._at):
                end = self._pattern.find(":]", self._at)
                name = self._pattern[self._at + 2 : end]
                known = _CLASSES.get(name.removeprefix("^"))
                if end < 0 or known is None:
                    raise EvaluationFailure(f"a regular expression has no class [:{name[:20]}:]")
                out.append(others_than(known) if name.startswith("^") else known)
                self._at = end + 2
            elif char == "\\":
                escaped = self._pattern[self._at + 1 : self._at + 2]
                self._at += 2
                if escaped in ("p", "P"):
                    out.append(self._property(negated=escaped == "P"))
                else:
                    out.append(_ESCAPED_CLASSES.get(escaped, "\\" + escaped))
            else:
                out.append("\\" + char if char in "[&~|" else char)
                self._at += 1

    def _open(self) -> str:
        """Return the beginning of a group; flags alone begin none."""
        self._at += 1
        within = self._flags[-1]
        if not self._pattern.startswith("?", self._at):
            self._flags.append(within)
            return "("
        match = _GROUP.match(self._pattern, self._at)
        if match is None:
            raise EvaluationFailure("a regular expression of Terraform has no groups of this kind")
        self._at = match.end()
        if match["name"]:
            self._flags.append(within)
            return f"(?P<{match['name']}>"
        on, _, off = (match["flags"] or "").partition("-")
        changed = within.set(match["flags"] or "")
        of_python = "".join(flag for flag in "is" if flag in on and flag not in off)
        without = "".join(flag for flag in "is" if flag in off)
        if match["end"] == ":":
            self._flags.append(changed)
            return f"(?{of_python}{'-' if without else ''}{without}:"
        self._flags[-1] = changed
        if (of_python or without) and match.start() > 1:
            raise BeyondReach("podroom follows the flags i and s in a regular expression only at its start")
        return f"(?{of_python})" if of_python else ""

    def _quantifier(self, *, inside_repeats: bool) -> str:
        char = self._pattern[self._at]
        text = char
        unbounded = char in "*+"
        if char == "{":
            match = _COUNT.match(self._pattern, self._at)
            if match is None:
                self._at += 1
                return "\\{"
            text = match.group()
            low, high = int(match.group(1)), match.group(2)
            if low > _LARGEST_REPEAT or (high and high != "," and int(high[1:]) > _LARGEST_REPEAT):
                raise EvaluationFailure("a regular expression repeats more than 1000 times")
            spread = 0 if high is None else None if high == "," else int(high[1:]) - low
            unbounded = spread is None or spread > _FEW
            self.options += 0 if unbounded or spread is None else spread
        self._at += len(text)
        lazy = self._pattern.startswith("?", self._at)
        self._at += lazy
        if lazy != self._flags[-1].ungreedy:
            text += "?"
        if char == "?":
            self.options += 1
        elif inside_repeats:
            self.nested = True
        if unbounded:
            self.repeats.append(_Repeat(self._atom, self._ends_at_once()))
        return text

    def _ends_at_once(self) -> bool:
        """Return whether the next character of the pattern has to come, and cannot be part of what was repeated."""
        at = self._at
        while self._pattern.startswith(")", at) and self._pattern[at + 1 : at + 2] not in _QUANTIFIERS:
            at += 1
        following = _LITERAL.match(self._pattern, at)
        if self._atom is None or following is None or self._pattern[following.end() : following.end() + 1] in _LESS:
            return False
        return re.fullmatch(self._atom, following.group()[-1], _WIDEST) is None


_GROUP = pattern(r"\?(?:P?<(?P<name>[A-Za-z_][A-Za-z0-9_]*)>|(?P<flags>[imsU-]*)(?P<end>[:)]))")
_LITERAL = pattern(r"[^\\.\[\]()*+?{}|^$]|\\[^0-9A-Za-z]")
_DIGITS = {"x": pattern(r"[0-9A-Fa-f]{0,2}"), "0": pattern(r"[0-7]{0,2}")}
_PROPERTY = pattern(r"(?P<short>[A-Z])|\{(?P<not>\^?)(?P<long>\w+)\}")
_COUNT = pattern(r"\{([0-9]{1,6})(,[0-9]{0,6})?\}")
