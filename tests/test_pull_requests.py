"""The action for GitHub and the template for GitLab: bash runs their scripts in repositories as a runner has them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
import yaml

from checkout import CHECKOUT, EXAMPLES
from podroom import cli

ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
SCRIPTS = {name: step["run"] for name, step in STEPS.items() if "run" in step}
GITLAB = yaml.safe_load((CHECKOUT / "templates/podroom.gitlab-ci.yml").read_text(encoding="utf-8"))["podroom"]
FAULTY = CHECKOUT / EXAMPLES / "asg-instance-type-drift"
HEALTHY = CHECKOUT / EXAMPLES / "asg-instance-type-drift-healthy"

needs_bash = [
    pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed"),
    pytest.mark.once("what runs is a shell"),
]


def git(folder: Path, *arguments: str) -> str:
    names = {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],  # noqa: S607 - from PATH
        cwd=folder,
        env={**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout.strip()


def commit(folder: Path, configurations: Mapping[str, Path]) -> str:
    for name, source in configurations.items():
        shutil.copytree(source, folder / name, dirs_exist_ok=True)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "change")
    return git(folder, "rev-parse", "HEAD")


class Origin(NamedTuple):
    """A repository with a pull request, which makes `infra` faulty, and a base that has become faulty elsewhere."""

    folder: Path
    left_at: str
    """Where the branch left the base, which is what the event of the pull request calls its base."""
    head: str

    def clone(self, to: Path, reference: str) -> Path:
        """Return a work tree of one commit without history, as a runner has it."""
        to.mkdir()
        git(to, "init", "--quiet")
        git(to, "remote", "add", "origin", self.folder.as_uri())
        git(to, "fetch", "--quiet", "--depth=1", "origin", reference)
        git(to, "checkout", "--quiet", "--detach", "FETCH_HEAD")
        return to


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Origin:
    folder = tmp_path_factory.mktemp("origin")
    git(folder, "init", "--quiet", "--initial-branch=main")
    left_at = commit(folder, {"infra": HEALTHY, "other": HEALTHY})
    git(folder, "checkout", "--quiet", "-b", "change")
    head = commit(folder, {"infra": FAULTY})
    git(folder, "checkout", "--quiet", "main")
    commit(folder, {"other": FAULTY})
    git(folder, "merge", "--quiet", "--no-ff", "--message", "merge", "change")
    git(folder, "update-ref", "refs/pull/7/merge", "HEAD")
    git(folder, "reset", "--quiet", "--hard", "HEAD~1")
    return Origin(folder, left_at, head)


class Ran(NamedTuple):
    """What a step left."""

    code: int
    printed: str
    outputs: Mapping[str, str]
    summary: str


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A folder with the programs that steps call: the podroom of the checkout, and a `gh` that notes its words."""
    programs = tmp_path / "programs"
    programs.mkdir()
    python = shlex.quote(sys.executable)
    for name, body in {
        "podroom": f'exec {python} -m podroom "$@"',
        "python3": f'exec {python} "$@"',
        "gh": 'printf "%s\\n" "$*" >> "$GH_LOG"; case $* in *--method*) exit "$GH_WRITES";; esac; echo "$GH_COMMENTS"',
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    return programs


def run_step(script: str, folder: Path, runner: Path, variables: Mapping[str, str]) -> Ran:
    temporary = runner.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    files = {name: temporary / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GH_LOG")}
    for file in files.values():
        file.write_text("", encoding="utf-8")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],  # noqa: S607 - from PATH
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(("CI", "GIT"))},
            **{name: str(file) for name, file in files.items()},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "PATH": os.pathsep.join((str(runner), os.environ["PATH"])),
            "PYTHONPATH": os.pathsep.join(str(CHECKOUT / name) for name in ("linter", "rules")),
            "RUNNER_TEMP": str(temporary),
            **variables,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    outputs = dict(
        line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines() if line
    )
    return Ran(done.returncode, done.stdout, outputs, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"))


def judge(folder: Path, runner: Path, **variables: str) -> Ran:
    """Run the step that judges, with what the inputs are unless they are given."""
    of_step = dict.fromkeys(STEPS["Judge"]["env"], "") | {"PATHS": ACTION["inputs"]["paths"]["default"]}
    ran = run_step(SCRIPTS["Judge"], folder, runner, of_step | variables)
    assert ran.code == 0, ran.printed
    return ran


def guilty(printed: str) -> set[str]:
    """The files that annotations point at."""
    return set(re.findall(r"^::error file=([^,]*),", printed, re.MULTILINE))


class TestTheJudgingOfTheAction:
    pytestmark = needs_bash

    def test_a_merged_pull_request_is_compared_with_the_base_that_it_is_merged_into(
        self, origin: Origin, tmp_path: Path, runner: Path
    ) -> None:
        clone = origin.clone(tmp_path / "clone", "refs/pull/7/merge")

        ran = judge(clone, runner, EVENT_BASE=origin.left_at, EVENT_HEAD=origin.head)

        assert ran.outputs["exit-code"] == "1"
        assert guilty(ran.printed) == {"infra/nodes.tf"}
        assert ran.summary.startswith("### podroom: 1 new finding (1 error), 0 fixed, 1 as before;")
        assert ran.summary == Path(ran.outputs["report"]).read_text(encoding="utf-8")
        sarif = Path(ran.outputs["sarif"]).read_text(encoding="utf-8")
        assert "infra/nodes.tf" in sarif
        assert "other/nodes.tf" in sarif

    def test_the_head_of_a_branch_is_compared_with_where_it_left_the_base(
        self, origin: Origin, tmp_path: Path, runner: Path
    ) -> None:
        clone = origin.clone(tmp_path / "clone", "change")
        base = git(origin.folder, "rev-parse", "main")

        ran = judge(clone, runner, EVENT_BASE=base, EVENT_HEAD=origin.head)

        assert ran.outputs["exit-code"] == "1"
        assert ran.summary.startswith("### podroom: 1 new finding (1 error), 0 fixed, 0 as before;")

    def test_what_is_compared_with_may_be_told_and_where_to_look_as_well(
        self, origin: Origin, tmp_path: Path, runner: Path
    ) -> None:
        clone = origin.clone(tmp_path / "clone", "refs/pull/7/merge")

        ran = judge(clone, runner, BASE="change", PATHS="other\n", ARGS="--min-confidence low", FAIL_ON="error")

        assert ran.outputs["exit-code"] == "1"
        assert guilty(ran.printed) == {"other/nodes.tf"}

    def test_elsewhere_all_is_judged_that_was_asked_for(self, origin: Origin, tmp_path: Path, runner: Path) -> None:
        clone = origin.clone(tmp_path / "clone", "main")

        everything = judge(clone, runner)
        healthy = judge(clone, runner, PATHS="infra\n")

        assert everything.outputs["exit-code"] == "1"
        assert guilty(everything.printed) == {"other/nodes.tf"}
        assert healthy.outputs["exit-code"] == "0"
        assert Path(healthy.outputs["sarif"]).is_file()

    def test_what_quotes_files_is_no_command_to_the_runner(self, origin: Origin, tmp_path: Path, runner: Path) -> None:
        ran = judge(origin.clone(tmp_path / "clone", "main"), runner)

        first, *lines = ran.printed.splitlines()
        token = first.removeprefix("::stop-commands::")
        assert len(token) == 64
        quoted = lines[: lines.index(f"::{token}::")]
        assert any("error[PR102]" in line for line in quoted)
        assert not any(line.startswith("::error") for line in quoted)

    def test_what_cannot_be_done_is_told_in_the_report(self, origin: Origin, tmp_path: Path, runner: Path) -> None:
        ran = judge(origin.clone(tmp_path / "clone", "main"), runner, PATHS="gone")

        assert ran.outputs["exit-code"] == "2"
        assert "gone" in ran.summary

    @pytest.mark.parametrize("code", ["0", "1", "2"])
    def test_the_job_ends_as_podroom_did(self, tmp_path: Path, runner: Path, code: str) -> None:
        assert run_step(SCRIPTS["Result"], tmp_path, runner, {"CODE": code}).code == int(code)


NEW = "### podroom: 1 new finding (1 error), 0 fixed, 0 as before; the same capacity\n"
SHIFT = "### podroom: no new findings, 0 fixed, 0 as before; other numbers for 1 node group and no subnets\n"


class TestTheCommentOfTheAction:
    pytestmark = needs_bash

    def comment(self, runner: Path, report: str, comments: str = "", writes: str = "0") -> tuple[Ran, list[str]]:
        file = runner / "report.md"
        file.write_text(report, encoding="utf-8")
        given = {"REPORT": str(file), "REPOSITORY": "owner/name", "NUMBER": "7", "GH_TOKEN": ""}
        assert set(STEPS["Comment"]["env"]) == set(given)
        ran = run_step(SCRIPTS["Comment"], runner, runner, {**given, "GH_COMMENTS": comments, "GH_WRITES": writes})
        log = (runner.parent / "temporary/GH_LOG").read_text(encoding="utf-8").splitlines()
        return ran, [line for line in log if "--method" in line]

    @pytest.fixture
    def unchanged(self, origin: Origin, tmp_path: Path, runner: Path) -> str:
        """What podroom itself says of no change."""
        return judge(origin.clone(tmp_path / "same", "main"), runner, BASE="HEAD").summary

    @pytest.mark.parametrize("report", [NEW, SHIFT])
    def test_a_first_one_is_written(self, runner: Path, report: str) -> None:
        ran, (written,) = self.comment(runner, report)

        assert ran.code == 0
        assert "--method POST repos/owner/name/issues/7/comments -F body=@" in written
        body = Path(written.rpartition("body=@")[2]).read_text(encoding="utf-8")
        assert body == f"<!-- podroom -->\n{report}"

    def test_the_one_that_is_there_is_updated(self, runner: Path, unchanged: str) -> None:
        for report in (NEW, unchanged):
            ran, (written,) = self.comment(runner, report, comments="41\n42")
            assert ran.code == 0
            assert "--method PATCH repos/owner/name/issues/comments/41 -F body=@" in written

    def test_where_nothing_changes_none_is_begun(self, runner: Path, unchanged: str) -> None:
        ran, written = self.comment(runner, unchanged)

        assert (ran.code, written) == (0, [])

    @pytest.mark.parametrize("comments", ["", "41"])
    def test_a_token_that_may_not_write_fails_nothing(self, runner: Path, comments: str) -> None:
        ran, _ = self.comment(runner, NEW, comments, writes="1")

        assert ran.code == 0
        assert ran.printed.startswith("::notice::podroom could not write its comment")


class TestTheTemplateForGitLab:
    pytestmark = needs_bash

    def run(self, clone: Path, runner: Path, **variables: str) -> Ran:
        return run_step("\n".join(GITLAB["script"]), clone, runner, {**GITLAB["variables"], **variables})

    def test_of_a_merge_request_what_it_changes_is_judged(self, origin: Origin, tmp_path: Path, runner: Path) -> None:
        clone = origin.clone(tmp_path / "clone", "change")
        git(clone, "fetch", "--quiet", "--unshallow", "origin", "main")

        ran = self.run(clone, runner, CI_MERGE_REQUEST_DIFF_BASE_SHA=origin.left_at)

        assert ran.code == 1
        assert "podroom: 1 new finding (1 error), 0 fixed, 0 as before" in ran.printed
        assert "infra/nodes.tf" in (clone / "gl-code-quality-report.json").read_text(encoding="utf-8")

    def test_elsewhere_all_is(self, origin: Origin, tmp_path: Path, runner: Path) -> None:
        clone = origin.clone(tmp_path / "clone", "main")

        assert self.run(clone, runner).code == 1
        assert "other/nodes.tf" in (clone / "gl-code-quality-report.json").read_text(encoding="utf-8")
        assert self.run(clone, runner, PODROOM_PATH="infra", PODROOM_ARGS="--min-confidence low").code == 0

    def test_its_report_is_what_the_job_keeps(self) -> None:
        kept = GITLAB["artifacts"]["reports"]["codequality"]

        assert f"--output gitlab={kept}" in "\n".join(GITLAB["script"])


def commands(script: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of podroom in a script with its options."""
    for line in script.replace("\\\n", " ").splitlines():
        if found := re.match(r" *podroom ([a-z-]+) (.*)", line):
            yield found[1], re.findall(r"(?<=\s)--[a-z-]+", f" {found[2]}")


@pytest.mark.parametrize("script", [SCRIPTS["Judge"], "\n".join(GITLAB["script"])], ids=["GitHub", "GitLab"])
def test_each_command_exists_with_its_options(script: str) -> None:
    called = list(commands(script))

    assert {name for name, _ in called} == {"check", "diff"}
    for name, options in called:
        command = cli.podroom.get_command(click.Context(cli.podroom), name)
        assert command is not None
        known = {text for parameter in command.params for text in parameter.opts}
        assert set(options) <= known


def test_what_an_event_brings_reaches_a_script_in_variables_only() -> None:
    assert not [name for name, script in SCRIPTS.items() if "${{" in script]


def test_a_script_uses_no_variable_that_its_step_is_not_given() -> None:
    for name, script in SCRIPTS.items():
        given = set(STEPS[name].get("env", {}))
        used = set(re.findall(r"\$\{?([A-Z][A-Z_]*)", script)) - {"FETCH_HEAD"}
        assert {one for one in used if not one.startswith(("GITHUB_", "RUNNER_"))} <= given, name


def test_actions_of_others_are_pinned_to_a_commit() -> None:
    text = (CHECKOUT / "action.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)", text)

    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_inputs_and_outputs_are_used_and_known() -> None:
    text = (CHECKOUT / "action.yml").read_text(encoding="utf-8")
    outputs: dict[str, Any] = ACTION["outputs"]

    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    written = set(re.findall(r'echo "([a-z-]+)=', SCRIPTS["Judge"]))
    assert set(re.findall(r"steps\.judge\.outputs\.([a-z-]+)", text)) == written == set(outputs)


def test_a_fork_is_asked_for_nothing_that_its_token_may_not_do() -> None:
    for name in ("Comment", "Upload to code scanning"):
        assert "github.event.pull_request.head.repo.full_name == github.repository" in STEPS[name]["if"]
