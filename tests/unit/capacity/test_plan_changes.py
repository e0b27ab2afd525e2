"""What is there before a plan: what it changes of node groups, and the World that it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from capacity_helpers import assessed, eks_cluster, node_group, subnet
from podroom.capacity.plan_changes import before_plan, while_applied
from podroom.model.live import Running, RunningNodes
from podroom.model.world import (
    FixedMaxPods,
    LaunchTemplate,
    Mechanism,
    NodeGroup,
    Removed,
    SubnetUse,
    UserData,
    World,
)
from podroom.positions import Document, Span
from podroom.values import Known, Members, Unknown, Value

HERE = Span(Document("plan.json", "{}"), 0, 2)
NOT_KNOWN = Unknown("it is known after apply", HERE)
ONE, TWO, NINE = (Known(number, HERE) for number in (1, 2, 9))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a World of two groups of 1, 2 and at the most 4 nodes."""
    folder = tmp_path_factory.mktemp("plan")
    types = "m5.large,c5.large"
    parts = (subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g", types=types), node_group("h", types=types))
    return assessed(folder, *parts).world


def sizes(least: Value[int], desired: Value[int], most: Value[int]) -> dict[str, object]:
    return {"minimum_size": least, "desired_size": desired, "maximum_size": most}


def typed(group: NodeGroup, *types: Value[str], missing: tuple[Unknown, ...] = ()) -> dict[str, object]:
    choice = group.instance_types.items[0]
    return {"instance_types": Members(tuple(replace(choice, type=one) for one in types), missing)}


def changes(world: World, old: dict[str, object], new: dict[str, object] | None = None) -> list[str] | None:
    """Return what is told of group g where it has had some other settings, and has some now; None for nothing."""
    group, other = world.node_groups
    now = replace(world, node_groups=(replace(group, **(new or {})), other), before=(replace(group, **old), other))  # type: ignore[arg-type] # each is of its field
    found = before_plan(now)
    return None if found is None else [change.partition(".g")[2].strip(".: ") for change in found[1]]


def test_a_size_changes_where_both_are_known_and_not_the_same(world: World) -> None:
    assert changes(world, {}) is None
    assert changes(world, sizes(TWO, ONE, NINE)) == ["min_size goes from 2 to 1", "max_size goes from 9 to 4"]
    assert changes(world, sizes(TWO, ONE, NOT_KNOWN)) == ["min_size goes from 2 to 1"]
    assert changes(world, {"minimum_size": NOT_KNOWN}) is None
    assert changes(world, {"minimum_size": TWO}, {"minimum_size": NOT_KNOWN}) is None
    assert changes(world, {"desired_size": NINE}) is None


def test_subnets_that_are_not_known_before_are_those_of_now(world: World) -> None:
    group, _ = world.node_groups
    old = replace(group, maximum_size=NINE, subnets=Members((SubnetUse(NOT_KNOWN, HERE),)))
    found = before_plan(replace(world, node_groups=(group,), before=(old,)))
    assert found is not None
    assert found[0].node_groups[0].subnets == group.subnets


def test_types_change_where_all_are_known_and_not_the_same_in_any_order(world: World) -> None:
    group, _ = world.node_groups
    large, other, small = (Known(name, HERE) for name in ("m5.large", "c5.large", "t3.small"))
    assert changes(world, typed(group, other, large)) is None
    assert changes(world, typed(group, small)) == ["instance_types go from t3.small to c5.large, m5.large"]
    for old in (typed(group, small, NOT_KNOWN), typed(group, small, missing=(NOT_KNOWN,))):
        assert changes(world, old) is None
        assert changes(world, {}, old) is None


def placed(*names: str | None, missing: tuple[Unknown, ...] = ()) -> dict[str, object]:
    """Return the setting of subnets; None is one that is not known."""
    uses = (SubnetUse(NOT_KNOWN if name is None else Known(name, HERE), HERE) for name in names)
    return {"subnets": Members(tuple(uses), missing)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (placed("s-1"), placed("s-2", "s-1"), ["subnets go from s-1 to s-1, s-2"]),
        (placed("a.b", "c.d"), placed("a.b"), ["subnets go from a.b, c.d to a.b"]),
        (placed("s-1", "s-2"), placed("s-2", "s-1"), None),
        (placed("s-1"), placed("a.b"), None),
        (placed("data.a.b"), placed("c.d"), None),
        (placed("s-1", None), placed("s-2"), None),
        (placed("s-1"), placed("s-2", None), None),
        (placed("s-1", missing=(NOT_KNOWN,)), placed("s-2"), None),
        (placed("s-1"), placed("s-2", missing=(NOT_KNOWN,)), None),
    ],
)
def test_subnets_change_where_all_are_known_by_the_same_kind_of_name(
    world: World, old: dict[str, object], new: dict[str, object], expected: list[str] | None
) -> None:
    assert changes(world, old, new) == expected
    if expected:
        group, _ = world.node_groups
        now = replace(world, node_groups=(replace(group, **new),), before=(replace(group, **old),))  # type: ignore[arg-type] # each is of its field
        found = before_plan(now)
        assert found is not None
        assert {"subnets": found[0].node_groups[0].subnets} == old


