"""`podroom inventory`."""

from __future__ import annotations

import sys

import click

from podroom.cli.options import Reading, ReadingCommand, reads_configurations
from podroom.cli.output import EXIT_FAILED, reports_errors, write
from podroom.report import inventory_commands
from podroom.report.style import printable
from podroom.run import understand


@click.command(cls=ReadingCommand)
@reads_configurations
@reports_errors
def inventory(*, reading: Reading) -> None:
    """Print the commands that list what is there of the configurations in the given folders or files.

    podroom runs none of them, and each of them only reads.  What they print is for --inventory.  Exits with 0, and with
    2 if something could not be read.
    """
    worlds, problems, _ = understand(reading.request())
    write(inventory_commands.render(worlds, reading.paths or (".",)))
    for problem in problems:
        place = f"{problem.span}: " if problem.span else ""
        click.echo(f"podroom: {printable(place + problem.message)}", err=True)
    if problems:
        sys.exit(EXIT_FAILED)
