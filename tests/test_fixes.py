"""`podroom check --fix`: what is changed, what is left alone, and that a fix mends what it is for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from checkout import CHECKOUT, podroom
from podroom import cli
from podroom.cli.fixing import write_fixes
from podroom.engine import Engine, Outcome
from podroom.fixes import fixed_texts
from podroom.packs import find_rules
from podroom.rule import Example
from podroom.run import Request, check
from podroom.sources.hcl.parser import parse
from podroom_rules import rules

GROUP = """\
resource "aws_launch_template" "{name}" {{
  image_id      = "ami-0123456789abcdef0"
  instance_type = "{type}"
  user_data     = base64encode({user_data})
}}

resource "aws_autoscaling_group" "{name}" {{
  min_size = 1
  max_size = 3
  launch_template {{
    id = aws_launch_template.{name}.id
  }}
}}
"""
SCRIPT = """\
<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods={number}'
  EOT
  """
SHARED = f"locals {{\n  script = {SCRIPT.format(number=58)}}}\n"


def judge(folder: Path) -> Outcome:
    return check(Request(paths=(str(folder),), reader=parse), Engine(find_rules()))


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())


def group(name: str, kind: str, user_data: str) -> str:
    return GROUP.format(name=name, type=kind, user_data=user_data)


def fix(folder: Path, *options: str) -> Result:
    return podroom("check", str(folder), "--fix", *options)


# What is mended


def bad_examples() -> Iterator[tuple[str, Example]]:
    for rule in rules():
        for example in rule.bad:
            yield f"{rule.code} {example.title}", example


@pytest.mark.once(reason="judges the bad examples of all rules")
def test_every_fix_mends_its_finding_and_nothing_else_breaks(tmp_path: Path):
    mended = []
    for number, (title, example) in enumerate(bad_examples()):
        folder = tmp_path / str(number)
        write(folder, example.files)
        before = judge(folder)
        wanted = {(one.code, one.address) for one in before.findings if one.edit is not None}
        if not wanted:
            continue
        fixing = write_fixes(before)
        after = judge(folder)
        left = {(one.code, one.address) for one in after.findings}
        assert fixing.refused == ()
        assert not left & wanted, title
        assert left <= {(one.code, one.address) for one in before.findings}, title
        assert not fixed_texts(after.findings), title
        assert len(after.undecided) <= len(before.undecided), title
        assert not after.problems, title
        mended += [code for code, _ in wanted]
    assert {"PR101", "PR305", "PR502"} <= set(mended)


@pytest.mark.parametrize(
    ("folder", "code", "old", "new"),
    [
        ("examples/terraform/stale-max-pods", "PR101", "      maxPods: 110 # expect", "      maxPods: 17 # expect"),
        ("examples/eksctl/max-pods-per-node", "PR101", "maxPodsPerNode: 58 #", "maxPodsPerNode: 29 #"),
        (
            "examples/terraform/prefix-delegation-after-nodes",
            "PR402",
            "    vpc-cni = {\n",
            "    vpc-cni = {\n      before_compute = true\n",
        ),
    ],
)
def test_changes_one_literal_and_keeps_every_other_byte(tmp_path: Path, folder: str, code: str, old: str, new: str):
    files = {
        path.relative_to(CHECKOUT / folder).as_posix(): path.read_text(encoding="utf-8")
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file() and path.name != "expected.txt"
    }
    write(tmp_path, files)
    before = {name: (tmp_path / name).read_bytes() for name in files}
    assert code in podroom("check", str(tmp_path)).stdout
    result = fix(tmp_path)
    assert (result.exit_code, result.stderr) == (0, f"podroom: 1 finding fixed in {changed(tmp_path, before)}\n")
    for name, content in before.items():
        assert (tmp_path / name).read_bytes() == content.replace(old.encode(), new.encode())
    again = fix(tmp_path)
    assert (again.exit_code, again.stderr) == (0, "podroom: nothing to fix\n")


def changed(folder: Path, before: Mapping[str, bytes]) -> Path:
    (name,) = (name for name, content in before.items() if (folder / name).read_bytes() != content)
    return folder / name


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(str, id="as it is"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(lambda text: f"\ufeff{text}", id="a byte order mark"),
        pytest.param(lambda text: text.rstrip("\n"), id="no newline at the end"),
        pytest.param(lambda text: f"# größer 🚀\n{text}", id="other characters"),
    ],
)
def test_keeps_the_form_of_a_file(tmp_path: Path, form: Callable[[str], str]):
    guilty = group("a", "m5.large", SCRIPT.format(number=58))
    (tmp_path / "main.tf").write_bytes(form(guilty).encode())
    assert fix(tmp_path).exit_code == 0
    assert (tmp_path / "main.tf").read_bytes() == form(guilty.replace("=58'", "=29'")).encode()


ADD_ON = """\
resource "aws_eks_cluster" "main" {{
  name = "main"
}}

