"""Functions over sets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from podroom.evaluation.conversion import convert, make_set, unify
from podroom.evaluation.equality import fingerprint
from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.functions.registry import Parameter, function
from podroom.evaluation.terms import (
    MAX_WEIGHT,
    ListTerm,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
    derived,
    type_of,
    wholly_known,
)
from podroom.evaluation.types import DYNAMIC, SetType, TupleType, Type

_SET = Parameter(SetType(DYNAMIC), unknown=True)


def _one_type(sets: Sequence[Term]) -> tuple[list[SetTerm], list[Sym]]:
    """Return the sets with members of one type, and those that are wholly unknown."""
    known = [term for term in sets if isinstance(term, SetTerm)]
    kind = unify([term.element for term in known])
    if kind is None:
        raise EvaluationFailure("the members of the sets have no common type")
    converted = [convert(term, SetType(kind)) for term in known]
    return (
        [term for term in converted if isinstance(term, SetTerm)],
        [term for term in sets if isinstance(term, Sym)],
    )


@function("setunion", _SET, variadic=_SET, result=SetType(DYNAMIC))
def _setunion(*sets: Term) -> Term:
    known, unknown = _one_type(sets)
    if not known:
        return derived(SetType(DYNAMIC), *unknown)
    items = [item for term in known for item in term.items]
    rest = tuple(symbol for term in known for symbol in term.rest)
    return make_set(known[0].element, items, (*rest, *unknown))


@function("setintersection", _SET, variadic=_SET, result=SetType(DYNAMIC))
def _setintersection(*sets: Term) -> Term:
    known, unknown = _one_type(sets)
    if unknown or any(not wholly_known(term) for term in known):
        return derived(SetType(DYNAMIC), *sets)
    shared = set.intersection(*({fingerprint(item) for item in term.items} for term in known))
    return make_set(known[0].element, [item for item in known[0].items if fingerprint(item) in shared])


@function("setsubtract", _SET, _SET, result=SetType(DYNAMIC))
def _setsubtract(left: Term, right: Term) -> Term:
    known, unknown = _one_type((left, right))
    if unknown or any(not wholly_known(term) for term in known):
        return derived(SetType(DYNAMIC), left, right)
    removed = {fingerprint(item) for item in known[1].items}
    return make_set(known[0].element, [item for item in known[0].items if fingerprint(item) not in removed])


@function("setproduct", variadic=Parameter(DYNAMIC, unknown=True))
def _setproduct(*collections: Term) -> Term:
    if len(collections) < 2:
        raise EvaluationFailure("setproduct needs at least two arguments")
    factors: list[tuple[Term, ...]] = []
    elements: list[Type] = []
    size = 1
    for term in collections:
        if isinstance(term, Sym):
            return derived(DYNAMIC, *collections)
        if not isinstance(term, TupleTerm | ListTerm | SetTerm):
            raise EvaluationFailure("setproduct needs lists or sets")
        if term.rest:
            return derived(DYNAMIC, *term.rest)
        kind = unify([type_of(item) for item in term.items]) if isinstance(term, TupleTerm) else term.element
        if kind is None:
            raise EvaluationFailure("the members of a factor have no common type")
        elements.append(kind)
        factors.append(tuple(convert(item, kind) for item in term.items))
        size *= len(term.items)
    if size * len(factors) > MAX_WEIGHT:
        raise BeyondReach(f"setproduct makes {size:,} combinations, which is more than podroom follows")
    element = TupleType(tuple(elements))
    combinations = [TupleTerm(combination) for combination in product(*factors)]
    if any(isinstance(term, SetTerm) for term in collections) and all(
        isinstance(term, SetTerm | TupleTerm) for term in collections
    ):
        return make_set(element, combinations)
    return ListTerm(element, combinations)
