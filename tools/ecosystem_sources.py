"""Public repositories at pinned commits, checked out into a cache outside of podroom's own tree.

A repository is fetched by its commit, and nothing but that commit, from its public address; or taken out of a mirror:
a folder that holds git directories as `OWNER/NAME.git`, `OWNER/NAME`, `OWNER+NAME` or `OWNER+NAME/repo`, bare or not.
Files of more than a megabyte are left out, wherever the repository comes from: they are pictures and models.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LARGEST = 1_000_000
"""The most bytes of a file that is checked out."""
_PATIENCE = 600
"""Seconds that git gets to fetch a commit."""
_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_GIT = shutil.which("git") or "git"
_PLAIN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_LAZY_FETCH": "1"}
"""No filter, hook or line ending of whoever runs this, and no blob fetched by itself."""

_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"


class NotHadError(Exception):
    """A repository, or its commit, cannot be had; the text says why."""


@dataclass(frozen=True)
class Repository:
    """A public repository on GitHub at one commit; `kind` says in a few words what is in it."""

    name: str
    commit: str
    kind: str

    @property
    def address(self) -> str:
        """Return where it is fetched from."""
        return f"https://github.com/{self.name}.git"

    @property
    def folder(self) -> str:
        """Return what its folder in the cache is called."""
        return f"{self.name.replace('/', '+')}@{self.commit[:12]}"


def read_repositories(path: Path) -> list[Repository]:
    """Return the repositories of a list; raises `ValueError` for one that is not `OWNER/NAME` at a whole commit."""
    found = [Repository(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["repository"]]
    for one in found:
        if not _NAME.fullmatch(one.name) or not _COMMIT.fullmatch(one.commit):
            raise ValueError(f"{path}: {one.name} {one.commit} is no OWNER/NAME with the 40 digits of a commit")
    if len({one.name for one in found}) != len(found):
        raise ValueError(f"{path}: a repository is there twice")
    return found


def checked_out(repository: Repository, cache: Path, mirror: Path | None = None, *, offline: bool = False) -> Path:
    """Return the folder with the files of a repository, which is made if it is not there; raises `NotHadError`."""
    tree = cache / repository.folder
    if tree.is_dir():
        return tree
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="unfinished-") as folder:
        source = None if mirror is None else _mirrored(repository, mirror)
        if source is None:
            if offline:
                raise NotHadError("it is not in the cache, and nothing is fetched")
            source = _fetched(repository, Path(folder) / "git")
        whole = Path(folder) / "tree"
        whole.mkdir()
        _write_files(source, repository.commit, whole, index=Path(folder) / "index")
        whole.rename(tree)
    return tree


def _mirrored(repository: Repository, mirror: Path) -> Path | None:
    """Return the git directory of a repository in a mirror that has the commit; None if there is none."""
    joined = repository.name.replace("/", "+")
    for place in (f"{repository.name}.git", repository.name, joined, f"{joined}/repo"):
        for folder in (mirror / place, mirror / place / ".git"):
            if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
                try:
                    _git(folder, "cat-file", "-e", f"{repository.commit}^{{tree}}")
                except NotHadError:
                    continue
                return folder
    return None


def _fetched(repository: Repository, folder: Path) -> Path:
    """Return a new git directory that has one commit, without its large files where the server can leave them out."""
    run([_GIT, "init", "--quiet", "--bare", str(folder)])
    options = ("--quiet", "--depth=1", "--no-tags", f"--filter=blob:limit={LARGEST + 1}")
    run([_GIT, f"--git-dir={folder}", "fetch", *options, repository.address, repository.commit], _PATIENCE)
    # Git has noted that it may fetch what was left out, and would ask for it, or fail, at the first look at a size.
    (folder / "config").write_text(_CONFIG, encoding="utf-8")
    return folder


def _write_files(source: Path, commit: str, tree: Path, index: Path) -> None:
    """Write the files of a commit that are not too large into a folder."""
    listed = _git(source, "ls-tree", "-r", "-l", "-z", commit)
    wanted = bytearray()
    for line in listed.split(b"\0"):
        facts, _, path = line.partition(b"\t")
        size = facts.rpartition(b" ")[2]  # "-" of a submodule, "BAD" of a blob that is not here
        if size.isdigit() and int(size) <= LARGEST:
            wanted += path + b"\0"
    environment = {"GIT_INDEX_FILE": str(index.absolute())}
    _git(source, "read-tree", commit, environment=environment)
    at = f"--work-tree={tree.absolute()}"
    _git(source, at, "checkout-index", "-z", "--stdin", environment=environment, text=bytes(wanted), folder=tree)


def _git(
    source: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    text: bytes | None = None,
    folder: Path | None = None,
) -> bytes:
    """Run git over a git directory, which may be somebody else's, and return what it prints."""
    command = [_GIT, "-c", "safe.directory=*", f"--git-dir={source.absolute()}", *arguments]
    return run(command, _PATIENCE, {**_PLAIN, **(environment or {})}, text, folder)


def run(
    command: Sequence[str],
    patience: float | None = None,
    environment: Mapping[str, str] | None = None,
    text: bytes | None = None,
    folder: Path | None = None,
) -> bytes:
    """Run a program and return what it prints; raises `NotHadError` with the end of what it complains about."""
    try:
        done = subprocess.run(
            command,
            input=text,
            capture_output=True,
            timeout=patience,
            check=False,
            cwd=folder,
            env={**os.environ, **(environment or {}), "GIT_TERMINAL_PROMPT": "0"},
        )
    except OSError as error:
        raise NotHadError(f"{command[0]}: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise NotHadError(f"git took more than {patience:.0f} s") from error
    if done.returncode:
        complaint = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotHadError(complaint[-1] if complaint else f"git ended with {done.returncode}")
    return done.stdout
