"""Which files outside of the project may be read: those that a module brings along which is called by its path."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.evaluation.project import load_root
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """Return the folder of a module that has its own example, as an archive of it without `.git` has."""
    files = {
        "module/main.tf": (
            'module "inner" {\n  source = "./inner"\n}\noutput "text" {\n  value = module.inner.text\n}\n'
        ),
        "module/inner/main.tf": 'output "text" {\n  value = file("${path.module}/../script.sh")\n}\n',
        "module/script.sh": "room",
        "module/.git-credentials": "secret",
        "module/examples/plain/main.tf": (
            'module "whole" {\n  source = "../.."\n}\n'
            'resource "terraform_data" "r" {\n'
            "  input  = module.whole.text\n"
            '  hidden = file("../../.git-credentials")\n'
            '  beside = file("../../../beside")\n}\n'
        ),
        "beside": "secret",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "module"


def test_a_module_that_was_followed_out_of_the_project_reads_its_own_files_and_nothing_else(module: Path) -> None:
    example = str(module / "examples" / "plain")
    (resource,) = load_root(Files(example, parse), example).resources("terraform_data")
    values = {name: resource.body.attribute(name) for name in ("input", "hidden", "beside")}
    texts = {name: field.string() for name, field in values.items() if field is not None}

    assert texts["input"].need() == "room"
    for name in ("hidden", "beside"):
        assert "lies outside the project" in getattr(texts[name], "reason", "")


def test_a_folder_without_configuration_opens_nothing(module: Path) -> None:
    (module / "main.tf").unlink()
    example = str(module / "examples" / "plain")
    files = Files(example, parse)

    assert files.child(example, "../..") is not None
    assert "lies outside the project" in str(files.read_text(example, "../../script.sh"))
