"""Inventories beside the configuration: what they resolve, what they must not decide, and what they never give away."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from checkout import podroom
from podroom.assembly.live.filters import matches

SECRET = "hunter2-is-planted-here"


def tagged(**values: str) -> list[dict[str, str]]:
    return [{"Key": key.replace("__", "/"), "Value": value} for key, value in values.items()]


def subnet(number: int, zone: str = "eu-west-1a", **tags: str) -> dict[str, Any]:
    """Return a subnet as `aws ec2 describe-subnets` lists it, with 100 + `number` free addresses."""
    return {
        "SubnetId": f"subnet-{number}",
        "SubnetArn": f"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-{number}",
        "VpcId": "vpc-1" if number < 8 else "vpc-2",
        "CidrBlock": f"10.0.{number}.0/24",
        "AvailabilityZone": zone,
        "AvailableIpAddressCount": 100 + number,
        "State": "available",
        "DefaultForAz": False,
        "OwnerId": "111122223333",
        "Tags": tagged(Name=f"private-{number}", **tags),
    }


SUBNETS = {"Subnets": [subnet(1, tier="private"), subnet(2, "eu-west-1b", tier="private"), subnet(3), subnet(8)]}
VPCS = {
    "Vpcs": [
        {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "IsDefault": False, "Tags": tagged(Name="main")},
        {"VpcId": "vpc-2", "CidrBlock": "10.0.0.0/16", "IsDefault": True},
    ]
}
NODES = """
resource "aws_eks_node_group" "nodes" {
  cluster_name   = "main"
  instance_types = ["m5.large"]
  subnet_ids     = IDS

  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""


def filtered(name: str, *values: str, kind: str = "aws_subnets") -> str:
    block = f'filter {{\n  name = "{name}"\n  values = {json.dumps(values)}\n}}'
    return f'data "{kind}" "x" {{\n{block}\n}}\n'


def files(folder: Path, text: str, answers: Sequence[object]) -> list[str]:
    """Write a configuration and inventories, and return the arguments that give both."""
    (folder / "main.tf").write_text(text, encoding="utf-8")
    arguments = [str(folder)]
    for number, answer in enumerate(answers):
        path = folder / f"listed-{number}.txt"
        path.write_text(answer if isinstance(answer, str) else json.dumps(answer), encoding="utf-8")
        arguments += ["--inventory", str(path)]
    return arguments


def shown(folder: Path, text: str, *answers: object) -> dict[str, Any]:
    """Return the World of a configuration with inventories beside it."""
    result = podroom("show", "--format", "json", *files(folder, text, answers))
    assert result.exit_code == 0, result.output
    (world,) = json.loads(result.stdout)["worlds"]
    return dict(world)


def used(world: Mapping[str, Any]) -> list[str]:
    """Return the subnets of the node group, "?" where there may be more."""
    uses = world["node_groups"][0]["subnets"]
    return [one["subnet"].get("value", "?") for one in uses["items"]] + ["?"] * len(uses["missing"])


def refusal(folder: Path, *answers: object) -> str:
    result = podroom("check", *files(folder, NODES, answers))
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line.replace(f"{folder}/", "")


# --- what data sources find ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "text", "fits"),
    [
        ("a", "a", True),
        ("a", "A", False),
        ("*", "", True),
        ("a*", "a", True),
        ("*a*", "banana", True),
        ("a*c", "abcb", False),
        ("a?c", "abc", True),
        ("a?c", "ac", None),
        ("a?c", "abbc", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        (r"a\?", "a", False),
        ("a.c", "abc", False),
        ("*" * 60 + "b", "a" * 250, False),
    ],
)
def test_values_of_filters_take_wildcards_as_ec2_does(wanted: str, text: str, fits: bool | None) -> None:
    assert matches(wanted, text) is fits


LOOKUPS = {
    filtered("tag:tier", "private"): ["subnet-1", "subnet-2"],
    filtered("tag:Name", "private-1", "*-3"): ["subnet-1", "subnet-3"],
    filtered("tag-key", "tier"): ["subnet-1", "subnet-2"],
    filtered("vpc-id", "vpc-2"): ["subnet-8"],
    filtered("availabilityZone", "eu-west-1b"): ["subnet-2"],
    filtered("cidr", "10.0.3.0/24"): ["subnet-3"],
    filtered("default-for-az", "false"): ["subnet-1", "subnet-2", "subnet-3", "subnet-8"],
    'data "aws_subnets" "x" {\n tags = { tier = "private", Name = "private-2" }\n}\n': ["subnet-2"],
    'data "aws_subnet_ids" "x" {\n vpc_id = "vpc-2"\n}\n': ["subnet-8"],
    'data "aws_vpc" "main" {\n tags = { Name = "main" }\n}\ndata "aws_subnets" "x" {\n filter {\n  name = "vpc-id"\n  '
    'values = [data.aws_vpc.main.id]\n }\n tags = { tier = "private" }\n}\n': ["subnet-1", "subnet-2"],
    'data "aws_vpc" "main" {\n default = true\n}\ndata "aws_subnet_ids" "x" {\n vpc_id = data.aws_vpc.main.id\n}\n': [
        "subnet-8"
    ],
}


@pytest.mark.parametrize("text", LOOKUPS)
def test_a_data_source_finds_what_was_listed(text: str, tmp_path: Path) -> None:
    ids = "data.aws_subnet_ids.x.ids" if "aws_subnet_ids" in text else "data.aws_subnets.x.ids"
    world = shown(tmp_path, text + NODES.replace("IDS", ids), SUBNETS, VPCS)
    assert used(world) == LOOKUPS[text]
    assert [one["address"] for one in world["subnets"]] == LOOKUPS[text]
    assert not world["notices"]


def test_a_listed_subnet_has_its_block_zone_vpc_and_free_addresses(tmp_path: Path) -> None:
    world = shown(tmp_path, NODES.replace("IDS", '["subnet-2"]'), SUBNETS, VPCS)
    (found,) = world["subnets"]
    listed = str(tmp_path / "listed-0.txt")
    assert found["span"] == f"{tmp_path / 'main.tf'}:5:21"
    for name, value in {"cidr": "10.0.2.0/24", "zone": "eu-west-1b", "vpc": "vpc-1", "free": 102}.items():
        assert found[name] == {"value": value, "origin": listed}
    (vpc,) = world["vpcs"]
    assert (vpc["address"], vpc["cidrs"]["items"][0]["value"]) == ("vpc-1", "10.0.0.0/16")


def test_one_subnet_has_one_name_however_it_is_found(tmp_path: Path) -> None:
    text = """
    data "aws_subnets" "x" {
      tags = { Name = "private-1" }
    }
    data "aws_subnet" "each" {
      for_each = toset(data.aws_subnets.x.ids)
      id       = each.value
    }
    data "aws_subnet" "one" {
      cidr_block = "10.0.1.0/24"
    }
    """
    ids = '["subnet-1", data.aws_subnet.one.id, values(data.aws_subnet.each)[0].id, data.aws_subnets.x.ids[0]]'
    world = shown(tmp_path, text + NODES.replace("IDS", ids), SUBNETS)
    assert used(world) == ["subnet-1"] * 4
    assert [one["address"] for one in world["subnets"]] == ["subnet-1"]


OWN = """
resource "aws_subnet" "own" {
  cidr_block = "10.0.1.0/24"
  tags       = { TAGS }
}
"""


@pytest.mark.parametrize(
    ("tags", "free"),
    [('Name = "private-1", tier = "private"', 101), ('Name = "other"', None), ("", None), ("Name = null", None)],
)
def test_a_subnet_of_the_configuration_is_known_by_its_block_and_tags(
    tags: str, free: int | None, tmp_path: Path
) -> None:
    world = shown(tmp_path, OWN.replace("TAGS", tags) + NODES.replace("IDS", '["subnet-1"]'), SUBNETS)
    own = next(one for one in world["subnets"] if one["address"] == "aws_subnet.own")
    assert (own["free"] or {}).get("value") == free
    assert used(world) == ["aws_subnet.own" if free else "subnet-1"]


def test_two_that_could_be_the_same_are_none(tmp_path: Path) -> None:
    twin = {**subnet(1), "SubnetId": "subnet-9"}
    text = OWN.replace("TAGS", 'Name = "private-1"') + NODES.replace("IDS", "[aws_subnet.own.id]")
    world = shown(tmp_path, text, {"Subnets": [subnet(1), twin]})
    assert world["subnets"][0]["free"] is None


# --- what an inventory must not decide -------------------------------------------------------------

UNTOLD = {
    "the list is cut off": (filtered("tag:tier", "private"), [{**SUBNETS, "NextToken": "x"}], "ends with a NextToken"),
    "nothing fits": (filtered("tag:tier", "no"), [SUBNETS], "nothing fits in"),
    "no such list": (filtered("tag:tier", "private"), [VPCS], "no inventory holds what aws ec2 describe-subnets"),
    "a filter that is not listed": (filtered("outpost-arn", "x"), [SUBNETS], 'work out the filter "outpost-arn"'),
    "a wildcard that may be nothing": (filtered("tag:tier", "private?"), [SUBNETS], "hangs on how EC2 takes ?"),
    "two regions": (
        filtered("tag:tier", "private"),
        [{"Subnets": [subnet(1, tier="private"), subnet(2, "eu-central-1a", tier="private")]}],
        "of several regions",
    ),
    "another region": (
        'provider "aws" {\n region = "us-east-1"\n}\n' + filtered("tag:tier", "private"),
        [SUBNETS],
        "nothing fits in",
    ),
    "an unknown value": (
        'variable "tier" {}\ndata "aws_subnets" "x" {\n tags = { tier = var.tier }\n}\n',
        [SUBNETS],
        "var.tier has no value",
    ),
}


@pytest.mark.parametrize("case", UNTOLD)
def test_what_a_list_does_not_tell_stays_open_and_is_said(case: str, tmp_path: Path) -> None:
    text, answers, reason = UNTOLD[case]
    world = shown(tmp_path, text + NODES.replace("IDS", "data.aws_subnets.x.ids"), *answers)
    assert used(world) == ["?"]
    (notice,) = world["notices"]
    assert notice["message"].startswith("data.aws_subnets.x is not resolved: ")
    assert reason in notice["message"]


def test_a_single_thing_of_which_several_fit_stays_open(tmp_path: Path) -> None:
    text = 'data "aws_subnet" "x" {\n vpc_id = "vpc-1"\n}\n' + NODES.replace("IDS", "[data.aws_subnet.x.id]")
    world = shown(tmp_path, text, SUBNETS)
    assert used(world) == ["data.aws_subnet.x"]
    assert "3 fit in the inventory (subnet-1, subnet-2), and it wants one" in world["notices"][0]["message"]


def test_a_cut_off_list_still_holds_what_is_asked_for_by_its_id(tmp_path: Path) -> None:
    text = 'data "aws_subnet" "x" {\n id = "subnet-2"\n}\n' + NODES.replace("IDS", "[data.aws_subnet.x.id]")
    world = shown(tmp_path, text, {**SUBNETS, "NextToken": "x"})
    assert used(world) == ["subnet-2"]


def test_a_cut_off_list_does_not_tell_that_an_id_is_not_there(tmp_path: Path) -> None:
    text = filtered("subnet-id", "subnet-1", "subnet-7") + NODES.replace("IDS", "data.aws_subnets.x.ids")
    assert used(shown(tmp_path, text, {**SUBNETS, "NextToken": "x"})) == ["?"]
    assert used(shown(tmp_path, text, SUBNETS)) == ["subnet-1"]


def test_what_hangs_on_a_thing_that_is_not_resolved_says_so(tmp_path: Path) -> None:
    text = 'data "aws_vpc" "x" {\n  tags = { Name = "no" }\n}\ndata "aws_subnet_ids" "x" {\n  vpc_id = '
    text += "data.aws_vpc.x.id\n}\n" + NODES.replace("IDS", "data.aws_subnet_ids.x.ids")
    reasons = [one["message"] for one in shown(tmp_path, text, SUBNETS, VPCS)["notices"]]
    assert reasons[0] == "data.aws_subnet_ids.x is not resolved: the id of data.aws_vpc.x is not known"
    assert reasons[1].startswith("data.aws_vpc.x is not resolved: nothing fits in ")


def test_the_region_of_the_provider_tells_which_of_several_is_meant(tmp_path: Path) -> None:
    text = 'provider "aws" {\n region = "eu-central-1"\n}\n' + filtered("tag:tier", "private")
    both = {"Subnets": [subnet(1, tier="private"), subnet(2, "eu-central-1a", tier="private")]}
    assert used(shown(tmp_path, text + NODES.replace("IDS", "data.aws_subnets.x.ids"), both)) == ["subnet-2"]


def test_what_is_written_counts_and_a_plan_comes_before_an_inventory(tmp_path: Path) -> None:
    text = filtered("tag:tier", "private") + NODES.replace("IDS", "data.aws_subnets.x.ids")
    values = {"id": "eu-west-1", "ids": ["subnet-3"]}
    resource = {"address": "data.aws_subnets.x", "mode": "data", "type": "aws_subnets", "name": "x", "values": values}
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}}
    (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
    arguments = [*files(tmp_path, text, [SUBNETS]), "--plan", str(tmp_path / "state.json")]
    (world,) = json.loads(podroom("show", "--format", "json", *arguments).stdout)["worlds"]
    assert used(world) == ["subnet-3"]
    assert [one["free"]["value"] for one in world["subnets"]] == [103]


# --- formats, and what is refused ------------------------------------------------------------------


def test_several_documents_in_one_file_and_yaml_are_read(tmp_path: Path) -> None:
    text = 'data "aws_vpc" "x" {\n tags = { Name = "main" }\n}\ndata "aws_subnet_ids" "x" {\n vpc_id = '
    text += "data.aws_vpc.x.id\n}\n" + NODES.replace("IDS", "data.aws_subnet_ids.x.ids")
    together = f"\n {json.dumps(SUBNETS, indent=1)}\n\n{json.dumps(VPCS)}\n"
    assert used(shown(tmp_path, text, together)) == ["subnet-1", "subnet-2", "subnet-3"]
    yaml = (
        "Subnets:\n- AvailabilityZone: eu-west-1a\n  AvailableIpAddressCount: 12\n  CidrBlock: 10.0.1.0/24\n"
        "  SubnetId: subnet-1\n  VpcId: vpc-1\n"
    )
    world = shown(tmp_path, text, yaml, VPCS)
    assert used(world) == ["subnet-1"]
    assert world["subnets"][0]["free"]["value"] == 12
    default = "Vpcs:\n- CidrBlock: 10.0.0.0/16\n  IsDefault: true\n  Tags: null\n  VpcId: vpc-1\n"
    text = 'data "aws_vpc" "x" {\n default = true\n}\n' + text[text.index('data "aws_subnet_ids"') :]
    assert used(shown(tmp_path, text, f"{json.dumps(SUBNETS)}{' ' * 9000}{json.dumps(SUBNETS)}", default)) == [
        "subnet-1",
        "subnet-2",
        "subnet-3",
    ]


REFUSED = {
    "": "listed-0.txt is empty",
    '{"Subnets": [': "listed-0.txt is no JSON: it ends too early (line 1, column 14)",
    '{"Subnets": [NaN]}': "listed-0.txt holds a number that podroom does not read",
    '{"Subnets": [' + "9" * 5000 + "]}": "listed-0.txt holds a number that podroom does not read",
    "[" * 100_000: "listed-0.txt is nested more deeply than podroom follows",
    "{}": "listed-0.txt lists none of the things that podroom reads",
    "[]": "listed-0.txt is no whole answer of the AWS CLI or kubectl: print it without --query",
    '{"kind": "Pod"}': "listed-0.txt lists objects of the kind 'Pod'",
    '{"format_version": "1.2"}': "listed-0.txt is a plan or state of Terraform: give it with --plan",
    '{"kind": "PodList", "items": []}': "listed-0.txt lists objects of the kind 'PodList'; `podroom inventory` prints ",
    '{"LaunchTemplateVersions": [{"LaunchTemplateId": "lt-1"}]}': (
        "listed-0.txt is not understood: a version of a launch template has no VersionNumber; give all that "
    ),
    '{"Subnets": [{"VpcId": "vpc-1"}]}': "listed-0.txt is not understood: a subnet has no SubnetId; give all that ",
    "a: &a [*a]": "listed-0.txt is neither JSON nor YAML: ",
    "no inventory": "listed-0.txt is no whole answer of the AWS CLI or kubectl: print it with -o json (AWS CLI: ",
    "NAME STATUS ROLES\nip-10-0-0-1 Ready <none>\n": (
        "listed-0.txt is no whole answer of the AWS CLI or kubectl: print it with -o json (AWS CLI: --output json)"
    ),
    '{"kind": "List", "items": [{"kind": "Pod"}]}': "listed-0.txt lists objects of the kind 'Pod'; ",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:30])
