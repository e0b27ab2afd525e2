"""The layouts in which the tools find the real sources of modules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from check_expansions import worlds
from module_sources import ModuleSources

EKS = "terraform-aws-modules/eks/aws"


def module(folder: Path, text: str = "") -> Path:
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "place",
    [
        "terraform-aws-modules/eks/aws/21.19.0",
        "terraform-aws-modules/eks/aws/v21.19.0",
        "registry.terraform.io/terraform-aws-modules/eks/aws/21.19.0",
        "terraform-aws-modules/terraform-aws-eks/v21.19.0",
        "terraform-aws-modules/terraform-aws-eks-21.19.0",
        "terraform-aws-modules+terraform-aws-eks@v21.19.0",
        "terraform-aws-eks-21.19.0",
        "terraform-aws-eks_v21.19.0",
        "terraform-aws-eks/21.19.0",
        "terraform-aws-eks",
        "eks",
        ".terraform/modules/eks",
    ],
)
def test_a_module_is_found_in_every_usual_place(place: str, tmp_path: Path) -> None:
    folder = module(tmp_path / place)
    module(tmp_path / place / "modules" / "karpenter")
    module(tmp_path / "terraform-aws-vpc-6.6.0")
    sources = ModuleSources(tmp_path)
    assert sources.find(EKS, "21.19.0", "eks") == folder
    assert sources.find("github.com/terraform-aws-modules/terraform-aws-eks?ref=v21.19.0", None, "eks") == folder
    assert sources.find(f"{EKS}//modules/karpenter", "~> 21.0", "eks") == folder / "modules" / "karpenter"
    assert not sources.missing


def test_the_version_decides_and_what_is_not_there_is_named(tmp_path: Path) -> None:
    old, new = module(tmp_path / "terraform-aws-eks-20.37.2"), module(tmp_path / "terraform-aws-eks-20.8.5")
    sources = ModuleSources(tmp_path)
    assert sources.find(EKS, "~> 20.0") == old
    assert sources.find(EKS, "20.8.5") == new
    assert sources.find(EKS, ">= 20.0, < 20.30") == new
    assert sources.find(EKS, "~> 21.0") is None
    assert sources.find("cloudposse/eks-cluster/aws", "4.0.0") is None
    assert sources.missing == {"terraform-aws-modules/eks/aws ~> 21.0", "cloudposse/eks-cluster/aws 4.0.0"}


def test_modules_json_says_what_its_folders_are(tmp_path: Path) -> None:
    folder, inner = module(tmp_path / ".terraform/modules/eks"), module(tmp_path / ".terraform/modules/eks.kms")
    entries = [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "local", "Source": "./modules/local", "Dir": "modules/local"},
        {
            "Key": "eks",
            "Source": f"registry.terraform.io/{EKS}",
            "Version": "20.37.2",
            "Dir": ".terraform/modules/eks",
        },
        {
            "Key": "eks.kms",
            "Source": "registry.terraform.io/terraform-aws-modules/kms/aws",
            "Version": "2.1.0",
            "Dir": ".terraform/modules/eks.kms",
        },
    ]
    (tmp_path / ".terraform/modules/modules.json").write_text(json.dumps({"Modules": entries}), encoding="utf-8")
    for root in (tmp_path, tmp_path / ".terraform/modules"):
        sources = ModuleSources(root)
        assert sources.find(EKS, "~> 20.0", "eks") == folder
        assert sources.find("terraform-aws-modules/kms/aws", "2.1.0", "eks.kms") == inner
        assert sources.key(folder, "kms") == "eks.kms"


def test_the_world_of_real_sources_is_told_from_that_of_the_adapters(tmp_path: Path) -> None:
    module(
        tmp_path / "modules" / "terraform-aws-vpc-6.6.0",
        'variable "private_subnets" {}\nresource "aws_subnet" "private" {\n'
        "  count = length(var.private_subnets)\n  cidr_block = var.private_subnets[count.index]\n}\n",
    )
    root = module(
        tmp_path / "root",
        'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n  version = "~> 6.0"\n'
        '  azs = ["eu-west-1a"]\n  private_subnets = ["10.0.0.0/24"]\n}\n',
    )
    adapted, expanded = worlds(root, ModuleSources(tmp_path / "modules"))
    cidr, zone = "module.vpc.aws_subnet.private[0].cidr", "module.vpc.aws_subnet.private[0].zone"
    assert (adapted[cidr], expanded[cidr]) == ('"10.0.0.0/24"', '"10.0.0.0/24"')
    assert (adapted[zone], expanded[zone]) == ("eu-west-1a", "unknown")
    assert worlds(root, ModuleSources(tmp_path / "root"))[1][zone] == "eu-west-1a"
