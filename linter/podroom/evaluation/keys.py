"""Keys of maps and objects that are not known before deployment."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from podroom.evaluation.equality import equals, fingerprint, note_comparison
from podroom.evaluation.failures import BeyondReach
from podroom.evaluation.terms import (
    MapTerm,
    ObjectTerm,
    PartialStr,
    Sym,
    SymbolicKey,
    Term,
    derived,
    key_term,
    type_of,
)
from podroom.evaluation.types import DYNAMIC
from podroom.values import doubted

MOST_COMPARISONS = 200_000


class Entries:
    """The entries of a map in the making, of which the last with a key counts.

    Where it hangs on an unknown whether two entries have the same key, the earlier one is kept, with an unknown value.
    """

    def __init__(self) -> None:
        """Make an empty map."""
        self.found: dict[str, Term] = {}
        self._names: dict[Hashable, SymbolicKey] = {}
        self._called: dict[str, int] = {}
        self._unsure: list[SymbolicKey] = []
        self._comparisons = 0

    def told_apart(self, key: str) -> str:
        """Return a key under another name than those of different unknowns that are called the same."""
        if not isinstance(key, SymbolicKey):
            return key
        identity = (str(key), fingerprint(key.symbol))
        name = self._names.get(identity)
        if name is None:
            name = key
            while name in self._called:
                self._called[key] += 1
                name = key.numbered(self._called[key])
            self._called[name] = 1
            self._names[identity] = name
        return name

    def put(self, key: str, value: Term) -> None:
        """Add an entry; it replaces one of the same key."""
        key = self.told_apart(key)
        others: Iterable[str] = self._unsure
        if isinstance(key, SymbolicKey) and not key.is_own:
            others = list(self.found)
            if key not in self.found:
                self._unsure.append(key)
        for other in others:
            self._comparisons += 1
            if self._comparisons > MOST_COMPARISONS:
                raise BeyondReach("the map has more keys that are not known than podroom follows")
            if other != key and may_be_same(other, key):
                self.found[other] = replaced(self.found[other], other, key)
        self.found.pop(key, None)
        self.found[key] = value

    def override(self, by: Sym) -> None:
        """Take every value as unknown, because an unknown map may replace it."""
        self.found = {key: derived(type_of(value), by, value, nonnull=False) for key, value in self.found.items()}


def may_be_same(left: str, right: str) -> bool:
    """Return whether it is open if two keys are the same; what belongs to a resource is taken to equal nothing else."""
    for key in (left, right):
        if isinstance(key, SymbolicKey) and key.is_own:
            return False
    return equals(key_term(left), key_term(right)) is None


def _may_be_text(key: SymbolicKey, text: str) -> bool:
    """Return whether it is open if a key is a text that somebody wrote.

    Nobody writes the id that a resource will have, but its zone or its name may well be written elsewhere too.
    """
    parts = key.symbol.parts if isinstance(key.symbol, PartialStr) else (key.symbol,)
    if any(isinstance(part, Sym) and part.is_own and part.is_identity for part in parts):
        return False
    return equals(key.symbol, text) is None


def replaced(value: Term, *keys: str) -> Sym:
    """Return what is left of a value that another of the same key may replace."""
    symbols = [key.symbol for key in keys if isinstance(key, SymbolicKey)]
    cause = derived(DYNAMIC, *symbols)
    reason = doubted("whether another entry has the same key", cause.reason)
    return derived(type_of(value), cause, value, reason=reason, nonnull=False)


def may_coincide(entries: Mapping[str, Term]) -> list[Sym | PartialStr]:
    """Return the unknown keys of some entries that may be the same as another."""
    unsure = [key for key in entries if isinstance(key, SymbolicKey) and not key.is_own]
    if len(unsure) * len(entries) > MOST_COMPARISONS:
        return [key.symbol for key in unsure]
    return [key.symbol for key in unsure if any(other != key and may_be_same(other, key) for other in entries)]


def find(term: MapTerm | ObjectTerm, key: Term) -> Term | None:
    """Return the entry of a key: an unknown where there may be one, None where no entry has surely this key."""
    if isinstance(key, Sym | PartialStr):
        identity = fingerprint(key)
        return next(
            (
                value
                for other, value in term.entries.items()
                if isinstance(other, SymbolicKey) and fingerprint(other.symbol) == identity
            ),
            None,
        )
    if not isinstance(key, str):
        return None
    if key in term.entries:
        return term.entries[key]
    doubts = [other.symbol for other in term.entries if isinstance(other, SymbolicKey) and _may_be_text(other, key)]
    return derived(DYNAMIC, *term.rest, *doubts, nonnull=False) if term.rest or doubts else None


def possible(term: MapTerm | ObjectTerm, key: Term) -> dict[str, Term]:
    """Return the entries that an unknown key may be the key of."""
    found = {}
    for other, value in term.entries.items():
        told = key_term(other)
        if equals(told, key) is not False:
            note_comparison(told, key)
            found[other] = value
    return found


def ordered(entries: Mapping[str, Term]) -> bool:
    """Return whether the order of some entries is known: no key is unknown, or all begin with the same unknown."""
    unknown = [key.symbol for key in entries if isinstance(key, SymbolicKey)]
    if not unknown or len(entries) == 1:
        return True
    begins = {fingerprint(key.parts[0]) if isinstance(key, PartialStr) else fingerprint(key) for key in unknown}
    literal = all(isinstance(part, str) for key in unknown if isinstance(key, PartialStr) for part in key.parts[1:])
    return len(unknown) == len(entries) and len(begins) == 1 and literal
