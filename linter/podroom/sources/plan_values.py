"""Values as plans and states of Terraform hold them, and what they say of one resource instance.

What a plan does not know yet, and what is sensitive, is `Hidden` from the moment that a file is read: nothing later
could print it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from podroom.errors import InputError
from podroom.records import dataclass, field

MOST_LEVELS = 100

Key: TypeAlias = "str | int | None"
Calls: TypeAlias = "tuple[tuple[str, Key], ...]"
"""The module calls that lead to a module instance, from the outside in, each with the key of its instance."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value that is there but is not told; `why` goes on from its address: "is sensitive".

    `hangs_on` are the attributes of resources that it is surely made from, where that is known.
    """

    why: str
    hangs_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceId:
    """What a resource will be called or is called: its attribute `attribute`, known (`known`) or not yet."""

    address: str
    attribute: str
    known: str | None = None


UNKNOWN = Hidden("is known only after apply")
NOT_READ = Hidden(
    "has its value in the plan file, in a form that only Terraform reads: give with --plan what `terraform show -json` "
    "prints of it"
)
HASHED = Hidden("is kept as a hash only")
SENSITIVE = Hidden("is sensitive, so podroom does not keep it")
FORGOTTEN = ("forget",)
"""The action that leaves what is there as it is, without Terraform."""

RecordedValue: TypeAlias = (
    "bool | int | Decimal | str | Hidden | ResourceId | list[RecordedValue] | dict[str, RecordedValue] | None"
)


@dataclass(frozen=True, slots=True)
class Instance:
    """One resource instance of a plan or a state, under the address that Terraform gives it.

    `key` is that of its `count` or `for_each`; `calls` are the modules that it is in, from the outside in, each with
    its key.  `actions` say what the plan does with it, in the words of the JSON format; none for what it only holds.
    `withheld` says that its values were not taken, as nothing says which of them are sensitive.
    """

    address: str
    mode: str
    type: str
    name: str
    key: Key
    calls: Calls
    values: Mapping[str, RecordedValue]
    actions: tuple[str, ...] = ()
    withheld: bool = False

    @property
    def block(self) -> str:
        """Return what its block is called in its module: `aws_subnet.private`, `data.aws_subnet.a`."""
        return f"{'' if self.mode == 'managed' else f'{self.mode}.'}{self.type}.{self.name}"


@dataclass(frozen=True, slots=True)
class Drift:
    """What a plan found on one resource instance (`live`) where Terraform had left something else (`recorded`).

    `planned` is what the plan makes of it, as far as that is told: what was found, where the configuration says the
    same by now.  Terraform goes on to tell of such a difference until something is applied.
    """

    recorded: Mapping[str, RecordedValue]
    live: Mapping[str, RecordedValue]
    planned: Mapping[str, RecordedValue] = field(default_factory=dict)

    @property
    def declared(self) -> dict[str, RecordedValue]:
        """Return what the configuration says: what is planned or, where that is not told, what Terraform had left."""
        told = {name: value for name, value in self.planned.items() if not holds_hidden(value)}
        return {**self.recorded, **told}


def holds_hidden(value: RecordedValue) -> bool:
    """Return whether a value, or a part of it, is not told."""
    pending: list[RecordedValue] = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Hidden):
            return True
        pending += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return False


def masked(value: object, unknown: object, sensitive: object, level: int = 0) -> RecordedValue:
    """Return a JSON value without what `unknown` and `sensitive` mark.

    Both have the shape of the value as far as it is needed to say where something is marked, and true there.
    Source: https://developer.hashicorp.com/terraform/internals/json-format#change-representation
    """
    if level > MOST_LEVELS:
        raise InputError("its values are nested more deeply than podroom follows")
    if sensitive is True:
        return SENSITIVE
    if unknown is True:
        return UNKNOWN
    if isinstance(value, dict):
        names = [*value, *(name for name in _entries(unknown) if name not in value)]
        return {
            name: masked(value.get(name), _entries(unknown).get(name), _entries(sensitive).get(name), level + 1)
            for name in names
        }
    if isinstance(value, list):
        return [masked(item, _member(unknown, at), _member(sensitive, at), level + 1) for at, item in enumerate(value)]
    if _marks(sensitive):
        return SENSITIVE
    if _marks(unknown):
        return UNKNOWN
    return value if isinstance(value, str | bool | int | Decimal) else None


def _entries(mask: object) -> dict[str, object]:
    return mask if isinstance(mask, dict) else {}


def _member(mask: object, at: int) -> object:
    return mask[at] if isinstance(mask, list) and at < len(mask) else None


def _marks(mask: object) -> bool:
    pending = [mask]
    while pending:
        one = pending.pop()
        if one is True:
            return True
        pending += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return False
