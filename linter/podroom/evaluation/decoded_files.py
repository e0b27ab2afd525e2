"""Where a part of a decoded file stands in it: what `yamldecode(file(...))` hands on is written in that file."""

from __future__ import annotations

from podroom.evaluation.scope import Place, Scope
from podroom.positions import Document
from podroom.sources.hcl.syntax import Template, TemplatePart, TemplateText
from podroom.sources.yaml import Mapping, Node, Scalar, Sequence


def place_in_file(document: Document, path: tuple[str | int, ...], scope: Scope) -> Place | None:
    """Return the place of the part of a YAML or JSON file that some steps lead to, None if they lead nowhere in it."""
    stream = scope.resolver.compose(document)
    if stream.problem is not None or len(stream.documents) != 1:
        return None
    node: Node | None = stream.documents[0]
    for step in path:
        if isinstance(node, Mapping):
            node = node.get(str(step))
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return None if node is None else Place(_written(node), scope.at(document))


def _written(node: Node) -> Template:
    """Return a constant that stands where a node does."""
    pieces = node.content.pieces if isinstance(node, Scalar) else ()
    parts: list[TemplatePart] = [TemplateText(piece.text, piece.span.start, piece.span.end) for piece in pieces]
    return Template(parts, heredoc=False, start=node.span.start, end=node.span.end)
