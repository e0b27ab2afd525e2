"""The layouts in which the tools find the real sources of modules."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import check_expansions
import check_expressions
from check_expansions import worlds
from checkout import CHECKOUT
from command import run_tool
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
        "v21.19.0/terraform-aws-eks",
        "terraform-aws-modules_eks_aws_21.19.0",
        "terraform-aws-modules/eks/21.19.0",
        "sources/eks/v21.19.0",
        "eks-21.19.0",
        "eks-v21.19.0",
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


@pytest.mark.parametrize("name", ["eks-21.19.0", "terraform-aws-eks", "eks"])
def test_the_folder_may_be_that_of_a_module_itself_or_a_link(name: str, tmp_path: Path) -> None:
    folder = module(tmp_path / name)
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / name).symlink_to(folder)
    assert ModuleSources(folder).find(EKS, "21.19.0", "eks") == folder
    assert ModuleSources(tmp_path / "links").find(EKS, "21.19.0", "eks") == tmp_path / "links" / name


def test_the_changelog_tells_the_version_that_the_place_does_not_tell(tmp_path: Path) -> None:
    folder = module(tmp_path / "eks")
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## [20.8.5](https://x) (2024-04-08)\n", encoding="utf-8")
    sources = ModuleSources(tmp_path)
    assert sources.find(EKS, "20.8.5", "eks") == folder
    assert sources.find(EKS, "21.19.0", "eks") is None


@pytest.mark.parametrize("below", ["{key}", ".terraform/modules/{key}"])
def test_a_folder_with_the_name_of_a_case_is_for_that_case_alone(below: str, tmp_path: Path) -> None:
    folders = {
        case: {key: module(tmp_path / case / below.format(key=key)) for key in ("eks", "eks.kms")}
        for case in ("eks20", "eks21")
    }
    sources = ModuleSources(tmp_path)
    for case, found in folders.items():
        own = sources.of_case(case)
        assert own.find(EKS, "21.19.0", "eks") == found["eks"]
        assert own.find("terraform-aws-modules/kms/aws", "4.0.0", own.key(found["eks"], "kms")) == found["eks.kms"]
    assert sources.of_case("eks18").find(EKS, "18.31.2", "eks") is None
    assert sources.missing == {f"{EKS} 18.31.2"}
    assert sources.used == {folder for found in folders.values() for folder in found.values()}


def test_a_module_of_another_owner_is_another_module(tmp_path: Path) -> None:
    module(tmp_path / "cloudposse" / "vpc" / "2.2.0")
    assert ModuleSources(tmp_path).find("terraform-aws-modules/vpc/aws", "~> 2.0") is None


DATA = CHECKOUT / "tests" / "oracle" / "data"
EXPANSIONS = DATA / "module-expansions"
CONTEXT = DATA / "terraform-expressions" / "ctx"


TOOLS = {"check_expansions.py": check_expansions.main, "check_expressions.py": check_expressions.main}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("check_expansions.py", "ABSENT"), "no such folder: ABSENT"),
        (("check_expansions.py", "EMPTY"), "no expansions (*.json) in EMPTY"),
        (("check_expansions.py", "EMPTY", "--modules", "EMPTY", "--same-world"), "or Terraform files in EMPTY"),
        (("check_expansions.py", "CASES", "--modules", "ABSENT"), "no such folder: ABSENT"),
        (("check_expansions.py", "CASES", "--modules", "EMPTY"), "no modules in EMPTY"),
        (("check_expressions.py", "ABSENT", "EMPTY"), "no such file: ABSENT"),
        (("check_expressions.py", "FILE", "ABSENT"), "no such folder: ABSENT"),
        (("check_expressions.py", "FILE", "EMPTY"), "no Terraform files in this folder: EMPTY"),
        (("check_expressions.py", "FILE", "CONTEXT"), "no cases in FILE"),
    ],
)
def test_a_check_of_nothing_fails_with_one_sentence(
    arguments: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = {"ABSENT": tmp_path / "absent", "EMPTY": tmp_path, "CASES": EXPANSIONS, "CONTEXT": CONTEXT}
    places["FILE"] = tmp_path / "cases.jsonl"
    places["FILE"].write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(places.get(argument, argument)) for argument in arguments])
    for name, place in places.items():
        sentence = sentence.replace(name, str(place))
    assert run_tool(TOOLS[arguments[0]]) == 2
    written = capsys.readouterr()
    assert not written.out
    assert sentence in written.err
    assert len(written.err.splitlines()) == 1


def test_modules_that_no_case_calls_are_no_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module(tmp_path / "modules" / "terraform-aws-lambda-1.0.0")
    (tmp_path / "cases").mkdir()
    shutil.copy(EXPANSIONS / "autoscaling9.json", tmp_path / "cases")
    arguments = [str(tmp_path / "cases"), "--modules", str(tmp_path / "modules")]
    monkeypatch.setattr(sys, "argv", ["check_expansions.py", *arguments])
    assert run_tool(check_expansions.main) == 2
    assert "nothing was compared with their sources" in capsys.readouterr().err


def test_a_closed_pipe_ends_a_tool_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code = f"import sys; sys.path.insert(0, {str(CHECKOUT / 'tools')!r})\nfrom command import run_tool\n"
    code += "sys.exit(run_tool(lambda: print('much' * 100_000) or 0))"
    ended = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert ended.returncode == 141
    assert not ended.stderr


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
