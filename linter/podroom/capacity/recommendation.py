"""The settings of the warm pool that take the fewest addresses without asking EC2 for each pod, and what else helps.

Bounded search: a handful of targets, each worked out for every instance type of the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import CniBehavior
from podroom.capacity.forecast import ClusterForecast, Forecast, forecast
from podroom.capacity.interfaces import uses_prefixes
from podroom.capacity.remedies import Remedy, remedies
from podroom.capacity.warm_pool import growth_calls, node_addresses
from podroom.capacity.what_if import EnvironmentChange, with_environment
from podroom.capacity.working import MissingFactError, counted
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import Cluster
from podroom.records import dataclass, replace
from podroom.values import Known, Undecidable, Unknown

_LEAST_WARM = 2
_LEAST_WARM_OF_MANY = 3
_PREFIX_DELEGATION = "ENABLE_PREFIX_DELEGATION"
_IGNORED_BESIDE_ADDRESSES = ("WARM_ENI_TARGET", "WARM_PREFIX_TARGET")
_WARM_IP, _MINIMUM_IP, _WARM_PREFIX = "WARM_IP_TARGET", "MINIMUM_IP_TARGET", "WARM_PREFIX_TARGET"


class Verdict(Enum):
    """What to do about the settings of a cluster."""

    CHANGE = "change"
    KEEP = "keep"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Price:
    """What settings cost: pods that never get an address, addresses and EC2 calls, `calls` for the worst node.

    `addresses` are those of all nodes at their maximum number with the expected pods, or of one node of each type
    where the number is not known.
    """

    unserved: int
    addresses: int
    calls: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What is recommended for one cluster.

    `changes` are variables of aws-node to set or to take away, none where today's do; `reasons` are the sums behind
    it; `remedies` what else is needed where the settings cannot suffice; `gaps` what is not known.
    """

    cluster: Cluster
    verdict: Verdict
    changes: tuple[EnvironmentChange, ...]
    reasons: tuple[str, ...]
    today: Price | None
    then: Price | None
    remedies: tuple[Remedy, ...]
    gaps: tuple[Unknown, ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What is recommended for one World: advice for each cluster, and the forecasts before and after."""

    today: Forecast
    then: Forecast
    advice: tuple[Advice, ...]


def recommend(assessment: Assessment) -> Recommendation:
    """Search the settings of every cluster for those that take the fewest addresses."""
    today = forecast(assessment)
    found = [(cluster, _search(cluster, assessment)) for cluster in today.clusters]
    world = assessment.world
    for cluster, choice in found:
        world = with_environment(world, choice.changes, (cluster.cluster.address,))
    after = Assessment(world, assessment.catalog, assessment.assumptions)
    then = forecast(after)
    advice = tuple(
        Advice(
            cluster=cluster.cluster,
            verdict=choice.verdict,
            changes=choice.changes,
            reasons=choice.reasons,
            today=choice.today,
            then=choice.then,
            remedies=remedies(cluster.cluster, then, after),
            gaps=choice.gaps,
        )
        for cluster, choice in found
    )
    return Recommendation(today, then, advice)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Nodes of one type in one group: their number, max pods, and the pods that are expected on one of them."""

    instance: InstanceType
    nodes: int
    max_pods: int
    pods: int


@dataclass(frozen=True, slots=True)
class _Choice:
    verdict: Verdict
    changes: tuple[EnvironmentChange, ...] = ()
    reasons: tuple[str, ...] = ()
    today: Price | None = None
    then: Price | None = None
    gaps: tuple[Unknown, ...] = ()


def _search(cluster: ClusterForecast, assessment: Assessment) -> _Choice:
    gaps = tuple(dict.fromkeys((*cluster.gaps, *(gap for group in cluster.groups for gap in group.gaps))))
    family = cluster.cluster.ip_family
    if isinstance(family, Known) and family.value == "ipv6":
        reason = "in an IPv6 cluster a node takes one IPv4 address, whatever the targets are"
        return _Choice(Verdict.KEEP, reasons=(reason,), gaps=gaps)
    kinds = list(_kinds(cluster, assessment))
    try:
        behavior = assessment.behavior(cluster.cluster.cni)
    except Undecidable as cause:
        return _Choice(Verdict.UNDECIDED, gaps=(cause.unknown, *gaps))
    if not kinds:
        return _Choice(Verdict.UNDECIDED, reasons=("no node group of which the instance types are known",), gaps=gaps)
    try:
        return _best(cluster, behavior, kinds, assessment, gaps)
    except MissingFactError as error:
        return _Choice(Verdict.UNDECIDED, gaps=(Unknown(error.message, cluster.cluster.span), *gaps))


def _best(
    cluster: ClusterForecast,
    behavior: CniBehavior,
    kinds: Sequence[_Kind],
    assessment: Assessment,
    gaps: tuple[Unknown, ...],
) -> _Choice:
    nodes = sum(group.maximum.most or 0 for group in cluster.groups)
    expected = assessment.assumptions.expected_pods_per_node
    today = _price(behavior, kinds)
    defaults = replace(behavior, warm_eni_target=1, warm_ip_target=0, minimum_ip_target=0, warm_prefix_target=1)
    bound = max(2, _price(_settled(defaults), kinds).calls)
    candidates = [
        (changes, _price(_applied(behavior, changes), kinds))
        for changes in _candidates(behavior, expected, _least_warm(nodes, assessment.assumptions.many_nodes))
    ]
    affordable = [(changes, price) for changes, price in candidates if price.calls <= bound]
    changes, then = min(
        affordable or candidates, key=lambda item: (item[1].unserved, item[1].addresses, item[1].calls, len(item[0]))
    )
    acceptable = today.calls <= bound and not behavior.crashes
    if acceptable and (today.unserved, today.addresses) <= (then.unserved, then.addresses):
        reason = f"no other targets take fewer addresses with at most {counted(bound, 'EC2 call')} a node"
        return _Choice(Verdict.KEEP, (), (reason,), today, today, gaps)
    changes = (*changes, *_void(cluster.cluster, behavior, changes))
    bounds = _Bounds(nodes, assessment.assumptions.many_nodes, expected, bound, today, then)
    reasons = tuple(_reasons(behavior, changes, kinds, bounds))
    return _Choice(Verdict.CHANGE, changes, reasons, today, then, gaps)


@dataclass(frozen=True, slots=True)
class _Bounds:
    nodes: int
    many: int
    expected: int
    calls: int
    today: Price
    then: Price


def _candidates(behavior: CniBehavior, expected: int, warm: int) -> Iterator[tuple[EnvironmentChange, ...]]:
    """Iterate over changes that are worth a try; none that turns prefix delegation on or off.

    A minimum alone would be a ceiling, and no target at all stops aws-node with prefix delegation.
    """
    for minimum in (expected, expected + warm):
        yield (EnvironmentChange(_WARM_IP, str(warm)), EnvironmentChange(_MINIMUM_IP, str(minimum)))
    if behavior.prefix_delegation:
        yield tuple(
            EnvironmentChange(name, value)
            for name, value, current in (
                (_WARM_PREFIX, "1", ""),
                (_WARM_IP, None, behavior.warm_ip_target),
                (_MINIMUM_IP, None, behavior.minimum_ip_target),
            )
            if value is not None or current
        )


def _void(cluster: Cluster, behavior: CniBehavior, changes: Sequence[EnvironmentChange]) -> Iterator[EnvironmentChange]:
    """Iterate over variables to take away, which somebody sets and the new targets make aws-node ignore."""
    if _applied(behavior, changes).targets_addresses:
        for name in _IGNORED_BESIDE_ADDRESSES:
            if cluster.cni.find(name) is not None and cluster.cni.from_manifest:
                yield EnvironmentChange(name, None)


def _applied(behavior: CniBehavior, changes: Sequence[EnvironmentChange]) -> CniBehavior:
    values = {change.name: int(change.value or 0) for change in changes}
    return _settled(
        replace(
            behavior,
            warm_ip_target=values.get(_WARM_IP, behavior.warm_ip_target),
            minimum_ip_target=values.get(_MINIMUM_IP, behavior.minimum_ip_target),
            warm_prefix_target=values.get(_WARM_PREFIX, behavior.warm_prefix_target),
        )
    )


def _settled(behavior: CniBehavior) -> CniBehavior:
    """Return the same behaviour, judged by its numbers and not by the texts that they were read from."""
    return replace(behavior, passes_target_check=None)


def _least_warm(nodes: int, many: int) -> int:
    return _LEAST_WARM if nodes < many else _LEAST_WARM_OF_MANY


def _kinds(cluster: ClusterForecast, assessment: Assessment) -> Iterator[_Kind]:
    """Iterate over the nodes whose type and max pods are known; where max pods is not, what the node has room for."""
    assumptions = assessment.assumptions
    for group in cluster.groups:
        for found in group.node.types:
            max_pods = found.room.at_least if found.max_pods.most is None else found.max_pods.most
            pods = min(assumptions.expected_pods_per_node, max(0, max_pods - assumptions.host_network_pods))
            yield _Kind(found.instance, group.maximum.most or 1, max_pods, pods)


def _price(behavior: CniBehavior, kinds: Sequence[_Kind]) -> Price:
    unserved = addresses = calls = 0
    for kind in kinds:
        taken = node_addresses(kind.instance, behavior, max_pods=kind.max_pods, pods=kind.pods)
        unserved += taken.unserved_pods
        addresses += kind.nodes * taken.total_at_most
        calls = max(calls, growth_calls(kind.instance, behavior, max_pods=kind.max_pods, pods=kind.pods))
    return Price(unserved, addresses, calls)


def _reasons(
    behavior: CniBehavior, changes: Sequence[EnvironmentChange], kinds: Sequence[_Kind], bounds: _Bounds
) -> Iterator[str]:
    """Iterate over the sums that speak for a change."""
    after = _applied(behavior, changes)
    for name, kind in {kind.instance.name: kind for kind in kinds}.items():
        today, then = (
            node_addresses(kind.instance, cni, max_pods=kind.max_pods, pods=kind.pods) for cni in (behavior, after)
        )
        waiting = f", where {counted(today.unserved_pods, 'pod')} never get an address" if today.unserved_pods else ""
        yield f"{name} with {counted(kind.pods, 'pod')}: today {today.working}{waiting}; then {then.working}"
    if after.targets_addresses:
        yield (
            f"{_WARM_IP}={after.warm_ip_target} keeps that many addresses ready for the next pods"
            + (
                f"; fewer would make EC2 throttle in a cluster of {counted(bounds.nodes, 'node')}"
                if bounds.nodes >= bounds.many
                else ""
            )
        )
        covered = after.minimum_ip_target - after.warm_ip_target
        yield (
            f"{_MINIMUM_IP}={after.minimum_ip_target} covers the first {counted(covered, 'pod')} and the warm ones "
            f"at once: {counted(bounds.then.calls, 'EC2 call')} for a node's {counted(bounds.expected, 'pod')}, "
            f"{counted(bounds.today.calls, 'call')} today; each pod beyond them is one call"
        )
    if behavior.crashes:
        yield "today aws-node exits at start: prefix delegation needs a warm target"
    if any(uses_prefixes(kind.instance, behavior) for kind in kinds):
        yield "a prefix is a block of 16 addresses, so targets are rounded up to it"
