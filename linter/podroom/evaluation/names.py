"""What has a name is worked out once, and a name that waits for itself says so."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from podroom.evaluation.failures import EvaluationFailure, EvaluationProblem
from podroom.evaluation.limits import Suspend
from podroom.evaluation.operations import without_failures
from podroom.evaluation.root import Project
from podroom.evaluation.terms import LazyObject, Sym, Term
from podroom.evaluation.types import DYNAMIC
from podroom.positions import Span

T = TypeVar("T")
SELF_REFERENCE = "depends on itself"
_IN_PROGRESS = Sym(DYNAMIC, "it is being worked out")


class Names(LazyObject):
    """The names of one module instance with their values so far, and the problems that were met."""

    def __init__(self, project: Project, address: str) -> None:
        """Start with nothing worked out; `address` is empty for the root module."""
        self.project = project
        self.address = address
        self.problems: list[EvaluationProblem] = []
        self._memo: dict[Hashable, Term] = {}
        self._results: dict[Hashable, object] = {}

    def shown(self, name: str) -> str:
        """Return a name of the module as Terraform shows it."""
        return f"{self.address}.{name}" if self.address else name

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return the result of `work`, done when it is first asked for."""
        if key not in self._results:
            self._results[key] = work()
        return self._results[key]  # type: ignore[return-value]  # every key is used with one type

    def named(self, key: Hashable, compute: Callable[[], Term], shown: str, span: Span) -> Term:
        """Return the value of something that has a name, worked out once.

        A failure becomes an unknown that says so, and so does a cycle.
        """
        known = self._memo.get(key)
        if known is _IN_PROGRESS:
            return self._cycle(key, shown, span)
        if known is not None:
            return known
        budget = self.project.budget
        if budget.deep:
            raise Suspend(
                (id(self), key),
                lambda: self.named(key, compute, shown, span),
                lambda: self._break_cycle(key, shown, span),
            )
        return budget.run(lambda: self._compute(key, compute, shown, span))

    def _compute(self, key: Hashable, compute: Callable[[], Term], shown: str, span: Span) -> Term:
        budget = self.project.budget
        trying, budget.trying = budget.trying, 0
        self._memo[key] = _IN_PROGRESS
        try:
            term = without_failures(compute())
        except EvaluationFailure as failure:
            term = self._failed(failure, shown, span)
        except BaseException:
            del self._memo[key]
            raise
        finally:
            budget.trying = trying
        self._memo[key] = term
        return term

    def _failed(self, failure: EvaluationFailure, shown: str, span: Span) -> Sym:
        place = (failure.span or span).shown
        self.note(EvaluationProblem(failure.message, place, failure.serious))
        if not failure.serious:
            return Sym(DYNAMIC, failure.message, origin=place)
        return Sym(DYNAMIC, f"{shown} has no value: {failure.message} ({place})", (shown,), origin=place)

    def _cycle(self, key: Hashable, shown: str, span: Span) -> Sym:  # noqa: ARG002 - same shape as _break_cycle
        self.note(EvaluationProblem(f"{shown} {SELF_REFERENCE}", span))
        return Sym(DYNAMIC, f"{shown} {SELF_REFERENCE} ({span.shown})", (shown,), origin=span)

    def _break_cycle(self, key: Hashable, shown: str, span: Span) -> None:
        self._memo[key] = self._cycle(key, shown, span)

    def note(self, problem: EvaluationProblem) -> None:
        """Keep a problem; each is kept once in the whole project."""
        if problem.span is not None and problem.span.supplied:
            problem = EvaluationProblem(problem.message, problem.span.shown, problem.serious)
        key = (problem.message, str(problem.span))
        if key not in self.project.noted:
            self.project.noted.add(key)
            self.problems.append(problem)
