"""Where what begins on a line ends: a block of HCL, an entry of YAML with all that is indented below it."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import TypeAlias

from podroom.patterns import pattern
from podroom.positions import Document
from podroom.sources.hcl.syntax import (
    Attribute,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    ObjectConstructor,
    ObjectItem,
    Parentheses,
    ParsedFile,
    TupleConstructor,
)

_ITEM = pattern(r"-(?:[ \t]|$)")


def last_line_in_hcl(parsed: ParsedFile, line: int) -> int:
    """Return the last line of the outermost block, attribute or object item that begins on `line`, or `line`."""
    position = parsed.document.position
    nodes = list(_inside(parsed.body))
    while nodes:
        node = nodes.pop(0)
        first, last = position(node.start).line, position(node.end).line
        if first == line:
            return last
        if first < line <= last:
            nodes = list(_inside(node))
    return line


_Node: TypeAlias = Block | Attribute | ObjectItem | Expression


def _inside(node: Body | _Node) -> Iterator[_Node]:
    """Iterate over the parts of a node in which a block may begin, in their order."""
    if isinstance(node, Block):
        node = node.body
    if isinstance(node, Body):
        parts: list[Block | Attribute] = [*node.blocks, *node.attributes]
        yield from sorted(parts, key=attrgetter("start"))
    elif isinstance(node, Attribute):
        yield from _inside(node.expression)
    elif isinstance(node, ObjectItem):
        yield from _inside(node.value)
    elif isinstance(node, ObjectConstructor | TupleConstructor):
        yield from node.items
    elif isinstance(node, Call):
        yield from node.arguments
    elif isinstance(node, Parentheses):
        yield from _inside(node.inner)
    elif isinstance(node, Conditional):
        yield from (node.then, node.otherwise)
    elif isinstance(node, For):
        yield node.value


def last_line_in_yaml(document: Document, line: int) -> int:
    """Return the last line that is indented below `line`: of a mapping's entry, or of an item of a list.

    The items of a list may stand as far left as the key that they belong to.
    """
    text = document.line(line)
    indent = _indent(text)
    is_item = _ITEM.match(text.lstrip()) is not None
    last = line
    for number in range(line + 1, len(document.line_starts()) + 1):
        below = document.line(number)
        content = below.lstrip()
        if not content or content.startswith("#"):
            continue
        belongs = _indent(below) == indent and _ITEM.match(content) is not None and not is_item
        if text.strip() and (_indent(below) > indent or belongs):
            last = number
        else:
            break
    return last


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
