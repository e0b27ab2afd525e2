"""All hostile projects, in the order in which they are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hostile import giants, projects
from hostile.projects import Project

PROJECTS: Mapping[str, Callable[[], Project]] = {**projects.PROJECTS, **giants.PROJECTS}
"""By name; they are made one after the other, as some of them are large."""
