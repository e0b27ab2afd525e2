"""Templates: quoted strings, heredocs and whole template files.

They follow HCL's own implementation where it and its specification differ: `~` trims one stretch of
literal text, which in a heredoc or a file is never more than one line; and a line of a `<<-` heredoc
that begins with an interpolation counts as not indented.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from podroom.sources.hcl.literals import escape_problem, unescaped, without_doubled_signs
from podroom.sources.hcl.patterns import (
    ANY_LINE,
    HEREDOC,
    LINE_OF_TEXT,
    QUOTED_TEXT,
    SEQUENCE,
    WHITE_SPACE,
    Patterns,
)
from podroom.sources.hcl.scanner import DEPTH_LIMIT, BrokenItemError, Scanner
from podroom.sources.hcl.syntax import (
    Expression,
    Interpolation,
    Literal,
    Template,
    TemplateFor,
    TemplateIf,
    TemplatePart,
    TemplateText,
)


@dataclass(slots=True)
class _Directive:
    """A `%{ }` sequence on its own, before `if` and `for` are joined with their ends."""

    keyword: str
    start: int
    end: int
    expression: Expression | None = None
    key_name: str | None = None
    value_name: str = ""


@dataclass(slots=True)
class _Open:
    """An `if` or `for` whose end has not come yet."""

    directive: _Directive
    then: list[TemplatePart]
    otherwise: list[TemplatePart] | None = None

    @property
    def parts(self) -> list[TemplatePart]:
        return self.then if self.otherwise is None else self.otherwise


_FlatPart = TemplateText | Interpolation | _Directive


class TemplateScanner(Scanner):
    """Reads templates; what stands inside `${ }` is read by the class that extends this one."""

    @abstractmethod
    def expression(self, patterns: Patterns) -> Expression:
        """Read one expression from `self.at` and leave `self.at` behind it."""

    def quoted(self) -> Literal | Template:
        """Read the quoted string whose opening quote is at `self.at`."""
        text = self.text
        start = self.at
        at = start + 1
        parts: list[_FlatPart] = []
        trim = False
        while True:
            end = QUOTED_TEXT.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text too
            if end > at:
                raw = text[at:end]
                if "\\" in raw:
                    self._check_escapes(raw, at)
                part = TemplateText(unescaped(raw), at, end)
                parts.append(part)
                if trim:
                    _trim_start(part)
            self.at = end
            closing = text[end : end + 1]
            if closing == '"':
                break
            if closing not in ("$", "%"):
                raise self._unclosed_string(start, end)
            trim = self._sequence(parts)
            at = self.at
        self.at = end = end + 1
        if not parts:
            return Literal("", start, end)
        if len(parts) == 1 and isinstance(parts[0], TemplateText):
            return Literal(parts[0].value, start, end)
        return Template(self._joined(parts, end), heredoc=False, start=start, end=end)

    def _check_escapes(self, raw: str, at: int) -> None:
        problem = escape_problem(raw)
        if problem:
            start, end, message = problem
            raise self.failure(message, at + start, at + end)

    def _unclosed_string(self, start: int, at: int) -> BrokenItemError:
        if self.text.startswith(("\r", "\n"), at):
            message = (
                "This string is not closed on its line; write `\\n` for a line end, or use a heredoc (`<<EOT`) "
                "for text of several lines."
            )
        else:
            message = "This string is not closed before the end of the file."
        return self.failure(message, start, at, resume=at)

    def heredoc(self) -> Template | None:
        """Read the heredoc whose `<<` is at `self.at`; None if no heredoc begins there."""
        text = self.text
        opening = HEREDOC.match(text, self.at)
        if opening is None:
            return None
        start = self.at
        marker = opening[2]
        if self.beyond_ascii:
            self.check_name(marker, opening.start(2))
        at = opening.end()
        if self.bare_line_after(marker, start) is None:
            raise self._unclosed_heredoc(marker, start, opening.end(2), at)
        parts: list[_FlatPart] = []
        line_begins = True
        trim = False
        while True:
            line = LINE_OF_TEXT.match(text, at)
            if line is None or line.end() == at:
                end = at
            else:
                end = line.end()
                raw = text[at:end]
                if line_begins and line.lastindex and raw.strip(WHITE_SPACE) == marker:
                    break
                part = TemplateText(without_doubled_signs(raw), at, end)
                parts.append(part)
                if trim:
                    _trim_start(part)
                    trim = False
                if line.lastindex:
                    line_begins = True
                    at = end
                    continue
            self.at = end
            if not text.startswith(("${", "%{"), end):
                raise self._unclosed_heredoc(marker, start, opening.end(2), end)
            line_begins = False
            trim = self._sequence(parts)
            at = self.at
        self.at = end = at + len(raw.rstrip("\r\n"))
        if opening[1]:
            _remove_indentation(parts)
        return Template(self._joined(parts, at), heredoc=True, start=start, end=end)

    def _unclosed_heredoc(self, marker: str, start: int, end: int, resume: int) -> BrokenItemError:
        if self.text.startswith("\r", resume):
            return self.unexpected("A carriage return must be followed by a line end", resume)
        message = f"This heredoc is never closed: no line after it holds `{marker}` and nothing else."
        return self.failure(message, start, end, resume=resume)

    def file(self) -> Template:
        """Read the rest of the text as one template."""
        text = self.text
        start = at = self.at
        parts: list[_FlatPart] = []
        trim = False
        while at < len(text):
            line = LINE_OF_TEXT.match(text, at)
            end = line.end() if line else at
            if end == at and text[at] == "\r":
                end += 1
            if end > at:
                part = TemplateText(without_doubled_signs(text[at:end]), at, end)
                parts.append(part)
                if trim:
                    _trim_start(part)
                    trim = False
                at = end
                continue
            self.at = at
            trim = self._sequence(parts)
            at = self.at
        self.at = at
        return Template(self._joined(parts, at), heredoc=False, start=start, end=at)

    def _sequence(self, parts: list[_FlatPart]) -> bool:
        """Read the `${ }` or `%{ }` at `self.at`; return whether its end trims the text that follows."""
        start = self.at
        opening = SEQUENCE.match(self.text, start)
        if opening is None:
            raise self.unexpected("Expected the start of `${ }` or `%{ }`", start)
        if opening[2] and parts and isinstance(parts[-1], TemplateText):
            _trim_end(parts[-1])
        self.at = opening.end()
        if opening[1] == "$":
            inner = self.expression(ANY_LINE)
            trim = self._sequence_end(start, "interpolation")
            parts.append(Interpolation(inner, start, self.at))
        else:
            directive = self._directive(start)
            trim = self._sequence_end(start, f"`{directive.keyword}` directive")
            directive.end = self.at
            parts.append(directive)
        return trim

    def _sequence_end(self, start: int, what: str) -> bool:
        mark = self.punctuation(ANY_LINE)
        if mark not in ("}", "~}"):
            if self.at == len(self.text):
                raise self.failure(
                    f"This {what} is not closed before the end of the file.", start, start + 2, resume=self.at
                )
            expected = f"Expected `}}` to end the {what}"
            if what == "interpolation":
                expected += " (write `$${` if `${` belongs to another language)"
            raise self.unexpected(expected, self.at)
        self.at += len(mark)
        return mark == "~}"

    def _directive(self, start: int) -> _Directive:
        keyword = self._word("Expected `if`, `for`, `else`, `endif` or `endfor` after `%{`")
        directive = _Directive(keyword, start, self.at)
        if keyword == "if":
            directive.expression = self.expression(ANY_LINE)
        elif keyword == "for":
            directive.key_name, directive.value_name, directive.expression = self.for_header()
        elif keyword not in ("else", "endif", "endfor"):
            message = f"`{keyword}` is no template directive: expected `if`, `for`, `else`, `endif` or `endfor`."
            raise self.failure(message, self.at - len(keyword), self.at)
        return directive

    def _word(self, expected: str) -> str:
        at = self.skip(ANY_LINE)
        match = ANY_LINE.name.match(self.text, at)
        if match is None:
            raise self.unexpected(expected, at)
        self.at = match.end()
        if self.beyond_ascii:
            self.check_name(match[1], at)
        return match[1]

    def for_header(self) -> tuple[str | None, str, Expression]:
        """Read `key, value in collection` and return the names, the key's or None first, and the collection."""
        key_name = None
        value_name = self._word("Expected the name of a variable after `for`")
        if self.punctuation(ANY_LINE) == ",":
            self.at += 1
            key_name = value_name
            value_name = self._word("Expected the name of a second variable after the comma of `for`")
        at = self.skip(ANY_LINE)
        if self._word("Expected `in` after the names of `for`") != "in":
            raise self.unexpected("Expected `in` after the names of `for`", at)
        return key_name, value_name, self.expression(ANY_LINE)

    def _joined(self, parts: list[_FlatPart], end: int) -> list[TemplatePart]:
        """Join `if` and `for` with their ends; `end` is where the template ends."""
        root: list[TemplatePart] = []
        stack: list[_Open] = []
        current = root
        for part in parts:
            if not isinstance(part, _Directive):
                current.append(part)
                continue
            if part.keyword in ("if", "for"):
                stack.append(_Open(part, []))
                if self.depth + len(stack) > DEPTH_LIMIT:
                    raise self.failure(
                        f"Directives are nested more than {DEPTH_LIMIT} levels deep.", part.start, part.end
                    )
                current = stack[-1].then
                continue
            opened = stack[-1] if stack else None
            if opened is None or not _fits(opened, part.keyword):
                raise self._stray(part, opened)
            if part.keyword == "else":
                opened.otherwise = current = []
                continue
            stack.pop()
            current = stack[-1].parts if stack else root
            current.append(_closed(opened, part.end))
        if stack:
            opening = stack[-1].directive
            message = f"This `{opening.keyword}` directive has no `end{opening.keyword}`."
            raise self.failure(message, opening.start, opening.end, resume=end)
        return root

    def _stray(self, directive: _Directive, opened: _Open | None) -> BrokenItemError:
        if opened is None:
            message = f"This `{directive.keyword}` directive has no beginning."
        elif directive.keyword == "else" and opened.directive.keyword == "if":
            message = "This `if` directive already has an `else`."
        else:
            message = f"Expected `end{opened.directive.keyword}`, but found `{directive.keyword}`."
        return self.failure(message, directive.start, directive.end, resume=self.at)


