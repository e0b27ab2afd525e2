"""Which variable files stand for which deployments of a root module, where nobody says so.

Source for the layouts: `environments/prod/terraform.tfvars`, `prod.tfvars`, `fixtures.us-east-2.tfvars`, as people have
them in public repositories; docs/variables.md has the rule.
"""

from __future__ import annotations

from collections.abc import Collection

from podroom.records import dataclass
from podroom.sources.file_names import (
    environment_of,
    is_configuration,
    is_read_automatically,
    is_variable_file,
    may_hold_variables,
    without_ending,
)
from podroom.sources.files import Files, ReadProblem
from podroom.sources.hcl.syntax import ParsedFile

MOST_VARIANTS = 40
"""A root module with more of them is judged for the first ones, by name, and says so."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Variable files that are given together, the weakest first."""

    files: tuple[ParsedFile, ...]

    @property
    def name(self) -> str:
        """Return the paths of the files, or that there are none."""
        return " + ".join(file.document.path for file in self.files) or "no variable file"

    def words(self, root: str) -> frozenset[str]:
        """Return what the files are named after: the folders below a root, their names and the words of these."""
        found: set[str] = set()
        for file in self.files:
            *folders, name = file.document.path.removeprefix(f"{root}/").split("/")
            stem = without_ending(name)
            found |= {*folders, stem, *stem.replace("_", "-").replace(".", "-").split("-")}
        return frozenset(found)


@dataclass(slots=True)
class Variants:
    """The variants of a root module, by path, and the files of which it is not known whether they are any."""

    found: list[Variant]
    unread: list[ReadProblem]


def find_variants(files: Files, root: str, declared: Collection[str]) -> Variants:
    """Return the variants of a root module that declares some variables.

    A file belongs to the root if it stands in or below its folder, but in no other folder with configuration, and the
    root declares at least half of the variables that it sets.  Files of one folder that set a variable in common are
    variants, and so are those that are named after different environments; the others go with each variant of their
    folder.  Where they are alone in a folder above other variants, and set nothing that those set, they go with these.
    """
    unread: list[ReadProblem] = []
    return Variants(_in_folder(files, root, frozenset(declared), unread, at_root=True), unread)


def find_beside(files: Files, root: str, declared: Collection[str]) -> dict[str, str]:
    """Return variables that variable files in a folder beside the root set, each with the path of one that does.

    Such a file may be meant for the root or for another, so it is no variant.
    """
    parent = files.child_inside(root, "..")
    unread: list[ReadProblem] = []
    found: dict[str, str] = {}
    for folder in files.subfolders(parent) if parent is not None else []:
        if may_hold_variables(folder) and folder != root:
            for variant in _in_folder(files, folder, frozenset(declared), unread, at_root=False):
                for file in variant.files:
                    for name in _names(file):
                        found.setdefault(name, file.document.path)
    return found


def _in_folder(
    files: Files, folder: str, declared: frozenset[str], unread: list[ReadProblem], *, at_root: bool
) -> list[Variant]:
    names = files.names(folder)
    if not at_root and any(map(is_configuration, names)):
        return []
    candidates = []
    for name in names:
        if is_variable_file(name) and not (at_root and is_read_automatically(name)):
            parsed = files.candidate(folder, name)
            if isinstance(parsed, ReadProblem):
                unread.append(parsed)
            elif _belongs(parsed, declared):
                candidates.append(parsed)
    below = [
        variant
        for inner in files.subfolders(folder)
        for variant in _in_folder(files, inner, declared, unread, at_root=False)
    ]
    alternatives = _alternatives(candidates)
    common = tuple(one for one in candidates if all(one is not other for several in alternatives for other in several))
    if alternatives:
        return [*(Variant((*common, *several)) for several in alternatives), *below]
    if not common:
        return below
    if below and not any(_overlap(one, other) for one in common for variant in below for other in variant.files):
        return [Variant((*common, *variant.files)) for variant in below]
    return [Variant(common), *below]


def _alternatives(candidates: list[ParsedFile]) -> list[list[ParsedFile]]:
    """Return the files of one folder of which only one is given, or all of one environment."""
    named = [(one, environment_of(one.document.path)) for one in candidates]
    by_environment: dict[str, list[ParsedFile]] = {}
    for one, environment in named:
        if environment is not None:
            by_environment.setdefault(environment, []).append(one)
    together = {
        name: several
        for name, several in by_environment.items()
        if len(by_environment) > 1 and not any(_overlaps(one, several) for one in several)
    }
    found: list[list[ParsedFile]] = []
    for one, environment in named:
        if environment in together:
            if one is together[environment][0]:
                found.append(together[environment])
        elif _overlaps(one, candidates) or (environment is not None and len(by_environment) > 1):
            found.append([one])
    return found


def _overlaps(one: ParsedFile, others: list[ParsedFile]) -> bool:
    return any(other is not one and _overlap(one, other) for other in others)


def _names(file: ParsedFile) -> frozenset[str]:
    return frozenset(attribute.name for attribute in file.body.attributes)


def _belongs(file: ParsedFile, declared: frozenset[str]) -> bool:
    names = _names(file)
    return bool(names) and 2 * len(names & declared) >= len(names)


def _overlap(one: ParsedFile, other: ParsedFile) -> bool:
    return not _names(one).isdisjoint(_names(other))
