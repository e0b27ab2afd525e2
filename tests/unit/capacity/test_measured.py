"""What others than running nodes have of a subnet of which the free addresses were listed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from capacity_helpers import assessed, eks_cluster, node_group, subnet
from podroom.capacity.estimate import Estimate, Loads
from podroom.capacity.measured import measured, running_in
from podroom.capacity.reserves import ReserveForecast
from podroom.model.live import Listed, Running, RunningNodes
from podroom.model.world import NodeGroup, Subnet
from podroom.positions import Document, Span
from podroom.values import Known, Members, Undecidable, Unknown, Value

HERE = Span(Document("subnets.json", "{}"), 0, 2)
NOT_KNOWN = Unknown("nobody says which", HERE)
USABLE = Estimate.known(251)
RESERVES = tuple(
    ReserveForecast(name, Estimate.known(number, f"1 x {number}"))
    for name, number in (("control plane", 9), ("load balancers", 8), ("database", 3))
)
NODE = Loads(Estimate(2, 3), Estimate(4, 5), Estimate(6, 7), Estimate(8, 10))


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Subnet, NodeGroup]:
    """Return a subnet and a node group in it."""
    folder = tmp_path_factory.mktemp("measured")
    world = assessed(folder, subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g")).world
    return world.subnets[0], world.node_groups[0]


def running(*nodes: RunningNodes, missing: tuple[Unknown, ...] = (), supposed: bool = False) -> Running:
    return Running(Members(nodes, missing), supposed)


def nodes(number: int | None, addresses: int | None = None, *, place: str = "aws_subnet.a") -> RunningNodes:
    count: Value[int] = NOT_KNOWN if number is None else Known(number, HERE)
    return RunningNodes(place, count, None if addresses is None else Known(addresses, HERE))


ELSEWHERE = nodes(4, 40, place="aws_subnet.b")


@pytest.mark.parametrize(
    ("groups", "free", "others", "control_plane"),
    [
        # 100 addresses are taken, of which a node holds 2 to 10 where nobody listed how many.
        ([], 151, (100, 100), 9),
        ([], 251, (0, 0), 9),
        ([running(nodes(0), ELSEWHERE)], 151, (100, 100), 5),
        ([running(ELSEWHERE, nodes(3, 24))], 151, (76, 76), 5),
        ([running(ELSEWHERE, nodes(3))], 151, (70, 94), 5),
        ([running(nodes(3)), running(nodes(4, 9))], 151, (61, 85), 5),
        ([running(nodes(2)), running(nodes(0))], 151, (80, 96), 5),
        ([running(nodes(20))], 151, (0, 60), 5),
        ([running(nodes(60))], 151, (0, 0), 5),
        ([running(nodes(3, 24))], 227, (0, 0), 5),
        ([running(nodes(3, 24))], 226, (1, 1), 5),
        ([running(nodes(3, 24))], 300, (0, 0), 5),
        ([running(ELSEWHERE)], 151, (100, 100), 5),
        ([running(nodes(0))], 151, (100, 100), 9),
        ([running(nodes(0), supposed=True)], 151, (100, 100), 9),
        ([running(nodes(3, 24), supposed=True)], 151, (76, 76), 5),
        ([running(nodes(3), supposed=True)], 151, "what the running nodes of", 5),
        ([running(nodes(None))], 151, "nobody says which", 9),
        ([running(ELSEWHERE, missing=(NOT_KNOWN,))], 151, "nobody says which", 5),
        ([None], 151, "was not listed", 9),
    ],
)
def test_others_have_what_is_taken_and_not_held_by_running_nodes(
    parts: tuple[Subnet, NodeGroup],
    groups: list[Running | None],
    free: int,
    others: tuple[int, int] | str,
    control_plane: int,
) -> None:
    place, group = parts
    listed = replace(place, free=Known(free, Listed("subnets.json", "aws ec2 describe-subnets")))
    known = [(replace(group, address=f"g{at}", running=one), NODE) for at, one in enumerate(groups)]
    update, load_balancers, found, database = measured(listed, USABLE, RESERVES, known)
    assert found.name == f"others ({free} of 251 were free, says subnets.json; when is not known)"
    if isinstance(others, str):
        assert (found.addresses.least, found.addresses.most) == (0, 100)
        assert [others in gap.reason for gap in found.addresses.gaps] == [True]
    else:
        assert found.addresses == Estimate(*others)
    assert (update.name == "control plane", update.addresses.value) == (control_plane == 9, control_plane)
    assert load_balancers == RESERVES[1]
    assert database == ReserveForecast("database", Estimate(0, 3))


def test_nodes_that_are_in_a_subnet_with_their_pods_hold_its_addresses_once(parts: tuple[Subnet, NodeGroup]) -> None:
    place, group = parts
    listed = replace(place, free=Known(151, HERE))
    for one, others in ((nodes(3, 24), (76, 76)), (nodes(3), (40, 88))):
        both = [(replace(group, running=running(one)), NODE)] * 2
        found = measured(listed, USABLE, RESERVES, both)[2]
        assert (found.addresses, "says somebody" in found.name) == (Estimate(*others), True)


def test_nodes_may_hold_any_number_of_addresses_where_nobody_knows_what_one_takes(
    parts: tuple[Subnet, NodeGroup],
) -> None:
    place, group = parts
    boundless = replace(NODE, saturated=Estimate(8, None, "", (NOT_KNOWN,)))
    running_group = replace(group, running=running(nodes(3)))
    found = measured(replace(place, free=Known(151, HERE)), USABLE, RESERVES, [(running_group, boundless)])[2]
    assert found.addresses == Estimate(0, 94)


def test_what_is_assumed_of_others_stays_where_nothing_was_listed(parts: tuple[Subnet, NodeGroup]) -> None:
    place, _ = parts
    listed = replace(place, free=Known(151, HERE))
    for one, usable in ((place, USABLE), (replace(place, free=NOT_KNOWN), USABLE), (listed, Estimate(11, 251))):
        assert measured(one, usable, RESERVES, []) == RESERVES


@pytest.mark.parametrize(
    ("control_plane", "kept"),
    [(Estimate(None, None), (0, 5)), (Estimate(2, None), (2, 5)), (Estimate(2, 4), (2, 4)), (Estimate(7, 9), (5, 5))],
)
def test_a_control_plane_that_is_there_needs_no_more_than_its_update(
    parts: tuple[Subnet, NodeGroup], control_plane: Estimate, kept: tuple[int, int]
) -> None:
    place, group = parts
    reserves = (replace(RESERVES[0], addresses=replace(control_plane, gaps=(NOT_KNOWN,))), *RESERVES[1:])
    known = [(replace(group, running=running(nodes(1, 1))), NODE)]
    update = measured(replace(place, free=Known(151, HERE)), USABLE, reserves, known)[0]
    assert update.addresses == Estimate(*kept, gaps=(NOT_KNOWN,))


def test_running_nodes_are_those_of_the_subnet(parts: tuple[Subnet, NodeGroup]) -> None:
    place, group = parts
    assert running_in(place, replace(group, running=running(ELSEWHERE, nodes(3, 24)))) == (3, 24)
    assert running_in(place, replace(group, running=running(nodes(3)))) == (3, None)
    assert running_in(place, replace(group, running=running(ELSEWHERE))) == (0, 0)
    for one in (None, running(ELSEWHERE, missing=(NOT_KNOWN,)), running(nodes(None))):
        with pytest.raises(Undecidable):
            running_in(place, replace(group, running=one))
