"""`podroom check`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from podroom.cli.options import Reading, ReadingCommand, colour, reads_configurations
from podroom.cli.output import reports_errors
from podroom.cli.progress import Progress
from podroom.cli.reporting import Reporting, reports_findings
from podroom.cli.selecting import Selecting, selects_rules
from podroom.engine import Engine, Outcome
from podroom.errors import PodroomError
from podroom.packs import find_rules
from podroom.run import check as run_check


@click.command(cls=ReadingCommand)
@reads_configurations
@click.option(
    "--baseline", "known", metavar="FILE", help="Leave out the findings of a baseline; say what is stale in it."
)
@colour
@reports_errors
@reports_findings
@selects_rules
def check(*, reading: Reading, reporting: Reporting, selecting: Selecting, known: str | None, color: str) -> None:
    """Judge the configurations in the given folders or files (the current folder if none is given).

    Exits with 0 if there is nothing to report, 1 if there are findings of severity warning or error (--fail-on), and 2
    if something could not be read.
    """
    try:
        rules = find_rules()
        configurations = reading.configurations(selecting.applied)
        progress = Progress()
        request = reading.request(configurations, progress)
        config = configurations.nearest(request.paths).config
        reporting = reporting.configured(config)
        with progress:
            outcome = run_check(request, Engine(rules))
        known = known or config.baseline
        if known is not None:
            outcome = _without_known(outcome, known, request.paths)
        outcome = reporting.certain(outcome)
    except PodroomError as error:
        reporting.report_error(error, (reading.paths or (".",))[0], color)
        raise
    reporting.report(outcome, {rule.code: rule for rule in rules}, color)
    sys.exit(reporting.exit_code(outcome))


def _without_known(outcome: Outcome, path: str, judged: Sequence[str]) -> Outcome:
    from podroom.baseline import applied  # noqa: PLC0415 - only a project with a baseline needs it
    from podroom.cli.baseline import judged_folders, load  # noqa: PLC0415 - same

    return applied(outcome, load(path), judged_folders(judged))
