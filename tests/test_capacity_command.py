"""`podroom capacity`: what it says, what it refuses, and that its JSON is what the schema and docs/capacity.md say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from capacity_helpers import flowed, strict
from checkout import CHECKOUT, EXAMPLES, SCENARIOS, podroom
from podroom.report.capacity_text import Canvas
from podroom.report.style import Style
from schemas import validator_of
from worlds import CASES, drawn

LARGE_NODES = (EXAMPLES / "large-nodes-few-pods").as_posix()
SCHEMA: dict[str, Any] = json.loads(
    (CHECKOUT / "linter/podroom/report/schemas/capacity-v1.json").read_text(encoding="utf-8")
)


CLOSED: Any = strict(SCHEMA)
STRICT = validator_of(CLOSED)


def report(*arguments: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(podroom("capacity", "--format", "json", *arguments).stdout)
    return parsed


@contextmanager
def canvas_of(width: int, *, blocks: bool = True) -> Iterator[None]:
    """Let the command draw on a canvas of this width."""
    drawn = Canvas(width, blocks, Style())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("podroom.cli.capacity.canvas", lambda _: drawn)
        yield


def test_a_subnet_of_large_nodes_holds_40_of_them_with_one_pod_each() -> None:
    result = podroom("capacity", LARGE_NODES)

    assert result.exit_code == 0
    assert (
        "a /20 holds 81 of these nodes when idle, 40 with one pod each, 40 with 16 pods each, 13 when full; "
        "one more runs it dry"
    ) in flowed(result.stdout)


def test_clusters_that_share_a_subnet_add_up(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        """
        resource "aws_vpc" "main" {
          cidr_block = "10.0.0.0/16"
        }
        resource "aws_subnet" "shared" {
          vpc_id            = aws_vpc.main.id
          availability_zone = "eu-west-1a"
          cidr_block        = "10.0.0.0/23"
          tags              = { "kubernetes.io/role/internal-elb" = "1" }
        }
        resource "aws_eks_cluster" "main" {
          for_each = toset(["blue", "green"])
          name     = each.key
          role_arn = "arn:aws:iam::111122223333:role/cluster"
          vpc_config {
            subnet_ids = [aws_subnet.shared.id]
          }
        }
        resource "aws_eks_node_group" "workers" {
          for_each        = { blue = ["m5.large", 10], green = ["c5.4xlarge", 2] }
          cluster_name    = aws_eks_cluster.main[each.key].name
          node_group_name = "workers"
          node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
          subnet_ids      = [aws_subnet.shared.id]
          instance_types  = [each.value[0]]
          scaling_config {
            min_size     = 1
            desired_size = 2
            max_size     = each.value[1]
          }
        }
        """,
        encoding="utf-8",
    )

    result = podroom("capacity", str(tmp_path))
    (subnet,) = report(str(tmp_path))["configurations"][0]["subnets"]

    assert {share["node_group"] for share in subnet["shares"]} == {
        'aws_eks_node_group.workers["blue"]',
        'aws_eks_node_group.workers["green"]',
    }
    # 10 x 20 addresses and 2 x 60; each control plane keeps 9, load balancers 8.
    assert subnet["at_maximum"]["one_pod"]["least"] == 10 * 20 + 2 * 60
    assert subnet["left"]["one_pod"]["least"] == 507 - 320 - 2 * 9 - 8
    # 12 nodes take 320, so 481 hold 18 of them in the same proportion.
    assert subnet["holds"]["one_pod"] == {
        "least": 18,
        "most": 18,
        "working": "floor(481 x 12 nodes / 320) = 18",
    }
    assert "kept free in it: 18 for the control plane and 8 for the load balancers" in result.stdout
    # An update adds 2 nodes to each: 2 x 30 and 2 x 60 of the 61 that full nodes leave.
    assert "180 more addresses, which leaves -119" in flowed(result.stdout)


def test_a_what_if_stands_beside_todays_numbers() -> None:
    arguments = ("--env", "WARM_IP_TARGET=2", "--env", "MINIMUM_IP_TARGET=16", "--set", "workers.max_size=200")
    configuration = report(LARGE_NODES, *arguments)["configurations"][0]

    today, what_if = configuration["subnets"][0], configuration["what_if"]["subnets"][0]
    assert what_if["address"] == today["address"]
    assert (today["nodes_at_maximum"]["least"], what_if["nodes_at_maximum"]["least"]) == (50, 67)
    # 16 addresses and the interface's own: 17; with 16 pods 2 more.
    assert [what_if["holds"][load]["least"] for load in ("one_pod", "expected")] == [4091 // 17, 4091 // 19]
    assert configuration["what_if"]["changes"] == ["WARM_IP_TARGET=2", "MINIMUM_IP_TARGET=16", "workers.max_size=200"]
    assert "What if WARM_IP_TARGET=2, MINIMUM_IP_TARGET=16" in podroom("capacity", LARGE_NODES, *arguments).stdout


def test_a_group_of_eksctl_is_named_by_its_own_name() -> None:
    configuration = report("examples/eksctl/max-pods-per-node", "--set", "system.max_size=9")["configurations"][0]

    assert configuration["what_if"]["node_groups"][0]["maximum_size"]["least"] == 9


@pytest.mark.parametrize("name", ["aws_eks_node_group.workers", "workers"])
def test_a_group_is_named_by_its_address_or_a_name_in_it(name: str) -> None:
    configuration = report(LARGE_NODES, "--set", f"{name}.instance_types=m5.large,m5.xlarge")["configurations"][0]

    types = configuration["what_if"]["node_groups"][0]["instance_types"]
    assert [kind["name"] for kind in types] == ["m5.large", "m5.xlarge"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--set", "wokers.max_size=5"], "there is no node group wokers; did you mean workers?"),
        (["--set", "workers.maximum_size=5"], "there is no setting maximum_size; did you mean max_size"),
        (["--set", "workers.max_size=many"], "max_size takes a whole number"),
        (["--set", "workers.instance_types="], "instance_types takes types"),
        (["--set", "max_size=5"], "--set takes GROUP.SETTING=VALUE"),
        (["--env", "WARM_IP_TARGTE=2"], "aws-node reads no such variable; did you mean WARM_IP_TARGET"),
        (["--env", "WARM_IP_TARGET=two"], "takes a whole number"),
        (["--env", "ENABLE_PREFIX_DELEGATION=yes"], "takes true or false"),
        (["--env", "WARM_IP_TARGET"], "--env takes NAME=VALUE"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_exit_2(arguments: list[str], sentence: str) -> None:
    result = podroom("capacity", LARGE_NODES, *arguments)

    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert sentence in result.output


def test_a_name_that_several_groups_have_is_refused() -> None:
    folder = (CHECKOUT / "tests/cases/configurations/module-called-twice").as_posix()

    result = podroom("capacity", folder, "--set", "this.max_size=5")

    assert result.exit_code == 2
    assert "may be any of" in result.output


def test_assumptions_come_from_the_command_line_before_the_configuration(tmp_path: Path) -> None:
    for file in (CHECKOUT / LARGE_NODES).glob("*.tf*"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "podroom.toml").write_text(
        '[assumptions]\nexpected_pods_per_node = 60\nzone_balance = "skewed"\n', encoding="utf-8"
    )

    configured = report(str(tmp_path))
    overruled = report(str(tmp_path), "--zone-balance", "balanced", "--pods-per-node", "20", "--host-network-pods", "3")

    assert configured["assumptions"]["expected_pods_per_node"] == 60
    subnet = configured["configurations"][0]["subnets"][0]
    assert subnet["nodes_at_maximum"]["least"] == 150
    assert subnet["at_maximum"]["expected"]["least"] == 150 * 150
    assert overruled["configurations"][0]["subnets"][0]["nodes_at_maximum"]["least"] == 50
    assert {key: overruled["assumptions"][key] for key in ("expected_pods_per_node", "host_network_pods")} == {
        "expected_pods_per_node": 20,
        "host_network_pods": 3,
    }


def test_what_is_unknown_is_a_named_gap_and_never_a_zero(tmp_path: Path) -> None:
    source = CHECKOUT / EXAMPLES / "large-nodes-few-pods"
    for file in source.glob("*.tf"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")

    result = podroom("capacity", str(tmp_path))
    configuration = report(str(tmp_path))["configurations"][0]

    assert result.exit_code == 0
    assert "var.workers has no value" in flowed(result.stdout)
    assert configuration["node_groups"][0]["maximum_size"] == {"least": 0, "most": None, "working": ""}
    assert any(gap["needs"] for gap in configuration["gaps"])
    assert not re.search(r"\b0 nodes desired", result.stdout)


def test_what_cannot_be_read_is_exit_2_beside_the_numbers_of_the_rest(tmp_path: Path) -> None:
    for file in (CHECKOUT / LARGE_NODES).glob("*.tf*"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "broken.tf").write_text('resource "aws_vpc" {\n', encoding="utf-8")

    result = podroom("capacity", "--format", "json", str(tmp_path))

    assert result.exit_code == 2
    output = json.loads(result.stdout)
    assert output["configurations"]
    assert [Path(error["path"]).name for error in output["errors"]] == ["broken.tf"]


def test_nothing_about_eks_is_said(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "main" {\n}\n', encoding="utf-8")

    result = podroom("capacity", str(tmp_path))

    assert (result.exit_code, result.output) == (0, "podroom: nothing about Amazon EKS here\n")


@pytest.mark.once("it draws the table of every example")
@pytest.mark.parametrize("width", [80, 100])
def test_the_table_fits_its_width(width: int) -> None:
    with canvas_of(width):
        output = podroom("capacity", EXAMPLES.as_posix(), "--env", "WARM_IP_TARGET=2").stdout

    assert "\u2588" in output
    # What nobody can break stays whole: paths, addresses and what zones are called.
    unbroken = re.compile(r"examples/|aws_subnet|module\.|data\.aws")
    assert [line for line in output.splitlines() if len(line) > width and not unbroken.search(line)] == []


def test_bars_are_drawn_in_ascii_where_the_encoding_has_no_blocks() -> None:
    with canvas_of(80, blocks=False):
        output = podroom("capacity", LARGE_NODES).stdout

    assert output.isascii()
    assert "###>" in output


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.once("every case against a schema")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_output_for_an_example_has_exactly_the_members_that_the_schema_describes(scenario: str) -> None:
    STRICT.validate(report((EXAMPLES / scenario).as_posix(), "--env", "WARM_IP_TARGET=2"))


@pytest.mark.once("every case against a schema")
@pytest.mark.parametrize("case", drawn(CASES, 4), ids=lambda case: case.name)
def test_the_output_for_a_case_has_exactly_the_members_that_the_schema_describes(case: Path) -> None:
    STRICT.validate(report(case.as_posix()))


def test_the_page_describes_every_member() -> None:
    page = (CHECKOUT / "docs/capacity.md").read_text(encoding="utf-8")
    definitions = SCHEMA["$defs"]
    described = {*SCHEMA["properties"]}
    for name in ("estimate", "loads", "configuration", "what_if", "cluster", "node_group", "instance_type", "subnet"):
        described |= {*definitions[name]["properties"]}
    described |= {*definitions["share"]["properties"], *definitions["gap"]["properties"]}

    assert {member for member in described if f"`{member}`" not in page} == set()
