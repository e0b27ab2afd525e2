"""Configurations in the shapes that people write, judged whole.

A case is a folder below `configurations`.  `# expect: PR101` marks each guilty line of its files; every
line of `undecided.txt`, if there is one, is part of the reason of one undecided outcome, and there are
no others.  Every line of `says.txt`, if there is one, is part of what the findings say together; a line
that starts with `!` is no part of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.rule import Finding
from podroom.testing import expected_marks, found_marks, judge_folder
from podroom_rules import rules

CASES = sorted((Path(__file__).parent / "configurations").iterdir())


def said(finding: Finding) -> str:
    """Return everything that a finding says, a line for each of its parts."""
    notes = [f"note: {note.span.first.line}: {note.message}" for note in finding.related]
    parts = [
        finding.label,
        f"effect: {finding.effect}",
        f"fix: {finding.fix}",
        f"assumes: {finding.assumption}",
        *notes,
    ]
    return "\n".join([f"{finding.severity}[{finding.code}] {finding.message}", *parts])


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
    everything = "\n".join(said(finding) for finding in outcome.findings)
    words = case / "says.txt"
    for line in words.read_text(encoding="utf-8").splitlines() if words.exists() else []:
        if line.startswith("!"):
            assert line[1:] not in everything
        else:
            assert line in everything
