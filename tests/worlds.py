"""What many tests read and none changes: the Worlds of the examples and cases, each assembled once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from checkout import CHECKOUT
from podroom.model.world import World
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse

CASES = sorted((CHECKOUT / "tests/cases/configurations").iterdir())
"""The folders of the configurations that are cases, by name."""


def drawn(folders: Iterable[Path], one_of: int) -> list[ParameterSet]:
    """Return folders as parameters of a test that takes its time: a run draws one of so many, each time others.

    The script of all tests draws the same each time.
    """
    return [pytest.param(folder, marks=pytest.mark.drawn(one_of)) for folder in folders]


@cache
def worlds_of(folder: Path) -> tuple[World, ...]:
    """Return the Worlds of a folder of this checkout, as `podroom check` judges it."""
    return tuple(understand(Request(paths=(str(folder),), reader=parse))[0])
