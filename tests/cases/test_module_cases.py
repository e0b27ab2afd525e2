"""What adapters make of configurations that call public modules, argument by argument.

A case is a folder below `modules`; `world.txt` is the World that comes of it, as tools/world_summary.py writes it.
The real sources of the modules give the same Worlds: `python tools/check_expansions.py tests/cases/modules --modules
DIR --same-world` checks that where the sources are at hand.  `python tools/update_module_cases.py` writes the files.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from update_module_cases import CASES, world_text

pytestmark = pytest.mark.once("what modules expand to depends on no Python")

FOLDERS = sorted(folder for folder in CASES.iterdir() if folder.is_dir())


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: case.name)
def test_adapters_give_the_same_world_as_ever(case: Path) -> None:
    expected = (case / "world.txt").read_text(encoding="utf-8")
    assert world_text(case) == expected


def test_every_case_says_something() -> None:
    silent = {folder.name for folder in FOLDERS if not (folder / "world.txt").read_text(encoding="utf-8").strip()}
    assert silent == {"eks-18-not-created", "eks-19-not-created", "eks-20-not-created"}
    assert len(FOLDERS) > 40
