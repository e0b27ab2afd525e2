"""From evaluated terms to the values that the rest of the program works with."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from podroom.evaluation.conversion import convert
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.operations import over_choices, without_failures
from podroom.evaluation.provenance import entry, follow, in_user_files, is_constant, step_back
from podroom.evaluation.scope import Place
from podroom.evaluation.terms import (
    MAX_CANDIDATES,
    Choice,
    Encoded,
    Failed,
    LazyObject,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    PartialStr,
    SetTerm,
    Sym,
    SymbolicKey,
    Term,
    TupleTerm,
    derived,
    symbols,
    type_of,
)
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
    describe,
)
from podroom.patterns import pattern
from podroom.positions import Span, SuppliedDocument
from podroom.records import dataclass
from podroom.sources.hcl.syntax import Call
from podroom.values import Default, Known, Members, OneOf, Origin, Unknown, Value

if TYPE_CHECKING:
    from podroom.traced_text import TracedText

T = TypeVar("T")

_JSON_TYPES: dict[Type, str] = {STRING: "string", BOOL: "boolean", NUMBER: "number"}

_NAMING_ANOTHER = ("_id", "_ids", "_arn")
"""Attributes that name a resource beside the one that has them."""
_FOUND = pattern(r"(?:.+\.)?data\..+\.ids")
"""What data sources find: several ids, each of which stands for itself once it is known."""


def unknown_of(symbol: Sym, span: Span) -> Unknown:
    """Return why something is not known, for a person; `span` is the place if the symbol has none."""
    return Unknown(symbol.reason, (symbol.origin or span).shown, symbol.refs)


@dataclass(frozen=True, slots=True)
class Link:
    """An id, and the resource that it belongs to.

    `address` is the resource's address and `attribute` the attribute that was used (`id`); without an
    address the id is a plain text (`literal`) or not known at all (`unknown` says why).  `span` is the
    place that a person would change.
    """

    span: Span
    address: str | None = None
    attribute: str = ""
    literal: str | None = None
    unknown: Unknown | None = None


class Field:
    """An attribute, or a part of one: its value, read as what the asker needs it to be."""

    __slots__ = ("_place", "_source", "name", "span", "term")

    def __init__(self, name: str, span: Span, term: Term, place: Place) -> None:
        """Take the evaluated term of an attribute and the place of its expression."""
        self.name = name
        self.span = span.shown
        self.term = term
        self._place = place
        self._source: Place | None = None

    @property
    def place(self) -> Place:
        """Return the expression, its scope and the steps to this value."""
        return self._place

    @property
    def expression_span(self) -> Span:
        """Return where the user's files use the value."""
        if not self._place.span.supplied:
            return self._place.span
        written = self._run(lambda: in_user_files(self._place))
        return written[0].span if written else self._place.span.shown

    @property
    def origin(self) -> Span:
        """Return the place that a person would change to change the value."""
        source = self._followed().span
        if not source.supplied:
            return source
        written = self._run(lambda: in_user_files(self._place))
        return written[-1].span if written else self._place.span.shown

    @property
    def key_span(self) -> Span:
        """Return where the user wrote the key of a member of an object."""
        written = self._run(lambda: entry(self._place))
        return self.expression_span if written is None else written

    @property
    def supplier(self) -> Origin:
        """Return who supplies the value: the user at `origin`, or a module that has it as its default."""
        source = self._followed()
        document = source.scope.document
        if isinstance(document, SuppliedDocument) and is_constant(source.expression):
            return Default(document.supplier, document.reference)
        return self.origin

    def _followed(self) -> Place:
        if self._source is None:
            self._source = self._run(lambda: follow(self._place))
        return self._source

    @property
    def is_null(self) -> bool:
        """Return whether the value is surely null."""
        return isinstance(self.term, Null)

    @property
    def is_map(self) -> bool:
        """Return whether the value is surely a map or an object."""
        return _is(self.term, (MapTerm, ObjectTerm), (MapType, ObjectType))

    @property
    def is_list(self) -> bool:
        """Return whether the value is surely a list, set or tuple."""
        return _is(self.term, (TupleTerm, ListTerm, SetTerm), (TupleType, ListType, SetType))

    def symbol(self) -> str | None:
        """Return a text that is the same for the same unknown, None for what has no name.

        Of an unknown that may also be null it is the name of the unknown.
        """
        term = self.term
        if isinstance(term, Choice):
            there = [option for option in term.options if not isinstance(option, Null)]
            term = there[0] if len(there) == 1 else term
        if isinstance(term, Sym):
            return term.name or None
        named = isinstance(term, PartialStr) and all(isinstance(part, str) or part.name for part in term.parts)
        return SymbolicKey.of(term) if isinstance(term, PartialStr) and named else None

    def string(self) -> Value[str]:
        """Return the value as text."""
        return self._read(STRING, lambda term: term if isinstance(term, str) else None)

    def json_type(self) -> Known[str] | Unknown:
        """Return the type that `jsonencode` gives the value ("string", "boolean", "integer")."""
        if self.is_null:
            return Known("null", self.origin)
        kind = type_of(self.term)
        if kind is DYNAMIC:
            return self._unknown(self.term)
        if kind is NUMBER and isinstance(self.term, int):
            return Known("integer", self.origin)
        return Known(_JSON_TYPES.get(kind, "array" if self.is_list else "object"), self.origin)

    def integer(self) -> Value[int]:
        """Return the value as a whole number."""
        return self._read(NUMBER, _whole)

    def boolean(self) -> Value[bool]:
        """Return the value as a truth."""
        return self._read(BOOL, lambda term: term if isinstance(term, bool) else None)

    def _read(self, kind: Type, accept: Callable[[Term], T | None]) -> Value[T]:
        if isinstance(self.term, Null):
            return Unknown(f"{self.name} is null", self.origin)
        try:
            term = without_failures(convert(self.term, kind))
        except EvaluationFailure as failure:
            return Unknown(f"{self.name} is no {describe(kind)}: {failure.message}", self.origin)
        value = accept(term)
        if value is not None:
            return Known(value, self.supplier)
        if isinstance(term, Choice):
            candidates = [accept(option) for option in term.options if not isinstance(option, Failed | Null)]
            known = tuple(dict.fromkeys(candidate for candidate in candidates if candidate is not None))
            if None not in candidates and len(candidates) == len(term.options) and len(known) <= MAX_CANDIDATES:
                if len(known) == 1:
                    return Known(known[0], self.supplier)
                return OneOf(known, term.reason, self.origin, term.refs)
        if isinstance(term, Decimal):
            return Unknown(f"{self.name} is {term}, which is no whole number", self.origin)
        return self._unknown(term)

    def _unknown(self, term: Term) -> Unknown:
        return unknown_of(derived(DYNAMIC, term), self.origin)

    def part(self, step: str | int, term: Term) -> Field:
        """Return a part of this value as a field."""
        place = Place(self._place.expression, self._place.scope, (*self._place.path, step))
        shown = f"[{step}]" if isinstance(step, int) else f".{step}"
        return Field(f"{self.name}{shown}", self.span, term, place)

    def items(self) -> Members[Field]:
        """Return the members of a list, set or tuple."""
        return self._members(self.term)

    def _members(self, term: Term) -> Members[Field]:
        if isinstance(term, TupleTerm | ListTerm | SetTerm):
            fields = tuple(self.part(at, item) for at, item in enumerate(term.items))
            return Members(fields, tuple(unknown_of(symbol, self.origin) for symbol in term.rest))
        if isinstance(term, Null):
            return Members()
        if isinstance(term, Choice):
            return self._common_members(term)
        if isinstance(term, Sym) and isinstance(term.type, TupleType):
            return Members(tuple(self.part(at, term.member(f"[{at}]")) for at in range(len(term.type.elements))))
        if isinstance(term, Sym):
            fields = tuple(self.part(at, term.member(f"[{at}]")) for at in range(term.least))
            return Members(fields, (self._unknown(term),))
        if isinstance(term, LazyObject):
            return Members((), (self._unknown(term),))
        return Members((), (Unknown(f"{self.name} is no list but a {describe(type_of(term))}", self.origin),))

    def _common_members(self, choice: Choice) -> Members[Field]:
        """Return the members that are there in every case, each with its candidates."""
        options = [option for option in choice.options if not isinstance(option, Failed)]
        lists = [self._members(option) for option in options]
        shortest = min(len(members.items) for members in lists)
        longest = max(len(members.items) for members in lists)
        fields = []
        for at in range(shortest):
            terms = tuple(members.items[at].term for members in lists)
            term = Choice(choice.decision, terms, choice.reason, choice.refs)
            fields.append(self.part(at, over_choices([term], lambda one: one[0])))
        missing = tuple(unknown for members in lists for unknown in members.missing)
        if longest > shortest:
            missing += (Unknown(choice.reason, self.origin, choice.refs),)
        return Members(tuple(fields), missing)

    def entries(self) -> tuple[dict[str, Field], tuple[Unknown, ...]]:
        """Return the entries of a map or object by key, and why there may be more: such as entries of unknown keys."""
        fields, missing = self.every_entry()
        unsure = [key for key in fields if isinstance(key, SymbolicKey) and not key.is_own]
        if not unsure:
            return fields, missing
        unknown = tuple(unknown_of(derived(STRING, key.symbol), self.origin) for key in unsure)
        return {key: field for key, field in fields.items() if key not in unsure}, (*missing, *unknown)

    def every_entry(self) -> tuple[dict[str, Field], tuple[Unknown, ...]]:
        """Return the entries of a map or object by key, a key that is not known by what it hangs on."""
        term = self.term
        if isinstance(term, MapTerm | ObjectTerm):
            fields = {key: self.part(key, value) for key, value in term.entries.items()}
            return fields, tuple(unknown_of(symbol, self.origin) for symbol in term.rest)
        if isinstance(term, Null):
            return {}, ()
        if isinstance(term, Sym) and isinstance(term.type, ObjectType):
            return {name: self.part(name, term.member(f".{name}")) for name in term.type.attributes}, ()
        if isinstance(term, Choice):
            return self._common_entries(term)
        if isinstance(term, Sym | LazyObject):
            return {}, (self._unknown(term),)
        return {}, (Unknown(f"{self.name} is no map but a {describe(type_of(term))}", self.origin),)

    def _common_entries(self, choice: Choice) -> tuple[dict[str, Field], tuple[Unknown, ...]]:
        options = [option for option in choice.options if not isinstance(option, Failed)]
        read = [Field(self.name, self.span, option, self._place).every_entry() for option in options]
        common = [key for key in read[0][0] if all(key in entries for entries, _ in read)]
        fields = {}
        for key in common:
            terms = tuple(entries[key].term for entries, _ in read)
            term = Choice(choice.decision, terms, choice.reason, choice.refs)
            fields[key] = self.part(key, over_choices([term], lambda one: one[0]))
        missing = tuple(unknown for _, unknowns in read for unknown in unknowns)
        if any(len(entries) > len(common) for entries, _ in read):
            missing += (Unknown(choice.reason, self.origin, choice.refs),)
        return fields, missing

    def link(self) -> Link:
        """Return the value as the id of something."""
        term = self.term
        if isinstance(term, str):
            owner = self._run(self._passed_resource)
            if owner is not None and not _FOUND.fullmatch(".".join(owner)):
                return Link(self.origin, owner[0], owner[1], term)
            return Link(self.origin, literal=term)
        if isinstance(term, Sym | PartialStr):
            # A name that is not known may still be the name of a resource that is (aws_launch_template.this[0].name).
            owner = self._run(self._passed_resource)
            if owner is not None:
                address, attribute = owner
                if isinstance(term, Sym) and term.owner == address:
                    attribute = term.attribute  # which member of a list it is, where a function hands the list on
                return Link(self.origin, address, attribute, unknown=self._unknown(term))
        if isinstance(term, PartialStr) and len(term.parts) == 1 and isinstance(term.parts[0], Sym):
            term = term.parts[0]  # join("", aws_launch_template.this.*.id)
        if isinstance(term, Sym) and term.owner:
            return Link(self.origin, term.owner, term.attribute, unknown=unknown_of(term, self.origin))
        if isinstance(term, LazyObject):
            return Link(self.origin, term.address, "", unknown=self._unknown(term))
        return Link(self.origin, unknown=self._unknown(term))

    def links(self) -> Members[Link]:
        """Return the ids of a list of ids, or of one id."""
        term = self.term
        single = isinstance(term, str | PartialStr) or (
            isinstance(term, Sym)
            and not isinstance(term.type, ListType | SetType | TupleType)
            and term.type is not DYNAMIC
        )
        if single:
            return Members((self.link(),))
        members = self._members(term)
        links = tuple(field.link() for field in members.items if not field.is_null)
        return Members(links, members.missing)

    def refs(self) -> tuple[str, ...]:
        """Return the addresses that the value hangs on, as far as it is not known."""
        return tuple(dict.fromkeys(ref for symbol in symbols(self.term) for ref in symbol.refs))

    def _passed_resource(self) -> tuple[str, str] | None:
        """Return the resource and attribute that hands this value on, if it comes from one.

        An attribute that names another resource (`vpc_id`) is followed to that one.
        """
        found: tuple[str, str] | None = None
        place: Place | None = self._place
        for _ in range(100):
            if place is None:
                break
            owner = place.scope.resolver.owner_of(place.expression, place.scope)
            if owner is not None:
                if not owner[1].endswith(_NAMING_ANOTHER) and owner[1] != "cluster_name":
                    return owner
                found = found or owner
            place = step_back(place)
        return found

    def decoded(self) -> Field | None:
        """Return what `jsonencode` or `yamlencode` encodes in this value, None if they do not."""
        place = self._followed()
        node = place.expression
        if (
            isinstance(node, Call)
            and node.name in {"jsonencode", "yamlencode"}
            and len(node.arguments) == 1
            and not place.path
        ):
            argument = node.arguments[0]
            try:
                term = self._run(lambda: without_failures(evaluate(argument, place.scope)))
            except EvaluationFailure:
                return None
            return Field(self.name, place.scope.span(argument), term, Place(argument, place.scope))
        if isinstance(self.term, Encoded) and self.term.kind in {"json", "yaml"}:
            return Field(self.name, self.span, self.term.value, self._place)
        return None

    def symbol_at(self, text: TracedText, position: int) -> str:
        """Return the name of the unknown that the first hole at or after `position` of the traced text stands for.

        It is empty where the holes are not those of this value, or the unknown has no name.
        """
        from podroom.traced_text import HOLE  # noqa: PLC0415 - as in traced()

        parts = self.term.parts if isinstance(self.term, PartialStr) else (self.term,)
        symbols = [part for part in parts if not isinstance(part, str)]
        at = text.text.count(HOLE, 0, position)
        if len(symbols) != text.text.count(HOLE) or at >= len(symbols):
            return ""
        symbol = symbols[at]
        return symbol.name if isinstance(symbol, Sym) else ""

    def traced(self) -> TracedText:
        """Return the value as text whose every part knows where it was written.

        `base64encode` and `base64gzip` are looked through: the text is what was to be encoded.  Text that is base64
        already stays as it is.
        """
        from podroom.evaluation.tracing import trace  # noqa: PLC0415 - only user data is traced

        return self._run(lambda: trace(self._place, self.term))

    def _run(self, work: Callable[[], T]) -> T:
        return self._place.scope.budget.run(work)


def _is(term: Term, terms: tuple[type, ...], kinds: tuple[type, ...]) -> bool:
    if isinstance(term, Choice):
        return all(_is(option, terms, kinds) for option in term.options if not isinstance(option, Failed))
    return isinstance(term, terms) or (isinstance(term, Sym) and isinstance(term.type, kinds))


def _whole(term: Term) -> int | None:
    return term if isinstance(term, int) and not isinstance(term, bool) else None
