"""What podroom says when it cannot do its job: one sentence, a place, and what to do."""

from __future__ import annotations

from podroom.positions import Span


class PodroomError(Exception):
    """The base of every error that podroom raises on purpose.

    `message` is one sentence that says what is wrong and what to do; `span` is the place, if there
    is one.
    """

    def __init__(self, message: str, span: Span | None = None) -> None:
        """Keep the sentence and the place."""
        super().__init__(message)
        self.message = message
        self.span = span

    def __str__(self) -> str:
        """Return the place, if any, and the sentence."""
        return f"{self.span}: {self.message}" if self.span else self.message


class InputError(PodroomError):
    """An input cannot be read: missing, no text, not permitted, or nothing to judge in it."""


class NothingToJudgeError(InputError):
    """None of the given paths holds anything that podroom judges."""


class UsageError(PodroomError):
    """The command line or the configuration asks for something that does not exist."""


class CatalogError(PodroomError):
    """The table of facts is broken or cannot be refreshed."""
