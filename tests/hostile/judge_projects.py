"""Runs podroom on every hostile project, one after the other in one process of little memory.

Prints one line of JSON for each: how it ended, what was said, and the seconds that it took of the processor.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

from click.testing import CliRunner

from hostile.every import PROJECTS
from hostile.projects import Project
from podroom import cli

MEMORY = 512 * 1024 * 1024
SECONDS = 10
SECONDS_OF_WAITING = 60
"""So long a process may sleep, as one does that waits for a pipe, on a machine that is busy with other things."""


def too_long(_signal: int, frame: FrameType | None) -> None:
    """Say where the time went, and end: nothing may catch this."""
    where = "".join(traceback.format_stack(frame, 8))
    os.write(1, json.dumps({"crash": f"it takes too long:\n{where}"}).encode() + b"\n")
    os._exit(1)


def judge(project: Project) -> dict[str, Any]:
    """Return how podroom ends in the current folder, and what it says."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_OF_WAITING)
    result = CliRunner().invoke(cli.podroom, list(project.command))
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    crash = ""
    if result.exc_info is not None and not isinstance(result.exception, SystemExit | None):
        crash = "".join(traceback.format_exception(*result.exc_info, limit=-8))
    return {
        "exits": result.exit_code,
        "said": " ".join(result.output.split())[:200_000],
        "crash": crash,
        "seconds": time.process_time() - began,
    }


def main(folder: Path, names: list[str]) -> None:
    """Judge the projects of these names, each in a folder of its own below `folder`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, too_long)
    signal.signal(signal.SIGALRM, too_long)
    for number, name in enumerate(names):
        place = folder / str(number)
        place.mkdir()
        os.chdir(place)
        project = PROJECTS[name]()
        project.write(place)
        sys.stdout.write(json.dumps({"name": name, **judge(project)}) + "\n")
        sys.stdout.flush()
        os.chdir(folder)
        shutil.rmtree(place)


if __name__ == "__main__":
    main(Path(sys.argv[1]), list(PROJECTS) if len(sys.argv) == 2 else sys.argv[2:])
