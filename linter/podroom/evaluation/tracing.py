"""Follows a text to the literals that it is made of, so that each character knows its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from podroom.evaluation.conversion import convert
from podroom.evaluation.encoded import json_parts, json_text, yaml_parts
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.members import members_of
from podroom.evaluation.operations import over_choices, text_parts, truth, without_failures
from podroom.evaluation.provenance import bound, step_back
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.terms import (
    MAX_CANDIDATES,
    MAX_TEXT,
    Choice,
    Encoded,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    PartialStr,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
    derived,
)
from podroom.evaluation.types import DYNAMIC, STRING
from podroom.positions import Document, Span
from podroom.records import replace
from podroom.sources.hcl.syntax import (
    Call,
    Interpolation,
    Literal,
    Template,
    TemplateFor,
    TemplateIf,
    TemplatePart,
    TemplateText,
)
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import OneOf, Unknown

_DEEPEST = 12
_LONGEST = 300
_MOST_PIECES = 20_000


def trace(place: Place, term: Term) -> TracedText:
    """Return the text of a place with the trace of its characters; `term` is its value.

    A text of more pieces than `_MOST_PIECES` stands at the place of its expression as a whole.
    """
    try:
        return TracedText(_shown(piece, place) for piece in _Tracer().pieces(place, term, 0))
    except BeyondReach:
        return _untraced(term, place.span.shown)


def _shown(piece: Piece, place: Place) -> Piece:
    """Return a piece so that it stands where the user can see it: a module's own text at its use."""
    hole = piece.hole
    if hole is not None and isinstance(hole.origin, Span) and hole.origin.supplied:
        hole = replace(hole, origin=place.span.shown)
    if piece.span.supplied:
        return Piece(piece.text, place.span.shown, hole=hole)
    return piece if hole is piece.hole else replace(piece, hole=hole)


def _untraced(term: Term, span: Span) -> TracedText:
    try:
        return TracedText(_Tracer().of_term(term, span))
    except BeyondReach as failure:
        return TracedText([Piece(HOLE, span, hole=Unknown(failure.message, span))])


