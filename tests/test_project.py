"""The documents and the set-up of the project say what is so."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import run_tests
import update_examples
from checkout import CHECKOUT, podroom
from podroom import cli
from podroom.catalog.instance_types import InstanceCatalog
from podroom.config import Config, read_config
from podroom.packs import find_rules
from podroom.positions import Document

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DOCUMENTS = sorted(
    path
    for path in CHECKOUT.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(CHECKOUT).parts)
)
HOOKS = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_what_the_readme_shows_is_what_its_first_command_prints() -> None:
    command = blocks("sh")[0].strip().split(" && ")[-1]
    arguments = command.split()[1:]

    assert command.startswith(".venv/bin/podroom ")
    assert blocks("text")[0] == podroom(*arguments).output


@pytest.mark.parametrize(
    "document",
    [document for document in DOCUMENTS if "```console" in document.read_text(encoding="utf-8")],
    ids=lambda path: path.relative_to(CHECKOUT).as_posix(),
)
def test_what_a_document_shows_of_a_command_is_what_it_prints(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    text = document.read_text(encoding="utf-8")

    assert text == update_examples.with_outputs(text), "run tools/update_examples.py and read what has changed"


def test_continuous_integration_runs_the_readme_s_test_command() -> None:
    script = (CHECKOUT / ".ci/run").read_text(encoding="utf-8")

    assert script.splitlines()[-1] == f"exec {blocks('sh')[1].strip()}"


def test_every_command_that_the_readme_names_has_a_help_page() -> None:
    commands = set(re.findall(r"^podroom ([\w-]+)", "\n".join(blocks("sh")), re.MULTILINE))

    assert commands == set(cli.podroom.list_commands(click.Context(cli.podroom)))
    for command in sorted(commands):
        assert podroom(command, "--help").exit_code == 0


@pytest.mark.parametrize("document", ["README.md", "docs/catalog.md", "docs/configuration.md"])
def test_a_configuration_that_a_document_shows_is_understood(document: str) -> None:
    (shown,) = re.findall(
        r"^```toml\n(.*?)^```", (CHECKOUT / document).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )

    config = read_config(Document("podroom.toml", shown))

    assert config is not None
    assert config != Config(path="podroom.toml")
    catalog = InstanceCatalog.bundled().with_custom(config.instance_types)
    assert all(catalog.find(name) for name in config.instance_types)
    config.check_rules([(rule.code, rule.name) for rule in find_rules()])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(CHECKOUT).as_posix())
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]

    assert [target for target in targets if target and not (document.parent / target).exists()] == []


def test_every_decision_is_in_the_index() -> None:
    folder = CHECKOUT / "docs/adr"
    index = (folder / "README.md").read_text(encoding="utf-8")

    assert re.findall(r"\((\d{4}-[a-z0-9-]+\.md)\)", index) == sorted(path.name for path in folder.glob("0*.md"))


def test_the_pythons_that_are_promised_are_the_pythons_that_are_tested() -> None:
    prefix = "Programming Language :: Python :: 3."
    promised = [f"3.{name.removeprefix(prefix)}" for name in PROJECT["classifiers"] if name.startswith(prefix)]

    assert tuple(promised) == run_tests.VERSIONS
    assert PROJECT["requires-python"] == ">=3.10", "no upper bound: what is newer may well work"


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_judges_the_whole_repository_or_gets_all_changed_files_at_once(hook: dict[str, Any]) -> None:
    program, command, what = hook["entry"].split()

    assert program in PROJECT["scripts"]
    assert podroom(command, "--help").exit_code == 0
    if what == "--changed":
        assert hook.get("pass_filenames", True)
        assert hook["require_serial"]
    else:
        assert what == "."
        assert hook["pass_filenames"] is False


@pytest.mark.parametrize("hook", [hook for hook in HOOKS if "files" in hook], ids=lambda hook: hook["id"])
@pytest.mark.parametrize(
    ("path", "triggers"),
    [
        ("main.tf", True),
        ("environments/prod/terraform.tfvars", True),
        ("templates/user-data.sh.tftpl", True),
        ("files/bootstrap.sh", True),
        ("files/user-data.tpl", True),
        ("nodes/prod.yaml", True),
        ("nodes/prod.yml", True),
        ("nodes.json", True),
        ("bottlerocket.toml", True),
        ("podroom.toml", True),
        ("main.tf.json", True),
        ("main.tofu", True),
        ("main.tf.bak", False),
        ("README.md", False),
        (".terraform/modules/eks/main.tf", False),
        ("prod/.terragrunt-cache/x/main.tf", False),
    ],
)
def test_a_hook_is_triggered_by_what_terraform_reads_and_not_by_copies_of_it(
    hook: dict[str, Any], path: str, triggers: bool
) -> None:
    selected = bool(re.search(hook["files"], path)) and not re.search(hook["exclude"], path)

    assert selected is triggers


def test_an_environment_is_built_anew_for_other_dependencies_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "pyproject.toml"
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    monkeypatch.setattr(run_tests, "CHECKOUT", tmp_path)
    project.write_text(text, encoding="utf-8")
    before = run_tests.dependencies()

    project.write_text(text.replace("line-length = 120", "line-length = 100"), encoding="utf-8")
    assert run_tests.dependencies() == before
    project.write_text(text.replace("click>=8.1", "click>=8.2"), encoding="utf-8")
    assert run_tests.dependencies() != before


@pytest.mark.parametrize(
    ("reason", "installed", "excused"),
    [
        ("terraform is not on the PATH", False, True),
        ("terraform is not on the PATH", True, False),
        ("could not import 'moto': No module named 'moto'", False, False),
    ],
)
def test_only_a_program_that_is_absent_excuses_an_oracle_from_running(
    monkeypatch: pytest.MonkeyPatch, reason: str, installed: bool, excused: bool
) -> None:
    monkeypatch.setattr(run_tests.shutil, "which", lambda program: f"/bin/{program}" if installed else None)

    assert run_tests.excused(reason) is excused


@pytest.mark.parametrize("present", [("3.10", "3.11", "3.12", "3.13"), ("3.11", "3.13"), ("3.11",)])
def test_whatever_pythons_there_are_each_test_runs_and_newer_ones_have_the_cases(
    present: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_tests, "RUNNING", "3.11")
    monkeypatch.setattr(run_tests, "interpreter", lambda one: Path("python") if one in present else None)

    jobs = run_tests.plan(run_tests.ALL, [])

    counted = [job for job in jobs if job.startswith(run_tests.COUNTED_JOBS)]
    assert sorted(counted) == sorted([f"most {present[0]}", "once 3.11", "properties 3.11"])
    assert {f"cases {one}" for one in present[1:] if one != "3.11"} <= {*jobs}
    assert [job for job in run_tests.plan(run_tests.QUICK, []) if job.endswith("3.11")] == [
        "most 3.11",
        "once 3.11",
        "properties 3.11",
    ]


def test_files_that_fail_are_run_once_more_to_say_what_was_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = []

    def run(command: list[str], **_: object) -> str:
        commands.append(command)
        plain = "--assert=plain" in command
        message = "FAILED tests/test_a.py::test_b[c - d] - AssertionError" if plain else "assert 1 == 2"
        raise run_tests.CommandError(message)

    monkeypatch.setattr(run_tests, "run", run)

    with pytest.raises(run_tests.CommandError, match=r"FAILED tests/test_a.py(.|\n)*assert 1 == 2"):
        run_tests.tested(["python", "-m", "pytest", "tests/test_a.py", "tests/test_z.py"], None)
    assert commands[1] == ["python", "-m", "pytest", "tests/test_a.py"]


def test_the_last_line_of_a_run_adds_up_the_halves_of_the_full_suite() -> None:
    summaries = {
        "coverage": "1 failed, 20 passed, 10 deselected in 3.1s, branch coverage 91.5%",
        "once 3.11": "9 passed, 1 skipped, 20 deselected in 2.0s",
        "cases 3.12": "20 passed in 1.0s",
        "style": "passed",
    }
    results = [run_tests.Result(job, True, summary, "", 1.0) for job, summary in summaries.items()]

    assert run_tests.tally(results) == "1 failed, 29 passed, 1 skipped, branch coverage 91.5%"
