"""The plan file that `terraform plan -out` writes: a ZIP that holds the configuration of all modules, and the state.

What is planned is in a form that only Terraform reads.  `tfconfig/modules.json` lists the modules by their key, the
dotted path of the call, and `tfconfig/m-KEY/` holds the files of each.  `tfstate` is the state as the plan found it,
`tfstate-prev` the one of before, both as state files.
Source: https://github.com/hashicorp/terraform/blob/v1.11.4/internal/plans/planfile (config_snapshot.go, writer.go)
"""

from __future__ import annotations

import json
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from podroom.errors import InputError
from podroom.positions import Document
from podroom.sources.file_names import configuration_files, is_configuration, is_json
from podroom.sources.installed_modules import InstalledModule
from podroom.sources.json_parts import objects
from podroom.sources.recorded import Recorded
from podroom.sources.terraform_json import LARGEST, read_terraform_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podroom.sources.files import HclReader
    from podroom.sources.hcl.syntax import ParsedFile

_PLAN = "tfplan"
_MANIFEST = "tfconfig/modules.json"
_FILES = "tfconfig/m-"
_STATE = "tfstate"
_STATE_BEFORE = "tfstate-prev"
_MOST_ENTRIES = 20_000
_MOST_BYTES = 64 * 1024 * 1024
"""Of all configuration that is read, unpacked.  The largest public ones have less than 5 MiB."""
_LOCAL = ("./", "../")
_ENCRYPTED = 1
"""The flag of a ZIP entry that is encrypted."""


