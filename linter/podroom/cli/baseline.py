"""`podroom baseline`, and the baseline of `podroom check`."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence

import click

from podroom.baseline import Baseline, applied, counted, read_baseline, stale, written
from podroom.cli import completion
from podroom.cli.options import ReadingCommand, reads_configurations, selects_rules
from podroom.cli.output import EXIT_FAILED, complain, reports_errors, write
from podroom.cli.places import paths_below
from podroom.cli.progress import Progress
from podroom.cli.reading import Reading
from podroom.cli.selecting import Selecting
from podroom.cli.written_files import check_folder, write_file
from podroom.config import Config
from podroom.engine import Engine, Outcome
from podroom.errors import InputError, UsageError
from podroom.packs import find_entries
from podroom.positions import Document, Paths
from podroom.report.style import printable
from podroom.run import check
from podroom.sources.files import ReadProblem, absolute_folder, folder_of, is_folder, read_document

USUAL = "podroom-baseline.json"

_FILE = click.option(
    "--baseline",
    "file",
    metavar="FILE",
    shell_complete=completion.files,
    help=f"The baseline; the configured one or {USUAL} unless given.",
)


@click.group()
def baseline() -> None:
    """Keep a baseline: findings that are known, so that `podroom check --baseline FILE` tells of new ones only."""


@baseline.command(cls=ReadingCommand)
@reads_configurations
@_FILE
@click.option("--force", is_flag=True, help="Write over a baseline that is there.")
@reports_errors
@selects_rules
def create(*, reading: Reading, selecting: Selecting, file: str | None, force: bool) -> None:
    """Write a baseline of all findings that are there now."""
    outcome, config = _judged(reading, selecting)
    path = file or config.baseline or USUAL
    check_folder(path)
    if os.path.exists(path) and not force:
        raise UsageError(f"{path} is there already; `podroom baseline update` changes it, --force writes it anew")
    counts = counted(outcome.findings, _paths(path))
    write_file(path, written(counts))
    write(printable(f"podroom: {path} holds {_findings(counts.total())}") + "\n")


@baseline.command(cls=ReadingCommand)
@reads_configurations
@_FILE
@click.option("--add", is_flag=True, help="Take in findings that are new, too.")
@reports_errors
@selects_rules
def update(*, reading: Reading, selecting: Selecting, file: str | None, add: bool) -> None:
    """Take out of a baseline what is no longer found; with --add take in what is new."""
    outcome, config = _judged(reading, selecting)
    path = file or config.baseline or USUAL
    known = load(path)
    counts = Counter(known.counts)
    gone = stale(outcome, known, judged_folders(reading.paths or (".",)))
    counts.subtract(gone)
    found = counted(outcome.findings, known.paths)
    new = found - counts if add else Counter()
    write_file(path, written(+(counts + new)))
    changes = f"{_findings(sum(gone.values()))} taken out, {_findings(new.total())} taken in"
    write(printable(f"podroom: {path}: {changes}") + "\n")


def load(path: str) -> Baseline:
    """Read a baseline from a file; raises `InputError` and `UsageError`."""
    document = read_document(path)
    if isinstance(document, ReadProblem):
        hint = "" if os.path.exists(path) else "; `podroom baseline create` writes one"
        raise InputError(f"{document.message}{hint}")
    return read_baseline(Document(document.path, document.text), _paths(path))


def without_known(outcome: Outcome, path: str, judged: Sequence[str]) -> Outcome:
    """Return what came of judging paths without the findings of the baseline in a file; raises as `load` does."""
    return applied(outcome, load(path), judged_folders(judged))


def judged_folders(paths: Sequence[str]) -> list[str]:
    """Return the absolute folders that are judged whole when `paths` are given."""
    return [absolute_folder(path if is_folder(path) else folder_of(path)) for path in paths]


def _judged(reading: Reading, selecting: Selecting) -> tuple[Outcome, Config]:
    configurations = reading.configurations(selecting.applied)
    with Progress() as progress:
        request = reading.request(configurations, progress)
        outcome = check(request, Engine(find_entries()))
    for problem in outcome.problems:
        complain(str(problem))
    if outcome.problems:
        click.echo("podroom: no baseline is written of what could be read only in part", err=True)
        sys.exit(EXIT_FAILED)
    return outcome, configurations.nearest(request.paths).config


def _paths(path: str) -> Paths:
    return paths_below(os.path.dirname(os.path.abspath(path)))


def _findings(number: int) -> str:
    return f"{number or 'no'} finding{'' if number == 1 else 's'}"
