"""The tool that runs podroom over public repositories: what it compares, counts and fetches.

The repositories themselves are not read here: `python tools/ecosystem.py` reads them, and takes a minute and a network.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from checkout import CHECKOUT
from ecosystem import LIST, NOTES, OUTCOMES
from ecosystem_outcomes import outcome_of
from ecosystem_report import OTHERS, changes, reason_of, share_table, with_shares
from ecosystem_sources import LARGEST, NotHadError, Repository, checked_out, read_repositories

pytestmark = pytest.mark.once("a tool of this checkout")

GROUP = {"max pods": "m5.large 29 of 29", "subnets": "10.0.0.0/20"}
OPEN = {"max pods": "open: var.type has no value (declared at main.tf:1); pass --var", "subnets": "10.0.1.0/24"}
IPV6 = {"max pods": "not judged", "subnets": "not judged"}


def outcome(**others: object) -> dict[str, object]:
    return {"configurations": 1, "groups": {}, "findings": [], "undecided": [], "not read": [], **others}


def test_the_field_is_thirty_repositories_or_more_and_what_was_found_is_of_these_commits() -> None:
    listed = read_repositories(LIST)
    found = json.loads(OUTCOMES.read_text(encoding="utf-8"))
    assert len(listed) >= 30
    assert found.keys() == {one.name for one in listed}
    assert not [name for name, one in found.items() if "crash" in one]


def test_the_field_notes_state_what_was_found() -> None:
    notes = NOTES.read_text(encoding="utf-8")
    found = json.loads(OUTCOMES.read_text(encoding="utf-8"))
    assert share_table(found) in notes
    assert with_shares(notes, found) == notes
    assert with_shares(notes, {}) != notes


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (outcome(groups={".": GROUP}), ""),
        (outcome(groups={".": OPEN}), "- max pods of `.`: `m5.large 29 of 29` → `open: var.type has no value"),
        (outcome(groups={"x": GROUP, ".": GROUP}), "- node group, new: `x`"),
        (outcome(), "- node group, gone: `.`"),
        (outcome(groups={".": GROUP}, findings=["PR101 error a.tf:1"]), "- findings, new: `PR101 error a.tf:1`"),
        (outcome(groups={".": GROUP}, findings=["a`b"] * 2), "- findings, new: `` a`b `` (2 times)"),
        (outcome(groups={".": GROUP}, undecided=["PR201: why\n# x"]), "- undecided, new: `PR201: why # x`"),
        (outcome(groups={".": GROUP}, configurations=2), "- configurations: 1 → 2"),
        ({"crash": "KeyError: 'x'"}, "- **crash**: KeyError: 'x'"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_every_difference_between_two_runs_is_told(now: dict[str, object], told: str) -> None:
    text = changes({"a/b": outcome(groups={".": GROUP})}, {"a/b": now})
    assert told in text
    assert bool(text) == bool(told)


def test_a_repository_that_nobody_has_judged_before_is_told() -> None:
    assert "- new: 1 configurations, 0 node groups" in changes({}, {"a/b": outcome()})


def test_shares_count_the_groups_that_there_is_something_to_decide_of() -> None:
    table = share_table({"a/b": outcome(groups={"x": GROUP, "y": OPEN, "z": IPV6}), "c/d": {"crash": "it"}})
    assert "1 repositories, 3 node groups, of which 1 run Windows" in table
    assert "of every instance type | 1 of 2 | 50 % |" in table
    assert "the block of every subnet | 2 of 2 | 100 % |" in table
    assert "| both | 1 of 2 | 50 % |" in table
    assert "| a variable without a value, which a caller or a variable file elsewhere gives | 1 | 0 | 1 |" in table
    assert "| a/b | 1 | 2 | 1 | 2 | 0 | 0 |" in table


def test_a_reason_that_fits_no_other_is_counted_as_such() -> None:
    assert reason_of("open: who knows") == OTHERS


def test_an_example_of_ours_has_its_figures_and_its_findings() -> None:
    found = outcome_of(CHECKOUT / "examples/terraform/asg-instance-type-drift")
    assert found["configurations"] == 1
    assert [group["subnets"].startswith("10.") for group in found["groups"].values()] == [True]
    assert all(finding.split()[1] in {"error", "warning", "info"} for finding in found["findings"])
    assert found["findings"]
    assert Path.cwd() != CHECKOUT / "examples/terraform/asg-instance-type-drift"


def test_a_tree_without_anything_to_judge_is_an_outcome_too(tmp_path: Path) -> None:
    found = outcome_of(tmp_path)
    assert (found["configurations"], found["groups"]) == (0, {})
    assert found["not read"]


def _committed(folder: Path) -> str:
    """Commit all files of a folder, a repository from now on, and return the commit."""
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "m"]):
        _git(folder, *command)
    return _git(folder, "rev-parse", "HEAD")


def _git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, as somebody, and return what it prints."""
    command = ["git", "-C", str(folder), "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _filled(folder: Path) -> Path:
    """Return a folder with a file, a link to it and a large file."""
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text("locals {}\n")
    (folder / "model.bin").write_bytes(bytes(LARGEST + 1))
    (folder / "link.tf").symlink_to("main.tf")
    return folder


@pytest.fixture
def mirror(tmp_path: Path) -> tuple[Path, str]:
    """A mirror with one repository, and its one commit."""
    return tmp_path / "mirror", _committed(_filled(tmp_path / "mirror" / "a+b" / "repo"))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What answers in the place of GitHub: a folder, to which git is told to go instead."""
    made = tmp_path / "server"
    told = {"COUNT": "1", "KEY_0": f"url.{made.as_uri()}/.insteadOf", "VALUE_0": "https://github.com/"}
    for name, value in told.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    return made


def test_a_commit_in_the_past_is_fetched_alone_once_and_without_large_files(server: Path, tmp_path: Path) -> None:
    folder = _filled(server / "a" / "b.git")
    commit = _committed(folder)
    (folder / "main.tf").write_text("locals { later = 1 }\n")
    assert _committed(folder) != commit
    for allowed in ("allowFilter", "allowReachableSHA1InWant"):  # as GitHub does
        _git(folder, "config", f"uploadpack.{allowed}", "true")

    tree = checked_out(Repository("a/b", commit, ""), tmp_path / "cache", tmp_path / "no mirror")

    assert sorted(path.name for path in tree.iterdir()) == ["link.tf", "main.tf"]
    assert (tree / "main.tf").read_text() == "locals {}\n"
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [tree.name]
    shutil.rmtree(server)
    assert checked_out(Repository("a/b", commit, ""), tmp_path / "cache") == tree


def test_what_cannot_be_fetched_is_said_and_leaves_nothing(server: Path, tmp_path: Path) -> None:
    _committed(_filled(server / "a" / "b.git"))
    for name, told in (("a/b", "not our ref"), ("a/c", "(?i)exist|could not read|not appear")):
        with pytest.raises(NotHadError, match=told):
            checked_out(Repository(name, "0" * 39 + "1", ""), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_repository_is_taken_out_of_a_mirror_once_and_without_large_files(
    mirror: tuple[Path, str], tmp_path: Path
) -> None:
    folder, commit = mirror
    repository = Repository("a/b", commit, "")
    tree = checked_out(repository, tmp_path / "cache", folder, offline=True)
    assert sorted(path.name for path in tree.iterdir()) == ["link.tf", "main.tf"]
    assert (tree / "link.tf").is_symlink()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [tree.name]
    assert checked_out(repository, tmp_path / "cache", None, offline=True) == tree


def test_a_commit_that_a_mirror_lacks_is_not_had_offline(mirror: tuple[Path, str], tmp_path: Path) -> None:
    with pytest.raises(NotHadError, match="not in the cache"):
        checked_out(Repository("a/b", "0" * 40, ""), tmp_path / "cache", mirror[0], offline=True)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("wrong", ['name = "b"\ncommit = "%s"' % ("0" * 40), 'name = "a/b"\ncommit = "main"'])
def test_a_list_names_repositories_in_full_and_at_a_commit(wrong: str, tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text(f'[[repository]]\n{wrong}\nkind = "k"\n')
    with pytest.raises(ValueError, match="40 digits"):
        read_repositories(tmp_path / "list.toml")