resource "aws_eks_addon" "vpc_cni" {{
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  configuration_values = {values}
}}
"""
DAEMON_SET = """\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: aws-node
  namespace: kube-system
spec:
  template:
    spec:
      containers:
        - name: aws-node
          env:
            - name: WARM_IP_TARGET
              value: 5
            - name: MINIMUM_IP_TARGET
              value: "10"
"""
EKSCTL = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {{name: main, region: eu-west-1}}
addons:
  - name: vpc-cni
    configurationValues: {values}
"""


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        pytest.param(
            "main.tf",
            ADD_ON.format(values="jsonencode({ env = { WARM_IP_TARGET = 5, MINIMUM_IP_TARGET = 10 } })"),
            "WARM_IP_TARGET = 5, MINIMUM_IP_TARGET = 10 ",
            'WARM_IP_TARGET = "5", MINIMUM_IP_TARGET = "10" ',
            id="an object of Terraform",
        ),
        pytest.param(
            "main.tf",
            ADD_ON.format(values='<<-EOT\n    {"env": {"ENABLE_PREFIX_DELEGATION": true}}\n  EOT'),
            "true",
            '"true"',
            id="JSON in a here-document",
        ),
        pytest.param("aws-node.yaml", DAEMON_SET, "value: 5", 'value: "5"', id="a DaemonSet"),
        pytest.param(
            "cluster.yaml",
            EKSCTL.format(values="|-\n      env:\n        WARM_IP_TARGET: 5"),
            ": 5",
            ': "5"',
            id="YAML in YAML",
        ),
    ],
)
def test_makes_strings_of_variables(tmp_path: Path, name: str, text: str, old: str, new: str):
    write(tmp_path, {name: text})
    assert "PR305" in podroom("check", str(tmp_path)).stdout
    fix(tmp_path)
    assert (tmp_path / name).read_text(encoding="utf-8") == text.replace(old, new)
    assert "PR305" not in podroom("check", str(tmp_path)).stdout


# What is left alone


