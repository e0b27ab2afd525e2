"""Regular expressions: RE2's language, matched by Python's engine as far as that is safe.

RE2 takes time in proportion to the text; Python's engine can take exponential time.  A pattern that
could make it slow on the given text is not tried: the result is unknown and says so.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.functions.registry import Parameter, function
from podroom.evaluation.terms import (
    MAX_TEXT,
    ListTerm,
    Null,
    ObjectTerm,
    PartialStr,
    Sym,
    Term,
    TupleTerm,
    checked_text,
    derived,
    join_text,
    too_long,
)
from podroom.evaluation.types import STRING, ObjectType, TupleType, Type
from podroom.patterns import pattern

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


def _with_groups(pattern: str, text: str) -> re.Pattern[str]:
    compiled = compile_pattern(pattern, text)
    if compiled.groupindex and compiled.groups > len(compiled.groupindex):
        raise EvaluationFailure("a pattern cannot have both groups with names and groups without")
    return compiled


@function("regex", STRING, STRING)
def _regex(pattern: str, text: str) -> Term:
    compiled = _with_groups(pattern, text)
    match = compiled.search(text)
    if match is None:
        raise EvaluationFailure("the pattern does not match the text")
    return _captured(compiled, match)


@function("regexall", STRING, STRING)
def _regexall(pattern: str, text: str) -> Term:
    compiled = _with_groups(pattern, text)
    return ListTerm(_captured_type(compiled), [_captured(compiled, match) for match in compiled.finditer(text)])


def _captured_type(compiled: re.Pattern[str]) -> Type:
    if compiled.groupindex:
        return ObjectType(dict.fromkeys(sorted(compiled.groupindex), STRING))
    return TupleType((STRING,) * compiled.groups) if compiled.groups else STRING


def _captured(compiled: re.Pattern[str], match: re.Match[str]) -> Term:
    if compiled.groupindex:
        return ObjectTerm({name: _text(value) for name, value in match.groupdict().items()})
    if compiled.groups:
        return TupleTerm(map(_text, match.groups()))
    return match.group()


def _text(value: str | None) -> Term:
    return Null(STRING) if value is None else value


@function("replace", Parameter(STRING, unknown=True), STRING, Parameter(STRING, unknown=True), result=STRING)
def _replace(text: Term, wanted: str, replacement: Term) -> Term:
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        if not isinstance(text, str) or not isinstance(replacement, str):
            return derived(STRING, text, replacement)
        compiled = compile_pattern(wanted[1:-1], text)
        return _substituted(compiled, text, replacement)
    if isinstance(text, str) and isinstance(replacement, str):
        if len(replacement) * (text.count(wanted) if wanted else len(text) + 1) > 4 * _MOST_WORK:
            raise BeyondReach("the replaced text is longer than podroom follows")
        return checked_text(text.replace(wanted, replacement))
    return _replace_with_holes(text, wanted, replacement)


def _substituted(compiled: re.Pattern[str], text: str, replacement: str) -> str:
    """Return the text with its matches replaced; stops as soon as that is longer than podroom follows."""
    length = 0

    def expanded(match: re.Match[str]) -> str:
        nonlocal length
        with_what = _expanded(replacement, match)
        length += len(with_what)
        if length > MAX_TEXT:
            raise too_long()
        return with_what

    return checked_text(compiled.sub(expanded, text))


def _replace_with_holes(text: Term, wanted: str, replacement: Term) -> Term:
    if not isinstance(text, str | PartialStr) or not wanted:
        return derived(STRING, text, replacement)
    with_what = replacement.parts if isinstance(replacement, PartialStr) else (replacement,)
    parts: list[str | Sym] = []
    for part in text.parts if isinstance(text, PartialStr) else (text,):
        if not isinstance(part, str):
            parts.append(derived(STRING, part))
            continue
        for at, piece in enumerate(part.split(wanted)):
            if at:
                parts.extend(one if isinstance(one, str | Sym) else derived(STRING, one) for one in with_what)
            parts.append(piece)
    return join_text(parts)


_REFERENCE = pattern(r"\$(?:\$|([0-9A-Za-z_]+)|\{([0-9A-Za-z_]+)\})")


def _expanded(replacement: str, match: re.Match[str]) -> str:
    def expand(reference: re.Match[str]) -> str:
        if reference.group() == "$$":
            return "$"
        name = reference.group(1) or reference.group(2)
        try:
            return match.group(int(name) if name.isdecimal() else name) or ""
        except (IndexError, ValueError):
            return ""

    return _REFERENCE.sub(expand, replacement)


class _Repeat(NamedTuple):
    """A repetition without a near end: of what, None for a group, and whether what follows tells where it ends."""

    atom: str | None
    ends_at_once: bool


def compile_pattern(pattern: str, text: str) -> re.Pattern[str]:
    """Return an RE2 pattern for Python's engine, to be used on that text.

    Raises `EvaluationFailure` for what is no RE2 pattern and `BeyondReach` for what Python's engine
    might take too long for.
    """
    compiled, repeats, options = _translated(pattern)
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
def _translated(pattern: str) -> tuple[re.Pattern[str], tuple[_Repeat, ...], int]:
    if len(pattern) > _LONGEST_PATTERN:
        raise BeyondReach("the regular expression is longer than podroom follows")
    translator = _Translator(pattern)
    translated = translator.run()
    if translator.nested:
        raise BeyondReach(f'the pattern "{pattern[:60]}" repeats a repetition, which podroom does not try')
    try:
        compiled = re.compile(translated, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise EvaluationFailure(f'"{pattern[:60]}" is no regular expression: {error}') from None
    return compiled, tuple(translator.repeats), min(translator.options, _MANY_OPTIONS)


class _Translator:
    """Rewrites the few things that RE2 writes differently, and counts what makes matching slow."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._atom: str | None = None
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
                opened = self._open()
                out.append(opened)
                if not opened.endswith(")"):
                    groups.append(len(self.repeats) + self.options)
            elif char == ")":
                if not groups:
                    raise EvaluationFailure("a regular expression has an unopened )")
                last_group_repeats = len(self.repeats) + self.options > groups.pop()
                out.append(char)
                self._at += 1
            elif char in "*+{?":
                out.append(self._quantifier(inside_repeats=last_group_repeats))
                last_group_repeats = False
            elif char == "$":
                out.append("\\Z")
                self._at += 1
            else:
                self.options += char == "|"
                atom = char if char not in "|^" else None
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
        if escaped in "pPCX":
            raise BeyondReach(f"podroom does not follow \\{escaped} in regular expressions")
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
                return "".join([*out, "]"])
            first = False
            if self._pattern.startswith("[:", self._at):
                end = self._pattern.find(":]", self._at)
                name = self._pattern[self._at + 2 : end]
                if end < 0 or name not in _CLASSES:
                    raise BeyondReach("podroom does not follow this class in a regular expression")
                out.append(_CLASSES[name])
                self._at = end + 2
            elif char == "\\":
                escaped = self._pattern[self._at + 1 : self._at + 2]
                if escaped in "pP":
                    raise BeyondReach(f"podroom does not follow \\{escaped} in regular expressions")
                out.append("\\" + escaped)
                self._at += 2
            else:
                out.append("\\" + char if char in "[&~|" else char)
                self._at += 1

    def _open(self) -> str:
        self._at += 1
        if not self._pattern.startswith("?", self._at):
            return "("
        match = _GROUP.match(self._pattern, self._at)
        if match is None:
            raise EvaluationFailure("a regular expression of Terraform has no groups of this kind")
        self._at = match.end()
        if match.group("name"):
            return f"(?P<{match.group('name')}>"
        flags = match.group("flags") or ""
        if "U" in flags or "m" in flags or ("-" in flags and match.group("end") == ")"):
            raise BeyondReach("podroom does not follow these flags in a regular expression")
        if match.group("end") == ")":
            if match.start() > 1:
                raise BeyondReach("podroom follows flags in a regular expression only at its start")
            return f"(?{flags})"
        return f"(?{flags}:"

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
        if self._pattern.startswith("?", self._at):
            text += "?"
            self._at += 1
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
_COUNT = pattern(r"\{([0-9]{1,6})(,[0-9]{0,6})?\}")
