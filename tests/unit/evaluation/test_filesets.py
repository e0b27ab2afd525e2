"""Which files `fileset` finds.  The expected names are what Terraform 1.11.4 answered for the same folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.evaluation import filesets
from podroom.evaluation.project import load_root
from podroom.evaluation.reading import Field
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse

ALL_YAML = "[x].yaml .dot.yaml a.yaml"
EVERYTHING = f"{ALL_YAML} .hidden/e.yaml b.yml link/c.yaml link/deep/d.yaml sub/c.yaml sub/deep/d.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (*ALL_YAML.split(), "b.yml", ".hidden/e.yaml", "sub/c.yaml", "sub/deep/d.yaml"):
        file = tmp_path / "project" / "g" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("", encoding="utf-8")
    (tmp_path / "project" / "g" / "link").symlink_to("sub")
    return tmp_path / "project"


def found(project: Path, folder: str, pattern: str) -> Field:
    (project / "main.tf").write_text(
        f'resource "terraform_data" "r" {{\n  input = fileset("{folder}", "{pattern}")\n}}\n', encoding="utf-8"
    )
    root = load_root(Files(str(project), parse), str(project))
    (resource,) = root.resources("terraform_data")
    field = resource.body.attribute("input")
    assert field is not None
    return field


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("", ""),
        ("*", f"{ALL_YAML} b.yml"),
        ("*.yaml", ALL_YAML),
        ("**", EVERYTHING),
        ("**/", EVERYTHING),
        ("**.yaml", ALL_YAML),
        ("**/*.yaml", EVERYTHING.replace("b.yml ", "")),
        ("**/deep/*", "link/deep/d.yaml sub/deep/d.yaml"),
        ("*.{yaml,yml}", f"{ALL_YAML} b.yml"),
        ("../g/*.yaml", ALL_YAML),
        ("./a.yaml", "a.yaml"),
        ("?.yaml", "a.yaml"),
        ("[!a]*", "a.yaml"),
        ("[^a].*", "b.yml"),
        ("[a-b].*", "a.yaml b.yml"),
        ("\\\\[x].yaml", "[x].yaml"),
        ("a{,.yaml}", "a.yaml"),
        ("l*/*", "link/c.yaml"),
        ("link/*", "link/c.yaml"),
        ("nope/*", ""),
        ("s*/*", "sub/c.yaml"),
        ("sub/**", "sub/c.yaml sub/deep/d.yaml"),
        ("sub/**.yaml", "sub/c.yaml"),
        ("sub/**/*.yaml", "sub/c.yaml sub/deep/d.yaml"),
        ("{a,b}.y*ml", "a.yaml b.yml"),
    ],
)
def test_the_files_are_those_that_terraform_finds(project: Path, pattern: str, names: str) -> None:
    members = found(project, "${path.module}/g", pattern).items()
    assert [item.string().need() for item in members.need()] == sorted(names.split())


def test_a_folder_that_is_not_there_has_no_files(project: Path) -> None:
    assert found(project, "nope", "*").items().need() == ()


@pytest.mark.parametrize(
    ("folder", "pattern", "reason"),
    [
        ("..", "*", "outside the project"),
        (".", "../*", "outside the project"),
        ("/", "**", "outside the project"),
        ("g", "{sub/c,a}.yaml", "no pattern of file names"),
        ("g", "[", "no pattern of file names"),
        ("g", "{a,{b,c}}.*", "braces in braces"),
        ("g", "{,a}" * 20, "more patterns than podroom tries"),
        ("${terraform.workspace}", "*", None),
    ],
)
def test_what_is_not_found_out_says_why(project: Path, folder: str, pattern: str, reason: str | None) -> None:
    members = found(project, folder, pattern).items()
    if reason is None:
        assert members.complete
    else:
        assert reason in members.missing[0].reason


def test_links_out_of_the_project_are_not_followed(project: Path) -> None:
    (project.parent / "secret").mkdir()
    (project.parent / "secret" / "key.yaml").write_text("", encoding="utf-8")
    (project / "g" / "out").symlink_to("../../secret")
    (project / "g" / "key.yaml").symlink_to("../../secret/key.yaml")
    names = [item.string().need() for item in found(project, "g", "**").items().need()]
    assert names == sorted(EVERYTHING.split())


def test_links_that_lead_back_are_left_out(project: Path) -> None:
    for name in ("one", "two"):
        (project / "g" / "sub" / name).symlink_to("..")
    (project / "g" / "itself").symlink_to("itself")
    names = [item.string().need() for item in found(project, "g", "**").items().need()]
    assert names == sorted(EVERYTHING.split())


def test_no_more_files_are_looked_at_than_the_limit(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filesets, "MOST_FILES", 5)
    assert "more than 5 files" in found(project, "g", "**").items().missing[0].reason


def test_digests_of_files_are_those_of_their_text(project: Path) -> None:
    (project / "text").write_text("room\n", encoding="utf-8")
    (project / "main.tf").write_text(
        'resource "terraform_data" "r" {\n'
        '  input = [for f in [filemd5("text"), filesha1("text"), filebase64sha256("text"), filesha512("text")] : f]\n'
        '  same  = [md5("room\\n"), sha1("room\\n"), base64sha256("room\\n"), sha512("room\\n")]\n}\n',
        encoding="utf-8",
    )
    (resource,) = load_root(Files(str(project), parse), str(project)).resources("terraform_data")
    answers = [resource.body.attribute(name) for name in ("input", "same")]
    texts = [[item.string().need() for item in field.items().need()] for field in answers if field is not None]
    assert texts[0] == texts[1]
    assert len(texts[0]) == 4
