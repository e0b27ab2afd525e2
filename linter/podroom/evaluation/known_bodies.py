"""What is known beside the configuration of one block: attributes and nested blocks, laid over what is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from podroom.evaluation.bodies import BodyReader
from podroom.evaluation.declarations import DeclaredBody
from podroom.evaluation.failures import EvaluationProblem
from podroom.evaluation.reading import Field
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.settled import contradicts, filled, is_unset, part_of, shown, term_of
from podroom.evaluation.terms import Null, Term, wholly_known
from podroom.positions import Span
from podroom.sources.hcl.syntax import Reference
from podroom.sources.plan_values import Hidden, RecordedValue
from podroom.values import Default, Members, Unknown

if TYPE_CHECKING:
    from podroom.evaluation.root import Project
    from podroom.evaluation.settled import Settled

_STANDS_FOR = "(known beside the configuration)"
"""A local name that no configuration can have."""
_REFERRED_TO = frozenset({"id", "arn"})
_MOVED_BY_AUTOSCALERS = frozenset({"desired_capacity", "desired_size"})
"""Modules have Terraform leave these as they are, also where their own text is not at hand to say so."""

_WRITTEN_OTHERWISE = frozenset({"user_data", "user_data_base64"})
"""What providers encode or hash."""


def is_ignored(name: str, ignored: str) -> bool:
    """Return whether the text of `ignore_changes` names an attribute, or all of them."""
    return name in ignored or "all" in ignored


class KnownBody:
    """What is known of one block, under the address that it is shown by."""

    __slots__ = ("_address", "_alone", "_ignored", "_past", "_project", "_settled", "_values", "_whole")

    def __init__(
        self,
        project: Project,
        settled: Settled,
        address: str,
        values: Mapping[str, RecordedValue],
        *,
        ignored: str = "",
        whole: bool = False,
        past: bool = False,
        alone: bool = False,
    ) -> None:
        """Take the values; `ignored` is the text that says which changes are left alone.

        `whole` is for the body of a resource: others refer to it, so that its id stays a reference.  `past` values
        are those of something that the configuration may be about to change.  Where they stand `alone`, nothing is
        written, and what is not among them is not set.
        """
        self._project = project
        self._settled = settled
        self._address = address
        self._values = values
        self._ignored = ignored
        self._whole = whole
        self._past = past
        self._alone = alone

    def field(self, name: str, written: Field | None, scope: Scope, place: Span) -> Field | None:
        """Return an attribute with what is known of it, None if it has no value."""
        if name not in self._values:
            return written
        value = self._values[name]
        address = f"{self._address}.{name}"
        if written is None or isinstance(written.term, Null):
            told = self._alone or not isinstance(value, Hidden)
            if is_unset(value) or not told or (self._whole and name in _REFERRED_TO):
                return written
            span = place if written is None else written.place.span
            return standing_for(name, term_of(value, address, self._settled), scope, span)
        if self._past:
            return written
        if wholly_known(written.term):
            if self._ignores(name) or name in _WRITTEN_OTHERWISE or not contradicts(written.term, value):
                return written
            if written.place.span.supplied and isinstance(written.supplier, Default):
                # The plan's version of a module has another default than the one that was at hand.
                return standing_for(name, term_of(value, address, self._settled), scope, written.place.span)
            self._contradicted(address, written, value)
            return written
        term = filled(written.term, value, address, self._settled)
        if term is written.term:
            return written
        return _laid_over(written, term)

    def _contradicted(self, address: str, written: Field, value: RecordedValue) -> None:
        if not self._settled.plans or self._project.contradicted:
            return
        self._project.contradicted = True
        written.place.scope.resolver.note(
            EvaluationProblem(
                f"{self._settled.source} is not a plan of this configuration with these variables: {address} is "
                f"{shown(written.term)} here and {shown(value)} there; where both say something, the configuration "
                "counts",
                written.origin,
                serious=False,
            )
        )

    def _ignores(self, name: str) -> bool:
        return is_ignored(name, self._ignored) or name in _MOVED_BY_AUTOSCALERS

    def blocks(self, name: str, written: Members[BodyReader], scope: Scope, place: Span) -> Members[BodyReader]:
        """Return nested blocks with what is known of them."""
        listed = self._values.get(name)
        if self._alone:
            return self._blocks_alone(name, listed, scope, place)
        if not isinstance(listed, list) or (self._past and (written.items or written.missing)):
            return written
        known = [one for one in listed if isinstance(one, dict)]
        if len(known) != len(listed) or (not known and not written.items):
            return Members() if not listed and not written.items else written
        open_ended = bool(written.missing) or any(block.doubt is not None for block in written.items)
        if len(known) == len(written.items):
            pairs = zip(written.items, self._matched(written.items, known), strict=True)
            blocks = [
                block if at is None else block.known_as(self._nested(name, at, known[at]), surely=True)
                for block, at in pairs
            ]
            return Members(tuple(blocks))
        if not open_ended and written.items:
            return written  # the attributes of blocks that are there tell whether that is a contradiction
        return Members(tuple(self._unwritten(name, at, one, scope, place) for at, one in enumerate(known)))

    def _blocks_alone(self, name: str, listed: RecordedValue, scope: Scope, place: Span) -> Members[BodyReader]:
        """Return the nested blocks where nothing is written: those that are known, and why there may be more."""
        several = enumerate(listed if isinstance(listed, list) else [listed])
        known = [self._unwritten(name, at, one, scope, place) for at, one in several if isinstance(one, dict)]
        hidden = [one for one in (listed if isinstance(listed, list) else [listed]) if isinstance(one, Hidden)]
        address = f"{self._address}.{name}"
        return Members(tuple(known), tuple(Unknown(f"{address} {one.why}", place, (address,)) for one in hidden))

    def _unwritten(
        self, name: str, at: int, values: Mapping[str, RecordedValue], scope: Scope, place: Span
    ) -> BodyReader:
        empty = DeclaredBody(place, {}, [])
        return BodyReader(empty, scope.at(place.document), place, None, self._nested(name, at, values))

    def _matched(self, blocks: tuple[BodyReader, ...], known: list[dict[str, RecordedValue]]) -> list[int | None]:
        """Return for each block which of the known ones it is, None where that is not sure."""
        if len(known) == 1:
            return [0]
        fitting = [[at for at, one in enumerate(known) if block.may_be(one)] for block in blocks]
        if all(at in candidates for at, candidates in enumerate(fitting)):
            return list(range(len(known)))
        return [candidates[0] if len(candidates) == 1 else None for candidates in fitting]

    def _nested(self, name: str, at: int, values: Mapping[str, RecordedValue]) -> KnownBody:
        ignored = f"all {self._ignored}" if self._ignores(name) else ""
        return KnownBody(
            self._project, self._settled, f"{self._address}.{name}[{at}]", values, ignored=ignored, alone=self._alone
        )


def standing_for(name: str, term: Term, scope: Scope, place: Span) -> Field:
    """Return an attribute whose value is not what an expression yields, at the place where it would be changed."""
    expression = Reference(_STANDS_FOR, place.start, place.end)
    inner = scope.at(place.document).child({_STANDS_FOR: term})
    return Field(name, place, term, Place(expression, inner))


def _laid_over(written: Field, term: Term) -> Field:
    """Return an attribute with another value; the parts that are still as they were written keep their places."""
    place = written.place

    def origin(steps: tuple[str | int, ...]) -> Place | None:
        part = part_of(term, steps)
        stayed = steps and part is not None and part is part_of(written.term, steps)
        return Place(place.expression, place.scope, (*place.path, *steps)) if stayed else None

    expression = Reference(_STANDS_FOR, place.expression.start, place.expression.end)
    inner = place.scope.child({_STANDS_FOR: term}).located({_STANDS_FOR: origin})
    return Field(written.name, written.span, term, Place(expression, inner))
