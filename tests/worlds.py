"""What many tests read and none changes: the Worlds of the examples and cases, each assembled once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from checkout import CHECKOUT
from podroom.model.world import World
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse

CASES = sorted((CHECKOUT / "tests/cases/configurations").iterdir())
"""The folders of the configurations that are cases, by name."""


@cache
def worlds_of(folder: Path) -> tuple[World, ...]:
    """Return the Worlds of a folder of this checkout, as `podroom check` judges it."""
    return tuple(understand(Request(paths=(str(folder),), reader=parse))[0])