@pytest.mark.parametrize(
    ("code", "files"),
    [
        pytest.param(
            "PR101",
            {"main.tf": SHARED + group("a", "m5.large", "local.script") + group("b", "m5.xlarge", "local.script")},
            id="a number that another group has room for",
        ),
        pytest.param(
            "PR101",
            {"main.tf": SHARED + group("a", "m5.large", "local.script") + group("b", "t3.medium", "local.script")},
            id="a number for two groups with other room each",
        ),
        pytest.param(
            "PR101",
            {
                "main.tf": SHARED
                + group("a", "m5.large", "local.script")
                + group("b", "${var.b}", "local.script")
                + 'variable "b" {}\n'
            },
            id="a number for a group of which nothing is known",
        ),
        pytest.param(
            "PR101",
            {
                "nodes/main.tf": 'variable "type" {}\n' + group("a", "${var.type}", SCRIPT.format(number=58)),
                "dev/main.tf": 'module "nodes" {\n  source = "../nodes"\n  type   = "m5.large"\n}\n',
                "prod/main.tf": 'module "nodes" {\n  source = "../nodes"\n  type   = "m5.xlarge"\n}\n',
            },
            id="a number in a module that another root module calls",
        ),
        pytest.param(
            "PR101",
            {
                "main.tf": 'variable "type" {}\n' + group("a", "${var.type}", SCRIPT.format(number=58)),
                "environments/dev.tfvars": 'type = "m5.large"\n',
                "environments/prod.tfvars": 'type = "m5.xlarge"\n',
            },
            id="a number that is too high with one of two variable files",
        ),
        pytest.param(
            "PR101",
            {
                "main.tf": "locals {\n  number = 58\n}\n"
                + group("a", "m5.large", SCRIPT.format(number="${local.number}"))
            },
            id="a hole in a template",
        ),
        pytest.param(
            "PR101",
            {
                "main.tf": group(
                    "a",
                    "m5.large",
                    SCRIPT.format(number="58")
                    .replace("bash\n", "bash\n    N=58\n", 1)
                    .replace("'--max-pods=58'", '"--max-pods=$N"'),
                )
            },
            id="a variable of a script",
        ),
        pytest.param(
            "PR305",
            {
                "main.tf": 'variable "target" {\n  default = 5\n}\n'
                + ADD_ON.format(values="jsonencode({ env = { WARM_IP_TARGET = var.target } })")
            },
            id="a number that somebody else may want as a number",
        ),
        pytest.param(
            "PR305",
            {"main.tf": ADD_ON.format(values=r'"{\"env\": {\"WARM_IP_TARGET\": 5}}"')},
            id="a text with escapes",
        ),
        pytest.param(
            "PR305",
            {"cluster.yaml": EKSCTL.format(values='"{env: {WARM_IP_TARGET: 5}}"')},
            id="a text in quotes",
        ),
        pytest.param(
            "PR305", {"main.tf": ADD_ON.format(values="jsonencode({ env = { WARM_IP_TARGET = 2 + 3 } })")}, id="a sum"
        ),
    ],
)
def test_leaves_alone_what_is_more_than_one_literal(tmp_path: Path, code: str, files: Mapping[str, str]):
    write(tmp_path, files)
    assert code in {one.code for one in judge(tmp_path).findings}
    result = fix(tmp_path)
    assert "nothing to fix" in result.stderr
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in files} == files


def test_one_literal_for_groups_that_want_the_same_is_changed_once(tmp_path: Path):
    groups = group("a", "m5.large", "local.script") + group("b", "m6i.large", "local.script")
    write(tmp_path, {"main.tf": SHARED + groups})
    assert fix(tmp_path).exit_code == 0
    assert (tmp_path / "main.tf").read_text(encoding="utf-8") == SHARED.replace("58", "29") + groups


def test_a_downloaded_module_is_not_ours_to_change(tmp_path: Path):
    manifest = '{"Modules": [{"Key": "nodes", "Source": "example/nodes/aws", "Dir": ".terraform/modules/nodes"}]}'
    files = {
        ".terraform/modules/modules.json": manifest,
        ".terraform/modules/nodes/main.tf": group("a", "m5.large", SCRIPT.format(number=58)),
        "main.tf": 'module "nodes" {\n  source = "example/nodes/aws"\n}\n',
    }
    write(tmp_path, files)
    assert "PR101" in {one.code for one in judge(tmp_path).findings}
    assert fix(tmp_path).stderr == "podroom: nothing to fix\n"


def test_a_finding_that_is_suppressed_stays(tmp_path: Path):
    text = group(
        "a", "m5.large", SCRIPT.format(number=58).replace("    /etc", "    # podroom: ignore[PR101] a trial\n    /etc")
    )
    write(tmp_path, {"main.tf": text})
    assert fix(tmp_path).stderr == "podroom: nothing to fix\n"


