"""PR2xx at the edges: subnets that just hold what is asked of them, and those that just do not."""

from __future__ import annotations

import pytest

from capacity_helpers import add_on, eks_cluster, node_group, subnet
from rule_helpers import found, judged, says

VPC = 'resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'
MINIMAL = 'update_config {\n update_strategy = "MINIMAL"\n}'
OTHERS = subnet("others", "10.0.255.0/28", zone="eu-west-1b")
CLUSTER = OTHERS + eks_cluster(subnets="aws_subnet.others.id")
"""A cluster with its control plane in subnets of its own."""
UNKNOWN_SUBNETS = 'variable "ids" {\n  type = list(string)\n}\n' + eks_cluster().replace("[aws_subnet.a.id]", "var.ids")
ONE_INTERFACE = add_on('MAX_ENI = "1"')
PREFIXES = add_on('ENABLE_PREFIX_DELEGATION = "true", WARM_IP_TARGET = "1"')
NODES_THEN = "\ndepends_on = [aws_eks_addon.vpc_cni]"


def group(name: str, types: str, size: int, more: str = MINIMAL, **others: str) -> str:
    """Return a node group that may have so many nodes, and of which no update adds any."""
    return node_group(name, types=types, sizes=(1, 1, size), more=more, **others)


def balanced(cidr: str) -> str:
    """Return a subnet for load balancers."""
    return subnet("a", cidr, more='tags = { "kubernetes.io/role/elb" = "1" }')


def custom_networking(more: str = "", cluster: str = "main", **pods: str) -> str:
    """Return the add-on that gives pods subnets, by zone."""
    subnets = ", ".join(f'"eu-west-1{zone}" = {{ id = aws_subnet.{name}.id }}' for zone, name in pods.items())
    return add_on(
        f'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone" {more}',
        cluster=cluster,
        more=f', eniConfig = {{ create = true, region = "eu-west-1", subnets = {{ {subnets} }} }}',
    )


PODS = subnet("pods", "10.0.128.0/18") + CLUSTER + custom_networking(a="pods")

