"""One shape for what manifests are written in: YAML, JSON, templates of both, and objects of Terraform.

A reader asks a `Table` for a key and gets an item, nothing, or why it is not known which of the two.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from podroom.evaluation.project import Field
from podroom.positions import Span
from podroom.records import dataclass, field
from podroom.sources import yaml
from podroom.sources.templated import Condition
from podroom.traced_text import HOLE, TracedText
from podroom.values import Known, Unknown, Value, first_unknown


class Leaf(ABC):
    """A single value, or one of which not even the shape is known."""

    span: Span

    @abstractmethod
    def text(self) -> Value[str]:
        """Return the value as text."""

    @abstractmethod
    def resolved(self) -> Value[str]:
        """Return the value as text after its type is resolved: `on` in YAML is "true"."""

    @abstractmethod
    def json_type(self) -> Known[str] | Unknown:
        """Return the type of the value in JSON ("string", "boolean")."""

    @abstractmethod
    def integer(self) -> Value[int]:
        """Return the value as a whole number, unknown if it is something else."""

    @abstractmethod
    def traced(self) -> TracedText:
        """Return the value as text that knows its places."""

    @property
    @abstractmethod
    def is_null(self) -> bool:
        """Return whether the value is surely null."""

    def unknown(self) -> Unknown | None:
        """Return why the value is not known at all; None if it is, or if there are candidates."""
        value = self.text()
        return value if isinstance(value, Unknown) else None


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A key of a table with its item; `span` reaches from the key to the end of the value where that is known."""

    key: str
    item: Item
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A mapping.  `doubtful` are keys of which it is not known whether they are there; `missing` may be any key."""

    span: Span
    entries: dict[str, Entry] = field(default_factory=dict)
    doubtful: dict[str, Unknown] = field(default_factory=dict)
    missing: tuple[Unknown, ...] = ()

    def entry(self, key: str) -> Entry | Unknown | None:
        """Return the entry of a key; None if it surely is not there."""
        if key in self.doubtful:
            return self.doubtful[key]
        found = self.entries.get(key)
        if found is not None:
            return None if isinstance(found.item, Leaf) and found.item.is_null else found
        return self.missing[0] if self.missing else None

    def get(self, key: str) -> Item | Unknown | None:
        """Return the item of a key; None if it surely is not there."""
        found = self.entry(key)
        return found.item if isinstance(found, Entry) else found

    def find(self, *path: str) -> Item | Unknown | None:
        """Return what the path of keys leads to; None if it surely leads nowhere."""
        at: Item | Unknown | None = self
        for key in path:
            if not isinstance(at, Table):
                return _why(at)
            at = at.get(key)
        return at

    def unknowns(self) -> Iterator[Unknown]:
        """Iterate over what may be there and is not known."""
        yield from self.missing
        yield from self.doubtful.values()


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """A list, with why there may be more items; `doubtful` are those of them that are written, with the reason."""

    span: Span
    items: tuple[Item, ...] = ()
    missing: tuple[Unknown, ...] = ()
    doubtful: tuple[tuple[Item, Unknown], ...] = ()


Item: TypeAlias = Leaf | Table | Listing
Found: TypeAlias = Item | Unknown | None


def items_of(found: Found, what: str) -> tuple[tuple[Item, ...], tuple[Unknown, ...]]:
    """Return the items of a found list, and why there may be more."""
    if isinstance(found, Listing):
        return found.items, found.missing
    if found is None:
        return (), ()
    if isinstance(found, Unknown):
        return (), (found,)
    if isinstance(found, Table):
        holes = tuple(found.unknowns())
        return (), holes or (Unknown(f"{what} is a mapping where a list is expected", found.span),)
    why = first_unknown(_why(found), Unknown(f"{what} is no list", found.span))
    return (), (why,) if why is not None else ()


def text_of(found: Found, what: str) -> Value[str] | None:
    """Return a found item as text; None if it surely is not there."""
    if isinstance(found, Leaf):
        return found.text()
    if isinstance(found, Unknown) or found is None:
        return found
    return Unknown(f"{what} is no single value", found.span)


def resolved_text_of(found: Found, what: str) -> Value[str] | None:
    """Return a found item as the text of what it is once its type is resolved; None if it surely is not there."""
    return found.resolved() if isinstance(found, Leaf) else text_of(found, what)


def integer_of(found: Found, what: str) -> Value[int] | None:
    """Return a found item as a whole number; None if it surely is not there."""
    if isinstance(found, Leaf):
        return found.integer()
    if isinstance(found, Unknown) or found is None:
        return found
    return Unknown(f"{what} is no whole number", found.span)


def strings_of(found: Found, what: str) -> tuple[tuple[Value[str], ...], tuple[Unknown, ...]]:
    """Return the texts of a found list, and why there may be more."""
    items, missing = items_of(found, what)
    texts = tuple(
        item.text() if isinstance(item, Leaf) else Unknown(f"an item of {what} is no text", item.span) for item in items
    )
    return texts, missing


def _why(found: Found) -> Unknown | None:
    if isinstance(found, Unknown):
        return found
    return found.unknown() if isinstance(found, Leaf) else None


@dataclass(frozen=True, slots=True, eq=False)
class YamlLeaf(Leaf):
    """A scalar; `condition` is set where a template decides on a part of it."""

    scalar: yaml.Scalar
    span: Span
    condition: Unknown | None = None

    def text(self) -> Value[str]:
        """Return the text of the scalar."""
        return self.scalar.value() if self.condition is None else self.condition

    def resolved(self) -> Value[str]:
        """Return the text of what the scalar is in YAML 1.1."""
        return self.scalar.resolved() if self.condition is None else self.condition

    def json_type(self) -> Known[str] | Unknown:
        """Return the type of the scalar."""
        return self.scalar.json_type() if self.condition is None else self.condition

    def integer(self) -> Value[int]:
        """Return the whole number that the scalar is, quoted or not."""
        if self.condition is not None:
            return self.condition
        value = self.scalar.integer()
        if value is not None:
            return value
        text = self.scalar.value()
        if isinstance(text, Known):
            if text.value.strip().lstrip("+-").isdecimal():
                if len(text.value) > yaml.LONGEST_INTEGER:
                    return Unknown("the number is larger than podroom follows", self.span)
                return text.map(int)
            return Unknown(f'"{text.value}" is no whole number', self.span)
        return text if isinstance(text, Unknown) else Unknown(text.reason, text.origin, text.refs)

    def traced(self) -> TracedText:
        """Return the text with its places."""
        return self.scalar.content

    @property
    def is_null(self) -> bool:
        """Return whether the scalar is null."""
        return self.condition is None and self.scalar.kind is yaml.ScalarKind.NULL


@dataclass(frozen=True, slots=True, eq=False)
class FieldLeaf(Leaf):
    """A value of Terraform."""

    field: Field
    span: Span

    def text(self) -> Value[str]:
        """Return the value as text."""
        return self.field.string()

    def resolved(self) -> Value[str]:
        """Return the value as text; types of Terraform are resolved already."""
        return self.field.string()

    def json_type(self) -> Known[str] | Unknown:
        """Return the type of the value."""
        return self.field.json_type()

    def integer(self) -> Value[int]:
        """Return the value as a whole number."""
        return self.field.integer()

    def traced(self) -> TracedText:
        """Return the text with its places."""
        return self.field.traced()

    @property
    def is_null(self) -> bool:
        """Return whether the value is null."""
        return self.field.is_null


def from_yaml(node: yaml.Node, conditions: Sequence[Condition] = ()) -> Item:
    """Return a YAML node as an item; `conditions` say which stretches of its text a template decides on."""
    if isinstance(node, yaml.Scalar):
        inside = next((one.unknown for one in conditions if one.start < node.end and node.start < one.end), None)
        return YamlLeaf(node, node.span, inside)
    if isinstance(node, yaml.Mapping):
        return _table(node, conditions)
    items, doubtful = [], []
    for item in node.items:
        doubt = _doubt(item.start, conditions)
        if doubt is None:
            items.append(from_yaml(item, conditions))
        else:
            rest = [one for one in conditions if one.unknown is not doubt]
            doubtful.append((from_yaml(item, rest), doubt))
    return Listing(node.span, tuple(items), tuple(doubt for _, doubt in doubtful), tuple(doubtful))


def _table(node: yaml.Mapping, conditions: Sequence[Condition]) -> Table:
    entries: dict[str, Entry] = {}
    doubtful: dict[str, Unknown] = {}
    missing: list[Unknown] = []
    for entry in node.entries:
        key = entry.key
        if not isinstance(key, yaml.Scalar):
            continue
        doubt = None if entry.merged else _doubt(key.start, conditions)
        if HOLE in key.text:
            holes = [hole for hole in key.content.holes() if isinstance(hole, Unknown)]
            missing.append(holes[0] if holes else Unknown("its key is not known", key.span))
        elif doubt is not None:
            doubtful[key.text] = doubt
        else:
            entries[key.text] = Entry(key.text, from_yaml(entry.value, conditions), entry.span)
    return Table(node.span, entries, doubtful, tuple(missing))


def _doubt(start: int, conditions: Sequence[Condition]) -> Unknown | None:
    """Return the condition under which the thing that begins at `start` is there."""
    return next((one.unknown for one in conditions if one.start <= start < one.end), None)


def from_field(value: Field) -> Item:
    """Return a value of Terraform as an item."""
    if value.is_map:
        entries, missing = value.entries()
        return Table(
            value.origin,
            {key: Entry(key, from_field(part), part.origin) for key, part in entries.items()},
            missing=missing,
        )
    if value.is_list:
        items = value.items()
        return Listing(value.origin, tuple(from_field(item) for item in items), items.missing)
    return FieldLeaf(value, value.origin)
