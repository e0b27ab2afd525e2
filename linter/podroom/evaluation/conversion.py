"""Conversion of values to types, and the one type that several types can become (cty's rules)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from podroom.evaluation import numbers
from podroom.evaluation.equality import distinct
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.keys import find
from podroom.evaluation.terms import (
    Choice,
    Encoded,
    Failed,
    LazyObject,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    PartialStr,
    SetTerm,
    Sym,
    SymbolicKey,
    Term,
    TupleTerm,
    derived,
    is_number,
    retyped,
    symbols,
    type_of,
    wholly_known,
)
from podroom.evaluation.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
    describe,
)
from podroom.values import doubted

_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


def convert(term: Term, target: Type) -> Term:
    """Return the term as a value of a type; raise `EvaluationFailure` if there is no such value."""
    if target is DYNAMIC:
        return term
    if isinstance(term, Null):
        return Null(resolved(target, DYNAMIC))
    if isinstance(term, Sym):
        return _convert_symbol(term, target)
    if isinstance(term, Choice):
        return each_option(term, lambda option: convert(option, target))
    if isinstance(target, Primitive):
        return _convert_primitive(term, target)
    if isinstance(term, LazyObject):
        return _convert_lazy(term, target)
    if isinstance(target, ListType | SetType):
        return _convert_to_sequence(term, target)
    if isinstance(target, MapType):
        return _convert_to_map(term, target)
    if isinstance(target, TupleType):
        return _convert_to_tuple(term, target)
    return _convert_to_object(term, target)


def convert_open(term: Term, target: Type) -> Term:
    """Return a result of a condition in the type that it has in common with the other result.

    What has members that are not known, and so no type yet, stays as it is: it shall not be cut to the other's shape.
    """
    if not _is_open(term):
        return convert(term, target)
    if isinstance(term, Choice):
        return each_option(term, lambda option: convert_open(option, target))
    if isinstance(term, Sym | LazyObject):
        return term if isinstance(target, TupleType | ObjectType) else convert(term, target)
    if isinstance(term, TupleTerm) and not term.rest and isinstance(target, TupleType):
        return TupleTerm(convert_open(item, kind) for item, kind in zip(term.items, target.elements, strict=True))
    if isinstance(term, TupleTerm | ListTerm) and isinstance(target, ListType):
        items = [convert_open(item, target.element) for item in term.items]
        return ListTerm(target.element, items, term.rest, term.fixed)
    if isinstance(term, MapTerm | ObjectTerm) and isinstance(target, MapType):
        entries = {key: convert_open(value, target.element) for key, value in term.entries.items()}
        return MapTerm(target.element, entries, term.rest)
    if isinstance(term, ObjectTerm) and not term.rest and isinstance(target, ObjectType):
        return ObjectTerm({name: convert_open(value, target.attributes[name]) for name, value in term.entries.items()})
    return term


def _is_open(term: Term) -> bool:
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        return bool(term.rest) or any(map(_is_open, term.items))
    if isinstance(term, MapTerm | ObjectTerm):
        return bool(term.rest) or any(map(_is_open, term.entries.values()))
    if isinstance(term, Choice):
        return any(map(_is_open, term.options))
    return isinstance(term, LazyObject) or (isinstance(term, Sym) and term.type is DYNAMIC)


def key_of(term: Term) -> str:
    """Return a value as a key of a map; raise `EvaluationFailure` if it is none."""
    if isinstance(term, Null):
        raise EvaluationFailure("a key is null")
    name = derived(STRING, term) if isinstance(term, Choice) else convert(term, STRING)
    if isinstance(name, str):
        return name
    return SymbolicKey.of(name if isinstance(name, Sym | PartialStr) else derived(STRING, name))


def each_option(choice: Choice, change: Callable[[Term], Term]) -> Term:
    """Return the choice with every option changed; options that fail stay as `Failed`."""
    options: list[Term] = []
    failure: EvaluationFailure | None = None
    for option in choice.options:
        if isinstance(option, Failed):
            options.append(option)
            continue
        try:
            options.append(change(option))
        except EvaluationFailure as error:
            failure = error
            options.append(Failed(error.message))
    if failure and all(isinstance(option, Failed) for option in options):
        raise failure
    return Choice(choice.decision, tuple(options), choice.reason, choice.refs)


def _cannot(term: Term, target: Type) -> EvaluationFailure:
    return EvaluationFailure(f"cannot convert {describe(type_of(term))} to {describe(target)}")


def _convert_symbol(symbol: Sym, target: Type) -> Term:
    source = symbol.type
    if source == target:
        return symbol
    if source is DYNAMIC or isinstance(source, Primitive) == isinstance(target, Primitive):
        if {source, target} == {NUMBER, BOOL}:
            raise _cannot(symbol, target)
        kind = resolved(target, source)
        if source is not DYNAMIC and type(source) is not type(kind):
            return derived(kind, symbol, nonnull=symbol.nonnull)  # a set forgets the order, so it is another value
        return retyped(symbol, kind)
    raise _cannot(symbol, target)


def _convert_primitive(term: Term, target: Primitive) -> Term:
    if target is STRING:
        return _to_text(term)
    if target is NUMBER:
        if is_number(term):
            return term
        if isinstance(term, str):
            number = numbers.parse(term)
            if number is None:
                raise EvaluationFailure(f'cannot convert "{_short(term)}" to number: it is no decimal number')
            return number
    if target is BOOL:
        if isinstance(term, bool):
            return term
        if isinstance(term, str):
            if term in _BOOLEANS:
                return _BOOLEANS[term]
            raise EvaluationFailure(f'cannot convert "{_short(term)}" to bool: only "true" and "false" can be')
    if isinstance(term, PartialStr | Encoded):
        return derived(target, term)
    if isinstance(term, LazyObject):
        raise EvaluationFailure(f"{term.address} is an object, {target.name} required")
    raise EvaluationFailure(f"{target.name} required, not {describe(type_of(term))}")


def _to_text(term: Term) -> Term:
    if isinstance(term, str | PartialStr | Encoded):
        return term
    if isinstance(term, bool):
        return "true" if term else "false"
    if isinstance(term, int | Decimal):
        return numbers.show(term)
    if isinstance(term, LazyObject):
        raise EvaluationFailure(f"{term.address} is an object, string required")
    raise EvaluationFailure(f"string required, not {describe(type_of(term))}")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "..."


def _convert_lazy(term: LazyObject, target: Type) -> Term:
    names = term.names()
    if isinstance(target, ObjectType):
        entries: dict[str, Term] = {}
        for name, kind in target.attributes.items():
            try:
                entries[name] = convert(term.attribute(name), kind)
            except EvaluationFailure:
                if name not in target.optional:
                    raise
                entries[name] = Null(resolved(kind, DYNAMIC))
        return ObjectTerm(entries)
    if isinstance(target, MapType) and names is not None:
        return _convert_to_map(ObjectTerm({name: term.attribute(name) for name in names}), target)
    if isinstance(target, MapType):
        return retyped(term.symbol(), target)
    raise EvaluationFailure(f"{term.address} is an object, {describe(target)} required")


def _element_type(items: Sequence[Term], element: Type, target: Type) -> Type:
    if not has_undecided(element):
        return element
    unified = unify([type_of(item) for item in items])
    if unified is None:
        raise EvaluationFailure(f"cannot convert to {describe(target)}: its members have no common type")
    return resolved(element, unified)


def has_undecided(kind: Type) -> bool:
    """Return whether a type constraint leaves a type open (`any`)."""
    if isinstance(kind, Primitive):
        return kind is DYNAMIC
    if isinstance(kind, ListType | SetType | MapType):
        return has_undecided(kind.element)
    return False


def resolved(target: Type, source: Type) -> Type:
    """Return a type constraint with its open parts taken from the type of the value."""
    if target is DYNAMIC:
        return source
    if isinstance(target, ListType | SetType | MapType):
        inner: Type = DYNAMIC
        if isinstance(source, ListType | SetType | MapType):
            inner = source.element
        elif isinstance(source, TupleType):
            inner = unify(source.elements) or DYNAMIC
        elif isinstance(source, ObjectType):
            inner = unify(tuple(source.attributes.values())) or DYNAMIC
        return type(target)(resolved(target.element, inner))
    if isinstance(target, ObjectType):
        sources = source.attributes if isinstance(source, ObjectType) else {}
        return ObjectType(
            {name: resolved(kind, sources.get(name, DYNAMIC)) for name, kind in target.attributes.items()}
        )
    return target


def _convert_to_sequence(term: Term, target: ListType | SetType) -> Term:
    if not isinstance(term, TupleTerm | ListTerm | SetTerm):
        raise _cannot(term, target)
    constraint = _element_type(term.items, target.element, target)
    element = resolved(constraint, DYNAMIC)
    if isinstance(term, ListTerm) and isinstance(target, ListType) and term.element == element:
        return term
    items = [_convert_part(f"element {at}", item, constraint) for at, item in enumerate(term.items)]
    element = _settled(element, items)
    if isinstance(target, SetType):
        return make_set(element, items, term.rest)
    return ListTerm(element, items, term.rest, fixed_positions(term))


def fixed_positions(term: TupleTerm | ListTerm | SetTerm) -> int:
    """Return how many first members surely stand where they stand; an unknown in a set may stand anywhere."""
    if not isinstance(term, SetTerm):
        return term.fixed
    return 0 if term.rest or not all(map(wholly_known, term.items)) else len(term.items)


def _settled(element: Type, items: Iterable[Term]) -> Type:
    """Return the element type with `any` inside objects settled by the members."""
    if not _has_inner_dynamic(element):
        return element
    unified = unify([type_of(item) for item in items])
    if unified is None:
        raise EvaluationFailure("the members have no common type")
    return element if unified is DYNAMIC else unified


def _has_inner_dynamic(kind: Type) -> bool:
    if isinstance(kind, ObjectType):
        return any(child is DYNAMIC or _has_inner_dynamic(child) for child in kind.attributes.values())
    return isinstance(kind, ListType | SetType | MapType) and _has_inner_dynamic(kind.element)


def make_set(element: Type, items: Iterable[Term], rest: tuple[Sym, ...] = ()) -> SetTerm:
    """Return the set of some members: distinct, strings by bytes, numbers by size, unknowns last."""
    members = distinct(items)
    rest = (*rest, *may_coincide(members))
    if element not in {STRING, NUMBER, BOOL}:
        return SetTerm(element, members, rest)
    known = sorted(item for item in members if isinstance(item, str | bool | int | Decimal))
    others = [item for item in members if not isinstance(item, str | bool | int | Decimal)]
    return SetTerm(element, [*known, *others], rest)


def may_coincide(members: Sequence[Term]) -> tuple[Sym, ...]:
    """Return why distinct members may still be the same: an unknown that nobody owns may equal another."""
    if len(members) < 2:
        return ()
    unsure = [item for item in members if not all(symbol.is_own for symbol in symbols(item))]
    if not unsure:
        return ()
    cause = derived(DYNAMIC, *unsure)
    return (derived(DYNAMIC, *unsure, reason=doubted("whether it equals another member", cause.reason)),)


def _convert_part(what: str, term: Term, target: Type) -> Term:
    """Convert a part of a larger value; a failure says which part it is."""
    try:
        return convert(term, target)
    except EvaluationFailure as failure:
        failure.message = f"{what}: {failure.message}"
        raise


def _convert_to_map(term: Term, target: MapType) -> Term:
    if not isinstance(term, MapTerm | ObjectTerm):
        raise _cannot(term, target)
    constraint = _element_type(tuple(term.entries.values()), target.element, target)
    element = resolved(constraint, DYNAMIC)
    if isinstance(term, MapTerm) and term.element == element:
        return term
    entries = {key: _convert_part(f'element "{key}"', value, constraint) for key, value in term.entries.items()}
    return MapTerm(_settled(element, entries.values()), entries, term.rest)


def _convert_to_tuple(term: Term, target: TupleType) -> Term:
    if not isinstance(term, TupleTerm) or (not term.rest and len(term.items) != len(target.elements)):
        raise EvaluationFailure(f"tuple of {len(target.elements)} required, not {describe(type_of(term))}")
    return TupleTerm(convert(item, kind) for item, kind in zip(term.items, target.elements, strict=False))


def _convert_to_object(term: Term, target: ObjectType) -> Term:
    if not isinstance(term, MapTerm | ObjectTerm):
        raise _cannot(term, target)
    entries: dict[str, Term] = {}
    for name, kind in target.attributes.items():
        found = find(term, name)
        if found is not None:
            entries[name] = _convert_part(f'attribute "{name}"', found, kind)
        elif name in target.optional:
            entries[name] = Null(resolved(kind, DYNAMIC))
        else:
            raise EvaluationFailure(f'attribute "{name}" is required')
    return ObjectTerm(entries)


def unify(kinds: Sequence[Type]) -> Type | None:
    """Return the type that values of all these types can be converted to, or None."""
    found: list[Type] = []
    for kind in kinds:
        if kind is not DYNAMIC and kind not in found:
            found.append(kind)
    if not found:
        return DYNAMIC
    if len(found) == 1:
        return found[0]
    if any(isinstance(kind, Primitive) for kind in found):
        return STRING if STRING in found and all(isinstance(kind, Primitive) for kind in found) else None
    if all(isinstance(kind, ObjectType) for kind in found):
        return _unify_objects([kind for kind in found if isinstance(kind, ObjectType)])
    if all(isinstance(kind, TupleType) for kind in found):
        return _unify_tuples([kind for kind in found if isinstance(kind, TupleType)])
    if all(isinstance(kind, ObjectType | MapType) for kind in found):
        element = unify([inner for kind in found for inner in _inner_types(kind)])
        return None if element is None else MapType(element)
    if all(isinstance(kind, ListType | SetType | TupleType) for kind in found):
        element = unify([inner for kind in found for inner in _inner_types(kind)])
        if element is None:
            return None
        # A set and a tuple become a set, but a set and a list become a list.
        is_set = any(isinstance(kind, SetType) for kind in found) and not any(isinstance(k, ListType) for k in found)
        return SetType(element) if is_set else ListType(element)
    return None


def _inner_types(kind: Type) -> Sequence[Type]:
    if isinstance(kind, TupleType):
        return kind.elements
    if isinstance(kind, ObjectType):
        return tuple(kind.attributes.values())
    return () if isinstance(kind, Primitive) else (kind.element,)


def _unify_objects(kinds: Sequence[ObjectType]) -> Type | None:
    names = kinds[0].attributes.keys()
    if all(kind.attributes.keys() == names for kind in kinds):
        unified = {name: unify([kind.attributes[name] for kind in kinds]) for name in names}
        whole = {name: kind for name, kind in unified.items() if kind is not None}
        if len(whole) == len(unified):
            return ObjectType(whole)
    element = unify([inner for kind in kinds for inner in kind.attributes.values()])
    return None if element is None else MapType(element)


def _unify_tuples(kinds: Sequence[TupleType]) -> Type | None:
    length = len(kinds[0].elements)
    if all(len(kind.elements) == length for kind in kinds):
        unified = [unify([kind.elements[at] for kind in kinds]) for at in range(length)]
        whole = [kind for kind in unified if kind is not None]
        if len(whole) == length:
            return TupleType(tuple(whole))
    element = unify([inner for kind in kinds for inner in kind.elements])
    return None if element is None else ListType(element)