@pytest.mark.parametrize(
    ("version", "fixed"),
    [("~> 20.0", True), ("19.8.0", True), (">= 19.7", False), ("~> 18.31", False), (None, False)],
)
def test_before_compute_is_for_versions_of_the_module_that_know_it(tmp_path: Path, version: str | None, fixed: bool):
    text = (CHECKOUT / "examples/terraform/prefix-delegation-after-nodes/main.tf").read_text(encoding="utf-8")
    head, module, rest = text.partition('module "eks"')
    said = "" if version is None else f'  version = "{version}"\n'
    rest = "\n".join(line for line in rest.split("\n") if "version =" not in line or "cluster_version" in line)
    write(tmp_path, {"main.tf": f"{head}{module}{rest}".replace('module "eks" {\n', f'module "eks" {{\n{said}')})
    fix(tmp_path)
    assert ("before_compute = true" in (tmp_path / "main.tf").read_text(encoding="utf-8")) == fixed


MODULE = 'variable "kind" {}\n' + group("a", "KIND", SCRIPT.format(number=110)).replace('"KIND"', "var.kind")
CALL = 'module "nodes" {{\n  source = "{source}"\n  kind = "{kind}"\n}}\n'
BY_SCRIPT = 'file("${path.module}/../scripts/start.sh")'
SHARED_FILES = {
    "modules/nodes/main.tf": MODULE,
    "envs/dev/main.tf": CALL.format(source="../../modules/nodes", kind="t3.medium"),
    "envs/prod/main.tf": CALL.format(source="../../modules/nodes", kind="m5.4xlarge"),
    "several/main.tf": MODULE,
    "several/dev.tfvars": 'kind = "t3.medium"\n',
    "several/prod.tfvars": 'kind = "m5.4xlarge"\n',
    "one/main.tf": group("a", "t3.medium", BY_SCRIPT),
    "two/main.tf": group("a", "m5.4xlarge", BY_SCRIPT),
    "scripts/start.sh": "#!/bin/bash\n/etc/eks/bootstrap.sh main --use-max-pods false"
    " --kubelet-extra-args --max-pods=110\n",
    "alone/main.tf": CALL.format(source="../library", kind="t3.medium"),
    "library/main.tf": MODULE,
}


def check_here(*arguments: str) -> Result:
    return CliRunner().invoke(cli.podroom, ["check", *arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("envs/dev", "modules/nodes/main.tf is not fixed: envs/prod reads it too and was not judged"),
        ("--changed envs/dev/main.tf", "modules/nodes/main.tf is not fixed: envs/prod reads it too and was not judged"),
        ("one", "scripts/start.sh is not fixed: two reads it too and was not judged"),
        ("alone", "library/main.tf is not fixed: it lies outside of what was given"),
        (
            "several --var-file several/dev.tfvars",
            "several/main.tf is not fixed: several was judged only with --var-file several/dev.tfvars",
        ),
        (
            "several --var kind=t3.medium",
            "several/main.tf is not fixed: several was judged only with --var kind=t3.medium",
        ),
    ],
)
def test_a_file_that_others_read_who_were_not_judged_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str, sentence: str
):
    (tmp_path / ".git").mkdir()
    write(tmp_path, SHARED_FILES)
    monkeypatch.chdir(tmp_path)
    shown = check_here(*arguments.split(), "--diff")
    result = check_here(*arguments.split(), "--fix")
    assert shown.stdout == ""
    assert result.stderr == f"podroom: {sentence}; run podroom check --fix\npodroom: nothing to fix\n"
    assert shown.stderr == f"podroom: {sentence}; run podroom check --fix\n"
    assert result.exit_code == 1
    assert all((tmp_path / name).read_text(encoding="utf-8") == text for name, text in SHARED_FILES.items())


def test_a_module_is_changed_where_all_who_call_it_are_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path, {name: SHARED_FILES[name] for name in ("alone/main.tf", "library/main.tf")})
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert check_here("--fix").stderr == "podroom: 1 finding fixed in library/main.tf\n"
    assert "--max-pods=17" in (tmp_path / "library/main.tf").read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "fixed"), [("t3.medium", True), ("m5.4xlarge", False)])
