"""Follows a text to the literals that it is made of, so that each character knows its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from podroom.evaluation.expressions import evaluate, members_of
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.operations import over_choices, text_parts, without_failures
from podroom.evaluation.provenance import Place, bound, step_back
from podroom.evaluation.scope import Scope
from podroom.evaluation.terms import (
    MAX_CANDIDATES,
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
from podroom.evaluation.conversion import convert
from podroom.evaluation.types import STRING
from podroom.positions import Document, Span
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


def trace(place: Place, term: Term) -> TracedText:
    """Return the text of a place with the trace of its characters; `term` is its value."""
    return TracedText(_pieces(place, term, 0))


def _pieces(place: Place, term: Term, depth: int) -> list[Piece]:
    if depth > _DEEPEST:
        return list(_from_term(term, place.span))
    current = place
    for _ in range(_LONGEST):
        pieces = _made_here(current, depth)
        if pieces is not None:
            return pieces
        further = step_back(current)
        if further is None:
            break
        current = further
    return list(_from_term(term, current.span))


def _made_here(place: Place, depth: int) -> list[Piece] | None:
    """Return the pieces of an expression that makes a text in a way that can be traced, else None."""
    node, scope = place.expression, place.scope
    if place.path:
        return None
    if isinstance(node, Literal) and isinstance(node.value, str):
        return [_literal_piece(node.value, Span(scope.document, node.start + 1, node.end - 1))]
    if isinstance(node, Template) and (node.heredoc or len(node.parts) != 1 or not isinstance(node.parts[0], Interpolation)):
        return list(_template_pieces(node.parts, scope, depth))
    if isinstance(node, Call) and not node.expand:
        maker = _MAKERS.get(node.name.removeprefix("core::"))
        if maker is not None:
            try:
                return maker(node, scope, depth)
            except EvaluationFailure:
                return None
    return None


def _literal_piece(text: str, span: Span) -> Piece:
    return Piece(text, span, exact=span.text == text)


def _template_pieces(parts: Iterable[TemplatePart], scope: Scope, depth: int) -> Iterator[Piece]:
    for part in parts:
        scope.budget.spend(1)
        if isinstance(part, TemplateText):
            yield _literal_piece(part.value, Span(scope.document, part.start, part.end))
        elif isinstance(part, Interpolation):
            yield from _value_pieces(Place(part.expression, scope), depth)
        elif isinstance(part, TemplateIf):
            yield from _if_pieces(part, scope, depth)
        else:
            yield from _for_pieces(part, scope, depth)


def _value_pieces(place: Place, depth: int) -> Iterator[Piece]:
    try:
        term = over_choices([evaluate(place.expression, place.scope)], lambda one: convert(one[0], STRING))
    except EvaluationFailure as failure:
        yield _hole(Unknown(failure.message, failure.span or place.span), place.span)
        return
    yield from _pieces(place, term, depth + 1)


def _if_pieces(part: TemplateIf, scope: Scope, depth: int) -> Iterator[Piece]:
    span = Span(scope.document, part.start, part.end)
    try:
        condition = evaluate(part.condition, scope)
        if isinstance(condition, str):
            condition = convert(condition, STRING) == "true"
    except EvaluationFailure as failure:
        yield _hole(Unknown(failure.message, failure.span or span), span)
        return
    if isinstance(condition, bool):
        yield from _template_pieces(part.then if condition else part.otherwise, scope, depth)
        return
    branches = ["".join(piece.text for piece in _template_pieces(branch, scope, depth)) for branch in (part.then, part.otherwise)]
    cause = derived(STRING, condition)
    if branches[0] == branches[1]:
        yield Piece(branches[0], span)
    elif HOLE in branches[0] + branches[1]:
        yield _hole(Unknown(cause.reason, span, cause.refs), span)
    else:
        yield _hole(OneOf(tuple(branches), cause.reason, span, cause.refs), span)


def _for_pieces(part: TemplateFor, scope: Scope, depth: int) -> Iterator[Piece]:
    span = Span(scope.document, part.start, part.end)
    try:
        collection = evaluate(part.collection, scope)
        members = None if isinstance(collection, Choice) else members_of(collection)
    except EvaluationFailure as failure:
        yield _hole(Unknown(failure.message, failure.span or span), span)
        return
    if members is None:
        cause = derived(STRING, collection)
        yield _hole(Unknown(cause.reason, span, cause.refs), span)
        return
    for at, (key, value) in enumerate(members[0]):
        names = {part.value_name: value, **({part.key_name: key} if part.key_name else {})}
        step = at if isinstance(collection, SetTerm) or not isinstance(key, str | int) else key
        member = Place(part.collection, scope, (step,))
        yield from _template_pieces(part.parts, scope.child(names).located({part.value_name: bound(member)}), depth)
    for symbol in members[1]:
        yield _hole(Unknown(symbol.reason, span, symbol.refs), span)


def _hole(value: Unknown | OneOf[str], span: Span) -> Piece:
    return Piece(HOLE, span, hole=value)


def _from_term(term: Term, span: Span) -> Iterator[Piece]:
    """Yield the text of a value that cannot be traced, each part standing at `span`."""
    term = without_failures(term)
    if isinstance(term, Choice):
        texts = tuple(dict.fromkeys(option for option in term.options if isinstance(option, str)))
        if len(texts) == len(term.options) and len(texts) <= MAX_CANDIDATES:
            yield _hole(OneOf(texts, term.reason, span, term.refs), span)
            return
    if isinstance(term, Encoded) and term.kind == "base64":
        yield from _from_term(term.value, span)
        return
    if isinstance(term, Null):
        return
    if not isinstance(term, str | PartialStr | Encoded | Sym | Choice):
        try:
            term = convert(term, STRING)
        except EvaluationFailure as failure:
            yield _hole(Unknown(failure.message, span), span)
            return
    for part in text_parts(term):
        if isinstance(part, str):
            yield Piece(part, span)
        else:
            yield _hole(Unknown(part.reason, part.origin or span, part.refs), span)


def _argument(node: Call, scope: Scope, depth: int) -> list[Piece]:
    return list(_value_pieces(Place(node.arguments[0], scope), depth))


def _trimspace(node: Call, scope: Scope, depth: int) -> list[Piece]:
    text = TracedText(_argument(node, scope, depth))
    start = len(text.text) - len(text.text.lstrip())
    return list(text.slice(start, max(start, len(text.text.rstrip()))).pieces)


def _chomp(node: Call, scope: Scope, depth: int) -> list[Piece]:
    text = TracedText(_argument(node, scope, depth))
    return list(text.slice(0, len(text.text.rstrip("\r\n"))).pieces)


def _file(node: Call, scope: Scope, depth: int) -> list[Piece] | None:  # noqa: ARG001 - every maker has this shape
    path = evaluate(node.arguments[0], scope)
    document = scope.resolver.read_file(path) if isinstance(path, str) else None
    if not isinstance(document, Document):
        return None
    return [Piece(document.text, Span(document, 0, len(document.text)), exact=True)]


def _templatefile(node: Call, scope: Scope, depth: int) -> list[Piece] | None:
    path, variables = (evaluate(argument, scope) for argument in node.arguments[:2])
    document = scope.resolver.read_file(path) if isinstance(path, str) else None
    if not isinstance(document, Document) or not isinstance(variables, ObjectTerm | MapTerm):
        return None
    template = scope.resolver.parse_template(document)
    inner = Scope(scope.resolver, document, scope.budget, variables.entries, isolated=True)
    inner = inner.located(
        {name: bound(Place(node.arguments[1], scope, (name,))) for name in variables.entries}
    )
    return _made_here(Place(template, inner), depth + 1) or list(_value_pieces(Place(template, inner), depth))


def _join(node: Call, scope: Scope, depth: int) -> list[Piece] | None:
    separator = evaluate(node.arguments[0], scope)
    if not isinstance(separator, str):
        return None
    separators = _pieces(Place(node.arguments[0], scope), separator, depth + 1)
    pieces: list[Piece] = []
    for argument in node.arguments[1:]:
        collection = evaluate(argument, scope)
        if not isinstance(collection, TupleTerm | ListTerm | SetTerm) or collection.rest:
            return None
        for at, item in enumerate(collection.items):
            if pieces:
                pieces += separators
            pieces += _pieces(Place(argument, scope, (at,)), convert(item, STRING), depth + 1)
    return pieces


_MAKERS: dict[str, Callable[[Call, Scope, int], list[Piece] | None]] = {
    "base64encode": _argument,
    "file": _file,
    "templatefile": _templatefile,
    "join": _join,
    "trimspace": _trimspace,
    "chomp": _chomp,
}
