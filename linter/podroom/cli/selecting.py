"""Options that choose rules, which count more than podroom's configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import TypeVar

import click

from podroom.cli import completion
from podroom.config import Config
from podroom.records import dataclass

T = TypeVar("T")

_SELECTING = (
    click.option(
        "--select",
        multiple=True,
        metavar="RULES",
        shell_complete=completion.rules,
        help="Run only these rules: codes, beginnings of codes or names, separated by commas.",
    ),
    click.option(
        "--extend-select",
        multiple=True,
        metavar="RULES",
        shell_complete=completion.rules,
        help="Run these rules too.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="RULES",
        shell_complete=completion.rules,
        help="Do not run these rules.",
    ),
)


@dataclass(frozen=True, slots=True)
class Selecting:
    """Which rules to run, as the command line says it; None leaves it to the configuration."""

    select: tuple[str, ...] | None
    extend_select: tuple[str, ...] | None
    ignore: tuple[str, ...] | None

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


def selects_rules(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command the options that choose rules; it gets them as `selecting`."""

    @wraps(command)
    def wrapped(
        *, select: tuple[str, ...], extend_select: tuple[str, ...], ignore: tuple[str, ...], **others: object
    ) -> T:
        return command(selecting=Selecting(_rules(select), _rules(extend_select), _rules(ignore)), **others)

    for option in reversed(_SELECTING):
        wrapped = option(wrapped)
    return wrapped


def _rules(texts: tuple[str, ...]) -> tuple[str, ...] | None:
    named = tuple(rule.strip() for text in texts for rule in text.split(",") if rule.strip())
    return named if texts else None
