"""What `count`, `for_each` and `dynamic` repeat a block for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from podroom.evaluation.conversion import convert, key_of
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.keys import Entries
from podroom.evaluation.members import members_of
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.terms import (
    Choice,
    Failed,
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
)
from podroom.evaluation.types import DYNAMIC, NUMBER, STRING, MapType, SetType
from podroom.records import dataclass, replace
from podroom.sources.hcl.syntax import Expression
from podroom.values import doubted

_MOST_REPETITIONS = 2_000


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition: its instance key, what `each.key` and `each.value` are, and why it may not exist."""

    key: str | int | None
    each_key: Term
    each_value: Term
    doubt: Sym | None = None
    step: str | int | None = None
    """The step from the collection to the value, where there is one."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """All repetitions, and why there may be more.

    `cases` are the keys of each case when an undecided condition decides which there are.
    """

    repetitions: tuple[Repetition, ...]
    rest: tuple[Sym, ...] = ()
    cases: tuple[frozenset[str | int | None], ...] = ()
    choice: Choice | None = None


def expand_count(term: Term) -> Expansion:
    """Return the repetitions of `count`; raise `EvaluationFailure` for a count that is none."""
    if isinstance(term, Choice):
        return _expand_cases(term, expand_count)
    if isinstance(term, Null):
        raise EvaluationFailure("count is null")
    number = convert(term, NUMBER)
    if isinstance(number, Sym):
        doubt = derived(DYNAMIC, number, reason=doubted("how many there are", number.reason))
        index = Sym(NUMBER, doubt.reason, doubt.refs, nonnull=True)
        return Expansion((Repetition(0, index, index, doubt),), (doubt,))
    if not isinstance(number, int) or number < 0:
        raise EvaluationFailure("count must be a whole number of at least 0")
    if number > _MOST_REPETITIONS:
        raise EvaluationFailure(f"count is more than {_MOST_REPETITIONS:,}, which is more than podroom follows")
    return Expansion(tuple(Repetition(at, at, at) for at in range(number)))


def expand_for_each(term: Term, *, lists: bool = False) -> Expansion:
    """Return the repetitions of `for_each`; `lists` are allowed in `dynamic` blocks only."""
    if isinstance(term, Choice):
        return _expand_cases(term, lambda option: expand_for_each(option, lists=lists))
    if isinstance(term, Null):
        if lists:
            return Expansion(())
        raise EvaluationFailure("for_each is null")
    if isinstance(term, TupleTerm | ListTerm) and not lists:
        raise EvaluationFailure("for_each needs a map or a set of strings; a list has to go through toset()")
    members = members_of(term) if not isinstance(term, LazyObject) or term.names() is not None else None
    if members is None:
        return _expand_unknown(term)
    pairs, rest = members
    steps: Iterable[str | int | None]
    if isinstance(term, SetTerm):
        names = Entries()
        keys = [names.told_apart(_set_key(value)) for _, value in pairs]
        found = [
            Repetition(key, value, value, step=at) for at, (key, (_, value)) in enumerate(zip(keys, pairs, strict=True))
        ]
    else:
        steps = term.entries if isinstance(term, MapTerm | ObjectTerm) else [_position(key) for key, _ in pairs]
        found = [Repetition(step, key, value, step=step) for step, (key, value) in zip(steps, pairs, strict=True)]
    if rest and not lists:
        found += _expand_unknown(derived(DYNAMIC, *rest)).repetitions
    return Expansion(tuple(found), rest)


def _position(key: Term) -> str | int | None:
    return key if isinstance(key, str | int) and not isinstance(key, bool) else None


def _set_key(value: Term) -> str:
    if isinstance(value, Null):
        raise EvaluationFailure("a set for for_each must not contain null")
    return key_of(value)


def _expand_unknown(term: Term) -> Expansion:
    cause = derived(DYNAMIC, term)
    doubt = derived(DYNAMIC, term, reason=doubted("which there are", cause.reason))
    kind = term.type if isinstance(term, Sym) else DYNAMIC
    element = kind.element if isinstance(kind, MapType | SetType) else DYNAMIC
    key = Sym(STRING, doubt.reason, doubt.refs, nonnull=True, filled=True)
    value = Sym(element, doubt.reason, doubt.refs, nonnull=True)
    each = key if isinstance(kind, SetType) else value
    return Expansion((Repetition(None, key, each, doubt),), (doubt,))


def _expand_cases(choice: Choice, expand: object) -> Expansion:
    assert callable(expand)  # noqa: S101 - both callers pass a function
    by_key: dict[str | int | None, list[Repetition | None]] = {}
    cases: list[frozenset[str | int | None]] = []
    rest: list[Sym] = []
    options = [option for option in choice.options if not isinstance(option, Failed)]
    for position, option in enumerate(options):
        expansion = expand(option)
        rest.extend(expansion.rest)
        cases.append(frozenset(repetition.key for repetition in expansion.repetitions))
        for repetition in expansion.repetitions:
            found = by_key.setdefault(repetition.key, [None] * len(options))
            found[position] = repetition
    doubt = derived(DYNAMIC, choice, reason=doubted("whether it exists", choice.reason))
    repetitions = []
    for key, found in by_key.items():
        present = [repetition for repetition in found if repetition is not None]
        values = tuple(repetition.each_value for repetition in present)
        value = values[0]
        if len(values) > 1 and any(other is not value for other in values):
            value = Choice(choice.decision, values, choice.reason, choice.refs)
        sure = len(present) == len(options) and all(repetition.doubt is None for repetition in present)
        repetitions.append(Repetition(key, present[0].each_key, value, None if sure else doubt))
    return Expansion(tuple(repetitions), tuple(rest), tuple(cases), choice)


def is_open(expansion: Expansion) -> bool:
    """Return whether it is not certain which repetitions there are."""
    return bool(expansion.rest) or expansion.choice is not None or any(one.doubt for one in expansion.repetitions)


def with_keys(expansion: Expansion, keys: Sequence[str | int | None]) -> Expansion:
    """Return an open expansion as it is if its instances have these keys, which is known from elsewhere."""
    if None in keys:
        return expansion  # then the block had neither count nor for_each
    by_key = {one.key: one for one in expansion.repetitions}
    open_one = next((one for one in expansion.repetitions if one.key is None), None)
    found: list[Repetition] = []
    for key in sorted(keys, key=lambda one: (isinstance(one, str), one if one is not None else 0)):
        known = by_key.get(key)
        if isinstance(key, int) and (known is None or known.doubt is not None) and not expansion.cases:
            found.append(Repetition(key, key, key))
        elif known is not None:
            found.append(replace(known, doubt=None))
        elif isinstance(key, str):
            value: Term = Sym(DYNAMIC, "it is not known to the configuration", nonnull=True)
            if open_one is not None:
                value = key if open_one.each_value is open_one.each_key else open_one.each_value
            found.append(Repetition(key, key, value))
        else:
            return expansion  # it belongs to a block that was written in another way
    return Expansion(tuple(found))


def scope_of(
    scope: Scope, repetition: Repetition, source: Expression | None, names: dict[str, Term], value_name: str
) -> Scope:
    """Return a scope with the names of one repetition, which remember where their values come from."""

    def origin(steps: tuple[str | int, ...]) -> Place | None:
        if source is None or repetition.step is None or not steps or steps[0] not in {"value", "key"}:
            return None
        if steps[0] == "key" and isinstance(repetition.step, str):
            return None
        return Place(source, scope, (repetition.step, *steps[1:]))

    return scope.child(names).located({value_name: origin})


def evaluate_for_each(source: Expression, scope: Scope) -> Expansion:
    """Return the repetitions of a `dynamic` block."""
    return expand_for_each(evaluate(source, scope), lists=True)