class PlanFile:
    """The configuration in a plan file, by the folders that its modules had, and the state in it."""

    def __init__(self, shown: str, data: bytes, reader: HclReader) -> None:
        """Take what the file is called and its content; raises `InputError` with one sentence if it is no plan file."""
        self.shown = shown
        self._reader = reader
        self._parsed: dict[str, ParsedFile] = {}
        self._installed: dict[str, InstalledModule] = {}
        self._folders: dict[str, dict[str, str]] = {}
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                texts = dict(self._texts(archive))
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
            ValueError,
        ) as error:
            raise InputError(f"{shown} cannot be unpacked: it is damaged, or no ZIP that Terraform writes") from error
        self._state: Recorded | None = None
        self._states = (texts.pop(_STATE, None), texts.pop(_STATE_BEFORE, None))
        self._take(texts)

    def state(self, declared: frozenset[str] = frozenset()) -> Recorded:
        """Return the state in the file with what the plan found changed in it.

        `declared` are the blocks of the root module.  Raises `InputError` with one sentence if it is no state file.
        """
        if self._state is None:
            now, before = self._states
            self._states = (None, None)
            self._state = Recorded(self.shown, {}, {}, declared, in_plan_file=True)
            if now is not None:
                found = read_terraform_json(f"{self.shown}/{_STATE}", now)
                del now
                earlier = (
                    {} if before is None else read_terraform_json(f"{self.shown}/{_STATE_BEFORE}", before).instances
                )
                self._state = found.found_in_plan_file(self.shown, earlier, declared)
        return self._state

    def _texts(self, archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
        """Yield the manifest and the files of configuration, by their names in the archive."""
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if len(entries) > _MOST_ENTRIES:
            raise InputError(f"{self.shown} is not read: it holds more than {_MOST_ENTRIES:,} files")
        if _PLAN not in names or _MANIFEST not in names:
            raise InputError(f"{self.shown} is a ZIP, but no plan file of Terraform: it lacks tfplan or tfconfig")
        if len(names) < len(entries):
            raise InputError(f"{self.shown} is not read: it holds two files of one name")
        left = {_FILES: _MOST_BYTES, _STATE: LARGEST}
        for entry in entries:
            name = entry.filename
            parts = name.split("/")
            if name.startswith("/") or "\\" in name or ".." in parts:
                raise InputError(f"{self.shown} is not read: it holds a file whose name leads out of it")
            wanted = name.startswith(_FILES) and len(parts) == 3 and is_configuration(parts[2])
            is_state = name in {_STATE, _STATE_BEFORE}
            if not wanted and name != _MANIFEST and not is_state:
                continue
            if entry.flag_bits & _ENCRYPTED:
                raise InputError(f"{self.shown} is not read: it is encrypted")
            part = _STATE if is_state else _FILES
            with archive.open(entry) as file:
                content = file.read(left[part] + 1)
            left[part] -= len(content)
            if left[part] < 0:
                unpacked = LARGEST if is_state else _MOST_BYTES
                raise InputError(f"{self.shown} is not read: it unpacks to more than {unpacked // 2**20} MiB")
            yield name, self._decoded(content)

    def _decoded(self, content: bytes) -> str:
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{self.shown} is not read: it holds a text that is not UTF-8") from error

    def _take(self, texts: Mapping[str, str]) -> None:
        try:
            listed = {"list of modules": json.loads(texts[_MANIFEST])}
        except (ValueError, RecursionError) as error:
            raise InputError(f"{self.shown} is no plan file of Terraform: its list of modules is no JSON") from error
        for entry in objects(listed, "list of modules"):
            key, folder, source, version = (entry.get(name) for name in ("Key", "Dir", "Source", "Version"))
            if not isinstance(key, str) or not isinstance(folder, str):
                continue
            prefix = f"{_FILES}{key}/"
            files = {name.removeprefix(prefix): text for name, text in texts.items() if name.startswith(prefix)}
            self._folders[self._folder(folder) if key else self.shown] = files
            if key and isinstance(source, str) and not source.startswith(_LOCAL):
                self._installed[key] = InstalledModule(source, version if isinstance(version, str) else None, folder)

    def _folder(self, relative: str) -> str:
        return posixpath.normpath(posixpath.join(self.shown, relative))

    @property
    def parsed(self) -> list[ParsedFile]:
        """Return the configuration that was parsed so far, by its path."""
        return [self._parsed[path] for path in sorted(self._parsed)]

    # --- what evaluation asks of the files of a project -------------------------------------------

    def configuration(self, directory: str) -> list[ParsedFile]:
        """Return the parsed configuration files of one folder."""
        files = self._folders.get(directory, {})
        return [self._parse(posixpath.join(directory, name), files[name]) for name in configuration_files(files)]

    def _parse(self, path: str, text: str) -> ParsedFile:
        if path not in self._parsed:
            reader = self._reader
            if is_json(path):
                from podroom.sources.hcl.json_syntax import parse_json  # noqa: PLC0415 - few have JSON

                reader = parse_json
            self._parsed[path] = reader(Document(path, text))
        return self._parsed[path]

    def variables(self, directory: str) -> list[ParsedFile]:  # noqa: ARG002 - as evaluation asks
        """Return nothing: the values of variables are among those that only Terraform reads."""
        return []

    def read_text(self, directory: str, path: str) -> Document | str:  # noqa: ARG002 - as evaluation asks
        """Return why a file is not read: only configuration is in a plan file."""
        return f"{path} is not in {self.shown}, which holds configuration only"

    def list_folder(self, directory: str, path: str) -> str:  # noqa: ARG002 - as evaluation asks
        """Return why the names in a folder are not known."""
        return f"{path} is not in {self.shown}, which holds configuration only"

    def child(self, directory: str, relative: str) -> str | None:
        """Return the folder of a relative module source, or None if it is not in the file."""
        found = posixpath.normpath(posixpath.join(directory, relative))
        return found if found in self._folders else None

    def child_inside(self, directory: str, relative: str) -> str | None:
        """Return the folder of a downloaded module, or None if it is not in the file."""
        return self.child(directory, relative)

    def installed(self, root: str) -> Mapping[str, InstalledModule]:  # noqa: ARG002 - as evaluation asks
        """Return the modules that were downloaded, by the dotted path of their call."""
        return self._installed
