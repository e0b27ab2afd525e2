"""PR3xx at the edges: values of the CNI's variables that just matter, and those that just do not."""

from __future__ import annotations

import pytest

from capacity_helpers import add_on, eks_cluster, node_group
from podroom.rule import Example
from podroom.testing import judge_example
from podroom_rules import rules
from rule_helpers import FROM_TEMPLATE, NUMBER_THAT_MAY_NOT_WIN, found, judged, says

SUBNETS = '"subnet-0aaaaaaaaaaaaaaaa"'
CLUSTER = eks_cluster(subnets=SUBNETS)
OTHER = eks_cluster("other", subnets=SUBNETS)
WINDOWS = 'ami_type = "WINDOWS_CORE_2022_x86_64"'
AUTO = "compute_config {\n enabled = true\n}"
UNKNOWN = 'variable "unknown" {\n  type = string\n}\nvariable "number" {\n  type = number\n}\n'


def group(name: str, types: str, size: int = 3, **more: str) -> str:
    """Return a node group that begins after the add-on."""
    return node_group(name, types=types, sizes=(1, 1, size), subnets=SUBNETS, **more)


def of_unknown_type(name: str, size: int = 3) -> str:
    """Return a node group of which only the size is known."""
    return group(name, "x", size).replace('["x"]', "[var.unknown]")


