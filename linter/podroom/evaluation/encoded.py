"""JSON and YAML text as Terraform writes it, of values that may have holes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, DecimalException

from podroom.evaluation import numbers
from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.terms import (
    Encoded,
    LazyObject,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    PartialStr,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
    checked_text,
    derived,
    join_text,
    key_term,
)
from podroom.evaluation.types import DYNAMIC, STRING

_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029", "\x7f": "\x7f"}


_MOST_DIGITS = 400
_YAML_ESCAPES = {
    **{f"\\u{code:04x}": f"\\x{code:02X}" for code in range(0x20)},
    "\\u0000": "\\0",
    "\\u0007": "\\a",
    "\\u000b": "\\v",
    "\\u001b": "\\e",
    "\x7f": "\\x7F",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}
"""What YAML writes in another way than JSON, by what JSON writes."""


def encoded_parts(term: Encoded) -> tuple[str | Sym, ...]:
    """Return the encoded text with its holes; one hole where the encoding leaves nothing readable."""
    if term.kind == "json":
        return tuple(json_parts(term.value))
    if term.kind == "yaml":
        return tuple(yaml_parts(term.value))
    return (derived(STRING, term.value),)


def json_text(term: Term) -> str | PartialStr:
    """Return the JSON of a value as `jsonencode` writes it, with holes where it is unknown."""
    return join_text(json_parts(term))


def json_parts(term: Term) -> Iterator[str | Sym]:
    """Iterate over the pieces of the JSON of a value."""
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        yield "["
        for position, item in enumerate((*term.items, *term.rest)):
            yield "," if position else ""
            yield from json_parts(item)
        yield "]"
    elif isinstance(term, MapTerm | ObjectTerm):
        yield "{"
        for position, (key, value) in enumerate(term.entries.items()):
            yield "," if position else ""
            yield from _json_leaf(key_term(key))
            yield ":"
            yield from json_parts(value)
        yield from (symbol for symbol in term.rest)
        yield "}"
    else:
        yield from _json_leaf(term)


def _json_leaf(term: Term) -> Iterator[str | Sym]:
    if isinstance(term, str):
        yield _quoted(term)
    elif isinstance(term, bool):
        yield "true" if term else "false"
    elif isinstance(term, int | Decimal):
        yield numbers.show(term)
    elif isinstance(term, Null):
        yield "null"
    elif isinstance(term, PartialStr | Encoded):
        yield '"'
        for part in term.parts if isinstance(term, PartialStr) else encoded_parts(term):
            yield _quoted(part)[1:-1] if isinstance(part, str) else part
        yield '"'
    elif isinstance(term, LazyObject):
        yield term.symbol()
    elif isinstance(term, Sym):
        if term.type is STRING:
            yield '"'
            yield term
            yield '"'
        else:
            yield term
    else:
        yield derived(DYNAMIC, term)


def _quoted(text: str) -> str:
    quoted = _json_string(text)
    for character, escape in _HTML.items():
        quoted = quoted.replace(character, escape)
    return quoted


def _json_string(text: str) -> str:
    if text.isprintable() and '"' not in text and "\\" not in text:  # as most are, which need no module for it
        return checked_text(f'"{text}"')
    from json import dumps  # noqa: PLC0415 - slow to import

    return checked_text(dumps(text, ensure_ascii=False))


def yaml_text(term: Term) -> str | PartialStr:
    """Return the YAML of a value as `yamlencode` writes it, with holes where it is unknown."""
    return join_text(yaml_parts(term))


def yaml_parts(term: Term) -> Iterator[str | Sym]:
    """Iterate over the pieces of the YAML of a value."""
    if _is_block(term):
        yield from _yaml_block(term, 0)
    else:
        yield from _yaml_leaf(term, 0)
        yield "\n...\n" if isinstance(term, bool | int | Decimal | Null) else "\n"


def _is_block(term: Term) -> bool:
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        return bool(term.items or term.rest)
    return isinstance(term, MapTerm | ObjectTerm) and bool(term.entries or term.rest)


def _yaml_block(term: Term, indent: int) -> Iterator[str | Sym]:
    """Yield the lines of a sequence or mapping; the first line's indentation is the caller's."""
    margin = " " * indent
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        for position, item in enumerate((*term.items, *term.rest)):
            yield f"{margin}- " if position else "- "
            if _is_block(item):
                yield from _yaml_block(item, indent + 2)
            else:
                yield from _yaml_leaf(item, indent + 2)
                yield "\n"
    elif isinstance(term, MapTerm | ObjectTerm):
        for position, (key, value) in enumerate(term.entries.items()):
            yield margin if position else ""
            yield from _yaml_scalar(key_term(key))
            yield ":"
            if not _is_block(value):
                yield " "
                yield from _yaml_leaf(value, indent + 2)
                yield "\n"
            elif isinstance(value, MapTerm | ObjectTerm):
                yield f"\n{margin}  "
                yield from _yaml_block(value, indent + 2)
            else:
                yield f"\n{margin}"
                yield from _yaml_block(value, indent)
        for symbol in term.rest:
            yield margin
            yield symbol
            yield "\n"


def _yaml_leaf(term: Term, indent: int) -> Iterator[str | Sym]:
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        yield "[]"
    elif isinstance(term, MapTerm | ObjectTerm):
        yield "{}"
    elif isinstance(term, str) and "\n" in term and not any(ord(char) < 32 and char not in "\n\t" for char in term):
        yield _literal_block(term, indent)
    elif isinstance(term, PartialStr) and any(isinstance(part, str) and "\n" in part for part in term.parts):
        margin = "\n" + " " * indent
        yield "|" + margin
        for part in term.parts:
            yield part.replace("\n", margin) if isinstance(part, str) else part
    else:
        yield from _yaml_scalar(term)


def _yaml_scalar(term: Term) -> Iterator[str | Sym]:
    if isinstance(term, str):
        yield _yaml_quoted(term)
    elif isinstance(term, PartialStr):
        yield '"'
        for part in term.parts:
            yield _yaml_quoted(part)[1:-1] if isinstance(part, str) else part
        yield '"'
    else:
        yield from _json_leaf(term)


def _yaml_quoted(text: str) -> str:
    quoted = _json_string(text)
    for written, escape in _YAML_ESCAPES.items():
        if written in quoted:
            quoted = quoted.replace(written, escape)
    return quoted


def _literal_block(text: str, indent: int) -> str:
    body = text.rstrip("\n")
    trailing = len(text) - len(body)
    chomp = "-" if trailing == 0 else "" if trailing == 1 and body else "+"
    margin = " " * max(indent, 2)
    lines = [f"{margin}{line}" if line else "" for line in body.split("\n")]
    hint = "2" if body.startswith(" ") or not body else ""
    return f"|{hint}{chomp}\n" + "\n".join([*lines, *[""] * max(0, trailing - 1)])


def decode_json(text: str) -> Term:
    """Return the value of a JSON text as `jsondecode` does; raise `EvaluationFailure` if it is none."""
    from json import loads  # noqa: PLC0415 - slow to import, and few configurations decode

    try:
        return from_data(loads(text, parse_float=_number, parse_int=_number, parse_constant=_no_constant))
    except (ValueError, RecursionError):
        raise EvaluationFailure("the text is not valid JSON") from None


def _number(text: str) -> int | Decimal:
    """Return a number of JSON; one with an exponent or of many digits as Terraform's own, which has a bound."""
    if len(text) <= _MOST_DIGITS and text.lstrip("-").isdigit():
        return int(text)
    try:
        return Decimal(text)
    except DecimalException:  # an exponent beyond those of Python
        raise BeyondReach("the number is larger or smaller than podroom follows") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def from_data(data: object) -> Term:
    """Return plain data (of a JSON or YAML text) as a term: tuples and objects."""
    if data is None:
        return Null()
    if isinstance(data, bool | str):
        return data
    if isinstance(data, int | Decimal):
        return numbers.normal(data)
    if isinstance(data, float):
        return numbers.normal(Decimal(repr(data)))
    if isinstance(data, list | tuple):
        return TupleTerm(map(from_data, data))
    if isinstance(data, dict):
        return ObjectTerm({str(key): from_data(value) for key, value in data.items()})
    raise EvaluationFailure(f"a {type(data).__name__} is nothing that Terraform knows")
