"""Folders of the machine as commands need them."""

from __future__ import annotations

import os

from podroom.positions import Paths


def paths_below(top: str, current: str | None = None) -> Paths:
    """Return paths that begin at a folder, as seen from the current folder, which may be given by another name."""
    return Paths((current or os.getcwd()).replace(os.sep, "/"), top.replace(os.sep, "/"))


def nearest_folder(path: str) -> str:
    """Return the nearest folder at or above a path without links that is there, as the path itself may be gone."""
    folder = os.path.realpath(path)
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder
