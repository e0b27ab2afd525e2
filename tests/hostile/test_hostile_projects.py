"""Every hostile project ends in a value, an error with its place or an open judgement, soon and in little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checkout import CHECKOUT
from hostile.every import PROJECTS

pytest.importorskip("resource", reason="limits of memory, named pipes and devices are those of Unix")
pytestmark = pytest.mark.once("the largest and deepest files that anybody may write")


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return how podroom ends for each project; a process that dies is what the project was that it died of."""
    folder = tmp_path_factory.mktemp("hostile")
    path = os.pathsep.join(str(CHECKOUT / one) for one in ("linter", "rules", "tests"))
    script = Path(__file__).with_name("judge_projects.py")
    ended: dict[str, dict[str, Any]] = {}
    left = list(PROJECTS)
    while left:
        place = folder / str(len(left))
        place.mkdir()
        done = subprocess.run(
            [sys.executable, str(script), str(place), *left],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        ended.update((line["name"], line) for line in lines if "name" in line)
        left = [name for name in left if name not in ended]
        if left:
            died_of = left.pop(0)
            ended[died_of] = {
                "crash": lines[-1]["crash"] if lines and "name" not in lines[-1] else done.stderr or "died"
            }
    return ended


@pytest.mark.parametrize("name", PROJECTS)
def test_it_ends_within_its_bounds_and_says_why(name: str, ends: dict[str, dict[str, Any]]) -> None:
    project = PROJECTS[name]()
    end = ends[name]

    assert not end["crash"], end["crash"]
    assert end["exits"] == project.exits, end["said"][-2_000:]
    assert project.says in end["said"], end["said"][-2_000:]
    assert project.never not in end["said"]
    if project.as_for:
        assert end["said"] == ends[project.as_for]["said"]
