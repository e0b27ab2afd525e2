"""Functions over numbers."""

from __future__ import annotations

import math
from decimal import Decimal

from podroom.evaluation import numbers
from podroom.evaluation.conversion import convert
from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.functions.registry import Parameter, function
from podroom.evaluation.terms import ListTerm, Null, Number, SetTerm, Sym, Term, TupleTerm, derived
from podroom.evaluation.types import DYNAMIC, NUMBER

_MOST_BITS = 14_000
"""Of a whole number that `numbers.normal` may take."""


@function("max", variadic=NUMBER, result=NUMBER)
def _max(*values: Number) -> Term:
    if not values:
        raise EvaluationFailure("max needs at least one number")
    largest: Number = max(values)
    return largest


@function("min", variadic=NUMBER, result=NUMBER)
def _min(*values: Number) -> Term:
    if not values:
        raise EvaluationFailure("min needs at least one number")
    smallest: Number = min(values)
    return smallest


@function("abs", NUMBER, result=NUMBER)
def _abs(value: Number) -> Term:
    return abs(value) if isinstance(value, int) else value.copy_abs()


@function("ceil", NUMBER, result=NUMBER)
def _ceil(value: Number) -> Term:
    return numbers.ceiling(value)


@function("floor", NUMBER, result=NUMBER)
def _floor(value: Number) -> Term:
    return numbers.floor(value)


@function("signum", NUMBER, result=NUMBER)
def _signum(value: Number) -> Term:
    if not isinstance(value, int):
        raise EvaluationFailure("signum needs a whole number")
    return int(value > 0) - int(value < 0)


@function("log", NUMBER, NUMBER, result=NUMBER)
def _log(value: Number, base: Number) -> Term:
    try:
        return numbers.normal(Decimal(repr(math.log(float(value)) / math.log(float(base)))))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise EvaluationFailure("the logarithm cannot be worked out") from None


@function("pow", NUMBER, NUMBER, result=NUMBER)
def _pow(base: Number, exponent: Number) -> Term:
    return numbers.power(base, exponent)


@function("parseint", Parameter(DYNAMIC), NUMBER, result=NUMBER)
def _parseint(text: Term, base: Number) -> Term:
    if not isinstance(text, str) or not isinstance(base, int) or not 2 <= base <= 62:
        raise EvaluationFailure("parseint needs a text and a base from 2 to 62")
    digits = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    value = 0
    if not digits:
        raise EvaluationFailure(f'"{text}" is no number of base {base}')
    for digit in digits:
        worth = _digit(digit, base)
        if worth is None or worth >= base:
            raise EvaluationFailure(f'"{text[:40]}" is no number of base {base}')
        value = value * base + worth
        if value.bit_length() > _MOST_BITS:
            raise BeyondReach("the number is larger or smaller than podroom follows")
    return numbers.normal(-value if text.startswith("-") else value)


def _digit(digit: str, base: int) -> int | None:
    if "0" <= digit <= "9":
        return ord(digit) - ord("0")
    if "a" <= digit <= "z":
        return ord(digit) - ord("a") + 10
    if "A" <= digit <= "Z":
        return ord(digit) - ord("A") + (10 if base <= 36 else 36)
    return None


@function("sum", Parameter(DYNAMIC, unknown=True), result=NUMBER)
def _sum(term: Term) -> Term:
    if isinstance(term, Sym):
        return derived(NUMBER, term)
    if not isinstance(term, TupleTerm | ListTerm | SetTerm):
        raise EvaluationFailure("sum needs a list, set or tuple of numbers")
    if not term.items and not term.rest:
        raise EvaluationFailure("sum needs at least one number")
    total: Number = 0
    unknown: list[Term] = list(term.rest)
    for item in term.items:
        if isinstance(item, Null | bool):
            raise EvaluationFailure("sum needs numbers only")
        value = convert(item, NUMBER)
        if isinstance(value, int | Decimal):
            total = numbers.add(total, value)
        else:
            unknown.append(value)
    return derived(NUMBER, *unknown) if unknown else total
