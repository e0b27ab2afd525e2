"""`podroom check`."""

from __future__ import annotations

import click

from podroom.cli import completion
from podroom.cli.checking import check_configurations
from podroom.cli.options import ReadingCommand, colour, reads_configurations, reports_findings, selects_rules
from podroom.cli.output import reports_errors
from podroom.cli.reading import Reading
from podroom.cli.reporting import Reporting
from podroom.cli.selecting import Selecting


@click.command(cls=ReadingCommand)
@reads_configurations
@click.option(
    "--baseline",
    "known",
    metavar="FILE",
    shell_complete=completion.files,
    help="Leave out the findings of a baseline; say what is stale in it.",
)
@click.option(
    "--changed", is_flag=True, help="Take the paths for files that change, and judge every root module that reads one."
)
@click.option(
    "--stdin-filename",
    "edited",
    metavar="FILE",
    shell_complete=completion.files,
    help="Take standard input for what this file says; without a PATH judge every root module that reads it.",
)
@colour
@reports_errors
@reports_findings
@selects_rules
@click.option("--fix", "fixes", is_flag=True, help="Write those fixes into the files that change one literal.")
@click.option("--diff", "shows_diff", is_flag=True, help="Print what --fix would write, and nothing else.")
def check(
    *,
    reading: Reading,
    reporting: Reporting,
    selecting: Selecting,
    known: str | None,
    changed: bool,
    edited: str | None,
    color: str,
    fixes: bool,
    shows_diff: bool,
) -> None:
    """Judge the configurations in the given folders or files (the current folder if none is given).

    Exits with 0 if there is nothing to report, 1 if there are findings of severity warning or error (--fail-on), and 2
    if something could not be read.
    """
    check_configurations(
        reading,
        reporting,
        selecting,
        known=known,
        changed=changed,
        edited=edited,
        color=color,
        fixes=fixes,
        shows_diff=shows_diff,
    )
