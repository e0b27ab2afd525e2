"""All places of a World that name a subnet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from podroom.model.world import CniSettings, SubnetUse, World
from podroom.records import replace
from podroom.values import Known, Members


def subnet_uses_in(world: World) -> Iterator[SubnetUse]:
    """Iterate over all places that name a subnet."""
    for group in world.node_groups:
        yield from group.subnets
    for cluster in world.clusters:
        yield from cluster.subnets
        yield from (pods.subnet for pods in cluster.cni.pod_subnets)
    for node_class in world.node_classes:
        yield from node_class.subnets
        yield from node_class.pod_subnets
    for profile in world.fargate_profiles:
        yield from profile.subnets
    for tenant in world.tenants:
        yield from tenant.subnets


def with_renamed_subnets(world: World, rename: Callable[[str], str]) -> World:
    """Return a World in which subnets are called otherwise wherever they are named."""

    def use(one: SubnetUse) -> SubnetUse:
        return replace(one, subnet=one.subnet.map(rename)) if isinstance(one.subnet, Known) else one

    def uses(several: Members[SubnetUse]) -> Members[SubnetUse]:
        return replace(several, items=tuple(map(use, several)))

    def cni(settings: CniSettings) -> CniSettings:
        pods = settings.pod_subnets
        renamed = tuple(replace(one, subnet=use(one.subnet)) for one in pods)
        return replace(settings, pod_subnets=replace(pods, items=renamed))

    return replace(
        world,
        node_groups=tuple(replace(one, subnets=uses(one.subnets)) for one in world.node_groups),
        clusters=tuple(replace(one, subnets=uses(one.subnets), cni=cni(one.cni)) for one in world.clusters),
        node_classes=tuple(
            replace(one, subnets=uses(one.subnets), pod_subnets=uses(one.pod_subnets)) for one in world.node_classes
        ),
        fargate_profiles=tuple(replace(one, subnets=uses(one.subnets)) for one in world.fargate_profiles),
        tenants=tuple(replace(one, subnets=uses(one.subnets)) for one in world.tenants),
    )
