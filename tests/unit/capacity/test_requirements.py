"""Requirements of NodePools against the table of instance types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from podroom.capacity.requirements import INSTANCE_TYPE, allowed_types
from podroom.catalog.instance_types import InstanceCatalog, InstanceType
from podroom.model.world import Requirement
from podroom.positions import Document, Span
from podroom.values import Known, Members, OneOf, Unknown, Value

CATALOG = InstanceCatalog.bundled()
NOWHERE = Span(Document("pool.yaml", "text"), 0, 4)
KARPENTER = "karpenter.k8s.aws/instance-"
UNKNOWN = Unknown("it is filled in later", NOWHERE)


def requirement(key: str, operator: str, *values: str) -> Requirement:
    return Requirement(
        Known(key, NOWHERE),
        Known(operator, NOWHERE),
        Members(tuple(Known(value, NOWHERE) for value in values)),
        NOWHERE,
    )


def names(*requirements: Requirement, missing: tuple[Unknown, ...] = ()) -> list[str]:
    allowed = allowed_types(Members(requirements, missing), CATALOG, NOWHERE)
    return [instance.name for instance in allowed.certain]


def among(*types: str) -> Requirement:
    return requirement(INSTANCE_TYPE, "In", *types)


def among_several(*types: str) -> Requirement:
    """Return a requirement of several of the types, for which Karpenter drops none that is unusual."""
    return replace(among(*types), minimum_values=Known(2, NOWHERE))


TYPES = (
    "t2.small",
    "m5.large",
    "m5a.xlarge",
    "m6g.xlarge",
    "m6i.metal",
    "c7i-flex.large",
    "r5.2xlarge",
    "u-6tb1.112xlarge",
)


@pytest.mark.parametrize(
    ("key", "operator", "values", "expected"),
    [
        ("category", "In", ("m",), {"m5.large", "m5a.xlarge", "m6g.xlarge", "m6i.metal"}),
        ("category", "NotIn", ("m", "t", "c", "r"), {"u-6tb1.112xlarge"}),
        ("family", "In", ("m5", "c7i-flex"), {"m5.large", "c7i-flex.large"}),
        ("generation", "Gt", ("5",), {"m6g.xlarge", "m6i.metal", "c7i-flex.large"}),
        ("generation", "Lte", ("2",), {"t2.small", "u-6tb1.112xlarge"}),
        ("size", "In", ("xlarge", "metal"), {"m5a.xlarge", "m6g.xlarge", "m6i.metal"}),
        ("cpu", "Lt", ("4",), {"t2.small", "m5.large", "c7i-flex.large"}),
        ("cpu", "Gte", ("8",), {"m6i.metal", "r5.2xlarge", "u-6tb1.112xlarge"}),
        ("memory", "Gt", ("65535",), {"m6i.metal", "r5.2xlarge", "u-6tb1.112xlarge"}),
        ("hypervisor", "In", ("xen",), {"t2.small"}),
        ("hypervisor", "In", ("",), {"m6i.metal"}),
        ("cpu-manufacturer", "In", ("aws", "amd"), {"m5a.xlarge", "m6g.xlarge"}),
        ("capability-flex", "In", ("true",), {"c7i-flex.large"}),
        ("category", "Exists", (), set(TYPES)),
        ("category", "DoesNotExist", (), set()),
        ("tenancy", "In", ("dedicated",), set(TYPES)),
    ],
)
def test_a_requirement_on_a_label_of_karpenter(
    key: str, operator: str, values: tuple[str, ...], expected: set[str]
) -> None:
    assert set(names(among_several(*TYPES), requirement(f"{KARPENTER}{key}", operator, *values))) == expected


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        ("kubernetes.io/arch", ("arm64",), {"m6g.xlarge"}),
        ("beta.kubernetes.io/arch", ("amd64",), set(TYPES) - {"m6g.xlarge"}),
        ("beta.kubernetes.io/instance-type", ("m5.large",), {"m5.large"}),
        ("topology.kubernetes.io/zone", ("eu-west-1a",), set(TYPES)),
        ("karpenter.sh/capacity-type", ("spot",), set(TYPES)),
        ("example.com/team", ("billing",), set(TYPES)),
    ],
)
def test_a_requirement_on_another_label(key: str, values: tuple[str, ...], expected: set[str]) -> None:
    assert set(names(among_several(*TYPES), requirement(key, "In", *values))) == expected


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("In", ("nvidia",), {"g5.xlarge", "gr6.4xlarge", "p5.48xlarge"}),
        ("In", ("amd",), {"g4ad.xlarge"}),
        ("DoesNotExist", (), {"m5a.xlarge", "inf2.xlarge"}),
    ],
)
def test_a_requirement_on_who_makes_the_gpus(operator: str, values: tuple[str, ...], expected: set[str]) -> None:
    types = ("m5a.xlarge", "inf2.xlarge", "g4ad.xlarge", "g5.xlarge", "gr6.4xlarge", "p5.48xlarge", "dl1.24xlarge")
    requirements = (among(*types), requirement(f"{KARPENTER}gpu-manufacturer", operator, *values))
    allowed = allowed_types(Members(requirements), CATALOG, NOWHERE)
    assert {instance.name for instance in allowed.certain} == expected
    assert allowed.unknown is not None, "nothing tells what a dl1.24xlarge has"


def test_all_requirements_hold_at_once_as_the_bottlerocket_pattern_of_the_blueprints_has_them() -> None:
    found = names(
        requirement(f"{KARPENTER}category", "In", "c", "m"),
        requirement(f"{KARPENTER}cpu", "In", "8", "16", "32"),
        requirement(f"{KARPENTER}hypervisor", "In", "nitro"),
        requirement("kubernetes.io/arch", "In", "amd64"),
    )
    facts = [CATALOG.find(name) for name in found]
    assert {"c5.2xlarge", "m6i.4xlarge", "m7a.8xlarge"} <= set(found)
    assert all(fact and fact.vcpus in (8, 16, 32) and fact.hypervisor == "nitro" for fact in facts)
    assert all(name[0] in "cm" for name in found)


@pytest.mark.parametrize("fact", ["gpu-count", "local-nvme", "network-bandwidth", "encryption-in-transit-supported"])
def test_what_the_table_does_not_tell_leaves_every_type_open(fact: str) -> None:
    allowed = allowed_types(Members((among("m5.large"), requirement(f"{KARPENTER}{fact}", "Exists"))), CATALOG, NOWHERE)
    assert not allowed.certain
    assert allowed.unknown is not None
    assert fact in allowed.unknown.reason


@pytest.mark.parametrize(
    ("values", "certain"),
    [
        (Members((Known("m5.large", NOWHERE),), (UNKNOWN,)), {"m5.large"}),
        (Members((Known("m5.large", NOWHERE), UNKNOWN)), {"m5.large"}),
        (Members((OneOf(("m5.large", "c5.large"), "it depends", NOWHERE),)), set()),
    ],
    ids=["more-values", "a-value", "one-of-two"],
)
def test_values_that_are_not_known_leave_the_others_certain(values: Members, certain: set[str]) -> None:
    known = Requirement(Known(INSTANCE_TYPE, NOWHERE), Known("In", NOWHERE), values, NOWHERE)
    allowed = allowed_types(Members((known,)), CATALOG, NOWHERE)
    assert {instance.name for instance in allowed.certain} == certain
    assert allowed.unknown is not None


def test_no_type_is_certain_beside_a_requirement_that_is_not_known() -> None:
    assert names(among("m5.large"), missing=(UNKNOWN,)) == []
    assert names(among("m5.large"), Requirement(UNKNOWN, Known("In", NOWHERE), Members(), NOWHERE)) == []


def test_a_type_that_the_table_lacks_is_said_and_the_others_stay() -> None:
    allowed = allowed_types(Members((among("m5.large", "m5.lagre"),)), CATALOG, NOWHERE)
    assert [instance.name for instance in allowed.certain] == ["m5.large"]
    assert allowed.unknown is not None
    assert "did you mean m5.large?" in allowed.unknown.reason


def test_types_that_are_not_to_be_taken_are_not_chosen_by_that() -> None:
    allowed = allowed_types(Members((requirement(INSTANCE_TYPE, "NotIn", "m5.lagre"),)), CATALOG, NOWHERE)
    assert (allowed.unknown, "g5.xlarge" in {one.name for one in allowed.certain}) == (None, False)
    one_of_two = about(f"{KARPENTER}category", "NotIn", OneOf(("g", "p"), "it depends", NOWHERE))
    assert allowed_types(Members((one_of_two,)), CATALOG, NOWHERE).unknown is None
    perhaps = allowed_types(Members((replace(among("m5.lagre"), operator=UNKNOWN),)), CATALOG, NOWHERE)
    assert perhaps.unknown == UNKNOWN


def test_types_that_karpenter_never_launches_are_not_among_those_of_an_open_pool() -> None:
    found = set(names())
    assert len(found) > 1000
    assert not {"t1.micro", "m1.small", "mac1.metal", "mac2.metal"} & found


UNUSUAL = ("m6i.metal", "g4dn.xlarge", "g6f.large", "inf2.xlarge", "trn1.2xlarge", "p4d.24xlarge", "hpc7a.24xlarge")
"""Bare metal, GPUs, parts of them, accelerators, and a type for high-performance computing."""


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_type_is_left_out_while_a_general_one_fits(name: str) -> None:
    size = requirement(f"{KARPENTER}size", "In", "large", name.partition(".")[2])

    assert name not in names(size)
    assert name in names(replace(size, minimum_values=Known(2, NOWHERE)))
    assert names(requirement(f"{KARPENTER}family", "In", name.partition(".")[0]), size)[:1]
    assert names(among(name)) == [name]
    open_size = about(f"{KARPENTER}size", "In", known("large"), known(name.partition(".")[2]), UNKNOWN)
    assert name not in names(open_size)


@pytest.mark.parametrize("name", UNUSUAL[1:])
@pytest.mark.parametrize("key", ["category", "family"])
def test_a_type_with_a_gpu_or_the_like_counts_if_a_requirement_chooses_it(name: str, key: str) -> None:
    family = name.partition(".")[0]
    chosen = family if key == "family" else family[: next(at for at, one in enumerate(family) if one.isdigit())]

    assert name in names(requirement(f"{KARPENTER}{key}", "In", "m5" if key == "family" else "m", chosen))


@pytest.mark.parametrize("key", ["size", "cpu", "memory"])
def test_requirements_that_choose_sizes_are_told_from_those_that_do_not(key: str) -> None:
    def sized(*requirements: Requirement) -> bool:
        return allowed_types(Members(requirements), CATALOG, NOWHERE).sized

    assert sized(requirement(f"{KARPENTER}{key}", "In", "8"))
    assert sized(among("m5.large"))
    assert sized(requirement(f"{KARPENTER}{key}", "In", "8"), requirement("kubernetes.io/arch", "In", "amd64"))
    assert not sized(replace(requirement(f"{KARPENTER}{key}", "In", "8"), operator=UNKNOWN))
    assert not sized(requirement(f"{KARPENTER}{key}", "NotIn", "8"))
    assert not sized(requirement(f"{KARPENTER}family", "In", "m5"), requirement("kubernetes.io/arch", "In", "amd64"))


CPU, CATEGORY = f"{KARPENTER}cpu", f"{KARPENTER}category"
EITHER = OneOf(("4", "8"), "it depends", NOWHERE)


def about(key: str, operator: str, *values: Value[str], missing: tuple[Unknown, ...] = ()) -> Requirement:
    return Requirement(Known(key, NOWHERE), Known(operator, NOWHERE), Members(values, missing), NOWHERE)


def known(text: str) -> Known[str]:
    return Known(text, NOWHERE)


@pytest.mark.parametrize(
    ("one", "allowed", "reason"),
    [
        # m5.large has 2 vCPUs.
        (about(CPU, "In", known("2"), UNKNOWN), True, None),
        (about(CPU, "In", known("4"), UNKNOWN), False, "filled in later"),
        (about(CPU, "In", known("4"), missing=(UNKNOWN,)), False, "filled in later"),
        (about(CPU, "In", EITHER), False, "no instance type"),
        (about(CPU, "In", OneOf(("2", "4"), "it depends", NOWHERE)), False, "it depends"),
        (about(CPU, "In"), False, "no instance type"),
        (about(CPU, "NotIn", known("2"), UNKNOWN), False, "no instance type"),
        (about(CPU, "NotIn", known("4"), UNKNOWN), False, "filled in later"),
        (about(CPU, "NotIn", known("4"), missing=(UNKNOWN,)), False, "filled in later"),
        (about(CPU, "NotIn", EITHER), True, None),
        (about(CPU, "NotIn"), True, None),
        (about(CPU, "Gt", known("1")), True, None),
        (about(CPU, "Gt", known("2")), False, "no instance type"),
        (about(CPU, "Gte", known("2")), True, None),
        (about(CPU, "Gte", known("3")), False, "no instance type"),
        (about(CPU, "Lt", known("3")), True, None),
        (about(CPU, "Lt", known("2")), False, "no instance type"),
        (about(CPU, "Lte", known(" 2 ")), True, None),
        (about(CPU, "Lte", known("1")), False, "no instance type"),
        (about(CPU, "Gt", UNKNOWN), False, "filled in later"),
        (about(CPU, "Gt", EITHER), False, "it depends"),
        (about(CPU, "Gt", known("1"), missing=(UNKNOWN, Unknown("something else", NOWHERE))), False, "filled in later"),
        (about(CPU, "Gt", known("1"), known("9")), True, None),
        (about(CPU, "Gt"), False, "Gt has no number"),
        (about(CPU, "Gt", known("two")), False, 'Gt wants a number, not "two"'),
        (about(CPU, "Lt", known("9" * 70)), True, None),
        (about(CPU, "Lt", known("9" * 71)), False, "Lt wants a number of at most 70 digits"),
        (about(CPU, "Lt", known("9" * 9000)), False, "Lt wants a number of at most 70 digits"),
        (about(CPU, "Near", known("2")), False, 'Karpenter has no operator "Near"'),
        (about(CATEGORY, "Gt", known("1")), False, "no instance type"),
        (about(CATEGORY, "Exists"), True, None),
        (about(CATEGORY, "DoesNotExist"), False, "no instance type"),
        (about(f"{KARPENTER}gpu-manufacturer", "DoesNotExist"), True, None),
        (about(f"{KARPENTER}gpu-manufacturer", "Exists"), False, "no instance type"),
        (about(f"{KARPENTER}gpu-manufacturer", "In", known("nvidia")), False, "no instance type"),
        (about(f"{KARPENTER}gpu-manufacturer", "NotIn", known("nvidia")), True, None),
        (replace(about(CPU, "In", known("2")), operator=UNKNOWN), False, "filled in later"),
        (replace(about(CPU, "In", known("2")), key=UNKNOWN), False, "filled in later"),
        (replace(about(CPU, "In", known("2")), key=OneOf((CPU, CATEGORY), "it depends", NOWHERE)), False, "it depends"),
        (about(f"{KARPENTER}tenancy", "In", known("dedicated")), True, None),
        (about("example.com/team", "In", UNKNOWN), True, None),
    ],
)
def test_a_type_is_allowed_for_certain_or_it_is_said_why_it_may_be(
    one: Requirement, reason: str | None, *, allowed: bool
) -> None:
    found = allowed_types(Members((among("m5.large"), one)), CATALOG, NOWHERE)
    assert [instance.name for instance in found.certain] == ["m5.large"] * allowed
    if reason is None:
        assert found.unknown is None
    else:
        assert found.unknown is not None
        assert reason in found.unknown.reason


class Table(InstanceCatalog):
    """A table of a few types."""

    def __iter__(self) -> Iterator[InstanceType]:
        """Iterate over these alone."""
        return iter(self.custom)

    def __init__(self, *types: InstanceType) -> None:
        """Take the types, which are before the bundled ones."""
        super().__init__({one.name: one for one in types})
        self.custom = types


STRANGE = InstanceType("strange", 3, 10)
HALF = InstanceType("x9.large", 3, 10, vcpus=2)
MAC = replace(HALF, name="mac9.metal", architecture="arm64_mac")


@pytest.mark.parametrize(
    ("key", "operator", "value", "certain"),
    [
        (CATEGORY, "In", "x", ["x9.large"]),
        (CATEGORY, "DoesNotExist", None, ["strange"]),
        (f"{KARPENTER}generation", "Gt", "8", ["x9.large"]),
        (f"{KARPENTER}family", "In", "strange", ["strange"]),
        (f"{KARPENTER}size", "In", "", ["strange"]),
        (CPU, "In", "2", ["x9.large"]),
        (f"{KARPENTER}memory", "Gt", "1", []),
        (f"{KARPENTER}hypervisor", "In", "nitro", []),
        (f"{KARPENTER}cpu-manufacturer", "In", "intel", []),
        ("kubernetes.io/arch", "In", "amd64", []),
        (f"{KARPENTER}capability-flex", "In", "false", ["strange", "x9.large"]),
    ],
)
def test_labels_of_types_of_which_little_is_known(
    key: str, operator: str, value: str | None, certain: list[str]
) -> None:
    table = Table(STRANGE, HALF, MAC)
    one = requirement(key, operator, *([] if value is None else [value]))
    found = allowed_types(Members((among("strange", "x9.large", "mac9.metal"), one)), table, NOWHERE)
    assert sorted(instance.name for instance in found.certain) == certain
    if certain and key != CPU:
        assert found.unknown is None
    else:
        assert found.unknown is not None
        assert f"does not tell {key.removeprefix('karpenter.k8s.aws/')}" in found.unknown.reason


def test_a_type_that_ec2_does_not_list_counts_only_if_it_is_named() -> None:
    table = Table(STRANGE, HALF)
    assert [one.name for one in allowed_types(Members(), table, NOWHERE).certain] == ["x9.large"]
    assert [one.name for one in allowed_types(Members((among("strange"),)), table, NOWHERE).certain] == ["strange"]


def test_doubt_about_special_types_is_none_while_general_ones_fit() -> None:
    memory = requirement(f"{KARPENTER}memory", "Gt", "1")
    special = InstanceType("p9.large", 3, 10, vcpus=2)
    general = replace(HALF, memory_mib=4096)
    both = Table(special, general)
    assert allowed_types(Members((memory,)), both, NOWHERE).unknown is None
    several = allowed_types(Members((replace(memory, minimum_values=Known(2, NOWHERE)),)), both, NOWHERE)
    assert several.unknown is not None
    assert [one.name for one in several.certain] == ["x9.large"]
    only = allowed_types(Members((memory,)), Table(special), NOWHERE)
    assert (only.certain, only.unknown is None) == ((), False)


def test_what_is_missing_is_named_before_types_that_may_be_meant() -> None:
    found = allowed_types(Members((among("m5.large", "m5.lagre"),), (UNKNOWN,)), CATALOG, NOWHERE)
    assert (found.certain, found.unknown) == ((), UNKNOWN)
    assert found.sized
