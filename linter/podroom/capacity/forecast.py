"""The forecast: what the clusters of a World will ask of every subnet, today, grown up, and while they are updated.

Nothing here is a formula of its own: nodes, pools, spaces and reserves are those of the rules.  What is not known
becomes a range, and its reason a gap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from podroom.capacity.assessment import DECISIVE_VARIABLES, Assessment, Assumptions, collect
from podroom.capacity.demand import subnets_of
from podroom.capacity.estimate import Estimate
from podroom.capacity.node_forecast import NodeForecast, forecast_node
from podroom.capacity.placement import zone_count
from podroom.capacity.reserves import counted_elsewhere
from podroom.capacity.sizes import size_estimate
from podroom.capacity.subnet_forecast import SubnetForecast, forecast_subnets
from podroom.capacity.updates import surge
from podroom.model.world import Cluster, Gap, NodeGroup
from podroom.records import dataclass
from podroom.values import Known, Unknown, Value


@dataclass(frozen=True, slots=True)
class GroupForecast:
    """A node group: its sizes, over how many zones its nodes spread, how many an update adds, and one of its nodes."""

    group: NodeGroup
    minimum: Estimate
    desired: Estimate
    maximum: Estimate
    zones: Estimate
    surge: Estimate
    node: NodeForecast
    gaps: tuple[Unknown, ...]


@dataclass(frozen=True, slots=True)
class ClusterForecast:
    """A cluster with the variables of aws-node that the sums hang on, and its node groups."""

    cluster: Cluster
    settings: tuple[tuple[str, Value[str]], ...]
    groups: tuple[GroupForecast, ...]
    gaps: tuple[Unknown, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """All that can be said of one World: a root module, with the files or workspace of `variant` if there are several.

    `stray_groups` are node groups of which it is not known which cluster they belong to; `idle_subnets` the subnets
    that no node and no cluster uses; `pools` say of each NodePool that its nodes are not counted, `gaps` what could
    not be understood at all.
    """

    root: str
    variant: str | None
    assumptions: Assumptions
    clusters: tuple[ClusterForecast, ...]
    stray_groups: tuple[GroupForecast, ...]
    subnets: tuple[SubnetForecast, ...]
    idle_subnets: tuple[str, ...]
    pools: tuple[Unknown, ...]
    gaps: tuple[Gap, ...]

    @property
    def title(self) -> str:
        """Return the root and the variant."""
        return self.root if self.variant is None else f"{self.root} with {self.variant}"

    @property
    def groups(self) -> tuple[GroupForecast, ...]:
        """Return all node groups."""
        return (*(group for cluster in self.clusters for group in cluster.groups), *self.stray_groups)


def forecast(assessment: Assessment, also: Collection[str] = ()) -> Forecast:
    """Return what the clusters of a World will ask of its subnets, those of the addresses `also` among them."""
    world = assessment.world
    groups = {id(group): _group(group, assessment) for group in world.node_groups}
    subnets = forecast_subnets(assessment, [(found.group, found.node, found.surge) for found in groups.values()], also)
    used = {found.subnet.address for found in subnets}
    idle = tuple(subnet.address for subnet in world.subnets if subnet.address not in used)
    clusters = tuple(
        _cluster(cluster, tuple(_of(cluster, groups.values())), assessment, idle=bool(idle))
        for cluster in world.clusters
    )
    placed = {id(found.group) for cluster in clusters for found in cluster.groups}
    return Forecast(
        root=world.root,
        variant=world.variant,
        assumptions=assessment.assumptions,
        clusters=clusters,
        stray_groups=tuple(found for key, found in groups.items() if key not in placed),
        subnets=subnets,
        idle_subnets=idle,
        pools=counted_elsewhere(assessment),
        gaps=world.gaps,
    )


def all_gaps(found: Forecast) -> tuple[Unknown, ...]:
    """Return everything that keeps a number of a forecast from being certain, each once."""
    gaps: list[Unknown] = [Unknown(f"{gap.address}: {gap.reason}", gap.span) for gap in found.gaps]
    gaps += found.pools
    for cluster in found.clusters:
        gaps += cluster.gaps
    for group in found.groups:
        gaps += group.gaps
    for subnet in found.subnets:
        gaps += subnet.gaps
    return tuple({(gap.reason, str(gap.origin)): gap for gap in gaps}.values())


def _of(cluster: Cluster, groups: Iterable[GroupForecast]) -> Iterator[GroupForecast]:
    for found in groups:
        if isinstance(found.group.cluster, Known) and found.group.cluster.value == cluster.address:
            yield found


def _cluster(
    cluster: Cluster, groups: tuple[GroupForecast, ...], assessment: Assessment, *, idle: bool
) -> ClusterForecast:
    """Return the forecast of one cluster; `idle` says that there are subnets which nothing is known to use."""
    gaps: list[Unknown] = []
    if idle and cluster.declared:  # its control plane may be in them
        gaps += cluster.subnets.missing
        gaps += [Unknown(use.subnet.reason, use.span) for use in cluster.subnets if not isinstance(use.subnet, Known)]
    if cluster.cni.missing is not None:
        gaps.append(cluster.cni.missing)
    if not isinstance(cluster.auto_mode, Known):
        gaps.append(Unknown(cluster.auto_mode.reason, cluster.auto_mode.origin, cluster.auto_mode.refs))
    elif cluster.auto_mode.value:
        reason = "EKS Auto Mode decides how many nodes there are and of which types: they are not counted"
        gaps.append(Unknown(reason, cluster.auto_mode.origin))
    settings = tuple((name, assessment.variable(cluster.cni, name)) for name in DECISIVE_VARIABLES)
    return ClusterForecast(cluster, settings, groups, tuple(gaps))


def _group(group: NodeGroup, assessment: Assessment) -> GroupForecast:
    node = forecast_node(group, assessment)
    sizes = [size_estimate(size) for size in (group.minimum_size, group.desired_size, group.maximum_size)]
    gaps = [gap for size in sizes[1:] for gap in size.gaps]
    _, no_subnet = collect(subnets_of(group, assessment))  # that it is not certain that there is such a group, too
    gaps += [] if no_subnet is None else [no_subnet]
    zones = zone_count(group, assessment)
    gaps += zones.gaps
    for _, addresses in node.addresses:
        gaps += addresses.gaps
    for found in node.types:
        gaps += found.max_pods.gaps
    added = surge(group, zones)
    gaps += added.gaps
    return GroupForecast(
        group=group,
        minimum=sizes[0],
        desired=sizes[1],
        maximum=sizes[2],
        zones=zones,
        surge=added,
        node=node,
        gaps=tuple(dict.fromkeys(gaps)),
    )
