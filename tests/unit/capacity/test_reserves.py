"""What others than nodes take of a subnet: counted where it is certain, and without a bound where nobody knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import assessed, eks_cluster, subnet
from podroom.capacity.assessment import Assessment
from podroom.capacity.reserves import counted_elsewhere, reserves_in
from podroom.model.world import SubnetUse
from podroom.positions import Document, Span
from podroom.values import Known, Unknown

NOT_KNOWN = Unknown("nobody says which", Span(Document("pools.yaml", "{}"), 0, 2))
UNKNOWN = 'variable "unknown" {}\n'
AUTO_MODE = eks_cluster(more="compute_config {\n enabled = ENABLED\n }")
GATEWAY = """
resource "aws_nat_gateway" "out" {
  subnet_id     = aws_subnet.a.id
  allocation_id = "eipalloc-1"
}
"""
BALANCER = """
resource "aws_lb" "front" {
  internal           = true
  load_balancer_type = "network"
  subnets            = [aws_subnet.a.id]
}
"""
FARGATE = """
resource "aws_eks_fargate_profile" "f" {
  cluster_name           = aws_eks_cluster.main.name
  fargate_profile_name   = "f"
  pod_execution_role_arn = "arn:aws:iam::111122223333:role/pods"
  subnet_ids             = [aws_subnet.a.id]
  selector {
    namespace = "batch"
  }
}
"""
POOL = """
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: default
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
"""
CLASS = """
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata:
  name: default
spec:
  amiSelectorTerms:
    - alias: al2023@latest
  subnetSelectorTerms:
    - tags: {name: a}
