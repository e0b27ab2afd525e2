from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from podroom.capacity.cni import CniBehavior
from podroom.capacity.interfaces import ADDRESSES_PER_PREFIX
from podroom.capacity.warm_pool import NodeAddresses, Pool, growth_calls, node_addresses, settled_items
from podroom.catalog.instance_types import InstanceCatalog

DEFAULTS = CniBehavior(warm_prefix_target=1)
PREFIXES = replace(DEFAULTS, prefix_delegation=True)
CUSTOM = replace(DEFAULTS, custom_networking=True)


def node(name: str, cni: CniBehavior, *, max_pods: int, pods: int, **more: int) -> NodeAddresses:
    instance = InstanceCatalog.bundled().find(name)
    assert instance is not None
    return node_addresses(instance, cni, max_pods=max_pods, pods=pods, **more)


@pytest.mark.parametrize(
    ("name", "cni", "max_pods", "pods", "working"),
    [
        ("m5.large", DEFAULTS, 29, 0, "1 interface + 1 x 9 secondary addresses = 10"),
        ("m5.large", DEFAULTS, 29, 1, "2 interfaces + 2 x 9 secondary addresses = 20"),
        ("m6a.32xlarge", DEFAULTS, 737, 1, "2 interfaces + 2 x 49 secondary addresses = 100"),
        ("m6a.32xlarge", DEFAULTS, 49, 1, "1 interface + 1 x 49 secondary addresses = 50"),
        ("m5.large", CniBehavior(minimum_ip_target=5), 29, 4, "1 interface + 5 secondary addresses = 6"),
        ("m5.large", CniBehavior(warm_ip_target=1), 29, 0, "1 interface + 1 secondary address = 2"),
        ("m5.large", PREFIXES, 110, 110, "1 interface + 7 prefixes x 16 addresses = 113"),
        ("m5.large", PREFIXES, 110, 0, "1 interface + 1 prefix x 16 addresses = 17"),
        ("m4.large", PREFIXES, 20, 0, "1 interface + 1 x 9 secondary addresses = 10"),
        ("m5.large", CUSTOM, 20, 1, "1 primary interface + 2 pod interfaces + 2 x 9 secondary addresses = 21"),
        (
            "m6a.2xlarge",
            replace(DEFAULTS, pod_eni=True),
            58,
            1,
            "2 interfaces + 1 trunk interface + 2 x 14 secondary addresses = 31",
        ),
    ],
)
def test_the_addresses_of_a_node_show_their_working(
    name: str, cni: CniBehavior, max_pods: int, pods: int, working: str
):
    assert node(name, cni, max_pods=max_pods, pods=pods).working == working


def test_kubelets_limit_stops_the_pool_since_1_16_3_only():
    def total(version: tuple[int, ...]) -> int:
        return node("m6a.32xlarge", replace(DEFAULTS, version=version), max_pods=40, pods=1).total

    assert (total((1, 16, 2)), total((1, 16, 3))) == (100, 50)


def test_with_custom_networking_only_the_primary_address_is_in_the_node_subnet():
    cni = replace(CUSTOM, pod_eni=True)
    found = node("m6a.2xlarge", cni, max_pods=58, pods=1, branch_pods=3)
    assert (found.interfaces, found.pod_interfaces) == (4, 2)
    assert (found.node_subnet_addresses, found.pod_subnet_addresses) == (1, 1 + 2 * 15 + 3)
    assert found.total == 35


def test_without_custom_networking_all_addresses_are_in_the_node_subnet():
    found = node("m6a.2xlarge", replace(DEFAULTS, pod_eni=True), max_pods=58, pods=1, branch_pods=3)
    assert (found.node_subnet_addresses, found.pod_subnet_addresses) == (34, 0)


def test_minimum_ip_target_alone_leaves_the_next_pod_without_an_address():
    found = node("m5.large", CniBehavior(minimum_ip_target=5), max_pods=29, pods=6)
    assert (found.secondary_addresses, found.unserved_pods, found.total) == (5, 1, 6)


@pytest.mark.parametrize(
    ("cni", "taken"),
    [
        (replace(CUSTOM, max_eni=1), (1, 0)),
        (replace(CUSTOM, max_eni=2, pod_eni=True), (1, 1)),
        (replace(DEFAULTS, prefix_delegation=True, warm_prefix_target=0), (1, 0)),
    ],
)
def test_a_node_that_never_becomes_ready_serves_no_pod(cni: CniBehavior, taken: tuple[int, int]):
    found = node("m5.large", cni, max_pods=29, pods=4)
    assert not found.ready
    assert (found.node_subnet_addresses, found.pod_subnet_addresses) == taken
    assert (found.total, found.unserved_pods, found.pod_interfaces) == (sum(taken), 4, 0)


