"""Files of an inventory of which nothing is used: a run beside them is no verdict on what they list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.assembly.live.groups import fitting_groups
from podroom.assembly.live.names import name_of
from podroom.assembly.live.regions import region_of_zone
from podroom.assembly.live.subnet_uses import subnet_uses_in
from podroom.model.world import World
from podroom.records import dataclass
from podroom.sources.live.records import Listing, Live, TemplateReference
from podroom.values import Known, Value

_SHOWN = 3
_ARE = {
    Listing.SUBNETS: ("subnet", "one"),
    Listing.VPCS: ("VPC", "one"),
    Listing.GROUPS: ("Auto Scaling group", "of a node group"),
    Listing.INSTANCES: ("instance", "of a node group"),
    Listing.TEMPLATES: ("launch template", "that of a listed group"),
    Listing.TEMPLATE_VERSIONS: ("version of a launch template", "that of a listed group"),
    Listing.LAUNCH_CONFIGURATIONS: ("launch configuration", "that of a listed group"),
    Listing.NODE_GROUP: ("node group", "one"),
    Listing.CLUSTER: ("cluster", "one"),
    Listing.ADD_ON: ("add-on vpc-cni", "of a cluster"),
    Listing.NODES: ("node", "of a cluster"),
}
"""What is listed, and what one of them has to be here."""
_LOOKED_UP = frozenset({Listing.SUBNETS, Listing.VPCS})


@dataclass(frozen=True, slots=True)
class _Record:
    """One thing that a file lists, and whether something here is it."""

    source: str
    listing: Listing
    name: str
    fits: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What an inventory is laid beside.

    `found` are the ids of what is made and what data sources find; `unresolved` says that some of them find nothing,
    which was said of each.
    """

    worlds: Sequence[World]
    found: frozenset[str]
    unresolved: bool


def unused(beside: Beside, live: Live) -> Iterator[str]:
    """Yield a sentence for each file of which nothing is used, or one for all if that is all of them."""
    records = list(_records(beside, live))
    files = list(dict.fromkeys([*(one for several in live.listed.values() for one in several), *live.empty]))
    whole = {source: _reasons(source, records, live) for source in files}
    # What data sources ask for and do not find, they say.
    told = [source for source, reasons in whole.items() if reasons and not (beside.unresolved and _looks(source, live))]
    if told and all(whole.values()):
        shown = [f"{'; '.join(whole[source])} in {source}" for source in told[:_SHOWN]] + ["..."] * (len(told) > _SHOWN)
        yield f"this inventory has nothing of this project: {'; '.join(shown)}; {_elsewhere(beside, live)}"
        return
    for source in told:
        yield f"nothing of {source} is used: {'; '.join(whole[source])}"


def _looks(source: str, live: Live) -> bool:
    return any(source in live.listed.get(listing, ()) for listing in _LOOKED_UP)


def _reasons(source: str, records: Sequence[_Record], live: Live) -> list[str]:
    """Return why nothing of a file is used, nothing if something is, or it cannot be told."""
    reasons = []
    listings = [listing for listing, sources in live.listed.items() if source in sources]
    for listing in listings:
        mine = [one for one in records if one.source == source and one.listing is listing]
        if listing not in _ARE or any(one.fits for one in mine):
            return []
        what, here = _ARE[listing]
        if mine:
            names = ", ".join([one.name for one in mine[:_SHOWN]] + ["..."] * (len(mine) > _SHOWN))
            reasons.append(f"no {what} that it lists ({names}) is known to be {here} here")
        elif source in live.empty:
            reasons.append(f"no {what} is listed")
        else:
            return []  # another file lists the same, or it is of another add-on
        if live.cut_off.get(listing) == source:
            reasons[-1] += "; the list is not whole (NextToken)"
    return reasons if listings else ["nothing is listed"]


def _elsewhere(beside: Beside, live: Live) -> str:
    """Return that all subnets are in other regions than the configuration, or what else may be wrong."""
    listed = {region for one in live.subnets.values() if (region := region_of_zone(one.zone)) is not None}
    wanted = {one.region.value for one in beside.worlds if isinstance(one.region, Known)}
    if not listed or not wanted or listed & wanted:
        return "was it listed with another account, region, profile or context of kubectl?"
    return f"its subnets are in {', '.join(sorted(listed))}, and the configuration is for {', '.join(sorted(wanted))}"


# --- what is here ----------------------------------------------------------------------------------


