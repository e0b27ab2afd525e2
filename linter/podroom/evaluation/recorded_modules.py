"""Modules of a plan or state by itself: their resources are the instances in it, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podroom.evaluation.declarations import Declaration, Declarations, DeclaredBody
from podroom.evaluation.expansion import Repetition
from podroom.evaluation.failures import BeyondReach, EvaluationProblem
from podroom.evaluation.known_bodies import KnownBody
from podroom.evaluation.module_calls import AbsentModule, ModuleCall
from podroom.evaluation.modules import Module
from podroom.evaluation.resources import ResourceInstance
from podroom.evaluation.root import Project
from podroom.evaluation.scope import Scope
from podroom.positions import Span, SuppliedDocument
from podroom.sources.plan_places import PlanPlaces
from podroom.sources.plan_values import Calls, Hidden, Instance, RecordedValue, ResourceId
from podroom.sources.recorded import Recorded
from podroom.sources.terraform_addresses import module_address


class RecordedTree:
    """The resource instances of a plan or state by module and block, with their places in it."""

    def __init__(self, recorded: Recorded, places: PlanPlaces) -> None:
        """Take what a plan or state says, and where."""
        self.places = places
        self.blocks: dict[Calls, dict[tuple[str, str, str], list[Instance]]] = {}
        self.children: dict[Calls, dict[str, dict[Calls, None]]] = {}
        for one in recorded.instances.values():
            self.blocks.setdefault(one.calls, {}).setdefault((one.mode, one.type, one.name), []).append(one)
            for depth in range(1, len(one.calls) + 1):
                inner = one.calls[:depth]
                self.children.setdefault(inner[:-1], {}).setdefault(inner[-1][0], {})[inner] = None


class RecordedModule(Module):
    """A module instance of a plan or state."""

    def __init__(self, project: Project, tree: RecordedTree, calls: Calls = ()) -> None:
        """Make the module instance that `calls` lead to."""
        self._tree = tree
        self._calls = calls
        super().__init__(project, module_address(calls), project.root, ".")

    @property
    def places(self) -> PlanPlaces:
        """Return where the file tells of resource instances."""
        return self._tree.places

    @property
    def declarations(self) -> Declarations:
        """Return the blocks of which there are instances, without anything in them."""
        return self.once("declarations", self._declarations)

    def _declarations(self) -> Declarations:
        declared = Declarations([])
        for key, instances in self._tree.blocks.get(self._calls, {}).items():
            declared.resources[key] = self._declaration(key[1:], self._tree.places.of(instances[0].address))
        start = Span(self._tree.places.document, 0, 0)
        for name in self._tree.children.get(self._calls, {}):
            declared.calls[name] = self._declaration((name,), start)
        return declared

    @staticmethod
    def _declaration(labels: tuple[str, ...], place: Span) -> Declaration:
        return Declaration(labels, place, place, place.document, DeclaredBody(place, {}, []))

    @property
    def steps(self) -> Calls:
        """Return the calls that lead here, each with the key of its instance."""
        return self._calls

    def calls(self) -> Iterator[ModuleCall]:
        """Iterate over nothing: what calls are given is not kept."""
        return iter(())

    def instances(self, mode: str, kind: str, name: str) -> list[ResourceInstance]:
        """Return the instances of one resource."""
        key = (mode, kind, name)
        return self.once(("instances", key), lambda: self._instances(self._tree.blocks[self._calls][key]))

    def _instances(self, recorded: list[Instance]) -> list[ResourceInstance]:
        made: list[ResourceInstance] = []
        for one in recorded:
            place = self._tree.places.of(one.address)
            try:
                self.project.budget.add_instance()
            except BeyondReach as failure:
                self.note(EvaluationProblem(failure.message, place, serious=False))
                break
            declaration = self._declaration((one.type, one.name), place)
            made.append(RecordedInstance(self, declaration, one, self.scope(place.document)))
        return made

    def children(self, name: str) -> list[Module | AbsentModule]:
        """Return the instances of one called module."""
        found = self._tree.children[self._calls][name]
        return self.once(
            ("children", name), lambda: [RecordedModule(self.project, self._tree, inner) for inner in found]
        )


class RecordedInstance(ResourceInstance):
    """A resource instance of a plan or state."""

    __slots__ = ("_recorded",)

    def __init__(self, module: Module, declaration: Declaration, recorded: Instance, scope: Scope) -> None:
        """Make an instance of a module, at the place of its declaration."""
        self._recorded = recorded
        key = recorded.key
        repetition = Repetition(None, "", "") if key is None else Repetition(key, key, key)
        super().__init__(module, declaration, recorded.mode, repetition, scope)
        self.address = recorded.address

    def _known(self) -> KnownBody | None:
        settled = self.module.project.options.settled
        if settled is None:
            return None
        one = self._recorded
        return KnownBody(self.module.project, settled, one.address, one.values, whole=one.mode == "managed", alone=True)

    @property
    def withheld(self) -> bool:
        """Return whether its values were not taken, as nothing says which of them are sensitive."""
        return self._recorded.withheld

    @property
    def block_span(self) -> Span:
        """Return the values as a text that can be searched, one a line; what is sensitive is not in it."""
        text = "\n".join(_lines(self._recorded.values))
        return Span(SuppliedDocument(self.span.path, text, place=self.span, supplier="", reference=""), 0, len(text))


def _lines(values: Mapping[str, RecordedValue]) -> Iterator[str]:
    pending: list[tuple[str, RecordedValue]] = [*values.items()][::-1]
    while pending:
        name, value = pending.pop()
        if isinstance(value, dict):
            pending += [*value.items()][::-1]
        elif isinstance(value, list):
            pending += [(name, one) for one in value[::-1]]
        elif value is not None and not isinstance(value, Hidden | ResourceId):
            yield f"{name} = {value}"
