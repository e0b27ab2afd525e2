"""The table of functions, and how arguments are prepared for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

from podroom.evaluation.conversion import convert
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.operations import over_choices
from podroom.evaluation.terms import Encoded, LazyObject, Null, PartialStr, Sym, Term, derived
from podroom.evaluation.types import DYNAMIC, Type
from podroom.records import dataclass

Implementation = Callable[..., Term]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its type, and whether the implementation itself copes with null and with unknowns.

    `unknown` is about the argument as a whole; unknowns inside collections always reach the
    implementation.
    """

    type: Type
    null: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function: `result` is the type of its result when an argument is unknown.

    Arguments with candidates never reach an implementation: it is applied to every candidate.
    """

    name: str
    parameters: tuple[Parameter, ...]
    variadic: Parameter | None
    result: Type
    implementation: Implementation

    def call(self, arguments: Sequence[Term]) -> Term:
        """Return the result; raise `EvaluationFailure` for arguments that Terraform would reject."""
        least = len(self.parameters)
        if len(arguments) < least or (self.variadic is None and len(arguments) > least):
            raise EvaluationFailure(f"{self.name} expects {least} arguments, not {len(arguments)}")
        return over_choices(list(arguments), self._apply)

    def _apply(self, arguments: list[Term]) -> Term:
        prepared: list[Term] = []
        unknown: list[Term] = []
        for position, argument in enumerate(arguments):
            parameter = self.parameters[position] if position < len(self.parameters) else self.variadic
            assert parameter is not None  # noqa: S101 - call() has checked the number of arguments
            if isinstance(argument, Null) and not parameter.null:
                raise EvaluationFailure(f"argument {position + 1} of {self.name} is null")
            try:
                value = convert(argument, parameter.type)
            except EvaluationFailure as failure:
                failure.message = f"argument {position + 1} of {self.name}: {failure.message}"
                raise
            if isinstance(value, Sym | PartialStr | Encoded | LazyObject) and not parameter.unknown:
                unknown.append(value)
            prepared.append(value)
        if unknown:
            return derived(self.result, *unknown)
        return self.implementation(*prepared)


_FUNCTIONS: dict[str, Function] = {}
_ROOMS = (
    "collections",
    "dates",
    "encodings",
    "hashes",
    "mappings",
    "networks",
    "numeric",
    "patterns",
    "sets",
    "strings",
    "textual_format",
    "type_conversions",
)


def function(
    name: str,
    *parameters: Parameter | Type,
    variadic: Parameter | Type | None = None,
    result: Type = DYNAMIC,
) -> Callable[[Implementation], Implementation]:
    """Register the decorated implementation as Terraform's function `name`."""

    def register(implementation: Implementation) -> Implementation:
        _FUNCTIONS[name] = Function(
            name,
            tuple(map(_parameter, parameters)),
            None if variadic is None else _parameter(variadic),
            result,
            implementation,
        )
        return implementation

    return register


def _parameter(given: Parameter | Type) -> Parameter:
    return given if isinstance(given, Parameter) else Parameter(given)


def find(name: str) -> Function | None:
    """Return the function of a name, or None."""
    _load()
    return _FUNCTIONS.get(name)


@cache
def _load() -> None:
    """Import the modules that register functions; not before a function is called."""
    for room in _ROOMS:
        import_module(f"podroom.evaluation.functions.{room}")
