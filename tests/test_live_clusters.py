"""Inventories of nodes, of the CNI and of free addresses: what they fill, find and leave open, and never give away."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from checkout import podroom
from test_inventory import (
    EXACT,
    MANAGED,
    NODE_CONFIG,
    SECRET,
    SUBNETS,
    auto_scaling,
    files,
    judged,
    shown,
    subnet,
    used,
    versions,
)

WORKERS = MANAGED.replace("NAME", EXACT)


def node(
    name: str = "ip-10-0-0-1", kind: str = "m7g.large", pods: object = "58", instance: str = "i-1", **labels: str
) -> dict[str, Any]:
    """Return a node as `kubectl get nodes -o json` lists it."""
    named = {"node.kubernetes.io/instance-type": kind, "eks.amazonaws.com/nodegroup": "workers"}
    named |= {key.replace("__", "/").replace("_", "."): value for key, value in labels.items()}
    return {
        "kind": "Node",
        "metadata": {"name": name, "labels": named},
        "spec": {"providerID": f"aws:///eu-west-1a/{instance}"},
        "status": {"allocatable": {"pods": pods}},
    }


def listed(*items: object, kind: str = "List") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "items": list(items)}


def daemon_set(**variables: object) -> dict[str, Any]:
    """Return what `kubectl get daemonset aws-node -o json` prints."""
    env = [
        {"name": name, **(value if isinstance(value, dict) else {"value": value})} for name, value in variables.items()
    ]
    container = {"name": "aws-node", "image": "a.registry/amazon-k8s-cni:v1.20.4-eksbuild.1", "env": env}
    sidecar = {"name": "aws-eks-nodeagent", "env": [{"name": "WARM_IP_TARGET", "value": "77"}]}
    spec = {"template": {"spec": {"containers": [sidecar, container]}}}
    return {"kind": "DaemonSet", "metadata": {"name": "aws-node"}, "spec": spec}


# --- nodes -----------------------------------------------------------------------------------------


def test_nodes_that_allow_too_many_pods_are_told_together_at_their_group(tmp_path: Path) -> None:
    nodes = [node(f"ip-{number}") for number in range(5)]
    (finding,) = judged(tmp_path, WORKERS, listed(*nodes), code="PR121")
    assert finding["message"] == (
        "5 running nodes of type m7g.large allow 58 pods each, but have room for 29: ip-0, ip-1, ip-2, ..."
    )
    assert (finding["address"], finding["line"]) == ("aws_eks_node_group.workers", 11)
    assert finding["evidence"]["nodes"] == [f"ip-{number}" for number in range(5)]


def test_nodes_are_told_at_their_group_if_it_is_known_and_else_at_their_cluster(tmp_path: Path) -> None:
    group = WORKERS[WORKERS.index('resource "aws_eks_node_group"') :].replace('"workers"', '"others"')
    nodes = [node(f"ip-{number}", eks_amazonaws_com__nodegroup="others") for number in range(2)]
    found = judged(tmp_path, WORKERS + group, listed(*nodes, node(eks_amazonaws_com__nodegroup="gone")), code="PR121")
    assert [(one["address"], one["message"].partition(",")[0]) for one in found] == [
        ("aws_eks_cluster.main", "1 running node of type m7g.large allows 58 pods"),
        ("aws_eks_node_group.others", "2 running nodes of type m7g.large allow 58 pods each"),
    ]


def test_without_running_nodes_the_ip_family_is_no_question(tmp_path: Path) -> None:
    family = 'variable "family" {}\n' + WORKERS.replace(
        "  vpc_config {", "  kubernetes_network_config {\n    ip_family = var.family\n  }\n  vpc_config {"
    )
    for nodes, is_open in (((), False), ((node(),), True)):
        result = podroom("check", "--format", "json", *files(tmp_path, family, [listed(*nodes)]))
        assert any("PR121" in one["codes"] for one in json.loads(result.stdout)["undecided"]) == is_open


WELL = {
    "as many as there is room for": node(pods="29"),
    "no type": {**node(), "metadata": {"name": "x", "labels": {}}},
    "EKS Auto Mode": node(eks_amazonaws_com__compute="x", **{"eks_amazonaws_com__compute-type": "auto"}),
    "Fargate": node(**{"eks_amazonaws_com__compute-type": "fargate"}),
    "Windows": node(kubernetes_io__os="windows"),
    "another cluster": node(**{"alpha_eksctl_io__cluster-name": "other"}),
}


@pytest.mark.parametrize("case", WELL)
def test_other_nodes_are_nobodys_fault(case: str, tmp_path: Path) -> None:
    assert judged(tmp_path, WORKERS, listed(WELL[case]), code="PR121") == []


def test_what_is_not_known_of_a_node_is_undecided(tmp_path: Path) -> None:
    for one, reason in (
        (node(kind="x9.huge"), "x9.huge"),
        (node(pods="many"), "does not tell status.allocatable.pods of ip-10-0-0-1"),
    ):
        result = podroom("check", "--format", "json", *files(tmp_path, WORKERS, [listed(one)]))
        (undecided,) = (one for one in json.loads(result.stdout)["undecided"] if "PR121" in one["codes"])
        assert reason in undecided["reason"]


def test_nodes_that_do_not_tell_their_pods_are_counted(tmp_path: Path) -> None:
    several = [
        {**node(pods="many"), "metadata": {**node()["metadata"], "name": f"ip-{number}"}} for number in (1, 2, 3)
    ]
    result = podroom("check", "--format", "json", *files(tmp_path, WORKERS, [listed(*several)]))
    (undecided,) = (one for one in json.loads(result.stdout)["undecided"] if "PR121" in one["codes"])
    assert "does not tell status.allocatable.pods of ip-1 and 2 more" in undecided["reason"]


TWO = WORKERS + WORKERS.replace('"main"', '"other"').replace("_cluster.main", "_cluster.other").replace(
    '"workers"', '"others"'
).replace('"aws_eks_cluster" "other"', '"aws_eks_cluster" "other"')


def test_of_several_clusters_the_tags_of_the_group_tell_which_a_node_is_of(tmp_path: Path) -> None:
    group = auto_scaling("m7g.2xlarge", cluster="other", node_group="others")
    group["AutoScalingGroups"][0]["Instances"] = [{"InstanceId": "i-1", "LifecycleState": "InService"}]
    world = shown(tmp_path, TWO, listed(node()), group)
    assert [(one["address"], len(one["nodes"])) for one in world["clusters"]] == [
        ("aws_eks_cluster.main", 0),
        ("aws_eks_cluster.other", 1),
    ]
    assert world["clusters"][1]["nodes"][0]["group"] == "aws_eks_node_group.others"


def test_where_nothing_tells_the_cluster_that_is_said(tmp_path: Path) -> None:
    world = shown(tmp_path, TWO, listed(node()), daemon_set(WARM_IP_TARGET="2"))
    assert [one["nodes"] for one in world["clusters"]] == [[], []]
    assert [one["message"].rpartition("/")[2] for one in world["notices"]] == [
        f"listed-{number}.txt does not say which cluster it is of: give it with the folder of one cluster only"
        for number in range(2)
    ]


# --- the CNI ---------------------------------------------------------------------------------------


def settings(world: Mapping[str, Any]) -> dict[str, Any]:
    (cluster,) = world["clusters"]
    return dict(cluster["cni"])


def environment(world: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"].get("value", "?") for one in settings(world)["environment"]}


def test_the_daemon_set_tells_how_the_cni_is_set_where_nothing_here_does(tmp_path: Path) -> None:
    world = shown(tmp_path, WORKERS, daemon_set(ENABLE_PREFIX_DELEGATION="true", WARM_PREFIX_TARGET="1"))
    assert environment(world) == {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}
    assert settings(world)["version"]["value"] == "v1.20.4-eksbuild.1"
    assert settings(world)["from_manifest"] is False
    assert settings(world)["declared_by"].startswith("DaemonSet aws-node in ")


def test_the_room_of_nodes_is_that_of_the_cni_that_runs(tmp_path: Path) -> None:
    nodes = listed(node(pods="110"))
    assert judged(tmp_path, WORKERS, nodes, daemon_set(), code="PR121")
    assert not judged(tmp_path, WORKERS, nodes, daemon_set(ENABLE_PREFIX_DELEGATION="true"), code="PR121")


def add_on(cluster: str = "main", **variables: object) -> dict[str, Any]:
    """Return what `aws eks describe-addon` prints."""
    values = json.dumps({"env": variables, "secret": SECRET})
    named = {"addonName": "vpc-cni", "clusterName": cluster, "addonVersion": "v1.19.0-eksbuild.1"}
    return {"addon": {**named, "configurationValues": values}}


def test_the_add_on_tells_it_too_and_the_daemon_set_comes_first(tmp_path: Path) -> None:
    answer = add_on(WARM_IP_TARGET="3", ENABLE_POD_ENI=True)
    world = shown(tmp_path, WORKERS, answer)
    assert environment(world) == {"WARM_IP_TARGET": "3", "ENABLE_POD_ENI": "true"}
    assert settings(world)["from_manifest"] is True
    assert environment(shown(tmp_path, WORKERS, daemon_set(WARM_IP_TARGET="9"), answer)) == {"WARM_IP_TARGET": "9"}
    assert environment(shown(tmp_path, WORKERS, add_on("other", WARM_IP_TARGET="3"))) == {}


DECLARED = (
    WORKERS
    + """
