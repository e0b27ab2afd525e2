"""Start podroom: `python -m podroom`, and what the command `podroom` runs."""

import gc
import sys

_EXIT_FAILED = 2
_EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    # Nearly all that a run makes, modules included, lives until its end, which is the end of the process: nothing to
    # collect.  A monorepo of 2,000 files takes 90 MiB.
    gc.disable()
    try:
        from podroom.cli import plain_check  # noqa: PLC0415 - see above

        plain = plain_check(sys.argv[1:])
        if plain is not None:
            from podroom.cli.checking import check_paths  # noqa: PLC0415 - same

            paths, changed, output_format = plain
            check_paths(paths, changed=changed, output_format=output_format)
        else:
            from podroom.cli.commands import podroom  # noqa: PLC0415 - same

            podroom(prog_name="podroom")
    except KeyboardInterrupt:  # during the import: later ones are caught where the command is run
        sys.stderr.write("podroom: interrupted\n")
        sys.exit(_EXIT_INTERRUPTED)
    except Exception:  # noqa: BLE001 - Python would exit with 1, and a crash must not look like findings
        import traceback  # noqa: PLC0415 - nobody should need it

        traceback.print_exc()
        sys.stderr.write("podroom: this is a fault of podroom, and nothing is judged: please report the lines above\n")
        sys.exit(_EXIT_FAILED)
    finally:
        gc.freeze()  # or else the interpreter walks all of it once more before it ends, a fifth of the whole run


if __name__ == "__main__":
    main()
