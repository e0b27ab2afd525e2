"""What one node of a group takes, as far as it is known: the choice of types, max pods, addresses at four loads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from podroom.capacity.alternatives import alternatives
from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.beside_the_pool import on_other_cards, unknown_branches, with_branches, without_growth
from podroom.capacity.estimate import NONE, Estimate, Loads, LoadState, either
from podroom.capacity.interfaces import ADDRESSES_PER_PREFIX
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.subnets import NodeLoad
from podroom.capacity.warm_pool import NodeAddresses
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import NodeGroup
from podroom.records import dataclass, replace
from podroom.values import Undecidable, Unknown, first_unknown

_TYPES_VARY = "the instance types differ"


@dataclass(frozen=True, slots=True)
class TypeForecast:
    """One instance type that nodes of a group can have.

    `max_pods` is kubelet's number, `limits` say who gives it (two where sources disagree, none if it is not known);
    `room` is how many pods the node can really hold; `addresses` are those that it takes of all its subnets.
    """

    instance: InstanceType
    max_pods: Estimate
    limits: tuple[KubeletLimit, ...]
    room: Estimate
    addresses: Loads
    ready: bool


@dataclass(frozen=True, slots=True)
class NodeForecast:
    """What one node of a group takes.

    `addresses` is all, `in_node_subnet` and `in_pod_subnet` its parts: without custom networking all is in the node's
    subnet.  `prefixes` are the /28 blocks among them and `singles` the addresses that are in no prefix, both of the
    subnet that pods get their addresses from.  `on_first_interface` is what the first interface takes, which without
    custom networking is always in the node's subnet.  `wanted` are the pods that need an address, `unserved` those that
    never get one.  `ready` is False if no node becomes Ready, None if it is open.  `note` says what
    nodes they are where no instance type decides.
    """

    types: tuple[TypeForecast, ...]
    addresses: Loads
    in_node_subnet: Loads
    in_pod_subnet: Loads
    prefixes: Loads
    singles: Loads
    on_first_interface: Loads
    wanted: Loads
    unserved: Loads
    ready: bool | None
    note: str = ""

    def serves(self, state: LoadState) -> bool | None:
        """Return whether all pods of a node get an address; None if it is open."""
        unserved = self.unserved.of(state)
        if self.ready is False or unserved.at_least > 0:
            return False
        return True if self.ready and unserved.most == 0 else None


def forecast_node(group: NodeGroup, assessment: Assessment) -> NodeForecast:
    """Return what one node of a group takes; bounds with the reason where it is not known."""
    if _is_ipv6(group, assessment):
        return _of_ipv6()
    in_prefixes = _may_take_prefixes(group, assessment)
    possible = alternatives(assessment, (group.address,))
    if possible is None:
        return _forecast(_known_types(group, assessment), in_prefixes=in_prefixes)
    each = [
        _known_types(settled, other)
        for other in possible.assessments
        for settled in other.world.node_groups
        if settled.address == group.address
    ]
    types: dict[str, list[_Found]] = {}
    for found in (found for choice in each for found in choice.types):
        types.setdefault(found.forecast.instance.name, []).append(found)
    missing = tuple(gap for choice in each for gap in choice.missing)
    return _forecast(_Types(tuple(map(_merged, types.values())), missing, possible.unknown), in_prefixes=in_prefixes)


def _is_ipv6(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether a group is certainly one of an IPv6 cluster."""
    try:
        return assessment.cluster(group).ip_family.need() == "ipv6"
    except Undecidable:
        return False


