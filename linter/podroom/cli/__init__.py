"""The command line: arguments, one command a module, exit codes and the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podroom.cli.commands import Commands, podroom

__all__ = ["podroom"]


def __getattr__(name: str) -> Commands:
    """Import the group of all commands when somebody asks for it: what it parses arguments with is large."""
    if name != "podroom":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from podroom.cli.commands import podroom  # noqa: PLC0415 - see above

    return podroom
