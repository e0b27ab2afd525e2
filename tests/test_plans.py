"""Plans and states beside the configuration: what they add, what stays, and what they never give away."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from checkout import podroom
from plan_helpers import (
    CONFIGURATION,
    EKS21,
    EXPANSIONS,
    FORMATS,
    FULL,
    GROUP,
    PLANS,
    SECRET,
    as_plan,
    change,
    deep,
    facts,
    nodes,
    plan,
    planned,
    policy,
    subnet,
    write_fixtures,
)
from podroom import cli


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    return tmp_path


def shown(folder: Path, *plans: object, options: Sequence[str] = ()) -> dict[str, object]:
    """Return the World of a folder with plans beside it."""
    arguments = [*options]
    for number, content in enumerate(plans):
        path = folder.parent / f"{folder.name}-{number}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        arguments += ["--plan", str(path)]
    result = podroom("show", "--format", "json", *arguments, str(folder))
    assert result.exit_code == 0, result.output
    (world,) = json.loads(result.stdout)["worlds"]
    return world


@pytest.fixture(scope="module")
def eks21(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the plans and the state of the configuration in `EKS21`."""
    return write_fixtures(tmp_path_factory.mktemp("plans"))


# --- what a plan adds ------------------------------------------------------------------------------


def test_unknown_count_and_for_each_take_the_instances_of_the_plan(folder: Path) -> None:
    alone, both = shown(folder), shown(folder, FULL)
    assert [one["address"] for one in alone["subnets"]] == ["aws_subnet.own[0]"]
    assert [one["address"] for one in both["subnets"]] == ["aws_subnet.own[0]", "aws_subnet.own[1]"]
    names = ['aws_eks_node_group.nodes["blue"]', 'aws_eks_node_group.nodes["green"]']
    assert [one["address"] for one in both["node_groups"]] == names
    assert all(one["uncertain"] is None for one in both["node_groups"])


def test_attributes_and_blocks_take_the_values_of_the_plan_at_the_place_in_the_configuration(folder: Path) -> None:
    group = shown(folder, FULL)["node_groups"][0]
    (choice,) = group["instance_types"]["items"]
    assert choice["type"]["value"] == "m5.large"
    line = CONFIGURATION[: CONFIGURATION.index("instance_types =")].count("\n") + 1
    assert f"main.tf:{line}:" in choice["type"]["origin"]
    assert group["maximum_size"]["value"] == 12


def test_links_to_resources_stay_where_the_plan_does_not_know_ids_and_where_it_does(folder: Path) -> None:
    ids = [f"subnet-0000000000000000{number}" for number in range(2)]
    known = [
        change(f"aws_subnet.own[{number}]", {"id": ids[number], "cidr_block": f"10.0.{number}.0/24"})
        for number in range(2)
    ]
    for content in (FULL, plan([*known, nodes("blue", ids=ids)])):
        uses = shown(folder, content)["node_groups"][0]["subnets"]
        assert [one["subnet"]["value"] for one in uses["items"]] == ["aws_subnet.own[0]", "aws_subnet.own[1]"]
        assert not uses["missing"]


def test_the_id_of_a_resource_leads_to_it_where_the_configuration_has_no_reference(folder: Path) -> None:
    text = CONFIGURATION.replace("aws_subnet.own[*].id", 'split(",", data.external.types.result["ids"])')
    (folder / "main.tf").write_text(text, encoding="utf-8")
    identity = "subnet-00000000000000007"
    content = plan([change("aws_subnet.own[0]", {"id": identity}), nodes("blue", ids=[identity, "subnet-other"])])
    uses = shown(folder, content)["node_groups"][0]["subnets"]["items"]
    assert [one["subnet"]["value"] for one in uses] == ["aws_subnet.own[0]", "subnet-other"]


def test_data_sources_take_what_terraform_read(folder: Path) -> None:
    data = {
        "address": "data.external.types",
        "mode": "data",
        "type": "external",
        "name": "types",
        "values": {"result": {"subnets": "1", "groups": "red", "type": "c5.large"}},
        "sensitive_values": {},
    }
    prior = {"values": {"root_module": {"resources": [data]}}}
    world = shown(folder, plan([subnet(0)], prior_state=prior, complete=False))
    (group,) = world["node_groups"]
    assert group["address"] == 'aws_eks_node_group.nodes["red"]'
    assert group["instance_types"]["items"][0]["type"]["value"] == "c5.large"


def test_a_plan_that_creates_nothing_of_a_block_settles_that_there_is_none_only_if_it_is_complete(folder: Path) -> None:
    changes = [subnet(0)]
    assert not shown(folder, plan(changes))["node_groups"]
    for complete in (None, False):
        (group,) = shown(folder, plan(changes, complete=complete))["node_groups"]
        assert group["uncertain"] is not None


