"""The command line."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from podroom import __version__
from podroom.errors import InputError, PodroomError, UsageError
from podroom.report.style import Style, printable

if TYPE_CHECKING:
    from podroom.config import Config
    from podroom.engine import Outcome
    from podroom.rule import Rule
    from podroom.run import Request
    from podroom.sources.files import HclReader

P = ParamSpec("P")
T = TypeVar("T")

EXIT_FINDINGS = 1
EXIT_FAILED = 2

_PATHS = click.argument("paths", nargs=-1, metavar="[PATH]...")
_COLOUR = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Whether to use colour; auto means on a terminal, unless NO_COLOR is set.",
)
_READER = click.option(
    "--hcl-parser",
    type=click.Choice(["podroom", "python-hcl2"]),
    default="podroom",
    show_default=True,
    help="Which parser reads HCL; the second needs the extra podroom[python-hcl2].",
)
_VARIABLE = click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Set a root variable.")
_VARIABLE_FILE = click.option(
    "--var-file", "variable_files", multiple=True, metavar="PATH", help="Read root variables from a .tfvars file."
)
_WORKSPACE = click.option("--workspace", help="The Terraform workspace to judge.")


def _print_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value and not context.resilient_parsing:
        from podroom.catalog.instance_types import InstanceCatalog  # noqa: PLC0415 - loaded only when asked for

        click.echo(f"podroom {__version__} (instance types of {InstanceCatalog.bundled().date})")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
def podroom() -> None:
    """Say whether the pods will have room.

    Reads Terraform for Amazon EKS and says which pods will get no address: max pods against the interfaces of the
    instance type, and nodes against the subnets.
    """


def _reports_errors(command: Callable[P, T]) -> Callable[P, T]:
    """Print errors that podroom raises on purpose, and those of the system, as one sentence and exit with 2."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except PodroomError as error:
            click.echo(f"podroom: {printable(str(error))}", err=True)
            sys.exit(EXIT_FAILED)
        except OSError as error:  # such as a current folder that is gone, or a full disk
            click.echo(f"podroom: the system refuses: {printable(str(error))}", err=True)
            sys.exit(EXIT_FAILED)

    return wrapped


@podroom.command()
@_PATHS
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_VARIABLE
@_VARIABLE_FILE
@_WORKSPACE
@_READER
@_COLOUR
@_reports_errors
def check(
    *,
    paths: tuple[str, ...],
    output_format: str,
    variables: tuple[str, ...],
    variable_files: tuple[str, ...],
    workspace: str | None,
    hcl_parser: str,
    color: str,
) -> None:
    """Judge the configurations in the given folders or files (the current folder if none is given).

    Exits with 0 if there is nothing to report, 1 if there are findings of severity warning or error, and 2 if
    something could not be read.
    """
    from podroom.engine import Engine, Outcome, Problem  # noqa: PLC0415 - `podroom --version` needs none of this
    from podroom.packs import find_rules  # noqa: PLC0415
    from podroom.rule import Severity  # noqa: PLC0415
    from podroom.run import check as run_check  # noqa: PLC0415

    try:
        request = _request(paths, variables, variable_files, workspace, hcl_parser)
        outcome = run_check(request, Engine(find_rules()))
    except PodroomError as error:
        if output_format == "json":
            path = error.span.path if error.span else (paths or (".",))[0]
            _write_findings(Outcome(problems=(Problem(error.message, error.span, path),)))
        raise
    if output_format == "json":
        _write_findings(outcome)
    else:
        from podroom.report import text as text_report  # noqa: PLC0415

        _write(text_report.render(outcome, _style(color)))
    if outcome.problems:
        sys.exit(EXIT_FAILED)
    if any(finding.severity >= Severity.WARNING for finding in outcome.findings):
        sys.exit(EXIT_FINDINGS)


@podroom.command()
@_PATHS
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["tree", "json"]),
    help="tree on a terminal, otherwise json, unless chosen here.",
)
@_VARIABLE
@_VARIABLE_FILE
@_WORKSPACE
@_READER
@_COLOUR
@_reports_errors
def show(
    *,
    paths: tuple[str, ...],
    output_format: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[str, ...],
    workspace: str | None,
    hcl_parser: str,
    color: str,
) -> None:
    """Print what was understood: every value with its origin, or the reason why it is unknown."""
    from podroom.report import world as world_report  # noqa: PLC0415 - `podroom --version` needs none of this
    from podroom.run import understand  # noqa: PLC0415

    worlds, problems, _ = understand(_request(paths, variables, variable_files, workspace, hcl_parser))
    chosen = output_format or ("tree" if sys.stdout.isatty() else "json")
    if chosen == "json":
        _write(world_report.render_json(tuple(worlds)))
    else:
        _write(world_report.render_tree(tuple(worlds), _style(color)))
    for problem in problems:
        place = f"{problem.span}: " if problem.span else ""
        click.echo(f"podroom: {printable(place + problem.message)}", err=True)
    if problems:
        sys.exit(EXIT_FAILED)


