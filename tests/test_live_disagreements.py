"""Inventories that do not agree with each other, and those that have nothing of the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checkout import podroom
from test_inventory import (
    EXACT,
    MANAGED,
    NODES,
    SECRET,
    SUBNETS,
    VPCS,
    auto_scaling,
    files,
    filtered,
    judged,
    shown,
    subnet,
    used,
    versions,
)
from test_live_clusters import add_on, daemon_set, environment, instance, listed, named, node, settings
from test_live_groups import described, scaling, sized

WORKERS = MANAGED.replace("NAME", EXACT)
FIRST, SECOND = "listed-0.txt", "listed-1.txt"


def messages(folder: Path, text: str, *answers: object) -> list[str]:
    """Return the notices of a configuration with inventories, without the folder."""
    return [one["message"].replace(f"{folder}/", "") for one in shown(folder, text, *answers)["notices"]]


def modified(answer: dict[str, Any], when: object) -> dict[str, Any]:
    ((kind, one),) = answer.items()
    return {kind: {**one, "modifiedAt": when}}


# --- several lists of one thing -------------------------------------------------------------------


def only(answer: dict[str, Any], **more: object) -> dict[str, Any]:
    """Return a listing with other facts of the first thing in it."""
    ((kind, items),) = answer.items()
    return {kind: [{**items[0], **more}, *items[1:]]}


GROUP = {**auto_scaling("m7g.2xlarge")["AutoScalingGroups"][0], "MinSize": 1, "MaxSize": 3}
GROUPS = {"AutoScalingGroups": [GROUP]}
TEMPLATES = {"LaunchTemplates": [{"LaunchTemplateId": "lt-1", "LaunchTemplateName": "eks-1", "LatestVersionNumber": 4}]}
EKS = {"cluster": {"name": "main", "version": "1.31"}}
CONFIG = {"kind": "ENIConfig", "metadata": {"name": "eu-west-1a"}, "spec": {"subnet": "subnet-1"}}
RESERVED = {"Reservations": [{"Instances": [instance("i-1", "subnet-1", 12)]}]}
OTHERWISE: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "free addresses": (
        SUBNETS,
        only(SUBNETS, AvailableIpAddressCount=7),
        "subnet-1 (AvailableIpAddressCount 101 and 7): the fewer count",
    ),
    "the block of a subnet": (
        SUBNETS,
        only(SUBNETS, CidrBlock="10.9.0.0/24"),
        "subnet-1 (CidrBlock 10.0.1.0/24 and 10.9.0.0/24): neither is taken",
    ),
    "the tags of a subnet": (
        SUBNETS,
        only(SUBNETS, Tags=[{"Key": SECRET, "Value": SECRET}]),
        "subnet-1 (the tags): neither is taken",
    ),
    "the blocks of a VPC": (VPCS, only(VPCS, CidrBlock="10.9.0.0/16"), "vpc-1 (the blocks): neither is taken"),
    "the size of a group": (
        GROUPS,
        only(GROUPS, MaxSize=9),
        "the Auto Scaling group eks-workers-1 (the largest size 3 and 9): neither is taken",
    ),
    "the types of a group": (
        GROUPS,
        {"AutoScalingGroups": [{**GROUP, **auto_scaling("m7g.large")["AutoScalingGroups"][0]}]},
        "the Auto Scaling group eks-workers-1 (the instance types): neither is taken",
    ),
    "the desired size": (
        GROUPS,
        only(GROUPS, DesiredCapacity=2),
        "the Auto Scaling group eks-workers-1 (the desired size none and 2): only what they agree on is taken",
    ),
    "user data": (
        versions("m7g.large", "#!/bin/bash\n"),
        versions("m7g.large", f"#!/bin/bash\nexport TOKEN={SECRET}\n"),
        "version 4 of launch template lt-1 (UserData): neither is taken",
    ),
    "the latest version": (
        TEMPLATES,
        only(TEMPLATES, LatestVersionNumber=5),
        (
            "the versions of launch template lt-1 (LatestVersionNumber 4 and 5), "
            "the versions of launch template eks-1 (LatestVersionNumber 4 and 5): neither is taken"
        ),
    ),
    "a node group": (
        described(scalingConfig=scaling(1, 3, 1)),
        described(scalingConfig=scaling(1, 9, 1)),
        "the node group workers of main (the largest size 3 and 9): neither is taken",
    ),
    "a cluster": (
        EKS,
        {"cluster": {"name": "main", "version": "1.33"}},
        "the cluster main (the version): neither is taken",
    ),
    "a node": (
        listed(node(pods="29")),
        listed(node(pods="58")),
        "the node ip-10-0-0-1 (status.allocatable.pods 29 and 58): only what they agree on is taken",
    ),
    "an ENIConfig": (
        listed(CONFIG),
        listed({**CONFIG, "spec": {"subnet": "subnet-2"}}),
        "the ENIConfig eu-west-1a (the subnet): neither is taken",
    ),
    "an instance": (
        RESERVED,
        {"Reservations": [{"Instances": [instance("i-1", "subnet-1", 13)]}]},
        "i-1 (the addresses of its interfaces): neither is taken",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERWISE)
def test_lists_that_do_not_agree_are_said_with_both_sides(case: str, tmp_path: Path) -> None:
    first, second, expected = OTHERWISE[case]
    told = messages(tmp_path, WORKERS, first, second)
    assert f"{FIRST} and {SECOND} do not agree on {expected}" in told
    assert not any(SECRET in one for one in told)
    assert not [one for one in messages(tmp_path, WORKERS, first, first) if "do not agree" in one]


def test_the_order_of_lists_that_do_not_agree_makes_no_difference(tmp_path: Path) -> None:
    for first, second, _ in OTHERWISE.values():
        for answers in ((second, first), (first, second, first)):
            result = podroom("check", "--format", "json", *files(tmp_path, WORKERS, answers))
            codes = {one["code"] for one in json.loads(result.stdout)["findings"]}
            assert not codes & {"PR116", "PR118", "PR121"}


def test_of_a_subnet_the_fewer_free_addresses_count(tmp_path: Path) -> None:
    fewer = only(SUBNETS, AvailableIpAddressCount=7)
    for answers in ((SUBNETS, fewer), (fewer, SUBNETS)):
        assert [one["free"]["value"] for one in shown(tmp_path, WORKERS, *answers)["subnets"]] == [7, 102]


def test_many_things_that_differ_alike_are_told_together(tmp_path: Path) -> None:
    before, after = ({"Subnets": [{**subnet(1), "SubnetId": f"subnet-{one}", "AvailableIpAddressCount": free + one}
                                  for one in range(9)]} for free in (50, 60))  # fmt: skip
    (told,) = messages(tmp_path, WORKERS, before, after)
    assert told == (
        f"{FIRST} and {SECOND} do not agree on subnet-0 (AvailableIpAddressCount 50 and 60), "
        "subnet-1 (AvailableIpAddressCount 51 and 61), subnet-2 (AvailableIpAddressCount 52 and 62) and 6 more: "
        "the fewer count"
    )


def test_a_data_source_does_not_choose_among_subnets_that_are_disputed(tmp_path: Path) -> None:
    text = filtered("tag:tier", "private") + NODES.replace("IDS", "data.aws_subnets.x.ids")
    other = only(SUBNETS, Tags=[])
    assert used(shown(tmp_path, text, SUBNETS, other)) == ["?"]
    told = messages(tmp_path, text, SUBNETS, other)
    assert f"data.aws_subnets.x is not resolved: {FIRST} and {SECOND} do not agree on subnet-1" in told


@pytest.mark.parametrize(
    ("first", "second", "live"),
    [
        ("2026-01-02T03:04:05.678000+01:00", "2026-01-02T03:04:05.678000+00:00", "9"),
        ("2026-01-02T03:04:05Z", "2026-01-01T03:04:05Z", None),
        (1767323045.678, 1767323045, None),
        ("2026-01-02T03:04:05Z", "yesterday", None),
        ("2026-01-02T03:04:05Z", None, None),
    ],
)
def test_of_node_groups_the_one_that_was_modified_later_counts(
    first: object, second: object, live: str | None, tmp_path: Path
) -> None:
    one = modified(described(instanceTypes=["m7g.2xlarge"], scalingConfig=scaling(1, 3, 1)), first)
    other = modified(described(instanceTypes=["m7g.2xlarge"], scalingConfig=scaling(1, 9, 1)), second)
    for answers in ((one, other), (other, one)):
        found = judged(tmp_path, WORKERS, *answers, code="PR118")
        assert [finding["evidence"]["live"] for finding in found] == ([] if live is None else [[live]])


def test_of_the_cni_only_what_lists_agree_on_is_taken(tmp_path: Path) -> None:
    first = daemon_set(WARM_IP_TARGET="3", ENABLE_PREFIX_DELEGATION="true")
    second = daemon_set(WARM_IP_TARGET="3", ENABLE_PREFIX_DELEGATION="false", MAX_ENI="2")
    world = shown(tmp_path, WORKERS, first, second)
    assert environment(world) == {"WARM_IP_TARGET": "3", "ENABLE_PREFIX_DELEGATION": "?", "MAX_ENI": "?"}
    why = f"{FIRST} and {SECOND} do not agree on how aws-node is set (ENABLE_PREFIX_DELEGATION, MAX_ENI)"
    assert messages(tmp_path, WORKERS, first, second) == [f"{why}: only what they agree on is taken"]
    assert settings(world)["version"]["value"] == "v1.20.4-eksbuild.1"
    assert messages(tmp_path, WORKERS, first, first) == []


def test_of_add_ons_the_one_that_was_modified_later_counts(tmp_path: Path) -> None:
    early, late = (modified(add_on(WARM_IP_TARGET=number), f"2026-01-0{number}T00:00:00Z") for number in "34")
    for answers in ((early, late), (late, early)):
        assert environment(shown(tmp_path, WORKERS, *answers)) == {"WARM_IP_TARGET": "4"}
    assert environment(shown(tmp_path, WORKERS, early, add_on(WARM_IP_TARGET="4"))) == {"WARM_IP_TARGET": "?"}


def test_two_default_versions_of_a_launch_template_are_none(tmp_path: Path) -> None:
    template = {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "$Default"}}
    both = (versions("m7g.large"), versions("m7g.xlarge", number=5))
    assert judged(tmp_path, WORKERS, auto_scaling(**template), *both) == []
    assert judged(tmp_path, WORKERS, auto_scaling(**template), both[0])


# --- lists of something else ----------------------------------------------------------------------

HINT = "was it listed with another account, region, profile or context of kubectl?"
ELSEWHERE: dict[str, tuple[dict[str, Any], str]] = {
    "subnets": (
        {"Subnets": [subnet(number) for number in (4, 5, 6, 7)]},
        "no subnet that it lists (subnet-4, subnet-5, subnet-6, ...) is known to be one here",
    ),
    "no subnets": ({"Subnets": []}, "no subnet is listed"),
    "VPCs": (VPCS, "no VPC that it lists (vpc-1, vpc-2) is known to be one here"),
    "instances": (RESERVED, "no instance that it lists (i-1) is known to be of a node group here"),
    "versions": (
        versions("m5.large"),
        "no version of a launch template that it lists (eks-1 4) is known to be that of a listed group here",
    ),
    "templates": (
        TEMPLATES,
        "no launch template that it lists (lt-1, eks-1) is known to be that of a listed group here",
    ),
    "nodes of another cluster": (
        listed(node(**{"alpha_eksctl_io__cluster-name": "other"})),
        "no node that it lists (ip-10-0-0-1) is known to be of a cluster here",
    ),
    "no nodes": (listed(), "nothing is listed"),
}  # fmt: skip


@pytest.mark.parametrize("case", ELSEWHERE)
def test_an_inventory_of_something_else_is_no_clean_bill(case: str, tmp_path: Path) -> None:
    answer, why = ELSEWHERE[case]
    assert messages(tmp_path, WORKERS, answer) == [
        f"this inventory has nothing of this project: {why} in {FIRST}; {HINT}"
    ]
    assert messages(tmp_path, WORKERS, answer, named("main")) == [f"nothing of {FIRST} is used: {why}"]


def test_that_all_subnets_are_in_another_region_is_said(tmp_path: Path) -> None:
    provider = 'provider "aws" {\n  region = "us-east-1"\n}\n'
    (told,) = messages(tmp_path, provider + WORKERS, {"Subnets": [subnet(5)]}, described(nodegroupName="x"))
    assert told.endswith("; its subnets are in eu-west-1, and the configuration is for us-east-1")


def test_what_is_used_of_each_list_is_nothing_else(tmp_path: Path) -> None:
    group = sized(1, 3, 1, "subnet-1,subnet-2")
    group["AutoScalingGroups"][0] |= {
        "MixedInstancesPolicy": {
            "LaunchTemplate": {
                "Overrides": [{"InstanceType": "m7g.2xlarge"}],
                "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "4"},
            }
        }
    }
    answers = [SUBNETS, VPCS, group, RESERVED, TEMPLATES, versions("m7g.2xlarge"), listed(node(pods="58"))]
    assert messages(tmp_path, WORKERS, *answers) == []