def test_a_plan_with_targets_does_not_say_which_instances_there_are(folder: Path) -> None:
    world = shown(folder, plan([subnet(0), subnet(1), nodes("blue")], complete=False))
    assert [one["address"] for one in world["subnets"]] == ["aws_subnet.own[0]"]
    assert world["node_groups"][0]["uncertain"] is not None


def test_what_is_deleted_or_only_left_to_be_removed_is_not_there(folder: Path) -> None:
    gone = [
        {**subnet(1), "change": {"actions": ["delete"], "before": {}, "after": None, "after_sensitive": False}},
        {**subnet(2), "deposed": "0123abcd"},
    ]
    world = shown(folder, plan([subnet(0), *gone, nodes("blue")]))
    assert [one["address"] for one in world["subnets"]] == ["aws_subnet.own[0]"]


# --- variables -------------------------------------------------------------------------------------


def test_variables_of_the_plan_count_unless_they_are_given_again(folder: Path) -> None:
    assert shown(folder, FULL)["node_groups"][0]["maximum_size"]["value"] == 12
    changed = plan([subnet(0), change('aws_eks_node_group.nodes["blue"]', {})])
    given = shown(folder, changed, options=["--var", "size=3"])
    assert given["node_groups"][0]["maximum_size"]["value"] == 3


def test_a_file_with_the_value_of_the_plan_stays_the_place_of_it(folder: Path) -> None:
    (folder / "terraform.tfvars").write_text("size = 12\n", encoding="utf-8")
    assert "terraform.tfvars" in shown(folder, FULL)["node_groups"][0]["maximum_size"]["origin"]
    (folder / "terraform.tfvars").write_text("size = 13\n", encoding="utf-8")
    size = shown(folder, FULL)["node_groups"][0]["maximum_size"]
    assert size["value"] == 12
    assert "main.tf" in size["origin"]


# --- plans that do not fit -------------------------------------------------------------------------


def test_a_plan_of_another_revision_is_told_once_and_the_configuration_counts(folder: Path) -> None:
    options = ["--var", "size=5"]
    content = plan([subnet(0), nodes("blue"), nodes("green")])
    world = shown(folder, content, options=options)
    assert [one["maximum_size"]["value"] for one in world["node_groups"]] == [5, 5]
    (gap,) = world["gaps"]
    assert "is 5 here and 12 there" in gap["reason"]
    assert "is not a plan of this configuration" in gap["reason"]


def test_changes_that_the_configuration_ignores_are_no_contradiction(folder: Path) -> None:
    text = CONFIGURATION.replace(
        "  scaling_config {",
        "  lifecycle {\n    ignore_changes = [scaling_config[0].max_size]\n  }\n\n  scaling_config {",
    )
    (folder / "main.tf").write_text(text, encoding="utf-8")
    assert not shown(folder, plan([subnet(0), nodes("blue")]), options=["--var", "size=5"])["gaps"]


