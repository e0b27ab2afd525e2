"""podroom's configuration for a run: the nearest file that holds one, and the instance types that it adds."""

from __future__ import annotations

import os
from collections.abc import Sequence

from podroom.catalog.instance_types import InstanceCatalog
from podroom.config import NAMES, Config, read_config
from podroom.errors import InputError
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
