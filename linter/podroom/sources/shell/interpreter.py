"""Runs a script on paper: variables are followed, whatever only the node can tell becomes a hole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podroom.positions import Span
from podroom.records import dataclass
from podroom.sources.shell.command import Command, Redirection, Word, output_of, written_paths
from podroom.sources.shell.grammar import read_script
from podroom.sources.shell.syntax import (
    Literal,
    Parameter,
    RawRedirection,
    RawWord,
    Script,
    Segment,
    SimpleCommand,
)
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import OneOf, Unknown

MAXIMUM_NESTED_SCRIPTS = 5
"""Files that source each other; deeper ones are not followed."""

MAXIMUM_VARIABLE = 100_000
"""Characters of a variable; one that grows beyond (by doubling itself) is not followed."""

MAXIMUM_CANDIDATES = 8
"""Values that a variable may have, set under conditions; with more it counts as unknown."""

_PREFIXES = frozenset(("sudo", "exec", "nohup", "command", "builtin"))
_DECLARATIONS = frozenset(("export", "declare", "typeset", "readonly", "local"))
_READS = frozenset(("read", "mapfile", "readarray", "getopts"))


@dataclass(slots=True)
class WrittenFile:
    """A file that a script writes: its content as far as it is known, and where that is said."""

    span: Span
    content: TracedText | None
    condition: str = ""


@dataclass(slots=True)
class _Scope:
    identity: int
    variables: dict[str, TracedText]
    exported: set[str]


def unix_lines(text: TracedText) -> TracedText:
    """Return a text with LF line ends, which is what cloud-init makes of every script."""
    if "\r\n" not in text.text:
        return text
    pieces: list[Piece] = []
    at = 0
    for found in re.finditer("\r(?=\n)", text.text):
        pieces.extend(text.slice(at, found.start()).pieces)
        at = found.end()
    return TracedText((*pieces, *text.slice(at, len(text)).pieces))


class Shell:
    """The state of a shell: variables, and files written so far.  `run` may be called again and again."""

    def __init__(self, where: str = "on the node") -> None:
        """Start with an empty environment; `where` tells a reader where the script runs."""
        self._where = where
        self.files: dict[str, WrittenFile] = {}
        self._scopes = [_Scope(0, {}, set())]
        self._export_all = False
        self._anything_may_be_set = False
        self._condition = ""
        self._doubt = ""
        self._nested = 0
        self._base = 0

    def variable(self, name: str) -> TracedText | None:
        """Return the value of a variable; None if nothing has set it."""
        return self._scopes[-1].variables.get(name)

    def exported(self, name: str) -> TracedText | None:
        """Return the value that programs see of a variable; None if it is not exported or not set."""
        return self.variable(name) if name in self._scopes[-1].exported else None

    def set(self, name: str, value: TracedText) -> None:
        """Set a variable, or a positional parameter ("2"), for what runs from here on."""
        self._scopes[-1].variables[name] = value

    def child(self) -> Shell:
        """Return the shell of a script that this one starts: it sees the exported variables and the files."""
        child = Shell(self._where)
        child.files = self.files
        child._anything_may_be_set = self._anything_may_be_set
        exported = self._scopes[-1].exported
        variables = {name: value for name, value in self._scopes[-1].variables.items() if name in exported}
        child._scopes = [_Scope(0, variables, set(exported))]
        return child

    def run(self, source: TracedText) -> Iterator[Command]:
        """Run a script, yielding each command before its own effect on variables and files."""
        source = unix_lines(source)
        yield from self.execute(source, read_script(source.text))

    def execute(self, source: TracedText, script: Script) -> Iterator[Command]:
        """Run a script that `read_script` has read from `source`, which must have LF line ends."""
        outputs: dict[int, TracedText | None] = {}
        for raw in script.commands:
            self._enter(raw.scope)
            command = self._command(source, raw, outputs)
            yield command
            output = output_of(command)
            outputs[id(raw)] = output
            self._write(command, output)
            if command.name in ("source", "."):
                yield from self._source(command)
            elif command.name != "exit":
                self._effect(raw, command)
            elif not raw.scope and not command.condition:
                return
            elif not raw.scope:
                self._exit(command)

    # Scopes

    def _enter(self, scope: tuple[int, ...]) -> None:
        scopes = self._scopes
        base = self._base
        depth = 0
        while depth < len(scope) and base + depth + 1 < len(scopes):
            if scopes[base + depth + 1].identity != scope[depth]:
                break
            depth += 1
        del scopes[base + depth + 1 :]
        for identity in scope[depth:]:
            scopes.append(_Scope(identity, dict(scopes[-1].variables), set(scopes[-1].exported)))

    # Expansion

    def _command(self, source: TracedText, raw: SimpleCommand, outputs: dict[int, TracedText | None]) -> Command:
        self._condition = raw.condition or self._doubt
        words = [word for written in raw.words for word in self._fields(source, written)]
        assigned = {item.name: self._joined(source, item.value.segments) for item in raw.assignments}
        while len(words) > 1 and words[0].text in _PREFIXES:
            del words[0]
            while len(words) > 1 and words[0].text.startswith("-"):
                del words[0]
        while len(words) > 1 and words[0].text == "env" and "=" in words[1].text:
            name, _, _ = words[1].text.partition("=")
            assigned[name] = words[1].content.slice(len(name) + 1, len(words[1].content))
            del words[1]
            if len(words) > 1 and "=" not in words[1].text:
                del words[0]
        redirections = tuple(self._redirection(source, redirection) for redirection in raw.redirections)
        stdin = outputs.get(id(raw.feeds_from)) if raw.feeds_from else None
        stdin = next((item.body for item in redirections if item.body is not None), stdin)
        bodies = [(item.body.start, item.body.end) for item in raw.redirections if item.body]
        return Command(
            tuple(words),
            assigned,
            redirections,
            self._condition,
            source.span(raw.start, raw.end),
            tuple(source.slice(start, end) for start, end in ((raw.start, raw.end), *bodies)),
            raw.feeds,
            raw.reads_pipe,
            stdin,
            raw.keyword,
        )

    def _redirection(self, source: TracedText, raw: RawRedirection) -> Redirection:
        target = self._joined(source, raw.target.segments)
        if raw.operator == "<<<":
            return Redirection(raw.operator, target, target)
        body = None if raw.body is None else self._joined(source, raw.body.segments)
        return Redirection(raw.operator, target, body)

    def _joined(self, source: TracedText, segments: tuple[Segment, ...]) -> TracedText:
        return TracedText([piece for segment in segments for piece in self._pieces(source, segment)])

    def _pieces(self, source: TracedText, segment: Segment) -> tuple[Piece, ...]:
        if isinstance(segment, Literal):
            return source.slice(segment.start, segment.end).pieces
        if isinstance(segment, Parameter):
            value = self._parameter(source, segment)
            if value is not None:
                return value.pieces
        return (_hole(source, segment.start, segment.end, self._where),)

    def _parameter(self, source: TracedText, parameter: Parameter) -> TracedText | None:
        """Return the value of `$NAME` or `${NAME:-default}`; None if only running the script can tell."""
        value = self.variable(parameter.name)
        if value is None and self._anything_may_be_set:
            return None
        operator = parameter.operator
        if operator == "":
            return value
        if operator in (":-", "-", ":=", "="):
            if value is not None and parameter.argument and operator.startswith(":") and _may_be_empty(value):
                return None
            if value is not None and (value.text or not operator.startswith(":")):
                return value
            default = self._joined(source, parameter.argument)
            if operator.endswith("="):
                self._set_default(source, parameter, default)
            return default
        if operator in (":?", "?"):
            return value
        if operator in (":+", "+") and (value is None or HOLE not in value.text):
            empty = value is None or (not value.text and operator.startswith(":"))
            return TracedText(()) if empty else self._joined(source, parameter.argument)
        return None

    def _set_default(self, source: TracedText, parameter: Parameter, default: TracedText) -> None:
        """Do what `${NAME:=default}` does; in a command under a condition, what the variable is then is not known."""
        if self._condition:
            span = source.span(parameter.start, parameter.end)
            default = _unknown_text(span, f"`{parameter.name}` is set {self._condition}")
        self.set(parameter.name, default)

    def _fields(self, source: TracedText, raw: RawWord) -> list[Word]:
        """Return the words that one written word becomes: an unquoted `$NAME` is split at blanks."""
        fields: list[Word] = []
        current: list[Piece] = []
        loose = started = False
        span = source.span(raw.start, raw.end)
        for segment in raw.segments:
            pieces = self._pieces(source, segment)
            splits = isinstance(segment, Parameter) and not segment.quoted
            loose = loose or (not segment.quoted and any(piece.hole is not None for piece in pieces))
            started = started or not splits
            if not splits:
                current.extend(pieces)
                continue
            text = TracedText(pieces)
            at = 0
            for part in text.text.split():
                begin = text.text.index(part, at)
                if begin > at and (current or started):
                    fields.append(Word(TracedText(current), span, loose))
                    current = []
                at = begin + len(part)
                current.extend(text.slice(begin, at).pieces)
                started = True
            if text.text[at:] and current:
                fields.append(Word(TracedText(current), span, loose))
                current, started = [], False
        if current or started:
            fields.append(Word(TracedText(current), span, loose))
        return fields

    # Effects

    def _effect(self, raw: SimpleCommand, command: Command) -> None:
        name = command.name
        if not command.words:
            for item in raw.assignments:
                self._assign(item.name, command.assigned[item.name], command, appends=item.appends)
        elif name in _DECLARATIONS:
            self._declare(command, exports=name == "export" or any(w.text == "-x" for w in command.words))
        elif name == "unset":
            for word in command.words[1:]:
                self._unset(word.text, command)
        elif name == "set" and any(word.text in ("-a", "allexport") for word in command.words):
            self._export_all = True
        elif name in _READS or command.keyword in ("for", "select"):
            for word in command.words if command.keyword else command.words[1:]:
                self._assign(word.text, _unknown_text(command.span, f"`{word.text}` is read {self._where}"), command)
        elif name == "eval" or HOLE in name:
            self._anything_may_be_set = True

    def _exit(self, command: Command) -> None:
        """Doubt what follows an `exit` under a condition; one that reports a failure ends a node that cannot join."""
        if len(command.words) == 1 or command.words[1].text == "0":
            self._doubt = self._doubt or f"only if the `exit` {command.condition} does not run"

    def _declare(self, command: Command, *, exports: bool) -> None:
        for word in command.words[1:]:
            name, equals, _ = word.text.partition("=")
            if name.startswith("-") or not name:
                continue
            if equals:
                self._assign(name, word.content.slice(len(name) + 1, len(word.content)), command)
            if exports:
                self._scopes[-1].exported.add(name)

    def _assign(self, name: str, value: TracedText, command: Command, *, appends: bool = False) -> None:
        variables = self._scopes[-1].variables
        old = variables.get(name)
        if appends and old is not None:
            value = TracedText((*old.pieces, *value.pieces))
        if len(value) > MAXIMUM_VARIABLE:
            value = _unknown_text(command.span, f"`{name}` is too long to follow")
        if command.condition:
            value = _either(name, old, value, command)
        variables[name] = value
        if self._export_all:
            self._scopes[-1].exported.add(name)

    def _unset(self, name: str, command: Command) -> None:
        if command.condition:
            self._assign(name, TracedText(()), command)
        else:
            self._scopes[-1].variables.pop(name, None)
            self._scopes[-1].exported.discard(name)

    def _source(self, command: Command) -> Iterator[Command]:
        path = command.words[1].text if len(command.words) > 1 else ""
        file = self.files.get(path)
        if file is None or file.content is None or file.condition or command.condition:
            self._anything_may_be_set = True
            return
        yield from self.include(file.content)

    def include(self, content: TracedText) -> Iterator[Command]:
        """Run another script in this shell, as `source` does."""
        if self._nested >= MAXIMUM_NESTED_SCRIPTS:
            self._anything_may_be_set = True
            return
        self._nested += 1
        base, self._base = self._base, len(self._scopes) - 1
        yield from self.run(content)
        del self._scopes[self._base + 1 :]
        self._base = base
        self._nested -= 1

    def _write(self, command: Command, output: TracedText | None) -> None:
        for path, appends in written_paths(command):
            old = self.files.get(path.text)
            content = output
            if appends and old is not None and content is not None:
                content = None if old.content is None else TracedText((*old.content.pieces, *content.pieces))
            condition = command.condition or (old.condition if appends and old else "")
            self.files[path.text] = WrittenFile(command.span, content, condition)


def _hole(source: TracedText, start: int, end: int, where: str) -> Piece:
    """Return the hole for an expansion, saying what is worked out only there and keeping references."""
    written = " ".join(source.text[start:end].replace(HOLE, "...").split())
    if len(written) > _LONGEST_QUOTE:
        written = f"{written[: _LONGEST_QUOTE - 3]}..."
    refs = tuple(ref for hole in source.holes(start, end) for ref in hole.refs)
    span = source.span(start, end)
    return Piece(HOLE, span, hole=Unknown(f"`{written}` is worked out {where}", span, refs))


_LONGEST_QUOTE = 80


def _may_be_empty(text: TracedText) -> bool:
    """Return whether only unknown values stand in a text, so that it might be empty."""
    return bool(text.text) and not text.text.strip(HOLE)


def _unknown_text(span: Span, reason: str) -> TracedText:
    return TracedText([Piece(HOLE, span, hole=Unknown(reason, span))])


def _either(name: str, old: TracedText | None, new: TracedText, command: Command) -> TracedText:
    """Return the value of a variable that is set under a condition: the old one or the new one."""
    reason = f"`{name}` is set {command.condition}"
    before = old.value() if old is not None and old.text else None
    after = new.value() if new.text else None
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        return _unknown_text(command.span, reason)
    candidates = dict.fromkeys(
        (*(before.candidates() if before is not None else ("",)), *(after.candidates() if after is not None else ("",)))
    )
    if len(candidates) == 1:
        return new
    if len(candidates) > MAXIMUM_CANDIDATES:
        return _unknown_text(command.span, reason)
    return TracedText([Piece(HOLE, command.span, hole=OneOf(tuple(candidates), reason, command.span))])
