"""How evaluation says that an expression has no value: failures, and the problems that a person reads."""

from __future__ import annotations

from podroom.positions import Span
from podroom.records import dataclass


class EvaluationFailure(Exception):  # noqa: N818 - what Terraform calls an error; `try` and `can` catch it
    """An expression that Terraform would reject; `message` is a clause, `span` the guilty expression."""

    serious = True
    """Whether Terraform itself would reject it; otherwise only this program cannot follow it."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        """Keep the clause and the place, which an outer expression fills in when it is None."""
        super().__init__(message)
        self.message = message
        self.span = span


class BeyondReach(EvaluationFailure):
    """A failure that `try` must not turn into its fallback.

    Terraform checks references before it evaluates anything, and what only this program cannot follow
    (a limit) would be a guess.
    """

    serious = False


class Undeclared(BeyondReach):
    """A name that nothing declares."""

    serious = True


@dataclass(frozen=True, slots=True)
class EvaluationProblem:
    """Something in the configuration that evaluation could not follow.

    `serious` says that Terraform itself would reject it; otherwise only this program cannot follow it.
    """

    message: str
    span: Span | None
    serious: bool = True

    def __str__(self) -> str:
        """Return the place, if any, and the message."""
        return f"{self.span}: {self.message}" if self.span else self.message
