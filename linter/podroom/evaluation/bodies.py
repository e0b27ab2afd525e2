"""Reads the body of a block: attributes evaluated on demand, `dynamic` blocks resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from podroom.evaluation.declarations import DeclaredBody, block_type
from podroom.evaluation.expansion import evaluate_for_each, scope_of
from podroom.evaluation.expressions import evaluate, failed_symbol
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.operations import without_failures
from podroom.evaluation.reading import Field, unknown_of
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.terms import LazyObject, Null, ObjectTerm, Sym, Term, TupleTerm, derived
from podroom.evaluation.types import DYNAMIC
from podroom.positions import Document, Span, SuppliedDocument
from podroom.records import replace
from podroom.sources.hcl.syntax import Attribute, Block
from podroom.values import Members, Unknown

if TYPE_CHECKING:
    from podroom.evaluation.known_bodies import KnownBody
    from podroom.sources.plan_values import RecordedValue


class BodyReader:
    """A block's body.  Nothing in it is evaluated before it is asked for; a null attribute is absent."""

    __slots__ = ("_body", "_fields", "_known", "_place", "_scope", "doubt", "span")

    def __init__(
        self, body: DeclaredBody, scope: Scope, span: Span, doubt: Sym | None = None, known: KnownBody | None = None
    ) -> None:
        """Take a body and the scope of its expressions; `doubt` says why the block may not be there.

        `known` is what is known of it beside the configuration.
        """
        self._body = body
        self._scope = scope
        self._fields: dict[str, Field] = {}
        self._known = known
        self._place = span
        self.span = span.shown
        self.doubt = doubt

    @property
    def supplier(self) -> str | None:
        """Return what supplies the text of the block, None where it is the user's own."""
        document = self._scope.document
        return document.supplier if isinstance(document, SuppliedDocument) else None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the attributes that are written, null ones included."""
        return tuple(self._body.attributes)

    def attribute(self, name: str) -> Field | None:
        """Return an attribute, None if it is surely absent or null."""
        field = self.written(name)
        return None if field is None or isinstance(field.term, Null) else field

    def written(self, name: str) -> Field | None:
        """Return an attribute even if its value is null."""
        field = self._fields.get(name)
        if field is None:
            declared = self._body.attributes.get(name)
            if declared is not None:
                field = self._field(*declared)
            if self._known is not None:
                field = self._known.field(name, field, self._scope, self._place)
            if field is None:
                return None
            self._fields[name] = field
        return field

    def _field(self, attribute: Attribute, document: Document) -> Field:
        scope = self._scope.at(document)
        budget = scope.budget

        def work() -> Term:
            trying, budget.trying = budget.trying, 0
            try:
                return without_failures(evaluate(attribute.expression, scope))
            except EvaluationFailure as failure:
                return failed_symbol(failure, scope, attribute.expression)
            finally:
                budget.trying = trying

        term = budget.run(work)
        return Field(attribute.name, scope.span(attribute), term, Place(attribute.expression, scope))

    def place_of(self, name: str) -> Place | None:
        """Return the place of an attribute's expression without evaluating it, None if it is not written."""
        declared = self._body.attributes.get(name)
        return None if declared is None else Place(declared[0].expression, self._scope.at(declared[1]))

    def has_block(self, name: str) -> bool:
        """Return whether blocks of a type are written, whether or not there are any in the end."""
        return any(block_type(block) == name for block, _ in self._body.blocks)

    def blocks(self, name: str) -> Members[BodyReader]:
        """Return the nested blocks of a type; `missing` says why there may be more or fewer."""
        readers: list[BodyReader] = []
        missing: list[Unknown] = []
        for block, document in self._body.blocks:
            if block.type == name:
                span = Span(document, block.start, block.end)
                readers.append(BodyReader(DeclaredBody.of(block.body, document), self._scope.at(document), span))
            elif block.type == "dynamic" and block_type(block) == name:
                self._add_dynamic(block, document, readers, missing)
        written = Members(tuple(readers), tuple(missing))
        return written if self._known is None else self._known.blocks(name, written, self._scope, self._place)

    def known_as(self, known: KnownBody, *, surely: bool) -> BodyReader:
        """Return the same block with what is known of it; `surely` that it is there."""
        return BodyReader(self._body, self._scope, self._place, None if surely else self.doubt, known)

    def may_be(self, known: Mapping[str, RecordedValue]) -> bool:
        """Return whether nothing that is written in the block speaks against these values."""
        from podroom.evaluation.settled import agrees  # noqa: PLC0415 - only with a plan or a state

        for name in self._body.attributes:
            field = self.written(name)
            if field is not None and name in known and not agrees(field.term, known[name]):
                return False
        return True

    def block(self, name: str) -> BodyReader | None:
        """Return the first nested block of a type, for blocks that may stand once."""
        return next(iter(self.blocks(name)), None)

    def _add_dynamic(self, block: Block, document: Document, readers: list[BodyReader], missing: list[Unknown]) -> None:
        scope = self._scope.at(document)
        attributes = {attribute.name: attribute for attribute in block.body.attributes}
        content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
        span = Span(document, block.start, block.header_end)
        if "for_each" not in attributes or content is None:
            missing.append(Unknown("a dynamic block lacks for_each or content", span))
            return
        source = attributes["for_each"].expression
        iterator = attributes["iterator"].expression if "iterator" in attributes else None
        name = getattr(iterator, "name", None) or block.labels[0].value
        try:
            expansion = scope.budget.run(lambda: evaluate_for_each(source, scope))
        except EvaluationFailure as failure:
            symbol = failed_symbol(failure, scope, source)
            missing.append(unknown_of(symbol, span))
            return
        place = Span(document, content.start, content.end)
        for repetition in expansion.repetitions:
            value = ObjectTerm({"key": repetition.each_key, "value": repetition.each_value})
            inner = scope_of(scope, repetition, source, {name: value}, name)
            readers.append(BodyReader(DeclaredBody.of(content.body, document), inner, place, repetition.doubt))
            if repetition.doubt is not None:
                missing.append(unknown_of(repetition.doubt, span))
        missing.extend(unknown_of(symbol, span) for symbol in expansion.rest)


