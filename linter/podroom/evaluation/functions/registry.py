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
_ROOMS = {
    "collections": (
        "alltrue anytrue chunklist coalesce coalescelist concat contains distinct element flatten index length"
        " matchkeys one range reverse slice"
    ),
    "dates": "formatdate timeadd timecmp",
    "encodings": (
        "base64decode base64encode base64gzip csvdecode jsondecode jsonencode textdecodebase64 textencodebase64"
        " urlencode yamldecode yamlencode"
    ),
    "hashes": "base64sha256 base64sha512 md5 sha1 sha256 sha512 uuidv5",
    "mappings": "keys lookup merge transpose values zipmap",
    "networks": "cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "numeric": "abs ceil floor log max min parseint pow signum sum",
    "patterns": "regex regexall replace",
    "sets": "setintersection setproduct setsubtract setunion",
    "strings": (
        "chomp compact endswith indent join lower sort split startswith strcontains strrev substr title trim"
        " trimprefix trimspace trimsuffix upper"
    ),
    "textual_format": "format formatlist",
    "type_conversions": "ephemeralasnull nonsensitive sensitive tobool tolist tomap tonumber toset tostring",
}
"""The functions of each module beside this one, which is imported when one of them is called."""


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
    if name not in _FUNCTIONS:
        room = rooms().get(name)
        if room is None:
            return None
        import_module(f"podroom.evaluation.functions.{room}")
    return _FUNCTIONS[name]


@cache
def rooms() -> dict[str, str]:
    """Return the module of each function, by the function's name."""
    return {name: room for room, names in _ROOMS.items() for name in names.split()}
