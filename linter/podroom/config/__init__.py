"""podroom's own configuration: `podroom.toml`, `.podroom.toml` or `[tool.podroom]` in pyproject.toml."""

from podroom.config.accepted import Accepted, PathIgnore
from podroom.config.reading import NAMES, Config, read_config
from podroom.config.selection import ALL, Selection

__all__ = ["ALL", "NAMES", "Accepted", "Config", "PathIgnore", "Selection", "read_config"]
