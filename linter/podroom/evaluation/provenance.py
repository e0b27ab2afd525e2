"""The place that a person would change to change a value.

A value is followed back, on demand, through the expressions that only hand it on: references, module
arguments, `try`, `lookup`, `merge` and the like.  Where a value is really made (by arithmetic, by a
string with holes, by a function that computes), that expression is the place.
"""

from __future__ import annotations

from collections.abc import Callable

from podroom.evaluation.equality import fingerprint
from podroom.evaluation.expressions import evaluate, members_of
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.scope import Scope
from podroom.evaluation.terms import (
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
)
from podroom.positions import Span
from podroom.records import dataclass
from podroom.sources.hcl.syntax import (
    Call,
    Conditional,
    Expression,
    For,
    GetAttribute,
    GetIndex,
    Interpolation,
    Literal,
    ObjectConstructor,
    ObjectItem,
    Parentheses,
    Reference,
    Splat,
    Template,
    TemplateText,
    TupleConstructor,
)

Step = str | int
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Place:
    """An expression in its scope, and the steps from its value to the value in question."""

    expression: Expression
    scope: Scope
    path: tuple[Step, ...] = ()

    @property
    def span(self) -> Span:
        """Return where the expression stands."""
        return self.scope.span(self.expression)


def follow(place: Place) -> Place:
    """Return the place that supplies the value of a place: as far back as it is only handed on."""
    current = place
    for _ in range(_LONGEST):
        further = step_back(current)
        if further is None:
            return current
        current = further
    return current


def in_user_files(place: Place) -> list[Place]:
    """Return the places in the user's own files that hand a value on, from its use to its source."""
    found: list[Place] = []
    current: Place | None = place
    for _ in range(_LONGEST):
        if current is None:
            break
        if not current.span.supplied:
            found.append(current)
        current = step_back(current)
    return found


def entry(place: Place) -> Span | None:
    """Return where the user wrote a member of a collection, None if it is not in the user's files.

    For a member of an object that is its key, which is how a person finds it.
    """
    current: Place | None = place
    for _ in range(_LONGEST):
        if current is None:
            return None
        if not current.span.supplied:
            key = _written_key(current)
            if key is not None:
                return key
            if not current.path:
                return current.span
        further = step_back(current)
        if further is None and not current.span.supplied:
            return current.span
        if isinstance(current.expression, For) and further is not None and not further.path:
            # What makes a member of its own, such as merge(defaults, value), hangs on a member all the same.
            member = step_back(Place(Reference(current.expression.value_name, 0, 0), further.scope))
            return entry(further) or (None if member is None else entry(member))
        current = further
    return None


def _written_key(place: Place) -> Span | None:
    node = place.expression
    if not isinstance(node, ObjectConstructor) or len(place.path) != 1:
        return None
    item = _item(node, place.scope, place.path[0])
    return None if item is None else Span(place.scope.document, item.key.start, item.key.end)


def counted(place: Place) -> Place | None:
    """Return the collection that a number counts, if it is the length of one."""
    current: Place | None = place
    for _ in range(_LONGEST):
        if current is None:
            return None
        node, scope = current.expression, current.scope
        if isinstance(node, Call) and node.name == "length" and len(node.arguments) == 1 and not current.path:
            return Place(node.arguments[0], scope)
        if isinstance(node, Call) and node.name == "max" and not node.expand:
            most = _value(node, scope)
            longest = next((argument for argument in node.arguments if _value(argument, scope) == most), None)
            current = None if longest is None else Place(longest, scope)
        else:
            current = step_back(current)
    return None


def _value(node: Expression, scope: Scope) -> Term | None:
    try:
        return evaluate(node, scope)
    except EvaluationFailure:
        return None


def is_constant(node: Expression) -> bool:
    """Return whether an expression is written out: it refers to nothing and computes nothing."""
    if isinstance(node, TupleConstructor):
        return all(is_constant(item) for item in node.items)
    if isinstance(node, ObjectConstructor):
        return all(is_constant(item.value) for item in node.items)
    return isinstance(node, Literal) or (
        isinstance(node, Template) and all(isinstance(part, TemplateText) for part in node.parts)
    )


def step_back(place: Place) -> Place | None:
    """Return the place that this one hands on, or None if the value is made here."""
    try:
        return _back(place)
    except EvaluationFailure:
        return None


