"""What a state has otherwise beside node groups, and add-ons that a plan found changed: notices with both sides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checkout import podroom
from plan_helpers import SECRET, change, plan

CONFIGURATION = """
resource "aws_subnet" "a" {
  vpc_id            = "vpc-1"
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/24"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  version  = "1.33"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.a.id]
  }
}

resource "aws_eks_addon" "cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  addon_version        = "v1.19.0-eksbuild.1"
  configuration_values = jsonencode({
    env = { WARM_IP_TARGET = "2", MINIMUM_IP_TARGET = "10", ENABLE_POD_ENI = "false" }
  })
}
"""
DECLARED = {"WARM_IP_TARGET": "2", "MINIMUM_IP_TARGET": "10", "ENABLE_POD_ENI": "false"}


def state(cidr: str = "10.0.0.0/24", cluster: str = "1.33", version: str = "v1.19.0-eksbuild.1", **env: str) -> str:
    """Return a state file of the configuration."""
    values = json.dumps({"env": {**DECLARED, **env}})
    resources = {
        "aws_subnet.a": {"id": "subnet-1", "vpc_id": "vpc-1", "availability_zone": "eu-west-1a", "cidr_block": cidr},
        "aws_eks_cluster.main": {"id": "main", "name": "main", "version": cluster},
        "aws_eks_addon.cni": {
            "cluster_name": "main",
            "addon_name": "vpc-cni",
            "addon_version": version,
            "configuration_values": values,
        },
    }
    blocks = []
    for address, one in resources.items():
        kind, _, name = address.partition(".")
        blocks.append({"mode": "managed", "type": kind, "name": name, "instances": [{"attributes": one}]})
    return json.dumps({"version": 4, "lineage": "x", "resources": blocks})


def notices(folder: Path, recorded: str) -> list[str]:
    """Return the notices about a plan or state beside the configuration, without the end that all of them have."""
    (folder / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    path = folder / "recorded.json"
    path.write_text(recorded, encoding="utf-8")
    result = podroom("check", "--format", "json", str(folder), "--plan", str(path))
    assert SECRET not in result.output
    return [
        one["message"].removesuffix("; what is here counts").replace(str(path), "the state")
        for one in json.loads(result.stdout)["notices"]
    ]


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        (state(), []),
        (
            state(cidr="10.0.0.0/25"),
            ["cidr_block of aws_subnet.a is '10.0.0.0/24' here and '10.0.0.0/25' in the state"],
        ),
        (state(cluster="1.34"), ["version of aws_eks_cluster.main is '1.33' here and '1.34' in the state"]),
        (
            state(version="v1.20.4-eksbuild.1"),
            ["the version of the VPC CNI is 'v1.19.0-eksbuild.1' here and 'v1.20.4-eksbuild.1' in the state"],
        ),
        (state(WARM_IP_TARGET="9"), ["WARM_IP_TARGET is '2' here and '9' in the state"]),
        (
            state(ENABLE_PREFIX_DELEGATION="true"),
            ["ENABLE_PREFIX_DELEGATION is 'false' here and 'true' in the state"],
        ),
        (state(ENABLE_PREFIX_DELEGATION="false"), []),
        (state(WARM_IP_TARGET=SECRET, AWS_VPC_K8S_CNI_LOG_FILE=SECRET, ANOTHER=SECRET), []),
    ],
)
def test_what_a_state_has_otherwise_is_told_with_both_sides(tmp_path: Path, recorded: str, expected: list[str]) -> None:
    assert notices(tmp_path, recorded) == expected


def add_on(version: str = "v1.19.0-eksbuild.1", name: str = "vpc-cni", **env: str) -> dict[str, object]:
    """Return the attributes of the add-on."""
    values = json.dumps({"env": {**DECLARED, **env}})
    return {"cluster_name": "main", "addon_name": name, "addon_version": version, "configuration_values": values}


TAKEN_BACK = "; the next apply takes that back, unless ignore_changes names it"


@pytest.mark.parametrize(
    ("live", "marks", "expected"),
    [
        (add_on(WARM_IP_TARGET="9"), {}, "WARM_IP_TARGET declared 2, live 9"),
        (add_on(WARM_ENI_TARGET="2"), {}, "WARM_ENI_TARGET declared unset, live 2"),
        (
            add_on(version="v1.20.4-eksbuild.1", WARM_IP_TARGET="9"),
            {},
            "addon_version declared v1.19.0-eksbuild.1, live v1.20.4-eksbuild.1, WARM_IP_TARGET declared 2, live 9",
        ),
        ({**add_on(), "tags": {"a": "b"}}, {}, None),
        (add_on(ANOTHER=SECRET, AWS_VPC_K8S_CNI_LOG_FILE=SECRET), {}, None),
        (add_on(WARM_IP_TARGET="9", name="coredns"), {}, None),
        (
            add_on(WARM_IP_TARGET=SECRET),
            {"configuration_values": True},
            "configuration_values is sensitive, so podroom does not keep it",
        ),
    ],
)
@pytest.mark.parametrize("refreshes", [False, True])
def test_an_add_on_that_a_plan_found_changed_is_told_with_both_sides(
    tmp_path: Path, live: dict[str, object], marks: dict[str, object], expected: str | None, *, refreshes: bool
) -> None:
    recorded = {**add_on(), "addon_name": live["addon_name"]}
    found = change("aws_eks_addon.cni", recorded, actions=["no-op"], before=recorded, before_sensitive={})
    sides = {"actions": ["update"], "before": recorded, "after": live}
    drift = {**found, "change": {**sides, "before_sensitive": {}, "after_sensitive": marks}}
    content = plan([found], resource_drift=[drift])
    content["configuration"] = {"root_module": {"resources": [{"address": "aws_eks_addon.cni"}]}}
    if refreshes:
        del content["resource_changes"]
    content["complete"] = False
    told = [one for one in notices(tmp_path, json.dumps(content)) if "outside Terraform" in one]
    becomes = "; this plan takes that over" if refreshes else TAKEN_BACK
    wanted = f"aws_eks_addon.cni was changed outside Terraform: {expected}{becomes}"
    assert told == ([] if expected is None else [wanted])
