"""Configurations in the shapes that people write, judged whole.

A case is a folder below `configurations`.  `# expect: PR101` marks each guilty line of its files; every
line of `undecided.txt`, if there is one, is part of the reason of one undecided outcome, and there are
no others.  Every line of `says.txt`, if there is one, is part of what the findings say together; a line
that starts with `!` is no part of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.testing import expected_marks, found_marks, judge_folder
from podroom_rules import rules
from rule_helpers import says

CASES = sorted((Path(__file__).parent / "configurations").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_configuration(case: Path) -> None:
    files = {
        path.relative_to(case).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(case.rglob("*"))
        if path.is_file() and path.name not in {"undecided.txt", "says.txt"}
    }
    reasons = case / "undecided.txt"
    expected_reasons = reasons.read_text(encoding="utf-8").splitlines() if reasons.exists() else []
    outcome = judge_folder(case, rules())
    assert found_marks(outcome, case) == expected_marks(files), [finding.message for finding in outcome.findings]
    assert not outcome.problems
    found_reasons = sorted(undecided.reason for undecided in outcome.undecided)
    assert len(found_reasons) == len(expected_reasons), found_reasons
    for part in expected_reasons:
        assert any(part in reason for reason in found_reasons), (part, found_reasons)
    words = case / "says.txt"
    says(outcome, *(words.read_text(encoding="utf-8").splitlines() if words.exists() else ()))
