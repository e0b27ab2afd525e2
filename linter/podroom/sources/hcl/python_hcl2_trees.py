"""python-hcl2's trees, restated as podroom's.

python-hcl2 hands a heredoc over as one token; podroom finds the lines and the `${ }` in it and gives
what stands inside them to python-hcl2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from podroom.patterns import pattern
from podroom.sources.hcl.literals import CONSTANTS, escape_problem, number, unescaped
from podroom.sources.hcl.patterns import Patterns
from podroom.sources.hcl.scanner import CHAIN_LIMIT, BrokenItemError
from podroom.sources.hcl.syntax import (
    Attribute,
    Binary,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    GetAttribute,
    GetIndex,
    Interpolation,
    Label,
    Literal,
    ObjectConstructor,
    ObjectItem,
    Parentheses,
    Reference,
    Splat,
    SplatItem,
    SyntaxProblem,
    TemplateText,
    TupleConstructor,
    Unary,
)
from podroom.sources.hcl.template_parts import Directive, FlatPart, trim_end, trim_start
from podroom.sources.hcl.templates import TemplateScanner, string_of

if TYPE_CHECKING:
    from lark import Token, Tree

    Node: TypeAlias = "Tree[Token] | Token"
    Read: TypeAlias = Callable[[str, int], Tree[Token]]
    """Parses a source whose positions are to be shifted."""

_DIRECTIVES = {
    "template_if_start": "if",
    "template_else": "else",
    "template_endif": "endif",
    "template_for_start": "for",
    "template_endfor": "endfor",
}
_BLANK = frozenset({"new_line_or_comment", "NL_OR_COMMENT"})
_EXPRESSION_PREFIX = "x = ("
_INSIDE_QUOTES = pattern(r'(?:[^"\\$%]|\\.|\$(?!\{)|%(?!\{))*', re.DOTALL)
_OUTSIDE_QUOTES = pattern(r"[^\"{}]+")


def children_of(node: Node) -> list[Node]:
    """Return the children but for line ends and comments."""
    return [child for child in getattr(node, "children", ()) if _kind(child) not in _BLANK]


def trees(node: Tree[Token]) -> list[Tree[Token]]:
    """Return the children that are no tokens, but for line ends and comments."""
    return [child for child in children_of(node) if _is_tree(child)]  # type: ignore[misc]  # not narrowed by a call


def only_tree(node: Tree[Token]) -> Tree[Token]:
    """Return the first child that is no token."""
    return trees(node)[0]


def _is_tree(node: Node) -> bool:
    return hasattr(node, "children")


def _kind(node: Node) -> str:
    return str(node.data) if hasattr(node, "data") else str(node.type)


class Converter:
    """Restates python-hcl2's tree of `text`, in which its positions are `shift` further on."""

    def __init__(self, text: str, shift: int, read: Read) -> None:
        self.text = text
        self.shift = shift
        self.read = read
        self.problems: list[SyntaxProblem] = []
        self.depth = 0

    def start(self, node: Node) -> int:
        """Return where a node starts, without the blanks that python-hcl2 takes into some tokens."""
        position = node.meta.start_pos if hasattr(node, "meta") else node.start_pos
        at = int(position or 0) + self.shift
        while self.text[at : at + 1] in (" ", "\t", "\r", "\n"):
            at += 1
        return at

    def end(self, node: Node) -> int:
        """Return where a node ends."""
        position = node.meta.end_pos if hasattr(node, "meta") else node.end_pos
        return int(position or 0) + self.shift

    def broken(self, message: str, node: Node) -> BrokenItemError:
        """Return the failure that tells a problem of a node."""
        return BrokenItemError(SyntaxProblem(message, self.start(node), self.end(node)), self.end(node))

    def body(self, node: Tree[Token], start: int, end: int) -> Body:
        """Return the body whose items are the children of `node`."""
        body = Body([], [], start, end)
        names: set[str] = set()
        for child in trees(node):
            if child.data == "attribute":
                attribute = self.attribute(child)
                if attribute.name in names:
                    message = f"The argument `{attribute.name}` is already set in this block."
                    self.problems.append(SyntaxProblem(message, attribute.start, attribute.start + len(attribute.name)))
                names.add(attribute.name)
                body.attributes.append(attribute)
            else:
                body.blocks.append(self.block(child))
        return body

    def attribute(self, node: Tree[Token]) -> Attribute:
        """Return the attribute that `node` is."""
        name, _, value = children_of(node)
        expression = self.expression(value)
        return Attribute(self.name(name), expression, self.start(name), expression.end)

    def block(self, node: Tree[Token]) -> Block:
        """Return the block that `node` is."""
        children = children_of(node)
        header = [child for child in children[:-3] if _is_tree(child)]
        opening, inner, closing = children[-3:]
        labels = [self.label(child) for child in header[1:]]
        header_end = labels[-1].end if labels else self.end(header[0])
        with_body = inner if isinstance(inner, type(node)) else node
        body = self.body(with_body, self.end(opening), self.start(closing))
        return Block(self.name(header[0]), labels, body, self.start(node), header_end, self.end(closing))

    def label(self, node: Node) -> Label:
        """Return the label that `node` is, quoted or bare."""
        if _kind(node) != "string":
            return Label(self.name(node), self.start(node), self.end(node))
        value = self.expression(node)
        if not isinstance(value, Literal):
            raise self.broken("A block's label cannot hold `${ }`.", node)
        return Label(str(value.value), value.start, value.end)

    def name(self, node: Node) -> str:
        """Return the text of a token, or of the only token of a tree."""
        return str(node.children[0]) if hasattr(node, "children") else str(node)

    def expression(self, node: Node) -> Expression:
        """Return the expression that `node` is."""
        self.depth += 1
        if self.depth > CHAIN_LIMIT:
            message = f"This is nested more than {CHAIN_LIMIT} levels deep, which podroom does not read."
            raise self.broken(message, node)
        restate: Callable[[Node], Expression] | None = getattr(self, "_" + _kind(node), None)
        if restate is None:
            raise self.broken(f"podroom does not know what python-hcl2 calls `{_kind(node)}`.", node)
        result = restate(node)
        self.depth -= 1
        return result

    def _expr_term(self, node: Tree[Token]) -> Expression:
        children = children_of(node)
        if len(children) == 1:
            return self.expression(children[0])
        opening, inner, closing = children
        return Parentheses(self.expression(inner), self.start(opening), self.end(closing))

    def _identifier(self, node: Tree[Token]) -> Expression:
        return Reference(self.name(node), self.start(node), self.end(node))

    _keyword = _identifier

    def _literal_value(self, node: Tree[Token]) -> Expression:
        return Literal(CONSTANTS[self.name(node)], self.start(node), self.end(node))

    def _int_lit(self, node: Tree[Token]) -> Expression:
        return self.number(str(node.children[0]), self.start(node), self.end(node))

    _float_lit = _int_lit

    def number(self, text: str, start: int, end: int) -> Expression:
        """Return a number, whose sign python-hcl2 takes for a part of it."""
        if text.startswith("-"):
            return Unary("-", self.number(text[1:], start + 1, end), start, end)
        value = number(text)
        if value is None:
            raise BrokenItemError(SyntaxProblem("This is not a number that Terraform can read.", start, end), end)
        return Literal(value, start, end)

    def _conditional(self, node: Tree[Token]) -> Expression:
        condition, then, otherwise = (self.expression(child) for child in trees(node))
        return Conditional(condition, then, otherwise, condition.start, otherwise.end)

    def _binary_op(self, node: Tree[Token]) -> Expression:
        left_node, term = trees(node)
        operator, right_node = trees(term)
        left = self.expression(left_node)
        right = self.expression(right_node)
        return Binary(self.name(operator).split()[-1], left, right, left.start, right.end)

    def _unary_op(self, node: Tree[Token]) -> Expression:
        sign, operand_node = children_of(node)
        operand = self.expression(operand_node)
        return Unary(str(sign), operand, self.start(sign), operand.end)

    def _tuple(self, node: Tree[Token]) -> Expression:
        return TupleConstructor([self.expression(item) for item in trees(node)], self.start(node), self.end(node))

    def _object(self, node: Tree[Token]) -> Expression:
        return ObjectConstructor([self.item(item) for item in trees(node)], self.start(node), self.end(node))

    def item(self, node: Tree[Token]) -> ObjectItem:
        """Return the item of an object that `node` is."""
        key_node, value_node = trees(node)
        key = self.expression(key_node.children[0])
        if isinstance(key, Literal) and self.text[key.start : key.end] in CONSTANTS:
            key = Reference(self.text[key.start : key.end], key.start, key.end)
        value = self.expression(value_node)
        return ObjectItem(key, value, key.start, value.end)

    def _function_call(self, node: Tree[Token]) -> Expression:
        names = [self.name(child) for child in trees(node) if child.data == "identifier"]
        arguments: list[Expression] = []
        expand = False
        for child in trees(node):
            if child.data == "arguments":
                arguments = [self.expression(argument) for argument in trees(child)]
                expand = any(_kind(token) == "ELLIPSIS" for token in child.children)
        return Call("::".join(names), arguments, expand, self.start(node), self.end(node))

    def _for_tuple_expr(self, node: Tree[Token]) -> Expression:
        return self.for_expression(node, has_key=False)

    def _for_object_expr(self, node: Tree[Token]) -> Expression:
        return self.for_expression(node, has_key=True)

    def for_expression(self, node: Tree[Token], *, has_key: bool) -> Expression:
        """Return the `for` that `node` is; with `has_key` it makes an object."""
        intro, *rest = trees(node)
        *names, collection = trees(intro)
        condition = None
        if rest[-1].data == "for_cond":
            condition = self.expression(only_tree(rest.pop()))
        values = [self.expression(value) for value in rest]
        return For(
            key_name=self.name(names[0]) if len(names) > 1 else None,
            value_name=self.name(names[-1]),
            collection=self.expression(collection),
            key=values[0] if has_key else None,
            value=values[-1],
            condition=condition,
            group=any(_kind(child) == "ELLIPSIS" for child in node.children),
            start=self.start(node),
            end=self.end(node),
        )

    def _index_expr_term(self, node: Tree[Token]) -> Expression:
        source, step = trees(node)
        return self.with_step(self.expression(source), step)

    _get_attr_expr_term = _index_expr_term

    def with_step(self, source: Expression, step: Node) -> Expression:
        """Return `source` with a step; what follows `[*]` applies to each element."""
        end = self.end(step)
        if isinstance(source, Splat) and not source.legacy:
            return Splat(source.source, self.with_step(source.each, step), legacy=False, start=source.start, end=end)
        children = children_of(step)
        if _kind(step) == "get_attr":
            return GetAttribute(source, self.name(children[1]), source.start, end)
        if _kind(step) == "short_index":
            key = self.number(self.name(children[1]), self.start(children[1]), end)
            return GetIndex(source, key, legacy=True, start=source.start, end=end)
        key = self.expression(children[1])
        return GetIndex(source, key, legacy=False, start=source.start, end=end)

    def _attr_splat_expr_term(self, node: Tree[Token]) -> Expression:
        source_node, splat = trees(node)
        source = self.expression(source_node)
        marker, *steps = children_of(splat)
        each: Expression = SplatItem(self.start(marker), self.end(marker))
        while steps and _kind(steps[0]) != "braces_index":
            each = self.with_step(each, steps.pop(0))
        result: Expression = self.splat(source, each, legacy=True)
        for step in steps:
            result = self.with_step(result, step)
        return result

    def _full_splat_expr_term(self, node: Tree[Token]) -> Expression:
        source_node, splat = trees(node)
        source = self.expression(source_node)
        marker, *steps = children_of(splat)
        each: Expression = SplatItem(self.start(marker), self.end(marker))
        for step in steps:
            each = self.with_step(each, step)
        return self.splat(source, each, legacy=False)

    def splat(self, source: Expression, each: Expression, *, legacy: bool) -> Splat:
        """Return a splat over `source`; one that follows `[*]` is over each element."""
        if isinstance(source, Splat) and not source.legacy:
            inner = self.splat(source.each, each, legacy=legacy)
            return Splat(source.source, inner, legacy=False, start=source.start, end=each.end)
        return Splat(source, each, legacy, source.start, each.end)

    def _string(self, node: Tree[Token]) -> Expression:
        parts: list[FlatPart] = []
        trim = False
        for part in trees(node):
            content = part.children[0]
            kind = _kind(content)
            if kind in ("STRING_CHARS", "ESCAPED_INTERPOLATION", "ESCAPED_DIRECTIVE"):
                self.add_text(parts, str(content), self.start_of_text(content), trim=trim)
                trim = False
                continue
            trims = [_kind(token) for token in content.children]  # type: ignore[union-attr]  # a tree
            if len(trims) > 1 and trims[1] == "STRIP_MARKER" and parts and isinstance(parts[-1], TemplateText):
                trim_end(parts[-1])
            trim = trims[-2] == "STRIP_MARKER"
            parts.append(self.sequence(content))  # type: ignore[arg-type]  # a tree
        return string_of(parts, self.start(node), self.end(node), 0)

    def start_of_text(self, token: Node) -> int:
        """Return where a token starts, whose blanks count."""
        return int(token.start_pos or 0) + self.shift  # type: ignore[union-attr]  # a token

    def add_text(self, parts: list[FlatPart], raw: str, start: int, *, trim: bool) -> None:
        """Add literal text; python-hcl2 gives `$${` with what follows as a piece of its own."""
        problem = escape_problem(raw)
        if problem or "\n" in raw or "\r" in raw:
            message = problem[2] if problem else "This string is not closed on its line."
            raise BrokenItemError(SyntaxProblem(message, start, start + len(raw)), start)
        text = TemplateText(unescaped(raw), start, start + len(raw))
        if trim:
            trim_start(text)
        if parts and isinstance(parts[-1], TemplateText):
            parts[-1].value += text.value
            parts[-1].end = text.end
        else:
            parts.append(text)

    def sequence(self, node: Tree[Token]) -> FlatPart:
        """Return the interpolation or directive that `node` is."""
        start, end = self.start(node), self.end(node)
        inner = trees(node)
        if node.data == "interpolation":
            return Interpolation(self.expression(inner[0]), start, end)
        directive = Directive(_DIRECTIVES[str(node.data)], start, end)
        if inner:
            *names, expression = inner
            directive.expression = self.expression(expression)
            if names:
                directive.key_name = self.name(names[0]) if len(names) > 1 else None
                directive.value_name = self.name(names[-1])
        return directive

    def _heredoc_template(self, node: Tree[Token]) -> Expression:
        scanner = _HeredocScanner(self.text, self.read)
        scanner.at = self.start(node)
        template = scanner.heredoc()
        if template is None:
            raise self.broken("This is not a heredoc.", node)
        return template

    _heredoc_template_trim = _heredoc_template

    def _template_string(self, node: Tree[Token]) -> Expression:
        message = "python-hcl2 takes this for a string in escaped quotes, which HCL does not know."
        raise self.broken(message, node)


