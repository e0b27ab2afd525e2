"""`podroom config`."""

from __future__ import annotations

import os

import click

from podroom.cli import completion
from podroom.cli.options import selects_rules
from podroom.cli.output import reports_errors, write
from podroom.cli.reporting import CONFIDENCES, SEVERITIES
from podroom.cli.selecting import Selecting
from podroom.cli.settings import Configurations
from podroom.errors import InputError
from podroom.packs import find_entries


@click.group()
def config() -> None:
    """Say what is configured, and what can be."""


@config.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=completion.files)
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    shell_complete=completion.files,
    help="Take this file, not the nearest podroom.toml.",
)
@click.option("--fail-on", type=click.Choice(list(SEVERITIES)), help="As for podroom check.")
@click.option("--min-confidence", type=click.Choice(list(CONFIDENCES)), help="As for podroom check.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@reports_errors
@selects_rules
def show(
    *,
    paths: tuple[str, ...],
    config_file: str | None,
    fail_on: str | None,
    min_confidence: str | None,
    output_format: str,
    selecting: Selecting,
) -> None:
    """Print every setting that holds for the given folders or files, and where its value comes from."""
    from podroom.config.explained import explained  # noqa: PLC0415 - only this command needs it

    missing = [path for path in paths if not os.path.exists(path)]
    if missing:
        raise InputError(f"no such file or folder: {', '.join(missing)}")
    found = Configurations(config_file, selecting.applied).nearest(paths or (".",)).config
    found.check_rules([(rule.code, rule.name) for rule in find_entries()])
    said = {**selecting.given(), "fail_on": fail_on, "min_confidence": min_confidence}
    given = {name: value for name, value in said.items() if value is not None}
    settings = list(explained(found, given))
    if output_format == "json":
        from podroom.report.config_report import render_json  # noqa: PLC0415 - only one of the formats is needed

        write(render_json(found.path, settings))
    else:
        from podroom.report.config_report import render_text  # noqa: PLC0415 - only one of the formats is needed

        write(render_text(found.path, settings))


@config.command()
@reports_errors
def schema() -> None:
    """Print the JSON Schema of podroom.toml, for editors that check it."""
    import json  # noqa: PLC0415 - only this command needs it

    from podroom.config.schema import SCHEMA  # noqa: PLC0415 - same

    write(json.dumps(SCHEMA, indent=2) + "\n")
