"""Forgetting: copies of a World in which one thing is known no more, for the properties of knowledge."""

from __future__ import annotations

import pkgutil
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from importlib import import_module

import podroom.model
from podroom.model.world import (
    Cluster,
    CniSettings,
    IgnoredArgument,
    KarpenterKubelet,
    NodeClass,
    NodeGroup,
    NodePool,
    UserData,
)
from podroom.positions import Document, Span
from podroom.values import Known, Members, OneOf, Unknown

NOWHERE = Span(Document("nowhere.tf", "unknown"), 0, 7)
FORGOTTEN = Unknown("it was forgotten for this test", NOWHERE)

Reading = tuple[int, str]
"""A field of a part of a World: the id of the part, and the name."""

_ROOM = [import_module(f"podroom.model.{module.name}") for module in pkgutil.iter_modules(podroom.model.__path__)]
_RECORDS = [
    record
    for module in _ROOM
    for record in vars(module).values()
    if isinstance(record, type) and is_dataclass(record) and record.__module__ == module.__name__
]


@contextmanager
def noted_reading() -> Iterator[set[Reading]]:
    """Note which fields of the parts of a World are read meanwhile, by the id of the part and the name."""
    read: set[Reading] = set()

    def noted(part: object, name: str) -> object:
        read.add((id(part), name))
        return object.__getattribute__(part, name)

    for record in _RECORDS:
        record.__getattribute__ = noted  # type: ignore[method-assign,assignment] # taken away below
    try:
        yield read
    finally:
        for record in _RECORDS:
            del record.__getattribute__


def degraded(item: object, read: Container[Reading] | None = None) -> Iterator[object]:
    """Iterate over copies of `item` in which exactly one thing is known no more.

    What is in fields that are not among those `read` is left as it is: nobody would notice.
    """
    return (copy for copy, _ in degraded_where(item, read))


def degraded_where(item: object, read: Container[Reading] | None = None) -> Iterator[tuple[object, Reading | None]]:
    """Iterate over the same copies, each with the innermost field of a part of the World that holds the change.

    Who does not read that field cannot notice; None says that the change is not in a field but of `item` itself.
    """
    if isinstance(item, (Known, OneOf)):
        yield FORGOTTEN, None
    elif isinstance(item, Members):
        yield Members((), (FORGOTTEN,)), None
        for items, where in _degraded_tuple(item.items, read):
            yield replace(item, items=items), where
        for position in range(len(item.items)):
            yield Members(item.items[:position] + item.items[position + 1 :], (*item.missing, FORGOTTEN)), None
    elif isinstance(item, tuple):
        yield from _degraded_tuple(item, read)
    elif is_dataclass(item) and not isinstance(item, (Span, Unknown, type)):
        for copy in _less_than(item):
            yield copy, None
        for field in fields(item):
            here = (id(item), field.name) if type(item) in _RECORDS else None
            if read is not None and here is not None and here not in read:
                continue
            for copy, where in degraded_where(getattr(item, field.name), read):
                yield replace(item, **{field.name: copy}), where or here


def _less_than(item: object) -> Iterator[object]:
    """Iterate over copies of a part that has a field of its own for what is not known of it."""
    if isinstance(item, UserData):
        yield replace(item, fixed=(), use_max_pods=(), expressions=(), gaps=(FORGOTTEN,))
    elif isinstance(item, NodeGroup):
        yield replace(item, launch_template=None, launch_template_missing=FORGOTTEN)
        yield replace(item, uncertain=FORGOTTEN)
    elif isinstance(item, CniSettings):
        yield replace(item, environment=(), missing=FORGOTTEN)
        yield replace(item, not_installed=FORGOTTEN)
    elif isinstance(item, (NodePool, NodeClass)):
        yield replace(item, kubelet=KarpenterKubelet(item.span, missing=FORGOTTEN))
        yield replace(item, uncertain=FORGOTTEN)
    elif isinstance(item, KarpenterKubelet):
        yield KarpenterKubelet(item.span, missing=FORGOTTEN)
    elif isinstance(item, IgnoredArgument):
        yield replace(item, uncertain=FORGOTTEN)
    elif isinstance(item, Cluster):
        yield replace(item, karpenter=None)


def _degraded_tuple(
    items: tuple[object, ...], read: Container[Reading] | None
) -> Iterator[tuple[tuple[object, ...], Reading | None]]:
    for position, member in enumerate(items):
        for copy, where in degraded_where(member, read):
            yield (*items[:position], copy, *items[position + 1 :]), where