resource "aws_eks_addon" "cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { WARM_IP_TARGET = "2" } })
}
"""
)


@pytest.mark.parametrize(
    "written",
    [
        'env:\n  WARM_IP_TARGET: "3"\n  ENABLE_POD_ENI: true\ninit:\n  env: {}\n',
        'a: &a { WARM_IP_TARGET: 3 }\nenv: { <<: *a, ENABLE_POD_ENI: "true" }',
        '{env: {WARM_IP_TARGET: 3, ENABLE_POD_ENI: "true"}}',
        '---\nenv: {"WARM_IP_TARGET": "3", "ENABLE_POD_ENI": "true"}',
        '{\n\t"env": {"WARM_IP_TARGET": "3", "ENABLE_POD_ENI": true}}',
    ],
)
def test_the_configuration_of_the_add_on_is_json_or_yaml(written: str, tmp_path: Path) -> None:
    answer = add_on()
    answer["addon"]["configurationValues"] = written
    world = shown(tmp_path, WORKERS, answer)
    assert environment(world) == {"WARM_IP_TARGET": "3", "ENABLE_POD_ENI": "true"}
    assert settings(world)["missing"] is None


@pytest.mark.parametrize("nothing", ["", "  \n", "{}", "env: {}", "env:", "nodeAgent:\n  enabled: true"])
def test_an_add_on_may_set_no_variables(nothing: str, tmp_path: Path) -> None:
    answer = add_on()
    answer["addon"]["configurationValues"] = nothing
    world = shown(tmp_path, WORKERS, answer)
    assert (environment(world), settings(world)["missing"]) == ({}, None)


@pytest.mark.parametrize(
    "broken",
    ["env: [{", '{"env": ', f"{SECRET}", f"env: {SECRET}", "env: [a]", "a: 1\n---\nb: 2"],
)
def test_a_configuration_of_the_add_on_that_is_not_understood_leaves_the_settings_open(
    broken: str, tmp_path: Path
) -> None:
    answer = add_on()
    answer["addon"]["configurationValues"] = broken
    reason = settings(shown(tmp_path, WORKERS, answer))["missing"]["unknown"]
    assert reason.startswith("the configurationValues in ")
    assert reason.endswith("listed-0.txt are neither JSON nor YAML of variables")


def named(name: str) -> dict[str, Any]:
    """Return what `aws eks describe-cluster` prints."""
    return {"cluster": {"name": name, "version": "1.31"}}


def managed(name: str, cluster: str = "main") -> dict[str, Any]:
    """Return what `aws eks describe-nodegroup` prints."""
    return {"nodegroup": {"nodegroupName": name, "clusterName": cluster}}


UNUSED = {
    "another group": (
        auto_scaling("m7g.2xlarge", name="a", node_group="b"),
        "no Auto Scaling group that it lists (a) is known to be of a node group here",
    ),
    "a group of another cluster, of a list that goes on": (
        {**auto_scaling("m7g.2xlarge", name="a", cluster="other"), "NextToken": "x"},
        (
            "no Auto Scaling group that it lists (a) is known to be of a node group here; "
            "the list is not whole (NextToken)"
        ),
    ),
    "no groups": ({"AutoScalingGroups": []}, "no Auto Scaling group is listed"),
    "another node group": (managed("b"), "no node group that it lists (b of main) is known to be one here"),
    "a node group of another cluster": (
        managed("workers", "other"),
        "no node group that it lists (workers of other) is known to be one here",
    ),
    "another cluster": (named("other"), "no cluster that it lists (other) is known to be one here"),
    "the add-on of another cluster": (
        add_on("other"),
        "no add-on vpc-cni that it lists (of other) is known to be of a cluster here",
    ),
}


@pytest.mark.parametrize("case", UNUSED)
def test_a_file_of_which_nothing_is_used_is_no_clean_bill(case: str, tmp_path: Path) -> None:
    answer, why = UNUSED[case]
    (notice,) = shown(tmp_path, WORKERS, answer)["notices"]
    assert notice["message"].replace(f"{tmp_path}/", "") == (
        f"this inventory has nothing of this project: {why} in listed-0.txt; "
        "was it listed with another account, region, profile or context of kubectl?"
    )
    (notice,) = shown(tmp_path, WORKERS, answer, SUBNETS)["notices"]
    assert notice["message"].replace(f"{tmp_path}/", "") == f"nothing of listed-0.txt is used: {why}"


def test_of_what_is_used_no_notice_says_that_it_is_not(tmp_path: Path) -> None:
    answers = [auto_scaling("m7g.2xlarge"), managed("workers"), named("main"), add_on(), add_on(), SUBNETS]
    assert shown(tmp_path, WORKERS, *answers)["notices"] == []
    elsewhere = 'data "aws_eks_cluster" "x" {\n  name = "other"\n}\n'
    assert shown(tmp_path, WORKERS + elsewhere, named("other"))["notices"] == []
    unnamed = 'variable "name" {}\n' + WORKERS.replace('name     = "main"', "name = var.name")
    assert "var.name" in unnamed
    assert shown(tmp_path, unnamed, named("other"), add_on())["notices"] == []


def test_what_runs_is_no_configuration_that_amazon_eks_might_refuse(tmp_path: Path) -> None:
    running = daemon_set(ENABLE_IPv4="true", ENABLE_IPv6="false", DISABLE_TCP_EARLY_DEMUX="true", MAX_ENI="-1")
    for answer in (running, add_on(ENABLE_IPv4="true", AWS_VPC_CNI_NODE_PORT_SUPPORT="true")):
        assert judged(tmp_path, WORKERS, answer, code="PR307") == []
    declared = DECLARED.replace("WARM_IP_TARGET", "ENABLE_IPv4").replace('"2"', '"true"')
    assert judged(tmp_path, declared, code="PR307")


def test_other_answers_change_nothing(tmp_path: Path) -> None:
    other = {"addon": {"addonName": "coredns", "clusterName": "main", "configurationValues": "{}"}}
    proxy = {"kind": "DaemonSet", "metadata": {"name": "kube-proxy"}, "spec": {}}
    for answer in (other, listed(proxy)):
        assert environment(shown(tmp_path, WORKERS, answer)) == {}


def test_a_list_of_eni_configs_that_goes_on_leaves_the_subnets_of_pods_open(tmp_path: Path) -> None:
    on = daemon_set(AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG="true")
    config = {"metadata": {"name": "eu-west-1a"}, "spec": {"subnet": "subnet-3"}}
    answer = {**listed(config, kind="ENIConfigList"), "metadata": {"continue": "x"}}
    pods = settings(shown(tmp_path, WORKERS, on, answer))["pod_subnets"]
    assert (len(pods["items"]), len(pods["missing"])) == (1, 1)


OPEN = (
    WORKERS
    + """
