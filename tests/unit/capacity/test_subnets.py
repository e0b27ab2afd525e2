from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from podroom.capacity.cni import CniBehavior
from podroom.capacity.subnets import (
    CONTROL_PLANE_INTERFACES,
    CONTROL_PLANE_RECOMMENDED,
    CONTROL_PLANE_REQUIRED,
    CONTROL_PLANE_UPDATE,
    NodesInSubnet,
    Reserve,
    SubnetPart,
    SubnetSizeError,
    control_plane_reserve,
    free_prefix_blocks,
    length_of,
    node_load,
    nodes_in_zone,
    subnet_demand,
    sufficient_prefix_length,
    update_surge,
    usable_addresses,
)
from podroom.catalog.instance_types import InstanceCatalog
from podroom.config import read_config
from podroom.positions import Document

M5_LARGE = InstanceCatalog.bundled().find("m5.large")
assert M5_LARGE is not None


def test_sizes_show_their_working():
    assert usable_addresses(24).working == "2^(32 - 24) - 5 = 251"
    assert free_prefix_blocks(24).working == "max(0, 2^(28 - 24) - 2) blocks = 14"


@pytest.mark.parametrize(
    ("addresses", "prefixes", "length"),
    [(11, 0, 28), (12, 0, 27), (27, 1, 26), (59, 2, 26), (59, 3, 25), (65_531, 0, 16), (65_532, 0, None)],
)
def test_a_sufficient_size_has_the_addresses_and_the_whole_blocks(addresses: int, prefixes: int, length: int | None):
    assert sufficient_prefix_length(addresses, prefixes) == length


@pytest.mark.parametrize("prefix_length", [0, 15, 29, 32])
def test_a_size_that_ec2_does_not_make_is_refused(prefix_length: int):
    for size in (usable_addresses, free_prefix_blocks):
        with pytest.raises(SubnetSizeError, match=f"/{prefix_length}"):
            size(prefix_length)


@pytest.mark.parametrize(
    ("nodes", "zones", "skewed", "working"),
    [
        (7, 3, False, "ceil(7 nodes / 3 zones) = 3"),
        (6, 3, False, "ceil(6 nodes / 3 zones) = 2"),
        (7, 2, False, "ceil(7 nodes / 2 zones) = 4"),
        (7, 3, True, "all 7 nodes in one zone"),
        (7, 1, False, "all 7 nodes in one zone"),
    ],
)
def test_nodes_spread_over_zones_or_crowd_into_one(nodes: int, zones: int, working: str, *, skewed: bool):
    assert nodes_in_zone(nodes, zones, skewed=skewed).working == working


@pytest.mark.parametrize(
    ("zones", "options", "value"),
    [(3, {}, 6), (3, {"max_unavailable": 33}, 33), (2, {"max_unavailable": 4}, 4), (3, {"minimal": True}, 0)],
)
def test_an_update_brings_twice_the_zones_or_what_may_be_unavailable(zones: int, options: dict[str, int], value: int):
    assert update_surge(zones, **options).value == value  # type: ignore[arg-type]  # a table


def test_a_configuration_that_expects_no_number_of_pods_expects_the_usual_one():
    expected = read_config(Document("podroom.toml", "[assumptions]\n")).assumptions.expected_pods_per_node
    usual = node_load(M5_LARGE, CniBehavior(), max_pods=29)
    assert node_load(M5_LARGE, CniBehavior(), max_pods=29, expected_pods=expected) == usual


def test_a_load_is_idle_with_one_pod_and_full():
    load = node_load(M5_LARGE, CniBehavior(), max_pods=29)
    assert (load.idle.total, load.one_pod.total, load.saturated.total) == (10, 20, 30)
    assert (load.idle.free_addresses, load.one_pod.free_addresses) == (9, 2 * 9 - 1)
    assert (load.saturated.free_addresses, load.saturated.unserved_pods) == (0, 0)


