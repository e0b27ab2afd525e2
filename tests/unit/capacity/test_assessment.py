"""What an assessment keeps: the answers about groups that stay when others change, and no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from podroom.capacity.alternatives import alternatives
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.capacity.demand import shares_of
from podroom.catalog.instance_types import InstanceCatalog
from podroom.model.world import NodeGroup, World
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse
from podroom.values import OneOf

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


def test_the_shares_of_each_choice_are_those_of_a_world_of_its_own(world: World) -> None:
    (subnet,) = world.subnets
    assessment = assess(world)
    possible = alternatives(assessment, (world.node_groups[0].address,))
    assert possible is not None

    shares = [list(shares_of(subnet, each)) for each in possible.assessments]

    assert shares == [list(shares_of(subnet, assess(each.world))) for each in possible.assessments]
    assert [share.lightest.resolved.instance.name for share, *_ in shares] == ["m5.large", "m5.4xlarge"]
