"""Functions over maps and objects."""

from __future__ import annotations

from podroom.evaluation.conversion import convert, key_of
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.functions.registry import Parameter, function
from podroom.evaluation.keys import Entries, find, ordered
from podroom.evaluation.operations import one_entry
from podroom.evaluation.terms import (
    LazyObject,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    Sym,
    Term,
    TupleTerm,
    derived,
    key_term,
    type_of,
)
from podroom.evaluation.types import (
    DYNAMIC,
    STRING,
    ListType,
    MapType,
    ObjectType,
    Type,
    describe,
)

_ANY = Parameter(DYNAMIC, unknown=True)
_ANY_OR_NULL = Parameter(DYNAMIC, null=True, unknown=True)


def opened(term: Term) -> Term:
    """Return a lazy object whose attributes are all known as an object, anything else as it is."""
    if isinstance(term, LazyObject):
        names = term.names()
        return term.symbol() if names is None else ObjectTerm({name: term.attribute(name) for name in names})
    return term


@function("merge", variadic=_ANY_OR_NULL)
def _merge(*maps: Term) -> Term:
    entries = Entries()
    rest: list[Sym] = []
    kinds: list[Type | None] = []
    for term in map(opened, maps):
        if isinstance(term, Null):
            continue
        if isinstance(term, Sym) and (term.type is DYNAMIC or isinstance(term.type, MapType)):
            entries.override(term)
            rest.append(term)
            kinds.append(None)
        elif isinstance(term, Sym) and isinstance(term.type, ObjectType):
            for name in term.type.attributes:
                entries.put(name, term.member(f".{name}"))
            kinds.append(None)
        elif isinstance(term, MapTerm | ObjectTerm):
            for symbol in term.rest:
                entries.override(symbol)
            for name, value in term.entries.items():
                entries.put(name, value)
            rest.extend(term.rest)
            kinds.append(term.element if isinstance(term, MapTerm) else None)
        else:
            raise EvaluationFailure(f"merge needs maps or objects, not {describe(type_of(term))}")
    if kinds and kinds[0] is not None and all(kind == kinds[0] for kind in kinds):
        return MapTerm(kinds[0], entries.found, tuple(rest))
    return ObjectTerm(entries.found, tuple(rest))


@function("lookup", _ANY, Parameter(STRING, unknown=True), variadic=_ANY_OR_NULL)
def _lookup(term: Term, key: Term, *defaults: Term) -> Term:
    term = opened(term)
    if len(defaults) > 1:
        raise EvaluationFailure("lookup needs two or three arguments")
    if isinstance(term, Sym):
        if isinstance(term.type, ObjectType) and isinstance(key, str):
            if key in term.type.attributes:
                return term.member(f".{key}")
            return _default(term, key, defaults)
        if not (term.type is DYNAMIC or isinstance(term.type, MapType)):
            raise EvaluationFailure(f"lookup needs a map, not {describe(term.type)}")
        return derived(term.type.element if isinstance(term.type, MapType) else DYNAMIC, term, key, nonnull=False)
    if not isinstance(term, MapTerm | ObjectTerm):
        raise EvaluationFailure(f"lookup needs a map, not {describe(type_of(term))}")
    found = find(term, key)
    if found is not None:
        return found
    if not isinstance(key, str):
        return one_entry(term, key, *defaults)
    return _default(term, key, defaults)


def _default(term: Term, key: str, defaults: tuple[Term, ...]) -> Term:
    if not defaults:
        raise EvaluationFailure(f'there is no element with the key "{key}"')
    return convert(defaults[0], term.element) if isinstance(term, MapTerm) else defaults[0]


def _fixed(term: MapTerm | ObjectTerm) -> int | None:
    return None if ordered(term.entries) else 0


@function("keys", _ANY)
def _keys(term: Term) -> Term:
    term = opened(term)
    if isinstance(term, Sym):
        if isinstance(term.type, ObjectType):
            return TupleTerm(sorted(term.type.attributes))
        return derived(ListType(STRING), term)
    if isinstance(term, MapTerm):
        return ListTerm(STRING, map(key_term, term.entries), term.rest, _fixed(term))
    if isinstance(term, ObjectTerm):
        return TupleTerm(map(key_term, term.entries), term.rest, _fixed(term))
    raise EvaluationFailure(f"keys needs a map or object, not {describe(type_of(term))}")


@function("values", _ANY)
def _values(term: Term) -> Term:
    term = opened(term)
    if isinstance(term, Sym):
        if isinstance(term.type, ObjectType):
            return TupleTerm(term.member(f".{name}") for name in sorted(term.type.attributes))
        return derived(ListType(term.type.element) if isinstance(term.type, MapType) else DYNAMIC, term)
    if isinstance(term, MapTerm):
        return ListTerm(term.element, term.entries.values(), term.rest, _fixed(term))
    if isinstance(term, ObjectTerm):
        return TupleTerm(term.entries.values(), term.rest, _fixed(term))
    raise EvaluationFailure(f"values needs a map or object, not {describe(type_of(term))}")


@function("zipmap", ListType(STRING), _ANY)
def _zipmap(keys: ListTerm, values: Term) -> Term:
    if isinstance(values, Sym):
        if keys.rest:
            return derived(DYNAMIC, keys, values)
        members: list[Term] = [values.member(f"[{at}]") for at in range(len(keys.items))]
    elif isinstance(values, ListTerm | TupleTerm):
        if not keys.rest and not values.rest and len(keys.items) != len(values.items):
            raise EvaluationFailure("zipmap needs as many values as keys")
        members = list(values.items)
    else:
        raise EvaluationFailure("zipmap needs a list of values")
    entries = Entries()
    for key, value in zip(keys.items, members, strict=False):
        entries.put(key_of(key), value)
    rest = (*keys.rest, *(() if isinstance(values, Sym) else values.rest))
    if isinstance(values, ListTerm):
        return MapTerm(values.element, entries.found, rest)
    return ObjectTerm(entries.found, rest)


@function("transpose", MapType(ListType(STRING)), result=MapType(ListType(STRING)))
def _transpose(term: MapTerm) -> Term:
    turned: dict[str, list[Term]] = {}
    rest = list(term.rest)
    for key, strings in term.entries.items():
        if not isinstance(strings, ListTerm):
            rest.append(derived(DYNAMIC, strings))
            continue
        rest.extend(strings.rest)
        for item in strings.items:
            if isinstance(item, str):
                turned.setdefault(item, []).append(key)
            else:
                rest.append(derived(DYNAMIC, item))
    lists = {key: ListTerm(STRING, items) for key, items in turned.items()}
    return MapTerm(ListType(STRING), lists, tuple(rest))
