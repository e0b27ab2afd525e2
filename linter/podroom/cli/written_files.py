"""Writing files whole or not at all."""

from __future__ import annotations

import os
import stat

from podroom.errors import UsageError


def check_folder(path: str) -> None:
    """Raise `UsageError` if a file could not be written for want of its folder: before the work, not after it."""
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise UsageError(f"{path} cannot be written: there is no folder {folder}")
    if os.path.isdir(path):
        raise UsageError(f"{path} cannot be written: it is a folder")


def write_file(path: str, text: str) -> None:
    """Write a text file as `write_bytes` does."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_bytes(path: str, data: bytes) -> None:
    """Write a file under a name of its own first, so that nobody ever sees half of it.

    A link leads to the file that is written.  What is no regular file, such as a pipe, is written as it is.
    An `OSError` names the file.
    """
    try:
        _write(path, data)
    except OSError as error:  # what a full disk says of a file that is open has no name
        error.filename = error.filename or path
        raise


def _write(path: str, data: bytes) -> None:
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG | 0o666
    if not stat.S_ISREG(mode):
        with open(path, "wb") as file:
            file.write(data)
        return
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode & 0o777)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(temporary, target)
    except BaseException:  # Ctrl-C too
        os.unlink(temporary)
        raise
