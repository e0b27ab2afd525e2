"""`podroom capacity`."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from podroom import __version__
from podroom.capacity.assessment import Assessment
from podroom.capacity.forecast import forecast
from podroom.capacity.what_if import (
    check_groups,
    read_environment_change,
    read_group_change,
    with_environment,
    with_group_changes,
)
from podroom.cli.forecasting import Assuming, assumes, canvas
from podroom.cli.options import Reading, ReadingCommand, colour, reads_configurations
from podroom.cli.output import EXIT_FAILED, reports_errors, write
from podroom.report.capacity_wording import Comparison
from podroom.report.style import printable
from podroom.run import understand


@click.command(cls=ReadingCommand)
@reads_configurations
@assumes
@click.option("--env", "environment", multiple=True, metavar="NAME=VALUE", help="What if aws-node had this variable?")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="GROUP.SETTING=VALUE",
    help="What if a node group had this min_size, desired_size, max_size or instance_types?",
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@colour
@reports_errors
def capacity(
    *,
    reading: Reading,
    assuming: Assuming,
    environment: tuple[str, ...],
    settings: tuple[str, ...],
    output_format: str,
    color: str,
) -> None:
    """Say how many addresses the nodes take of every subnet, what is left, and how many nodes it holds.

    Reads the configurations in the given folders or files (the current folder if none is given).  --env and --set ask
    what would be otherwise, and are shown beside today's numbers.  Exits with 0, and with 2 if something could not be
    read.
    """
    variables = [read_environment_change(text) for text in environment]
    group_changes = [read_group_change(text) for text in settings]
    request = reading.request()
    assumptions = assuming.applied(request.assumptions)
    worlds, problems, _ = understand(replace(request, assumptions=assumptions))
    worlds = [world for world in worlds if world.about_eks]
    check_groups(worlds, group_changes)
    comparisons = []
    for world in worlds:
        today = forecast(Assessment(world, request.catalog, assumptions))
        changed = with_group_changes(with_environment(world, variables), group_changes)
        changes = [*map(str, variables), *map(str, group_changes)]
        what_if = forecast(Assessment(changed, request.catalog, assumptions)) if changes else None
        comparisons.append(Comparison(today, what_if, tuple(changes)))
    if output_format == "json":
        from podroom.report import capacity_json  # noqa: PLC0415 - only one of the formats is needed

        date = request.catalog.date
        write(capacity_json.render(comparisons, problems, assumptions, version=__version__, catalog_date=date))
    else:
        from podroom.report import capacity_text  # noqa: PLC0415 - only one of the formats is needed

        write(capacity_text.render(comparisons, canvas(color)))
    for problem in problems:
        place = f"{problem.span}: " if problem.span else ""
        click.echo(f"podroom: {printable(place + problem.message)}", err=True)
    if problems:
        sys.exit(EXIT_FAILED)
