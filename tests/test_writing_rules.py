"""The guide is right word for word, and what tools/new_rule.py writes is a rule."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import new_rule
from checkout import CHECKOUT
from podroom.rule import Rule
from podroom.testing import judge_example, page_faults
from podroom_rules import rules

GUIDE = (CHECKOUT / "docs/writing-rules.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE))
TOO_SMALL = """
resource "aws_eks_node_group" "workers" {
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["t3.micro"]
}
"""


def run(*command: str, cwd: Path, path: tuple[Path, ...], expect: int = 0) -> str:
    """Run a command where only these folders are installed beside what Python has."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout


@pytest.mark.once("the guide says the same to every Python, and pip takes its time")
def test_the_pack_of_the_guide_works_as_installed(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling is not installed, which builds the pack")
    pytest.importorskip("pip", reason="pip is not installed, which installs the pack")
    source, installed, infra = tmp_path / "source", tmp_path / "installed", tmp_path / "infra"
    for name, text in FILES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    infra.mkdir()
    (infra / "main.tf").write_text(TOO_SMALL, encoding="utf-8")
    here = (CHECKOUT / "linter", CHECKOUT / "rules")
    pip = (
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-compile",
        "--no-build-isolation",
        "--target",
        str(installed),
    )
    run(*pip, ".", cwd=source, path=())

    tests = run("pytest", "-q", "-p", "no:cacheprovider", "test_rules.py", cwd=source, path=(installed, *here))
    listed = run("podroom", "rules", cwd=tmp_path, path=(installed, *here))
    page = run("podroom", "explain", "ACME101", cwd=tmp_path, path=(installed, *here))
    judged = run("podroom", "check", "infra", cwd=tmp_path, path=(installed, *here), expect=1)

    assert "2 passed" in tests
    assert {"ACME101", *(rule.code for rule in rules())} == {line.split()[0] for line in listed.splitlines()}
    assert "A node has no room for all of Acme's agents." in page
    assert "error[ACME101] room-for-agents: a node of type t3.micro has room for 2 of 12 agents" in judged
    assert "PR113" in judged


def load(path: Path) -> type[Rule[Any]]:
    """Import the only rule of a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (found,) = [item for item in vars(module).values() if isinstance(item, type) and item.__module__ == path.stem]
    assert issubclass(found, Rule)
    return found


def test_a_new_rule_passes_the_tests_of_rules_until_its_author_fills_it_in(tmp_path: Path) -> None:
    rule = load(new_rule.write("PR199", "what-it-finds", tmp_path))

    assert (rule.code, rule.name, rule.__name__) == ("PR199", "what-it-finds", "WhatItFinds")
    assert page_faults(rule) == []
    for example in (*rule.bad, *rule.good):
        expected, found, outcome = judge_example(example, [*rules(), rule])
        assert found == expected
        assert rule.code not in {code for undecided in outcome.undecided for code in undecided.codes}


@pytest.mark.parametrize(
    ("code", "name", "why"),
    [
        ("PR101", "x", "PR101 is taken"),
        ("pr199", "x", "pr199 is no code"),
        ("PR19", "x", "PR19 is no code"),
        ("PR199", "What it finds", "What it finds is no name"),
    ],
)
def test_a_new_rule_has_a_code_and_a_name_that_can_be_had(code: str, name: str, why: str, tmp_path: Path) -> None:
    folder = new_rule.OWN_PACK if code == "PR101" else tmp_path
    with pytest.raises(ValueError, match=why):
        new_rule.write(code, name, folder)


@pytest.mark.once("only where everything is installed")
def test_what_new_rule_writes_is_in_the_style_of_the_house(tmp_path: Path) -> None:
    pytest.importorskip("ruff", reason="ruff is not installed, which judges style")
    path = new_rule.write("PR199", "what-it-finds", tmp_path)
    options = ("--config", str(CHECKOUT / "pyproject.toml"), str(path))

    for command in (("check", "--ignore", "INP001", "--no-cache"), ("format", "--check", "--no-cache")):
        run("ruff", *command, *options, cwd=tmp_path, path=())
