"""Modules that are not the user's own: those that podroom supplies itself, and those that were downloaded."""

from __future__ import annotations

from collections.abc import Callable

from podroom.evaluation.declarations import Declaration, Declarations, DeclaredBody, read_declarations
from podroom.evaluation.expansion import Repetition
from podroom.evaluation.provenance import counted, entry
from podroom.evaluation.scope import Place, Scope
from podroom.model.world import IgnoredKind
from podroom.positions import Document, Span, SuppliedDocument
from podroom.records import dataclass, replace
from podroom.sources.hcl.syntax import Expression, ParsedFile


@dataclass(frozen=True, slots=True)
class Unheeded:
    """An argument that a module does not heed: the way to it, `*` standing for every key of a map.

    `unless` are arguments beside it, each with a pattern: where one has a text that matches, the argument is heeded
    after all.  `only` is one beside it with a pattern that its text must match, and the text that it has if nobody
    gives it.  `alone` is the argument beside it that counts instead where this one is a list of exactly one member,
    and its default.  `defaults` names the argument that holds what all entries have in common.  `nodes` is the address
    below the call of the node group that it is for, `{}` standing for its key, None if it is for none.  `instead` is
    what to write, `{}` standing for the value as it is written, `MAX_PODS` for the max pods in it and `ONE_TYPE` for
    the instance type in it.
    """

    way: tuple[str, ...]
    reason: str
    unless: tuple[tuple[str, str], ...] = ()
    defaults: str = ""
    nodes: str | None = None
    kind: IgnoredKind = IgnoredKind.DROPPED
    only: tuple[str, str, str] | None = None
    alone: tuple[str, str] | None = None
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class SuppliedModule:
    """A well-known module, restated as far as it bears on pods.

    `supplier` is what a person calls it ("terraform-aws-modules/eks/aws v20"), `reference` the address
    of the original, `unheeded` what of its arguments does nothing.  `read` gives the text, parsed.
    """

    supplier: str
    reference: str
    read: Callable[[], ParsedFile]
    unheeded: tuple[Unheeded, ...] = ()

    def declarations(self, place: Span) -> Declarations:
        """Return what the module declares where it stands for `place`, a call in the user's files."""
        file = self.read()
        document = standing_for(file.document, self.supplier, place, self.reference)
        return read_declarations([replace(file, document=document)])


def declarations_of(files: list[ParsedFile], source: str, place: Span) -> Declarations:
    """Return what a downloaded module declares where it stands for `place`, its call in the user's files."""
    return read_declarations([replace(file, document=standing_for(file.document, source, place)) for file in files])


def standing_for(document: Document, supplier: str, place: Span, reference: str | None = None) -> SuppliedDocument:
    """Return a text that is not the user's own, so that what is said of it is shown at `place`."""
    return SuppliedDocument(
        document.path, document.text, place=place.shown, supplier=supplier, reference=reference or document.path
    )


def standing_for_entry(
    declaration: Declaration, repetition: Repetition, scope: Scope, source: Expression | None
) -> Declaration:
    """Return a repeated block of a supplied module so that it stands for what the user wrote it for.

    That is the entry of the map or list that the block is repeated for: `blue = {...}` for the node
    group "blue".  A block of the user's own stays as it is.
    """
    document = declaration.document
    if not isinstance(document, SuppliedDocument) or source is None:
        return declaration
    place = _repeated_for(repetition, scope, source)
    span = scope.budget.run(lambda: entry(place)) if place is not None else None
    return declaration if span is None else _at(declaration, document.at(span))


def _repeated_for(repetition: Repetition, scope: Scope, source: Expression) -> Place | None:
    if repetition.step is not None:
        return Place(source, scope, (repetition.step,))
    if isinstance(repetition.key, int):
        collection = scope.budget.run(lambda: counted(Place(source, scope)))
        return None if collection is None else replace(collection, path=(*collection.path, repetition.key))
    return None


def _at(declaration: Declaration, document: SuppliedDocument) -> Declaration:
    def moved(span: Span) -> Span:
        return Span(document, span.start, span.end)

    body = declaration.body
    return Declaration(
        declaration.labels,
        moved(declaration.header),
        moved(declaration.block),
        document,
        DeclaredBody(
            moved(body.span),
            {name: (attribute, document) for name, (attribute, _) in body.attributes.items()},
            [(block, document) for block, _ in body.blocks],
        ),
    )
