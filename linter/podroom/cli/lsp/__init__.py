"""`podroom lsp`."""

from __future__ import annotations

import click

from podroom.cli.output import reports_errors
from podroom.errors import UsageError


@click.command()
@click.option("--stdio", is_flag=True, help="Talk over standard input and output, as is always done.")
@reports_errors
def lsp(*, stdio: bool) -> None:
    """Tell an editor what `podroom check` finds, in the language server protocol.

    Editors start it by themselves; docs/editors.md says how to set them up.
    """
    del stdio  # many clients pass it, and there is no other way to talk
    try:
        import pygls  # noqa: F401, PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise UsageError(
            f"The language server needs a library that is not here ({error}): run pip install 'podroom[lsp]'"
        ) from error
    import gc  # noqa: PLC0415 - only here is it needed again

    from podroom.cli.lsp.server import serve  # noqa: PLC0415 - needs the extra

    gc.enable()  # podroom runs without it, but does not go on for days
    serve()
