"""Files of which some are open in an editor, where they say something else than on the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping

from podroom.sources.disk import DISK, Entry


class UnsavedTree:
    """The files of the machine; what is open in an editor is read from there."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take the texts of the open files by their real paths."""
        self._texts = texts
        self._names = frozenset(map(os.path.basename, texts))

    def entries(self, folder: str) -> list[Entry]:
        """Return what a folder holds, by name."""
        return DISK.entries(folder)

    def real(self, path: str) -> str:
        """Return the absolute path without links."""
        return DISK.real(path)

    def is_there(self, path: str) -> bool:
        """Return whether there is something."""
        return DISK.is_there(path)

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""
        return DISK.is_folder(path)

    def look_up(self, path: str) -> bool:
        """Return whether a path is a folder; raises `OSError` if there is nothing."""
        return DISK.look_up(path)

    def read(self, path: str, most: int) -> bytes:
        """Return the content of a file."""
        data = self._unsaved(path)
        return DISK.read(path, most) if data is None else data[: most + 1]

    def beginning(self, path: str, most: int) -> bytes:
        """Return the first `most` bytes of a file, none if it cannot be read."""
        data = self._unsaved(path)
        return DISK.beginning(path, most) if data is None else data[:most]

    def _unsaved(self, path: str) -> bytes | None:
        if os.path.basename(path) not in self._names and not os.path.islink(path):
            return None  # to find out where a path leads costs more than to read most files
        text = self._texts.get(os.path.realpath(path))
        return None if text is None else text.encode("utf-8", "surrogatepass")
