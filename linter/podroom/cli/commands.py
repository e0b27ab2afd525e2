"""The commands.  Each is a module of its own, imported only when it is the one that is run."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

import click

from podroom import __version__
from podroom.cli import completion
from podroom.cli.second_process import shut_down

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMMANDS = {
    "baseline": "Keep a baseline of findings that are known.",
    "capacity": "Say how many addresses the nodes take of every subnet.",
    "check": "Judge configurations.",
    "checkov": "Give Checkov podroom's checks.",
    "config": "Say what is configured, and what can be.",
    "diff": "Say what a change does to findings and capacity.",
    "explain": "Explain a rule.",
    "inventory": "Print the commands that list what is there, for --inventory.",
    "lsp": "Tell an editor what check finds, as a language server.",
    "max-pods": "Print max pods of an instance type, as max-pods-calculator.sh does.",
    "node": "Say what a node can hold and what it takes from its subnet.",
    "recommend": "Search the settings of the warm pool that take the fewest addresses.",
    "rules": "List all rules.",
    "show": "Print what was understood of configurations.",
}
"""Each command with the line that the general help gives it; `podroom.cli.NAME` holds the command."""

_EXIT_INTERRUPTED = 130


class Commands(click.Group):
    """Commands that are known by name and imported when one is run."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names."""
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import a command."""
        if name not in _COMMANDS:
            return None
        module = name.replace("-", "_")
        return cast("click.Command", getattr(import_module(f"podroom.cli.{module}"), module))

    def shell_complete(self, context: click.Context, beginning: str) -> list[CompletionItem]:
        """Return the commands that begin so, without importing them, or options."""
        return completion.commands(_COMMANDS, beginning) or click.Command.shell_complete(self, context, beginning)

    def invoke(self, context: click.Context) -> object:
        """Run a command; Ctrl-C ends it with one sentence, and with the exit code that shells give for it."""
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            click.echo("podroom: interrupted", err=True)
            context.exit(_EXIT_INTERRUPTED)
        finally:
            shut_down()

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands into the general help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _print_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value and not context.resilient_parsing:
        from podroom.catalog.instance_types import InstanceCatalog  # noqa: PLC0415 - loaded only when asked for

        click.echo(f"podroom {__version__} (instance types of {InstanceCatalog.bundled().date})")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
def podroom() -> None:
    """Say whether the pods will have room.

    Reads Terraform for Amazon EKS and says which pods will get no address: max pods against the interfaces of the
    instance type, and nodes against the subnets.
    """
