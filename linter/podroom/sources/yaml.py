"""YAML and JSON text -> trees in which every key and value knows its place.

libyaml (through PyYAML) does the parsing; scalars are resolved here, the way the Go programs do that
read these files on the other side (go-yaml v2: `yes` is true, `22:22` is text), because PyYAML's own
loaders turn `1.30` into 1.3, `22:22` into 1342, and accept duplicate keys in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass, field
from podroom.sources.problem import Problem
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Known, OneOf, Unknown, Value

if TYPE_CHECKING:
    from yaml import MarkedYAMLError
    from yaml.events import Event, ScalarEvent

MAXIMUM_DEPTH = 200
"""Mappings and sequences inside each other; a deeper text is refused."""

MAXIMUM_SIZE = 200_000
"""Nodes of a text, and of one document with every alias written out; more ("billion laughs") are refused."""

LONGEST_INTEGER = 70
"""Characters of a whole number: 64 bits in binary.  The libraries of Go take a longer one for a number or a text."""

_UNREADABLE = pattern("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ScalarKind(Enum):
    """What a scalar is to the program that reads the file."""

    STRING = "text"
    INTEGER = "a whole number"
    FLOAT = "a number"
    BOOLEAN = "a truth value"
    NULL = "null"
    UNDECIDED = "not known: an unquoted scalar with an unknown value in it"


_JSON_TYPES = {
    ScalarKind.STRING: "string",
    ScalarKind.INTEGER: "integer",
    ScalarKind.FLOAT: "number",
    ScalarKind.BOOLEAN: "boolean",
    ScalarKind.NULL: "null",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    source: TracedText = field(repr=False)
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Return the place of the node."""
        return self.source.span(self.start, self.end)


@dataclass(frozen=True, slots=True, eq=False)
class Scalar(_Placed):
    """A key or value that is not a collection: `content` is its text without quotes and escapes."""

    content: TracedText
    kind: ScalarKind

    @property
    def text(self) -> str:
        """Return the text, each unknown value in it being one `HOLE`."""
        return self.content.text

    def value(self) -> Value[str]:
        """Return the text as a value, unknown if there is a hole in it; its origin is this scalar."""
        if not self.content.text:
            return Known("", self.span)
        value = self.content.value()
        return Known(value.value, self.span) if isinstance(value, Known) else value

    def resolved(self) -> Value[str]:
        """Return the text of the value once its type is resolved by YAML 1.1, as in Go: `on` is "true", `010` "8"."""
        if self.kind is ScalarKind.BOOLEAN:
            return Known("true" if self.text.lower() in _TRUE else "false", self.span)
        if self.kind is ScalarKind.INTEGER:
            number = _integer(self.text)
            return self.value() if number is None else Known(str(number), self.span)
        if self.kind is ScalarKind.FLOAT and self.text.lstrip("+-")[:2].lower() not in _NO_NUMBERS:
            return Known(f"{float(self.text):.15g}", self.span)
        return self.value()

    def json_type(self) -> Known[str] | Unknown:
        """Return the type that the scalar has in JSON ("string", "boolean", "integer")."""
        known = _JSON_TYPES.get(self.kind)
        if known is not None:
            return Known(known, self.span)
        value = self.content.value()
        if isinstance(value, Unknown):
            return value
        return Unknown("whether it is text is not known", self.span)

    def integer(self) -> Value[int] | None:
        """Return the whole number that this scalar is; None if it is something else."""
        if self.kind is ScalarKind.INTEGER:
            number = _integer(self.text)
            return None if number is None else Known(number, self.span)
        if self.kind is not ScalarKind.UNDECIDED:
            return None
        value = self.content.value()
        if not isinstance(value, OneOf):
            return value if isinstance(value, Unknown) else None
        numbers = [_integer(candidate) for candidate in value.values]
        if any(number is None for number in numbers):
            return Unknown(value.reason, value.origin, value.refs)
        return value.map(lambda candidate: _integer(candidate) or 0)


