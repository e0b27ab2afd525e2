"""What is known of the size of a group."""

from __future__ import annotations

from podroom.capacity.estimate import Estimate, either
from podroom.values import Known, OneOf, Unknown, Value


def size_estimate(size: Value[int]) -> Estimate:
    """Return what is known of the size of a group."""
    if isinstance(size, Known):
        return Estimate.known(size.value)
    gap = Unknown(size.reason, size.origin, size.refs)
    if isinstance(size, OneOf):
        return either([Estimate.known(value) for value in size.values], "", gap)
    return Estimate.unknown(gap)
