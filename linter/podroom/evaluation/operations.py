"""What operators, indexes and attributes do to terms, known or not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from podroom.evaluation import numbers
from podroom.evaluation.conversion import convert, each_option
from podroom.evaluation.encoded import encoded_parts
from podroom.evaluation.equality import equals, fingerprint, note_comparison
from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.keys import find, possible
from podroom.evaluation.terms import (
    MAX_CANDIDATES,
    Choice,
    Encoded,
    Failed,
    LazyObject,
    ListTerm,
    MapTerm,
    Null,
    Number,
    ObjectTerm,
    PartialStr,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
    derived,
    join_text,
    type_of,
)
from podroom.evaluation.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    describe,
)
from podroom.records import replace


def settle(choice: Choice) -> Term:
    """Return a choice as it may be used: nested choices flattened, one candidate alone for itself."""
    options: list[Term] = []
    for option in choice.options:
        options.extend(option.options if isinstance(option, Choice) else (option,))
    outcomes = {fingerprint(option): option for option in options if not isinstance(option, Failed)}
    if len(outcomes) == 1 and not any(isinstance(option, Failed) for option in options):
        return next(iter(outcomes.values()))
    if len(outcomes) > MAX_CANDIDATES:
        return derived(type_of(Choice("", tuple(options), "")), choice)
    if len(options) != len(choice.options):
        kept = tuple(outcomes.values()) + tuple(option for option in options if isinstance(option, Failed))[:1]
        return Choice(f"{choice.decision}*", kept, choice.reason, choice.refs)
    return choice


def over_choices(terms: list[Term], work: Callable[[list[Term]], Term]) -> Term:
    """Return what `work` makes of the terms, for every combination of the candidates among them.

    Choices with the same decision go together.  Too many combinations make an unknown.
    """
    first = next((term for term in terms if isinstance(term, Choice)), None)
    if first is None:
        return work(terms)

    def pick(option: int) -> list[Term]:
        return [
            term.options[option]
            if isinstance(term, Choice) and term.decision == first.decision and len(term.options) == len(first.options)
            else term
            for term in terms
        ]

    options: list[Term] = []
    failure: EvaluationFailure | None = None
    for index in range(len(first.options)):
        picked = pick(index)
        failed = next((term for term in picked if isinstance(term, Failed)), None)
        if failed:
            options.append(failed)
            continue
        try:
            options.append(over_choices(picked, work))
        except BeyondReach:
            raise
        except EvaluationFailure as error:
            failure = error
            options.append(Failed(error.message))
    if all(isinstance(option, Failed) for option in options):
        raise failure or EvaluationFailure("no case has a value")
    return settle(Choice(first.decision, tuple(options), first.reason, first.refs))


def without_failures(term: Term) -> Term:
    """Return a choice without the cases that Terraform would reject: they will not be deployed."""
    if not isinstance(term, Choice) or not any(isinstance(option, Failed) for option in term.options):
        return term
    kept = tuple(option for option in term.options if not isinstance(option, Failed))
    return kept[0] if len(kept) == 1 else settle(Choice(f"{term.decision}!", kept, term.reason, term.refs))


def binary(operator: str, left: Term, right: Term) -> Term:
    """Return `left operator right`, for all operators but the lazy `&&` and `||`."""
    if isinstance(left, Choice) or isinstance(right, Choice):
        return over_choices([left, right], lambda pair: binary(operator, pair[0], pair[1]))
    if operator in {"==", "!="}:
        same = equals(left, right)
        if same is None:
            note_comparison(left, right)
            return _compared(operator, left, right)
        return same if operator == "==" else not same
    first, second = _operand(operator, left), _operand(operator, right)
    if isinstance(first, Sym) or isinstance(second, Sym):
        return derived(NUMBER if operator in _ARITHMETIC else BOOL, first, second)
    assert isinstance(first, int | Decimal)  # noqa: S101 - _operand returns a number or a Sym
    assert isinstance(second, int | Decimal)  # noqa: S101 - _operand returns a number or a Sym
    if operator in _ARITHMETIC:
        return _ARITHMETIC[operator](first, second)
    return _COMPARISON[operator](first, second)


def _compared(operator: str, left: Term, right: Term) -> Sym:
    """Return an unknown answer, with a name by which the same question is known again."""
    answer = derived(BOOL, left, right)
    symbol, other = (left, right) if isinstance(left, Sym) else (right, left)
    if isinstance(symbol, Sym) and symbol.name and isinstance(other, str | int | Decimal | Null):
        shown = "null" if isinstance(other, Null) else repr(other)
        return replace(answer, name=f"{symbol.name} {operator} {shown}")
    return answer


_ARITHMETIC: dict[str, Callable[[Number, Number], Number]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "*": numbers.multiply,
    "/": numbers.divide,
    "%": numbers.modulo,
}
_COMPARISON: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _operand(operator: str, term: Term) -> Term:
    if isinstance(term, Null):
        raise EvaluationFailure(f"an operand of {operator} is null, a number is required")
    return convert(term, NUMBER)


def truth(term: Term, what: str) -> bool | Sym:
    """Return a term without choices as a condition; raise `EvaluationFailure` if it is none."""
    if isinstance(term, Null):
        raise EvaluationFailure(f"{what} is null; it must be true or false")
    if isinstance(term, int | Decimal) and not isinstance(term, bool):
        raise EvaluationFailure(f"{what} must be a bool, not a number")
    converted = convert(term, BOOL)
    if isinstance(converted, bool | Sym):
        return converted
    raise EvaluationFailure(f"{what} must be a bool")


def unary(operator: str, operand: Term) -> Term:
    """Return `-operand` or `!operand`."""
    if isinstance(operand, Choice):
        return settle_all(operand, lambda option: unary(operator, option))
    if operator == "!":
        value = truth(operand, "the operand of !")
        return derived(BOOL, value) if isinstance(value, Sym) else not value
    number = _operand("-", operand)
    if isinstance(number, int | Decimal):
        return numbers.subtract(0, number)
    return derived(NUMBER, number)


def settle_all(choice: Choice, change: Callable[[Term], Term]) -> Term:
    """Return the choice with every option changed, flattened."""
    changed = each_option(choice, change)
    return settle(changed) if isinstance(changed, Choice) else changed


def attribute(term: Term, name: str) -> Term:
    """Return `term.name`."""
    if isinstance(term, ObjectTerm | MapTerm):
        found = find(term, name)
        if found is not None:
            return found
        kind = "object has no attribute" if isinstance(term, ObjectTerm) else "map has no element"
        raise EvaluationFailure(f'this {kind} "{name}"')
    if isinstance(term, LazyObject):
        return term.attribute(name)
    if isinstance(term, Choice):
        return settle_all(term, lambda option: attribute(option, name))
    if isinstance(term, Sym):
        if term.type is DYNAMIC or isinstance(term.type, MapType):
            return term.member(f".{name}")
        if isinstance(term.type, ObjectType):
            if name not in term.type.attributes:
                raise EvaluationFailure(f'this object has no attribute "{name}"')
            return term.member(f".{name}")
    if isinstance(term, Null):
        raise EvaluationFailure("this value is null, so it has no attributes")
    raise EvaluationFailure(f"a {describe(type_of(term))} has no attributes")


def index(term: Term, key: Term) -> Term:
    """Return `term[key]`."""
    if isinstance(term, Choice) or isinstance(key, Choice):
        return over_choices([term, key], lambda pair: index(pair[0], pair[1]))
    if isinstance(key, Null):
        raise EvaluationFailure("the index is null")
    if isinstance(term, TupleTerm | ListTerm):
        return _index_sequence(term, key)
    if isinstance(term, ObjectTerm | MapTerm):
        return _index_mapping(term, key)
    if isinstance(term, LazyObject):
        name = convert(key, STRING)
        return term.attribute(name) if isinstance(name, str) else derived(DYNAMIC, key)
    if isinstance(term, Sym):
        return _index_symbol(term, key)
    if isinstance(term, Null):
        raise EvaluationFailure("this value is null, so it has no elements")
    if isinstance(term, SetTerm):
        raise EvaluationFailure("elements of a set have no index; convert it with tolist or use a for expression")
    raise EvaluationFailure(f"a {describe(type_of(term))} has no elements")


def _index_sequence(term: TupleTerm | ListTerm, key: Term) -> Term:
    position = convert(key, NUMBER)
    if isinstance(position, Sym):
        return one_of(term.items, position, term.rest)
    if not isinstance(position, int) or isinstance(position, bool) or position < 0:
        raise EvaluationFailure("the index must be a whole number of at least 0")
    if position < term.fixed:
        return term.items[position]
    if term.rest:
        return derived(DYNAMIC, *term.rest, nonnull=False)
    if position < len(term.items):
        return one_of(term.items, derived(DYNAMIC, term, reason="the order of the list is known only after apply"))
    if not term.items:
        raise EvaluationFailure("the collection has no elements, so it has no element of this index")
    raise EvaluationFailure(f"the collection has {len(term.items)} elements, so it has no element {position}")


def _index_mapping(term: ObjectTerm | MapTerm, key: Term) -> Term:
    name = convert(key, STRING)
    found = find(term, name)
    if found is not None:
        return found
    if isinstance(name, str):
        raise EvaluationFailure(f'there is no element with the key "{name}"')
    return one_entry(term, name)


def one_entry(term: ObjectTerm | MapTerm, key: Term, *otherwise: Term) -> Term:
    """Return whichever entry an unknown key is the key of, or what stands for one that is not there."""
    entries = possible(term, key)
    items = (*entries.values(), *otherwise)
    if not items and not term.rest:
        raise EvaluationFailure("there is no element with such a key")
    return one_of(items, key, term.rest, among=tuple(entries))


def one_of(items: tuple[Term, ...], decider: Term, rest: tuple[Sym, ...] = (), *, among: tuple[str, ...] = ()) -> Term:
    """Return whichever of the items an unknown chooses: candidates if they are few.

    `among` are the keys of the items: what has other ones is another decision.
    """
    if not items and not rest:
        raise EvaluationFailure("the collection has no elements")
    cause = derived(DYNAMIC, decider, *rest)
    if rest:
        return cause
    decision = "/".join(str(part) for part in (*cause.refs, cause.reason, *among))
    return settle(Choice(f"element by {decision}", items, cause.reason, cause.refs))


def _index_symbol(term: Sym, key: Term) -> Term:
    kind = term.type
    if kind in {STRING, NUMBER, BOOL}:
        raise EvaluationFailure(f"a {describe(kind)} has no elements")
    if isinstance(kind, SetType):
        raise EvaluationFailure("elements of a set have no index; convert it with tolist or use a for expression")
    if isinstance(kind, ListType | TupleType):
        key = convert(key, NUMBER)
        if isinstance(key, int) and key < 0:
            raise EvaluationFailure("the index must be a whole number of at least 0")
    if isinstance(kind, MapType | ObjectType):
        key = convert(key, STRING)
    if isinstance(kind, ObjectType) and isinstance(key, str) and key not in kind.attributes:
        raise EvaluationFailure(f'there is no element with the key "{key}"')
    if isinstance(key, int):
        return term.member(f"[{key}]")
    if isinstance(key, str):
        return term.member(f'["{key}"]')
    element = kind.element if isinstance(kind, ListType | MapType) else DYNAMIC
    return derived(element, term, key, nonnull=False)


def text_parts(term: Term) -> tuple[str | Sym, ...]:
    """Return the parts of a string with holes; a choice is one hole."""
    if isinstance(term, str):
        return (term,)
    if isinstance(term, PartialStr):
        return term.parts
    if isinstance(term, Sym):
        return (term,)
    if isinstance(term, Encoded):
        return encoded_parts(term)
    return (derived(STRING, term),)


def concatenate(terms: list[Term]) -> Term:
    """Return the text that strings make together; with few candidates among them, candidates."""
    combinations = 1
    decisions = set()
    for term in terms:
        if isinstance(term, Choice) and term.decision not in decisions:
            decisions.add(term.decision)
            combinations *= len(term.options)
    if combinations > MAX_CANDIDATES:
        terms = [derived(STRING, term) if isinstance(term, Choice) else term for term in terms]
    return over_choices(terms, lambda known: join_text(part for term in known for part in text_parts(term)))
