"""What in a ClusterConfig eksctl would not take, as far as podroom reads it.

Such a file is judged all the same: eksctl's own examples do not all fit its own schema, and a fault beside the point
is no reason to say nothing of the nodes.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from podroom.assembly.eksctl.node_groups import GROUP_SECTIONS
from podroom.assembly.eksctl.reading import unknown_in
from podroom.model.world import Notice
from podroom.positions import Span
from podroom.sources.yaml import Mapping, Node, Scalar, ScalarKind, Sequence

if TYPE_CHECKING:
    from jsonschema import ValidationError

SCHEMA = "cluster-config.json"
_WORDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "object": "a mapping",
    "string": "a text",
}
_CLOSE_ENOUGH = 0.85


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what podroom reads of a ClusterConfig."""
    data = pkgutil.get_data(__name__, SCHEMA) or b"{}"
    loaded: dict[str, Any] = json.loads(data)
    return loaded


def find_notices(root: Mapping) -> tuple[Notice, ...]:
    """Return what is wrong with a ClusterConfig, in the order in which it stands there."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import, and only files of eksctl need it

    found = schema()
    errors = Draft202012Validator(found).iter_errors(_plain(root, {}))
    notices = [notice for error in errors if (notice := _notice(error, root)) is not None]
    notices += _misspelt(root, found["properties"])
    shared = found["$defs"]["nodeGroup"]["properties"]
    for section in GROUP_SECTIONS:
        groups = root.get(section)
        for group in groups.items if isinstance(groups, Sequence) else ():
            if isinstance(group, Mapping):
                notices += _misspelt(group, {*shared, *found["properties"][section]["items"]["properties"]})
    unique = {(notice.message, notice.span.start): notice for notice in notices}
    return tuple(sorted(unique.values(), key=lambda notice: (notice.span.start, notice.message)))


def _plain(node: Node, known: dict[int, Any]) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return a node as plain data, what several aliases share once; an unknown scalar becomes an empty text."""
    if isinstance(node, Scalar):
        return _plain_scalar(node)
    if id(node) in known:
        return known[id(node)]
    if isinstance(node, Sequence):
        items: list[Any] = []
        known[id(node)] = items
        items += [_plain(item, known) for item in node.items]
        return items
    members: dict[str, Any] = {}
    known[id(node)] = members
    for entry in node.entries:
        if isinstance(entry.key, Scalar) and not _is_null(entry.value):
            members[entry.key.text] = _plain(entry.value, known)
    return members


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.kind is ScalarKind.NULL


def _plain_scalar(node: Scalar) -> str | int | float | bool | None:
    if unknown_in(node) is not None:
        return ""
    if node.kind is ScalarKind.INTEGER:
        number = node.integer()
        return number.need() if number is not None else node.text
    if node.kind is ScalarKind.FLOAT:
        return 0.5  # only that it is no whole number and no text matters
    if node.kind is ScalarKind.BOOLEAN:
        return node.text[:1] in "yYtT" or node.text.lower() == "on"
    return None if node.kind is ScalarKind.NULL else node.text


def _notice(error: ValidationError, root: Mapping) -> Notice | None:
    node, span = _at(root, error.absolute_path)
    if node is None or unknown_in(node) is not None:
        return None
    name = _name(error.absolute_path)
    if error.validator == "required":
        wanted: Any = error.validator_value
        there: Any = error.instance
        missing = next(member for member in wanted if member not in there)
        return Notice(f"{name + '.' if name else ''}{missing} is missing", span)
    return Notice(f"{name} {_what(error)}", span)


def _what(error: ValidationError) -> str:
    if error.validator == "type":
        return f"must be {_WORDS[str(error.validator_value)]}"
    if error.validator == "minimum":
        return f"must be at least {error.validator_value}"
    if error.validator == "not" and isinstance(error.schema, dict):
        return f"is of no use: {error.schema['description']}"
    return f'is "{error.instance}", which eksctl does not know'


def _at(root: Mapping, path: Iterable[str | int]) -> tuple[Node | None, Span]:
    """Return the node at a path, and the place to show: its key with it, if that is on the same line."""
    node: Node = root
    span = root.entries[0].key.span if root.entries else root.span
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            entry = node.entry(step)
            if entry is None:
                return None, span
            node = entry.value
            span = entry.span if isinstance(node, Scalar) and "\n" not in entry.span.text else entry.key.span
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step]
            span = node.span if isinstance(node, Scalar) else _first_of(node)
    return node, span


def _first_of(node: Node) -> Span:
    return node.entries[0].key.span if isinstance(node, Mapping) and node.entries else node.span


def _name(path: Iterable[str | int]) -> str:
    name = ""
    for step in path:
        name += f"[{step}]" if isinstance(step, int) else f".{step}"
    return name.removeprefix(".")


def _misspelt(mapping: Mapping, known: Iterable[str]) -> Iterator[Notice]:
    """Iterate over keys that are nearly the name of a setting that podroom reads."""
    from difflib import get_close_matches  # noqa: PLC0415 - same

    names = list(known)
    for entry in mapping.entries:
        key = entry.key
        if isinstance(key, Scalar) and key.text not in names:
            close = get_close_matches(key.text, names, n=1, cutoff=_CLOSE_ENOUGH)
            if close:
                yield Notice(f"eksctl has no setting {key.text}; did you mean {close[0]}?", key.span)
