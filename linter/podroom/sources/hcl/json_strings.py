"""What strings of HCL's JSON syntax are: text, templates or expressions, with the places of their parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podroom.positions import Document
from podroom.sources.hcl.parser import parse_expression, parse_template
from podroom.sources.hcl.syntax import Expression, Invalid, Literal, SyntaxProblem, Template, TemplatePart, TemplateText
from podroom.sources.json_text import JsonString


def literal_of(string: JsonString) -> Literal:
    """Return a string as it stands, as one literal."""
    return Literal(string.value, string.start, string.end)


def text_of(string: JsonString) -> Literal | Template:
    """Return a string that is no template; each stretch between escapes is a part with its own place."""
    if not string.has_escapes:
        return literal_of(string)
    whole = TemplateText(string.value, 0, len(string.value))
    return Template(list(_pieces(whole, string)), heredoc=False, start=string.start, end=string.end)


def template_of(string: JsonString) -> tuple[Expression, list[SyntaxProblem]]:
    """Return a string that is a template, and what is not valid in it."""
    if "${" not in string.value and "%{" not in string.value:
        return text_of(string), []
    tree, problems = parse_template(Document("", string.value))
    if problems:
        return Invalid(string.start, string.end), _relocated(problems, string)
    _relocate(tree, string)
    tree.start, tree.end = string.start, string.end
    if len(tree.parts) == 1 and isinstance(tree.parts[0], TemplateText):
        return Literal(tree.parts[0].value, string.start, string.end), []
    return tree, []


def expression_of(string: JsonString) -> tuple[Expression, list[SyntaxProblem]]:
    """Return the expression that a string holds, as in `"type": "list(string)"`, and what is not valid in it."""
    tree, problems = parse_expression(Document("", string.value))
    if problems:
        return Invalid(string.start, string.end), _relocated(problems, string)
    _relocate(tree, string)
    return tree, []


def _relocated(problems: list[SyntaxProblem], string: JsonString) -> list[SyntaxProblem]:
    return [
        SyntaxProblem(problem.message, string.place(problem.start), string.place(problem.end)) for problem in problems
    ]


def _relocate(tree: Expression, string: JsonString) -> None:
    """Move every node of a tree from its place in the value of a string to its place in the document."""
    pending: list[Any] = [tree]
    while pending:
        node = pending.pop()
        node.start, node.end = string.place(node.start), string.place(node.end)
        for name in type(node).__slots__:
            part = getattr(node, name)
            if isinstance(part, list):
                parts = [piece for item in part for piece in _pieces(item, string)]
                setattr(node, name, parts)
                pending += [item for item in parts if not isinstance(item, TemplateText)]
            elif hasattr(part, "start"):
                pending.append(part)


def _pieces(part: TemplatePart, string: JsonString) -> Iterator[TemplatePart]:
    """Yield a part of a template; a text with escapes as several, so that as much as can be has its exact place."""
    if not isinstance(part, TemplateText):
        yield part
    elif len(part.value) != part.end - part.start:  # a doubled sign: the value is not what the string holds
        yield TemplateText(part.value, string.place(part.start), string.place(part.end))
    else:
        for stretch in string.within(part.start, part.end):
            start = stretch.at - part.start
            yield TemplateText(part.value[start : start + stretch.length], stretch.start, stretch.end)
