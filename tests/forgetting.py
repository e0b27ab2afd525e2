"""Forgetting: copies of a World in which one thing is known no more, for the properties of knowledge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

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


def degraded(item: object) -> Iterator[object]:
    """Iterate over copies of `item` in which exactly one thing is known no more."""
    if isinstance(item, (Known, OneOf)):
        yield FORGOTTEN
    elif isinstance(item, Members):
        yield Members((), (FORGOTTEN,))
        for items in _degraded_tuple(item.items):
            yield replace(item, items=items)
        for position in range(len(item.items)):
            yield Members(item.items[:position] + item.items[position + 1 :], (*item.missing, FORGOTTEN))
    elif isinstance(item, tuple):
        yield from _degraded_tuple(item)
    elif is_dataclass(item) and not isinstance(item, (Span, Unknown, type)):
        yield from _less_than(item)
        for field in fields(item):
            for copy in degraded(getattr(item, field.name)):
                yield replace(item, **{field.name: copy})


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


def _degraded_tuple(items: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
    for position, member in enumerate(items):
        for copy in degraded(member):
            yield (*items[:position], copy, *items[position + 1 :])
