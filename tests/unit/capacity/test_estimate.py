"""Numbers of which only a part is known: no sum is narrower than what is known of its parts."""

from __future__ import annotations

import itertools

import pytest

from podroom.capacity.estimate import NONE, Estimate, either, total
from podroom.positions import Document, Span
from podroom.values import Unknown

HERE = Span(Document("main.tf", "x"), 0, 1)
WHY, WHY_NOT = Unknown("nobody says why", HERE), Unknown("nobody says why not", HERE)
RANGES = [(0, 0), (0, 3), (2, 2), (2, 5), (0, None), (4, None)]


def members(bounds: tuple[int, int | None]) -> range:
    """Return numbers of a range, far enough to tell one without an end."""
    return range(bounds[0], 20 if bounds[1] is None else bounds[1] + 1)


def holds(estimate: Estimate, numbers: list[int], *, endless: bool) -> bool:
    """Return whether a range begins and ends with the least and the most of these numbers."""
    return (estimate.least, estimate.most) == (min(numbers), None if endless else max(numbers))


@pytest.mark.parametrize(("one", "other"), list(itertools.product(RANGES, repeat=2)))
def test_a_sum_holds_what_all_pairs_give_and_no_more(one: tuple[int, int | None], other: tuple[int, int | None]):
    pairs = list(itertools.product(members(one), members(other)))
    left, right = Estimate(*one, gaps=(WHY,)), Estimate(*other, gaps=(WHY_NOT,))
    endless = None in (one[1], other[1])

    assert holds(left.plus(right), [low + high for low, high in pairs], endless=endless)
    assert left.plus(right).gaps == (WHY, WHY_NOT)
    assert holds(either([left, right]), [*members(one), *members(other)], endless=endless)
    product = [low * high for low, high in pairs]
    assert holds(left.times(right), product, endless=endless and max(product) > 0)
    difference = left.minus(right)
    assert difference.least == (None if other[1] is None else min(low - high for low, high in pairs))
    assert difference.most == (None if one[1] is None else max(low - high for low, high in pairs))


def test_nothing_adds_nothing_to_a_sum_that_is_shown_but_its_doubt():
    three = Estimate.known(3, "1 + 2")
    assert three.plus(NONE) == three
    assert three.plus(Estimate(0, 0, gaps=(WHY,))) == Estimate(3, 3, gaps=(WHY,))
    assert total([three, Estimate.known(4)]) == Estimate(7, 7)
    assert total([]) == Estimate.known(0)


def test_a_number_that_is_one_of_several_shows_the_sum_that_they_share():
    three = Estimate.known(3, "1 + 2")
    assert either([three]).working == either([three, three], "it depends").working == "1 + 2"
    assert either([three, Estimate.known(3, "2 + 1")], "it depends").working == "it depends"


def test_a_number_shows_its_sum_or_itself():
    assert Estimate.known(3).working == "3"
    assert Estimate.known(3, "1 + 2").working == "1 + 2"


@pytest.mark.parametrize(("bounds", "zero"), [((0, 0), True), ((0, None), False), ((0, 1), False), ((-1, 0), False)])
def test_only_what_has_both_bounds_at_0_is_0(bounds: tuple[int, int | None], *, zero: bool):
    assert Estimate(*bounds).is_zero is zero


def test_what_has_no_lower_bound_gets_none():
    assert Estimate(None, 5).without_bound_below(0, WHY) == Estimate(None, 5, gaps=(WHY,))
    assert Estimate(4, 5).without_bound_below(2, WHY) == Estimate(2, 5, gaps=(WHY,))
    assert Estimate(1, 5).without_bound_below(2, WHY) == Estimate(1, 5, gaps=(WHY,))
    assert Estimate(None, 5).times(Estimate.known(2)) == Estimate(0, 10)
