"""The command line: arguments, one command a module, exit codes and the terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podroom.cli.commands import Commands, podroom

__all__ = ["plain_check", "podroom"]


def __getattr__(name: str) -> Commands:
    """Import the group of all commands when somebody asks for it: what it parses arguments with is large."""
    if name != "podroom":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from podroom.cli.commands import podroom  # noqa: PLC0415 - see above

    return podroom


def plain_check(arguments: list[str]) -> tuple[list[str], bool, str] | None:
    """Return the paths, whether they are files that change, and the format, for `check` as it mostly is called.

    That is with paths, by hooks with `--changed`, and with `--format` where no person reads.  The result is None for
    any other option, which takes what parses arguments to understand: to import that would be a tenth of a small run.
    A shell that completes a word, and Windows, where that parser expands `*`, are left to it.
    """
    if arguments[:1] != ["check"] or "_PODROOM_COMPLETE" in os.environ or os.name == "nt":
        return None
    paths: list[str] = []
    changed = False
    output_format = "text"
    left = iter(arguments[1:])
    for argument in left:
        option, equals, value = argument.partition("=")
        if argument == "--changed":
            changed = True
        elif option == "--format":
            output_format = value if equals else next(left, "")
            if not _is_format(output_format):
                return None
        elif argument.startswith("-"):
            return None
        else:
            paths.append(argument)
    return paths, changed, output_format


def _is_format(name: str) -> bool:
    from podroom.report.formats import FORMATS  # noqa: PLC0415 - most runs name none

    return name in FORMATS
