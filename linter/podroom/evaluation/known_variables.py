"""Root variables that a plan was made with."""

from __future__ import annotations

from podroom.evaluation.declarations import Declaration
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.known_bodies import standing_for
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.settled import Settled, agrees, term_of
from podroom.evaluation.terms import wholly_known
from podroom.sources.plan_values import NOT_READ, SENSITIVE, Hidden


def planned_place(
    name: str, declaration: Declaration, scope: Scope, found: Place | None, settled: Settled
) -> Place | None:
    """Return the place that supplies a variable: the file or default that has the plan's value, else the plan.

    A plan says what its variables were, whoever gave them; files that have changed since then, or were
    overridden on the command line of that day, do not count.  What is sensitive is never taken from it, and of a value
    that is not read nothing is known: the default is not that.
    """
    body = declaration.body
    value = settled.variables[name]
    sensitive = body.attributes.get("sensitive")
    if sensitive is not None and evaluate(sensitive[0].expression, scope.at(sensitive[1])) is not False:
        value = NOT_READ if value is NOT_READ else SENSITIVE
    default = body.attributes.get("default")
    place = found
    if place is None and default is not None:
        place = Place(default[0].expression, scope.at(default[1]))
    if place is not None and value is not NOT_READ:
        try:
            term = evaluate(place.expression, place.scope)
        except EvaluationFailure:
            return found
        if isinstance(value, Hidden) or (wholly_known(term) and agrees(term, value)):
            return found
    term = term_of(value, f"var.{name}", settled)
    return standing_for(name, term, scope, declaration.header).place
