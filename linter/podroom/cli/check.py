"""`podroom check`."""

from __future__ import annotations

import sys

import click

from podroom import __version__
from podroom.catalog.instance_types import InstanceCatalog
from podroom.cli.options import Reading, ReadingCommand, colour, reads_configurations
from podroom.cli.output import EXIT_FAILED, EXIT_FINDINGS, reports_errors, style, write
from podroom.engine import Engine, Outcome, Problem
from podroom.errors import PodroomError
from podroom.packs import find_rules
from podroom.rule import Severity
from podroom.run import check as run_check


@click.command(cls=ReadingCommand)
@reads_configurations
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@colour
@reports_errors
def check(*, reading: Reading, output_format: str, color: str) -> None:
    """Judge the configurations in the given folders or files (the current folder if none is given).

    Exits with 0 if there is nothing to report, 1 if there are findings of severity warning or error, and 2 if
    something could not be read.
    """
    try:
        outcome = run_check(reading.request(), Engine(find_rules()))
    except PodroomError as error:
        if output_format == "json":
            path = error.span.path if error.span else (reading.paths or (".",))[0]
            _write_json(Outcome(problems=(Problem(error.message, error.span, path),)))
        raise
    if output_format == "json":
        _write_json(outcome)
    else:
        from podroom.report import text  # noqa: PLC0415 - only one of the formats is needed

        write(text.render(outcome, style(color)))
    if outcome.problems:
        sys.exit(EXIT_FAILED)
    if any(finding.severity >= Severity.WARNING for finding in outcome.findings):
        sys.exit(EXIT_FINDINGS)


def _write_json(outcome: Outcome) -> None:
    from podroom.report import findings_json  # noqa: PLC0415 - only one of the formats is needed

    write(findings_json.render(outcome, version=__version__, catalog_date=InstanceCatalog.bundled().date))
