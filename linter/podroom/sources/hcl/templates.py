"""Templates: quoted strings, heredocs and whole template files."""

from __future__ import annotations

from abc import abstractmethod

from podroom.sources.hcl.literals import escape_problem, unescaped, without_doubled_signs
from podroom.sources.hcl.patterns import (
    ANY_LINE,
    HEREDOC,
    LINE_OF_TEXT,
    QUOTED_TEXT,
    WHITE_SPACE,
    Patterns,
)
from podroom.sources.hcl.scanner import BrokenItemError, Scanner
from podroom.sources.hcl.syntax import Expression, Interpolation, Literal, Template, TemplateText
from podroom.sources.hcl.template_parts import Directive, FlatPart, nest, remove_indentation, trim_end, trim_start


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
        parts: list[FlatPart] = []
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
                    trim_start(part)
            self.at = end
            closing = text[end : end + 1]
            if closing == '"':
                break
            if closing not in ("$", "%"):
                raise self._unclosed_string(start, end)
            trim = self._sequence(parts)
            at = self.at
        self.at = end = end + 1
        return string_of(parts, start, end, self.depth)

    def _check_escapes(self, raw: str, at: int) -> None:
        problem = escape_problem(raw)
        if problem:
            start, end, message = problem
            raise self.failure(message, at + start, at + end)

    def _unclosed_string(self, start: int, at: int) -> BrokenItemError:
        if self.text.startswith(("\r", "\n", "\\"), at):
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
        self.at = opening.end()
        parts: list[FlatPart] = []
        closing = None if self.bare_line_after(marker, start) is None else self._lines(parts, marker)
        if closing is None:
            raise self._unclosed_heredoc(marker, start, opening.end(2))
        end = closing + len(text[closing : self.at].rstrip(WHITE_SPACE))
        if opening[1]:
            remove_indentation(parts)
        return Template(nest(parts, end, self.depth), heredoc=True, start=start, end=end)

    def _unclosed_heredoc(self, marker: str, start: int, end: int) -> BrokenItemError:
        if self.text.startswith("\r", self.at) and not self.text.startswith("\r\n", self.at):
            return self.unexpected("Expected text of this heredoc or its end", self.at)
        message = f"This heredoc is never closed: no line after it holds `{marker}` and nothing else."
        return self.failure(message, start, end, resume=self.at)

    def _lines(self, parts: list[FlatPart], marker: str | None) -> int | None:
        """Read text and sequences up to the line that holds nothing but `marker`, and return its start.

        `self.at` is left at the end of that line.  Without such a line the result is None and `self.at`
        is where no text and no sequence can be read: at the end, or at a carriage return on its own.
        """
        text = self.text
        at = self.at
        line_begins = True
        trim = False
        while True:
            line = LINE_OF_TEXT.match(text, at)
            if line is not None and line.end() > at:
                raw = line[0]
                if line_begins and line.lastindex and raw.strip(WHITE_SPACE) == marker:
                    self.at = at + len(raw.rstrip("\r\n"))
                    return at
                part = TemplateText(without_doubled_signs(raw), at, line.end())
                parts.append(part)
                if trim:
                    trim_start(part)
                    trim = False
                at = line.end()
                if line.lastindex:
                    line_begins = True
                    continue
            self.at = at
            if not text.startswith(("${", "%{"), at):
                return None
            line_begins = False
            trim = self._sequence(parts)
            at = self.at

    def file(self) -> Template:
        """Read the rest of the text as one template."""
        start = self.at
        parts: list[FlatPart] = []
        while self._lines(parts, None) is None and self.at < len(self.text):
            # A carriage return on its own is text here, unlike in a heredoc.
            parts.append(TemplateText("\r", self.at, self.at + 1))
            self.at += 1
        return Template(nest(parts, self.at, self.depth), heredoc=False, start=start, end=self.at)

    def _sequence(self, parts: list[FlatPart]) -> bool:
        """Read the `${ }` or `%{ }` at `self.at`; return whether its end trims the text that follows."""
        start = self.at
        opening = self.text[start : start + 2]
        if opening not in ("${", "%{"):
            raise self.unexpected("Expected the start of `${ }` or `%{ }`", start)
        self.enter()
        self.at = start + 2
        if self.text.startswith("~", self.at):
            self.at += 1
            if parts and isinstance(parts[-1], TemplateText):
                trim_end(parts[-1])
        if opening == "${":
            inner = self.expression(ANY_LINE)
            trim = self._sequence_end(start, "interpolation")
            parts.append(Interpolation(inner, start, self.at))
        else:
            directive = self._directive(start)
            trim = self._sequence_end(start, f"`{directive.keyword}` directive")
            directive.end = self.at
            parts.append(directive)
        self.depth -= 1
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

    def _directive(self, start: int) -> Directive:
        keyword = self._word("Expected `if`, `for`, `else`, `endif` or `endfor` after `%{`")
        directive = Directive(keyword, start, self.at)
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


def string_of(parts: list[FlatPart], start: int, end: int, depth: int) -> Literal | Template:
    """Return the quoted string with these parts: a literal unless something in it is to be worked out."""
    if not parts:
        return Literal("", start, end)
    if len(parts) == 1 and isinstance(parts[0], TemplateText):
        return Literal(parts[0].value, start, end)
    return Template(nest(parts, end, depth), heredoc=False, start=start, end=end)
