"""The values that expressions are evaluated to, known or symbolic.

Strings are `str`, booleans `bool`, numbers `int` or `Decimal` (never float); the other values have a
class here.  What is not known before deployment is a `Sym`; a string with unknown parts keeps its
literal parts (`PartialStr`); an encoding of something with unknown parts keeps what was encoded
(`Encoded`); a value that hangs on an unknown condition keeps its candidates (`Choice`).

All terms are immutable.  Collections count their leaves in `weight`, and `measured` refuses
more than `MAX_WEIGHT`: terms share their parts, so that without it twenty lines of configuration
could stand for more leaves than any walk over them would survive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

from podroom.evaluation.failures import BeyondReach
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
)
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.records import dataclass, field, replace

_IDENTITY = pattern(r"(?!.*zone)(?:.+_)?(?:id|ids|arn|arns)(?:\[\d+\])?")
_LISTS_ZONES = pattern(r"(?:^|\.)data\.aws_availability_zones\.")
MAX_WEIGHT = 200_000
MAX_DEPTH = 100
MAX_TEXT = 4_000_000
MAX_HOLES = 2_000
_LONGEST_STEP = 10
MAX_CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class Null:
    """`null`, of a type."""

    type: Type = DYNAMIC


NULL = Null()


@dataclass(frozen=True, slots=True)
class Sym:
    """A value that is not known, with what is known about it.

    `name` is its Terraform address (`module.vpc.aws_subnet.private[0].id`), empty when it was
    computed from other unknowns.  `owner` and `attribute` split the address of a resource's own
    attribute (`aws_subnet.private[0]` and `id`).  `refs` are the addresses that it hangs on and
    `reason` says in a clause why it is unknown.  `nonnull` promises that it will not be null, `filled`
    that it will not be an empty string either.  `origin` is the place that a person would change, if
    there is one.  `least` is the number of members that a collection has for sure.
    """

    type: Type
    reason: str
    refs: tuple[str, ...] = ()
    name: str = ""
    owner: str = ""
    attribute: str = ""
    nonnull: bool = False
    filled: bool = False
    origin: Span | None = None
    least: int = 0

    @property
    def is_own(self) -> bool:
        """Return whether it belongs to a resource or module, so that no other value is taken to equal it."""
        return bool(self.owner and self.name)

    @property
    def is_identity(self) -> bool:
        """Return whether it is the id of something, which is made up when that is made."""
        return _IDENTITY.fullmatch(self.attribute) is not None

    @property
    def is_sorted(self) -> bool:
        """Return whether it is a list that the provider sorts: the names of availability zones.

        Source: internal/service/ec2/ec2_availability_zones_data_source.go of terraform-provider-aws.
        """
        return self.attribute == "names" and _LISTS_ZONES.search(self.owner) is not None

    def member(self, step: str) -> Sym:
        """Return the unknown that one step (`.name`, `[0]`, `["key"]`) into this one leads to."""
        return Sym(
            self._member_type(step),
            self.reason,
            self.refs,
            f"{self.name}{step}" if self.name else "",
            self.owner,
            f"{self.attribute}{step}" if self.owner else "",
            nonnull=self.least > 0,
            filled=self.least > 0,
            origin=self.origin,
        )

    def _member_type(self, step: str) -> Type:
        kind = self.type
        if isinstance(kind, ListType | MapType | SetType):
            return kind.element
        if isinstance(kind, ObjectType):
            return kind.attributes.get(step.removeprefix(".").removeprefix('["').removesuffix('"]'), DYNAMIC)
        if isinstance(kind, TupleType) and step[1:-1].isdecimal() and len(step) < _LONGEST_STEP:
            return kind.elements[int(step[1:-1])] if int(step[1:-1]) < len(kind.elements) else DYNAMIC
        return DYNAMIC


@dataclass(frozen=True, slots=True)
class SelectedWorkspace(Sym):
    """The workspace that nobody gave: unknown, but surely none of `others`.

    `told_apart` gathers the names that the configuration compares it with or has as keys of what it looks up by it.
    """

    others: frozenset[str] = frozenset()
    told_apart: dict[str, None] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PartialStr:
    """A string with holes: literal text and unknown strings, in order."""

    parts: tuple[str | Sym, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """The text that `kind` (`json`, `yaml`, `base64`, `base64gzip`, `mime`) makes of a value with holes."""

    kind: str
    value: Term
    weight: int = field(init=False, repr=False)
    depth: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Measure the value; raise `BeyondReach` if it is too large."""
        weight, depth = measured((self.value,))
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "depth", depth)


