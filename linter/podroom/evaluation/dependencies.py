"""The order in which Terraform makes resources: which one waits for which other.

A resource waits for everything that its block refers to, directly, through locals, variables and outputs, and for what
`depends_on` names, of its own or of the module calls around it.  References are taken as written: whatever a condition
decides, Terraform waits for both branches.
https://developer.hashicorp.com/terraform/internals/graph
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from podroom.evaluation.declarations import Declaration
from podroom.evaluation.resources import ResourceInstance
from podroom.sources.hcl.syntax import Attribute, Block, GetAttribute, GetIndex, Reference

if TYPE_CHECKING:
    from podroom.evaluation.modules import Module

Path: TypeAlias = tuple[str, ...]
Declared: TypeAlias = tuple[str, str, str]
"""Mode (`managed` or `data`), type and name of a declared resource."""


class Dependencies:
    """Answers what resources wait for, over the modules of one root; each module is looked at once."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._waits: dict[tuple[int, Declared], dict[tuple[int, Declared], tuple[Module, Declared]]] = {}
        self._written: dict[int, tuple[object, list[Path]]] = {}

    def waits_for(self, resource: ResourceInstance) -> Iterator[tuple[Module, Declared]]:
        """Iterate over everything that must be there before a resource is made."""
        own = (resource.mode, resource.type, resource.name)
        seen = {(id(resource.module), own)}
        pending = [(resource.module, own)]
        while pending:
            module, declared = pending.pop()
            for key, found in self._direct(module, declared).items():
                if key not in seen:
                    seen.add(key)
                    pending.append(found)
                    yield found

    def cycle_of(self, resource: ResourceInstance) -> list[tuple[Module, Declared]]:
        """Return the resources of a shortest circle in which a resource waits for itself; nothing if there is none."""
        own = (resource.mode, resource.type, resource.name)
        start = (id(resource.module), own)
        came_from: dict[tuple[int, Declared], list[tuple[Module, Declared]]] = {start: [(resource.module, own)]}
        pending = [(resource.module, own)]
        for module, declared in pending:
            path = came_from[id(module), declared]
            for key, found in self._direct(module, declared).items():
                if key == start:
                    return path
                if key not in came_from:
                    came_from[key] = [*path, found]
                    pending.append(found)
        return []

    def _direct(self, module: Module, declared: Declared) -> dict[tuple[int, Declared], tuple[Module, Declared]]:
        key = (id(module), declared)
        if key not in self._waits:
            declaration = module.declarations.resources[declared]
            found = self._resolve(module, self._of_declaration(declaration))
            outer: Module = module
            while outer.call is not None:
                attributes = outer.call.declaration.body.attributes
                names = [attributes[name][0] for name in ("depends_on", "for_each", "count") if name in attributes]
                outer = outer.call.module
                found += self._resolve(
                    outer, [path for attribute in names for path in self._names(attribute.expression)]
                )
            self._waits[key] = {(id(owner), name): (owner, name) for owner, name in found}
        return self._waits[key]

    def _resolve(self, module: Module, paths: Iterable[Path]) -> list[tuple[Module, Declared]]:
        """Return the resources that names lead to, through locals, variables and outputs."""
        found: list[tuple[Module, Declared]] = []
        pending = [(module, path) for path in paths]
        seen: set[tuple[int, Path]] = set()
        while pending:
            owner, path = pending.pop()
            if len(path) < 2 or (id(owner), path[:3]) in seen:
                continue
            seen.add((id(owner), path[:3]))
            first, second = path[:2]
            declarations = owner.declarations
            if first == "local" and second in declarations.locals:
                pending += [(owner, inner) for inner in self._names(declarations.locals[second][0].expression)]
            elif first == "var" and owner.call is not None:
                given = owner.call.declaration.body.attributes.get(second)
                caller = owner.call.module
                pending += [(caller, inner) for inner in self._names(given[0].expression)] if given is not None else []
            elif first == "module" and second in declarations.calls:
                for child in owner.modules_called(second):
                    output = child.declarations.outputs.get(path[2]) if len(path) > 2 else None
                    if output is not None:
                        pending += [(child, inner) for inner in self._of_declaration(output)]
                    elif len(path) == 2:
                        found += [(below, name) for below in child.walk() for name in below.declarations.resources]
            elif first == "resource":
                pending.append((owner, path[1:]))
            elif len(path) > 2 and (first, second, path[2]) in declarations.resources:
                found.append((owner, (first, second, path[2])))
            elif ("managed", first, second) in declarations.resources:
                found.append((owner, ("managed", first, second)))
        return found

    def _of_declaration(self, declaration: Declaration) -> list[Path]:
        body = declaration.body
        parts: list[object] = [attribute.expression for attribute, _ in body.attributes.values()]
        return [path for part in (*parts, *(block for block, _ in body.blocks)) for path in self._names(part)]

    def _names(self, part: object) -> list[Path]:
        """Return the names in an expression or block, which is walked once for all resources and module instances."""
        known = self._written.get(id(part))
        if known is None:
            # The part is kept beside its names: as long as it lives, no other has its id.
            known = self._written[id(part)] = (part, list(_paths(part)))
        return known[1]


def _paths(part: object) -> Iterator[Path]:
    """Iterate over the names in an expression or block, indexes left out: `module.vpc.ids` for `module.vpc[0].ids`."""
    pending = [part]
    while pending:
        node = pending.pop()
        if isinstance(node, GetAttribute | GetIndex):
            names: list[str] = []
            step: object = node
            while isinstance(step, GetAttribute | GetIndex):
                if isinstance(step, GetAttribute):
                    names.append(step.name)
                else:
                    pending.append(step.key)
                step = step.source
            if isinstance(step, Reference):
                yield (step.name, *reversed(names))
            else:
                pending.append(step)
        elif isinstance(node, list):
            pending += node
        elif isinstance(node, Block):
            pending += [node.body.attributes, node.body.blocks]
        elif isinstance(node, Attribute):
            pending.append(node.expression)
        elif hasattr(node, "start"):
            slots: tuple[str, ...] = getattr(type(node), "__slots__", ())
            pending += [getattr(node, name) for name in slots]
