"""What an input variable's value is: where it comes from, and what its declaration makes of it."""

from __future__ import annotations

from podroom.evaluation.constraints import ANY, Constraint, apply_defaults, read_constraint
from podroom.evaluation.conversion import convert, has_undecided
from podroom.evaluation.declarations import Declaration
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure, EvaluationProblem
from podroom.evaluation.operations import over_choices
from podroom.evaluation.provenance import entry
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.terms import MapTerm, Null, ObjectTerm, Sym, Term
from podroom.evaluation.types import BOOL, NUMBER, STRING, MapType
from podroom.records import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared variable, and the place that supplies its value (None if nothing does)."""

    name: str
    address: str
    declaration: Declaration
    scope: Scope
    supplied: Place | None
    is_root: bool
    example: str | None = None
    """A variable file that would supply it, if it is meant for this module."""

    def constraint(self) -> Constraint:
        """Return the declared type with its defaults; any type if none is declared."""
        attribute = self.declaration.body.attributes.get("type")
        if attribute is None:
            return ANY
        scope = self.scope.at(attribute[1])
        return read_constraint(attribute[0].expression, lambda node: evaluate(node, scope))

    def nullable(self) -> bool:
        """Return whether the variable may be null; it may unless it says otherwise."""
        attribute = self.declaration.body.attributes.get("nullable")
        return attribute is None or evaluate(attribute[0].expression, self.scope.at(attribute[1])) is not False

    def default(self) -> Place | None:
        """Return the place of the default, if there is one."""
        attribute = self.declaration.body.attributes.get("default")
        return None if attribute is None else Place(attribute[0].expression, self.scope.at(attribute[1]))

    def value(self) -> Term:
        """Return the value of the variable; raise `EvaluationFailure` if it does not fit the type."""
        constraint = self.constraint()
        default, nullable = self.default(), self.nullable()
        place = self.supplied or default
        if place is None:
            return self._missing(constraint, nullable=nullable)
        term = evaluate(place.expression, place.scope)
        if isinstance(term, Null) and not nullable and default is not None:
            term = evaluate(default.expression, default.scope)
        try:
            return over_choices([term], lambda terms: _fitted(constraint, terms[0]))
        except EvaluationFailure as failure:
            failure.message = self._misfit(failure)
            failure.span = failure.span or place.span
            rest = self._without_misfits(constraint, term, place, failure)
            if rest is None:
                raise
            return rest

    def _misfit(self, failure: EvaluationFailure) -> str:
        return f"{self.address} does not fit its type: {failure.message}"

    def _without_misfits(
        self, constraint: Constraint, term: Term, place: Place, whole: EvaluationFailure
    ) -> Term | None:
        """Return a map whose elements that do not fit are unknown, None where that would not help."""
        kind, resolver = constraint.type, self.scope.resolver
        if not isinstance(term, MapTerm | ObjectTerm) or not isinstance(kind, MapType) or has_undecided(kind.element):
            return None
        one = Constraint(kind.element, constraint.defaults.element if constraint.defaults else None)
        entries: dict[str, Term] = {}
        fits = True
        for key, value in term.entries.items():
            try:
                entries[key] = _fitted(one, value)
            except EvaluationFailure as failure:
                fits = False
                failure.message = f'element "{key}": {failure.message}'
                message = self._misfit(failure)
                span = (entry(Place(place.expression, place.scope, (key,))) or place.span).shown
                resolver.note(EvaluationProblem(message, span, failure.serious))
                entries[key] = Sym(kind.element, message, (self.address,), origin=span)
        if fits:  # each by itself, but not together
            resolver.note(EvaluationProblem(whole.message, whole.span, whole.serious))
        return MapTerm(kind.element, entries, term.rest)

    def _missing(self, constraint: Constraint, *, nullable: bool) -> Sym:
        place = self.declaration.header.shown
        what = f"{self.address} has no value (declared at {place.path}:{place.first.line})"
        example = "" if self.example is None else f", such as {self.example}"
        reason = f"{what}; pass --var or --var-file{example}" if self.is_root else f"{what}: the call passes none"
        return Sym(
            constraint.type, reason, (self.address,), self.address, nonnull=not nullable, origin=self.declaration.header
        )

    def chosen(self) -> Place | None:
        """Return the place that supplies the value: the caller's or the default's."""
        if self.supplied is None:
            return self.default()
        default = self.default()
        if default is not None and not self.nullable():
            try:
                if isinstance(evaluate(self.supplied.expression, self.supplied.scope), Null):
                    return default
            except EvaluationFailure:
                return self.supplied
        return self.supplied

    def optional_default(self, steps: tuple[str | int, ...]) -> Place | None:
        """Return the default of an `optional()` attribute that a value leaves out, if there is one."""
        try:
            defaults = self.constraint().defaults
        except EvaluationFailure:
            return None
        for at, step in enumerate(steps):
            if defaults is None:
                return None
            if step in defaults.values:
                attribute = self.declaration.body.attributes["type"]
                return Place(defaults.values[str(step)][1], self.scope.at(attribute[1]), steps[at + 1 :])
            defaults = defaults.children.get(str(step), defaults.element)
        return None


def _fitted(constraint: Constraint, term: Term) -> Term:
    if constraint is ANY:
        return term
    return convert(apply_defaults(constraint.defaults, term), constraint.type)


def given_as_text(declaration: Declaration, constraint: Constraint) -> bool:
    """Return whether a value on the command line stands for itself.

    It does where no type or a primitive one is declared; else, for `any` too, it is an expression.
    """
    return "type" not in declaration.body.attributes or constraint.type in {STRING, NUMBER, BOOL}
