"""What `podroom check` does, once its options are read."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from podroom.cli.output import EXIT_FAILED, EXIT_FINDINGS, complain, reports_errors, write
from podroom.cli.progress import Progress
from podroom.cli.reading import Reading
from podroom.cli.reporting import Reporting
from podroom.cli.second_process import shut_down
from podroom.cli.selecting import Selecting
from podroom.engine import Engine, Outcome
from podroom.errors import PodroomError, UsageError
from podroom.packs import find_entries
from podroom.records import replace
from podroom.run import check as run_check
from podroom.sources.disk import DISK, Tree
from podroom.sources.files import STANDARD_INPUT

if TYPE_CHECKING:
    from podroom.sources.affected import Affected


@reports_errors
def check_paths(paths: Sequence[str], *, changed: bool, output_format: str) -> None:
    """Do what `podroom check PATH...` does with no other options than `--changed` and `--format`."""
    try:
        check_configurations(Reading(tuple(paths)), Reporting(output_format), Selecting(), changed=changed)
    finally:
        shut_down()


def check_configurations(
    reading: Reading,
    reporting: Reporting,
    selecting: Selecting,
    *,
    known: str | None = None,
    changed: bool = False,
    edited: str | None = None,
    color: str = "auto",
    fixes: bool = False,
    shows_diff: bool = False,
) -> None:
    """Judge configurations, report what is found, and exit."""
    try:
        scope = None
        tree: Tree = DISK
        if edited is not None:
            if STANDARD_INPUT in reading.plans:
                raise UsageError("--plan - and --stdin-filename both take standard input: give the plan as a file")
            tree = _with_standard_input(edited, writes=fixes and not shows_diff)
            if changed or not reading.paths:
                reading, changed = replace(reading, paths=(*reading.paths, edited)), True
        if changed:
            found = _changed(reading, tree)
            if found is None:
                _report_nothing(reporting, color)
                sys.exit(0)
            reading, scope = found
        rules = find_entries()
        configurations = reading.configurations(selecting.applied)
        progress = Progress()
        request = replace(reading.request(configurations, progress), scope=scope, tree=tree)
        config = configurations.nearest(request.paths).config
        reporting = reporting.configured(config)

        judged = request.paths if scope is None or scope.everything else ()

        def judge() -> Outcome:
            with progress:
                outcome = run_check(request, Engine(rules))
            path = known or config.baseline
            return reporting.certain(outcome if path is None else _without_known(outcome, path, judged))

        outcome = judge()
        if shows_diff:
            sys.exit(_show_diff(_fixable(outcome, reading, tree)))
        refused = fixes and _fix(_fixable(outcome, reading, tree))
        if fixes:
            outcome = judge()
    except PodroomError as error:
        reporting.report_error(error, (reading.paths or (".",))[0], color)
        raise
    if not any(config.selection.runs(rule.code, rule.name) for rule in rules):
        complain("no rule runs; `podroom config show` says what is selected and ignored")
    reporting.report(outcome, rules, color)
    sys.exit(EXIT_FAILED if refused else reporting.exit_code(outcome))


def _with_standard_input(path: str, *, writes: bool) -> Tree:
    """Return all files, of which one says what standard input does."""
    from podroom.cli.unsaved import with_standard_input  # noqa: PLC0415 - only where it is asked for

    if writes:
        raise UsageError("--fix writes files, and --stdin-filename is none; --diff shows what it would write")
    return with_standard_input(path)


def _changed(reading: Reading, tree: Tree) -> tuple[Reading, Affected] | None:
    """Return what to read, and what of it is to be judged; None if nothing is."""
    from podroom.cli.changed import whole_project  # noqa: PLC0415 - only where it is asked for

    return whole_project(reading, tree)


def _report_nothing(reporting: Reporting, color: str) -> None:
    from podroom.cli.changed import render_nothing  # noqa: PLC0415 - only where it is asked for

    reporting.report(Outcome(), (), color, render_nothing)


def _without_known(outcome: Outcome, path: str, judged: Sequence[str]) -> Outcome:
    from podroom.cli.baseline import without_known  # noqa: PLC0415 - only a project with a baseline needs it

    return without_known(outcome, path, judged)


def _fixable(outcome: Outcome, reading: Reading, tree: Tree) -> Outcome:
    """Return an outcome without the fixes that may harm what was not judged, and say which those are."""
    if all(finding.edit is None for finding in outcome.findings):
        return outcome
    from podroom.cli.shared_files import keep_judged_edits  # noqa: PLC0415 - only where there is something to fix

    outcome, left = keep_judged_edits(outcome, reading, tree)
    for sentence in left:
        complain(sentence)
    return outcome


def _fix(outcome: Outcome) -> bool:
    """Write the fixes, tell what became of them, and return whether one could not be written."""
    from podroom.cli.fixing import write_fixes  # noqa: PLC0415 - only where it is asked for

    fixing = write_fixes(outcome)
    for sentence in (*fixing.refused, str(fixing)):
        complain(sentence)
    return bool(fixing.refused)


def _show_diff(outcome: Outcome) -> int:
    """Print what fixes would change; return 2 if something could not be read, 1 if there is something to fix, or 0."""
    from podroom.cli.fixing import render_diff  # noqa: PLC0415 - only where it is asked for
    from podroom.fixes import fixed_texts  # noqa: PLC0415 - same

    fixed = fixed_texts(outcome.findings)
    for problem in outcome.problems:
        complain(str(problem))
    write(render_diff(fixed))
    return EXIT_FAILED if outcome.problems else EXIT_FINDINGS if fixed else 0
