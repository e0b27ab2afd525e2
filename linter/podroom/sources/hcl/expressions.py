"""Expressions: operands with their steps, operators by precedence, collections and calls."""

from __future__ import annotations

from collections.abc import Callable

from podroom.sources.hcl.literals import number
from podroom.sources.hcl.patterns import ANY_LINE, MORE_OF_A_NUMBER, ONE_LINE, LegacyStep, Operand, Patterns, Step
from podroom.sources.hcl.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    GetAttribute,
    GetIndex,
    Literal,
    ObjectConstructor,
    ObjectItem,
    Parentheses,
    Reference,
    Splat,
    SplatItem,
    TupleConstructor,
    Unary,
)
from podroom.sources.hcl.templates import TemplateScanner

_PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class ExpressionScanner(TemplateScanner):
    """Reads expressions.

    `_operator` is the operator that the last operand was followed by, already passed, or None.
    """

    _operator: str | None = None

    def expression(self, patterns: Patterns) -> Expression:
        """Read one expression from `self.at` and leave `self.at` at its end."""
        self.enter()
        result = self._operand(patterns)
        operator = self._operator
        if operator is not None:
            if operator != "?":
                result = self._binary(result, operator, patterns)
            if self._operator == "?":
                result = self._conditional(result, patterns)
        self.depth -= 1
        return result

    def _binary(self, first: Expression, operator: str | None, patterns: Patterns) -> Expression:
        operands = [first]
        operators: list[str] = []
        count = 0
        while operator is not None and operator != "?":
            count += 1
            self.check_chain(count, self.at - len(operator))
            level = _PRECEDENCE[operator]
            while operators and _PRECEDENCE[operators[-1]] >= level:
                _reduce(operands, operators)
            operators.append(operator)
            operands.append(self._operand(patterns))
            operator = self._operator
        while operators:
            _reduce(operands, operators)
        return operands[0]

    def _conditional(self, condition: Expression, patterns: Patterns) -> Conditional:
        then = self.expression(patterns)
        if self.punctuation(patterns) != ":":
            raise self.unexpected("Expected `:` and the value for the other case of this condition", self.at)
        self.at += 1
        otherwise = self.expression(patterns)
        return Conditional(condition, then, otherwise, condition.start, otherwise.end)

    def _operand(self, patterns: Patterns) -> Expression:
        """Read an operand with its signs and steps, and pass the operator that follows, if any."""
        text = self.text
        at = self.at
        signs: list[tuple[str, int]] | None = None
        node: Expression
        while True:
            match = patterns.operand.match(text, at)
            if match is None:
                raise self._missing_expression(patterns, at)
            kind = match.lastindex
            if kind == Operand.STRING:
                at = match.end()
                node = Literal(match[1], match.start(1) - 1, at)
            elif kind == Operand.NAME:
                start, at = match.span(2)
                name = match[2]
                if self.beyond_ascii:
                    self.check_name(name, start)
                if name in CONSTANTS:
                    node = Literal(CONSTANTS[name], start, at)
                else:
                    node = Reference(name, start, at)
            elif kind == Operand.CALL:
                self.at = match.start(3)
                if self.beyond_ascii:
                    self.check_name(match[2], match.start(2))
                node = self._call(match[2], match.start(2), patterns)
                at = self.at
            elif kind == Operand.NUMBER:
                node = self._number(match[4], match.start(4))
                at = node.end
            else:
                self.at = at = match.start(5)
                character = match[5]
                if character in "-!":
                    signs = signs or []
                    signs.append((character, at))
                    self.check_chain(len(signs), at)
                    at += 1
                    continue
                if text.startswith("/*", at) or (patterns.any_line and (character == "#" or text.startswith("//", at))):
                    at = self.comment(at)
                    continue
                opener = _OPENERS.get(character)
                opened = opener(self) if opener else None
                if opened is None:
                    raise self._missing_expression(patterns, at)
                node = opened
                at = self.at
            break
        node = self._steps(node, at, patterns)
        if signs:
            for sign, start in reversed(signs):
                node = Unary(sign, node, start, node.end)
        return node

    def _missing_expression(self, patterns: Patterns, at: int) -> Exception:
        self.at = at
        return self.unexpected("Expected an expression", self.skip(patterns))

    def _number(self, token: str, start: int) -> Literal:
        value = number(token)
        if value is None or MORE_OF_A_NUMBER.match(self.text, start + len(token)):
            raise self.failure(f"`{token[:40]}` is not a number that Terraform can read.", start, start + len(token))
        return Literal(value, start, start + len(token))

    def _parentheses(self) -> Parentheses:
        start = self.at
        self.at += 1
        inner = self.expression(ANY_LINE)
        if self.punctuation(ANY_LINE) != ")":
            raise self.unexpected("Expected `)` to close the parentheses", self.at)
        self.at += 1
        return Parentheses(inner, start, self.at)

    def _steps(self, node: Expression, at: int, patterns: Patterns) -> Expression:
        """Read the steps that follow an operand that ends at `at`."""
        text = self.text
        start = node.start
        splats: list[Expression] | None = None
        count = 0
        while True:
            match = patterns.step.match(text, at)
            kind = match.lastindex if match else None
            if match is None or kind is None:
                self._operator = None
                break
            if kind == Step.NAME:
                at = match.end()
                name = match[1]
                if self.beyond_ascii:
                    self.check_name(name, match.start(1))
                node = GetAttribute(node, name, start, at)
            elif kind == Step.OPERATOR:
                self._operator = match[5]
                self.at = match.end()
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
        if self._operator is None:
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
        return self._call(name, node.start, patterns), self.at

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
        return self._number(match[2], match.start(2))

    def _call(self, name: str, start: int, patterns: Patterns) -> Call:
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

    def _tuple(self) -> TupleConstructor | For:
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

    def _object(self) -> ObjectConstructor | For:
        text = self.text
        start = self.at
        self.at += 1
        if self._for_follows():
            return self._for(start, "}")
        items: list[ObjectItem] = []
        while True:
            at = self.skip(ANY_LINE)
            if text.startswith("}", at):
                break
            key = self._key(at)
            value = self.expression(ONE_LINE)
            items.append(ObjectItem(key, value, key.start, value.end))
            if text.startswith("\n", self.at):
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
        match = ONE_LINE.key.match(self.text, at)
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

    def _unclosed_object(self, start: int) -> Exception:
        return self.failure("This object is never closed.", start, start + 1, resume=self.at)

    def _for_follows(self) -> bool:
        """Say whether the word `for` follows, and pass it if so."""
        at = self.skip(ANY_LINE)
        if not self.text.startswith("for", at):
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


def _reduce(operands: list[Expression], operators: list[str]) -> None:
    """Join the last two operands by the last operator."""
    right = operands.pop()
    left = operands[-1]
    operands[-1] = Binary(operators.pop(), left, right, left.start, right.end)


_OPENERS: dict[str, Callable[[ExpressionScanner], Expression | None]] = {
    '"': ExpressionScanner.quoted,
    "{": ExpressionScanner._object,
    "[": ExpressionScanner._tuple,
    "(": ExpressionScanner._parentheses,
    "<": ExpressionScanner.heredoc,
}