def _fits(opened: _Open, keyword: str) -> bool:
    if keyword == "else":
        return opened.directive.keyword == "if" and opened.otherwise is None
    return keyword == "end" + opened.directive.keyword


def _closed(opened: _Open, end: int) -> TemplateIf | TemplateFor:
    directive = opened.directive
    expression = directive.expression
    if expression is None:
        raise AssertionError(directive)  # `if` and `for` always have one
    if directive.keyword == "if":
        return TemplateIf(expression, opened.then, opened.otherwise or [], directive.start, end)
    return TemplateFor(directive.key_name, directive.value_name, expression, opened.then, directive.start, end)


def _trim_start(part: TemplateText) -> None:
    trimmed = part.value.lstrip(WHITE_SPACE)
    if len(part.value) == part.end - part.start:
        part.start += len(part.value) - len(trimmed)
    part.value = trimmed


def _trim_end(part: TemplateText) -> None:
    trimmed = part.value.rstrip(WHITE_SPACE)
    if len(part.value) == part.end - part.start:
        part.end -= len(part.value) - len(trimmed)
    part.value = trimmed


def _remove_indentation(parts: list[_FlatPart]) -> None:
    """Take the smallest indentation away from every line that is not blank."""
    indented: list[TemplateText] = []
    smallest: int | None = None
    begins = True
    for part in parts:
        text = part.value if isinstance(part, TemplateText) else ""
        if begins:
            begins = False
            spaces = len(text) - len(text.lstrip(WHITE_SPACE))
            if spaces < len(text) or not text.endswith("\n"):
                smallest = spaces if smallest is None else min(smallest, spaces)
                if isinstance(part, TemplateText):
                    indented.append(part)
        if text.endswith("\n"):
            begins = True
    if smallest:
        for part in indented:
            part.value = part.value[smallest:]
            part.start += smallest
