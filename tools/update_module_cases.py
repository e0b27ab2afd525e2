"""Write the Worlds that tests/cases/modules expects; read the difference before you commit it.

python tools/update_module_cases.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "linter"))

from podroom.adapters.registry import stand_in
from podroom.assembly.terraform import assemble
from podroom.evaluation.project import Options, load_root
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from world_summary import text

CASES = Path(__file__).parents[1] / "tests" / "cases" / "modules"


def world_text(case: Path) -> str:
    """Return the World of one case as text."""
    return text(assemble(load_root(Files(str(case), parse), str(case), Options(adapters=stand_in))))


def main() -> None:
    """Write every `world.txt`."""
    for case in sorted(CASES.iterdir()):
        if case.is_dir():
            (case / "world.txt").write_text(world_text(case), encoding="utf-8")


if __name__ == "__main__":
    main()
