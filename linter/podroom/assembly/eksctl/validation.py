"""What in a ClusterConfig eksctl would not take, as far as podroom reads it.

Such a file is judged all the same: eksctl's own examples do not all fit its own schema, and a fault beside the point
is no reason to say nothing of the nodes.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from podroom.assembly.eksctl.node_groups import GROUP_SECTIONS
from podroom.assembly.eksctl.reading import items, scalar, unknown_in
from podroom.model.world import Notice
from podroom.positions import Span
from podroom.sources.yaml import Mapping, Node, Scalar, ScalarKind, Sequence
from podroom.traced_text import HOLE
from podroom.values import Known

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
_MOST_OF_A_KIND = 100
"""Notices of one kind that anybody reads."""


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
    of_schema = (notice for error in errors if (notice := _notice(error, root)) is not None)
    kinds = (of_schema, _unheard_of(root, found), _twice(root), _same_names(root), _sizes(root))
    notices = [notice for kind in kinds for notice in _first(kind)]
    unique = {(notice.message, notice.span.start): notice for notice in notices}
    return tuple(sorted(unique.values(), key=lambda notice: (notice.span.start, notice.message)))


def _first(notices: Iterator[Notice]) -> Iterator[Notice]:
    """Iterate over the first notices of a kind, and say where there are more."""
    yield from islice(notices, _MOST_OF_A_KIND)
    for following in islice(notices, 1):
        yield Notice("eksctl refuses more than this here, which is not listed", following.span)


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
    if error.validator == "pattern" and isinstance(error.schema, dict) and "description" in error.schema:
        return f'is "{error.instance}", {error.schema["description"]}'
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


_HOLDERS = {
    "metadata": "ClusterMeta",
    "vpc": "ClusterVPC",
    "kubernetesNetworkConfig": "KubernetesNetworkConfig",
    "autoModeConfig": "AutoModeConfig",
    "addonsConfig": "AddonsConfig",
    "karpenter": "Karpenter",
    "addons": "Addon",
    "fargateProfiles": "FargateProfile",
    "nodeGroups": "NodeGroup",
    "managedNodeGroups": "ManagedNodeGroup",
}
"""The sections whose settings are looked at, and the type of each, or of each of their items."""


def _unheard_of(root: Mapping, found: dict[str, Any]) -> Iterator[Notice]:
    """Iterate over the settings that eksctl refuses because it knows none of that name (pkg/eks/api.go:222)."""
    names: dict[str, list[str]] = found["$defs"]["names"]
    yield from _strangers(root, names["ClusterConfig"])
    for section, holder in _HOLDERS.items():
        value = root.get(section)
        own = found["properties"].get(section, {}).get("items", {}).get("properties", {})  # judged with the schema
        for item in value.items if isinstance(value, Sequence) else (value,):
            if isinstance(item, Mapping):
                yield from _strangers(item, {*names[holder], *own})


def _strangers(mapping: Mapping, known: Iterable[str]) -> Iterator[Notice]:
    from difflib import get_close_matches  # noqa: PLC0415 - slow to import, and only a stranger needs it

    names = list(known)
    for entry in mapping.entries:
        key = entry.key
        if isinstance(key, Scalar) and key.text not in names and HOLE not in key.text:
            close = get_close_matches(key.text, names, n=1, cutoff=_CLOSE_ENOUGH)
            hint = f"; did you mean {close[0]}?" if close else ""
            yield Notice(f"eksctl has no setting {key.text}{hint}", key.span)


def _twice(root: Node) -> Iterator[Notice]:
    """Iterate over keys that stand in a mapping again, which eksctl refuses (pkg/eks/api.go:222)."""
    seen: set[int] = set()
    pending: list[Node] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Scalar) or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Sequence):
            pending += node.items
            continue
        pending += [entry.value for entry in node.entries]
        for entry in node.duplicates:
            if isinstance(entry.key, Scalar):
                yield Notice(f"{entry.key.text} is set again further down, which eksctl refuses", entry.key.span)


def _same_names(root: Mapping) -> Iterator[Notice]:
    """Iterate over names that another node group has (pkg/apis/eksctl.io/v1alpha5/validation.go:251)."""
    names: set[str] = set()
    for group in _groups(root):
        name = scalar(group, "name")
        if name is None or unknown_in(name) is not None:
            continue
        if name.text in names:
            yield Notice(f"another node group is called {name.text} too, which eksctl refuses", name.span)
        names.add(name.text)


def _sizes(root: Mapping) -> Iterator[Notice]:
    """Iterate over sizes that contradict each other (pkg/apis/eksctl.io/v1alpha5/validation.go:1421)."""
    for group in _groups(root):
        for less, more in (("minSize", "desiredCapacity"), ("desiredCapacity", "maxSize"), ("minSize", "maxSize")):
            low, high = (scalar(group, name) for name in (less, more))
            if low is None or high is None:
                continue
            numbers = [low.integer(), high.integer()]
            if not all(isinstance(number, Known) for number in numbers):
                continue
            least, most = (number.need() for number in numbers if number is not None)
            if least > most:
                yield Notice(f"{less} is {least}, above the {more} of {most}, which eksctl refuses", low.span)
                break


def _groups(root: Mapping) -> Iterator[Mapping]:
    for section in GROUP_SECTIONS:
        yield from (node for node in items(root, section) if isinstance(node, Mapping))
