"""The files of a commit, or of a work tree without what git ignores, seen as if they lay where the work tree is."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping

from podroom.records import dataclass
from podroom.sources.disk import DISK, Entry

_MOST_LINKS = 40
"""As many as Linux follows for one path (https://man7.org/linux/man-pages/man7/path_resolution.7.html)."""
_LONGEST_LINK = 4096


def _nothing(_most: int) -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Item:
    """A file, a link, whose content is what it leads to, or a folder of which nothing is known."""

    read: Callable[[int], bytes] = _nothing
    """Takes a number of bytes; returns the content, of a larger one that many bytes and one more."""
    is_link: bool = False
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class GitEntry:
    """What a folder holds under a name."""

    name: str
    path: str
    tree: GitTree
    inner: str
    """Its path from the top, whose last part may be a link."""

    def is_dir(self) -> bool:
        """Return whether it is a folder, or a link to one."""
        return self.tree.is_folder(self.path)

    def is_file(self) -> bool:
        """Return whether it is a file, or a link to one."""
        return self.tree.is_file(self.path)

    def is_symlink(self) -> bool:
        """Return whether it is a link."""
        return self.tree.is_link(self.inner)


class GitTree:
    """A tree of files, at and below `top`; what lies outside of it is read from the disk."""

    def __init__(self, top: str, items: Mapping[str, Item], on_disk: frozenset[str] = frozenset()) -> None:
        """Take the real path of the work tree, all files by their paths from there, and files to read from the disk."""
        self._top = top
        self._items = items
        self._current = os.path.realpath(os.getcwd())
        self._on_disk = on_disk
        folders: dict[str, dict[str, None]] = {"": {}}
        for path in items:
            inside = path
            while inside:
                folder, _, name = inside.rpartition("/")
                known = folder in folders
                folders.setdefault(folder, {})[name] = None
                if known:
                    break
                inside = folder
        folders.update((path, {}) for path, item in items.items() if item.is_folder)
        self._folders = folders

    def entries(self, folder: str) -> list[Entry]:
        """Return what a folder holds, by name."""
        inner = self._inner(folder)
        if inner is None:
            return DISK.entries(folder)
        if inner not in self._folders:
            raise _missing(folder)
        start = f"{inner}/" if inner else ""
        return [GitEntry(name, os.path.join(folder, name), self, start + name) for name in sorted(self._folders[inner])]

    def real(self, path: str) -> str:
        """Return the absolute path without links."""
        inner = self._inner(path)
        return os.path.realpath(path) if inner is None else os.path.join(self._top, *inner.split("/")).rstrip(os.sep)

    def is_there(self, path: str) -> bool:
        """Return whether there is something."""
        inner = self._inner(path)
        return DISK.is_there(path) if inner is None else inner in self._items or inner in self._folders

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""
        inner = self._inner(path)
        return DISK.is_folder(path) if inner is None else inner in self._folders

    def is_file(self, path: str) -> bool:
        """Return whether there is a file."""
        inner = self._inner(path)
        return os.path.isfile(path) if inner is None else self._is_file(inner)

    def is_link(self, inner: str) -> bool:
        """Return whether a path from the top is that of a link."""
        item = self._items.get(inner)
        return item is not None and item.is_link

    def look_up(self, path: str) -> bool:
        """Return whether a path is a folder; raises `FileNotFoundError` if there is nothing."""
        inner = self._inner(path)
        if inner is None:
            return DISK.look_up(path)
        if inner not in self._folders and not self._is_file(inner):
            raise _missing(path)
        return inner in self._folders

    def read(self, path: str, most: int) -> bytes:
        """Return the content of a file."""
        inner = self._inner(path)
        if inner is None:
            return DISK.read(path, most)
        if not self._is_file(inner):
            raise OSError("it is a folder") if inner in self._folders else _missing(path)
        return self._items[inner].read(most)

    def beginning(self, path: str, most: int) -> bytes:
        """Return the first `most` bytes of a file, none if it cannot be read."""
        try:
            return self.read(path, most)[:most]
        except OSError:
            return b""

    def _is_file(self, inner: str) -> bool:
        item = self._items.get(inner)
        return item is not None and not item.is_link and not item.is_folder

    def _inner(self, path: str) -> str | None:
        """Return the path from the top that a path leads to, None if that lies outside.

        A link that leads nowhere or in a circle leads to itself.
        """
        absolute = os.path.normpath(os.path.join(self._current, path))
        if not self._is_inside(absolute):
            absolute = os.path.realpath(absolute)  # it may lead in by a link outside
            if not self._is_inside(absolute):
                return None
        inner = self._followed(os.path.relpath(absolute, self._top).replace(os.sep, "/"))
        if inner is None or (inner not in self._items and os.path.join(self._top, inner) in self._on_disk):
            return None
        return inner

    def _is_inside(self, absolute: str) -> bool:
        return absolute == self._top or absolute.startswith(os.path.join(self._top, ""))

    def _followed(self, path: str) -> str | None:
        """Return the path that a path from the top leads to when all links are followed, None if it leads outside."""
        done: list[str] = []
        left = [part for part in reversed(path.split("/")) if part != "."]
        links = 0
        while left:
            part = left.pop()
            if part == "..":
                if not done:
                    return None
                done.pop()
                continue
            here = "/".join((*done, part))
            if self.is_link(here) and links < _MOST_LINKS:
                links += 1
                target = os.fsdecode(self._items[here].read(_LONGEST_LINK)).replace(os.sep, "/")
                if target.startswith("/"):
                    if not self._is_inside(os.path.normpath(target)):
                        return None
                    done, target = [], os.path.relpath(target, self._top).replace(os.sep, "/")
                left += [step for step in reversed(target.split("/")) if step not in {"", "."}]
            else:
                done.append(part)
        return "/".join(done)


def _missing(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
