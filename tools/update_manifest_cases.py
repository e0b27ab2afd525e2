"""Write the Worlds that tests/cases/manifests expects; read the difference before you commit it.

python tools/update_manifest_cases.py
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "linter"))

from podroom.report.style import Style
from podroom.report.world import render_tree
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse

CASES = Path(__file__).parents[1] / "tests" / "cases" / "manifests"


def world_text(case: Path) -> str:
    """Return what `podroom show` prints for one case, with paths from the case's folder."""
    worlds, problems, _ = understand(Request(paths=(str(case),), reader=parse))
    shown = render_tree(tuple(worlds), Style())
    shown += "".join(f"problem: {problem.message}\n" for problem in problems)
    for folder in (case.as_posix(), os.path.relpath(case).replace(os.sep, "/")):
        shown = shown.replace(f"{folder}/", "").replace(folder, ".")
    return shown


def main() -> None:
    """Write every `world.txt`."""
    for case in sorted(CASES.iterdir()):
        if case.is_dir():
            (case / "world.txt").write_text(world_text(case), encoding="utf-8")


if __name__ == "__main__":
    main()
