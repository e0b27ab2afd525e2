"""Manifests that somebody broke, and manifests of which a part is filled in later."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podroom.assembly.manifests.documents import read_document
from podroom.assembly.manifests.kustomize import read_kustomizations
from podroom.assembly.manifests.set_env import read_script
from podroom.engine import Outcome
from podroom.positions import Document
from podroom.sources.templated import read_template
from podroom.testing import judge_folder
from podroom_rules import rules

pytestmark = pytest.mark.once("many drawn files")

CASES = Path(__file__).parents[1] / "cases"
TEXTS = [
    path.read_text(encoding="utf-8")
    for path in sorted((CASES / "manifests").rglob("*"))
    if path.suffix in {".yaml", ".yml", ".tftpl", ".sh"} or path.name == "Jenkinsfile"
]
PROJECT = CASES / "configurations" / "karpenter-and-eni-configs-of-one-project"
SCALARS = re.compile(r'(?<=[:\[{] )(?!\w+: )[\w.:/@"-]+(?=[\]},\n])')
INSERTED = (
    *("{{", "}}", "{{- if .x }}", "{{ end }}", "%{ for", "${", "}"),
    *("\n", "- ", ": ", "&a ", "*a", "<<: ", "'", '"', "\t"),
)


@st.composite
def broken(draw: st.DrawFn) -> str:
    """Return a text of a case of which stretches were removed, doubled, or had something put between them."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 60)))
        middle = draw(st.sampled_from(("", text[start:end] * 2, *INSERTED)))
        text = text[:start] + middle + text[end:]
    return text


@settings(max_examples=150, deadline=None)
@given(broken())
def test_no_text_makes_a_reader_fail_and_every_part_stands_in_it(text: str) -> None:
    document = Document("broken.yaml", text)
    for loose in (*read_document(document)[0], *read_script(document), *read_script(Document("broken.sh", text))):
        assert 0 <= loose.span.start <= loose.span.end <= len(text)
    for patch in read_kustomizations([("", document)], lambda _folder, _path: document).left():
        assert 0 <= patch.span.start <= patch.span.end <= len(text)


@settings(max_examples=150, deadline=None)
@given(broken())
def test_what_is_read_of_a_template_stands_where_it_says(text: str) -> None:
    for piece in read_template(Document("broken.yaml", text)).text.pieces:
        assert not piece.exact or piece.span.text == piece.text


def codes(outcome: Outcome) -> set[str]:
    return {finding.code for finding in outcome.findings}


def test_a_value_that_is_filled_in_later_adds_no_finding_and_says_what_it_leaves_open(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    copytree(PROJECT, folder)
    known = codes(judge_folder(folder, rules()))
    assert known == {"PR501", "PR801", "PR802"}
    replaced = 0
    for file in sorted((folder / "manifests").iterdir()):
        text = file.read_text(encoding="utf-8")
        for scalar in SCALARS.finditer(text):
            file.write_text(f"{text[: scalar.start()]}{{{{ .Values.it }}}}{text[scalar.end() :]}", encoding="utf-8")
            outcome = judge_folder(folder, rules())
            lost = known - codes(outcome)
            assert codes(outcome) <= known, scalar
            assert lost <= {code for open_ in outcome.undecided for code in open_.codes}, (scalar, lost)
            replaced += 1
        file.write_text(text, encoding="utf-8")
    assert replaced > 20


@pytest.mark.parametrize("placeholder", ["{{ .Values.number }}", "${number}", "$(NUMBER)", "$NUMBER", "{{ number }}"])
def test_a_number_that_is_filled_in_later_is_undecided(tmp_path: Path, placeholder: str) -> None:
    folder = tmp_path / "project"
    copytree(PROJECT, folder)
    pools = folder / "manifests" / "pools.yaml"
    pools.write_text(
        pools.read_text(encoding="utf-8").replace("maxPods: 29", f"maxPods: {placeholder}"), encoding="utf-8"
    )
    outcome = judge_folder(folder, rules())
    assert "PR802" not in {finding.code for finding in outcome.findings}
    assert any({"PR801", "PR802"} <= {*open_.codes} and placeholder in open_.reason for open_ in outcome.undecided)
