"""What node groups ask of a subnet: which of their nodes are there, of which type, and what is left open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import CUSTOM_NETWORKING, add_on, assessed, eks_cluster, eni_configs, node_group, subnet
from podroom.capacity.assessment import Assessment, ZoneBalance, collect
from podroom.capacity.demand import (
    Asked,
    Share,
    Space,
    control_planes_in,
    load_balancer_tag,
    shares_of,
    space,
    subnets_of,
)
from podroom.capacity.subnets import SubnetPart
from podroom.capacity.working import Figure
from podroom.values import Known, Members, Undecidable, Unknown

UNKNOWN = 'variable "unknown" {}\n'
OTHER_ZONE = "eu-west-1b"


def shares(assessment: Assessment, name: str) -> list[Share]:
    found = assessment.subnet(f"aws_subnet.{name}")
    assert found is not None
    return list(shares_of(found, assessment))


@pytest.mark.parametrize(("addresses", "blocks", "enough"), [(11, 2, True), (12, 2, False), (11, 3, False)])
def test_a_subnet_holds_what_fills_it_and_no_more(addresses: int, blocks: int, *, enough: bool):
    has = Space(Figure(11, "16 - 5 = 11", ()), Figure(2, "2", ()))
    assert has.holds(Asked(Figure(addresses, "", ()), blocks)) is enough


def test_a_block_may_be_written_by_any_of_its_addresses(tmp_path: Path):
    (found,) = assessed(tmp_path, subnet("a", "10.0.0.77/26")).world.subnets
    assert space(found).addresses.value == 64 - 5


def test_nodes_divide_among_zones_and_then_among_the_subnets_of_each(tmp_path: Path):
    assessment = assessed(
        tmp_path,
        subnet("a", "10.0.0.0/24"),
        subnet("beside", "10.0.1.0/24"),
        subnet("b", "10.0.2.0/24", zone=OTHER_ZONE),
        eks_cluster(),
        node_group("g", sizes=(1, 2, 9), subnets="aws_subnet.a.id, aws_subnet.beside.id, aws_subnet.b.id"),
    )

    # 9 nodes in two zones: 5 at the most, in the first one in two subnets.
    assert {name: shares(assessment, name)[0].nodes.value for name in ("a", "beside", "b")} == {
        "a": 3,
        "beside": 3,
        "b": 5,
    }
    assert shares(assessment, "a")[0].nodes.working.endswith("ceil(5 nodes / 2 subnets) = 3")
    assert "subnets" not in shares(assessment, "b")[0].nodes.working


def test_all_nodes_may_be_in_one_zone(tmp_path: Path):
    assessment = assessed(
        tmp_path,
        subnet("a", "10.0.0.0/24"),
        subnet("b", "10.0.2.0/24", zone=OTHER_ZONE),
        eks_cluster(),
        node_group("g", sizes=(1, 2, 9), subnets="aws_subnet.a.id, aws_subnet.b.id"),
        zone_balance=ZoneBalance.SKEWED,
    )
    assert [shares(assessment, name)[0].nodes.value for name in ("a", "b")] == [9, 9]


def with_pods_elsewhere(folder: Path, environment: str = CUSTOM_NETWORKING, **group: str) -> Assessment:
    """Return a World of 4 nodes in two subnets of one zone, and subnets for pods in that zone and another."""
    return assessed(
        folder,
        subnet("a", "10.0.0.0/24"),
        subnet("beside", "10.0.1.0/24"),
        subnet("pods", "100.64.0.0/20"),
        subnet("far", "100.65.0.0/20", zone=OTHER_ZONE),
        eks_cluster(),
        add_on(environment, more=eni_configs(eu_west_1a="pods", eu_west_1b="far")),
        node_group("g", subnets="aws_subnet.a.id, aws_subnet.beside.id", **group),
    )


def test_pods_of_all_nodes_of_a_zone_are_in_the_subnet_that_their_eniconfig_names(tmp_path: Path):
    assessment = with_pods_elsewhere(tmp_path, types="m5.xlarge,m5.large")

    (nodes,), (pods,), (nothing,) = (shares(assessment, name) for name in ("a", "pods", "far"))

    assert (nodes.part, nodes.nodes.value, nodes.holds_pods) == (SubnetPart.NODES, 2, False)
    assert (pods.part, pods.nodes.value, pods.holds_pods) == (SubnetPart.PODS, 4, True)
    assert (nothing.nodes.value, nothing.part) == (0, SubnetPart.PODS)
    # A node takes one address of its own subnet, of whatever type it is; of that of its pods a larger one takes more.
    assert pods.lightest.resolved.instance.name == "m5.large"
    assert pods.heaviest.resolved.instance.name == "m5.xlarge"


def test_eniconfigs_without_custom_networking_give_pods_nothing(tmp_path: Path):
    assessment = with_pods_elsewhere(tmp_path, environment='WARM_IP_TARGET = "2"')
    assert shares(assessment, "pods") == []


def test_the_lightest_type_counts_with_one_pod_and_the_heaviest_when_full(tmp_path: Path):
    assessment = assessed(
        tmp_path,
        subnet("a", "10.0.0.0/20"),
        eks_cluster(),
        node_group("g", types="m5.xlarge,m5.large,m5.2xlarge"),
    )
    (share,) = shares(assessment, "a")
    assert share.lightest.resolved.instance.name == "m5.large"
    assert share.heaviest.resolved.instance.name in {"m5.xlarge", "m5.2xlarge"}
    assert (share.fewest_prefixes, share.most_prefixes) == (0, 0)


@pytest.mark.parametrize("part", SubnetPart)
def test_prefixes_are_those_of_the_type_with_fewest_and_of_that_with_most(tmp_path: Path, part: SubnetPart):
    prefixes = 'ENABLE_PREFIX_DELEGATION = "true"'
    # A t2 gets no prefixes; an m5.large takes 1 for one pod and 8 for 110.
    environment = prefixes if part is SubnetPart.NODES else f"{prefixes}, {CUSTOM_NETWORKING}"
    assessment = with_pods_elsewhere(tmp_path, environment, types="m5.large,t2.large")

    (share,) = shares(assessment, "a" if part is SubnetPart.NODES else "pods")

    nodes = share.nodes.value
    full = assessment.load(share.group, share.heaviest.resolved.instance, share.heaviest.max_pods).saturated.prefixes
    assert share.fewest_prefixes == 0
    assert share.most_prefixes == nodes * full > 0


def test_prefixes_of_pods_are_not_in_the_subnet_of_the_nodes(tmp_path: Path):
    assessment = with_pods_elsewhere(tmp_path, f'ENABLE_PREFIX_DELEGATION = "true", {CUSTOM_NETWORKING}')
    (nodes,), (pods,) = (shares(assessment, name) for name in ("a", "pods"))
    assert nodes.most_prefixes == 0
    assert pods.fewest_prefixes >= 4


def test_a_group_without_any_type_leaves_its_subnet_open(tmp_path: Path):
    assessment = assessed(tmp_path, subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g"))
    (group,) = assessment.world.node_groups
    nothing = assessment.with_groups((replace(group, instance_types=Members()),))
    with pytest.raises(Undecidable, match="the group names no instance type"):
        shares(nothing, "a")


@pytest.mark.parametrize(
    ("cluster", "group"),
    [
        (eks_cluster(more='kubernetes_network_config {\n ip_family = "ipv6"\n }'), node_group("g")),
        (eks_cluster(), node_group("g", more='ami_type = "WINDOWS_CORE_2022_x86_64"')),
    ],
)
def test_nodes_that_no_sum_is_about_ask_for_nothing(tmp_path: Path, cluster: str, group: str):
    assessment = assessed(tmp_path, subnet("a", "10.0.0.0/24"), cluster, group)
    assert shares(assessment, "a") == []
    assert list(subnets_of(assessment.world.node_groups[0], assessment)) == []


def test_subnets_of_pods_that_nobody_names_leave_open_which_are_used(tmp_path: Path):
    assessment = assessed(
        tmp_path, subnet("a", "10.0.0.0/24"), eks_cluster(), add_on(CUSTOM_NETWORKING), node_group("g")
    )
    (group,) = assessment.world.node_groups
    found, unknown = collect(subnets_of(group, assessment))
    assert [one.address for one in found] == ["aws_subnet.a"]
    assert unknown is not None
    assert "ENIConfigs" in unknown.reason


def test_the_subnets_of_a_group_are_those_of_its_nodes_and_of_its_pods(tmp_path: Path):
    assessment = with_pods_elsewhere(tmp_path)
    (group,) = assessment.world.node_groups
    names = ["a", "beside", "pods", "far"]
    assert [one.address.rpartition(".")[2] for one in subnets_of(group, assessment)] == names
    why = Unknown("nobody says which", group.span)
    found, unknown = collect(subnets_of(replace(group, subnets=replace(group.subnets, missing=(why,))), assessment))
    assert len(found) == len(names)
    assert unknown is why


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ("", None),
        ('tags = { "kubernetes.io/role/elb" = "1" }', "kubernetes.io/role/elb"),
        ('tags = { "kubernetes.io/role/internal-elb" = "" }', "kubernetes.io/role/internal-elb"),
        ('tags = { "kubernetes.io/role/elb" = "0" }', None),
        ('tags = { "kubernetes.io/role/cni" = "1" }', None),
        ('tags = { "kubernetes.io/role/elb" = var.unknown }', "var.unknown"),
        (
            'tags = { "kubernetes.io/role/elb" = var.unknown, "kubernetes.io/role/internal-elb" = "1" }',
            "kubernetes.io/role/internal-elb",
        ),
    ],
)
def test_load_balancers_are_where_a_tag_lets_them_be(tmp_path: Path, tags: str, name: str | None):
    (found,) = assessed(tmp_path, UNKNOWN, subnet("a", "10.0.0.0/24", more=tags)).world.subnets
    tag = load_balancer_tag(found)
    if isinstance(tag, Known):
        assert tag.value == name
    else:
        assert name is not None
        assert name in tag.reason


@pytest.mark.parametrize(
    ("subnets", "places", "open_"),
    [
        ("aws_subnet.a.id", 1, False),
        ("aws_subnet.a.id, aws_subnet.a.id", 1, False),
        ("aws_subnet.b.id", 0, False),
        ("aws_subnet.b.id, var.unknown", 0, True),
        ("var.unknown, aws_subnet.a.id", 1, False),
    ],
)
def test_a_control_plane_is_in_a_subnet_once_or_may_be_in_it(tmp_path: Path, subnets: str, places: int, *, open_: bool):
    assessment = assessed(
        tmp_path,
        UNKNOWN,
        subnet("a", "10.0.0.0/24"),
        subnet("b", "10.0.1.0/24", zone=OTHER_ZONE),
        eks_cluster(subnets=subnets),
    )
    found, unknown = collect(control_planes_in(assessment.world.subnets[0], assessment))
    assert len(found) == places
    assert (unknown is not None) is open_
