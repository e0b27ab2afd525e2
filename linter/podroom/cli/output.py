"""Writing to the terminal, to a pipe, and to those who waited for either."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from podroom.errors import PodroomError
from podroom.report.style import Style, printable, without_commands

P = ParamSpec("P")
T = TypeVar("T")

EXIT_FINDINGS = 1
EXIT_FAILED = 2

_WIDTH_OF_A_FILE = 100


def complain(sentence: str) -> None:
    """Write a sentence to standard error, behind the name of this program."""
    import click  # noqa: PLC0415 - most runs have nothing to complain of, and none but click knows every terminal

    click.echo(without_commands(f"podroom: {printable(sentence)}"), err=True)


def reports_errors(command: Callable[P, T]) -> Callable[P, T]:
    """Print errors that podroom raises on purpose, and those of the system, as one sentence and exit with 2."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        if sys.stdout is None:  # closed by whoever started podroom
            complain("standard output is closed, so nothing can be said")
            sys.exit(EXIT_FAILED)
        try:
            return command(*args, **kwargs)
        except PodroomError as error:
            complain(str(error))
            sys.exit(EXIT_FAILED)
        except OSError as error:  # such as a current folder that is gone, or a full disk
            complain(f"the system refuses: {error}")
            sys.exit(EXIT_FAILED)

    return wrapped


def style(color: str) -> Style:
    """Return how to print for a choice of `--color`."""
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style(colour=color == "always" or (color == "auto" and wanted))


def width() -> int:
    """Return how many columns the terminal has, 100 if standard output is none."""
    if not sys.stdout.isatty():
        return _WIDTH_OF_A_FILE
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _WIDTH_OF_A_FILE
    except OSError:  # a terminal that has no size
        return _WIDTH_OF_A_FILE


def write(text: str, *, is_commands: bool = False) -> None:
    """Write to standard output whatever its encoding is, and take a closed pipe for a reader that has seen enough.

    What a CI system would take for a command is spelled out, unless all the text `is_commands`.
    """
    text = text if is_commands else without_commands(text)
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