JUDGED = {
    # PR301
    "no minimum": ("MINIMUM_IP_TARGET = 0", [group("a", "m5.large")], "", []),
    "the least minimum": (
        "MINIMUM_IP_TARGET = 1",
        [group("a", "m5.large")],
        "PR301",
        ["no node ever holds more than 1 addresses"],
    ),
    "a minimum beside a target that is misspelt": ("MINIMUM_IP_TARGET = 5, WARM_IP_TARGETS = 2", [], "PR307", []),
    "a minimum beside a target that is misspelt, and none": (
        "MINIMUM_IP_TARGET = 5, WARM_IP_TARGETS = 0",
        [],
        "PR301 PR307",
        [],
    ),
    "a minimum beside a target that is none, and one that is misspelt": (
        "MINIMUM_IP_TARGET = 5, WARM_IP_TARGET = 0, WARM_IP_TARGETS = 2",
        [],
        "PR301 PR307",
        [],
    ),
    "a minimum of all pods": ("MINIMUM_IP_TARGET = 27", [group("a", "m5.large")], "", []),
    "a minimum of all pods but one": ("MINIMUM_IP_TARGET = 26", [group("a", "m5.large")], "PR301", []),
    "a minimum for nodes of another cluster": (
        "MINIMUM_IP_TARGET = 27",
        [OTHER, group("a", "m5.large"), group("b", "m5.4xlarge", cluster="other")],
        "",
        [],
    ),
    "a minimum, and types of which one takes prefixes": (
        'MINIMUM_IP_TARGET = 5, ENABLE_PREFIX_DELEGATION = "true"',
        [NUMBER_THAT_MAY_NOT_WIN % 29, group("a", "m5.large", more=FROM_TEMPLATE), group("b", "t2.large")],
        "PR301",
        ["no node ever holds more than 5 addresses for pods, but may be given 33 pods"],
    ),
    "a minimum without node groups": ("MINIMUM_IP_TARGET = 5", [], "PR301", ["warning[PR301] no node ever holds"]),
    "a minimum for nodes with Windows": ("MINIMUM_IP_TARGET = 5", [group("a", "m5.large", more=WINDOWS)], "", []),
    "a minimum that the lower of two numbers does not exceed": (
        "MINIMUM_IP_TARGET = 18",
        [NUMBER_THAT_MAY_NOT_WIN % 20, group("a", "m5.large", more=FROM_TEMPLATE)],
        "",
        [],
    ),
    "a minimum that is too low for the larger type": (
        "MINIMUM_IP_TARGET = 5",
        [group("a", "t3.small"), group("b", "m5.large")],
        "PR301",
        ["error[PR301]", 'beside MINIMUM_IP_TARGET = "16"'],
    ),
    # PR302
    "interfaces, and a minimum": (
        "WARM_ENI_TARGET = 2, MINIMUM_IP_TARGET = 100",
        [group("a", "m5.large")],
        "PR302",
        ["WARM_ENI_TARGET has no effect: MINIMUM_IP_TARGET takes its place"],
    ),
    "interfaces, and one address": (
        "WARM_ENI_TARGET = 2, MINIMUM_IP_TARGET = 16, WARM_IP_TARGET = 1",
        [group("a", "m5.large")],
        "PR302",
        ["WARM_ENI_TARGET has no effect: WARM_IP_TARGET takes its place"],
    ),
    "interfaces, prefixes, and nodes of another cluster that have none": (
        'WARM_ENI_TARGET = 2, ENABLE_PREFIX_DELEGATION = "true"',
        [OTHER, group("a", "m5.large"), group("b", "t2.large", cluster="other")],
        "PR302",
        [],
    ),
    "interfaces, prefixes, and nodes with Windows": (
        'WARM_ENI_TARGET = 2, ENABLE_PREFIX_DELEGATION = "true"',
        [group("a", "m5.large"), group("b", "t2.large", more=WINDOWS)],
        "PR302",
        [],
    ),
    "interfaces, prefixes, and nodes that have none": (
        'WARM_ENI_TARGET = 2, ENABLE_PREFIX_DELEGATION = "true"',
        [group("a", "m5.large"), group("b", "t2.large")],
        "",
        [],
    ),
    # PR303
    "one by one, and no node groups": (
        "WARM_IP_TARGET = 1",
        [],
        "PR303",
        ["info[PR303] nodes ask EC2 for the address of every pod", '"16" beside WARM_IP_TARGET = "2"'],
    ),
    "none, and no node groups": ("WARM_IP_TARGET = 0", [], "", []),
    "three at once, and no node groups": ("WARM_IP_TARGET = 3", [], "PR303", ['"16" beside WARM_IP_TARGET = "3"']),
    "three at once and a minimum, and no node groups": ("WARM_IP_TARGET = 3, MINIMUM_IP_TARGET = 3", [], "", []),
    "three at once and a minimum": ("WARM_IP_TARGET = 3, MINIMUM_IP_TARGET = 3", [group("a", "m5.large", 80)], "", []),
    "two at once and a minimum": (
        "WARM_IP_TARGET = 2, MINIMUM_IP_TARGET = 3",
        [group("a", "m5.large", 80)],
        "PR303",
        [],
    ),
    "just a call for every second pod": (
        "WARM_IP_TARGET = 1, MINIMUM_IP_TARGET = 10",
        [group("a", "m5.4xlarge", 80)],
        "",
        [],
    ),
    "a call for more than every second pod": (
        "WARM_IP_TARGET = 1, MINIMUM_IP_TARGET = 9",
        [group("a", "m5.4xlarge", 80)],
        "PR303",
        ["a node calls EC2 9 times for 16 pods"],
    ),
    "prefixes, and no node groups": ('WARM_IP_TARGET = 1, ENABLE_PREFIX_DELEGATION = "true"', [], "", []),
    "small nodes of few pods": ("WARM_IP_TARGET = 5", [group("a", "t3.nano", 80)], "", []),
    "one by one on two types": (
        "WARM_IP_TARGET = 1",
        [group("a", "t3.small", 20), group("b", "m5.large", 30)],
        "PR303",
        [
            "warning[PR303] a node calls EC2 17 times for 16 pods, and there may be 50 nodes",
            "calls for 9 pods",
            "at most 20 nodes",
        ],
    ),
    "one by one on hardly enough nodes": (
        "WARM_IP_TARGET = 1",
        [group("a", "t3.small", 20), group("b", "m5.large", 29)],
        "PR303",
        ["info[PR303] a node calls EC2 17 times for 16 pods", "!and there may be"],
    ),
    "one by one on nodes of which nobody knows how many there may be": (
        "WARM_IP_TARGET = 1",
        [group("a", "m5.large").replace("= 3", "= var.number"), group("b", "m5.large", 60)],
        "PR303",
        ["and there may be 60 nodes", "at most 60 nodes"],
    ),
    "one by one on nodes of another cluster": (
        "WARM_IP_TARGET = 1",
        [OTHER, group("a", "m5.large", 3), group("b", "m5.large", 60, cluster="other")],
        "PR303",
        ["info[PR303]"],
    ),
    "one by one on nodes with Windows": ("WARM_IP_TARGET = 1", [group("a", "m5.large", 60, more=WINDOWS)], "", []),
    "one by one with a number that may not win": (
        "WARM_IP_TARGET = 1",
        [NUMBER_THAT_MAY_NOT_WIN % 5, group("a", "m5.large", more=FROM_TEMPLATE)],
        "PR303",
        ["a node calls EC2 17 times for 16 pods"],
    ),
    # PR304
    "no spare interface": (
        'WARM_ENI_TARGET = 0, ENABLE_PREFIX_DELEGATION = "true"',
        [group("a", "m5.large"), group("b", "t2.large"), group("c", "t2.small")],
        "PR304",
        ["a t2.small makes and deletes an interface for ever with 3 pods, 6 and so on", "t2.large has 11 addresses"],
    ),
    "no spare interface on nodes of another cluster": (
        'WARM_ENI_TARGET = 0, ENABLE_PREFIX_DELEGATION = "true"',
        [OTHER, group("a", "m5.large"), group("b", "t2.large", cluster="other")],
        "",
        [],
    ),
    "no spare interface on nodes with Windows": (
        "WARM_ENI_TARGET = 0",
        [group("a", "t2.large", more=WINDOWS)],
        "",
        [],
    ),
    "no spare interface and no node groups": ("WARM_ENI_TARGET = 0", [], "PR304", []),
    "no spare interface but prefixes, and no node groups": (
        'WARM_ENI_TARGET = 0, ENABLE_PREFIX_DELEGATION = "true"',
        [],
        "",
        [],
    ),
}


