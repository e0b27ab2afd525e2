"""The configuration, the plan and both never contradict each other: plans of Terraform, by tools/make_plans.py."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from checkout import CHECKOUT, podroom
from plan_helpers import comparable, facts

MADE = CHECKOUT / "tests" / "plans" / "made"
CONFIGURATION = MADE / "configuration"
NAMES = sorted(path.name.partition(".")[0] for path in MADE.glob("*.json.gz"))
IN_PART = frozenset({"destroy_a_part", "refresh_only", "target"})
"""Plans that do not say what there will be of everything."""
BATCH, GENERAL = (f'module.nodes["{name}"].aws_eks_node_group.this' for name in ("batch", "general"))
SUBNETS = [f"module.network.aws_subnet.private[{number}]" for number in range(3)]
PARTS = ("clusters", "node_groups", "subnets", "vpcs")
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")

pytestmark = pytest.mark.once("what a plan settles depends on no Python")


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all plans."""
    folder = tmp_path_factory.mktemp("made")
    for path in MADE.glob("*.json.gz"):
        (folder / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    return folder


@cache
def world(*arguments: str) -> Mapping[str, object]:
    """Return the only World that podroom shows."""
    result = podroom("show", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    (shown,) = json.loads(result.stdout)["worlds"]
    return shown


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def three(name: str, plans: Path) -> tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]]:
    """Return the Worlds of the configuration, of the plan, and of both.

    The configuration has what is set on the command line of the plan and is no variable without a default.
    """
    path = plans / f"{name}.json"
    pods = json.loads(path.read_text(encoding="utf-8"))["variables"]["pods"]["value"]
    return (
        world(str(CONFIGURATION), "--var", f"pods={pods}"),
        world(str(path)),
        world(str(CONFIGURATION), "--plan", str(path)),
    )


def ways(path: Path) -> tuple[tuple[str, ...], ...]:
    """Return how a plan is judged by itself, and with the configuration."""
    return (str(path),), (str(CONFIGURATION), "--plan", str(path))


def addresses(shown: Mapping[str, object]) -> dict[str, list[str]]:
    return {part: sorted(one["address"] for one in shown[part]) for part in PARTS}


def test_what_two_of_them_know_is_the_same(
    three: tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]],
) -> None:
    configuration, plan, both = (dict(facts(comparable(one))) for one in three)
    for one, other in ((configuration, plan), (configuration, both), (plan, both)):
        differing = {way: (one[way], other[way]) for way in one.keys() & other.keys() if one[way] != other[way]}
        symbolic = {way for way, pair in differing.items() if "current" in map(str, pair)}
        assert not differing.keys() - symbolic, differing


def test_the_plan_and_both_have_the_same_things(
    name: str, three: tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]]
) -> None:
    configuration, plan, both = map(addresses, three)
    if name not in IN_PART:
        assert plan == both
    if name != "destroy":
        assert configuration["clusters"] == both["clusters"]


def test_both_lose_nothing_that_the_configuration_knows_but_what_is_deleted(
    name: str, three: tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]]
) -> None:
    configuration, _, both = three
    there = {one for part in addresses(both).values() for one in part}
    known, more = dict(facts(comparable(configuration))), dict(facts(comparable(both)))
    living = {way for way in known if set(way) & there}
    assert not living - more.keys()
    assert name in IN_PART | {"destroy"} or len(more) > len(living)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("create", (3, 3)),
        ("create_in_one_zone", (2, 1)),
        ("one_group_less", (2, 1)),
        ("destroy", (0, 0)),
        ("destroy_a_part", (2, 3)),
        ("more_zones", (3, 3)),
    ],
)
def test_how_many_groups_and_subnets_there_will_be(plans: Path, name: str, expected: tuple[int, int]) -> None:
    for arguments in ways(plans / f"{name}.json"):
        shown = world(*arguments)
        assert (len(shown["node_groups"]), len(shown["subnets"])) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nothing", None),
        (
            "update",
            [
                f"{BATCH}: max pods of its user data go from 29 to 58",
                f"{GENERAL}.max_size goes from 3 to 6",
                "aws_autoscaling_group.workers[0]: max pods of its user data go from 29 to 58",
            ],
        ),
        (
            "replace",
            [
                f"{GENERAL}.instance_types go from m6i.large to m5.large",
                f"{GENERAL} is made anew before the old one goes",
            ],
        ),
        (
            "one_group_less",
            [
                f"{BATCH}.subnets go from {SUBNETS[0]}, {SUBNETS[1]} to {SUBNETS[0]}",
                f"{BATCH} is made anew before the old one goes",
                f"{GENERAL}.subnets go from {SUBNETS[0]}, {SUBNETS[1]} to {SUBNETS[0]}",
                f"{GENERAL} is made anew before the old one goes",
                "aws_autoscaling_group.workers[0] goes away",
            ],
        ),
        ("destroy_a_part", ["aws_autoscaling_group.workers[0] goes away"]),
    ],
)
def test_before_and_after_are_told_the_same_with_and_without_the_configuration(
    plans: Path, name: str, expected: list[str] | None
) -> None:
    for arguments in ways(plans / f"{name}.json"):
        (found,) = json.loads(podroom("capacity", "--format", "json", *arguments).stdout)["configurations"]
        then = found["what_if"]
        told = None if then is None else [one.removeprefix("the plan is applied: ") for one in then["changes"]]
        assert told == expected


def test_where_the_subnets_of_groups_are_known_they_are_those_that_terraform_planned(
    three: tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]],
) -> None:
    _, plan, both = three
    of_both = {one["address"]: used(one) for one in both["node_groups"]}
    assert all(of_both.values())
    for one in plan["node_groups"]:
        assert not used(one) or used(one) == of_both[one["address"]]


def used(group: Mapping[str, object]) -> list[str]:
    """Return the subnets of a group, none where not all are known."""
    uses = group["subnets"]
    if uses["missing"] or not all("value" in one["subnet"] for one in uses["items"]):
        return []
    return sorted(one["subnet"]["value"] for one in uses["items"])
