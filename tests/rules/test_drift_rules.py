"""Rules about what is not as declared, or no longer as it was: the figures that decide, and whom they are about."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from capacity_helpers import add_on, eks_cluster, node_group, subnet
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.catalog.instance_types import InstanceCatalog
from podroom.engine import Engine, Outcome
from podroom.model.world import ChangeByHand, GroupDrift, ListedChanges, TemplateDrift, World
from podroom.values import Known, Members, Unknown
from podroom_rules import rules
from podroom_rules.plan_examples import changed, plan
from rule_helpers import FROM_TEMPLATE, NUMBER_THAT_MAY_NOT_WIN, judged, said, says

CATALOG = InstanceCatalog.bundled()
CLUSTER = eks_cluster(subnets='"subnet-1", "subnet-2"')


def workers(types: str, number: int, **others: str) -> str:
    """Return a cluster, and a managed node group whose user data has a number that may not win."""
    group = node_group("workers", types=types, subnets='"subnet-1"', more=FROM_TEMPLATE, **others)
    return CLUSTER + NUMBER_THAT_MAY_NOT_WIN % number + group


def told(outcome: Outcome) -> str:
    """Return the severities and messages of all findings, and what is left open."""
    lines = [f"{one.severity}: {one.message}" for one in outcome.findings]
    return "\n".join([*lines, *(f"open: {one.reason}" for one in outcome.undecided)])


def judged_as(code: str, world: World, **group: object) -> Outcome:
    """Judge a World with one rule, its first node group with some other settings."""
    (rule,) = (rule for rule in rules() if rule.code == code)
    first, *others = world.node_groups
    changed_world = replace(world, node_groups=(replace(first, **group), *others))  # type: ignore[arg-type] # each is of its field
    findings, undecided = Engine([rule]).judge(Assessment(changed_world, CATALOG, Assumptions()))
    return Outcome(findings=tuple(findings), undecided=tuple(undecided))


# --- PR116 -----------------------------------------------------------------------------------------

COMMAND = """
resource "terraform_data" "types" {
  provisioner "local-exec" {
    command = <<-EOT
      aws autoscaling update-auto-scaling-group \\
        --auto-scaling-group-name ${aws_eks_node_group.workers.resources[0].autoscaling_groups[0].name} \\
        --mixed-instances-policy '%s'
    EOT
  }
}
"""


def launching(types: str) -> dict[str, object]:
    """Return a mixed instances policy, as the AWS CLI takes and prints it."""
    return {"LaunchTemplate": {"Overrides": [{"InstanceType": one} for one in types.split(",")]}}


def listed(types: str) -> str:
    """Return what an inventory says of the Auto Scaling group behind `workers`."""
    tags = [{"Key": "eks:cluster-name", "Value": "main"}, {"Key": "eks:nodegroup-name", "Value": "workers"}]
    group = {"AutoScalingGroupName": "eks-workers-1", "MixedInstancesPolicy": launching(types), "Tags": tags}
    return json.dumps({"AutoScalingGroups": [group]})


@pytest.mark.parametrize(
    ("declared", "number", "live", "expected"),
    [
        ("m5.2xlarge", 30, "m5.large", "error: kubelet 30, room 29 on m5.large"),
        ("m5.2xlarge", 29, "m5.large", "warning: kubelet 29, room 29 on m5.large"),
        ("m5.2xlarge", 20, "m5.large,m5.xlarge", "warning: kubelet 20, room 29 on m5.large"),
        # What is declared counts where its pods are stuck, and only there.
        ("m5.2xlarge,m5.large", 30, "m5.large,m5.xlarge", "error: kubelet 30, room 29 on m5.large"),
        ("m5.2xlarge,m5.large", 29, "m5.large,m5.xlarge", "warning: kubelet 29, room 58 on m5.xlarge"),
        ("m5.2xlarge,m5.large", 29, "m5.large", "warning: kubelet 29, room 29 on m5.large"),
    ],
)
def test_of_the_types_that_a_group_launches_the_worst_off_is_told(
    declared: str, number: int, live: str, expected: str
) -> None:
    text = workers(declared, number)
    command = COMMAND % json.dumps(launching(live))
    for outcome in (judged("PR116", text, inventory_json=listed(live)), judged("PR116", text, command)):
        (line,) = told(outcome).splitlines()
        severity, words = expected.split(": ")
        assert line.startswith(severity)
        assert line.endswith(f": {words}")


def test_types_that_are_the_same_on_both_sides_are_no_change() -> None:
    (world,) = judged("PR116", workers("m5.2xlarge", 29)).worlds
    types = world.node_groups[0].instance_types
    other = Members((replace(types.items[0], type=Known("m5.large", world.node_groups[0].span)),))
    assert not judged_as("PR116", world, drift=GroupDrift(types, types)).findings
    assert judged_as("PR116", world, drift=GroupDrift(types, other)).findings


# --- PR117 -----------------------------------------------------------------------------------------

OVERRIDES = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.2xlarge"
  user_data     = base64encode("#!/bin/bash\\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=58\\n")
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.nodes.id
      }
      override {
        instance_type = "m5.4xlarge"
      }
    }
  }
}
"""
VERSIONS = (
    {"instance_type": "m5.2xlarge", "latest_version": 4},
    {"instance_type": "m5.large", "latest_version": 5},
)
TEMPLATE_DRIFT = plan(
    resource_drift=[changed("aws_launch_template.nodes", *VERSIONS)],
    resource_changes=[changed("aws_launch_template.nodes", *reversed(VERSIONS))],
)