def test_why_a_node_never_becomes_ready_is_said():
    no_interface = node("m5.large", replace(CUSTOM, max_eni=1), max_pods=29, pods=4)
    assert no_interface.working == (
        "1 primary interface = 1: (min(3, MAX_ENI 1) - 1 custom networking) interfaces for pods"
    )
    exits = node("m5.large", replace(PREFIXES, warm_prefix_target=0), max_pods=29, pods=4)
    assert exits.working == "1 primary interface = 1: aws-node exits at start: prefix delegation needs a warm target"


def test_a_target_that_aws_node_cannot_read_passes_its_check_and_counts_as_none():
    environment = {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "many"}
    cni = CniBehavior.from_environment(environment)
    prefixes = [node("m5.large", cni, max_pods=110, pods=pods).prefixes for pods in (0, 15, 16, 110)]
    assert prefixes == [1, 1, 2, 7]


@pytest.mark.parametrize(("pods", "interfaces"), [(0, 1), (8, 1), (9, 2), (17, 2), (18, 3), (27, 3)])
def test_no_warm_interface_means_another_as_soon_as_no_address_is_free(pods: int, interfaces: int):
    found = node("m5.large", CniBehavior(warm_eni_target=0), max_pods=29, pods=pods)
    assert (found.interfaces, found.secondary_addresses) == (interfaces, 9 * interfaces)


def test_chance_adds_no_more_than_one_step_beyond_max_pods():
    found = node("m5.xlarge", replace(PREFIXES, warm_prefix_target=3), max_pods=32, pods=16)
    assert (found.total, found.total_at_most) == (1 + 16 * 3, 1 + 16 * 4)


def test_addresses_that_chance_adds_may_need_another_interface():
    found = node("m5.large", replace(PREFIXES, warm_prefix_target=5), max_pods=250, pods=10)
    assert (found.total, found.total_at_most) == (1 + 16 * 6, 2 + 16 * 10)


@pytest.mark.parametrize(("target", "prefixes", "most"), [(1, 2, 17 + 16), (2, 3, 17 + 16 * 3), (3, 4, 17 + 16 * 5)])
def test_two_warm_prefixes_or_more_leave_the_pool_to_chance_within_a_bound(target: int, prefixes: int, most: int):
    found = node("m5.xlarge", replace(PREFIXES, warm_prefix_target=target), max_pods=250, pods=10)
    assert (found.prefixes, found.total, found.total_at_most) == (prefixes, 1 + 16 * prefixes, most)


@pytest.mark.parametrize("target", [2, 3])
def test_a_step_of_several_prefixes_does_not_stop_at_max_pods(target: int):
    found = node("m5.xlarge", replace(PREFIXES, warm_prefix_target=target), max_pods=10, pods=0)
    assert (found.prefixes, found.total) == (target, 1 + 16 * target)


def test_pods_that_come_at_once_near_max_pods_can_take_more_than_one_by_one():
    found = node("c5.4xlarge", CniBehavior(warm_ip_target=7), max_pods=20, pods=19)
    assert (found.total, found.total_at_most) == (21, 27)


@pytest.mark.parametrize(
    ("name", "cni", "max_pods", "pods", "total"),
    [
        # Without pods nothing is left to chance: 14 + 14 + 14 addresses, of 60, and max pods is reached.
        ("m5.2xlarge", CniBehavior(warm_ip_target=2, minimum_ip_target=60), 30, 0, 45),
        ("c8ine.4xlarge", CniBehavior(warm_ip_target=40), 49, 16, 50),
        # Prefixes that nobody gets are no matter of chance, nor is a pool that may not grow at all.
        ("t3.nano", CniBehavior(warm_prefix_target=3), 4, 0, 2),
        ("m5.large", CniBehavior(warm_ip_target=1), 0, 0, 1),
        ("m5.large", replace(PREFIXES, warm_prefix_target=1), 110, 20, 1 + 16 * 3),
        # The first step fills the pool up to max pods before any pod is there.
        ("m6a.32xlarge", CniBehavior(warm_ip_target=13, minimum_ip_target=26), 26, 37, 27),
    ],
)
def test_what_no_order_of_pods_changes_is_one_number(name: str, cni: CniBehavior, max_pods: int, pods: int, total: int):
    found = node(name, cni, max_pods=max_pods, pods=pods)
    assert (found.total, found.total_at_most) == (total, total)