def quoted(environment: str) -> str:
    """Return variables with the quotes that the add-on wants around numbers."""
    pairs = (pair.partition(" = ") for pair in environment.split(", "))
    return ", ".join(f'{name} = "{value.strip(chr(34))}"' for name, _, value in pairs)


@pytest.mark.parametrize("name", JUDGED)
def test_warm_targets(name: str) -> None:
    environment, parts, expected, words = JUDGED[name]
    outcome = judged("PR30", UNKNOWN, CLUSTER, add_on(quoted(environment)), *parts)
    assert found(outcome) == {f"{code} aws_eks_cluster.main" for code in expected.split()}
    assert not outcome.undecided
    says(outcome, *words)


@pytest.mark.parametrize(
    "environment", ["MINIMUM_IP_TARGET = 5, WARM_ENI_TARGET = 2", "WARM_ENI_TARGET = 0", "WARM_IP_TARGET = 1"]
)
def test_warm_targets_are_about_ipv4(environment: str) -> None:
    ipv6 = eks_cluster(subnets=SUBNETS, more='kubernetes_network_config {\n ip_family = "ipv6"\n}')
    assert judged("PR30", CLUSTER, add_on(quoted(environment))).findings
    assert not judged("PR30", ipv6, add_on(quoted(environment))).findings


OPEN = {
    "a minimum and nodes of an unknown type": ("MINIMUM_IP_TARGET = 5", [of_unknown_type("a")], "", "PR301"),
    "a minimum that is too low, and nodes of an unknown type": (
        "MINIMUM_IP_TARGET = 5",
        [of_unknown_type("a"), group("b", "m5.large")],
        "PR301",
        "",
    ),
    "interfaces, prefixes, and nodes of an unknown type": (
        'WARM_ENI_TARGET = 2, ENABLE_PREFIX_DELEGATION = "true"',
        [of_unknown_type("a"), group("b", "m5.large")],
        "",
        "PR302",
    ),
    "interfaces, prefixes, and nodes that certainly have none": (
        'WARM_ENI_TARGET = 2, ENABLE_PREFIX_DELEGATION = "true"',
        [group("a", "m5.large"), of_unknown_type("b"), group("c", "t2.large")],
        "",
        "",
    ),
    "one by one on nodes of an unknown type": ("WARM_IP_TARGET = 1", [of_unknown_type("a")], "", "PR303"),
    "one by one, and other nodes are of an unknown type": (
        "WARM_IP_TARGET = 1",
        [of_unknown_type("a"), group("b", "m5.large")],
        "PR303",
        "",
    ),
    "a low minimum, few nodes, and others of an unknown type": (
        "WARM_IP_TARGET = 1, MINIMUM_IP_TARGET = 1",
        [of_unknown_type("a"), group("b", "m5.large")],
        "",
        "PR303",
    ),
    "a low minimum, and nobody knows how many nodes": (
        "WARM_IP_TARGET = 1, MINIMUM_IP_TARGET = 1",
        [group("b", "m5.large").replace("= 3", "= var.number")],
        "",
        "PR303",
    ),
    "no spare interface for nodes of an unknown type": (
        'WARM_ENI_TARGET = 0, WARM_PREFIX_TARGET = 1, ENABLE_PREFIX_DELEGATION = "true"',
        [of_unknown_type("a"), group("b", "m5.large")],
        "",
        "PR304",
    ),
    "no spare interface, and other nodes are of an unknown type": (
        "WARM_ENI_TARGET = 0",
        [of_unknown_type("a"), group("b", "m5.large")],
        "PR304",
        "",
    ),
}


