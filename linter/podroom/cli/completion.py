"""What a shell is told when it completes a word: commands, files, rules, instance types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem


def files(_context: click.Context, _parameter: click.Parameter, beginning: str) -> list[CompletionItem]:
    """Leave it to the shell, which knows its own files."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a shell that completes needs it

    return [CompletionItem(beginning, type="file")]


def commands(known: Mapping[str, str], beginning: str) -> list[CompletionItem]:
    """Return commands with what each is for, of all by name."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - same

    return [CompletionItem(name, help=text) for name, text in known.items() if name.startswith(beginning)]


def rule(_context: click.Context, _parameter: click.Parameter, beginning: str) -> list[CompletionItem]:
    """Return the codes of rules, or their names where the beginning of one is written."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - same

    from podroom.packs import find_rules  # noqa: PLC0415 - same

    known = find_rules()
    codes = [CompletionItem(one.code, help=one.title()) for one in known if one.code.startswith(beginning.upper())]
    return codes or [CompletionItem(one.name, help=one.title()) for one in known if one.name.startswith(beginning)]


def rules(context: click.Context, parameter: click.Parameter, beginning: str) -> list[CompletionItem]:
    """Return rules for the last of several that stand between commas."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - same

    before, comma, last = beginning.rpartition(",")
    return [CompletionItem(before + comma + one.value, help=one.help) for one in rule(context, parameter, last)]


def instance_types(_context: click.Context, _parameter: click.Parameter, beginning: str) -> list[CompletionItem]:
    """Return the instance types that podroom knows."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - same

    from podroom.catalog.instance_types import InstanceCatalog  # noqa: PLC0415 - same

    return [CompletionItem(one.name) for one in InstanceCatalog.bundled() if one.name.startswith(beginning)]
