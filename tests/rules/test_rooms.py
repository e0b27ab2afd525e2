"""What rules share about the room of a node and how to write it: interfaces, network cards, and who decides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import add_on, assessed, eks_cluster, node_group, subnet
from podroom.capacity.assessment import Assessment, Resolved
from podroom.capacity.cni import CniBehavior
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.working import Figure
from podroom.catalog.instance_types import InstanceCatalog
from podroom.model.world import GroupKind, IgnoredArgument, IgnoredKind, InstanceChoice, NodeGroup, TypeSource
from podroom.positions import Document, Span
from podroom.values import Known, Unknown
from podroom_rules.ignored import fits_ignored_type, max_pods_in_vain
from podroom_rules.rooms import counts_all_cards, in_auto_mode, sufficient_interfaces
from podroom_rules.wording import default_fits, group_place, set_for_certain
from rule_helpers import FROM_TEMPLATE, NUMBER_THAT_MAY_NOT_WIN

PLACE = Span(Document("main.tf", "58"), 0, 2)
UNKNOWN = Unknown("it is not known", PLACE)
CATALOG = InstanceCatalog.bundled().with_custom({"own.large": {"interfaces": 3, "addresses_per_interface": 10}})


def of_type(name: str) -> Resolved:
    """Return an instance type as a group has it."""
    instance = CATALOG.find(name)
    assert instance is not None
    return Resolved(InstanceChoice(Known(name, PLACE), TypeSource.NODE_GROUP, PLACE), instance)


def limit(value: int, text: str | None = "58") -> KubeletLimit:
    """Return a number that kubelet gets, written as some text or nowhere."""
    span = None if text is None else Span(Document("main.tf", text), 0, len(text))
    return KubeletLimit(Figure(value, str(value), ()), "user data", span)


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("p4d.24xlarge", limit(60 * 49), True),
        ("p4d.24xlarge", limit(60 * 49 + 2), True),
        ("p4d.24xlarge", limit(60 * 49 + 1), False),
        ("p4d.24xlarge", limit(60 // 49), False),
        ("p4d.24xlarge", limit(60 * 49, None), False),
        ("p4d.24xlarge", limit(7, "data.aws_ec2_instance_type.of.maximum_network_interfaces * 2"), True),
        ("m5.large", limit(3 * 9), False),
        ("own.large", limit(3 * 9), False),
    ],
)
def test_a_number_is_counted_from_all_network_cards(name: str, written: KubeletLimit, expected: bool) -> None:
    assert counts_all_cards(written, of_type(name)) == expected


@pytest.mark.parametrize(
    ("name", "behavior", "interfaces"),
    [
        ("m5.large", CniBehavior(), 1),
        ("m5.large", CniBehavior(custom_networking=True), 2),
        ("m5.large", CniBehavior(custom_networking=True, pod_eni=True), 3),
        ("m6g.medium", CniBehavior(custom_networking=True, pod_eni=True), None),
    ],
)
def test_the_least_interfaces_that_leave_one_for_pods(name: str, behavior: CniBehavior, interfaces: int | None) -> None:
    assert sufficient_interfaces(of_type(name), behavior) == interfaces


def of_group(folder: Path, types: str, environment: str = "") -> tuple[NodeGroup, Assessment]:
    """Return a managed node group of these types, and the sums for it."""
    network = subnet("a", "10.0.0.0/20")
    assessment = assessed(folder, network, eks_cluster(), add_on(environment), node_group("nodes", types=types))
    return assessment.world.node_groups[0], assessment


@pytest.mark.parametrize(
    ("types", "environment", "fits"),
    [
        ("m5.large,m5.xlarge", "", True),
        ("m5.large,t3.nano", 'MAX_ENI = "2"', False),
        ("t3.nano,m5.large", 'MAX_ENI = "2"', False),
        ("t3.nano,t3.micro", 'MAX_ENI = "2"', True),
    ],
)
def test_a_default_fits_where_all_types_have_room_for_it(
    tmp_path: Path, types: str, environment: str, fits: bool
) -> None:
    assert default_fits(*of_group(tmp_path, types, environment)) == fits


def test_amazon_eks_may_override_numbers_of_managed_groups_without_an_image_of_their_own(tmp_path: Path) -> None:
    group, _ = of_group(tmp_path, "m5.large")
    own_image = group.own_image
    overridden = {
        "managed": group,
        "with an image": replace(group, own_image=Known(value=True, origin=own_image.origin)),
        "with perhaps an image": replace(group, own_image=UNKNOWN),
        "self-managed": replace(group, kind=GroupKind.SELF_MANAGED),
    }
    said = {name: "where Amazon EKS cannot override it" in set_for_certain(one, 20) for name, one in overridden.items()}
    assert said == {"managed": True, "with an image": False, "with perhaps an image": False, "self-managed": False}


def test_user_data_stands_in_the_launch_template_if_there_is_one(tmp_path: Path) -> None:
    group, _ = of_group(tmp_path, "m5.large")
    assert group_place(group) == group.span
    parts = subnet("a", "10.0.0.0/20"), eks_cluster(), NUMBER_THAT_MAY_NOT_WIN % 20, node_group("b", more=FROM_TEMPLATE)
    (group,) = assessed(tmp_path, *parts).world.node_groups
    assert group_place(group).text.startswith('resource "aws_launch_template"')


def test_auto_mode_that_is_not_known_is_not_taken_for_on(tmp_path: Path) -> None:
    _, assessment = of_group(tmp_path, "m5.large")
    (cluster,) = assessment.world.clusters
    modes = (Known(value=True, origin=PLACE), Known(value=False, origin=PLACE), UNKNOWN)
    assert [in_auto_mode(replace(cluster, auto_mode=mode)) for mode in modes] == [True, False, False]


DROPPED = IgnoredArgument(
    address="module.nodes",
    argument="arguments",
    reason="it is not passed on",
    span=PLACE,
    nodes="aws_eks_node_group",
    value=Known("--max-pods=110", PLACE),
    instead="max_pods = MAX_PODS",
)
ONE_TYPE = replace(DROPPED, kind=IgnoredKind.ONE_INSTANCE_TYPE, value=None, written='["m5.xlarge"]')


def with_arguments(folder: Path, *arguments: IgnoredArgument) -> tuple[NodeGroup, Assessment]:
    """Return a node group of m5.large, and the sums for a World with these arguments that nothing heeds."""
    group, assessment = of_group(folder, "m5.large")
    world = replace(assessment.world, ignored_arguments=arguments)
    return group, Assessment(world, assessment.catalog, assessment.assumptions)


@pytest.mark.parametrize(
    ("argument", "in_vain"),
    [
        (DROPPED, True),
        (replace(DROPPED, value=Known("--v=2", PLACE)), False),
        (replace(DROPPED, instead="labels = ..."), False),
        (replace(DROPPED, instead="labels = ...", value=UNKNOWN), False),
        (replace(DROPPED, instead=None, value=UNKNOWN), False),
        (replace(DROPPED, value=None), False),
        (replace(DROPPED, nodes=None), False),
        (replace(DROPPED, nodes="module.others"), False),
    ],
)
def test_max_pods_are_written_in_vain(tmp_path: Path, argument: IgnoredArgument, in_vain: bool) -> None:
    assert max_pods_in_vain(*with_arguments(tmp_path, argument)) == in_vain


@pytest.mark.parametrize(
    ("arguments", "number", "fits"),
    [
        ([ONE_TYPE], 58, True),
        ([ONE_TYPE], 59, False),
        ([replace(DROPPED, written='["m5.xlarge"]'), ONE_TYPE], 58, True),
        ([replace(ONE_TYPE, written="var.types"), ONE_TYPE], 58, True),
        ([replace(ONE_TYPE, nodes="module.others")], 58, False),
        ([replace(ONE_TYPE, written='["m5.xlagre"]')], 58, False),
    ],
)
def test_a_number_fits_the_only_type_that_was_meant(
    tmp_path: Path, arguments: list[IgnoredArgument], number: int, fits: bool
) -> None:
    group, assessment = with_arguments(tmp_path, *arguments)
    assert fits_ignored_type(group, assessment, limit(number)) == fits