@pytest.mark.parametrize("two", [False, True])
def test_a_plan_belongs_to_the_one_root_module_that_declares_its_blocks(folder: Path, *, two: bool) -> None:
    path = folder / "of.json"
    path.write_text(json.dumps(FULL), encoding="utf-8")
    for name in ("a", "b") if two else ():
        (folder / name).mkdir()
        (folder / name / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    (folder / "main.tf").write_text('resource "aws_vpc" "other" {}\n', encoding="utf-8")
    result = podroom("check", "--plan", str(path), str(folder))
    assert result.exit_code == 2
    expected = "name the folder that it is of" if two else "has nothing in common with any root module that was read"
    assert expected in result.stderr
    if two:
        assert podroom("show", "--plan", str(path), str(folder / "a")).exit_code == 0


def test_of_two_root_modules_that_fit_a_plan_belongs_to_the_one_that_it_lies_in(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    (folder / "main.tf").unlink()
    path = folder / "b" / "plan.json"
    path.write_text(json.dumps(FULL), encoding="utf-8")
    result = podroom("show", "--format", "json", "--plan", str(path), str(folder))
    first, second = json.loads(result.stdout)["worlds"]
    assert (len(first["subnets"]), len(second["subnets"])) == (1, 2)


def test_a_plan_from_before_a_block_was_repeated_says_nothing_of_its_instances(folder: Path) -> None:
    for address in ("aws_subnet.own", "aws_eks_node_group.nodes"):
        world = shown(folder, plan([change(address, {"id": "subnet-1"})], complete=None))
        (group,) = world["node_groups"]
        assert [one["address"] for one in world["subnets"]] == ["aws_subnet.own[0]"]
        assert group["uncertain"] is not None


HASH = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"


@pytest.mark.parametrize("written", ['"#!/bin/bash"', 'data.external.types.result["user_data"]'])
def test_a_hash_of_user_data_is_no_user_data_and_contradicts_none(folder: Path, written: str) -> None:
    text = f"""
resource "aws_launch_configuration" "nodes" {{
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = {written}
}}

resource "aws_autoscaling_group" "nodes" {{
  min_size             = 1
  max_size             = 2
  launch_configuration = aws_launch_configuration.nodes.name

  tag {{
    key                 = "kubernetes.io/cluster/main"
    value               = "owned"
    propagate_at_launch = true
  }}
}}

data "external" "types" {{}}
"""
    (folder / "main.tf").write_text(text, encoding="utf-8")
    changes = [change("aws_launch_configuration.nodes", {"user_data": HASH}), change("aws_autoscaling_group.nodes", {})]
    world = shown(folder, plan(changes))
    assert world == {**shown(folder), "compared": True, "before": []}
    assert HASH not in json.dumps(world)


# --- the fixtures ----------------------------------------------------------------------------------


@pytest.mark.once("what a plan settles depends on no Python")
@pytest.mark.parametrize("case", EXPANSIONS, ids=lambda case: case.stem)
def test_configuration_alone_and_with_what_terraform_planned_never_contradict_each_other(
    tmp_path: Path, case: Path
) -> None:
    expansion = json.loads(case.read_text(encoding="utf-8"))
    (tmp_path / "main.tf").write_text(expansion["hcl"], encoding="utf-8")
    alone, both = shown(tmp_path), shown(tmp_path, as_plan(expansion["resources"]))
    hold_together(alone, both)


@pytest.mark.once("what a plan settles depends on no Python")
@pytest.mark.parametrize("name", PLANS)
def test_configuration_alone_and_with_a_plan_or_state_never_contradict_each_other(eks21: Path, name: str) -> None:
    alone = podroom("show", "--format", "json", str(EKS21)).stdout
    both = podroom("show", "--format", "json", str(EKS21), "--plan", str(eks21 / f"{name}.json")).stdout
    (before,), (after,) = json.loads(alone)["worlds"], json.loads(both)["worlds"]
    hold_together(before, after)
    assert len(dict(facts(after))) > len(dict(facts(before)))


def hold_together(alone: object, both: dict[str, object]) -> None:
    known, more = dict(facts(alone)), dict(facts(both))
    differing = {path: (known[path], more[path]) for path in known.keys() & more.keys() if known[path] != more[path]}
    symbolic = {
        path: pair for path, pair in differing.items() if str(pair[0]).startswith("data.") or pair[0] == "current"
    }
    # A zone that has no name yet is called by its expression, and the version that a data source finds is the newest.
    assert {path[-1] for path in symbolic} <= {"zone", "version"}
    assert differing == symbolic
    assert not known.keys() - more.keys()
    assert not both["gaps"]


def test_with_the_plan_every_node_group_has_its_subnets_in_zones_that_have_names(eks21: Path) -> None:
    result = podroom("show", "--format", "json", str(EKS21), "--plan", str(eks21 / "create.json"))
    (world,) = json.loads(result.stdout)["worlds"]
    zones = {one["address"]: one["zone"]["value"] for one in world["subnets"]}
    assert sorted(set(zones.values())) == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    for group in world["node_groups"]:
        assert group["subnets"]["items"]
        assert not group["subnets"]["missing"]
        assert all(use["subnet"]["value"] in zones for use in group["subnets"]["items"])


# --- what somebody changed by hand ---------------------------------------------------------------------


def drifts(eks21: Path, name: str, *codes: str) -> dict[str, dict[str, object]]:
    result = podroom("check", "--format", "json", str(EKS21), "--plan", str(eks21 / f"{name}.json"))
    found = json.loads(result.stdout)["findings"]
    return {one["subjects"][0]: one for one in found if one["code"] in (codes or {"PR116"})}


def test_drift_of_auto_scaling_groups_is_told_with_both_sides(eks21: Path) -> None:
    found = drifts(eks21, "drift")
    groups = 'module.eks.module.self_managed_node_group["{}"].aws_autoscaling_group.this[0]'
    mixed, plain = found.pop(groups.format("mixed")), found.pop(groups.format("plain"))
    assert not found
    assert "declared m5.xlarge, m6i.xlarge, live m5.4xlarge, m6i.xlarge" in str(mixed["message"])
    assert "launches launch template lt-manual0000000000 version 7" in str(plain["message"])


def test_a_version_of_a_launch_template_that_was_made_by_hand_is_told(eks21: Path) -> None:
    (found,) = drifts(eks21, "drift", "PR117").values()
    assert "declared m6i.large, live c5.large: kubelet 29, room" in str(found["message"])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"instance_type": "m7g.2xlarge"}, {"instance_type": "m7g.large"}, "live m7g.large: kubelet 58, room 29"),
        ({"user_data": "a"}, {"user_data": "b"}, "it has another user_data"),
        ({"image_id": "a", "user_data": "a"}, {"image_id": "b", "user_data": "b"}, "another image_id and user_data"),
        (
            {"user_data": "a", "instance_type": "a"},
            {"user_data": "b", "instance_type": "m5.large"},
            "another instance_type (now m5.large), user_data",
        ),
        ({"latest_version": 1}, {"latest_version": 2}, None),
        ({"instance_type": "m7g.large"}, {"instance_type": []}, None),
    ],
)
def test_how_drift_of_a_launch_template_is_told(
    tmp_path: Path, before: object, after: object, expected: str | None
) -> None:
    (message,) = drift_messages(tmp_path, "aws_launch_template.nodes", before, after, "PR117") or (None,)
    assert (message is None) == (expected is None)
    assert expected is None or str(message).endswith(expected)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            {"instance_type": "m7g.2xlarge", "latest_version": 4},
            {"instance_type": "m7g.large", "latest_version": 9},
            "another instance_type (now m7g.large); whether its user_data changed the plan does not tell",
        ),
        (
            {"image_id": "a"},
            {"image_id": "b"},
            "another image_id; whether its user_data changed the plan does not tell",
        ),
        ({"latest_version": 4}, {"latest_version": 9}, None),
    ],
)
def test_what_is_sensitive_on_one_side_only_is_not_called_different(
    tmp_path: Path, before: dict[str, object], after: dict[str, object], expected: str | None
) -> None:
    address, both = "aws_launch_template.nodes", {"user_data": "a"}
    found = drift_messages(tmp_path, address, before | both, after | both, "PR117", after_sensitive={"user_data": True})
    assert [expected in one for one in found if expected] == [True] * (expected is not None)
    assert bool(found) == (expected is not None)
    result = podroom("check", "--format", "json", "--plan", str(tmp_path / "plan.json"), str(tmp_path))
    assert ("user_data of a version of aws_launch_template.nodes" in result.stdout) == (expected is None)


