"""Which configurations to read, and how."""

from __future__ import annotations

import os
from collections.abc import Callable

from podroom.cli.second_process import beside
from podroom.cli.settings import Configurations
from podroom.config import Config
from podroom.errors import UsageError
from podroom.evaluation.inputs import Assignment
from podroom.records import dataclass
from podroom.run import Request
from podroom.sources.files import HclReader
from podroom.sources.hcl.parser import parse


@dataclass(frozen=True, slots=True)
class Reading:
    """Which configurations to read, as the command line says it."""

    paths: tuple[str, ...]
    given: tuple[tuple[str, str], ...] = ()
    """`var` or `var_file` and what was given to it, in the order of the command line."""
    from_environment: bool = False
    workspace: str | None = None
    hcl_parser: str = "podroom"
    plans: tuple[str, ...] = ()
    inventories: tuple[str, ...] = ()
    config_file: str | None = None

    def configurations(self, change: Callable[[Config], Config] = lambda config: config) -> Configurations:
        """Return the configurations of the run, with what the command line changes in each."""
        return Configurations(self.config_file, change)

    def request(
        self,
        configurations: Configurations | None = None,
        progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    ) -> Request:
        """Return what is asked for; raises `UsageError` and `InputError`.

        With `configurations` each root is judged by its own, otherwise all are by the one nearest to all paths.
        """
        chosen = self.paths or (".",)
        nearest = (configurations or self.configurations()).nearest(chosen)
        return Request(
            paths=chosen,
            reader=_reader(self.hcl_parser),
            given=[_assignment(text) if option == "var" else text for option, text in self.given],
            environment=_environment() if self.from_environment else {},
            workspace=self.workspace,
            plans=self.plans,
            inventories=self.inventories,
            catalog=nearest.catalog,
            assumptions=nearest.assumptions,
            configured=configurations.of if configurations else None,
            progress=progress,
            beside=beside,
        )


def _assignment(text: str) -> Assignment:
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals or not name:
        raise UsageError(f"--var takes NAME=VALUE, not {text!r}")
    return Assignment(name, value, f"--var {name}")


def _environment() -> dict[str, str]:
    """Return the variables that the environment sets, by name."""
    prefix = "TF_VAR_"
    return {name.removeprefix(prefix): text for name, text in os.environ.items() if name.startswith(prefix)}


def _reader(name: str) -> HclReader:
    if name == "python-hcl2":
        from podroom.sources.hcl.python_hcl2 import parse_with_python_hcl2  # noqa: PLC0415 - an extra

        return parse_with_python_hcl2
    return parse
