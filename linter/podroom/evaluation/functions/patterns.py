"""Functions over regular expressions."""

from __future__ import annotations

import re

from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.functions.pattern_language import compile_pattern
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

_LONGEST_REPLACED = 80_000_000


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
        if len(replacement) * (text.count(wanted) if wanted else len(text) + 1) > _LONGEST_REPLACED:
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
