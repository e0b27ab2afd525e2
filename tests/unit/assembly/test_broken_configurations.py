from __future__ import annotations

from pathlib import Path

from podroom.testing import judge_folder
from podroom_rules import rules

GROUP = """
resource "aws_eks_node_group" "{name}" {{
  cluster_name   = "main"
  subnet_ids     = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types = ["m5.large"]
  scaling_config {{
    min_size     = 1
    desired_size = 1
    max_size     = 1
  }}
}}
"""


def problems(folder: Path, **files: str) -> list[str]:
    for name, text in files.items():
        (folder / f"{name}.tf").write_text(text, encoding="utf-8")
    return [problem.message for problem in judge_folder(folder, rules()).problems]


def test_a_module_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    found = problems(tmp_path, main=GROUP.format(name="a") + 'module "network" {\n  source = "./nope"\n}\n')
    assert found == ["module.network calls ./nope, and there is no such folder"]


def test_a_resource_that_is_declared_twice_is_said(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, a=GROUP.format(name="a"), b=GROUP.format(name="a"))
    assert found.startswith("aws_eks_node_group.a is declared a second time; the first declaration is at ")
    assert found.endswith("a.tf:2:1")


def test_a_local_that_is_declared_twice_is_said(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, main=GROUP.format(name="a") + "locals {\n  x = 1\n}\nlocals {\n  x = 2\n}\n")
    assert found.startswith("local.x is declared a second time")


def test_an_override_file_is_no_second_declaration(tmp_path: Path) -> None:
    assert problems(tmp_path, main=GROUP.format(name="a"), main_override=GROUP.format(name="a")) == []


def test_a_folder_of_samples_that_clash_is_said_a_few_times(tmp_path: Path) -> None:
    text = "".join(GROUP.format(name=f"n{number}") for number in range(20))
    found = problems(tmp_path, a=text, b=text)
    assert len(found) == 5
    assert found[-1] == "this and 15 more names are declared a second time in this folder"
