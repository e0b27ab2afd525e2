"""A simple command as it runs, what it prints as far as that is known, and which files it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podroom.patterns import pattern
from podroom.positions import Span
from podroom.records import dataclass
from podroom.traced_text import Piece, TracedText


@dataclass(frozen=True, slots=True)
class Word:
    """A word after expansion; `loose` says that a hole in it stands outside of quotes, so it may be several words."""

    content: TracedText
    span: Span
    loose: bool = False

    @property
    def text(self) -> str:
        """Return the text, each unknown value in it being one `HOLE`."""
        return self.content.text


@dataclass(frozen=True, slots=True)
class Redirection:
    """`>`, `>>`, `<`, `2>`, ... with its target, or a here-document (`<<`) with its body."""

    operator: str
    target: TracedText
    body: TracedText | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command as it runs.

    `words` leaves out `sudo` and the like in front; `assigned` are variables set for this command only.
    `condition` says under what it runs and is empty if it always does.  `input` is what is known of its
    standard input; `written` is the command and its here-documents
    before expansion.
    """

    words: tuple[Word, ...]
    assigned: dict[str, TracedText]
    redirections: tuple[Redirection, ...]
    condition: str
    span: Span
    written: tuple[TracedText, ...]
    feeds: bool = False
    reads_pipe: bool = False
    input: TracedText | None = None
    keyword: str = ""

    @property
    def name(self) -> str:
        """Return what is run, "" for a command that only assigns."""
        return self.words[0].text if self.words else ""


def output_of(command: Command) -> TracedText | None:
    """Return what a command prints; None if that is not known."""
    arguments = [word.content for word in command.words[1:]]
    if command.name == "echo":
        return _echo(arguments)
    if command.name == "printf" and arguments:
        return _printf(arguments[0], arguments[1:])
    if command.name == "tee" or (command.name == "cat" and all(word.text == "-" for word in arguments)):
        return command.input
    return None


def written_paths(command: Command) -> Iterator[tuple[TracedText, bool]]:
    """Iterate over the files that a command writes its output to, and whether it appends to them."""
    for redirection in command.redirections:
        is_file = redirection.target.text and not redirection.target.text.startswith("/dev/")
        if redirection.operator in (">", ">|", ">>", "&>", "&>>") and is_file:
            yield redirection.target, redirection.operator.endswith(">>")
    if command.name == "tee":
        appends = any(word.text in ("-a", "--append") for word in command.words[1:])
        for word in command.words[1:]:
            if not word.text.startswith("-") and word.text:
                yield word.content, appends


_ESCAPE = pattern(r"\\(n|t|r|\\)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


def _echo(arguments: list[TracedText]) -> TracedText:
    newline, escapes = True, False
    while arguments and re.fullmatch("-[neE]+", arguments[0].text):
        newline = newline and "n" not in arguments[0].text
        escapes = escapes or "e" in arguments[0].text
        arguments = arguments[1:]
    pieces: list[Piece] = []
    for number, argument in enumerate(arguments):
        if number:
            pieces.extend(_blank(arguments[number - 1], argument))
        pieces.extend(_unescaped(argument).pieces if escapes else argument.pieces)
    if newline and pieces:
        pieces.append(Piece("\n", pieces[-1].span))
    return TracedText(pieces)


def _printf(template: TracedText, arguments: list[TracedText]) -> TracedText | None:
    """Return what printf prints for a format that has only `%s` and `%%`."""
    pieces: list[Piece] = []
    rest = iter(arguments)
    at = 0
    for directive in re.finditer("%.?", template.text, re.DOTALL):
        pieces.extend(_unescaped(template.slice(at, directive.start())).pieces)
        at = directive.end()
        if directive.group() == "%s":
            pieces.extend(next(rest, TracedText(())).pieces)
        elif directive.group() == "%%":
            pieces.extend(template.slice(directive.start(), directive.start() + 1).pieces)
        else:
            return None
    pieces.extend(_unescaped(template.slice(at, len(template))).pieces)
    return TracedText(pieces) if next(rest, None) is None else None


def _unescaped(text: TracedText) -> TracedText:
    r"""Return a text with `\n` and the like undone."""
    pieces: list[Piece] = []
    at = 0
    for escape in _ESCAPE.finditer(text.text):
        pieces.extend(text.slice(at, escape.start()).pieces)
        pieces.append(Piece(_ESCAPED[escape.group(1)], text.span(escape.start(), escape.end())))
        at = escape.end()
    return TracedText((*pieces, *text.slice(at, len(text)).pieces))


def _blank(before: TracedText, after: TracedText) -> Iterator[Piece]:
    """Yield the blank between two words, which stands where the one or the other does."""
    for text in (after, before):
        if text.text:
            yield Piece(" ", text.pieces[0].span)
            return
