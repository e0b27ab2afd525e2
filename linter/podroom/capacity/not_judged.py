"""What no rule about room and addresses judges, so that no findings are not taken for "all is well"."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.node_pools import runs_windows
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import Cluster, Notice
from podroom.values import Default, Known, Undecidable

_LEFT_OUT = "so the room of its nodes and the addresses that they take are not judged"


def not_judged(assessment: Assessment) -> Iterator[Notice]:
    """Iterate over notices of clusters with IPv6, and of node groups and NodePools with Windows."""
    world = assessment.world
    for cluster in world.clusters:
        if _is_ipv6(cluster):
            origin = cluster.ip_family.origin
            place = cluster.span if isinstance(origin, Default) else origin
            yield Notice(f"the pods of {cluster.address} get IPv6 addresses, {_LEFT_OUT}", place)
    for group in world.node_groups:
        if isinstance(group.ami_family, Known) and group.ami_family.value is AmiFamily.WINDOWS:
            yield Notice(f"{group.address} runs Windows, {_LEFT_OUT}", group.span)
    for pool in world.node_pools:
        try:
            windows = not pool.auto_mode and runs_windows(pool, assessment)
        except Undecidable:
            continue  # the rules say that themselves
        if windows:
            yield Notice(f"{pool.address} runs Windows, {_LEFT_OUT}", pool.span)


def _is_ipv6(cluster: Cluster) -> bool:
    return isinstance(cluster.ip_family, Known) and cluster.ip_family.value == "ipv6"
