"""`podroom recommend`."""

from __future__ import annotations

import click

from podroom.capacity.assessment import Assessment
from podroom.capacity.recommendation import recommend as search
from podroom.cli.forecasting import Assuming, assumes, canvas, finish, understood
from podroom.cli.options import ReadingCommand, colour, reads_configurations
from podroom.cli.output import reports_errors, write
from podroom.cli.reading import Reading


@click.command(cls=ReadingCommand)
@reads_configurations
@assumes
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True
)
@colour
@reports_errors
def recommend(*, reading: Reading, assuming: Assuming, output_format: str, color: str) -> None:
    """Search the settings of the warm pool that take the fewest addresses.

    Says for every cluster what to set, why, what it changes in every subnet, and what else is needed where settings
    cannot suffice.  Exits with 0, and with 2 if something could not be read.
    """
    found = understood(reading, assuming)
    results = [search(Assessment(world, found.catalog, found.assumptions)) for world in found.worlds]
    if output_format == "json":
        from podroom.report import recommend_json  # noqa: PLC0415 - only one of the formats is needed

        write(recommend_json.render(results, found.frame()))
    elif output_format == "markdown":
        from podroom.report import recommend_markdown  # noqa: PLC0415 - only one of the formats is needed

        write(recommend_markdown.render(results))
    else:
        from podroom.report import recommend_text  # noqa: PLC0415 - only one of the formats is needed

        write(recommend_text.render(results, canvas(color)))
    finish(found.problems)
