"""The command line: arguments, one command a module, exit codes and the terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podroom.cli.commands import Commands, podroom

__all__ = ["is_plain_check", "podroom"]


def __getattr__(name: str) -> Commands:
    """Import the group of all commands when somebody asks for it: what it parses arguments with is large."""
    if name != "podroom":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from podroom.cli.commands import podroom  # noqa: PLC0415 - see above

    return podroom


def is_plain_check(arguments: list[str]) -> bool:
    """Return whether the command is `check` without options, as in most runs.

    There is nothing to be parsed then, and to import what parses arguments would be a tenth of a small run.  A shell
    that completes a word, and Windows, where that parser expands `*`, are left to it.
    """
    plain = arguments[:1] == ["check"] and not any(one.startswith("-") for one in arguments)
    return plain and "_PODROOM_COMPLETE" not in os.environ and os.name != "nt"