def test_what_is_sensitive_in_a_version_that_is_still_the_newest_is_no_drift(tmp_path: Path) -> None:
    both, hidden = {"user_data": "a", "latest_version": 4}, {"user_data": True}
    marks = {"before_sensitive": hidden, "after_sensitive": hidden}
    assert not drift_messages(tmp_path, "aws_launch_template.nodes", both | {"tags": {}}, both, "PR117", **marks)
    result = podroom("check", "--plan", str(tmp_path / "plan.json"), str(tmp_path))
    assert "PR117" not in result.stdout


def drift_messages(folder: Path, address: str, before: object, after: object, code: str, **more: object) -> list[str]:
    (folder / "main.tf").write_text(GROUP, encoding="utf-8")
    sides = {"actions": ["update"], "before": before, "after": after, "before_sensitive": {}, "after_sensitive": {}}
    sides |= more
    drift = {**change(address, {}), "change": sides}
    path = folder / "plan.json"
    path.write_text(json.dumps(plan([change(address, {})], resource_drift=[drift])), encoding="utf-8")
    result = podroom("check", "--format", "json", "--plan", str(path), str(folder))
    return [one["message"] for one in json.loads(result.stdout)["findings"] if one["code"] == code]


@pytest.mark.parametrize("name", ["create", "refresh_only", "state"])
def test_nothing_of_the_kind_where_nothing_is_taken_back(eks21: Path, name: str) -> None:
    assert not drifts(eks21, name, "PR116", "PR117")


def notices(folder: Path, **more: object) -> list[str]:
    (folder / "main.tf").write_text(GROUP, encoding="utf-8")
    path = folder / "plan.json"
    path.write_text(
        json.dumps(plan([change("aws_autoscaling_group.nodes", {"min_size": 1})], **more)), encoding="utf-8"
    )
    result = podroom("check", "--format", "json", "--plan", str(path), str(folder))
    return [one["message"] for one in json.loads(result.stdout)["notices"]]


def test_a_group_that_was_deleted_by_hand_is_a_notice(tmp_path: Path) -> None:
    sides = {"actions": ["delete"], "before": {"min_size": 1}, "after": None}
    (found,) = notices(tmp_path, resource_drift=[{**change("aws_autoscaling_group.nodes", {}), "change": sides}])
    assert "aws_autoscaling_group.nodes was deleted outside Terraform" in found


def test_a_plan_that_failed_is_a_notice(tmp_path: Path) -> None:
    (found,) = notices(tmp_path, errored=True)
    assert "is of a plan that failed" in found
    assert not notices(tmp_path, errored=False)