class _HeredocScanner(TemplateScanner):
    """Finds the lines and sequences of a heredoc and has python-hcl2 read the expressions in them."""

    def __init__(self, text: str, read: Read) -> None:
        super().__init__(text)
        self._read = read

    def expression(self, patterns: Patterns) -> Expression:  # noqa: ARG002  # line ends are blanks here in any case
        """Read what stands between `self.at` and the `}` that closes the sequence."""
        start = self.skip_blanks(self.at)
        end = self._sequence_inside(start)
        source = self.text[start:end].rstrip()
        if source.endswith("~"):
            source = source[:-1].rstrip()
        self.at = start + len(source)
        shift = start - len(_EXPRESSION_PREFIX)
        tree = self._read(f"{_EXPRESSION_PREFIX}{source})\n", shift)
        attribute = only_tree(only_tree(tree))
        value = Converter(self.text, shift, self._read).expression(children_of(attribute)[2])
        if not isinstance(value, Parentheses):
            raise self.failure("This is not one expression.", start, self.at)
        return value.inner

    def skip_blanks(self, at: int) -> int:
        """Return the offset of the first character from `at` that is no blank."""
        while self.text[at : at + 1] in (" ", "\t", "\r", "\n"):
            at += 1
        return at

    def _sequence_inside(self, at: int) -> int:
        """Return the offset of the brace that closes the sequence in which `at` stands."""
        text = self.text
        levels = ["{"]
        while at < len(text):
            character = text[at]
            if levels[-1] == '"':
                run = _INSIDE_QUOTES.match(text, at)
                at = run.end() if run else at
                if text.startswith(("${", "%{"), at):
                    levels.append("{")
                    at += 2
                else:
                    levels.pop()
                    at += 1
            elif character == '"':
                levels.append('"')
                at += 1
            elif character == "{":
                levels.append("{")
                at += 1
            elif character == "}":
                levels.pop()
                if not levels:
                    return at
                at += 1
            else:
                run = _OUTSIDE_QUOTES.match(text, at)
                at = run.end() if run else at + 1
        raise self.failure("This sequence is not closed before the end of the file.", at, at, resume=at)
