"""Names that somebody chose are neither commands to the CI system that shows a report nor formulas of a table."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from checkout import CHECKOUT, EXAMPLES
from hostile.projects import nodes
from podroom import cli
from podroom.report.formats import FORMATS
from podroom.report.style import without_commands

FORGED = "::error file=a,line=1::x"
OLDER = "a ##[error]x##vso[task.complete result=Failed]x"
COMMANDS = (
    *(("check", "--format", name) for name in FORMATS if name != "github"),
    *(("capacity", "--format", name) for name in ("text", "json", "csv", "markdown", "html")),
    *(("recommend", "--format", name) for name in ("text", "json", "markdown")),
    *(("show", "--format", name) for name in ("tree", "json")),
    ("inventory",),
)


def run(*arguments: str) -> Result:
    """Run podroom in the current folder."""
    return CliRunner().invoke(cli.podroom, list(arguments), catch_exceptions=False)


def commands(printed: str) -> list[str]:
    """Return the lines that begin as a command of GitHub's runner does, or hold one of its older ones or of Azure's.

    https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
    """
    return [line for line in printed.split("\n") if line.lstrip().startswith("::error") or re.search(r"##\w*\[", line)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with configurations that have such names, one with findings and one that cannot be read."""
    top = tmp_path_factory.mktemp("names")
    for name in (FORGED, OLDER):
        shutil.copytree(CHECKOUT / EXAMPLES / "stale-max-pods", top / name)
    (top / FORGED / "::error::.tf").write_text('locals {\n  a = "unclosed\n}\n', encoding="utf-8")
    return top


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_line_of_a_report_is_a_command(
    command: tuple[str, ...], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    ended = run(*command, FORGED, OLDER)

    assert "error" in ended.stdout
    assert commands(ended.stdout + ended.stderr) == []
    if "json" in command:
        assert "::error" in json.dumps(json.loads(ended.stdout))


def test_annotations_stay_commands(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)

    assert len(commands(run("check", "--format", "github", "--fail-on", "error", FORGED).stdout)) == 2


def test_only_what_a_runner_takes_for_a_command_is_spelled_out() -> None:
    said = '  ::warning::x\n::1/128 is "::ffff:0:0/96", ::error\n## [Unreleased]\n#[a]\n'

    assert without_commands(said) == said.replace("  ::w", "  \\u003a:w")
    assert without_commands("a ##[group]b ##vso[c]") == "a #\\u0023[group]b #\\u0023vso[c]"


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_is_a_formula(begins: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = f"{begins}cmd|\" /C calc\"!A0, '1'\n"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(nodes().replace('"eu-west-1a"', json.dumps(zone)), encoding="utf-8")

    header, *rows = csv.reader(io.StringIO(run("capacity", "--format", "csv").stdout), strict=True)

    assert rows
    for row in rows:
        assert len(row) == len(header)
        shown = row[header.index("zone")]
        assert shown.removeprefix("'").replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r") == zone
        assert all(cell.isprintable() and not cell.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20")) for cell in row)
