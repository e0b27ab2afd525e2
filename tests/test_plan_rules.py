"""The rules that only a plan has something to say to: what it found changed by hand, changes itself, or takes over."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from checkout import podroom
from plan_helpers import EKS21, GROUP, PLANS, change, plan, write_fixtures


@pytest.fixture(scope="module")
def eks21(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the plans and the state of the configuration in `EKS21`."""
    return write_fixtures(tmp_path_factory.mktemp("plans"))


@cache
def checked(*arguments: str) -> str:
    """Return what is said of files, which are written once, in JSON."""
    return podroom("check", "--format", "json", *arguments).stdout


def undecided(code: str, *arguments: str) -> list[str]:
    """Return why a rule could not decide."""
    return [one["reason"] for one in json.loads(checked(*arguments))["undecided"] if code in one["codes"]]


def findings(code: str, *arguments: str) -> list[dict[str, object]]:
    """Return the findings of one rule."""
    return [one for one in json.loads(checked(*arguments))["findings"] if one["code"] == code]


@pytest.mark.parametrize("name", PLANS)
def test_only_a_plan_that_refreshes_takes_over_what_was_changed(eks21: Path, name: str) -> None:
    path = str(eks21 / f"{name}.json")
    for arguments in ((path,), (str(EKS21), "--plan", path)):
        groups = sorted(str(one["message"]).rpartition("(")[2] for one in findings("PR120", *arguments))
        both = ["the Auto Scaling group and its launch template)", "the Auto Scaling group)"]
        told = both if len(arguments) > 1 else both[1:]  # by itself it does not tell what the hand-made template is
        assert groups == (told if name == "refresh_only" else [])
        assert not undecided("PR120", *arguments)
        assert not undecided("PR118", *arguments)
        assert name == "drift" or not undecided("PR116", *arguments)
        assert not findings("PR118", *arguments)  # an autoscaler moved the desired size
        assert not findings("PR119", *arguments)  # the type goes back to what is declared, which is PR116


def managed(recorded: Mapping[str, object], live: Mapping[str, object]) -> dict[str, object]:
    """Return a plan that found a managed node group changed."""
    group = change("aws_eks_node_group.n", {"cluster_name": "c", **recorded})
    sides = {"actions": ["update"], "before": recorded, "after": live, "before_sensitive": {}, "after_sensitive": {}}
    return plan([group], resource_drift=[{**group, "change": sides}])


def scaling(**sizes: int) -> dict[str, object]:
    return {"scaling_config": [sizes]}


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        (scaling(max_size=6), scaling(max_size=20), ("warning", "max_size declared 6, live 20")),
        (scaling(max_size=6), scaling(max_size=4), ("info", "max_size declared 6, live 4")),
        (scaling(min_size=1), scaling(min_size=2), ("info", "min_size declared 1, live 2")),
        (scaling(desired_size=1), scaling(desired_size=5), None),
        ({"version": "1.31"}, {"version": "1.32"}, ("info", "version declared 1.31, live 1.32")),
        (
            {"release_version": "a", **scaling(max_size=1)},
            {"release_version": "b", **scaling(max_size=2)},
            ("warning", "release_version declared a, live b, max_size declared 1, live 2"),
        ),
        (
            {"launch_template": [{"version": "3"}], **scaling(max_size=1)},
            {"launch_template": [{"version": "5"}], **scaling(max_size=1)},
            ("warning", "launch_template version declared 3, live 5"),
        ),
        (
            {"launch_template": [{"version": "5"}], **scaling(max_size=1)},
            {"launch_template": [{"version": "3"}], **scaling(max_size=1)},
            ("warning", "launch_template version declared 5, live 3"),
        ),
        (
            {"subnet_ids": ["subnet-b", "subnet-a"]},
            {"subnet_ids": ["subnet-a", "subnet-b", "subnet-c"]},
            ("warning", "subnet_ids declared subnet-a, subnet-b, live subnet-a, subnet-b, subnet-c"),
        ),
        ({"subnet_ids": ["subnet-b", "subnet-a"]}, {"subnet_ids": ["subnet-a", "subnet-b"]}, None),
        (scaling(max_size=6), {"scaling_config": 7}, ("warning", "max_size declared 6, live unset")),
    ],
)
def test_how_drift_of_a_managed_node_group_is_told(
    tmp_path: Path, recorded: dict[str, object], live: dict[str, object], expected: tuple[str, str] | None
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(managed(recorded, live)), encoding="utf-8")
    found = [(one["severity"], one["message"]) for one in findings("PR118", str(path))]
    assert [severity for severity, _ in found] == ([] if expected is None else [expected[0]])
    assert expected is None or expected[1] in str(found[0][1])


