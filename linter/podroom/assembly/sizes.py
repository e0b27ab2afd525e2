"""How many nodes a group can have, whoever says it."""

from __future__ import annotations

from podroom.catalog.group_sizes import LARGEST_SIZE
from podroom.positions import Span
from podroom.values import Known, OneOf, Unknown, Value

_LONGEST = 10**15


def possible_size(size: Value[int], name: str, place: Span) -> Value[int]:
    """Return a number of nodes; one that no group can have is not known, so that nothing is computed with it."""
    numbers = (size.value,) if isinstance(size, Known) else size.values if isinstance(size, OneOf) else ()
    for number in numbers:
        if number < 0:
            return Unknown(f"{name} is {number}, which is no number of nodes", place)
        if number > LARGEST_SIZE:
            return Unknown(f"{name} is {_shown(number)}, and no group has more than {LARGEST_SIZE:,} nodes", place)
    return size


def _shown(number: int) -> str:
    """Return a number for a person, of a very long one how large it is."""
    return f"{number:,}" if number < _LONGEST else f"above {_LONGEST:,}"
