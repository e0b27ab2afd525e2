"""Files are found by their name and their bytes; everything else is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from podroom.sources.search import EKSCTL, LARGEST_SEARCHED, MANIFEST, YAML, Interest, search

CONFIG = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata:\n  name: main\n"
LABELS = Interest("a label", (".yaml",), (b"eksctl",))


def write(folder: Path, *names: str, text: str = CONFIG) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(folder: Path, *interests: Interest, paths: tuple[str, ...] = (".",)) -> list[str]:
    given = [str(folder / path) for path in paths]
    results = search(given, Files(str(folder), parse), interests or (EKSCTL,))
    return [Path(one.document.path).resolve().relative_to(folder.resolve()).as_posix() for one in results]


def test_what_has_the_name_and_the_bytes_is_found_in_order(tmp_path: Path) -> None:
    write(tmp_path, "b.yml", "a.yaml", "c.json", "deep/er/d.yaml.tpl", "notes.md", "e.yaml.txt")
    write(tmp_path, "other.yaml", text="nodeSelector:\n  alpha.eksctl.io/nodegroup-name: blue\n")

    assert found(tmp_path) == ["a.yaml", "b.yml", "c.json", "deep/er/d.yaml.tpl"]


def test_hidden_folders_and_those_of_nobody_are_left_out_but_for_continuous_integration(tmp_path: Path) -> None:
    write(tmp_path, ".terraform/a.yaml", ".git/b.yaml", "node_modules/c.yaml", ".github/workflows/d.yaml", ".e.yaml")

    assert found(tmp_path) == [".e.yaml", ".github/workflows/d.yaml"]


def test_a_file_below_several_of_the_paths_is_found_once(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.yaml")

    assert found(tmp_path, paths=("sub/a.yaml", "sub", ".")) == ["sub/a.yaml"]


def test_a_file_of_several_interests_is_found_for_each(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml")

    assert found(tmp_path, EKSCTL, LABELS) == ["a.yaml", "a.yaml"]


def test_a_file_that_is_named_must_have_the_right_ending_too(tmp_path: Path) -> None:
    write(tmp_path, "README.md")

    assert found(tmp_path, paths=("README.md",)) == []


def test_what_cannot_be_opened_or_is_too_large_to_be_written_by_hand_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "dangling.yaml").symlink_to("nowhere")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    write(tmp_path, "data.json", text=" " * LARGEST_SEARCHED + CONFIG)

    assert found(tmp_path) == []


@pytest.mark.parametrize("data", [b"\xff", b"\x00"])
def test_a_file_of_interest_that_is_no_text_is_a_problem(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.yaml").write_bytes(CONFIG.encode() + data)
    files = Files(str(tmp_path), parse)

    assert search([str(tmp_path)], files, (EKSCTL,)) == []
    assert len(files.problems) == 1


def test_unrelated_yaml_costs_no_parser(tmp_path: Path) -> None:
    for ending in YAML:
        write(tmp_path, f"unrelated{ending}", text="kind: Deployment\n")
    write(tmp_path, "main.tf", text="")
    program = "import sys; from podroom.cli.commands import podroom; podroom(['check', '.'], standalone_mode=False); "
    program += "sys.exit(any(name in sys.modules for name in ('yaml', 'jsonschema', 'podroom.assembly.eksctl')))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    assert subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=False).returncode == 0


def test_workloads_with_labels_of_karpenter_are_not_even_read(tmp_path: Path) -> None:
    labels = "kind: Deployment\nannotations: {karpenter.sh/do-not-disrupt: 'true'}\n"
    write(tmp_path, "app.yaml", text=f"{labels}nodeSelector: {{karpenter.sh/nodepool: blue}}\n")
    write(tmp_path, "pool.yaml", text="apiVersion: karpenter.sh/v1\nkind: NodePool\n")

    assert found(tmp_path, MANIFEST) == ["pool.yaml"]
