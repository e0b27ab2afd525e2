"""In which zones and subnets nodes are, as far as it is known: no bound is narrower than what may be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import CUSTOM_NETWORKING, add_on, assessed, eks_cluster, eni_configs, node_group, subnet
from podroom.capacity.assessment import Assessment, ZoneBalance
from podroom.capacity.demand import subnets_of
from podroom.capacity.estimate import Estimate
from podroom.capacity.placement import custom_networking, nodes_here, presence_of, zone_count
from podroom.capacity.subnets import SubnetPart
from podroom.model.world import NodeGroup, Subnet
from podroom.values import Members, Undecidable, Unknown

UNKNOWN = 'variable "unknown" {}\n'
NODES, PODS = SubnetPart.NODES, SubnetPart.PODS


def subnet_in(name: str, number: int, zone: str) -> str:
    """Return a subnet in a zone of eu-west-1, or in one that AWS chooses."""
    text = subnet(name, f"10.0.{number}.0/24", zone=f"eu-west-1{zone}")
    return text if zone else text.replace('  availability_zone = "eu-west-1"\n', "")


def spread(folder: Path, zones: str, *more: str, uses: str = "", **assumptions: object) -> Assessment:
    """Return a World with a group in subnets s0, s1 ... of these zones; "?" stands for one that AWS chooses."""
    subnets = [subnet_in(f"s{number}", number, zone.strip("?")) for number, zone in enumerate(zones)]
    own = ", ".join(f"aws_subnet.s{number}.id" for number in range(len(zones)))
    return assessed(
        folder, UNKNOWN, *subnets, *more, eks_cluster(subnets=own), node_group("g", subnets=uses or own), **assumptions
    )


def at(assessment: Assessment, name: str) -> tuple[NodeGroup, Subnet]:
    (group,) = assessment.world.node_groups
    found = assessment.subnet(f"aws_subnet.{name}")
    assert found is not None
    return group, found


@pytest.mark.parametrize(
    ("zones", "least", "most"),
    [("ab", 2, 2), ("aab", 2, 2), ("a", 1, 1), ("?", 1, 1), ("??", 1, 2), ("a?", 1, 2), ("ab?", 2, 3)],
)
def test_nodes_spread_over_as_many_zones_as_their_subnets_may_be_in(
    tmp_path: Path, zones: str, least: int, most: int
) -> None:
    assessment = spread(tmp_path, zones)
    found = zone_count(assessment.world.node_groups[0], assessment)
    assert (found.least, found.most, bool(found.gaps)) == (least, most, least != most)


def test_a_group_without_subnets_is_in_no_zone(tmp_path: Path) -> None:
    assessment = spread(tmp_path, "a")
    assert zone_count(replace(assessment.world.node_groups[0], subnets=Members()), assessment) == Estimate.known(0)


def test_subnets_that_nobody_names_may_be_in_any_zone(tmp_path: Path) -> None:
    group = node_group("g").replace("[aws_subnet.a.id]", "var.unknown")
    assessment = assessed(tmp_path, UNKNOWN, subnet("a", "10.0.0.0/24"), eks_cluster(), group)
    (unknown,) = assessment.world.node_groups
    found = zone_count(unknown, assessment)
    assert (found.least, found.most) == (1, None)
    assert found.gaps == unknown.subnets.missing
    here = nodes_here(unknown, assessment.world.subnets[0], NODES, 7, assessment)
    assert (here.least, here.most, here.gaps) == (0, 7, unknown.subnets.missing)
    (use,) = assessed(tmp_path, subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g")).world.node_groups[0].subnets
    more = replace(unknown, subnets=Members((use,), unknown.subnets.missing))
    for part in SubnetPart:
        here = nodes_here(more, assessment.world.subnets[0], part, 7, assessment)
        assert (here.least, here.most, here.gaps) == (0, 7, unknown.subnets.missing)


@pytest.mark.parametrize(
    ("zones", "name", "bounds"),
    [
        ("aab", "s0", (2, 2)),
        ("aab", "s2", (4, 4)),
        # Both zones are the same or not: 7 nodes in one of two zones, or in one of two subnets of a zone.
        ("??", "s0", (4, 4)),
        ("a?", "s0", (4, 4)),
        # Two of three in one zone have 2 each, and the third then 4; a zone each, or all in one: 3.
        ("???", "s0", (2, 4)),
        ("ab?", "s0", (2, 4)),
        ("ab?", "s2", (2, 3)),
        ("aabbccc?", "s0", (1, 2)),
        ("??????", "s0", (1, 4)),
        ("???????", "s0", (0, 7)),
    ],
)
def test_nodes_of_subnets_in_unknown_zones_are_as_many_as_some_placement_gives(
    tmp_path: Path, zones: str, name: str, bounds: tuple[int, int]
) -> None:
    assessment = spread(tmp_path, zones)
    found = nodes_here(*at(assessment, name), NODES, 7, assessment)
    assert (found.least, found.most) == bounds
    assert all(isinstance(gap, Unknown) for gap in found.gaps)
    # Too many to place them: then it is the one that stood in the way of a plain sum.
    open_zones = zones.count("?") if zones.count("?") < 7 else 1
    assert len(found.gaps) == (open_zones if bounds[0] != bounds[1] else 0)


def test_nodes_may_all_be_in_one_of_the_zones(tmp_path: Path) -> None:
    assessment = spread(tmp_path, "ab?", zone_balance=ZoneBalance.SKEWED)
    found = nodes_here(*at(assessment, "s0"), NODES, 7, assessment)
    assert (found.least, found.most) == (4, 7)


@pytest.mark.parametrize(
    ("zones", "zone", "bounds"),
    [
        ("ab", "a", (4, 4)),
        ("ab", "c", (0, 0)),
        # Pods of all nodes of a zone are in one subnet, however many the nodes have.
        ("aa", "a", (7, 7)),
        ("a?", "a", (4, 7)),
        ("b?", "a", (0, 4)),
        ("ab", "", (0, 4)),
        ("a?", "", (0, 7)),
    ],
)
def test_pods_are_in_the_subnet_of_their_zone_if_nodes_are_in_it(
    tmp_path: Path, zones: str, zone: str, bounds: tuple[int, int]
) -> None:
    assessment = spread(tmp_path, zones, subnet_in("pods", 99, zone))
    found = nodes_here(*at(assessment, "pods"), PODS, 7, assessment)
    assert (found.least, found.most, bool(found.gaps)) == (*bounds, bounds[0] != bounds[1])


def test_pods_of_a_subnet_of_nodes_are_those_of_its_whole_zone(tmp_path: Path) -> None:
    assessment = spread(tmp_path, "aa?")
    found = nodes_here(*at(assessment, "s0"), PODS, 7, assessment)
    assert (found.least, found.most) == (4, 7)


def test_a_subnet_may_be_the_one_of_the_group_that_nobody_names(tmp_path: Path) -> None:
    uses = "aws_subnet.s0.id, var.unknown"
    assessment = spread(tmp_path, "a?b", uses=uses)
    elsewhere = nodes_here(*at(assessment, "s2"), NODES, 7, assessment)
    assert (elsewhere.least, elsewhere.most) == (0, 7)
    pods = nodes_here(*at(assessment, "s2"), PODS, 7, assessment)
    assert (pods.least, pods.most) == (0, 4)
    own = nodes_here(*at(assessment, "s0"), NODES, 7, assessment)
    assert (own.least, own.most) == (4, 4)


def presences(assessment: Assessment, part: SubnetPart) -> dict[str, bool | str]:
    """Return whether a part of the first group's addresses is in each subnet, or a word of why it is not known."""
    group = assessment.world.node_groups[0]
    found = {one.address[-1]: presence_of(group, one, part, assessment) for one in assessment.world.subnets}
    return {
        name: presence.reason.split()[-1] if isinstance(presence, Unknown) else presence
        for name, presence in found.items()
    }


