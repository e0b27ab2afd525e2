"""What a collection runs over in a loop: keys, values, and why there may be more."""

from __future__ import annotations

from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.terms import (
    LazyObject,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
    derived,
    key_term,
    type_of,
)
from podroom.evaluation.types import NUMBER, STRING, ObjectType, describe


def members_of(collection: Term) -> tuple[list[tuple[Term, Term]], tuple[Sym, ...]] | None:
    """Return the keys and values that a `for` runs over and why there may be more; None if unknown."""
    if isinstance(collection, SetTerm):
        return [(item, item) for item in collection.items], collection.rest
    if isinstance(collection, TupleTerm | ListTerm):
        fixed = collection.fixed
        return [
            (at if at < fixed else _position(collection), item) for at, item in enumerate(collection.items)
        ], collection.rest
    if isinstance(collection, ObjectTerm | MapTerm):
        return [(key_term(key), value) for key, value in collection.entries.items()], collection.rest
    if isinstance(collection, LazyObject):
        names = collection.names()
        return None if names is None else ([(name, collection.attribute(name)) for name in names], ())
    if isinstance(collection, Sym):
        return _members_of_symbol(collection)
    if isinstance(collection, Null):
        raise EvaluationFailure("a null value cannot be iterated over")
    raise EvaluationFailure(f"a {describe(type_of(collection))} cannot be iterated over")


def _position(collection: TupleTerm | ListTerm) -> Sym:
    return derived(
        NUMBER, *collection.rest, *collection.items, reason="the order of the list is known only after apply"
    )


def _members_of_symbol(symbol: Sym) -> tuple[list[tuple[Term, Term]], tuple[Sym, ...]] | None:
    kind = symbol.type
    if isinstance(kind, ObjectType):
        return [(name, symbol.member(f".{name}")) for name in sorted(kind.attributes)], ()
    if symbol.least:
        return [(at, symbol.member(f"[{at}]")) for at in range(symbol.least)], (symbol,)
    if kind is STRING:
        raise EvaluationFailure("a string cannot be iterated over")
    return None