LAUNCHED = "launch template lt-a version"
UNTOLD = "what it gives kubelet the plan does not tell"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (policy(), policy("m7g.large"), ("error", "declared m7g.2xlarge, live m7g.large: kubelet 58, room 29")),
        (policy(), policy("m7g.4xlarge"), ("warning", "declared m7g.2xlarge, live m7g.4xlarge: kubelet 58, room 234")),
        (policy("m7g.large"), policy(), ("warning", "declared m7g.2xlarge, live m7g.2xlarge: kubelet 58, room 58")),
        (policy(), policy("m7g.large", "m7g.medium"), ("error", "live m7g.large, m7g.medium: kubelet 58, room 8 on")),
        (policy(), policy("m7g.4xlarge", "m7g.2xlarge"), ("warning", "kubelet 58, room 234 on m7g.4xlarge")),
        (policy(), policy("m6g.2xlarge"), ("warning", "live m6g.2xlarge: kubelet 58, room 58")),
        ({"launch_template": []}, {"launch_template": []}, None),
        ({"desired_capacity": 1}, {"desired_capacity": 7}, None),
        (policy("m7g.large"), policy("m7g.large"), None),
        (
            {"launch_template": [{"id": "lt-a", "version": "1"}]},
            {"launch_template": [{"id": "lt-a", "version": "2"}]},
            ("warning", f"launch template lt-a version 2 in place of {LAUNCHED} 1 (declared m7g.2xlarge); {UNTOLD}"),
        ),
        (
            policy("m7g.2xlarge", version="4"),
            policy("m7g.2xlarge", version="9"),
            ("warning", f"version 9 in place of {LAUNCHED} 4 (declared m7g.2xlarge, live m7g.2xlarge); {UNTOLD}"),
        ),
        (
            policy("m7g.2xlarge", version="4"),
            policy("m7g.large", version="9"),
            ("warning", f"live m7g.large); {UNTOLD}"),
        ),
        (
            policy("m7g.2xlarge"),
            policy("m8g.nosuch"),
            ("warning", "live m8g.nosuch: whether its pods have room is"),
        ),
        (
            {"launch_configuration": "old"},
            {"launch_configuration": "new"},
            ("warning", "it launches launch configuration new in place of launch configuration old"),
        ),
        (policy("m7g.large"), {"mixed_instances_policy": 3}, ("warning", "live m7g.2xlarge")),
    ],
)
def test_how_drift_of_a_group_is_told(
    tmp_path: Path, before: object, after: object, expected: tuple[str, str] | None
) -> None:
    (tmp_path / "main.tf").write_text(GROUP, encoding="utf-8")
    group = change("aws_autoscaling_group.nodes", {"min_size": 1})
    drift = change("aws_autoscaling_group.nodes", {})
    sides = {"actions": ["update"], "before": before, "after": after, "before_sensitive": {}, "after_sensitive": {}}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan([group], resource_drift=[{**drift, "change": sides}])), encoding="utf-8")
    result = podroom("check", "--format", "json", "--plan", str(path), str(tmp_path))
    found = [one for one in json.loads(result.stdout)["findings"] if one["code"] == "PR116"]
    assert [one["severity"] for one in found] == ([] if expected is None else [expected[0]])
    if expected is not None:
        assert expected[1] in found[0]["message"]


@pytest.mark.parametrize(
    ("marks", "undecided"),
    [
        ({"mixed_instances_policy": True}, True),
        ({"mixed_instances_policy": [{"launch_template": [{"override": [{"instance_type": True}]}]}]}, True),
        ({"name": True, "tag": [{"value": True}]}, False),
    ],
)
def test_what_is_sensitive_of_a_group_that_was_changed_is_undecided(
    tmp_path: Path, marks: Mapping[str, object], *, undecided: bool
) -> None:
    (tmp_path / "main.tf").write_text(GROUP, encoding="utf-8")
    both = [{**policy(one), "name": SECRET, "desired_capacity": size} for one, size in (("m7g.large", 1), (SECRET, 2))]
    if not undecided:
        both[1] |= policy("m7g.large")
    sides = {"before": both[0], "after": both[1], "before_sensitive": marks, "after_sensitive": marks}
    drift = {**change("aws_autoscaling_group.nodes", {}), "change": {"actions": ["update"], **sides}}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan([change("aws_autoscaling_group.nodes", {})], resource_drift=[drift])), "utf-8")
    result = podroom("check", "--format", "json", "--plan", str(path), str(tmp_path))
    content = json.loads(result.stdout)
    assert not [one for one in content["findings"] if one["code"] == "PR116"]
    told = [one for one in content["undecided"] if "mixed_instances_policy of the Auto Scaling group" in one["reason"]]
    assert bool(told) == undecided
    assert SECRET not in result.stdout


