"""In which workspaces a root module is judged where nobody says which is meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checkout import podroom
from podroom.assembly.workspaces import DEFAULT
from podroom.sources.variants import MOST_VARIANTS

GROUP = """
resource "aws_eks_node_group" "nodes" {
  cluster_name   = "main"
  instance_types = [TYPE]
  subnet_ids     = []
}
"""
SIZES = 'locals {\n  size = { dev = "t3.small", prod = "m5.large" }\n  here = terraform.workspace\n}\n'


def write(folder: Path, types: str, more: str = "") -> Path:
    (folder / "main.tf").write_text(SIZES + GROUP.replace("TYPE", types) + more, encoding="utf-8")
    return folder


def types(folder: Path, *options: str) -> dict[str | None, object]:
    """Return the instance type in each variant, its candidates where it is not known."""
    shown = json.loads(podroom("show", "--format", "json", *options, str(folder)).stdout)
    found = {}
    for world in shown["worlds"]:
        value = world["node_groups"][0]["instance_types"]["items"][0]["type"]
        found[world["variant"]] = value.get("value", value.get("one_of", "unknown"))
    return found


OTHERS = "any other workspace"
DEV_AND_PROD = {"workspace dev": "t3.small", "workspace prod": "m5.large"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("local.size[terraform.workspace]", DEV_AND_PROD),
        ("local.size[local.here]", DEV_AND_PROD),
        ('lookup(local.size, terraform.workspace, "r5.large")', {**DEV_AND_PROD, OTHERS: "r5.large"}),
        ('try(local.size[terraform.workspace], "r5.large")', {**DEV_AND_PROD, OTHERS: "r5.large"}),
        ('terraform.workspace == "prod" ? "m5.large" : "t3.small"', {"workspace prod": "m5.large", OTHERS: "t3.small"}),
        ('"prod" != local.here ? "t3.small" : "m5.large"', {"workspace prod": "m5.large", OTHERS: "t3.small"}),
        (
            'contains(["prod", "live"], terraform.workspace) ? "m5.large" : "t3.small"',
            {"workspace prod": "m5.large", "workspace live": "m5.large", OTHERS: "t3.small"},
        ),
        (
            'local.size[terraform.workspace == "default" ? "dev" : terraform.workspace]',
            {"workspace default": "t3.small", **DEV_AND_PROD},
        ),
        ("[for name, type in local.size : type if name == terraform.workspace][0]", DEV_AND_PROD),
        ('{ a = local.size[terraform.workspace], b = "m5.large" }.b', {None: "m5.large"}),
        ('terraform.workspace == "../prod" ? "m5.large" : "t3.small"', {None: "unknown"}),
        ('"${terraform.workspace}.large"', {None: "unknown"}),
    ],
)
def test_a_root_is_judged_in_each_workspace_that_it_tells_apart(
    expression: str, expected: dict[str | None, object], tmp_path: Path
) -> None:
    found = types(write(tmp_path, expression))
    assert found.keys() == expected.keys()
    known = {name: value for name, value in expected.items() if value != "unknown"}
    assert {name: found[name] for name in known} == known


def test_a_workspace_that_is_given_is_the_only_one(tmp_path: Path) -> None:
    root = write(tmp_path, "local.size[terraform.workspace]")
    assert types(root, "--workspace", "prod") == {None: "m5.large"}


def test_a_workspace_that_terraform_refuses_is_not_judged_and_said_where_the_configuration_names_it(
    tmp_path: Path,
) -> None:
    more = '\nlocals {\n  on = terraform.workspace == "stage" || terraform.workspace == "default"\n}\n'
    found = podroom("check", str(write(tmp_path, 'local.on ? local.size[terraform.workspace] : "m5.large"', more)))
    assert found.exit_code == 0
    assert (
        "it is not judged in workspace stage, which Terraform refuses: there is no element with the key" in found.output
    )
    assert DEFAULT not in found.output


def test_what_only_hangs_on_the_workspace_elsewhere_makes_no_variants(tmp_path: Path) -> None:
    bucket = '\nresource "aws_s3_bucket" "b" {\n  bucket = local.size[terraform.workspace]\n}\n'
    assert types(write(tmp_path, '"m5.large"', bucket)) == {None: "m5.large"}


def test_variable_files_that_are_named_after_a_workspace_go_with_that_one(tmp_path: Path) -> None:
    more = '\nvariable "v" {\n  default = ""\n}\n'
    root = write(tmp_path, '"${lookup(local.size, terraform.workspace, "r5.large")}${var.v}"', more)
    (root / "environments" / "prod").mkdir(parents=True)
    (root / "environments" / "prod" / "eks.tfvars").write_text('v = "-p"\n', encoding="utf-8")
    (root / "environments" / "other.tfvars").write_text('v = "-o"\n', encoding="utf-8")
    found = {(name or "").replace(f"{root}/environments/", ""): value for name, value in types(root).items()}
    assert found == {
        "other.tfvars + workspace dev": "t3.small-o",
        f"other.tfvars + {OTHERS}": "r5.large-o",
        "prod/eks.tfvars + workspace prod": "m5.large-p",
    }


def test_more_workspaces_than_are_judged_are_said(tmp_path: Path) -> None:
    many = ", ".join(f'w{number:03} = "m5.large"' for number in range(MOST_VARIANTS + 2))
    (tmp_path / "main.tf").write_text(GROUP.replace("TYPE", f"{{ {many} }}[terraform.workspace]"), encoding="utf-8")
    found = podroom("check", str(tmp_path))
    assert f"in {MOST_VARIANTS} variants" in found.output
    assert "it is not judged in 2 more workspaces, from w040 on; name them by --workspace" in found.output


def test_a_finding_names_the_workspace_that_it_holds_in(tmp_path: Path) -> None:
    root = write(tmp_path, '"t3.nano"')
    text = (root / "main.tf").read_text(encoding="utf-8").replace('"t3.nano"', "local.size[terraform.workspace]")
    (root / "main.tf").write_text(text.replace('"t3.small"', '"t3.nano"'), encoding="utf-8")
    document = json.loads(podroom("check", "--format", "json", str(root)).stdout)
    found = [finding for finding in document["findings"] if finding["code"] == "PR113"]
    assert [finding["variants"] for finding in found] == [["workspace dev"]]
