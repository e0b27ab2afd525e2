"""Files and folders as they come: missing, odd, unreadable, in every form that Terraform and OpenTofu read."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from checkout import CHECKOUT, EXAMPLES, podroom
from test_json_output import STRICT

GUILTY = CHECKOUT / EXAMPLES / "stale-max-pods"


@pytest.fixture
def guilty(tmp_path: Path) -> Path:
    """Return a copy of an example with one PR101."""
    return Path(shutil.copytree(GUILTY, tmp_path / "guilty"))


def test_a_template_that_is_a_folder_is_said_at_the_call(guilty: Path) -> None:
    (guilty / "user-data.tftpl").unlink()
    (guilty / "user-data.tftpl").mkdir()

    result = podroom("check", str(guilty))

    assert result.exit_code == 0
    assert "nodes.tf:7:" in result.output
    assert "user-data.tftpl: it is a folder" in result.output


@pytest.mark.parametrize("option", ["--var-file", "podroom.toml"])
def test_a_folder_in_place_of_a_file_is_one_sentence(guilty: Path, option: str) -> None:
    if option == "podroom.toml":
        (guilty / option).mkdir()
        result = podroom("check", str(guilty))
    else:
        result = podroom("check", option, str(guilty), str(guilty))

    assert result.exit_code == 2
    assert result.stderr.endswith(": it is a folder\n")
    assert result.stderr.count("\n") == 1


def test_a_link_to_itself_is_said_and_the_rest_of_its_folder_is_judged(guilty: Path) -> None:
    (guilty / "a.tf").symlink_to("a.tf")
    (guilty / "dangling.tf").symlink_to("nowhere")

    result = podroom("check", str(guilty))

    assert result.exit_code == 2
    assert result.output.count("not read: ") == 2
    assert "PR101" in result.output


def test_a_name_that_no_file_can_have_is_no_file(guilty: Path) -> None:
    nodes = guilty / "nodes.tf"
    nodes.write_text(nodes.read_text(encoding="utf-8").replace("user-data.tftpl", "a\\u0000b"), encoding="utf-8")

    assert "null character" in podroom("check", str(guilty)).output


@pytest.mark.parametrize(
    ("other", "sentence"),
    [("missing", "no such file or folder: "), ("empty", "no Terraform configuration (*.tf, *.tf.json, *.tofu) in ")],
)
def test_a_path_without_anything_to_judge_does_not_keep_the_others_from_being_judged(
    guilty: Path, tmp_path: Path, other: str, sentence: str
) -> None:
    (tmp_path / "empty").mkdir()

    result = podroom("check", str(tmp_path / other), str(guilty))

    assert result.exit_code == 2
    assert result.output.count("not read: ") == 1
    assert sentence in result.output
    assert "PR101" in result.output


def test_paths_of_which_none_can_be_judged_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    result = podroom("check", str(tmp_path / "empty"), str(tmp_path / "missing"))

    assert result.exit_code == 2
    assert not result.stdout
    assert result.stderr.count("\n") == 1
    assert "no such file or folder" in result.stderr
    assert "no Terraform configuration" in result.stderr


def test_a_folder_that_may_not_be_read_is_one_sentence(guilty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> Any:  # noqa: ANN401 - never returns
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(os, "scandir", refuse)

    result = podroom("check", str(guilty))

    assert result.exit_code == 2
    assert result.stderr.startswith("podroom: cannot read the folder ")
    assert result.stderr.endswith(": permission denied\n")


def test_a_current_folder_that_is_gone_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> str:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(os.path, "realpath", lambda path: gone() + path)

    result = podroom("check")

    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_folders_that_call_each_other_are_all_judged(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(f'module "m" {{\n  source = "../{other}"\n}}\n', encoding="utf-8")

    result = podroom("check", str(tmp_path))

    assert "in 2 configurations" in result.output


LIBRARY = """
variable "subnet_ids" {
  default = []
}

resource "aws_eks_cluster" "this" {
  name = "shop"
  vpc_config {
    subnet_ids = coalescelist(var.subnet_ids, [])
  }
}
"""
CALLS_THE_LIBRARY = 'module "eks" {\n  source     = "../.."\n  subnet_ids = ["subnet-1", "subnet-2"]\n}\n'


@pytest.mark.parametrize(
    ("name", "text", "judged"),
    [
        ("versions.tf", 'terraform {\n  required_version = ">= 1.5"\n}\n', False),
        ("versions.tf", 'terraform {\n  backend "s3" {}\n}\n', True),
        ("providers.tf", 'provider "aws" {}\n', True),
        ("terraform.tfvars", "subnet_ids = []\n", True),
    ],
)
def test_a_library_with_examples_below_it_is_judged_through_them(
    tmp_path: Path, name: str, text: str, judged: bool
) -> None:
    example = tmp_path / "examples" / "complete"
    example.mkdir(parents=True)
    (tmp_path / "main.tf").write_text(LIBRARY, encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    (example / "main.tf").write_text(CALLS_THE_LIBRARY, encoding="utf-8")

    result = podroom("check", str(tmp_path))

    assert ("all arguments of coalescelist are empty" in result.output) is judged
    assert f"in {2 if judged else 1} configuration" in result.output
    assert podroom("check", str(tmp_path / "main.tf")).exit_code == 2, "by itself it is judged as it stands"


def test_a_module_that_is_nowhere_is_said_once_for_all_that_call_it(tmp_path: Path) -> None:
    for root in ("a", "b"):
        (tmp_path / root).mkdir()
        text = f'module "nodes_{root}" {{\n  source     = "example.com/shop/eks-nodes/aws"\n}}\n'
        (tmp_path / root / "main.tf").write_text(text, encoding="utf-8")

    output = podroom("check", str(tmp_path)).output

    assert output.count("is not here, so it is not judged") == 1
    assert "module.nodes_a, module.nodes_b" in output


def test_a_variable_that_no_configuration_declares_is_refused_as_terraform_does(guilty: Path) -> None:
    (guilty / "v.tf").write_text('variable "instance_type" {}\n', encoding="utf-8")

    refused = podroom("check", "--var", "instance_typ=m5.large", str(guilty))

    assert refused.exit_code == 2
    assert "--var instance_typ: no configuration" in refused.stderr
    assert refused.stderr.endswith("did you mean instance_type?\n")
    assert podroom("check", "--var", "instance_type=m5.large", str(guilty)).exit_code == 1


@pytest.mark.parametrize("name", ["broken.tf", "more.tf.json"])
def test_a_variable_that_may_be_declared_where_podroom_cannot_read_is_not_refused(guilty: Path, name: str) -> None:
    (guilty / name).write_text("{\n", encoding="utf-8")

    assert "no configuration that was read declares" not in podroom("check", "--var", "x=1", str(guilty)).output


@pytest.mark.parametrize(
    "arguments", [("no/such/folder",), ("--var", "novalue", "examples"), ("--var-file", "no.tfvars", "examples")]
)
def test_what_podroom_cannot_do_is_valid_json_too(arguments: tuple[str, ...]) -> None:
    result = podroom("check", "--format", "json", *arguments)

    document = json.loads(result.stdout)
    STRICT.validate(document)
    assert result.exit_code == 2
    assert [error["message"] in result.stderr for error in document["errors"]] == [True]
