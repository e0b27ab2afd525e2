"""Start podroom: `python -m podroom`, and what the command `podroom` runs."""

import gc
import os
import sys

_EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    # Nearly all that a run makes, modules included, lives until its end, which is the end of the process: nothing to
    # collect.  A monorepo of 2,000 files takes 90 MiB.
    gc.disable()
    try:
        if _is_plain_check(sys.argv[1:]):
            from podroom.cli.checking import check_paths  # noqa: PLC0415 - see above

            check_paths(sys.argv[2:])
        else:
            from podroom.cli.commands import podroom  # noqa: PLC0415 - same

            podroom(prog_name="podroom")
    except KeyboardInterrupt:  # during the import: later ones are caught where the command is run
        sys.stderr.write("podroom: interrupted\n")
        sys.exit(_EXIT_INTERRUPTED)
    finally:
        gc.freeze()  # or else the interpreter walks all of it once more before it ends, a fifth of the whole run


def _is_plain_check(arguments: list[str]) -> bool:
    """Return whether the command is `check` without options, as in most runs.

    There is nothing to be parsed then, and to import what parses arguments would be a tenth of a small run.  A shell
    that completes a word, and Windows, where that parser expands `*`, are left to it.
    """
    plain = arguments[:1] == ["check"] and not any(one.startswith("-") for one in arguments)
    return plain and "_PODROOM_COMPLETE" not in os.environ and os.name != "nt"


if __name__ == "__main__":
    main()
