"""The argument that a function hands on, for each function that does no more than that."""

from __future__ import annotations

from collections.abc import Callable

from podroom.evaluation.conversion import key_of
from podroom.evaluation.equality import fingerprint
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.terms import ListTerm, MapTerm, Null, ObjectTerm, SetTerm, Term, TupleTerm
from podroom.positions import Document
from podroom.sources.hcl.syntax import Call

Step = str | int


def into_call(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    """Return the place that a call hands on, None if it makes the value itself."""
    name = node.name.removeprefix("core::")
    if not node.arguments or node.expand:
        return None
    if name in _SAME:
        return Place(node.arguments[0], scope, path)
    chooser = _CHOOSERS.get(name)
    return chooser(node, scope, path) if chooser else None


_SAME = frozenset(
    {
        "tostring",
        "tonumber",
        "tobool",
        "tolist",
        "tomap",
        "sensitive",
        "nonsensitive",
        "trimspace",
        "chomp",
    }
)


def _first_with_value(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    for argument in node.arguments:
        scope.budget.trying += 1
        try:
            evaluate(argument, scope)
        except EvaluationFailure:
            continue
        finally:
            scope.budget.trying -= 1
        return Place(argument, scope, path)
    return None


def _first_set(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    for argument in node.arguments:
        value = evaluate(argument, scope)
        if not isinstance(value, Null) and value != "":
            return Place(argument, scope, path)
    return None


def _first_filled(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    for argument in node.arguments:
        value = evaluate(argument, scope)
        if not isinstance(value, TupleTerm | ListTerm) or value.items:
            return Place(argument, scope, path)
    return None


def _into_file(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    """Follow a part of a decoded file into the file."""
    if not path:
        return None
    from podroom.evaluation.decoded_files import place_in_file  # noqa: PLC0415 - few projects decode files
    from podroom.evaluation.provenance import follow  # noqa: PLC0415 - the two lead into each other

    read = follow(Place(node.arguments[0], scope))
    call = read.expression
    if (
        read.path
        or not isinstance(call, Call)
        or call.name.removeprefix("core::") != "file"
        or len(call.arguments) != 1
    ):
        return None
    name = evaluate(call.arguments[0], read.scope)
    document = read.scope.resolver.read_file(name) if isinstance(name, str) else None
    return place_in_file(document, path, read.scope) if isinstance(document, Document) else None


def _into_lookup(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    source, key = evaluate(node.arguments[0], scope), evaluate(node.arguments[1], scope)
    if not isinstance(key, str) or not isinstance(source, MapTerm | ObjectTerm):
        return None
    if key in source.entries:
        return Place(node.arguments[0], scope, (key, *path))
    return Place(node.arguments[2], scope, path) if len(node.arguments) > 2 else None


def _into_merge(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    if not path:
        return None
    for argument in reversed(node.arguments):
        value = evaluate(argument, scope)
        if isinstance(value, MapTerm | ObjectTerm) and path[0] in value.entries:
            return Place(argument, scope, path)
    return None


def _into_concat(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    if not path or not isinstance(path[0], int):
        return None
    position = path[0]
    for argument in node.arguments:
        value = evaluate(argument, scope)
        if not isinstance(value, TupleTerm | ListTerm) or value.rest:
            return None
        if position < len(value.items):
            return Place(argument, scope, (position, *path[1:]))
        position -= len(value.items)
    return None


def _into_element(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    source, index = (evaluate(argument, scope) for argument in node.arguments[:2])
    if isinstance(source, TupleTerm | ListTerm) and isinstance(index, int) and source.items and not source.rest:
        return Place(node.arguments[0], scope, (index % len(source.items), *path))
    return None


def _into_slice(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    start = evaluate(node.arguments[1], scope)
    if path and isinstance(path[0], int) and isinstance(start, int):
        return Place(node.arguments[0], scope, (start + path[0], *path[1:]))
    return None


def _by_value(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    """Follow functions that drop or reorder members: the member is the one with the same value."""
    if not path or not isinstance(path[0], int):
        return None
    result, source = evaluate(node, scope), evaluate(node.arguments[0], scope)
    if not isinstance(result, TupleTerm | ListTerm | SetTerm) or path[0] >= len(result.items):
        return None
    wanted = fingerprint(result.items[path[0]])
    if isinstance(source, TupleTerm | ListTerm | SetTerm):
        for at, item in enumerate(source.items):
            if fingerprint(item) == wanted:
                return Place(node.arguments[0], scope, (at, *path[1:]))
    return None


def _into_flatten(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    if not path or not isinstance(path[0], int):
        return None
    position = path[0]
    trail: list[Step] = []

    def find(term: Term) -> bool:
        nonlocal position
        if not isinstance(term, TupleTerm | ListTerm | SetTerm):
            position -= 1
            return position < 0
        for at, item in enumerate(term.items):
            trail.append(at)
            if find(item):
                return True
            trail.pop()
        return False

    return Place(node.arguments[0], scope, (*trail, *path[1:])) if find(evaluate(node.arguments[0], scope)) else None


def _into_values(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    source = evaluate(node.arguments[0], scope)
    if path and isinstance(path[0], int) and isinstance(source, MapTerm | ObjectTerm):
        keys = list(source.entries)
        if path[0] < len(keys):
            return Place(node.arguments[0], scope, (keys[path[0]], *path[1:]))
    return None


def _into_zipmap(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    keys = evaluate(node.arguments[0], scope)
    if path and isinstance(keys, TupleTerm | ListTerm):
        names = [key_of(item) for item in keys.items]
        if path[0] in names:
            return Place(node.arguments[1], scope, (names.index(str(path[0])), *path[1:]))
    return None


_CHOOSERS: dict[str, Callable[[Call, Scope, tuple[Step, ...]], Place | None]] = {
    "try": _first_with_value,
    "coalesce": _first_set,
    "coalescelist": _first_filled,
    "lookup": _into_lookup,
    "yamldecode": _into_file,
    "jsondecode": _into_file,
    "merge": _into_merge,
    "concat": _into_concat,
    "element": _into_element,
    "slice": _into_slice,
    "compact": _by_value,
    "distinct": _by_value,
    "toset": _by_value,
    "sort": _by_value,
    "reverse": _by_value,
    "flatten": _into_flatten,
    "values": _into_values,
    "zipmap": _into_zipmap,
    "one": lambda node, scope, path: Place(node.arguments[0], scope, (0, *path)),
}
