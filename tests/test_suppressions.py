"""A comment takes a finding back where it stands, in any language; one that takes nothing back is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checkout import CHECKOUT, EXAMPLES, podroom
from podroom.positions import Document
from podroom.sources.extents import HclExtents, last_line_in_yaml
from podroom.sources.hcl.parser import parse
from podroom.suppressions import read_suppressions

EXAMPLE = CHECKOUT / EXAMPLES / "stale-max-pods"
ASKED = "podroom: ignore[PR101] host network"
SETTING = "maxPods: 110"

HEREDOC = """
resource "aws_launch_template" "gateway" {
  image_id      = "ami-08d7e6f5a4b3c2d10"
  instance_type = "t3.medium"
  user_data     = base64encode(<<-EOT
    #!/bin/bash
    BEFORE
    /etc/eks/bootstrap.sh payments --use-max-pods false --kubelet-extra-args '--max-pods=110' BEHIND
  EOT
  )
}
"""


def in_template(folder: Path, setting: str) -> str:
    """Write the example with another text in place of the guilty line of its user-data template."""
    for file in EXAMPLE.iterdir():
        text = file.read_text(encoding="utf-8").replace(f"{SETTING} # expect: PR101", setting)
        (folder / file.name).write_text(text, encoding="utf-8")
    return podroom("check", str(folder)).output


def in_heredoc(folder: Path, before: str, behind: str) -> str:
    """Write the example with a shell script in the configuration, and comments in it."""
    for file in EXAMPLE.glob("*.tf"):
        text = file.read_text(encoding="utf-8")
        if file.name == "nodes.tf":
            group = text[text.index('resource "aws_eks_node_group"') :]
            text = HEREDOC.replace("BEFORE", before).replace("BEHIND", behind) + group
        (folder / file.name).write_text(text, encoding="utf-8")
    return podroom("check", str(folder)).output


@pytest.mark.parametrize(
    "setting",
    [
        f"{SETTING} # {ASKED}",
        f"{SETTING} # {ASKED}\r",
        f"# {ASKED}\n      {SETTING}",
        f"# {ASKED}\n      # and more on why\n      {SETTING}",
        f"{SETTING} # podroom: ignore[PR401,PR101]",
    ],
    ids=["behind", "CRLF", "above", "above with more", "several"],
)
def test_a_comment_in_a_template_takes_back_the_finding_of_its_line(tmp_path: Path, setting: str) -> None:
    assert re.search(r"^podroom: no findings .*, 1 suppressed$", in_template(tmp_path, setting), re.MULTILINE)


@pytest.mark.parametrize(("before", "behind"), [("", f"# {ASKED}"), (f"# {ASKED}", ""), (f"# {ASKED}", f"# {ASKED}")])
def test_a_comment_in_a_script_in_the_configuration_does_too(tmp_path: Path, before: str, behind: str) -> None:
    output = in_heredoc(tmp_path, before, behind)

    assert re.search(r"^podroom: no findings .*, 1 suppressed$", output, re.MULTILINE)
    assert "to look at" not in output


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        (f"{SETTING} # podroom: ignore[PR000] reason", r":18:20: there is no rule PR000"),
        (f"{SETTING} # podroom: ignore[PR401] reason", r":18:20: line 18 has no finding PR401"),
        (f"# {ASKED}\n\n      {SETTING}", r":18:7: line 19 has no finding PR101"),
        (f"{SETTING} # podroom: ignore[PR011] reason", r":18:20: there is no rule PR011 \(did you mean PR101\?\)"),
        (f"{SETTING} # podroom: ignore[pr101] reason", r":18:20: .* pr101 \(a comment names codes: write PR101\)"),
        (f"{SETTING} # podroom: ignore[stale-max-pods] reason", r":18:20: .*stale-max-pods \(.* write PR101\)"),
        (f"{SETTING} # podroom: ignore[PR1] reason", r":18:20: .* PR1 \(a comment names whole codes"),
        (f"{SETTING} # podroom: ignroe[PR101] r", r":18:20: podroom: ignroe\[PR101\] is not understood; did you mean "),
        (f"{SETTING} # Podroom: Ignore[PR101] r", r":18:20: .*did you mean podroom: ignore\[PR101\]\?"),
        (f"{SETTING} # podroom: ignore host network", r":18:20: it names no rule"),
    ],
    ids=[
        "no such rule",
        "another rule",
        "a line between",
        "turned",
        "small",
        "name",
        "beginning",
        "typo",
        "capital",
        "no code",
    ],
)
def test_a_suppression_without_effect_is_said_and_takes_back_nothing(tmp_path: Path, setting: str, reason: str) -> None:
    output = in_template(tmp_path, setting)

    assert "error[PR101]" in output
    assert re.search(rf"^suppressions to look at:\n  \S*user-data\.tftpl{reason}", output, re.MULTILINE)


def test_without_a_comment_mark_nothing_is_asked(tmp_path: Path) -> None:
    output = in_template(tmp_path, f'{SETTING}\n    note: "{ASKED}"')

    assert "error[PR101]" in output
    assert "to look at" not in output


def test_a_suppression_is_not_called_unused_while_something_could_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken.tf").write_text("resource {\n", encoding="utf-8")

    assert "to look at" not in in_template(tmp_path, f"{SETTING} # podroom: ignore[PR401] reason")


def test_what_the_readme_shows_takes_its_finding_back(tmp_path: Path) -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```hcl\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    for file in EXAMPLE.glob("*.tf"):
        text = file.read_text(encoding="utf-8")
        if file.name == "nodes.tf":
            text = shown + text[text.index('resource "aws_eks_node_group"') :]
        (tmp_path / file.name).write_text(text, encoding="utf-8")

    output = podroom("check", str(tmp_path)).output

    assert re.search(r"^podroom: no findings .*, 1 suppressed$", output, re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{\n  "//": "podroom: ignore[PR101] agreed",\n  "a": 1\n}\n', 3),
        ('{\n  "//": "podroom: ignore[PR101] agreed", "a": 1\n}\n', 2),
        ('{\n  "a": 1, "//": "podroom: ignore[PR101] agreed"\n}\n', 2),
        ('{\n  "//": "podroom: ignore[PR101] agreed",\r\n  "//": "why",\r\n  "a": 1}', 4),
    ],
)
def test_a_comment_property_of_json_takes_back_what_is_on_its_line_or_the_next(text: str, line: int) -> None:
    (found,) = read_suppressions(Document("a.tf.json", text))

    assert (found.codes, found.reason, found.line) == (("PR101",), "agreed", line)


HCL = """\
resource "aws_eks_node_group" "a" { # 1
  scaling_config {
    max_size = 3
  }
  tags = { a = 1 }
}
module "eks" { # 7
  nodes = {
    first = { # 9
      size = 3
    }
    second = merge(local.common, { # 12
      size = 3
    })
  }
  list = [
    { # 17
      size = 3
    },
  ]
}
"""


@pytest.mark.parametrize(
    ("line", "last"),
    [
        (1, 6),
        (2, 4),
        (3, 3),
        (5, 5),
        (7, 21),
        (8, 15),
        (9, 11),
        (10, 10),
        (12, 14),
        (13, 13),
        (16, 20),
        (17, 19),
        (21, 21),
    ],
)
def test_in_hcl_what_begins_on_a_line_ends_with_its_brackets(line: int, last: int) -> None:
    assert HclExtents(parse(Document("a.tf", HCL))).last_line(line) == last


YAML = """\
kind: ClusterConfig
managedNodeGroups:
- name: a
  instanceType: t3.medium

  # more
  labels:
    x: y
