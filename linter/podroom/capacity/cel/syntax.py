"""Text to tree: the grammar of CEL, as far as numbers and booleans go.

parser/gen/CEL.g4 and parser/parser.go of cel-go v0.29.2.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from podroom.capacity.cel.errors import CelCompileError, CelNotUnderstoodError
from podroom.patterns import pattern
from podroom.records import dataclass

_LARGEST_INT = 2**63 - 1
_LARGEST_UINT = 2**64 - 1
_ENOUGH_DIGITS = 21
"""A number of so many digits is too large, whatever follows them."""
_LONGEST_SHOWN = 40
# Far below what cel-go's own limit of depth refuses.
_MOST_TOKENS = 250
_DEEPEST = 40

_SPACE = pattern(r"(?:[\t \r\n\f]|//[^\n]*)+")
_TOKEN = pattern(
    r"(?P<double>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<uint>0x[0-9a-fA-F]+[uU]|[0-9]+[uU])"
    r"|(?P<int>0x[0-9a-fA-F]+|[0-9]+)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/%<>!?:().,])"
)
_BEYOND = {
    '"': "texts",
    "'": "texts",
    "`": "quoted names",
    "[": "lists and indices",
    "]": "lists and indices",
    "{": "maps and messages",
    "}": "maps and messages",
}
_RESERVED = frozenset(
    {
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    }
)
_LEVELS = (("||",), ("&&",), ("<", "<=", ">=", ">", "==", "!="), ("+", "-"), ("*", "/", "%"))


class Uint(int):
    """An unsigned integer, which CEL does not mix with signed ones."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a boolean; `type` is "int", "uint", "double" or "bool"."""

    type: str
    value: int | float
    offset: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name, or several with dots between them."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function with arguments; a name with dots may be a method of what stands before the last dot."""

    function: Name
    arguments: tuple[Node, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with one operand or two; "-" with one operand is the sign."""

    operator: str
    operands: tuple[Node, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node
    offset: int


Node: TypeAlias = Literal | Name | Call | Operation | Conditional


class _Token(NamedTuple):
    kind: str  # "int", "uint", "double", "name", "sign" or "end"
    text: str
    offset: int


def parse(text: str) -> Node:
    """Return the tree of an expression; raises `CelCompileError` and `CelNotUnderstoodError`."""
    parser = _Parser(_tokens(text))
    node = parser.expression()
    parser.expect_end()
    return node


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        if at == len(text):
            tokens.append(_Token("end", "", at))
            return tokens
        if text[at] in _BEYOND:
            raise CelNotUnderstoodError(f"{_BEYOND[text[at]]} are not understood", at)
        if len(tokens) == _MOST_TOKENS:
            raise CelNotUnderstoodError(f"an expression of more than {_MOST_TOKENS} parts is not understood", at)
        found = _TOKEN.match(text, at)
        if found is None:
            raise CelCompileError(f"syntax error at {text[at]!r}", at)
        tokens.append(_Token(str(found.lastgroup), found[0], at))
        at = found.end()


class _Parser:
    """Reads an expression from the front; one method a form of the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def expression(self) -> Node:
        """Read a condition with two results, or anything that binds tighter; the first result is none itself."""
        start = self._peek().offset
        condition = self._binary(0)
        if not self._take("?"):
            return condition
        yes = self._binary(0)
        self._expect(":")
        return Conditional(condition, yes, self.expression(), start)

    def expect_end(self) -> None:
        """Raise an error if there is more."""
        if self._peek().kind != "end":
            self._refuse(self._peek())

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self._peek().text in _LEVELS[level]:
            token = self._advance()
            left = Operation(token.text, (left, self._binary(level + 1)), token.offset)
        if self._peek().text == "in":
            raise CelNotUnderstoodError("`in` is not understood", self._peek().offset)
        return left

    def _unary(self) -> Node:
        token = self._peek()
        if token.text not in {"-", "!"}:
            return self._member()
        signs = 0
        while self._take(token.text):
            signs += 1
        if token.text == "-" and signs == 1 and self._peek().kind in {"int", "double"}:
            return self._no_member(self._number(negative=True, offset=token.offset))
        operand = self._signed_number() if self._peek().text == "-" else self._member()
        return Operation(token.text, (operand,), token.offset) if signs % 2 else operand

    def _signed_number(self) -> Node:
        """Read a negative number after `!`, where no other sign may stand."""
        sign = self._advance()
        if self._peek().kind not in {"int", "double"}:
            self._refuse(sign)
        return self._no_member(self._number(negative=True, offset=sign.offset))

    def _member(self) -> Node:
        token = self._peek()
        if token.kind in {"int", "uint", "double"}:
            return self._no_member(self._number(negative=False, offset=token.offset))
        if self._take("("):
            inside = self._inside(token)
            self._expect(")")
            return self._no_member(inside)
        if token.text in {"true", "false"}:
            self._advance()
            return self._no_member(Literal("bool", token.text == "true", token.offset))
        if token.text == "null":
            raise CelNotUnderstoodError("`null` is not understood", token.offset)
        return self._no_member(self._name_or_call())

    def _name_or_call(self) -> Node:
        start = self._peek()
        self._take(".")
        names = [self._name()]
        while self._take("."):
            if self._peek().text == "?":
                raise CelNotUnderstoodError("optional members are not understood", self._peek().offset)
            names.append(self._name())
        name = Name(".".join(names), start.offset)
        if not self._take("("):
            return name
        arguments: list[Node] = []
        if not self._take(")"):
            arguments.append(self._inside(start))
            while self._take(","):
                arguments.append(self._inside(start))
            self._expect(")")
        return Call(name, tuple(arguments), start.offset)

    def _inside(self, start: _Token) -> Node:
        """Read what stands in parentheses."""
        if self._depth == _DEEPEST:
            raise CelNotUnderstoodError(
                f"more than {_DEEPEST} parentheses in each other are not understood", start.offset
            )
        self._depth += 1
        node = self.expression()
        self._depth -= 1
        return node

    def _name(self) -> str:
        token = self._advance()
        if token.kind != "name" or token.text in _RESERVED or token.text in {"true", "false", "null", "in"}:
            self._refuse(token)
        return token.text

    def _number(self, *, negative: bool, offset: int) -> Literal:
        token = self._advance()
        sign = -1 if negative else 1
        if token.kind == "double":
            double = sign * float(token.text)
            if double in {float("inf"), float("-inf")}:
                raise CelCompileError(f"{token.text} is too large for a double", offset)
            return Literal("double", double, offset)
        digits = token.text.rstrip("uU")
        significant = digits.removeprefix("0x").lstrip("0")
        value = sign * int(significant[:_ENOUGH_DIGITS] or "0", 16 if digits.startswith("0x") else 10)
        largest = _LARGEST_UINT if token.kind == "uint" else _LARGEST_INT
        if not -_LARGEST_INT - 1 <= value <= largest:
            shown = token.text if len(token.text) <= _LONGEST_SHOWN else f"{token.text[:_LONGEST_SHOWN]}..."
            raise CelCompileError(f"{shown} is too large for an integer of 64 bits", offset)
        return Literal(token.kind, Uint(value) if token.kind == "uint" else value, offset)

    def _no_member(self, node: Node) -> Node:
        if self._peek().text == ".":
            raise CelNotUnderstoodError("members of values are not understood", self._peek().offset)
        return node

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _advance(self) -> _Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _take(self, text: str) -> bool:
        if self._peek().text != text:
            return False
        self._advance()
        return True

    def _expect(self, text: str) -> None:
        if not self._take(text):
            self._refuse(self._peek())

    def _refuse(self, token: _Token) -> None:
        what = f"at {token.text!r}" if token.text else "at the end"
        raise CelCompileError(f"syntax error {what}", token.offset)