@dataclass(frozen=True, slots=True)
class Failed:
    """Only inside a `Choice`: in this case the expression has no value."""

    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of a few values; two choices with the same `decision` are decided together, option by option."""

    decision: str
    options: tuple[Term, ...]
    reason: str
    refs: tuple[str, ...] = ()
    weight: int = field(init=False, repr=False)
    depth: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Measure the candidates; raise `BeyondReach` if they are too large."""
        weight, depth = measured(self.options)
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "depth", depth)


class LazyObject:
    """An object whose attributes are worked out when asked for: a resource or a module instance."""

    __slots__ = ()

    address: str

    def attribute(self, name: str) -> Term:
        """Return the value of an attribute; raise `EvaluationFailure` if there surely is none."""
        raise NotImplementedError

    def names(self) -> tuple[str, ...] | None:
        """Return the names of all attributes, or None if they are not all known."""
        raise NotImplementedError

    def symbol(self) -> Sym:
        """Return the object as a whole, as something unknown."""
        raise NotImplementedError


class SymbolicKey(str):
    """A key that is not known before deployment; as a string it tells people which unknown it is.

    That is the address of what belongs to a resource (`aws_subnet.a.id`), else a template (`${var.name}-a`).
    """

    __slots__ = ("symbol",)

    symbol: Sym | PartialStr

    @classmethod
    def of(cls, symbol: Sym | PartialStr) -> SymbolicKey:
        """Return a key for an unknown string; unknowns without a name may share one."""
        if isinstance(symbol, Sym) and symbol.is_own:
            key = cls(symbol.name)
        else:
            parts = symbol.parts if isinstance(symbol, PartialStr) else (symbol,)
            key = cls("".join(part if isinstance(part, str) else _hole(part) for part in parts))
        key.symbol = symbol
        return key

    @property
    def is_own(self) -> bool:
        """Return whether it hangs on what belongs to resources only, so that no other key is taken to equal it."""
        parts = self.symbol.parts if isinstance(self.symbol, PartialStr) else (self.symbol,)
        return all(isinstance(part, str) or part.is_own for part in parts)

    def numbered(self, count: int) -> SymbolicKey:
        """Return the key of another unknown that is called the same."""
        key = SymbolicKey(f"{self} ({count})")
        key.symbol = self.symbol
        return key


def _hole(symbol: Sym) -> str:
    what = symbol.name or (f"from {', '.join(symbol.refs)}" if symbol.refs else "unknown")
    return f"${{{what}}}"


def key_term(key: str) -> Term:
    """Return the key of an entry as a value."""
    return key.symbol if isinstance(key, SymbolicKey) else key


class TupleTerm:
    """A tuple.

    `rest` says why there may be more members than these; it is empty for a whole tuple.  `fixed` is
    the number of first members whose position is certain: unless said otherwise all of a whole tuple
    and none of another, because what is missing may stand anywhere.
    """

    __slots__ = ("depth", "fixed", "items", "rest", "weight")

    def __init__(self, items: Iterable[Term], rest: tuple[Sym, ...] = (), fixed: int | None = None) -> None:
        """Make a tuple of members; raise `BeyondReach` if it is too large."""
        self.items = tuple(items)
        self.rest = rest
        self.fixed = fixed if fixed is not None else 0 if rest else len(self.items)
        self.weight, self.depth = measured(self.items, len(self.rest))


