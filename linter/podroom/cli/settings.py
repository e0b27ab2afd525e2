"""podroom's configuration for a run: the nearest file that holds one, and the instance types that it adds."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from podroom.catalog.instance_types import EntryError, InstanceCatalog, InstanceType
from podroom.cli.places import paths_below
from podroom.config import NAMES, Config, read_config
from podroom.errors import InputError, UsageError
from podroom.run import Settings
from podroom.sources.files import ReadProblem, read_document


class Configurations:
    """The configurations of a run: that of each folder is the nearest one at or above it, within its repository."""

    def __init__(self, file: str | None = None, change: Callable[[Config], Config] = lambda config: config) -> None:
        """Take the file that holds for every folder, if there is one, and what the command line changes."""
        self._file = file
        self._change = change
        self._by_folder: dict[str, Settings] = {}
        self._by_file: dict[tuple[str, str], Settings | None] = {}

    def nearest(self, paths: Sequence[str]) -> Settings:
        """Return what holds for the run as a whole: the nearest configuration to all paths; raises as `of` does."""
        if len(paths) == 1:
            return self.of(paths[0])
        return self.of(os.path.commonpath([os.path.realpath(path) for path in paths]))

    def of(self, path: str) -> Settings:
        """Return what holds for a folder or file.

        Raises `InputError` for a configuration that cannot be read, `UsageError` for one that is not understood.
        """
        if self._file is not None:
            return self._named(self._file)
        return self._of(os.path.realpath(path), os.path.abspath(path))

    def _of(self, folder: str, called: str) -> Settings:
        """Return what holds for a folder, by its real path and by the one that it is called by."""
        known = self._by_folder.get(called)
        if known is None:
            known = self._by_folder[called] = self._found(folder, called)
        return known

    def _found(self, folder: str, called: str) -> Settings:
        for name in NAMES:
            if os.path.lexists(os.path.join(folder, name)):
                found = self._read(os.path.join(folder, name), called)
                if found is not None:
                    return found
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return self._settings(Config())
        above = os.path.dirname(called)
        return self._of(parent, above if os.path.realpath(above) == parent else parent)

    def _named(self, path: str) -> Settings:
        found = self._read(path, os.path.dirname(os.path.abspath(path)))
        if found is None:
            raise UsageError(f"{path} holds no configuration of podroom: there is no [tool.podroom] in it")
        return found

    def _read(self, path: str, folder: str) -> Settings | None:
        """Read a file; `folder` is what its folder is called, in the paths of documents too."""
        known = (path, folder)
        if known not in self._by_file:
            document = read_document(path)
            if isinstance(document, ReadProblem):
                raise InputError(document.message)
            from datetime import date  # noqa: PLC0415 - which the reader of TOML needs too

            paths = paths_below(folder)
            today = date.today()  # noqa: DTZ011 - the day of whoever asks
            config = read_config(document, today, paths)
            self._by_file[known] = None if config is None else self._settings(config)
        return self._by_file[known]

    def _settings(self, config: Config) -> Settings:
        return Settings(catalog_of(config), config.assumptions, self._change(config))


def nearest_config(paths: Sequence[str]) -> Config:
    """Return the nearest configuration at or above what all paths have in common."""
    return Configurations().nearest(paths).config


def catalog_of(config: Config) -> InstanceCatalog:
    """Return the bundled instance types with what a configuration adds and corrects; raises `UsageError`."""
    catalog = InstanceCatalog.bundled()
    try:
        return catalog.with_custom(config.instance_types) if config.instance_types else catalog
    except EntryError as error:
        place = config.origins.get(".".join(("instance_types", *error.setting)))
        raise UsageError(error.message, place) from error


def find_type(name: str, catalog: InstanceCatalog) -> InstanceType:
    """Return the facts about a type; raises `UsageError` with what may have been meant."""
    instance = catalog.find(name)
    if instance is not None:
        return instance
    if name.lower() == "fargate":
        raise UsageError(
            "Fargate has no instance types: each pod is a node of its own, with one interface and one IPv4 address "
            "of its subnet"
        )
    close = catalog.suggest(name)
    hint = f"did you mean {close}?" if close else "give its limits under [instance_types] in podroom.toml"
    raise UsageError(f"the instance type {name!r} is not in the table of {catalog.date}; {hint}")
