"""`podroom explain`."""

from __future__ import annotations

from typing import Any

import click

from podroom.cli.output import reports_errors
from podroom.errors import UsageError
from podroom.packs import find_rules
from podroom.rule import Rule


@click.command()
@click.argument("rule")
@reports_errors
def explain(rule: str) -> None:
    """Explain a rule, named by its code or its name."""
    known = {key: item for item in find_rules() for key in (item.code, item.name)}
    found = known.get(rule.upper()) or known.get(rule.lower())
    if found is None:
        from difflib import get_close_matches  # noqa: PLC0415 - only a misspelt rule needs it

        close = get_close_matches(rule, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else "; `podroom rules` lists them"
        raise UsageError(f"there is no rule {rule}{hint}")
    click.echo(_page(found))


def _page(rule: type[Rule[Any]]) -> str:
    parts = [f"{rule.code} {rule.name} ({rule.severity})", rule.title(), rule.rationale()]
    for heading, examples in (("Bad", rule.bad), ("Good", rule.good)):
        for example in examples:
            body = "\n".join(text.strip("\n") for text in example.files.values())
            parts.append(f"{heading}: {example.title}\n\n" + "\n".join(f"    {line}" for line in body.splitlines()))
    parts.append("Sources:\n" + "\n".join(f"  {source}" for source in rule.sources))
    return "\n\n".join(parts)
