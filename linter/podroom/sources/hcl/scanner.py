"""The place in a text that a parser has reached, and what every part of the parser needs there."""

from __future__ import annotations

from bisect import bisect_right

from podroom.patterns import pattern
from podroom.sources.hcl.patterns import ANY_LINE, Patterns
from podroom.sources.hcl.syntax import Comment, SyntaxProblem

# No level takes more than five Python frames, so this stays well below the interpreter's limit of 1000.
DEPTH_LIMIT = 125
# A chain such as `a.b.c` or `1 + 2 + 3` nests to the left, so whoever walks the tree descends as far.
CHAIN_LIMIT = 250

_CLOSING_MARKS = frozenset(",)]}")
_BEFORE_SOMETHING = " \t\r\n#/"
"""How blanks and comments begin."""
_WORD = pattern(r"[=!<>&|*]{1,3}|[^\s=(){}\[\],\"]{1,40}|\S")


class BrokenItemError(Exception):
    """Ends the reading of an item; `resume` is the offset from which to look for the next item."""

    def __init__(self, problem: SyntaxProblem, resume: int) -> None:
        """Keep the problem to report and the offset."""
        super().__init__(problem.message)
        self.problem = problem
        self.resume = resume


class UnclosedBlockError(BrokenItemError):
    """The text ended inside a block."""


class Scanner:
    """A position in a text, the comments passed on the way, and the ways to fail."""

    def __init__(self, text: str, start: int = 0) -> None:
        """Begin at `start`, behind a byte order mark if one stands there."""
        self.text = text
        self.at = start + 1 if text.startswith("\ufeff", start) else start
        self.depth = 0
        self.comments: list[Comment] = []
        self.beyond_ascii = not text.isascii()
        self._comment_never_closes_from = len(text) + 1
        self._bare_lines: dict[str, list[int]] | None = None

    def failure(
        self, message: str, start: int, end: int | None = None, *, resume: int | None = None
    ) -> BrokenItemError:
        """Return a failure at `start`; without `end` it covers the word that stands there, if any."""
        if end is None:
            word = _WORD.match(self.text, start)
            end = word.end() if word else start
        return BrokenItemError(SyntaxProblem(message, start, end), start if resume is None else resume)

    def unexpected(self, expected: str, at: int) -> BrokenItemError:
        """Return the failure that says what was expected and what stands at `at` instead."""
        return self.failure(f"{expected}, but found {self.describe(at)}.", at)

    def describe(self, at: int) -> str:
        """Name what stands at an offset, for a message."""
        character = self.text[at : at + 1]
        if not character:
            return "the end of the file"
        if character == "\n" or self.text.startswith("\r\n", at):
            return "the end of the line"
        if character == "\r":
            return "a carriage return without a line feed"
        if character == "'":
            return "a single quote (strings take double quotes)"
        if character in "\u201c\u201d":
            return "a curly quote (strings take straight double quotes)"
        if character == ";":
            return "`;` (a line end separates arguments, a comma separates items)"
        word = _WORD.match(self.text, at)
        return f"`{word[0]}`" if word and word[0].isprintable() else f"the character U+{ord(character):04X}"

    def enter(self) -> None:
        """Go one level deeper; fail where nesting has become unreasonable."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise self.too_deep()

    def too_deep(self) -> BrokenItemError:
        """Return the failure that nesting has become unreasonable here."""
        message = f"This is nested more than {DEPTH_LIMIT} levels deep, which podroom does not read."
        return self.failure(message, self.at)

    def check_chain(self, length: int, at: int) -> None:
        """Fail where a chain of steps or operators has become unreasonable."""
        if length > CHAIN_LIMIT:
            raise self.failure(f"This chain has more than {CHAIN_LIMIT} links, which podroom does not read.", at)

    def check_name(self, name: str, start: int) -> None:
        """Fail if a name holds a character that no name may hold."""
        for index, character in enumerate(name):
            if character > "\x7f" and not (("a" + character) if index else character).isidentifier():
                at = start + index
                raise self.failure(f"This is {self.describe(at)}, which no name can hold.", at, at + 1)

    def comment(self, at: int) -> int:
        """Note the comment that starts at `at` and return the offset behind it, before any line end."""
        if self.text.startswith("/*", at):
            end = self._comment_end(at)
        else:
            end = self.text.find("\n", at)
            end = len(self.text) if end < 0 else end
            if self.text.endswith("\r", at, end):
                end -= 1
        self.comments.append(Comment(at, end))
        return end

    def _comment_end(self, at: int) -> int:
        found = -1 if at >= self._comment_never_closes_from else self.text.find("*/", at + 2)
        if found < 0:
            self._comment_never_closes_from = min(at, self._comment_never_closes_from)
            raise self.failure("This comment is never closed: there is no `*/` after it.", at, at + 2, resume=at + 2)
        return found + 2

    def skip(self, patterns: Patterns) -> int:
        """Pass blanks and comments, and return the offset of what follows."""
        text = self.text
        at = self.at
        if text[at : at + 1] not in _BEFORE_SOMETHING:
            return at
        while True:
            at = patterns.blanks.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text too
            if not text.startswith(patterns.comments, at):
                self.at = at
                return at
            at = self.comment(at)

    def punctuation(self, patterns: Patterns) -> str:
        """Return the punctuation mark that follows blanks and comments, without passing it.

        `self.at` is left on the mark.  A line end that counts is a line feed, anything else is empty.
        """
        text = self.text
        mark = text[self.at : self.at + 1]
        if mark in _CLOSING_MARKS:
            return mark
        if mark == '"' or mark.isalnum():
            return ""
        while True:
            match = patterns.punctuation.match(text, self.at)
            # The pattern matches the empty text too.
            kind = match.lastindex if match else None
            if match is None or kind is None:
                blanks = patterns.blanks.match(text, self.at)
                self.at = blanks.end() if blanks else self.at
                return "\n" if not patterns.any_line and text.startswith(("#", "//"), self.at) else ""
            if kind == 1:
                self.at = match.start(1)
                return match[1]
            if kind == 2:
                self.at = self.comment(match.start(2))
                continue
            self.at = match.start(3)
            return "\n"

    def at_end(self) -> bool:
        """Pass blanks, line ends and comments, and say whether the text ends there."""
        return self.skip(ANY_LINE) == len(self.text)

    def bare_line_after(self, word: str, at: int) -> int | None:
        """Return the start of the first line after `at` that holds `word` and blanks only, if any."""
        if self._bare_lines is None:
            self._bare_lines = {}
            lines = self.text.split("\n")
            start = len(lines[0]) + 1
            for line in lines[1:-1]:
                found = line.strip()
                if found and " " not in found and len(found.split()) == 1:
                    self._bare_lines.setdefault(found, []).append(start)
                start += len(line) + 1
        starts = self._bare_lines.get(word, [])
        index = bisect_right(starts, at)
        return starts[index] if index < len(starts) else None
