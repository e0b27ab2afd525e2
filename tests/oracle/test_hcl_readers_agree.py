"""podroom's parser and python-hcl2 make the same trees, but for the differences that are listed.

Runs only where python-hcl2 is installed, which never is beside Checkov's bc-python-hcl2.  With
PODROOM_REQUIRE=python-hcl2 in the environment its absence is a failure.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import compare_hcl_readers
from podroom.errors import UsageError
from podroom.positions import Document
from podroom.sources.hcl.parser import parse
from podroom.sources.hcl.python_hcl2 import parse_with_python_hcl2

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests/cases/hcl"
DIFFERENCES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "data/hcl-reader-differences.json").read_text("utf-8")
)


def _is_installed() -> bool:
    try:
        parse_with_python_hcl2(Document("a.tf", ""))
    except UsageError:
        return False
    return True


pytestmark = [
    pytest.mark.once("only where everything is installed"),
    pytest.mark.skipif(
        not _is_installed() and "python-hcl2" not in os.environ.get("PODROOM_REQUIRE", ""),
        reason="python-hcl2 is not installed here",
    ),
]


def difference(text: str) -> str | None:
    ours = parse(Document("a.tf", text))
    theirs = parse_with_python_hcl2(Document("a.tf", text))
    if bool(ours.problems) != bool(theirs.problems):
        return f"only {'podroom' if ours.problems else 'python-hcl2'} rejects it"
    return None if ours.problems else compare_hcl_readers.first_difference(ours, theirs)


@pytest.mark.parametrize("name", ["cluster.tf", "expressions.tf", "bodies.tf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_trees_of_a_file_are_equal_with_every_place_and_comment(name: str, line_end: str) -> None:
    text = (CASES / name).read_text("utf-8").replace("\n", line_end)
    assert parse(Document(name, text)).problems == []
    assert difference(text) is None


def test_the_readers_differ_on_the_listed_texts_and_no_others() -> None:
    cases: list[dict[str, Any]] = json.loads((CASES / "snippets.json").read_text("utf-8"))
    listed = {text for texts in DIFFERENCES.values() for text in texts}
    texts = {case["text"] for case in cases} | listed
    assert {text for text in texts if difference(text) is not None} == listed


def test_every_listed_reason_is_explained_in_the_documentation() -> None:
    page = (ROOT / "docs/hcl-readers.md").read_text("utf-8")
    assert [reason for reason in DIFFERENCES if f"**{reason}**" not in page] == []
    assert page.count("- **") == len(DIFFERENCES)
