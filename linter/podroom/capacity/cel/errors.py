"""Why an expression has no value, or none that podroom can tell."""

from __future__ import annotations

from podroom.errors import PodroomError


class CelError(PodroomError):
    """An expression has no value.

    `column`, from 1, is where in the text of the expression the reason stands.
    """

    def __init__(self, reason: str, offset: int) -> None:
        """Keep the reason, a clause, and the place."""
        super().__init__(f"{reason} (character {offset + 1} of the expression)")
        self.reason = reason
        self.column = offset + 1


class CelCompileError(CelError):
    """CEL refuses the expression before it is worked out: its syntax, a name, or types that do not go together."""


class CelEvaluationError(CelError):
    """Working the expression out fails: an overflow, or a division by zero."""


class CelNotUnderstoodError(CelError):
    """The expression uses a part of CEL that podroom does not know; CEL itself may well accept it."""
