"""What one node of a group takes where its type, its max pods or its cluster is not known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import CUSTOM_NETWORKING, add_on, assessed, eks_cluster, node_group, subnet
from podroom.capacity.assessment import Assessment
from podroom.capacity.estimate import Estimate, Loads, LoadState
from podroom.capacity.node_forecast import NodeForecast, forecast_node
from podroom.values import Members, Unknown

UNKNOWN = 'variable "unknown" {}\n'
UNKNOWN_MAX_PODS = """
  launch_template {
    id      = aws_launch_template.nodes.id
    version = "1"
  }
"""
TEMPLATE = """
resource "aws_launch_template" "nodes" {
  user_data = var.unknown
}
"""
EITHER = '[var.unknown == "large" ? "m5.4xlarge" : "m5.large"]'


def world_of(folder: Path, *groups: str, environment: str = "", more: str = "") -> Assessment:
    parts = (subnet("a", "10.0.0.0/20"), eks_cluster(), add_on(environment), TEMPLATE, more, *groups)
    return assessed(folder, UNKNOWN, *parts)


def node_of(folder: Path, *groups: str, environment: str = "") -> NodeForecast:
    assessment = world_of(folder, *groups, environment=environment)
    return forecast_node(assessment.world.node_groups[0], assessment)


def bounds(loads: Loads) -> list[tuple[int | None, int | None]]:
    return [(number.least, number.most) for _, number in loads]


@pytest.mark.parametrize(
    ("ready", "unserved", "serves"),
    [
        (True, (0, 0), True),
        (True, (0, 3), None),
        (True, (None, 0), True),
        (True, (1, 3), False),
        (None, (0, 0), None),
        (None, (1, 3), False),
        (False, (0, 0), False),
    ],
)
def test_all_pods_are_served_if_the_node_is_ready_and_none_waits(
    tmp_path: Path, ready: bool | None, unserved: tuple[int | None, int | None], serves: bool | None
) -> None:
    node = replace(node_of(tmp_path, node_group("g")), ready=ready, unserved=Loads.each(lambda _: Estimate(*unserved)))
    assert all(node.serves(state) is serves for state in LoadState)


def test_a_group_has_either_of_its_own_types_and_none_of_others(tmp_path: Path) -> None:
    group = node_group("g").replace('["m5.large"]', EITHER)

    node = node_of(tmp_path, group, node_group("other", types="c5.18xlarge"))

    assert [found.instance.name for found in node.types] == ["m5.4xlarge", "m5.large"]
    assert bounds(node.addresses) == [(10, 30), (20, 60), (30, 60), (30, 120)]
    assert bounds(node.prefixes) == [(0, 0)] * 4
    assert any("var.unknown" in gap.reason for _, number in node.addresses for gap in number.gaps)


@pytest.mark.parametrize("either", ['"t3.small" : "m5.large"', '"m5.large" : "t3.small"'])
def test_a_type_has_the_max_pods_that_each_choice_of_the_others_gives_it(tmp_path: Path, either: str) -> None:
    """Amazon EKS gives all nodes those of the smallest type: 11 beside a t3.small, 29 beside an m5.large."""
    types = f'[var.unknown == "a" ? {either}, "m5.xlarge"]'

    node = node_of(tmp_path, node_group("g").replace('["m5.large"]', types))

    found = {one.instance.name: one for one in node.types}
    assert {name: (one.max_pods.least, one.max_pods.most) for name, one in found.items()} == {
        "t3.small": (11, 11),
        "m5.large": (29, 29),
        "m5.xlarge": (11, 29),
    }
    assert bounds(found["m5.xlarge"].addresses) == [(15, 15), (15, 30), (15, 45), (15, 45)]
    assert sorted(limit.figure.value for limit in found["m5.xlarge"].limits) == [11, 29]
    assert bounds(node.addresses) == [(4, 15), (8, 30), (12, 45), (12, 45)]


def test_types_that_differ_are_named_with_what_each_takes(tmp_path: Path) -> None:
    node = node_of(tmp_path, node_group("g", types="m5.large,m5.4xlarge,m5.large"))
    assert [found.instance.name for found in node.types] == ["m5.large", "m5.4xlarge"]
    assert node.addresses.idle == Estimate(10, 30, "m5.large 10, m5.4xlarge 30")
    assert node.ready is True
    assert bounds(node.unserved) == [(0, 0)] * 4
    assert [found.ready for found in node.types] == [True, True]


@pytest.mark.parametrize(("environment", "expected"), [("", (0, 0)), ('ENABLE_PREFIX_DELEGATION = "true"', (0, None))])
def test_types_that_nobody_knows_take_prefixes_only_where_the_cni_gives_them(
    tmp_path: Path, environment: str, expected: tuple[int, int | None]
) -> None:
    node = node_of(tmp_path, node_group("g").replace('["m5.large"]', "[var.unknown]"), environment=environment)
    assert bounds(node.prefixes) == [expected] * 4
    assert bounds(node.addresses) == [(1, None)] * 4
    assert bounds(node.on_first_interface) == [(1, None)] * 4
    assert bounds(node.in_pod_subnet) == bounds(node.singles) == [(0, None)] * 4
    assert bounds(node.in_node_subnet) == [(1, None)] * 4
    assert node.ready is None


def test_a_group_without_any_type_may_take_anything(tmp_path: Path) -> None:
    assessment = world_of(tmp_path, node_group("g"))
    (group,) = assessment.world.node_groups
    node = forecast_node(replace(group, instance_types=Members()), assessment)
    assert node.addresses.idle == Estimate(1, None, "no instance type is known")
    assert bounds(node.unserved) == [(0, 0)] * 4
    assert node.ready is None


def test_types_beside_one_that_is_not_known_are_not_all_that_there_may_be(tmp_path: Path) -> None:
    types = '["m5.large", "m5.4xlarge", var.unknown]'
    node = node_of(tmp_path, node_group("g", more="").replace('["m5.large"]', types))
    assert node.ready is None
    assert node.addresses.idle.working == ""
    assert bounds(node.addresses) == [(1, None)] * 4


def test_types_that_take_the_same_show_one_sum_and_ranges_none(tmp_path: Path) -> None:
    same = node_of(tmp_path, node_group("g", types="m5.large,c5.large"))
    assert same.addresses.idle.working == "1 interface + 1 x 9 secondary addresses = 10"
    chance = 'ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "2"'
    ranges = node_of(tmp_path, node_group("g", types="m5.large,t3.medium"), environment=chance)
    assert ranges.addresses.saturated.working == "the instance types differ"


def test_nodes_that_never_become_ready_serve_no_pod(tmp_path: Path) -> None:
    node = node_of(tmp_path, node_group("g"), environment='ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "0"')
    assert node.ready is False
    assert [found.ready for found in node.types] == [False]
    assert bounds(node.addresses) == [(1, 1)] * 4


@pytest.mark.parametrize("name", ["DISABLE_NETWORK_RESOURCE_PROVISIONING", "ENABLE_IMDS_ONLY_MODE"])
def test_what_nodes_take_by_another_hand_is_not_known(tmp_path: Path, name: str) -> None:
    node = node_of(tmp_path, node_group("g"), environment=f'{name} = "true"')
    assert node.types == ()
    assert bounds(node.addresses) == [(1, None)] * 4
    assert name in node.addresses.idle.gaps[0].reason


def test_a_node_of_an_ipv6_cluster_takes_one_address(tmp_path: Path) -> None:
    cluster = eks_cluster(more='kubernetes_network_config {\n ip_family = "ipv6"\n }')
    assessment = assessed(tmp_path, subnet("a", "10.0.0.0/24"), cluster, node_group("g"))
    node = forecast_node(assessment.world.node_groups[0], assessment)
    assert bounds(node.addresses) == bounds(node.on_first_interface) == [(1, 1)] * 4
    assert bounds(node.prefixes) == bounds(node.unserved) == [(0, 0)] * 4
    assert (node.ready, node.serves(LoadState.SATURATED)) == (True, True)


def test_windows_may_take_prefixes_without_the_variable(tmp_path: Path) -> None:
    node = node_of(tmp_path, node_group("g", more='ami_type = "WINDOWS_CORE_2022_x86_64"'))
    assert bounds(node.prefixes) == bounds(node.singles) == [(0, None)] * 4
    assert [gap.reason for gap in node.addresses.idle.gaps] == ["what Windows nodes take is not worked out"]


def test_a_node_of_a_cluster_that_is_not_known_is_no_node_of_an_ipv6_cluster(tmp_path: Path) -> None:
    assessment = world_of(tmp_path, node_group("g"))
    (group,) = assessment.world.node_groups
    stray = replace(group, cluster=Unknown("nobody says which", group.span))
    node = forecast_node(stray, assessment)
    assert bounds(node.addresses) == [(1, None)] * 4
    assert bounds(node.prefixes) == [(0, None)] * 4
    assert node.addresses.idle.gaps == (Unknown("nobody says which", group.span),)


def test_whether_there_is_such_a_group_changes_nothing_about_its_nodes(tmp_path: Path) -> None:
    assessment = world_of(tmp_path, node_group("g"))
    (group,) = assessment.world.node_groups
    maybe = replace(group, uncertain=Unknown("nobody says whether", group.span))
    assert forecast_node(maybe, assessment) == forecast_node(group, assessment)


@pytest.mark.parametrize(
    ("kind", "environment", "addresses", "unserved"),
    [
        # The pool of an m5.large grows with max pods up to its 27 addresses; more pods than that wait.
        ("m5.large", "", [(10, 10), (10, 20), (10, 30), (10, 30)], [(0, 0), (0, 0), (0, 0), (0, None)]),
        # Without any pod ipamd stops at 0 addresses, and that is what max pods may be.
        ("m5.large", 'WARM_IP_TARGET = "2"', [(1, 3), (1, 4), (1, 20), (1, 30)], [(0, 0), (0, 0), (0, 0), (0, None)]),
        # 2 interfaces with one address each for pods, and 16 pods that are expected.
        ("t3.nano", "", [(2, 2), (2, 4), (2, 4), (2, 4)], [(0, 0), (0, 0), (0, 14), (0, None)]),
        # One interface for pods, 14 addresses; 18 branch interfaces beside them, 2 more than there is room for.
        (
            "m5.xlarge",
            'ENABLE_POD_ENI = "true", MAX_ENI = "2"',
            [(16, 16), (16, 16), (16, 34), (16, 34)],
            [(0, 0), (0, 0), (0, 2), (0, None)],
        ),
        # Nobody knows how many branch interfaces it has.
        ("r9g.large", "", [(20, 20), (20, 40), (20, 40), (20, 60)], [(0, 0), (0, 0), (0, 0), (0, None)]),
    ],
)
def test_a_node_takes_something_between_no_pods_and_more_than_it_has_room_for_if_max_pods_is_not_known(
    tmp_path: Path,
    kind: str,
    environment: str,
    addresses: list[tuple[int, int]],
    unserved: list[tuple[int, int | None]],
) -> None:
    node = node_of(tmp_path, node_group("g", types=kind, more=UNKNOWN_MAX_PODS), environment=environment)
    (found,) = node.types
    assert found.limits == ()
    assert (found.max_pods.least, found.max_pods.most) == (0, None)
    assert bounds(node.addresses) == addresses
    assert bounds(node.unserved) == unserved
    assert [bool(number.gaps) for _, number in node.addresses] == [low != high for low, high in addresses]
    assert [bool(number.gaps) for _, number in node.unserved] == [low != high for low, high in unserved]
    assert all(number.working for _, number in node.addresses if number.value is not None)
    assert not any(number.working for _, number in node.addresses if number.value is None)
    assert not any(number.working for _, number in node.on_first_interface)
    branches = [gap for gap in node.addresses.saturated.gaps if "branch interface" in gap.reason]
    assert bool(branches) == ("ENABLE_POD_ENI" in environment)


def test_a_type_of_which_the_room_is_not_known_is_named_beside_the_others(tmp_path: Path) -> None:
    environment = 'ENABLE_PREFIX_DELEGATION = "true"'
    node = node_of(tmp_path, node_group("g", types="m5.large,cr1.8xlarge"), environment=environment)
    assert [found.instance.name for found in node.types] == ["m5.large"]
    (gap,) = node.addresses.idle.gaps
    assert "cr1.8xlarge" in gap.reason
    both = node_group("g").replace('["m5.large"]', '["m5.large", "cr1.8xlarge", var.unknown]')
    first = node_of(tmp_path, both, environment=environment)
    assert ["var.unknown" in gap.reason for gap in first.addresses.idle.gaps] == [True]


def test_chance_adds_to_the_subnet_that_pods_have_their_addresses_of(tmp_path: Path) -> None:
    prefixes = 'ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "2"'
    shared = node_of(tmp_path, node_group("g"), environment=prefixes)
    apart = node_of(tmp_path, node_group("g"), environment=f"{prefixes}, {CUSTOM_NETWORKING}")

    assert (shared.addresses.expected.least, shared.addresses.expected.most) == (49, 65)
    assert shared.in_node_subnet.expected == shared.addresses.expected
    assert shared.in_pod_subnet.expected.is_zero
    assert (shared.prefixes.expected.least, shared.prefixes.expected.most) == (3, 4)
    assert (shared.singles.expected.least, shared.singles.expected.most) == (1, 1)
    assert apart.in_node_subnet.expected == Estimate.known(1, "1 primary interface")
    assert (apart.in_pod_subnet.expected.least, apart.in_pod_subnet.expected.most) == (49, 65)
    assert apart.in_pod_subnet.expected.working.endswith("by chance up to 65")
    assert (apart.singles.expected.least, apart.singles.expected.most) == (1, 1)


def test_addresses_of_other_cards_are_where_those_of_pods_are(tmp_path: Path) -> None:
    group = node_group("g", types="c6in.32xlarge")
    cards = 'ENABLE_MULTI_NIC = "true", WARM_IP_TARGET = "2"'
    shared = node_of(tmp_path, group, environment=cards)
    apart = node_of(tmp_path, group, environment=f"{cards}, {CUSTOM_NETWORKING}")

    assert bounds(shared.addresses) == bounds(shared.in_node_subnet)
    assert shared.addresses.idle.least == 3 + 2
    assert shared.in_pod_subnet.idle.is_zero
    assert apart.in_node_subnet.idle == Estimate.known(1, "1 primary interface")
    assert (apart.in_pod_subnet.idle.least, apart.in_pod_subnet.idle.most) == (3 + 2, None)
    assert (shared.singles.idle.least, shared.on_first_interface.idle.most) == (3 + 2, 3)
