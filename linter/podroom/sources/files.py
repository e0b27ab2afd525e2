"""Reads the files of a project, from the disk or from whatever tree of files it is given.

A file that cannot be read is a `ReadProblem`, kept for the report, and never stops the others.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from podroom.errors import InputError
from podroom.positions import Document, Span
from podroom.records import dataclass
from podroom.sources.disk import DISK, Entry, Tree
from podroom.sources.file_names import (
    CONFIGURATION_ENDINGS,
    automatic_variables,
    configuration_files,
    is_configuration,
    is_json,
    is_read_automatically,
)
from podroom.sources.hcl.syntax import ParsedFile, SyntaxProblem
from podroom.sources.links import Links
from podroom.sources.problem import Problem
from podroom.sources.silent import SilentFolders

if TYPE_CHECKING:
    from podroom.sources.installed_modules import InstalledModule

HclReader: TypeAlias = Callable[[Document], ParsedFile]

LARGEST_FILE = 4 * 1024 * 1024
"""In bytes.  The largest Terraform file in 10,442 public ones is under 1 MiB."""

_GIT_CRYPT = b"\x00GITCRYPT\x00"
_PLANS = (".tfplan", ".tfstate", "tfplan")
_PLAN_MARKS = (b'"format_version"', b'"lineage"', b'{"@level"', b'"encrypted_data"')
ZIP = b"PK\x03\x04"
"""How a plan file of `terraform plan -out` begins."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""How UTF-16 text begins, as `>` of Windows PowerShell writes it."""
STREAM = '{"@level"'
"""How every line of the log of `terraform plan -json` begins."""
STANDARD_INPUT = "-"
_PLAN_BEGINNING = 8 * 1024 * 1024
_YAML = (".yaml", ".yml")
"""Readers of YAML take UTF-16 as well, if a byte order mark says so (https://yaml.org/spec/1.2.2/#52-character-encodings)."""
_SKIPPED_DIRECTORIES = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """A file or folder that could not be read, or not wholly; one sentence."""

    path: str
    message: str
    span: Span | None = None


MANIFEST = ".terraform/modules/modules.json"


