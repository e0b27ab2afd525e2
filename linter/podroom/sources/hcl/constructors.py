"""Tuples, objects and the `for` expressions that make them."""

from __future__ import annotations

from podroom.sources.hcl.literals import CONSTANTS
from podroom.sources.hcl.patterns import ANY_LINE, KEY, ONE_LINE
from podroom.sources.hcl.scanner import BrokenItemError
from podroom.sources.hcl.steps import StepScanner
from podroom.sources.hcl.syntax import (
    Expression,
    For,
    Literal,
    ObjectConstructor,
    ObjectItem,
    Reference,
    TupleConstructor,
)


class ConstructorScanner(StepScanner):
    """Reads what stands in brackets or braces."""

    def tuple_or_for(self) -> TupleConstructor | For:
        """Read the tuple, or the `for` that makes one, that opens at `self.at`."""
        start = self.at
        self.at += 1
        if self._for_follows():
            return self._for(start, "]")
        items: list[Expression] = []
        while self.punctuation(ANY_LINE) != "]":
            items.append(self.expression(ANY_LINE))
            mark = self.punctuation(ANY_LINE)
            if mark == ",":
                self.at += 1
            elif mark != "]":
                if self.at == len(self.text):
                    raise self.failure("This list is never closed.", start, start + 1, resume=self.at)
                raise self.unexpected("Expected a comma or `]` after an item of this list", self.at)
        self.at += 1
        return TupleConstructor(items, start, self.at)

    def object_or_for(self) -> ObjectConstructor | For:
        """Read the object, or the `for` that makes one, that opens at `self.at`."""
        text = self.text
        start = self.at
        self.at += 1
        if self._for_follows():
            return self._for(start, "}")
        items: list[ObjectItem] = []
        while True:
            at = self.skip(ANY_LINE)
            if text[at : at + 1] == "}":
                break
            key = self._key(at)
            value = self.expression(ONE_LINE)
            items.append(ObjectItem(key, value, key.start, value.end))
            if text[self.at : self.at + 1] == "\n":
                continue
            mark = self.punctuation(ONE_LINE)
            if mark == ",":
                self.at += 1
            elif mark == "}":
                break
            elif mark != "\n":
                if self.at == len(text):
                    raise self._unclosed_object(start)
                raise self.unexpected("Expected a line end, a comma or `}` after an item of this object", self.at)
        self.at += 1
        return ObjectConstructor(items, start, self.at)

    def _key(self, at: int) -> Expression:
        """Read the key at `at` and the `=` or `:` behind it; a bare name is a `Reference`."""
        match = KEY.match(self.text, at)
        if match:
            self.at = match.end()
            if self.beyond_ascii:
                self.check_name(match[1], at)
            return Reference(match[1], at, match.end(1))
        if at == len(self.text):
            raise self.failure("This object is never closed.", at, at, resume=at)
        key = self.expression(ONE_LINE)
        if self.punctuation(ONE_LINE) not in ("=", ":"):
            raise self.unexpected("Expected `=` and a value after this key", self.at)
        self.at += 1
        if isinstance(key, Literal) and self.text[key.start : key.end] in CONSTANTS:
            return Reference(self.text[key.start : key.end], key.start, key.end)
        return key

    def _unclosed_object(self, start: int) -> BrokenItemError:
        return self.failure("This object is never closed.", start, start + 1, resume=self.at)

    def _for_follows(self) -> bool:
        """Say whether the word `for` follows, and pass it if so."""
        at = self.skip(ANY_LINE)
        if self.text[at : at + 3] != "for":
            return False
        match = ANY_LINE.name.match(self.text, at)
        if match is None or match[1] != "for":
            return False
        self.at = match.end()
        return True

    def _for(self, start: int, closing: str) -> For:
        """Read a `for` expression from behind its first word up to `closing`."""
        key_name, value_name, collection = self.for_header()
        if self.punctuation(ANY_LINE) != ":":
            raise self.unexpected("Expected `:` after the collection of `for`", self.at)
        self.at += 1
        value = self.expression(ANY_LINE)
        key = None
        if self.punctuation(ANY_LINE) == "=>":
            if closing == "]":
                message = "A `for` in brackets makes a list and takes no key; use braces to make an object."
                raise self.failure(message, self.at, self.at + 2)
            self.at += 2
            key, value = value, self.expression(ANY_LINE)
        elif closing == "}":
            raise self.unexpected("Expected `=>` and a value: a `for` in braces makes an object", self.at)
        group = self.punctuation(ANY_LINE) == "..."
        if group:
            if closing == "]":
                raise self.failure("`...` groups the values of an object; a list has no keys.", self.at, self.at + 3)
            self.at += 3
        condition = None
        at = self.skip(ANY_LINE)
        match = ANY_LINE.name.match(self.text, at)
        if match and match[1] == "if":
            self.at = match.end()
            condition = self.expression(ANY_LINE)
        if self.punctuation(ANY_LINE) != closing:
            raise self.unexpected(f"Expected `{closing}` to close the `for`", self.at)
        self.at += 1
        return For(key_name, value_name, collection, key, value, condition, group, start, self.at)
