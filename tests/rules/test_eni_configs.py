"""PR501: which ENIConfig nodes look for, and whether it is there."""

from __future__ import annotations

import pytest

from capacity_helpers import add_on, eks_cluster, node_group, subnet
from rule_helpers import judged, node_pool, says

START = 'variable "unknown" {\n  type = string\n}\nresource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'
CLUSTER = eks_cluster(subnets='"subnet-0aaaaaaaaaaaaaaaa"')
OTHER = eks_cluster("other", subnets='"subnet-0aaaaaaaaaaaaaaaa"')
BY_ZONE = 'ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone"'
BY_OWN_LABEL = 'ENI_CONFIG_LABEL_DEF = "k8s.amazonaws.com/eniConfig"'
NODES = "".join(
    subnet(zone, f"10.0.{number}.0/24", zone=f"eu-west-1{zone}", more=f'tags = {{ nodes = "{zone}" }}')
    for number, zone in enumerate(("a", "b", "c"))
)
PODS = "".join(
    subnet(f"pods_{zone}", f"10.0.{number}.0/20", zone=f"eu-west-1{zone}")
    for number, zone in ((64, "a"), (80, "b"), (96, "c"))
)
BY_OLD_ZONE = 'ENI_CONFIG_LABEL_DEF = "failure-domain.beta.kubernetes.io/zone"'
CLUSTER_IN_AUTO_MODE = eks_cluster(
    subnets='"subnet-0aaaaaaaaaaaaaaaa"',
    more='compute_config {\n enabled = true\n node_pools = ["general-purpose"]\n}',
)
ZONES = 'data "aws_availability_zones" "all" {}\n'
OF_NO_ZONE = subnet("d", "10.0.9.0/24").replace("availability_zone", "# availability_zone")
OF_NO_NAME = subnet("d", "10.0.9.0/24", zone="x", more='tags = { nodes = "d" }').replace(
    '"x"', "data.aws_availability_zones.all.names[0]"
)
WINDOWS = 'ami_type = "WINDOWS_CORE_2022_x86_64"'


def configs(environment: str, **subnets: str) -> str:
    """Return the add-on with custom networking, and ENIConfigs: a name, with `-` for `_`, and its subnet."""
    given = ", ".join(f'"{name.replace("_", "-")}" = {{ id = {one} }}' for name, one in subnets.items())
    more = f', eniConfig = {{ create = true, region = "eu-west-1", subnets = {{ {given} }} }}'
    return add_on(f'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", {environment}', more=more)


def group(name: str, *zones: str, **others: str) -> str:
    """Return a node group in the subnets of these zones."""
    return node_group(name, types="m5.large", subnets=", ".join(f"aws_subnet.{zone}.id" for zone in zones), **others)


def of_zone(*zones: str) -> str:
    """Return a requirement of these zones."""
    return f"{{key: topology.kubernetes.io/zone, operator: In, values: [{', '.join(zones)}]}}"


def labelled(name: str) -> str:
    """Return more for a node group: the name of its ENIConfig."""
    return f'labels = {{ "k8s.amazonaws.com/eniConfig" = {name} }}'


def manifest(name: str, subnet: str) -> str:
    """Return an ENIConfig as a manifest."""
    return f"""
resource "kubectl_manifest" "config" {{
  yaml_body = <<-Y
    apiVersion: crd.k8s.amazonaws.com/v1alpha1
    kind: ENIConfig
    metadata: {{name: "{name}"}}
    spec: {{subnet: "{subnet}"}}
  Y
}}
"""


ZONE_A = {"eu_west_1a": "aws_subnet.pods_a.id"}
ZONES_A_AND_B = {**ZONE_A, "eu_west_1b": "aws_subnet.pods_b.id"}
MISSING_IN_B = "nodes in eu-west-1b look for an ENIConfig of that name, and there is none"
NO_FALLBACK = 'nodes look for an ENIConfig named "default", and there is none'