@podroom.command()
@_reports_errors
def rules() -> None:
    """List all rules."""
    from podroom.packs import find_rules  # noqa: PLC0415 - `podroom --version` has no need of it

    for rule in sorted(find_rules(), key=lambda rule: rule.code):
        click.echo(f"{rule.code}  {rule.severity!s:<8} {rule.name:<40} {rule.title()}")


@podroom.command()
@click.argument("rule")
@_reports_errors
def explain(rule: str) -> None:
    """Explain a rule, named by its code or its name."""
    from podroom.packs import find_rules  # noqa: PLC0415 - `podroom --version` has no need of it

    known = {key: item for item in find_rules() for key in (item.code, item.name)}
    found = known.get(rule.upper()) or known.get(rule.lower())
    if found is None:
        from difflib import get_close_matches  # noqa: PLC0415 - only a misspelt rule needs it

        close = get_close_matches(rule, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else "; `podroom rules` lists them"
        raise UsageError(f"there is no rule {rule}{hint}")
    click.echo(_page(found))


def _page(rule: type[Rule[Any]]) -> str:
    parts = [f"{rule.code} {rule.name} ({rule.severity})", rule.title(), rule.rationale()]
    for heading, examples in (("Bad", rule.bad), ("Good", rule.good)):
        for example in examples:
            body = "\n".join(text.strip("\n") for text in example.files.values())
            parts.append(f"{heading}: {example.title}\n\n" + "\n".join(f"    {line}" for line in body.splitlines()))
    parts.append("Sources:\n" + "\n".join(f"  {source}" for source in rule.sources))
    return "\n\n".join(parts)


def _request(
    paths: Sequence[str],
    variables: Sequence[str],
    variable_files: Sequence[str],
    workspace: str | None,
    hcl_parser: str,
) -> Request:
    from podroom.catalog.instance_types import InstanceCatalog  # noqa: PLC0415 - `podroom --version` needs none of this
    from podroom.run import Request  # noqa: PLC0415

    chosen = tuple(paths) or (".",)
    config = _config(chosen)
    catalog = InstanceCatalog.bundled()
    return Request(
        paths=chosen,
        reader=_reader(hcl_parser),
        variable_files=variable_files,
        variables=[_assignment(text) for text in variables],
        workspace=workspace,
        catalog=catalog.with_custom(config.instance_types) if config.instance_types else catalog,
        assumptions=config.assumptions,
    )


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"--var takes NAME=VALUE, not {text!r}")
    return name.strip(), value


def _reader(name: str) -> HclReader:
    if name == "python-hcl2":
        from podroom.sources.hcl.python_hcl2 import parse_with_python_hcl2  # noqa: PLC0415 - an extra

        return parse_with_python_hcl2
    from podroom.sources.hcl.parser import parse  # noqa: PLC0415 - `podroom --version` has no need of it

    return parse


def _config(paths: Sequence[str]) -> Config:
    """Return the nearest configuration at or above what all paths have in common."""
    from podroom.config import NAMES, Config, read_config  # noqa: PLC0415 - `podroom --version` has no need of it
    from podroom.sources.files import ReadProblem, read_document  # noqa: PLC0415

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


def _style(color: str) -> Style:
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style(colour=color == "always" or (color == "auto" and wanted))


def _write_findings(outcome: Outcome) -> None:
    from podroom.catalog.instance_types import InstanceCatalog  # noqa: PLC0415 - `podroom --version` needs none of this
    from podroom.report import findings_json  # noqa: PLC0415

    _write(findings_json.render(outcome, version=__version__, catalog_date=InstanceCatalog.bundled().date))


def _write(text: str) -> None:
    """Write to standard output whatever its encoding is, and take a closed pipe for a reader that has seen enough."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Run the command line."""
    # Nearly all that a run makes lives until its end, which is the end of the process: nothing to collect.
    gc.disable()
    podroom(prog_name="podroom")
