"""Files of an inventory of which nothing is used: a run beside them is no verdict on what they list."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from podroom.assembly.live.groups import fitting_groups
from podroom.assembly.live.names import name_of
from podroom.model.world import Notice, World
from podroom.records import dataclass
from podroom.sources.live.records import Listing, Live
from podroom.values import Known

_SHOWN = 3
_ARE = {
    Listing.GROUPS: ("Auto Scaling group", "of a node group"),
    Listing.NODE_GROUP: ("node group", "one"),
    Listing.CLUSTER: ("cluster", "one"),
    Listing.ADD_ON: ("add-on vpc-cni", "of a cluster"),
}
"""What is listed, and what one of them has to be here."""


@dataclass(frozen=True, slots=True)
class _Record:
    """One thing that a file lists, and whether something here is it."""

    source: str
    listing: Listing
    name: str
    fits: bool


def with_unused(worlds: Sequence[World], live: Live, found: Collection[str]) -> list[World]:
    """Return Worlds of which the first that has anything says of which files nothing is used.

    `found` are the ids of what data sources found.
    """
    told = list(worlds)
    for at, world in enumerate(told):
        places = [one.span for one in world.clusters] or [one.span for one in world.node_groups]
        if places:
            unused = tuple(Notice(message, places[0]) for message in _unused(worlds, live, found))
            told[at] = replace(world, notices=(*world.notices, *unused))
            break
    return told


def _unused(worlds: Sequence[World], live: Live, found: Collection[str]) -> Iterator[str]:
    records = list(_records(worlds, live, found))
    files = {source: listing for listing in _ARE for source in live.listed.get(listing, ())}
    for source, listing in files.items():
        mine = [one for one in records if one.source == source]
        several = sum(source in found for found in live.listed.values()) > 1
        if several or any(one.fits for one in mine):
            continue
        what, here = _ARE[listing]
        if mine:
            names = ", ".join([one.name for one in mine[:_SHOWN]] + ["..."] * (len(mine) > _SHOWN))
            why = f"no {what} that it lists ({names}) is known to be {here} here"
        elif source in live.empty:
            why = f"it lists no {what}"
        else:
            continue  # another file lists the same, or it is of another add-on
        cut = "; the list is not whole (NextToken)" if live.cut_off.get(listing) == source else ""
        yield f"nothing of {source} is used: {why}{cut}"


def _records(worlds: Sequence[World], live: Live, found: Collection[str]) -> Iterator[_Record]:
    called = [one.name for world in worlds for one in world.clusters]
    clusters = {name.value for name in called if isinstance(name, Known)}
    unnamed = any(not isinstance(name, Known) for name in called)
    here = {one.name for world in worlds for group in world.node_groups for one in fitting_groups(group, world, live)}
    for group in live.groups.values():
        tells = bool(live.nodes) and group.cluster in clusters  # which cluster its nodes are of
        yield _Record(group.source, Listing.GROUPS, group.name, group.name in here or tells)
    named = [name_of(group) for world in worlds for group in world.node_groups]
    for (cluster, name), node_group in live.node_groups.items():
        fits = cluster in clusters and any(one is not None and one.fits(name) for one in named)
        yield _Record(node_group.source, Listing.NODE_GROUP, f"{name} of {cluster}", fits)
    for listed in live.clusters.values():
        yield _Record(listed.source, Listing.CLUSTER, listed.name, listed.name in {*clusters, *found} or unnamed)
    for cni in live.cni:
        if cni.cluster:
            yield _Record(cni.source, Listing.ADD_ON, f"of {cni.cluster}", cni.cluster in clusters or unnamed)
