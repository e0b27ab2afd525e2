"""What else is advised where the settings of the warm pool cannot suffice, and what becomes of the subnets then."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import CUSTOM_NETWORKING, add_on, assessed, eks_cluster, eni_configs, node_group, subnet
from podroom.capacity.assessment import Assessment
from podroom.capacity.forecast import forecast
from podroom.capacity.remedies import Remedy, remedies
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import (
    Bootstrap,
    FixedMaxPods,
    LaunchTemplate,
    MaxPodsExpression,
    Mechanism,
    NodeGroup,
    UserData,
)
from podroom.positions import Document, Span
from podroom.values import Known

NOWHERE = Span(Document("nowhere.sh", "#!/bin/bash"), 0, 11)
UNKNOWN = 'variable "unknown" {}\n'
BOTH = "aws_subnet.a.id, aws_subnet.b.id"
PREFIXES = 'ENABLE_PREFIX_DELEGATION = "true"'
FAR = subnet("far", "10.9.0.0/20", zone="eu-west-1b")
OTHER_VPC = 'resource "aws_vpc" "other" {\n cidr_block = "10.5.0.0/16"\n}\n'
SMALL_VPC = 'resource "aws_vpc" "small" {\n cidr_block = "10.6.0.0/24"\n}\n'
SECOND_BLOCK = """
resource "aws_vpc_ipv4_cidr_block_association" "second" {
  vpc_id     = aws_vpc.small.id
  cidr_block = "100.66.0.0/22"
}
"""
BALANCER = """
resource "aws_lb" "front" {
  internal           = true
  load_balancer_type = "application"
  subnets            = [aws_subnet.a.id]
}
"""


def in_a(cidr: str) -> str:
    return subnet("a", cidr)


def in_b(cidr: str) -> str:
    return subnet("b", cidr, zone="eu-west-1b")


def targets(warm: int, minimum: int) -> str:
    return add_on(f'WARM_IP_TARGET = "{warm}", MINIMUM_IP_TARGET = "{minimum}"')


def two_or_three(name: str, where: str) -> str:
    group = node_group(name, types="m5.4xlarge", sizes=(0, 0, 2), subnets=where)
    return group.replace("max_size     = 2", 'max_size = var.unknown == "a" ? 2 : 3')


OF_TEMPLATE = """
  launch_template {
    id      = aws_launch_template.nodes.id
    version = "1"
  }
