"""`podroom inventory`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator

import click

from podroom.cli.options import ReadingCommand, reads_configurations
from podroom.cli.output import EXIT_FAILED, complain, reports_errors, write
from podroom.cli.reading import Reading
from podroom.patterns import pattern
from podroom.report import inventory_commands
from podroom.run import understand

_UNFIT = pattern(r"^[0-9]|[^A-Za-z0-9_]")
"""What no variable of a shell has in its name."""


@click.command(cls=ReadingCommand)
@reads_configurations
@reports_errors
def inventory(*, reading: Reading) -> None:
    """Print the commands that list what is there of the configurations in the given folders or files.

    podroom runs none of them, and each of them only reads.  What they print is for --inventory.  Exits with 0, and with
    2 if something could not be read.
    """
    worlds, problems, _ = understand(reading.request())
    write(inventory_commands.render(worlds, reading.paths or (".",), list(_options(reading))))
    for problem in problems:
        place = f"{problem.span}: " if problem.span else ""
        complain(place + problem.message)
    if problems:
        sys.exit(EXIT_FAILED)


def _options(reading: Reading) -> Iterator[str]:
    """Yield the options that say how the project is read; a value of a variable, which may be secret, is asked for."""
    for plan in reading.plans:
        yield f"--plan {shlex.quote(plan)}"
    for option, text in reading.given:
        if option == "var_file":
            yield f"--var-file {shlex.quote(text)}"
        else:
            name = text.partition("=")[0]
            yield f'--var {shlex.quote(name)}="${{{_UNFIT.sub("_", name)}:?}}"'
    if reading.from_environment:
        yield "--env-vars"
    if reading.workspace is not None:
        yield f"--workspace {shlex.quote(reading.workspace)}"
    if reading.config_file is not None:
        yield f"--config {shlex.quote(reading.config_file)}"
    for path in reading.inventories:
        yield f"--inventory {shlex.quote(path)}"
