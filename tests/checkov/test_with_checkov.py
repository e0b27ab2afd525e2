"""The real Checkov with podroom's checks: a few runs, each shared by several tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
BINARIES = Path(os.environ["CHECKOV_BINARIES"])
"""Of an environment with podroom and Checkov."""
IDS = "CKV_PODROOM_*"


class Run(NamedTuple):
    """What one run of Checkov left: its exit code, what it logged and its records by framework and result."""

    code: int
    log: str
    records: Mapping[str, Mapping[str, list[dict[str, Any]]]]

    def ids(self, framework: str, result: str = "failed") -> list[tuple[str, str]]:
        found = self.records.get(framework, {}).get(f"{result}_checks", [])
        return sorted((record["check_id"].removeprefix("CKV_PODROOM_"), record["resource"]) for record in found)


CHECKOV = """
import gc, json, os, sys
from checkov.common.parallelizer.parallel_runner import parallel_runner
from checkov.main import Checkov

gc.freeze()
for line in sys.stdin:
    task = json.loads(line)
    process = os.fork()
    if not process:
        os.chdir(task["folder"])
        os.environ["CHECKOV_PARALLELIZATION_TYPE"] = task["mode"]
        parallel_runner.__init__()
        for number, name in ((1, "output"), (2, "log")):
            os.dup2(os.open(task[name], os.O_WRONLY | os.O_CREAT), number)
        code = Checkov(task["options"]).run()
        sys.stdout.flush()
        os._exit(code or 0)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
os._exit(0)
"""
"""What the program `checkov` does, in a fork for each run: imports, and their end, are most of its time."""


RunCheckov = Callable[..., Run]


@pytest.fixture(scope="module")
def run_checkov(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunCheckov]:
    """A function that runs Checkov in a folder, with a folder of checks and options, as the program does."""
    variables = {**os.environ, "BC_SKIP_MAPPING": "TRUE"}
    variables.pop("PYTHONPATH", None)
    command = [BINARIES / "python", "-c", CHECKOV]
    with subprocess.Popen(
        command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None

        def run(folder: Path, checks: str | Path, *options: str, mode: str = "fork") -> Run:
            output, log = (tmp_path_factory.mktemp("checkov") / name for name in ("output", "log"))
            task = {
                "folder": str(folder),
                "mode": mode,
                "options": ["--external-checks-dir", str(checks), "--skip-download", "-o", "json", *options],
                "output": str(output),
                "log": str(log),
            }
            server.stdin.write(json.dumps(task) + "\n")
            server.stdin.flush()
            code = int(server.stdout.readline())
            printed, logged = (path.read_text(encoding="utf-8") for path in (output, log))
            try:
                found = json.loads(printed)
            except ValueError:
                raise AssertionError(printed + logged) from None
            reports = [report for report in (found if isinstance(found, list) else [found]) if "results" in report]
            return Run(code, logged, {report["check_type"]: report["results"] for report in reports})

        yield run


def run_podroom(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [BINARIES / "podroom", *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.stdout, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checks() -> str:
    return run_podroom(CHECKOUT, "checkov", "dir").strip()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    run_podroom(CHECKOUT, "checkov", "export", str(folder))
    return folder


# All examples, in processes, as on Linux


class Examples(NamedTuple):
    folder: Path
    found: list[dict[str, Any]]
    run: Run


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory, run_checkov: RunCheckov, checks: str) -> Examples:
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(CHECKOUT / "examples", folder / "examples")
    found = json.loads(run_podroom(folder, "check", "examples", "--format", "json"))["findings"]
    options = ("-d", "examples", "--framework", "terraform", "kubernetes", "--check", IDS)
    return Examples(folder, found, run_checkov(folder, checks, *options))


def test_fails_what_podroom_names_and_nothing_else(examples: Examples):
    expected = sorted((one["code"].removeprefix("PR"), Path(one["path"]).parent.name) for one in examples.found)
    reported = sorted(
        (record["check_id"].removeprefix("CKV_PODROOM_"), Path(record["file_path"]).parent.name)
        for results in examples.run.records.values()
        for record in results["failed_checks"]
    )
    assert reported == expected
    assert len(expected) > 15
    assert examples.run.code == 1


def test_names_the_resource_or_what_checkov_knows_of_it(examples: Examples):
    named = dict(examples.run.ids("terraform"))
    assert named["102"] == "aws_autoscaling_group.workers"
    assert named["106"] == 'aws_eks_node_group.this["spot"]'
    assert named["201"] == "aws_subnet.nodes"  # Checkov does not work out for_each here
    assert named["402"] == "eks"  # what Checkov calls the module call whose source is not here
    assert dict(examples.run.ids("kubernetes"))["802"] == "NodePool.default.default"


def test_says_what_podroom_says(examples: Examples):
    said = [
        " ".join([record["check_name"], *(record["details"] or [])])
        for results in examples.run.records.values()
        for record in results["failed_checks"]
    ]
    for finding in examples.found:
        place = f"{finding['path']}:{finding['line']}:{finding['column']}: {finding['message']}"
        assert any(place in text and finding["fix"] in text for text in said), place


def test_gives_severities_and_links(examples: Examples):
    severities = {
        record["check_id"]: (record["severity"], record["guideline"][:8])
        for results in examples.run.records.values()
        for record in results["failed_checks"]
    }
    assert severities["CKV_PODROOM_101"] == ("HIGH", "https://")
    assert severities["CKV_PODROOM_203"] == ("MEDIUM", "https://")
    assert severities["CKV_PODROOM_106"] == ("LOW", "https://")


def test_says_once_for_each_framework_that_podroom_could_work(examples: Examples):
    passed = [code for kind in ("terraform", "kubernetes") for code, _ in examples.run.ids(kind, "passed")]
    assert passed.count("0") == 2


# One project with everything else, in threads, as on macOS and Windows, with what `podroom checkov export` wrote

GROUP = """\
resource "aws_eks_node_group" "{name}" {{
  {comment}
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "{name}"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0a"]
  launch_template {{
    id      = aws_launch_template.{name}.id
    version = "1"
  }}
  scaling_config {{
    desired_size = 1
    max_size     = 2
    min_size     = 1
  }}
}}