def _back(place: Place) -> Place | None:
    node, scope, path = place.expression, place.scope, place.path
    if isinstance(node, Parentheses):
        return Place(node.inner, scope, path)
    if isinstance(node, Template) and len(node.parts) == 1 and not node.heredoc:
        only = node.parts[0]
        return Place(only.expression, scope, path) if isinstance(only, Interpolation) else None
    if isinstance(node, Conditional):
        condition = evaluate(node.condition, scope)
        if isinstance(condition, bool):
            return Place(node.then if condition else node.otherwise, scope, path)
        return None
    if isinstance(node, ObjectConstructor):
        return _into_object(node, scope, path)
    if isinstance(node, TupleConstructor):
        if path and isinstance(path[0], int) and path[0] < len(node.items):
            return Place(node.items[path[0]], scope, path[1:])
        return None
    if isinstance(node, For):
        return _into_for(node, scope, path)
    if isinstance(node, Call):
        return _into_call(node, scope, path)
    if isinstance(node, Splat):
        return _into_splat(node, scope, path)
    if isinstance(node, Reference | GetAttribute | GetIndex):
        return _through_reference(node, scope, path)
    return None


def _into_object(node: ObjectConstructor, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    item = _item(node, scope, path[0]) if path else None
    return None if item is None else Place(item.value, scope, path[1:])


def _item(node: ObjectConstructor, scope: Scope, step: Step) -> ObjectItem | None:
    for item in reversed(node.items):
        key = item.key.name if isinstance(item.key, Reference) else evaluate(item.key, scope)
        if str(key) == str(step) and not isinstance(key, Null):
            return item
    return None


def _through_reference(node: Reference | GetAttribute | GetIndex, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    names: list[Step] = []
    root: Expression = node
    while isinstance(root, GetAttribute | GetIndex):
        if isinstance(root, GetAttribute):
            names.append(root.name)
        else:
            key = evaluate(root.key, scope)
            if isinstance(key, bool) or not isinstance(key, str | int):
                return None
            names.append(key)
        root = root.source
    names.reverse()
    steps = (*names, *path)
    if not isinstance(root, Reference):
        return Place(root, scope, steps)
    if root.name in scope.names:
        return located(scope, root.name, steps)
    if scope.isolated:
        return None
    return scope.resolver.locate(root.name, steps)


def located(scope: Scope, name: str, steps: tuple[Step, ...]) -> Place | None:
    """Return the place behind a local name, if its scope remembers one."""
    origin = scope.origins.get(name)
    return origin(steps) if origin else None


def bound(place: Place) -> Callable[[tuple[Step, ...]], Place]:
    """Return the origin of a local name that stands for the value of a place."""
    return lambda steps: Place(place.expression, place.scope, (*place.path, *steps))


def _into_for(node: For, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    if not path:
        return None
    members = members_of(evaluate(node.collection, scope))
    if members is None:
        return None
    position = -1
    for key, value in members[0]:
        names = {node.value_name: value, **({node.key_name: key} if node.key_name else {})}
        inner = scope.child(names)
        if node.condition is not None and evaluate(node.condition, inner) is not True:
            continue
        position += 1
        wanted: Term = position if node.key is None else evaluate(node.key, inner)
        if str(wanted) != str(path[0]):
            continue
        if isinstance(key, str | int) and not isinstance(key, bool):
            member = Place(node.collection, scope, (_member_step(node, scope, key),))
            inner = inner.located({node.value_name: bound(member)})
        remaining = path[1:]
        if node.group:
            remaining = remaining[1:]
        return Place(node.value, inner, remaining)
    return None


def _member_step(node: For, scope: Scope, key: Step) -> Step:
    """Return the step to a member of the collection; a set's members are told by position."""
    collection = evaluate(node.collection, scope)
    if isinstance(collection, SetTerm):
        return next((at for at, item in enumerate(collection.items) if item == key), 0)
    return key


def _into_splat(node: Splat, scope: Scope, path: tuple[Step, ...]) -> Place | None:
    if not path or not isinstance(path[0], int):
        return None
    source = evaluate(node.source, scope)
    first: tuple[Step, ...] = (path[0],)
    item = source
    if isinstance(source, TupleTerm | ListTerm):
        if path[0] >= len(source.items):
            return None
        item = source.items[path[0]]
    elif isinstance(source, SetTerm):
        return None
    else:
        first = ()  # what is no list is the one member itself
    inner = scope.child({"*": item})
    names: list[Step] = []
    each: Expression = node.each
    while isinstance(each, GetAttribute | GetIndex):
        key = each.name if isinstance(each, GetAttribute) else evaluate(each.key, inner)
        if isinstance(key, bool) or not isinstance(key, str | int):
            return None
        names.append(key)
        each = each.source
    return Place(node.source, scope, (*first, *reversed(names), *path[1:]))


def _into_call(node: Call, scope: Scope, path: tuple[Step, ...]) -> Place | None:
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
        names = [item.name if isinstance(item, Sym) else item for item in keys.items]
        if path[0] in names:
            return Place(node.arguments[1], scope, (names.index(str(path[0])), *path[1:]))
    return None


_CHOOSERS: dict[str, Callable[[Call, Scope, tuple[Step, ...]], Place | None]] = {
    "try": _first_with_value,
    "coalesce": _first_set,
    "coalescelist": _first_filled,
    "lookup": _into_lookup,
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