def parts(environment: str = CUSTOM_NETWORKING, more: str = "", group: str = "") -> list[str]:
    """Return a group in subnet a, and b, from which it is open whether anything is in it, and p for pods."""
    return [
        UNKNOWN,
        subnet("a", "10.0.0.0/24"),
        subnet("b", "10.0.1.0/24"),
        subnet("p", "100.64.0.0/20"),
        eks_cluster(),
        add_on(environment, more=more),
        group or node_group("g"),
    ]


ENI_CONFIGS = eni_configs(eu_west_1a="p")
OPEN_CONFIGS = ', eniConfig = { create = true, region = "eu-west-1", subnets = var.unknown }'
UNKNOWN_CONFIGS = ENI_CONFIGS.replace("aws_subnet.p.id", "var.unknown")
UNKNOWN_SWITCH = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = var.unknown"
ANYWHERE = node_group("g", subnets="aws_subnet.a.id, var.unknown")
SOMEBODYS = node_group("g").replace("aws_eks_cluster.main.name", "var.unknown")


@pytest.mark.parametrize(
    ("configuration", "nodes", "pods"),
    [
        (parts("", ENI_CONFIGS), {"a": True, "b": False, "p": False}, {"a": False, "b": False, "p": False}),
        (parts(more=ENI_CONFIGS), {"a": True, "b": False, "p": False}, {"a": False, "b": False, "p": True}),
        # Who names no subnets for pods here may name those of the nodes elsewhere.
        (parts(), {"a": True, "b": False, "p": False}, {"a": "configuration", "b": False, "p": False}),
        (parts(""), {"a": True, "b": False, "p": False}, {"a": False, "b": False, "p": False}),
        (
            parts(group=ANYWHERE),
            {"a": True, "b": "--var-file", "p": "--var-file"},
            {"a": "configuration", "b": "--var-file", "p": "--var-file"},
        ),
        (parts("", group=ANYWHERE), {"a": True, "b": "--var-file", "p": "--var-file"}, dict.fromkeys("abp", False)),
        (parts(more=OPEN_CONFIGS), {"a": True, "b": False, "p": False}, dict.fromkeys("abp", "--var-file")),
        # A subnet that is not known may be any, if pods have subnets of their own at all.
        (
            parts(more=UNKNOWN_CONFIGS),
            {"a": True, "b": False, "p": False},
            {"a": "--var-file", "b": "--var-file", "p": "--var-file"},
        ),
        (parts("", UNKNOWN_CONFIGS), {"a": True, "b": False, "p": False}, {"a": False, "b": False, "p": False}),
        (
            parts(UNKNOWN_SWITCH, ENI_CONFIGS),
            {"a": True, "b": False, "p": False},
            {"a": False, "b": False, "p": "--var-file"},
        ),
        (parts(UNKNOWN_SWITCH, UNKNOWN_CONFIGS), {"a": True, "b": False, "p": False}, dict.fromkeys("abp", False)),
    ],
)
def test_addresses_are_in_the_subnets_that_are_named_for_them_or_may_be(
    tmp_path: Path, configuration: list[str], nodes: dict[str, bool | str], pods: dict[str, bool | str]
) -> None:
    assessment = assessed(tmp_path, *configuration)
    assert (presences(assessment, NODES), presences(assessment, PODS)) == (nodes, pods)


