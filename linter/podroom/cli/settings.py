"""podroom's configuration for a run: the nearest file that holds one, and the instance types that it adds."""

from __future__ import annotations

import os
from collections.abc import Sequence

from podroom.catalog.instance_types import InstanceCatalog, InstanceType
from podroom.config import NAMES, Config, read_config
from podroom.errors import InputError, UsageError
from podroom.sources.files import ReadProblem, read_document


def nearest_config(paths: Sequence[str]) -> Config:
    """Return the nearest configuration at or above what all paths have in common."""
    folder = os.path.commonpath([os.path.realpath(path) for path in paths])
    while True:
        for name in NAMES:
            path = os.path.join(folder, name)
            if os.path.lexists(path):
                document = read_document(path)
                if isinstance(document, ReadProblem):
                    raise InputError(document.message)
                config = read_config(document)
                if config is not None:
                    return config
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return Config()
        folder = parent


def catalog_of(config: Config) -> InstanceCatalog:
    """Return the bundled instance types with what a configuration adds and corrects."""
    catalog = InstanceCatalog.bundled()
    return catalog.with_custom(config.instance_types) if config.instance_types else catalog


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