def test_what_is_no_inventory_is_refused_in_one_sentence(text: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, text).startswith(f"podroom: {REFUSED[text]}")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_what_windows_powershell_writes_is_read(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "listed.json"
    file.write_bytes(("\ufeff" + json.dumps(SUBNETS)).encode(encoding))
    (tmp_path / "main.tf").write_text(NODES.replace("IDS", '["subnet-1"]'), encoding="utf-8")
    result = podroom("show", str(tmp_path), "--format", "json", "--inventory", str(file))
    assert result.exit_code == 0, result.stderr
    assert "10.0.1.0/24" in result.stdout


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ("-5", "max_size is -5, which is no number of nodes"),
        ("var.one", "max_size is -5, which is no number of nodes"),
        ("2147483648", "max_size is 2,147,483,648, and no group has more than 2,147,483,647 nodes"),
    ],
)
def test_sizes_that_no_group_can_have_are_unknown(size: str, reason: str, tmp_path: Path) -> None:
    variable = 'variable "one" {\n  default = -5\n}\n'
    text = NODES.replace("IDS", '["subnet-1"]').replace("max_size     = 3", f"max_size = {size}")
    world = shown(tmp_path, variable + text, SUBNETS)
    found = world["node_groups"][0]["maximum_size"]
    assert "value" not in found
    assert reason in json.dumps(found)


