"""`podroom recommend`: what it recommends, what it never does, and that its JSON is what the schema says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from capacity_helpers import eks_cluster, flowed, node_group, strict, subnet, write
from checkout import CHECKOUT, EXAMPLES, SCENARIOS, podroom
from podroom.capacity.what_if import EnvironmentChange
from podroom.report.cni_lines import ways_to_set
from schemas import validator_of
from worlds import CASES, drawn, worlds_of

SCHEMA: dict[str, Any] = json.loads(
    (CHECKOUT / "linter/podroom/report/schemas/recommend-v1.json").read_text(encoding="utf-8")
)
CLOSED: Any = strict(SCHEMA)
STRICT = validator_of(CLOSED)
GROUP = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "CIDR"
}
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.nodes.id]
  }
}
resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { ENVIRONMENT } })
}
resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.nodes.id]
  instance_types  = ["TYPE"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = NODES
  }
}
"""


def report(*arguments: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(podroom("recommend", "--format", "json", *arguments).stdout)
    return parsed


def advice(
    folder: Path,
    *arguments: str,
    kind: str = "m5.large",
    nodes: int = 20,
    cidr: str = "10.0.0.0/20",
    environment: str = "",
) -> dict[str, Any]:
    """Return what is recommended for one cluster with one group."""
    text = GROUP.replace("TYPE", kind).replace("NODES", str(nodes)).replace("CIDR", cidr)
    (folder / "main.tf").write_text(text.replace("ENVIRONMENT", environment), encoding="utf-8")
    (found,) = report(str(folder), *arguments)["configurations"][0]["clusters"]
    assert isinstance(found, dict)
    return found


def test_large_nodes_are_told_to_count_addresses() -> None:
    result = podroom("recommend", (EXAMPLES / "large-nodes-few-pods").as_posix())

    assert result.exit_code == 0
    assert "set WARM_IP_TARGET=3, MINIMUM_IP_TARGET=19" in result.stdout
    assert "kubectl set env daemonset aws-node -n kube-system WARM_IP_TARGET=3 MINIMUM_IP_TARGET=19" in result.stdout
    assert "full nodes do not fit: with max pods of 78 or less they do" in flowed(result.stdout)


@pytest.mark.parametrize(
    ("nodes", "warm"), [(49, 2), (50, 3), (400, 3)], ids=["few nodes", "many nodes", "very many nodes"]
)
def test_large_clusters_keep_more_addresses_warm(tmp_path: Path, nodes: int, warm: int) -> None:
    found = advice(tmp_path, nodes=nodes)

    assert found["changes"] == {"WARM_IP_TARGET": str(warm), "MINIMUM_IP_TARGET": str(16 + warm)}


@pytest.mark.parametrize("pods", [1, 5, 16, 27])
def test_the_calls_are_bounded_and_the_addresses_fewer(tmp_path: Path, pods: int) -> None:
    found = advice(tmp_path, "--pods-per-node", str(pods), kind="m5.4xlarge")

    today, then = found["today"], found["then"]
    assert found["verdict"] == "change"
    assert then["addresses"] < today["addresses"]
    assert then["ec2_calls"] <= max(2, today["ec2_calls"])


def test_what_is_set_is_kept_if_nothing_takes_less(tmp_path: Path) -> None:
    environment = 'WARM_IP_TARGET = "2", MINIMUM_IP_TARGET = "18"'

    found = advice(tmp_path, environment=environment)

    assert (found["verdict"], found["changes"], found["lines"]) == ("keep", {}, [])


def test_a_minimum_alone_gets_a_warm_target_and_other_variables_stay(tmp_path: Path) -> None:
    found = advice(tmp_path, environment='MINIMUM_IP_TARGET = "5", AWS_VPC_K8S_CNI_LOGLEVEL = "INFO"')

    assert found["today"]["unserved_pods"] == 11
    assert found["then"]["unserved_pods"] == 0
    terraform, eksctl, _ = found["lines"]
    assert terraform["title"].startswith("Terraform, to change in env of configuration_values of aws_eks_addon.vpc_cni")
    assert terraform["text"].splitlines() == [
        f'MINIMUM_IP_TARGET = "18"  # today "5" ({(tmp_path / "main.tf").as_posix()}:20)',
        'WARM_IP_TARGET = "2"',
    ]
    assert re.search(r'AWS_VPC_K8S_CNI_LOGLEVEL\W+"INFO"', eksctl["text"])


def test_prefix_delegation_without_a_target_gets_one(tmp_path: Path) -> None:
    environment = 'ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "0"'

    found = advice(tmp_path, environment=environment)

    assert found["verdict"] == "change"
    assert any("aws-node exits at start" in reason for reason in found["reasons"])
    targets = {name: int(value or 0) for name, value in found["changes"].items()}
    assert any(targets.values())


@pytest.mark.parametrize(("kind", "helps"), [("m5.large", True), ("m4.large", False)], ids=["Nitro", "Xen"])
def test_prefix_delegation_is_for_types_that_have_it(tmp_path: Path, kind: str, *, helps: bool) -> None:
    found = advice(tmp_path, "--pods-per-node", "60", kind=kind)

    remedies = " ".join(remedy["text"] for remedy in found["remedies"])
    assert ("ENABLE_PREFIX_DELEGATION=true makes room for 432" in remedies) is helps
    assert ("prefix delegation does not help this type" in remedies) is not helps
    assert "ENABLE_PREFIX_DELEGATION" not in found["changes"]


def test_a_subnet_that_no_setting_saves_needs_another_size(tmp_path: Path) -> None:
    found = advice(tmp_path, nodes=40, cidr="10.0.0.0/24")

    # 40 nodes with 18 addresses on 2 interfaces, and 9 for the control plane: 809 of 251.
    # An update adds 2 nodes.
    larger, apart = found["remedies"][:2]
    assert "849 addresses with an update, 10.0.0.0/24 has 251; a /22 would do" in larger["text"]
    assert larger["effects"][0].startswith("aws_subnet.nodes 10.0.0.0/22, left: 16 pods -558 before, 210 after")
    assert larger["lines"][0]["text"] == 'cidr_block = "10.0.4.0/22"  # today 10.0.0.0/24'
    assert "secondary block, a /22 for each zone" in apart["text"]
    assert [line["title"].partition(" (")[0] for line in apart["lines"]] == [
        "Terraform, subnets for pods",
        "Terraform, as configuration_values of aws_eks_addon.vpc_cni",
        "eksctl, in the ClusterConfig",
        "by hand, where nothing else manages the add-on",
        "Terraform, in configuration_values beside env",
    ]
    assert 'cidr_block        = "100.64.0.0/22"' in apart["lines"][0]["text"]


@pytest.mark.parametrize(
    ("case", "first_line"),
    [
        ("vpc-and-eks-modules-small-subnets", "cluster_addons = {"),
        ("eks-module-v21-prefix-delegation", 'WARM_IP_TARGET = "2"'),
        ("cloudposse-modules", 'WARM_IP_TARGET = "2"'),
    ],
)
def test_a_cluster_of_a_module_gets_the_lines_of_that_module(case: str, first_line: str) -> None:
    (world,) = worlds_of(CHECKOUT / "tests/cases/configurations" / case)

    lines = ways_to_set(world.clusters[0], [EnvironmentChange("WARM_IP_TARGET", "2")])[0]

    assert lines.text.splitlines()[0] == first_line
    assert "module." not in lines.text


def test_nothing_is_recommended_where_the_settings_are_not_known(tmp_path: Path) -> None:
    (tmp_path / "variables.tf").write_text('variable "target" {}\n', encoding="utf-8")

    found = advice(tmp_path, environment="WARM_IP_TARGET = var.target")

    assert (found["verdict"], found["changes"]) == ("undecided", {})
    assert any("var.target has no value" in gap["reason"] for gap in found["gaps"])


def test_markdown_has_before_and_after_and_the_lines() -> None:
    output = podroom("recommend", "--format", "markdown", (EXAMPLES / "large-nodes-few-pods").as_posix()).stdout

    assert '| `aws_subnet.nodes["0"]` | 4,091 | 2,500 \u2192 1,000 | 5,000 \u2192 1,000 |' in output
    assert output.count("```") == 8


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_output_for_an_example_has_exactly_the_members_that_the_schema_describes(scenario: str) -> None:
    STRICT.validate(report((EXAMPLES / scenario).as_posix()))


@pytest.mark.once("every case against a schema")
@pytest.mark.parametrize("case", drawn(CASES, 4), ids=lambda case: case.name)
def test_the_output_for_a_case_has_exactly_the_members_that_the_schema_describes(case: Path) -> None:
    found = report(case.as_posix())

    STRICT.validate(found)
    for configuration in found["configurations"]:
        for cluster in configuration["clusters"]:
            if cluster["verdict"] == "change":
                assert cluster["then"]["unserved_pods"] <= cluster["today"]["unserved_pods"]
                assert int(cluster["changes"].get("WARM_IP_TARGET") or 0) != 1


def test_what_the_new_targets_make_void_is_taken_away(tmp_path: Path) -> None:
    found = advice(tmp_path, environment='WARM_ENI_TARGET = "2"')

    assert found["changes"] == {"WARM_IP_TARGET": "2", "MINIMUM_IP_TARGET": "18", "WARM_ENI_TARGET": None}
    assert "# take away WARM_ENI_TARGET" in found["lines"][0]["text"]
    assert "WARM_ENI_TARGET-" in found["lines"][2]["text"]


def two_clusters(folder: Path) -> str:
    return write(
        folder,
        subnet("a", "10.0.0.0/22"),
        *(
            part
            for name in ("blue", "green")
            for part in (eks_cluster(name), node_group(name, cluster=name, sizes=(1, 2, 9)))
        ),
    )


def test_lines_for_several_clusters_say_whose_they_are(tmp_path: Path) -> None:
    clusters = report(two_clusters(tmp_path))["configurations"][0]["clusters"]

    first_lines = [cluster["lines"][0]["text"].splitlines()[:2] for cluster in clusters]
    assert first_lines == [
        ['resource "aws_eks_addon" "vpc_cni_blue" {', "  cluster_name = aws_eks_cluster.blue.name"],
        ['resource "aws_eks_addon" "vpc_cni_green" {', "  cluster_name = aws_eks_cluster.green.name"],
    ]
    assert all(cluster["address"] in way["title"] for cluster in clusters for way in cluster["lines"])


def test_an_add_on_without_settings_gets_them_all(tmp_path: Path) -> None:
    bare = 'resource "aws_eks_addon" "cni" {\n  cluster_name = aws_eks_cluster.main.name\n  addon_name = "vpc-cni"\n}\n'
    folder = write(tmp_path, subnet("a", "10.0.0.0/22"), eks_cluster(), node_group("g"), bare)

    (cluster,) = report(folder)["configurations"][0]["clusters"]

    assert "as configuration_values of aws_eks_addon.cni" in cluster["lines"][0]["title"]
    assert cluster["lines"][0]["text"].startswith("configuration_values = jsonencode({")


@pytest.mark.once("it judges every case")
@pytest.mark.parametrize("case", drawn(CASES, 4), ids=lambda case: case.name)
def test_no_second_resource_is_made_of_what_is_declared(case: Path) -> None:
    for world in worlds_of(case):
        for cluster in world.clusters:
            if cluster.cni.declared_by is not None:
                for way in ways_to_set(cluster, [EnvironmentChange("WARM_IP_TARGET", "7")]):
                    assert way.language != "hcl" or "resource" not in way.text


def test_max_pods_is_not_raised_where_kubelet_accepts_enough(tmp_path: Path) -> None:
    # The trunk leaves 18 addresses; Amazon EKS gives 110 as soon as there are prefixes.
    found = advice(tmp_path, "--pods-per-node", "20", environment='ENABLE_POD_ENI = "true"')

    (remedy, *_) = found["remedies"]
    assert "ENABLE_PREFIX_DELEGATION=true makes room for 288; replace the nodes" in remedy["text"]
    assert 'ENABLE_PREFIX_DELEGATION = "true"' in remedy["lines"][0]["text"]


def test_the_smallest_type_of_a_managed_group_is_told_once(tmp_path: Path) -> None:
    group = node_group("g", types="m5.large,m5.xlarge,t3.medium")
    folder = write(tmp_path, subnet("a", "10.0.0.0/20"), eks_cluster(), group)

    (cluster,) = report(folder)["configurations"][0]["clusters"]

    (remedy,) = [one for one in cluster["remedies"] if "smallest type" in one["text"]]
    assert "17 because of t3.medium" in remedy["text"]
    assert remedy["lines"][0]["text"] == 'instance_types = ["m5.large", "m5.xlarge"]'
    assert not any("raise max pods" in one["text"] for one in cluster["remedies"])


def test_a_low_number_of_kubelet_is_raised_where_it_is_written(tmp_path: Path) -> None:
    folder = CHECKOUT / "examples/eksctl/max-pods-per-node"
    text = (folder / "cluster.yaml").read_text(encoding="utf-8")
    (tmp_path / "cluster.yaml").write_text(re.sub(r"maxPodsPerNode: \d+", "maxPodsPerNode: 12", text), encoding="utf-8")

    (cluster,) = report(str(tmp_path))["configurations"][0]["clusters"]

    raised = [one for one in cluster["remedies"] if "raise max pods to 18" in one["text"]]
    assert raised
    assert raised[0]["lines"][0]["text"] == "maxPodsPerNode: 18"
