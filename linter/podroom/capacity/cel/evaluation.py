"""Trees to numbers, as cel-go works them out: integers of 64 bits, and errors instead of overflows.

common/types/overflow.go, double.go and int.go, interpreter/interpretable.go of cel-go v0.29.2.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import TypeAlias

from podroom.capacity.cel.checking import type_of
from podroom.capacity.cel.errors import CelEvaluationError
from podroom.capacity.cel.syntax import Call, Conditional, Literal, Name, Node, Operation, Uint, parse

Number: TypeAlias = int | float
"""A value: a double is a float, a uint a `Uint`, an int or a boolean any other int."""

_COMPARISONS: Mapping[str, Callable[[Number, Number], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Program:
    """An expression that CEL accepts; `type` is that of its value: "int", "uint", "double" or "bool"."""

    def __init__(self, text: str, variables: frozenset[str]) -> None:
        """Read and check an expression over integers; raises `CelCompileError` and `CelNotUnderstoodError`."""
        self._tree = parse(text)
        self.type = type_of(self._tree, variables)

    def run(self, values: Mapping[str, int]) -> Number:
        """Return the value for a value of each variable; raises `CelEvaluationError`."""
        return self._value(self._tree, values)

    def _value(self, node: Node, values: Mapping[str, int]) -> Number:
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Name):
            return values[node.text]
        if isinstance(node, Conditional):
            return self._value(node.yes if self._value(node.condition, values) else node.no, values)
        if isinstance(node, Call):
            (argument,) = node.arguments
            return converted(self._value(argument, values), node.function.text, node.offset)
        if node.operator in {"&&", "||"}:
            return self._logical(node, values)
        first, *others = (self._value(operand, values) for operand in node.operands)
        return self._combined(node, first, *others) if others else self._signed(node, first)

    def _logical(self, node: Operation, values: Mapping[str, int]) -> bool:
        """Return what either side decides alone, even if the other is an error."""
        decisive = node.operator == "||"
        error: CelEvaluationError | None = None
        for operand in node.operands:
            try:
                if bool(self._value(operand, values)) is decisive:
                    return decisive
            except CelEvaluationError as found:
                error = error or found
        if error is not None:
            raise error
        return not decisive

    def _signed(self, node: Operation, operand: Number) -> Number:
        if node.operator == "!":
            return not operand
        return -operand if isinstance(operand, float) else _in_range(-operand, unsigned=False, offset=node.offset)

    def _combined(self, node: Operation, left: Number, right: Number) -> Number:
        compare = _COMPARISONS.get(node.operator)
        if compare is not None:
            if node.operator not in {"==", "!="} and (math.isnan(left) or math.isnan(right)):
                raise CelEvaluationError("NaN has no order", node.offset)
            return compare(left, right)
        if isinstance(left, float):
            return _of_doubles(node.operator, left, float(right))
        return _in_range(_of_integers(node, left, int(right)), unsigned=isinstance(left, Uint), offset=node.offset)


def converted(value: Number, kind: str, offset: int) -> Number:
    """Return a value as one of type `kind`; a double loses what is behind the point.

    Raises `CelEvaluationError` if the value does not fit.
    """
    if kind == "double":
        return float(value)
    # cel-go refuses the least int as well, because a double cannot tell it from what is below.
    too_small = value < 0 if kind == "uint" else value <= -(2.0**63)
    if isinstance(value, float) and (too_small or not math.isfinite(value)):
        raise CelEvaluationError(f"{value:g} does not fit into {kind}", offset)
    return _in_range(int(value), unsigned=kind == "uint", offset=offset)


def _of_doubles(sign: str, left: float, right: float) -> float:
    if sign == "/" and right == 0:
        no_number = left == 0 or math.isnan(left)
        return math.nan if no_number else math.copysign(math.inf, left) * math.copysign(1.0, right)
    if sign == "/":
        return left / right
    return {"+": left + right, "-": left - right, "*": left * right}[sign]


def _of_integers(node: Operation, left: int, right: int) -> int:
    if node.operator not in {"/", "%"}:
        return {"+": left + right, "-": left - right, "*": left * right}[node.operator]
    if right == 0:
        raise CelEvaluationError("division by zero", node.offset)
    quotient = min(left // right, -(-left // right), key=abs)  # towards zero, where Python rounds down
    whole = _in_range(quotient, unsigned=isinstance(left, Uint), offset=node.offset)
    return whole if node.operator == "/" else left - whole * right


def _in_range(value: int, *, unsigned: bool, offset: int) -> int:
    least, most = (0, 2**64 - 1) if unsigned else (-(2**63), 2**63 - 1)
    if not least <= value <= most:
        raise CelEvaluationError(f"{value} does not fit into 64 bits{' without a sign' * unsigned}", offset)
    return Uint(value) if unsigned else value