JUDGED = {
    "one for each zone": ([configs(BY_ZONE, **ZONES_A_AND_B), group("x", "a", "b")], "", []),
    "none for a zone": ([configs(BY_ZONE, **ZONE_A), group("x", "a", "b")], "found", [MISSING_IN_B]),
    "none for a zone of two groups": (
        [configs(BY_ZONE, **ZONE_A), group("x", "a", "b"), group("y", "b")],
        "found",
        [MISSING_IN_B, "this node group has nodes in eu-west-1b"],
    ),
    "none for two zones": (
        [configs(BY_ZONE, **ZONE_A), group("x", "a", "b"), group("y", "c")],
        "found",
        [
            "nodes in eu-west-1b and eu-west-1c look for an ENIConfig of these names",
            "fix: add ENIConfigs named eu-west-1b and eu-west-1c, each with a subnet in its zone",
        ],
    ),
    "one with a subnet in another zone, for two groups": (
        [configs(BY_ZONE, eu_west_1a="aws_subnet.pods_b.id"), group("x", "a"), group("y", "a")],
        "found",
        ["nodes in eu-west-1a find an ENIConfig with a subnet in eu-west-1b"],
    ),
    "one with a subnet that is not known": (
        [configs(BY_ZONE, eu_west_1a="var.unknown"), group("x", "a", "b")],
        "found open",
        [MISSING_IN_B],
    ),
    "none for a zone, but one of the name default": (
        [configs(BY_ZONE, **ZONE_A, default="aws_subnet.pods_b.id"), group("x", "a", "b")],
        "open",
        [],
    ),
    "none for a zone, and nodes in a subnet that is not known": (
        [
            configs(BY_ZONE, **ZONE_A),
            group("x", "a", "b"),
            group("y", "a").replace("aws_subnet.a.id", "var.unknown"),
        ],
        "found open",
        [MISSING_IN_B],
    ),
    "nodes in a zone that is not known": (
        [
            configs(BY_ZONE, **ZONE_A),
            subnet("d", "10.0.9.0/24", zone="x").replace('"x"', "var.unknown"),
            group("x", "a", "d"),
        ],
        "open",
        [],
    ),
    "no label, and ENIConfigs of zones": (
        [configs('WARM_ENI_TARGET = "1"', **ZONES_A_AND_B), group("x", "a")],
        "found",
        [
            NO_FALLBACK,
            'set ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone"',
            "the ENIConfigs here: eu-west-1a, eu-w",
        ],
    ),
    "no label, and ENIConfigs of other zones": (
        [configs('WARM_ENI_TARGET = "1"', eu_west_1d="aws_subnet.pods_a.id"), group("x", "a")],
        "found",
        ['set ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone"'],
    ),
    "no label, and one of two ENIConfigs is of a zone": (
        [configs('WARM_ENI_TARGET = "1"', **ZONE_A, blue="aws_subnet.pods_b.id"), group("x", "a")],
        "found",
        ['name one ENIConfig "default", or label the nodes'],
    ),
    "no label, and the fallback is there": (
        [
            configs('WARM_ENI_TARGET = "1"', blue="aws_subnet.pods_b.id", default="aws_subnet.pods_a.id"),
            group("x", "a"),
        ],
        "",
        [],
    ),
    "the label that is the default, written out": (
        [configs(BY_OWN_LABEL, **ZONE_A), group("x", "a")],
        "found",
        [NO_FALLBACK],
    ),
    "a label of one's own": (
        [configs('ENI_CONFIG_LABEL_DEF = "example.com/eni"', **ZONE_A), group("x", "a", "b")],
        "open",
        [],
    ),
    "an annotation of one's own": (
        [configs(f'{BY_ZONE}, ENI_CONFIG_ANNOTATION_DEF = "example.com/eni"', **ZONE_A), group("x", "a", "b")],
        "open",
        [],
    ),
    "the annotation that is the default, written out": (
        [
            configs(f'{BY_ZONE}, ENI_CONFIG_ANNOTATION_DEF = "k8s.amazonaws.com/eniConfig"', **ZONE_A),
            group("x", "a", "b"),
        ],
        "found",
        [MISSING_IN_B],
    ),
    "no nodes": ([configs(BY_ZONE, **ZONE_A)], "", []),
    "nodes, and settings that are not known": (
        [add_on("").replace("{ env = {  }", "{ env = var.unknown"), group("x", "a")],
        "open",
        [],
    ),
    "none for a zone, and nodes of a cluster that is not known": (
        [
            OTHER,
            configs(BY_ZONE, **ZONE_A),
            group("x", "a", "b"),
            group("y", "c").replace("aws_eks_cluster.main.name", 'var.unknown == "" ? "main" : "other"'),
        ],
        "found open",
        [MISSING_IN_B],
    ),
    "no nodes, and no ENIConfigs": ([configs(BY_ZONE)], "", []),
    "nodes and no ENIConfigs": ([configs(BY_ZONE), group("x", "a")], "open", []),
    "nodes with Windows": ([configs(BY_ZONE, **ZONE_A), group("x", "b", more=WINDOWS)], "", []),
    "nodes with Windows, and no ENIConfigs": ([configs(BY_ZONE), group("x", "b", more=WINDOWS)], "", []),
    "nodes with Windows beside others": (
        [configs(BY_ZONE, **ZONE_A), group("x", "a"), group("y", "b", more=WINDOWS)],
        "",
        [],
    ),
    "nodes of another cluster": (
        [OTHER, configs(BY_ZONE, **ZONE_A), group("x", "a"), group("y", "b", cluster="other")],
        "",
        [],
    ),
    "no nodes, and a variable that is not known": (
        [configs(f"{BY_ZONE}, ENABLE_PREFIX_DELEGATION = var.unknown", **ZONE_A)],
        "",
        [],
    ),
    "none for a zone, and nodes of EKS Auto Mode beside them": (
        [configs(BY_ZONE, **ZONE_A), group("x", "a", "b")],
        "found",
        [MISSING_IN_B],
        CLUSTER_IN_AUTO_MODE,
    ),
    "nodes of EKS Auto Mode, and settings that are not known": (
        [add_on("").replace("{ env = {  }", "{ env = var.unknown"), group("x", "a")],
        "",
        [],
        CLUSTER_IN_AUTO_MODE,
    ),
    "the old label of zones": (
        [configs(BY_OLD_ZONE, **ZONES_A_AND_B), group("x", "a", "b")],
        "found",
        ["info[PR501] nodes look for their ENIConfig by failure-domain.beta.kubernetes.io/zone"],
    ),
    "the old label of zones, and custom networking is off": (
        [configs(BY_OLD_ZONE, **ZONES_A_AND_B).replace('CFG = "true"', 'CFG = "false"'), group("x", "a", "b")],
        "",
        [],
    ),
    "the old label of zones, and custom networking is not mentioned": ([add_on(BY_OLD_ZONE)], "", []),
    "nodes with a label of one that is there": (
        [configs('WARM_ENI_TARGET = "1"', blue="aws_subnet.pods_a.id"), group("x", "a", more=labelled('"blue"'))],
        "",
        [],
    ),
    "nodes with a label of one that is not there": (
        [configs('WARM_ENI_TARGET = "1"', blue="aws_subnet.pods_a.id"), group("x", "a", more=labelled('"red"'))],
        "found",
        ['nodes of aws_eks_node_group.x look for an ENIConfig named "red", and there is none'],
    ),
    "nodes with a label of one that may be there": (
        [
            configs('WARM_ENI_TARGET = "1"'),
            manifest("${var.unknown}", "subnet-9"),
            group("x", "a", more=labelled('"red"')),
        ],
        "open",
        [],
    ),
    "nodes with a label that is not known": (
        [configs('WARM_ENI_TARGET = "1"', blue="aws_subnet.pods_a.id"), group("x", "a", more=labelled("var.unknown"))],
        "open",
        [],
    ),
    "nodes with a label beside nodes without one": (
        [
            configs('WARM_ENI_TARGET = "1"', blue="aws_subnet.pods_a.id"),
            group("x", "a", more=labelled('"blue"')),
            group("y", "a"),
        ],
        "open",
        [],
    ),
    "nodes with a label beside nodes with Windows": (
        [
            configs('WARM_ENI_TARGET = "1"', blue="aws_subnet.pods_a.id"),
            group("x", "a", more=labelled('"blue"')),
            group("y", "a", more=WINDOWS + "\n" + labelled('"red"')),
        ],
        "",
        [],
    ),
    "nodes with a label beside nodes with Windows and without one, and a NodePool": (
        [
            configs('WARM_ENI_TARGET = "1"', blue="aws_subnet.pods_a.id"),
            group("x", "a", more=labelled('"blue"')),
            node_pool(subnets="a"),
        ],
        "open",
        [],
    ),
    "no label, and the fallback may be there": (
        [configs('WARM_ENI_TARGET = "1"'), manifest("${var.unknown}", "subnet-9"), OF_NO_ZONE, group("x", "a")],
        "open",
        [],
    ),
    "no label, and a subnet of a zone that is not known": (
        [
            configs('WARM_ENI_TARGET = "1"', **ZONES_A_AND_B),
            OF_NO_ZONE,
            group("x", "a"),
        ],
        "found",
        [NO_FALLBACK],
    ),
    "no label, and one is named like a zone that is not known": (
        [
            configs('WARM_ENI_TARGET = "1"'),
            manifest("${var.unknown}", "subnet-9"),
            subnet("d", "10.0.9.0/24", zone="x").replace('"x"', "var.unknown"),
            group("x", "a"),
        ],
        "found",
        [NO_FALLBACK],
    ),
    "one for a zone, and the names of others are not known": (
        [
            configs(BY_ZONE, **ZONE_A),
            manifest("${var.unknown}", "${aws_subnet.pods_b.id}"),
            group("x", "a", "b"),
        ],
        "open",
        [],
    ),
    "none for a zone, and other nodes in a subnet that is not known": (
        [configs(BY_ZONE, **ZONE_A), group("x", "a").replace("aws_subnet.a.id", "var.unknown"), group("y", "b")],
        "found open",
        [MISSING_IN_B],
    ),
    "none for a zone of a NodePool": (
        [configs(BY_ZONE, **ZONE_A), node_pool(subnets="a b")],
        "found",
        [MISSING_IN_B, "NodePool/default may have nodes in eu-west-1b"],
    ),
    "none for a zone that a NodePool keeps out of": (
        [configs(BY_ZONE, **ZONE_A), node_pool(of_zone("eu-west-1a"), subnets="a b")],
        "",
        [],
    ),
    "none for the zone of a NodePool of another cluster": (
        [OTHER, configs(BY_ZONE, **ZONE_A), group("x", "a"), node_pool(subnets="b", cluster="other")],
        "",
        [],
    ),
    "none for the zone of a NodePool with Windows": (
        [
            configs(BY_ZONE, **ZONE_A),
            group("x", "a"),
            node_pool("{key: kubernetes.io/os, operator: In, values: [windows]}", subnets="b"),
        ],
        "",
        [],
    ),
    "one for the zone of a NodePool in subnets that are not here": (
        [configs(BY_ZONE, **ZONE_A), node_pool(of_zone("eu-west-1a"))],
        "",
        [],
    ),
    "a NodePool of any zone in subnets that are not here": (
        [configs(BY_ZONE, **ZONE_A), node_pool()],
        "open",
        [],
    ),
    "a NodePool of a zone, and a subnet of a zone without a name": (
        [
            configs(BY_ZONE, **ZONE_A),
            ZONES,
            OF_NO_NAME,
            node_pool(of_zone("eu-west-1b"), subnets="d"),
        ],
        "open",
        [],
    ),
    "one for a zone without a name, whose subnet is in a zone with one": (
        [
            configs(BY_ZONE),
            ZONES,
            manifest("${data.aws_availability_zones.all.names[0]}", "${aws_subnet.pods_a.id}"),
            OF_NO_NAME,
            group("x", "d"),
        ],
        "",
        [],
    ),
    "custom networking is off": (
        [configs(BY_ZONE, **ZONE_A).replace('CFG = "true"', 'CFG = "false"'), group("x", "a", "b")],
        "",
        [],
    ),
    "custom networking is not mentioned": ([add_on(BY_ZONE), group("x", "a", "b")], "", []),
}


@pytest.mark.parametrize("name", JUDGED)
def test_eni_configs(name: str) -> None:
    parts, expected, words, *cluster = JUDGED[name]
    outcome = judged("PR501", START, *(cluster or [CLUSTER]), NODES, PODS, *parts)
    found = ["found" for _ in outcome.findings] + ["open" for _ in outcome.undecided]
    assert " ".join(found) == expected
    says(outcome, *words)
