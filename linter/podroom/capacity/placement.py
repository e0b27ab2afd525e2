"""Where the nodes of a group are, as far as that is known: in which zones and subnets, and how many in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from podroom.capacity.assessment import Assessment, ZoneBalance
from podroom.capacity.demand import is_among, known_subnet, no_eni_config, nodes_in
from podroom.capacity.estimate import Estimate, either
from podroom.capacity.subnets import SubnetPart, nodes_in_zone
from podroom.model.world import NodeGroup, Subnet
from podroom.values import Known, Undecidable, Unknown

_MOST_OPEN_ZONES = 6
"""With more subnets of unknown zones there are too many ways to place them; anything is possible then."""


def zone_count(group: NodeGroup, assessment: Assessment) -> Estimate:
    """Return over how many zones the nodes of a group spread."""
    if group.subnets.missing:
        return Estimate(1, None, "", group.subnets.missing)
    zones = _zones(group, assessment)
    known = _named(zones)
    gaps = tuple(zone for zone in zones if isinstance(zone, Unknown))
    if not gaps:
        return Estimate.known(len(known))
    return Estimate(max(1, len(known)), len(known) + len(gaps), "", gaps if len(zones) > 1 else ())


def nodes_here(group: NodeGroup, subnet: Subnet, part: SubnetPart, size: int, assessment: Assessment) -> Estimate:
    """Return how many nodes of a group of `size` are in a subnet, or have their pods there, in whatever zones it is."""
    try:
        return Estimate.of(nodes_in(group, subnet, part, size, assessment))
    except Undecidable as cause:
        anything = Estimate.unknown(cause.unknown, most=size)
    if group.subnets.missing:
        return anything
    zones = _zones(group, assessment)
    gaps = tuple(zone for zone in zones if isinstance(zone, Unknown))
    if len(gaps) > _MOST_OPEN_ZONES:
        return anything
    own = [use.subnet for use in group.subnets]
    position = next((at for at, use in enumerate(own) if isinstance(use, Known) and use.value == subnet.address), None)
    if position is None and part is SubnetPart.NODES:
        return anything  # it may be one that is not known
    found: list[Estimate] = []
    skewed = assessment.assumptions.zone_balance is ZoneBalance.SKEWED
    own_zone = (subnet.zone.value.identity,) if isinstance(subnet.zone, Known) else ()
    for placed in _placements(zones, _distinct((*own_zone, *_named(zones)))):
        in_zone = nodes_in_zone(size, len(set(placed)), skewed=skewed).value
        if position is not None:
            sharing = placed.count(placed[position]) if part is SubnetPart.NODES else 1
            found.append(Estimate.known(-(-in_zone // sharing)))
            continue
        here = subnet.zone
        found += [Estimate.known(in_zone)] if not isinstance(here, Known) or here.value.identity in placed else []
        found += [Estimate.known(0)] if not isinstance(here, Known) or here.value.identity not in placed else []
    result = either(found)
    return result if result.value is not None else either([result], "", *(gaps or anything.gaps))


def presence_of(group: NodeGroup, subnet: Subnet, part: SubnetPart, assessment: Assessment) -> bool | Unknown:
    """Return whether a part of a group's addresses is in a subnet, or why that is not known."""
    try:
        if part is SubnetPart.NODES:
            return is_among(tuple(group.subnets), group.subnets.missing, subnet)
        pod_subnets = assessment.cluster(group).cni.pod_subnets
        if pod_subnets.complete and not pod_subnets.items and custom_networking(group, assessment) is True:
            # Somebody names them elsewhere: they may well be those of the nodes.
            nodes_are_here = is_among(tuple(group.subnets), group.subnets.missing, subnet)
            return no_eni_config(group, assessment) if nodes_are_here else False
        if not is_among(tuple(pods.subnet for pods in pod_subnets), pod_subnets.missing, subnet):
            return False
        on = custom_networking(group, assessment)
    except Undecidable as cause:
        # Where not even custom networking is known, the gap is said of the node; not every subnet is suspected.
        on = part is SubnetPart.NODES or custom_networking(group, assessment) is True
        return cause.unknown if on or _may_be_for_pods(subnet, group, assessment) else False
    return on


def _may_be_for_pods(subnet: Subnet, group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether a subnet is for the pods of some cluster, and it is not known which cluster a group belongs to."""
    named = [pods.subnet.subnet for cluster in assessment.world.clusters for pods in cluster.cni.pod_subnets]
    here = any(isinstance(use, Known) and use.value == subnet.address for use in named)
    return here and not isinstance(group.cluster, Known)


def custom_networking(group: NodeGroup, assessment: Assessment) -> bool | Unknown:
    """Return whether pods of a group have subnets of their own, or why that is not known."""
    try:
        return assessment.cni(group).custom_networking
    except Undecidable as cause:
        return cause.unknown


def _zones(group: NodeGroup, assessment: Assessment) -> list[str | Unknown]:
    """Return the zone of each subnet of a group, or why it is not known."""
    zones: list[str | Unknown] = []
    for use in group.subnets:
        try:
            zones.append(known_subnet(use, assessment).zone.need().identity)
        except Undecidable as cause:
            zones.append(cause.unknown)
    return zones


def _named(zones: Iterable[str | Unknown]) -> tuple[str, ...]:
    return _distinct(zone for zone in zones if isinstance(zone, str))


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _placements(zones: Sequence[str | Unknown], labels: tuple[str, ...]) -> Iterator[list[str]]:
    """Iterate over the zones that subnets may be in: an unknown one is in one of those named, or in one of its own."""
    if not zones:
        yield []
        return
    first, *others = zones
    for choice in (first,) if isinstance(first, str) else (*labels, f"zone {len(labels) + 1}"):
        for rest in _placements(others, _distinct((*labels, choice))):
            yield [choice, *rest]