resource "aws_launch_template" "{name}" {{
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.medium"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    {suppression}
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods={number}'
  EOT
  )
}}
"""
CLUSTER = """\
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0a", "subnet-0b"]
  }
}
"""
EKSCTL = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: {name}
  region: eu-west-1
{annotations}nodeGroups:
  - name: workers
    instanceType: t3.medium
    amiFamily: AmazonLinux2023
    maxPodsPerNode: 110
"""
ANNOTATIONS = """\
  annotations:
    checkov.io/skip1: CKV_PODROOM_101=known since May
"""


def write_project(folder: Path) -> None:
    groups = [
        GROUP.format(name="guilty", comment="", suppression="", number=110),
        GROUP.format(name="innocent", comment="", suppression="", number=17),
        GROUP.format(name="skipped", comment="# checkov:skip=CKV_PODROOM_101:agreed", suppression="", number=110),
        GROUP.format(name="ignored", comment="", suppression="# podroom: ignore[PR101] a short trial", number=110),
    ]
    for environment in ("dev", "prod"):
        (folder / environment).mkdir(parents=True)
    (folder / "dev/main.tf").write_text("\n".join([CLUSTER, *groups]), encoding="utf-8")
    healthy = GROUP.format(name="guilty", comment="", suppression="", number=17)
    (folder / "prod/main.tf").write_text(f"{CLUSTER}\n{healthy}", encoding="utf-8")
    clusters = [EKSCTL.format(name="one", annotations=""), EKSCTL.format(name="two", annotations=ANNOTATIONS)]
    for number, text in enumerate(clusters):
        (folder / f"cluster-{number}.yaml").write_text(text, encoding="utf-8")
    group = {"node_group_name": "guilty", "launch_template": [{"version": "1"}]}
    group["scaling_config"] = [{"desired_size": 1, "max_size": 2, "min_size": 1}]  # type: ignore[assignment] # JSON
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "complete": True,
        "planned_values": {"root_module": {"resources": [_planned("aws_eks_node_group", "guilty", group)]}},
        "resource_changes": [_change("aws_eks_node_group", "guilty", group)],
        "configuration": {"root_module": {}},
    }
    (folder / "dev/plan.json").write_text(json.dumps(plan, indent=2), encoding="utf-8")


def _planned(kind: str, name: str, values: dict[str, Any]) -> dict[str, Any]:
    provider = "registry.terraform.io/hashicorp/aws"
    whole = {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "provider_name": provider}
    return {**whole, "schema_version": 0, "values": values}


def _change(kind: str, name: str, after: dict[str, Any]) -> dict[str, Any]:
    change = {"actions": ["create"], "before": None, "after": after, "after_unknown": {}}
    return {**_planned(kind, name, {}), "change": change}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    write_project(folder)
    return folder


