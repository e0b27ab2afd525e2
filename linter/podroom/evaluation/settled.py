"""What is known beside the configuration: a plan's values fill what the configuration leaves open.

Whatever the configuration knows stays as it is, with its place, and so does every reference from one resource to
another.  Values that are there in both and differ are told once: then the plan is not of this configuration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import is_
from typing import Protocol

from podroom.evaluation.terms import (
    NULL,
    Choice,
    Encoded,
    Failed,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    PartialStr,
    SetTerm,
    Sym,
    SymbolicKey,
    Term,
    TupleTerm,
    wholly_known,
)
from podroom.evaluation.types import DYNAMIC, STRING, ListType
from podroom.sources.plan_values import Calls, Drift, Hidden, Key, RecordedValue, ResourceId

_LONG = 60


class Settled(Protocol):
    """Knows values by address: a plan, a state, or what was found in the account."""

    @property
    def source(self) -> str:
        """Return what to call it, such as the path of the plan."""

    @property
    def plans(self) -> bool:
        """Return whether it was made of a configuration, so that another value there is a contradiction."""

    @property
    def variables(self) -> Mapping[str, RecordedValue]:
        """Return the values of root variables."""

    def values(self, address: str) -> Mapping[str, RecordedValue] | None:
        """Return the attributes of a resource instance, None if there is nothing about it."""

    def keys(self, calls: Calls, block: str) -> tuple[Key, ...] | None:
        """Return the instance keys of `aws_subnet.a`, `data.aws_subnet.a` or `module.a` in a module, if they are known.

        `calls` lead to the module instance, each with its key.
        """

    def drift(self, address: str) -> Drift | None:
        """Return how a resource instance was found, where that is not as Terraform left it."""

    def removes(self, address: str) -> bool:
        """Return whether a plan deletes a resource instance that is there."""

    def owner(self, identity: str) -> str | None:
        """Return the address of the resource that has an id, None if there is none."""


def term_of(value: RecordedValue, name: str, settled: Settled) -> Term:
    """Return a value as expressions have it; `name` is its address, ids of resources become references to them."""
    if value is None:
        return NULL
    if isinstance(value, Hidden):
        return Sym(DYNAMIC, f"{name} {value.why}", (name, *value.hangs_on), name)
    if isinstance(value, ResourceId):
        shown = f"{value.address}.{value.attribute}"
        why = "is known only after apply" if value.known is None else f"is {value.known}"
        return Sym(
            STRING,
            f"{shown} {why}",
            (shown,),
            shown,
            value.address,
            value.attribute,
            nonnull=True,
            filled=True,
        )
    if isinstance(value, str):
        owner = settled.owner(value)
        if owner is None:
            return value
        return term_of(ResourceId(owner, "id", value), name, settled)
    if isinstance(value, list):
        items = [term_of(item, f"{name}[{at}]", settled) for at, item in enumerate(value)]
        texts = bool(value) and all(isinstance(item, str) for item in value)
        return ListTerm(STRING, items) if texts else TupleTerm(items)
    if isinstance(value, dict):
        return ObjectTerm({key: term_of(item, f"{name}.{key}", settled) for key, item in value.items()})
    return value


def is_unset(value: RecordedValue) -> bool:
    """Return whether a value is what providers hold for something that nobody set."""
    return value is None or value in ("", [], {})


def filled(written: Term, value: RecordedValue, name: str, settled: Settled) -> Term:
    """Return a value of the configuration with what is known of it beside."""
    if isinstance(value, Hidden) or wholly_known(written) or _is_reference(written) or _is_long_text(written):
        return written
    if isinstance(written, Choice):
        fitting = [option for option in written.options if not isinstance(option, Failed) and agrees(option, value)]
        return filled(fitting[0], value, name, settled) if len(fitting) == 1 else _whole(written, value, name, settled)
    if isinstance(value, list) and isinstance(written, TupleTerm | ListTerm) and len(written.items) == len(value):
        pairs = enumerate(zip(written.items, value, strict=True))
        items = [filled(term, item, f"{name}[{at}]", settled) for at, (term, item) in pairs]
        if not written.rest and all(map(is_, items, written.items)):
            return written
        return TupleTerm(items) if isinstance(written, TupleTerm) else ListTerm(written.element, items)
    if isinstance(value, dict) and isinstance(written, MapTerm | ObjectTerm):
        entries = {key: term_of(item, f"{name}.{key}", settled) for key, item in value.items()}
        if not written.rest and not any(isinstance(key, SymbolicKey) for key in written.entries):
            entries = dict(written.entries)
        for key in entries.keys() & written.entries.keys() & value.keys():
            entries[key] = filled(written.entries[key], value[key], f"{name}.{key}", settled)
        return ObjectTerm(entries) if isinstance(written, ObjectTerm) else MapTerm(written.element, entries)
    if isinstance(value, list) and isinstance(written, SetTerm) and not written.rest:
        # A set has no order, so nothing says which is which: references stay.
        return written
    return _whole(written, value, name, settled)


def agrees(written: Term, value: RecordedValue) -> bool:
    """Return whether a value of the configuration may be this one."""
    if isinstance(value, Hidden) or isinstance(written, Sym | PartialStr | Encoded):
        return True
    if isinstance(written, Choice):
        return any(agrees(option, value) for option in written.options if not isinstance(option, Failed))
    if isinstance(written, Null):
        return is_unset(value)
    if isinstance(written, TupleTerm | ListTerm | SetTerm):
        return _members_agree(written, value)
    if isinstance(written, MapTerm | ObjectTerm):
        if not isinstance(value, dict):
            return len(written.entries) == 0 and is_unset(value)
        return all(agrees(term, value[key]) for key, term in written.entries.items() if key in value)
    if isinstance(written, str | bool | int | Decimal):
        return value is None or (not isinstance(value, list | dict) and _text(written) == _text(value))
    return True


def _members_agree(written: TupleTerm | ListTerm | SetTerm, value: RecordedValue) -> bool:
    if not isinstance(value, list):
        return is_unset(value)
    if written.rest:
        return len(written.items) <= len(value)
    if len(written.items) != len(value):
        return not written.items
    if all(agrees(term, item) for term, item in zip(written.items, value, strict=True)):
        return True
    remaining = list(value)  # the provider may call a set what the configuration calls a list
    for term in written.items:
        found = next((item for item in remaining if agrees(term, item)), None)
        if found is None:
            return False
        remaining.remove(found)
    return True


def contradicts(written: Term, value: RecordedValue) -> bool:
    """Return whether the configuration is sure of something else.

    Long texts are left out: the same thing may be written in another way, such as the parts of user data.
    """
    long = isinstance(written, str) and (len(written) > _LONG or "\n" in written)
    return not (long or isinstance(written, Null)) and wholly_known(written) and not agrees(written, value)


def part_of(term: Term, steps: Sequence[str | int]) -> Term | None:
    """Return the part of a value that steps lead to, None if there is none."""
    for step in steps:
        found: Term | None = None
        if isinstance(term, TupleTerm | ListTerm) and isinstance(step, int) and step < len(term.items):
            found = term.items[step]
        elif isinstance(term, MapTerm | ObjectTerm) and isinstance(step, str):
            found = term.entries.get(step)
        if found is None:
            return None
        term = found
    return term


def shown(value: Term | RecordedValue) -> str:
    """Return a scalar for a message, else what it is."""
    if isinstance(value, str | bool | int | Decimal):
        text = _text(value)
        return text if len(text) <= _LONG and "\n" not in text else "another text"
    return "another value"


def _text(value: Term | RecordedValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_reference(term: Term) -> bool:
    """Return whether a value stands for a resource: a reference to one says more than the text that it will have."""
    return isinstance(term, Sym) and term.is_own and term.is_identity


def _is_long_text(term: Term) -> bool:
    """Return whether a text with holes is worth more than the text without them: its lines have their places."""
    if isinstance(term, Encoded):
        return term.kind not in {"json", "yaml"}
    return isinstance(term, PartialStr) and any(isinstance(part, str) and "\n" in part for part in term.parts)


def _whole(written: Term, value: RecordedValue, name: str, settled: Settled) -> Term:
    """Return a value that the configuration does not have the shape of, the unknowns in it by their names there."""
    if isinstance(value, list) and value and all(isinstance(item, Hidden) for item in value):
        if isinstance(written, TupleTerm | ListTerm) and written.items:
            return written
        if isinstance(written, Sym) and written.name:
            kind = written.type if isinstance(written.type, ListType) else DYNAMIC
            members = [written.member(f"[{at}]") for at in range(len(value))]
            return ListTerm(kind.element, members) if isinstance(kind, ListType) else TupleTerm(members)
        if isinstance(written, Sym | Choice):
            return written
    return term_of(value, name, settled)
