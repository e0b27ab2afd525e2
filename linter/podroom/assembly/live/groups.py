"""Node groups that were listed, the Auto Scaling group behind a managed one too, against what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podroom.assembly.live.names import Name, name_of
from podroom.assembly.live.running import left_instances, running_nodes
from podroom.assembly.live.seen import Seen, seen_group, seen_node_group
from podroom.model.world import (
    ChangeByHand,
    GroupDrift,
    GroupKind,
    LaunchTemplate,
    ListedChanges,
    NodeGroup,
    Notice,
    World,
)
from podroom.records import replace
from podroom.sources.live.records import Listing, Live, LiveGroup, LiveNodeGroup
from podroom.values import Known, Unknown, Value

_SHOWN = 3
_SUBNET = "subnet-"
_ABSENT = "it was not made yet, or somebody deleted it"


def with_live_groups(world: World, live: Live, ids: Mapping[str, str]) -> World:
    """Return a World whose node groups know what runs and how they were listed.

    `ids` are those of the subnets by address.  Notices say what cannot be compared, and why.
    """
    if not live.groups and not live.node_groups:
        return world
    groups = []
    notices: list[Notice] = []
    absent: list[NodeGroup] = []
    matched = False
    addresses = {ids[subnet.address]: subnet.address for subnet in world.subnets if subnet.address in ids}
    for group in world.node_groups:
        possible = fitting_groups(group, world, live)
        if len(possible) > 1:
            names = ", ".join(sorted(one.name for one in possible)[:_SHOWN])
            told = f"which of {len(possible)} Auto Scaling groups ({names}) is that of {group.address} is not known"
            notices.append(Notice(f"{told}: none is compared", group.span))
        found = possible[0] if len(possible) == 1 else None
        described = None if possible else _described(group, world, live)
        if found is not None:
            seen = seen_group(found, live, group.span)
            left = tuple(left_instances(found, group, seen.types, live))
            running = running_nodes(found, live, addresses, group.span)
            group = replace(group, running=running, left=left)  # noqa: PLW2901 - the same, better known
        elif described is not None:
            seen = seen_node_group(described, live, group.span)
        else:
            groups.append(group)
            if not possible and _is_certain(group, world):
                absent.append(group)
            continue
        matched = True
        compared, reasons = _compared(group, seen, ids, addresses, names_subnets=bool(live.subnets))
        groups.append(compared)
        notices += [Notice(reason, group.span) for reason in reasons]
    if matched and live.whole(Listing.GROUPS):  # else the list is of something else, which is said elsewhere
        where = ", ".join(dict.fromkeys(live.listed[Listing.GROUPS]))
        notices += [Notice(f"{one.address} is not among the groups of {where}: {_ABSENT}", one.span) for one in absent]
    return replace(world, node_groups=tuple(groups), notices=(*world.notices, *notices))


def _is_certain(group: NodeGroup, world: World) -> bool:
    """Return whether a group is to be there, under a name by which it would be known."""
    named = name_of(group) is not None and _cluster_of(group, world) is not None
    return named and group.uncertain is None


def find_group(group: NodeGroup, world: World, live: Live) -> LiveGroup | None:
    """Return the Auto Scaling group of a node group, None if it was not listed or could be one of several."""
    found = fitting_groups(group, world, live)
    return found[0] if len(found) == 1 else None


def fitting_groups(group: NodeGroup, world: World, live: Live) -> list[LiveGroup]:
    """Return the Auto Scaling groups that may be the one of a node group."""
    name = name_of(group)
    if name is None:
        return []
    cluster = _cluster_of(group, world)
    managed = group.kind is GroupKind.MANAGED
    return [one for one in live.groups.values() if (_is_behind if managed else _is)(one, name, cluster, live)]


def _cluster_of(group: NodeGroup, world: World) -> str | None:
    """Return the name of a group's cluster, None if it is not known."""
    cluster = world.cluster(group.cluster.value) if isinstance(group.cluster, Known) else None
    return cluster.name.value if cluster is not None and isinstance(cluster.name, Known) else None


def _described(group: NodeGroup, world: World, live: Live) -> LiveNodeGroup | None:
    """Return what Amazon EKS says of a managed node group, None if that is not listed or could be one of several."""
    name, cluster = name_of(group), _cluster_of(group, world)
    if name is None or group.kind is not GroupKind.MANAGED:
        return None
    found = [one for (of, called), one in live.node_groups.items() if of == cluster and name.fits(called)]
    return found[0] if len(found) == 1 else None


def _is_behind(one: LiveGroup, name: Name, cluster: str | None, live: Live) -> bool:
    """Return whether an Auto Scaling group is the one of a managed node group: its tags say so, or Amazon EKS does."""
    told = any(
        one.name in node_group.groups and of == cluster and name.fits(called)
        for (of, called), node_group in live.node_groups.items()
    )
    return told or (one.managed and one.cluster == cluster and name.fits(one.node_group))


