"""Where links and relative paths lead, and which of them may be followed."""

from __future__ import annotations

import os

from podroom.sources.disk import Tree


class Links:
    """Knows the folder of a project, the modules outside that were followed from it, and each folder by one path.

    What lies in the project may be read, and what a module outside brings along, but for what is hidden there.
    """

    def __init__(self, project: str, tree: Tree) -> None:
        """Take the project's folder, and where the files are."""
        self._tree = tree
        self._project = tree.real(project)
        self._followed: set[str] = set()
        self._is_repository: bool | None = None
        self._met: dict[str, str] = {}
        self._own_paths: dict[str, str] = {}

    def are_inside(self, path: str) -> bool:
        """Return whether a path leads into the project."""
        real = self._tree.real(path)
        return real == self._project or real.startswith(os.path.join(self._project, ""))

    def may_lead(self, path: str) -> bool:
        """Return whether a path leads into the project, or to what is not hidden below a module that was followed."""
        if self.are_inside(path):
            return True
        real = self._tree.real(path)
        below = [real[len(folder) :] for folder in self._followed if real.startswith(os.path.join(folder, ""))]
        return any(not any(part.startswith(".") for part in rest.split(os.sep)) for rest in below)

    def lead_on(self, link: str, folder: str) -> bool:
        """Return whether a link in a folder leads to what may be read, and not to where it stands."""
        return self.may_lead(link) and not f"{folder}{os.sep}".startswith(os.path.join(self._tree.real(link), ""))

    def lead_out(self, link: str) -> bool:
        """Return whether a link leads out of the repository; where there is none, nobody says where a project ends.

        Whoever proposes a change could read with such a link, in what podroom reports of it, any file of the machine.
        """
        if self._is_repository is None:
            self._is_repository = self._tree.is_there(os.path.join(self._project, ".git"))
        return self._is_repository and not self.may_lead(link)

    def follow(self, folder: str) -> None:
        """Count a folder outside among those that may be read: that of a module which is called."""
        self._followed.add(self._tree.real(folder))

    def by_own_path(self, folder: str) -> str:
        """Return the path by which a folder was met first: links that lead back are no new modules without end."""
        known = self._own_paths.get(folder)
        if known is None:
            known = self._own_paths[folder] = self._met.setdefault(self._tree.real(folder), folder)
        return known
