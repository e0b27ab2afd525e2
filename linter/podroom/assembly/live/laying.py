"""A World and what was listed -> the World with what is there beside what is declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from podroom.assembly.live.clusters import with_live_clusters
from podroom.assembly.live.groups import with_live_groups
from podroom.assembly.live.named_templates import with_named_templates
from podroom.assembly.live.selecting import with_live_selections
from podroom.assembly.live.subnets import with_live_subnets
from podroom.model.world import Notice, World
from podroom.positions import Span
from podroom.records import replace
from podroom.sources.live.records import Live
from podroom.values import Unknown


def with_live(world: World, live: Live, ids: Mapping[str, str], unresolved: Sequence[Unknown], *, alone: bool) -> World:
    """Return a World with what was listed of its parts, and notices of what that does not tell.

    `ids` are those of what it makes and finds, `alone` says that no other World of the run has a cluster.
    """
    world = with_live_clusters(with_live_selections(world, live, ids), live, alone=alone)
    world = with_live_groups(with_named_templates(with_live_subnets(world, live, ids), live), live, ids)
    told = [Notice(one.reason, one.origin) for one in unresolved if isinstance(one.origin, Span)]
    return replace(world, notices=(*world.notices, *told))