JUDGED = {
    # PR201
    "more addresses than any subnet has": (
        [CLUSTER, subnet("a", "10.0.0.0/24"), group("web", "m5.24xlarge", 1000)],
        {"PR201 aws_subnet.a"},
        ["fix: no subnet is that large: use several, or fewer nodes"],
    ),
    "as many addresses as there are, but too few blocks for prefixes": (
        [
            CLUSTER,
            subnet("a", "10.0.0.0/26"),
            add_on('ENABLE_PREFIX_DELEGATION = "true", WARM_IP_TARGET = "1", MINIMUM_IP_TARGET = "3"'),
            group("web", "m5.large", 3, MINIMAL + NODES_THEN),
            group("old", "t2.small", 2),
        ],
        {"PR201 aws_subnet.a"},
        ["take 3 blocks of 16 addresses for prefixes, but this subnet has at most 2 free"],
    ),
    "a VPC of two blocks without any room left": (
        [
            'resource "aws_vpc" "small" {\n  cidr_block = "10.1.0.0/24"\n}\n',
            'resource "aws_vpc_ipv4_cidr_block_association" "more" {\n',
            '  vpc_id     = aws_vpc.small.id\n  cidr_block = "10.2.0.0/24"\n}\n',
            (subnet("a", "10.1.0.0/25") + subnet("b", "10.1.0.128/25") + subnet("c", "10.2.0.0/24")).replace(
                "aws_vpc.main", "aws_vpc.small"
            ),
            CLUSTER,
            group("web", "m5.large", 10),
        ],
        {"PR201 aws_subnet.a"},
        ["note: 5: no /24 is left in this VPC"],
    ),
    "full nodes beside the control plane": (
        [subnet("a", "10.0.0.0/26"), eks_cluster(), add_on('WARM_ENI_TARGET = "0"'), group("web", "m5.xlarge", 2)],
        {"PR201 aws_subnet.a"},
        ["fix: a /25 would do for full nodes, a /24 with the control plane beside them"],
    ),
    "a smaller warm pool beside nodes that have their pods elsewhere": (
        [
            subnet("pods", "10.0.128.0/18") + CLUSTER,
            custom_networking(', ENABLE_PREFIX_DELEGATION = "true"', a="pods"),
            eks_cluster("plain", subnets="aws_subnet.others.id"),
            subnet("a", "10.0.0.0/27"),
            group("web", "m5.large", 1),
            group("batch", "m5.xlarge", 1, cluster="plain"),
        ],
        {"PR201 aws_subnet.a"},
        ["brings the nodes down to 19 addresses"],
    ),
    "no addresses for nodes, the control plane uncounted": (
        [subnet("a", "10.0.0.0/26"), eks_cluster(), group("web", "m5.large", 2)],
        {"PR201 aws_subnet.a"},
        ["warning[PR201] 2 nodes when they are full take 60 addresses, but this subnet has 59"],
    ),
    "no node in the zone of a subnet for pods": (
        [
            'variable "block" {\n  type = string\n}\n',
            PODS.replace("subnets = { ", 'subnets = { "eu-west-1b" = { id = aws_subnet.elsewhere.id }, '),
            subnet("elsewhere", "x", zone="eu-west-1b").replace('"x"', "var.block"),
            subnet("a", "10.0.0.0/24"),
            group("web", "m5.large", 3),
        ],
        set(),
        [],
    ),
    # PR202
    "not even one pod on each node of an update": (
        [CLUSTER, subnet("a", "10.0.0.0/27"), group("web", "t3.small", 2, more="")],
        {"PR202 aws_subnet.a"},
        [
            "2 nodes with a single pod each and the 2 that an update adds take 32 addresses, but this subnet has 27",
            "nodes take 2 t3.small nodes x 8 = 16, those of an update 2 t3.small nodes x 8 = 16",
        ],
    ),
    "full nodes, and no room for those of an update": (
        [CLUSTER, subnet("a", "10.0.0.0/24"), group("web", "m5.large", 8, more="")],
        {"PR202 aws_subnet.a"},
        ["8 full nodes and the 2 that an update adds take 280 addresses, but this subnet has 251"],
    ),
    "just what the control plane needs is left, but not for an update": (
        [subnet("a", "10.0.0.0/27"), eks_cluster(), group("web", "t3.medium", 1, more="")],
        {"PR202 aws_subnet.a"},
        [],
    ),
    "just as many addresses as the nodes of an update take": (
        [PODS, subnet("a", "10.0.0.0/28"), group("web", "m5.large", 9, more="")],
        set(),
        [],
    ),
    "one address less than the nodes of an update take": (
        [PODS, subnet("a", "10.0.0.0/28"), group("web", "m5.large", 10, more="")],
        {"PR202 aws_subnet.a"},
        ["take 12 addresses, but this subnet has 11"],
    ),
    "no blocks for the prefixes of an update, and just enough addresses": (
        [
            CLUSTER,
            subnet("a", "10.0.0.0/26"),
            PREFIXES,
            group("web", "t3.micro", 1, more=NODES_THEN),
            group("old", "t2.micro", 2),
        ],
        {"PR202 aws_subnet.a"},
        [
            "3 nodes with a single pod each and the 2 that an update adds take 3 blocks, but this subnet has 2",
            "max(0, 2^(28 - 26) - 2) blocks = 2; nodes take 1, those of an update 2",
        ],
    ),
    "updates of two groups, the larger of which counts": (
        [
            CLUSTER,
            subnet("a", "10.0.0.0/25"),
            group("small", "t3.medium", 1, more=""),
            group("large", "m5.large", 3, more=""),
        ],
        {"PR202 aws_subnet.a"},
        ["4 full nodes and the 2 that an update adds take 148 addresses", "!to this group: max(2 x 1 zones, 2"],
    ),
    "an update of the one group fits, and none replaces the other": (
        [CLUSTER, subnet("a", "10.0.0.0/25"), group("small", "t3.micro", 1, more=""), group("large", "m5.large", 3)],
        set(),
        [],
    ),
    "pods have a subnet of nodes, too": (
        [
            CLUSTER,
            subnet("a", "10.0.0.0/24"),
            subnet("b", "10.0.1.0/24"),
            custom_networking(a="a"),
            node_group("web", types="m5.large", sizes=(1, 1, 12), subnets="aws_subnet.a.id, aws_subnet.b.id"),
        ],
        {"PR202 aws_subnet.a"},
        ["and the 2 that an update adds take"],
    ),
    "so few nodes are added at the most that they fit": (
        [
            'variable "at_once" {\n  type = number\n}\n',
            CLUSTER,
            subnet("a", "10.0.0.0/20"),
            group("web", "m5.large", 3, more="update_config {\n max_unavailable = var.at_once\n}"),
        ],
        set(),
        [],
    ),
    # PR203
    "nodes of a cluster that is not known come first": (
        [
            'variable "cluster" {\n  type = string\n}\n',
            CLUSTER,
            subnet("a", "10.0.0.0/21"),
            group("batch", "t3.medium", 1).replace("name    = ", 'name    = var.cluster == "" ? "other" : '),
            group("web", "m5.4xlarge", 6),
        ],
        {"PR203 aws_eks_node_group.web"},
        [],
    ),
    "two clusters that waste addresses": (
        [
            CLUSTER,
            eks_cluster("other", subnets="aws_subnet.others.id"),
            subnet("a", "10.0.0.0/21"),
            group("web", "m5.4xlarge", 6),
            group("batch", "m5.4xlarge", 6, cluster="other"),
        ],
        {"PR203 aws_eks_node_group.web", "PR203 aws_eks_node_group.batch"},
        ["!an m5.4xlarge node with one pod takes"],
    ),
    "the first group of a cluster does not waste addresses": (
        [CLUSTER, subnet("a", "10.0.0.0/21"), group("small", "t3.medium", 6), group("web", "m5.4xlarge", 6)],
        {"PR203 aws_eks_node_group.web"},
        ["!an m5.4xlarge node with one pod takes"],
    ),
    # PR204
    "just what the control plane needs": (
        [subnet("a", "10.0.0.0/27"), eks_cluster(), group("web", "t3.medium", 1)],
        set(),
        [],
    ),
    "just what the control plane needs while the node has one pod": (
        [
            subnet("a", "10.0.0.0/27"),
            eks_cluster(),
            add_on('WARM_IP_TARGET = "1", MINIMUM_IP_TARGET = "4"'),
            group("web", "t3.small", 1),
            group("small", "t3.micro", 3),
        ],
        {"PR204 aws_subnet.a"},
        ["4 nodes when they are full leave the control plane 3 addresses", "3 t3.micro nodes x 4 = 24"],
    ),
    "a single node leaves the control plane too little": (
        [subnet("a", "10.0.0.0/27"), eks_cluster(), add_on('MAX_ENI = "2"'), group("web", "m5.large", 1)],
        {"PR204 aws_subnet.a"},
        ["1 node with a single pod leaves the control plane 7 addresses"],
    ),
    "too little for the control plane with one pod on each node": (
        [subnet("a", "10.0.0.0/27"), eks_cluster(), group("web", "t3.medium", 1), group("small", "t3.micro", 2)],
        {"PR204 aws_subnet.a"},
        ["3 nodes with a single pod each leave the control plane 7 addresses", "2 t3.micro nodes x 4 = 20"],
    ),
    # PR206
    "full nodes leave fewer than eight addresses": (
        [CLUSTER, balanced("10.0.0.0/26"), group("web", "t3.medium", 3)],
        {"PR206 aws_subnet.a"},
        [
            "3 full nodes leave load balancers 5 of the 8 addresses",
            "note: 25: load balancers may come",
            "!and an update of the control plane",
        ],
    ),
    "full nodes leave just eight addresses": (
        [CLUSTER, balanced("10.0.0.0/27"), ONE_INTERFACE, group("web", "m5.xlarge", 1), group("few", "t3.small", 1)],
        set(),
        [],
    ),
    "full nodes leave just seven addresses": (
        [CLUSTER, balanced("10.0.0.0/27"), ONE_INTERFACE, group("web", "m5.large", 2)],
        {"PR206 aws_subnet.a"},
        ["2 full nodes leave load balancers 7 of the 8 addresses"],
    ),
    "full nodes and the control plane leave nothing": (
        [balanced("10.0.0.0/27"), eks_cluster(), group("web", "t3.medium", 1)],
        {"PR206 aws_subnet.a"},
        ["1 full node and an update of the control plane leave load balancers 0 of the 8 addresses"],
    ),
    "nodes, the control plane and load balancers want a larger subnet": (
        [balanced("10.0.0.0/26"), eks_cluster(), group("web", "t3.small", 4)],
        {"PR206 aws_subnet.a"},
        ["and an update of the control plane leave load balancers 2 of the 8 addresses", "fix: a /25 would do"],
    ),
    "nodes do not leave anything to load balancers": (
        [CLUSTER, balanced("10.0.0.0/26"), group("web", "m5.large", 3)],
        {"PR201 aws_subnet.a"},
        [],
    ),
    "nodes leave enough, whichever subnets the control plane is in": (
        [UNKNOWN_SUBNETS, balanced("10.0.0.0/26"), group("web", "m5.large", 1), group("small", "t3.small", 1)],
        set(),
        [],
    ),
    "the control plane of one of two clusters is in the subnet": (
        [
            balanced("10.0.0.0/26"),
            eks_cluster(),
            UNKNOWN_SUBNETS.replace('"main"', '"other"'),
            group("web", "t3.small", 4),
        ],
        {"PR206 aws_subnet.a"},
        ["and an update of the control plane leave load balancers 2 of the 8 addresses"],
    ),
    "no nodes and no cluster": (
        [subnet("a", "10.0.0.0/28", more='tags = { "kubernetes.io/role/elb" = "1" }')],
        set(),
        [],
    ),
}

