"""Parts of JSON that somebody else wrote: what has another shape than expected counts as empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def members(value: object) -> list[object]:
    """Return a list as it is, and nothing for everything else."""
    return value if isinstance(value, list) else []


def objects(value: object) -> Iterator[Mapping[str, object]]:
    """Iterate over the objects in a list."""
    return (one for one in members(value) if isinstance(one, dict))


def mapping(value: object) -> Mapping[str, object]:
    """Return an object as it is, and an empty one for everything else."""
    return value if isinstance(value, dict) else {}
