"""What a reader says when a text is not what it should be."""

from __future__ import annotations

from podroom.positions import Span
from podroom.records import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence that says what is wrong with a text, and the place; readers return it, they never raise."""

    message: str
    span: Span