def of_template(number: int) -> str:
    """Return a managed node group that has its type from its template, too."""
    text = workers("", number).replace('instance_types  = [""]', "")
    return text.replace("  user_data =", '  instance_type = "m5.2xlarge"\n  user_data =')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (of_template(30), "declared m5.2xlarge, live m5.large: kubelet 30, room 29"),
        (workers("m5.2xlarge", 30), ""),
        (OVERRIDES, ""),
    ],
)
def test_the_type_of_a_template_counts_where_the_group_names_none(text: str, expected: str) -> None:
    outcome = judged("PR117", text, plan_json=TEMPLATE_DRIFT)
    assert told(outcome).endswith(expected)
    assert bool(told(outcome)) == bool(expected)


def test_a_template_that_is_not_known_is_left_open_only_where_a_plan_compares_it() -> None:
    (world,) = judged("PR117", workers("m5.large", 29)).worlds
    missing = Unknown("nobody says which template", world.node_groups[0].span)
    for compared in (True, False):
        outcome = judged_as("PR117", replace(world, compared=compared), launch_template_missing=missing)
        assert told(outcome) == ("open: nobody says which template" if compared else "")


@pytest.mark.parametrize(
    ("most", "severity"),
    [((4, 9), "warning"), ((4, 3), "info"), ((999_999_999, 3), "info"), ((1_000_000_000, 3), "warning")],
    ids=["more nodes may start", "fewer", "fewer than very many", "fewer than 10 digits, which are no size"],
)
def test_what_is_listed_otherwise_is_harmless_if_all_of_it_is(most: tuple[int, int], severity: str) -> None:
    (world,) = judged("PR118", workers("m5.large", 29)).worlds
    changes = (ChangeByHand("min_size", "1", "2"), ChangeByHand("max_size", *map(str, most)))
    listed_as = ListedChanges("Auto Scaling group eks-workers-1", "inventory.json", changes)
    (finding,) = judged_as("PR118", world, not_as_listed=listed_as).findings
    assert str(finding.severity) == severity


# --- PR120 -----------------------------------------------------------------------------------------

VERSION = ({"version": "1.32"}, {"version": "1.33"})


@pytest.mark.parametrize("by_command", [False, True])
def test_a_plan_that_refreshes_takes_over_what_it_found_itself_only(*, by_command: bool) -> None:
    node = {"address": "aws_eks_cluster.main", "mode": "managed", "type": "aws_eks_cluster", "name": "main"}
    found = {"root_module": {"resources": [{**node, "values": VERSION[1], "sensitive_values": {}}]}}
    refreshes = plan(resource_drift=[changed("aws_eks_cluster.main", *VERSION)], prior_state={"values": found})
    command = COMMAND % json.dumps(launching("m5.large")) if by_command else ""
    inventory = {} if by_command else {"inventory_json": listed("m5.large")}
    outcome = judged("PR1", workers("m5.2xlarge", 29), command, plan_json=refreshes, **inventory)
    assert all(world.refresh_only for world in outcome.worlds)
    assert "PR116" in {one.code for one in outcome.findings}
    assert "PR120" not in {one.code for one in outcome.findings}


