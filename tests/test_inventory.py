"""Inventories beside the configuration: what they resolve, what they must not decide, and what they never give away."""

from __future__ import annotations

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
    '{"Subnets": [{"VpcId": "vpc-1"}]}': "listed-0.txt is not understood: a subnet has no SubnetId; give all that ",
    "a: &a [*a]": "listed-0.txt is neither JSON nor YAML: ",
    "no inventory": "listed-0.txt is no whole answer of the AWS CLI or kubectl: print it without --query",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:30])
def test_what_is_no_inventory_is_refused_in_one_sentence(text: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, text).startswith(f"podroom: {REFUSED[text]}")


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
    assert (result.exit_code, result.stderr) == (2, f"podroom: {file} is not read: it has more than 100 MiB\n")
