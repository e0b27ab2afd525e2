"""Shell script -> its simple commands in order, each with the condition that it stands under.

The grammar is POSIX's with `[[ ]]`, `(( ))`, `function` and arrays of bash.  A text that no shell
would accept is read as far as it makes sense; the reader always moves on and never raises.
"""

from __future__ import annotations

import re
from itertools import pairwise

from podroom.patterns import pattern
from podroom.sources.shell.syntax import (
    AFTER_SUCCESS,
    Literal,
    RawAssignment,
    RawRedirection,
    RawWord,
    Script,
    SimpleCommand,
)
from podroom.sources.shell.words import WordReader

MAXIMUM_DEPTH = 60
"""Compound commands inside each other; a deeper script is read up to there."""

_BLANK = pattern(r"(?:[ \t\r]+|\\\n)*")
_RESERVED = pattern(
    r"(?:if|then|elif|else|fi|for|select|while|until|do|done|case|esac|function|time|\{|\}|!)(?=[\s;&|()<>]|$)"
)
_CLOSERS = frozenset(("then", "elif", "else", "fi", "do", "done", "esac", "}"))
_REDIRECTION = pattern(r"(?:[0-9]*(<<<|<<-?|<&|<>|<(?!\()|>>|>&|>\||>(?!\())|(&>>?))")
_ASSIGNMENT = pattern(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]\s]*\])?(\+?)=")
_ALWAYS_SUCCEEDS = frozenset(("export", "echo", "printf", "set", "cd", "mkdir", "true", ":", "sleep", "chmod", "touch"))

_TESTS = frozenset(("[", "test", "false", "command", "type", "which", "grep", "egrep", "fgrep", "pgrep", "diff", "cmp"))
"""Commands that are run for what they answer, not for what they do."""

_AFTER_FAILURE = "only if the command before it fails"
_AFTER_TEST = "only if the test before it succeeds"


class _TooDeep(Exception):  # noqa: N818 - ends the reading; never leaves this module
    pass


def read_script(text: str) -> Script:
    """Read a script with LF line ends; never raises."""
    parser = _Parser(text)
    stopped_at = parser.run()
    return Script(tuple(parser.commands), tuple(parser.comments), stopped_at)


