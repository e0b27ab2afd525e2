"""What podroom knows of one thing that somebody wrote: the value, a few candidates, or why not.

Every leaf of the World is a `Value`.  Nothing is guessed: a rule asks with `need()`, and what is not
known raises `Undecidable`, which the engine reports as an undecided outcome.  Values refuse to be
compared or tested for truth, because `if value:` would silently read "unknown" as "yes".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, NoReturn, TypeAlias, TypeVar

from podroom.positions import Span
from podroom.records import dataclass

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Default:
    """The origin of a value that nobody wrote: who supplies it, and the document that says so."""

    supplier: str
    document: str

    def __str__(self) -> str:
        """Return the supplier, for a sentence such as "default of Amazon EKS"."""
        return f"default of {self.supplier}"


Origin: TypeAlias = Span | Default


class Undecidable(Exception):  # noqa: N818 - not an error: the honest answer when something is unknown
    """Raised when a judgement needs a value that is not known; carries what is missing."""

    def __init__(self, unknown: Unknown) -> None:
        """Remember the unknown that stands in the way."""
        super().__init__(unknown.reason)
        self.unknown = unknown


class _NoTruth:
    """Refuses truth tests and comparisons, which would guess where a value is unknown."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("a Value has no truth of its own: ask need() or candidates()")


@dataclass(frozen=True, slots=True)
class Known(_NoTruth, Generic[T_co]):
    """A value that is certain, with the place that it comes from."""

    value: T_co
    origin: Origin

    def need(self) -> T_co:
        """Return the value."""
        return self.value

    def candidates(self) -> tuple[T_co, ...]:
        """Return every value that is possible: this one."""
        return (self.value,)

    def map(self, change: Callable[[T_co], U]) -> Known[U]:
        """Return the same knowledge with `change` applied to the value."""
        return Known(change(self.value), self.origin)


@dataclass(frozen=True, slots=True)
class OneOf(_NoTruth, Generic[T_co]):
    """A value that is one of a few (2 to 8), `reason` saying what decides between them."""

    values: tuple[T_co, ...]
    reason: str
    origin: Origin
    refs: tuple[str, ...] = ()

    def need(self) -> NoReturn:
        """Raise `Undecidable`: which of the candidates holds is not known."""
        raise Undecidable(Unknown(self.reason, self.origin, self.refs))

    def candidates(self) -> tuple[T_co, ...]:
        """Return every value that is possible."""
        return self.values

    def map(self, change: Callable[[T_co], U]) -> Known[U] | OneOf[U]:
        """Return the candidates with `change` applied; candidates that become equal are one."""
        changed = tuple(dict.fromkeys(change(value) for value in self.values))
        if len(changed) == 1:
            return Known(changed[0], self.origin)
        return OneOf(changed, self.reason, self.origin, self.refs)


@dataclass(frozen=True, slots=True)
class Unknown(_NoTruth):
    """No value, and why: `reason` is a clause such as "var.instance_type has no value".

    `refs` are the Terraform references that it hangs on, for joining and for the hint.
    """

    reason: str
    origin: Origin
    refs: tuple[str, ...] = ()

    def need(self) -> NoReturn:
        """Raise `Undecidable` with this as the cause."""
        raise Undecidable(self)

    def candidates(self) -> NoReturn:
        """Raise `Undecidable`: not even the candidates are known."""
        raise Undecidable(self)

    def map(self, change: Callable[[object], object]) -> Unknown:  # noqa: ARG002 - same shape as Known.map
        """Return this unknown: nothing can be done to a value that is not there."""
        return self


Value: TypeAlias = Known[T] | OneOf[T] | Unknown


@dataclass(frozen=True, slots=True)
class Members(_NoTruth, Generic[T_co]):
    """A collection that says whether it is whole.

    `items` are the members that are known to exist; `missing` says why there may be more.  An empty
    tuple of items with something missing means "could not tell", never "none".
    """

    items: tuple[T_co, ...] = ()
    missing: tuple[Unknown, ...] = ()

    @property
    def complete(self) -> bool:
        """Return whether `items` is all there is."""
        return not self.missing

    def need(self) -> tuple[T_co, ...]:
        """Return all members; raise `Undecidable` if there may be more than are known."""
        if self.missing:
            raise Undecidable(self.missing[0])
        return self.items

    def __iter__(self) -> Iterator[T_co]:
        """Iterate over the members that are known to exist, whether or not they are all."""
        return iter(self.items)


_CAUSE = " is not known: "


def doubted(what: str, reason: str) -> str:
    """Return why something hangs on an unknown, given why that is unknown; what was doubted before is left out."""
    return f"{what}{_CAUSE}{cause_of(reason)}"


def cause_of(reason: str) -> str:
    """Return why something is unknown, without what hangs on it."""
    return reason.rpartition(_CAUSE)[2]


def place_of(origin: Origin, owner: Span) -> Span:
    """Return where a value is written, or the place of its owner if nobody wrote it."""
    return owner if isinstance(origin, Default) else origin


def first_unknown(*unknowns: Unknown | None) -> Unknown | None:
    """Return the first unknown of several that may be absent (`or` would ask a value for its truth)."""
    return next((unknown for unknown in unknowns if unknown is not None), None)