@dataclass(frozen=True, slots=True, eq=False)
class Sequence(_Placed):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One key of a mapping with its value; `merged` says that a merge key (`<<`) brought it."""

    key: Node
    value: Node
    merged: bool = False

    @property
    def span(self) -> Span:
        """Return the place from the key to the end of the value."""
        if self.value.source is not self.key.source or self.value.start < self.key.start:
            return self.key.span
        return self.key.source.span(self.key.start, max(self.key.end, self.value.end))


@dataclass(frozen=True, slots=True, eq=False)
class Mapping(_Placed):
    """A mapping: `entries` in order; `duplicates` are entries whose key is written again further down."""

    entries: tuple[Entry, ...]
    duplicates: tuple[Entry, ...] = ()

    def entry(self, name: str) -> Entry | None:
        """Return the entry of that key; of several the last one, as lenient readers do."""
        for entry in reversed(self.entries):
            if isinstance(entry.key, Scalar) and entry.key.text == name:
                return entry
        return None

    def get(self, name: str) -> Node | None:
        """Return the value of that key, or None."""
        entry = self.entry(name)
        return None if entry is None else entry.value


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Stream:
    """The documents that could be read; what follows a `problem` was not.

    `broken` is the stretch of the document that the problem is in, up to where the next one may begin.
    """

    documents: tuple[Node, ...]
    problem: Problem | None = None
    broken: tuple[int, int] = (0, 0)


def compose_document(document: Document) -> Stream:
    """Read a whole file of YAML (any number of documents) or JSON; never raises."""
    return compose(TracedText([Piece(document.text, Span(document, 0, len(document.text)), exact=True)]))


def compose(source: TracedText, start: int = 0) -> Stream:
    """Read a text of YAML (any number of documents) or JSON from `start` on; never raises.

    Holes make scalars undecided.
    """
    text = source.text[start:]
    if not text.strip("\ufeff \t\r\n"):
        return Stream(())
    shift = 1 if text.startswith("\ufeff") else 0
    text = text[shift:]
    shift += start
    if text.lstrip().startswith(("{", "[")):
        # JSON may be indented with tabs, which YAML forbids; inside its strings no raw tab can stand.
        text = text.replace("\t", " ")
    if strange := _UNREADABLE.search(text):
        at = strange.start() + shift
        message = f"the character U+{ord(strange.group()):04X} is not allowed in YAML"
        return Stream((), Problem(message, source.span(at, at + 1)), (start, len(source)))
    composer = _Composer(source, shift)
    stopped = composer.read(text)
    documents = tuple(composer.documents)
    if stopped is None:
        return Stream(documents)
    at = min(stopped.at, max(len(source) - 1, 0))
    problem = Problem(" ".join(stopped.message.split()), source.span(at, at + 1))
    begin = max((node.end for node in documents), default=start)
    following = source.text.find("\n---", max(at - 1, begin))
    return Stream(documents, problem, (begin, len(source) if following < 0 else following + 1))


class _Refused(Exception):  # noqa: N818 - ends the reading; never leaves this module
    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    start: int
    anchor: str | None
    is_mapping: bool
    nodes: list[Node] = field(default_factory=list)
    size: int = 1


class _Composer:
    """Builds nodes from libyaml's events without recursion, so that depth cannot overflow a stack."""

    def __init__(self, source: TracedText, shift: int) -> None:
        self.documents: list[Node] = []
        self._source = source
        self._shift = shift
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, int] = {}
        self._count = 0

    def read(self, text: str) -> _Refused | None:
        """Read every document; return what ended the reading early, if anything did."""
        import yaml  # noqa: PLC0415 - slow to import, and many projects have no YAML

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(text, Loader=loader):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            at = _offset(error, len(self._source)) + self._shift
            what = error.problem or error.context or "it cannot be read"
            return _Refused(f"this is not valid YAML: {what}", at)
        except yaml.YAMLError as error:
            return _Refused(f"this is not valid YAML: {error}", self._shift)
        except _Refused as refused:
            return refused
        return None

    def _take(self, event: Event) -> None:
        from yaml import events  # noqa: PLC0415 - same

        if event.start_mark is None or event.end_mark is None:  # the start and the end of the stream
            return
        start, end = event.start_mark.index + self._shift, event.end_mark.index + self._shift
        if isinstance(event, events.ScalarEvent):
            self._add(self._scalar(event, start, end), event.anchor, 1)
        elif isinstance(event, events.AliasEvent):
            node = self._anchors.get(event.anchor or "")
            if node is None:
                raise _Refused(f"*{event.anchor} names an anchor that is not complete at this point", start)
            self._add(node, None, self._sizes[id(node)])
        elif isinstance(event, (events.MappingStartEvent, events.SequenceStartEvent)):
            if len(self._stack) >= MAXIMUM_DEPTH:
                raise _Refused(f"this is nested more than {MAXIMUM_DEPTH} levels deep", start)
            if event.anchor:
                self._anchors.pop(event.anchor, None)
            self._stack.append(_Open(start, event.anchor, isinstance(event, events.MappingStartEvent)))
        elif isinstance(event, (events.MappingEndEvent, events.SequenceEndEvent)):
            self._close(end)
        elif isinstance(event, events.DocumentStartEvent):
            self._anchors.clear()
            self._sizes.clear()

    def _close(self, end: int) -> None:
        collection = self._stack.pop()
        if self._source.text[end - 1 : end] not in ("}", "]"):
            # The end of a block collection is where the next thing begins, which is too far.
            end = max((node.end for node in collection.nodes), default=collection.start)
        end = max(end, collection.start)
        node: Node
        if collection.is_mapping:
            node, size = self._mapping(collection, end)
        else:
            node, size = Sequence(self._source, collection.start, end, tuple(collection.nodes)), collection.size
        self._add(node, collection.anchor, size)

    def _add(self, node: Node, anchor: str | None, size: int) -> None:
        self._tally(1, node.start)
        if size > MAXIMUM_SIZE:
            raise _Refused(f"with its aliases written out this has more than {MAXIMUM_SIZE:,} nodes", node.start)
        if anchor:
            self._anchors[anchor] = node
            self._sizes[id(node)] = size
        if not self._stack:
            self.documents.append(node)
            return
        self._stack[-1].nodes.append(node)
        self._stack[-1].size += size

    def _tally(self, more: int, at: int) -> None:
        self._count += more
        if self._count > MAXIMUM_SIZE:
            raise _Refused(f"this has more than {MAXIMUM_SIZE:,} nodes, which is more than podroom reads", at)

    def _mapping(self, collection: _Open, end: int) -> tuple[Mapping, int]:
        own: list[Entry] = []
        merged: list[Entry] = []
        nodes = collection.nodes
        for key, value in zip(nodes[::2], nodes[1::2], strict=False):
            if isinstance(key, Scalar) and key.text == "<<" and key.end - key.start == len("<<"):
                for mapping in _merged_mappings(value):
                    self._tally(len(mapping.entries), key.start)
                    merged.extend(reversed(mapping.entries))
            else:
                own.append(Entry(key, value))
        last: dict[str, Entry] = {entry.key.text: entry for entry in own if isinstance(entry.key, Scalar)}
        duplicates = tuple(
            entry for entry in own if isinstance(entry.key, Scalar) and last[entry.key.text] is not entry
        )
        kept: dict[str, Entry] = {}
        for entry in merged:
            if isinstance(entry.key, Scalar) and entry.key.text not in last:
                kept.setdefault(entry.key.text, Entry(entry.key, entry.value, merged=True))
        size = collection.size + len(merged)
        return Mapping(self._source, collection.start, end, (*kept.values(), *own), duplicates), size

    def _scalar(self, event: ScalarEvent, start: int, end: int) -> Scalar:
        content = _retrace(self._source, start, end, event.value, event.style)
        return Scalar(self._source, start, end, content, _kind(event))


