"""Finds which root modules read one of a few files that change, by names and bytes, before others are parsed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from podroom.patterns import pattern
from podroom.records import dataclass
from podroom.sources.file_names import is_configuration, is_variable_file
from podroom.sources.files import Files, ReadProblem, absolute_folder, file_name, folder_of, joined_path
from podroom.sources.folders import upwards
from podroom.sources.roots import walk
from podroom.sources.search import EKSCTL, KUSTOMIZATION, LARGEST_SEARCHED, MANIFEST, SCRIPT

_SOURCE = pattern(r"""source["']?\s*[=:]\s*"(\.{1,2}/[^"?]*)""")
_OF_PODROOM = ("podroom.toml", ".podroom.toml", "pyproject.toml")
_TEMPLATES = (".tftpl", ".tmpl", ".tpl")
_SPEAKS_OF_EKS = (
    "eks",
    "autoscaling",
    "launch_template",
    "subnet",
    "vpc",
    "karpenter",
    "cni",
    "kube",
    "node",
    "cluster",
)
"""Of what nothing is said in a configuration that has nothing to judge: resources, modules, data sources, addresses."""


@dataclass(frozen=True, slots=True)
class Affected:
    """What a change of some files concerns.

    `reached` are the absolute folders that read a changed file, by themselves or by the modules that they call;
    `read` those with the folders of all modules that they call; `all_folders` every folder with configuration.
    `everything` is whether it concerns all of the project.
    """

    reached: frozenset[str]
    read: frozenset[str]
    all_folders: frozenset[str]
    everything: bool

    def judges(self, root: str) -> bool:
        """Return whether a root module is to be judged; what is none, and joined with none, if everything is."""
        return self.everything or absolute_folder(root) in self.reached

    def concerns(self, path: str) -> bool:
        """Return whether what is wrong in a file is to be told."""
        folder = absolute_folder(folder_of(path))
        return self.everything or folder in self.read or not self._is_configured(folder)

    def _is_configured(self, folder: str) -> bool:
        return any(one in self.all_folders for one in upwards(folder))


def affected(changed: Iterable[str], top: str, files: Files) -> Affected | None:
    """Return what the change of some files concerns in the project whose folder is `top`.

    None if that is nothing which podroom judges.  The files need not be there: one that is deleted has changed too.
    """
    changed = tuple(changed)
    texts = _texts(walk(top, files), files)
    called = {folder: _called(folder, text) for folder, text in texts.items() if text}
    first: set[str] = set()
    for path in changed:
        concerned = _concerned(path, texts, files)
        if concerned is None:
            return Affected(frozenset(texts), frozenset(texts), frozenset(texts), everything=True)
        first.update(concerned)
    reached = _closure(first, _callers(called))
    read = _closure(reached, called)
    lowered = (texts.get(folder, "").lower() for folder in read)
    speaks = any(word in text for text in lowered for word in _SPEAKS_OF_EKS)
    if not speaks and not any(_is_broken(path, files) for path in changed):
        return None
    return Affected(frozenset(reached), frozenset(read), frozenset(texts), everything=False)


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads a file: the absolute folders of root modules, and the absolute paths of their variable files."""

    roots: frozenset[str]
    variable_files: frozenset[str]


def readers(paths: Iterable[str], top: str, files: Files) -> dict[str, Readers]:
    """Return by path who reads each of some files in the project whose folder is `top`, all without links.

    A file is read where it lies, where a link leads to it, and where configuration names it.
    """
    folders = list(walk(top, files))
    texts = _texts(folders, files)
    called = {folder: _called(folder, text) for folder, text in texts.items() if text}
    callers = _callers(called)
    places = defaultdict(set)
    variable_files: dict[str, str | None] = {}
    for folder, names in folders:
        for name in names:
            path = joined_path(folder, name)
            if is_configuration(name):
                places[files.real(path)].add(absolute_folder(folder))
            elif is_variable_file(name):
                variable_files[files.real(path)] = _nearest(absolute_folder(folder), texts)
    found = {}
    for path in paths:
        name = file_name(path)
        first = places.get(path) or {one for one, text in texts.items() if text and f'{name}"' in text}
        if name.endswith(_TEMPLATES) and (nearest := _nearest(folder_of(path), texts)) is not None:
            first.add(nearest)
        reached = _closure(first, callers)
        roots = frozenset(one for one in reached if not callers.get(one)) or frozenset(reached)
        own = frozenset(one for one, nearest in variable_files.items() if nearest is None or nearest in roots)
        found[path] = Readers(roots, own)
    return found


def _texts(folders: Iterable[tuple[str, Iterable[str]]], files: Files) -> dict[str, str]:
    """Return all configuration of each folder that has some, by the folder's absolute path."""
    texts = {absolute_folder(folder): _text(folder, names, files) for folder, names in folders}
    return {folder: text for folder, text in texts.items() if text is not None}


def _callers(called: Mapping[str, Collection[str]]) -> Mapping[str, Collection[str]]:
    callers = defaultdict(set)
    for folder, others in called.items():
        for other in others:
            callers[other].add(folder)
    return callers


def _text(folder: str, names: Iterable[str], files: Files) -> str | None:
    """Return all configuration of a folder, None if it has none."""
    several = [files.beginning(joined_path(folder, name), LARGEST_SEARCHED) for name in names if is_configuration(name)]
    return b"\n".join(several).decode(errors="replace") if several else None


def _called(folder: str, text: str) -> set[str]:
    """Return the absolute folders of the modules that configuration calls by relative paths."""
    return {absolute_folder(joined_path(folder, source)) for source in _SOURCE.findall(text)}


def _closure(start: Collection[str], leads_to: Mapping[str, Collection[str]]) -> set[str]:
    found = set(start)
    pending = list(start)
    while pending:
        for other in leads_to.get(pending.pop(), ()):
            if other not in found:
                found.add(other)
                pending.append(other)
    return found


def _concerned(path: str, texts: Mapping[str, str], files: Files) -> set[str] | None:
    """Return the folders with configuration that a file concerns by itself, None if it concerns all."""
    name = file_name(path)
    folder = absolute_folder(folder_of(path))
    if is_configuration(name):
        return {folder}
    if name in _OF_PODROOM:
        if name == "pyproject.toml" and b"podroom" not in files.beginning(path, LARGEST_SEARCHED):
            return set()
        return {one for one in texts if one == folder or one.startswith(f"{folder.rstrip('/')}/")}
    if _is_of_interest(path, name, files):
        return None
    # Where a file is read its name ends the text; in a command of a script it does not.
    reading = {one for one, text in texts.items() if text and f'{name}"' in text}
    if is_variable_file(name) or name.endswith(_TEMPLATES):
        nearest = _nearest(folder, texts)
        if nearest is None and is_variable_file(name):
            return None
        return reading if nearest is None else {*reading, nearest}
    return reading


def _is_broken(path: str, files: Files) -> bool:
    """Return whether a file of configuration is there and cannot be read."""
    folder, name = folder_of(path), file_name(path)
    if not is_configuration(name) or name not in files.names(folder):
        return False
    found = files.candidate(folder, name)
    return isinstance(found, ReadProblem) or bool(found.problems)


def _is_of_interest(path: str, name: str, files: Files) -> bool:
    """Return whether a file is one of eksctl, a manifest, or a script that sets up the CNI."""
    named = [interest for interest in (EKSCTL, MANIFEST, SCRIPT, KUSTOMIZATION) if interest.has_name(name)]
    data = files.beginning(path, LARGEST_SEARCHED) if named else b""
    return any(interest.has_content(name, data) for interest in named)


def _nearest(folder: str, texts: Mapping[str, str]) -> str | None:
    """Return the nearest folder with configuration at or above a folder."""
    return next((one for one in upwards(folder) if one in texts), None)
