"""Templates of YAML files: what can be read of a text that a program fills in before it is used.

Helm's and Jinja's `{{ }}`, Terraform's `${ }` and `%{ }`, ytt's `#@`, and `${NAME}` of envsubst, Flux and kustomize.
Nothing is rendered: a placeholder becomes a `HOLE` with its place, a line that only steers the template
disappears, and what stands under a condition is kept with the condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Unknown

_BEGINS = pattern(r"\{[{%#]|%\{|\$|(?<=[:-] )#@ |(?<![^\n])[ \t]*#@ ")
_PLACEHOLDERS = (
    (pattern(r"\{\{(?:- )?/\*.*?\*/(?: -)?\}\}", re.DOTALL), pattern(r"\*/(?: -)?\}\}")),
    (pattern(r"\{\{.*?\}\}", re.DOTALL), pattern(r"\}\}")),
    (pattern(r"\{%.*?%\}", re.DOTALL), pattern(r"%\}")),
    (pattern(r"\{#.*?#\}", re.DOTALL), pattern(r"#\}")),
    (pattern(r"%\{.*?\}", re.DOTALL), pattern(r"\}")),
)
"""Those that may go over lines, each with how it ends."""
_ON_A_LINE = pattern(
    r"\$\{[^{}\n]*(?:\{[^{}\n]*\}[^{}\n]*){0,20}\}|\$\([A-Z_][A-Z0-9_]*\)"
    r"|\$[A-Z_][A-Z0-9_]*\b"
    r"|[ \t]*#@ [^\n]*"
)
_YTT = "#@"
_MARKS = ("{{", "{%", "%{", "${", "$", _YTT)
_COMMENTS = ("{#", "{{/*", "{{- /*")
_OPENS = frozenset(("if", "range", "with", "for", "define", "block", "def"))
_CLOSES = frozenset(("end", "endif", "endfor", "endblock"))
_TURNS = frozenset(("else", "elif"))
_STEERS = _OPENS | _CLOSES | _TURNS | {"set", "import", "extends", "break", "continue", "fail"}
_FIRST_WORD = pattern(r"[-~\s]*(/\*|[a-z]+\b|\$\w+\s*:?=)?")
_INDENTATION = pattern(r"\b(?:nindent|indent)\s*\(?\s*(\d{1,3})\b")
_OBJECT = (pattern(r"(?m)^kind:"), pattern(r"(?m)^metadata:"))
"""What the whole of a Kubernetes object has at its beginnings of lines."""
_NEXT_DOCUMENT = "\n---\n"
_BLOCK = pattern(r"( *)[^\n]*:[ \t]*[|>][-+0-9]*\s*")
"""The line that begins a block of text, with its indentation."""
_LONGEST_QUOTE = 60
_MOST_OPEN = 100
"""Directives inside each other; objects in deeper branches are not told apart, which would read all of them again."""
_INCLUDE = pattern(r"(?m)^\{\{-?[ \t]*(?:include|template)\b[^{}\n]*\}\}")
"""What stands at the beginning of a line and puts a template there, which may hold whole objects."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A stretch of the readable text that is there once, never or many times, and why that is not known."""

    start: int
    end: int
    unknown: Unknown


@dataclass(frozen=True, slots=True)
class Template:
    """What can be read of a template."""

    text: TracedText
    conditions: tuple[Condition, ...] = ()


def read_template(document: Document) -> Template:
    """Return the readable text of a file; that of a file without placeholders is its own."""
    whole = TracedText([Piece(document.text, Span(document, 0, len(document.text)), exact=True)])
    if not any(mark in document.text for mark in _MARKS):
        return Template(whole)
    return _Reader(document).read()


def included(document: Document) -> Unknown | None:
    """Return why there may be more objects in a file than can be read: the first template that it includes as such."""
    found = _INCLUDE.search(document.text)
    if found is None:
        return None
    return Unknown(f"{_quoted(found[0])} is filled in later", Span(document, found.start(), found.end()))


