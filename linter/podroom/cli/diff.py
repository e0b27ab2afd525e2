"""`podroom diff`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing

import click

from podroom.capacity.assessment import Assessment
from podroom.capacity.forecast import Forecast, forecast
from podroom.changes import Change, Moves, compare_findings, compare_forecasts
from podroom.cli.forecasting import Assuming, assumes
from podroom.cli.git import Repository, Side
from podroom.cli.options import ReadingCommand, colour, reads_both_sides, reports_findings, selects_rules
from podroom.cli.output import reports_errors
from podroom.cli.places import nearest_folder, paths_below
from podroom.cli.progress import Progress
from podroom.cli.reading import Reading
from podroom.cli.reporting import Reporting
from podroom.cli.selecting import Selecting
from podroom.engine import Engine, Outcome
from podroom.errors import NothingToJudgeError, PodroomError, UsageError
from podroom.packs import find_entries
from podroom.records import dataclass, replace
from podroom.report.changes_formats import ChangeRenderer
from podroom.run import Request, Settings, check

_WORK_TREE = "the work tree"
_SHORT = 7


@click.command(cls=ReadingCommand)
@click.argument("base")
@click.argument("head", required=False)
@reads_both_sides
@click.option("--merge-base", is_flag=True, help="Compare with the commit that BASE and HEAD both come from.")
@assumes
@colour
@reports_errors
@reports_findings
@selects_rules
def diff(
    *,
    base: str,
    head: str | None,
    merge_base: bool,
    reading: Reading,
    assuming: Assuming,
    reporting: Reporting,
    selecting: Selecting,
    color: str,
) -> None:
    """Say what a change does: findings that are new, fixed and as before, and where capacity shifts.

    Compares the commit BASE with the commit HEAD (the work tree if none is given) without checking anything out.
    BASE...HEAD compares HEAD with the commit that both come from, as a pull request does.  Exits with 0 if nothing is
    new, 1 if there are new findings of severity warning or error (--fail-on), and 2 if something could not be read.
    """
    try:
        rules = find_entries()
        configurations = reading.configurations(selecting.applied)
        progress = Progress()
        request = reading.request(configurations, progress)
        request = replace(
            request,
            assumptions=assuming.applied(request.assumptions),
            configured=lambda root: _assuming(configurations.of(root), assuming),
        )
        reporting = reporting.configured(configurations.nearest(request.paths).config)
        named = frozenset(os.path.realpath(one) for one in request.given if isinstance(one, str))
        with closing(Repository(nearest_folder(request.paths[0]), named)) as repository, progress:
            paths = paths_below(repository.top, os.path.realpath(os.getcwd()))
            sides = _sides(repository, base, head, merge_base=merge_base)
            change, outcome = _compared(
                replace(request, project=repository.top), sides, Engine(rules), reporting, Moves(paths, sides.moved)
            )
    except PodroomError as error:
        reporting.report_error(error, (reading.paths or (".",))[0], color)
        raise
    renderer = ChangeRenderer(change, request.assumptions, paths)
    reporting.report(outcome, rules, color, renderer)
    sys.exit(reporting.exit_code(replace(outcome, findings=change.findings.new)))


@dataclass(frozen=True, slots=True)
class _Sides:
    """What to compare, and the files that moved between."""

    base: Side
    head: Side
    moved: Mapping[str, str]


def _sides(repository: Repository, base: str, head: str | None, *, merge_base: bool) -> _Sides:
    """Return both sides; raises `UsageError` for revisions that git does not know, `InputError` if git fails."""
    if head is None and ".." in base:
        base, dots, head = base.partition("..." if "..." in base else "..")
        merge_base = merge_base or dots == "..."
        base, head = base or "HEAD", head or "HEAD"
    elif ".." in base or ".." in (head or ""):
        raise UsageError("give two commits, or BASE...HEAD or BASE..HEAD, not both ways at once")
    first = repository.commit(base)
    last = None if head is None else repository.commit(head)
    name = base
    if merge_base:
        first = repository.merge_base(first, last or repository.commit("HEAD"))
        name = f"where {head or 'HEAD'} left {base}"
    return _Sides(
        repository.at(first, f"{name} ({first[:_SHORT]})"),
        repository.work_tree(_WORK_TREE) if last is None else repository.at(last, f"{head} ({last[:_SHORT]})"),
        repository.renames(first, last),
    )


def _compared(
    request: Request, sides: _Sides, engine: Engine, reporting: Reporting, moves: Moves
) -> tuple[Change, Outcome]:
    """Judge both sides; return what the change does, and the outcome of `head`."""
    before = _judged(request, sides.base, engine)
    worlds = () if isinstance(before, NothingToJudgeError) else before.worlds
    earlier = {(moves.folder_after(world.root), world.variant): world.node_groups for world in worlds}
    amended = replace(request, before=lambda world: earlier.get((moves.now(world.root), world.variant)))
    after = _judged(amended, sides.head, engine)
    if isinstance(before, NothingToJudgeError) and isinstance(after, NothingToJudgeError):
        raise after
    remarks = tuple(_remarks(before, after, sides))
    before, after = _certain(before, reporting), _certain(after, reporting)
    change = Change(
        base=sides.base.name,
        head=sides.head.name,
        findings=compare_findings(before, after, moves),
        roots=compare_forecasts(_forecasts(before, request), _forecasts(after, request), moves),
        remarks=remarks,
    )
    return change, after


def _judged(request: Request, side: Side, engine: Engine) -> Outcome | NothingToJudgeError:
    """Return the outcome of one side, or why it holds nothing to judge."""
    there = [path for path in request.paths if side.tree.is_there(path)]
    try:
        return check(replace(request, paths=there or request.paths, tree=side.tree), engine)
    except NothingToJudgeError as nothing:
        return nothing


def _certain(outcome: Outcome | NothingToJudgeError, reporting: Reporting) -> Outcome:
    return Outcome() if isinstance(outcome, NothingToJudgeError) else reporting.certain(outcome)


def _assuming(settings: Settings, assuming: Assuming) -> Settings:
    return replace(settings, assumptions=assuming.applied(settings.assumptions))


def _forecasts(outcome: Outcome, request: Request) -> list[Forecast]:
    found = []
    for world in outcome.worlds:
        if world.about_eks:
            settings = request.settings_of(world.root)
            found.append(forecast(Assessment(world, settings.catalog, settings.assumptions)))
    return found


def _remarks(
    before: Outcome | NothingToJudgeError, after: Outcome | NothingToJudgeError, sides: _Sides
) -> Iterator[str]:
    for side, outcome in ((sides.base, before), (sides.head, after)):
        if isinstance(outcome, NothingToJudgeError):
            yield f"{side.name} holds nothing to judge: {outcome}"
    if isinstance(before, Outcome):
        for problem in before.problems:
            yield f"{sides.base.name} is not compared in whole: {problem}"
    submodules = dict.fromkeys((*sides.base.submodules, *sides.head.submodules))
    if submodules:
        yield f"submodules are not compared, their files are in other repositories: {', '.join(submodules)}"
