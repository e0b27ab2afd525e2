"""What a check answers for a resource, a module call or an object of Kubernetes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

from podroom_checkov.analysis import Analysis, Judgement, Verdict, analyze
from podroom_checkov.placement import Said, combined, place_judgements
from podroom_checkov.vertices import Vertices, module_address

HEALTH = "0"
"""Stands for no rule, but for whether podroom could do its work."""

_MARKS = (".git", "podroom.toml", ".podroom.toml")
_ENDINGS = (".tf", ".tofu", ".tf.json")


class Answer(NamedTuple):
    """What to tell Checkov; no verdict where there is nothing to say."""

    verdict: Verdict | None = None
    lines: tuple[str, ...] = ()


class _Place(NamedTuple):
    """What was found where Checkov asks, and what podroom said of the whole project; `once` names the project."""

    analysis: Analysis
    said: Said
    once: tuple[str, ...]


NOTHING = Answer()

_NO_FILE = "Checkov does not say in which file a block is, so nothing can be told of it; is TF_SPLIT_GRAPH set?"

_graphs: dict[int, Vertices] = {}
_in_graphs: dict[tuple[int, str, str | None], Mapping[tuple[str, str], Said]] = {}
_in_files: dict[tuple[str, str], list[Judgement]] = {}
_told: set[tuple[str, ...]] = set()
_lock = Lock()


def answer_terraform(code: str, graph: Any, configuration: Mapping[str, Any], scanned: str, kind: str) -> Answer:
    """Return the answer for a resource, data source or module call; `scanned` is its path below the scanned folder."""
    place = _find_place(graph, configuration, scanned, kind)
    if place is None:
        unheard = code == HEALTH and "__address__" in configuration and _first_time(("terraform", "no file"))
        return _health([_NO_FILE]) if unheard else NOTHING
    if code != HEALTH:
        return _answer(code, place.said)
    if not _first_time(place.once):
        return NOTHING
    failure = place.analysis.failure
    return _health([problem.message for problem in place.analysis.problems] if failure is None else [failure])


def answer_kubernetes(code: str, configuration: Mapping[str, Any], scanned: str) -> Answer:
    """Return the answer for an object; `scanned` is the path of its file as Checkov was given it."""
    file = os.path.realpath(scanned)
    folder = _project(os.path.dirname(file)) or _current(file) or os.path.dirname(file)
    analysis = analyze(folder)
    first, last = (configuration.get(name) or 0 for name in ("__startline__", "__endline__"))
    if file.endswith(".json"):
        last += 2  # the parser of JSON counts from 0
    here = _judgements_in(file, folder, analysis)
    said = combined(one for one in here if first <= one.subject.line < max(last, first + 1))
    if code != HEALTH:
        return _answer(code, said)
    if analysis.failure is not None and not analysis.nothing:
        return _health([analysis.failure]) if _first_time(("kubernetes", folder, "failed")) else NOTHING
    problems = [problem.message for problem in analysis.problems if problem.file == file]
    if problems:
        return _health(problems) if _first_time(("kubernetes", file)) else NOTHING
    return _health([]) if said and _first_time(("kubernetes", folder)) else NOTHING


def _answer(code: str, said: Said) -> Answer:
    verdict, lines = said.get(code, (None, ()))
    return NOTHING if verdict is Verdict.OPEN else Answer(verdict, lines)


def _health(wrong: list[str]) -> Answer:
    return Answer(Verdict.FAILED, tuple(f"podroom: {line}" for line in wrong)) if wrong else Answer(Verdict.PASSED)


def _find_place(graph: Any, configuration: Mapping[str, Any], scanned: str, kind: str) -> _Place | None:
    address = configuration.get("__address__")
    if graph is None or not isinstance(address, str):
        return None  # Terraform in JSON, of which Checkov knows neither
    if kind == "module":
        address = module_address(address)
    with _lock:
        if id(graph) not in _graphs:
            _graphs[id(graph)] = Vertices(graph)
        vertices = _graphs[id(graph)]
    written = configuration.get("__file__")
    plan = written[0] if isinstance(written, list) else written
    file = plan if isinstance(plan, str) else vertices.file_of(address, scanned)
    if file is None:
        return None
    folder = _folder_of_scan(file, scanned) if plan is None else _folder_of_plan(plan)
    analysis = analyze(folder, plan)
    with _lock:
        key = (id(graph), folder, plan)
        if key not in _in_graphs:
            blocks = vertices.all if plan is None else [vertex for vertex in vertices.all if vertex.file == plan]
            _in_graphs[key] = place_judgements(analysis.judgements, blocks, planned=plan is not None)
        said = _in_graphs[key].get((address, file), {})
    return _Place(analysis, said, ("terraform", folder, plan or ""))


def _judgements_in(file: str, folder: str, analysis: Analysis) -> list[Judgement]:
    with _lock:
        if (file, folder) not in _in_files:
            _in_files[file, folder] = [one for one in analysis.judgements if one.subject.file == file]
        return _in_files[file, folder]


def _first_time(what: tuple[str, ...]) -> bool:
    with _lock:
        new = what not in _told
        _told.add(what)
        return new


def _folder_of_scan(file: str, scanned: str) -> str:
    """Return the folder to judge: the one that Checkov scans, unless that is more than the file's project."""
    ending = scanned.replace("/", os.sep)
    scan = os.path.realpath(file[: -len(ending)]) if file.endswith(ending) and len(file) > len(ending) else None
    project = _project(os.path.dirname(os.path.realpath(file)))
    if scan is not None and (project is None or f"{scan}{os.sep}".startswith(f"{project}{os.sep}")):
        return scan
    return project or os.path.dirname(os.path.realpath(file))


def _folder_of_plan(plan: str) -> str:
    """Return the folder with the configuration that a plan is of: its own one, or the project in which to look."""
    beside = os.path.dirname(os.path.realpath(plan))
    if any(name.endswith(_ENDINGS) for name in os.listdir(beside)):
        return beside
    return _project(beside) or beside


@cache
def _project(folder: str) -> str | None:
    """Return the nearest folder, from a real path upwards, that is a repository or holds podroom's configuration."""
    while not any(os.path.lexists(os.path.join(folder, mark)) for mark in _MARKS):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _current(file: str) -> str | None:
    """Return the current folder if a file lies below it and it is not the whole machine."""
    folder = os.getcwd()
    return (
        folder if os.path.dirname(folder) != folder and file.startswith(f"{os.path.realpath(folder)}{os.sep}") else None
    )
