"""The hooks under the real pre-commit, which installs podroom from a clone of this checkout, at real commits."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
BINARIES = Path(os.environ["HOOKS_BINARIES"])
"""Of an environment with pre-commit; beside it lie the wheels of everything that podroom is built with and needs."""
INSTALLED = (".pre-commit-hooks.yaml", "LICENSE", "README.md", "linter", "pyproject.toml", "rules")
"""What of the checkout is needed to install podroom."""
NODES = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "TYPE"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=PODS'
  EOT
  )
}
resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""
"""An m5.large has room for 29 pods, an m5.xlarge for 58."""
PREFIXES = """
resource "aws_eks_addon" "cni" {
  cluster_name         = "main"
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true" } })
}
"""


def nodes(kind: str, pods: str) -> str:
    return NODES.replace("TYPE", kind).replace("PODS", pods)


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of every program: no network, no settings of this machine, one place for what is installed."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PIP_", "PYTHON"))}
    names = {f"GIT_{who}_{what}": f"{who}@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return {
        **kept,
        **names,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": os.pathsep.join((str(BINARIES), os.environ["PATH"])),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": str(BINARIES.parent / "wheels"),
        "PIP_NO_COMPILE": "1",  # a third of the time of an installation
        "PIP_NO_INDEX": "1",
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
        "VIRTUALENV_OVERRIDE_APP_DATA": str(home / "virtualenv"),
    }


class Repository:
    """A git repository of Terraform."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self._variables = variables
        folder.mkdir(exist_ok=True)
        self.run("git", "init", "--quiet")

    def run(self, *command: str, expect: int = 0) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == expect, done.stdout
        return done.stdout

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")

    def stage(self, files: Mapping[str, str]) -> None:
        self.write(files)
        self.run("git", "add", "--all")

    def commit(self, *, expect: int = 0) -> str:
        return self.run("git", "commit", "--quiet", "--message", "change", expect=expect)


@pytest.fixture(scope="module")
def podroom(tmp_path_factory: pytest.TempPathFactory, variables: Mapping[str, str]) -> Repository:
    """The checkout as a repository with one commit, as pre-commit clones it."""
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *INSTALLED],  # noqa: S607 - from PATH
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    repository = Repository(tmp_path_factory.mktemp("podroom"), variables)
    there = [name for name in files.split("\0") if name and (CHECKOUT / name).is_file()]
    repository.stage({name: (CHECKOUT / name).read_text(encoding="utf-8") for name in there})
    repository.commit()
    return repository


@pytest.fixture(scope="module")
def config(podroom: Repository) -> dict[str, str]:
    """The file that has both hooks judge every commit."""
    commit = podroom.run("git", "rev-parse", "HEAD").strip()
    hooks = "".join(f"      - id: {name}\n" for name in ("podroom", "podroom-all"))
    text = f"repos:\n  - repo: {podroom.folder.as_posix()}\n    rev: {commit}\n    hooks:\n{hooks}"
    return {".pre-commit-config.yaml": text}


@pytest.fixture(scope="module")
def system(
    tmp_path_factory: pytest.TempPathFactory, variables: Mapping[str, str], config: Mapping[str, str]
) -> dict[str, str]:
    """The environment of programs with podroom on PATH: the one that pre-commit has installed for the hooks."""
    first = Repository(tmp_path_factory.mktemp("first"), variables)
    first.stage(config)
    first.run("pre-commit", "install-hooks")
    (program,) = Path(variables["PRE_COMMIT_HOME"]).glob("repo*/py_env-*/bin/podroom")
    return {**variables, "PATH": os.pathsep.join((str(program.parent), variables["PATH"]))}


@pytest.fixture
def repository(tmp_path: Path, variables: Mapping[str, str], config: Mapping[str, str]) -> Repository:
    """A repository whose commits are judged by both hooks."""
    made = Repository(tmp_path / "infra", variables)
    made.write(config)
    made.run("pre-commit", "install")
    return made