resource "helm_release" "cni" {
  name  = "aws-vpc-cni"
  chart = "aws-vpc-cni"
  values = [file("values-that-are-not-here.yaml")]
}
"""
)


def test_what_the_project_leaves_open_of_the_cni_is_filled(tmp_path: Path) -> None:
    assert settings(shown(tmp_path, OPEN))["missing"] is not None
    world = shown(tmp_path, OPEN, daemon_set(WARM_IP_TARGET="9"))
    assert environment(world) == {"WARM_IP_TARGET": "9"}
    assert settings(world)["missing"] is None


def test_what_is_declared_counts_and_what_differs_is_said(tmp_path: Path) -> None:
    live = daemon_set(WARM_IP_TARGET="9", MAX_ENI="2", WARM_ENI_TARGET="1")
    world = shown(tmp_path, DECLARED, live)
    assert environment(world) == {"WARM_IP_TARGET": "2"}
    assert [one["message"].replace(f"{tmp_path}/", "") for one in world["notices"]] == [
        "WARM_IP_TARGET is '2' here and '9' in listed-0.txt; what is here counts",
        "MAX_ENI is not set here and '2' in listed-0.txt; what is here counts",
    ]


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ('WARM_IP_TARGET = "2"', ["WARM_IP_TARGET is '2'"]),
        ('WARM_IP_TARGET = "2", MINIMUM_IP_TARGET = "4"', ["MINIMUM_IP_TARGET is '4'", "WARM_IP_TARGET is '2'"]),
        ('WARM_ENI_TARGET = "1"', []),
        ('ENABLE_PREFIX_DELEGATION = "False"', []),
        ('AWS_VPC_K8S_CNI_LOG_FILE = "stdout"', []),
        ('HTTP_PROXY = "http://proxy"', []),
        ("WARM_IP_TARGET = var.unknown", []),
    ],
)
def test_what_is_declared_and_does_not_run_is_said(declared: str, told: list[str], tmp_path: Path) -> None:
    text = 'variable "unknown" {}\n' + DECLARED.replace('WARM_IP_TARGET = "2"', declared)
    found = shown(tmp_path, text, daemon_set(ENABLE_POD_ENI="false"))["notices"]
    assert sorted(one["message"].replace(f"{tmp_path}/", "") for one in found) == [
        f"{one} here and not set in listed-0.txt; what is here counts" for one in told
    ]
    assert shown(tmp_path, text, add_on())["notices"] == []


def test_an_inventory_in_the_folder_itself_is_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(DECLARED, encoding="utf-8")
    running = daemon_set(WARM_IP_TARGET="9")
    running["apiVersion"] = "apps/v1"
    (tmp_path / "aws-node.json").write_text(json.dumps(running), encoding="utf-8")

    def read(*arguments: str) -> dict[str, Any]:
        (world,) = json.loads(podroom("show", "--format", "json", str(tmp_path), *arguments).stdout)["worlds"]
        return dict(world)

    assert environment(read())["WARM_IP_TARGET"] == "?"
    world = read("--inventory", f"{tmp_path}/../{tmp_path.name}/aws-node.json")
    assert environment(world) == {"WARM_IP_TARGET": "2"}
    (notice,) = world["notices"]
    assert notice["message"].startswith("WARM_IP_TARGET is '2' here and '9' in ")


def test_eni_configs_tell_the_subnets_of_pods_where_nothing_here_does(tmp_path: Path) -> None:
    on = daemon_set(AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG="true", ENI_CONFIG_LABEL_DEF="topology.kubernetes.io/zone")
    config = {"kind": "ENIConfig", "metadata": {"name": "eu-west-1a"}, "spec": {"subnet": "subnet-3"}}
    world = shown(tmp_path, WORKERS, on, listed(config), SUBNETS)
    (pods,) = settings(world)["pod_subnets"]["items"]
    assert (pods["name"], pods["subnet"]["subnet"]["value"]) == ("eu-west-1a", "subnet-3")
    assert "subnet-3" in [one["address"] for one in world["subnets"]]
    assert not settings(shown(tmp_path, WORKERS, daemon_set(), listed(config)))["pod_subnets"]["items"]


def test_a_cluster_that_is_declared_elsewhere_is_what_amazon_eks_says_it_is(tmp_path: Path) -> None:
    text = WORKERS[WORKERS.index('resource "aws_eks_node_group"') :].replace("aws_eks_cluster.main.name", '"main"')
    network = {"vpcId": "vpc-1", "subnetIds": ["subnet-1", "subnet-2"]}
    answer = {"name": "main", "version": "1.31", "resourcesVpcConfig": network, "computeConfig": {"enabled": False}}
    answer["kubernetesNetworkConfig"] = {"ipFamily": "ipv4"}
    (cluster,) = shown(tmp_path, text, {"cluster": answer})["clusters"]
    assert (cluster["version"]["value"], cluster["auto_mode"]["value"]) == ("1.31", False)
    assert [one["subnet"]["value"] for one in cluster["subnets"]["items"]] == ["subnet-1", "subnet-2"]
    (declared,) = shown(tmp_path, WORKERS, {"cluster": answer})["clusters"]
    assert declared["version"]["value"] == "1.33"


def test_a_data_source_finds_a_cluster_with_its_subnets(tmp_path: Path) -> None:
    text = 'data "aws_eks_cluster" "x" {\n  name = "main"\n}\n'
    nodes = WORKERS[WORKERS.index('resource "aws_eks_node_group"') :]
    nodes = nodes.replace("aws_eks_cluster.main.name", "data.aws_eks_cluster.x.name")
    nodes = nodes.replace('["subnet-1", "subnet-2"]', "data.aws_eks_cluster.x.vpc_config[0].subnet_ids")
    answer = {"name": "main", "version": "1.31", "resourcesVpcConfig": {"subnetIds": ["subnet-2", "subnet-3"]}}
    world = shown(tmp_path, text + nodes, {"cluster": answer}, SUBNETS)
    assert used(world) == ["subnet-2", "subnet-3"]
    assert [one["zone"]["value"] for one in world["subnets"]] == ["eu-west-1b", "eu-west-1a"]
    assert used(shown(tmp_path, text + nodes, {"cluster": {**answer, "name": "other"}}, SUBNETS)) == ["?"]


# --- free addresses --------------------------------------------------------------------------------

GROWING = WORKERS.replace("m7g.2xlarge", "m5.large").replace("max_size     = 3", "max_size     = 8")
RUNNING = [
    {"InstanceId": "i-1", "AvailabilityZone": "eu-west-1a", "LifecycleState": "InService"},
    {"InstanceId": "i-2", "AvailabilityZone": "eu-west-1b", "LifecycleState": "InService"},
    {"InstanceId": "i-3", "AvailabilityZone": "eu-west-1b", "LifecycleState": "Terminating"},
]


def growing(free: int, instances: Sequence[object] = RUNNING) -> list[dict[str, Any]]:
    """Return what is listed of two subnets and of the group that runs one node in each."""
    group = auto_scaling("m5.large", cluster="main")
    group["AutoScalingGroups"][0] |= {"VPCZoneIdentifier": "subnet-1,subnet-2", "Instances": list(instances)}
    subnets = [{**one, "AvailableIpAddressCount": free} for one in SUBNETS["Subnets"]]
    return [{"Subnets": subnets}, group]


@pytest.mark.parametrize(
    ("free", "severity"), [(59, "error"), (60, "warning"), (89, "warning"), (90, None), (200, None)]
)
def test_free_addresses_have_to_do_for_the_nodes_to_come(free: int, severity: str | None, tmp_path: Path) -> None:
    found = judged(tmp_path, GROWING, *growing(free), code="PR207")
    assert [one["severity"] for one in found] == ([severity] * 2 if severity else [])
    for one in found:
        assert (one["evidence"]["more_nodes"], one["evidence"]["demand"]) == (3, 60 if severity == "error" else 90)
        assert "which does not say when that was" in one["assumption"]


def test_without_the_number_of_running_nodes_it_is_open_only_where_it_matters(tmp_path: Path) -> None:
    for free, open_ones in ((119, 1), (120, 0)):
        answers = growing(free)[:1]
        result = podroom("check", "--format", "json", *files(tmp_path, GROWING, answers))
        undecided = [one for one in json.loads(result.stdout)["undecided"] if "PR207" in one["codes"]]
        assert len(undecided) == open_ones
        assert all("was not listed" in one["reason"] for one in undecided)


def test_how_many_nodes_have_their_pods_in_a_subnet_is_not_listed(tmp_path: Path) -> None:
    on = daemon_set(AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG="true", ENI_CONFIG_LABEL_DEF="topology.kubernetes.io/zone")
    configs = [
        {"kind": "ENIConfig", "metadata": {"name": f"eu-west-1{zone}"}, "spec": {"subnet": name}}
        for zone, name in (("a", "subnet-1"), ("b", "subnet-2"))
    ]
    result = podroom("check", "--format", "json", *files(tmp_path, GROWING, [*growing(10), on, listed(*configs)]))
    reasons = [one["reason"] for one in json.loads(result.stdout)["undecided"] if "PR207" in one["codes"]]
    assert reasons
    assert all(reason.startswith("how many nodes of aws_eks_node_group.workers have pods in ") for reason in reasons)


NOBODY = GROWING[GROWING.index('resource "aws_eks_node_group"') :].replace('"workers"', '"nobody"')
NOBODY = NOBODY.replace("max_size     = 8", "max_size     = 0").replace("= 1", "= 0")


def test_nodes_to_come_are_those_that_may_still_start(tmp_path: Path) -> None:
    found = judged(tmp_path, GROWING + NOBODY, *growing(60), code="PR207")
    assert [one["evidence"]["node_groups"] for one in found] == [["aws_eks_node_group.workers"]] * 2
    crowd = [{**RUNNING[number % 2], "InstanceId": f"i-{number}"} for number in range(10)]
    assert judged(tmp_path, GROWING, *growing(0, crowd), code="PR207") == []  # two more than there should be


def reserves(folder: Path, *answers: object) -> dict[str, tuple[int, int]]:
    """Return what is kept of subnet-1 beside nodes, by whom."""
    result = podroom("capacity", "--format", "json", *files(folder, GROWING, answers))
    assert result.exit_code == 0, result.output
    (configuration,) = json.loads(result.stdout)["configurations"]
    found = next(one for one in configuration["subnets"] if one["address"] == "subnet-1")
    named = {one["name"].partition(" (")[0]: one["addresses"] for one in found["reserves"]}
    return {name: (one["least"], one["most"]) for name, one in named.items()}


def instance(identity: str, subnet_id: str, addresses: int, prefixes: int = 0) -> dict[str, Any]:
    """Return an instance as `aws ec2 describe-instances` lists it."""
    interface = {"SubnetId": subnet_id, "PrivateIpAddresses": [{}] * addresses, "Ipv4Prefixes": [{}] * prefixes}
    return {
        "InstanceId": identity,
        "InstanceType": "m5.large",
        "SubnetId": subnet_id,
        "State": {"Name": "running"},
        "NetworkInterfaces": [interface],
        "Tags": [{"Key": "aws:autoscaling:groupName", "Value": "eks-workers-1"}],
    }


def test_what_others_have_of_a_subnet_is_what_is_taken_less_what_our_nodes_hold(tmp_path: Path) -> None:
    # 251 usable - 151 free = 100 taken; a node of m5.large holds 10 (idle) to 30 (full), and all at most 100.
    assert reserves(tmp_path, growing(151)[0])["others"] == (0, 100)
    assert reserves(tmp_path, *growing(151))["others"] == (70, 90)
    exact = {"Reservations": [{"Instances": [instance("i-1", "subnet-1", 12), instance("i-2", "subnet-2", 1, 2)]}]}
    assert reserves(tmp_path, *growing(151), exact)["others"] == (88, 88)
    others = {"Reservations": [{"Instances": [instance("i-9", "subnet-1", 12)]}]}
    assert reserves(tmp_path, *growing(151), others)["others"] == (70, 90)
    assert "others" not in reserves(tmp_path, {"Subnets": [{**subnet(1), "AvailableIpAddressCount": None}]})


# --- secrets ---------------------------------------------------------------------------------------


def planted(value: object) -> object:
    """Return an answer with a secret in every object, beside what is read."""
    if isinstance(value, dict):
        return {**{key: planted(one) for key, one in value.items()}, "Password": SECRET, SECRET: 1}
    return [planted(one) for one in value] if isinstance(value, list) else value


USER_DATA = NODE_CONFIG.replace("20", "58").replace(
    "\n--//--", f"\n--//\nContent-Type: text/x-shellscript\n\n#!/bin/bash\nexport TOKEN={SECRET}\n\n--//--"
)
FORMATS = {
    "check": ("text", "json", "sarif", "junit", "github", "gitlab", "markdown", "rdjson"),
    "capacity": ("text", "json", "csv", "markdown", "html"),
    "recommend": ("text", "json", "markdown"),
    "show": ("tree", "json"),
}


IN_NUMBERS = {"WARM_IP_TARGET": SECRET, "MINIMUM_IP_TARGET": {"valueFrom": {"secretKeyRef": {"key": SECRET}}}}


@pytest.mark.parametrize("in_numbers", [False, True])
def test_no_output_gives_away_a_secret_of_an_inventory(in_numbers: bool, tmp_path: Path) -> None:
    texts = {"MY_TOKEN": SECRET, "ADDITIONAL_ENI_TAGS": SECRET, "ENI_CONFIG_LABEL_DEF": f"{SECRET} {SECRET}"}
    on = daemon_set(**texts, **(IN_NUMBERS if in_numbers else {}))
    reference = {"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "4"}}
    group = auto_scaling("m7g.large", **reference)
    group["AutoScalingGroups"][0] |= {"VPCZoneIdentifier": "subnet-1,subnet-2", "Instances": RUNNING}
    group["AutoScalingGroups"][0]["Tags"] += [{"Key": "password", "Value": SECRET}]
    secret_tag = {"Tags": [{"Key": "password", "Value": SECRET}, {"Key": SECRET, "Value": "1"}]}
    answers = [
        {"Subnets": [{**subnet(1), **secret_tag}, {**subnet(2), **secret_tag}]},
        {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", **secret_tag}]},
        group,
        versions("m7g.large", USER_DATA),
        {"LaunchTemplates": [{"LaunchTemplateId": "lt-1", "LaunchTemplateName": "eks-1", "LatestVersionNumber": 4}]},
        {"Reservations": [{"Instances": [instance("i-1", "subnet-1", 12)]}]},
        {"nodegroup": {"nodegroupName": "workers", "clusterName": "main"}},
        {"cluster": {"name": "main", "version": "1.33", "certificateAuthority": {"data": SECRET}}},
        add_on(WARM_IP_TARGET=SECRET, TOKEN=SECRET),
        listed(node(instance="i-1", password=SECRET)),
        on,
        listed({"kind": "ENIConfig", "metadata": {"name": "a"}, "spec": {"subnet": "subnet-2"}}),
    ]
    arguments = files(tmp_path, GROWING.replace("m5.large", "m7g.2xlarge"), [planted(one) for one in answers])
    spelled = {SECRET, base64.b64encode(USER_DATA.encode()).decode()[:40]}
    said = ""
    for command, formats in FORMATS.items():
        for name in formats[:2] if in_numbers else formats:
            output = podroom(command, "--format", name, *arguments).output
            assert not [secret for secret in spelled if secret in output], (command, name)
            said += output
    assert ("kubelet 58, room 29" in said) is not in_numbers
    assert ("58 pods, but has room for 29" in said) is not in_numbers
    assert ("WARM_IP_TARGET has a value in" in said) is in_numbers


def test_a_what_if_changes_nothing_of_what_running_nodes_hold(tmp_path: Path) -> None:
    settings_tried = ("--env", "WARM_IP_TARGET=2", "--env", "MINIMUM_IP_TARGET=18")
    exact = {"Reservations": [{"Instances": [instance("i-1", "subnet-1", 12), instance("i-2", "subnet-2", 12)]}]}
    for answers, today, then in ((growing(151), (70, 90), (0, 100)), ([*growing(151), exact], (88, 88), (88, 88))):
        for tried in (settings_tried, ("--set", "workers.instance_types=m5.xlarge")):
            arguments = [*tried, *files(tmp_path, GROWING, answers)]
            (found,) = json.loads(podroom("capacity", "--format", "json", *arguments).stdout)["configurations"]
            for said, expected in ((found["subnets"], today), (found["what_if"]["subnets"], then)):
                others = [
                    (one["addresses"]["least"], one["addresses"]["most"])
                    for subnet_found in said
                    for one in subnet_found["reserves"]
                    if one["name"].startswith("others ")
                ]
                assert others == [expected] * 2


def test_that_a_list_is_of_no_cluster_is_said_once_for_all_folders(tmp_path: Path) -> None:
    for name in ("blue", "green"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(WORKERS, encoding="utf-8")
    arguments = files(tmp_path, "", [daemon_set()])
    worlds = json.loads(podroom("show", "--format", "json", *arguments).stdout)["worlds"]
    assert sorted(len(world["notices"]) for world in worlds) == [0, 0, 1]