@pytest.mark.parametrize(
    ("drift", "is_told"), [(TemplateDrift(untold=("user_data",)), False), (TemplateDrift(changed=("user_data",)), True)]
)
def test_a_plan_that_refreshes_takes_over_what_surely_changed_of_a_template(
    *, drift: TemplateDrift, is_told: bool
) -> None:
    (world,) = judged("PR120", workers("m5.large", 29)).worlds
    template = world.node_groups[0].launch_template
    assert template is not None
    outcome = judged_as("PR120", replace(world, refresh_only=True), launch_template=replace(template, drift=drift))
    assert ("(its launch template)" in told(outcome)) == is_told
    assert bool(outcome.findings) == is_told
    assert ("open: user_data of its launch template is not told by the plan" in told(outcome)) != is_told


@pytest.mark.parametrize("known", [True, False])
def test_a_plan_that_refreshes_takes_over_other_types_only_where_they_surely_are_others(*, known: bool) -> None:
    (world,) = judged("PR120", workers("m5.large", 29)).worlds
    types = world.node_groups[0].instance_types
    missing = Unknown("it may have had other types", world.node_groups[0].span)
    drift = GroupDrift(Members() if known else Members(missing=(missing,)), types)
    outcome = judged_as("PR120", replace(world, refresh_only=True), drift=drift)
    expected = "(the Auto Scaling group)" if known else "open: it may have had other types"
    assert told(outcome).endswith(expected)
    assert bool(outcome.findings) == known


# --- PR119 -----------------------------------------------------------------------------------------


def after(code: str, old: str, new: str, doubled: str = "", **more: str) -> Outcome:
    """Judge a configuration with one rule, knowing what was before; one group may be made anew before it goes."""
    (earlier,), (world,) = judged(code, old).worlds, judged(code, new, **more).worlds
    return judged_as(code, replace(world, before=earlier.node_groups, doubled=(doubled,)))


MAX_ENI = add_on('MAX_ENI = "2"')


def self_managed(number: int, *types: str) -> str:
    """Return a node group of one's own with a number for several types."""
    overrides = "\n".join(f'override {{\n instance_type = "{one}"\n}}' for one in types)
    return OVERRIDES.replace("=58", f"={number}").replace(
        'override {\n        instance_type = "m5.4xlarge"\n      }', overrides
    )


STAYS = {
    "the number of the old type stays": (
        self_managed(29, "m5.large"),
        self_managed(29, "m5.4xlarge"),
        ["the type changes from m5.large to m5.4xlarge, and max pods stays at 29"],
    ),
    "of several old types the first is named": (
        self_managed(29, "m5.large", "m6i.large"),
        self_managed(29, "m5.4xlarge"),
        ["from m5.large to m5.4xlarge"],
    ),
    "a number that was not the old one": (self_managed(20, "m5.large"), self_managed(29, "m5.4xlarge"), []),
    "the larger type was there before": (
        self_managed(29, "m5.large", "m5.4xlarge"),
        self_managed(29, "m5.large", "m5.4xlarge"),
        [],
    ),
    "another group had the smaller type": (
        self_managed(29, "m5.large").replace('"nodes"', '"others"').replace(".nodes", ".others")
        + self_managed(29, "m5.4xlarge"),
        self_managed(29, "m5.4xlarge"),
        [],
    ),
    "a number that may not win": (
        CLUSTER + MAX_ENI + workers("m5.large", 20).removeprefix(CLUSTER),
        CLUSTER + MAX_ENI + workers("m5.4xlarge", 20).removeprefix(CLUSTER),
        ["from m5.large to m5.4xlarge, and max pods stays at 20", ": kubelet is told 20 pods here"],
    ),
    "a number that nobody wrote": (
        CLUSTER + node_group("workers", types="m5.large", subnets='"subnet-1"'),
        CLUSTER + node_group("workers", types="m5.large,m5.4xlarge", subnets='"subnet-1"'),
        [],
    ),
}


@pytest.mark.parametrize("name", STAYS)
def test_a_number_that_stays_while_the_type_changes(name: str) -> None:
    old, new, expected = STAYS[name]
    outcome = after("PR119", old, new)
    assert not outcome.undecided
    assert len(outcome.findings) == bool(expected)
    for finding in outcome.findings:
        for words in expected:
            assert words in said(finding)