def results(output: str) -> dict[str, str]:
    """How each hook ended, by what pre-commit calls it."""
    ended = re.findall(r"^(EKS .*?)\.{3,}(?:\((.*)\))?(Passed|Failed|Skipped)$", output, re.MULTILINE)
    return {name: f"{result}: {reason}" if reason else result for name, reason, result in ended}


def places(output: str) -> set[str]:
    return {line.split()[1].partition(":")[0] for line in output.splitlines() if " --> " in line}


HOOK = "EKS pod capacity"
HOOK_ON_PATH = "EKS pod capacity (podroom as installed)"
HOOK_OF_ALL = "EKS pod capacity (the whole repository)"


def test_all_files_of_a_repository_are_judged_by_a_podroom_that_pre_commit_has_installed(
    repository: Repository,
) -> None:
    repository.stage({"main.tf": nodes("m5.large", "58")})

    output = repository.run("pre-commit", "run", "podroom", "--all-files", expect=1)

    assert results(output) == {HOOK: "Failed"}
    assert re.findall(r"^error\[PR101\].*58.*29", output, re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        pytest.param("m5.large", 1, id="a type with room for fewer pods than kubelet accepts"),
        pytest.param("m5.xlarge", 0, id="its twin, a type that has the room"),
    ],
)
def test_try_repo_with_the_podroom_on_path_fails_with_the_finding_and_passes_on_its_twin(
    tmp_path: Path, system: Mapping[str, str], podroom: Repository, kind: str, code: int
) -> None:
    infra = Repository(tmp_path / "infra", system)
    infra.stage({"main.tf": nodes(kind, "58")})

    output = infra.run("pre-commit", "try-repo", str(podroom.folder), "podroom-system", "--all-files", expect=code)

    assert results(output) == {HOOK_ON_PATH: "Failed" if code else "Passed"}
    assert re.findall(r"^error\[PR101\].*58.*29", output, re.MULTILINE) if code else "PR" not in output


def test_one_edit_in_a_child_module_judges_all_its_callers(repository: Repository) -> None:
    module = 'variable "pods" {}\n' + nodes("m5.xlarge", "${var.pods}")
    call = 'module "nodes" {\n  source = "../../modules/nodes"\n  pods   = PODS\n}\n'
    repository.stage(
        {
            "modules/nodes/main.tf": module,
            "envs/prod/main.tf": call.replace("PODS", "58"),
            "envs/stage/main.tf": call.replace("PODS", "44"),
            "envs/test/main.tf": call.replace("PODS", "29"),
        }
    )
    assert results(repository.commit()) == {HOOK: "Passed", HOOK_OF_ALL: "Passed"}
    repository.stage({"modules/nodes/main.tf": module.replace("m5.xlarge", "m5.large")})

    output = repository.commit(expect=1)

    assert results(output) == {HOOK: "Failed", HOOK_OF_ALL: "Failed"}
    of_the_change = output.partition(HOOK_OF_ALL)[0]
    assert places(of_the_change) == {"envs/prod/main.tf", "envs/stage/main.tf"}
    assert "3 configurations" in of_the_change


def test_a_commit_that_only_deletes_is_seen_by_the_hook_of_the_whole_repository(repository: Repository) -> None:
    repository.stage({"main.tf": nodes("m5.large", "110"), "cni.tf": PREFIXES})
    repository.commit()
    repository.run("git", "rm", "--quiet", "cni.tf")

    output = repository.commit(expect=1)

    assert results(output) == {HOOK: "Skipped: no files to check", HOOK_OF_ALL: "Failed"}
    assert places(output) == {"main.tf"}


@pytest.mark.parametrize(("staged", "code"), [("m5.large", 1), ("m5.xlarge", 0)])
def test_of_a_partially_staged_file_what_is_staged_is_judged(repository: Repository, staged: str, code: int) -> None:
    in_work = nodes({"m5.large": "m5.xlarge", "m5.xlarge": "m5.large"}[staged], "58")
    repository.stage({"main.tf": nodes(staged, "58")})
    repository.write({"main.tf": in_work})

    output = repository.commit(expect=code)

    assert set(results(output).values()) == {"Failed" if code else "Passed"}
    assert (repository.folder / "main.tf").read_text(encoding="utf-8") == in_work