def test_the_most_that_chance_leads_to_is_what_some_order_of_pods_leads_to():
    rolled = random.Random(7)
    for _ in range(60):
        cni = CniBehavior(warm_ip_target=rolled.randint(1, 9), minimum_ip_target=rolled.randint(0, 20))
        pool = Pool(cni, interfaces=3, slots=9, addresses_per_item=1, max_pods=rolled.randint(4, 24))
        pods = rolled.randint(0, 12)
        ends = {walked(pool, pods, rolled) for _ in range(400)}
        found = node("m5.large", cni, max_pods=pool.max_pods or 0, pods=pods)
        most = found.secondary_addresses + (found.total_at_most - found.total)
        assert max(ends) + -(-max(ends) // 9) <= found.total_at_most
        if pods <= 4:  # few enough orders to have met them all
            assert max(ends) + max(1, -(-max(ends) // 9)) == found.total_at_most, (cni, pool, pods, most)


def walked(pool: Pool, pods: int, rolled: random.Random) -> int:
    """Return the addresses at rest after steps of ipamd and pods in some order; the first step comes first."""
    items, arrived = next(steps_of(pool, 0, 0), 0), 0
    while True:
        grown = next(steps_of(pool, items, arrived), None)
        if arrived < pods and (grown is None or rolled.random() < 0.5):
            arrived += 1
        elif grown is None:
            return items
        else:
            items = grown


def steps_of(pool: Pool, items: int, pods: int) -> Iterator[int]:
    """Iterate over what ipamd holds after each step: the loop of ipamd.go, written down a second time."""
    attached = max(1, -(-items // pool.slots))
    while items < (pool.max_pods or 0):
        available = items - min(pods, items)
        short = max(pool.cni.warm_ip_target - available, pool.cni.minimum_ip_target - items, 0)
        if not short:
            return
        if items == attached * pool.slots:
            if attached == pool.interfaces:
                return
            attached += 1
        items += min(short, attached * pool.slots - items)
        yield items


@pytest.mark.parametrize(
    ("name", "cni", "max_pods", "pods", "bounds"),
    [
        ("c5.4xlarge", replace(PREFIXES, warm_prefix_target=2, version=(1, 16, 2)), 29, 4, (49, 65)),
        ("m5.large", replace(PREFIXES, warm_prefix_target=2), 8, 1, (33, 33)),
        ("m5.large", PREFIXES, 10, 8, (17, 17)),
        ("m5.xlarge", CniBehavior(warm_ip_target=7, minimum_ip_target=10), 20, 17, (22, 26)),
        ("m5.xlarge", CniBehavior(warm_ip_target=7, minimum_ip_target=10), 20, 0, (11, 11)),
    ],
)
def test_what_chance_adds_stops_where_max_pods_is_reached(
    name: str, cni: CniBehavior, max_pods: int, pods: int, bounds: tuple[int, int]
):
    found = node(name, cni, max_pods=max_pods, pods=pods)
    assert (found.total, found.total_at_most) == bounds


def test_every_figure_of_a_node_is_what_it_says():
    apart = node("m6a.2xlarge", replace(CUSTOM, pod_eni=True), max_pods=58, pods=1, branch_pods=3)
    assert (apart.pods, apart.secondary_addresses, apart.prefixes, apart.prefixes_at_most) == (4, 28, 0, 0)
    assert (apart.free_addresses, apart.unserved_pods, apart.on_first_interface) == (27, 0, 15)
    prefixes = node("m5.large", PREFIXES, max_pods=110, pods=20)
    assert (prefixes.secondary_addresses, prefixes.prefixes, prefixes.prefixes_at_most) == (0, 3, 3)
    assert (prefixes.free_addresses, prefixes.on_first_interface) == (28, 49)
    few = node("m5.large", CniBehavior(minimum_ip_target=3), max_pods=110, pods=5)
    assert (few.free_addresses, few.unserved_pods, few.on_first_interface) == (0, 2, 4)
    never = node("m5.large", replace(CUSTOM, max_eni=1), max_pods=29, pods=4)
    assert (never.secondary_addresses, never.prefixes, never.prefixes_at_most, never.free_addresses) == (0, 0, 0, 0)
    assert (never.interfaces, never.pod_interfaces, never.on_first_interface, never.pods) == (1, 0, 1, 4)


def test_a_trunk_that_gives_addresses_is_one_of_the_interfaces_for_pods():
    old = replace(DEFAULTS, pod_eni=True, version=(1, 16, 2))
    idle = node("m6a.2xlarge", old, max_pods=58, pods=0)
    assert (idle.interfaces, idle.pod_interfaces, idle.secondary_addresses, idle.total) == (2, 2, 14, 16)
    full = node("m6a.2xlarge", old, max_pods=58, pods=56)
    assert (full.interfaces, full.secondary_addresses, full.unserved_pods, full.total) == (4, 56, 0, 60)
    smallest = node("m7g.medium", replace(old, custom_networking=True), max_pods=8, pods=0)
    assert (smallest.interfaces, smallest.ready) == (2, True)


def test_a_trunk_that_cannot_be_attached_takes_no_address():
    lost_slot = replace(DEFAULTS, pod_eni=True, version=(1, 20, 3))
    assert node("t3.medium", lost_slot, max_pods=17, pods=17).total == 2 * 6
    assert node("m5.large", replace(DEFAULTS, pod_eni=True, max_eni=1), max_pods=29, pods=9).total == 10
    assert node("r9g.large", replace(DEFAULTS, pod_eni=True), max_pods=29, pods=38).total == 2 * 20


def test_unmanaged_interfaces_are_not_for_pods():
    assert node("m5.large", DEFAULTS, max_pods=29, pods=27, unmanaged_interfaces=1).unserved_pods == 9


@pytest.mark.parametrize(
    ("name", "cni", "pods", "calls"),
    [
        # 45 pods one by one on 49 addresses an interface: each pod beyond the minimum is a call.
        ("p3dn.24xlarge", CniBehavior(warm_ip_target=5, minimum_ip_target=10), 45, 41),
        ("p3dn.24xlarge", CniBehavior(warm_ip_target=2, minimum_ip_target=50), 45, 2),
        ("p3dn.24xlarge", DEFAULTS, 45, 2),
        ("m5.large", DEFAULTS, 0, 1),
        ("m5.large", DEFAULTS, 16, 3),
        ("m5.large", CniBehavior(warm_ip_target=2, minimum_ip_target=18), 16, 2),
        ("m5.large", CniBehavior(warm_ip_target=1), 16, 17),
        ("m5.large", PREFIXES, 16, 2),
        # A full node asks no more.
        ("m5.large", CniBehavior(warm_ip_target=1), 40, 27),
        ("m5.large", DEFAULTS, 40, 3),
        ("m5.xlarge", CniBehavior(warm_ip_target=20), 60, 2 + 56 - 20),
        ("m5.large", replace(PREFIXES, warm_prefix_target=2, max_eni=1), 160, 1 + 9 - 2),
        # Each step takes what is lacking: an interface, or several prefixes.
        ("m5.large", CniBehavior(warm_ip_target=1, version=(1, 16, 2)), 5, 6),
        ("m5.large", CniBehavior(warm_eni_target=0), 10, 2),
        ("m5.xlarge", CniBehavior(warm_eni_target=2), 20, 4),
        ("m5.large", replace(PREFIXES, warm_prefix_target=3), 40, 4),
        # Who has no interface for pods, or exits at start, asks nothing.
        ("m5.large", CniBehavior(max_eni=1), 5, 1),
        ("m5.large", CniBehavior(max_eni=1, custom_networking=True), 5, 0),
        ("m5.large", CniBehavior(prefix_delegation=True), 5, 0),
    ],
)
def test_how_often_a_growing_node_asks_ec2(name: str, cni: CniBehavior, pods: int, calls: int):
    instance = InstanceCatalog.bundled().find(name)
    assert instance is not None
    assert growth_calls(instance, cni, max_pods=234, pods=pods) == calls


@pytest.mark.parametrize(("max_pods", "items"), [(48, 3), (58, 6), (None, 6)])
def test_prefixes_for_pods_that_come_at_once_come_in_steps_of_what_is_short(max_pods: int | None, items: int):
    """40 pods fill 3 prefixes, as many as are to be warm: so 3 more in one step, though 1 would reach 58 pods."""
    cni = CniBehavior(prefix_delegation=True, warm_prefix_target=3)
    pool = Pool(cni, interfaces=4, slots=14, addresses_per_item=ADDRESSES_PER_PREFIX, max_pods=max_pods)
    assert settled_items(pool, 0, 40) == items
