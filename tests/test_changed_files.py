"""podroom check --changed: files that change are triggers, and every root that reads one is judged whole."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from podroom import cli

FAULT = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
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
CALL = 'module "nodes" {\n  source = "../../modules/nodes"\n  pods = 58\n}\n'
CLUSTER_CONFIG = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: eu-west-1, version: "1.33"}
nodeGroups:
  - {name: workers, instanceType: m5.large, maxPodsPerNode: 58}
"""
TREE = {
    "modules/nodes/main.tf": 'variable "pods" {}\n' + FAULT.replace("PODS", "${var.pods}"),
    "modules/unused/main.tf": "",
    "envs/prod/main.tf": CALL,
    "envs/test/main.tf": CALL.replace("58", "29"),
    "alone/main.tf": FAULT.replace("PODS", "44"),
    "alone/prod.tfvars": "",
    "database/main.tf": 'resource "aws_db_instance" "main" {\n  engine = "postgres"\n}\n',
    "database/start.sql": "select 1\n",
    "docs/notes.yaml": "a: 1\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return write(tmp_path, TREE)


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def check(folder: Path, *arguments: str) -> Result:
    before = Path.cwd()
    os.chdir(folder)
    try:
        return CliRunner().invoke(cli.podroom, ["check", "--changed", *arguments], catch_exceptions=False)
    finally:
        os.chdir(before)


def places(result: Result) -> list[str]:
    return sorted({line.split()[1].partition(":")[0] for line in result.output.splitlines() if " --> " in line})


@pytest.mark.parametrize(
    ("changed", "guilty"),
    [
        pytest.param("envs/prod/main.tf", ["envs/prod/main.tf"], id="a root that has a fault by its module"),
        pytest.param("envs/test/main.tf", [], id="a root without a fault, beside others with one"),
        pytest.param("modules/nodes/main.tf", ["envs/prod/main.tf"], id="a module, judged as its callers call it"),
        pytest.param("modules/nodes/gone.tf", ["envs/prod/main.tf"], id="a file of a module that was deleted"),
        pytest.param("alone/main.tf", ["alone/main.tf"], id="a root by itself"),
        pytest.param("alone/prod.tfvars", ["alone/main.tf"], id="a variable file beside it"),
        pytest.param("alone/environments/new.tfvars", ["alone/main.tf"], id="a variable file below it"),
    ],
)
def test_every_root_that_reads_a_changed_file_is_judged_whole_and_no_other(
    tree: Path, changed: str, guilty: list[str]
) -> None:
    result = check(tree, changed)

    assert places(result) == guilty
    assert result.exit_code == (1 if guilty else 0)


def test_one_edit_in_a_module_judges_all_its_callers(tree: Path) -> None:
    write(tree, {"envs/test/main.tf": CALL.replace("58", "35")})

    result = check(tree, "modules/nodes/main.tf")

    assert "58" in result.output
    assert "35" in result.output
    assert "2 configurations" in result.output


@pytest.mark.parametrize("changed", ["database/main.tf", "database/start.sql", "docs/notes.yaml", "README.md"])
def test_a_change_of_nothing_that_is_judged_ends_before_anything_is_parsed(
    tree: Path, changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tree, {"alone/broken.tf": "resource {{{\n"})
    monkeypatch.setattr("podroom.cli.checking.run_check", pytest.fail)

    result = check(tree, changed)

    assert (result.exit_code, result.output) == (0, "podroom: no change of anything that podroom judges\n")


def test_a_change_of_nothing_that_is_judged_is_an_empty_report_in_formats_for_programs(tree: Path) -> None:
    result = check(
        tree, "README.md", "--format", "json", "--output", "sarif=report.sarif", "--output", "text=report.txt"
    )

    assert result.exit_code == 0
    assert json.loads(result.output)["findings"] == []
    assert json.loads((tree / "report.sarif").read_text(encoding="utf-8"))["runs"][0]["results"] == []
    assert (tree / "report.txt").read_text(encoding="utf-8") == "podroom: no change of anything that podroom judges\n"


@pytest.mark.parametrize("text", [b"resource {{{\n", b"a = \xff\n"], ids=["syntax", "encoding"])
def test_a_changed_file_that_cannot_be_read_is_a_failure_whatever_it_is_about(tree: Path, text: bytes) -> None:
    (tree / "database/br oken é.tf").write_bytes(text)

    result = check(tree, "database/br oken é.tf")

    assert result.exit_code == 2
    assert "br oken é.tf" in result.output
    assert check(tree, "database/main.tf").output.startswith("podroom: no change")


def test_a_cluster_config_is_not_judged_for_a_change_of_a_root_that_it_has_no_part_in(tree: Path) -> None:
    write(tree, {"e/cluster.yaml": CLUSTER_CONFIG})

    assert places(check(tree, "e/cluster.yaml")) == ["alone/main.tf", "e/cluster.yaml", "envs/prod/main.tf"]
    assert places(check(tree, "alone/main.tf")) == ["alone/main.tf"]


def test_without_any_file_nothing_changes(tree: Path) -> None:
    assert check(tree).exit_code == 0


def test_a_template_concerns_the_root_that_names_it(tree: Path) -> None:
    write(
        tree,
        {
            "scripts/bootstrap.sh": "#!/bin/bash\n/etc/eks/bootstrap.sh main --use-max-pods false"
            " --kubelet-extra-args '--max-pods=58'\n",
            "envs/script/main.tf": FAULT.replace(
                FAULT[FAULT.index("base64encode") : FAULT.index("}\n")],
                'base64encode(file("../../scripts/bootstrap.sh"))\n',
            ),
        },
    )

    assert places(check(tree, "scripts/bootstrap.sh")) == ["scripts/bootstrap.sh"]


def test_a_manifest_or_a_cluster_config_concerns_all_of_the_project(tree: Path) -> None:
    config = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a, region: eu-west-1}\n"
    write(tree, {"cluster.yaml": config})

    assert places(check(tree, "cluster.yaml")) == ["alone/main.tf", "envs/prod/main.tf"]


def test_podrooms_configuration_concerns_what_lies_below_it(tree: Path) -> None:
    write(tree, {"alone/podroom.toml": "", "database/pyproject.toml": "[project]\nname = 'x'\n"})

    assert places(check(tree, "alone/podroom.toml")) == ["alone/main.tf"]
    assert check(tree, "database/pyproject.toml").output.startswith("podroom: no change")


def test_what_is_wrong_elsewhere_fails_no_commit(tree: Path) -> None:
    write(tree, {"alone/broken.tf": "resource {{{\n", "alone/more.tf": "# podroom: ignore[PR303] old\n"})

    assert check(tree, "envs/test/main.tf").exit_code == 0
    assert check(tree, "alone/main.tf").exit_code == 2


def test_from_a_folder_below_the_top_the_whole_repository_is_known(tree: Path) -> None:
    (place,) = places(check(tree / "modules", "nodes/main.tf"))

    assert place.endswith("/envs/prod/main.tf")


def test_a_folder_is_refused(tree: Path) -> None:
    result = check(tree, "alone")

    assert result.exit_code == 2
    assert "--changed takes files, and alone is a folder" in result.output
