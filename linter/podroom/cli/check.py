"""`podroom check`."""

from __future__ import annotations

import sys

import click

from podroom.cli.options import Reading, ReadingCommand, colour, reads_configurations
from podroom.cli.output import reports_errors
from podroom.cli.reporting import Reporting, reports_findings
from podroom.cli.selecting import Selecting, selects_rules
from podroom.engine import Engine
from podroom.errors import PodroomError
from podroom.packs import find_rules
from podroom.run import check as run_check


@click.command(cls=ReadingCommand)
@reads_configurations
@colour
@reports_errors
@reports_findings
@selects_rules
def check(*, reading: Reading, reporting: Reporting, selecting: Selecting, color: str) -> None:
    """Judge the configurations in the given folders or files (the current folder if none is given).

    Exits with 0 if there is nothing to report, 1 if there are findings of severity warning or error (--fail-on), and 2
    if something could not be read.
    """
    try:
        rules = find_rules()
        configurations = reading.configurations(selecting.applied)
        request = reading.request(configurations)
        reporting = reporting.configured(configurations.nearest(request.paths).config)
        outcome = reporting.certain(run_check(request, Engine(rules)))
    except PodroomError as error:
        reporting.report_error(error, (reading.paths or (".",))[0], color)
        raise
    reporting.report(outcome, {rule.code: rule for rule in rules}, color)
    sys.exit(reporting.exit_code(outcome))
