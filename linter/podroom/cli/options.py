"""What several commands share: which configurations to read and how, and how to print."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import click

from podroom.cli.output import colour
from podroom.cli.settings import catalog_of, nearest_config
from podroom.errors import UsageError
from podroom.records import dataclass
from podroom.run import Request
from podroom.sources.files import HclReader
from podroom.sources.hcl.parser import parse

__all__ = ["Reading", "colour", "reads_configurations"]

T = TypeVar("T")

_READING = (
    click.argument("paths", nargs=-1, metavar="[PATH]..."),
    click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Set a root variable."),
    click.option(
        "--var-file", "variable_files", multiple=True, metavar="PATH", help="Read root variables from a .tfvars file."
    ),
    click.option("--workspace", help="The Terraform workspace to judge."),
    click.option(
        "--hcl-parser",
        type=click.Choice(["podroom", "python-hcl2"]),
        default="podroom",
        show_default=True,
        help="Which parser reads HCL; the second needs the extra podroom[python-hcl2].",
    ),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Which configurations to read, as the command line says it."""

    paths: tuple[str, ...]
    variables: tuple[str, ...]
    variable_files: tuple[str, ...]
    workspace: str | None
    hcl_parser: str

    def request(self) -> Request:
        """Return what is asked for; raises `UsageError` and `InputError`."""
        chosen = self.paths or (".",)
        config = nearest_config(chosen)
        return Request(
            paths=chosen,
            reader=_reader(self.hcl_parser),
            variable_files=self.variable_files,
            variables=[_assignment(text) for text in self.variables],
            workspace=self.workspace,
            catalog=catalog_of(config),
            assumptions=config.assumptions,
        )


def reads_configurations(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command the paths and the options that say what to read; it gets them as `reading`."""

    @wraps(command)
    def wrapped(
        *,
        paths: tuple[str, ...],
        variables: tuple[str, ...],
        variable_files: tuple[str, ...],
        workspace: str | None,
        hcl_parser: str,
        **others: object,
    ) -> T:
        return command(reading=Reading(paths, variables, variable_files, workspace, hcl_parser), **others)

    for option in reversed(_READING):
        wrapped = option(wrapped)
    return wrapped


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"--var takes NAME=VALUE, not {text!r}")
    return name.strip(), value


def _reader(name: str) -> HclReader:
    if name == "python-hcl2":
        from podroom.sources.hcl.python_hcl2 import parse_with_python_hcl2  # noqa: PLC0415 - an extra

        return parse_with_python_hcl2
    return parse
