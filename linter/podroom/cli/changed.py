"""`podroom check --changed`: the paths are files that change, as pre-commit names them."""

from __future__ import annotations

import os

from podroom.cli.places import nearest_folder
from podroom.cli.reading import Reading
from podroom.engine import Outcome
from podroom.errors import UsageError
from podroom.records import replace
from podroom.report.formats import render
from podroom.report.frame import Frame
from podroom.sources.affected import Affected, affected
from podroom.sources.disk import Tree
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from podroom.sources.roots import project_folder

_NOTHING = "podroom: no change of anything that podroom judges\n"


def render_nothing(name: str, outcome: Outcome, frame: Frame) -> str:
    """Return a report in a format where nothing was to be judged."""
    return _NOTHING if name == "text" else render(name, outcome, frame)


def whole_project(reading: Reading, tree: Tree) -> tuple[Reading, Affected] | None:
    """Return what to read for files of a tree that change, the project, and what of it they concern; None if nothing.

    Raises `UsageError` for a folder.
    """
    if not reading.paths:
        return None
    for path in reading.paths:
        if os.path.isdir(path):
            raise UsageError(f"--changed takes files, and {path} is a folder")
    top = os.path.relpath(project_folder(map(nearest_folder, reading.paths)))
    found = affected(reading.paths, top, Files(top, parse, tree))
    return None if found is None else (replace(reading, paths=(top,)), found)
