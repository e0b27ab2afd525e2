"""podroom check --stdin-filename: one file says what standard input does, everything else what the disk does."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from checkout import CHECKOUT, EXAMPLES
from podroom import cli
from podroom.cli.unsaved import UnsavedTree

HEALTHY = CHECKOUT / EXAMPLES / "asg-instance-type-drift-healthy"
FAULTY = (CHECKOUT / EXAMPLES / "asg-instance-type-drift/nodes.tf").read_text(encoding="utf-8")
CALL = 'module "nodes" {\n  source = "../infra"\n}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    shutil.copytree(HEALTHY, tmp_path / "infra")
    shutil.copytree(HEALTHY, tmp_path / "other")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(text: str | bytes, *arguments: str) -> Result:
    return CliRunner().invoke(cli.podroom, ["check", *arguments], input=text, catch_exceptions=False)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def guilty(result: Result) -> list[str]:
    return [finding["path"] for finding in json.loads(result.stdout)["findings"]]


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param([], id="the roots that read it"),
        pytest.param(["infra"], id="its folder"),
        pytest.param(["."], id="a folder above"),
        pytest.param(["--changed", "other/nodes.tf"], id="as one of several that change"),
    ],
)
def test_the_text_is_judged_as_if_it_stood_in_the_file(folder: Path, paths: list[str]) -> None:
    before = (folder / "infra/nodes.tf").read_bytes()

    piped = check(FAULTY, *paths, "--stdin-filename", "infra/nodes.tf")
    (folder / "infra/nodes.tf").write_text(FAULTY, encoding="utf-8")
    saved = check("", *(paths or ["infra"]), *(["infra/nodes.tf"] if "--changed" in paths else []))

    assert piped.exit_code == saved.exit_code == 1
    assert piped.output == saved.output
    assert "infra/nodes.tf:46:25" in piped.output
    assert before != FAULTY.encode()


def test_what_is_on_the_disk_does_not_count(folder: Path) -> None:
    healthy = (folder / "infra/nodes.tf").read_text(encoding="utf-8")
    (folder / "infra/nodes.tf").write_text(FAULTY, encoding="utf-8")

    assert check(healthy, "--stdin-filename", "infra/nodes.tf").exit_code == 0


def test_of_a_module_every_caller_is_judged(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "main.tf").write_text(CALL, encoding="utf-8")

    result = check(FAULTY, "--stdin-filename", "infra/nodes.tf", "--format", "json")

    assert json.loads(result.stdout)["roots"] == ["one", "two"]
    assert result.exit_code == 1


def test_a_file_that_is_not_there_yet_is_judged(folder: Path) -> None:
    (folder / "infra/nodes.tf").unlink()

    result = check(FAULTY, "--stdin-filename", "infra/nodes.tf", "--format", "json")

    assert guilty(result) == ["infra/nodes.tf"]
    assert not (folder / "infra/nodes.tf").exists()


def test_from_within_its_folder_and_by_a_link_it_is_the_same_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "link").symlink_to("infra", target_is_directory=True)

    assert check(FAULTY, "link", "--stdin-filename", "infra/nodes.tf").exit_code == 1
    monkeypatch.chdir(folder / "infra")
    assert check(FAULTY, "--stdin-filename", "nodes.tf").exit_code == 1


def test_what_cannot_be_read_is_told_as_of_any_file(folder: Path) -> None:
    del folder
    for text in ("resource {{{\n", b"\xff\xfe\xfa"):
        result = check(text, "--stdin-filename", "infra/nodes.tf")
        assert result.exit_code == 2
        assert "infra/nodes.tf" in result.output


@pytest.mark.parametrize("output_format", ["json", "sarif", "rdjson"])
def test_where_nothing_is_judged_programs_are_told_in_their_format(folder: Path, output_format: str) -> None:
    (folder / "docs").mkdir()

    result = check("text\n", "--stdin-filename", "docs/notes.md", "--format", output_format, "--output", "json=out")

    assert result.exit_code == 0
    assert json.loads(result.stdout)
    assert json.loads((folder / "out").read_text(encoding="utf-8"))["findings"] == []


def test_a_fix_is_shown_of_the_text_and_never_written(folder: Path) -> None:
    before = (folder / "infra/nodes.tf").read_bytes()
    unfit = before.decode().replace("--max-pods 29", "--max-pods 31")
    assert unfit.encode() != before

    shown = check(unfit, "--stdin-filename", "infra/nodes.tf", "--diff")
    refused = check(unfit, "--stdin-filename", "infra/nodes.tf", "--fix")

    assert shown.exit_code == 1
    assert "-      --kubelet-extra-args '--max-pods 31" in shown.output
    assert (refused.exit_code, "--diff shows" in refused.output) == (2, True)
    assert (folder / "infra/nodes.tf").read_bytes() == before


@pytest.mark.parametrize("name", ["infra", "gone/main.tf", "podroom.toml", "infra/pyproject.toml"])
def test_what_can_be_no_such_file_is_refused(folder: Path, name: str) -> None:
    del folder
    result = check("", "--stdin-filename", name)

    assert result.exit_code == 2
    assert name in result.output


def test_the_tree_names_new_files_among_the_others(folder: Path) -> None:
    tree = UnsavedTree({os.path.realpath(folder / "infra/main.tf"): b"text"})
    (entry,) = [one for one in tree.entries("infra") if one.name == "main.tf"]

    assert [one.name for one in tree.entries("infra")] == sorted([*names(folder / "infra"), "main.tf"])
    assert [one.name for one in tree.entries("other")] == names(folder / "other")
    assert (entry.path, entry.is_file(), entry.is_dir(), entry.is_symlink()) == ("infra/main.tf", True, False, False)
    assert (tree.is_there("infra/main.tf"), tree.is_there("infra/gone.tf")) == (True, False)
    assert (tree.look_up("infra/main.tf"), tree.look_up("infra")) == (False, True)
    assert tree.read("infra/main.tf", 2) == b"tex"
    assert tree.beginning("infra/main.tf", 2) == b"te"
