"""Subnets that data sources found, as a plan or state tells: those that the World names, and nothing here makes."""

from __future__ import annotations

from collections.abc import Mapping

from podroom.assembly.inventory import Inventory
from podroom.assembly.live.settled import LiveSettled
from podroom.assembly.live.subnet_uses import subnet_uses_in, with_renamed_subnets
from podroom.assembly.live.subnets import TAGS_THAT_MATTER
from podroom.evaluation.settled import Settled
from podroom.model.world import Subnet, World, Zone
from podroom.positions import Span
from podroom.records import replace
from podroom.sources.plan_values import Hidden, RecordedValue
from podroom.values import Known, Unknown


def with_found_subnets(world: World, inventory: Inventory, settled: Settled) -> World:
    """Return a World with the subnets that a plan or state says data sources have found, under their ids."""
    recorded = settled.beside if isinstance(settled, LiveSettled) else settled  # what was listed is laid beside later
    if recorded is None:
        return world
    found: dict[str, Subnet] = {}
    ids: dict[str, str] = {}
    for resource in inventory.resources("aws_subnet", mode="data"):
        values = recorded.values(resource.address) or {}
        identity = values.get("id")
        if isinstance(identity, str):
            ids[resource.address] = recorded.owner(identity) or identity
            found.setdefault(identity, _subnet(identity, values, resource.address, resource.span))
    if not found:
        return world
    made = {subnet.address for subnet in world.subnets}
    world = with_renamed_subnets(world, lambda name: ids.get(name, name))
    used = dict.fromkeys(use.subnet.value for use in subnet_uses_in(world) if isinstance(use.subnet, Known))
    more = [found[name] for name in used if name in found and name not in made]
    if any(isinstance(one.zone, Known) and one.zone.value.name is None for one in world.subnets):
        # Which of the zones without a name is one of those that were found, nobody can say.
        more = [replace(one, zone=Unknown(f"the zones of {_MADE} have no names yet", one.span)) for one in more]
    return replace(world, subnets=(*world.subnets, *more))


_MADE = "the subnets that are made here"


def _subnet(identity: str, values: Mapping[str, RecordedValue], address: str, span: Span) -> Subnet:
    def text(name: str) -> Known[str] | Unknown:
        value = values.get(name)
        if isinstance(value, str) and value:
            return Known(value, span)
        return Unknown(f"{address}.{name} {value.why if isinstance(value, Hidden) else 'is not told'}", span)

    zone, tags = text("availability_zone"), values.get("tags")
    told = tags if isinstance(tags, dict) else {}
    return Subnet(
        address=identity,
        span=span,
        cidr=text("cidr_block"),
        zone=zone.map(lambda name: Zone(name, name)) if isinstance(zone, Known) else zone,
        vpc=text("vpc_id"),
        tags=tuple(
            (name, Known(value, span))
            for name, value in told.items()
            if isinstance(value, str) and name.startswith(TAGS_THAT_MATTER)
        ),
        tags_missing=Unknown(f"{address}.tags {tags.why}", span) if isinstance(tags, Hidden) else None,
    )