class _Tracer:
    """Collects the pieces of one text, and counts them: a few lines can stand for billions."""

    def __init__(self) -> None:
        self._count = 0
        self._length = 0
        self._inside = False
        """Whether the text is a part of another one: then what encodes it is not looked through."""

    def _piece(self, text: str, span: Span, *, exact: bool = False) -> Piece:
        self._count += 1
        self._length += len(text)
        if self._count > _MOST_PIECES or self._length > MAX_TEXT:
            raise BeyondReach("the text has more pieces than podroom follows")
        return Piece(text, span, exact)

    def _hole(self, value: Unknown | OneOf[str], span: Span) -> Piece:
        return replace(self._piece(HOLE, span), hole=value)

    def pieces(self, place: Place, term: Term, depth: int) -> list[Piece]:
        """Return the pieces of a place whose value is `term`."""
        if depth > _DEEPEST:
            return list(self.of_term(term, place.span))
        current = place
        for _ in range(_LONGEST):
            pieces = self._made_here(current, depth)
            if pieces is not None:
                return pieces
            further = step_back(current)
            if further is None:
                break
            current = further
        return list(self.of_term(term, current.span))

    def _made_here(self, place: Place, depth: int) -> list[Piece] | None:
        """Return the pieces of an expression that makes a text in a way that can be traced, else None."""
        node, scope = place.expression, place.scope
        if place.path:
            return None
        if isinstance(node, Literal) and isinstance(node.value, str):
            return [self._literal(node.value, Span(scope.document, node.start + 1, node.end - 1))]
        if isinstance(node, Template) and not _is_interpolation(node):
            with self._as_part():
                return list(self._template(node.parts, scope, depth))
        name = node.name.removeprefix("core::") if isinstance(node, Call) and not node.expand else ""
        maker = _MAKERS.get(name)
        if maker is None or not isinstance(node, Call) or (self._inside and name in _ENCODERS):
            return None
        try:
            if name not in _COMPOSERS:
                return maker(self, node, scope, depth)
            with self._as_part():
                return maker(self, node, scope, depth)
        except BeyondReach:
            raise
        except EvaluationFailure:
            return None

    @contextmanager
    def _as_part(self) -> Iterator[None]:
        outside, self._inside = self._inside, True
        try:
            yield
        finally:
            self._inside = outside

    def _literal(self, text: str, span: Span) -> Piece:
        return self._piece(text, span, exact=span.text == text)

    def _template(self, parts: Iterable[TemplatePart], scope: Scope, depth: int) -> Iterator[Piece]:
        for part in parts:
            if isinstance(part, TemplateText):
                yield self._literal(part.value, Span(scope.document, part.start, part.end))
            elif isinstance(part, Interpolation):
                yield from self._value(Place(part.expression, scope), depth)
            elif isinstance(part, TemplateIf):
                yield from self._if(part, scope, depth)
            else:
                yield from self._for(part, scope, depth)

    def _value(self, place: Place, depth: int) -> Iterator[Piece]:
        try:
            term = over_choices([evaluate(place.expression, place.scope)], lambda one: convert(one[0], STRING))
        except EvaluationFailure as failure:
            yield self._hole(Unknown(failure.message, failure.span or place.span), place.span)
            return
        yield from self.pieces(place, term, depth + 1)

    def _if(self, part: TemplateIf, scope: Scope, depth: int) -> Iterator[Piece]:
        span = Span(scope.document, part.start, part.end)
        try:
            condition = over_choices([evaluate(part.condition, scope)], lambda one: truth(one[0], "the condition"))
        except EvaluationFailure as failure:
            yield self._hole(Unknown(failure.message, failure.span or span), span)
            return
        if isinstance(condition, bool):
            yield from self._template(part.then if condition else part.otherwise, scope, depth)
            return
        branches = tuple(
            "".join(piece.text for piece in self._template(branch, scope, depth))
            for branch in (part.then, part.otherwise)
        )
        cause = derived(STRING, condition)
        if branches[0] == branches[1]:
            yield self._piece(branches[0], span)
        elif any(HOLE in branch for branch in branches):
            yield self._hole(Unknown(cause.reason, span, cause.refs), span)
        else:
            yield self._hole(OneOf(branches, cause.reason, span, cause.refs), span)

    def _for(self, part: TemplateFor, scope: Scope, depth: int) -> Iterator[Piece]:
        span = Span(scope.document, part.start, part.end)
        try:
            collection = evaluate(part.collection, scope)
            members = None if isinstance(collection, Choice) else members_of(collection)
        except EvaluationFailure as failure:
            yield self._hole(Unknown(failure.message, failure.span or span), span)
            return
        if members is None:
            cause = derived(STRING, collection)
            yield self._hole(Unknown(cause.reason, span, cause.refs), span)
            return
        for at, (key, value) in enumerate(members[0]):
            scope.budget.spend(1)
            names = {part.value_name: value, **({part.key_name: key} if part.key_name else {})}
            step = at if isinstance(collection, SetTerm) or not isinstance(key, str | int) else key
            member = Place(part.collection, scope, (step,))
            inner = scope.child(names).located({part.value_name: bound(member)})
            yield from self._template(part.parts, inner, depth)
        for symbol in members[1]:
            yield self._hole(Unknown(symbol.reason, span, symbol.refs), span)

    def of_term(self, term: Term, span: Span) -> Iterator[Piece]:
        """Yield the text of a value that cannot be traced, each part standing at `span`."""
        term = without_failures(term)
        if isinstance(term, Choice):
            texts = tuple(dict.fromkeys(option for option in term.options if isinstance(option, str)))
            if len(texts) == len(term.options) and len(texts) <= MAX_CANDIDATES:
                yield self._hole(OneOf(texts, term.reason, span, term.refs), span)
                return
        if isinstance(term, Encoded) and term.kind in {"base64", "base64gzip"} and not self._inside:
            yield from self.of_term(term.value, span)
            return
        if isinstance(term, Null):
            return
        if not isinstance(term, str | PartialStr | Encoded | Sym | Choice):
            try:
                term = convert(term, STRING)
            except EvaluationFailure as failure:
                yield self._hole(Unknown(failure.message, span), span)
                return
        for part in text_parts(term):
            if isinstance(part, str):
                yield self._piece(part, span)
            else:
                yield self._hole(Unknown(part.reason, part.origin or span, part.refs), span)

    def argument(self, node: Call, scope: Scope, depth: int) -> list[Piece]:
        """Return the pieces of the first argument of a call that only wraps it."""
        return list(self._value(Place(node.arguments[0], scope), depth))

    def trimspace(self, node: Call, scope: Scope, depth: int) -> list[Piece]:
        """Return the pieces of `trimspace`."""
        text = TracedText(self.argument(node, scope, depth))
        start = len(text.text) - len(text.text.lstrip())
        return list(text.slice(start, max(start, len(text.text.rstrip()))).pieces)

    def chomp(self, node: Call, scope: Scope, depth: int) -> list[Piece]:
        """Return the pieces of `chomp`."""
        text = TracedText(self.argument(node, scope, depth))
        return list(text.slice(0, len(text.text.rstrip("\r\n"))).pieces)

    def file(self, node: Call, scope: Scope, depth: int) -> list[Piece] | None:  # noqa: ARG002 - every maker has this shape
        """Return the text of a file as one piece."""
        document = _document(node, scope)
        return (
            None
            if document is None
            else [self._piece(document.text, Span(document, 0, len(document.text)), exact=True)]
        )

    def templatefile(self, node: Call, scope: Scope, depth: int) -> list[Piece] | None:
        """Return the pieces of a template file, each in the file or in what its variables got."""
        document, variables = _document(node, scope), evaluate(node.arguments[1], scope)
        if document is None or not isinstance(variables, ObjectTerm | MapTerm):
            return None
        template = scope.resolver.parse_template(document)
        inner = Scope(scope.resolver, document, scope.budget, variables.entries, isolated=True)
        inner = inner.located({name: bound(Place(node.arguments[1], scope, (name,))) for name in variables.entries})
        return list(self._value(Place(template, inner), depth))

    def join(self, node: Call, scope: Scope, depth: int) -> list[Piece] | None:
        """Return the pieces of `join`."""
        separator = evaluate(node.arguments[0], scope)
        if not isinstance(separator, str):
            return None
        pieces: list[Piece] = []
        for argument in node.arguments[1:]:
            collection = evaluate(argument, scope)
            if not isinstance(collection, TupleTerm | ListTerm | SetTerm) or collection.rest:
                return None
            for at, item in enumerate(collection.items):
                if pieces:
                    pieces += self.pieces(Place(node.arguments[0], scope), separator, depth + 1)
                pieces += self.pieces(Place(argument, scope, (at,)), convert(item, STRING), depth + 1)
        return pieces

    def yamlencode(self, node: Call, scope: Scope, depth: int) -> list[Piece] | None:
        """Return the YAML of a value, each of its numbers and texts where it is written."""
        return self._encoded(node, scope, depth, yaml_parts)

    def jsonencode(self, node: Call, scope: Scope, depth: int) -> list[Piece] | None:
        """Return the JSON of a value, each of its numbers and texts where it is written."""
        return self._encoded(node, scope, depth, json_parts)

    def _encoded(
        self, node: Call, scope: Scope, depth: int, parts_of: Callable[[Term], Iterable[str | Sym]]
    ) -> list[Piece] | None:
        argument = node.arguments[0]
        term = without_failures(evaluate(argument, scope))
        if isinstance(term, Choice):
            return None
        leaves: dict[int, tuple[Place, Term, Sym]] = {}
        span = scope.span(node)
        pieces: list[Piece] = []
        for part in parts_of(_marked(term, Place(argument, scope), leaves)):
            if isinstance(part, str):
                pieces.append(self._piece(part, span))
            elif id(part) in leaves:
                place, leaf, _ = leaves[id(part)]
                written = self._leaf(place, leaf, depth)
                _move_to(written[0].span, pieces)
                pieces += written
            else:
                pieces.append(self._hole(Unknown(part.reason, part.origin or span, part.refs), span))
        return pieces

    def _leaf(self, place: Place, leaf: Term, depth: int) -> list[Piece]:
        if isinstance(leaf, str) and '"' not in leaf and "\\" not in leaf and leaf.isprintable():
            return self.pieces(place, leaf, depth + 1) or [self._piece(leaf, place.span)]
        text = json_text(leaf)
        shown = text if isinstance(text, str) else HOLE
        span = self._followed(place).span
        return [self._piece(shown[1:-1] if isinstance(leaf, str) else shown, span)]

    @staticmethod
    def _followed(place: Place) -> Place:
        """Return the place that a value comes from, step by step."""
        for _ in range(_LONGEST):
            further = step_back(place)
            if further is None:
                break
            place = further
        return place


