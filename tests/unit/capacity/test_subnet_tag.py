"""Which subnets the CNI finds by their tag, and which it keeps pods out of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import CUSTOM_NETWORKING, add_on, assessed, eks_cluster, eni_configs, node_group, subnet
from podroom.capacity.assessment import Assessment
from podroom.capacity.discovery import discovered
from podroom.capacity.subnet_tag import (
    Deafness,
    deafness,
    discovered_beside,
    discovers,
    discovery_tag,
    in_same_zone,
    keeps_pods_out,
)
from podroom.values import Known, Undecidable, Unknown

UNKNOWN = 'variable "unknown" {}\n'


def tagged(value: str) -> str:
    return f'tags = {{ "kubernetes.io/role/cni" = {value} }}'


def world_of(folder: Path, value: str = '"1"', environment: str = "", version: str = "") -> Assessment:
    """Return a World with nodes in subnet a, and t with the tag in the same zone."""
    cni = add_on(environment, more=eni_configs(eu_west_1a="t") if "NETWORK_CFG" in environment else "")
    return assessed(
        folder,
        UNKNOWN,
        subnet("a", "10.0.0.0/24"),
        subnet("t", "10.0.1.0/24", more=tagged(value)),
        eks_cluster(),
        cni.replace("addon_name", f'addon_version = "v{version}-eksbuild.1"\n  addon_name') if version else cni,
        node_group("g"),
    )


@pytest.mark.parametrize(
    ("environment", "version", "expected"),
    [
        ("", "", None),
        ("", "1.18.0", None),
        ("", "1.17.9", Deafness.VERSION),
        (CUSTOM_NETWORKING, "", Deafness.CUSTOM_NETWORKING),
        ('ENABLE_SUBNET_DISCOVERY = "false"', "", Deafness.SWITCHED_OFF),
        ('ENABLE_SUBNET_DISCOVERY = "true"', "", None),
        ('ENABLE_SUBNET_DISCOVERY = ""', "", None),
        ('ENABLE_SUBNET_DISCOVERY = "off"', "", None),
    ],
)
def test_a_cni_looks_for_the_tag_unless_it_is_old_or_told_not_to(
    tmp_path: Path, environment: str, version: str, expected: Deafness | None
) -> None:
    assessment = world_of(tmp_path, environment=environment, version=version)
    assert deafness(assessment.world.clusters[0], assessment) is expected
    own, other = assessment.world.subnets
    (group,) = assessment.world.node_groups
    assert (discovered(other, group, assessment) is None) is (expected is not None)
    assert (discovered_beside(own, group, assessment) is None) is (expected is not None)
    assert discovered_beside(other, group, assessment) is None


@pytest.mark.parametrize(
    ("value", "version", "finds", "keeps_out"),
    [
        ('"1"', "", True, False),
        ('""', "", False, False),
        ('"0"', "1.22.0", False, True),
        ('"0"', "1.21.9", True, False),
        ('"0"', "1.17.0", False, False),
        ("var.unknown", "", True, None),
    ],
)
def test_the_value_0_keeps_pods_out_since_1_22(
    tmp_path: Path, value: str, version: str, finds: bool, keeps_out: bool | None
) -> None:
    assessment = world_of(tmp_path, value, version=version)
    own, other = assessment.world.subnets
    (group,), (cluster,) = assessment.world.node_groups, assessment.world.clusters
    assert discovery_tag(own) is None
    assert not discovers(own, group, assessment)
    assert discovers(other, group, assessment) is finds
    assert not keeps_pods_out(own, cluster, assessment)
    if keeps_out is None:
        with pytest.raises(Undecidable, match=r"var\.unknown"):
            keeps_pods_out(other, cluster, assessment)
    else:
        assert keeps_pods_out(other, cluster, assessment) is keeps_out


@pytest.mark.parametrize("environment", [CUSTOM_NETWORKING, 'ENABLE_SUBNET_DISCOVERY = "false"'])
def test_a_cni_that_looks_for_no_tag_keeps_no_pods_out(tmp_path: Path, environment: str) -> None:
    assessment = world_of(tmp_path, '"0"', environment)
    assert not keeps_pods_out(assessment.world.subnets[1], assessment.world.clusters[0], assessment)


def test_nodes_of_a_cluster_that_is_not_known_may_be_found_a_subnet(tmp_path: Path) -> None:
    assessment = world_of(tmp_path, '""')
    (group,) = assessment.world.node_groups
    stray = replace(group, cluster=Unknown("nobody says which", group.span))
    assert discovers(assessment.world.subnets[1], stray, assessment)


def test_subnets_may_be_in_one_zone_of_one_vpc_unless_both_are_known_and_differ(tmp_path: Path) -> None:
    one, other = world_of(tmp_path).world.subnets
    unknown = Unknown("nobody says where", one.span)
    far = assessed(tmp_path, subnet("b", "10.0.0.0/24", zone="eu-west-1b")).world.subnets[0]
    assert in_same_zone(one, other)
    assert in_same_zone(one, replace(far, zone=unknown))
    assert in_same_zone(one, replace(other, vpc=unknown))
    assert not in_same_zone(one, replace(far, vpc=unknown))
    assert not in_same_zone(one, replace(other, vpc=Known("aws_vpc.other", one.span)))


def test_a_subnet_is_found_only_beside_those_of_the_group(tmp_path: Path) -> None:
    parts = (
        UNKNOWN,
        subnet("a", "10.0.0.0/24"),
        subnet("b", "10.0.2.0/24", zone="eu-west-1b"),
        subnet("t", "10.0.1.0/24", zone="eu-west-1b", more=tagged('"1"')),
        eks_cluster(),
        node_group("g"),
    )
    assessment = assessed(tmp_path, *parts)
    (group,) = assessment.world.node_groups
    tag = assessment.world.subnets[2]
    assert discovered(tag, group, assessment) is None
    assert discovered_beside(assessment.world.subnets[0], group, assessment) is None
    assert discovered_beside(assessment.world.subnets[1], group, assessment) is not None
    somewhere = node_group("g", subnets="aws_subnet.a.id, var.unknown")
    open_ = assessed(tmp_path, *parts[:-1], somewhere)
    (anywhere,) = open_.world.node_groups
    found = discovered(open_.world.subnets[2], anywhere, open_)
    assert found is not None
    assert "aws_subnet.t is tagged kubernetes.io/role/cni" in found.reason
