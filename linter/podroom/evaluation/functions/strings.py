"""String functions."""

from __future__ import annotations

from collections.abc import Callable

from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.functions.registry import Parameter, function
from podroom.evaluation.operations import concatenate
from podroom.evaluation.terms import (
    ListTerm,
    Null,
    Number,
    PartialStr,
    Sym,
    Term,
    checked_text,
    derived,
    join_text,
)
from podroom.evaluation.types import BOOL, NUMBER, STRING, ListType

_HOLED = Parameter(STRING, unknown=True)
_JOINER = "\u200d"


def graphemes(text: str) -> list[str]:
    """Return the characters as a reader counts them: with combining marks and joined emoji as one."""
    if text.isascii() and "\r" not in text:
        return list(text)
    import unicodedata  # noqa: PLC0415 - most texts are ASCII

    clusters: list[str] = []
    for character in text:
        extends = (
            unicodedata.combining(character)
            or unicodedata.category(character) in {"Mn", "Me", "Mc"}
            or character == _JOINER
            or "\U0001f3fb" <= character <= "\U0001f3ff"
        )
        joined = clusters and (clusters[-1].endswith(_JOINER) or (clusters[-1] == "\r" and character == "\n"))
        if clusters and (extends or joined):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _map_literals(text: Term, change: Callable[[str], str], mark: str) -> Term:
    if isinstance(text, str):
        return change(text)
    if isinstance(text, PartialStr):
        return join_text(change(part) if isinstance(part, str) else derived(STRING, part) for part in text.parts)
    return derived(STRING, text, reason=None) if mark else text


def _uppercase(text: str) -> str:
    """Return the text in capitals, letter by letter as Go does it: "ß" has no capital of one letter."""
    if text.isascii():
        return text.upper()
    return "".join(capital if len(capital := letter.upper()) == 1 else letter for letter in text)


@function("upper", _HOLED, result=STRING)
def _upper(text: Term) -> Term:
    return _map_literals(text, _uppercase, "upper")


@function("lower", _HOLED, result=STRING)
def _lower(text: Term) -> Term:
    return _map_literals(text, str.lower, "lower")


@function("title", STRING, result=STRING)
def _title(text: str) -> Term:
    previous = " "
    letters = []
    for letter in text:
        letters.append(letter if previous.isalnum() or previous == "_" else letter.title())
        previous = letter
    return "".join(letters)


@function("strrev", STRING, result=STRING)
def _strrev(text: str) -> Term:
    return "".join(reversed(graphemes(text)))


@function("trimspace", _HOLED, result=STRING)
def _trimspace(text: Term) -> Term:
    if isinstance(text, str):
        return text.strip()
    if not isinstance(text, PartialStr):
        return text if isinstance(text, Sym) and text.filled else derived(STRING, text)
    parts = list(text.parts)
    if isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return join_text(parts)


@function("chomp", _HOLED, result=STRING)
def _chomp(text: Term) -> Term:
    if isinstance(text, str):
        return text.rstrip("\r\n")
    if isinstance(text, PartialStr) and isinstance(text.parts[-1], str):
        return join_text((*text.parts[:-1], text.parts[-1].rstrip("\r\n")))
    return text


@function("trim", STRING, STRING, result=STRING)
def _trim(text: str, characters: str) -> Term:
    return text.strip(characters) if characters else text


@function("trimprefix", _HOLED, STRING, result=STRING)
def _trimprefix(text: Term, prefix: str) -> Term:
    if isinstance(text, str):
        return text.removeprefix(prefix)
    if isinstance(text, PartialStr) and isinstance(text.parts[0], str) and text.parts[0].startswith(prefix):
        return join_text((text.parts[0].removeprefix(prefix), *text.parts[1:]))
    return derived(STRING, text)


@function("trimsuffix", _HOLED, STRING, result=STRING)
def _trimsuffix(text: Term, suffix: str) -> Term:
    if isinstance(text, str):
        return text.removesuffix(suffix)
    if isinstance(text, PartialStr) and isinstance(text.parts[-1], str) and text.parts[-1].endswith(suffix):
        return join_text((*text.parts[:-1], text.parts[-1].removesuffix(suffix)))
    return derived(STRING, text)


@function("indent", NUMBER, _HOLED, result=STRING)
def _indent(spaces: Number, text: Term) -> Term:
    if not isinstance(spaces, int) or not 0 <= spaces <= 1_000:
        raise EvaluationFailure("the indentation must be a whole number of spaces")
    margin = "\n" + " " * spaces
    if isinstance(text, str):
        return checked_text(text.replace("\n", margin))
    return _map_literals(text, lambda part: checked_text(part.replace("\n", margin)), "indent")