class _Parser:
    def __init__(self, text: str) -> None:
        self.commands: list[SimpleCommand] = []
        self.comments: list[tuple[int, int]] = []
        self._text = text
        self._at = 0
        self._reader = WordReader(text)
        self._pending: list[RawRedirection] = []
        self._depth = 0
        self._next_scope = 0
        self._condition = ""
        self._scope: tuple[int, ...] = ()

    def run(self) -> int | None:
        try:
            while self._at < len(self._text):
                self._list(frozenset())
                self._at += 1
        except _TooDeep:
            return self._at
        return None

    # Blanks, comments and line ends

    def _skip_blanks(self) -> None:
        self._at = _end(_BLANK, self._text, self._at)

    def _skip_lines(self) -> None:
        """Skip blanks, comments, line ends (with the here-documents that begin there) and semicolons."""
        text = self._text
        while True:
            self._skip_blanks()
            character = text[self._at : self._at + 1]
            if character == "#":
                end = text.find("\n", self._at)
                end = len(text) if end < 0 else end
                self.comments.append((self._at, end))
                self._at = end
            elif character == "\n":
                self._at += 1
                self._here_documents()
            else:
                return

    def _here_documents(self) -> None:
        pending, self._pending = self._pending, []
        for redirection in pending:
            word = redirection.target
            delimiter = "".join(
                self._text[part.start : part.end] for part in word.segments if isinstance(part, Literal)
            )
            literal = any(isinstance(part, Literal) and part.quoted for part in word.segments)
            lines: list[tuple[int, int]] = []
            redirection.ended = False
            while self._at < len(self._text):
                end = self._text.find("\n", self._at)
                stop = len(self._text) if end < 0 else end
                start = self._at
                self._at = min(stop + 1, len(self._text))
                if redirection.operator == "<<-":
                    while start < stop and self._text[start] == "\t":
                        start += 1
                if self._text[start:stop] == delimiter:
                    redirection.ended = True
                    break
                lines.append((start, self._at))
            redirection.body = self._reader.here_document(lines, literal=literal)

    def _reserved(self) -> str:
        match = _RESERVED.match(self._text, self._at)
        return match.group() if match else ""

    def _expect(self, word: str) -> None:
        self._skip_lines()
        if self._reserved() == word:
            self._at += len(word)

    # Lists and pipelines

    def _list(self, stops: frozenset[str]) -> None:
        """Read commands up to a word of `stops`, a closing parenthesis, `;;` or the end."""
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise _TooDeep
        text = self._text
        while True:
            self._skip_lines()
            if self._at >= len(text) or text[self._at] == ")" or text.startswith(";;", self._at):
                break
            if text[self._at] in ";&":
                self._at += 1
                continue
            reserved = self._reserved()
            if reserved in stops:
                break
            before = self._at
            if reserved in _CLOSERS:
                self._at += len(reserved)
            else:
                self._and_or()
            if self._at == before:
                self._at += 1
        self._depth -= 1

    def _and_or(self) -> None:
        outer = self._condition
        chain = ""
        while True:
            first = len(self.commands)
            negated = self._reserved() == "!"
            self._pipeline()
            self._skip_blanks()
            operator = self._text[self._at : self._at + 2]
            if operator not in ("&&", "||"):
                break
            self._at += 2
            self._skip_lines()
            if operator == "||":
                chain = _AFTER_FAILURE
            elif negated or any(map(self._is_test, self.commands[first:])):
                chain = chain if chain == _AFTER_FAILURE else _AFTER_TEST
            elif not all(map(self._always_succeeds, self.commands[first:])):
                chain = chain or AFTER_SUCCESS
            self._condition = outer or chain
        self._condition = outer

    def _always_succeeds(self, command: SimpleCommand) -> bool:
        if command.keyword:
            return False
        return not command.words or self._name(command) in _ALWAYS_SUCCEEDS

    def _is_test(self, command: SimpleCommand) -> bool:
        return bool(command.keyword) or (bool(command.words) and self._name(command) in _TESTS)

    def _name(self, command: SimpleCommand) -> str:
        return self._text[command.words[0].start : command.words[0].end]

    def _pipeline(self) -> None:
        elements: list[tuple[int, int]] = []
        while True:
            first = len(self.commands)
            self._command()
            elements.append((first, len(self.commands)))
            self._skip_blanks()
            if not self._text.startswith("|", self._at) or self._text.startswith("||", self._at):
                break
            self._at += 2 if self._text.startswith("|&", self._at) else 1
            self._skip_lines()
        if len(elements) == 1:
            return
        for first, last in elements:
            self._enclose(first, last)
        for (first, last), (following, following_last) in pairwise(elements):
            for command in self.commands[first:last]:
                command.feeds = True
            for command in self.commands[following:following_last]:
                command.reads_pipe = True
            if last - first == 1 and following < following_last:
                self.commands[following].feeds_from = self.commands[first]

    def _enclose(self, first: int, last: int) -> None:
        """Put commands into a subshell of their own, inside the scope that they are read in."""
        self._next_scope += 1
        place = len(self._scope)
        for command in self.commands[first:last]:
            command.scope = (*command.scope[:place], self._next_scope, *command.scope[place:])

    # Commands

    def _command(self) -> None:
        text = self._text
        while self._reserved() in ("!", "time"):
            self._at += len(self._reserved())
            self._skip_blanks()
        first = len(self.commands)
        reserved = self._reserved()
        if text.startswith("((", self._at):
            self._at = self._reader.closing(self._at + 1, ")")
        elif text.startswith("(", self._at):
            self._at += 1
            self._list(frozenset())
            self._at += text.startswith(")", self._at)
            self._enclose(first, len(self.commands))
        elif reserved == "{":
            self._at += 1
            self._list(frozenset("}"))
            self._expect("}")
        elif reserved == "if":
            self._if()
        elif reserved in ("while", "until"):
            self._at += len(reserved)
            self._list(frozenset(("do",)))
            self._loop_body(reserved)
        elif reserved in ("for", "select"):
            self._for(reserved)
        elif reserved == "case":
            self._case()
        elif reserved == "function":
            self._at += len(reserved)
            self._skip_blanks()
            name = self._reader.word(self._at)
            self._at = name.end if name else self._at
            self._function(text[name.start : name.end] if name else "")
        else:
            self._simple()
            return
        self._redirect_all(first)

    def _redirect_all(self, first: int) -> None:
        """Read the redirections after a compound command; they hold for every command in it."""
        while True:
            self._skip_blanks()
            redirection = self._redirection()
            if redirection is None:
                return
            for command in self.commands[first:]:
                command.redirections.append(redirection)

    def _under(self, condition: str, stops: frozenset[str]) -> None:
        outer, self._condition = self._condition, self._condition or condition
        self._list(stops)
        self._condition = outer

    def _if(self) -> None:
        self._at += len("if")
        self._list(frozenset(("then", "fi")))
        while True:
            self._expect("then")
            self._under("inside `if`", frozenset(("elif", "else", "fi")))
            reserved = self._reserved()
            if reserved != "elif":
                break
            self._at += len(reserved)
            self._under("inside `if`", frozenset(("then", "fi")))
        if reserved == "else":
            self._at += len(reserved)
            self._under("inside `else`", frozenset(("fi",)))
        self._expect("fi")

    def _loop_body(self, kind: str) -> None:
        self._expect("do")
        self._under(f"inside `{kind}`", frozenset(("done",)))
        self._expect("done")

    def _for(self, kind: str) -> None:
        head = SimpleCommand(self._at, keyword=kind, condition=self._condition, scope=self._scope)
        self._at += len(kind)
        self._skip_blanks()
        if self._text.startswith("((", self._at):
            self._at = self._reader.closing(self._at + 1, ")")
        while True:
            self._skip_blanks()
            word = self._reader.word(self._at)
            if word is None or self._reserved() == "do":
                break
            head.words.append(word)
            self._at = word.end
        head.end = self._at
        self.commands.append(head)
        self._skip_lines()
        while self._text.startswith(";", self._at):
            self._at += 1
            self._skip_lines()
        self._loop_body(kind)

    def _case(self) -> None:
        text = self._text
        head = SimpleCommand(self._at, keyword="case", condition=self._condition, scope=self._scope)
        self._at += len("case")
        self._skip_blanks()
        subject = self._reader.word(self._at)
        if subject:
            head.words.append(subject)
            self._at = subject.end
        head.end = self._at
        self.commands.append(head)
        self._skip_lines()
        self._at += len("in") if text.startswith("in", self._at) else 0
        while True:
            self._skip_lines()
            if self._at >= len(text) or self._reserved() == "esac":
                break
            pattern_end = self._pattern()
            if pattern_end is None:
                break
            self._at = pattern_end
            self._under("inside `case`", frozenset(("esac",)))
            for ending in (";;&", ";;", ";&"):
                if text.startswith(ending, self._at):
                    self._at += len(ending)
                    break
        self._expect("esac")

    def _pattern(self) -> int | None:
        """Return the offset after the `)` that ends the patterns of a `case` branch."""
        at = self._at + self._text.startswith("(", self._at)
        end = re.compile(r"""(?:[^)"'\n]|"[^"]*"|'[^']*')*\)""").match(self._text, at)
        return end.end() if end else None

    def _function(self, name: str) -> None:
        self._skip_blanks()
        if parentheses := re.compile(r"\([ \t]*\)").match(self._text, self._at):
            self._at = parentheses.end()
        self._skip_lines()
        outer, self._condition = self._condition, self._condition or f"inside the function `{name}`"
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise _TooDeep
        self._command()
        self._depth -= 1
        self._condition = outer

    def _simple(self) -> None:
        text = self._text
        command = SimpleCommand(self._at, self._at, condition=self._condition, scope=self._scope)
        if text.startswith("[[", self._at) and text[self._at + 2 : self._at + 3].isspace():
            end = text.find("]]", self._at)
            self._at = len(text) if end < 0 else end + 2
            command.keyword, command.end = "[[", self._at
            self.commands.append(command)
            return
        while True:
            self._skip_blanks()
            if redirection := self._redirection():
                command.redirections.append(redirection)
                command.end = self._at
                continue
            if text[self._at : self._at + 1] == "#":
                break
            word = self._reader.word(self._at)
            if word is None:
                break
            self._at = command.end = word.end
            assignment = None if command.words else _assignment(text, word)
            if assignment:
                command.assignments.append(assignment)
            else:
                command.words.append(word)
            if len(command.words) == 1 and not command.assignments and self._defines_function():
                self._function(text[word.start : word.end])
                return
        if command.words or command.assignments or command.redirections:
            self.commands.append(command)

    def _defines_function(self) -> bool:
        return re.compile(r"[ \t]*\([ \t]*\)").match(self._text, self._at) is not None

    def _redirection(self) -> RawRedirection | None:
        match = _REDIRECTION.match(self._text, self._at)
        if match is None:
            return None
        operator = match.group(1) or match.group(2)
        start = self._at
        self._at = match.end()
        self._skip_blanks()
        target = self._reader.word(self._at)
        if target is None:
            return RawRedirection(operator, RawWord(start, self._at, ()))
        self._at = target.end
        redirection = RawRedirection(operator, target)
        if match.group().startswith("2"):
            redirection.operator = f"2{operator}"
        elif operator in ("<<", "<<-"):
            self._pending.append(redirection)
        return redirection


def _assignment(text: str, word: RawWord) -> RawAssignment | None:
    """Return the assignment that a word is, if it is one."""
    match = _ASSIGNMENT.match(text, word.start, word.end)
    first = word.segments[0]
    if match is None or not isinstance(first, Literal) or first.quoted or "[" in match.group():
        return None
    segments = word.segments
    rest = (Literal(match.end(), first.end, quoted=False),) if match.end() < first.end else ()
    return RawAssignment(match.group(1), bool(match.group(2)), RawWord(match.end(), word.end, (*rest, *segments[1:])))


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