@pytest.mark.parametrize("marks", [True, {"mixed_instances_policy": True}])
@pytest.mark.parametrize("side", ["before_sensitive", "after_sensitive"])
def test_what_is_sensitive_of_a_changed_group_on_one_side_only_is_undecided(
    tmp_path: Path, side: str, marks: object
) -> None:
    (tmp_path / "main.tf").write_text(GROUP, encoding="utf-8")
    sides = {"before": policy("m7g.2xlarge", version="4"), "after": policy("m7g.large", version="4")}
    sides |= {"before_sensitive": {}, "after_sensitive": {}, side: marks}
    drift = {**change("aws_autoscaling_group.nodes", {}), "change": {"actions": ["update"], **sides}}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan([change("aws_autoscaling_group.nodes", {})], resource_drift=[drift])), "utf-8")
    content = json.loads(podroom("check", "--format", "json", "--plan", str(path), str(tmp_path)).stdout)
    assert not [one for one in content["findings"] if one["code"] == "PR116"]
    assert any(
        "mixed_instances_policy of the Auto Scaling group is sensitive" in one["reason"] for one in content["undecided"]
    )


TWO_GROUPS = "".join(
    f'resource "aws_eks_node_group" "{name}" {{\n  cluster_name = "c"\n  instance_types = ["m5.large"]\n}}\n'
    for name in ("a", "b")
)


@pytest.mark.parametrize(
    ("names", "complete", "expected"),
    [
        ((), True, "has none of the clusters and node groups that the configuration declares"),
        ((), None, "has none of the clusters and node groups that the configuration declares"),
        ((), False, None),  # as with -target
        (("a",), True, "says that it is complete, and has nothing of aws_eks_node_group.b"),
        (("a",), None, None),
        (("a", "b"), True, None),
    ],
)
def test_a_plan_without_what_is_declared_may_be_of_another_revision(
    tmp_path: Path, names: Sequence[str], complete: bool | None, expected: str | None
) -> None:
    (tmp_path / "main.tf").write_text(TWO_GROUPS + 'resource "aws_subnet" "own" {}\n', encoding="utf-8")
    groups = [change(f"aws_eks_node_group.{name}", {"instance_types": ["m5.large"]}) for name in names]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan([subnet(0), *groups], complete=complete)), encoding="utf-8")
    content = json.loads(podroom("check", "--format", "json", "--plan", str(path), str(tmp_path)).stdout)
    told = [one["message"] for one in content["notices"] if "of another r" in one["message"]]
    assert len(told) == (0 if expected is None else 1)
    assert expected is None or expected in told[0]


# --- states ----------------------------------------------------------------------------------------

STATE = {
    "format_version": "1.0",
    "values": {
        "root_module": {
            "resources": [
                {
                    "address": "data.external.types",
                    "mode": "data",
                    "type": "external",
                    "name": "types",
                    "values": {"result": {"subnets": "1", "groups": "red", "type": "c5.large", "key": SECRET}},
                    "sensitive_values": {"result": {"key": True}},
                }
            ]
        }
    },
}
STATE_FILE = {
    "version": 4,
    "lineage": "0b7c",
    "resources": [
        {
            "mode": "data",
            "type": "aws_subnets",
            "name": "nodes",
            "instances": [{"attributes": {"ids": ["subnet-a", "subnet-b"], "id": SECRET}, "sensitive_attributes": []}],
        },
        {
            "mode": "managed",
            "type": "random_password",
            "name": "p",
            "instances": [{"attributes": {"result": SECRET}}],
        },
        {
            "module": 'module.a["k.x"]',
            "mode": "managed",
            "type": "aws_launch_template",
            "name": "t",
            "instances": [
                {
                    "index_key": 1,
                    "attributes": {"user_data": SECRET},
                    "sensitive_attributes": [[{"type": "get_attr", "value": "user_data"}]],
                }
            ],
        },
    ],
}


def test_a_state_fills_data_sources_and_is_no_plan(folder: Path) -> None:
    world = shown(folder, STATE, options=["--var", "size=3"])
    (group,) = world["node_groups"]
    assert group["instance_types"]["items"][0]["type"]["value"] == "c5.large"
    assert not world["gaps"]


def test_a_state_says_nothing_of_what_is_written_and_may_be_about_to_change(folder: Path) -> None:
    group = nodes("blue", 9)
    what = group.pop("change")
    assert isinstance(what, dict)
    chosen = {**what["after"], "ami_type": "BOTTLEROCKET_ARM_64"}
    resources = [*STATE["values"]["root_module"]["resources"], {**group, "values": chosen, "sensitive_values": {}}]
    state = {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}
    text = CONFIGURATION.replace('data.external.types.result["groups"]', '"blue"')
    (folder / "main.tf").write_text(text, encoding="utf-8")
    (world,) = shown(folder, state)["node_groups"]
    assert world["ami_family"]["value"] == "Bottlerocket"
    assert "value" not in world["maximum_size"]


def test_a_state_file_fills_data_sources(folder: Path) -> None:
    text = CONFIGURATION.replace("aws_subnet.own[*].id", "data.aws_subnets.nodes.ids")
    (folder / "main.tf").write_text(text, encoding="utf-8")
    uses = shown(folder, STATE_FILE)["node_groups"][0]["subnets"]
    assert [one["subnet"]["value"] for one in uses["items"]] == ["subnet-a", "subnet-b"]


