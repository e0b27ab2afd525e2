"""Plans that delete or forget what the configuration still has: it is told, not judged as if it lived on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from checkout import podroom
from plan_helpers import change, plan

CONFIGURATION = """
variable "names" { type = set(string) }

resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config { subnet_ids = [aws_subnet.a.id] }
}

resource "aws_subnet" "a" {
  cidr_block        = "10.0.0.0/28"
  availability_zone = "eu-west-1a"
}

resource "aws_eks_node_group" "nodes" {
  for_each       = var.names
  cluster_name   = aws_eks_cluster.main.name
  instance_types = ["m5.large"]
  subnet_ids     = [aws_subnet.a.id]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 9
  }
}
"""
SUBNET = {"id": "subnet-0aaaaaaaaaaaaaaaa", "cidr_block": "10.0.0.0/28", "availability_zone": "eu-west-1a"}
CLUSTER = {"name": "main", "vpc_config": [{"subnet_ids": [SUBNET["id"]]}]}
NODES = {
    "cluster_name": "main",
    "instance_types": ["m5.large"],
    "subnet_ids": [SUBNET["id"]],
    "scaling_config": [{"min_size": 1, "desired_size": 2, "max_size": 9}],
}
BLOCKS = {"aws_eks_cluster.main": CLUSTER, "aws_subnet.a": SUBNET, 'aws_eks_node_group.nodes["a"]': NODES}
GROUP = 'aws_eks_node_group.nodes["a"]'


def planned(actions: Mapping[str, str], **more: object) -> dict[str, object]:
    """Return a plan that does something with some of the blocks, and leaves the others as they are."""
    changes = []
    for address, values in BLOCKS.items():
        action = actions.get(address, "no-op")
        sides = {"before": values, "before_sensitive": {}, "actions": [action]}
        one = change(address, values, None, **sides)
        what = one["change"]
        assert isinstance(what, dict)
        changes.append({**one, "change": {**what, "after": values if action == "no-op" else None}})
    return plan(changes, **{"variables": {}, "configuration": {}, "complete": None, **more})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    return tmp_path


def run(command: str, folder: Path, content: object, *, beside: bool) -> dict[str, object]:
    """Return what a command says of the plan beside the configuration, or by itself."""
    path = folder / "plan.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    arguments = [str(folder), "--plan", str(path)] if beside else [str(path)]
    result = podroom(command, "--format", "json", *arguments)
    assert result.exit_code in {0, 1}, result.output
    return json.loads(result.stdout)


EVERYTHING = dict.fromkeys(BLOCKS, "delete")


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize(
    ("actions", "more", "told"),
    [
        (EVERYTHING, {}, f"deletes aws_eks_cluster.main and {GROUP}: not judged"),
        (EVERYTHING, {"complete": True}, f"deletes aws_eks_cluster.main and {GROUP}: not judged"),
        ({GROUP: "delete"}, {}, f"deletes {GROUP}: not judged"),
        ({GROUP: "forget"}, {}, f"has Terraform forget {GROUP}, and leaves it in place: judged as it is"),
    ],
)
def test_what_a_plan_deletes_is_told_and_what_it_forgets_lives_on(
    folder: Path, actions: Mapping[str, str], more: Mapping[str, object], told: str, *, beside: bool
) -> None:
    content = planned(actions, **more)
    (world,) = run("show", folder, content, beside=beside)["worlds"]
    left = [name for name in BLOCKS if actions.get(name) != "delete"]
    kept = [one["address"] for part in ("clusters", "subnets", "node_groups") for one in world[part]]
    assert sorted(kept) == sorted(left)
    checked = run("check", folder, content, beside=beside)
    assert any(one["message"].endswith(f"plan.json {told}") for one in checked["notices"])
    assert any(one["code"] == "PR201" for one in checked["findings"]) == (GROUP in left)


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (EVERYTHING, ["aws_eks_cluster.main goes away", f"{GROUP} goes away"]),
        ({GROUP: "delete"}, [f"{GROUP} goes away"]),
        ({GROUP: "forget"}, None),
    ],
)
def test_after_the_plan_the_nodes_that_it_deletes_take_no_addresses(
    folder: Path, actions: Mapping[str, str], expected: Sequence[str] | None, *, beside: bool
) -> None:
    (found,) = run("capacity", folder, planned(actions), beside=beside)["configurations"]
    assert [one["address"] for one in found["node_groups"]] == [GROUP]
    assert [one["address"] for one in found["subnets"]] == ["aws_subnet.a"]
    then = found["what_if"]
    if expected is None:
        assert then is None
    else:
        assert then["changes"] == [f"the plan is applied: {expected[0]}", *expected[1:]]
        assert then["node_groups"] == []


def test_the_place_of_what_is_deleted_is_its_block_or_its_address_in_the_plan(folder: Path) -> None:
    text = CONFIGURATION.replace("var.names", 'toset(["a"])')
    (folder / "main.tf").write_text(text, encoding="utf-8")
    beside, alone = (run("check", folder, planned({GROUP: "delete"}), beside=side)["notices"] for side in (True, False))
    line = CONFIGURATION[: CONFIGURATION.index('resource "aws_eks_node_group"')].count("\n") + 1
    assert [(Path(one["path"]).name, one["line"]) for one in beside] == [("main.tf", line)]
    text = (folder / "plan.json").read_text(encoding="utf-8")
    assert [(Path(one["path"]).name, one["column"]) for one in alone] == [
        ("plan.json", text.index(f'"address": {json.dumps(GROUP)}') + 1)
    ]


def test_what_terraform_forgets_and_the_configuration_has_no_more_is_told_as_not_judged(folder: Path) -> None:
    text = CONFIGURATION[: CONFIGURATION.index('resource "aws_eks_node_group"')]
    (folder / "main.tf").write_text(text, encoding="utf-8")
    notices = run("check", folder, planned({GROUP: "forget"}), beside=True)["notices"]
    assert [one["message"].partition(" has ")[2] for one in notices] == [
        f"Terraform forget {GROUP}, and leaves it in place: not judged"
    ]


def test_of_many_only_the_first_are_named(folder: Path) -> None:
    addresses = [f'aws_eks_node_group.nodes["{number}"]' for number in range(12)]
    gone = {"before": NODES, "before_sensitive": {}, "actions": ["delete"]}
    changes = [change(address, {}, None, **gone) for address in addresses]
    (notice,) = run("check", folder, plan(changes, variables={}, configuration={}), beside=False)["notices"]
    assert f"{addresses[4]} and 7 more: not judged" in notice["message"]
    assert addresses[5] not in notice["message"]


@pytest.mark.parametrize(("kind", "word"), [("plan", "plans"), ("state", "states")])
def test_of_two_plans_or_two_states_of_one_root_module_none_is_passed_over(folder: Path, kind: str, word: str) -> None:
    resource = {"address": "aws_subnet.a", "mode": "managed", "type": "aws_subnet", "name": "a", "values": SUBNET}
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}}
    arguments = []
    for name in ("a.json", "b.json"):
        content = planned({}) if kind == "plan" else state
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
        arguments += ["--plan", str(folder / name)]
    result = podroom("check", str(folder), *arguments)
    assert result.exit_code == 2
    assert f"a.json and {folder / 'b.json'} are both {word} of {folder}: give the one that counts" in result.output
    result = podroom("check", str(folder), *arguments[:2], "--plan", str(folder / "c.json"))
    assert "cannot read" in result.output
