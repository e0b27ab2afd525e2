"""What tests of the whole checkout share: where it is, and running podroom in it as a person would."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner, Result

from podroom import cli

CHECKOUT = Path(__file__).resolve().parent.parent
EXAMPLES = Path("examples/terraform")
SCENARIOS = sorted(folder.name for folder in (CHECKOUT / EXAMPLES).iterdir() if folder.is_dir())
EXAMPLE_FOLDERS = sorted(
    folder.relative_to(CHECKOUT).as_posix() for folder in CHECKOUT.glob("examples/*/*") if folder.is_dir()
)
"""The folders of all scenarios, of every source, as paths from the top of the checkout."""


def podroom(*arguments: str) -> Result:
    """Run podroom at the top of the checkout, its output not being a terminal; an exception is raised, not printed."""
    with _at_the_top():
        return CliRunner().invoke(cli.podroom, list(arguments), catch_exceptions=False)


@contextmanager
def _at_the_top() -> Iterator[None]:
    before = Path.cwd()
    os.chdir(CHECKOUT)
    try:
        yield
    finally:
        os.chdir(before)