def _is(one: LiveGroup, name: Name, cluster: str | None, _live: Live) -> bool:
    if one.managed or (one.cluster and cluster not in (None, one.cluster)):
        return False
    of_eksctl = bool(one.node_group) and one.cluster == cluster and name.fits(one.node_group)
    return of_eksctl or name.fits(one.name)


# --- what differs ----------------------------------------------------------------------------------


def _compared(
    group: NodeGroup, seen: Seen, ids: Mapping[str, str], addresses: Mapping[str, str], *, names_subnets: bool
) -> tuple[NodeGroup, list[str]]:
    """Return a group with all that was listed otherwise, and what could not be compared.

    `names_subnets` says that subnets were listed, so that their ids could be known.
    """
    reasons = []
    drift = _drift(group, seen)
    if isinstance(drift, Unknown):
        reasons.append(f"what {group.address} launches is not compared: {drift.reason}")
    elif isinstance(seen.launched, Unknown) and drift is None:
        reasons.append(f"the max pods that {group.address} is launched with are not compared: {seen.launched.reason}")
    changes = list(_sizes(group, seen))
    unsaid = [name for name, declared, live in _both_sizes(group, seen) if declared is None and live is not None]
    if unsaid:
        reasons.append(f"{' and '.join(unsaid)} of {group.address} are not compared: not known here")
    subnets = _subnets(group, seen, ids, addresses)
    if isinstance(subnets, Unknown):
        if names_subnets:  # else nobody expects it
            reasons.append(f"the subnets of {group.address} are not compared: {subnets.reason}")
    elif subnets is not None:
        changes.append(subnets)
    listed = ListedChanges(seen.what, str(seen.origin), tuple(changes)) if changes else None
    # A plan knows what Terraform had left.
    changed = drift if isinstance(drift, GroupDrift) and group.drift is None else group.drift
    return replace(group, drift=changed, not_as_listed=listed), reasons


def _drift(group: NodeGroup, seen: Seen) -> GroupDrift | Unknown | None:
    """Return how what a group launches may differ, None if it does not, and why where that cannot be told."""
    if seen.types.missing:
        return seen.types.missing[0]
    declared = group.instance_types
    if declared.missing or not all(isinstance(choice.type, Known) for choice in declared):
        return Unknown("not all instance types that are declared are known", group.span)
    launched = seen.launched if isinstance(seen.launched, LaunchTemplate) else None
    if launched is not None and not (launched.user_data.bootstraps or launched.user_data.gaps or seen.described):
        launched = None  # an image that needs no user data; nobody knows what it gives kubelet
    same = {choice.type.need() for choice in declared} == {choice.type.need() for choice in seen.types}
    if same and launched is None:
        return None
    return GroupDrift(
        recorded_types=declared,
        live_types=seen.types,
        listed=Known(seen.name, seen.origin),
        launched=launched,
        described=seen.described,
    )


def _both_sizes(group: NodeGroup, seen: Seen) -> tuple[tuple[str, int | None, int | None], ...]:
    return (
        ("min_size", _known(group.minimum_size), seen.minimum),
        ("max_size", _known(group.maximum_size), seen.maximum),
    )


def _sizes(group: NodeGroup, seen: Seen) -> Iterator[ChangeByHand]:
    """Yield the sizes that differ; the desired one, which autoscalers move, only beyond those that are declared."""
    for name, declared, live in _both_sizes(group, seen):
        if None not in (declared, live) and declared != live:
            yield ChangeByHand(name, str(declared), str(live))
    desired, least, most = (_known(one) for one in (group.desired_size, group.minimum_size, group.maximum_size))
    if seen.desired is not None and least is not None and most is not None and not least <= seen.desired <= most:
        yield ChangeByHand("desired_size", "unset" if desired is None else str(desired), str(seen.desired))


def _known(value: Value[int]) -> int | None:
    return value.value if isinstance(value, Known) else None


def _subnets(
    group: NodeGroup, seen: Seen, ids: Mapping[str, str], addresses: Mapping[str, str]
) -> ChangeByHand | Unknown | None:
    """Return the subnets of a group if they differ, why where that cannot be told."""
    if not seen.subnets:
        return None
    if group.subnets.missing:
        return group.subnets.missing[0]
    declared = set()
    for use in group.subnets:
        if not isinstance(use.subnet, Known):
            return Unknown("not all of them are known here", use.span)
        identity = ids.get(use.subnet.value, use.subnet.value)
        if not identity.startswith(_SUBNET):
            return Unknown(f"which id {use.subnet.value} has is not known", use.span)
        declared.add(identity)
    if declared == set(seen.subnets):
        return None
    both = (sorted(addresses.get(one, one) for one in several) for several in (declared, seen.subnets))
    return ChangeByHand("subnets", *(", ".join(side) for side in both))
