"""Which module a source names, and which version of it a call means."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.adapters.registry import _HOMES, _load, choose, stand_in
from podroom.evaluation.project import Options, load_root
from podroom.positions import Document
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from podroom.sources.module_source import ModuleSource, allowed_majors, read_source

EKS = "terraform-aws-modules/eks/aws"
GIT = "github.com/terraform-aws-modules/terraform-aws-eks"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("terraform-aws-modules/eks/aws", ModuleSource(EKS)),
        ("registry.terraform.io/terraform-aws-modules/eks/aws", ModuleSource(EKS)),
        ("registry.opentofu.org/terraform-aws-modules/eks/aws", ModuleSource(EKS)),
        ("terraform-aws-modules/eks/aws//modules/karpenter", ModuleSource(EKS, "modules/karpenter")),
        ("github.com/terraform-aws-modules/terraform-aws-eks", ModuleSource(EKS)),
        ("github.com/terraform-aws-modules/terraform-aws-eks?ref=v20.8.4", ModuleSource(EKS, "", (20, 8, 4))),
        (f"git::https://{GIT}.git?ref=v21.0.0", ModuleSource(EKS, "", (21, 0, 0))),
        (
            f"git::https://{GIT}.git//modules/karpenter?ref=v20.1.0&depth=1",
            ModuleSource(EKS, "modules/karpenter", (20, 1, 0)),
        ),
        (f"git::ssh://git@{GIT}.git?ref=19.5", ModuleSource(EKS, "", (19, 5, 0))),
        ("git@github.com:terraform-aws-modules/terraform-aws-eks?ref=tags/v18.2.0", ModuleSource(EKS, "", (18, 2, 0))),
        ("git::git@github.com:Terraform-AWS-Modules/terraform-aws-eks?ref=main", ModuleSource(EKS)),
        ("https://github.com/terraform-aws-modules/terraform-aws-eks", ModuleSource(EKS)),
        ("tfr:///terraform-aws-modules/eks/aws?version=20.8.4", ModuleSource(EKS, "", (20, 8, 4))),
        ("github.com/acme/terraform-aws-x-y?ref=v4.32.1", ModuleSource("acme/x-y/aws", "", (4, 32, 1))),
        ("app.terraform.io/acme/eks/aws", None),
        ("./modules/eks", None),
        ("git::https://gitlab.example.com/acme/terraform-aws-eks.git", None),
        ("s3::https://s3.amazonaws.com/acme/eks.zip", None),
        ("", None),
    ],
)
def test_every_spelling_of_a_source_names_one_module(source: str, expected: ModuleSource | None) -> None:
    assert read_source(source) == expected


@pytest.mark.parametrize(
    ("constraint", "majors"),
    [
        ("20.8.4", (20,)),
        ("= 20.8.4", (20,)),
        ("v19.1", (19,)),
        ("~> 20.0", (20,)),
        ("~> 20.8.4", (20,)),
        ("~> 20", (20, 21)),
        (">= 18.0", (18, 19, 20, 21)),
        (">= 18.0, < 20.0", (18, 19)),
        ("> 19.99, != 20.1.0", (19, 20, 21)),
        ("<= 18.0.0", (17, 18)),
        ("< 18.0.0", (17,)),
        (">=19.0.0,<21.0.0", (19, 20)),
        ("~> 4.0", ()),
        ("latest", ()),
    ],
)
def test_a_constraint_allows_major_versions(constraint: str, majors: tuple[int, ...]) -> None:
    assert allowed_majors(constraint, (17, 18, 19, 20, 21)) == majors


@pytest.mark.parametrize(
    ("constraint", "ref", "arguments", "major"),
    [
        ("~> 19.0", None, ["kubernetes_version"], 19),
        (None, (18, 3, 0), ["cluster_name"], 18),
        (None, None, ["cluster_name", "subnets", "node_groups"], 17),
        (None, None, ["cluster_name", "subnet_ids", "aws_auth_roles"], 19),
        (None, None, ["cluster_name", "subnet_ids", "access_entries"], 20),
        (None, None, ["cluster_name", "subnet_ids"], 20),
        (None, None, ["name", "kubernetes_version", "addons"], 21),
        (None, None, ["subnet_ids"], 21),
        (">= 18.0", None, ["cluster_name", "cluster_version"], 20),
        (">= 18.0", None, ["name", "kubernetes_version"], 21),
        ("~> 4.0", None, ["name"], None),
        (None, (99, 0, 0), ["name"], None),
    ],
)
def test_the_version_comes_from_constraint_ref_arguments_and_is_else_the_newest(
    constraint: str | None, ref: tuple[int, int, int] | None, arguments: list[str], major: int | None
) -> None:
    found = choose(ModuleSource(EKS, "", ref), constraint, arguments)
    assert (None if found is None else found[1]) == major


@pytest.mark.parametrize(
    ("source", "release"),
    [
        ('source = "terraform-aws-modules/eks/aws"\n version = "20.8.3"', "v20 before v20.8.4"),
        ('source = "terraform-aws-modules/eks/aws"\n version = "20.8.5"', "v20 before v20.9.0"),
        ('source = "terraform-aws-modules/eks/aws"\n version = "~> 20.8.0"', "v20 before v20.9.0"),
        ('source = "terraform-aws-modules/eks/aws"\n version = ">= 20.1, < 20.9"', "v20 before v20.9.0"),
        ('source = "github.com/terraform-aws-modules/terraform-aws-eks?ref=v20.8.5"', "v20 before v20.9.0"),
        ('source = "terraform-aws-modules/eks/aws"\n version = "20.9.0"', "v20"),
        ('source = "terraform-aws-modules/eks/aws"\n version = "~> 20.8"', "v20"),
        ('source = "terraform-aws-modules/eks/aws"\n version = "19.21.0"', "v19"),
        ('source = "github.com/terraform-aws-modules/terraform-aws-eks?ref=v20.37.2"', "v20"),
    ],
)
def test_releases_before_a_change_are_restated_on_their_own(tmp_path: Path, source: str, release: str) -> None:
    (tmp_path / "main.tf").write_text(f'module "eks" {{\n {source}\n}}\n', encoding="utf-8")
    root = load_root(Files(str(tmp_path), parse), str(tmp_path), Options(adapters=stand_in))
    (call,) = root.calls()
    assert call.supplied is not None
    assert call.supplied.supplier == f"terraform-aws-modules/eks/aws {release}"


HOMES = [home for homes in _HOMES.values() for home in homes]


@pytest.mark.parametrize("home", HOMES)
def test_every_adapter_is_valid_terraform_where_its_home_says(home: str) -> None:
    adapter = _load(home)
    assert home in _HOMES[adapter.module, adapter.submodule]
    texts = [adapter.restated(major) for major in adapter.majors] + [one.text() for one in adapter.earlier]
    for text in texts:
        parsed = parse(Document(home, text))
        assert not parsed.problems
        assert parsed.body.blocks