def _records(beside: Beside, live: Live) -> Iterator[_Record]:
    worlds = beside.worlds
    called = [one.name for world in worlds for one in world.clusters]
    clusters = {name.value for name in called if isinstance(name, Known)}
    unnamed = any(not isinstance(name, Known) for name in called)
    here = {one.name for world in worlds for group in world.node_groups for one in fitting_groups(group, world, live)}
    for group in live.groups.values():
        tells = bool(live.nodes) and group.cluster in clusters  # which cluster its nodes are of
        yield _Record(group.source, Listing.GROUPS, group.name, group.name in here or tells)
    named = [name_of(group) for world in worlds for group in world.node_groups]
    known = {
        (cluster, name)
        for cluster, name in live.node_groups
        if cluster in clusters and any(one is not None and one.fits(name) for one in named)
    }
    for (cluster, name), node_group in live.node_groups.items():
        fits = (cluster, name) in known
        yield _Record(node_group.source, Listing.NODE_GROUP, f"{name} of {cluster}", fits)
    for listed in live.clusters.values():
        fits = listed.name in clusters or listed.name in beside.found or unnamed
        yield _Record(listed.source, Listing.CLUSTER, listed.name, fits)
    for cni in live.cni:
        if cni.cluster:
            yield _Record(cni.source, Listing.ADD_ON, f"of {cni.cluster}", cni.cluster in clusters or unnamed)
    yield from _network(beside, live)
    yield from _of_nodes(worlds, live, here)
    configurations = {one.configuration for name, one in live.groups.items() if name in here}
    for name, one in live.launch_configurations.items():
        yield _Record(one.source, Listing.LAUNCH_CONFIGURATIONS, name, name in configurations)
    launched = [one.template for name, one in live.groups.items() if name in here]
    launched += [live.node_groups[one].template for one in known]
    written = [group.named_template for world in worlds for group in world.node_groups]
    named_here = {text for one in written if one is not None for text in (*_text(one.id), *_text(one.name))}
    yield from _templates([one for one in launched if one is not None], named_here, live)


def _network(beside: Beside, live: Live) -> Iterator[_Record]:
    names = {one.address for world in beside.worlds for one in world.subnets}
    names |= {one.address for world in beside.worlds for one in world.vpcs}
    names |= {one for world in beside.worlds for use in subnet_uses_in(world) for one in _text(use.subnet)}
    names |= {one for world in beside.worlds for subnet in world.subnets for one in _text(subnet.vpc)}
    looked_up = [one.found for world in beside.worlds for one in world.lookups if one.found is not None]
    names |= {one for several in looked_up for value in several for one in _text(value)}
    for subnet in live.subnets.values():
        yield _Record(subnet.source, Listing.SUBNETS, subnet.id, subnet.id in beside.found or subnet.id in names)
    for vpc in live.vpcs.values():
        used = any(one.vpc == vpc.id and one.id in names | beside.found for one in live.subnets.values())
        yield _Record(vpc.source, Listing.VPCS, vpc.id, used or vpc.id in beside.found or vpc.id in names)


def _text(value: Value[str] | None) -> Iterator[str]:
    if isinstance(value, Known):
        yield value.value


def _of_nodes(worlds: Sequence[World], live: Live, here: set[str]) -> Iterator[_Record]:
    running = {
        name for world in worlds for cluster in world.clusters for nodes in cluster.nodes for name in nodes.names
    }
    ours = {one.instance for one in live.nodes.values() if one.name in running}
    ours |= {one.id for name in here for one in live.groups[name].instances}
    for identity, instance in live.instances.items():
        fits = instance.group in here or identity in ours
        yield _Record(instance.source, Listing.INSTANCES, identity, fits)
    several = sum(len(world.clusters) for world in worlds) > 1  # of which of them a node is, was said
    for node in live.nodes.values():
        judged = not node.compute and node.system != "windows"
        yield _Record(node.source, Listing.NODES, node.name, several or not judged or node.name in running)


def _templates(launched: Sequence[TemplateReference], here: set[str], live: Live) -> Iterator[_Record]:
    named = here | {text for one in launched for text in (one.id, one.name) if text}
    for (identity, number), version in live.templates.items():
        fits = identity in named or version.name in named
        yield _Record(version.source, Listing.TEMPLATE_VERSIONS, f"{version.name or identity} {number}", fits)
    for key, versions in live.versions.items():
        yield _Record(versions.source, Listing.TEMPLATES, key, key in named)
