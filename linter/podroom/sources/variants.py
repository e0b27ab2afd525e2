"""Which variable files stand for which deployments of a root module, where nobody says so.

Source for the layouts: `environments/prod/terraform.tfvars`, `prod.tfvars`, `fixtures.us-east-2.tfvars`, as people have
them in public repositories; docs/variables.md has the rule.
"""

from __future__ import annotations

from collections.abc import Collection

from podroom.records import dataclass
from podroom.sources.file_names import is_configuration, is_read_automatically, is_variable_file
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


@dataclass(slots=True)
class Variants:
    """The variants of a root module, by path, and the files of which it is not known whether they are any."""

    found: list[Variant]
    unread: list[ReadProblem]


def find_variants(files: Files, root: str, declared: Collection[str]) -> Variants:
    """Return the variants of a root module that declares some variables.

    A file belongs to the root if it stands in or below its folder, but in no other folder with configuration, and the
    root declares at least half of the variables that it sets.  Files of one folder that set a variable in common are
    variants; those that have none in common with another go with each variant of their folder.  Where they are alone
    in a folder above other variants, and set nothing that those set, they go with these.
    """
    unread: list[ReadProblem] = []
    return Variants(_in_folder(files, root, frozenset(declared), unread, at_root=True), unread)


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
    alternatives = [one for one in candidates if any(other is not one and _overlap(one, other) for other in candidates)]
    common = tuple(one for one in candidates if all(one is not other for other in alternatives))
    if alternatives:
        return [*(Variant((*common, one)) for one in alternatives), *below]
    if not common:
        return below
    if below and not any(_overlap(one, other) for one in common for variant in below for other in variant.files):
        return [Variant((*common, *variant.files)) for variant in below]
    return [Variant(common), *below]


def _names(file: ParsedFile) -> frozenset[str]:
    return frozenset(attribute.name for attribute in file.body.attributes)


def _belongs(file: ParsedFile, declared: frozenset[str]) -> bool:
    names = _names(file)
    return bool(names) and 2 * len(names & declared) >= len(names)


def _overlap(one: ParsedFile, other: ParsedFile) -> bool:
    return not _names(one).isdisjoint(_names(other))
