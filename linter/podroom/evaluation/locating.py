"""Where a name of a module gets its value: the place that supplies it, and the resource that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podroom.evaluation.bodies import BodyReader
from podroom.evaluation.expansion import Repetition
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.module_calls import AbsentModule
from podroom.evaluation.resources import ResourceInstance
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.terms import ListTerm, MapTerm, ObjectTerm, TupleTerm
from podroom.sources.hcl.syntax import Expression, GetAttribute, GetIndex, Reference

if TYPE_CHECKING:
    from podroom.evaluation.modules import Module


def locate(module: Module, name: str, steps: tuple[str | int, ...]) -> Place | None:
    """Return the place that supplies a declared value, and the steps into it."""
    if not steps or not isinstance(steps[0], str):
        return None
    second, rest = steps[0], steps[1:]
    if name == "local":
        found = module.declarations.locals.get(second)
        return None if found is None else Place(found[0].expression, module.scope(found[1]), rest)
    if name == "var":
        return _locate_variable(module, second, rest)
    if name == "module":
        return _locate_output(module, second, rest)
    owner = _owner(module, name, steps)
    if owner is None:
        return None
    instance, remaining = owner
    if not remaining or not isinstance(remaining[0], str):
        return None
    place = instance.place_of(remaining[0])
    return None if place is None else Place(place.expression, place.scope, remaining[1:])


def _locate_variable(module: Module, name: str, steps: tuple[str | int, ...]) -> Place | None:
    variable = module.variable(name)
    chosen = variable.chosen() if variable else None
    if variable is None or chosen is None:
        return None
    if steps and not _leads_somewhere(chosen, steps):
        return variable.optional_default(steps)
    return Place(chosen.expression, chosen.scope, steps)


def _locate_output(module: Module, name: str, steps: tuple[str | int, ...]) -> Place | None:
    if name not in module.declarations.calls:
        return None
    child, remaining = _pick(module.children(name), module.call_instances(name), steps)
    if child is None or isinstance(child, AbsentModule) or not remaining or not isinstance(remaining[0], str):
        return None
    declaration = child.declarations.outputs.get(remaining[0])
    found = declaration.body.attributes.get("value") if declaration else None
    return None if found is None else Place(found[0].expression, child.scope(found[1]), remaining[1:])


def _owner(
    module: Module, name: str, steps: tuple[str | int, ...]
) -> tuple[ResourceInstance, tuple[str | int, ...]] | None:
    if name == "resource" and steps:
        name, steps = str(steps[0]), steps[1:]
    mode = name if name in {"data", "ephemeral"} else "managed"
    names = (name, *steps) if mode == "managed" else steps
    if len(names) < 2:
        return None
    kind, second, remaining = str(names[0]), str(names[1]), names[2:]
    if (mode, kind, second) not in module.declarations.resources:
        return None
    instances = module.instances(mode, kind, second)
    if len(instances) == 1 and instances[0].key is None:
        return instances[0], remaining
    if not remaining:
        return None
    found = next((instance for instance in instances if instance.key == remaining[0]), None)
    return None if found is None else (found, remaining[1:])


def owner_of(module: Module, node: Expression, scope: Scope) -> tuple[str, str] | None:
    """Return the resource and attribute that an expression refers to, if it does so directly."""
    steps: list[str | int] = []
    root = node
    while isinstance(root, GetAttribute | GetIndex):
        if isinstance(root, GetAttribute):
            steps.append(root.name)
        else:
            try:
                key = evaluate(root.key, scope)
            except EvaluationFailure:
                return None
            if isinstance(key, bool) or not isinstance(key, str | int):
                return None
            steps.append(key)
        root = root.source
    if not isinstance(root, Reference) or root.name in scope.names or root.name in {"var", "local", "module"}:
        return None
    owner = _owner(module, root.name, tuple(reversed(steps)))
    if owner is None or len(owner[1]) != 1:
        return None
    return owner[0].address, str(owner[1][0])


def _pick(
    children: list[Module | AbsentModule],
    repetitions: list[tuple[Repetition, BodyReader]],
    steps: tuple[str | int, ...],
) -> tuple[Module | AbsentModule | None, tuple[str | int, ...]]:
    """Return the instance that the first step names (or the only one), and the remaining steps."""
    if len(children) == 1 and repetitions[0][0].key is None:
        return children[0], steps
    for child, (repetition, _) in zip(children, repetitions, strict=False):
        if steps and repetition.key == steps[0]:
            return child, steps[1:]
    return None, steps


def _leads_somewhere(place: Place, steps: tuple[str | int, ...]) -> bool:
    """Return whether a value as it was given holds something at the end of some steps."""
    try:
        term = evaluate(place.expression, place.scope)
    except EvaluationFailure:
        return False
    for step in steps:
        if isinstance(term, MapTerm | ObjectTerm):
            if step not in term.entries:
                return False
            term = term.entries[str(step)]
        elif isinstance(term, TupleTerm | ListTerm) and isinstance(step, int):
            if step >= len(term.items):
                return False
            term = term.items[step]
        else:
            return True
    return True
