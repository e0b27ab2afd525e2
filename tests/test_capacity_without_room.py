"""`podroom capacity` where pods starve or something is not known: no figure looks better than what it stands for."""

from __future__ import annotations

import csv
import html
import io
import json
from pathlib import Path
from typing import Any

import pytest

from capacity_helpers import add_on, eks_cluster, flowed, node_group, subnet, write
from checkout import podroom

FORMATS = ("text", "markdown", "csv", "html")
NO_FIGURE = {"least": None, "most": None, "working": ""}


def report(*arguments: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(podroom("capacity", "--format", "json", *arguments).stdout)
    (configuration,) = parsed["configurations"]
    assert isinstance(configuration, dict)
    return configuration


def plain(folder: Path, *parts: str) -> str:
    return write(folder, subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g"), *parts)


def test_a_minimum_alone_is_no_room_for_more_pods(tmp_path: Path) -> None:
    folder = plain(tmp_path)

    found = report(folder, "--env", "MINIMUM_IP_TARGET=5")["what_if"]

    (group,) = found["node_groups"]
    assert group["unserved_pods_per_node"]["expected"]["least"] == 11
    assert group["unserved_pods_per_node"]["one_pod"]["most"] == 0
    (here,) = found["subnets"]
    assert here["holds"]["one_pod"]["least"]
    assert here["holds"]["expected"] == here["holds"]["saturated"] == NO_FIGURE


@pytest.mark.parametrize("output", FORMATS)
def test_every_format_says_how_many_pods_get_no_address(tmp_path: Path, output: str) -> None:
    said = podroom("capacity", plain(tmp_path), "--env", "MINIMUM_IP_TARGET=5", "--format", output).stdout

    if output == "csv":
        rows = {row["load"]: row for row in csv.DictReader(io.StringIO(said)) if row["scenario"] == "what if"}
        assert (rows["expected"]["unserved_pods_least"], rows["expected"]["holds_most"]) == ("11", "")
    else:
        assert "11 of 16 pods get no address" in flowed(said)


def test_nodes_that_never_become_ready_fit_nowhere(tmp_path: Path) -> None:
    folder = plain(tmp_path, add_on('ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "0"'))

    found = report(folder)
    said = flowed(podroom("capacity", folder).stdout)

    assert found["node_groups"][0]["ready"] is False
    assert all(number == NO_FIGURE for number in found["subnets"][0]["holds"].values())
    assert "aws_eks_node_group.g: the nodes never become Ready" in said
    assert "one more runs it dry" not in said


def test_a_node_with_fewer_addresses_than_pods_holds_none_of_them(tmp_path: Path) -> None:
    # m5.large has 3 interfaces x 9, of which the trunk takes one.
    folder = plain(tmp_path, add_on('ENABLE_POD_ENI = "true"'))

    found = report(folder, "--pods-per-node", "19")

    assert found["node_groups"][0]["unserved_pods_per_node"]["expected"]["least"] == 1
    assert found["subnets"][0]["holds"]["expected"] == NO_FIGURE


@pytest.mark.parametrize("output", FORMATS)
def test_what_a_what_if_leaves_open_is_named(tmp_path: Path, output: str) -> None:
    said = podroom(
        "capacity", plain(tmp_path), "--env", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true", "--format", output
    ).stdout

    # The page embeds the JSON, which has always named it.
    visible = flowed(said.partition("<script")[0])
    assert "the subnets that ENIConfigs give to pods are not in this configuration" in visible
    assert ("what if: the subnets" in visible) is (output != "csv")


def test_addresses_of_pods_never_vanish_for_want_of_an_eniconfig(tmp_path: Path) -> None:
    found = report(plain(tmp_path), "--env", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true")["what_if"]

    # 4 nodes with one address each; their pods, 2 interfaces with 9 addresses each, may be here or elsewhere.
    assert found["subnets"][0]["at_maximum"]["expected"] == {"least": 4, "most": 4 + 4 * 20, "working": ""}
    assert (
        found["subnets"][0]["left"]["expected"]["most"]
        == 251 - found["subnets"][0]["reserves"][0]["addresses"]["most"] - 4
    )


def test_a_subnet_that_only_the_what_if_uses_is_shown(tmp_path: Path) -> None:
    more = (
        ', eniConfig = { create = true, region = "eu-west-1", '
        'subnets = { "eu-west-1a" = { id = aws_subnet.pods.id, securityGroups = ["sg-1"] } } }'
    )
    environment = 'ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone"'
    folder = plain(tmp_path, subnet("pods", "10.0.4.0/24"), add_on(environment, more=more))
    arguments = ("--env", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true")

    found = report(folder, *arguments)
    said = podroom("capacity", folder, *arguments).stdout

    assert [here["address"] for here in found["subnets"]] == ["aws_subnet.a", "aws_subnet.pods"]
    assert found["what_if"]["subnets"][1]["at_maximum"]["idle"]["least"] == 4 * 10
    assert "aws_subnet.pods  10.0.4.0/24" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--set", "g.instance_types=m5.largee"], "'m5.largee' is not in the table"),
        (["--set", "g.max_size=1"], "desired_size 2 is more than max_size 1; set desired_size of the group, too"),
        (["--set", "g.desired_size=5"], "desired_size 5 is more than max_size 4; set max_size of the group, too"),
        (["--set", "g.min_size=9"], "min_size 9 is more than desired_size 2"),
    ],
)
def test_a_world_that_cannot_be_is_refused_in_one_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    result = podroom("capacity", plain(tmp_path), *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.output
    assert result.output.count("\n") == 1


def test_several_changes_are_judged_together(tmp_path: Path) -> None:
    result = podroom("capacity", plain(tmp_path), "--set", "g.desired_size=5", "--set", "g.max_size=6")

    assert result.exit_code == 0


PREFIXES = 'ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "{}"'
CONTROL_PLANE = 9


def test_blocks_are_counted_once_where_the_number_of_prefixes_is_a_range(tmp_path: Path) -> None:
    parts = (subnet("a", "10.0.0.0/20"), eks_cluster(), node_group("g", sizes=(1, 5, 20)))

    (here,) = report(write(tmp_path, *parts, add_on(PREFIXES.format(3))))["subnets"]

    blocks = here["prefix_blocks"]
    assert (blocks["asked"]["expected"]["least"], blocks["asked"]["expected"]["most"]) == (80, 120)
    # At the worst 120 prefixes, and each node's own address and those of the control plane spoil a block each.
    assert blocks["free"]["expected"]["least"] == 254 - 120 - 20 - CONTROL_PLANE
    # At the best 80, and the single addresses lie side by side, 27 of them in the end blocks.
    assert blocks["free"]["expected"]["most"] == 254 - 80 - 1


def test_a_subnet_holds_no_more_nodes_than_its_unspoilt_blocks(tmp_path: Path) -> None:
    parts = (subnet("a", "10.0.0.0/25"), eks_cluster(), node_group("g"))
    folder = write(tmp_path, *parts, add_on(PREFIXES.format(1)))

    (here,) = report(folder)["subnets"]
    said = flowed(podroom("capacity", folder).stdout)

    # 2 of 6 blocks for each node with 16 pods, if no single address lies in one of them.
    assert here["holds"]["expected"] | {"working": ""} == {"least": 0, "most": 3, "working": ""}
    assert here["holds"]["saturated"]["most"] == 0
    assert "28 /28 blocks asked for, 6 in all: too few" in said


def test_a_node_of_an_ipv6_cluster_takes_one_address(tmp_path: Path) -> None:
    cluster = eks_cluster(more='kubernetes_network_config {\n    ip_family = "ipv6"\n  }')

    found = report(write(tmp_path, subnet("a", "10.0.0.0/24"), cluster, node_group("g", sizes=(1, 2, 3))))

    assert all((number["least"], number["most"]) == (3, 3) for number in found["subnets"][0]["at_maximum"].values())
    assert found["subnets"][0]["holds"]["saturated"]["least"] == 251 - CONTROL_PLANE
    assert found["gaps"] == []


def test_settings_of_an_ipv6_cluster_are_kept(tmp_path: Path) -> None:
    cluster = eks_cluster(more='kubernetes_network_config {\n    ip_family = "ipv6"\n  }')
    folder = write(tmp_path, subnet("a", "10.0.0.0/24"), cluster, node_group("g"))

    said = flowed(podroom("recommend", folder).stdout)

    assert "keep the settings in an IPv6 cluster a node takes one IPv4 address" in said


def test_every_certain_number_of_a_subnet_shows_its_sum(tmp_path: Path) -> None:
    parts = (subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g", sizes=(1, 2, 4)))
    folder = write(tmp_path, *parts, node_group("h", types="c5.4xlarge", sizes=(1, 1, 2)))

    (here,) = report(folder)["subnets"]
    said = flowed(podroom("capacity", folder).stdout)

    assert here["at_desired"]["expected"]["working"] == "2 x 30 + 1 x 60 = 120"
    assert here["at_maximum"]["expected"]["working"] == "4 x 30 + 2 x 60 = 240"
    assert here["added_by_update"]["expected"]["working"] == "2 x 30 + 2 x 60 = 180"
    assert here["left"]["expected"]["working"] == "251 - 9 - 240 = 2"
    assert here["holds"]["expected"]["working"] == "floor(242 x 6 nodes / 240) = 6"
    assert "4 x 30 + 2 x 60 = 240 addresses, which leaves 251 - 9 - 240 = 2" in said


def test_a_what_if_says_how_many_nodes_and_which_max_pods_there_would_be(tmp_path: Path) -> None:
    arguments = ("--set", "g.max_size=9", "--set", "g.instance_types=m5.xlarge")

    said = flowed(podroom("capacity", plain(tmp_path), *arguments).stdout)

    assert "what if: 2 nodes desired, 9 at most, over 1 zone" in said
    assert "what if: m5.xlarge: max pods 58 (Amazon EKS), room for 58" in said
    assert "what if: aws_eks_node_group.g: 2 nodes at the desired size, 9 at the maximum size" in said


@pytest.mark.parametrize(
    ("zones", "least", "most"),
    [
        # 7 nodes over 2 zones, or over 2 subnets of one zone.
        (("", ""), 4, 4),
        (("eu-west-1a", ""), 4, 4),
        # 3 subnets: a zone each, or all in one: 3; two in one zone: 2 for each, and 4 for the other.
        (("", "", ""), 2, 4),
    ],
)
def test_subnets_of_unknown_zones_have_their_share_of_the_nodes(
    tmp_path: Path, zones: tuple[str, ...], least: int, most: int
) -> None:
    names = "abc"[: len(zones)]
    subnets = [
        subnet(name, f"10.0.{number}.0/24", zone=zone).replace('  availability_zone = ""\n', "")
        for number, (name, zone) in enumerate(zip(names, zones, strict=True))
    ]
    uses = ", ".join(f"aws_subnet.{name}.id" for name in names)

    found = report(write(tmp_path, *subnets, eks_cluster(), node_group("g", sizes=(1, 2, 7), subnets=uses)))

    here = found["subnets"][-1]["nodes_at_maximum"]
    assert (here["least"], here["most"]) == (least, most)
    assert any("availability_zone is not set" in gap["reason"] for gap in found["gaps"])


def many_groups(folder: Path) -> str:
    group = node_group("m").replace(
        "  cluster_name", "  for_each = toset([for i in range(40) : tostring(i)])\n  cluster_name"
    )
    return write(folder, subnet("a", "10.0.0.0/20"), eks_cluster(), group)


@pytest.mark.once("what is told once depends on no Python")
@pytest.mark.parametrize("output", ["text", "markdown", "html"])
def test_groups_that_are_alike_are_told_once(tmp_path: Path, output: str) -> None:
    said = podroom("capacity", many_groups(tmp_path), "--format", output).stdout.partition("<script")[0]

    visible = flowed(html.unescape(said).replace("\\", ""))
    names = 'aws_eks_node_group.m["0"], aws_eks_node_group.m["1"] ... aws_eks_node_group.m["39"] (40 node groups)'
    assert names in visible
    assert visible.count("max pods 29 (Amazon EKS)") == 1
    assert "160 x 30 = 4,800 addresses" in visible
    assert "2 nodes at the desired size, 4 at the maximum size, 2 more during an update, each" in visible
