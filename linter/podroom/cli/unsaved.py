"""Files of which some are being edited, where they say something else than on the disk, or are not there yet."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from podroom.config import NAMES
from podroom.errors import UsageError
from podroom.records import dataclass
from podroom.sources.disk import DISK, Entry


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that a folder will hold once it is saved."""

    name: str
    path: str

    def is_dir(self) -> bool:
        """Return whether it is a folder."""
        return False

    def is_file(self) -> bool:
        """Return whether it is a file."""
        return True

    def is_symlink(self) -> bool:
        """Return whether it is a link."""
        return False


class UnsavedTree:
    """The files of the machine; of those that are being edited, what they say there."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        """Take the contents of what is being edited by real paths."""
        self._contents = contents
        self._names = frozenset(map(os.path.basename, contents))
        self._new = [path for path in contents if not DISK.is_there(path)]

    def entries(self, folder: str) -> list[Entry]:
        """Return what a folder holds, by name."""
        entries = DISK.entries(folder)
        if not self._new:
            return entries
        real = DISK.real(folder)
        names = [name for holding, name in map(os.path.split, self._new) if holding == real]
        new = [NewFile(name, os.path.join(folder, name)) for name in names]
        return sorted([*entries, *new], key=lambda entry: entry.name)

    def real(self, path: str) -> str:
        """Return the absolute path without links."""
        return DISK.real(path)

    def is_there(self, path: str) -> bool:
        """Return whether there is something."""
        return DISK.is_there(path) or self._is_new(path)

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""
        return DISK.is_folder(path)

    def look_up(self, path: str) -> bool:
        """Return whether a path is a folder; raises `OSError` if there is nothing."""
        return not self._is_new(path) and DISK.look_up(path)

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
        return self._contents.get(os.path.realpath(path))

    def _is_new(self, path: str) -> bool:
        return bool(self._new) and DISK.real(path) in self._new


def with_standard_input(path: str) -> UnsavedTree:
    """Return the files of the machine, of which one, which need not be there, says what standard input does.

    Raises `UsageError` for what cannot be such a file.
    """
    if os.path.basename(path) in NAMES:
        raise UsageError(f"--stdin-filename takes a file that is judged; podroom reads {path} from the disk")
    if DISK.is_folder(path):
        raise UsageError(f"--stdin-filename takes a file, and {path} is a folder")
    if not DISK.is_folder(os.path.dirname(path) or "."):
        raise UsageError(f"--stdin-filename takes a file in a folder that is there, and that of {path} is not")
    return UnsavedTree({os.path.realpath(path): sys.stdin.buffer.read()})
