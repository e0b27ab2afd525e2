"""Which rules the command line chooses, which counts more than podroom's configuration."""

from __future__ import annotations

from podroom.config import Config
from podroom.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Selecting:
    """Which rules to run, as the command line says it; None leaves it to the configuration."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None

    def applied(self, config: Config) -> Config:
        """Return a configuration with what the command line says instead of what the file says."""
        given = [name for name, value in self.given().items() if value is not None]
        if not given:
            return config
        selection = replace(
            config.selection,
            select=config.selection.select if self.select is None else self.select,
            extend_select=config.selection.extend_select if self.extend_select is None else self.extend_select,
            ignore=config.selection.ignore if self.ignore is None else self.ignore,
        )
        origins = {name: span for name, span in config.origins.items() if name not in given}
        return replace(config, selection=selection, origins=origins)

    def given(self) -> dict[str, tuple[str, ...] | None]:
        """Return what was said, by the name of the setting."""
        return {"select": self.select, "extend_select": self.extend_select, "ignore": self.ignore}
