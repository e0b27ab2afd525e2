"""What a configuration or plan names and does not hold, found in an inventory: ids, launch templates, selectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checkout import podroom
from test_inventory import CLUSTER, NODES, SECRET, SUBNETS, VPCS, files, filtered, judged, shown, subnet, used, versions
from test_live_groups import BOOTSTRAP, BOTTLEROCKET, NODEADM
from test_plan_files import FILES, archive

# --- launch templates ------------------------------------------------------------------------------

SELF_MANAGED = (
    CLUSTER
    + """
resource "aws_autoscaling_group" "workers" {
  min_size = 1
  max_size = 3
  launch_template {
    REFERENCE
  }
  tag {
    key                 = "kubernetes.io/cluster/main"
    value               = "owned"
    propagate_at_launch = true
  }
}
"""
)
MIXED = SELF_MANAGED.replace(
    "  launch_template {\n    REFERENCE\n  }",
    "  mixed_instances_policy {\n    launch_template {\n      launch_template_specification {\n        REFERENCE\n"
    "      }\n"
    '      override {\n        instance_type = "m7g.large"\n      }\n    }\n  }',
)
MANAGED = (
    CLUSTER
    + """
resource "aws_eks_node_group" "workers" {
  cluster_name   = aws_eks_cluster.main.name
  subnet_ids     = ["subnet-1", "subnet-2"]
  launch_template {
    REFERENCE
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""
)
LOOKED_UP = 'data "aws_launch_template" "x" {\n  name = "eks-1"\n}\n'
REFERENCES = {
    "by its id": (SELF_MANAGED, 'id = "lt-1"\n    version = "4"'),
    "by its name, the latest version": (SELF_MANAGED, 'name = "eks-1"\n    version = "$Latest"'),
    "by its id, the default version": (SELF_MANAGED, 'id = "lt-1"'),
    "through a data source": (
        LOOKED_UP + SELF_MANAGED,
        "id = data.aws_launch_template.x.id\n    version = data.aws_launch_template.x.latest_version",
    ),
    "in a mixed instances policy": (MIXED, 'launch_template_id = "lt-1"\n        version = "4"'),
    "of a managed node group": (MANAGED, 'id = "lt-1"\n    version = 4'),
}


@pytest.mark.parametrize("case", REFERENCES)
@pytest.mark.parametrize("user_data", [BOOTSTRAP, NODEADM, BOTTLEROCKET])
def test_a_launch_template_that_is_only_named_is_read_as_it_was_listed(
    case: str, user_data: str, tmp_path: Path
) -> None:
    text, reference = REFERENCES[case]
    text = text.replace("REFERENCE", reference)
    (finding,) = judged(tmp_path, text, versions("m7g.large", user_data.format(58)), code="PR101")
    assert (finding["evidence"]["max_pods"], finding["evidence"]["room"]) == (58, 29)
    assert judged(tmp_path, text, versions("m7g.large", user_data.format(29)), code="PR101") == []
    assert judged(tmp_path, text, code="PR101") == []
    assert not shown(tmp_path, text, versions("m7g.large", user_data.format(29)))["notices"]


STILL_OPEN = {
    "another version": ('id = "lt-1"\n    version = "7"', "launch template lt-1 version 7 is in no inventory"),
    "another template": ('id = "lt-7"\n    version = "4"', "launch template lt-7 version 4 is in no inventory"),
    "a version that is not known": ('id = "lt-1"\n    version = var.version', "lt-1 is not in this configuration"),
    "a template that is not known": ("id = var.version", "var.version has no value"),
}


@pytest.mark.parametrize("case", STILL_OPEN)
@pytest.mark.parametrize("text", [MANAGED, SELF_MANAGED])
def test_a_launch_template_that_was_not_listed_leaves_the_group_open(text: str, case: str, tmp_path: Path) -> None:
    reference, reason = STILL_OPEN[case]
    text = 'variable "version" {}\n' + text.replace("REFERENCE", reference)
    world = shown(tmp_path, text, versions("m7g.large", BOOTSTRAP.format(58)))
    (group,) = world["node_groups"]
    assert group["launch_template"] is None
    assert reason in group["launch_template_missing"]["unknown"]
    assert [reason in one["unknown"] for one in group["instance_types"]["missing"]] == [True]


def test_a_managed_group_without_an_image_of_its_own_keeps_what_amazon_eks_adds(tmp_path: Path) -> None:
    answer = versions("m7g.large")
    del answer["LaunchTemplateVersions"][0]["LaunchTemplateData"]["ImageId"]
    (group,) = shown(tmp_path, MANAGED.replace("REFERENCE", 'id = "lt-1"\n    version = 4'), answer)["node_groups"]
    assert group["own_image"]["value"] is False
    assert [one["type"]["value"] for one in group["instance_types"]["items"]] == ["m7g.large"]
    del answer["LaunchTemplateVersions"][0]["LaunchTemplateData"]["InstanceType"]
    (group,) = shown(tmp_path, MANAGED.replace("REFERENCE", 'id = "lt-1"\n    version = 4'), answer)["node_groups"]
    assert [one["type"]["value"] for one in group["instance_types"]["items"]] == ["t3.medium"]
    answer["LaunchTemplateVersions"][0]["LaunchTemplateData"]["InstanceRequirements"] = {"VCpuCount": {"Min": 2}}
    (group,) = shown(tmp_path, MANAGED.replace("REFERENCE", 'id = "lt-1"\n    version = 4'), answer)["node_groups"]
    assert "by their attributes" in group["instance_types"]["items"][0]["type"]["unknown"]


def test_no_secret_of_a_launch_template_that_is_only_named_gets_out(tmp_path: Path) -> None:
    text = SELF_MANAGED.replace("REFERENCE", 'id = "lt-1"\n    version = "4"')
    answer = versions("m7g.large", f"{BOOTSTRAP.format(58)}export TOKEN={SECRET}\n")
    for command, name in (("check", "json"), ("check", "sarif"), ("show", "json"), ("capacity", "html")):
        output = podroom(command, "--format", name, *files(tmp_path, text, [answer])).output
        assert SECRET not in output
        assert answer["LaunchTemplateVersions"][0]["LaunchTemplateData"]["UserData"][:40] not in output


# --- Karpenter -------------------------------------------------------------------------------------

NODE_CLASS = """
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: { name: default }
spec:
  role: nodes
  amiSelectorTerms: [{ alias: al2023@latest }]
  subnetSelectorTerms:
TERMS
---
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: { name: default }
spec:
  template:
    spec:
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
"""
DISCOVERED = {
    "Subnets": [
        subnet(1, karpenter="main", tier="private"),
        subnet(2, "eu-west-1b", karpenter="main", tier="private-b"),
        subnet(3, "eu-west-1c", karpenter="other", tier="private"),
        subnet(8, "eu-west-1b", karpenter="main", tier="public"),
    ]
}
TERMS = {
    "- tags: { karpenter: main }": ["subnet-1", "subnet-2", "subnet-8"],
    "- tags: { karpenter: main, tier: private }": ["subnet-1"],
    '- tags: { karpenter: main, tier: "private*" }': ["subnet-1", "subnet-2"],
    '- tags: { karpenter: "*" }': ["subnet-1", "subnet-2", "subnet-3", "subnet-8"],
    "- id: subnet-3\n  - tags: { tier: public }": ["subnet-3", "subnet-8"],
    "- id: subnet-1\n  - tags: { tier: private }": ["subnet-1", "subnet-3"],
    "- tags: { tier: public }\n  - tags: { tier: private-b }": ["subnet-8", "subnet-2"],
}
REGION = 'provider "aws" {\n  region = "eu-west-1"\n}\n'


def node_class(folder: Path, terms: str, *answers: object, text: str = REGION + CLUSTER) -> dict[str, Any]:
    (folder / "karpenter.yaml").write_text(NODE_CLASS.replace("TERMS", f"  {terms}"), encoding="utf-8")
    return shown(folder, text, *answers)


def chosen(world: dict[str, Any]) -> list[str]:
    (known,) = world["node_classes"]
    uses = known["subnets"]
    return [one["subnet"]["value"] for one in uses["items"]] + ["?"] * len(uses["missing"])


@pytest.mark.parametrize("terms", TERMS)
def test_karpenter_chooses_subnets_by_tags_as_filters_of_ec2(terms: str, tmp_path: Path) -> None:
    world = node_class(tmp_path, terms, DISCOVERED)
    assert chosen(world) == TERMS[terms]
    free = {one["address"]: one["free"]["value"] for one in world["subnets"]}
    assert set(TERMS[terms]) <= free.keys()
    assert world["notices"] == []


def test_what_was_free_in_the_subnets_of_karpenter_is_told(tmp_path: Path) -> None:
    node_class(tmp_path, "- tags: { tier: private }", DISCOVERED)
    result = podroom("capacity", str(tmp_path), "--inventory", str(tmp_path / "listed-0.txt"))
    told = " ".join(result.stdout.split())
    assert "not counted; free of its subnets when they were listed: 101 of subnet-1, 103 of subnet-3" in told


SELECTS_NOTHING = {
    "nothing has the tags": ("- tags: { karpenter: nobody }", [DISCOVERED], "nothing fits in "),
    "the list is cut off": ("- tags: { karpenter: main }", [{**DISCOVERED, "NextToken": "x"}], "is not the whole list"),
    "another region": (
        "- tags: { karpenter: main }",
        [{"Subnets": [subnet(1, "us-east-1a", karpenter="main")]}],
        "nothing fits in ",
    ),
}


@pytest.mark.parametrize("case", SELECTS_NOTHING)
def test_subnets_of_karpenter_that_were_not_listed_stay_open(case: str, tmp_path: Path) -> None:
    terms, answers, reason = SELECTS_NOTHING[case]
    world = node_class(tmp_path, terms, *answers)
    assert chosen(world) == ["?"]
    assert any(
        one["message"].startswith("EC2NodeClass/default is not resolved: ") and reason in one["message"]
        for one in world["notices"]
    )


def test_subnets_of_the_project_keep_their_addresses_and_those_to_come_are_chosen_too(tmp_path: Path) -> None:
    own = """
    resource "aws_subnet" "made" {
      cidr_block = "10.0.1.0/24"
      tags       = { Name = "private-1", tier = "private" }
    }
    resource "aws_subnet" "to_come" {
      cidr_block = "10.0.77.0/24"
      tags       = { tier = "private-c" }
    }
    """
    world = node_class(tmp_path, '- tags: { tier: "private*" }', DISCOVERED, text=REGION + CLUSTER + own)
    assert chosen(world) == ["aws_subnet.made", "aws_subnet.to_come", "subnet-2", "subnet-3"]


# --- a plan file, and a plan alone ----------------------------------------------------------------------------------


def resource(kind: str, called: str, /, **values: object) -> dict[str, Any]:
    """Return a resource of a state, as `terraform show -json` prints it."""
    provider = "registry.terraform.io/hashicorp/aws"
    one = {"address": f"{kind}.{called}", "mode": "managed", "type": kind, "name": called, "provider_name": provider}
    return {**one, "values": values, "sensitive_values": {}}


ALONE = [
    resource("aws_vpc", "main", id="vpc-1"),
    resource("aws_subnet", "own", id="subnet-1", vpc_id="vpc-1", availability_zone="eu-west-1a"),
    resource("aws_eks_cluster", "main", name="main", version="1.33", vpc_config=[{"subnet_ids": ["subnet-2"]}]),
    resource(
        "aws_eks_node_group",
        "workers",
        cluster_name="main",
        node_group_name="workers",
        subnet_ids=["subnet-1", "subnet-2"],
        launch_template=[{"id": "lt-1", "version": "4"}],
        scaling_config=[{"min_size": 1, "desired_size": 1, "max_size": 3}],
    ),
]


def test_ids_in_a_plan_alone_are_found_in_an_inventory(tmp_path: Path) -> None:
    state = {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {"resources": ALONE}}}
    (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
    answers = [SUBNETS, VPCS, versions("m7g.large", NODEADM.format(58))]
    arguments = [str(tmp_path / "state.json"), *files(tmp_path, "", answers)[1:]]
    (tmp_path / "main.tf").unlink()
    (world,) = json.loads(podroom("show", "--format", "json", *arguments).stdout)["worlds"]
    found = {one["address"]: (one["cidr"]["value"], one["free"]["value"]) for one in world["subnets"]}
    assert found == {"aws_subnet.own": ("10.0.1.0/24", 101), "subnet-2": ("10.0.2.0/24", 102)}
    (vpc,) = world["vpcs"]
    assert [one["value"] for one in vpc["cidrs"]["items"]] == ["10.0.0.0/16"]
    assert world["notices"] == []
    report = json.loads(podroom("check", "--format", "json", *arguments).stdout)
    (finding,) = (one for one in report["findings"] if one["code"] == "PR101")
    assert (finding["evidence"]["max_pods"], finding["evidence"]["room"]) == (58, 29)


def test_data_sources_in_a_plan_file_find_what_was_listed(tmp_path: Path) -> None:
    text = filtered("tag:tier", "private") + NODES.replace("IDS", "data.aws_subnets.x.ids")
    modules = json.dumps([{"Key": "", "Dir": "."}]).encode()
    plan = tmp_path / "tfplan"
    plan.write_bytes(archive({**FILES, "tfconfig/modules.json": modules, "tfconfig/m-/main.tf": text.encode()}))
    listed = tmp_path / "subnets.json"
    listed.write_text(json.dumps(SUBNETS), encoding="utf-8")
    result = podroom("show", "--format", "json", str(plan), "--inventory", str(listed))
    (world,) = json.loads(result.stdout)["worlds"]
    assert used(world) == ["subnet-1", "subnet-2"]
    assert [one["free"]["value"] for one in world["subnets"]] == [101, 102]
