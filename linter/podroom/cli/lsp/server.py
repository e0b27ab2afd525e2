"""The language server: what it is told of open files, and what it answers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Mapping
from functools import partial

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from podroom import __version__
from podroom.cli.lsp.diagnostics import Diagnostics
from podroom.cli.lsp.hovers import hover
from podroom.cli.lsp.judging import Judged, current_text, judge, project_of
from podroom.cli.lsp.places import offset_of, range_of
from podroom.cli.lsp.quick_fixes import FIX_ALL, QuickFixes
from podroom.engine import AnyRule
from podroom.packs import find_rules

_WATCHED = (
    "**/*.{tf,tf.json,tofu,tofu.json,tfvars,tfvars.json,tftpl,yaml,yml,sh}",
    "**/{podroom,.podroom,pyproject}.toml",
)
"""Files that other programs may change, as patterns of the protocol."""
_SETTLES_AFTER = 0.1
"""In seconds: editors open and save several files at once."""


class Server(LanguageServer):
    """Judges a project whenever one of its files is opened, saved or closed in the editor."""

    def __init__(self, rules: list[type[AnyRule]]) -> None:
        """Take the rules to judge by."""
        super().__init__("podroom", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self._rules = rules
        self._open: dict[str, str] = {}
        """What the editor calls each open file, by its real path."""
        self._judged: dict[str, Judged] = {}
        self._told: dict[str, set[str]] = {}
        """The files, by the project, that have diagnostics now."""
        self._due: set[str] = set()
        self._work: asyncio.Task[None] | None = None

    def began(self) -> None:
        """Go into the folder that the editor works in, where paths in messages begin, and have its files watched."""
        root = next((folder for folder in (self.workspace.root_path, *self._folders()) if folder), None)
        if root is not None and os.path.isdir(root):
            os.chdir(root)
        workspace = self.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if watching and watching.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob) for glob in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            watch = types.Registration("podroom-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            self.client_register_capability(types.RegistrationParams([watch]))

    def opened(self, uri: str) -> None:
        """Take a file among the open ones."""
        path = _path_of(uri)
        if path is not None:
            self._open[path] = uri
            self.changed(path)

    def saved(self, uri: str) -> None:
        """Judge what a file concerns."""
        path = _path_of(uri)
        if path is not None:
            self.changed(path)

    def closed(self, uri: str) -> None:
        """Take a file from among the open ones."""
        path = _path_of(uri)
        if self._open.pop(path or "", None) is not None:
            self.changed(path or "")

    def changed(self, path: str) -> None:
        """Judge the project of a file anew, soon."""
        self._due.add(self._project_of(path))
        if self._work is None or self._work.done():
            self._work = asyncio.ensure_future(self._judge_due())
            self._work.add_done_callback(self._ended)

    def rejudge(self) -> None:
        """Judge every project with open files anew, soon."""
        for path in self._open:
            self.changed(path)

    def actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Return the fixes at a place."""
        path = _path_of(params.text_document.uri)
        judged = None if path is None else self._judged.get(self._project_of(path))
        if path is None or judged is None:
            return []
        texts = self._texts()
        fixes = QuickFixes(
            judged.outcome,
            lambda of_file: current_text(of_file, texts),
            self._uri_of,
            self._diagnostics(),
            self._encoding,
        )
        return list(fixes.at(path, params.range, params.context.only))

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        """Return what there is to show at a place."""
        path = _path_of(params.text_document.uri)
        judged = None if path is None else self._judged.get(self._project_of(path))
        if path is None or judged is None:
            return None
        text = self.workspace.get_text_document(params.text_document.uri).source
        offset_in = partial(offset_of, position=params.position, encoding=self._encoding)
        shown = hover(judged, path, text, offset_in)
        if shown is None:
            return None
        contents = types.MarkupContent(types.MarkupKind.Markdown, shown.text)
        return types.Hover(contents, range_of(shown.span, self._encoding))

    async def _judge_due(self) -> None:
        while self._due:
            await asyncio.sleep(_SETTLES_AFTER)
            due, self._due = self._due, set()
            for project in sorted(due):
                texts = {path: text for path, text in self._texts().items() if self._project_of(path) == project}
                if texts:
                    self._judged[project] = await asyncio.to_thread(judge, project, texts, self._rules)
                else:
                    self._judged.pop(project, None)
                self._tell(project, texts)

    def _ended(self, work: asyncio.Task[None]) -> None:
        """Say it where judging has failed: nobody else would."""
        error = None if work.cancelled() else work.exception()
        if error is not None:
            text = f"podroom could not judge: {type(error).__name__}: {error}"
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, text))

    def _tell(self, project: str, opened: Collection[str]) -> None:
        """Send the diagnostics of a project, with none for open files that have none, and for others no more."""
        judged = self._judged.get(project)
        found = {} if judged is None else self._diagnostics().by_file(judged.outcome)
        nothing: dict[str, list[types.Diagnostic]] = {
            path: [] for path in sorted({*opened, *self._told.get(project, ())} - found.keys())
        }
        self._told[project] = set(found)
        for path, diagnostics in (found | nothing).items():
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(self._uri_of(path), diagnostics))

    def _diagnostics(self) -> Diagnostics:
        return Diagnostics({rule.code: rule for rule in self._rules}, self._uri_of, self._encoding)

    def _texts(self) -> Mapping[str, str]:
        return {path: self.workspace.get_text_document(uri).source for path, uri in self._open.items()}

    def _uri_of(self, path: str) -> str:
        return self._open.get(path) or uris.from_fs_path(path) or path

    def _project_of(self, path: str) -> str:
        return project_of(path, self._folders())

    def _folders(self) -> list[str]:
        folders = [_path_of(folder.uri) for folder in self.workspace.folders.values()]
        return [folder for folder in folders if folder is not None]

    @property
    def _encoding(self) -> str:
        return str(getattr(self.workspace.position_encoding, "value", self.workspace.position_encoding) or "utf-16")


def serve() -> None:
    """Talk to an editor over standard input and output until it ends."""
    server = Server(list(find_rules()))

    @server.feature(types.INITIALIZED)
    def began(_params: types.InitializedParams) -> None:
        server.began()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.opened(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed(_params: types.DidChangeWatchedFilesParams) -> None:
        server.rejudge()

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        return server.hover(params)

    kinds = [types.CodeActionKind.QuickFix, FIX_ALL]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))
    def asked(params: types.CodeActionParams) -> list[types.CodeAction]:
        return server.actions(params)

    server.start_io()


def _path_of(uri: str) -> str | None:
    """Return the real path of what an editor calls by an address, None if it is no file."""
    path = uris.to_fs_path(uri)
    return None if path is None else os.path.realpath(path)
