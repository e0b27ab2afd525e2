"""What is understood of manifests, values and scripts, to the last position.

A case is a folder below `manifests`; `world.txt` is what `podroom show` prints for it.
`python tools/update_manifest_cases.py` writes the files.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from update_manifest_cases import CASES, world_text

FOLDERS = sorted(folder for folder in CASES.iterdir() if folder.is_dir())


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: case.name)
def test_manifests_are_understood_as_ever(case: Path) -> None:
    assert world_text(case) == (case / "world.txt").read_text(encoding="utf-8")
