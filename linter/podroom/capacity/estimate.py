"""Numbers of which only a part may be known: a range, its sum, and what would narrow it.

Every sum keeps both ends, so that a range is never narrower than what is known of its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum

from podroom.capacity.working import Figure
from podroom.records import dataclass
from podroom.values import Unknown


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that is somewhere from `least` to `most`, both included; None where there is no bound.

    `working` is the sum or the reason for the range, in plain ASCII.  `gaps` are what is not known; without any, the
    range is one that nothing in a configuration narrows, such as the choice among several instance types.
    """

    least: int | None
    most: int | None
    working: str = ""
    gaps: tuple[Unknown, ...] = ()

    @classmethod
    def known(cls, value: int, working: str = "") -> Estimate:
        """Return a number that is certain."""
        return cls(value, value, working or str(value))

    @classmethod
    def of(cls, figure: Figure) -> Estimate:
        """Return a sum that is certain."""
        return cls(figure.value, figure.value, figure.working)

    @classmethod
    def unknown(cls, gap: Unknown, *, least: int | None = 0, most: int | None = None) -> Estimate:
        """Return a number of which no more is known than bounds, and why."""
        return cls(least, most, "", (gap,))

    @property
    def value(self) -> int | None:
        """Return the number if it is certain."""
        return self.least if self.least == self.most else None

    @property
    def at_least(self) -> int:
        """Return the least that a number of things can be: 0 where there is no bound."""
        return self.least or 0

    @property
    def is_zero(self) -> bool:
        """Return whether the number is certainly 0."""
        return self.least == 0 and self.most == 0

    def plus(self, other: Estimate) -> Estimate:
        """Return the sum of two numbers."""
        if other.is_zero and not other.gaps:
            return self
        return Estimate(
            _both(self.least, other.least, int.__add__),
            _both(self.most, other.most, int.__add__),
            "",
            _union(self.gaps, other.gaps),
        )

    def minus(self, other: Estimate) -> Estimate:
        """Return the difference of two numbers, which may be below 0."""
        return Estimate(
            _both(self.least, other.most, int.__sub__),
            _both(self.most, other.least, int.__sub__),
            "",
            _union(self.gaps, other.gaps),
        )

    def times(self, other: Estimate) -> Estimate:
        """Return the product of two numbers, neither of which can be below 0."""
        if self.is_zero or other.is_zero:
            return Estimate.known(0)
        return Estimate(
            self.at_least * other.at_least,
            _both(self.most, other.most, int.__mul__),
            "",
            _union(self.gaps, other.gaps),
        )

    def without_bound_below(self, least: int, *gaps: Unknown) -> Estimate:
        """Return the number if it may also be as small as `least`, for the reasons given."""
        low = None if self.least is None else min(self.least, least)
        return Estimate(low, self.most, self.working, _union(self.gaps, gaps))

    def because(self, working: str) -> Estimate:
        """Return the same number with its sum."""
        return Estimate(self.least, self.most, working, self.gaps)


NONE = Estimate(0, 0, "0")
"""Nothing, for certain."""


def total(estimates: Sequence[Estimate]) -> Estimate:
    """Return the sum of all; 0 if there are none."""
    result = Estimate.known(0)
    for estimate in estimates:
        result = result.plus(estimate)
    return result


def either(estimates: Sequence[Estimate], working: str = "", *gaps: Unknown) -> Estimate:
    """Return what is known of a number that is one of several (at least one), for the reasons given."""
    least = _if_all_known(min, [estimate.least for estimate in estimates])
    most = _if_all_known(max, [estimate.most for estimate in estimates])
    workings = {estimate.working for estimate in estimates}
    shown = workings.pop() if len(workings) == 1 else working
    return Estimate(least, most, shown, _union(*(estimate.gaps for estimate in estimates), gaps))


def _if_all_known(choose: Callable[[Iterable[int]], int], bounds: Sequence[int | None]) -> int | None:
    known = [bound for bound in bounds if bound is not None]
    return choose(known) if len(known) == len(bounds) else None


class LoadState(Enum):
    """How many pods run on the nodes: none, one on each, as many as are expected, as many as kubelet accepts."""

    IDLE = "idle"
    ONE_POD = "one_pod"
    EXPECTED = "expected"
    SATURATED = "saturated"


@dataclass(frozen=True, slots=True)
class Loads:
    """One number for each state of load."""

    idle: Estimate
    one_pod: Estimate
    expected: Estimate
    saturated: Estimate

    @classmethod
    def each(cls, number: Callable[[LoadState], Estimate]) -> Loads:
        """Return what `number` says of each state."""
        return cls(*map(number, LoadState))

    def of(self, state: LoadState) -> Estimate:
        """Return the number for a state."""
        number: Estimate = getattr(self, state.value)
        return number

    def __iter__(self) -> Iterator[tuple[LoadState, Estimate]]:
        """Iterate over the states with their numbers."""
        return ((state, self.of(state)) for state in LoadState)


def _both(one: int | None, other: int | None, combine: Callable[[int, int], int]) -> int | None:
    return None if one is None or other is None else combine(one, other)


def _union(*gaps: Sequence[Unknown]) -> tuple[Unknown, ...]:
    return tuple(dict.fromkeys(gap for several in gaps for gap in several))
