"""Expressions: operands, signs, and operators by precedence."""

from __future__ import annotations

from collections.abc import Callable

from podroom.sources.hcl.constructors import ConstructorScanner
from podroom.sources.hcl.patterns import ANY_LINE, Operand, Patterns
from podroom.sources.hcl.scanner import DEPTH_LIMIT
from podroom.sources.hcl.syntax import Binary, Conditional, Expression, Literal, Parentheses, Unary

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


class ExpressionScanner(ConstructorScanner):
    """Reads expressions."""

    def expression(self, patterns: Patterns) -> Expression:
        """Read one expression from `self.at` and leave `self.at` at its end."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise self.too_deep()
        result = self._operand(patterns)
        operator = self.operator
        if operator is not None:
            if operator != "?":
                result = self._binary(result, operator, patterns)
            if self.operator == "?":
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
            operator = self.operator
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
            elif kind in Operand.NAMES:
                start, at = match.start(Operand.NAME), match.end()
                node = self.traversal(text[start:at], start)
            elif kind == Operand.CALL:
                self.at = match.start(3)
                if self.beyond_ascii:
                    self.check_name(match[2], match.start(2))
                node = self.call(match[2], match.start(2), patterns)
                at = self.at
            elif kind == Operand.NUMBER:
                node = self.number(match[kind], match.start(kind))
                at = node.end
            else:
                self.at = at = match.start(Operand.OTHER)
                character = match[Operand.OTHER]
                if character in "-!":
                    signs = signs or []
                    signs.append((character, at))
                    self.check_chain(len(signs), at)
                    at += 1
                    continue
                if text.startswith(patterns.comments, at):
                    at = self.comment(at)
                    continue
                opener = _OPENERS.get(character)
                opened = opener(self) if opener else None
                if opened is None:
                    raise self._missing_expression(patterns, at)
                node = opened
                at = self.at
            break
        if text[at : at + 1] in patterns.closers:
            self.operator = None
            self.at = at
        else:
            node = self.steps(node, at, patterns)
        if signs:
            for sign, start in reversed(signs):
                node = Unary(sign, node, start, node.end)
        return node

    def _missing_expression(self, patterns: Patterns, at: int) -> Exception:
        self.at = at
        return self.unexpected("Expected an expression", self.skip(patterns))

    def parentheses(self) -> Parentheses:
        """Read the expression in parentheses that opens at `self.at`."""
        start = self.at
        self.at += 1
        inner = self.expression(ANY_LINE)
        if self.punctuation(ANY_LINE) != ")":
            raise self.unexpected("Expected `)` to close the parentheses", self.at)
        self.at += 1
        return Parentheses(inner, start, self.at)


def _reduce(operands: list[Expression], operators: list[str]) -> None:
    """Join the last two operands by the last operator."""
    right = operands.pop()
    left = operands[-1]
    operands[-1] = Binary(operators.pop(), left, right, left.start, right.end)


_OPENERS: dict[str, Callable[[ExpressionScanner], Expression | None]] = {
    '"': ExpressionScanner.quoted,
    "{": ExpressionScanner.object_or_for,
    "[": ExpressionScanner.tuple_or_for,
    "(": ExpressionScanner.parentheses,
    "<": ExpressionScanner.heredoc,
}
