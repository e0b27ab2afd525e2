"""Where files are: on the disk, or in whatever else looks like one.  Besides the command line only this touches it."""

from __future__ import annotations

import os
import stat
from typing import Protocol

_CHUNK = 64 * 1024


class Entry(Protocol):
    """What a folder holds under a name; a link is what it leads to, but for `is_symlink`."""

    @property
    def name(self) -> str:
        """Return its name."""

    @property
    def path(self) -> str:
        """Return the path of the folder with its name."""

    def is_dir(self) -> bool:
        """Return whether it is a folder; raises `OSError` if that cannot be found out."""

    def is_file(self) -> bool:
        """Return whether it is a regular file; raises as `is_dir` does."""

    def is_symlink(self) -> bool:
        """Return whether it is a link."""


class Tree(Protocol):
    """Files by their paths, relative ones from the current folder.

    What cannot be read raises `OSError`; a name that no file can have, `ValueError`.
    """

    def entries(self, folder: str) -> list[Entry]:
        """Return what a folder holds, by name."""

    def real(self, path: str) -> str:
        """Return the absolute path without links, of a path that need not be there."""

    def is_there(self, path: str) -> bool:
        """Return whether there is something, a link that leads nowhere included."""

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder; never raises."""

    def look_up(self, path: str) -> bool:
        """Return whether a path is a folder; raises if there is nothing that can be read."""

    def read(self, path: str, most: int) -> bytes:
        """Return the content of a regular file; of one with more than `most` bytes, `most` and one more."""

    def beginning(self, path: str, most: int) -> bytes:
        """Return the first `most` bytes of a file, none if it cannot be read: to find out cheaply what it is."""


class Disk:
    """The files of the machine."""

    def entries(self, folder: str) -> list[Entry]:
        """Return what a folder holds, by name."""
        with os.scandir(folder or ".") as entries:
            return sorted(entries, key=lambda entry: entry.name)

    def real(self, path: str) -> str:
        """Return the absolute path without links."""
        return os.path.realpath(path)

    def is_there(self, path: str) -> bool:
        """Return whether there is something."""
        return os.path.lexists(path)

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""
        return os.path.isdir(path)

    def look_up(self, path: str) -> bool:
        """Return whether a path is a folder."""
        return stat.S_ISDIR(os.stat(path).st_mode)

    def read(self, path: str, most: int) -> bytes:
        """Return the content of a regular file."""
        # O_NONBLOCK: opening a named pipe must not wait for a writer that never comes.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError("it is a folder" if stat.S_ISDIR(status.st_mode) else "it is no regular file")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                # A bound is memory that is reserved, for each of thousands of small files: only if it is needed.
                return file.read() if status.st_size <= most else file.read(most + 1)
        finally:
            os.close(descriptor)

    def beginning(self, path: str, most: int) -> bytes:
        """Return the first `most` bytes of a file, none if it cannot be read."""
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except (OSError, ValueError):
            return b""
        try:
            data = os.read(descriptor, min(_CHUNK, most))
            return data + os.read(descriptor, most - _CHUNK) if len(data) == _CHUNK else data
        except OSError:
            return b""
        finally:
            os.close(descriptor)


DISK = Disk()