def test_pods_of_a_cluster_that_is_not_known_may_be_where_those_of_any_cluster_are(tmp_path: Path) -> None:
    configs = eni_configs(eu_west_1a="p", eu_west_1b="b")
    assessment = assessed(tmp_path, *parts(more=configs), eks_cluster("other"))
    (group,) = assessment.world.node_groups
    stray = replace(group, cluster=Unknown("nobody says which", group.span))
    found = {one.address[-1]: presence_of(stray, one, PODS, assessment) for one in assessment.world.subnets}
    assert {name: isinstance(presence, Unknown) for name, presence in found.items()} == {
        "a": False,
        "b": True,
        "p": True,
    }
    assert custom_networking(stray, assessment) == Unknown("nobody says which", group.span)
    assert custom_networking(group, assessment) is True


def test_pods_are_not_where_those_of_another_cluster_are(tmp_path: Path) -> None:
    others = add_on(CUSTOM_NETWORKING, name="other", cluster="other", more=ENI_CONFIGS)
    assessment = assessed(tmp_path, *parts("", UNKNOWN_CONFIGS), eks_cluster("other"), others)
    assert presences(assessment, PODS) == dict.fromkeys("abp", False)


def test_what_is_said_of_missing_eniconfigs_points_at_the_switch(tmp_path: Path) -> None:
    assessment = assessed(tmp_path, *parts())
    (group,) = assessment.world.node_groups
    missing = presence_of(group, assessment.world.subnets[0], PODS, assessment)
    assert isinstance(missing, Unknown)
    assert missing.origin == assessment.world.clusters[0].cni.environment[0].span
    with pytest.raises(Undecidable, match="ENIConfigs"):
        list(subnets_of(group, assessment))
