"""Functions over lists, tuples and collections in general."""

from __future__ import annotations

from podroom.evaluation import keys, numbers
from podroom.evaluation.conversion import convert, fixed_positions, may_coincide, unify
from podroom.evaluation.equality import distinct, equals, note_comparison
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.functions.registry import Parameter, function
from podroom.evaluation.operations import index as term_index
from podroom.evaluation.operations import one_of
from podroom.evaluation.terms import (
    NULL,
    Choice,
    Encoded,
    LazyObject,
    ListTerm,
    MapTerm,
    Null,
    Number,
    ObjectTerm,
    PartialStr,
    Sequence,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
    derived,
    type_of,
)
from podroom.evaluation.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
    describe,
)
from podroom.values import doubted

_ANY = Parameter(DYNAMIC, unknown=True)
_ANY_OR_NULL = Parameter(DYNAMIC, null=True, unknown=True)
_ZONES_AT_MOST = 6


def sequence(term: Term, function_name: str) -> Sequence:
    """Return the term as a list, tuple or set; raise `EvaluationFailure` if it is none."""
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        return term
    raise EvaluationFailure(f"{function_name} needs a list, not {describe(type_of(term))}")


@function("length", _ANY, result=NUMBER)
def _length(term: Term) -> Term:
    if isinstance(term, str):
        from podroom.evaluation.functions.strings import length_of_text  # noqa: PLC0415 - mostly it is of a list

        return length_of_text(term)
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        return derived(NUMBER, *term.rest) if term.rest else len(term.items)
    if isinstance(term, MapTerm | ObjectTerm):
        doubts = (*term.rest, *keys.may_coincide(term.entries))
        return derived(NUMBER, *doubts) if doubts else len(term.entries)
    if isinstance(term, Sym) and isinstance(term.type, TupleType):
        return len(term.type.elements)
    if isinstance(term, Sym) and isinstance(term.type, ObjectType):
        return len(term.type.attributes)
    if isinstance(term, Sym) and term.least:
        counts = tuple(range(term.least, _ZONES_AT_MOST + 1))
        return Choice(f"length of {term.name}", counts, term.reason, term.refs)
    if isinstance(term, Sym | PartialStr | Encoded):
        return derived(NUMBER, term)
    if isinstance(term, LazyObject):
        names = term.names()
        return derived(NUMBER, term) if names is None else len(names)
    raise EvaluationFailure(f"length needs a string or a collection, not {describe(type_of(term))}")


@function("concat", variadic=_ANY)
def _concat(*lists: Term) -> Term:
    if not lists:
        raise EvaluationFailure("concat needs at least one list")
    items: list[Term] = []
    rest: list[Sym] = []
    fixed: int | None = None
    kinds: set[Type | None] = set()
    for term in lists:
        if isinstance(term, Sym) and not isinstance(term.type, SetType):
            items.extend(term.member(f"[{at}]") for at in range(term.least))
            fixed = len(items) if fixed is None else fixed
            rest.append(term)
            kinds.add(term.type.element if isinstance(term.type, ListType) else None)
        elif isinstance(term, TupleTerm | ListTerm):
            if fixed is None and term.fixed < len(term.items) + len(term.rest):
                fixed = len(items) + term.fixed
            items.extend(term.items)
            rest.extend(term.rest)
            kinds.add(term.element if isinstance(term, ListTerm) else None)
        else:
            raise EvaluationFailure(f"concat needs lists, not {describe(type_of(term))}")
    if rest and not items and len(lists) == 1 and isinstance(lists[0], Sym):
        return lists[0]
    of_lists = [kind for kind in kinds if kind is not None]
    common = unify(of_lists) if None not in kinds else None
    if common is not None:
        return ListTerm(common, [convert(item, common) for item in items], tuple(rest), fixed)
    return TupleTerm(items, tuple(rest), fixed)


@function("flatten", _ANY)
def _flatten(term: Term) -> Term:
    if isinstance(term, Sym):
        return derived(DYNAMIC, term)
    items: list[Term] = []
    rest: list[Sym] = []
    _flatten_into(sequence(term, "flatten"), items, rest, 0)
    return TupleTerm(items, tuple(rest))


def _flatten_into(term: Sequence, items: list[Term], rest: list[Sym], depth: int) -> None:
    if depth > 100:
        raise EvaluationFailure("the list is nested more deeply than podroom follows")
    rest.extend(term.rest)
    for item in term.items:
        if isinstance(item, TupleTerm | ListTerm | SetTerm):
            _flatten_into(item, items, rest, depth + 1)
        elif isinstance(item, Choice) and _maybe_sequence(item):
            rest.append(derived(DYNAMIC, item))
        elif isinstance(item, Sym) and _maybe_sequence(item):
            rest.append(item)
        else:
            items.append(item)


def _maybe_sequence(term: Term) -> bool:
    if isinstance(term, Choice):
        return any(map(_maybe_sequence, term.options))
    if isinstance(term, Sym):
        return (term.type is DYNAMIC and not term.filled) or isinstance(term.type, ListType | SetType | TupleType)
    return isinstance(term, TupleTerm | ListTerm | SetTerm)


