"""Edits of /etc/eks/bootstrap.sh with sed, in the forms that people use to get at kubelet's arguments."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal, TypeAlias

from podroom.patterns import pattern
from podroom.records import dataclass
from podroom.sources.shell import Command
from podroom.traced_text import Piece, TracedText

When: TypeAlias = Literal["before arguments", "on argument", "after arguments"]
"""Whether a line runs before bootstrap.sh reads its arguments, as it takes over --kubelet-extra-args, or after that."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A line of shell that an edit puts into bootstrap.sh."""

    when: When
    line: TracedText


_INSERTION = pattern(r"/[^/]*(?:errexit|nounset|pipefail|#!)[^/]*/\s*[ai]\s*\\*\n?(?:\\?n)?\s*(.+)", re.DOTALL)
_AT_LINE = pattern(r"(?:1|2)\s*[ai]\s*\\*\n?(?:\\?n)?\s*(.+)", re.DOTALL)
_BACKSLASH = pattern(r"\\([\"$'/\\{}])")


def edits_of(command: Command) -> list[Edit] | None:
    """Return the edits of a sed command on bootstrap.sh; None if one of them is not understood."""
    edits = []
    for script in _scripts(command):
        edit = _insertion(script) or _substitution(script)
        if edit is None:
            return None
        edits.append(edit)
    return edits


def _scripts(command: Command) -> list[TracedText]:
    words = command.words[1:]
    scripts = [word.content for before, word in pairwise(words) if before.text in ("-e", "--expression")]
    if scripts:
        return scripts
    return [word.content for word in words if not word.text.startswith("-")][:1]


def _insertion(script: TracedText) -> Edit | None:
    match = _INSERTION.fullmatch(script.text) or _AT_LINE.fullmatch(script.text)
    if match is None:
        return None
    return Edit("before arguments", script.slice(match.start(1), match.end(1)))


def _substitution(script: TracedText) -> Edit | None:
    parts = _parts(script)
    if parts is None:
        return None
    pattern, replacement = parts
    line = _unescaped(replacement)
    name = next((name for name in ("KUBELET_EXTRA_ARGS", "USE_MAX_PODS") if name in pattern), None)
    if name is None or re.search(r"\\[0-9]|(?<!\\)&", replacement.text):
        return None
    if line.text.startswith(f"{name}="):
        on_argument = "$2" in pattern or "\\$2" in pattern
        return Edit("on argument" if on_argument else "after arguments", line)
    default = re.fullmatch(r"\$?\{?USE_MAX_PODS:-(true|false)\}?\"?", line.text)
    if default and name == "USE_MAX_PODS":
        # The script's own default changes: what its caller says still counts.
        head = Piece("USE_MAX_PODS=${USE_MAX_PODS:-", line.span(0, len(line)))
        value = line.slice(default.start(1), default.end(1))
        return Edit("after arguments", TracedText((head, *value.pieces, Piece("}", head.span))))
    return None


def _parts(script: TracedText) -> tuple[str, TracedText] | None:
    """Return pattern and replacement of `s/pattern/replacement/`."""
    text = script.text
    if len(text) < len("s///") or text[0] != "s" or text[1].isalnum() or text[1] in "\\\n ":
        return None
    delimiter = re.escape(text[1])
    part = rf"((?:[^\\{delimiter}]|\\.)*)"
    match = re.fullmatch(rf"s{delimiter}{part}{delimiter}{part}{delimiter}[gIip0-9]*\s*", text, re.DOTALL)
    if match is None:
        return None
    return match.group(1), script.slice(match.start(2), match.end(2))


def _unescaped(text: TracedText) -> TracedText:
    pieces: list[Piece] = []
    at = 0
    for escape in _BACKSLASH.finditer(text.text):
        pieces.extend(text.slice(at, escape.start()).pieces)
        at = escape.start(1)
    return TracedText((*pieces, *text.slice(at, len(text)).pieces))
