"""The promises of a forecast: less knowledge never narrows a range, and more never takes fewer addresses."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from checkout import CHECKOUT
from forgetting import degraded, noted_reading
from podroom.capacity.assessment import Assessment, Assumptions, ZoneBalance
from podroom.capacity.demand import asked_when_full, asked_with_one_pod, shares_of
from podroom.capacity.estimate import Estimate, Loads, LoadState
from podroom.capacity.forecast import Forecast, all_gaps, forecast
from podroom.capacity.what_if import EnvironmentChange, with_environment
from podroom.catalog.instance_types import InstanceCatalog
from podroom.model.world import NodeGroup, World
from podroom.values import Known, Undecidable
from worlds import CASES, drawn, worlds_of

pytestmark = pytest.mark.once("sums of our own over every case")

CATALOG = InstanceCatalog.bundled()
EXAMPLES = sorted(folder for folder in (CHECKOUT / "examples/terraform").iterdir() if folder.is_dir())
LOADS = ("at_desired", "at_maximum", "added_by_update", "left", "holds")


def forecast_of(world: World, assumptions: Assumptions | None = None) -> Forecast:
    return forecast(Assessment(world, CATALOG, assumptions or Assumptions()))


def numbers(found: Forecast) -> dict[tuple[str, ...], Estimate]:
    """Return every number of a forecast by what it is."""
    result: dict[tuple[str, ...], Estimate] = {}

    def add(key: tuple[str, ...], loads: Loads) -> None:
        result.update({(*key, state.value): number for state, number in loads})

    for group in found.groups:
        address = group.group.address
        add((address, "node"), group.node.addresses)
        add((address, "unserved"), group.node.unserved)
        result[address, "desired"] = group.desired
        result[address, "maximum"] = group.maximum
        result[address, "surge"] = group.surge
    for subnet in found.subnets:
        address = subnet.subnet.address
        for name in LOADS:
            if name == "holds" and not subnet.shares:
                continue  # a subnet without nodes has no number of nodes to hold
            loads: Loads = getattr(subnet, name)
            if name == "holds":  # nor has one where pods would get no address
                served = [(state, number) for state, number in loads if number.least is not None or number.most]
                result.update({(address, name, state.value): number for state, number in served})
                continue
            add((address, name), loads)
        result[address, "usable"] = subnet.usable
        result[address, "reserved"] = subnet.reserved
        if subnet.blocks is not None:
            add((address, "asked blocks"), subnet.blocks.asked)
            add((address, "free blocks"), subnet.blocks.free)
    return result


def holds(outer: Estimate, inner: Estimate) -> bool:
    """Return whether a range lies in another."""
    low = outer.least is None or (inner.least is not None and outer.least <= inner.least)
    high = outer.most is None or (inner.most is not None and inner.most <= outer.most)
    return low and high


@pytest.mark.parametrize("folder", [*drawn(EXAMPLES, 2), *drawn(CASES, 4)], ids=lambda folder: folder.name)
def test_knowing_less_never_narrows_a_range_and_names_what_is_missing(folder: Path) -> None:
    for world in worlds_of(folder):
        with noted_reading() as read:
            known = forecast_of(world)
        before = numbers(known)
        for copy in degraded(world, read):
            assert isinstance(copy, World)
            less = forecast_of(copy)
            after = numbers(less)
            for key, number in before.items():
                if key not in after:  # a subnet of which nobody knows any more that somebody uses it
                    assert number.is_zero or all_gaps(less), key
                    continue
                assert holds(after[key], number), (key, number, after[key])
            if after != before:
                widened = {key for key in before if key in after and after[key] != before[key]}
                assert all_gaps(less) or not widened


@pytest.mark.parametrize("folder", [*EXAMPLES, *drawn(CASES, 4)], ids=lambda folder: folder.name)
def test_the_forecast_has_the_sums_of_the_rules(folder: Path) -> None:
    for world in worlds_of(folder):
        assessment = Assessment(world, CATALOG, Assumptions())
        by_address = {found.subnet.address: found for found in forecast(assessment).subnets}
        for subnet in world.subnets:
            try:
                shares = list(shares_of(subnet, assessment))
            except Undecidable:
                continue
            if not shares:
                continue
            found = by_address[subnet.address]
            assert found.at_maximum.one_pod.least == asked_with_one_pod(shares).addresses.value
            full = asked_when_full(shares, ()).addresses.value
            most = found.at_maximum.saturated.most
            assert most is not None
            assert most >= full
            if found.at_maximum.saturated.value is not None:
                assert most == full


def scaled(world: World, nodes: int) -> World:
    def grow(group: NodeGroup) -> NodeGroup:
        size = group.maximum_size
        return replace(group, maximum_size=Known(size.value + nodes, size.origin)) if isinstance(size, Known) else group

    return replace(world, node_groups=tuple(grow(group) for group in world.node_groups))


def assert_no_less(before: Forecast, after: Forecast) -> None:
    for one, other in zip(before.subnets, after.subnets, strict=True):
        assert one.subnet.address == other.subnet.address
        for state in LoadState:
            small, large = one.at_maximum.of(state), other.at_maximum.of(state)
            assert (small.least or 0) <= (large.least or 0)
            assert large.most is None or (small.most is not None and small.most <= large.most)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_more_nodes_and_more_warm_addresses_never_take_fewer(folder: Path) -> None:
    for world in worlds_of(folder):
        before = forecast_of(world)
        for nodes in (1, 7, 100):
            assert_no_less(before, forecast_of(scaled(world, nodes)))
        assert_no_less(before, forecast_of(world, Assumptions(zone_balance=ZoneBalance.SKEWED)))
        for name in ("WARM_IP_TARGET", "WARM_ENI_TARGET"):
            changed = [
                forecast_of(with_environment(world, [EnvironmentChange(name, str(target))])) for target in (1, 2, 9, 40)
            ]
            for few, many in itertools.pairwise(changed):
                assert_no_less(few, many)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_states_of_load_are_in_order(folder: Path) -> None:
    for world in worlds_of(folder):
        for subnet in forecast_of(world).subnets:
            taken = [number.least or 0 for _, number in subnet.at_maximum]
            assert taken == sorted(taken)
            held = [number.least for _, number in subnet.holds if number.least is not None]
            assert held == sorted(held, reverse=True)