SENSITIVE: tuple[object, ...] = (
    ("max_size of the node group", {"scaling_config": [{"max_size": True}]}),
    ("min_size of the node group", {"scaling_config": [True]}),
    ("min_size of the node group", {"scaling_config": True}),
    ("release_version of the node group", {"release_version": True}),
    ("subnet_ids of the node group", {"subnet_ids": [True]}),
    ("launch_template version of the node group", {"launch_template": True}),
    ("launch_template version of the node group", {"launch_template": [{"version": True}]}),
)
GROUP_SIDE = {
    "release_version": "a",
    "subnet_ids": ["subnet-a"],
    "launch_template": [{"id": "lt-a", "version": "3"}],
    **scaling(min_size=1, max_size=6),
}


@pytest.mark.parametrize(
    "sides", [("before_sensitive",), ("after_sensitive",), ("before_sensitive", "after_sensitive")]
)
@pytest.mark.parametrize(("reason", "marks"), SENSITIVE)
def test_what_is_sensitive_of_a_changed_node_group_is_undecided_and_the_rest_told(
    tmp_path: Path, reason: str, marks: dict[str, object], sides: tuple[str, ...]
) -> None:
    content = managed(GROUP_SIDE, {**GROUP_SIDE, "version": "1.33"})
    content["resource_drift"][0]["change"] |= dict.fromkeys(sides, marks)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    (found,) = findings("PR118", str(path))
    assert str(found["message"]).endswith(": version declared unset, live 1.33")
    assert undecided("PR118", str(path)) == [f"{reason} is sensitive, so podroom does not keep it"]


@pytest.mark.parametrize(
    ("live", "marks", "expected"),
    [
        ({}, {"scaling_config": [{"max_size": True}]}, "max_size of the node group is sensitive"),
        ({"version": "1.33"}, {"scaling_config": [{"max_size": True}]}, None),
        ({}, {"scaling_config": [{"desired_size": True}]}, ""),
    ],
)
def test_what_a_plan_that_refreshes_hides_is_undecided_unless_something_else_changed(
    tmp_path: Path, live: dict[str, object], marks: dict[str, object], expected: str | None
) -> None:
    content = managed(GROUP_SIDE, {**GROUP_SIDE, **live})
    content["resource_drift"][0]["change"] |= {"after_sensitive": marks}
    (found,) = content.pop("resource_changes")
    there = {name: part for name, part in found.items() if name != "change"} | {"values": {**GROUP_SIDE, **live}}
    prior = {"values": {"root_module": {"resources": [there | {"sensitive_values": marks}]}}}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({**content, "prior_state": prior}), encoding="utf-8")
    reasons = undecided("PR120", str(path))
    assert bool(findings("PR120", str(path))) == (expected is None)
    assert [expected in reason for reason in reasons] == ([True] if expected else [])


STATED = """
resource "aws_eks_node_group" "n" {
  cluster_name   = "main"
  instance_types = TYPES
  subnet_ids     = ["subnet-1"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 6
  }
}
"""


@pytest.mark.parametrize(
    ("types", "state", "expected"),
    [
        ('["m5.large"]', scaling(min_size=1, max_size=20), "max_size declared 6, in the state 20"),
        ('["m5.large"]', {"instance_types": ["m5.xlarge"]}, "instance_types declared m5.large, in the state m5.xlarge"),
        ('["m5.large"]', scaling(min_size=1, max_size=6, desired_size=5), None),
        ('["m5.large", "m5.xlarge"]', {"instance_types": ["m5.xlarge", "m5.large"]}, None),
        ('["m5.large"]', {"instance_types": []}, None),
        ("[var.type]", {"instance_types": ["m5.xlarge"]}, None),
    ],
)
def test_a_state_that_has_a_node_group_otherwise_is_told_for_information(
    tmp_path: Path, types: str, state: dict[str, object], expected: str | None
) -> None:
    (tmp_path / "main.tf").write_text('variable "type" {}\n' + STATED.replace("TYPES", types), encoding="utf-8")
    block = {"mode": "managed", "type": "aws_eks_node_group", "name": "n", "instances": [{"attributes": state}]}
    path = tmp_path / "terraform.tfstate"
    path.write_text(json.dumps({"version": 4, "lineage": "x", "resources": [block]}), encoding="utf-8")
    found = [(one["severity"], str(one["message"])) for one in findings("PR118", str(tmp_path), "--plan", str(path))]
    assert [severity for severity, _ in found] == ([] if expected is None else ["info"])
    assert expected is None or found[0][1].endswith(expected)
    assert not findings("PR118", str(path))  # by itself there is nothing to compare it with


