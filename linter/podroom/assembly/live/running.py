"""Nodes of a group that run, by subnet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from podroom.model.live import LeftInstances, Listed, Running, RunningNodes
from podroom.model.world import InstanceChoice, NodeGroup
from podroom.positions import Span
from podroom.sources.live.records import Listing, Live, LiveGroup
from podroom.values import Known, Members, Unknown


def running_nodes(group: LiveGroup, live: Live, addresses: Mapping[str, str], span: Span) -> Running:
    """Return the running nodes of an Auto Scaling group; `addresses` are those of subnets by their ids.

    Instances that were listed tell the subnet of each and what it holds of it.  Else the zones of the group's instances
    tell it, where the group has one subnet in each.
    """
    if group.untold:
        reason = f"several lists do not agree on the instances of {group.name}"
        return Running(Members((), (Unknown(reason, span),)))
    ours = [one for one in live.instances.values() if one.group == group.name]
    if ours and {one.id for one in group.instances} <= {one.id for one in ours}:
        origin = Listed(group.source, Listing.INSTANCES.value)
        held: Counter[str] = Counter()
        for one in ours:
            held.update({one.subnet: 0, **(one.addresses or {})})
        return Running(
            Members(
                tuple(
                    RunningNodes(
                        addresses.get(subnet, subnet),
                        Known(sum(one.subnet == subnet for one in ours), origin),
                        Known(number, origin),
                    )
                    for subnet, number in held.items()
                )
            )
        )
    return _by_zone(group, live, addresses, span)


def left_instances(
    found: LiveGroup, group: NodeGroup, types: Members[InstanceChoice], live: Live
) -> Iterator[LeftInstances]:
    """Yield the instances of a group that are of other types than it launches (`types`) and is declared with.

    None where these are not known, and none that kubectl listed as nodes, of which it tells more.
    """
    choices = (*types, *group.instance_types)
    known = {choice.type.value for choice in choices if isinstance(choice.type, Known)}
    if (
        types.missing
        or group.instance_types.missing
        or len(choices) != sum(isinstance(one.type, Known) for one in choices)
    ):
        return
    nodes = {one.instance for one in live.nodes.values()}
    running = [*found.instances, *(one for one in live.instances.values() if one.group == found.name)]
    several: dict[str, dict[str, None]] = {}
    for one in running:
        if one.type and one.type not in known and one.id not in nodes:
            several.setdefault(one.type, {})[one.id] = None
    launched = tuple(dict.fromkeys(choice.type.need() for choice in types))
    for kind, ids in several.items():
        yield LeftInstances(kind, tuple(ids), found.name, launched)


def _by_zone(group: LiveGroup, live: Live, addresses: Mapping[str, str], span: Span) -> Running:
    origin = Listed(group.source, Listing.GROUPS.value)
    zones = {live.subnets[one].zone: one for one in group.subnets if one in live.subnets}
    counted = Counter(one.zone for one in group.instances)
    if len(zones) < len(group.subnets) or not counted.keys() <= zones.keys():
        reason = f"in which subnets the nodes of {group.name} run was not listed: {Listing.INSTANCES.value} tells it"
        return Running(Members((), (Unknown(reason, span),)))
    found = [RunningNodes(addresses.get(one, one), Known(counted[zone], origin)) for zone, one in zones.items()]
    return Running(Members(tuple(found)))
