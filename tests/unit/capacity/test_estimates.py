"""Figures of a type that is half known: a range, and which of the facts that nobody told decides."""

from __future__ import annotations

from podroom.capacity.cni import CniBehavior
from podroom.capacity.estimates import Bounds, Estimate, NotKnown, estimated, exactly, possible_types
from podroom.capacity.max_pods import managed_node_group_max_pods, node_room, nodeadm_max_pods, recommended_cap
from podroom.capacity.working import Figure
from podroom.catalog.instance_types import InstanceType

HALF_KNOWN = InstanceType("x9.large", 15, 50)
PREFIXES = CniBehavior(prefix_delegation=True, warm_prefix_target=1)


def test_only_facts_that_decide_the_figure_are_named() -> None:
    by_size = estimated(lambda possible: [exactly(recommended_cap(possible))], HALF_KNOWN)
    by_hypervisor = estimated(lambda possible: [exactly(node_room(possible, PREFIXES))], HALF_KNOWN)
    by_nothing = estimated(lambda possible: [exactly(nodeadm_max_pods(possible))], HALF_KNOWN)

    assert by_size == Estimate(
        110,
        250,
        "110 for 30 or fewer vCPUs or 250 for more than 30 vCPUs",
        by_size.sources,
        "no source tells its vCPUs",
    )
    assert isinstance(by_hypervisor, Estimate)
    assert (by_hypervisor.least, by_hypervisor.most) == (737, 11762)
    assert by_hypervisor.reason == "no source tells its hypervisor"
    assert isinstance(by_nothing, Estimate)
    assert (by_nothing.exact, by_nothing.reason) == (True, "")


def test_a_fact_that_matters_only_beside_another_one_is_named() -> None:
    found = estimated(
        lambda possible: [exactly(managed_node_group_max_pods([possible], prefix_delegation=True))],
        InstanceType("x9.large", 4, 15, trunking_compatible=False),
    )
    assert isinstance(found, Estimate)
    assert (found.least, found.most, found.reason) == (58, 250, "no source tells its vCPUs and its hypervisor")


def test_sums_that_come_to_the_same_are_shown_once() -> None:
    found = estimated(lambda possible: [exactly(Figure(5, f"5 with {possible.hypervisor}", ()))], HALF_KNOWN)
    assert found == Estimate(5, 5, "5 with nitro", ())


def test_what_decides_between_bounds_of_a_known_type_is_all_that_is_told() -> None:
    known = InstanceType("x9.large", 3, 10, vcpus=2, hypervisor="nitro", trunking_compatible=False)
    bounds = [exactly(Figure(29, "29", ())), Bounds(Figure(20, "20", ()), 40, "chance decides")]
    assert estimated(lambda _: bounds, known) == Estimate(20, 40, "20", (), "chance decides")


def test_which_of_two_sums_holds_is_no_question_where_they_come_to_the_same() -> None:
    bounds = [Bounds(Figure(29, working, ()), 29, "which number wins is not settled") for working in ("29", "30 - 1")]
    assert estimated(lambda _: bounds, HALF_KNOWN) == Estimate(29, 29, "29", ())


def test_bare_metal_has_no_hypervisor_to_be_asked_about() -> None:
    metal = InstanceType("x9.metal", 15, 50, vcpus=96, bare_metal=True, trunking_compatible=True)
    assert list(possible_types(metal)) == [metal]
    nitro = InstanceType("x9.large", 15, 50, vcpus=96, hypervisor="nitro")
    assert [one.trunking_compatible for one in possible_types(nitro)] == [True, False]
    assert len(list(possible_types(HALF_KNOWN))) == 8


def test_a_fact_that_no_answer_can_do_without_is_named() -> None:
    expression = "physical_memory_mib / 512"
    found = estimated(lambda possible: [exactly(nodeadm_max_pods(possible, expression=expression))], HALF_KNOWN)
    assert isinstance(found, NotKnown)
    assert found.applies
