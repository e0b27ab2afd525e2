"""`podroom explain`."""

from __future__ import annotations

import click

from podroom.cli import completion
from podroom.cli.options import colour
from podroom.cli.output import reports_errors, style, write
from podroom.errors import UsageError
from podroom.packs import find_rules
from podroom.rule import suggest_rule


@click.command()
@click.argument("rule", shell_complete=completion.rule)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown"]),
    default="text",
    show_default=True,
    help="How to print the page.",
)
@colour
@reports_errors
def explain(rule: str, output_format: str, color: str) -> None:
    """Explain a rule, named by its code or its name."""
    from podroom.report.rule_pages import markdown_page, text_page  # noqa: PLC0415 - imports JSON

    known = {key: item for item in find_rules() for key in (item.code, item.name)}
    found = known.get(rule.upper()) or known.get(rule.lower())
    if found is None:
        close = suggest_rule(rule, [(item.code, item.name) for item in known.values()])
        hint = f"; did you mean {close}?" if close else "; `podroom rules` lists them"
        raise UsageError(f"there is no rule {rule}{hint}")
    write(markdown_page(found) if output_format == "markdown" else text_page(found, style(color)))
