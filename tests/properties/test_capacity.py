"""What holds for every node, whatever its type and however the CNI is set."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from podroom.capacity import max_pods
from podroom.capacity.cni import CniBehavior
from podroom.capacity.estimates import NotKnown
from podroom.capacity.interfaces import ADDRESSES_PER_PREFIX, interface_budget, uses_prefixes
from podroom.capacity.node import Networking, NodeQuestion, node_report
from podroom.capacity.subnets import NodesInSubnet, Reserve, node_load, nodes_in_zone, subnet_demand
from podroom.capacity.warm_pool import (
    Pool,
    closed_form_items,
    node_addresses,
    pool_items,
    settled_items,
    stepped_items,
)
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog, InstanceType

pytestmark = pytest.mark.once("sums of our own over many drawn nodes")

AT_ANY_SPEED = settings(deadline=None)  # a busy machine is no failure
TYPES = list(InstanceCatalog.bundled())

instance_types = st.sampled_from([found for found in TYPES if found.hypervisor is not None])
versions = st.none() | st.sampled_from(
    [(1, 8, 0), (1, 10, 4), (1, 16, 2), (1, 16, 3), (1, 16, 4), (1, 20, 3), (1, 20, 4)]
)
# In equal shares: interfaces, addresses above those in use, and addresses altogether are kept warm.
targets = st.one_of(
    st.fixed_dictionaries({"warm_eni_target": st.integers(0, 3)}),
    st.fixed_dictionaries({"warm_ip_target": st.integers(1, 30), "minimum_ip_target": st.just(0) | st.integers(1, 60)}),
    st.fixed_dictionaries({"minimum_ip_target": st.integers(1, 60)}),
)


@st.composite
def behaviors(draw: st.DrawFn) -> CniBehavior:
    """Draw what the CNI may be set to; a target of 0 may have passed aws-node's check."""
    return CniBehavior(
        **draw(targets),
        warm_prefix_target=draw(st.integers(0, 4)),
        max_eni=draw(st.none() | st.integers(1, 16)),
        prefix_delegation=draw(st.booleans()),
        custom_networking=draw(st.booleans()),
        pod_eni=draw(st.booleans()),
        version=draw(versions),
        passes_target_check=draw(st.none() | st.just(value=True)),
    )


@st.composite
def pools(draw: st.DrawFn) -> Pool:
    """Draw a pool, also one without any target."""
    cni = draw(behaviors())
    in_prefixes = draw(st.booleans())
    return Pool(
        cni=cni,
        interfaces=draw(st.integers(1, 6)),
        slots=draw(st.integers(1, 12)),
        addresses_per_item=ADDRESSES_PER_PREFIX if in_prefixes else 1,
        max_pods=draw(st.none() | st.integers(1, 60)),
    )


def arithmetic(working: str) -> int:
    """Work out the left side of a sum in words: the number that a reader with a pocket calculator would get."""
    expression = working.rpartition(" = ")[0]
    symbols = re.sub(r"MAX_ENI|[a-z-]{2,}", lambda word: word[0] if word[0] in {"min", "max"} else "", expression)
    return int(eval(symbols.replace(" x ", " * "), {"__builtins__": {}}, {"min": min, "max": max}))  # noqa: S307 - our own sum


@AT_ANY_SPEED
@given(pools(), st.integers(0, 80))
def test_the_closed_form_is_what_stepping_leads_to_wherever_it_is_used(pool: Pool, pods: int) -> None:
    """Both are told apart from each other only where the closed form does not claim to be exact."""
    assert pool_items(pool, pods) == stepped_items(pool, pods)


@AT_ANY_SPEED
@given(pools(), st.integers(0, 80))
def test_the_closed_form_is_exact_below_max_pods(pool: Pool, pods: int) -> None:
    """Without the limit of max pods every mode has an exact closed form."""
    unlimited = replace(pool, max_pods=None)
    assert closed_form_items(unlimited, pods) == stepped_items(unlimited, pods)


