"""Options that several commands share: what to read and how, which rules to run, and how to report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import TypeVar

import click

from podroom.cli import completion
from podroom.cli.reading import Reading
from podroom.cli.reporting import CONFIDENCES, SEVERITIES, Reporting
from podroom.cli.selecting import Selecting
from podroom.cli.written_files import check_folder
from podroom.errors import UsageError
from podroom.report.formats import FORMATS

T = TypeVar("T")
_ORDER = "podroom.order"

colour = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Whether to use colour; auto means on a terminal, unless NO_COLOR is set.",
)

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
    click.option("--workspace", help="The Terraform workspace to judge; else each that the configuration tells apart."),
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

_REPORTING = (
    click.option(
        "--format",
        "output_format",
        type=click.Choice(list(FORMATS)),
        default="text",
        show_default=True,
        help="What standard output gets.",
    ),
    click.option(
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT=FILE",
        help="Write a file in a format as well; may be given several times.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(list(SEVERITIES)),
        help="The lowest severity for which the exit code is 1; warning unless something else is configured.",
    ),
    click.option(
        "--min-confidence",
        type=click.Choice(list(CONFIDENCES)),
        help="Leave out findings that are less certain, which are counted; low unless something else is configured.",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings."),
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


def reports_findings(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command the options that say how to report; it gets them as `reporting`."""

    @wraps(command)
    def wrapped(
        *,
        output_format: str,
        outputs: tuple[str, ...],
        fail_on: str | None,
        min_confidence: str | None,
        exit_zero: bool,
        **others: object,
    ) -> T:
        files = tuple(map(_output, outputs))
        _check_apart(files)
        reporting = Reporting(
            output_format,
            files,
            None if fail_on is None else SEVERITIES[fail_on],
            None if min_confidence is None else CONFIDENCES[min_confidence],
            exit_zero,
        )
        return command(reporting=reporting, **others)

    for option in reversed(_REPORTING):
        wrapped = option(wrapped)
    return wrapped


def _output(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals or not path or name not in FORMATS:
        raise UsageError(f"--output takes FORMAT=FILE with a format of {', '.join(FORMATS)}, not {text!r}")
    if path == "-":
        raise UsageError(f"--output writes files; what standard output gets is said by --format {name}")
    check_folder(path)
    return name, path


def _check_apart(outputs: Iterable[tuple[str, str]]) -> None:
    """Raise `UsageError` if a file is to be written twice."""
    formats: dict[str, str] = {}
    for name, path in outputs:
        target = os.path.realpath(path)
        if target in formats and (os.path.isfile(target) or not os.path.exists(target)):
            raise UsageError(f"--output would write {path} twice, as {formats[target]} and as {name}; name two files")
        formats[target] = name
