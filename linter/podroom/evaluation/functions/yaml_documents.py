"""`yamldecode`: YAML 1.1 as Terraform's own parser resolves it."""

from __future__ import annotations

from decimal import Decimal

import yaml

from podroom.evaluation import numbers
from podroom.evaluation.conversion import convert
from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.terms import Null, ObjectTerm, Term, TupleTerm
from podroom.evaluation.types import STRING
from podroom.patterns import pattern

_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER = pattern(r"[-+]?[0-9]+\Z|0x[0-9a-fA-F]+\Z|0o[0-7]+\Z")
_FLOAT = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,9})?\Z")
_DATE = pattern(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\Z")
_DEEPEST = 100


def decode_yaml(text: str) -> Term:
    """Return the value of a YAML document; raise `EvaluationFailure` if it is none or has several."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.YAMLError as error:
        raise EvaluationFailure(f"the text is not valid YAML: {getattr(error, 'problem', error)}") from None
    if builder.document is None:
        raise EvaluationFailure("there is no YAML document in the text")
    return builder.document


class _Collection:
    """A sequence or mapping that is still being read: `items` alternate keys and values in a mapping."""

    def __init__(self, event: yaml.CollectionStartEvent) -> None:
        self.anchor = event.anchor
        self.is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.items: list[tuple[Term, bool]] = []


class _Builder:
    """Builds values from events, without recursion: libyaml's own composer overflows the stack."""

    def __init__(self) -> None:
        self.document: Term | None = None
        self._open: list[_Collection] = []
        self._anchors: dict[str, Term] = {}

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent) and self.document is not None:
            raise EvaluationFailure("the YAML has more than one document")
        if isinstance(event, yaml.ScalarEvent):
            plain = not event.style
            self._add(_scalar(event), event.anchor, merges=plain and event.value == "<<")
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise EvaluationFailure(f"the YAML refers to {event.anchor}, which is not defined before")
            self._add(self._anchors[event.anchor], None)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self._open) >= _DEEPEST:
                raise BeyondReach("the YAML is nested more deeply than podroom follows")
            self._open.append(_Collection(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self._open.pop()
            items = closed.items
            self._add(_mapping(items) if closed.is_mapping else TupleTerm(term for term, _ in items), closed.anchor)

    def _add(self, term: Term, anchor: str | None, *, merges: bool = False) -> None:
        if anchor is not None:
            self._anchors[anchor] = term
        if self._open:
            self._open[-1].items.append((term, merges))
        else:
            self.document = term


def _mapping(items: list[tuple[Term, bool]]) -> ObjectTerm:
    own: dict[str, Term] = {}
    merged: dict[str, Term] = {}
    for (key, merges), (value, _) in zip(items[::2], items[1::2], strict=True):
        if merges:
            for inherited in value.items if isinstance(value, TupleTerm) else (value,):
                if isinstance(inherited, ObjectTerm):
                    merged = {**inherited.entries, **merged}
            continue
        name = convert(key, STRING)
        if not isinstance(name, str):
            raise EvaluationFailure("a key of a YAML mapping must be a plain value")
        own[name] = value  # the last of equal keys counts
    return ObjectTerm({**merged, **own})


def _scalar(event: yaml.ScalarEvent) -> Term:
    text = str(event.value)
    if event.style or event.tag is not None:
        return text
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text in _NULL:
        return Null()
    if len(text) <= 300:
        if _INTEGER.match(text):
            return numbers.normal(_integer(text))
        if _FLOAT.match(text):
            return numbers.normal(Decimal(text))
    date = _DATE.match(text)
    if date:
        year, month, day = date.groups()
        return f"{year}-{int(month):02}-{int(day):02}T00:00:00Z"
    return text


def _integer(text: str) -> int:
    for prefix, base in (("0x", 16), ("0o", 8)):
        if text.startswith(prefix):
            return int(text[2:], base)
    return int(text)