@dataclass(slots=True)
class _Branch:
    """What is open: where it starts, why it may not be there, and the first piece of the branch that is read."""

    start: int
    unknown: Unknown
    first: int


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._pieces: list[Piece] = []
        self._length = 0
        self._open: list[_Branch] = []
        self._conditions: list[Condition] = []

    def read(self) -> Template:
        text = self._document.text
        at = 0
        for start, end, steps in _placeholders(text):
            self._keep(at, start)
            at = end
            token = text[start:end].strip()
            if steps:
                self._steer(token, start)
            elif not token.startswith(_COMMENTS):
                self._hole(token, start, end)
        self._keep(at, len(text))
        for branch in self._open:
            self._conditions.append(Condition(branch.start, self._length + 1, branch.unknown))
        return Template(TracedText(self._pieces), tuple(self._conditions))

    def _keep(self, start: int, end: int) -> None:
        if start < end:
            self._add(Piece(self._document.text[start:end], Span(self._document, start, end), exact=True))

    def _add(self, piece: Piece) -> None:
        self._pieces.append(piece)
        self._length += len(piece.text)

    def _steer(self, token: str, start: int) -> None:
        word = _word(token)
        span = Span(self._document, start, start + len(token))
        if word in _OPENS:
            unknown = Unknown(f"{_quoted(token)} decides whether it is there", span)
            self._open.append(_Branch(self._length, unknown, len(self._pieces)))
        elif word in _TURNS | _CLOSES and self._open:
            branch = self._open[-1]
            if len(self._open) <= _MOST_OPEN:
                self._part(branch, span)
            if word in _CLOSES:
                self._open.pop()
                self._conditions.append(Condition(branch.start, self._length, branch.unknown))

    def _part(self, branch: _Branch, span: Span) -> None:
        """Begin another document behind a branch that holds a whole object, so that both can be read."""
        text = "".join(piece.text for piece in self._pieces[branch.first :]).rpartition("\n---")[2]
        if all(mark.search(text) for mark in _OBJECT):
            self._add(Piece(_NEXT_DOCUMENT, span))
        branch.first = len(self._pieces)

    def _hole(self, token: str, start: int, end: int) -> None:
        """Put a hole for a value; one for a whole line stands for entries, at the indentation that they will have."""
        text = self._document.text
        line = text.rfind("\n", 0, start) + 1
        stop = text.find("\n", end)
        stop = len(text) if stop < 0 else stop
        span = Span(self._document, start, end)
        hole = Piece(HOLE, span, hole=Unknown(f"{_quoted(token)} is filled in later", span))
        width = _width_in_block(text, line, stop) if not text[line:start].strip() else 0
        if width > start - line:
            self._add(Piece(" " * (width - start + line), span))
        elif not text[line:start].strip() and not text[end:stop].strip() and "\n" not in token:
            indentation = _INDENTATION.search(token)
            if indentation is not None:
                missing = int(indentation[1]) - (start - line)
                self._add(Piece(" " * max(missing, 0), span))
            self._add(hole)
            self._add(Piece(": ", span))
        self._add(hole)


def _width_in_block(text: str, line: int, stop: int) -> int:
    """Return the indentation that the first line of a block of text needs; 0 where the line at `line` is none."""
    begins = _BLOCK.fullmatch(text, text.rfind("\n", 0, max(line - 1, 0)) + 1, line) if line else None
    if begins is None:
        return 0
    end = text.find("\n", stop + 1)
    following = text[stop + 1 : len(text) if end < 0 else end]
    width = len(following) - len(following.lstrip(" "))
    return width if width > len(begins[1]) else len(begins[1]) + 4


def _placeholders(text: str) -> Iterator[tuple[int, int, bool]]:
    """Iterate over placeholders, and whether they steer; one that steers takes its whole line if it stands alone."""
    for match in _found(text):
        token = match.group()
        start, end = match.span()
        comment = token.startswith(_COMMENTS)
        steers = comment or (token.lstrip().startswith(("{{", "{%", "%{", _YTT)) and _steers(token.strip()))
        if token.lstrip().startswith(_YTT) and not steers and text[start - 1 : start] != " ":
            continue  # a line of its own that neither opens nor closes anything is a comment in YAML
        if steers:
            line = text.rfind("\n", 0, start) + 1
            stop = text.find("\n", end)
            stop = len(text) if stop < 0 else stop
            if not text[line:start].strip() and not text[end:stop].strip():
                start, end = line, stop
        yield start, end, steers and not comment


def _found(text: str) -> Iterator[re.Match[str]]:
    """Iterate over placeholders; the end of one is not looked for where no such end is left."""
    kinds = [(whole, max((one.start() for one in end.finditer(text)), default=-1)) for whole, end in _PLACEHOLDERS]
    at = 0
    while begin := _BEGINS.search(text, at):
        start = begin.start()
        possible = (whole.match(text, start) for whole, last in kinds if start < last)
        found = next((one for one in possible if one), None) or _ON_A_LINE.match(text, start)
        if found:
            yield found
        at = found.end() if found else start + 1


def _steers(token: str) -> bool:
    word = _word(token)
    return word in _STEERS or word.startswith("$") or token.startswith("{%")


def _word(token: str) -> str:
    match = _FIRST_WORD.match(token[2:])
    return (match[1] if match else None) or ""


def _quoted(token: str) -> str:
    shown = " ".join(token.split())
    return f"`{shown}`" if len(shown) <= _LONGEST_QUOTE else f"`{shown[: _LONGEST_QUOTE - 3]}...`"