STATED_TEMPLATE = """
variable "pods" {
  default = 58
}

resource "aws_subnet" "a" {
  cidr_block = "10.0.0.0/24"
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m7g.2xlarge"
  user_data = base64encode("#!/bin/bash\\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=${var.pods}\\n")
  network_interfaces {}
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.a.id]
  launch_template {
    id = aws_launch_template.nodes.id
  }
}

resource "aws_eks_node_group" "n" {
  cluster_name   = "main"
  instance_types = ["m5.large"]
  ami_type       = "AL2023_x86_64_STANDARD"
  subnet_ids     = [aws_subnet.a.id, "subnet-0bbbbbbbbbbbbbbbb"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 6
  }
}
"""
SUBNETS = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]


def encoded(text: str) -> str:
    return base64.b64encode(f"#!/bin/bash\n{text}\n".encode()).decode()


SCRIPT = "/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=58"
AS_DECLARED: dict[str, dict[str, object]] = {
    "aws_subnet.a": {"id": SUBNETS[0], "cidr_block": "10.0.0.0/24"},
    "aws_launch_template.nodes": {
        "id": "lt-0aaaaaaaaaaaaaaaa",
        "image_id": "ami-0123456789abcdef0",
        "instance_type": "m7g.2xlarge",
        "user_data": encoded(SCRIPT),
        "network_interfaces": [{"device_index": 0}],
    },
    "aws_autoscaling_group.nodes": {
        "min_size": 1,
        "max_size": 3,
        "vpc_zone_identifier": SUBNETS[:1],
        "launch_template": [{"id": "lt-0aaaaaaaaaaaaaaaa"}],
    },
    "aws_eks_node_group.n": {
        "cluster_name": "main",
        "instance_types": ["m5.large"],
        "ami_type": "AL2023_x86_64_STANDARD",
        "subnet_ids": SUBNETS,
        "scaling_config": [{"min_size": 1, "desired_size": 2, "max_size": 6}],
    },
}


def in_state(folder: Path, address: str, changed: Mapping[str, object], *, marked: tuple[str, ...] = ()) -> str:
    """Write the configuration and a state that has some attributes of one resource otherwise; return the state."""
    (folder / "main.tf").write_text(STATED_TEMPLATE, encoding="utf-8")
    resources = []
    for name, attributes in AS_DECLARED.items():
        kind, _, label = name.partition(".")
        entry = {"attributes": {**attributes, **(changed if name == address else {})}}
        if name == address:
            entry["sensitive_attributes"] = [[{"type": "get_attr", "value": one}] for one in marked]
        resources.append({"mode": "managed", "type": kind, "name": label, "instances": [entry]})
    path = folder / "terraform.tfstate"
    path.write_text(json.dumps({"version": 4, "lineage": "x", "resources": resources}), encoding="utf-8")
    return str(path)


TEMPLATE, ASG, MANAGED = "aws_launch_template.nodes", "aws_autoscaling_group.nodes", "aws_eks_node_group.n"
OTHER_SUBNET = ["subnet-0cccccccccccccccc"]