class Files:
    """The files of one project, each read and parsed once.

    `project` is the folder that `file()` and `templatefile()` may not leave, but for the folders of modules that lie
    outside and are called by a relative path: a module may read what it brings along.  Paths in documents are
    relative to the current directory where they lie below it.
    """

    def __init__(self, project: str, reader: HclReader, tree: Tree = DISK) -> None:
        """Take the project's folder, the reader of HCL to use, and where the files are."""
        self._tree = tree
        self._links = Links(project, tree)
        self._reader = reader
        self._parsed: dict[str, ParsedFile | None] = {}
        self._documents: dict[str, Document | ReadProblem] = {}
        self._installed: dict[str, Mapping[str, InstalledModule]] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._candidates: dict[str, ParsedFile] = {}
        self._read_problems: dict[str, ReadProblem] = {}
        self._silent = SilentFolders(self._configuration_texts)
        self._invalid: list[ReadProblem] = []
        self._used: set[int] = set()

    @property
    def problems(self) -> list[ReadProblem]:
        """Return everything that could not be read so far, syntax problems included, by path."""
        problems = [*self._read_problems.values(), *self._invalid]
        for parsed in self.parsed:
            problems += [
                ReadProblem(parsed.document.path, problem.message, parsed.span(problem)) for problem in parsed.problems
            ]
        return sorted(problems, key=lambda problem: (problem.path, problem.span.start if problem.span else 0))

    @property
    def parsed(self) -> list[ParsedFile]:
        """Return every file that was parsed so far."""
        return [parsed for parsed in self._parsed.values() if parsed is not None]

    @property
    def documents(self) -> list[Document]:
        """Return every text that was read so far: configuration, variables, templates, scripts."""
        return [document for document in self._documents.values() if isinstance(document, Document)]

    def hold(self, documents: Iterable[Document]) -> None:
        """Count texts that were read elsewhere among the documents."""
        self._documents.update((document.path, document) for document in documents)

    def configuration(self, directory: str) -> list[ParsedFile]:
        """Return the configuration files of one folder, in the order of their names."""
        return self._parse_all(self._configuration_paths(directory))

    def is_silent(self, directory: str) -> bool:
        """Return whether nothing in the configuration of a folder can bear on pods; told by its text."""
        return directory in self._silent

    @property
    def silent(self) -> list[str]:
        """Return the paths of the files in silent folders, of which no tree was made so far."""
        return [path for path in self._silent.paths() if path not in self._parsed]

    def invalid(self, path: str) -> list[SyntaxProblem]:
        """Return what is not valid in a file that was read; its tree is not kept."""
        document = self._read(path)
        return [] if isinstance(document, ReadProblem) else self._reader_of(path)(document).problems

    def tell(self, path: str, problems: Iterable[SyntaxProblem]) -> None:
        """Count what is not valid in a silent file among the problems, unless a tree of it was made meanwhile."""
        document = self._read(path)
        if path not in self._parsed and isinstance(document, Document):
            self._invalid += [
                ReadProblem(document.path, problem.message, Span(document, problem.start, problem.end))
                for problem in problems
            ]

    def variables(self, directory: str) -> list[ParsedFile]:
        """Return the variable files that Terraform reads by itself, the weakest first."""
        return self._parse_all(os.path.join(directory, name) for name in automatic_variables(self.names(directory)))

    def variable_file(self, path: str) -> ParsedFile:
        """Return the variable file that the user named; raises `InputError` if it cannot be read."""
        parsed = self._parse(path)
        if parsed is None:
            raise InputError(self._read_problems[path].message)
        return parsed

    def candidate(self, directory: str, name: str) -> ParsedFile | ReadProblem:
        """Return a variable file that nobody named; what is wrong with it is no problem of the run until it is used."""
        path = os.path.normpath(os.path.join(directory, name))
        found = self._candidates.get(path) or self._parsed.get(path)
        if found is None:
            document = self._read(path)
            if isinstance(document, ReadProblem):
                return document
            found = self._candidates[path] = self._reader_of(path)(document)
        return found

    def use(self, candidates: Iterable[ParsedFile]) -> None:
        """Count candidates among the files that were read, so that what is wrong with them is told."""
        used = {id(parsed) for parsed in candidates}
        self._parsed.update((path, parsed) for path, parsed in self._candidates.items() if id(parsed) in used)

    def read_text(self, directory: str, path: str) -> Document | str:
        """Return a text file for `file()` and `templatefile()`, or the reason why it is not read."""
        full = os.path.join(directory, path)
        if "\0" in path:
            return "the path holds a null character, which no file has"
        if not self._links.may_lead(full):
            return f"{path} lies outside the project, where podroom does not read"
        document = self._read(os.path.normpath(full))
        if isinstance(document, ReadProblem):
            return document.message
        self._used.add(id(document))
        return document

    def list_folder(self, directory: str, path: str) -> tuple[tuple[str, bool], ...] | str | None:
        """Return the names in a folder for `fileset()`, each with whether it is a folder; None if it is no folder.

        Of links only those are there that lead to what may be read, and not back to where they stand.  A text says why
        the folder is not read.
        """
        full = os.path.normpath(os.path.join(directory, path))
        if "\0" in path:
            return "the path holds a null character, which no file has"
        if not self._links.may_lead(full):
            return f"{path} lies outside the project, where podroom does not read"
        if not self._tree.is_folder(full):
            return None
        real = self._tree.real(full)
        entries = (
            entry for entry in self.entries(real) if not entry.is_symlink() or self._links.lead_on(entry.path, real)
        )
        kinds = ((entry.name, _is_folder(entry), _is_file(entry)) for entry in entries)
        return tuple((name, folder) for name, folder, file in kinds if folder or file)

    def is_used(self, document: Document) -> bool:
        """Return whether configuration has read a text by `file()`, `templatefile()` or the like."""
        return id(document) in self._used

    def document(self, path: str) -> Document | None:
        """Return one text file; a problem is noted if it cannot be read."""
        document = self._read(path)
        if isinstance(document, ReadProblem):
            self.note(path, document.message)
            return None
        return document

    def installed(self, root: str) -> Mapping[str, InstalledModule]:
        """Return the modules that were downloaded for a root module, by the dotted path of their call."""
        known = self._installed.get(root)
        if known is None:
            known = self._installed[root] = self._manifest(os.path.join(root, MANIFEST))
        return known

    def _manifest(self, path: str) -> Mapping[str, InstalledModule]:
        if not self._tree.is_there(path):
            return {}
        from podroom.sources.installed_modules import read_manifest  # noqa: PLC0415 - few projects are initialised

        document = self._read(path)
        listed = document if isinstance(document, ReadProblem) else read_manifest(document)
        if isinstance(listed, ReadProblem):
            self.note(path, listed.message)
            return {}
        if isinstance(listed, Problem):
            sentence = f"the list of downloaded modules cannot be read, run terraform init again: {listed.message}"
            self._read_problems.setdefault(path, ReadProblem(shown_path(path), sentence, listed.span))
            return {}
        return listed

    def child_inside(self, directory: str, relative: str) -> str | None:
        """Return a folder that a tool has written down, None if there is none or it lies outside the project."""
        found = self._folder_at(directory, relative)
        return found if found is not None and self._links.are_inside(found) else None

    def child(self, directory: str, relative: str) -> str | None:
        """Return the folder of a relative module source, or None if there is no such folder."""
        found = self._folder_at(directory, relative)
        if found is not None and not self._links.are_inside(found) and any(map(is_configuration, self.names(found))):
            self._links.follow(found)
        return found

    def entries(self, directory: str) -> list[Entry]:
        """Return what a folder holds, by name; nothing, and a problem noted, if it cannot be read."""
        known = self._entries.get(directory)
        if known is None:
            try:
                known = self._tree.entries(directory)
            except OSError as error:
                self.note(directory, f"cannot read the folder {shown_path(directory)}: {why(error)}")
                known = []
            self._entries[directory] = known
        return known

    def subfolders(self, directory: str, hidden: Collection[str] = ()) -> list[str]:
        """Return the folders in a folder that people write in: no links, none that tools fill, no others `hidden`."""
        return [
            os.path.normpath(entry.path)
            for entry in self.entries(directory)
            if _is_folder(entry)
            and (not entry.name.startswith(".") or entry.name in hidden)
            and entry.name not in _SKIPPED_DIRECTORIES
            and not entry.is_symlink()
        ]

    def names(self, directory: str) -> list[str]:
        """Return the names of the files in a folder, in order, less the links that lead out of the repository.

        A problem is noted if one has the name of configuration or of variables.
        """
        return [
            entry.name
            for entry in self.entries(directory)
            if not _is_folder(entry) and not (entry.is_symlink() and self._leads_out(entry))
        ]

    def _leads_out(self, link: Entry) -> bool:
        """Return whether a link leads out of the repository, and note it if something is left out so."""
        if not self._links.lead_out(link.path):
            return False
        if is_configuration(link.name) or is_read_automatically(link.name):
            shown = shown_path(link.path)
            self.note(link.path, f"{shown} is a link that leads out of the repository, where podroom does not read")
        return True

    def _configuration_paths(self, directory: str) -> list[str]:
        return [os.path.join(directory, name) for name in configuration_files(self.names(directory))]

    def _configuration_texts(self, directory: str) -> dict[str, Document | None]:
        """Return the configuration of a folder by path, None for what cannot be read."""
        read = {path: self._read(path) for path in self._configuration_paths(directory)}
        return {path: None if isinstance(text, ReadProblem) else text for path, text in read.items()}

    def _parse_all(self, paths: Iterable[str]) -> list[ParsedFile]:
        with without_collector():
            return [parsed for parsed in map(self._parse, paths) if parsed is not None]

    def _parse(self, path: str) -> ParsedFile | None:
        if path not in self._parsed:
            document = self._read(path)
            if isinstance(document, ReadProblem):
                self.note(path, document.message)
                self._parsed[path] = None
            else:
                self._parsed[path] = self._reader_of(path)(document)
        return self._parsed[path]

    def _reader_of(self, path: str) -> HclReader:
        if not is_json(path):
            return self._reader
        from podroom.sources.hcl.json_syntax import parse_json, parse_json_variables  # noqa: PLC0415 - few have JSON

        return parse_json if is_configuration(os.path.basename(path)) else parse_json_variables

    def _read(self, path: str) -> Document | ReadProblem:
        known = self._documents.get(path)
        if known is None:
            known = self._documents[path] = read_document(path, self._tree)
        return known

    def _folder_at(self, directory: str, relative: str) -> str | None:
        path = os.path.normpath(os.path.join(directory, relative))
        if not self._tree.is_folder(path):
            return None
        self._links.by_own_path(directory)
        return self._links.by_own_path(path)

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder of that name."""
        return self._tree.is_folder(path)

    def look_up(self, path: str) -> bool:
        """Return whether a path is a folder; raises `OSError` or `ValueError` if there is nothing that can be read."""
        return self._tree.look_up(path)

    def real(self, path: str) -> str:
        """Return the absolute path of a file without links."""
        return self._tree.real(path)

    def beginning(self, path: str, most: int) -> bytes:
        """Return the first `most` bytes of a file, none if it cannot be read: to find out cheaply what it is."""
        return self._tree.beginning(path, most)

    def note(self, path: str, message: str) -> None:
        """Keep a problem for the report; the first one of a path stays."""
        self._read_problems.setdefault(path, ReadProblem(shown_path(path), message))


def is_folder(path: str) -> bool:
    """Return whether there is a folder of that name on the disk."""
    return DISK.is_folder(path)


def absolute_folder(path: str) -> str:
    """Return the absolute path of a folder, with `/` between its parts."""
    return os.path.abspath(path).replace(os.sep, "/")


def folder_of(path: str) -> str:
    """Return the folder that a file lies in."""
    return os.path.dirname(path) or "."


def file_name(path: str) -> str:
    """Return the last part of a path."""
    return os.path.basename(path)


def joined_path(folder: str, name: str) -> str:
    """Return the path of a file in a folder whose path is in its shortest form."""
    return name if folder == "." else os.path.join(folder, name)


def is_plan(path: str, files: Files) -> bool:
    """Return whether a path is a file that looks like a plan or a state of Terraform."""
    if files.is_folder(path) or path.endswith(CONFIGURATION_ENDINGS):
        return False
    data = files.beginning(path, _PLAN_BEGINNING)
    if data.startswith(ZIP) or (data and path.endswith(_PLANS)):
        return True
    if data.startswith(UTF_16):
        data = data.decode("utf-16", "ignore").encode()
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"{", b"[command]")) and any(mark in data for mark in _PLAN_MARKS)


def read_document(path: str, tree: Tree = DISK) -> Document | ReadProblem:
    """Read one text file, or say in one sentence why it is not one."""
    shown = shown_path(path)
    try:
        data = tree.read(path, LARGEST_FILE)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        return ReadProblem(shown, f"cannot read {shown}: {why(error)}")
    if len(data) > LARGEST_FILE:
        return ReadProblem(shown, f"{shown} is not read: it has more than {LARGEST_FILE // 2**20} MiB")
    if data.startswith(_GIT_CRYPT):
        return ReadProblem(shown, f"{shown} is encrypted by git-crypt; unlock the repository to have it judged")
    encoding = "utf-8"
    if path.endswith(_YAML) and data.startswith(UTF_16):
        encoding = "utf-16"
    elif b"\x00" in data:
        return ReadProblem(shown, f"{shown} is a binary file, not {_kind_of_text(path)}")
    try:
        return Document(shown, data.decode(encoding))
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            return ReadProblem(shown, f"{shown} begins like UTF-16 text and is none")
        line = data.count(b"\n", 0, error.start) + 1
        return ReadProblem(shown, f"{shown} is not UTF-8 text: invalid byte on line {line}")


def _kind_of_text(path: str) -> str:
    return "YAML" if path.endswith(_YAML) else "Terraform text" if is_configuration(path) else "text"


def read_large(path: str, most: int) -> tuple[str, bytes]:
    """Return what to call a file and its content; raises `InputError` above `most` bytes.  `-` is standard input."""
    shown = "standard input" if path == STANDARD_INPUT else shown_path(path)
    try:
        data = sys.stdin.buffer.read(most + 1) if path == STANDARD_INPUT else DISK.read(path, most)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {shown}: {why(error)}") from error
    if len(data) > most:
        raise InputError(f"{shown} is not read: it has more than {most // 2**20} MiB")
    return shown, data


def _is_folder(entry: Entry) -> bool:
    """Return whether an entry is a folder; one that cannot be looked at is taken for a file, and fails when read."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: Entry) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the garbage collector from walking the growing trees over and over: 2.3 times faster."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def shown_path(path: str) -> str:
    """Return a path as it is told: relative where it lies below the current folder, with `/` between its parts."""
    relative = os.path.normpath(path)
    if os.path.isabs(relative) or relative.startswith(".."):
        relative = os.path.relpath(path)  # asks the system for the current folder, twice
    shown = os.path.abspath(path) if relative.startswith("..") else relative
    return shown.replace(os.sep, "/")


def why(error: OSError | ValueError) -> str:
    """Return what keeps a file from being read, as the end of a sentence."""
    return ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()
