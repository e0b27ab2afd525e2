"""`podroom capacity`: what takes addresses beside the pool of the nodes is counted, or named and left open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from capacity_helpers import add_on, eks_cluster, flowed, node_group, subnet, write
from checkout import podroom

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
BALANCER = """
resource "aws_lb" "front" {
  internal           = true
  load_balancer_type = "KIND"
  subnets            = [aws_subnet.a.id]
}
"""
GATEWAYS = """
resource "aws_nat_gateway" "out" {
  subnet_id     = aws_subnet.a.id
  allocation_id = "eipalloc-1"
}
resource "aws_vpc_endpoint" "ec2" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.eu-west-1.ec2"
  vpc_endpoint_type = "Interface"
  subnet_ids        = [aws_subnet.a.id]
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
}
resource "aws_lb" "front" {
  internal           = true
  load_balancer_type = "network"
  subnet_mapping {
    subnet_id = aws_subnet.a.id
  }
}
"""
CONTROL_PLANE = 9
KARPENTER = """
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: default
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
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


def configuration(*arguments: str) -> dict[str, Any]:
    (found,) = json.loads(podroom("capacity", "--format", "json", *arguments).stdout)["configurations"]
    assert isinstance(found, dict)
    return found


def first_subnet(folder: str) -> dict[str, Any]:
    found = configuration(folder)["subnets"][0]
    assert isinstance(found, dict)
    return found