def _may_take_prefixes(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether nodes of a group may take prefixes; those with Windows do not hang on the variable of aws-node."""
    certain = replace(group, uncertain=None)
    try:
        return not assessment.applies(certain) or assessment.cni(group).prefix_delegation
    except Undecidable:
        return True


_NOTHING = Loads.each(lambda _: NONE)


def _of_ipv6() -> NodeForecast:
    """Return a node of an IPv6 cluster.

    ipamd puts one /80 prefix on the primary interface, attaches no other and takes no more IPv4 addresses.
    """
    one = Loads.each(lambda _: Estimate.known(1, "1 IPv4 address of the primary interface"))
    return NodeForecast(
        types=(),
        addresses=one,
        in_node_subnet=one,
        in_pod_subnet=_NOTHING,
        prefixes=_NOTHING,
        singles=one,
        on_first_interface=one,
        wanted=_NOTHING,
        unserved=_NOTHING,
        ready=True,
        note="nodes of an IPv6 cluster: one IPv4 address each, whatever the number of pods",
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A type with what its nodes may take; several where it is not known which max pods they have.

    `crowded` is what they take if kubelet accepts more pods than there is room for, where it may; `on_other_cards` the
    addresses on network cards beside the default one.
    """

    forecast: TypeForecast
    loads: tuple[NodeLoad, ...]
    custom_networking: bool
    gaps: tuple[Unknown, ...] = ()
    crowded: tuple[NodeLoad, ...] = ()
    on_other_cards: Estimate = NONE


@dataclass(frozen=True, slots=True)
class _Types:
    """The types of a group, why there may be others, and why it is not certain that each of them is used."""

    types: tuple[_Found, ...]
    missing: tuple[Unknown, ...] = ()
    choice: Unknown | None = None


def _merged(several: Sequence[_Found]) -> _Found:
    """Return one type with what its nodes may take beside each choice of other types, which may decide max pods."""
    first, *others = several
    forecasts = [item.forecast for item in several]
    forecast = replace(
        first.forecast,
        max_pods=either([one.max_pods for one in forecasts], "it hangs on the other types"),
        limits=tuple(dict.fromkeys(limit for one in forecasts for limit in one.limits)),
        addresses=Loads.each(lambda state: either([one.addresses.of(state) for one in forecasts])),
    )
    return replace(
        first,
        forecast=forecast,
        loads=(*first.loads, *(load for item in others for load in item.loads)),
        gaps=tuple(dict.fromkeys(gap for item in several for gap in item.gaps)),
        crowded=(*first.crowded, *(load for item in others for load in item.crowded)),
    )


def _known_types(group: NodeGroup, assessment: Assessment) -> _Types:
    certain = replace(group, uncertain=None)  # whether the group exists changes nothing about one of its nodes
    try:
        if not assessment.applies(certain):
            reason = "what Windows nodes take is not worked out"
            return _Types((), (Unknown(reason, group.span),))
        cni = assessment.cni(group)
        idle = without_growth(group, assessment)
    except Undecidable as cause:
        return _Types((), (cause.unknown,))
    if idle is not None:
        return _Types((), (idle,))
    found = []
    resolved_types, unknown = collect(assessment.instances(group))
    for resolved in resolved_types:
        try:
            found.append(_found(group, resolved.instance, assessment, custom_networking=cni.custom_networking))
        except Undecidable as cause:
            unknown = first_unknown(unknown, cause.unknown)
    # A type that is named twice (in the template and as an override) is one type.
    types = {item.forecast.instance.name: item for item in found}
    missing = () if unknown is None else (unknown,)
    return _Types(tuple(types.values()), missing)


def _found(group: NodeGroup, instance: InstanceType, assessment: Assessment, *, custom_networking: bool) -> _Found:
    room = assessment.room(instance, assessment.cni(group), group.span)
    limits: tuple[KubeletLimit, ...] = ()
    gaps: tuple[Unknown, ...] = ()
    try:
        limits = assessment.kubelet(group, instance)
        numbers = [limit.figure.value for limit in limits]
        max_pods = either([Estimate.of(limit.figure) for limit in limits], "which number wins is not documented")
    except Undecidable as cause:
        # The pool grows with max pods, up to what the interfaces hold.
        numbers = [0, room.value]
        gaps = (cause.unknown,)
        max_pods = Estimate.unknown(cause.unknown)
    loads = tuple(assessment.load(group, instance, number) for number in numbers)
    crowded: tuple[NodeLoad, ...] = ()
    if gaps:
        # More pods than there is room for take no more addresses, and wait for one.
        crowd = room.value + assessment.assumptions.most_pods + (instance.branch_interfaces or 0)
        numbers.append(crowd)
        crowded = (assessment.load(group, instance, crowd),)
    branches = tuple(
        load
        for number, load in zip(numbers, (*loads, *crowded), strict=True)
        for load in with_branches(group, instance, number, load, assessment)
    )
    if branches:
        loads = (*loads, *branches)
        gaps = (*gaps, unknown_branches(group, assessment))
    more = on_other_cards(group, instance, assessment)
    forecast = TypeForecast(
        instance=instance,
        max_pods=max_pods,
        limits=limits,
        room=Estimate.of(room),
        addresses=Loads.each(lambda state: _estimate(loads, state, _all, gaps).plus(more)),
        ready={load.idle.ready for load in loads} == {True},
    )
    return _Found(forecast, loads, custom_networking, gaps, crowded, more)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of what a node takes: its least, its most, and its sum.

    `has_other_cards` says whether addresses on other network cards are among it.
    """

    least: Callable[[NodeAddresses], int]
    most: Callable[[NodeAddresses], int]
    working: Callable[[NodeAddresses], str]
    has_other_cards: bool = False


_all = _Part(
    least=lambda taken: taken.total,
    most=lambda taken: taken.total_at_most,
    working=lambda taken: taken.working,
    has_other_cards=True,
)
_first_interface = _Part(
    least=lambda taken: taken.on_first_interface,
    most=lambda taken: taken.on_first_interface,
    working=lambda _: "",
)
_prefixes = _Part(
    least=lambda taken: taken.prefixes,
    most=lambda taken: taken.prefixes_at_most,
    working=lambda _: "",
)


def _chance(taken: NodeAddresses) -> int:
    """Return the addresses that chance may add."""
    return taken.total_at_most - taken.total


def _prefixes_by_chance(taken: NodeAddresses) -> int:
    """Return the prefixes among the addresses that chance may add."""
    return taken.prefixes_at_most - taken.prefixes


def _in_node_subnet(*, custom_networking: bool) -> _Part:
    return _Part(
        least=lambda taken: taken.node_subnet_addresses,
        most=lambda taken: taken.node_subnet_addresses + (0 if custom_networking else _chance(taken)),
        working=lambda taken: "1 primary interface" if custom_networking else taken.working,
        has_other_cards=not custom_networking,
    )


def _in_pod_subnet(*, custom_networking: bool) -> _Part:
    return _Part(
        least=lambda taken: taken.pod_subnet_addresses,
        most=lambda taken: taken.pod_subnet_addresses + (_chance(taken) if custom_networking else 0),
        working=lambda taken: taken.pod_subnet_working,
        has_other_cards=custom_networking,
    )


def _singles(*, custom_networking: bool) -> _Part:
    def least(taken: NodeAddresses) -> int:
        here = taken.pod_subnet_addresses if custom_networking else taken.total
        return here - ADDRESSES_PER_PREFIX * taken.prefixes

    return _Part(
        least=least,
        most=lambda taken: least(taken) + _chance(taken) - ADDRESSES_PER_PREFIX * _prefixes_by_chance(taken),
        working=lambda _: "",
        has_other_cards=True,
    )


def _estimate(loads: Sequence[NodeLoad], state: LoadState, part: _Part, gaps: tuple[Unknown, ...]) -> Estimate:
    taken: list[NodeAddresses] = [getattr(load, state.value) for load in loads]
    least = min(part.least(one) for one in taken)
    most = max(part.most(one) for one in taken)
    workings = list(dict.fromkeys(part.working(one) for one in taken))
    working = workings.pop() if len(workings) == 1 else ""
    if least != most and working:
        working += f", by chance up to {most}"
    return Estimate(least, most, working, gaps if least != most else ())


def _forecast(found: _Types, *, in_prefixes: bool) -> NodeForecast:
    def loads(part_of: Callable[[_Found], _Part], floor: int) -> Loads:
        return Loads.each(lambda state: _over_types(found, state, part_of, floor))

    return NodeForecast(
        types=tuple(item.forecast for item in found.types),
        addresses=loads(lambda _: _all, 1),
        in_node_subnet=loads(lambda item: _in_node_subnet(custom_networking=item.custom_networking), 1),
        in_pod_subnet=loads(lambda item: _in_pod_subnet(custom_networking=item.custom_networking), 0),
        prefixes=loads(lambda _: _prefixes, 0) if in_prefixes else _NOTHING,
        singles=loads(lambda item: _singles(custom_networking=item.custom_networking), 0),
        on_first_interface=loads(lambda _: _first_interface, 1),
        wanted=Loads.each(lambda state: _pods(found, state, lambda taken: taken.pods)),
        unserved=Loads.each(lambda state: _pods(found, state, lambda taken: taken.unserved_pods)),
        ready=_ready(found),
    )


def _pods(found: _Types, state: LoadState, count: Callable[[NodeAddresses], int]) -> Estimate:
    """Return how many pods of a node are counted; no bound where nobody knows how many kubelet accepts."""
    each = [Estimate.unknown(gap) for gap in found.missing]
    for item in found.types:
        counts = [count(getattr(load, state.value)) for load in (*item.loads, *item.crowded)]
        least, most = min(counts), max(counts)
        boundless = item.crowded and state is LoadState.SATURATED
        each.append(Estimate(least, None if boundless else most, "", item.gaps if least != most else ()))
    return either(each) if each else Estimate.known(0)


def _ready(found: _Types) -> bool | None:
    states = {taken.idle.ready for item in found.types for taken in item.loads}
    if found.missing or len(states) != 1:
        return None
    return states.pop()


def _over_types(found: _Types, state: LoadState, part_of: Callable[[_Found], _Part], floor: int) -> Estimate:
    each = [
        _estimate(item.loads, state, part, item.gaps).plus(item.on_other_cards if part.has_other_cards else NONE)
        for item in found.types
        for part in [part_of(item)]
    ]
    each += [Estimate.unknown(gap, least=floor) for gap in found.missing]
    if not each:
        return Estimate(floor, None, "no instance type is known")
    decided_by = () if found.choice is None else (found.choice,)
    estimate = either(each, "", *decided_by)
    if len(found.types) > 1 and not found.missing and estimate.value is None:
        return estimate.because(", ".join(_named(found.types, each)) or _TYPES_VARY)
    return estimate


def _named(types: Sequence[_Found], each: Sequence[Estimate]) -> Iterator[str]:
    for item, estimate in zip(types, each, strict=True):
        if estimate.value is not None:
            yield f"{item.forecast.instance.name} {estimate.value:,}"