@pytest.fixture(scope="module")
def in_threads(run_checkov: RunCheckov, project: Path, exported: Path) -> Run:
    frameworks = ("terraform", "terraform_plan", "kubernetes")
    return run_checkov(project, exported, "-d", ".", "--framework", *frameworks, "--check", IDS, mode="thread")


def test_tells_folders_with_the_same_addresses_apart(in_threads: Run):
    failed = in_threads.records["terraform"]["failed_checks"]
    assert [(one["resource"], one["file_path"]) for one in failed] == [("aws_eks_node_group.guilty", "/dev/main.tf")]
    passed = in_threads.records["terraform"]["passed_checks"]
    judged = [(one["resource"], one["file_path"]) for one in passed if one["check_id"] == "CKV_PODROOM_101"]
    assert sorted(judged) == [
        ("aws_eks_node_group.guilty", "/prod/main.tf"),
        ("aws_eks_node_group.innocent", "/dev/main.tf"),
    ]


def test_takes_skips_of_checkov_and_of_podroom_with_their_reasons(in_threads: Run):
    skipped = {
        (one["check_id"], one["resource"]): one["check_result"]["suppress_comment"]
        for kind in ("terraform", "kubernetes")
        for one in in_threads.records[kind]["skipped_checks"]
    }
    assert skipped == {
        ("CKV_PODROOM_101", "aws_eks_node_group.skipped"): "agreed",
        ("CKV_PODROOM_101", "aws_eks_node_group.ignored"): "a short trial",
        ("CKV_PODROOM_101", "ClusterConfig.default.two"): "known since May",
    }


def test_judges_plans_and_objects_of_eksctl(in_threads: Run):
    assert in_threads.ids("terraform_plan") == [("101", "aws_eks_node_group.guilty")]
    assert in_threads.ids("kubernetes") == [("101", "ClusterConfig.default.one")]


# The same project without parallel work, and with what is known of it


def test_a_baseline_of_checkov_takes_findings_back(run_checkov: RunCheckov, project: Path, checks: str, tmp_path: Path):
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    known = {"resource": "aws_eks_node_group.guilty", "check_ids": ["CKV_PODROOM_101"]}
    baseline = {"failed_checks": [{"file": "/dev/main.tf", "findings": [known]}]}
    (folder / ".checkov.baseline").write_text(json.dumps(baseline), encoding="utf-8")
    options = ("--framework", "terraform", "--check", IDS, "--baseline", ".checkov.baseline")
    run = run_checkov(folder, checks, "-d", ".", *options, mode="none")
    assert run.ids("terraform") == []
    assert run.ids("terraform", "passed")
    assert run.code == 0


# An engine that cannot run


def test_podroom_that_cannot_judge_is_a_failed_check(
    run_checkov: RunCheckov, project: Path, checks: str, tmp_path: Path
):
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    (folder / "podroom.toml").write_text("[assumptions]\nexpected_pods = 3\n", encoding="utf-8")
    run = run_checkov(folder, checks, "-d", ".", "--framework", "terraform", "kubernetes", "--check", IDS)
    assert [code for code, _ in run.ids("terraform") + run.ids("kubernetes")] == ["0", "0"]
    (failed,) = run.records["terraform"]["failed_checks"]
    assert "unknown setting assumptions.expected_pods" in failed["details"][0]
    assert run.code == 1


def test_podroom_that_cannot_be_imported_is_a_failed_check(
    run_checkov: RunCheckov, project: Path, exported: Path, tmp_path: Path
):
    checks = tmp_path / "checks"
    shutil.copytree(exported, checks)
    (checks / "podroom.zip").write_bytes(b"half of an archive")
    (checks / "podroom_checkov.py").write_text("raise SystemError('broken')\n", encoding="utf-8")
    run = run_checkov(project, checks, "-d", ".", "--framework", "terraform", "kubernetes", "--check", IDS)
    assert [code for code, _ in run.ids("terraform") + run.ids("kubernetes")] == ["0", "0"]
    (failed,) = run.records["terraform"]["failed_checks"]
    assert "podroom cannot run: " in failed["check_name"]
    assert run.code == 1
    for chosen in (("--check", "HIGH"), ("--check", IDS, "--hard-fail-on", "HIGH")):
        severe = run_checkov(project, checks, "-d", ".", "--framework", "terraform", *chosen)
        assert [code for code, _ in severe.ids("terraform")] == ["0"], chosen
        assert severe.code == 1, chosen
