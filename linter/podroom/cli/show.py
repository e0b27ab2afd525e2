"""`podroom show`."""

from __future__ import annotations

import sys

import click

from podroom.cli.options import ReadingCommand, colour, reads_configurations
from podroom.cli.output import EXIT_FAILED, complain, reports_errors, style, write
from podroom.cli.reading import Reading
from podroom.report import world as world_report
from podroom.run import understand


@click.command(cls=ReadingCommand)
@reads_configurations
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["tree", "json"]),
    help="tree on a terminal, otherwise json, unless chosen here.",
)
@colour
@reports_errors
def show(*, reading: Reading, output_format: str | None, color: str) -> None:
    """Print what was understood: every value with its origin, or the reason why it is unknown."""
    worlds, problems, _ = understand(reading.request())
    chosen = output_format or ("tree" if sys.stdout.isatty() else "json")
    if chosen == "json":
        write(world_report.render_json(tuple(worlds)))
    else:
        write(world_report.render_tree(tuple(worlds), style(color)))
    for problem in problems:
        place = f"{problem.span}: " if problem.span else ""
        complain(place + problem.message)
    if problems:
        sys.exit(EXIT_FAILED)