@pytest.mark.parametrize(("more", "expected"), [("", "PR301 PR302 PR303 PR304"), (AUTO, "")])
def test_settings_that_are_not_known_matter_where_there_is_aws_node(more: str, expected: str) -> None:
    settings = add_on("").replace("{ env = {  }", "{ env = var.unknown")
    outcome = judged("PR30", UNKNOWN, eks_cluster(subnets=SUBNETS, more=more), settings, group("a", "m5.large"))
    codes = {code for one in outcome.undecided for code in one.codes}
    assert codes & {"PR301", "PR302", "PR303", "PR304"} == set(expected.split())


PREFIXES = 'ENABLE_PREFIX_DELEGATION = "%s"'


@pytest.mark.parametrize(
    ("prefixes", "parts", "expected"),
    [
        ("true", [group("a", "m5.large")], "found"),
        ("false", [group("a", "m5.large")], ""),
        ("true", [of_unknown_type("a")], "open"),
        ("false", [of_unknown_type("a")], ""),
    ],
)
def test_the_order_matters_where_there_are_prefixes(prefixes: str, parts: list[str], expected: str) -> None:
    outcome = judged("PR402", UNKNOWN, CLUSTER, add_on(PREFIXES % prefixes), *parts)
    assert " ".join(["found" for _ in outcome.findings] + ["open" for _ in outcome.undecided]) == expected


EKS_MODULE = """
module "eks" {
  source       = "terraform-aws-modules/eks/aws"
  version      = "~> 20.0"
  cluster_name = "main"
  subnet_ids   = [%s]
  cluster_addons = {
    vpc-cni = {
      configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true" } })
    }
  }
  eks_managed_node_groups = {
%s  }
}
"""
OF_THE_MODULE = '    a = {\n      instance_types = ["m5.large"]\n    }\n'


@pytest.mark.parametrize(
    ("parts", "edits"),
    [
        ([EKS_MODULE % (SUBNETS, OF_THE_MODULE)], 1),
        (
            [
                EKS_MODULE % (SUBNETS, ""),
                group("a", "m5.large").replace("aws_eks_cluster.main.name", "module.eks.cluster_name"),
            ],
            0,
        ),
        ([CLUSTER, add_on(PREFIXES % "true"), group("a", "m5.large")], 0),
    ],
)
def test_one_line_makes_the_nodes_of_a_module_wait_for_its_add_on(parts: list[str], edits: int) -> None:
    (finding,) = judged("PR402", *parts).findings
    assert (finding.edit is not None) == bool(edits)


def test_a_node_group_of_a_module_beside_the_add_on_waits_by_that_module() -> None:
    call = 'module "eks_managed_node_group" {\n  source   = "./nodes"\n  for_each = toset(["a"])\n}\n'
    nodes = group("a", "m5.large").replace("aws_eks_cluster.main.name", '"main"')
    example = Example("", {"main.tf": CLUSTER + add_on(PREFIXES % "true") + call, "nodes/main.tf": nodes})
    _, _, outcome = judge_example(example, [rule for rule in rules() if rule.code == "PR402"])
    (finding,) = outcome.findings
    assert str(finding.fix).startswith("let the module that makes the node group")
    assert finding.edit is None


@pytest.mark.parametrize("name", OPEN)
def test_what_is_not_known_is_left_open_where_it_matters(name: str) -> None:
    environment, parts, expected, undecided = OPEN[name]
    outcome = judged("PR30", UNKNOWN, CLUSTER, add_on(quoted(environment)), *parts)
    assert {finding.code for finding in outcome.findings} == set(expected.split())
    assert {code for one in outcome.undecided for code in one.codes} == set(undecided.split())
