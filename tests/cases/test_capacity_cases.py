"""What `podroom capacity` and `podroom recommend` print of configurations with a bit of everything, to the letter.

A case is a folder below `capacity`; its `expected.txt` is a session: commands, each with what it prints.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from checkout import podroom

CASES = sorted((Path(__file__).parent / "capacity").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_podroom_prints_for_a_case_is_what_its_folder_says(case: Path) -> None:
    expected = (case / "expected.txt").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ podroom (.*)\n", expected, re.MULTILINE)
    assert commands

    shown = (f"$ podroom {command}\n{podroom(*shlex.split(command)).output}" for command in commands)

    assert "\n".join(shown) == expected, "run tools/update_examples.py and read what has changed"
