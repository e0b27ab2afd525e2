"""`podroom capacity`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from podroom import __version__
from podroom.capacity.assessment import Assessment
from podroom.capacity.forecast import Forecast, forecast
from podroom.capacity.plan_changes import before_plan, while_applied
from podroom.capacity.recommendation import recommend
from podroom.capacity.what_if import (
    check_groups,
    read_environment_change,
    read_group_change,
    with_environment,
    with_group_changes,
)
from podroom.cli.forecasting import Assuming, Understood, assumes, canvas, finish, understood
from podroom.cli.options import ReadingCommand, colour, reads_configurations
from podroom.cli.output import reports_errors, write
from podroom.cli.reading import Reading
from podroom.cli.settings import find_type
from podroom.model.world import World
from podroom.report.capacity_wording import Comparison


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
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "csv", "markdown", "html"]),
    default="text",
    show_default=True,
)
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
    what would be otherwise, and are shown beside today's numbers; so is a plan that changes node groups, and what is
    there while it is applied.  Exits with 0, and with 2 if something could not be read.
    """
    variables = [read_environment_change(text) for text in environment]
    group_changes = [read_group_change(text) for text in settings]
    found = understood(reading, assuming)
    check_groups(found.worlds, group_changes)
    for change in group_changes:
        for name in change.types:
            find_type(name, found.catalog)
    changes = (*map(str, variables), *map(str, group_changes))
    comparisons = []
    for world in found.worlds:
        before, during, then, told = world, None, None, changes
        planned = None if changes else before_plan(world)
        if changes:
            then = with_group_changes(with_environment(world, variables), group_changes)
        elif planned is not None:
            before, during, then = planned[0], while_applied(world), world
            told = tuple(
                f"the plan is applied: {change}" if at == 0 else change for at, change in enumerate(planned[1])
            )
        # A what-if is somebody's own idea of what to set.
        better = None if changes else recommend(Assessment(world, found.catalog, found.assumptions))
        stages = iter(_forecasts([one for one in (before, then, during) if one is not None], found))
        today, what_if, meanwhile = next(stages), next(stages, None), next(stages, None)
        comparisons.append(Comparison(today, what_if, told, better, meanwhile))
    write(_rendered(output_format, comparisons, found, color))
    finish(found.problems)


def _forecasts(worlds: Sequence[World], found: Understood) -> list[Forecast]:
    """Return the forecasts of Worlds that follow on each other, over the subnets that any of them uses."""
    assessments = [Assessment(world, found.catalog, found.assumptions) for world in worlds]
    forecasts = [forecast(assessment) for assessment in assessments]
    used = {subnet.subnet.address for one in forecasts for subnet in one.subnets}
    return [
        one if len(one.subnets) == len(used) else forecast(assessment, used)
        for one, assessment in zip(forecasts, assessments, strict=True)
    ]


def _rendered(output_format: str, comparisons: list[Comparison], found: Understood, color: str) -> str:
    """Return the forecast in a format, of which only the one that is asked for is imported."""
    if output_format == "csv":
        from podroom.report import capacity_csv  # noqa: PLC0415 - only one of the formats is needed

        return capacity_csv.render(comparisons)
    if output_format == "markdown":
        from podroom.report import capacity_markdown  # noqa: PLC0415 - only one of the formats is needed

        return capacity_markdown.render(comparisons, found.assumptions)
    if output_format in {"json", "html"}:
        from podroom.report import capacity_json  # noqa: PLC0415 - only one of the formats is needed

        data = capacity_json.render(comparisons, found.frame())
        if output_format == "json":
            return data
        from podroom.report import capacity_html  # noqa: PLC0415 - only one of the formats is needed

        return capacity_html.render(comparisons, data, found.assumptions, version=__version__)
    from podroom.report import capacity_text  # noqa: PLC0415 - only one of the formats is needed

    return capacity_text.render(comparisons, canvas(color))