def test_a_plan_and_a_state_beside_it_are_read_together_the_plan_first(folder: Path) -> None:
    world = shown(folder, STATE, plan([subnet(0), nodes("blue"), nodes("red")]))
    assert world["node_groups"][0]["maximum_size"]["value"] == 12
    assert [one["address"] for one in world["node_groups"]] == ['aws_eks_node_group.nodes["red"]']


# --- secrets ---------------------------------------------------------------------------------------


def secrets() -> Iterator[tuple[str, object]]:
    """Yield inputs with something sensitive in every place that Terraform marks."""
    group = nodes("blue")
    what = group["change"]
    assert isinstance(what, dict)
    for name, mark in (("instance_types", [True]), ("instance_types", True), ("all", None)):
        after = {**what["after"], "instance_types": [SECRET]}
        marks = True if mark is None else {name: mark}
        yield (
            f"after_sensitive {name}",
            plan([subnet(0), {**group, "change": {**what, "after": after, "after_sensitive": marks}}]),
        )
    sides = {
        "actions": ["update"],
        "before": policy(SECRET),
        "after": policy(SECRET, "m5.large"),
        "after_sensitive": True,
    }
    drift = {**change("aws_autoscaling_group.nodes", {}), "change": {**sides, "before_sensitive": True}}
    yield "drift", plan([subnet(0), nodes("blue")], resource_drift=[drift])
    unmarked = {name: part for name, part in what.items() if name != "after_sensitive"}
    secret = change("data.external.types", {"result": {"type": SECRET}})
    changed = {**unmarked, "after": {"result": {"type": SECRET}}}
    yield "a format before sensitive values were marked", plan([{**secret, "change": changed}])
    yield "a variable", plan([subnet(0), nodes("blue")])
    undeclared = plan([subnet(0), nodes("blue")], variables={"size": {"value": SECRET}}, configuration={})
    yield "a variable of a plan without its configuration", undeclared
    yield "a state", STATE
    yield "a state file", STATE_FILE


@pytest.mark.once("what is hidden depends on no Python, and all outputs are searched")
@pytest.mark.parametrize(("where", "content"), list(secrets()), ids=[where for where, _ in secrets()])
def test_what_is_sensitive_reaches_no_output(folder: Path, where: str, content: object) -> None:
    text = CONFIGURATION + 'output "leak" {\n  value = var.token\n}\n'
    group = 'resource "aws_eks_node_group" "leak" {\n  cluster_name = var.token\n  subnet_ids = [var.token]\n}\n'
    (folder / "main.tf").write_text(text + group + GROUP, encoding="utf-8")
    path = folder / "given.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert SECRET in path.read_text(encoding="utf-8"), where
    for command, formats in FORMATS.items():
        for one in formats:
            for arguments in (("--plan", str(path), str(folder)), (str(path),)):
                result = podroom(command, "--format", one, *arguments)
                assert SECRET not in result.output, (where, command, one, arguments)


# --- hostile inputs --------------------------------------------------------------------------------


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is no JSON: it ends too early (line 1, column 1)"),
    "truncated": (b'{"format_version": "1.2",\n "variables": {', "is no JSON: it ends too early (line 2, column 16)"),
    "malformed": (b'{"format_version" "1.2"}', "is no JSON: expecting ':' delimiter (line 1, column 19)"),
    "text": (b"No changes.", "is no JSON"),
    "another encoding": (b'\n{"a": "\xff"}', "is not UTF-8 text, from line 2 on"),
    "a list": (b"[]", "it is no JSON object"),
    "foreign": (b'{"Subnets": []}', "is no plan or state of Terraform: it lacks format_version"),
    "nothing of either": (b'{"format_version": "1.2"}', "it has neither planned_values nor values"),
    "a later format": (b'{"format_version": "2.0", "values": {}}', "has the format version '2.0'"),
    "no version at all": (b'{"format_version": {}, "values": {}}', "its format_version is not a text"),
    "an old state": (b'{"version": 3, "lineage": "x"}', "is a state file of version 3; podroom reads version 4"),
    "an old state without a lineage": (b'{"version": 3, "terraform_version": "0.11"}', "is a state file of version 3"),
    "a later state": (
        b'{"version": 5, "terraform_version": "9"}',
        "is a state file of version 5; podroom reads version 4",
    ),
    "the log of plan -json": (
        b'{"@level":"info"}\n{"@level":"info"}\n',
        "`terraform plan -json`",
    ),
    "half of PowerShell's encoding": ('{"format_version": "1.2"}'.encode("utf-16")[:-1], "begins like UTF-16 text"),
    "the wrapper of setup-terraform": (
        b"[command]/bin/terraform-bin show -json tfplan\n" + planned(),
        "set terraform_wrapper: false",
    ),
    "changes that are no list": (planned(resource_changes={"a": 1}), "its resource_changes is not a list"),
    "drift that is no list": (planned(resource_drift={"a": 1}), "its resource_drift is not a list"),
    "planned values that are no object": (planned(planned_values=[]), "its planned_values is not an object"),
    "a configuration that is none": (planned(configuration="x"), "its configuration is not an object"),
    "a state without an object": (b'{"format_version": "1.0", "values": []}', "its values is not an object"),
    "resources that are no list": (
        b'{"version": 4, "lineage": "x", "resources": {"x": 1}}',
        "is not as Terraform writes it: its resources is not a list",
    ),
    "deep": (deep(200_000).encode(), "is nested more deeply than podroom follows"),
    "deep values": (
        json.dumps(plan([change("aws_subnet.own[0]", {"tags": json.loads(deep(300))})])).encode(),
        "nested more deeply than podroom follows",
    ),
    "a constant that JSON lacks": (b'{"format_version": NaN}', "holds a number that podroom does not read"),
    "a broken plan file": (b"PK\x03\x04rest", "cannot be unpacked"),
}


