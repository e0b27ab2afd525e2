"""`podroom rules`."""

from __future__ import annotations

import click

from podroom.cli.output import reports_errors
from podroom.packs import find_rules


@click.command()
@reports_errors
def rules() -> None:
    """List all rules."""
    for rule in sorted(find_rules(), key=lambda rule: rule.code):
        click.echo(f"{rule.code}  {rule.severity!s:<8} {rule.name:<40} {rule.title()}")