@pytest.mark.parametrize(
    ("address", "changed", "expected"),
    [
        (ASG, {}, None),
        (TEMPLATE, {"user_data": encoded(SCRIPT.replace("58", "110"))}, "max pods declared 58, in the state 110"),
        (TEMPLATE, {"user_data": encoded("/etc/eks/bootstrap.sh main")}, "max pods declared 58, in the state unset"),
        (
            TEMPLATE,
            {"user_data": encoded(SCRIPT.replace("main", "main --use-max-pods false"))},
            "--use-max-pods declared unset, in the state false",
        ),
        (TEMPLATE, {"instance_type": "m7g.large"}, "instance_types declared m7g.2xlarge, in the state m7g.large"),
        (
            TEMPLATE,
            {"network_interfaces": [{"device_index": 0}, {"device_index": 1}]},
            "network interfaces declared 1, in the state 2",
        ),
        (TEMPLATE, {"tags": {"a": "b"}, "ebs_optimized": True}, None),
        (
            ASG,
            {"vpc_zone_identifier": OTHER_SUBNET},
            f"subnets declared aws_subnet.a, in the state {OTHER_SUBNET[0]}",
        ),
        (ASG, {"max_size": 30, "desired_capacity": 20}, "max_size declared 3, in the state 30"),
        (MANAGED, {"subnet_ids": SUBNETS[::-1]}, None),
        (
            MANAGED,
            {"subnet_ids": SUBNETS[1:]},
            f"subnets declared aws_subnet.a, {SUBNETS[1]}, in the state {SUBNETS[1]}",
        ),
        (MANAGED, {"ami_type": "AL2_x86_64"}, "AMI family declared Amazon Linux 2023, in the state Amazon Linux 2"),
        (MANAGED, {"disk_size": 500, "tags": {"a": "b"}, "labels": {"a": "b"}}, None),
        (
            ASG,
            {"launch_template": [{"id": "lt-0bbbbbbbbbbbbbbbb", "version": "1"}]},
            "launch template declared aws_launch_template.nodes, in the state lt-0bbbbbbbbbbbbbbbb",
        ),
    ],
)
def test_what_a_state_has_otherwise_is_told_with_both_sides(
    tmp_path: Path, address: str, changed: Mapping[str, object], expected: str | None
) -> None:
    path = in_state(tmp_path, address, changed)
    found = [(one["severity"], str(one["message"])) for one in findings("PR118", str(tmp_path), "--plan", path)]
    assert [severity for severity, _ in found] == ([] if expected is None else ["info"])
    assert expected is None or expected in found[0][1]


@pytest.mark.parametrize(
    ("address", "marked"),
    [(TEMPLATE, ("user_data",)), (TEMPLATE, ("instance_type",)), (ASG, ("max_size",)), (MANAGED, ("subnet_ids",))],
)
def test_what_is_sensitive_in_a_state_is_undecided_and_not_printed(
    tmp_path: Path, address: str, marked: tuple[str, ...]
) -> None:
    secret = "hunter2"
    changed = {"user_data": encoded(secret), "subnet_ids": [secret], "instance_type": secret, "max_size": 77}
    path = in_state(tmp_path, address, {marked[0]: changed[marked[0]]}, marked=marked)
    result = podroom("check", "--format", "json", str(tmp_path), "--plan", path)
    content = json.loads(result.stdout)
    assert not [one for one in content["findings"] if one["code"] == "PR118"]
    (told,) = (one for one in content["undecided"] if "PR118" in json.dumps(one))
    assert f"{address}.{marked[0]} is sensitive" in json.dumps(told)
    assert secret not in result.stdout
    assert encoded(secret) not in result.stdout


def user_data(pods: int) -> str:
    text = f"#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods={pods}\n"
    return base64.b64encode(text.encode()).decode()


def template(kind: str, pods: int) -> dict[str, object]:
    image = {"id": "lt-1", "image_id": "ami-0123456789abcdef0"}
    return {**image, "instance_type": kind, "user_data": user_data(pods)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (("m5.large", 29), ("m5.4xlarge", 29), "changes from m5.large to m5.4xlarge, and max pods stays at 29"),
        (("m5.large", 29), ("m5.4xlarge", 110), None),
        (("m5.large", 20), ("m5.4xlarge", 20), None),  # it was never the old type's own
        (("m5.large", 29), ("c5.large", 29), None),  # which has the same room
        (("m5.4xlarge", 234), ("m5.large", 234), None),  # PR101
        (("m5.large", 29), ("m5.large", 29), None),
    ],
)
def test_a_larger_type_with_the_number_of_the_old_one_is_told(
    tmp_path: Path, old: tuple[str, int], new: tuple[str, int], expected: str | None
) -> None:
    (tmp_path / "main.tf").write_text(
        GROUP.replace('"m7g.2xlarge"', f'"{new[0]}"').replace("max-pods=58", f"max-pods={new[1]}"), encoding="utf-8"
    )
    before = {"before": template(*old), "before_sensitive": {}, "actions": ["update"]}
    launched = change("aws_launch_template.nodes", template(*new), **before)
    settings = {"min_size": 1, "max_size": 3, "launch_template": [{"id": "lt-1"}]}
    group = change("aws_autoscaling_group.nodes", settings, actions=["no-op"])
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan([launched, group])), encoding="utf-8")
    for arguments in ((str(path),), (str(tmp_path), "--plan", str(path))):
        found = [str(one["message"]) for one in findings("PR119", *arguments)]
        assert len(found) == (expected is not None)
        assert expected is None or expected in found[0]


