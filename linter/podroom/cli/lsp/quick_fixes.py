"""Fixes of findings as actions of an editor: those that `podroom check --fix` would write."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

from lsprotocol import types

from podroom.cli.lsp.diagnostics import Diagnostics
from podroom.cli.lsp.places import overlap, range_of
from podroom.engine import Outcome
from podroom.records import dataclass
from podroom.report.style import printable
from podroom.rule import Edit, Finding

FIX_ALL = "source.fixAll.podroom"
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class QuickFixes:
    """The fixes of an outcome; a file that has changed since then gets none.

    `text_of` returns what a file says now, by its real path; `uri_of` its address.
    """

    outcome: Outcome
    text_of: Callable[[str], str | None]
    uri_of: Callable[[str], str]
    diagnostics: Diagnostics
    encoding: str

    def at(self, path: str, place: types.Range, only: Sequence[str] | None) -> Iterator[types.CodeAction]:
        """Iterate over what can be done in a file at a place; `only` are the kinds that are asked for, None is all."""
        if _wanted(types.CodeActionKind.QuickFix, only):
            for finding in self._fixable():
                here = os.path.realpath(finding.span.path) == path
                if here and overlap(range_of(finding.span, self.encoding), place):
                    yield self._fix(finding)
        if _wanted(FIX_ALL, only):
            edits = dict.fromkeys(found.edit for found in self._fixable() if found.edit is not None)
            inside = [edit for edit in edits if os.path.realpath(edit.span.path) == path]
            if inside:
                yield types.CodeAction(
                    "Write all fixes of podroom in this file", kind=FIX_ALL, edit=self._written(inside)
                )

    def _fixable(self) -> Iterator[Finding]:
        for finding in self.outcome.findings:
            if finding.edit is not None:
                document = finding.edit.span.document
                if self.text_of(os.path.realpath(document.path)) == document.text:
                    yield finding

    def _fix(self, finding: Finding) -> types.CodeAction:
        edits = [] if finding.edit is None else [finding.edit]
        return types.CodeAction(
            title=" ".join(f"{_title(edit)} ({finding.code})" for edit in edits),
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[self.diagnostics.of_finding(finding)],
            is_preferred=True,
            edit=self._written(edits),
        )

    def _written(self, edits: Sequence[Edit]) -> types.WorkspaceEdit:
        changes: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            uri = self.uri_of(os.path.realpath(edit.span.path))
            changes.setdefault(uri, []).append(types.TextEdit(range_of(edit.span, self.encoding), edit.text))
        return types.WorkspaceEdit(changes=changes)


def _title(edit: Edit) -> str:
    old, new = (" ".join(printable(text.strip()).split()) for text in (edit.span.text, edit.text))
    shown = f"Replace {old} by {new}" if old else f"Insert {new}"
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    return only is None or any(kind == asked or kind.startswith(f"{asked}.") for asked in only)