def test_a_type_that_goes_back_to_what_is_declared_does_not_change() -> None:
    types = workers("m5.large", 29), workers("m5.4xlarge", 29)
    assert len(after("PR119", *types).findings) == 1
    assert not after("PR119", *types, inventory_json=listed("m5.large")).findings


def test_a_type_changes_beside_user_data_that_was_changed_by_hand() -> None:
    (earlier,), (world,) = (judged("PR119", workers(kind, 29)).worlds for kind in ("m5.large", "m5.4xlarge"))
    group = world.node_groups[0]
    types, listed_as = group.instance_types, Known("eks-workers-1", group.span)
    drift = GroupDrift(types, types, listed=listed_as, launched=group.launch_template)
    for found, count in ((drift, 1), (replace(drift, live_types=earlier.node_groups[0].instance_types), 0)):
        outcome = judged_as("PR119", replace(world, before=earlier.node_groups), drift=found)
        assert len(outcome.findings) == count


# --- PR209 -----------------------------------------------------------------------------------------

VPC = 'resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n' + eks_cluster(subnets='"subnet-1"')
ONE = subnet("a", "10.0.0.0/24")


def sized(name: str, desired: int, most: int, kind: str = "m5.large") -> str:
    """Return a node group in the subnet."""
    return node_group(name, types=kind, sizes=(0, desired, most))


REPLACED = {
    "full nodes of both sides": (
        [sized("web", 5, 6)],
        "warning",
        ["10 nodes when they are full take 300 addresses, but this subnet has 251"],
    ),
    "one pod on each": ([sized("web", 7, 8)], "error", ["14 nodes with a single pod each take 280 addresses"]),
    "one pod on each just fits": ([sized("web", 6, 8)], "warning", ["12 nodes when they are full take 360"]),
    "as many as there is room for": ([sized("web", 4, 8)], "", []),
    "more than there is room for without a change, and less than that": ([sized("web", 4, 9)], "", []),  # PR201
    "more than there is room for without a change, and more still": ([sized("web", 5, 9)], "warning", ["10 nodes"]),
    "full nodes without a change, one pod on each with it": ([sized("web", 9, 9)], "error", ["18 nodes with a single"]),
    "as much as without a change, which is not enough": ([sized("web", 5, 10)], "", []),  # PR201
    "as much as another group takes anyway": ([sized("web", 1, 4), sized("batch", 1, 20)], "", []),  # PR201
    "one pod on each without a change, and twice as many": ([sized("web", 13, 13)], "error", ["26 nodes"]),
    "another group at its largest": ([sized("web", 3, 4), sized("batch", 1, 4)], "warning", ["10 nodes"]),
    "another group that is never there": ([sized("web", 5, 6), sized("batch", 0, 0)], "warning", ["!: 0 nodes"]),
}


@pytest.mark.parametrize("name", REPLACED)
def test_a_subnet_holds_the_old_and_the_new_nodes_for_a_while(name: str) -> None:
    groups, severity, words = REPLACED[name]
    new = "".join([VPC, ONE, *groups])
    outcome = after("PR209", new.replace("m5.large", "m6i.large"), new, doubled="aws_eks_node_group.web")
    assert not outcome.undecided
    assert "".join(str(one.severity) for one in outcome.findings) == severity
    says(outcome, *words)


def test_old_nodes_may_take_prefixes_beside_new_ones_that_take_none() -> None:
    prefixes = VPC + add_on('ENABLE_PREFIX_DELEGATION = "true"') + ONE
    old, new = (prefixes + sized("web", 8, 40, kind) for kind in ("m5.large", "m4.large"))
    outcome = after("PR209", old, new, doubled="aws_eks_node_group.web")
    assert [one.evidence["prefixes"] for one in outcome.findings] == [16]
    assert not after("PR209", new, new, doubled="aws_eks_node_group.web").findings  # PR201


def test_a_group_of_which_nobody_knows_what_it_was_is_not_there_twice() -> None:
    full = VPC + ONE + sized("web", 5, 9)
    (world,) = judged("PR209", full).worlds
    outcome = judged_as("PR209", replace(world, before=(), doubled=(world.node_groups[0].address,)))
    assert not outcome.findings
    assert not outcome.undecided
