"""Terraform's types: what a value may be, without saying which value it is."""

from __future__ import annotations

from typing import TypeAlias

from podroom.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Primitive:
    """`string`, `number`, `bool`, or `dynamic` (any type, as yet unknown)."""

    name: str


@dataclass(frozen=True, slots=True)
class ListType:
    """`list(element)`."""

    element: Type


@dataclass(frozen=True, slots=True)
class SetType:
    """`set(element)`."""

    element: Type


@dataclass(frozen=True, slots=True)
class MapType:
    """`map(element)`."""

    element: Type


@dataclass(frozen=True, slots=True)
class TupleType:
    """`tuple([...])`."""

    elements: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class ObjectType:
    """`object({...})`; `optional` names the attributes that a value to convert may lack."""

    attributes: dict[str, Type] = field(hash=False)
    optional: frozenset[str] = frozenset()


Type: TypeAlias = "Primitive | ListType | SetType | MapType | TupleType | ObjectType"

STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Primitive("dynamic")


def describe(kind: Type) -> str:
    """Return the type as Terraform's messages name it: `list of string`, `object`."""
    if isinstance(kind, Primitive):
        return kind.name
    if isinstance(kind, ListType):
        return f"list of {describe(kind.element)}"
    if isinstance(kind, SetType):
        return f"set of {describe(kind.element)}"
    if isinstance(kind, MapType):
        return f"map of {describe(kind.element)}"
    return "tuple" if isinstance(kind, TupleType) else "object"


def has_dynamic(kind: Type) -> bool:
    """Return whether some part of the type is not decided yet."""
    if isinstance(kind, Primitive):
        return kind is DYNAMIC
    if isinstance(kind, TupleType):
        return any(map(has_dynamic, kind.elements))
    if isinstance(kind, ObjectType):
        return any(map(has_dynamic, kind.attributes.values()))
    return has_dynamic(kind.element)
