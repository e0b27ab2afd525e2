"""Folders around a file, as paths with `/` between their parts."""

from __future__ import annotations

from collections.abc import Iterator


def upwards(folder: str) -> Iterator[str]:
    """Iterate over a folder and all that hold it, the nearest first."""
    yield folder
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def is_inside(folder: str, around: str) -> bool:
    """Return whether a folder is another one or below it; "" holds all."""
    return not around or folder == around or folder.startswith(f"{around}/")