@pytest.mark.parametrize(
    "kind", ["half of PowerShell's encoding", "the wrapper of setup-terraform", "the log of plan -json"]
)
def test_what_looks_like_a_plan_is_told_so_as_a_path_too(tmp_path: Path, kind: str) -> None:
    data, expected = HOSTILE[kind]
    path = tmp_path / "plan.json"
    path.write_bytes(data)
    result = podroom("check", str(path))
    assert (result.exit_code, expected in result.stderr) == (2, True)
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_what_windows_writes_is_read(folder: Path, encoding: str) -> None:
    path = folder / "given.json"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path.write_bytes((mark + json.dumps(FULL)).encode(encoding))
    for arguments in ([str(folder), "--plan", str(path)], [str(path)]):
        result = podroom("show", "--format", "json", *arguments)
        (world,) = json.loads(result.stdout)["worlds"]
        assert len(world["subnets"]) == 2


def test_a_plan_is_taken_from_standard_input(folder: Path) -> None:
    def run(*arguments: str, text: str = json.dumps(FULL)) -> Result:
        return CliRunner().invoke(cli.podroom, arguments, input=text)

    result = run("show", "--format", "json", str(folder), "--plan", "-")
    (world,) = json.loads(result.stdout)["worlds"]
    assert [one["address"] for one in world["subnets"]] == ["aws_subnet.own[0]", "aws_subnet.own[1]"]
    ends = "standard input is no JSON: it ends too early (line 1, column 2)"
    result = run("check", str(folder), "--plan", "-", text="{")
    assert (result.exit_code, result.stderr.strip()) == (2, f"podroom: {ends}")
    result = run("check", str(folder), "--plan", "-", "--plan", "-")
    assert (result.exit_code, "standard input is no JSON" in result.stderr) == (2, True)
    result = run("check", str(folder), "--plan", "-", "--stdin-filename", str(folder / "main.tf"))
    assert (result.exit_code, "both take standard input" in result.stderr) == (2, True)


@pytest.mark.parametrize(("data", "expected"), HOSTILE.values(), ids=list(HOSTILE))
def test_what_is_no_plan_ends_in_one_sentence_and_exit_2(folder: Path, data: bytes, expected: str) -> None:
    path = folder / "given.json"
    path.write_bytes(data)
    result = podroom("check", "--plan", str(path), str(folder))
    assert result.exit_code == 2
    assert expected in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_parts_that_are_null_are_as_good_as_missing(folder: Path) -> None:
    parts = dict.fromkeys(("prior_state", "planned_values", "configuration", "variables", "resource_drift"))
    path = folder / "given.json"
    path.write_bytes(planned(**parts, resource_changes=[subnet(0)]))
    assert podroom("check", "--plan", str(path), str(folder)).exit_code == 0


def test_a_plan_that_is_missing_or_too_large_ends_in_one_sentence(folder: Path) -> None:
    path = folder / "given.json"
    assert "no such file" in podroom("check", "--plan", str(path), str(folder)).stderr
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024 + 1)
    result = podroom("check", "--plan", str(path), str(folder))
    assert (result.exit_code, "it has more than 32 MiB" in result.stderr) == (2, True)


def test_plans_in_a_folder_are_not_read_unless_they_are_named(folder: Path, eks21: Path) -> None:
    before = podroom("check", str(folder)).stdout
    (folder / "plan.json").write_bytes((eks21 / "drift.json").read_bytes())
    (folder / "terraform.tfstate").write_text(json.dumps(STATE_FILE), encoding="utf-8")
    with zipfile.ZipFile(folder / "plan.tfplan", "w") as file:
        file.writestr("tfplan", b"\x00")
    assert podroom("check", str(folder)).stdout == before
