"""Data sources that look up subnets and VPCs stay symbols with what they ask for, for a person and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checkout import podroom

VARIABLES = 'variable "vpc" {}\nvariable "tags" {\n  type = map(string)\n}\ndata "aws_vpc" "main" {}\n'
FILTER = 'filter {{\n    name = "{}"\n    values = [{}]\n  }}'
LINES = {
    'aws_subnets: tags = { tier = "private" }': "those tagged tier = private",
    'aws_subnet_ids: vpc_id = "vpc-1"\n tags = { a = 1 }': "those of vpc-1 and tagged a = 1",
    f"aws_subnets: {FILTER.format('vpc-id', 'data.aws_vpc.main.id')}": "those of data.aws_vpc.main",
    f"aws_subnets: {FILTER.format('vpc-id', 'var.vpc')}": "those of var.vpc",
    f"aws_subnets: {FILTER.format('tag:Name', chr(34) + 'a-*' + chr(34) + ', var.vpc')}": (
        "those tagged Name = a-* or var.vpc"
    ),
    f"aws_subnets: {FILTER.format('tag-key', chr(34) + 'tier' + chr(34))}": "those with the tag tier",
    f"aws_subnets: {FILTER.format('map-public-ip-on-launch', 'false')}": "those where map-public-ip-on-launch = false",
    "aws_subnets: filter {\n    name = var.vpc\n    values = var.tags.list\n  }": "those where var.vpc = var.tags",
    "aws_subnets: tags = var.tags": (
        "those perhaps more conditions: var.tags has no value (declared at PLACE:2); pass --var or --var-file"
    ),
    "aws_subnets: ": "all there are",
    "aws_vpcs: ": "all there are",
    "aws_vpc: ": "the only one there is",
    "aws_vpc: default = true": "the one that is the default",
    "aws_vpc: default = false": "the only one there is",
    'aws_vpc: id = "vpc-1"': "the one with the id vpc-1",
    'aws_vpc: cidr_block = "10.0.0.0/16"\n state = "available"': (
        "the one with the block 10.0.0.0/16 and where state = available"
    ),
    'aws_subnet: vpc_id = var.vpc\n cidr_block = "10.0.0.0/24"\n availability_zone = "eu-west-1a"': (
        "the one of var.vpc and with the block 10.0.0.0/24 and in eu-west-1a"
    ),
    "aws_subnet: default_for_az = true\n  id = var.vpc == 1 ? 2 : 3": (
        "the one that is the default and with the id 2 or 3"
    ),
}


def written(folder: Path, text: str) -> str:
    kind, _, body = text.partition(": ")
    file = folder / "main.tf"
    file.write_text(f'{VARIABLES}data "{kind}" "x" {{\n  {body}\n}}\n', encoding="utf-8")
    return f"data.{kind}.x"


@pytest.mark.parametrize("text", LINES)
def test_a_person_reads_what_is_looked_up(text: str, tmp_path: Path) -> None:
    address = written(tmp_path, text)
    output = podroom("show", "--format", "tree", str(tmp_path)).output
    line = next(line for line in output.splitlines() if f"-- {address}: " in line)
    file = str(tmp_path / "main.tf")
    assert line.endswith(f"-- {address}: {LINES[text].replace('PLACE', file)}  {file}:6:1")


def looked_up(folder: Path, address: str) -> dict[str, Any]:
    (world,) = json.loads(podroom("show", "--format", "json", str(folder)).stdout)["worlds"]
    (found,) = [one for one in world["lookups"] if one["address"] == address]
    return dict(found)


def test_json_holds_every_filter_with_its_values_known_or_not(tmp_path: Path) -> None:
    address = written(tmp_path, f'aws_subnets: {FILTER.format("vpc-id", "var.vpc")}\n  tags = {{ tier = "private" }}')
    found = looked_up(tmp_path, address)
    assert (found["kind"], found["found"], found["uncertain"]) == ("aws_subnets", None, None)
    by_filter, by_tag = found["conditions"]["items"]
    assert (by_filter["argument"], by_filter["name"]["value"]) == ("filter", "vpc-id")
    assert by_filter["values"]["items"][0]["needs"] == ["var.vpc"]
    assert (by_tag["argument"], by_tag["name"]["value"]) == ("tags", "tag:tier")
    assert [one["value"] for one in by_tag["values"]["items"]] == ["private"]
    assert by_tag["span"] == f"{tmp_path / 'main.tf'}:11:12"


def test_what_a_plan_says_was_found_is_no_condition(tmp_path: Path) -> None:
    address = written(tmp_path, 'aws_subnet: cidr_block = "10.0.0.0/24"')
    values = {"id": "subnet-1", "cidr_block": "10.0.0.0/24", "tags": {"Name": "a"}, "vpc_id": "vpc-1"}
    resource = {"address": address, "mode": "data", "type": "aws_subnet", "name": "x", "values": values}
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}}
    (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
    arguments = ["show", "--format", "json", "--plan", str(tmp_path / "state.json"), str(tmp_path)]
    (world,) = json.loads(podroom(*arguments).stdout)["worlds"]
    (found,) = [one for one in world["lookups"] if one["address"] == address]
    assert [one["argument"] for one in found["conditions"]["items"]] == ["cidr_block"]
    assert [one["value"] for one in found["found"]["items"]] == ["subnet-1"]
