"""What a person meets at the command line: exit codes, bad input, colour, help."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from checkout import CHECKOUT, EXAMPLES, podroom
from podroom import __version__
from podroom.catalog.instance_types import InstanceCatalog
from podroom.engine import Engine
from podroom.packs import find_rules
from podroom.report.frame import Frame
from podroom.report.text import render
from podroom.rule import Severity
from podroom.run import Request, check
from podroom.sources.hcl.parser import parse

GUILTY = CHECKOUT / EXAMPLES / "stale-max-pods"
HEALTHY = CHECKOUT / EXAMPLES / "stale-max-pods-healthy"
BY_VARIABLES = CHECKOUT / EXAMPLES / "mixed-instance-types-minimum"


def copied(source: Path, target: Path, **files: str | bytes) -> str:
    """Copy an example, write further files into it (`x_tf` is x.tf) and return its path."""
    shutil.copytree(source, target)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (target / ".".join(name.rsplit("_", 1))).write_bytes(data)
    return str(target)


@pytest.mark.parametrize(("folder", "code"), [(HEALTHY, 0), (GUILTY, 1)])
def test_the_exit_code_tells_findings_from_none(folder: Path, code: int) -> None:
    assert podroom("check", str(folder)).exit_code == code


def test_unknown_alone_is_said_and_no_failure(tmp_path: Path) -> None:
    folder = copied(BY_VARIABLES, tmp_path / "x")
    (tmp_path / "x" / "terraform.tfvars").unlink()

    result = podroom("check", folder)

    assert result.exit_code == 0
    assert "var.node_groups has no value" in result.output
    assert "1 judgement undecided" in result.output


CYCLE = """
locals {
  a = local.b
  b = local.a
}
resource "aws_subnet" "y" {
  vpc_id     = aws_vpc.this.id
  cidr_block = local.a
}
"""

CYCLE_BY_DEPENDS_ON = """
resource "aws_eks_cluster" "waiting" {
  depends_on = [aws_eks_addon.waiting]
}
resource "aws_eks_addon" "waiting" {
  cluster_name = "waiting"
  addon_name   = "coredns"
  depends_on   = [aws_eks_node_group.waiting]
}
resource "aws_eks_node_group" "waiting" {
  cluster_name = "waiting"
  depends_on   = [aws_eks_addon.waiting]
}
"""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('resource "aws_vpc" {\n', "never closed"),
        (b"\x00\x01\xff", "binary file"),
        ("x = 1".encode("utf-16"), "x.tf"),
        (b"\x00GITCRYPT\x00\x01\x02", "encrypted by git-crypt"),
        (CYCLE, "depends on itself"),
        (CYCLE_BY_DEPENDS_ON, "aws_eks_node_group.waiting and aws_eks_addon.waiting wait for each other"),
    ],
    ids=["broken", "binary", "utf-16", "git-crypt", "cycle", "cycle by depends_on"],
)
def test_a_file_that_cannot_be_read_is_named_once_and_the_others_are_judged(
    tmp_path: Path, content: str | bytes, sentence: str
) -> None:
    result = podroom("check", copied(GUILTY, tmp_path / "x", x_tf=content))

    assert result.exit_code == 2
    assert result.output.count("not read: ") == 1
    assert sentence in result.output
    assert "PR101" in result.output


def test_encrypted_variables_are_named_and_so_is_what_hangs_on_them(tmp_path: Path) -> None:
    folder = copied(BY_VARIABLES, tmp_path / "x", terraform_tfvars=b"\x00GITCRYPT\x00\x01\x02")

    result = podroom("check", folder)

    assert result.exit_code == 2
    assert "terraform.tfvars is encrypted by git-crypt" in result.output
    assert "var.node_groups has no value" in result.output


def test_an_unknown_function_leaves_undecided_what_needs_it_and_names_its_place(tmp_path: Path) -> None:
    folder = copied(GUILTY, tmp_path / "x")
    nodes = tmp_path / "x" / "nodes.tf"
    nodes.write_text(nodes.read_text(encoding="utf-8").replace('"t3.medium"', 'nosuch("x")'), encoding="utf-8")

    output = podroom("check", folder).output

    assert re.search(r"nodes\.tf:4:\d+: .*nosuch", output)
    assert "PR101" in output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("check", "no/such/folder"), "no such file or folder: no/such/folder"),
        (("check", "docs"), "no Terraform configuration"),
        (("check", "README.md"), "is not a Terraform file"),
        (("check", "--var", "novalue", "examples"), "--var takes NAME=VALUE"),
        (("show", "no/such/folder"), "no such file or folder: no/such/folder"),
        (("explain", "PR000"), "there is no rule PR000"),
    ],
)
def test_what_podroom_cannot_do_is_one_sentence_and_exit_code_2(arguments: tuple[str, ...], sentence: str) -> None:
    result = podroom(*arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert not result.stdout


def test_a_variable_can_be_given_on_the_command_line_and_in_a_file(tmp_path: Path) -> None:
    folder = copied(GUILTY, tmp_path / "x", v_tf='variable "type" {}\n', given_tfvars='type = "m5.large"\n')
    nodes = tmp_path / "x" / "nodes.tf"
    nodes.write_text(nodes.read_text(encoding="utf-8").replace('"t3.medium"', "var.type"), encoding="utf-8")

    assert "an m5.large has room for 29" in podroom("check", "--var", "type=m5.large", folder).output
    assert "an m5.large has room for 29" in podroom("check", "--var-file", f"{folder}/given.tfvars", folder).output


def test_colour_only_when_asked_for_or_on_a_terminal() -> None:
    escape = "\x1b["

    assert escape not in podroom("check", str(GUILTY)).output
    assert escape not in podroom("check", "--color", "never", str(GUILTY)).output
    assert escape in podroom("check", "--color", "always", str(GUILTY)).output


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_colour_unless_it_or_its_user_refuses(environment: dict[str, str], coloured: bool) -> None:
    pty = pytest.importorskip("pty")  # absent on Windows
    inherited = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "TERM"}}
    ours, theirs = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-m", "podroom", "check", str(GUILTY)],
            stdout=theirs,
            env={**inherited, "TERM": "xterm", **environment},
            check=False,
        )
        printed = os.read(ours, 100_000)
    finally:
        os.close(ours)
        os.close(theirs)

    assert (b"\x1b[" in printed) is coloured


def test_show_prints_values_with_their_origins_as_a_tree_and_as_json() -> None:
    tree = podroom("show", "--format", "tree", str(GUILTY)).output
    worlds = json.loads(podroom("show", str(GUILTY)).stdout)["worlds"]

    assert re.search(r'type: "t3\.medium" .*nodes\.tf:4:28', tree)
    (world,) = worlds
    (group,) = world["node_groups"]
    (choice,) = group["instance_types"]["items"]
    assert choice["type"]["value"] == "t3.medium"
    assert choice["type"]["origin"].endswith("nodes.tf:4:28")


def test_show_says_why_a_value_is_not_known(tmp_path: Path) -> None:
    folder = copied(GUILTY, tmp_path / "x", v_tf='variable "type" {}\n')
    nodes = tmp_path / "x" / "nodes.tf"
    nodes.write_text(nodes.read_text(encoding="utf-8").replace('"t3.medium"', "var.type"), encoding="utf-8")

    assert re.search(r"type: .*var\.type has no value", podroom("show", "--format", "tree", folder).output)


def test_every_rule_is_listed_and_explained_by_code_and_by_name() -> None:
    listed = podroom("rules").output

    for rule in find_rules():
        assert re.search(rf"^{rule.code} .*{re.escape(rule.title())}$", listed, re.MULTILINE)
        page = podroom("explain", rule.code).output
        assert page == podroom("explain", rule.name).output
        assert all(part in page for part in (rule.title(), *rule.sources, *(example.title for example in rule.bad)))


def test_the_version_tells_the_date_of_the_table() -> None:
    expected = f"podroom {__version__} (instance types of {InstanceCatalog.bundled().date})\n"

    assert podroom("--version").output == expected


MANY_GROUPS = """
resource "aws_subnet" "room" {
  cidr_block        = "10.0.0.0/26"
  availability_zone = "eu-west-1a"
  vpc_id            = "vpc-1"
}
resource "aws_eks_cluster" "main" {
  name = "main"
}
resource "aws_eks_node_group" "shared" {
  for_each       = { small = "t3.large", large = "m5.4xlarge" }
  cluster_name   = aws_eks_cluster.main.name
  instance_types = [each.value]
  subnet_ids     = [aws_subnet.room.id]
  scaling_config {
    max_size = 20
  }
}
"""
ONE_MORE = """
resource "aws_eks_node_group" "own_%d" {
  cluster_name   = aws_eks_cluster.main.name
  instance_types = ["m5.large"]
  subnet_ids     = [aws_subnet.room.id]
  scaling_config {
    max_size = 2
  }
}
"""


@pytest.mark.parametrize(("more", "left_out"), [(2, None), (11, None), (12, "and 1 more place\n"), (30, "and 19 more")])
def test_a_related_place_is_shown_once_with_all_that_is_said_of_it(
    tmp_path: Path, more: int, left_out: str | None
) -> None:
    text = MANY_GROUPS + "".join(ONE_MORE % number for number in range(more))
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")

    shown = podroom("check", str(tmp_path)).output

    place = f"{tmp_path.as_posix()}/main.tf:{text[: text.index('= 20')].count(chr(10)) + 1}:"
    assert shown.count(f"::: {place}") == 1
    assert shown.count("20 nodes in this zone") == 2
    assert ("more place" in shown) == (left_out is not None)
    assert left_out is None or left_out in shown


@pytest.mark.parametrize("before", [0, 50, 3000])
@pytest.mark.parametrize("after", [0, 50, 3000])
def test_a_long_line_is_cut_around_the_guilty_text(tmp_path: Path, before: int, after: int) -> None:
    folder = copied(GUILTY, tmp_path / "x")
    template = tmp_path / "x" / "user-data.tftpl"
    guilty = f'{{a: "{"a" * before}", maxPods: 110, b: "{"b" * after}"}}'
    text = template.read_text(encoding="utf-8").replace("\n      maxPods: 110 # expect: PR101", f" {guilty}")
    template.write_text(text, encoding="utf-8")

    lines = podroom("check", folder).output.splitlines()

    (at,) = [number for number, line in enumerate(lines) if "maxPods: 110" in line]
    shown, marks = lines[at], lines[at + 1]
    assert len(shown) <= 160 + len("19 | ")
    assert shown[marks.index("^") : marks.rindex("^") + 1] == "maxPods: 110"
    assert (shown.count("...")) == (before == 3000) + (after == 3000)


@pytest.mark.parametrize(
    ("severity", "counted"), [(Severity.ERROR, "2 errors"), (Severity.WARNING, "2 warnings"), (Severity.INFO, "2 info")]
)
def test_the_summary_counts_findings_by_the_word_that_they_carry(severity: Severity, counted: str) -> None:
    outcome = check(Request([str(GUILTY)], parse), Engine(find_rules()))
    findings = tuple(replace(finding, severity=severity) for finding in outcome.findings * 2)

    report = render(replace(outcome, findings=findings), Frame("", ""))

    assert report.startswith(f"{counted.split()[1].rstrip('s')}[PR101]")
    assert f"podroom: {counted} in 1 configuration" in report


@pytest.mark.parametrize(
    "arguments", [["capacity", EXAMPLES], ["recommend", EXAMPLES], ["check", EXAMPLES], ["node", "m5.large"], ["rules"]]
)
def test_a_closed_standard_output_is_one_sentence(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "podroom", *map(str, arguments)]

    result = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *command],
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 2
    assert result.stderr == "podroom: standard output is closed, so nothing can be said\n"


@pytest.mark.parametrize("options", [(), ("--exit-zero",)])
def test_a_fault_of_podroom_does_not_look_like_findings(options: tuple[str, ...], tmp_path: Path) -> None:
    program = (
        "import sys, podroom.cli.checking\n"
        "from podroom.__main__ import main\n"
        "def fail(*_, **__):\n    raise ZeroDivisionError('unexpected')\n"
        "podroom.cli.checking.run_check = fail\n"
        "main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, "check", str(tmp_path), *options], capture_output=True, text=True, check=False
    )

    assert result.returncode == 2
    assert "ZeroDivisionError: unexpected" in result.stderr
    assert "a fault of podroom, and nothing is judged" in result.stderr


def test_who_gives_terragrunt_is_told_what_to_give_instead(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    terragrunt = tmp_path / "live" / "terragrunt.hcl"
    terragrunt.write_text('terraform {\n  source = "../modules/nodes"\n}\n', encoding="utf-8")

    for given in (tmp_path, terragrunt):
        result = podroom("check", str(given))
        assert result.exit_code == 2
        assert "give a plan in JSON (terragrunt show -json), or the folder in .terragrunt-cache" in result.output