@function("element", _ANY, Parameter(NUMBER, unknown=True))
def _element(term: Term, index: Term) -> Term:
    if isinstance(term, Sym) and not isinstance(term.type, SetType):
        if isinstance(index, int) and term.name and index >= 0:
            return term.member(f"[{index}]")
        return derived(term.type.element if isinstance(term.type, ListType) else DYNAMIC, term, index)
    if not isinstance(term, TupleTerm | ListTerm):
        raise EvaluationFailure(f"element cannot read elements of {describe(type_of(term))}")
    if isinstance(index, Sym):
        return one_of(term.items, index, term.rest)
    if not isinstance(index, int):
        raise EvaluationFailure("the index must be a whole number")
    if 0 <= index < term.fixed:
        return term.items[index]
    if term.rest:
        return derived(DYNAMIC, *term.rest)
    if not term.items:
        raise EvaluationFailure("element cannot use an empty list")
    return term_index(term, index % len(term.items))


@function("slice", _ANY, Parameter(NUMBER, unknown=True), Parameter(NUMBER, unknown=True))
def _slice(term: Term, start: Term, end: Term) -> Term:
    if isinstance(start, Sym) or isinstance(end, Sym):
        return derived(ListType(DYNAMIC), term, start, end)
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start <= end:
        raise EvaluationFailure("slice needs whole numbers, the start not after the end")
    if isinstance(term, Sym):
        if end - start > 1024:
            return derived(ListType(DYNAMIC), term)
        kind = term.type.element if isinstance(term.type, ListType) else DYNAMIC
        members = [term.member(f"[{at}]") for at in range(start, end)]
        return TupleTerm(members) if kind is DYNAMIC else ListTerm(kind, members)
    if not isinstance(term, TupleTerm | ListTerm):
        raise EvaluationFailure("slice needs a list or tuple")
    if end > len(term.items) and not term.rest:
        raise EvaluationFailure(f"the list has {len(term.items)} elements, so it has none up to {end}")
    if end - start > 1024:
        return derived(ListType(DYNAMIC), term)
    chosen = [term_index(term, at) for at in range(start, end)]
    return ListTerm(term.element, chosen) if isinstance(term, ListTerm) else TupleTerm(chosen)


@function("contains", _ANY, _ANY, result=BOOL)
def _contains(term: Term, wanted: Term) -> Term:
    if isinstance(term, Sym):
        return derived(BOOL, term, wanted)
    if not isinstance(term, TupleTerm | ListTerm | SetTerm):
        raise EvaluationFailure("contains needs a list, tuple or set")
    unsure: list[Term] = list(term.rest)
    for item in term.items:
        if isinstance(item, Choice):
            unsure.append(item)
            continue
        same = equals(item, wanted)
        if same:
            return True
        if same is None:
            note_comparison(item, wanted)
            unsure.append(item)
    return derived(BOOL, *unsure, wanted) if unsure else False


@function("index", _ANY, _ANY, result=NUMBER)
def _index(term: Term, wanted: Term) -> Term:
    if isinstance(term, Sym):
        return derived(NUMBER, term)
    if not isinstance(term, TupleTerm | ListTerm):
        raise EvaluationFailure("index needs a list or tuple")
    if not term.items:
        raise EvaluationFailure("index cannot search an empty list")
    for position, item in enumerate(term.items):
        same = None if isinstance(item, Choice) else equals(item, wanted)
        if same:
            return position
        if same is None:
            note_comparison(item, wanted)
            return derived(NUMBER, item, wanted)
    raise EvaluationFailure("the item is not in the list")


@function("distinct", ListType(DYNAMIC))
def _distinct(term: ListTerm) -> Term:
    members = distinct(term.items)
    return ListTerm(term.element, members, (*term.rest, *may_coincide(members)))


@function("reverse", _ANY)
def _reverse(term: Term) -> Term:
    if isinstance(term, Sym):
        return derived(DYNAMIC, term)
    if not isinstance(term, TupleTerm | ListTerm | SetTerm):
        raise EvaluationFailure("reverse needs a list")
    backwards = term.items[::-1]
    fixed = len(backwards) if fixed_positions(term) == len(backwards) and not term.rest else 0
    if isinstance(term, TupleTerm):
        return TupleTerm(backwards, term.rest, fixed)
    return ListTerm(term.element, backwards, term.rest, fixed)


@function("one", _ANY)
def _one(term: Term) -> Term:
    if isinstance(term, Sym):
        return derived(DYNAMIC, term, nonnull=False)
    if not isinstance(term, TupleTerm | ListTerm | SetTerm):
        raise EvaluationFailure("one needs a list, set or tuple")
    if len(term.items) > 1:
        raise EvaluationFailure("one needs a list of no or one element")
    if term.rest:
        return derived(DYNAMIC, *term.rest, nonnull=False)
    if term.items:
        return term.items[0]
    return Null(DYNAMIC if isinstance(term, TupleTerm) else term.element)


