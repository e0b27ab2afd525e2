"""A number with its working: what every sum of this room answers."""

from __future__ import annotations

from podroom.errors import PodroomError
from podroom.records import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, the sum that led to it in plain ASCII, and the documents or lines of code that say so.

    `working` reads like "3 interfaces x (10 - 1) addresses + 2 = 29".
    """

    value: int
    working: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A number with the expression that it comes from, before there is an equals sign."""

    value: int
    expression: str

    def figure(self, *sources: str) -> Figure:
        """Close the sum: "expression = value"; an expression that is the bare number stands alone."""
        bare = self.expression == str(self.value)
        return Figure(self.value, self.expression if bare else f"{self.expression} = {self.value}", sources)


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return "1 node" or "20 nodes"; `plural` for what does not end in "s"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


class MissingFactError(PodroomError):
    """A sum needs a fact of an instance type that no source knows.

    `instance_type` and `fact`, the name of the field of `InstanceType`, say which.
    """

    def __init__(self, instance_type: str, fact: str) -> None:
        """Remember the type and the fact."""
        super().__init__(
            f"no source tells {fact} of instance type {instance_type}: give it in the configuration's instance types"
        )
        self.instance_type = instance_type
        self.fact = fact
