"""Terraform's numbers: 512-bit binary floats there, `int` or `Decimal` of 160 digits here.

154 decimal digits are what 512 bits hold; the digits beyond absorb rounding, so that `1/3*3` is 1.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, DecimalException

from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.terms import Number
from podroom.patterns import pattern

DIGITS = 154
WORK = Context(prec=DIGITS + 6, Emax=999999, Emin=-999999)
_SHOWN = Context(prec=DIGITS, Emax=999999, Emin=-999999)
_LARGEST_EXPONENT = 4_000
_LARGEST_INTEGER = 10**DIGITS
_INFINITY = Decimal("Infinity")
_DECIMAL_TEXT = pattern(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?\Z")
_LONGEST_TEXT = 2_000


def normal(value: Number) -> Number:
    """Return the number in its one form: an `int` where it is whole, else a `Decimal`.

    Raises `EvaluationFailure` for a magnitude beyond 10 to the power 4,000.
    """
    if isinstance(value, int):
        return value if -_LARGEST_INTEGER < value < _LARGEST_INTEGER else _large(_decimal(value))
    if not value.is_finite():
        if value.is_nan():
            raise EvaluationFailure("the result is not a number")
        return value
    if not value:
        return 0
    if abs(value.adjusted()) > _LARGEST_EXPONENT:
        return _large(value)
    shown = _SHOWN.plus(value)
    if shown == shown.to_integral_value():
        return int(shown)
    return value


def _large(value: Decimal) -> Number:
    if abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise BeyondReach("the number is larger or smaller than podroom follows")
    return int(_SHOWN.plus(value))


def _decimal(value: Number) -> Decimal:
    if isinstance(value, int):
        if value.bit_length() > 4 * _LARGEST_EXPONENT:
            raise BeyondReach("the number is larger or smaller than podroom follows")
        return WORK.create_decimal(value)
    return value


def add(left: Number, right: Number) -> Number:
    """Return the sum."""
    if isinstance(left, int) and isinstance(right, int):
        return normal(left + right)
    return _work("add", left, right)


def subtract(left: Number, right: Number) -> Number:
    """Return the difference."""
    if isinstance(left, int) and isinstance(right, int):
        return normal(left - right)
    return _work("subtract", left, right)


def multiply(left: Number, right: Number) -> Number:
    """Return the product."""
    if isinstance(left, int) and isinstance(right, int):
        return normal(left * right)
    return _work("multiply", left, right)


def divide(left: Number, right: Number) -> Number:
    """Return the quotient; a division by zero is infinite, as in Terraform, unless both are zero."""
    if right == 0:
        if left == 0:
            raise EvaluationFailure("can't divide zero by zero or infinity by infinity")
        return _INFINITY if left > 0 else -_INFINITY
    return _work("divide", left, right)


def modulo(left: Number, right: Number) -> Number:
    """Return the remainder, with the sign of the dividend; that of a division by zero is the dividend."""
    if right == 0:
        return left
    if isinstance(left, int) and isinstance(right, int):
        return abs(left) % abs(right) * (1 if left >= 0 else -1)
    return _work("remainder", left, right)


def power(base: Number, exponent: Number) -> Number:
    """Return `base` to the power `exponent`."""
    try:
        return normal(Decimal(repr(float(base) ** float(exponent))))
    except OverflowError:
        raise BeyondReach("the number is larger or smaller than podroom follows") from None
    except (ZeroDivisionError, TypeError, ValueError, DecimalException):
        raise EvaluationFailure("the power cannot be worked out") from None


def _work(operation: str, left: Number, right: Number) -> Number:
    try:
        result = getattr(WORK, operation)(_decimal(left), _decimal(right))
    except DecimalException:
        raise EvaluationFailure("the result of the calculation is not a number") from None
    return normal(result)


def ceiling(value: Number) -> Number:
    """Return the smallest whole number that is not less."""
    return value if isinstance(value, int) or not value.is_finite() else int(value.to_integral_value(ROUND_CEILING))


def floor(value: Number) -> Number:
    """Return the largest whole number that is not more."""
    return value if isinstance(value, int) or not value.is_finite() else int(value.to_integral_value(ROUND_FLOOR))


def equal(left: Number, right: Number) -> bool:
    """Return whether two numbers are the same to 154 digits."""
    if isinstance(left, int) or isinstance(right, int):
        return left == right
    return _SHOWN.plus(left) == _SHOWN.plus(right)


def parse(text: str) -> Number | None:
    """Return the number that a decimal text means, or None if it means none.

    Raises `BeyondReach` for a magnitude beyond 10 to the power 4,000.
    """
    if len(text) > _LONGEST_TEXT or not _DECIMAL_TEXT.match(text):
        return None
    try:
        return normal(WORK.create_decimal(text))
    except DecimalException:  # an exponent beyond those of the context
        raise BeyondReach("the number is larger or smaller than podroom follows") from None


def whole(value: Number) -> int | None:
    """Return the number as an `int`, or None if it is not whole."""
    return value if isinstance(value, int) else None


def show(value: Number) -> str:
    """Return the decimal text of a number, as Terraform converts it to a string."""
    if isinstance(value, int):
        if value.bit_length() > 4 * _LARGEST_EXPONENT:
            raise BeyondReach("the number is larger or smaller than podroom follows")
        return str(value)
    if not value.is_finite():
        raise EvaluationFailure("an infinite number has no text")
    if len(value.as_tuple().digits) <= DIGITS - 4:
        return format(value.normalize(WORK), "f")
    return format(_shortest(value), "f")


def _shortest(value: Decimal) -> Decimal:
    """Return the shortest decimal that names the same 512-bit float, as Go's big.Float writes it."""
    numerator, denominator = value.copy_abs().as_integer_ratio()
    shift = 514 - (numerator.bit_length() - denominator.bit_length())
    scaled = (numerator << shift) // denominator
    extra = scaled.bit_length() - 512
    mantissa = (scaled + (1 << (extra - 1))) >> extra
    # The float is mantissa * 2**-places; its neighbours' halfway points are half a unit away.
    places = shift - extra
    fives = 5 ** (places + 1)
    lower, middle, upper = (str((2 * mantissa + offset) * fives) for offset in (-1, 0, 1))
    width = len(upper)
    lower, middle = lower.rjust(width, "0"), middle.rjust(width, "0")
    inclusive = mantissa % 2 == 0
    for at in range(width):
        down = lower[at] != middle[at] or (inclusive and at + 1 == width)
        up = middle[at] != upper[at] and (inclusive or int(middle[at]) + 1 < int(upper[at]) or at + 1 < width)
        if lower[:at] == middle[:at] and not (down or up):
            continue
        head = int(middle[: at + 1])
        tail = middle[at + 1 :]
        if up and (not down or tail > "5" + "0" * (len(tail) - 1)):
            head += 1
        shortest = Decimal(head).scaleb(width - at - 1 - (places + 1), context=WORK)
        return shortest if value > 0 else shortest.copy_negate()
    return value


def rounded(value: Decimal) -> Decimal:
    """Return the number to the digits that count in a comparison."""
    return _SHOWN.plus(value)
