"""ClusterConfigs of eksctl and clusters of Terraform -> one World where both name the same cluster.

People make the cluster by Terraform and its nodes by eksctl, which wants to know the VPC then.  Node groups join the
cluster that Terraform makes, the one whose folder is nearest if there are several of that name; if that is not
certain, the settings of the CNI of each are left open.
"""

from __future__ import annotations

from collections.abc import Sequence

from podroom.assembly.attaching import both_karpenters
from podroom.assembly.cni_sources import with_sources
from podroom.assembly.joining import Placed
from podroom.model.world import Cluster, Gap, World
from podroom.records import replace
from podroom.sources.folders import is_inside, upwards
from podroom.values import Known, Members, Unknown


def join_eksctl(worlds: Sequence[Placed], of_eksctl: Sequence[Placed]) -> list[World]:
    """Return the Worlds, those of eksctl as parts of the Worlds that make their clusters where there are such."""
    joined = [placed.world for placed in worlds]
    alone: list[World] = []
    for placed in of_eksctl:
        near = _nearest(worlds, placed)
        if not near:
            alone.append(placed.world)
        elif len({worlds[number].folder for number, _ in near}) == 1:
            for number, address in near:
                joined[number] = _merged(joined[number], address, placed.world)
        else:
            alone.append(_perhaps(placed.world, [(joined[number], address) for number, address in near]))
    return [*joined, *alone]


def _nearest(worlds: Sequence[Placed], placed: Placed) -> list[tuple[int, str]]:
    """Return the clusters of the name that a World of eksctl has, in the smallest folder around it that holds any."""
    names = {cluster.name.value for cluster in placed.world.clusters if isinstance(cluster.name, Known)}
    same = [
        (number, cluster.address)
        for number, other in enumerate(worlds)
        for cluster in other.world.clusters
        if cluster.declared and isinstance(cluster.name, Known) and cluster.name.value in names
    ]
    for around in upwards(placed.folder):
        near = [(number, address) for number, address in same if is_inside(worlds[number].folder, around)]
        if near:
            return near
    return []


def _merged(world: World, address: str, other: World) -> World:
    """Return a World with all that a World of eksctl has of one of its clusters."""
    cluster, added = world.cluster(address), other.clusters[0]
    if cluster is None:
        return world
    place = Known(address, added.span)
    merged = _with_settings(cluster, added)
    return replace(
        world,
        clusters=tuple(merged if one is cluster else one for one in world.clusters),
        node_groups=(*world.node_groups, *(replace(group, cluster=place) for group in other.node_groups)),
        subnets=(*world.subnets, *other.subnets),
        vpcs=(*world.vpcs, *other.vpcs),
        fargate_profiles=(*world.fargate_profiles, *(replace(one, cluster=place) for one in other.fargate_profiles)),
        gaps=(*world.gaps, *other.gaps),
        notices=(*world.notices, *other.notices),
    )


def _with_settings(cluster: Cluster, added: Cluster) -> Cluster:
    cni = with_sources(cluster.cni, added.cni.all_sources)
    more = added.cni.pod_subnets
    known = cni.pod_subnets
    karpenter = both_karpenters(cluster.karpenter, added.karpenter)
    pod_subnets = Members((*known.items, *more.items), (*known.missing, *more.missing))
    on_update = added.cni.on_update if cni.on_update is None else cni.on_update
    return replace(cluster, cni=replace(cni, pod_subnets=pod_subnets, on_update=on_update), karpenter=karpenter)


def _perhaps(world: World, others: Sequence[tuple[World, str]]) -> World:
    """Return a World of eksctl whose cluster is one of several: what sets the CNI of those may set it here."""
    cluster = world.clusters[0]
    names = ", ".join(f"{address} in {other.root}" for other, address in others)
    reason = f"it may be for several clusters of its name ({names}); give podroom the folders of one cluster only"
    doubt = Unknown(reason, cluster.span)
    cni = cluster.cni
    for other, address in others:
        named = other.cluster(address)
        sources = () if named is None else named.cni.all_sources
        cni = with_sources(cni, [replace(source, doubt=doubt) for source in sources])
    gap = Gap(cluster.address, reason, cluster.span)
    clusters = (replace(cluster, cni=cni), *world.clusters[1:])
    return replace(world, clusters=clusters, gaps=(*world.gaps, gap))
