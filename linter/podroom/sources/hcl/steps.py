"""Steps behind an operand: attributes, indexes, splats and calls."""

from __future__ import annotations

from podroom.sources.hcl.literals import CONSTANTS, number
from podroom.sources.hcl.patterns import ANY_LINE, MORE_OF_A_NUMBER, LegacyStep, Patterns, Step
from podroom.sources.hcl.syntax import Call, Expression, GetAttribute, GetIndex, Literal, Reference, Splat, SplatItem
from podroom.sources.hcl.templates import TemplateScanner

_MAY_GO_ON = frozenset(".eE0123456789")
"""How more of a number begins."""


class StepScanner(TemplateScanner):
    """Reads what follows an operand.

    `operator` is the operator that the last operand was followed by, already passed, or None.
    """

    operator: str | None = None

    def number(self, token: str, start: int) -> Literal:
        """Return the number that `token`, which begins at `start`, is."""
        value = number(token)
        end = start + len(token)
        goes_on = self.text[end : end + 1] in _MAY_GO_ON and MORE_OF_A_NUMBER.match(self.text, end)
        if value is None or goes_on:
            raise self.failure("This is not a number that Terraform can read.", start)
        return Literal(value, start, end)

    def traversal(self, text: str, start: int) -> Expression:
        """Return what names with dots between them are, such as `var.region`; they begin at `start`."""
        first, *names = text.split(".")
        if self.beyond_ascii:
            self.check_name(first, start)
        at = start + len(first)
        node: Expression = Literal(CONSTANTS[first], start, at) if first in CONSTANTS else Reference(first, start, at)
        for name in names:
            if self.beyond_ascii:
                self.check_name(name, at + 1)
            at += 1 + len(name)
            node = GetAttribute(node, name, start, at)
        return node

    def steps(self, node: Expression, at: int, patterns: Patterns) -> Expression:
        """Read the steps that follow an operand that ends at `at`."""
        text = self.text
        closers = patterns.closers
        start = node.start
        splats: list[Expression] | None = None
        operator = None
        count = 0
        while text[at : at + 1] not in closers:
            match = patterns.step.match(text, at)
            kind = match.lastindex if match else None
            if match is None or kind is None:
                break
            if kind == Step.NAME:
                at = match.end()
                name = match[1]
                if self.beyond_ascii:
                    self.check_name(name, match.start(1))
                node = GetAttribute(node, name, start, at)
            elif kind == Step.OPERATOR:
                operator = match[5]
                at = match.end()
                break
            elif kind == Step.COMMENT:
                at = self.comment(match.start(4))
                if count == 0 and isinstance(node, (Reference, Literal)):
                    node, at = self._call_after_comment(node, at, patterns)
                continue
            else:
                self.at = match.start(kind)
                if kind == Step.DOT:
                    node = self._dot(node, start, patterns)
                else:
                    step = self._index_or_splat(node, start, patterns)
                    if isinstance(step, SplatItem):
                        splats = splats or []
                        splats.append(node)
                        start = step.start
                    node = step
                at = self.at
            count += 1
            if count > 100:
                self.check_chain(count, at)
        self.operator = operator
        self.at = at
        if splats:
            for source in reversed(splats):
                node = Splat(source, node, legacy=False, start=source.start, end=node.end)
        return node

    def _call_after_comment(self, node: Reference | Literal, at: int, patterns: Patterns) -> tuple[Expression, int]:
        """Return the call, if `node` turns out to be a function's name that a comment follows."""
        name = self.text[node.start : node.end]
        self.at = at
        at = self.skip(patterns)
        call = patterns.call.match(self.text, at)
        if call is None or not (isinstance(node, Reference) or name in CONSTANTS):
            return node, at
        return self.call(name, node.start, patterns), self.at

    def _index_or_splat(self, source: Expression, start: int, patterns: Patterns) -> GetIndex | SplatItem:
        """Read the `[key]` at `self.at`, or `[*]`, for which the result is the element it stands for."""
        opening = self.at
        self.at += 1
        if self.text.startswith("*", self.skip(patterns)):
            self.at += 1
            if self.punctuation(patterns) != "]":
                raise self.unexpected("Expected `]` right after the `*` of a splat", self.at)
            self.at += 1
            return SplatItem(opening, self.at)
        key = self.expression(ANY_LINE)
        if self.punctuation(ANY_LINE) != "]":
            raise self.unexpected("Expected `]` to close the index", self.at)
        self.at += 1
        return GetIndex(source, key, legacy=False, start=start, end=self.at)

    def _dot(self, source: Expression, start: int, patterns: Patterns) -> Expression:
        """Read a step that begins with the dot at `self.at`: a name behind a comment, `.0` or `.*`."""
        dot = self.at
        self.at += 1
        step = self._legacy_step(patterns)
        if isinstance(step, str):
            return GetAttribute(source, step, start, self.at)
        if isinstance(step, Literal):
            return GetIndex(source, step, legacy=True, start=start, end=self.at)
        item = SplatItem(dot, self.at)
        each: Expression = item
        count = 0
        while self._another_dot(patterns):
            count += 1
            self.check_chain(count, self.at)
            self.at += 1
            step = self._legacy_step(patterns)
            if step is None:
                raise self.failure("A splat (`.*`) cannot stand inside another one; use `[*]`.", self.at - 1, self.at)
            if isinstance(step, str):
                each = GetAttribute(each, step, dot, self.at)
            else:
                each = GetIndex(each, step, legacy=True, start=dot, end=self.at)
        return Splat(source, each, legacy=True, start=start, end=self.at)

    def _another_dot(self, patterns: Patterns) -> bool:
        """Say whether another step that begins with a dot follows, and go there if so."""
        end = self.at
        at = self.skip(patterns)
        if self.text.startswith(".", at) and not self.text.startswith("...", at):
            return True
        self.at = end
        return False

    def _legacy_step(self, patterns: Patterns) -> str | Literal | None:
        """Read what follows a dot: a name, a number, or a star, for which the result is None."""
        match = patterns.legacy_step.match(self.text, self.skip(patterns))
        kind = match.lastindex if match else None
        if match is None or kind is None:
            raise self.unexpected("Expected the name of an attribute after the dot", self.at)
        self.at = match.end()
        if kind == LegacyStep.NAME:
            if self.beyond_ascii:
                self.check_name(match[1], match.start(1))
            return match[1]
        if kind == LegacyStep.STAR:
            return None
        if "." in match[2]:
            first, second = match[2].split(".", 1)
            message = f"Two indexes cannot be chained with dots; write `[{first}][{second}]`."
            raise self.failure(message, match.start(2), match.end(2))
        return self.number(match[2], match.start(2))

    def call(self, name: str, start: int, patterns: Patterns) -> Call:
        """Read a call from the `(` or `::` at `self.at` that follows the first part of its name."""
        text = self.text
        while text.startswith("::", self.at):
            self.at += 2
            match = patterns.name.match(text, self.skip(patterns))
            if match is None:
                raise self.unexpected("Expected the name of a function after `::`", self.at)
            if self.beyond_ascii:
                self.check_name(match[1], match.start(1))
            name = f"{name}::{match[1]}"
            self.at = match.end()
            if self.punctuation(patterns) not in ("(", "::"):
                raise self.unexpected(f"Expected `(` after the name of the function `{name}`", self.at)
        opening = self.at
        self.at += 1
        arguments: list[Expression] = []
        expand = False
        while self.punctuation(ANY_LINE) != ")":
            arguments.append(self.expression(ANY_LINE))
            mark = self.punctuation(ANY_LINE)
            if mark == ",":
                self.at += 1
            elif mark == "...":
                self.at += 3
                expand = True
                if self.punctuation(ANY_LINE) != ")":
                    raise self.unexpected("Expected `)` right after the `...` of the last argument", self.at)
            elif mark != ")":
                if self.at == len(text):
                    raise self.failure(f"The call of `{name}` is never closed.", start, opening + 1, resume=self.at)
                raise self.unexpected(f"Expected a comma or `)` after an argument of `{name}`", self.at)
        self.at += 1
        return Call(name, arguments, expand, start, self.at)
