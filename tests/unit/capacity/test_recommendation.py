"""Which settings of the warm pool are recommended, and at what price."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import add_on, assessed, eks_cluster, node_group, subnet
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.capacity.recommendation import Advice, Price, Verdict, recommend
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog
from podroom.model.world import FixedMaxPods, LaunchTemplate, Mechanism, NodeGroup, UserData, World
from podroom.values import Known, Unknown

Nodes = tuple[str, int | None, int | None]
"""Nodes of a group: their type, how many there are at the most, and max pods; None for a number that nobody knows."""


def limited(group: NodeGroup, nodes: Nodes) -> NodeGroup:
    """Return a group with so many nodes, to which somebody gave this max pods in the user data of an image."""
    _, number, max_pods = nodes
    span = group.span
    fixed = () if max_pods is None else (FixedMaxPods(Mechanism.NODEADM_CONFIG, Known(max_pods, span), span),)
    gaps = (Unknown("nobody says how many", span),) if max_pods is None else ()
    return replace(
        group,
        own_image=Known(value=True, origin=span),
        ami_family=Known(AmiFamily.AL2023, span),
        launch_template=LaunchTemplate("aws_launch_template.a", span, None, None, UserData(fixed=fixed, gaps=gaps)),
        maximum_size=Unknown("nobody says how many", span) if number is None else Known(number, span),
    )


def world_of(folder: Path, environment: str, *nodes: Nodes) -> World:
    groups = [node_group(f"g{number}", types=kind) for number, (kind, _, _) in enumerate(nodes)]
    world = assessed(folder, subnet("a", "10.0.0.0/16"), eks_cluster(), add_on(environment), *groups).world
    return replace(world, node_groups=tuple(map(limited, world.node_groups, nodes)))


def advised(world: World, **assumptions: int) -> Advice:
    assessment = Assessment(world, InstanceCatalog.bundled(), Assumptions(**assumptions))
    (advice,) = recommend(assessment).advice
    return advice


ADDRESSES = "WARM_IP_TARGET={}, MINIMUM_IP_TARGET={}"
PREFIXES = 'ENABLE_PREFIX_DELEGATION = "true"'


def targets(warm: int, minimum: int) -> str:
    return f'WARM_IP_TARGET = "{warm}", MINIMUM_IP_TARGET = "{minimum}"'


@pytest.mark.parametrize(
    ("environment", "nodes", "assumptions", "changes"),
    [
        # An m5.xlarge has 14 addresses on an interface: by default 3 calls for 16 pods, which is what is affordable.
        (targets(1, 16), [("m5.xlarge", 9, 58)], {}, ""),
        (targets(1, 15), [("m5.xlarge", 9, 58)], {}, ADDRESSES.format(2, 18)),
        # 29 on one interface: 2 calls; 2 are always affordable.
        (targets(1, 16), [("m5.4xlarge", 9, 58)], {}, ""),
        (targets(1, 15), [("m5.4xlarge", 9, 58)], {}, ADDRESSES.format(2, 18)),
        ('WARM_IP_TARGET = "1"', [("m5.large", 9, 29)], {}, ADDRESSES.format(2, 18)),
        # By default a prefix for each 16 pods, 7 calls; nothing takes fewer than 7 prefixes.
        (PREFIXES, [("m5.large", 9, 110)], {"expected_pods_per_node": 108}, ""),
        # Near max pods a minimum without the warm addresses takes one less, but a call more than is affordable.
        (targets(2, 19), [("m5.4xlarge", 1, 17), ("m5.4xlarge", None, 20)], {"expected_pods_per_node": 18}, ""),
        # 2 calls are affordable, and needed.
        (f"{PREFIXES}, {targets(1, 18)}", [("m4.large", 9, 19)], {"expected_pods_per_node": 20}, ""),
        (
            f'{PREFIXES}, MINIMUM_IP_TARGET = "17"',
            [("t3.small", 10, 11), ("m5.2xlarge", None, 29)],
            {"expected_pods_per_node": 30, "many_nodes": 10},
            "WARM_PREFIX_TARGET=1, MINIMUM_IP_TARGET unset",
        ),
        # As many addresses with fewer calls are no reason to change.
        (
            f'{PREFIXES}, WARM_IP_TARGET = "1", WARM_PREFIX_TARGET = "2"',
            [("t3.medium", 10, 58), ("t3.small", 1, 35)],
            {"expected_pods_per_node": 17},
            "",
        ),
        # Nodes that nobody counts do not make a cluster large.
        ("", [("m5.large", 49, 29), ("m5.large", None, 29)], {}, ADDRESSES.format(2, 18)),
        ("", [("m5.large", 49, 29), ("m5.large", 1, 29)], {}, ADDRESSES.format(3, 19)),
        # Prefixes are for who has them already.
        (
            'MINIMUM_IP_TARGET = "12", WARM_PREFIX_TARGET = "2"',
            [("c5.large", 49, 19), ("m4.large", 9, 110)],
            {"expected_pods_per_node": 20, "many_nodes": 10},
            f"{ADDRESSES.format(3, 20)}, WARM_PREFIX_TARGET unset",
        ),
        (
            'WARM_ENI_TARGET = "0", WARM_IP_TARGET = "5"',
            [("m5.large", 9, 29)],
            {"expected_pods_per_node": 17},
            f"{ADDRESSES.format(2, 19)}, WARM_ENI_TARGET unset",
        ),
        # Where max pods is not known, nodes are taken to fill their room.
        ("", [("m5.large", 9, None)], {}, ADDRESSES.format(2, 18)),
        # Without a target aws-node exits, whether or not a pod waits for an address.
        (f'{PREFIXES}, WARM_PREFIX_TARGET = "0"', [("m5.large", 9, 2)], {}, "WARM_PREFIX_TARGET=1"),
    ],
)
def test_the_targets_that_take_fewest_addresses_at_a_price_that_the_defaults_have_too_are_advised(
    tmp_path: Path, environment: str, nodes: list[Nodes], assumptions: dict[str, int], changes: str
) -> None:
    found = advised(world_of(tmp_path, environment, *nodes), **assumptions)
    assert ", ".join(map(str, found.changes)) == changes
    assert found.verdict is (Verdict.CHANGE if changes else Verdict.KEEP)


@pytest.mark.parametrize(
    ("environment", "nodes", "today", "then"),
    [
        ("", [("m5.large", 9, 29)], Price(0, 9 * 30, 3), Price(0, 9 * 20, 2)),
        ("", [("m5.large", None, 29)], Price(0, 30, 3), Price(0, 20, 2)),
        ("", [("m5.large", 9, None)], Price(0, 9 * 30, 3), Price(0, 9 * 20, 2)),
        ("", [("m5.large", 2, 29), ("m5.xlarge", 3, 58)], Price(0, 2 * 30 + 3 * 45, 3), Price(0, 5 * 20, 2)),
        ('MINIMUM_IP_TARGET = "5"', [("m5.large", 2, 29)], Price(11, 2 * 6, 1), Price(0, 2 * 20, 2)),
    ],
)
def test_a_price_is_that_of_all_nodes_with_the_calls_of_the_worst(
    tmp_path: Path, environment: str, nodes: list[Nodes], today: Price, then: Price
) -> None:
    found = advised(world_of(tmp_path, environment, *nodes))
    assert (found.today, found.then) == (today, then)


@pytest.mark.parametrize(
    ("environment", "nodes", "reasons"),
    [
        (
            "",
            [("m5.large", 9, 29)],
            [
                "WARM_IP_TARGET=2 keeps that many addresses ready for the next pods",
                (
                    "MINIMUM_IP_TARGET=18 covers the first 16 pods and the warm ones at once: 2 EC2 calls for a "
                    "node's 16 pods, 3 calls today; each pod beyond them is one call"
                ),
            ],
        ),
        (
            "",
            [("m5.large", 50, 29)],
            [
                (
                    "WARM_IP_TARGET=3 keeps that many addresses ready for the next pods; "
                    "fewer would make EC2 throttle in a cluster of 50 nodes"
                ),
                (
                    "MINIMUM_IP_TARGET=19 covers the first 16 pods and the warm ones at once: 3 EC2 calls for a "
                    "node's 16 pods, 3 calls today; each pod beyond them is one call"
                ),
            ],
        ),
        (
            f'{PREFIXES}, WARM_PREFIX_TARGET = "0"',
            [("m5.large", 9, 2), ("m4.large", 9, 2)],
            [
                "today aws-node exits at start: prefix delegation needs a warm target",
                "a prefix is a block of 16 addresses, so targets are rounded up to it",
            ],
        ),
    ],
)
def test_a_change_is_advised_with_the_sums_of_each_type_and_what_the_targets_are_for(
    tmp_path: Path, environment: str, nodes: list[Nodes], reasons: list[str]
) -> None:
    found = advised(world_of(tmp_path, environment, *nodes))
    types = list(dict.fromkeys(kind for kind, _, _ in nodes))
    assert [reason.partition(" ")[0] for reason in found.reasons[: len(types)]] == types
    assert list(found.reasons[len(types) :]) == reasons


def test_what_else_helps_is_told_with_the_advice(tmp_path: Path) -> None:
    (larger, apart) = advised(replace_cidr(world_of(tmp_path, "", ("m5.large", 30, 29)), "10.0.0.0/26")).remedies
    assert larger.text.startswith("aws_subnet.a: ")
    assert apart.added


def replace_cidr(world: World, block: str) -> World:
    return replace(world, subnets=tuple(replace(one, cidr=Known(block, one.span)) for one in world.subnets))


def test_a_node_is_never_expected_to_run_more_pods_than_it_may(tmp_path: Path) -> None:
    for max_pods, pods in ((1, 0), (2, 0), (3, 1), (29, 16)):
        found = advised(world_of(tmp_path, f'{PREFIXES}, WARM_PREFIX_TARGET = "0"', ("m5.large", 9, max_pods)))
        assert found.reasons[0].startswith(f"m5.large with {pods} pod")


def test_settings_of_a_manifest_of_the_project_are_not_taken_away(tmp_path: Path) -> None:
    world = world_of(tmp_path, 'WARM_ENI_TARGET = "2"', ("m5.large", 9, 29))
    (cluster,) = world.clusters
    own = replace(cluster, cni=replace(cluster.cni, from_manifest=False))
    assert str(advised(world).changes[-1]) == "WARM_ENI_TARGET unset"
    assert [change.value for change in advised(replace(world, clusters=(own,))).changes] == ["2", "18"]


def test_what_is_not_known_is_left_undecided_without_any_advice(tmp_path: Path) -> None:
    world = world_of(tmp_path, "", ("m5.large", 9, 29))
    (cluster,), (group,) = world.clusters, world.node_groups
    unknown = Unknown("nobody says which", group.span)

    nobody = advised(replace(world, node_groups=()))
    assert nobody.verdict is Verdict.UNDECIDED
    assert nobody.reasons == ("no node group of which the instance types are known",)

    either = advised(replace(world, clusters=(replace(cluster, ip_family=unknown),)))
    assert either.verdict is Verdict.UNDECIDED
    assert unknown in either.gaps

    typeless = replace(group, instance_types=replace(group.instance_types, items=(), missing=(unknown,)))
    crowded = replace(typeless, maximum_size=Known(30, group.span))
    assert advised(replace_cidr(replace(world, node_groups=(crowded,)), "10.0.0.0/28")).remedies == ()


def test_a_cluster_with_ipv6_keeps_its_settings(tmp_path: Path) -> None:
    world = world_of(tmp_path, "", ("m5.large", 9, 29))
    (cluster,) = world.clusters
    found = advised(replace(world, clusters=(replace(cluster, ip_family=Known("ipv6", cluster.span)),)))
    assert (found.verdict, found.changes) == (Verdict.KEEP, ())
