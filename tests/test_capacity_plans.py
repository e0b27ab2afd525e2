"""`podroom capacity` with a plan: what the nodes take before it and after it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest

from capacity_helpers import strict
from checkout import CHECKOUT, podroom
from plan_helpers import EKS21, change, plan, write_fixtures

SCHEMA = CHECKOUT / "linter/podroom/report/schemas/capacity-v1.json"
STRICT = jsonschema.Draft202012Validator(strict(json.loads(SCHEMA.read_text(encoding="utf-8"))))
SUBNET = {"id": "subnet-0aaaaaaaaaaaaaaaa", "cidr_block": "10.0.0.0/24", "availability_zone": "eu-west-1a"}


def settings(most: int, kind: str = "m5.large", desired: int = 2) -> dict[str, object]:
    sizes = [{"min_size": 1, "desired_size": desired, "max_size": most}]
    return {"cluster_name": "main", "instance_types": [kind], "subnet_ids": [SUBNET["id"]], "scaling_config": sizes}


def group(before: Mapping[str, object] | None, after: Mapping[str, object] | None, *actions: str) -> dict[str, object]:
    """Return what a plan does with a node group."""
    sides = {"before": before, "before_sensitive": {}, "actions": list(actions)}
    found = change("aws_eks_node_group.n", after or {}, None, **sides)
    what = found["change"]
    assert isinstance(what, dict)
    return {**found, "change": {**what, "after": after}}


def compared(folder: Path, *changes: Mapping[str, object], options: tuple[str, ...] = ()) -> dict[str, object]:
    """Return what is said of the only configuration."""
    path = folder / "plan.json"
    content = plan([change("aws_subnet.a", SUBNET, actions=["no-op"]), *changes])
    path.write_text(json.dumps(content), encoding="utf-8")
    result = podroom("capacity", "--format", "json", *options, str(path))
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    STRICT.validate(told)
    (found,) = told["configurations"]
    return found


def nodes(forecast: Mapping[str, object]) -> list[int]:
    """Return the largest numbers of nodes of the groups."""
    return [one["maximum_size"]["most"] for one in forecast["node_groups"]]


@pytest.mark.parametrize(
    ("before", "after", "actions", "expected"),
    [
        (settings(6), settings(20), ("update",), ["aws_eks_node_group.n.max_size goes from 6 to 20"]),
        (
            settings(6),
            settings(6, "m5.4xlarge"),
            ("delete", "create"),
            ["aws_eks_node_group.n.instance_types go from m5.large to m5.4xlarge"],
        ),
        (
            settings(6),
            settings(4, "m5.4xlarge"),
            ("create", "delete"),
            [
                "aws_eks_node_group.n.max_size goes from 6 to 4",
                "aws_eks_node_group.n.instance_types go from m5.large to m5.4xlarge",
                "aws_eks_node_group.n is made anew before the old one goes",
            ],
        ),
        (None, settings(6), ("create",), ["aws_eks_node_group.n is made"]),
        (settings(6), None, ("delete",), ["aws_eks_node_group.n goes away"]),
        (settings(6, desired=5), settings(6), ("update",), []),
        (settings(6), settings(6), ("no-op",), []),
    ],
)
def test_what_a_plan_changes_is_shown_beside_what_is_there(
    tmp_path: Path,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    actions: tuple[str, ...],
    expected: list[str],
) -> None:
    found = compared(tmp_path, group(before, after, *actions))
    then = found["what_if"]
    assert (then is None) == (not expected)
    if then is not None:
        assert then["changes"] == [f"the plan is applied: {expected[0]}", *expected[1:]]
        assert nodes(found) == ([] if before is None else [before["scaling_config"][0]["max_size"]])
        assert nodes(then) == ([] if after is None else [after["scaling_config"][0]["max_size"]])


def test_both_sides_are_there_while_a_plan_makes_nodes_anew_before_the_old_ones_go(tmp_path: Path) -> None:
    change_of_plan = group(settings(6, desired=3), settings(9, "m5.4xlarge", desired=2), "create", "delete")
    found = compared(tmp_path, change_of_plan)
    during = found["while_applied"]
    assert [one["address"] for one in during["node_groups"]] == [
        "aws_eks_node_group.n",
        "aws_eks_node_group.n (before the plan)",
    ]
    assert nodes(during) == [2, 3]
    (before,), (meanwhile,), (then,) = (one["subnets"] for one in (found, during, found["what_if"]))
    each = {one: part["at_maximum"]["saturated"]["most"] for one, part in (("m5.large", before), ("m5.4xlarge", then))}
    large, larger = each["m5.large"] // 6, each["m5.4xlarge"] // 9
    assert meanwhile["at_maximum"]["saturated"]["most"] == 3 * large + 2 * larger
    assert meanwhile["at_maximum"]["saturated"]["working"] == f"2 x {larger} + 3 x {large} = {3 * large + 2 * larger}"


@pytest.mark.parametrize("actions", [("update",), ("delete", "create"), ("create",)])
def test_otherwise_nothing_is_there_but_before_and_after(tmp_path: Path, actions: tuple[str, ...]) -> None:
    before = None if actions == ("create",) else settings(6)
    assert compared(tmp_path, group(before, settings(9), *actions))["while_applied"] is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (["subnet-1"], ["subnet-1", "subnet-2"], "subnets go from subnet-1 to subnet-1, subnet-2"),
        (["subnet-1", "subnet-2"], ["subnet-2", "subnet-1"], None),
        (["subnet-1"], [SUBNET["id"]], None),  # which is known by its address: the other one may be it
        (["subnet-1"], [None], None),
    ],
)
def test_other_subnets_are_a_change_where_all_are_known_alike(
    tmp_path: Path, old: list[str], new: list[str | None], told: str | None
) -> None:
    content = group({**settings(6), "subnet_ids": old}, {**settings(6), "subnet_ids": new}, "update")
    content["change"]["after_unknown"] = {"subnet_ids": [one is None for one in new]}
    then = compared(tmp_path, content)["what_if"]
    assert (then is None) == (told is None)
    assert told is None or then["changes"] == [f"the plan is applied: aws_eks_node_group.n.{told}"]


def test_what_somebody_asks_for_counts_instead(tmp_path: Path) -> None:
    change_of_plan = group(settings(6), settings(20), "update")
    found = compared(tmp_path, change_of_plan, options=("--set", "aws_eks_node_group.n.max_size=9"))
    assert found["what_if"]["changes"] == ["aws_eks_node_group.n.max_size=9"]
    assert nodes(found) == [20]


@pytest.mark.parametrize("beside", [True, False])
def test_what_was_changed_by_hand_is_before_the_plan_that_takes_it_back(tmp_path: Path, *, beside: bool) -> None:
    path = str(write_fixtures(tmp_path) / "drift.json")
    arguments = (str(EKS21), "--plan", path) if beside else (path,)
    result = podroom("capacity", "--format", "json", *arguments)
    (found,) = json.loads(result.stdout)["configurations"]
    types = [change for change in found["what_if"]["changes"] if "instance_types" in change]
    assert any("m5.4xlarge, m6i.xlarge to m5.xlarge, m6i.xlarge" in change for change in types)
    assert not any("desired" in change for change in found["what_if"]["changes"])