def test_bytes_that_are_no_text_and_files_that_are_too_large_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "listed.json"
    file.write_bytes(b'{"Subnets": [\n"\xff"]}')
    (tmp_path / "main.tf").write_text(NODES, encoding="utf-8")
    result = podroom("check", str(tmp_path), "--inventory", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"podroom: {file} is no inventory: it is not UTF-8 text, from line 2 on\n"
    with file.open("wb") as sparse:
        sparse.truncate(100 * 1024 * 1024 + 1)
    result = podroom("check", str(tmp_path), "--inventory", str(file))
    assert (result.exit_code, result.stderr) == (2, f"podroom: {file} is not read: it has more than 32 MiB\n")


# --- what Auto Scaling groups launch ---------------------------------------------------------------

CLUSTER = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  version  = "1.33"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }
}
"""
MANAGED = (
    CLUSTER
    + """
resource "aws_eks_node_group" "workers" {
  cluster_name   = aws_eks_cluster.main.name
  NAME
  subnet_ids     = ["subnet-1", "subnet-2"]
  instance_types = ["m7g.2xlarge"]
  ami_type       = "AL2023_ARM_64_STANDARD"
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""
)
SELF_MANAGED = (
    CLUSTER
    + """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m7g.2xlarge"
  user_data     = base64encode("#!/bin/bash\\n/etc/eks/bootstrap.sh main --kubelet-extra-args '--max-pods=58'\\n")
}

resource "aws_autoscaling_group" "workers" {
  NAME
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""
)
EXACT = 'node_group_name = "workers"'


def auto_scaling(
    *types: str, name: str = "eks-workers-1", node_group: str | None = "workers", cluster: str = "main", **more: object
) -> dict[str, Any]:
    """Return what `aws autoscaling describe-auto-scaling-groups` lists of one group."""
    tags = [{"Key": f"kubernetes.io/cluster/{cluster}", "Value": "owned"}]
    if node_group is not None:
        tags += [{"Key": "eks:nodegroup-name", "Value": node_group}, {"Key": "eks:cluster-name", "Value": cluster}]
    overrides = [{"InstanceType": one} for one in types]
    policy = {"MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": overrides, **more}}} if overrides else more
    return {"AutoScalingGroups": [{"AutoScalingGroupName": name, "Tags": tags, **policy}]}


def versions(kind: str, user_data: str = "", number: int = 4, **more: object) -> dict[str, Any]:
    """Return what `aws ec2 describe-launch-template-versions` lists of one version."""
    data: dict[str, object] = {"InstanceType": kind, "ImageId": "ami-0123456789abcdef0"}
    if user_data:
        data["UserData"] = base64.b64encode(user_data.encode()).decode()
    one = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "eks-1", "VersionNumber": number, "DefaultVersion": True}
    return {"LaunchTemplateVersions": [{**one, "LaunchTemplateData": data, **more}]}


def judged(folder: Path, text: str, *answers: object, code: str = "PR116") -> list[dict[str, Any]]:
    """Return the findings of one rule."""
    result = podroom("check", "--format", "json", *files(folder, text, answers))
    report = json.loads(result.stdout)
    assert not report["errors"]
    return [finding for finding in report["findings"] if finding["code"] == code]


UNIQUE = "20260102030405060700000001"
SAME_GROUP = {
    "by its name": (EXACT, auto_scaling("m7g.large")),
    "by its prefix": ('node_group_name_prefix = "work-"', auto_scaling("m7g.large", node_group=f"work-{UNIQUE}")),
    "by what Amazon EKS says of the node group": (
        EXACT,
        auto_scaling("m7g.large", name="other", node_group=None),
        {
            "nodegroup": {
                "nodegroupName": "workers",
                "clusterName": "main",
                "resources": {"autoScalingGroups": [{"name": "other"}]},
            }
        },
    ),
}


@pytest.mark.parametrize("case", SAME_GROUP)
def test_the_group_behind_a_managed_node_group_is_found_and_compared(case: str, tmp_path: Path) -> None:
    name, *answers = SAME_GROUP[case]
    (finding,) = judged(tmp_path, MANAGED.replace("NAME", name), *answers)
    assert finding["message"].endswith(
        "is not as declared: declared m7g.2xlarge, live m7g.large: kubelet 58, room 29 on m7g.large"
    )
    assert (finding["severity"], finding["address"]) == ("error", "aws_eks_node_group.workers")
    assert finding["line"] == 11


OTHER_GROUPS = {
    "another cluster": auto_scaling("m7g.large", cluster="other"),
    "another node group": auto_scaling("m7g.large", node_group="others"),
    "the same types": auto_scaling("m7g.2xlarge"),
    "a prefix that is not followed by what Terraform adds": auto_scaling("m7g.large", node_group="workers-2"),
    "two of one name": {
        "AutoScalingGroups": [
            *auto_scaling("m7g.large")["AutoScalingGroups"],
            *auto_scaling("m7g.large", name="eks-workers-2")["AutoScalingGroups"],
        ]
    },
}


@pytest.mark.parametrize("case", OTHER_GROUPS)
def test_other_groups_and_equal_ones_are_nobodys_fault(case: str, tmp_path: Path) -> None:
    name = 'node_group_name_prefix = "workers-"' if "prefix" in case else EXACT
    assert judged(tmp_path, MANAGED.replace("NAME", name), OTHER_GROUPS[case]) == []


NODE_CONFIG = """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  cluster:
    name: main
  kubelet:
    config:
      maxPods: 20

--//--
"""


def test_the_user_data_that_was_listed_tells_what_kubelet_gets(tmp_path: Path) -> None:
    reference = {"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "4"}}
    answers = (auto_scaling("m7g.large", **reference), versions("m7g.large", NODE_CONFIG))
    (finding,) = judged(tmp_path, MANAGED.replace("NAME", EXACT), *answers)
    assert "kubelet 20, room 29" in finding["message"]
    assert finding["severity"] == "warning"
    assert finding["effect"].startswith("No plan shows this")


@pytest.mark.parametrize("version", ["4", "$Latest", "$Default", ""])
def test_a_group_without_overrides_launches_the_type_of_its_template(version: str, tmp_path: Path) -> None:
    template = {"LaunchTemplate": {"LaunchTemplateName": "eks-1", "Version": version}}
    listed = {
        "LaunchTemplates": [{"LaunchTemplateId": "lt-1", "LaunchTemplateName": "eks-1", "LatestVersionNumber": 4}]
    }
    answers = (auto_scaling(**template), versions("m7g.large"), versions("m7g.xlarge", number=3, DefaultVersion=False))
    (finding,) = judged(tmp_path, MANAGED.replace("NAME", EXACT), *answers, listed)
    assert "live m7g.large" in finding["message"]


@pytest.mark.parametrize(("declared", "live"), [("m7g.2xlarge", "m99.large"), ("m99.large", "m7g.large")])
def test_types_that_are_no_longer_those_declared_are_told_without_the_room_too(
    declared: str, live: str, tmp_path: Path
) -> None:
    text = MANAGED.replace("NAME", EXACT).replace("m7g.2xlarge", declared)
    result = podroom("check", "--format", "json", *files(tmp_path, text, [auto_scaling(live)]))
    report = json.loads(result.stdout)
    assert any("PR116" in one["codes"] for one in report["undecided"])
    (finding,) = (one for one in report["findings"] if one["code"] == "PR116")
    assert finding["message"].endswith(
        f"is not as declared: declared {declared}, live {live}; what room its nodes have is not known"
    )
    assert (finding["severity"], finding["effect"].split()[0]) == ("warning", "No")
    assert "m99.large" in finding["label"]


def test_a_self_managed_group_is_known_by_its_name(tmp_path: Path) -> None:
    for name, listed in (('name = "w"', "w"), ('name_prefix = "w-"', f"w-{UNIQUE}")):
        group = auto_scaling("m7g.large", name=listed, node_group=None)
        (finding,) = judged(tmp_path, SELF_MANAGED.replace("NAME", name), group)
        assert "declared m7g.2xlarge, live m7g.large: kubelet 58, room 29 on m7g.large" in finding["message"]
    assert judged(tmp_path, SELF_MANAGED.replace("NAME", 'name = "w"'), auto_scaling("m7g.large", name="w")) == []


UNCOMPARED = {
    "a version that is not listed": (
        auto_scaling(LaunchTemplate={"LaunchTemplateId": "lt-1", "Version": "7"}),
        "launch template lt-1 version 7 is in no inventory",
    ),
    "the latest of a list that is cut off": (
        [auto_scaling(LaunchTemplate={"LaunchTemplateId": "lt-1", "Version": "$Latest"}),
         {**versions("m7g.large"), "NextToken": "x"}],
        "launch template lt-1 version $Latest is in no inventory",
    ),
    "types that AWS chooses": (
        {
            "AutoScalingGroups": [
                {
                    **auto_scaling()["AutoScalingGroups"][0],
                    "MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": [{"InstanceRequirements": {}}]}},
                }
            ]
        },
        "AWS chooses the instance types of eks-workers-1",
    ),
    "a launch configuration": (auto_scaling(LaunchConfigurationName="old"), "launches launch configuration old"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNCOMPARED)
def test_what_cannot_be_compared_is_said(case: str, tmp_path: Path) -> None:
    answer, reason = UNCOMPARED[case]
    answers = answer if isinstance(answer, list) else [answer]
    text = MANAGED.replace("NAME", EXACT)
    assert judged(tmp_path, text, *answers) == []
    (notice,) = shown(tmp_path, text, *answers)["notices"]
    assert notice["message"].startswith("what aws_eks_node_group.workers launches is not compared: ")
    assert reason in notice["message"]


# --- beside a state, and for eksctl -----------------------------------------------------------------


def test_a_state_tells_which_listed_subnet_a_resource_is(tmp_path: Path) -> None:
    text = 'resource "aws_subnet" "own" {}\n' + NODES.replace("IDS", "[aws_subnet.own.id]")
    resource: dict[str, object] = {"address": "aws_subnet.own", "mode": "managed"}
    resource |= {"type": "aws_subnet", "name": "own"}
    state = {
        "format_version": "1.0",
        "values": {"root_module": {"resources": [{**resource, "values": {"id": "subnet-2"}}]}},
    }
    (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
    arguments = [*files(tmp_path, text, [SUBNETS]), "--plan", str(tmp_path / "state.json")]
    (world,) = json.loads(podroom("show", "--format", "json", *arguments).stdout)["worlds"]
    (own,) = world["subnets"]
    assert [own[name]["value"] for name in ("cidr", "vpc", "free")] == ["10.0.2.0/24", "vpc-1", 102]
    assert used(world) == ["aws_subnet.own"]


CLUSTER_CONFIG = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: { name: main, region: eu-west-1, version: "1.33" }
vpc:
  id: vpc-1
  subnets:
    private:
      eu-west-1a: { id: subnet-1 }
      eu-west-1b: { id: subnet-2 }
managedNodeGroups:
- { name: workers, instanceType: m7g.2xlarge, minSize: 1, maxSize: 3, privateNetworking: true }
"""


def test_a_cluster_config_of_eksctl_is_filled_and_compared_too(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text(CLUSTER_CONFIG, encoding="utf-8")
    arguments = files(tmp_path, "", [SUBNETS, VPCS, auto_scaling("m7g.large")])
    world = json.loads(podroom("show", "--format", "json", *arguments).stdout)["worlds"][-1]
    assert [(one["cidr"]["value"], one["free"]["value"]) for one in world["subnets"]] == [
        ("10.0.1.0/24", 101),
        ("10.0.2.0/24", 102),
    ]
    assert [block["value"] for block in world["vpcs"][0]["cidrs"]["items"]] == ["10.0.0.0/16"]
    found = json.loads(podroom("check", "--format", "json", *arguments).stdout)["findings"]
    assert {one["code"] for one in found} == {"PR116", "PR207"}
    lines = podroom("inventory", str(tmp_path / "cluster.yaml")).stdout.splitlines()
    assert 'aws ec2 describe-subnets --region eu-west-1 --output json > "$LISTED/subnets.json"' in lines


def test_a_list_of_thousands_that_fit_is_not_followed(tmp_path: Path) -> None:
    many = {"Subnets": [{"SubnetId": f"subnet-{number}", "VpcId": "vpc-1"} for number in range(5001)]}
    text = 'data "aws_subnet_ids" "x" {\n  vpc_id = "vpc-1"\n}\n' + NODES.replace("IDS", "data.aws_subnet_ids.x.ids")
    world = shown(tmp_path, text, many)
    assert used(world) == ["?"]
    assert world["notices"][0]["message"].endswith("5,001 fit in the inventory, which is more than podroom follows")
