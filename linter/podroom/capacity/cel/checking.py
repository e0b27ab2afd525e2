"""The type of an expression, which CEL checks before it works anything out.

common/stdlib/standard.go of cel-go v0.29.2: no operator takes an int and a double, not even a comparison.
"""

from __future__ import annotations

from collections.abc import Mapping

from podroom.capacity.cel.errors import CelCompileError, CelNotUnderstoodError
from podroom.capacity.cel.syntax import Call, Conditional, Literal, Name, Node, Operation

_NUMBERS = frozenset({"int", "uint", "double"})
_OPERANDS: Mapping[str, frozenset[str]] = {
    "+": _NUMBERS,
    "-": _NUMBERS,
    "*": _NUMBERS,
    "/": _NUMBERS,
    "%": frozenset({"int", "uint"}),
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), _NUMBERS | {"bool"}),
    **dict.fromkeys(("&&", "||"), frozenset({"bool"})),
}
_ONE_OPERAND = {"-": frozenset({"int", "double"}), "!": frozenset({"bool"})}
_BOOLEAN_RESULT = frozenset({"<", "<=", ">", ">=", "==", "!=", "&&", "||", "!"})
_CONVERSIONS = {"int": _NUMBERS, "uint": _NUMBERS, "double": _NUMBERS, "bool": frozenset({"bool"})}
# What the standard environment has and this room does not know: functions, macros and names of types.
_BEYOND = frozenset(
    {
        "all",
        "bytes",
        "contains",
        "duration",
        "dyn",
        "endsWith",
        "exists",
        "exists_one",
        "filter",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getFullYear",
        "getHours",
        "getMilliseconds",
        "getMinutes",
        "getMonth",
        "getSeconds",
        "google",
        "has",
        "list",
        "map",
        "matches",
        "null_type",
        "size",
        "startsWith",
        "string",
        "timestamp",
        "type",
    }
)


def type_of(node: Node, variables: frozenset[str]) -> str:
    """Return "int", "uint", "double" or "bool"; `variables` are the names of integers.

    Raises `CelCompileError` for what CEL refuses and `CelNotUnderstoodError` for what may have another type.
    """
    if isinstance(node, Literal):
        return node.type
    if isinstance(node, Name):
        return _type_of_name(node, variables)
    if isinstance(node, Call):
        return _type_of_call(node, variables)
    if isinstance(node, Conditional):
        condition, yes, no = (type_of(part, variables) for part in (node.condition, node.yes, node.no))
        if condition != "bool":
            raise CelCompileError(f"the condition before `?` is of type {condition}, not bool", node.condition.offset)
        if yes != no:
            raise CelCompileError(f"the results of `? :` are of different types, {yes} and {no}", node.yes.offset)
        return yes
    return _type_of_operation(node, variables)


def _type_of_name(name: Name, variables: frozenset[str]) -> str:
    root = name.text.partition(".")[0]
    if name.text in variables:
        return "int"
    if root in variables:
        raise CelCompileError(f"{root} is a number and has no members", name.offset)
    if root in _BEYOND or root in _CONVERSIONS:
        raise CelNotUnderstoodError(f"the name {root} is not understood", name.offset)
    raise _undeclared(name, root)


def _type_of_call(call: Call, variables: frozenset[str]) -> str:
    name = call.function.text
    root, _, method = name.rpartition(".")
    types = [type_of(argument, variables) for argument in call.arguments]
    if name in _CONVERSIONS:
        if len(types) != 1 or not _CONVERSIONS[name].issuperset(types):
            raise CelCompileError(f"{name}() does not take ({', '.join(types)})", call.offset)
        return name
    first = name.partition(".")[0]
    if first in _BEYOND or first in _CONVERSIONS or (first in variables and method in _BEYOND):
        raise CelNotUnderstoodError(f"{name}() is not understood", call.offset)
    raise _undeclared(call.function, first if root and first not in variables else name)


def _type_of_operation(operation: Operation, variables: frozenset[str]) -> str:
    operator = operation.operator
    first, *others = (type_of(operand, variables) for operand in operation.operands)
    types = {first, *others}
    allowed = _OPERANDS[operator] if others else _ONE_OPERAND[operator]
    if len(types) > 1 or not types <= allowed:
        pair = " ".join((first, operator, *others)) if others else f"{operator}{first}"
        hint = ": convert one of them, as in double(max_pods)" if types == {"int", "double"} else ""
        raise CelCompileError(f"CEL knows no `{pair}`{hint}", operation.offset)
    return "bool" if operator in _BOOLEAN_RESULT else first


def _undeclared(name: Name, text: str) -> CelCompileError:
    return CelCompileError(f"CEL knows no {text} here", name.offset)