def plain(folder: Path, *parts: str) -> str:
    return write(folder, subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g"), *parts)


@pytest.mark.parametrize(
    ("more", "name"),
    [
        (FARGATE, "Fargate profile aws_eks_fargate_profile.f"),
        (BALANCER.replace("KIND", "application"), "load balancer aws_lb.front"),
    ],
    ids=["Fargate", "load balancer"],
)
def test_who_takes_nobody_knows_how_many_is_named_and_left_open(tmp_path: Path, more: str, name: str) -> None:
    folder = plain(tmp_path, more)
    before = first_subnet(plain(tmp_path))

    after = first_subnet(plain(tmp_path, more))
    said = flowed(podroom("capacity", folder).stdout)

    assert name in said.partition("Not known")[0]
    assert name.rpartition(" ")[2] in said.partition("Not known")[2]
    for load in ("idle", "expected", "saturated"):
        assert after["left"][load]["least"] is None
        assert after["holds"][load]["least"] == 0
        assert before["left"][load]["most"] - after["left"][load]["most"] in {0, 1}
    assert "at most" in said


def test_nodes_of_karpenter_leave_open_what_is_left(tmp_path: Path) -> None:
    (tmp_path / "pools.yaml").write_text(KARPENTER, encoding="utf-8")

    found = first_subnet(plain(tmp_path))

    assert [reserve["name"] for reserve in found["reserves"]] == [
        "control plane",
        "load balancers",
        "nodes of NodePool/default",
    ]
    assert all(number["least"] is None for number in found["left"].values())


def test_auto_mode_leaves_open_what_is_left(tmp_path: Path) -> None:
    cluster = eks_cluster(more="compute_config {\n    enabled = true\n  }")

    found = first_subnet(write(tmp_path, subnet("a", "10.0.0.0/24"), cluster, node_group("g")))

    assert found["left"]["idle"]["least"] is None


def test_gateways_endpoints_and_network_load_balancers_take_one_address_each(tmp_path: Path) -> None:
    reserves = first_subnet(plain(tmp_path, GATEWAYS))["reserves"]

    assert {reserve["name"]: reserve["addresses"]["least"] for reserve in reserves} == {
        "control plane": CONTROL_PLANE,
        "load balancers": 0,
        "NAT gateway aws_nat_gateway.out": 1,
        "interface endpoint aws_vpc_endpoint.ec2": 1,
        "Network Load Balancer aws_lb.front": 1,
    }
    assert all(reserve["addresses"]["least"] == reserve["addresses"]["most"] for reserve in reserves)


def test_a_pod_with_a_security_group_of_its_own_takes_an_address_more(tmp_path: Path) -> None:
    folder = plain(tmp_path, add_on('ENABLE_POD_ENI = "true", WARM_IP_TARGET = "2", MINIMUM_IP_TARGET = "16"'))

    (group,) = configuration(folder)["node_groups"]

    # m5.large: a trunk and 2 interfaces with 18 addresses, beside them up to 9 branch interfaces.
    assert group["addresses_per_node"]["one_pod"] | {"working": ""} == {"least": 19, "most": 19, "working": ""}
    assert group["addresses_per_node"]["expected"] | {"working": ""} == {"least": 21, "most": 30, "working": ""}
    assert group["unserved_pods_per_node"]["saturated"] == {"least": 0, "most": 9, "working": ""}
    assert any("security groups of their own" in gap["reason"] for gap in group["gaps"])


@pytest.mark.parametrize("name", ["DISABLE_NETWORK_RESOURCE_PROVISIONING", "ENABLE_IMDS_ONLY_MODE"])
def test_no_sum_is_told_of_nodes_that_ipamd_gives_no_addresses(tmp_path: Path, name: str) -> None:
    folder = plain(tmp_path, add_on(f'{name} = "true"'))

    (group,) = configuration(folder)["node_groups"]

    assert group["addresses_per_node"]["expected"] == {"least": 1, "most": None, "working": ""}
    assert any(name in gap["reason"] for gap in group["gaps"])


def test_other_network_cards_take_two_addresses_each_at_least(tmp_path: Path) -> None:
    parts = (subnet("a", "10.0.0.0/20"), eks_cluster(), node_group("g", types="c6in.32xlarge"))

    (before,) = configuration(write(tmp_path, *parts))["node_groups"]
    (after,) = configuration(write(tmp_path, *parts, add_on('ENABLE_MULTI_NIC = "true"')))["node_groups"]

    idle = before["addresses_per_node"]["idle"]["least"]
    assert after["addresses_per_node"]["idle"] == {"least": idle + 2, "most": None, "working": ""}


def test_interfaces_may_be_in_a_tagged_subnet_of_the_zone(tmp_path: Path) -> None:
    tag = 'tags = { "kubernetes.io/role/cni" = "VALUE" }'
    beside = subnet("beside", "10.0.2.0/24", more=tag.replace("VALUE", "1"))
    elsewhere = subnet("elsewhere", "10.0.3.0/24", zone="eu-west-1b", more=tag.replace("VALUE", "1"))
    excluded = subnet("excluded", "10.0.4.0/24", more=tag.replace("VALUE", "0"))

    found = {one["address"]: one for one in configuration(plain(tmp_path, beside, elsewhere, excluded))["subnets"]}

    # 4 nodes with 3 interfaces of 10 addresses: the first is here for certain, the others here or there.
    assert {
        name: (one["at_maximum"]["expected"]["least"], one["at_maximum"]["expected"]["most"])
        for name, one in found.items()
    } == {"aws_subnet.a": (40, 120), "aws_subnet.beside": (0, 80)}
    assert any("aws_subnet.beside is tagged" in gap["reason"] for gap in found["aws_subnet.a"]["gaps"])


def test_subnet_discovery_can_be_turned_off(tmp_path: Path) -> None:
    tagged = subnet("beside", "10.0.2.0/24", more='tags = { "kubernetes.io/role/cni" = "1" }')
    folder = plain(tmp_path, tagged, add_on('ENABLE_SUBNET_DISCOVERY = "false"'))

    (found,) = configuration(folder)["subnets"]

    assert found["at_maximum"]["expected"]["least"] == found["at_maximum"]["expected"]["most"] == 120


def test_an_instance_refresh_above_100_percent_adds_nodes(tmp_path: Path) -> None:
    group = """
data "aws_ssm_parameter" "image" {
  name = "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id"
}
resource "aws_launch_template" "nodes" {
  image_id      = data.aws_ssm_parameter.image.value
  instance_type = "m5.large"
}
resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  desired_capacity    = 2
  max_size            = 5
  vpc_zone_identifier = [aws_subnet.a.id]
  launch_template {
    id = aws_launch_template.nodes.id
  }
  instance_refresh {
    strategy = "Rolling"
    preferences {
      max_healthy_percentage = PERCENT
    }
  }
  tag {
    key                 = "kubernetes.io/cluster/main"
    value               = "owned"
    propagate_at_launch = true
  }
}
"""

    def surge(percent: str) -> tuple[int, int]:
        parts = (subnet("a", "10.0.0.0/24"), eks_cluster(), group.replace("PERCENT", percent))
        (found,) = configuration(write(tmp_path, *parts))["node_groups"]
        return found["update_surge"]["least"], found["update_surge"]["most"]

    # 50 % of 5 nodes; nobody documents whether that is rounded up or down.
    assert (surge("150"), surge("200"), surge("100")) == ((2, 3), (5, 5), (0, 0))