"""
TWO_CLUSTERS = (
    in_a("10.0.0.0/26"),
    eks_cluster("main"),
    eks_cluster("six", more='kubernetes_network_config {\n ip_family = "ipv6"\n }'),
    node_group("g", sizes=(1, 2, 20)),
    node_group("s", sizes=(1, 2, 20), cluster="six"),
)


def with_max_pods(group: NodeGroup, number: int) -> NodeGroup:
    """Return a group with this max pods in the user data of an image of its own."""
    span = group.span
    fixed = FixedMaxPods(Mechanism.NODEADM_CONFIG, Known(number, span), span)
    return of_its_own(group, UserData(fixed=(fixed,)))


def of_its_own(group: NodeGroup, user_data: UserData) -> NodeGroup:
    """Return a group with an image of its own and this user data."""
    return replace(
        group,
        own_image=Known(value=True, origin=group.span),
        ami_family=Known(AmiFamily.AL2023, group.span),
        launch_template=LaunchTemplate("aws_launch_template.a", group.span, None, None, user_data),
    )


def advised(assessment: Assessment) -> tuple[Remedy, ...]:
    return remedies(assessment.world.clusters[0], forecast(assessment), assessment)


SHORT = {
    r"^or leave the nodes where they are and .*, (a /\d+) for each zone.*": r"SECONDARY \1",
    r"\([^()]*/main\.tf:": "(main.tf:",
    r": ENABLE_PREFIX_DELEGATION=true makes room": ": prefixes make room",
    r", and prefix delegation does not help this type: .*": ", and prefixes do not help",
    r": Amazon EKS gives all its nodes the max pods of the smallest type, (.*), so .*": r": Amazon EKS gives \1",
    r", so \d+ with an address never run there: ": ": ",
}
"""The long sentences of remedies, and what is enough of them here."""


def told(remedy: Remedy) -> list[str]:
    """Return the parts of a sentence, and what else there is of a remedy."""
    text = remedy.text
    for sentence, enough in SHORT.items():
        text = re.sub(sentence, enough, text)
    found = {
        "changes": [] if remedy.added else remedy.changes,
        "max pods": [remedy.max_pods] if remedy.max_pods else [],
        "groups": [group.address.rpartition(".")[2] for group in remedy.groups],
        "types": remedy.types,
        "blocks": [f"{one.address[11:]} {block}" for one, block in remedy.resized],
        "added": [f"{one.address[11:]} {one.cidr.need()}" for one in remedy.added],
    }
    return [
        *text.split("; "),
        *(f"{name}: {', '.join(map(str, several))}" for name, several in found.items() if several),
    ]


@pytest.mark.parametrize(
    ("parts", "expected_pods", "max_pods", "lines"),
    [
        pytest.param(
            [in_a("10.0.0.0/26"), eks_cluster(), node_group("g", sizes=(1, 2, 20))],
            16,
            None,
            [
                "aws_subnet.a: 669 addresses with an update, 10.0.0.0/26 has 59",
                "a /22 would do",
                "blocks: a 10.0.4.0/22",
                "SECONDARY a /22",
                "added: pods_0 100.64.0.0/22",
            ],
            id="a subnet too small",
        ),
        pytest.param(
            [in_a("10.0.0.0/26"), eks_cluster(), node_group("g", sizes=(1, 1, 1)), add_on('WARM_IP_TARGET = "1"')],
            16,
            None,
            [],
            id="what fits",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                in_b("10.0.1.0/25"),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20), subnets=BOTH),
                node_group("h", sizes=(1, 1, 30), subnets="aws_subnet.b.id"),
            ],
            16,
            None,
            [
                "aws_subnet.a: 369 addresses with an update, 10.0.0.0/26 has 59",
                "a /23 would do",
                "aws_subnet.b: 1,320 addresses with an update, 10.0.1.0/25 has 123",
                "a /21 would do",
                "blocks: a 10.0.2.0/23, b 10.0.8.0/21",
                "SECONDARY a /21",
                "added: pods_0 100.64.0.0/21, pods_1 100.64.8.0/21",
            ],
            id="two subnets of different sizes",
        ),
        pytest.param(
            [in_a("10.0.0.0/16"), eks_cluster(), node_group("g", sizes=(1, 2, 3000))],
            16,
            None,
            [
                "aws_subnet.a: 90,069 addresses with an update, 10.0.0.0/16 has 65,531",
                "no subnet is that large: use several subnets in each zone, or fewer nodes",
            ],
            id="more than any subnet has",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/16"),
                in_b("10.1.0.0/26"),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 3000)),
                node_group("h", sizes=(1, 2, 20), subnets="aws_subnet.b.id"),
            ],
            16,
            None,
            [
                "aws_subnet.a: 90,069 addresses with an update, 10.0.0.0/16 has 65,531",
                "no subnet is that large",
                "aws_subnet.b: 660 addresses with an update, 10.1.0.0/26 has 59",
                "a /22 would do: use several subnets in each zone, or fewer nodes",
            ],
            id="more than any subnet has, and a small one",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                subnet("rest", "10.0.128.0/17"),
                subnet("rest2", "10.0.64.0/18"),
                subnet("r3", "10.0.32.0/19"),
                subnet("r4", "10.0.16.0/20"),
                subnet("r5", "10.0.8.0/21"),
                subnet("r6", "10.0.4.0/22"),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 60)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 1,869 addresses with an update, 10.0.0.0/26 has 59",
                "a /21 would do",
                "blocks: a /21",
                "SECONDARY a /21",
                "added: pods_0 100.64.0.0/21",
            ],
            id="no block left in the VPC",
        ),
        pytest.param(
            [in_a("10.0.0.0/25"), eks_cluster(), add_on(PREFIXES), node_group("g", sizes=(1, 1, 3))],
            16,
            None,
            ["full nodes do not fit: with max pods of 32 or less they do", "max pods: 32", "groups: g"],
            id="prefixes that fill a subnet",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                subnet("p", "100.64.0.0/26"),
                eks_cluster(),
                add_on(CUSTOM_NETWORKING, more=eni_configs(eu_west_1a="p")),
                node_group("g", sizes=(1, 2, 20)),
            ],
            16,
            None,
            [
                "aws_subnet.p: 440 addresses with an update, 100.64.0.0/26 has 59",
                "a /23 would do",
                "blocks: p 10.0.2.0/23",
            ],
            id="a subnet for pods",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/28"),
                subnet("p", "100.64.0.0/20"),
                eks_cluster(),
                add_on(CUSTOM_NETWORKING, more=eni_configs(eu_west_1a="p")),
                node_group("g", sizes=(1, 2, 20)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 31 addresses with an update, 10.0.0.0/28 has 11",
                "a /26 would do",
                "blocks: a 10.0.0.64/26",
            ],
            id="a subnet for nodes alone",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/28"),
                eks_cluster(more='kubernetes_network_config {\n ip_family = "ipv6"\n }'),
                node_group("g", sizes=(1, 2, 20)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 31 addresses with an update, 10.0.0.0/28 has 11",
                "a /26 would do",
                "blocks: a 10.0.0.64/26",
            ],
            id="nodes with IPv6",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g", types="t3.small")],
            16,
            None,
            [
                "t3.small has room for 9 pods with an address, 16 are expected: prefixes make room for 144",
                "replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
            ],
            id="a small type",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g", types="t2.small")],
            16,
            None,
            ["t2.small has room for 9 pods with an address, 16 are expected, and prefixes do not help"],
            id="a small type without prefixes",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g", types="t2.small,t3.small,m5.large")],
            16,
            None,
            [
                "t2.small has room for 9 pods with an address, 16 are expected, and prefixes do not help",
                "t3.small has room for 9 pods with an address, 16 are expected: prefixes make room for 144",
                "raise max pods to 18 with it, and replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
                "max pods: 18",
                "groups: g",
                "aws_eks_node_group.g: Amazon EKS gives 11 because of t2.small and t3.small",
                "groups: g",
                "types: m5.large",
            ],
            id="both beside a larger type",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), add_on('WARM_IP_TARGET = "2"'), node_group("g", types="t3.small")],
            16,
            None,
            [
                "t3.small has room for 9 pods with an address, 16 are expected: prefixes make room for 144",
                "replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
            ],
            id="a target of addresses",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), add_on('WARM_PREFIX_TARGET = "0"'), node_group("g", types="t3.small")],
            16,
            None,
            [
                "t3.small has room for 9 pods with an address, 16 are expected: prefixes make room for 144",
                "replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true, WARM_PREFIX_TARGET=1",
            ],
            id="no warm prefix",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/20"),
                eks_cluster(),
                add_on('WARM_PREFIX_TARGET = "0", WARM_IP_TARGET = "2"'),
                node_group("g", types="t3.small"),
            ],
            16,
            None,
            [
                "t3.small has room for 9 pods with an address, 16 are expected: prefixes make room for 144",
                "replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
            ],
            id="no warm prefix beside a target",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), add_on(PREFIXES), node_group("g", types="t2.small")],
            16,
            None,
            [],
            id="prefixes that help no more",
        ),
        pytest.param([in_a("10.0.0.0/20"), eks_cluster(), node_group("g")], 27, None, [], id="27 pods"),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g")],
            28,
            None,
            [
                "m5.large has room for 27 pods with an address, 28 are expected: prefixes make room for 432",
                "replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
            ],
            id="28 pods",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g")],
            432,
            None,
            [
                "m5.large has room for 27 pods with an address, 432 are expected: prefixes make room for 432",
                "raise max pods to 434 with it, and replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
                "max pods: 434",
                "groups: g",
            ],
            id="432 pods",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g")],
            433,
            None,
            ["m5.large has room for 27 pods with an address, 433 are expected, and prefixes do not help"],
            id="433 pods",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g")],
            108,
            None,
            [
                "m5.large has room for 27 pods with an address, 108 are expected: prefixes make room for 432",
                "replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
            ],
            id="108 pods",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g")],
            109,
            None,
            [
                "m5.large has room for 27 pods with an address, 109 are expected: prefixes make room for 432",
                "raise max pods to 111 with it, and replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
                "max pods: 111",
                "groups: g",
            ],
            id="109 pods",
        ),
        pytest.param(
            [in_a("10.0.0.0/24"), eks_cluster(), node_group("g", types="m5.4xlarge", sizes=(1, 1, 3))],
            16,
            None,
            ["full nodes do not fit: with max pods of 58 or less they do", "max pods: 58", "groups: g"],
            id="full",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                FAR,
                eks_cluster(subnets="aws_subnet.far.id"),
                targets(1, 57),
                node_group("g", types="m5.4xlarge", sizes=(1, 1, 1)),
            ],
            16,
            None,
            ["full nodes do not fit: with max pods of 58 or less they do", "max pods: 58", "groups: g"],
            id="left 0",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                FAR,
                eks_cluster(subnets="aws_subnet.far.id"),
                targets(1, 58),
                node_group("g", types="m5.4xlarge", sizes=(1, 1, 1)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 180 addresses with an update, 10.0.0.0/26 has 59",
                "a /24 would do",
                "blocks: a 10.0.1.0/24",
                "SECONDARY a /24",
                "added: pods_0 100.64.0.0/24",
            ],
            id="left -1",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20)),
                node_group("h").replace("max_size     = 4", "max_size = var.unknown"),
            ],
            16,
            None,
            [],
            id="size unknown",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/27"),
                FAR,
                eks_cluster(subnets="aws_subnet.far.id"),
                add_on(PREFIXES + ', WARM_IP_TARGET = "1", MINIMUM_IP_TARGET = "1"'),
                node_group("g", sizes=(1, 1, 1)),
            ],
            1,
            None,
            [
                "aws_subnet.a: 51 addresses with an update, 10.0.0.0/27 has 27",
                "a /25 would do",
                "blocks: a 10.0.0.128/25",
                "SECONDARY a /25",
                "added: pods_0 100.64.0.0/25",
                "full nodes do not fit: with max pods of 17 or less they do",
                "max pods: 17",
                "groups: g",
            ],
            id="block lacking",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/28"),
                subnet("p", "100.64.0.0/16"),
                eks_cluster(),
                add_on(CUSTOM_NETWORKING, more=eni_configs(eu_west_1a="p")),
                node_group("g", sizes=(1, 1, 15)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 26 addresses with an update, 10.0.0.0/28 has 11",
                "a /27 would do",
                "blocks: a 10.0.0.32/27",
            ],
            id="nodes /27",
        ),
        pytest.param(
            [in_a("10.0.0.0/28"), eks_cluster(), add_on(CUSTOM_NETWORKING), node_group("g", sizes=(1, 1, 15))],
            16,
            None,
            [
                "aws_subnet.a: 366 addresses with an update, 10.0.0.0/28 has 11",
                "a /23 would do",
                "blocks: a 10.0.2.0/23",
            ],
            id="cn without configs",
        ),
        pytest.param(
            [*TWO_CLUSTERS],
            16,
            None,
            [
                "aws_subnet.a: 700 addresses with an update, 10.0.0.0/26 has 59",
                "a /22 would do",
                "blocks: a 10.0.4.0/22",
            ],
            id="two clusters",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                subnet("t", "10.0.1.0/24", more='tags = { "kubernetes.io/role/cni" = "1" }'),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 669 addresses with an update, 10.0.0.0/26 has 59",
                "a /22 would do",
                "blocks: a 10.0.4.0/22",
                "SECONDARY a /22",
                "added: pods_0 100.64.0.0/22",
            ],
            id="tagged",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                subnet("t", "10.0.1.0/24", more='tags = { "kubernetes.io/role/cni" = "1" }').replace(
                    '  availability_zone = "eu-west-1a"\n', ""
                ),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 669 addresses with an update, 10.0.0.0/26 has 59",
                "a /22 would do",
                "blocks: a 10.0.4.0/22",
                "SECONDARY a /22",
                "added: pods_0 100.64.0.0/22",
            ],
            id="tagged no zone",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26").replace('  availability_zone = "eu-west-1a"\n', ""),
                in_b("10.0.1.0/26"),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20), subnets=BOTH),
            ],
            16,
            None,
            [
                "aws_subnet.a: 369 addresses with an update, 10.0.0.0/26 has 59",
                "a /23 would do",
                "aws_subnet.b: 360 addresses with an update, 10.0.1.0/26 has 59",
                "a /23 would do",
                "blocks: a 10.0.2.0/23, b 10.0.4.0/23",
            ],
            id="zone unknown",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26").replace("aws_vpc.main.id", "var.unknown"),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 669 addresses with an update, 10.0.0.0/26 has 59",
                "a /22 would do",
                "blocks: a /22",
                "SECONDARY a /22",
                "added: pods_0 100.64.0.0/22",
            ],
            id="vpc unknown",
        ),
        pytest.param(
            [
                in_a("10.5.0.0/26").replace("aws_vpc.main.id", "aws_vpc.other.id"),
                OTHER_VPC,
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 669 addresses with an update, 10.5.0.0/26 has 59",
                "a /22 would do",
                "blocks: a 10.5.4.0/22",
                "SECONDARY a /22",
                "added: pods_0 100.64.0.0/22",
            ],
            id="other vpc",
        ),
        pytest.param(
            [
                in_a("10.6.0.0/26").replace("aws_vpc.main.id", "aws_vpc.small.id"),
                SMALL_VPC,
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 669 addresses with an update, 10.6.0.0/26 has 59",
                "a /22 would do",
                "blocks: a /22",
                "SECONDARY a /22",
                "added: pods_0 100.64.0.0/22",
            ],
            id="small vpc",
        ),
        pytest.param(
            [
                in_a("10.6.0.0/26").replace("aws_vpc.main.id", "aws_vpc.small.id"),
                SMALL_VPC,
                SECOND_BLOCK,
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 669 addresses with an update, 10.6.0.0/26 has 59",
                "a /22 would do",
                "blocks: a 100.66.0.0/22",
                "SECONDARY a /22",
                "added: pods_0 100.64.0.0/22",
            ],
            id="second block",
        ),
        pytest.param(
            [
                in_a("10.6.0.0/26").replace("aws_vpc.main.id", "aws_vpc.small.id"),
                SMALL_VPC,
                SECOND_BLOCK.replace('"100.66.0.0/22"', "var.unknown"),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 669 addresses with an update, 10.6.0.0/26 has 59",
                "a /22 would do",
                "blocks: a /22",
                "SECONDARY a /22",
                "added: pods_0 100.64.0.0/22",
            ],
            id="second unknown",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                in_b("10.0.1.0/26"),
                subnet("c", "10.0.4.1/22"),
                subnet("d", "many"),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 20), subnets=BOTH),
                node_group("h", sizes=(1, 2, 20), subnets=BOTH),
            ],
            16,
            None,
            [
                "aws_subnet.a: 729 addresses with an update, 10.0.0.0/26 has 59",
                "a /22 would do",
                "aws_subnet.b: 720 addresses with an update, 10.0.1.0/26 has 59",
                "a /22 would do",
                "blocks: a 10.0.8.0/22, b 10.0.12.0/22",
                "SECONDARY a /22",
                "added: pods_0 100.64.0.0/22, pods_1 100.64.4.0/22",
            ],
            id="two alike",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/20"),
                eks_cluster(),
                eks_cluster("other"),
                node_group("g", types="t3.small"),
                node_group("o", types="t3.small", cluster="other"),
            ],
            120,
            None,
            [
                "t3.small has room for 9 pods with an address, 120 are expected: prefixes make room for 144",
                "raise max pods to 122 with it, and replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
                "max pods: 122",
                "groups: g",
            ],
            id="other cluster",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g", types="cr1.8xlarge,m5.4xlarge")],
            300,
            None,
            [
                "m5.4xlarge has room for 232 pods with an address, 300 are expected: prefixes make room for 3,712",
                "raise max pods to 302 with it, and replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
                "max pods: 302",
                "groups: g",
            ],
            id="hypervisor unknown",
        ),
        pytest.param([in_a("10.0.0.0/20"), eks_cluster(), node_group("g")], 16, 18, [], id="max == needed"),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g")],
            16,
            17,
            ["kubelet accepts 17 pods on m5.large (main.tf:22): raise max pods to 18", "max pods: 18", "groups: g"],
            id="max 17",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g", types="t3.medium")],
            15,
            16,
            ["kubelet accepts 16 pods on t3.medium (main.tf:22): raise max pods to 17", "max pods: 17", "groups: g"],
            id="needed == room",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g", types="t3.medium")],
            16,
            16,
            [
                "t3.medium has room for 15 pods with an address, 16 are expected: prefixes make room for 240",
                "raise max pods to 18 with it, and replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
                "max pods: 18",
                "groups: g",
            ],
            id="needed > room",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g", types="m5.large,t3.small,m5.xlarge")],
            16,
            12,
            [
                "t3.small has room for 9 pods with an address, 16 are expected: prefixes make room for 144",
                "raise max pods to 18 with it, and replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
                "max pods: 18",
                "groups: g",
                "kubelet accepts 12 pods on m5.large and m5.xlarge (main.tf:22): raise max pods to 18",
                "max pods: 18",
                "groups: g",
            ],
            id="written for small",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), add_on(PREFIXES), node_group("g")],
            109,
            None,
            ["kubelet accepts 110 pods on m5.large: raise max pods to 111", "max pods: 111", "groups: g"],
            id="eks 110",
        ),
        pytest.param(
            [in_a("10.0.0.0/20"), eks_cluster(), node_group("g", types="m5.large,t3.medium,t3.small")],
            15,
            None,
            [
                "t3.small has room for 9 pods with an address, 15 are expected: prefixes make room for 144",
                "replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
                "aws_eks_node_group.g: Amazon EKS gives 11 because of t3.small",
                "groups: g",
                "types: m5.large, t3.medium",
            ],
            id="own==needed",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/20"),
                eks_cluster(),
                node_group("g").replace(
                    '["m5.large"]', '[var.unknown == "a" ? "m5.4xlarge" : "m5.2xlarge", "m5.large"]'
                ),
            ],
            40,
            None,
            [
                "m5.large has room for 27 pods with an address, 40 are expected: prefixes make room for 432",
                "replace the nodes",
                "changes: ENABLE_PREFIX_DELEGATION=true",
                "aws_eks_node_group.g: Amazon EKS gives 29 because of m5.large",
                "groups: g",
                "types: m5.4xlarge, m5.2xlarge",
            ],
            id="either",
        ),
        pytest.param(
            [in_a("10.0.0.0/26"), eks_cluster(), targets(1, 1), node_group("g", types="m5.4xlarge", sizes=(1, 1, 1))],
            16,
            None,
            ["full nodes do not fit: with max pods of 49 or less they do", "max pods: 49", "groups: g"],
            id="full exact",
        ),
        pytest.param(
            [in_a("10.0.0.0/26"), eks_cluster(), targets(1, 1), node_group("g", types="m5.4xlarge", sizes=(1, 1, 1))],
            16,
            50,
            ["full nodes do not fit: with max pods of 49 or less they do", "max pods: 49", "groups: g"],
            id="full but one",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                in_b("10.0.1.0/26"),
                eks_cluster(),
                targets(1, 1),
                node_group("g", types="m5.4xlarge", sizes=(1, 1, 1)),
                node_group("h", types="m5.4xlarge", sizes=(1, 1, 1), subnets="aws_subnet.b.id"),
            ],
            16,
            None,
            ["full nodes do not fit: with max pods of 49 or less they do", "max pods: 49", "groups: g, h"],
            id="full in two subnets",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                eks_cluster(),
                eks_cluster("other"),
                targets(1, 1),
                add_on('WARM_IP_TARGET = "1", MINIMUM_IP_TARGET = "1"', name="others", cluster="other"),
                'resource "aws_launch_template" "nodes" {\n user_data = var.unknown\n }\n',
                node_group("g", types="t3.small", sizes=(1, 1, 1), more=OF_TEMPLATE),
                node_group("o", types="m5.4xlarge", sizes=(1, 1, 1), cluster="other"),
            ],
            8,
            None,
            ["full nodes do not fit, whatever max pods is: use larger subnets or fewer nodes if they may fill up"],
            id="full by others",
        ),
        pytest.param(
            [in_a("10.0.0.0/26").replace('"10.0.0.0/26"', "var.unknown"), eks_cluster(), node_group("g")],
            16,
            None,
            [],
            id="subnet unknown",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                in_b("10.0.4.0/22"),
                eks_cluster(),
                targets(1, 1),
                node_group("g", types="m5.4xlarge", sizes=(1, 1, 1)),
                'resource "aws_launch_template" "nodes" {\n user_data = var.unknown\n }\n',
                node_group("h", subnets="aws_subnet.b.id", more=OF_TEMPLATE),
                node_group("e", subnets='"subnet-1"'),
            ],
            16,
            None,
            ["full nodes do not fit: with max pods of 49 or less they do", "max pods: 49", "groups: g, h"],
            id="full beside max pods unknown",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                in_b("10.0.1.0/26"),
                eks_cluster(),
                targets(1, 1),
                node_group("g", types="m5.4xlarge", sizes=(1, 1, 1)),
                two_or_three("h", "aws_subnet.b.id").replace("? 2 :", "? 0 :"),
            ],
            16,
            None,
            ["full nodes do not fit: with max pods of 49 or less they do", "max pods: 49", "groups: g, h"],
            id="full beside what may fit",
        ),
        pytest.param(
            # Two nodes fit with the expected pods, three only with fewer.
            [in_a("10.0.0.0/26"), eks_cluster(), targets(1, 1), two_or_three("g", "aws_subnet.a.id")],
            16,
            None,
            ["full nodes do not fit, whatever max pods is: use larger subnets or fewer nodes if they may fill up"],
            id="full with none",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                eks_cluster(),
                targets(1, 1),
                BALANCER,
                node_group("g", types="m5.4xlarge", sizes=(1, 1, 1)),
            ],
            16,
            None,
            ["full nodes do not fit: with max pods of 48 or less they do", "max pods: 48", "groups: g"],
            id="full alb",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/26"),
                FAR,
                eks_cluster(subnets="aws_subnet.far.id"),
                add_on(PREFIXES + ', WARM_PREFIX_TARGET = "2"'),
                node_group("g", sizes=(1, 1, 1)),
            ],
            16,
            None,
            [
                "aws_subnet.a: 195 addresses with an update, 10.0.0.0/26 has 59",
                "a /23 would do",
                "blocks: a 10.0.2.0/23",
                "SECONDARY a /23",
                "added: pods_0 100.64.0.0/23",
                "full nodes do not fit: with max pods of 32 or less they do",
                "max pods: 32",
                "groups: g",
            ],
            id="full chance",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/25"),
                in_b("10.0.1.0/20"),
                eks_cluster(),
                node_group("g", types="m5.4xlarge", sizes=(1, 1, 1)),
                node_group("h", types="m5.4xlarge", sizes=(1, 1, 1), subnets="aws_subnet.b.id"),
            ],
            16,
            None,
            ["full nodes do not fit: with max pods of 87 or less they do", "max pods: 87", "groups: g, h"],
            id="full two groups",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/25"),
                in_b("10.0.16.0/26"),
                eks_cluster(),
                node_group("g", types="m5.4xlarge", sizes=(1, 1, 1)),
                node_group("h", types="m5.4xlarge", sizes=(1, 1, 2), subnets="aws_subnet.b.id"),
            ],
            16,
            None,
            [
                "aws_subnet.b: 240 addresses with an update, 10.0.16.0/26 has 59",
                "a /24 would do",
                "blocks: b 10.0.1.0/24",
                "SECONDARY a /24",
                "added: pods_0 100.64.0.0/24, pods_1 100.64.1.0/24",
            ],
            id="full one lacks",
        ),
        pytest.param(
            [
                in_a("10.0.0.0/20"),
                eks_cluster(),
                eks_cluster("x"),
                node_group("s", types="t3.small").replace("aws_eks_cluster.main.name", "var.unknown"),
            ],
            16,
            None,
            [],
            id="stray",
        ),
    ],
)
def test_what_is_advised_fits_what_is_lacking(
    tmp_path: Path, parts: list[str], expected_pods: int, max_pods: int | None, lines: list[str]
) -> None:
    assessment = assessed(tmp_path, UNKNOWN, *parts, expected_pods_per_node=expected_pods)
    if max_pods is not None:
        (group,) = assessment.world.node_groups
        world = replace(assessment.world, node_groups=(with_max_pods(group, max_pods),))
        assessment = Assessment(world, assessment.catalog, assessment.assumptions)
    assert [line for remedy in advised(assessment) for line in told(remedy)] == lines


def test_each_type_has_its_own_max_pods_where_nodes_work_them_out(tmp_path: Path) -> None:
    def told_of(types: str, user_data: UserData, environment: str = "") -> list[str]:
        parts = (in_a("10.0.0.0/20"), eks_cluster(), add_on(environment), node_group("g", types=types))
        assessment = assessed(tmp_path, *parts, expected_pods_per_node=40)
        world = replace(
            assessment.world, node_groups=tuple(of_its_own(one, user_data) for one in assessment.world.node_groups)
        )
        found = advised(Assessment(world, assessment.catalog, assessment.assumptions))
        return [line for remedy in found for line in told(remedy)]

    started = UserData(bootstraps=(Known(Bootstrap.NODEADM, NOWHERE),))
    assert told_of("m5.large,m5.4xlarge", started) == [
        "m5.large has room for 27 pods with an address, 40 are expected: prefixes make room for 432",
        "raise max pods to 42 with it, and replace the nodes",
        "changes: ENABLE_PREFIX_DELEGATION=true",
        "max pods: 42",
        "groups: g",
    ]
    # It fails where there are 3 interfaces: then nodeadm takes the number of its formula.
    expression = MaxPodsExpression(Known("30 / (default_enis - 3)", NOWHERE), NOWHERE)
    assert told_of("m5.large,m5.xlarge", UserData(expressions=(expression,)), PREFIXES) == [
        "kubelet accepts 29 pods on m5.large, 30 pods on m5.xlarge (nowhere.sh:1): raise max pods to 42",
        "max pods: 42",
        "groups: g",
    ]


def test_a_group_without_its_smallest_type_has_the_max_pods_of_the_others(tmp_path: Path) -> None:
    types = "m5.large,t3.small"
    parts = (in_a("10.0.0.0/20"), eks_cluster(), node_group("g", types=types), node_group("h", types=types))
    _, of_g, of_h = advised(assessed(tmp_path, *parts))
    for remedy, changed in ((of_g, "g"), (of_h, "h")):
        assert remedy.then is not None
        assert [group.group.address[-1] for group in remedy.then.groups] == ["g", "h"]
        for group in remedy.then.groups:
            found = {one.instance.name: one.max_pods.value for one in group.node.types}
            is_changed = group.group.address.endswith(changed)
            assert found == ({"m5.large": 29} if is_changed else {"m5.large": 11, "t3.small": 11})


def test_max_pods_are_others_in_the_groups_that_are_named_alone(tmp_path: Path) -> None:
    parts = (
        in_a("10.0.0.0/20"),
        in_b("10.0.16.0/20"),
        eks_cluster(),
        eks_cluster("other", subnets="aws_subnet.b.id"),
        node_group("g", types="t3.small"),
        node_group("o", types="t3.small", cluster="other", subnets="aws_subnet.b.id"),
    )
    (raised,) = advised(assessed(tmp_path, *parts, expected_pods_per_node=120))
    assert raised.then is not None
    found = {group.group.address[-1]: group.node.types[0].max_pods.value for group in raised.then.groups}
    assert found == {"g": 122, "o": 11}


def test_a_secondary_block_is_for_the_pods_of_one_cluster(tmp_path: Path) -> None:
    parts = (
        in_a("10.0.0.0/25"),
        in_b("10.0.4.0/22"),
        eks_cluster("main"),
        eks_cluster("other", subnets="aws_subnet.b.id"),
        node_group("g", sizes=(1, 2, 8)),
        node_group("o", sizes=(1, 2, 3), cluster="other", subnets="aws_subnet.b.id"),
    )
    larger, apart = advised(assessed(tmp_path, *parts))

    def left(remedy: Remedy) -> dict[str, int | None]:
        assert remedy.then is not None
        return {one.subnet.address[11:]: one.left.expected.value for one in remedy.then.subnets}

    # 8 nodes of 30 addresses, 9 for each control plane; apart from each other 1 and 20, as pods have 2 interfaces.
    assert left(larger) == {"a": 507 - 9 - 8 * 30, "b": 1019 - 9 - 3 * 30}
    assert left(apart) == {"a": 123 - 9 - 8, "b": 1019 - 9 - 3 * 30, "pods_0": 507 - 8 * 20}
    assert [str(change) for change in apart.changes] == [
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true",
        "ENI_CONFIG_LABEL_DEF=topology.kubernetes.io/zone",
    ]


def test_a_cluster_that_has_custom_networking_already_gets_no_block_of_another(tmp_path: Path) -> None:
    parts = (
        in_a("10.0.0.0/25"),
        in_b("10.0.4.0/22"),
        eks_cluster("main"),
        eks_cluster("other", subnets="aws_subnet.b.id"),
        add_on(CUSTOM_NETWORKING, cluster="other"),
        node_group("g", sizes=(1, 2, 8)),
        node_group("o", sizes=(1, 2, 3), cluster="other", subnets="aws_subnet.b.id"),
    )
    _, apart = advised(assessed(tmp_path, *parts))
    assert apart.then is not None
    (pods,) = [one for one in apart.then.subnets if one.subnet.address.endswith("pods_0")]
    assert [share.group.address[-1] for share in pods.shares] == ["g"]


def test_a_vpc_without_a_free_block_takes_none_from_another(tmp_path: Path) -> None:
    parts = (
        SMALL_VPC,
        in_a("10.6.0.0/26").replace("aws_vpc.main.id", "aws_vpc.small.id"),
        in_b("10.0.0.0/26"),
        eks_cluster(),
        node_group("g", sizes=(1, 2, 20), subnets=BOTH),
        node_group("h", sizes=(1, 2, 20), subnets=BOTH),
    )
    larger, *_ = advised(assessed(tmp_path, *parts))
    assert [block for _, block in larger.resized] == ["/22", "10.0.4.0/22"]


def test_max_pods_of_the_forecast_that_a_remedy_leads_to_are_those_that_it_advises(tmp_path: Path) -> None:
    raised, *_ = advised(
        assessed(
            tmp_path,
            in_a("10.0.0.0/20"),
            eks_cluster(),
            node_group("g", types="m5.large,t3.small"),
            add_on(PREFIXES),
            expected_pods_per_node=109,
        )
    )
    assert raised.max_pods == 111
    lowered, *_ = advised(
        assessed(tmp_path, in_a("10.0.0.0/24"), eks_cluster(), node_group("g", types="m5.4xlarge", sizes=(1, 1, 3)))
    )
    assert lowered.then is not None
    assert lowered.max_pods == lowered.then.groups[0].node.types[0].max_pods.value == 58
    assert raised.then is not None
    assert {found.max_pods.value for group in raised.then.groups for found in group.node.types} == {111}
