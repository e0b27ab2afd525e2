"""podroom diff: what is new, fixed and as before between two commits, read from git without a checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from checkout import CHECKOUT, EXAMPLES
from findings_helpers import finding
from podroom import cli
from podroom.changes import Moves, compare_findings
from podroom.engine import Outcome
from podroom.positions import Document, Paths, Span
from podroom.rule import Severity

SCHEMAS = {
    name: json.loads((CHECKOUT / f"linter/podroom/report/schemas/{name}-v1.json").read_text(encoding="utf-8"))
    for name in ("diff", "findings", "capacity")
}
VALIDATOR = Draft202012Validator(
    SCHEMAS["diff"],
    registry=Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()),
)
HEALTHY = CHECKOUT / EXAMPLES / "asg-instance-type-drift-healthy"
SUBNETS = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "nodes" {
  for_each          = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
  vpc_id            = aws_vpc.main.id
  cidr_block        = each.value
  availability_zone = "eu-west-1${each.key}"
}
resource "aws_eks_cluster" "main" {
  name    = "main"
  version = "1.33"
  vpc_config {
    subnet_ids = values(aws_subnet.nodes)[*].id
  }
}
"""
GROUP = """
resource "aws_eks_node_group" "NAME" {
  cluster_name   = aws_eks_cluster.main.name
  subnet_ids     = values(aws_subnet.nodes)[*].id
  instance_types = ["TYPE"]
  ami_type       = "AL2023_x86_64_STANDARD"
  scaling_config {
    min_size     = 2
    desired_size = 2
    max_size     = SIZE
  }
}
"""
TEMPLATE = """
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
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = values(aws_subnet.nodes)[*].id
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""


class Repo:
    """A git repository of a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "a"}
        alone = {"GIT_COMMITTER_EMAIL": "a@b.c", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, check=True, capture_output=True, text=True, env={**os.environ, **who, **alone}
        )
        return done.stdout.strip()

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self, files: Mapping[str, str] | None = None) -> str:
        """Write files, commit everything, and return the commit."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def diff(self, *arguments: str, folder: str = ".") -> Result:
        before = Path.cwd()
        os.chdir(self.folder / folder)
        try:
            return CliRunner().invoke(cli.podroom, ["diff", *arguments], catch_exceptions=False)
        finally:
            os.chdir(before)

    def data(self, *arguments: str, folder: str = ".") -> dict[str, object]:
        result = self.diff(*arguments, "--format", "json", folder=folder)
        data: dict[str, object] = json.loads(result.stdout)
        VALIDATOR.validate(data)
        return data


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repository")


def group(name: str = "nodes", kind: str = "m5.large", size: int = 3) -> str:
    return GROUP.replace("NAME", name).replace("TYPE", kind).replace("SIZE", str(size))


def template(kind: str, pods: int) -> str:
    return TEMPLATE.replace("TYPE", kind).replace("PODS", str(pods))


def named(name: str, text: str) -> str:
    """Return a configuration whose nodes are called otherwise."""
    return text.replace('"nodes" {', f'"{name}" {{').replace("template.nodes", f"template.{name}")


def codes(found: object) -> list[str]:
    assert isinstance(found, list)
    return [one["code"] for one in found]


def test_a_type_changed_only_in_the_auto_scaling_group_is_58_against_29(repo: Repo) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in HEALTHY.glob("*.tf")}
    large = texts["nodes.tf"].replace("m7g.large", "m7g.2xlarge").replace("--max-pods 29", "--max-pods 58")
    repo.commit({**texts, "nodes.tf": large})
    at = large.rindex('"m7g.2xlarge"')
    repo.commit({"nodes.tf": large[:at] + large[at:].replace("m7g.2xlarge", "m7g.large")})

    result = repo.diff("HEAD~1", "HEAD")

    assert result.exit_code == 1
    assert "error[PR102] asg-instance-type-drift" in result.output
    assert "m7g.2xlarge -> m7g.large" in result.output
    assert "max pods 58 as before (--kubelet-extra-args --max-pods), room for 58 -> 29" in result.output
    assert result.output.endswith(
        "podroom: 1 new finding (1 error), 0 fixed, 0 as before; other numbers for 1 node group and 3 subnets\n"
    )


def test_a_larger_type_with_the_max_pods_of_the_old_one_is_caught_although_each_side_alone_is_plausible(
    repo: Repo,
) -> None:
    repo.commit({"main.tf": SUBNETS + template("m5.large", 29)})
    repo.commit({"main.tf": SUBNETS + template("m5.4xlarge", 29)})

    result = repo.diff("HEAD~1", "HEAD")

    assert result.exit_code == 1
    assert "[PR119]" in result.output
    assert "max pods 29 as before (--kubelet-extra-args --max-pods), room for 29 -> 234" in result.output
    assert codes(repo.data("HEAD", "HEAD~1")["new"]) == []


def test_findings_are_new_fixed_or_as_before_whatever_lines_they_stand_on(repo: Repo) -> None:
    repo.commit({"main.tf": SUBNETS + template("m5.large", 58) + named("old", template("m5.large", 58))})
    repo.commit({"main.tf": "# one\n\n" + SUBNETS + template("m5.large", 58) + named("more", template("m5.large", 44))})

    data = repo.data("HEAD~1", "HEAD")

    addresses = {name: [one["address"] for one in data[name]] for name in ("new", "fixed", "remaining")}
    assert addresses == {
        "new": ["aws_autoscaling_group.more"],
        "fixed": ["aws_autoscaling_group.old"],
        "remaining": ["aws_autoscaling_group.nodes"],
    }


@pytest.mark.parametrize(
    "after",
    [
        pytest.param({"main.tf": SUBNETS, "nodes.tf": template("m5.large", 58)}, id="to another file of the folder"),
        pytest.param({"other.tf": SUBNETS + template("m5.large", 58)}, id="the file got another name"),
        pytest.param({"deep/er/main.tf": SUBNETS + template("m5.large", 58)}, id="the folder moved"),
        pytest.param(
            {
                "main.tf": SUBNETS
                + template("m5.large", 58)
                .replace('"nodes" {', '"workers" {')
                .replace("aws_launch_template.nodes", "aws_launch_template.workers")
            },
            id="the resource got another name",
        ),
    ],
)
def test_what_only_moved_is_not_new(repo: Repo, after: Mapping[str, str]) -> None:
    repo.commit({"main.tf": SUBNETS + template("m5.large", 58)})
    (repo.folder / "main.tf").unlink()
    repo.commit(after)

    data = repo.data("HEAD~1", "HEAD")

    assert (codes(data["new"]), codes(data["fixed"]), codes(data["remaining"])) == ([], [], ["PR101"])
    assert repo.diff("HEAD~1", "HEAD").exit_code == 0


def test_a_finding_that_gets_more_severe_is_new() -> None:
    span = Span(Document("main.tf", "max_pods = 58"), 11, 13)
    moves = Moves(Paths("/repository", "/repository"), {})
    mild, severe = (Outcome((finding(span, severity=one),)) for one in (Severity.WARNING, Severity.ERROR))

    assert compare_findings(mild, severe, moves).new == severe.findings
    assert compare_findings(severe, mild, moves).remaining == mild.findings


def test_without_a_second_commit_the_work_tree_is_compared_as_a_commit_of_all_of_it_would_be(repo: Repo) -> None:
    repo.commit({"main.tf": SUBNETS, "gone.tf": group("gone"), ".gitignore": "ignored.tf\n"})
    (repo.folder / "gone.tf").unlink()
    repo.write({"new.tf": group("untracked"), "ignored.tf": template("m5.large", 58), "staged.tf": group("staged")})
    repo.git("add", "staged.tf")

    data = repo.data("HEAD")

    groups = {
        one["address"]: (one["before"] is None, one["after"] is None) for one in data["capacity"][0]["node_groups"]
    }
    assert groups == {
        "aws_eks_node_group.untracked": (True, False),
        "aws_eks_node_group.staged": (True, False),
        "aws_eks_node_group.gone": (False, True),
    }
    assert codes(data["new"]) == []


def test_nothing_is_checked_out_or_written(repo: Repo) -> None:
    repo.commit({"main.tf": SUBNETS + template("m5.large", 29)})
    repo.commit({"main.tf": SUBNETS + template("m5.large", 58)})
    repo.write({"main.tf": "# being worked on\n"})
    everything = {path: path.read_bytes() for path in repo.folder.rglob("*") if path.is_file()}

    result = repo.diff("HEAD~1", "HEAD")

    assert result.exit_code == 1
    assert {path: path.read_bytes() for path in repo.folder.rglob("*") if path.is_file()} == everything


def test_three_dots_compare_with_where_the_branch_left(repo: Repo) -> None:
    repo.commit({"main.tf": SUBNETS})
    repo.git("checkout", "--quiet", "-b", "feature")
    repo.commit({"nodes.tf": template("m5.large", 58)})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"others.tf": group("others")})
    repo.git("checkout", "--quiet", "feature")

    assert "aws_eks_node_group.others: is gone" in repo.diff("main", "feature").output
    for arguments in (("main...feature",), ("main...",), ("main", "feature", "--merge-base"), ("main", "--merge-base")):
        result = repo.diff(*arguments)
        assert "others" not in result.output, arguments
        assert "1 new finding (1 error)" in result.output, arguments
    assert "is gone" in repo.diff("main..feature").output


def test_peaks_shift_by_zone(repo: Repo) -> None:
    repo.commit({"main.tf": SUBNETS + group(size=4)})
    repo.commit({"main.tf": SUBNETS + group(size=12)})

    output = repo.diff("HEAD~1", "HEAD", "--pods-per-node", "29").output

    assert "maximum size 4 -> 12" in output
    for zone in "ab":
        line = next(line for line in output.splitlines() if line.startswith(f"  eu-west-1{zone}: "))
        before, after = (int(number) for number in line.split(": ")[1].split(" of ")[0].split(" -> "))
        assert line.split(" of ")[1].startswith("251")
        assert after - before == 4 * 30  # half of 8 more nodes, each with 3 x 10 addresses


def test_a_judgement_that_can_no_longer_be_made_is_told(repo: Repo) -> None:
    variable = 'variable "type" {\n  default = "m5.large"\n}\n'
    body = SUBNETS + group().replace('["m5.large"]', "[var.type]")
    repo.commit({"main.tf": body + variable})
    repo.commit({"main.tf": body + 'variable "type" {}\n'})

    data = repo.data("HEAD~1", "HEAD")

    assert codes(data["new"]) == []
    assert any("var.type" in one["reason"] for one in data["no_longer_decided"])
    assert repo.data("HEAD", "HEAD~1")["no_longer_decided"] == []


def test_eksctl_and_manifests_are_compared_too(repo: Repo) -> None:
    config = (CHECKOUT / "examples/eksctl/max-pods-per-node-healthy/cluster.yaml").read_text(encoding="utf-8")
    broken = (CHECKOUT / "examples/eksctl/max-pods-per-node/cluster.yaml").read_text(encoding="utf-8")
    repo.commit({"cluster.yaml": config})
    repo.commit({"cluster.yaml": broken})

    result = repo.diff("HEAD~1", "HEAD")

    assert result.exit_code == 1
    assert "1 new finding" in result.output


def test_folders_that_are_on_one_side_only_are_new_or_gone(repo: Repo) -> None:
    repo.commit({"README.md": "nothing yet\n"})
    repo.commit({"prod/main.tf": SUBNETS + template("m5.large", 58)})

    added = repo.diff("HEAD~1", "HEAD", "--path", "prod")
    removed = repo.diff("HEAD", "HEAD~1", "--path", "prod")

    assert added.exit_code == 1
    assert "aws_autoscaling_group.nodes: is new" in added.output
    assert removed.exit_code == 0
    assert "aws_autoscaling_group.nodes: is gone" in removed.output
    assert "1 fixed" in removed.output


def test_only_what_lies_below_the_current_folder_is_compared_with_paths_from_there(repo: Repo) -> None:
    files = {"prod/main.tf": SUBNETS, "test/main.tf": SUBNETS}
    repo.commit(files)
    repo.commit({name: text + template("m5.large", 58) for name, text in files.items()})

    assert [one["path"] for one in repo.data("HEAD~1", folder="prod")["new"]] == ["main.tf"]
    assert [one["path"] for one in repo.data("HEAD~1")["new"]] == ["prod/main.tf", "test/main.tf"]


def test_links_of_a_commit_are_followed_within_it(repo: Repo) -> None:
    repo.write({"modules/real/main.tf": SUBNETS, "prod/nodes.tf": template("m5.large", 29)})
    (repo.folder / "prod/shared.tf").symlink_to("../modules/real/main.tf")
    (repo.folder / "prod/loop.tf").symlink_to("loop.tf")
    (repo.folder / "linked").symlink_to("modules/real")
    repo.commit()
    (repo.folder / "prod/shared.tf").unlink()
    (repo.folder / "prod/loop.tf").unlink()
    repo.commit({"prod/shared.tf": SUBNETS.replace("/24", "/25").replace("10.0.1.0", "10.0.0.128")})

    data = repo.data("HEAD~1", "HEAD", "--path", "prod")

    subnets = data["capacity"][0]["subnets"]
    assert {one["before"]["usable"]["least"] for one in subnets} == {251}
    assert {one["after"]["usable"]["least"] for one in subnets} == {123}
    assert any("loop.tf" in remark for remark in data["remarks"])


def test_submodules_are_named_as_not_compared(repo: Repo, tmp_path: Path) -> None:
    other = Repo(tmp_path / "other")
    other.commit({"main.tf": SUBNETS})
    repo.commit({"main.tf": SUBNETS + template("m5.large", 29)})
    repo.git("submodule", "--quiet", "add", str(other.folder), "vendored")
    repo.commit({"main.tf": SUBNETS + template("m5.large", 58)})

    for arguments in (("HEAD~1", "HEAD"), ("HEAD~1",)):
        assert "submodules are not compared" in repo.diff(*arguments).output


def test_a_variable_file_that_git_ignores_is_read_from_the_disk_for_both_sides(repo: Repo) -> None:
    body = SUBNETS + 'variable "type" {}\n' + group().replace('["m5.large"]', "[var.type]")
    repo.commit({"main.tf": body, ".gitignore": "*.tfvars\n"})
    repo.write(
        {"secret.tfvars": 'type = "m5.large"\n', "main.tf": body.replace("max_size     = 3", "max_size     = 5")}
    )

    data = repo.data("HEAD", "--var-file", "secret.tfvars")

    (found,) = data["capacity"][0]["node_groups"]
    assert [kind["name"] for kind in found["before"]["instance_types"]] == ["m5.large"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere",), "git knows no commit 'nowhere' in this clone"),
        (("HEAD", "nowhere"), "git knows no commit 'nowhere' in this clone"),
        (("--", "--output=x"), "git knows no commit '--output=x' in this clone"),
        (("HEAD~1...HEAD", "HEAD"), "give two commits, or BASE...HEAD or BASE..HEAD, not both ways at once"),
        (("HEAD", "--path", "missing"), "no such file or folder: missing"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence_and_2(repo: Repo, arguments: tuple[str, ...], sentence: str) -> None:
    repo.commit({"main.tf": SUBNETS})
    repo.commit({"main.tf": SUBNETS + group()})

    result = repo.diff(*arguments)

    assert result.exit_code == 2
    assert sentence in result.output
    assert not (repo.folder / "x").exists()


def test_a_repository_without_a_commit_is_told(repo: Repo) -> None:
    repo.write({"main.tf": SUBNETS})

    result = repo.diff("HEAD")

    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert "git knows no commit 'HEAD'" in result.output


def test_outside_of_a_repository_there_is_nothing_to_compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.tf").write_text(SUBNETS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    result = CliRunner().invoke(cli.podroom, ["diff", "HEAD"], catch_exceptions=False)

    assert result.exit_code == 2
    assert "not a git repository" in result.output


def test_without_git_comparing_is_told_to_need_it(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit({"main.tf": SUBNETS})
    monkeypatch.setenv("PATH", str(repo.folder))

    result = repo.diff("HEAD")

    assert result.exit_code == 2
    assert "git is not installed, and comparing needs it" in result.output


def test_a_shallow_clone_says_what_to_fetch(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"main.tf": SUBNETS})
    first = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "--quiet", "-b", "feature")
    repo.commit({"main.tf": SUBNETS + group()})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"other.tf": group("others")})
    clone = Repo(tmp_path / "clone")
    clone.git("fetch", "--quiet", "--depth=1", f"file://{repo.folder}", "main:base", "feature:feature")

    parted = clone.diff("base...feature")
    missing = clone.diff(first, "feature")

    assert parted.exit_code == missing.exit_code == 2
    assert "fetch-depth: 0" in parted.output
    assert "fetch it first" in missing.output


def test_what_is_broken_before_is_a_remark_and_what_is_broken_now_is_2(repo: Repo) -> None:
    repo.commit({"main.tf": SUBNETS, "broken.tf": 'resource "aws_subnet" {{{\n'})
    repo.commit({"broken.tf": "\n"})

    mended = repo.diff("HEAD~1", "HEAD")
    broken = repo.diff("HEAD", "HEAD~1")

    assert mended.exit_code == 0
    assert re.search(r"HEAD~1\b.* is not compared in whole: broken\.tf:1:\d+: ", mended.output)
    assert broken.exit_code == 2


def test_formats_for_programs_get_the_new_findings_only(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"main.tf": SUBNETS + template("m5.large", 58)})
    repo.commit({"nodes.tf": named("more", template("m5.large", 44))})
    sarif, markdown = tmp_path / "new.sarif", tmp_path / "new.md"

    result = repo.diff("HEAD~1", "--output", f"sarif={sarif}", "--output", f"markdown={markdown}", "--exit-zero")

    assert result.exit_code == 0
    found = json.loads(sarif.read_text(encoding="utf-8"))["runs"][0]["results"]
    assert [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in found] == ["nodes.tf"]
    text = markdown.read_text(encoding="utf-8")
    assert text.startswith("### podroom: 1 new finding (1 error)")
    assert "<summary>As before (1)</summary>" in text


def test_names_that_hold_line_ends_are_compared_and_never_printed_raw(repo: Repo) -> None:
    name = "two\nlines \x1b[31m.tf"
    repo.commit({name: SUBNETS})
    repo.commit({name: SUBNETS + template("m5.large", 58)})

    result = repo.diff("HEAD~1", "HEAD")

    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "two\\nlines" in result.output