def test_a_file_with_two_names_is_one_file(tmp_path: Path, kind: str, fixed: bool):
    write(
        tmp_path,
        {
            "a/main.tf": MODULE,
            "a/kind.auto.tfvars": 'kind = "t3.medium"\n',
            "b/kind.auto.tfvars": f'kind = "{kind}"\n',
        },
    )
    (tmp_path / "b/main.tf").symlink_to("../a/main.tf")
    result = fix(tmp_path)
    assert ("--max-pods=17" in (tmp_path / "a/main.tf").read_text(encoding="utf-8")) == fixed
    assert "has changed" not in result.stderr
    assert (tmp_path / "b/main.tf").is_symlink()


# Writing


def test_a_file_that_has_changed_meanwhile_is_not_overwritten(tmp_path: Path):
    guilty = group("a", "m5.large", SCRIPT.format(number=58))
    write(tmp_path, {"one/main.tf": guilty, "two/main.tf": guilty})
    outcome = judge(tmp_path)
    (tmp_path / "one/main.tf").write_text(f"# mine\n{guilty}", encoding="utf-8")
    fixing = write_fixes(outcome)
    assert [Path(one.document.path).parent.name for one in fixing.written] == ["two"]
    assert (tmp_path / "one/main.tf").read_text(encoding="utf-8") == f"# mine\n{guilty}"
    assert "--max-pods=29" in (tmp_path / "two/main.tf").read_text(encoding="utf-8")
    (sentence,) = fixing.refused
    assert sentence.endswith("main.tf is not fixed: it has changed since it was read; run podroom again")


def test_a_fix_that_could_not_be_written_is_a_failure(tmp_path: Path):
    text = EKSCTL.format(values="|-\n      env:\n        WARM_IP_TARGET: 5")
    (tmp_path / "cluster.yaml").write_bytes(text.encode("utf-16"))
    result = fix(tmp_path)
    assert result.exit_code == 2
    assert "cluster.yaml is not fixed: it is written in UTF-16" in result.stderr
    assert (tmp_path / "cluster.yaml").read_bytes() == text.encode("utf-16")


def test_keeps_the_permissions_of_a_file_and_leaves_nothing_beside_it(tmp_path: Path):
    write(tmp_path, {"main.tf": group("a", "m5.large", SCRIPT.format(number=58))})
    (tmp_path / "main.tf").chmod(0o640)
    fix(tmp_path)
    assert (tmp_path / "main.tf").stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["main.tf"]  # noqa: PTH208 - hidden files too


def test_reports_what_is_left_in_the_format_that_was_asked_for(tmp_path: Path):
    write(
        tmp_path,
        {
            "main.tf": group("a", "m5.large", SCRIPT.format(number=58))
            + ADD_ON.format(values="jsonencode({ env = { WARM_IP_TARGET = 2 + 3 } })")
        },
    )
    result = fix(tmp_path, "--format", "json")
    assert result.exit_code == 1
    assert "PR305" in result.stdout
    assert "PR101" not in result.stdout
    assert result.stderr == f"podroom: 1 finding fixed in {tmp_path / 'main.tf'}\n"


def test_shows_a_diff_and_writes_nothing(tmp_path: Path):
    text = group("a", "m5.large", SCRIPT.format(number=58)).rstrip("\n")
    write(tmp_path, {"main.tf": text})
    result = podroom("check", str(tmp_path), "--diff")
    path = str(tmp_path / "main.tf").lstrip("/")
    assert result.exit_code == 1
    assert result.stdout == (
        f"--- a/{path}\n+++ b/{path}\n@@ -3,7 +3,7 @@\n"
        '   instance_type = "m5.large"\n'
        "   user_data     = base64encode(<<-EOT\n"
        "     #!/bin/bash\n"
        "-    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=58'\n"
        "+    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=29'\n"
        "   EOT\n"
        "   )\n"
        " }\n"
    )
    assert (tmp_path / "main.tf").read_text(encoding="utf-8") == text
    fix(tmp_path)
    assert podroom("check", str(tmp_path), "--diff").stdout == ""
    assert podroom("check", str(tmp_path), "--diff").exit_code == 0