@function("coalesce", variadic=_ANY_OR_NULL)
def _coalesce(*terms: Term) -> Term:
    kinds = [type_of(term) for term in terms]
    kind = unify(kinds)
    if not all(isinstance(one, Primitive) for one in kinds) and any(term == NULL for term in terms):
        kind = DYNAMIC  # cty leaves collections as they are when an untyped null stands among them
    if kind is None or not terms:
        raise EvaluationFailure("the arguments of coalesce have no common type")
    for position, term in enumerate(terms):
        value = convert(term, kind)
        if isinstance(value, Null) or (isinstance(value, str) and not value):
            continue
        if isinstance(value, Sym) and not value.filled and (kind is STRING or kind is DYNAMIC or not value.nonnull):
            return _coalesce_unknown(value, [convert(other, kind) for other in terms[position + 1 :]])
        return value
    raise EvaluationFailure("all arguments of coalesce are null or empty")


def _coalesce_unknown(first: Sym, others: list[Term]) -> Term:
    remaining = [other for other in others if not isinstance(other, Null) and other != ""]
    if not remaining or len(remaining) > 1:
        return first if not remaining else derived(first.type, first, *remaining)
    name = first.name or str(id(first))
    reason = doubted("whether it is set", first.reason)
    return Choice(f"if {name} == null", (remaining[0], first), reason, first.refs)


@function("coalescelist", variadic=_ANY_OR_NULL)
def _coalescelist(*lists: Term) -> Term:
    for term in lists:
        if isinstance(term, Sym):
            return derived(DYNAMIC, *lists)
        if not isinstance(term, TupleTerm | ListTerm):
            raise EvaluationFailure("coalescelist needs lists or tuples")
        if term.items:
            return term
        if term.rest:
            return derived(DYNAMIC, *lists)
    raise EvaluationFailure("all arguments of coalescelist are empty")


@function("chunklist", ListType(DYNAMIC), NUMBER)
def _chunklist(term: ListTerm, size: Number) -> Term:
    if not isinstance(size, int) or size < 0:
        raise EvaluationFailure("the size must be a positive whole number")
    if term.rest:
        return derived(DYNAMIC, *term.rest)
    size = size or max(1, len(term.items))
    chunks = [ListTerm(term.element, term.items[at : at + size]) for at in range(0, len(term.items), size)]
    return ListTerm(ListType(term.element), chunks)


@function("matchkeys", ListType(DYNAMIC), ListType(DYNAMIC), ListType(DYNAMIC))
def _matchkeys(values: ListTerm, keys: ListTerm, wanted: ListTerm) -> Term:
    if len(values.items) != len(keys.items):
        raise EvaluationFailure("matchkeys needs as many values as keys")
    kept: list[Term] = []
    rest: list[Sym] = [*values.rest, *keys.rest, *wanted.rest]
    kind = unify([keys.element, wanted.element]) or DYNAMIC
    searched = [convert(item, kind) for item in wanted.items]
    for value, key in zip(values.items, keys.items, strict=True):
        answers = {equals(convert(key, kind), item) for item in searched}
        if True in answers:
            kept.append(value)
        elif None in answers:
            rest.append(derived(DYNAMIC, key))
    return ListTerm(values.element, kept, tuple(rest))


@function("alltrue", ListType(BOOL), result=BOOL)
def _alltrue(term: ListTerm) -> Term:
    return _quantified(term, decisive=False)


@function("anytrue", ListType(BOOL), result=BOOL)
def _anytrue(term: ListTerm) -> Term:
    return _quantified(term, decisive=True)


def _quantified(term: ListTerm, *, decisive: bool) -> Term:
    unsure: list[Term] = list(term.rest)
    for item in term.items:
        if isinstance(item, Null):
            if not decisive:
                return False
        elif item is decisive:
            return decisive
        elif not isinstance(item, bool):
            unsure.append(item)
    return derived(BOOL, *unsure) if unsure else not decisive


@function("range", variadic=NUMBER, result=ListType(NUMBER))
def _range(*bounds: Number) -> Term:
    if not 1 <= len(bounds) <= 3:
        raise EvaluationFailure("range needs one to three numbers")
    start, limit = (0, bounds[0]) if len(bounds) == 1 else bounds[:2]
    step: Number = bounds[2] if len(bounds) == 3 else (1 if start <= limit else -1)
    if step == 0:
        raise EvaluationFailure("range would generate more than 1024 values")
    if start < limit if step < 0 else start > limit:
        raise EvaluationFailure("the steps of range lead away from its end")
    values: list[Term] = []
    value: Number = start
    while value < limit if step > 0 else value > limit:
        if len(values) == 1024:
            raise EvaluationFailure("range would generate more than 1024 values")
        values.append(value)
        value = numbers.add(value, step)
    return ListTerm(NUMBER, values)
