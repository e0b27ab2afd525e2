"""Evaluates expressions by Terraform's rules, keeping what is known of values that are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from itertools import product
from typing import Any

from podroom.evaluation import numbers
from podroom.evaluation.calls import call
from podroom.evaluation.conversion import convert, convert_open, fixed_positions, key_of, unify
from podroom.evaluation.equality import fingerprint
from podroom.evaluation.failures import BeyondReach, EvaluationFailure, EvaluationProblem, Undeclared
from podroom.evaluation.keys import Entries, may_coincide, ordered
from podroom.evaluation.members import members_of
from podroom.evaluation.operations import (
    attribute,
    binary,
    concatenate,
    index,
    over_choices,
    settle,
    truth,
    unary,
)
from podroom.evaluation.scope import Scope
from podroom.evaluation.terms import (
    NULL,
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
    Term,
    TupleTerm,
    derived,
    type_of,
)
from podroom.evaluation.types import BOOL, DYNAMIC, STRING, ListType, ObjectType, SetType, describe
from podroom.sources.hcl.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    GetAttribute,
    GetIndex,
    Interpolation,
    Invalid,
    Literal,
    ObjectConstructor,
    Parentheses,
    Reference,
    Splat,
    SplatItem,
    Template,
    TemplateFor,
    TemplateIf,
    TemplatePart,
    TemplateText,
    TupleConstructor,
    Unary,
)

_SPLAT_ITEM = "*"
_MOST_DOUBTFUL_ITEMS = 3


def evaluate(node: Expression, scope: Scope) -> Term:
    """Return the value of an expression; raise `EvaluationFailure` where Terraform would reject it."""
    budget = scope.budget
    budget.enter()
    try:
        return _HANDLERS[type(node)](node, scope)
    except EvaluationFailure as failure:
        if failure.span is None:
            failure.span = scope.span(node)
        raise
    finally:
        budget.depth -= 1


def evaluate_part(node: Expression, scope: Scope) -> Term:
    """Return the value of a part of a larger value, unknown with a note if it has none.

    One wrong part shall not hide the others.  Inside `try` and `can` the failure counts.
    """
    try:
        return evaluate(node, scope)
    except EvaluationFailure as failure:
        if scope.budget.trying:
            raise
        return failed_symbol(failure, scope, node)


def failed_symbol(failure: EvaluationFailure, scope: Scope, node: Expression) -> Sym:
    """Return the unknown that stands for a failed expression, and note the problem."""
    span = (failure.span or scope.span(node)).shown
    scope.resolver.note(EvaluationProblem(failure.message, span, failure.serious))
    reason = f"the expression at {span} has no value: {failure.message}" if failure.serious else failure.message
    return Sym(DYNAMIC, reason, origin=span)


def _literal(node: Literal, scope: Scope) -> Term:  # noqa: ARG001 - every handler has this shape
    value = node.value
    if value is None:
        return Null()
    if isinstance(value, Decimal):
        return numbers.normal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return numbers.normal(value)
    return composed(value) if isinstance(value, str) else value


def composed(text: str) -> str:
    """Return a text in the one form (NFC) that Terraform keeps texts in."""
    if text.isascii():
        return text
    from unicodedata import normalize  # noqa: PLC0415 - only few configurations need it

    return normalize("NFC", text)


def _invalid(node: Invalid, scope: Scope) -> Term:
    raise BeyondReach("the expression could not be read", scope.span(node))


def _parentheses(node: Parentheses, scope: Scope) -> Term:
    return evaluate(node.inner, scope)


def _unary(node: Unary, scope: Scope) -> Term:
    return unary(node.operator, evaluate(node.operand, scope))


def _binary(node: Binary, scope: Scope) -> Term:
    spine = [node]
    while isinstance(spine[-1].left, Binary):
        spine.append(spine[-1].left)
    value = evaluate(spine[-1].left, scope)
    for operation in reversed(spine):
        try:
            if operation.operator in {"&&", "||"}:
                value = _logical(operation, value, scope)
            else:
                value = binary(operation.operator, value, evaluate(operation.right, scope))
        except EvaluationFailure as failure:
            failure.span = failure.span or scope.span(operation)
            raise
    return value


def _logical(node: Binary, left: Term, scope: Scope) -> Term:
    """Return `left && right` or `left || right`; what decides alone is enough, on either side."""
    decisive = node.operator == "||"
    if isinstance(left, Choice):
        return over_choices([left], lambda one: _logical(node, one[0], scope))
    if isinstance(left, Null):
        right = evaluate(node.right, scope)
        if isinstance(right, bool) and right is decisive:
            return decisive
        if not decisive and node.operator == "&&":
            return False
        raise EvaluationFailure(f"an operand of {node.operator} is null")
    first = truth(left, f"an operand of {node.operator}")
    if first is decisive:
        return decisive
    right = evaluate(node.right, scope)

    def combine(terms: list[Term]) -> Term:
        second = truth(terms[0], f"an operand of {node.operator}")
        if second is decisive:
            return decisive
        if isinstance(first, Sym):
            return derived(BOOL, first, second) if isinstance(second, Sym) else first
        return second

    return over_choices([right], combine)


def _conditional(node: Conditional, scope: Scope) -> Term:
    current: Expression = node
    others: list[Expression] = []
    while isinstance(current, Conditional):
        condition = evaluate(current.condition, scope)
        if isinstance(condition, Choice):
            return _with_types(over_choices([condition], partial(_decided_by, current, scope)), others, scope)
        decided = truth(condition, "the condition")
        if isinstance(decided, Sym):
            return _with_types(_decided(current, scope, decided), others, scope)
        others.append(current.otherwise if decided else current.then)
        current = current.then if decided else current.otherwise
    return _with_types(evaluate(current, scope), others, scope)


def _decided_by(node: Conditional, scope: Scope, terms: list[Term]) -> Term:
    return _decided(node, scope, truth(terms[0], "the condition"))


def _decided(node: Conditional, scope: Scope, condition: bool | Sym) -> Term:  # noqa: FBT001 - what a condition is
    if isinstance(condition, bool):
        chosen, other = (node.then, node.otherwise) if condition else (node.otherwise, node.then)
        return _with_types(evaluate(chosen, scope), [other], scope)
    options = [_branch(node.then, scope), _branch(node.otherwise, scope)]
    known = [option for option in options if not isinstance(option, Failed)]
    if not known:
        raise EvaluationFailure("neither result of the condition has a value")
    common = unify([type_of(option) for option in known])
    if common is None:
        raise EvaluationFailure("the two results of the condition have types that do not go together")
    converted = tuple(option if isinstance(option, Failed) else convert_open(option, common) for option in options)
    if fingerprint(converted[0]) == fingerprint(converted[1]):
        return converted[0]
    place = scope.span(node.condition)
    decision = f"if {condition.name or f'{place} {id(condition)}'}"
    return settle(Choice(decision, converted, condition.reason, condition.refs))


def _branch(node: Expression, scope: Scope) -> Term:
    scope.budget.trying += 1
    try:
        return evaluate(node, scope)
    except BeyondReach:
        raise
    except EvaluationFailure as failure:
        return Failed(failure.message)
    finally:
        scope.budget.trying -= 1


def _with_types(term: Term, others: list[Expression], scope: Scope) -> Term:
    """Return the chosen result in the type that it and the results not chosen have in common."""
    if not others or isinstance(term, str | PartialStr | Encoded | LazyObject | Choice):
        if not scope.budget.trying:
            return term
        if not others or isinstance(term, PartialStr | Encoded | LazyObject | Choice):
            return term
    kinds = [type_of(term)]
    for other in others:
        try:
            kinds.append(type_of(_branch(other, scope)))
        except BeyondReach:
            kinds.append(DYNAMIC)
    common = unify(kinds)
    if common is None:
        raise EvaluationFailure(
            f"the two results of the condition have types that do not go together: {', '.join(map(describe, kinds))}"
        )
    return convert_open(term, common)


def _tuple(node: TupleConstructor, scope: Scope) -> Term:
    return TupleTerm(evaluate_part(item, scope) for item in node.items)


def _object(node: ObjectConstructor, scope: Scope) -> Term:
    entries = Entries()
    for item in node.items:
        key = item.key
        name = key.name if isinstance(key, Reference) else key_of(evaluate(key, scope))
        entries.put(name, evaluate_part(item.value, scope))
    return ObjectTerm(entries.found)


def _for(node: For, scope: Scope) -> Term:
    return over_choices([evaluate(node.collection, scope)], lambda terms: _for_each(node, terms[0], scope))


def _for_each(node: For, collection: Term, scope: Scope) -> Term:
    members = members_of(collection)
    if members is None:
        return derived(DYNAMIC, collection)
    pairs = members[0]
    fixed = _fixed_of(collection) if node.condition is None else None
    rest = members[1]
    found: list[tuple[str, Term, Sym | None]] = []
    for key, value in pairs:
        scope.budget.spend(1)
        names = {node.value_name: value}
        if node.key_name is not None:
            names[node.key_name] = key
        inner = scope.child(names)
        doubt: Sym | None = None
        if node.condition is not None:
            held = _condition(evaluate(node.condition, inner))
            if held is False:
                continue
            doubt = held if isinstance(held, Sym) else None
        if node.key is None:
            found.append(("", evaluate_part(node.value, inner), doubt))
            continue
        found.append((key_of(evaluate(node.key, inner)), evaluate_part(node.value, inner), doubt))
    if fixed is not None and node.key is None:
        return TupleTerm((value for _, value, _ in found), rest, fixed)
    return _with_doubts(node, found, rest)


def _fixed_of(collection: Term) -> int | None:
    if isinstance(collection, TupleTerm | ListTerm | SetTerm):
        return fixed_positions(collection)
    if isinstance(collection, MapTerm | ObjectTerm):
        return None if ordered(collection.entries) else 0
    return collection.least if isinstance(collection, Sym) and collection.least else None


def _condition(term: Term) -> bool | Sym:
    if isinstance(term, Choice):
        return derived(BOOL, term)
    return truth(term, "the condition of the for expression")


def _with_doubts(node: For, found: list[tuple[str, Term, Sym | None]], rest: tuple[Sym, ...]) -> Term:
    doubts = [doubt for _, _, doubt in found if doubt is not None]
    if not doubts:
        return _built(node, [(key, value) for key, value, _ in found], rest)
    if len(doubts) > _MOST_DOUBTFUL_ITEMS:
        causes = (*rest, *doubts)
        return _built(node, [(key, value) for key, value, doubt in found if doubt is None], causes)
    options = []
    for answers in product((True, False), repeat=len(doubts)):
        given = iter(answers)
        kept = [(key, value) for key, value, doubt in found if doubt is None or next(given)]
        options.append(_built(node, kept, rest))
    cause = derived(DYNAMIC, *doubts)
    decision = "items if " + " ".join(doubt.name or str(id(doubt)) for doubt in doubts)
    return settle(Choice(decision, tuple(options), cause.reason, cause.refs))


def _built(node: For, found: list[tuple[str, Term]], rest: tuple[Sym, ...]) -> Term:
    if node.key is None:
        return TupleTerm((value for _, value in found), rest)
    names = Entries()
    named = [(names.told_apart(key), value) for key, value in found]
    if node.group:
        groups: dict[str, list[Term]] = {}
        for key, value in named:
            groups.setdefault(key, []).append(value)
        doubts = may_coincide(dict.fromkeys(groups, NULL))
        more = (*rest, derived(DYNAMIC, *doubts)) if doubts else rest
        return ObjectTerm({key: TupleTerm(values, more) for key, values in groups.items()}, rest)
    entries = dict(named)
    if len(entries) != len(named):
        seen: set[str] = set()
        twice = next(key for key, _ in named if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() is called for its effect
        raise EvaluationFailure(f'two items of the for expression have the same key "{twice}"')
    return ObjectTerm(entries, rest)


def _traversal(node: GetAttribute | GetIndex | Reference, scope: Scope) -> Term:
    steps: list[GetAttribute | GetIndex] = []
    root: Expression = node
    while isinstance(root, GetAttribute | GetIndex):
        steps.append(root)
        root = root.source
    steps.reverse()
    if isinstance(root, Reference):
        value, used = _root(root, steps, scope)
    else:
        value, used = evaluate(root, scope), 0
    for step in steps[used:]:
        try:
            if isinstance(step, GetAttribute):
                value = attribute(value, step.name)
            else:
                value = index(value, evaluate(step.key, scope))
        except EvaluationFailure as failure:
            failure.span = failure.span or scope.span(step)
            raise
    return value


def _root(root: Reference, steps: list[GetAttribute | GetIndex], scope: Scope) -> tuple[Term, int]:
    if root.name in scope.names:
        return scope.names[root.name], 0
    path = [root.name]
    for step in steps:
        if not isinstance(step, GetAttribute):
            break
        path.append(step.name)
    if not scope.isolated:
        found = scope.resolver.resolve(tuple(path))
        if found is not None:
            return found[0], found[1] - 1
    if scope.constant:
        named = ".".join(path[:3])
        raise Undeclared(f"{named} is named here, and Terraform looks nothing up in the values of variables")
    raise Undeclared(f"nothing is declared that {'.'.join(path[:3])} could mean", scope.span(root))


def _splat_item(node: SplatItem, scope: Scope) -> Term:  # noqa: ARG001 - every handler has this shape
    return scope.names[_SPLAT_ITEM]


def _splat(node: Splat, scope: Scope) -> Term:
    return over_choices([evaluate(node.source, scope)], lambda terms: _splat_one(node, terms[0], scope))


def _splat_one(node: Splat, source: Term, scope: Scope) -> Term:
    def each(item: Term) -> Term:
        scope.budget.spend(1)
        return evaluate(node.each, scope.child({_SPLAT_ITEM: item}))

    if isinstance(source, Null):
        return TupleTerm(())
    if isinstance(source, TupleTerm):
        return TupleTerm(map(each, source.items), source.rest, source.fixed)
    if isinstance(source, ListTerm | SetTerm):
        items = [each(item) for item in source.items]
        kind = source.element if isinstance(node.each, SplatItem) else unify([type_of(item) for item in items])
        fixed = fixed_positions(source)
        return TupleTerm(items, source.rest, fixed) if kind is None else ListTerm(kind, items, source.rest, fixed)
    if isinstance(source, Sym) and not (isinstance(source.type, ObjectType) or _is_primitive_and_present(source)):
        if isinstance(node.each, SplatItem) and isinstance(source.type, ListType):
            return source
        kind = ListType(DYNAMIC) if isinstance(source.type, ListType | SetType) else DYNAMIC
        return derived(kind, source)
    return TupleTerm([each(source)])


def _is_primitive_and_present(symbol: Sym) -> bool:
    return symbol.type is STRING and symbol.nonnull


def _template(node: Template, scope: Scope) -> Term:
    if len(node.parts) == 1 and not node.heredoc and isinstance(node.parts[0], Interpolation):
        return evaluate(node.parts[0].expression, scope)
    return concatenate(list(_template_terms(node.parts, scope)))


def _template_terms(parts: list[TemplatePart], scope: Scope) -> Iterator[Term]:
    for part in parts:
        scope.budget.spend(1)
        if isinstance(part, TemplateText):
            yield composed(part.value)
        elif isinstance(part, Interpolation):
            yield _text_of(evaluate_part(part.expression, scope), part, scope)
        elif isinstance(part, TemplateIf):
            yield from _template_if(part, scope)
        else:
            yield from _template_for(part, scope)


def _text_of(term: Term, part: Interpolation, scope: Scope) -> Term:
    try:
        return over_choices([term], lambda one: _text(one[0]))
    except EvaluationFailure as failure:
        failure.span = failure.span or scope.span(part.expression)
        if scope.budget.trying:
            raise
        return failed_symbol(failure, scope, part.expression)


def _text(term: Term) -> Term:
    if isinstance(term, Null):
        raise EvaluationFailure("a null value cannot be part of a string")
    return convert(term, STRING)


def _template_if(part: TemplateIf, scope: Scope) -> Iterator[Term]:
    condition = evaluate(part.condition, scope)
    if isinstance(condition, Choice):
        condition = over_choices([condition], lambda one: truth(one[0], "the condition"))
        if isinstance(condition, Choice):
            condition = derived(BOOL, condition)
    decided = truth(condition, "the condition")
    if isinstance(decided, bool):
        yield from _template_terms(part.then if decided else part.otherwise, scope)
        return
    options = tuple(concatenate(list(_template_terms(branch, scope))) for branch in (part.then, part.otherwise))
    if fingerprint(options[0]) == fingerprint(options[1]):
        yield options[0]
        return
    decision = f"if {decided.name or f'{scope.span(part.condition)} {id(decided)}'}"
    yield settle(Choice(decision, options, decided.reason, decided.refs))


def _template_for(part: TemplateFor, scope: Scope) -> Iterator[Term]:
    collection = evaluate(part.collection, scope)
    members = None if isinstance(collection, Choice) else members_of(collection)
    if members is None:
        yield derived(STRING, collection)
        return
    pairs, rest = members
    for key, value in pairs:
        names = {part.value_name: value}
        if part.key_name is not None:
            names[part.key_name] = key
        yield from _template_terms(part.parts, scope.child(names))
    if rest:
        yield derived(STRING, *rest)


def _call(node: Call, scope: Scope) -> Term:
    return call(node, scope, evaluate)


_HANDLERS: dict[type, Callable[[Any, Scope], Term]] = {
    Literal: _literal,
    Invalid: _invalid,
    Parentheses: _parentheses,
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
    TupleConstructor: _tuple,
    ObjectConstructor: _object,
    For: _for,
    Reference: _traversal,
    GetAttribute: _traversal,
    GetIndex: _traversal,
    Splat: _splat,
    SplatItem: _splat_item,
    Template: _template,
    Call: _call,
}
