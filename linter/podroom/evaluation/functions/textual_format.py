"""`format` and `formatlist`: the verbs of Go's fmt that Terraform knows."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from podroom.evaluation import numbers
from podroom.evaluation.conversion import convert
from podroom.evaluation.encoded import json_text
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.functions.registry import Parameter, function
from podroom.evaluation.functions.strings import graphemes
from podroom.evaluation.operations import over_choices, text_parts
from podroom.evaluation.terms import (
    Choice,
    Encoded,
    LazyObject,
    ListTerm,
    Null,
    Number,
    PartialStr,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
    checked_text,
    derived,
    join_text,
    wholly_known,
)
from podroom.evaluation.types import BOOL, DYNAMIC, NUMBER, STRING, ListType
from podroom.patterns import pattern
from podroom.records import dataclass

_ANYTHING = Parameter(DYNAMIC, null=True, unknown=True)
_VERB = pattern(
    r"%(?P<flags>[-+ #0]*)(?P<width>[0-9]{1,6})?(?:\.(?P<precision>[0-9]{0,6}))?"
    r"(?:\[(?P<index>[0-9]{1,6})\])?(?P<verb>.)",
    re.DOTALL,
)
_MOST_DIGITS = 9
_WIDEST = 10_000


@dataclass(frozen=True, slots=True)
class _Verb:
    """One `%...` of a format: its letter and how the text is set."""

    letter: str
    flags: str
    width: int
    precision: int | None


@function("format", STRING, variadic=_ANYTHING, result=STRING)
def _format(layout: str, *arguments: Term) -> Term:
    return formatted(layout, arguments)


def formatted(layout: str, arguments: tuple[Term, ...]) -> Term:
    """Return the text of a format and its arguments; an unknown argument makes a hole."""
    parts: list[str | Sym] = []
    at = 0
    used: set[int] = set()
    following = 0
    while True:
        percent = layout.find("%", at)
        if percent < 0:
            parts.append(layout[at:])
            break
        parts.append(layout[at:percent])
        match = _VERB.match(layout, percent)
        if match is None:
            raise EvaluationFailure("the format ends in the middle of a verb")
        at = match.end()
        if max(len(match[name] or "") for name in ("width", "precision", "index")) > _MOST_DIGITS:
            raise EvaluationFailure("the format asks for more characters than podroom follows")
        verb = _Verb(
            match["verb"],
            match["flags"],
            int(match["width"] or 0),
            None if match["precision"] is None else int(match["precision"] or 0),
        )
        if verb.letter == "%":
            parts.append("%")
            continue
        if verb.width > _WIDEST or (verb.precision or 0) > _WIDEST:
            raise EvaluationFailure("the format asks for more characters than podroom follows")
        position = int(match["index"]) - 1 if match["index"] else following
        following = position + 1
        if not 0 <= position < len(arguments):
            raise EvaluationFailure(f'there is no argument for "{match.group()}" of the format')
        used.add(position)
        parts.extend(_shown(verb, arguments[position]))
    if arguments and len(used) < len(arguments) and (not used or max(used) + 1 < len(arguments)):
        raise EvaluationFailure("the format uses fewer arguments than there are")
    text = join_text(parts)
    return checked_text(text) if isinstance(text, str) else text


def _shown(verb: _Verb, term: Term) -> tuple[str | Sym, ...]:
    if isinstance(term, Sym | LazyObject | Choice) or (verb.letter == "v" and not wholly_known(term)):
        return (derived(STRING, term),)
    if isinstance(term, PartialStr | Encoded):
        return text_parts(term) if verb.letter in "sv" and not verb.width else (derived(STRING, term),)
    return (_padded(verb, _text(verb, term)),)


def _text(verb: _Verb, term: Term) -> str:
    letter = verb.letter
    if letter == "v":
        return _default_text(verb, term)
    if letter not in "sqtdboxXeEfgG":
        raise EvaluationFailure(f"the format has the unknown verb %{letter}")
    if isinstance(term, Null):
        raise EvaluationFailure(f"null cannot be formatted by %{letter}")
    if letter in "sq":
        text = convert(term, STRING)
        cut = text if isinstance(text, str) else ""
        if verb.precision is not None:
            cut = "".join(graphemes(cut)[: verb.precision])
        return _json_string(cut) if letter == "q" else cut
    if letter == "t":
        return "true" if convert(term, BOOL) is True else "false"
    number = convert(term, NUMBER)
    if not isinstance(number, int | Decimal):
        raise EvaluationFailure(f"%{letter} needs a number")
    return _number_text(verb, number)


def _default_text(verb: _Verb, term: Term) -> str:
    if isinstance(term, str) and "#" not in verb.flags:
        return term
    if isinstance(term, int | Decimal) and not isinstance(term, bool):
        return numbers.show(term)
    text = json_text(term)
    return text if isinstance(text, str) else ""


def _json_string(text: str) -> str:
    quoted = json_text(text)
    return quoted if isinstance(quoted, str) else ""


def _number_text(verb: _Verb, number: Number) -> str:
    letter = verb.letter
    if letter in "dboxX":
        if not isinstance(number, int):
            raise EvaluationFailure(f"%{letter} needs a whole number")
        return _signed(verb, format(abs(number), letter), negative=number < 0)
    exact = number if isinstance(number, Decimal) else Decimal(number)
    return _signed(verb, _float_text(letter, exact.copy_abs(), verb.precision), negative=exact < 0)


def _signed(verb: _Verb, text: str, *, negative: bool) -> str:
    sign = "-" if negative else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    if "0" in verb.flags and "-" not in verb.flags:
        text = text.rjust(verb.width - len(sign), "0")
    return sign + text


def _float_text(letter: str, number: Decimal, precision: int | None) -> str:
    if not number.is_finite():
        return "Inf"
    if letter == "f":
        places = 6 if precision is None else precision
        quantum = Decimal(1).scaleb(-places)
        return format(number.quantize(quantum, ROUND_HALF_EVEN, context=numbers.WORK), "f")
    if letter in "eE":
        return _two_digit_exponent(format(number, f".{6 if precision is None else precision}{letter}"))
    if precision is None:
        shortest = number.normalize(numbers.WORK)
        exponent = shortest.adjusted()
        if -5 < exponent < 21:
            return format(shortest, "f")
        digits = len(shortest.as_tuple().digits) - 1
        return _two_digit_exponent(format(shortest, f".{digits}{'e' if letter == 'g' else 'E'}"))
    return _two_digit_exponent(format(float(number), f".{precision}{letter}"))


def _two_digit_exponent(text: str) -> str:
    match = re.fullmatch(r"(.*[eE])([+-])([0-9]+)", text)
    return f"{match[1]}{match[2]}{match[3].rjust(2, '0')}" if match else text


def _padded(verb: _Verb, text: str) -> str:
    missing = verb.width - len(graphemes(text))
    if missing <= 0 or verb.letter == "t":
        return text
    return text + " " * missing if "-" in verb.flags else " " * missing + text


@function("formatlist", STRING, variadic=_ANYTHING, result=ListType(STRING))
def _formatlist(layout: str, *arguments: Term) -> Term:
    lists = [term for term in arguments if isinstance(term, TupleTerm | ListTerm | SetTerm)]
    if any(isinstance(term, Sym) and not isinstance(term.type, type(STRING)) for term in arguments):
        return derived(ListType(STRING), *arguments)
    if any(term.rest for term in lists):
        return derived(ListType(STRING), *(symbol for term in lists for symbol in term.rest))
    lengths = {len(term.items) for term in lists}
    if len(lengths) > 1:
        raise EvaluationFailure("the lists to format have different lengths")
    count = lengths.pop() if lengths else 1
    rows = [
        [term.items[at] if isinstance(term, TupleTerm | ListTerm | SetTerm) else term for term in arguments]
        for at in range(count)
    ]
    return ListTerm(STRING, [over_choices(row, lambda terms: formatted(layout, tuple(terms))) for row in rows])
