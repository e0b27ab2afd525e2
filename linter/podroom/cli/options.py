"""What several commands share: which configurations to read and how, and how to print."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TypeVar

import click

from podroom.cli import completion
from podroom.cli.output import colour
from podroom.cli.second_process import beside
from podroom.cli.settings import Configurations
from podroom.config import Config
from podroom.errors import UsageError
from podroom.evaluation.inputs import Assignment
from podroom.records import dataclass
from podroom.run import Request
from podroom.sources.files import HclReader
from podroom.sources.hcl.parser import parse

__all__ = ["Reading", "ReadingCommand", "colour", "reads_both_sides", "reads_configurations"]

T = TypeVar("T")
_ORDER = "podroom.order"

_PATHS = click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=completion.files)
_PATHS_BY_OPTION = click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="PATH",
    shell_complete=completion.files,
    help="Compare this folder or file; the current folder if none.",
)
_PLANS = click.option(
    "--plan",
    "plans",
    multiple=True,
    metavar="FILE",
    shell_complete=completion.files,
    help="Read what `terraform show -json` prints of a plan or a state, a state file, or the state in a plan file, "
    "beside the configuration; - is standard input.",
)
_READING = (
    _PATHS,
    click.option("--var", multiple=True, metavar="NAME=VALUE", help="Set a root variable."),
    click.option(
        "--var-file",
        multiple=True,
        metavar="PATH",
        shell_complete=completion.files,
        help="Read root variables from a .tfvars file.",
    ),
    click.option(
        "--env-vars",
        "from_environment",
        is_flag=True,
        help="Take root variables from the environment too (TF_VAR_NAME).",
    ),
    _PLANS,
    click.option(
        "--inventory",
        "inventories",
        multiple=True,
        metavar="FILE",
        shell_complete=completion.files,
        help="Read what the AWS CLI and kubectl printed about what is there; `podroom inventory` prints the commands.",
    ),
    click.option("--workspace", help="The Terraform workspace to judge."),
    click.option(
        "--hcl-parser",
        type=click.Choice(["podroom", "python-hcl2"]),
        default="podroom",
        show_default=True,
        help="Which parser reads HCL; the second needs the extra podroom[python-hcl2].",
    ),
    click.option(
        "--config",
        "config_file",
        metavar="FILE",
        shell_complete=completion.files,
        help="Take podroom's configuration from this file, not from the nearest podroom.toml.",
    ),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Which configurations to read, as the command line says it."""

    paths: tuple[str, ...]
    given: tuple[tuple[str, str], ...]
    """`var` or `var_file` and what was given to it, in the order of the command line."""
    from_environment: bool
    workspace: str | None
    hcl_parser: str
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


def reads_configurations(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command the paths and the options that say what to read; it gets them as `reading`."""
    return _reads(command, _READING)


def reads_both_sides(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command that compares two commits the options that say what to read of both; a plan is of one alone."""
    of_both = tuple(option for option in _READING if option not in (_PATHS, _PLANS))
    return _reads(command, (_PATHS_BY_OPTION, *of_both))


def _reads(command: Callable[..., T], options: Sequence[Callable[..., Callable[..., T]]]) -> Callable[..., T]:
    @wraps(command)
    def wrapped(
        *,
        paths: tuple[str, ...],
        var: tuple[str, ...],
        var_file: tuple[str, ...],
        from_environment: bool,
        workspace: str | None,
        hcl_parser: str,
        inventories: tuple[str, ...],
        config_file: str | None,
        plans: tuple[str, ...] = (),
        **others: object,
    ) -> T:
        given = _in_order(var=var, var_file=var_file)
        reading = Reading(paths, given, from_environment, workspace, hcl_parser, plans, inventories, config_file)
        return command(reading=reading, **others)

    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


class ReadingCommand(click.Command):
    """A command that remembers in which order its options were given: `--var` and `--var-file` override each other."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        ctx.meta[_ORDER] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def _in_order(**options: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return what was given to several options, each with the name of its option, as on the command line."""
    texts = {name: iter(values) for name, values in options.items()}
    order = click.get_current_context().meta[_ORDER]
    return tuple((name, next(texts[name])) for name in order if name in texts)


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