def test_a_full_node_has_max_pods_less_those_on_the_host_network():
    assert node_load(M5_LARGE, CniBehavior(), max_pods=29, host_network_pods=0).saturated.unserved_pods == 2
    assert node_load(M5_LARGE, CniBehavior(), max_pods=29, unmanaged_interfaces=1).saturated.unserved_pods == 9
    assert node_load(M5_LARGE, CniBehavior(), max_pods=10).expected.pods == 8
    assert node_load(M5_LARGE, CniBehavior(), max_pods=29, expected_pods=9).expected.pods == 9
    small = node_load(M5_LARGE, CniBehavior(), max_pods=2)
    assert small.idle == small.one_pod == small.saturated
    one = node_load(M5_LARGE, CniBehavior(), max_pods=1, host_network_pods=2)
    assert one.saturated.total == 10


def test_the_demand_of_a_subnet_adds_groups_and_reserves():
    web = node_load(M5_LARGE, CniBehavior(), max_pods=29)
    demand = subnet_demand(
        [NodesInSubnet("web", 4, web), NodesInSubnet("batch", 2, web)],
        [control_plane_reserve(), Reserve("load balancer", 8)],
    )
    assert demand.idle.working == "4 web nodes x 10 + 2 batch nodes x 10 + 9 control plane + 8 load balancer = 77"
    assert (demand.idle.value, demand.one_pod.value, demand.saturated.value) == (77, 137, 197)


def test_a_long_sum_takes_nodes_together_that_take_the_same():
    web = node_load(M5_LARGE, CniBehavior(), max_pods=29)
    groups = [NodesInSubnet("web", 2, web)] * 6
    few, many = subnet_demand(groups), subnet_demand([*groups, NodesInSubnet("batch", 1, web)])
    assert few.idle.working == " + ".join(["2 web nodes x 10"] * 6) + " = 120"
    assert many.idle.working == "12 web nodes x 10 + 1 batch node x 10 = 130"
    assert many.idle.value == few.idle.value + 10


def test_the_control_plane_asks_for_what_the_user_guide_says():
    assert control_plane_reserve().addresses == CONTROL_PLANE_INTERFACES + CONTROL_PLANE_UPDATE == 4 + 5
    assert (CONTROL_PLANE_REQUIRED, CONTROL_PLANE_RECOMMENDED) == (6, 16)


def test_custom_networking_asks_one_subnet_for_nodes_and_another_for_pods():
    load = node_load(M5_LARGE, replace(CniBehavior(), custom_networking=True), max_pods=20)
    nodes = subnet_demand([NodesInSubnet("web", 3, load)])
    pods = subnet_demand([NodesInSubnet("web", 3, load, SubnetPart.PODS)])
    assert (nodes.saturated.value, pods.saturated.value) == (3, 60)


def test_nothing_asks_for_nothing():
    assert subnet_demand([]).saturated.working == "0"


WRITTEN_BLOCKS = ("10.0.0.0/16", "10.0.0.1/16", "0.0.0.0/0", "255.255.255.255/32", "10.0.0.1/255.255.0.0", "10.0.0.0")
NO_BLOCKS = (
    "10.0.0.0/33",
    "10.0.0/16",
    "10.0.0.0.0/16",
    "10.0.0.256/16",
    "256.256.256.256/33",
    "10.0.0.010/16",
    "10.0..0/16",
    "fd00::/64",
    "/16",
)


@pytest.mark.parametrize("block", WRITTEN_BLOCKS)
def test_the_length_of_a_block_is_what_the_standard_library_says(block: str) -> None:
    assert length_of(block) == IPv4Network(block, strict=False).prefixlen


@pytest.mark.parametrize("text", [*NO_BLOCKS, "10.0.0.0/", "10.0.0.0/1\u0666", "10.0.0.0/-1", "a/b"])
def test_what_is_no_block_is_told_as_by_the_standard_library(text: str) -> None:
    with pytest.raises(ValueError, match=r"^") as told:
        IPv4Network(text, strict=False)
    with pytest.raises(ValueError, match=rf"^{re.escape(str(told.value))}$"):
        length_of(text)