"""
BOUNDLESS = (0, None)
BALANCERS = ("load balancers", 0, 0)


def world_of(folder: Path, *parts: str, more: str = 'tags = { name = "a" }') -> Assessment:
    beside = subnet("b", "10.0.1.0/24", zone="eu-west-1b", more='tags = { name = "b" }')
    return assessed(folder, UNKNOWN, subnet("a", "10.0.0.0/24", more=more), beside, *parts)


def found(assessment: Assessment, name: str = "a") -> list[tuple[str, int | None, int | None]]:
    """Return what is kept free in a subnet, each with its least and its most; the load balancers that may come last."""
    here = assessment.subnet(f"aws_subnet.{name}")
    assert here is not None
    reserves = reserves_in(here, assessment)
    assert all(isinstance(gap, Unknown) for one in reserves for gap in one.addresses.gaps)
    return [(one.name, one.addresses.least, one.addresses.most) for one in reserves]


@pytest.mark.parametrize(
    ("clusters", "least", "most"),
    [
        ([eks_cluster()], 9, 9),
        ([eks_cluster("one"), eks_cluster("two")], 18, 18),
        ([eks_cluster(subnets="aws_subnet.b.id")], 0, 0),
        ([eks_cluster(subnets="aws_subnet.b.id, var.unknown")], 0, 9),
        ([eks_cluster("one"), eks_cluster("two", subnets="var.unknown")], 9, 18),
    ],
)
def test_each_control_plane_keeps_its_addresses(tmp_path: Path, clusters: list[str], least: int, most: int) -> None:
    assert found(world_of(tmp_path, *clusters)) == [("control plane", least, most), BALANCERS]


@pytest.mark.parametrize(
    ("value", "least", "most"), [('"1"', 8, 8), ('""', 8, 8), ('"0"', 0, 0), ("var.unknown", 0, 8)]
)
def test_load_balancers_need_room_where_a_tag_lets_them_be(tmp_path: Path, value: str, least: int, most: int) -> None:
    more = f'tags = {{ "kubernetes.io/role/elb" = {value} }}'
    assert found(world_of(tmp_path, more=more)) == [("control plane", 0, 0), ("load balancers", least, most)]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (GATEWAY, ("NAT gateway aws_nat_gateway.out", 1, 1)),
        (
            GATEWAY.replace("  subnet_id", "  count = var.unknown\n  subnet_id"),
            ("NAT gateway aws_nat_gateway.out[0]", 0, 1),
        ),
        (GATEWAY.replace("aws_subnet.a.id", "aws_subnet.b.id"), None),
        (GATEWAY.replace("aws_subnet.a.id", "var.unknown"), ("NAT gateway aws_nat_gateway.out", 0, 1)),
        (BALANCER, ("Network Load Balancer aws_lb.front", 1, 1)),
        (BALANCER.replace("network", "application"), ("load balancer aws_lb.front", 1, None)),
        (BALANCER.replace('"network"', "var.unknown"), ("load balancer aws_lb.front", 1, None)),
        (
            BALANCER.replace("[aws_subnet.a.id]", "[var.unknown]").replace("network", "application"),
            ("load balancer aws_lb.front", 0, None),
        ),
        (eks_cluster(subnets="aws_subnet.b.id") + FARGATE, ("Fargate profile aws_eks_fargate_profile.f", *BOUNDLESS)),
        (eks_cluster(subnets="aws_subnet.b.id") + FARGATE.replace("aws_subnet.a", "aws_subnet.b"), None),
        (AUTO_MODE.replace("ENABLED", "false"), None),
        (AUTO_MODE.replace("ENABLED", "true"), ("EKS Auto Mode of aws_eks_cluster.main", *BOUNDLESS)),
        (AUTO_MODE.replace("ENABLED", "var.unknown"), ("EKS Auto Mode of aws_eks_cluster.main", *BOUNDLESS)),
    ],
)
def test_others_take_an_address_or_as_many_as_they_like(
    tmp_path: Path, part: str, expected: tuple[str, int | None, int | None] | None
) -> None:
    _, balancers, *named = found(world_of(tmp_path, part))
    assert balancers == BALANCERS
    assert named == ([] if expected is None else [expected])


@pytest.mark.parametrize(("manifests", "in_b"), [(POOL + CLASS, False), (POOL, True)])
def test_nodes_of_karpenter_are_where_their_class_puts_them(tmp_path: Path, manifests: str, *, in_b: bool) -> None:
    (tmp_path / "pools.yaml").write_text(manifests, encoding="utf-8")
    assessment = world_of(tmp_path, eks_cluster(), subnet("c", "10.0.2.0/24", more='tags = { name = "a" }'))
    places = assessment.world.subnets
    nodes = ("nodes of NodePool/default", *BOUNDLESS)
    assert found(assessment)[2:] == [nodes]
    assert found(assessment, "b")[2:] == ([nodes] if in_b else [])
    listed = tuple(
        replace(one, free=None if one.address == "aws_subnet.c" else Known(1200, one.span)) for one in places
    )
    classes = tuple(
        replace(one, subnets=replace(one.subnets, items=(SubnetUse(NOT_KNOWN, one.span), *one.subnets)))
        for one in assessment.world.node_classes
    )
    world = replace(assessment.world, subnets=listed, node_classes=classes)
    (listed_gap,) = counted_elsewhere(Assessment(world, assessment.catalog, assessment.assumptions))
    (gap,) = counted_elsewhere(assessment)
    assert gap.reason.startswith("Karpenter decides how many nodes NodePool/default has")
    free = "; free of its subnets when they were listed: 1,200 of aws_subnet.a"
    assert listed_gap.reason == gap.reason + ("" if in_b else free)


def test_who_may_be_here_is_named_with_why_it_is_not_known(tmp_path: Path) -> None:
    assessment = world_of(
        tmp_path, AUTO_MODE.replace("ENABLED", "var.unknown").replace("aws_subnet.a.id", "var.unknown")
    )
    here = assessment.world.subnets[0]
    *_, mode = reserves_in(here, assessment)
    (cluster,) = assessment.world.clusters
    assert len(mode.addresses.gaps) == 2
    assert {gap.origin for gap in mode.addresses.gaps} >= {cluster.auto_mode.origin}
    assert [gap.reason for gap in mode.addresses.gaps if "decides how many nodes" in gap.reason] == []
    assert not mode.present
    certain = replace(cluster, subnets=replace(cluster.subnets, items=(), missing=()))
    nobody = Assessment(replace(assessment.world, clusters=(certain,)), assessment.catalog, assessment.assumptions)
    assert found(nobody) == [("control plane", 0, 0), BALANCERS]
    assert reserves_in(here, world_of(tmp_path, eks_cluster()))[0].present
