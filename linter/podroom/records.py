"""Data classes that cost little before they are used: `dataclass` as in the standard library, its methods made late.

The standard decorator writes and compiles up to six methods for every class when its module is imported.  For the
hundred and fifty classes of this program that is a third of a small run, and most of them are not used in most runs.
Here the constructor is written when the first instance is made, and the other methods are shared.  Fields, `replace`,
`fields`, pattern matching and what a type checker sees are the standard ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass

T = TypeVar("T")
_NOT_GIVEN = object()


def _dataclass(
    *, slots: Literal[True], frozen: bool = False, eq: bool = True, kw_only: bool = False
) -> Callable[[type[T]], type[T]]:
    """Make a class with slots a data class; the arguments mean what they mean in the standard library."""

    def decorate(written: type[T]) -> type[T]:
        written.__doc__ = written.__doc__ or written.__qualname__  # or else the signature is worked out to be the text
        made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(written)
        methods: dict[str, object] = {"__init__": _late_constructor(made, frozen=frozen), "__repr__": _repr}
        if eq:
            methods["__eq__"] = _equality(made)
            methods["__hash__"] = _hash(made) if frozen else None
        if frozen:
            methods["__setattr__"] = methods["__delattr__"] = _refuse_change
        for name, method in methods.items():
            if written.__dict__.get(name) is None:
                setattr(made, name, method)
        return made

    return decorate


def _late_constructor(made: type[Any], *, frozen: bool) -> Callable[..., None]:
    def construct(self: object, *arguments: object, **named: object) -> None:
        made.__init__ = _constructor(made, frozen=frozen)
        made.__init__(self, *arguments, **named)

    return construct


def _constructor(made: type[Any], *, frozen: bool) -> Callable[..., None]:
    """Write and compile `__init__`."""
    names: dict[str, Any] = {"NOT_GIVEN": _NOT_GIVEN}
    positional: list[str] = ["self"]
    by_name: list[str] = []
    body: list[str] = []
    for field in dataclasses.fields(made):
        name = field.name
        value = name
        parameter = name
        if field.default is not dataclasses.MISSING:
            names[f"default_{name}"] = field.default
            parameter = f"{name}=default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            names[f"make_{name}"] = field.default_factory
            parameter = f"{name}=NOT_GIVEN"
            value = f"make_{name}() if {name} is NOT_GIVEN else {name}"
        if not field.init:
            continue
        (by_name if field.kw_only else positional).append(parameter)
        if frozen:  # the slot itself does not refuse what __setattr__ does
            names[f"set_{name}"] = getattr(made, name).__set__
            body.append(f"set_{name}(self, {value})")
        else:
            body.append(f"self.{name} = {value}")
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ", ".join([*positional, *(["*", *by_name] if by_name else [])])
    lines = "\n    ".join(body or ["pass"])
    exec(f"def __init__({parameters}):\n    {lines}\n", names)  # noqa: S102 - of names from our own source, as the standard library does
    constructor: Callable[..., None] = names["__init__"]
    constructor.__qualname__ = f"{made.__qualname__}.__init__"
    return constructor


def _getter(made: type[Any], wanted: Callable[[dataclasses.Field[Any]], bool | None]) -> Callable[[object], object]:
    names = [field.name for field in dataclasses.fields(made) if wanted(field)]
    return attrgetter(*names) if names else lambda _: ()


def _equality(made: type[Any]) -> Callable[[object, object], bool]:
    values = _getter(made, lambda field: field.compare)

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equal


def _hash(made: type[Any]) -> Callable[[object], int]:
    values = _getter(made, lambda field: field.compare if field.hash is None else field.hash)

    def hashed(self: object) -> int:
        return hash(values(self))

    return hashed


@recursive_repr()
def _repr(self: Any) -> str:  # noqa: ANN401 - any data class
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_change(_self: object, name: str, *_: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot change the field {name!r}")


if not TYPE_CHECKING:
    dataclass = _dataclass

__all__ = ["dataclass"]