def numbered(*numbers: Value[int], gaps: tuple[Unknown, ...] = ()) -> dict[str, object]:
    """Return the setting of a launch template with user data that gives kubelet these numbers."""
    fixed = tuple(FixedMaxPods(Mechanism.NODEADM_CONFIG, number, HERE) for number in numbers)
    return {"launch_template": LaunchTemplate("t", HERE, None, None, UserData(fixed=fixed, gaps=gaps))}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (numbered(ONE), numbered(NINE), ["max pods of its user data go from 1 to 9"]),
        (numbered(ONE, TWO), numbered(), ["max pods of its user data go from 1, 2 to none"]),
        ({}, numbered(TWO), ["max pods of its user data go from none to 2"]),
        (numbered(TWO), numbered(TWO), None),
        (numbered(), {}, None),
        (numbered(ONE, NOT_KNOWN), numbered(NINE), None),
        (numbered(ONE), numbered(NINE, NOT_KNOWN), None),
        (numbered(ONE, gaps=(NOT_KNOWN,)), numbered(NINE), None),
        (numbered(ONE), numbered(NINE, gaps=(NOT_KNOWN,)), None),
        ({"launch_template_missing": NOT_KNOWN}, numbered(NINE), None),
        (numbered(ONE), {"launch_template_missing": NOT_KNOWN}, None),
    ],
)
def test_max_pods_change_where_all_that_tells_them_is_known(
    world: World, old: dict[str, object], new: dict[str, object], expected: list[str] | None
) -> None:
    assert changes(world, old, new) == expected


@pytest.mark.parametrize(
    ("most", "desired", "before"),
    [(ONE, TWO, 1), (TWO, TWO, 2), (TWO, NINE, 1), (NINE, TWO, 2), (NOT_KNOWN, TWO, 2), (TWO, NOT_KNOWN, None)],
)
def test_a_group_has_the_nodes_that_it_wants_now_unless_there_could_not_be_as_many(
    world: World, most: Value[int], desired: Value[int], before: int | None
) -> None:
    group, other = world.node_groups
    old = replace(group, minimum_size=NINE, desired_size=ONE, maximum_size=most, instance_types=Members())
    now = replace(group, desired_size=desired)
    found = before_plan(replace(world, node_groups=(now, other), before=(old, replace(other, desired_size=NINE))))
    assert found is not None
    earlier, untouched = found[0].node_groups
    assert untouched is other
    assert (earlier.minimum_size, earlier.maximum_size, earlier.instance_types) == (NINE, most, Members())
    assert earlier.desired_size == (desired if before is None else Known(before, earlier.desired_size.origin))


def test_what_a_plan_makes_is_not_there_before_it_and_what_it_takes_away_is(world: World) -> None:
    group, other = world.node_groups
    (cluster,), (place,), (vpc,) = world.clusters, world.subnets, world.vpcs
    gone = replace(group, address="aws_eks_node_group.gone")
    removed = Removed(
        (replace(cluster, address="aws_eks_cluster.gone"),),
        (replace(place, address="s"),),
        (replace(vpc, address="v"),),
    )
    plan = replace(world, before=(other, gone), removed=removed, doubled=(other.address,))
    assert before_plan(replace(plan, before=None)) is None
    found = before_plan(plan)
    assert found is not None
    before, told = found
    assert told == (
        f"{group.address} is made",
        f"{other.address} is made anew before the old one goes",
        "aws_eks_cluster.gone goes away",
        "aws_eks_node_group.gone goes away",
    )
    assert before.node_groups == (other, gone)
    assert before.clusters == (cluster, *removed.clusters)
    assert (before.subnets, before.vpcs) == ((place, *removed.subnets), (vpc, *removed.vpcs))
    assert (before.before, before.removed, before.doubled) == (None, None, ())


def test_what_runs_belongs_to_the_old_group_while_a_plan_makes_it_anew(world: World) -> None:
    group, other = (replace(one, desired_size=TWO) for one in world.node_groups)
    running = Running(Members((RunningNodes("aws_subnet.a", TWO),)))
    new, old = replace(group, running=running), replace(group, desired_size=NINE)
    now = replace(world, node_groups=(new, other), before=(other, old), doubled=(group.address,))
    assert while_applied(replace(now, doubled=())) is None
    assert while_applied(replace(now, before=(other,))) is None

    during = while_applied(now)
    assert during is not None
    beside, gone, untouched = during.node_groups
    assert (beside.address, beside.maximum_size, beside.running) == (group.address, TWO, Running(Members()))
    assert (gone.maximum_size, gone.running) == (NINE, running)
    assert untouched is other

    unlisted = while_applied(replace(now, node_groups=(group, other)))
    assert unlisted is not None
    assert [one.running for one in unlisted.node_groups] == [None, None, None]