class ListTerm:
    """A list whose members all have the type `element`; `rest` and `fixed` as in `TupleTerm`."""

    __slots__ = ("depth", "element", "fixed", "items", "rest", "weight")

    def __init__(
        self, element: Type, items: Iterable[Term], rest: tuple[Sym, ...] = (), fixed: int | None = None
    ) -> None:
        """Make a list of converted members; raise `BeyondReach` if it is too large."""
        self.element = element
        self.items = tuple(items)
        self.rest = rest
        self.fixed = fixed if fixed is not None else 0 if rest else len(self.items)
        self.weight, self.depth = measured(self.items, len(self.rest))


class SetTerm:
    """A set whose members, in Terraform's order and without duplicates, all have the type `element`."""

    __slots__ = ("depth", "element", "items", "rest", "weight")

    def __init__(self, element: Type, items: Iterable[Term], rest: tuple[Sym, ...] = ()) -> None:
        """Make a set of members that are already in order and distinct (see `sets.make_set`)."""
        self.element = element
        self.items = tuple(items)
        self.rest = rest
        self.weight, self.depth = measured(self.items, len(self.rest))


class MapTerm:
    """A map whose values all have the type `element`; entries are in the order of their keys."""

    __slots__ = ("depth", "element", "entries", "rest", "weight")

    def __init__(self, element: Type, entries: Mapping[str, Term], rest: tuple[Sym, ...] = ()) -> None:
        """Make a map of converted values; raise `BeyondReach` if it is too large."""
        self.element = element
        self.entries: dict[str, Term] = in_key_order(entries)
        self.rest = rest
        self.weight, self.depth = measured(self.entries.values(), len(self.rest))


class ObjectTerm:
    """An object; entries are in the order of their names."""

    __slots__ = ("depth", "entries", "rest", "weight")

    def __init__(self, entries: Mapping[str, Term], rest: tuple[Sym, ...] = ()) -> None:
        """Make an object; raise `BeyondReach` if it is too large."""
        self.entries: dict[str, Term] = in_key_order(entries)
        self.rest = rest
        self.weight, self.depth = measured(self.entries.values(), len(self.rest))


Number: TypeAlias = "int | Decimal"
Sequence: TypeAlias = "TupleTerm | ListTerm | SetTerm"
Term: TypeAlias = (
    "str | bool | int | Decimal | Null | TupleTerm | ListTerm | SetTerm | MapTerm | ObjectTerm"
    " | Sym | PartialStr | Encoded | Choice | Failed | LazyObject"
)


def in_key_order(entries: Mapping[str, Term]) -> dict[str, Term]:
    """Return the entries as Terraform orders them, by the bytes of their keys."""
    keys = sorted(entries)
    return {key: entries[key] for key in keys}


def measured(items: Iterable[Term], more: int = 0) -> tuple[int, int]:
    """Return the number of leaves and the levels of a value that holds these and `more`; refuse what is too large.

    Raises `BeyondReach` above `MAX_WEIGHT` leaves or `MAX_DEPTH` levels.
    """
    weight = 1 + more
    depth = 0
    for item in items:
        weight += getattr(item, "weight", 1)
        below = getattr(item, "depth", 0)
        depth = max(depth, below)
    if weight > MAX_WEIGHT:
        raise BeyondReach(f"the value has more than {MAX_WEIGHT:,} parts, which is more than podroom follows")
    if depth >= MAX_DEPTH:
        raise BeyondReach("the value is nested more deeply than podroom follows")
    return weight, depth + 1


def checked_text(text: str) -> str:
    """Return the text; raise `BeyondReach` above `MAX_TEXT` characters."""
    if len(text) > MAX_TEXT:
        raise too_long()
    return text


def too_long() -> BeyondReach:
    """Return the failure of a text of more than `MAX_TEXT` characters."""
    return BeyondReach(f"the text has more than {MAX_TEXT:,} characters, which is more than podroom follows")


def is_number(term: Term) -> bool:
    """Return whether the term is a known number."""
    return isinstance(term, int | Decimal) and not isinstance(term, bool)


def is_null(term: Term) -> bool:
    """Return whether the term is surely null."""
    return isinstance(term, Null)


def is_symbolic(term: Term) -> bool:
    """Return whether the term itself (not only something inside a collection) is not wholly known."""
    return isinstance(term, Sym | PartialStr | Encoded | Choice | LazyObject)


