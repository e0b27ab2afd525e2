"""Shell completion: what a shell is told, and that bash completes with what `podroom` prints for it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import CompletionItem, ShellComplete

from checkout import CHECKOUT, podroom
from podroom import cli
from podroom.cli import commands
from podroom.packs import find_rules


def completed(*words: str) -> list[CompletionItem]:
    *before, last = words
    return ShellComplete(cli.podroom, {}, "podroom", "_PODROOM_COMPLETE").get_completions(before, last)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["ch"], ["check", "checkov"], id="commands"),
        pytest.param(["checkov", "ex"], ["export"], id="commands of a command"),
        pytest.param(["--ver"], ["--version"], id="options of podroom itself"),
        pytest.param(["check", "--min-"], ["--min-confidence"], id="options of a command"),
        pytest.param(["check", "--var", "a=1", "--fail-on", "w"], ["warning"], id="values of an option, after others"),
        pytest.param(["explain", "PR10"], [f"PR10{last}" for last in range(1, 10)], id="rules by code"),
        pytest.param(["explain", "pr101"], ["PR101"], id="rules by code in small letters"),
        pytest.param(["explain", "asg-instance"], ["asg-instance-type-drift"], id="rules by name"),
        pytest.param(["check", "--select", "PR101"], ["PR101"], id="a rule to select"),
        pytest.param(["check", "--ignore", "PR1,asg-inst"], ["PR1,asg-instance-type-drift"], id="one more rule"),
        pytest.param(["diff", "--extend-select", "PR999"], [], id="no rule"),
        pytest.param(["node", "m7g.4"], ["m7g.4xlarge"], id="instance types"),
        pytest.param(["max-pods", "--instance-type", "m5.me"], ["m5.metal"], id="an instance type as an option"),
    ],
)
def test_a_word_is_completed(words: list[str], expected: list[str]) -> None:
    known = {rule.code for rule in find_rules()}
    expected = [value for value in expected if not value.startswith("PR10") or value in known]

    assert [(item.value, item.type) for item in completed(*words)] == [(value, "plain") for value in expected]


@pytest.mark.parametrize(
    "words",
    [
        ["check", "inf"],
        ["check", "--var-file", "inf"],
        ["check", "--plan", "inf"],
        ["check", "--inventory", "inf"],
        ["check", "--config", "inf"],
        ["check", "--baseline", "inf"],
        ["baseline", "create", "--baseline", "inf"],
        ["capacity", "inf"],
        ["diff", "--path", "inf"],
        ["config", "show", "inf"],
        ["config", "show", "--config", "inf"],
        ["checkov", "export", "inf"],
    ],
    ids=" ".join,
)
def test_files_are_left_to_the_shell(words: list[str]) -> None:
    assert [(item.value, item.type) for item in completed(*words)] == [("inf", "file")]


def test_rules_and_commands_say_what_they_are() -> None:
    titles = {rule.code: rule.title() for rule in find_rules()}

    assert [item.help for item in completed("explain", "PR101")] == [titles["PR101"]]
    assert [item.help for item in completed("check", "--select", "PR303,PR101")] == [titles["PR101"]]
    assert [item.help for item in completed("inv")] == ["Print the commands that list what is there, for --inventory."]


def test_the_names_of_commands_are_completed_without_importing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "import_module", pytest.fail)

    assert {item.value for item in completed("")} == set(cli.podroom.list_commands(None))


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_a_script(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_PODROOM_COMPLETE", f"{shell}_source")

    assert f"_PODROOM_COMPLETE={shell}_complete" in podroom().stdout


@pytest.mark.once("what completes is a shell")
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_with_the_script(tmp_path: Path) -> None:
    program = tmp_path / "podroom"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m podroom "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = """
        eval "$(_PODROOM_COMPLETE=bash_source podroom)"
        COMP_WORDS=(podroom check --ignore PR303,PR10) COMP_CWORD=3
        _podroom_completion podroom
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    paths = os.pathsep.join(str(CHECKOUT / name) for name in ("linter", "rules"))
    variables = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": paths}

    done = subprocess.run(["bash", "-c", script], env=variables, capture_output=True, text=True, check=True)  # noqa: S607 - from PATH

    codes = [rule.code for rule in find_rules() if rule.code.startswith("PR10")]
    assert done.stdout.split() == [f"PR303,{code}" for code in codes]