- name: b
addons:
  - name: vpc-cni
    configurationValues: |
      {}
"""


@pytest.mark.parametrize(
    ("line", "last"), [(1, 1), (2, 9), (3, 8), (4, 4), (5, 5), (7, 8), (9, 9), (10, 13), (11, 13), (12, 13), (13, 13)]
)
def test_in_yaml_what_begins_on_a_line_ends_with_what_is_indented_below_it(line: int, last: int) -> None:
    assert last_line_in_yaml(Document("a.yaml", YAML), line) == last


EKSCTL = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: eu-west-1, version: "1.33"}
nodeGroups:
  - name: workersFIRST
    amiFamily: AmazonLinux2023
    instanceType: t3.mediumLINE
    maxPodsPerNode: 110OWN
  - name: othersSECOND
    amiFamily: AmazonLinux2023
    instanceType: t3.medium
    desiredCapacity: 2
"""


@pytest.mark.parametrize(
    ("place", "line"), [("FIRST", 0), ("OWN", 0), ("LINE", "line 7 has"), ("SECOND", "lines 9 to 12 have")]
)
def test_on_the_first_line_of_a_block_it_holds_for_the_whole_block(tmp_path: Path, place: str, line: str | int) -> None:
    text = EKSCTL.replace(place, f" # {ASKED}")
    (tmp_path / "cluster.yaml").write_text(re.sub("FIRST|SECOND|LINE|OWN", "", text), encoding="utf-8")

    output = podroom("check", str(tmp_path)).output

    assert ("1 suppressed" in output) is not bool(line)
    assert (f"{line} no finding PR101" in output) is bool(line)


@pytest.mark.parametrize("place", ["above", "behind"])
def test_so_it_does_in_terraform(tmp_path: Path, place: str) -> None:
    in_heredoc(tmp_path, "", "")
    nodes = tmp_path / "nodes.tf"
    header = 'resource "aws_launch_template" "gateway" {'
    with_comment = f"# {ASKED}\n{header}" if place == "above" else f"{header} # {ASKED}"
    nodes.write_text(nodes.read_text(encoding="utf-8").replace(header, with_comment), encoding="utf-8")

    output = podroom("check", str(tmp_path)).output

    assert re.search(r"^podroom: no findings .*, 1 suppressed$", output, re.MULTILINE)
    assert "to look at" not in output


def test_one_without_a_reason_takes_back_and_is_said(tmp_path: Path) -> None:
    output = in_template(tmp_path, f"{SETTING} # podroom: ignore[PR101]")

    assert "1 suppressed" in output
    assert re.search(
        r"^suppressions to look at:\n  \S*user-data\.tftpl:18:20: it gives no reason", output, re.MULTILINE
    )


def test_for_a_rule_that_does_not_run_it_is_not_called_unused(tmp_path: Path) -> None:
    in_template(tmp_path, f"{SETTING} # {ASKED}")

    assert "to look at" not in podroom("check", str(tmp_path), "--ignore", "PR101").output