OPEN = {
    "how many nodes an update adds": (
        'variable "at_once" {\n  type = number\n}\n',
        CLUSTER,
        subnet("a", "10.0.0.0/23"),
        group("web", "m5.large", 3, more="update_config {\n max_unavailable = var.at_once\n}"),
    ),
    "whether the control plane is in a subnet of load balancers": (
        UNKNOWN_SUBNETS,
        balanced("10.0.0.0/26"),
        group("web", "t3.small", 4),
    ),
}
REASONS = ["PR202: var.at_once has no value", "PR206: var.ids has no value"]


@pytest.mark.parametrize(("name", "reason"), [*zip(OPEN, REASONS, strict=True)])
def test_what_would_decide_is_told(name: str, reason: str) -> None:
    outcome = judged("PR2", VPC, *OPEN[name])
    assert not outcome.findings
    (undecided,) = outcome.undecided
    assert f"{', '.join(undecided.codes)}: {undecided.reason}".startswith(reason)


def test_three_times_the_expected_addresses_are_waste() -> None:
    parts = VPC, CLUSTER, subnet("a", "10.0.0.0/21"), group("web", "m5.4xlarge", 6)
    expected = "[assumptions]\nexpected_pods_per_node = {}\n"
    assert found(judged("PR203", *parts, podroom_toml=expected.format(20))) == {"PR203 aws_eks_node_group.web"}
    assert found(judged("PR203", *parts, podroom_toml=expected.format(21))) == set()


