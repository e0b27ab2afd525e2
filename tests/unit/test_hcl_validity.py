"""podroom accepts and rejects the HCL that Terraform does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from podroom.positions import Document
from podroom.sources.hcl.parser import parse

ROOT = Path(__file__).parents[2]
SNIPPETS = ROOT / "tests/cases/hcl/snippets.json"
CASES = json.loads(SNIPPETS.read_text("utf-8"))


def test_every_snippet_is_accepted_or_rejected_as_terraform_does() -> None:
    wrong = [case["text"] for case in CASES if bool(parse(Document("a.tf", case["text"])).problems) == case["valid"]]
    assert wrong == []
    assert {case["valid"] for case in CASES} == {True, False}


def test_every_problem_is_one_sentence_with_a_place_in_the_text() -> None:
    for case in CASES:
        for problem in parse(Document("a.tf", case["text"])).problems:
            assert problem.message.endswith("."), problem
            assert "\n" not in problem.message, problem
            assert 0 <= problem.start <= problem.end <= len(case["text"]), problem


@pytest.mark.once("a program of the machine is the oracle")
@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on the PATH")
def test_terraform_still_says_what_the_table_of_snippets_says(tmp_path: Path) -> None:
    copy = tmp_path / "snippets.json"
    copy.write_bytes(SNIPPETS.read_bytes())
    command = [sys.executable, str(ROOT / "tools/compare_hcl_with_terraform.py"), "--refresh-truth", str(copy)]
    subprocess.run(command, check=True, env=_environment())
    assert copy.read_text("utf-8") == SNIPPETS.read_text("utf-8")


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_windows_line_ends_and_a_byte_order_mark_change_nothing_but_offsets() -> None:
    text = (ROOT / "tests/cases/hcl/cluster.tf").read_text("utf-8")
    assert parse(Document("a.tf", text)).problems == []
    assert parse(Document("a.tf", "\ufeff" + text.replace("\n", "\r\n"))).problems == []
