"""Where what begins on a line ends: a block of HCL, an entry of YAML with all that is indented below it."""

from __future__ import annotations

from bisect import bisect_left
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


class HclExtents:
    """Where what begins on the lines of a file of HCL ends."""

    def __init__(self, parsed: ParsedFile) -> None:
        """Take the file; it is only looked through when somebody asks."""
        self._parsed = parsed
        self._nodes: dict[int, tuple[list[int], list[_Node]]] = {}

    def last_line(self, line: int) -> int:
        """Return the last line of the outermost block, attribute or object item that begins on `line`, or `line`."""
        document = self._parsed.document
        starts = document.line_starts()
        start, end = starts[line - 1], starts[line] if line < len(starts) else len(document.text) + 1
        node: Body | _Node = self._parsed.body
        while True:
            places, nodes = self._inside(node)
            following = bisect_left(places, start)
            if following < len(nodes) and places[following] < end:
                return document.position(nodes[following].end).line
            if following == 0 or document.position(nodes[following - 1].end).line < line:
                return line
            node = nodes[following - 1]

    def _inside(self, node: Body | _Node) -> tuple[list[int], list[_Node]]:
        known = self._nodes.get(id(node))
        if known is None:
            nodes = list(_inside(node))
            known = self._nodes[id(node)] = [inner.start for inner in nodes], nodes
        return known


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
