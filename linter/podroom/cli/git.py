"""Asks git what a repository holds.  Nothing is checked out, written or fetched."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator, Mapping

from podroom.cli.git_tree import GitTree, Item
from podroom.errors import InputError, UsageError
from podroom.records import dataclass
from podroom.sources.disk import DISK

_LINK = "120000"
_SUBMODULE = "160000"
_SKIPPED_IN_WORK_TREE = "S"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: what a person calls it, and its files."""

    name: str
    tree: GitTree
    submodules: tuple[str, ...]
    """Paths from the top of what is another repository, whose files are not in this one."""


class Repository:
    """A git repository with a work tree; close it, or a git that reads contents stays."""

    def __init__(self, folder: str, on_disk: frozenset[str] = frozenset()) -> None:
        """Find the repository that a folder lies in; raises `InputError` if there is none, or no git.

        `on_disk` are files by their real paths that are read from the disk where git has none.
        """
        self._folder = folder
        self._on_disk_only = on_disk
        self._contents: subprocess.Popen[bytes] | None = None
        self.top = os.path.realpath(self._run("rev-parse", "--show-toplevel").decode(errors="surrogateescape").strip())

    def close(self) -> None:
        """End the git that reads contents."""
        if self._contents is not None:
            self._contents.communicate()

    def commit(self, revision: str) -> str:
        """Return the name of a commit; raises `UsageError` for a revision that is not in this clone."""
        found = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if not found:
            hint = "fetch it first" if self._is_shallow() else "`git log --all` lists what there is"
            raise UsageError(f"git knows no commit {revision!r} in this clone; {hint}")
        return found.decode().strip()

    def merge_base(self, one: str, other: str) -> str:
        """Return where two commits parted; raises `InputError` if this clone does not say."""
        found = self._ask("merge-base", one, other)
        if not found:
            hint = (
                "the clone is shallow: git fetch --unshallow, or fetch-depth: 0 for actions/checkout, brings the rest"
                if self._is_shallow()
                else "their histories have nothing in common"
            )
            raise InputError(f"git finds no commit that {one[:12]} and {other[:12]} both come from; {hint}")
        return found.decode().split()[0]

    def at(self, commit: str, name: str) -> Side:
        """Return the files of a commit."""
        items: dict[str, Item] = {}
        submodules = []
        for record in _records(self._run("ls-tree", "-r", "-z", "--full-tree", commit)):
            facts, _, path = record.partition("\t")
            mode, _, object_name = facts.split(" ")
            if mode == _SUBMODULE:
                submodules.append(path)
            items[path] = self._stored(mode, object_name)
        return Side(name, GitTree(self.top, items, self._on_disk_only), tuple(submodules))

    def work_tree(self, name: str) -> Side:
        """Return the files of the work tree that a commit of all of it would hold: without those that are ignored."""
        items: dict[str, Item] = {}
        submodules = []
        for record in _records(self._run("ls-files", "-z", "--cached", "--stage", "-t", "--full-name", ":/")):
            facts, _, path = record.partition("\t")
            tag, mode, object_name, _ = facts.split(" ")
            if mode == _SUBMODULE:
                submodules.append(path)
                items[path] = Item(is_folder=True)
            elif tag == _SKIPPED_IN_WORK_TREE:  # a sparse work tree
                items[path] = self._stored(mode, object_name)
            else:
                items.update(self._on_disk(path))
        for path in _records(self._run("ls-files", "-z", "--others", "--exclude-standard", "--full-name", ":/")):
            items.update(self._on_disk(path))
        return Side(name, GitTree(self.top, items, self._on_disk_only), tuple(submodules))

    def renames(self, base: str, head: str | None) -> Mapping[str, str]:
        """Return the paths of files that were moved, each with its new one; `head` None is the work tree."""
        compare = ("diff-index", base) if head is None else ("diff-tree", "-r", base, head)
        fields = iter(_records(self._run(compare[0], "-M", "--diff-filter=R", "--name-status", "-z", *compare[1:])))
        moved = {}
        for _ in fields:
            before = next(fields)
            moved[before] = next(fields)
        return moved

    def _stored(self, mode: str, object_name: str) -> Item:
        def read(most: int) -> bytes:
            return self._content(object_name, most)

        return Item(read=read, is_link=mode == _LINK, is_folder=mode == _SUBMODULE)

    def _on_disk(self, path: str) -> Iterator[tuple[str, Item]]:
        """Yield a file of the work tree, nothing if it is not there."""
        full = os.path.join(self.top, path)
        try:
            mode = os.lstat(full).st_mode
        except OSError:  # it is deleted, and that is not committed yet
            return

        def read(most: int) -> bytes:
            return os.fsencode(os.readlink(full)) if stat.S_ISLNK(mode) else DISK.read(full, most)

        if not stat.S_ISDIR(mode):
            yield path, Item(read=read, is_link=stat.S_ISLNK(mode))

    def _content(self, object_name: str, most: int) -> bytes:
        """Return the content of an object; of one with more than `most` bytes, `most` and one more."""
        if self._contents is None:
            self._contents = self._start("cat-file", "--batch")
        asked, answered = self._contents.stdin, self._contents.stdout
        if asked is None or answered is None:  # which pipes never are
            raise InputError("git cannot be asked for the content of a file")
        asked.write(f"{object_name}\n".encode())
        asked.flush()
        facts = answered.readline().split()
        if len(facts) != 3:  # name, type and size; otherwise "name missing"
            raise OSError(f"git does not have the object {object_name[:12]}, as the clone is a partial one")
        size = int(facts[2])
        content = answered.read(min(size, most + 1))
        rest = size - len(content)
        while rest > 0:
            rest -= len(answered.read(min(rest, _CHUNK)))
        answered.read(1)  # the line end after it
        return content

    def _is_shallow(self) -> bool:
        return self._ask("rev-parse", "--is-shallow-repository").strip() == b"true"

    def _ask(self, *arguments: str) -> bytes:
        """Return what git answers, nothing if it fails."""
        with self._start(*arguments) as git:
            return git.communicate()[0] if git.wait() == 0 else b""

    def _run(self, *arguments: str) -> bytes:
        """Return what git answers; raises `InputError` with its own sentence if it fails."""
        with self._start(*arguments) as git:
            answer, complaint = git.communicate()
        if git.returncode != 0:
            sentence = complaint.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")
            raise InputError(f"git cannot be asked about {self._folder}: {sentence}")
        return answer

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = ("git", "-C", self._folder, "-c", "core.fsmonitor=false", *arguments)
        # No fetching of what a partial clone lacks, no question, no lock, and English sentences.
        settings = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        try:
            return subprocess.Popen(  # noqa: S603 - git, with words of which only revisions come from outside
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, **settings},
            )
        except FileNotFoundError as error:
            raise InputError("git is not installed, and comparing needs it") from error


def _records(answer: bytes) -> list[str]:
    """Return the texts of an answer that ends each by a zero byte."""
    return [os.fsdecode(record) for record in answer.split(b"\0")[:-1]]
