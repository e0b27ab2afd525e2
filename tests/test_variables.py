"""Which of several suppliers gives a variable its value, and which variable files are variants of a root module."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checkout import podroom
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from podroom.sources.variants import MOST_VARIANTS, find_variants

ROOT = """
variable "v" {
  type    = string
  default = "default"
}

variable "w" {
  type    = string
  default = ""
}

resource "aws_eks_node_group" "nodes" {
  cluster_name   = "main"
  instance_types = [var.v]
  subnet_ids     = []
}
"""
FILES = {
    "terraform.tfvars": 'v = "terraform.tfvars"',
    "terraform.tfvars.json": '{"v": "terraform.tfvars.json"}',
    "B.auto.tfvars": 'v = "B.auto.tfvars"',
    "a.auto.tfvars.json": '{"v": "a.auto.tfvars.json"}',
    "b.auto.tfvars": 'v = "b.auto.tfvars"',
}


def write(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    return folder


def values(folder: Path, *options: str) -> list[str]:
    """Return the value of `var.v` in each World of a root module."""
    shown = json.loads(podroom("show", "--format", "json", *options, str(folder)).stdout)
    return [world["node_groups"][0]["instance_types"]["items"][0]["type"]["value"] for world in shown["worlds"]]


@pytest.mark.parametrize(
    ("files", "options", "expected"),
    [
        (0, (), "default"),
        (0, ("--env-vars",), "environment"),
        *((count, ("--env-vars",), name) for count, name in enumerate(FILES, 1)),
        (5, ("--var", "v=line"), "line"),
        (5, ("--var-file", "x.tfvars"), "x.tfvars"),
        (5, ("--var", "v=line", "--var-file", "x.tfvars"), "x.tfvars"),
        (5, ("--var-file", "x.tfvars", "--var", "v=line"), "line"),
        (5, ("--var-file", "x.tfvars", "--var", "v=line", "--var-file", "y.tfvars.json"), "y.tfvars.json"),
        (5, ("--var=v=1", "--var", "v=2", "--var", "w=3"), "2"),
    ],
)
def test_the_strongest_supplier_of_a_variable_is_the_one_that_terraform_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, options: tuple[str, ...], expected: str
) -> None:
    monkeypatch.setenv("TF_VAR_v", "environment")
    root = write(tmp_path / "root", {"main.tf": ROOT, **dict(list(FILES.items())[:files])})
    write(tmp_path, {"x.tfvars": 'v = "x.tfvars"', "y.tfvars.json": '{"v": "y.tfvars.json"}'})

    given = [str(tmp_path / option) if option.endswith((".tfvars", ".json")) else option for option in options]

    assert values(root, *given) == [expected]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, []),
        ({"prod.tfvars": "v = 1", "dev.tfvars.json": '{"v": 2}'}, ["dev.tfvars.json", "prod.tfvars"]),
        ({"env/prod/terraform.tfvars": "v = 1", "env/dev/x.auto.tfvars": "v = 1"}, ["env/dev/x.auto", "env/prod/terr"]),
        ({"terraform.tfvars": "v = 1", "x.auto.tfvars": "v = 1"}, []),
        ({"a.tfvars": "v = 1", "b.tfvars": "w = 1"}, ["a.tfvars + b.tfvars"]),
        ({"a.tfvars": "v = 1", "b.tfvars": "v = 2", "c.tfvars": "w = 1"}, ["c.tfvars + a.tf", "c.tfvars + b.tf"]),
        ({"dev.tfvars": "v = 1", "prod.tfvars": "w = 2"}, ["dev.tfvars", "prod.tfvars"]),
        (
            {"dev.tfvars": "v = 1", "eks-dev.tfvars": "w = 1", "x-prod.tfvars.json": '{"w": 2}', "x.tfvars": "v = 1"},
            ["dev.tfvars + eks-dev.tfvars", "x-prod.tfvars.json", "x.tfvars"],
        ),
        (
            {"a-dev.tfvars": "v = 1", "b-dev.tfvars": "w = 1", "prod.tfvars": "v = 2\nw = 2"},
            ["a-dev.tfvars + b-dev.tfvars", "prod.tfvars"],
        ),
        ({"dev.tfvars": "v = 1", "dev-sizes.tfvars": "w = 1"}, ["dev-sizes.tfvars + dev.tfvars"]),
        (
            {"common.tfvars": "w = 1", "live.tfvars": "v = 1", "stage.tfvars": "x = 2"},
            ["common.tfvars + live.tfvars", "common.tfvars + stage.tfvars"],
        ),
        (
            {"c.tfvars": "w = 1", "env/a.tfvars": "v = 1", "env/b.tfvars": "v = 2"},
            ["c.tfvars + env/a", "c.tfvars + env/b"],
        ),
        ({"c.tfvars": "v = 1", "env/a.tfvars": "v = 1"}, ["c.tfvars", "env/a.tfvars"]),
        ({"x.tfvars": "u = 1"}, []),
        ({"backend.tfvars": "v = 1\nbucket = 2\nkey = 3"}, []),
        ({"x.tfvars": "v = 1\nu = 2"}, ["x.tfvars"]),
        ({"module/x.tfvars": "v = 1", "module/main.tf.json": "{}"}, []),
        ({".hidden/x.tfvars": "v = 1", ".x.tfvars": "v = 1", "x.tfvars.example": "v = 1"}, []),
    ],
)
def test_variable_files_below_a_root_are_its_variants(
    tmp_path: Path, texts: dict[str, str], expected: list[str]
) -> None:
    root = write(tmp_path, {"main.tf": ROOT, **texts})

    variants = find_variants(Files(str(root), parse), str(root), {"v", "w", "x"}).found

    names = [variant.name.replace(f"{root.as_posix()}/", "") for variant in variants]
    assert len(names) == len(expected)
    assert all(name.startswith(part) for name, part in zip(names, expected, strict=True)), names


def test_a_root_with_variants_is_judged_without_any_where_it_could_be_deployed_so(tmp_path: Path) -> None:
    root = write(tmp_path, {"main.tf": ROOT, "a.tfvars": 'v = "a"', "terraform.tfvars": 'v = "plain"'})

    assert values(root) == ["plain", "a"]
    assert values(root, "--var", "v=line") == ["line", "line"]
    assert values(root, "--var-file", str(root / "a.tfvars")) == ["a"]
    (root / "more.tf").write_text('variable "required" {}\n', encoding="utf-8")
    assert values(root) == ["a"]


def test_a_variable_file_that_nobody_named_and_nobody_can_read_is_said_and_is_no_failure(tmp_path: Path) -> None:
    root = write(tmp_path, {"main.tf": ROOT})
    (root / "secret.tfvars").write_bytes(b"\x00GITCRYPT\x00...")

    result = podroom("check", str(root))

    assert result.exit_code == 0
    assert "secret.tfvars is encrypted by git-crypt" in result.output


def test_a_variable_file_that_is_used_and_broken_is_a_failure_and_one_that_is_not_used_is_none(tmp_path: Path) -> None:
    root = write(tmp_path, {"main.tf": ROOT, "other.tfvars": "u = 1\nnonsense"})

    assert podroom("check", str(root)).exit_code == 0
    (root / "a.tfvars").write_text('v = "a"\nw = {\n', encoding="utf-8")
    assert podroom("check", str(root)).exit_code == 2


def test_more_variable_files_than_are_judged_are_said(tmp_path: Path) -> None:
    root = write(tmp_path, {"main.tf": ROOT, **{f"{n:03}.tfvars": f'v = "m{n}"' for n in range(MOST_VARIANTS + 2)}})

    result = podroom("check", str(root))

    assert f"in {MOST_VARIANTS} variants" in result.output
    assert f"{MOST_VARIANTS:03}.tfvars:1:1: it is not judged with 2 more variable files" in result.output


def test_what_holds_with_some_variants_names_them_once(tmp_path: Path) -> None:
    root = write(
        tmp_path, {"main.tf": ROOT, **{f"{name}.tfvars": f'v = "{name}.large"' for name in ("m5", "xx", "yy")}}
    )
    (root / "zz.tfvars").write_text('v = "yy.large"\n', encoding="utf-8")

    document = json.loads(podroom("check", "--format", "json", str(root)).stdout)

    assert len(document["roots"]) == 1
    several = {Path(name).name for item in document["undecided"] for name in item["variants"]}
    assert several
    assert "m5.tfvars" not in several
    reasons = [(item["reason"], item["path"], item["line"]) for item in document["undecided"]]
    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ('v = upper("m5.large")', "1:5", "upper() is called here, and Terraform calls no functions"),
        ('v = "${try("m5", "m6")}.large"', "1:8", "try() is called here, and Terraform calls no functions"),
        ("v = var.w", "1:5", "var.w is named here, and Terraform looks nothing up"),
        ("v = path.module", "1:5", "path.module is named here, and Terraform looks nothing up"),
        ('v = "a"\nw {\n}', "2:1", 'a variable file gives values only, and no block such as "w"'),
    ],
)
def test_what_terraform_refuses_in_a_variable_file_is_said_with_its_place(
    text: str, place: str, told: str, tmp_path: Path
) -> None:
    root = write(tmp_path, {"main.tf": ROOT, "terraform.tfvars": text})

    result = podroom("check", str(root))

    assert result.exit_code == 2
    assert f"not read: {told}" in result.output
    assert f"terraform.tfvars:{place}\n" in result.output


def test_operators_and_expressions_of_what_is_written_are_values_of_variables(tmp_path: Path) -> None:
    text = 'v = 1 == 1 ? "m5.${[for size in ["large"] : size][0]}" : "x"'
    assert values(write(tmp_path, {"main.tf": ROOT, "terraform.tfvars": text})) == ["m5.large"]
    assert values(write(tmp_path, {"terraform.tfvars": "", "terraform.tfvars.json": '{"v": "${upper(1)}"}'})) == [
        "${upper(1)}"
    ]


def test_a_value_on_the_command_line_calls_no_functions_either(tmp_path: Path) -> None:
    root = write(tmp_path, {"main.tf": ROOT.replace("type    = string", "type    = any", 1)})
    result = podroom("check", "--var", 'v=upper("x")', str(root))
    assert result.exit_code == 2, result.output
    assert "Terraform calls no functions in the values of variables" in result.output
