"""What is told of nodes that no rule about room and addresses judges."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import assessed, eks_cluster, node_group, subnet
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.capacity.not_judged import not_judged
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog
from podroom.model.world import KarpenterKubelet, NodeClass, NodePool, Requirement, World
from podroom.positions import Document, Span
from podroom.values import Default, Known, Members, OneOf, Unknown

HERE, THERE = Span(Document("pool.yaml", "kind: NodePool"), 0, 4), Span(Document("max.yaml", "maxPods: 20"), 9, 11)
WHY = Unknown("nobody says", HERE)
CLUSTER = Known("aws_eks_cluster.main", HERE)
BLOCK = KarpenterKubelet(HERE, Known(20, THERE))
POOL = NodePool("NodePool/default", HERE, CLUSTER, Known("EC2NodeClass/default", HERE))
CLASS = NodeClass(
    "EC2NodeClass/default", HERE, CLUSTER, Known("EC2NodeClass/default", HERE), Known(AmiFamily.AL2023, HERE)
)
SETTING = replace(CLASS, kubelet=BLOCK)
FOR_WINDOWS = Members(
    (Requirement(Known("kubernetes.io/os", HERE), Known("In", HERE), Members((Known("windows", HERE),)), HERE),)
)
WINDOWS = replace(CLASS, ami_family=Known(AmiFamily.WINDOWS, HERE))


def told(world: World) -> list[tuple[str, Span]]:
    """Return the beginnings of all notices, up to the comma, with their places."""
    assessment = Assessment(world, InstanceCatalog.bundled(), Assumptions())
    return [(notice.message.partition(",")[0], notice.span) for notice in not_judged(assessment)]


IPV6 = eks_cluster(more='kubernetes_network_config {\n ip_family = "FAMILY"\n }')
WINDOWS_GROUP = node_group("w", more='ami_type = "WINDOWS_CORE_2022_x86_64"')


def test_nodes_with_ipv6_or_windows_are_told_at_the_place_that_says_so(tmp_path: Path) -> None:
    cluster = IPV6.replace("FAMILY", "ipv6")
    world = assessed(tmp_path, subnet("a", "10.0.0.0/24"), cluster, node_group("g"), WINDOWS_GROUP).world
    (ipv6, place), (windows, group) = told(world)
    assert ipv6 == "the pods of aws_eks_cluster.main get IPv6 addresses"
    assert place.text == '"ipv6"'
    assert windows == "aws_eks_node_group.w runs Windows"
    assert group == world.node_groups[1].span
    (known,) = world.clusters
    by_default = replace(known, ip_family=Known("ipv6", Default("somebody", "")))
    assert told(replace(world, clusters=(by_default,), node_groups=())) == [(ipv6, known.span)]


@pytest.mark.parametrize("family", ['"ipv4"', "var.unknown"])
def test_nothing_is_told_of_others(tmp_path: Path, family: str) -> None:
    parts = (subnet("a", "10.0.0.0/24"), IPV6.replace('"FAMILY"', family), node_group("g"))
    world = assessed(tmp_path, 'variable "unknown" {}\n', *parts).world
    (group,) = world.node_groups
    assert told(world) == told(replace(world, node_groups=(replace(group, ami_family=WHY),))) == []


@pytest.mark.parametrize(
    ("pools", "classes", "expected"),
    [
        ([POOL], [CLASS], []),
        ([POOL], [SETTING], []),
        ([POOL], [WINDOWS], [("NodePool/default runs Windows", HERE)]),
        ([replace(POOL, auto_mode=True)], [WINDOWS], []),
        ([replace(POOL, requirements=FOR_WINDOWS)], [], [("NodePool/default runs Windows", HERE)]),
        # It is open what it runs, which the rules say themselves; another one is told all the same.
        (
            [replace(POOL, node_class=WHY), replace(POOL, address="NodePool/other")],
            [WINDOWS],
            [("NodePool/other runs Windows", HERE)],
        ),
        # Classes that no pool uses.
        ([], [CLASS], []),
        ([], [SETTING], [("EC2NodeClass/default sets max pods", THERE)]),
        ([], [replace(SETTING, auto_mode=True)], []),
        (
            [replace(POOL, node_class=Known("EC2NodeClass/other", HERE))],
            [SETTING],
            [("EC2NodeClass/default sets max pods", THERE)],
        ),
        ([replace(POOL, node_class=Known("EC2NodeClass/other", HERE)), POOL], [SETTING], []),
        ([replace(POOL, node_class=WHY)], [SETTING], []),
        ([POOL], [replace(SETTING, reference=OneOf(("a", "b"), "it is open", HERE))], []),
        ([], [replace(CLASS, kubelet=KarpenterKubelet(HERE))], []),
        (
            [],
            [replace(CLASS, kubelet=KarpenterKubelet(THERE, missing=WHY))],
            [("EC2NodeClass/default sets max pods (nobody says)", HERE)],
        ),
        (
            [],
            [replace(CLASS, kubelet=KarpenterKubelet(THERE, Known(20, Default("somebody", ""))))],
            [("EC2NodeClass/default sets max pods", HERE)],
        ),
    ],
)
def test_pools_with_windows_and_classes_that_no_pool_uses_are_told(
    pools: list[NodePool], classes: list[NodeClass], expected: list[tuple[str, Span]]
) -> None:
    assert told(World("main", node_pools=tuple(pools), node_classes=tuple(classes), clusters=())) == expected
