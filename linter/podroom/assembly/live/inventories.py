"""Inventories beside configurations: read once, laid over each World."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from podroom.assembly.live.clusters import of_no_cluster
from podroom.assembly.live.disagreements import disagreements
from podroom.assembly.live.laying import with_live
from podroom.assembly.live.resolving import Resolved, resolved
from podroom.assembly.live.unused import Beside, unused
from podroom.model.world import Notice
from podroom.records import replace
from podroom.sources.files import read_large
from podroom.sources.live.documents import LARGEST
from podroom.sources.live.reader import read_live

if TYPE_CHECKING:
    from podroom.evaluation.project import Module
    from podroom.model.world import World


class Inventories:
    """What is there, for all root modules of a run."""

    def __init__(self, paths: Sequence[str]) -> None:
        """Read the files; raises `InputError` for one that is no inventory."""
        self._live = read_live(read_large(path, LARGEST) for path in paths)
        self._known: dict[tuple[str, str | None], Resolved] = {}

    def resolve(self, module: Module, variant: str | None) -> Module:
        """Return a root module, taken with the variable files of a variant, in which data sources have found things."""
        found = self._known[module.directory, variant] = resolved(module, self._live)
        return found.module

    def laid(self, worlds: Sequence[World]) -> list[World]:
        """Return Worlds with what is there beside what is declared."""
        roots = {world.root for world in worlds if world.clusters}
        laid = [self._laid(world, alone=len(roots) == 1 and len(world.clusters) == 1) for world in worlds]
        first = next((at for at, world in enumerate(laid) if world.clusters), None)
        if first is not None and (len(roots) > 1 or len(laid[first].clusters) > 1):
            untold = of_no_cluster(laid[first], self._live)
            laid[first] = replace(laid[first], notices=(*laid[first].notices, *untold))
        known = self._known.values()
        found = frozenset(identity for one in known for identity in one.ids.values())
        beside = Beside(laid, found, unresolved=any(one.unresolved for one in known))
        return _told(laid, (*disagreements(self._live), *unused(beside, self._live)))

    def _laid(self, world: World, *, alone: bool) -> World:
        known = self._known.get((world.root, world.variant))
        if known is None:
            return with_live(world, self._live, {}, (), alone=alone)
        return with_live(world, self._live, known.ids, known.unresolved, alone=alone)


def _told(worlds: list[World], messages: Sequence[str]) -> list[World]:
    """Return Worlds of which the first that has any place says what is to be known of the inventory as a whole."""
    if not messages:
        return worlds
    for at, world in enumerate(worlds):
        places = [
            *(one.span for one in world.clusters),
            *(one.span for one in world.node_groups),
            *(one.span for one in world.subnets),
            *(one.span for one in world.lookups),
        ]
        if places:
            notices = tuple(Notice(message, places[0]) for message in messages)
            return [*worlds[:at], replace(world, notices=(*world.notices, *notices)), *worlds[at + 1 :]]
    return worlds