def found(address: str, before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """Return what a plan found of a resource."""
    sides = {"before": before, "after": after, "before_sensitive": {}, "after_sensitive": {}, "actions": ["update"]}
    return {**change(address, after), "change": sides}


def launching(version: int, size: int, *types: str) -> dict[str, object]:
    """Return an Auto Scaling group that launches a version of a launch template as some types."""
    specification = [{"launch_template_id": "lt-1", "version": str(version)}]
    overrides = [{"instance_type": one} for one in types]
    policy = [{"launch_template": [{"launch_template_specification": specification, "override": overrides}]}]
    return {"min_size": 1, "max_size": size, "mixed_instances_policy": policy}


@pytest.mark.parametrize(
    ("left", "live", "planned", "expected"),
    [
        (launching(1, 6, "m5.xlarge"), launching(1, 6, "m5.large"), launching(1, 6, "m5.large"), None),
        (launching(1, 6, "m5.xlarge"), launching(1, 6, "m5.large"), launching(1, 6, "c5.large"), "declared c5.large"),
        (launching(1, 6, "m5.xlarge"), launching(1, 6, "m5.large"), launching(2, 6, "m5.xlarge"), "live m5.large"),
        (launching(1, 6, "m5.large"), launching(2, 6, "m5.large"), launching(2, 6, "m5.large"), None),
        (launching(1, 6, "m5.large"), launching(2, 6, "m5.large"), launching(1, 6, "m5.large"), "version 2"),
        (launching(1, 6, "m5.large"), launching(1, 20, "m5.large"), launching(1, 20, "m5.large"), None),
        (launching(1, 6, "m5.large"), launching(1, 20, "m5.large"), launching(1, 6, "m5.large"), "declared 6, live 20"),
        (launching(1, 6, "m5.large"), launching(1, 20, "m5.large"), launching(1, 9, "m5.large"), "declared 9, live 20"),
        (launching(1, 6, "m5.large"), launching(1, 6, "m5.large"), launching(1, 9, "m5.large"), None),
    ],
)
def test_drift_is_what_is_live_and_not_declared_and_was_not_left_so(
    tmp_path: Path,
    left: dict[str, object],
    live: dict[str, object],
    planned: dict[str, object],
    expected: str | None,
) -> None:
    address = "aws_autoscaling_group.nodes"
    after = change(address, planned, actions=["no-op" if planned == live else "update"], before=live)
    path = tmp_path / "plan.json"
    launched = change("aws_launch_template.nodes", template("m5.large", 29), actions=["no-op"])
    content = plan([launched, after], resource_drift=[found(address, left, live)])
    path.write_text(json.dumps(content), encoding="utf-8")
    told = [str(one["message"]) for code in ("PR116", "PR118") for one in findings(code, str(path))]
    told += undecided("PR116", str(path))
    assert len(told) == (expected is not None), told
    assert expected is None or expected in told[0]


@pytest.mark.parametrize(("planned", "expected"), [("m5.large", None), ("m5.xlarge", "now m5.large")])
def test_a_version_made_by_hand_that_is_declared_by_now_is_no_drift(
    tmp_path: Path, planned: str, expected: str | None
) -> None:
    address = "aws_launch_template.nodes"
    left, live = {**template("m5.xlarge", 58), "latest_version": 1}, {**template("m5.large", 29), "latest_version": 2}
    then = live if planned == "m5.large" else {**left, "latest_version": 2}
    group = change("aws_autoscaling_group.nodes", {"launch_template": [{"id": "lt-1", "version": "$Latest"}]})
    content = plan([change(address, then), group], resource_drift=[found(address, left, live)])
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    told = [str(one["message"]) for one in findings("PR117", str(path))]
    assert len(told) == (expected is not None)
    assert expected is None or expected in told[0]


@pytest.mark.parametrize(
    ("ignored", "is_told"), [("", False), ("ignore_changes = [max_size]", True), ("ignore_changes = all", True)]
)
def test_what_is_ignored_is_planned_as_it_is_and_declared_otherwise(
    tmp_path: Path, ignored: str, *, is_told: bool
) -> None:
    lifecycle = f"  lifecycle {{\n    {ignored}\n  }}\n}}\n" if ignored else "}\n"
    text = GROUP.rstrip().removesuffix("}")
    (tmp_path / "main.tf").write_text(text + lifecycle, encoding="utf-8")
    address = "aws_autoscaling_group.nodes"
    content = plan(
        [change(address, {"max_size": 20}, actions=["no-op"])],
        resource_drift=[found(address, {"max_size": 6}, {"max_size": 20})],
    )
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert bool(findings("PR118", str(tmp_path), "--plan", str(path))) == is_told