BESIDE = CLUSTER + eks_cluster("old", subnets="aws_subnet.others.id") + add_on('ENABLE_PREFIX_DELEGATION = "true"')
"""A cluster with prefixes, and one without."""


def sharing(cidr: str, with_prefixes: int, others: int, types: str = "m5.large") -> str:
    """Return a subnet with so many nodes of both clusters."""
    web = group("web", "m5.large", with_prefixes, more=MINIMAL + NODES_THEN)
    return BESIDE + subnet("a", cidr) + web + (group("old", types, others, cluster="old") if others else "")


RESERVED = """
resource "aws_ec2_subnet_cidr_reservation" "prefixes" {
  subnet_id        = aws_subnet.a.id
  cidr_block       = "10.0.2.0/25"
  reservation_type = "prefix"
}
"""
SHARED = {
    "just enough blocks for full nodes": (sharing("10.0.0.0/21", 12, 1), []),
    "just enough blocks, unless nodes are full": (
        sharing("10.0.0.0/21", 2, 4),
        ["info[PR405] full nodes need 14 of this subnet's 126 blocks"],
    ),
    "too few blocks, if single addresses are everywhere": (
        sharing("10.0.0.0/21", 3, 4),
        [
            "warning[PR405] nodes with 16 pods each need 6 of this subnet's 126 blocks",
            "123 single addresses may spoil the others",
            "3 nodes in this zone with prefixes",
        ],
    ),
    "too few blocks for full nodes only": (
        sharing("10.0.0.0/21", 3, 2, types="m5.xlarge"),
        ["info[PR405] full nodes need 21 of this subnet's 126 blocks", "and 123 single addresses may spoil"],
    ),
    "all nodes take prefixes": (sharing("10.0.0.0/24", 2, 0), []),
    "no blocks are reserved": (
        sharing("10.0.0.0/22", 4, 4),
        [
            "need 8 of this subnet's 62 blocks of 16 addresses for prefixes, and 124 single addresses may spoil",
            "max(0, 2^(28 - 22) - 2) blocks = 62, 8 for prefixes; single addresses may leave 0",
            "cidr_block = cidrsubnet(BLOCK, 1, 1)",
            "4 nodes in this zone with prefixes",
            "4 nodes in this zone with single addresses",
        ],
    ),
    "some blocks are reserved": (
        sharing("10.0.0.0/22", 4, 4) + RESERVED.replace("/25", "/26"),
        ["need 8 of this subnet's 62 blocks", "reserved; 4 blocks in all"],
    ),
    "all blocks are reserved": (
        sharing("10.0.0.0/22", 4, 4) + RESERVED,
        [],
    ),
}


@pytest.mark.parametrize("name", SHARED)
def test_blocks_of_a_shared_subnet(name: str) -> None:
    text, words = SHARED[name]
    outcome = judged("PR405", VPC, text)
    assert found(outcome) == ({"PR405 aws_subnet.a"} if words else set())
    assert not outcome.undecided
    says(outcome, *words)


def test_blocks_are_left_open_where_control_planes_may_take_them() -> None:
    nodes = sharing("10.0.0.0/21", 3, 4).replace("subnet_ids = [aws_subnet.others.id]", "subnet_ids = [var.ids]")
    outcome = judged("PR405", VPC, 'variable "ids" {}\n', nodes)
    assert not outcome.findings
    assert [one.codes for one in outcome.undecided] == [("PR405",)]


@pytest.mark.parametrize("name", JUDGED)
def test_subnet(name: str) -> None:
    parts, expected, words = JUDGED[name]
    outcome = judged("PR2", VPC, *parts)
    assert found(outcome) == expected
    assert not outcome.undecided
    says(outcome, *words)