def _offset(error: MarkedYAMLError, otherwise: int) -> int:
    mark = error.problem_mark or error.context_mark
    return otherwise if mark is None else int(mark.index)


def _merged_mappings(value: Node) -> Iterator[Mapping]:
    """Iterate over the mappings that a merge key brings; of two entries with one key the first one counts."""
    for node in value.items if isinstance(value, Sequence) else (value,):
        if isinstance(node, Mapping):
            yield node


def _retrace(source: TracedText, start: int, end: int, value: str, style: str | None) -> TracedText:
    """Return the text of a scalar with the place of its characters, as exactly as its style allows."""
    inset = 1 if style in ("'", '"') else 0
    if source.text[start + inset : end - inset] == value:
        return source.slice(start + inset, end - inset)
    if style in ("|", ">"):
        lines = (_literal_lines if style == "|" else _folded_lines)(source, start, end, value)
        if lines is not None:
            return TracedText(lines)
    return _as_a_whole(source, start, end, value)


def _literal_lines(source: TracedText, start: int, end: int, value: str) -> list[Piece] | None:
    """Return the pieces of a literal block (`|`), whose lines are those of the source less an indentation."""
    text = source.text
    at = text.find("\n", start, end) + 1
    pieces: list[Piece] = []
    for line in value.splitlines(keepends=True):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop + 1
        raw = text[at:stop].rstrip("\r\n")
        wanted = line.rstrip("\n")
        if not raw.endswith(wanted) or at == 0:
            return None
        begin = at + len(raw) - len(wanted)
        pieces.extend(source.slice(begin, begin + len(wanted)).pieces)
        if line.endswith("\n"):
            pieces.append(Piece("\n", source.span(min(begin + len(wanted), stop - 1), stop)))
        at = stop
    return pieces