def wholly_known(term: Term) -> bool:
    """Return whether nothing in the term is unknown."""
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        return not term.rest and all(map(wholly_known, term.items))
    if isinstance(term, MapTerm | ObjectTerm):
        if term.rest or any(isinstance(key, SymbolicKey) for key in term.entries):
            return False
        return all(map(wholly_known, term.entries.values()))
    return not is_symbolic(term)


def symbols(term: Term) -> Iterator[Sym]:
    """Iterate over the unknowns in a term, each with its reason; a choice counts as one."""
    if isinstance(term, Sym):
        yield term
    elif isinstance(term, PartialStr):
        for part in term.parts:
            if isinstance(part, Sym):
                yield part
    elif isinstance(term, Encoded):
        yield from symbols(term.value)
    elif isinstance(term, Choice):
        yield Sym(DYNAMIC, term.reason, term.refs)
    elif isinstance(term, LazyObject):
        yield term.symbol()
    elif isinstance(term, TupleTerm | ListTerm | SetTerm):
        yield from term.rest
        for item in term.items:
            yield from symbols(item)
    elif isinstance(term, MapTerm | ObjectTerm):
        yield from term.rest
        for item in term.entries.values():
            yield from symbols(item)
        for key in term.entries:
            if isinstance(key, SymbolicKey):
                yield from symbols(key.symbol)


def derived(kind: Type, *causes: Term, reason: str | None = None, nonnull: bool = True) -> Sym:
    """Return the unknown that a computation over unknowns yields: the causes' references, the first's reason."""
    refs: dict[str, None] = {}
    first: Sym | None = None
    for cause in causes:
        for symbol in symbols(cause):
            first = first or symbol
            refs.update(dict.fromkeys(symbol.refs))
    if reason is None:
        reason = first.reason if first else "it cannot be worked out before deployment"
    return Sym(kind, reason, tuple(refs), nonnull=nonnull, origin=first.origin if first else None)


def join_text(parts: Iterable[str | Sym]) -> str | PartialStr:
    """Return the concatenation of literal text and unknown strings, neighbours of text joined."""
    joined: list[str | Sym] = []
    texts: list[str] = []
    length = 0
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            length += len(part)
            if length > MAX_TEXT:
                raise too_long()
            continue
        if texts:
            joined.append("".join(texts))
            texts = []
        joined.append(part)
        if len(joined) > MAX_HOLES:
            raise BeyondReach(f"the text has more than {MAX_HOLES:,} unknown parts, which is more than podroom follows")
    if texts:
        joined.append("".join(texts))
    kept = tuple(part for part in joined if part != "")
    if not kept:
        return ""
    if len(kept) == 1 and isinstance(kept[0], str):
        return kept[0]
    return PartialStr(kept)


def type_of(term: Term) -> Type:
    """Return the type of a term; `DYNAMIC` where it is not known."""
    if isinstance(term, str | PartialStr | Encoded):
        return STRING
    if isinstance(term, bool):
        return BOOL
    if isinstance(term, int | Decimal):
        return NUMBER
    if isinstance(term, Null | Sym):
        return term.type
    if isinstance(term, TupleTerm):
        return DYNAMIC if term.rest else TupleType(tuple(map(type_of, term.items)))
    if isinstance(term, ObjectTerm):
        return DYNAMIC if term.rest else ObjectType({key: type_of(value) for key, value in term.entries.items()})
    if isinstance(term, ListTerm):
        return ListType(term.element)
    if isinstance(term, SetTerm):
        return SetType(term.element)
    if isinstance(term, MapTerm):
        return MapType(term.element)
    if isinstance(term, Choice):
        kinds = [type_of(option) for option in term.options if not isinstance(option, Failed)]
        return kinds[0] if kinds and all(kind == kinds[0] for kind in kinds) else DYNAMIC
    return DYNAMIC


def retyped(symbol: Sym, kind: Type) -> Sym:
    """Return the same unknown with a type."""
    return symbol if symbol.type == kind else replace(symbol, type=kind)
