"""What an assessment answers or leaves open, and what it keeps: the answers about groups that stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import add_on, assessed, eks_cluster, node_group, subnet
from podroom.capacity.alternatives import alternatives
from podroom.capacity.assessment import MANY_NODES, Assessment, Assumptions, Resolved, ZoneBalance, collect
from podroom.capacity.demand import shares_of
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog
from podroom.config import read_config
from podroom.model.world import GroupKind, InstanceChoice, LaunchTemplate, NodeGroup, UserData, World
from podroom.positions import Document
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse
from podroom.values import Default, Known, Members, OneOf, Undecidable, Unknown, Value

CASE = Path(__file__).parents[2] / "cases/configurations/groups-that-fill-a-subnet-together"


@pytest.fixture
def world() -> World:
    """Return a World of three groups in one subnet, the first of which has one of two types."""
    (found,) = understand(Request(paths=(str(CASE),), reader=parse))[0]
    group, *others = found.node_groups
    (choice,) = group.instance_types
    either = replace(choice, type=OneOf(("m5.large", "m5.4xlarge"), "nobody says which", choice.type.origin))
    group = replace(group, instance_types=replace(group.instance_types, items=(either,)))
    return replace(found, node_groups=(group, *others))


def assess(world: World) -> Assessment:
    return Assessment(world, InstanceCatalog.bundled(), Assumptions())


def test_a_configuration_that_assumes_nothing_assumes_what_is_assumed_without_one() -> None:
    assert read_config(Document("podroom.toml", "[assumptions]\n")).assumptions == Assumptions()


def test_a_choice_of_types_leaves_the_answers_about_other_groups_as_they_are(world: World) -> None:
    assessment = assess(world)
    possible = alternatives(assessment, (world.node_groups[0].address,))
    assert possible is not None
    asked: list[str] = []

    def ask(group: NodeGroup, of: Assessment) -> None:
        of.remember_of(group, ("test",), lambda: asked.append(group.address))

    for each in (assessment, *possible.assessments):
        for group in each.world.node_groups:
            ask(group, each)

    first, *others = (group.address for group in world.node_groups)
    assert asked == [first, *others, first, first]


def test_groups_of_which_the_types_are_clear_are_one_choice_beside_one_of_which_they_are_not(world: World) -> None:
    _, *clear = world.node_groups
    assert alternatives(assess(world), [group.address for group in clear]) is None
    assert alternatives(assess(replace(world, node_groups=tuple(clear))), [group.address for group in clear]) is None


def test_the_shares_of_each_choice_are_those_of_a_world_of_its_own(world: World) -> None:
    (subnet,) = world.subnets
    assessment = assess(world)
    possible = alternatives(assessment, (world.node_groups[0].address,))
    assert possible is not None

    shares = [list(shares_of(subnet, each)) for each in possible.assessments]

    assert shares == [list(shares_of(subnet, assess(each.world))) for each in possible.assessments]
    assert [share.lightest.resolved.instance.name for share, *_ in shares] == ["m5.large", "m5.4xlarge"]


def one_of(choice: InstanceChoice, *types: str, reason: str = "nobody says which") -> InstanceChoice:
    return replace(choice, type=OneOf(types, reason, choice.type.origin))


TYPES = ("m5.large", "m5.xlarge", "m5.2xlarge", "m5.4xlarge", "c5.large", "c5.xlarge", "c5.2xlarge", "c5.4xlarge")


@pytest.mark.parametrize(
    ("first", "second", "worlds"), [(TYPES, TYPES[:1], 8), (TYPES[:4], TYPES[4:6], 8), (TYPES[:3], TYPES[3:6], None)]
)
def test_up_to_eight_worlds_are_possible(
    world: World, first: tuple[str, ...], second: tuple[str, ...], worlds: int | None
) -> None:
    group, other, *others = world.node_groups
    (choice,) = group.instance_types
    fixed = replace(choice, type=Known(second[0], choice.span))
    types = (
        one_of(choice, *first, reason=f"{len(first)} types"),
        one_of(choice, *second, reason=f"{len(second)} others") if len(second) > 1 else fixed,
    )
    groups = [replace(one, instance_types=Members((kind,))) for one, kind in zip((group, other), types, strict=True)]

    possible = alternatives(
        assess(replace(world, node_groups=(*groups, *others))), [group.address, other.address, "another"]
    )

    assert (None if possible is None else len(possible.assessments)) == worlds
    if possible is not None:
        assert possible.unknown.reason == f"{len(first)} types"


def test_a_template_and_its_overrides_have_the_same_of_two_types(world: World) -> None:
    group = world.node_groups[0]
    (choice,) = group.instance_types
    template = LaunchTemplate("aws_launch_template.nodes", choice.span, choice, None, UserData())
    both = replace(group, launch_template=template)
    own = replace(both, launch_template=replace(template, instance_type=None))
    only_template = replace(both, instance_types=Members((replace(choice, type=Known("c5.large", choice.span)),)))

    def types(changed: NodeGroup) -> list[tuple[str, str | None]]:
        possible = alternatives(assess(replace(world, node_groups=(changed,))), (group.address,))
        assert possible is not None
        found = [each.world.node_groups[0] for each in possible.assessments]
        return [
            (
                one.instance_types.items[0].type.need(),
                one.launch_template.instance_type.type.need()
                if one.launch_template and one.launch_template.instance_type
                else None,
            )
            for one in found
        ]

    assert types(both) == [("m5.large", "m5.large"), ("m5.4xlarge", "m5.4xlarge")]
    assert types(own) == [("m5.large", None), ("m5.4xlarge", None)]
    assert types(only_template) == [("c5.large", "m5.large"), ("c5.large", "m5.4xlarge")]


def test_what_is_assumed_where_nobody_says_more_is_what_the_readme_says() -> None:
    assert Assumptions() == Assumptions(2, 16, ZoneBalance.BALANCED, 50, None)
    assert Assumptions().many_nodes == MANY_NODES
    assert Assumptions(host_network_pods=3, expected_pods_per_node=20).most_pods == 23


def test_a_group_of_a_cluster_that_is_not_here_is_left_open(world: World) -> None:
    with pytest.raises(Undecidable, match=r"aws_eks_cluster\..* is not in this configuration"):
        assess(replace(world, clusters=())).cluster(world.node_groups[0])


def test_nodes_that_may_run_windows_are_left_open(world: World) -> None:
    group = world.node_groups[1]

    def applies(family: Value[AmiFamily]) -> bool:
        return assess(world).applies(replace(group, ami_family=family))

    assert not applies(Known(AmiFamily.WINDOWS, group.span))
    assert applies(OneOf((AmiFamily.AL2, AmiFamily.AL2023), "either", group.span))
    with pytest.raises(Undecidable, match="either"):
        applies(OneOf((AmiFamily.AL2, AmiFamily.WINDOWS), "either", group.span))


def test_variables_that_nobody_sets_have_the_defaults_of_the_cni(world: World) -> None:
    (cluster,) = world.clusters
    origins = {}
    for name, text in (("WARM_ENI_TARGET", "1"), ("MAX_ENI", ""), ("A_VARIABLE_OF_TOMORROW", "")):
        value = assess(world).variable(cluster.cni, name)
        assert value.need() == text
        origins[name] = value.origin if isinstance(value, Known) else None
    assert origins["WARM_ENI_TARGET"] == origins["MAX_ENI"] != Default("the Amazon VPC CNI", "")
    assert origins["A_VARIABLE_OF_TOMORROW"] == Default("the Amazon VPC CNI", "")


def test_a_daemon_set_of_ones_own_has_the_defaults_of_the_code(world: World) -> None:
    settings = world.clusters[0].cni
    for from_manifest, default in ((True, "1"), (False, "0")):
        value = assess(world).variable(replace(settings, from_manifest=from_manifest), "WARM_PREFIX_TARGET")
        assert value.need() == default


@pytest.mark.parametrize("field", ["missing", "not_installed"])
def test_a_variable_that_something_else_may_set_is_left_open(world: World, field: str) -> None:
    why = Unknown("nobody says whether", world.node_groups[0].span)
    settings = replace(world.clusters[0].cni, **{field: why})  # type: ignore[arg-type] # either field may be Unknown
    assert assess(world).variable(settings, "MAX_ENI") is why


def test_the_known_types_come_before_what_is_not_known_of_them(world: World) -> None:
    group = world.node_groups[1]
    (choice,) = group.instance_types
    other = replace(choice, type=Known("m7.tomorrow", choice.span))
    why = Unknown("nobody says which", group.span)
    for items, missing, reason in (
        ((other, choice), (), "m7.tomorrow"),
        ((choice,), (why,), "nobody says which"),
    ):
        found, unknown = collect(assess(world).instances(replace(group, instance_types=Members(items, missing))))
        assert [one.instance.name for one in found] == [choice.type.need()]
        assert unknown is not None
        assert reason in unknown.reason


def test_the_place_of_a_type_is_that_of_its_text_and_of_a_default_that_of_who_could_say_more(world: World) -> None:
    (choice,) = world.node_groups[1].instance_types
    instance = assess(world).instance(choice)
    elsewhere = world.clusters[0].span
    assert Resolved(replace(choice, span=elsewhere), instance).span == choice.type.origin != elsewhere
    by_default = Known("t3.medium", Default("Amazon EKS", ""))
    assert Resolved(replace(choice, type=by_default, span=elsewhere), instance).span == elsewhere


@pytest.mark.parametrize("name", ["uncertain", "launch_template_missing"])
def test_user_data_of_who_knows_which_template_or_group_is_left_open(world: World, name: str) -> None:
    group = world.node_groups[1]
    why = Unknown("nobody says whether", group.span)
    assert assess(world).user_data(group) == group.user_data
    with pytest.raises(Undecidable, match="nobody says whether"):
        assess(world).user_data(replace(group, **{name: why}))  # type: ignore[arg-type] # either field may be Unknown


@pytest.mark.parametrize(
    ("environment", "more", "most"),
    [
        ('WARM_IP_TARGET = "2"', "", 29),
        ('ENABLE_PREFIX_DELEGATION = "true"', "", 110),
        ('ENABLE_PREFIX_DELEGATION = "true"', "own image", 29),
    ],
)
def test_who_tells_a_node_its_max_pods_where_nobody_writes_them(
    tmp_path: Path, environment: str, more: str, most: int
) -> None:
    """Amazon EKS counts prefixes up to its cap; the program of an image of one's own counts none."""
    assessment = assessed(
        tmp_path, subnet("a", "10.0.0.0/24"), eks_cluster(), add_on(environment), node_group("g", types="m5.large")
    )
    (group,) = assessment.world.node_groups
    group = replace(group, own_image=Known(more == "own image", group.span))
    instance = assessment.instance(group.instance_types.items[0])
    assert assessment.default_max_pods(group, instance) == most
    self_managed = replace(group, kind=GroupKind.SELF_MANAGED, own_image=Known(value=False, origin=group.span))
    assert assessment.default_max_pods(self_managed, instance) == 29


@pytest.mark.parametrize(
    ("prefixes", "known"), [("", True), ('"false"', True), ('"true"', False), ("var.unknown", False)]
)
def test_how_many_prefixes_are_warm_matters_where_there_are_prefixes(
    tmp_path: Path, prefixes: str, *, known: bool
) -> None:
    switch = f", ENABLE_PREFIX_DELEGATION = {prefixes}" if prefixes else ""
    environment = f"WARM_PREFIX_TARGET = var.unknown{switch}"
    assessment = assessed(tmp_path, 'variable "unknown" {}\n', eks_cluster(), add_on(environment))
    (cluster,) = assessment.world.clusters
    if known:
        assert not assessment.behavior(cluster.cni).prefix_delegation
        return
    with pytest.raises(Undecidable, match=r"var\.unknown"):
        assessment.behavior(cluster.cni)
