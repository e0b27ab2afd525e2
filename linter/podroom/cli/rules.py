"""`podroom rules`."""

from __future__ import annotations

from operator import attrgetter

import click

from podroom import __version__
from podroom.cli.output import reports_errors, write
from podroom.packs import find_rules


@click.command()
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to list them.",
)
@reports_errors
def rules(output_format: str) -> None:
    """List all rules.

    JSON holds all that their pages say.
    """
    from podroom.report.rule_pages import json_list, markdown_list, text_list  # noqa: PLC0415 - imports JSON

    known = sorted(find_rules(), key=attrgetter("code"))
    if output_format == "json":
        write(json_list(known, version=__version__))
    else:
        write(markdown_list(known) if output_format == "markdown" else text_list(known))