@AT_ANY_SPEED
@given(instance_types, behaviors(), st.integers(1, 150), st.lists(st.integers(1, 60), max_size=5))
def test_pods_that_come_in_batches_take_no_more_than_the_most_that_is_said(
    instance: InstanceType, cni: CniBehavior, limit: int, batches: list[int]
) -> None:
    """The number for pods that come one by one has a bound for those that come at once."""
    pods = sum(batches)
    node = node_addresses(instance, cni, max_pods=limit, pods=pods)
    assume(node.ready)
    pool = Pool(
        cni=cni,
        interfaces=interface_budget(instance, cni).for_pods.value,
        slots=instance.slots,
        addresses_per_item=ADDRESSES_PER_PREFIX if uses_prefixes(instance, cni) else 1,
        max_pods=limit if cni.at_least(1, 16, 3) else None,
    )
    items = 0
    for arrived in accumulate([0, *batches]):
        items = settled_items(pool, items, arrived)
    taken = node.interfaces - node.pod_interfaces + max(1, -(-items // pool.slots)) + items * pool.addresses_per_item
    assert taken <= node.total_at_most


@AT_ANY_SPEED
@given(instance_types, behaviors(), st.integers(1, 300), st.integers(0, 300))
def test_more_pods_never_take_fewer_addresses(instance: InstanceType, cni: CniBehavior, limit: int, pods: int) -> None:
    """Growth only."""
    fewer = node_addresses(instance, cni, max_pods=limit, pods=pods)
    more = node_addresses(instance, cni, max_pods=limit, pods=pods + 1)
    assert fewer.total <= more.total
    assert fewer.unserved_pods <= more.unserved_pods


@AT_ANY_SPEED
@given(instance_types, behaviors(), st.integers(1, 120), st.integers(0, 120), st.data())
def test_a_higher_warm_target_never_takes_fewer_addresses(
    instance: InstanceType, cni: CniBehavior, limit: int, pods: int, data: st.DataObject
) -> None:
    """As long as it is a target that ipamd looks at already: another one would change what it counts.

    A target that max pods cuts short leaves less to chance: the pool is full before the pods come.
    """
    names = ["warm_ip_target", "minimum_ip_target"] if cni.targets_addresses else ["warm_eni_target"]
    if not cni.targets_addresses and cni.warm_prefix_target:
        names.append("warm_prefix_target")
    name = data.draw(st.sampled_from(names))
    # Without WARM_IP_TARGET nothing is warm; the first address of it makes ipamd follow the pods.
    higher = replace(cni, **{name: getattr(cni, name) + 1})
    less = node_addresses(instance, cni, max_pods=limit, pods=pods)
    more = node_addresses(instance, higher, max_pods=limit, pods=pods)
    assert less.total <= more.total
    if max(cni.warm_ip_target + pods, cni.minimum_ip_target) < limit - ADDRESSES_PER_PREFIX:
        assert less.total_at_most <= more.total_at_most


questions = st.builds(
    NodeQuestion,
    cni=behaviors(),
    family=st.sampled_from(AmiFamily),
    networking=st.sampled_from(Networking),
    managed=st.booleans(),
    max_pods=st.none() | st.integers(1, 300),
    expression=st.sampled_from(["", "max_pods - 3", "max_pods * 0.5", "[1][0]"]),
    pods=st.none() | st.integers(0, 300),
)
# The facts that a source may not tell, each with what else is not known then.
FACTS = (("vcpus",), ("hypervisor", "bare_metal"), ("trunking_compatible", "branch_interfaces"), ("ipv6_supported",))


@AT_ANY_SPEED
@given(st.sampled_from(TYPES), questions, st.sets(st.sampled_from(FACTS), min_size=1))
def test_knowing_less_of_a_type_never_narrows_an_answer(
    instance: InstanceType, question: NodeQuestion, forgotten: set[tuple[str, ...]]
) -> None:
    """What is said of a type that is half known holds for whatever it turns out to be."""
    unknown = {name: None for names in forgotten for name in names}
    known, less = node_report(instance, question), node_report(replace(instance, **unknown), question)
    assert [row.key for row in known.rows()] == [row.key for row in less.rows()]
    for row, wider in zip(known.rows(), less.rows(), strict=True):
        if isinstance(wider.answer, NotKnown):
            continue
        assert not isinstance(row.answer, NotKnown), row.key
        assert wider.answer.least <= row.answer.least <= row.answer.most <= wider.answer.most, row.key


@AT_ANY_SPEED
@given(instance_types, questions)
def test_more_pods_never_take_fewer_addresses_whatever_is_asked(instance: InstanceType, question: NodeQuestion) -> None:
    """The loads of a report stand in the order of what they take."""
    report = node_report(instance, replace(question, pods=None))
    taken = [row.answer for row in report.addresses if not isinstance(row.answer, NotKnown)]
    assert [answer.least for answer in taken] == sorted(answer.least for answer in taken)
    assert [answer.most for answer in taken] == sorted(answer.most for answer in taken)


@AT_ANY_SPEED
@given(instance_types, behaviors(), st.integers(1, 300), st.integers(0, 300))
def test_a_node_never_holds_more_than_its_room(instance: InstanceType, cni: CniBehavior, limit: int, pods: int) -> None:
    """The warm pool and the room of a node are worked out apart from each other, and agree."""
    node = node_addresses(instance, cni, max_pods=limit, pods=pods)
    held = node.secondary_addresses + ADDRESSES_PER_PREFIX * node.prefixes
    assert held <= max_pods.pod_addresses(instance, cni).value
    assert node.interfaces <= instance.interfaces
    assert node.node_subnet_addresses + node.pod_subnet_addresses == node.total == node.interfaces + held
    assert held - node.free_addresses == pods - node.unserved_pods
    assert node.total <= node.total_at_most


@AT_ANY_SPEED
@given(instance_types, behaviors(), st.integers(1, 300), st.integers(0, 300))
def test_a_node_serves_every_pod_that_it_has_room_for(
    instance: InstanceType, cni: CniBehavior, limit: int, pods: int
) -> None:
    """Pods go without an address only beyond the room, or where no warm address is asked for.

    MINIMUM_IP_TARGET alone never asks for one more, and max pods below the pods stops the pool.
    """
    assume(pods <= limit)
    assume(cni.warm_ip_target or not cni.minimum_ip_target)
    node = node_addresses(instance, cni, max_pods=limit, pods=pods)
    room = max_pods.pod_addresses(instance, cni).value if node.ready else 0
    assert node.unserved_pods == max(0, pods - room)


@AT_ANY_SPEED
@given(instance_types, behaviors(), st.integers(0, 3), st.integers(0, 2))
def test_the_working_of_a_nodes_room_adds_up(
    instance: InstanceType, cni: CniBehavior, host_network_pods: int, unmanaged: int
) -> None:
    """Whoever works out the sum that is shown arrives at the number that is claimed."""
    room = max_pods.node_room(instance, cni, host_network_pods=host_network_pods, unmanaged_interfaces=unmanaged)
    assert room.working.endswith(f" = {room.value}")
    assert arithmetic(room.working) == room.value
    addresses = max_pods.pod_addresses(instance, cni, unmanaged_interfaces=unmanaged)
    assert arithmetic(addresses.working) == addresses.value == room.value - host_network_pods


@AT_ANY_SPEED
@given(instance_types, behaviors(), st.integers(1, 300), st.integers(0, 300), st.integers(0, 9))
def test_the_working_of_a_nodes_addresses_adds_up(
    instance: InstanceType, cni: CniBehavior, limit: int, pods: int, branch_pods: int
) -> None:
    """The same for the warm pool."""
    node = node_addresses(instance, cni, max_pods=limit, pods=pods, branch_pods=branch_pods)
    assert arithmetic(node.working.partition(":")[0]) == node.total


@AT_ANY_SPEED
@given(instance_types, behaviors())
def test_a_switch_that_takes_interfaces_away_never_makes_room(instance: InstanceType, cni: CniBehavior) -> None:
    """Custom networking, security groups for pods and MAX_ENI only ever take."""
    room = max_pods.pod_addresses(instance, cni).value
    assert max_pods.pod_addresses(instance, replace(cni, custom_networking=True)).value <= room
    assert max_pods.pod_addresses(instance, replace(cni, pod_eni=True)).value <= room
    assert max_pods.pod_addresses(instance, replace(cni, max_eni=1)).value <= room
    assert max_pods.pod_addresses(instance, cni, unmanaged_interfaces=1).value <= room


@AT_ANY_SPEED
@given(instance_types, behaviors(), st.integers(1, 120), st.integers(0, 50), st.integers(0, 9))
def test_the_working_of_a_subnets_demand_adds_up(
    instance: InstanceType, cni: CniBehavior, limit: int, nodes: int, reserve: int
) -> None:
    """Nodes times addresses, plus the reserve, at each of the three loads."""
    load = node_load(instance, cni, max_pods=limit)
    demand = subnet_demand([NodesInSubnet("web", nodes, load)], [Reserve("load balancer", reserve)])
    assert demand.idle.value <= demand.one_pod.value <= demand.saturated.value
    for figure, node in ((demand.idle, load.idle), (demand.saturated, load.saturated)):
        assert arithmetic(figure.working) == figure.value == nodes * node.node_subnet_addresses + reserve


@AT_ANY_SPEED
@given(st.integers(0, 1000), st.integers(1, 6))
def test_the_fullest_zone_holds_its_share_and_no_more(nodes: int, zones: int) -> None:
    """Balanced nodes differ by one at most."""
    balanced = nodes_in_zone(nodes, zones).value
    assert balanced * zones >= nodes > (balanced - 1) * zones or nodes == balanced == 0
    assert nodes_in_zone(nodes, zones, skewed=True).value == nodes
    assert balanced <= nodes_in_zone(nodes + 1, zones).value