class NestedBlock(LazyObject):
    """A nested block of a resource, as an expression sees it: an object."""

    __slots__ = ("_body", "_owner", "address")

    def __init__(self, address: str, owner: LazyObject, body: BodyReader) -> None:
        """Take the body and the address that an attribute in it is called by."""
        self.address = address
        self._owner = owner
        self._body = body

    def attribute(self, name: str) -> Term:
        """Return a written attribute, else an unknown that the provider decides."""
        if self._body.has_block(name):
            return block_list(f"{self.address}.{name}", self._owner, self._body.blocks(name))
        field = self._body.attribute(name)
        if field is not None:
            return field.term
        owner = self._owner.symbol()
        shown = f"{self.address}.{name}"
        return replace(
            owner,
            name=shown,
            refs=(shown,),
            reason=f"{shown} is known only after apply",
            attribute=shown[len(owner.owner) + 1 :],
            nonnull=False,
            filled=False,
        )

    def names(self) -> None:
        """Return None: the provider adds attributes."""
        return

    def symbol(self) -> Sym:
        """Return the block as a whole, as something unknown."""
        return derived(DYNAMIC, self._owner.symbol())


def block_list(address: str, owner: LazyObject, blocks: Members[BodyReader]) -> Term:
    """Return nested blocks as the list of objects that an expression sees."""
    rest = tuple(Sym(DYNAMIC, unknown.reason, unknown.refs) for unknown in blocks.missing)
    items = [NestedBlock(f"{address}[{at}]", owner, body) for at, body in enumerate(blocks.items)]
    return TupleTerm(items, rest)
