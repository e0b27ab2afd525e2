"""Blocks with `count` or `for_each`: their instances, and what a reference to all of them is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from podroom.evaluation.declarations import Declaration
from podroom.evaluation.expansion import (
    Expansion,
    Repetition,
    expand_count,
    expand_for_each,
    is_open,
    scope_of,
    with_keys,
)
from podroom.evaluation.expressions import evaluate, failed_symbol
from podroom.evaluation.failures import BeyondReach, EvaluationFailure, EvaluationProblem
from podroom.evaluation.scope import Scope
from podroom.evaluation.supplied import standing_for_entry
from podroom.evaluation.terms import Choice, LazyObject, ObjectTerm, Term, TupleTerm
from podroom.sources.hcl.syntax import Expression

if TYPE_CHECKING:
    from podroom.evaluation.modules import Module

T = TypeVar("T")


def _expand(
    module: Module, key: tuple[str, ...], declaration: Declaration
) -> tuple[Expansion, Scope, Expression | None]:
    return module.once(
        ("expansion", key), lambda: module.project.budget.run(lambda: _settled(module, key, declaration))
    )


def _settled(
    module: Module, key: tuple[str, ...], declaration: Declaration
) -> tuple[Expansion, Scope, Expression | None]:
    """Return the repetitions of a block; where the configuration leaves them open, those that are known beside it."""
    expansion, scope, source = _expansion(module, declaration)
    settled = module.project.options.settled
    if settled is None or not is_open(expansion):
        return expansion, scope, source
    keys = settled.keys(module.steps, ".".join(key[1:] if key[0] == "managed" else key))
    return (expansion if keys is None else with_keys(expansion, keys)), scope, source


def _expansion(module: Module, declaration: Declaration) -> tuple[Expansion, Scope, Expression | None]:
    body = declaration.body
    for name, expand in (("for_each", expand_for_each), ("count", expand_count)):
        if name not in body.attributes:
            continue
        attribute, document = body.attributes[name]
        scope = module.scope(document)
        shown = f"{name} of {module.shown('.'.join(declaration.labels))}"
        key = (name, id(declaration))
        term = module.named(key, lambda: evaluate(attribute.expression, scope), shown, scope.span(attribute))  # noqa: B023 - called before the loop goes on
        try:
            return expand(term), scope, attribute.expression
        except EvaluationFailure as failure:
            failure.span = failure.span or scope.span(attribute)
            return expand(failed_symbol(failure, scope, attribute.expression)), scope, attribute.expression
    return Expansion((Repetition(None, "", ""),)), module.scope(declaration.document), None


def repeated(
    module: Module,
    key: tuple[str, ...],
    declaration: Declaration,
    make: Callable[[Declaration, Repetition, Scope], T],
) -> list[T]:
    """Return what `make` makes of each repetition of a block, given its declaration there and its scope."""
    expansion, scope, source = _expand(module, key, declaration)
    made: list[T] = []
    for repetition in expansion.repetitions:
        try:
            module.project.budget.add_instance()
        except BeyondReach as failure:
            module.note(EvaluationProblem(failure.message, declaration.header, serious=False))
            break
        placed = standing_for_entry(declaration, repetition, scope, source)
        inner = _repetition_scope(declaration, repetition, scope, source)
        made.append(make(placed, repetition, inner))
    return made


def _repetition_scope(
    declaration: Declaration, repetition: Repetition, scope: Scope, source: Expression | None
) -> Scope:
    if "count" in declaration.body.attributes and "for_each" not in declaration.body.attributes:
        return scope.child({"count": ObjectTerm({"index": repetition.each_value})})
    if source is None:
        return scope
    each = ObjectTerm({"key": repetition.each_key, "value": repetition.each_value})
    return scope_of(scope, repetition, source, {"each": each}, "each")


def as_value(module: Module, key: tuple[str, ...], declaration: Declaration, instances: list[LazyObject]) -> Term:
    """Return what a reference to a repeated block is: an object, a tuple, or an object of objects."""
    expansion, _, source = _expand(module, key, declaration)
    if source is None:
        return instances[0]
    by_key = {repetition.key: instance for repetition, instance in zip(expansion.repetitions, instances, strict=False)}
    counted = "for_each" not in declaration.body.attributes

    def collection(keys: frozenset[str | int | None]) -> Term:
        if counted:
            return TupleTerm([by_key[at] for at in range(len(keys)) if at in by_key], expansion.rest, len(keys))
        found = {name: by_key[name] for name in keys if name in by_key and isinstance(name, str)}
        return ObjectTerm(found, expansion.rest)

    if expansion.choice is not None:
        options = tuple(collection(keys) for keys in expansion.cases)
        choice = expansion.choice
        return Choice(choice.decision, options, choice.reason, choice.refs)
    return collection(frozenset(by_key))
