"""What a node takes beside its pool: branch interfaces, and interfaces on other network cards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import add_on, assessed, eks_cluster, node_group, subnet
from podroom.capacity.beside_the_pool import on_other_cards, with_branches
from podroom.capacity.subnets import NodeLoad
from podroom.catalog.instance_types import InstanceCatalog, InstanceType


def type_of(name: str) -> InstanceType:
    found = InstanceCatalog.bundled().find(name)
    assert found is not None
    return found


def branched(folder: Path, environment: str, max_pods: int) -> tuple[NodeLoad, list[NodeLoad]]:
    """Return what an m5.large takes without branch interfaces, and what with 1, 2 and so on."""
    assessment = assessed(
        folder, subnet("a", "10.0.0.0/24"), eks_cluster(), add_on(environment), node_group("g", types="m5.large")
    )
    (group,) = assessment.world.node_groups
    load = assessment.load(group, type_of("m5.large"), max_pods)
    return load, list(with_branches(group, type_of("m5.large"), max_pods, load, assessment))


WARM = 'WARM_IP_TARGET = "1", MINIMUM_IP_TARGET = "1"'


@pytest.mark.parametrize(("max_pods", "most"), [(29, 9), (23, 5), (19, 1), (18, 0)])
def test_pods_beside_those_expected_may_have_branches_up_to_those_of_the_type(
    tmp_path: Path, max_pods: int, most: int
) -> None:
    """16 pods are expected, 2 have no address of their own; an m5.large has 9 branch interfaces."""
    load, loads = branched(tmp_path, f'ENABLE_POD_ENI = "true", {WARM}', max_pods)
    assert len(loads) == most
    for branches, with_some in enumerate(loads, 1):
        # The expected pods have addresses of the pool as before; the branches come on top, one address each.
        assert with_some.expected.pods == load.expected.pods == 16
        assert with_some.expected.total == load.expected.total + branches
        # A full node has the branches among its pods.
        assert with_some.saturated.pods == load.saturated.pods == max_pods - 2


def test_no_pod_has_a_branch_where_security_groups_for_pods_are_off(tmp_path: Path) -> None:
    assert branched(tmp_path, WARM, 29)[1] == []


MULTI_NIC = add_on('ENABLE_MULTI_NIC = "true"')
VERSIONED = MULTI_NIC.replace("addon_name", 'addon_version = "v%s-eksbuild.1"\n  addon_name')


@pytest.mark.parametrize(
    ("name", "addon", "least", "most"),
    [
        ("m5.large", MULTI_NIC, 0, 0),
        ("c6in.32xlarge", MULTI_NIC, 2, None),
        ("c6in.32xlarge", MULTI_NIC.replace("true", "false"), 0, 0),
        ("p5.48xlarge", MULTI_NIC, 62, None),
        (
            "c6in.32xlarge",
            VERSIONED % "1.20.0",
            2,
            None,
        ),
        ("c6in.32xlarge", VERSIONED % "1.19.9", 0, 0),
    ],
)
def test_each_further_network_card_takes_two_addresses_at_least(
    tmp_path: Path, name: str, addon: str, least: int, most: int | None
) -> None:
    assessment = assessed(tmp_path, subnet("a", "10.0.0.0/24"), eks_cluster(), addon, node_group("g"))
    (group,) = assessment.world.node_groups

    found = on_other_cards(group, type_of(name), assessment)

    assert (found.least, found.most) == (least, most)
    assert bool(found.gaps) == (most is None)
    if most is None:
        unknown = on_other_cards(group, replace(type_of(name), network_cards=None), assessment)
        assert (unknown.least, unknown.most, unknown.gaps) == (0, None, found.gaps)
