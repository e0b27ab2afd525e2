"""An editor that talks to `podroom lsp` over standard input and output, for tests: pygls's own client."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from checkout import CHECKOUT

T = TypeVar("T")
_PATIENCE = 60
"""In seconds, so that a server which says nothing fails the test."""


class Editor:
    """Starts a server for a folder and keeps what it says."""

    def __init__(
        self, folder: Path, encodings: list[types.PositionEncodingKind] | None = None, *, watches: bool = False
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._said: defaultdict[str, asyncio.Queue[list[types.Diagnostic]]] = defaultdict(asyncio.Queue)
        self._versions: dict[Path, int] = {}
        self.messages: asyncio.Queue[str] = asyncio.Queue()
        self.watched: asyncio.Queue[types.Registration] = asyncio.Queue()
        self._client = LanguageClient("tests", "1")

        @self._client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def keep(said: types.PublishDiagnosticsParams) -> None:
            self._said[said.uri].put_nowait(list(said.diagnostics))

        @self._client.feature(types.WINDOW_SHOW_MESSAGE)
        def keep_message(said: types.ShowMessageParams) -> None:
            self.messages.put_nowait(said.message)

        @self._client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def register(asked: types.RegistrationParams) -> None:
            for registration in asked.registrations:
                self.watched.put_nowait(registration)

        paths = os.pathsep.join([str(CHECKOUT / "linter"), str(CHECKOUT / "rules")])
        command = [sys.executable, "-m", "podroom", "lsp", "--stdio"]
        variables = {**os.environ, "PYTHONPATH": paths}
        self.wait(self._client.start_io(*command, env=variables, cwd=folder.anchor))
        general = types.GeneralClientCapabilities(position_encodings=encodings)
        watching = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=watches)
        workspace = types.WorkspaceClientCapabilities(did_change_watched_files=watching)
        capabilities = types.ClientCapabilities(general=general, workspace=workspace)
        asked = types.InitializeParams(capabilities, root_uri=folder.as_uri())
        self.server = self.wait(self._client.initialize_async(asked))
        self._client.initialized(types.InitializedParams())

    def open(self, path: Path) -> list[types.Diagnostic]:
        """Open a file, and return its diagnostics."""
        self._versions[path] = 1
        self.open_text(path.as_uri(), path.read_bytes().decode())
        return self.next_of(path)

    def open_text(self, uri: str, text: str) -> None:
        self._client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "terraform", 1, text))
        )

    def type(self, path: Path, text: str) -> None:
        """Give an open file another text, which is not saved."""
        self._versions[path] += 1
        document = types.VersionedTextDocumentIdentifier(self._versions[path], path.as_uri())
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self._client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def save(self, path: Path) -> list[types.Diagnostic]:
        """Say that a file was saved, and return its diagnostics."""
        self._client.text_document_did_save(types.DidSaveTextDocumentParams(_named(path)))
        return self.next_of(path)

    def close(self, path: Path) -> None:
        self._client.text_document_did_close(types.DidCloseTextDocumentParams(_named(path)))

    def changed_outside(self) -> None:
        self._client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))

    def next_of(self, path: Path) -> list[types.Diagnostic]:
        """Return the next diagnostics of a file; waits for them."""
        return self.wait(self._said[path.as_uri()].get())

    def hover(self, path: Path, line: int, character: int) -> tuple[str, types.Range | None]:
        """Return what is shown at a place, counted from 0, and for which place; nothing if there is nothing."""
        asked = types.HoverParams(_named(path), types.Position(line, character))
        shown = self.wait(self._client.text_document_hover_async(asked))
        if shown is None:
            return "", None
        assert isinstance(shown.contents, types.MarkupContent)
        return shown.contents.value, shown.range

    def actions(self, path: Path, place: types.Range, *kinds: str) -> list[types.CodeAction]:
        """Return what can be done at a place, of these kinds if any are given."""
        context = types.CodeActionContext([], only=list(kinds) or None)
        asked = types.CodeActionParams(_named(path), place, context)
        found = self.wait(self._client.text_document_code_action_async(asked)) or []
        return [action for action in found if isinstance(action, types.CodeAction)]

    def end(self) -> int:
        """End the server in the way that editors do, and return its exit code."""
        self.wait(self._client.shutdown_async(None))
        self._client.exit(None)
        process = self._client._server
        assert process is not None
        code = self.wait(process.wait())
        self.wait(self._client.stop())
        self._loop.close()
        return code

    def wait(self, work: Coroutine[Any, Any, T] | asyncio.Future[T]) -> T:
        async def patiently() -> T:
            return await asyncio.wait_for(work, _PATIENCE)

        return self._loop.run_until_complete(patiently())


def applied(text: str, edits: list[types.TextEdit], unit: str = "utf-16-le") -> str:
    """Return a text with edits that count columns in these units, as an editor applies them."""
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True):
        first, last = edit.range.start, edit.range.end
        before = _cut(lines[first.line], first.character, unit)[0]
        after = _cut(lines[last.line], last.character, unit)[1]
        lines[first.line : last.line + 1] = f"{before}{edit.new_text}{after}".split("\n")
    return "\n".join(lines)


def _cut(line: str, units: int, codec: str) -> tuple[str, str]:
    size = {"utf-8": 1, "utf-16-le": 2}[codec] * units
    data = line.encode(codec)
    return data[:size].decode(codec), data[size:].decode(codec)


def _named(path: Path) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(path.as_uri())
