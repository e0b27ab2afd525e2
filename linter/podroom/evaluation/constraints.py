"""Type constraints of variables: `map(object({ size = optional(number, 1) }))`."""

from __future__ import annotations

from collections.abc import Callable

from podroom.evaluation.conversion import unify
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.keys import find
from podroom.evaluation.terms import ListTerm, MapTerm, Null, ObjectTerm, SetTerm, Term, TupleTerm, type_of
from podroom.evaluation.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from podroom.records import dataclass, field
from podroom.sources.hcl.syntax import (
    Call,
    Expression,
    Literal,
    ObjectConstructor,
    Parentheses,
    Reference,
    TupleConstructor,
)

_PRIMITIVES: dict[str, Type] = {
    "string": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "any": DYNAMIC,
    "list": ListType(DYNAMIC),
    "set": SetType(DYNAMIC),
    "map": MapType(DYNAMIC),
}
_QUOTED: dict[str, Type] = {"list": ListType(STRING), "map": MapType(STRING)}
_COLLECTIONS: dict[str, Callable[[Type], Type]] = {"list": ListType, "set": SetType, "map": MapType}
_DEEPEST = 60


@dataclass(slots=True)
class Defaults:
    """The defaults of `optional()` attributes; `element` is about the members of a collection."""

    values: dict[str, tuple[Term, Expression]] = field(default_factory=dict)
    children: dict[str, Defaults] = field(default_factory=dict)
    element: Defaults | None = None


@dataclass(frozen=True, slots=True)
class Constraint:
    """A type and the defaults that go with it."""

    type: Type
    defaults: Defaults | None = None


ANY = Constraint(DYNAMIC)


def read_constraint(node: Expression, evaluate: Callable[[Expression], Term], depth: int = 0) -> Constraint:
    """Return the constraint that an expression writes; raise `EvaluationFailure` if it is none."""
    if depth > _DEEPEST:
        raise EvaluationFailure("the type is nested more deeply than podroom follows")
    if isinstance(node, Parentheses):
        return read_constraint(node.inner, evaluate, depth + 1)
    if isinstance(node, Reference) and node.name in _PRIMITIVES:
        return Constraint(_PRIMITIVES[node.name])
    if isinstance(node, Literal) and isinstance(node.value, str) and node.value in _PRIMITIVES:
        kind = _PRIMITIVES[node.value]  # quoted, as Terraform 0.11 wrote it: list and map are of strings
        return Constraint(_QUOTED.get(node.value, kind))
    if isinstance(node, Call) and len(node.arguments) == 1:
        argument = node.arguments[0]
        if node.name in _COLLECTIONS:
            inner = read_constraint(argument, evaluate, depth + 1)
            defaults = Defaults(element=inner.defaults) if inner.defaults else None
            return Constraint(_COLLECTIONS[node.name](inner.type), defaults)
        if node.name == "object" and isinstance(argument, ObjectConstructor):
            return _object(argument, evaluate, depth)
        if node.name == "tuple" and isinstance(argument, TupleConstructor):
            return _tuple(argument, evaluate, depth)
    raise EvaluationFailure("this is no type that Terraform knows")


def _tuple(node: TupleConstructor, evaluate: Callable[[Expression], Term], depth: int) -> Constraint:
    elements = [read_constraint(item, evaluate, depth + 1) for item in node.items]
    defaults = Defaults(children={str(at): element.defaults for at, element in enumerate(elements) if element.defaults})
    return Constraint(TupleType(tuple(element.type for element in elements)), defaults if defaults.children else None)


def _object(node: ObjectConstructor, evaluate: Callable[[Expression], Term], depth: int) -> Constraint:
    attributes: dict[str, Type] = {}
    optional: set[str] = set()
    defaults = Defaults()
    for item in node.items:
        name = _attribute_name(item.key)
        value = item.value
        if isinstance(value, Call) and value.name == "optional" and value.arguments:
            optional.add(name)
            inner = read_constraint(value.arguments[0], evaluate, depth + 1)
            if len(value.arguments) > 1:
                defaults.values[name] = (evaluate(value.arguments[1]), value.arguments[1])
        else:
            inner = read_constraint(value, evaluate, depth + 1)
        attributes[name] = inner.type
        if inner.defaults:
            defaults.children[name] = inner.defaults
    used = defaults if defaults.values or defaults.children else None
    return Constraint(ObjectType(attributes, frozenset(optional)), used)


def _attribute_name(key: Expression) -> str:
    if isinstance(key, Reference):
        return key.name
    if isinstance(key, Literal) and isinstance(key.value, str):
        return key.value
    raise EvaluationFailure("an attribute of an object type must have a plain name")


def apply_defaults(defaults: Defaults | None, term: Term) -> Term:
    """Return the value with what is missing or null in its objects replaced by their defaults."""
    if defaults is None or isinstance(term, Null):
        return term
    if isinstance(term, TupleTerm):
        items = [
            apply_defaults(defaults.children.get(str(at), defaults.element), item) for at, item in enumerate(term.items)
        ]
        return TupleTerm(items, term.rest)
    if isinstance(term, ListTerm | SetTerm):
        items = [apply_defaults(defaults.element, item) for item in term.items]
        kind = unify([type_of(item) for item in items]) if items else term.element
        # A list here only carries the members: the conversion that follows makes it what it shall be.
        return TupleTerm(items, term.rest) if kind is None else ListTerm(kind, items, term.rest)
    if isinstance(term, MapTerm | ObjectTerm):
        entries = {
            key: apply_defaults(defaults.children.get(key, defaults.element), value)
            for key, value in term.entries.items()
        }
        if not term.rest:
            for name, (value, _) in defaults.values.items():
                given = entries[name] if name in entries else find(term, name)
                if given is None or isinstance(given, Null):
                    entries[name] = apply_defaults(defaults.children.get(name), value)
        return ObjectTerm(entries, term.rest)
    return term
