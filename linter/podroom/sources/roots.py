"""Finds what to judge below the paths that are given: folders of configuration, and which of them are root modules."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator

from podroom.sources.file_names import CONFIGURATION_ENDINGS, is_configuration
from podroom.sources.files import Files, shown_path, why
from podroom.sources.hcl.syntax import Literal


def find_roots(paths: Iterable[str], files: Files, elsewise: Collection[str] = ()) -> list[str]:
    """Return the folders to judge below `paths`, each a root module.

    A folder that another folder calls as a module is judged there, not by itself, unless it is named in `paths` and
    can be applied by itself: it says which provider, backend or variables to use, which the module of a library with
    its examples below it does not.  A file stands for its folder.  A path that is missing or holds nothing to judge
    is a problem of `files`; `elsewise` are those of the paths that hold something other than Terraform.
    """
    named: dict[str, None] = {}
    found: dict[str, None] = {}
    for path in paths:
        folders = _folders(path, files, elsewise=path in elsewise)
        found.update(dict.fromkeys(folders))
        if folders:
            named[os.path.normpath(path) if files.is_folder(path) else folders[0]] = None
    called = {child for folder in found for child in _children(folder, files)}
    roots = [
        folder
        for folder in found
        if folder not in called or (folder in named and (len(called) == len(found) or _is_applied(folder, files)))
    ]
    return roots or list(found)  # all of them if they call each other in a circle


def _is_applied(folder: str, files: Files) -> bool:
    """Return whether a folder holds what only a root module needs: variable files, a provider, a backend."""
    if files.variables(folder):
        return True
    blocks = [block for parsed in files.configuration(folder) for block in parsed.body.blocks]
    settings = [inner.type for block in blocks if block.type == "terraform" for inner in block.body.blocks]
    return any(block.type == "provider" for block in blocks) or any(kind in ("backend", "cloud") for kind in settings)


def project_folder(paths: Iterable[str]) -> str:
    """Return the folder that all of `paths` belong to: the repository, or else what holds them all."""
    real = [os.path.realpath(path) for path in paths]
    common = os.path.commonpath(real) if real else os.getcwd()
    if not os.path.isdir(common):
        common = os.path.dirname(common)
    folder = common
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return common
        folder = parent


_TERRAGRUNT = "terragrunt.hcl"
_INSTEAD_OF_TERRAGRUNT = (
    "give a plan in JSON (terragrunt show -json), or the folder in .terragrunt-cache that it runs Terraform in"
)


def _folders(path: str, files: Files, *, elsewise: bool) -> list[str]:
    """Return the folders that a path given by the user stands for; a problem is noted if there is nothing to judge."""
    try:
        is_folder = files.look_up(path)
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        files.note(
            path,
            f"no such file or folder: {shown_path(path)}"
            if missing
            else f"cannot read {shown_path(path)}: {why(error)}",
        )
        return []
    if not is_folder:
        if path.endswith(CONFIGURATION_ENDINGS):
            return [os.path.normpath(os.path.dirname(path) or ".")]
        if not elsewise:
            hint = "give a folder, such files, or a plan or state of Terraform"
            if os.path.basename(path) == _TERRAGRUNT:
                hint = _INSTEAD_OF_TERRAGRUNT
            files.note(path, f"{shown_path(path)} is not a Terraform file (.tf, .tf.json); {hint}")
        return []
    known = len(files.problems)
    found = []
    terragrunt = False
    for folder, names in walk(path, files):
        if any(map(is_configuration, names)):
            found.append(folder)
        terragrunt = terragrunt or _TERRAGRUNT in names
    if not found and not elsewise and len(files.problems) == known:
        what = "and nothing of eksctl, Karpenter or the VPC CNI that can be read"
        if terragrunt:
            what += f"; of Terragrunt, {_INSTEAD_OF_TERRAGRUNT}"
        files.note(path, f"no Terraform configuration (*.tf, *.tf.json, *.tofu) in {shown_path(path)}, {what}")
    return found


def walk(path: str, files: Files, hidden: Collection[str] = ()) -> Iterator[tuple[str, list[str]]]:
    """Iterate over the folders at and below `path` with the names of their files, both in order.

    Hidden folders are left out, but for those named in `hidden`, and so are those that hold nobody's own files.
    """
    pending = [os.path.normpath(path)]
    while pending:
        folder = pending.pop()
        yield folder, files.names(folder)
        pending += reversed(files.subfolders(folder, hidden))


def _children(folder: str, files: Files) -> Iterator[str]:
    for parsed in () if files.is_silent(folder) else files.configuration(folder):
        for block in parsed.body.blocks:
            if block.type != "module":
                continue
            for attribute in block.body.attributes:
                source = attribute.expression
                if (
                    attribute.name == "source"
                    and isinstance(source, Literal)
                    and isinstance(source.value, str)
                    and source.value.startswith(("./", "../"))
                ):
                    child = files.child(folder, source.value)
                    if child is not None and child != folder:
                        yield child
