from __future__ import annotations

import pytest

from podroom.catalog import instance_table
from podroom.catalog.instance_types import InstanceCatalog, InstanceType, natural_order
from podroom.errors import UsageError

CATALOG = InstanceCatalog.bundled()

M5_LARGE = InstanceType(
    name="m5.large",
    interfaces=3,
    addresses_per_interface=10,
    ipv6_supported=True,
    vcpus=2,
    memory_mib=8192,
    architecture="x86_64",
    hypervisor="nitro",
    bare_metal=False,
    network_cards=1,
    trunking_compatible=True,
    branch_interfaces=9,
    interfaces_all_cards=3,
)


def test_a_type_is_found_with_all_its_facts():
    assert CATALOG.find("m5.large") == M5_LARGE
    assert M5_LARGE.slots == 9


def test_interfaces_are_those_of_the_default_network_card():
    p5 = CATALOG.find("p5.48xlarge")
    assert p5 is not None
    assert (p5.interfaces, p5.interfaces_all_cards, p5.network_cards) == (2, 64, 32)


def test_what_no_source_knows_is_none():
    unverified = CATALOG.find("c7g-flex.large")
    assert unverified is not None
    assert (unverified.vcpus, unverified.memory_mib, unverified.architecture) == (None, None, None)
    assert unverified.interfaces == 3


@pytest.mark.parametrize("name", ["", "m5", "m5.", "5.large", "m5.large,3", "\nm5.large", "M5.large", "instance_type"])
def test_a_name_that_is_not_a_types_is_not_found(name: str):
    assert CATALOG.find(name) is None


def test_finding_one_by_one_and_iterating_give_the_same_types():
    types = list(CATALOG)
    assert len(types) == len(CATALOG) == len({found.name for found in types}) == 1461
    assert [CATALOG.find(found.name) for found in types] == types


def test_types_come_by_family_and_then_by_size():
    names = [found.name for found in CATALOG]
    assert names == sorted(names, key=natural_order)
    sizes = ["nano", "medium", "large", "xlarge", "2xlarge", "16xlarge", "metal", "metal-24xl", "metal-48xl"]
    assert sorted(sorted(sizes), key=lambda size: natural_order(f"m7i.{size}")) == sizes
    families = ["m5", "m5a", "m7g", "m7g-flex", "m7gd", "u7i-6tb", "u7i-12tb", "u-3tb1"]
    assert sorted(sorted(families), key=lambda family: natural_order(f"{family}.large")) == families


@pytest.mark.parametrize(
    ("glob", "names"),
    [
        ("t3.*", ["t3.nano", "t3.micro", "t3.small", "t3.medium", "t3.large", "t3.xlarge", "t3.2xlarge"]),
        ("m?.large", ["m1.large", "m3.large", "m4.large", "m5.large"]),
        ("m5.large", ["m5.large"]),
        ("m5-large", []),
        ("m5", []),
    ],
)
def test_globs_match_whole_names(glob: str, names: list[str]):
    assert [found.name for found in CATALOG.matching(glob)] == names


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("m5.lagre", "m5.large"), (" M5.Large", "m5.large"), ("c6gn.4xlarg", "c6gn.4xlarge"), ("standard_d2s_v3", None)],
)
def test_a_misspelt_name_is_met_with_the_closest_one(wrong: str, meant: str | None):
    assert CATALOG.suggest(wrong) == meant


def test_a_name_that_is_known_needs_no_suggestion():
    assert CATALOG.suggest("m5.large") is None


def test_a_type_of_ones_own_is_known_by_its_limits_only():
    catalog = CATALOG.with_custom({"x9.large": {"interfaces": 4, "addresses_per_interface": 15}})
    added = catalog.find("x9.large")
    assert added == InstanceType("x9.large", 4, 15)
    assert list(catalog.matching("x9.*")) == [added]
    assert len(catalog) == len(CATALOG) + 1
    assert CATALOG.find("x9.large") is None


def test_a_correction_changes_only_what_it_names():
    catalog = CATALOG.with_custom({"m5.large": {"interfaces": 2}}).with_custom({"m5.large": {"bare_metal": True}})
    found = catalog.find("m5.large")
    assert found is not None
    assert (found.interfaces, found.bare_metal, found.addresses_per_interface, found.vcpus) == (2, True, 10, 2)
    assert len(catalog) == len(CATALOG)


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({"interfaces": 4}, "needs addresses_per_interface"),
        ({}, "needs interfaces and addresses_per_interface"),
        ({"enis": 4}, "'enis'"),
        ({"name": "m5.large"}, "'name'"),
        ({"interfaces": "4"}, "interfaces must be of type int, not '4'"),
        ({"interfaces": True}, "interfaces must be of type int, not True"),
        ({"interfaces": 0}, "interfaces must be at least 1, not 0"),
        ({"branch_interfaces": -1}, "branch_interfaces must be at least 0, not -1"),
        ({"trunking_compatible": 1}, "trunking_compatible must be of type bool, not 1"),
        ({"hypervisor": "kvm"}, "one of nitro, xen, none, not 'kvm'"),
    ],
)
def test_an_entry_that_makes_no_sense_says_why(entry: dict[str, object], complaint: str):
    with pytest.raises(UsageError, match=r"x9\.large") as raised:
        CATALOG.with_custom({"x9.large": entry})
    assert complaint in raised.value.message


def test_the_catalog_tells_its_date():
    assert CATALOG.date == instance_table.DATE
    assert len(CATALOG.date.split("-")) == 3
