"""Parts of JSON that Terraform wrote: what is missing or null counts as empty, what has another shape is refused.

Taken as empty, a part of another shape would pass for one without faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn

from podroom.errors import InputError

_LONGEST = 100


def mapping(holder: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return the object under a name; raises `InputError` with a clause if it is something else."""
    value = holder.get(name)
    if value is None:
        return {}
    return value if isinstance(value, dict) else _refuse(holder, name, "is not an object")


def members(holder: Mapping[str, object], name: str) -> list[object]:
    """Return the list under a name; raises `InputError` with a clause if it is something else."""
    value = holder.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else _refuse(holder, name, "is not a list")


def objects(holder: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    """Iterate over the objects in the list under a name; raises `InputError` with a clause for anything else."""
    for one in members(holder, name):
        yield one if isinstance(one, dict) else _refuse(holder, name, "holds something that is no object")


def strings(holder: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return the texts in the list under a name; raises `InputError` with a clause for anything else."""
    several = members(holder, name)
    found = tuple(one for one in several if isinstance(one, str))
    return found if len(found) == len(several) else _refuse(holder, name, "holds something that is no text")


def string(holder: Mapping[str, object], name: str) -> str:
    """Return the text under a name; raises `InputError` with a clause if there is none."""
    value = holder.get(name)
    return value if isinstance(value, str) else _refuse(holder, name, "is not a text")


def _refuse(holder: Mapping[str, object], name: str, why: str) -> NoReturn:
    address = holder.get("address")
    whose = f"the {name} of {address[:_LONGEST]}" if isinstance(address, str) and name != "address" else f"its {name}"
    raise InputError(f"{whose} {why}")