def _marked(term: Term, place: Place, leaves: dict[int, tuple[Place, Term, Sym]]) -> Term:
    """Return a value in which unknowns stand for its texts and numbers; `leaves` gets what each of them stands for."""

    def below(step: str | int) -> Place:
        return Place(place.expression, place.scope, (*place.path, step))

    if isinstance(term, TupleTerm | ListTerm):
        return TupleTerm(
            [_marked(item, below(at), leaves) for at, item in enumerate(term.items)], term.rest, term.fixed
        )
    if isinstance(term, MapTerm | ObjectTerm):
        return ObjectTerm({key: _marked(value, below(key), leaves) for key, value in term.entries.items()}, term.rest)
    if isinstance(term, bool | int | Decimal) or (isinstance(term, str) and "\n" not in term):
        mark = Sym(STRING if isinstance(term, str) else DYNAMIC, "")
        leaves[id(mark)] = (place, term, mark)
        return mark
    return term


def _move_to(span: Span, pieces: list[Piece]) -> None:
    """Let the key before a value, and what stands between them, be where the value is."""
    for at in range(len(pieces) - 1, -1, -1):
        text = pieces[at].text
        if "\n" in text or text in ("{", "[", ",") or pieces[at].hole is not None:
            return
        pieces[at] = replace(pieces[at], span=Span(span.document, span.start, span.start))


def _is_interpolation(node: Template) -> bool:
    return len(node.parts) == 1 and not node.heredoc and isinstance(node.parts[0], Interpolation)


def _document(node: Call, scope: Scope) -> Document | None:
    path = evaluate(node.arguments[0], scope)
    document = scope.resolver.read_file(path) if isinstance(path, str) else None
    return document if isinstance(document, Document) else None


_MAKERS: dict[str, Callable[[_Tracer, Call, Scope, int], list[Piece] | None]] = {
    "base64encode": _Tracer.argument,
    "base64gzip": _Tracer.argument,
    "chomp": _Tracer.chomp,
    "file": _Tracer.file,
    "filebase64": _Tracer.file,
    "join": _Tracer.join,
    "jsonencode": _Tracer.jsonencode,
    "templatefile": _Tracer.templatefile,
    "trimspace": _Tracer.trimspace,
    "yamlencode": _Tracer.yamlencode,
}
_ENCODERS = frozenset({"base64encode", "base64gzip", "filebase64"})
_COMPOSERS = frozenset({"join", "jsonencode", "yamlencode"})
