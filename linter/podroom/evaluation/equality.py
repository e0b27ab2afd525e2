"""When two terms are the same: surely, surely not, or unknown before deployment."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Decimal
from typing import TypeGuard

from podroom.evaluation import numbers
from podroom.evaluation.terms import (
    Choice,
    Encoded,
    LazyObject,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    PartialStr,
    SelectedWorkspace,
    SetTerm,
    Sym,
    SymbolicKey,
    Term,
    TupleTerm,
    is_number,
    type_of,
)
from podroom.evaluation.types import BOOL, DYNAMIC, NUMBER, STRING, Type, has_dynamic

_IDENTITIES = frozenset({"id", "arn"})


def fingerprint(term: Term) -> Hashable:
    """Return a key that two terms share only if they are surely the same.

    An unknown is the same as itself only; a computed unknown, which has no name, not even as a copy.
    """
    if isinstance(term, str):
        return term
    if isinstance(term, bool):
        return ("bool", term)
    if isinstance(term, int):
        return ("number", term)
    if isinstance(term, Decimal):
        return ("number", numbers.rounded(term))
    if isinstance(term, Null):
        return ("null",)
    if isinstance(term, Sym):
        return ("symbol", term.name or id(term), term.type)
    if isinstance(term, PartialStr):
        return ("text", tuple(map(fingerprint, term.parts)))
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        rest = tuple(map(fingerprint, term.rest))
        return (type(term).__name__, rest, tuple(map(fingerprint, term.items)))
    if isinstance(term, MapTerm | ObjectTerm):
        rest = tuple(map(fingerprint, term.rest))
        return (type(term).__name__, rest, tuple((key, fingerprint(value)) for key, value in term.entries.items()))
    if isinstance(term, LazyObject):
        return ("object", term.address)
    return ("term", id(term))


def distinct(items: Iterable[Term]) -> list[Term]:
    """Return the items without those that are surely the same as an earlier one."""
    first: dict[Hashable, Term] = {}
    for item in items:
        first.setdefault(fingerprint(item), item)
    return list(first.values())


def equals(left: Term, right: Term) -> bool | None:
    """Return whether two terms without choices are equal, None if that is not known."""
    if isinstance(left, Null) or isinstance(right, Null):
        return _equals_null(left, right)
    if _has_text(left) and _has_text(right):
        return _equals_text(left, right)
    if isinstance(left, Sym) or isinstance(right, Sym):
        return _equals_symbol(left, right)
    if isinstance(left, LazyObject) and isinstance(right, LazyObject):
        return True if left.address == right.address else None
    if isinstance(left, Choice | LazyObject) or isinstance(right, Choice | LazyObject):
        return None
    if is_number(left) and is_number(right):
        return numbers.equal(left, right)  # type: ignore[arg-type]  # is_number cannot narrow: bool is an int
    if isinstance(left, bool) and isinstance(right, bool):
        return left is right
    return _equals_collection(left, right)


def note_comparison(left: Term, right: Term) -> None:
    """Keep that the configuration tells a text from other workspaces, where one of two terms is the workspace."""
    for one, text in ((left, right), (right, left)):
        if isinstance(one, SelectedWorkspace) and isinstance(text, str):
            one.told_apart[str(text)] = None


def _has_text(term: Term) -> TypeGuard[str | PartialStr | Encoded]:
    return isinstance(term, str | PartialStr | Encoded)


def _equals_null(left: Term, right: Term) -> bool | None:
    other = right if isinstance(left, Null) else left
    if isinstance(other, Null):
        return True
    if isinstance(other, Sym) and not other.nonnull:
        return None
    return None if isinstance(other, Choice) else False


def _equals_symbol(left: Term, right: Term) -> bool | None:
    for one, text in ((left, right), (right, left)):
        if isinstance(one, Sym) and one.type is STRING and isinstance(text, PartialStr):
            return False if _differ_in_text((one,), text.parts) else None
    if isinstance(left, Sym) and isinstance(right, Sym):
        if left.name and left.name == right.name and left.type == right.type:
            return True
        if left.owner and right.owner and left.attribute == right.attribute and left.attribute in _IDENTITIES:
            return False
    symbol, other = (left, right) if isinstance(left, Sym) else (right, left)
    if isinstance(symbol, Sym) and symbol.filled and other == "" and isinstance(other, str):
        return False
    if isinstance(symbol, SelectedWorkspace) and isinstance(other, str) and other in symbol.others:
        return False
    return False if _differ(type_of(left), type_of(right)) else None


def _differ(left: Type, right: Type) -> bool:
    if left is DYNAMIC or right is DYNAMIC:
        return False
    if left in {STRING, NUMBER, BOOL} or right in {STRING, NUMBER, BOOL}:
        return left != right
    if type(left) is not type(right):
        return True
    return left != right and not has_dynamic(left) and not has_dynamic(right)


def _equals_text(left: str | PartialStr | Encoded, right: str | PartialStr | Encoded) -> bool | None:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, Encoded) or isinstance(right, Encoded):
        return None
    if fingerprint(left) == fingerprint(right):
        return True
    head_left, head_right = _edge(left, 0), _edge(right, 0)
    tail_left, tail_right = _edge(left, -1), _edge(right, -1)
    if not (head_left.startswith(head_right) or head_right.startswith(head_left)):
        return False
    if not (tail_left.endswith(tail_right) or tail_right.endswith(tail_left)):
        return False
    for known, other in ((left, right), (right, left)):
        if isinstance(known, str) and isinstance(other, PartialStr) and len(known) < literal_length(other):
            return False
    parts = [text.parts if isinstance(text, PartialStr) else (text,) for text in (left, right)]
    return False if _differ_in_text(*parts) else None


def _differ_in_text(left: tuple[str | Sym, ...], right: tuple[str | Sym, ...]) -> bool:
    """Return whether two texts with the same unknowns surely differ: in length, or in text at the same places."""
    unknowns = [sorted(str(fingerprint(part)) for part in parts if isinstance(part, Sym)) for parts in (left, right)]
    if unknowns[0] != unknowns[1]:
        return False
    shapes = [[len(part) if isinstance(part, str) else fingerprint(part) for part in parts] for parts in (left, right)]
    lengths = [sum(size for size in shape if isinstance(size, int)) for shape in shapes]
    return lengths[0] != lengths[1] or (shapes[0] == shapes[1] and left != right)


def _edge(text: str | PartialStr, index: int) -> str:
    if isinstance(text, str):
        return text
    part = text.parts[index]
    return part if isinstance(part, str) else ""


def literal_length(text: PartialStr) -> int:
    """Return the number of characters that a text has for sure."""
    return sum(len(part) if isinstance(part, str) else part.filled for part in text.parts)


def _equals_collection(left: Term, right: Term) -> bool | None:
    if isinstance(left, TupleTerm | ListTerm | SetTerm) and type(left) is type(right):
        assert isinstance(right, TupleTerm | ListTerm | SetTerm)  # noqa: S101 - tells the type checker what `type is` says
        if isinstance(left, SetTerm):
            return _equals_set(left, right)
        if not left.rest and not right.rest and len(left.items) != len(right.items):
            return False
        return (
            _all(equals(*pair) for pair in zip(left.items, right.items, strict=False))
            if not (left.rest or right.rest)
            else None
        )
    if isinstance(left, MapTerm | ObjectTerm) and type(left) is type(right):
        assert isinstance(right, MapTerm | ObjectTerm)  # noqa: S101 - tells the type checker what `type is` says
        if left.rest or right.rest:
            return None
        if left.entries.keys() != right.entries.keys():
            unsure = any(isinstance(key, SymbolicKey) for key in (*left.entries, *right.entries))
            return None if unsure else False
        return _all(equals(value, right.entries[key]) for key, value in left.entries.items())
    return False


def _equals_set(left: SetTerm, right: TupleTerm | ListTerm | SetTerm) -> bool | None:
    keys = {fingerprint(item) for item in left.items}, {fingerprint(item) for item in right.items}
    if keys[0] == keys[1] and not left.rest and not right.rest:
        return True
    unsure = left.rest or right.rest or any(isinstance(item, Sym) for item in (*left.items, *right.items))
    return None if unsure else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    unsure = False
    for answer in answers:
        if answer is False:
            return False
        unsure = unsure or answer is None
    return None if unsure else True