@function("substr", STRING, NUMBER, NUMBER, result=STRING)
def _substr(text: str, offset: Number, length: Number) -> Term:
    if not isinstance(offset, int) or not isinstance(length, int):
        raise EvaluationFailure("offset and length must be whole numbers")
    letters = graphemes(text)
    start = max(0, len(letters) + offset) if offset < 0 else offset
    stop = len(letters) if length < 0 else start + length
    return "".join(letters[start:stop])


@function("startswith", _HOLED, STRING, result=BOOL)
def _startswith(text: Term, prefix: str) -> Term:
    if isinstance(text, str):
        return text.startswith(prefix)
    if isinstance(text, PartialStr) and isinstance(text.parts[0], str):
        head = text.parts[0]
        if head.startswith(prefix):
            return True
        if not prefix.startswith(head):
            return False
    return True if not prefix else derived(BOOL, text)


@function("endswith", _HOLED, STRING, result=BOOL)
def _endswith(text: Term, suffix: str) -> Term:
    if isinstance(text, str):
        return text.endswith(suffix)
    if isinstance(text, PartialStr) and isinstance(text.parts[-1], str):
        tail = text.parts[-1]
        if tail.endswith(suffix):
            return True
        if not suffix.endswith(tail):
            return False
    return True if not suffix else derived(BOOL, text)


@function("strcontains", _HOLED, STRING, result=BOOL)
def _strcontains(text: Term, wanted: str) -> Term:
    if isinstance(text, str):
        return wanted in text
    if isinstance(text, PartialStr) and any(wanted in part for part in text.parts if isinstance(part, str)):
        return True
    return derived(BOOL, text)


@function("join", STRING, variadic=Parameter(ListType(STRING)), result=STRING)
def _join(separator: str, *lists: ListTerm) -> Term:
    terms: list[Term] = []
    for position, strings in enumerate(lists):
        if strings.fixed < len(strings.items) or (strings.rest and position + 1 < len(lists)):
            return derived(STRING, *lists)
        for item in strings.items:
            if isinstance(item, Null):
                raise EvaluationFailure("a list to join has a null element")
            if terms:
                terms.append(separator)
            terms.append(item)
        if strings.rest:
            terms.append(derived(STRING, *strings.rest))
    return concatenate(terms)


@function("split", STRING, _HOLED, result=ListType(STRING))
def _split(separator: str, text: Term) -> Term:
    if isinstance(text, str):
        return ListTerm(STRING, text.split(separator) if separator else list(text))
    if isinstance(text, PartialStr) and separator and isinstance(text.parts[0], str) and separator in text.parts[0]:
        first, _, remaining = text.parts[0].partition(separator)
        known = [first]
        while separator in remaining:
            first, _, remaining = remaining.partition(separator)
            known.append(first)
        return ListTerm(STRING, known, (derived(STRING, text),), len(known))
    return derived(ListType(STRING), text)


@function("sort", Parameter(ListType(STRING), unknown=True))
def _sort(strings: Term) -> Term:
    if isinstance(strings, Sym):
        return strings if strings.is_sorted else derived(ListType(STRING), strings)
    assert isinstance(strings, ListTerm)  # noqa: S101 - a list has been made of the argument
    if any(isinstance(item, Null) for item in strings.items):
        raise EvaluationFailure("a null string cannot be sorted")
    known = sorted(item for item in strings.items if isinstance(item, str))
    others = [item for item in strings.items if not isinstance(item, str)]
    return ListTerm(STRING, [*known, *others], strings.rest, 0 if others or strings.rest else None)


@function("compact", ListType(STRING), result=ListType(STRING))
def _compact(strings: ListTerm) -> Term:
    kept: list[Term] = []
    rest = list(strings.rest)
    for item in strings.items:
        if isinstance(item, Null) or (isinstance(item, str) and not item):
            continue
        if isinstance(item, Sym) and not item.filled:
            rest.append(item)
        else:
            kept.append(item)
    return ListTerm(STRING, kept, tuple(rest))


def length_of_text(text: str) -> int:
    """Return the number of characters that `length` counts."""
    if not text.isascii():
        from unicodedata import normalize  # noqa: PLC0415 - most texts are ASCII

        text = normalize("NFC", text)
    return len(graphemes(text))
