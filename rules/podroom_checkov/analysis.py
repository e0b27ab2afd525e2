"""podroom's run over one project: what was judged, where it is written, and what came out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from enum import IntEnum
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from podroom.engine import Outcome
    from podroom.rule import Confidence, Finding, Rule
    from podroom.run import Request


class Verdict(IntEnum):
    """What came out of one judgement; of several at one place the greatest counts."""

    PASSED = 1
    OPEN = 2
    SUPPRESSED = 3
    FAILED = 4


class Subject(NamedTuple):
    """Something that rules judge: its address, and where it is written.

    `file` and `root`, the folder of the root module, are real paths; `line` counts from 1.
    """

    address: str
    file: str
    line: int
    root: str


class Judgement(NamedTuple):
    """What one rule says of one subject; `lines` are for people."""

    code: str
    subject: Subject
    verdict: Verdict
    lines: tuple[str, ...] = ()


class Problem(NamedTuple):
    """A file that could not be read, by its real path; the message begins with the place."""

    file: str
    message: str


class Analysis(NamedTuple):
    """What podroom says of a project.

    `failure` says why it says nothing at all; `nothing` that there is nothing for it to judge.
    """

    judgements: tuple[Judgement, ...] = ()
    problems: tuple[Problem, ...] = ()
    failure: str | None = None
    nothing: bool = False


_known: dict[tuple[str, str | None], Analysis] = {}
_lock = Lock()


def analyze(folder: str, plan: str | None = None) -> Analysis:
    """Return what podroom says of a folder, with a plan of Terraform beside it if one is given; never raises.

    The answer is kept: Checkov asks anew for every resource, from several threads on macOS and Windows.
    """
    with _lock:
        key = (folder, plan)
        if key not in _known:
            _known[key] = _analyze(folder, plan)
        return _known[key]


def _analyze(folder: str, plan: str | None) -> Analysis:
    try:
        from podroom.errors import InputError, PodroomError  # noqa: PLC0415 - Checkov loads this pack for all its runners
    except Exception as error:  # noqa: BLE001 - whatever an import of a broken installation raises
        return Analysis(failure=f"podroom cannot be imported: {type(error).__name__}: {error}")
    try:
        return _judged(folder, plan)
    except InputError as error:
        return Analysis(failure=str(error), nothing=True)
    except PodroomError as error:
        return Analysis(failure=str(error))
    except Exception as error:  # noqa: BLE001 - Checkov takes an exception for nothing found, and exits with 0
        return Analysis(failure=f"podroom broke off: {type(error).__name__}: {error}")


def _judged(folder: str, plan: str | None) -> Analysis:
    from podroom.cli.baseline import without_known  # noqa: PLC0415 - Checkov loads this pack for all its runners
    from podroom.cli.reading import Reading  # noqa: PLC0415 - as above
    from podroom.engine import Engine  # noqa: PLC0415 - as above
    from podroom.packs import find_rules  # noqa: PLC0415 - as above
    from podroom.rule import Confidence  # noqa: PLC0415 - as above
    from podroom.run import check  # noqa: PLC0415 - as above

    rules = find_rules()
    reading = Reading((folder,), (), False, None, "podroom", () if plan is None else (plan,))  # noqa: FBT003 - a record
    configurations = reading.configurations()
    request = reading.request(configurations)
    config = configurations.nearest((folder,)).config
    outcome = check(request, Engine(rules))
    if config.baseline is not None:
        outcome = without_known(outcome, config.baseline, (folder,))
    problems = tuple(Problem(os.path.realpath(one.path), str(one)) for one in outcome.problems)
    certain = config.min_confidence or Confidence.LOW
    return Analysis(tuple(_judgements(outcome, rules, request, certain, compared=plan is not None)), problems)


def _judgements(
    outcome: Outcome, rules: Sequence[type[Rule[Any]]], request: Request, certain: Confidence, *, compared: bool
) -> Iterator[Judgement]:
    """Yield what was judged; with a plan only the Worlds that it was read for.

    A finding that is less certain than `certain` is left open.
    """
    subjects: dict[str, list[Subject]] = {}
    for world in outcome.worlds:
        if compared and not world.compared:
            continue
        root = os.path.realpath(world.root)
        runs = request.settings_of(world.root).config.selection.runs
        codes: dict[type, list[str]] = {}
        for rule in rules:
            if runs(rule.code, rule.name):
                codes.setdefault(rule.subject, []).append(rule.code)
        several = (world.clusters, world.node_groups, world.node_pools, world.subnets, world.ignored_arguments)
        for thing in (thing for things in several for thing in things):
            place = thing.span.shown
            subject = Subject(thing.address, os.path.realpath(place.path), place.first.line, root)
            subjects.setdefault(subject.address, []).append(subject)
            for code in codes.get(type(thing), ()):
                yield Judgement(code, subject, Verdict.PASSED)
    for open_ in outcome.undecided:
        for code, address in open_.judgements:
            for subject in subjects.get(address, ()):
                yield Judgement(code, subject, Verdict.OPEN)
    for finding in outcome.findings:
        verdict = Verdict.FAILED if finding.confidence >= certain else Verdict.OPEN
        for subject in _subjects_of(finding, subjects):
            yield Judgement(finding.code, subject, verdict, _lines(finding))
    for suppressed in outcome.suppressed:
        for subject in _subjects_of(suppressed.finding, subjects):
            yield Judgement(suppressed.finding.code, subject, Verdict.SUPPRESSED, (suppressed.reason,))


def _subjects_of(finding: Finding, subjects: dict[str, list[Subject]]) -> Iterator[Subject]:
    """Yield the subjects of a finding.

    Of several with one address it is about those whose root module it speaks of; and of several in one file of YAML,
    about the last one before its place.
    """
    place = finding.span.shown
    file, line = os.path.realpath(place.path), place.first.line
    files = {file, *(os.path.realpath(note.span.shown.path) for note in finding.related)}
    for address in finding.subjects:
        found = subjects.get(address, [])
        spoken_of = [subject for subject in found if any(_is_below(subject.root, name) for name in files)] or found
        before = [subject.line for subject in spoken_of if subject.file == file and subject.line <= line]
        yield from (one for one in spoken_of if not before or (one.file == file and one.line == max(before)))


def _is_below(root: str, file: str) -> bool:
    return file == root or file.startswith(root + os.sep)


def _lines(finding: Finding) -> tuple[str, ...]:
    """Return what a person has to read of a finding."""
    said = f"{finding.span.shown}: {finding.message}"
    related = (f"{note.span.shown}: {note.message}" for note in finding.related)
    more = {"fix": finding.fix, "assumes": finding.assumption}
    return (said, finding.label, *related, *(f"{name}: {text}" for name, text in more.items() if text is not None))
