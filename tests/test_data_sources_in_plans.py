"""Subnets that data sources found before a plan was made: the plan alone, and beside the configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checkout import podroom
from plan_helpers import change, comparable, facts

CONFIGURATION = """
data "aws_subnets" "private" {
  tags = { Tier = "private" }
}

data "aws_subnet" "each" {
  for_each = toset(data.aws_subnets.private.ids)
  id       = each.value
}

data "aws_eks_cluster" "main" {
  name = "main"
}

resource "aws_eks_node_group" "all" {
  cluster_name    = data.aws_eks_cluster.main.name
  node_group_name = "all"
  subnet_ids      = data.aws_subnets.private.ids
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 30
  }
}

resource "aws_eks_node_group" "one" {
  for_each        = data.aws_subnet.each
  cluster_name    = data.aws_eks_cluster.main.name
  node_group_name = each.value.availability_zone
  subnet_ids      = [each.value.id]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 2
  }
}
"""
IDS = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
ZONES = dict(zip(IDS, ("eu-west-1a", "eu-west-1b"), strict=True))


def data(address: str, values: dict[str, object], **sensitive: bool) -> dict[str, object]:
    """Return a data source as `prior_state` has it."""
    block, _, key = address.removeprefix("data.").partition("[")
    kind, _, name = block.partition(".")
    found = {"address": address, "mode": "data", "type": kind, "name": name, "values": values}
    index = {"index": json.loads(key.removesuffix("]"))} if key else {}
    return {**found, **index, "sensitive_values": sensitive}


def nodes(address: str, most: int, ids: list[str], name: str) -> dict[str, object]:
    sizes = [{"min_size": 1, "desired_size": 1, "max_size": most}]
    values = {"cluster_name": "main", "node_group_name": name, "subnet_ids": ids, "instance_types": ["m5.large"]}
    return change(address, {**values, "scaling_config": sizes, "launch_template": []}, {"id": True, "ami_type": True})


def plan(**sensitive: bool) -> dict[str, object]:
    """Return the plan; `sensitive` are attributes of the subnets."""
    subnets = [
        data(
            f'data.aws_subnet.each["{one}"]',
            {
                "id": one,
                "vpc_id": "vpc-1",
                "availability_zone": ZONES[one],
                "cidr_block": f"10.0.{at}.0/24",
                "tags": {"kubernetes.io/role/elb": "1", "Name": "private"},
            },
            **sensitive,
        )
        for at, one in enumerate(IDS)
    ]
    cluster = {"id": "main", "name": "main", "version": "1.33", "kubernetes_network_config": [{"ip_family": "ipv4"}]}
    found = [data("data.aws_subnets.private", {"ids": IDS}), *subnets, data("data.aws_eks_cluster.main", cluster)]
    changes = [
        nodes("aws_eks_node_group.all", 30, IDS, "all"),
        *(nodes(f'aws_eks_node_group.one["{one}"]', 2, [one], ZONES[one]) for one in IDS),
    ]
    blocks = [{"address": address} for address in ("aws_eks_node_group.all", "aws_eks_node_group.one")]
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {}},
        "resource_changes": changes,
        "prior_state": {"values": {"root_module": {"resources": found}}},
        "configuration": {"root_module": {"resources": blocks}},
        "complete": True,
    }


@pytest.fixture
def ways(tmp_path: Path) -> tuple[tuple[str, ...], ...]:
    """Return the configuration, the plan, and both, as arguments."""
    folder, path = tmp_path / "configuration", tmp_path / "plan.json"
    folder.mkdir()
    (folder / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    path.write_text(json.dumps(plan()), encoding="utf-8")
    return (str(folder),), (str(path),), (str(folder), "--plan", str(path))


def world(*arguments: str) -> dict[str, object]:
    (shown,) = json.loads(podroom("show", "--format", "json", *arguments).stdout)["worlds"]
    return shown


def test_configuration_plan_and_both_never_contradict_each_other(ways: tuple[tuple[str, ...], ...]) -> None:
    worlds = [world(*arguments) for arguments in ways]
    known = [dict(facts(comparable(one))) for one in worlds]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        for way in known[one].keys() & known[other].keys():
            assert known[one][way] == known[other][way] or str(known[one][way]).startswith("data."), way
    assert not worlds[2]["gaps"]
    for shown in worlds[1:]:
        assert [one["address"] for one in shown["subnets"]] == IDS
        assert {one["zone"]["value"] for one in shown["subnets"]} == set(ZONES.values())
        assert [[name for name, _ in one["tags"]] for one in shown["subnets"]] == [["kubernetes.io/role/elb"]] * 2


def test_their_room_is_judged_alone_and_beside_the_configuration(ways: tuple[tuple[str, ...], ...]) -> None:
    messages = []
    for arguments in ways[1:]:
        found = json.loads(podroom("check", "--format", "json", *arguments).stdout)
        messages.append({one["message"] for one in found["findings"] if one["code"] == "PR201"})
        assert not found["undecided"]
    assert messages[0] == messages[1]
    assert messages[0] == {"17 nodes with a single pod each take 340 addresses, but this subnet has 251"}


def test_what_is_sensitive_of_them_stays_open(ways: tuple[tuple[str, ...], ...]) -> None:
    Path(ways[1][0]).write_text(json.dumps(plan(cidr_block=True)), encoding="utf-8")
    for arguments in ways[1:]:
        result = podroom("check", "--format", "json", *arguments)
        assert "10.0.0.0/24" not in result.output
        reasons = [one["reason"] for one in json.loads(result.stdout)["undecided"] if "PR201" in one["codes"]]
        assert any("cidr_block is sensitive, so podroom does not keep it" in reason for reason in reasons)


def test_zones_without_a_name_yet_leave_open_which_are_the_same(ways: tuple[tuple[str, ...], ...]) -> None:
    made = 'resource "aws_subnet" "made" {\n  availability_zone = data.aws_availability_zones.a.names[0]\n}\n'
    folder = Path(ways[0][0])
    more = f'{CONFIGURATION}\ndata "aws_availability_zones" "a" {{}}\n{made}'
    (folder / "main.tf").write_text(more, encoding="utf-8")
    zones = [one["zone"] for one in world(*ways[2])["subnets"] if one["address"] in IDS]
    assert ["have no names yet" in one["unknown"] for one in zones] == [True, True]
