"""Typed access to the settings of a ClusterConfig, each with its place.

A scalar that holds a placeholder (`${CLUSTER_NAME}`, `$REGION`, a masked `{{ }}`) is unknown: something else fills it
in before eksctl reads the file.  Scalars of the wrong type are read if they can be; the schema says that they are
wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from podroom.patterns import pattern
from podroom.positions import Span
from podroom.sources.yaml import Mapping, Node, Scalar, ScalarKind, Sequence
from podroom.traced_text import HOLE
from podroom.values import Default, Known, Members, Unknown, Value

T = TypeVar("T")
U = TypeVar("U")

EKSCTL = Default("eksctl", "https://docs.aws.amazon.com/eks/latest/eksctl/schema.html")
"""The origin of what eksctl supplies where a file leaves a setting away."""

_PLACEHOLDER = pattern(r"\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_]\w*")
_DIGITS = pattern(r"[+-]?[0-9]{1,9}")
_TRUE = frozenset(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"))
_FALSE = frozenset(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"))


def mapping(parent: Mapping | None, name: str) -> Mapping | None:
    """Return the mapping of that name, None if there is none."""
    node = parent.get(name) if parent else None
    return node if isinstance(node, Mapping) else None


def scalar(parent: Mapping | None, name: str) -> Scalar | None:
    """Return the scalar of that name, None if there is none or it is null or an empty text."""
    node = parent.get(name) if parent else None
    if not isinstance(node, Scalar) or node.kind is ScalarKind.NULL or not node.text:
        return None
    return node


def items(parent: Mapping | None, name: str) -> tuple[Node, ...]:
    """Return the members of the list of that name."""
    node = parent.get(name) if parent else None
    return node.items if isinstance(node, Sequence) else ()


def unknown_in(node: Node) -> Unknown | None:
    """Return why a scalar is not known, None if it is."""
    if not isinstance(node, Scalar):
        return None
    if HOLE in node.text:
        hole = node.content.value()
        return hole if isinstance(hole, Unknown) else Unknown("it is filled in by a template", node.span)
    found = _PLACEHOLDER.search(node.text)
    if found is None:
        return None
    return Unknown(f"{found.group()} is filled in before eksctl reads this file", node.span, (found.group(),))


def text_of(node: Scalar) -> Value[str]:
    """Return the text of a scalar."""
    unknown = unknown_in(node)
    return Known(node.text, node.span) if unknown is None else unknown


def text(parent: Mapping | None, name: str) -> Value[str] | None:
    """Return the text of that name, None if it is not set."""
    node = scalar(parent, name)
    return None if node is None else text_of(node)


def whole_number(parent: Mapping | None, name: str, span: Span | None = None) -> Value[int] | None:
    """Return the whole number of that name, None if it is not set; `span` is the place to give as its origin."""
    node = scalar(parent, name)
    if node is None:
        return None
    unknown = unknown_in(node)
    if unknown is not None:
        return unknown
    place = node.span if span is None else span
    number = node.integer()
    if isinstance(number, Known):
        return Known(number.value, place)
    if _DIGITS.fullmatch(node.text):
        return Known(int(node.text), place)
    return Unknown(f'{name} is "{node.text}", which is no whole number', place)


def truth(parent: Mapping | None, name: str, *, otherwise: bool) -> Value[bool]:
    """Return whether the setting of that name is on; what eksctl takes if it is not set is `otherwise`."""
    node = scalar(parent, name)
    if node is None:
        return Known(otherwise, EKSCTL)
    unknown = unknown_in(node)
    if unknown is not None:
        return unknown
    if node.text in _TRUE or node.text in _FALSE:
        return Known(node.text in _TRUE, node.span)
    return Unknown(f'{name} is "{node.text}", which is neither true nor false', node.span)


def texts(parent: Mapping | None, name: str) -> Members[Scalar]:
    """Return the scalars of the list of that name; a placeholder in place of the list may stand for any number."""
    node = parent.get(name) if parent else None
    if isinstance(node, Sequence):
        return Members(tuple(item for item in node.items if isinstance(item, Scalar) and item.text))
    unknown = unknown_in(node) if node is not None else None
    return Members((), () if unknown is None else (unknown,))


def changed(value: Value[T], change: Callable[[T], U]) -> Value[U]:
    """Return the same knowledge with `change` applied to what is known."""
    return value if isinstance(value, Unknown) else value.map(change)


def entries(parent: Mapping | None) -> list[tuple[Scalar, Node]]:
    """Return key and value of every entry whose key is a scalar, of one key the last."""
    if parent is None:
        return []
    found = {entry.key.text: (entry.key, entry.value) for entry in parent.entries if isinstance(entry.key, Scalar)}
    return list(found.values())