def _folded_lines(source: TracedText, start: int, end: int, value: str) -> list[Piece] | None:
    """Return the pieces of a folded block (`>`): lines less an indentation, with blanks or line ends between them."""
    text = source.text
    at = text.find("\n", start, end) + 1
    pieces: list[Piece] = []
    done = 0
    indentation: int | None = None
    while 0 < at < end and done < len(value.rstrip(" \n")):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        raw = text[at:stop].rstrip("\r")
        if raw.strip(" "):
            indentation = len(raw) - len(raw.lstrip(" ")) if indentation is None else indentation
            line = raw[indentation:]
            found = value.find(line, done)
            between = value[done:found]
            if found < 0 or between.strip(" \n"):
                return None
            if between:
                pieces.append(Piece(between, source.span(max(at - 1, 0), at)))
            pieces.extend(source.slice(at + indentation, at + len(raw)).pieces)
            done = found + len(line)
        at = stop + 1
    rest = value[done:]
    if rest.strip(" \n"):
        return None
    return [*pieces, Piece(rest, source.span(max(end - 1, start), end))] if rest else pieces


def _as_a_whole(source: TracedText, start: int, end: int, value: str) -> TracedText:
    """Return text of which only the place of the whole scalar is known; its holes stay what they were."""
    span = source.span(start, end)
    holes = source.holes(start, end)
    pieces = []
    for number, literal in enumerate(value.split(HOLE)):
        if number:
            pieces.append(Piece(HOLE, span, hole=next(holes, Unknown("an unknown value", span))))
        pieces.append(Piece(literal, span))
    return TracedText(pieces)


_KIND_OF_TAG = {
    "tag:yaml.org,2002:str": ScalarKind.STRING,
    "tag:yaml.org,2002:int": ScalarKind.INTEGER,
    "tag:yaml.org,2002:float": ScalarKind.FLOAT,
    "tag:yaml.org,2002:bool": ScalarKind.BOOLEAN,
    "tag:yaml.org,2002:null": ScalarKind.NULL,
}
_BOOLEANS = pattern("y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE|n|N|no|No|NO|off|Off|OFF|false|False|FALSE")
_TRUE = frozenset(("y", "yes", "on", "true"))
_NO_NUMBERS = frozenset((".i", ".n"))
"""How infinity and what is no number begin."""
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_INTEGER = pattern(r"[-+]?(0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|[1-9][0-9_]*|0)")
_PREFIXES = frozenset(("0x", "0o", "0b"))
_FLOAT = pattern(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def _kind(event: ScalarEvent) -> ScalarKind:
    if event.tag and event.tag != "!":
        return _KIND_OF_TAG.get(event.tag, ScalarKind.STRING)
    if event.style or event.tag == "!":
        return ScalarKind.STRING
    text = event.value
    if HOLE in text:
        return ScalarKind.UNDECIDED
    if text in _NULLS:
        return ScalarKind.NULL
    if _BOOLEANS.fullmatch(text):
        return ScalarKind.BOOLEAN
    if _integer(text) is not None:
        return ScalarKind.INTEGER
    return ScalarKind.FLOAT if _FLOAT.fullmatch(text) else ScalarKind.STRING


def _integer(text: str) -> int | None:
    """Return the number that go-yaml reads: underscores allowed, a leading 0 meaning octal."""
    if len(text) > LONGEST_INTEGER or not _INTEGER.fullmatch(text):
        return None
    digits = text.replace("_", "").lstrip("+-")
    if digits.lower() in _PREFIXES:  # 0x_: nothing is behind it
        return None
    sign = -1 if text.startswith("-") else 1
    if re.fullmatch("0[0-7]+", digits):
        digits = f"0o{digits[1:]}"
    return sign * int(digits, 0)
