"""Incidents that people met in production, each named after the thread that tells of it.

`broken` is what they had, `# expect: PR101` marking each guilty line; the fault may leave other judgements open.
`mended` is the same after the fix, and nothing is found or left open in it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.testing import Mark, expected_marks, found_marks, judge_folder
from podroom_rules import rules

SCENARIOS = sorted((Path(__file__).parent / "scenarios").iterdir())


def judged(folder: Path) -> tuple[list[Mark], list[Mark], list[str], list[str]]:
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    outcome = judge_folder(folder, rules())
    assert not outcome.problems
    messages = [finding.message for finding in outcome.findings]
    reasons = [undecided.reason for undecided in outcome.undecided]
    return expected_marks(files), found_marks(outcome, folder), messages, reasons


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_incident_is_found_at_its_line(scenario: Path) -> None:
    expected, found, messages, _ = judged(scenario / "broken")
    assert expected
    assert found == expected, messages


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_mended_twin_is_silent(scenario: Path) -> None:
    expected, found, messages, reasons = judged(scenario / "mended")
    assert not expected
    assert not found, messages
    assert not reasons
