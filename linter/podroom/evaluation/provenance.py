"""The place that a person would change to change a value.

A value is followed back, on demand, through the expressions that only hand it on: references, module
arguments, `try`, `lookup`, `merge` and the like.  Where a value is really made (by arithmetic, by a
string with holes, by a function that computes), that expression is the place.
"""

from __future__ import annotations

from collections.abc import Callable

from podroom.evaluation.conversion import key_of
from podroom.evaluation.equality import fingerprint
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.members import members_of
from podroom.evaluation.provenance_of_calls import into_call
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.terms import (
    ListTerm,
    PartialStr,
    SetTerm,
    Sym,
    SymbolicKey,
    Term,
    TupleTerm,
)
from podroom.positions import Span
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
        return into_call(node, scope, path)
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
        key = item.key.name if isinstance(item.key, Reference) else key_of(evaluate(item.key, scope))
        if key == str(step):
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
        wanted = str(position) if node.key is None else key_of(evaluate(node.key, inner))
        if wanted != str(path[0]):
            continue
        if isinstance(key, int | str | Sym | PartialStr) and not isinstance(key, bool):
            member = Place(node.collection, scope, (_member_step(node, scope, key),))
            inner = inner.located({node.value_name: bound(member)})
        remaining = path[1:]
        if node.group:
            remaining = remaining[1:]
        return Place(node.value, inner, remaining)
    return None


def _member_step(node: For, scope: Scope, key: Step | Sym | PartialStr) -> Step:
    """Return the step to a member of the collection; a set's members are told by position."""
    collection = evaluate(node.collection, scope)
    if isinstance(collection, SetTerm):
        wanted = fingerprint(key)
        return next((at for at, item in enumerate(collection.items) if fingerprint(item) == wanted), 0)
    return key if isinstance(key, str | int) else SymbolicKey.of(key)


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
