"""What the tools have in common as commands: one sentence where there is nothing to do, and a quiet end of a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable


class NothingToDo(Exception):  # noqa: N818 - said to a person, not a fault of the tool
    """Raised with a sentence that says why a tool has nothing to work on."""


def run_tool(main: Callable[[], int]) -> int:
    """Run a tool and return its exit code: 2, after one sentence, if it has nothing to do."""
    try:
        code = main()
        sys.stdout.flush()
    except NothingToDo as nothing:
        print(nothing, file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read the output, such as head, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return code
