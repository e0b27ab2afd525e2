"""Data classes that cost little before they are used: `dataclass` as in the standard library, its methods made late.

When a module is imported, the standard decorator looks at every field of every class, and writes and compiles up to six
methods for it.  For the two hundred classes of this program that would be a third of a small run, and most of them are
not used in most runs.  Here a class gets its slots when it is defined and the rest when it is used: a constructor is
written when there are more than a few instances, other methods are shared, and what `fields` and pattern matching look
for is left to the standard decorator, once one of them asks.  Until then the standard module is not even imported: with
it comes all that inspects and parses Python, a twentieth of a small run.  A type checker sees the standard one only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace

T = TypeVar("T")
FEW = 60
"""How many instances of a class are made without a constructor of its own, which costs what some 80 instances do."""
_NOT_GIVEN = object()
_MISSING: Any = object()
"""Stands for a default that there is not."""
_DECLARED = "__podroom_declared__"
"""The attribute of a class with what its own body declares: by name a default, a `field()`, or MISSING."""
_ALL = "__podroom_fields__"
"""The attribute of a class with all its fields, those of its bases too."""
_WRITTEN = "__podroom_written__"
"""The attribute of a class with itself as it was before it got slots, and whether its fields are taken by name only."""


class _Late:
    """An attribute that each class works out when it is first looked up there, and keeps in the place of this one."""

    def __init__(self, name: str, work_out: Callable[[type[Any]], object]) -> None:
        self._name = name
        self._work_out = work_out

    def __get__(self, instance: object, kind: type[Any]) -> object:
        name = self._name
        owner = next(part for part in kind.__mro__ if vars(part).get(name) is self)
        setattr(owner, name, self._work_out(owner))
        return getattr(kind if instance is None else instance, name)


class _Field:
    """What is said of a field, as in the standard library."""

    __slots__ = ("compare", "default", "default_factory", "hash", "init", "kw_only", "repr")

    def __init__(
        self,
        *,
        default: Any = _MISSING,  # noqa: ANN401 - whatever a field may hold
        default_factory: Any = _MISSING,  # noqa: ANN401 - same
        init: bool = True,
        repr: bool = True,  # noqa: A002 - the standard library's name
        hash: bool | None = None,  # noqa: A002 - same
        compare: bool = True,
        kw_only: bool = False,
    ) -> None:
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.kw_only = kw_only

    def as_standard(self) -> object:
        """Return it as the standard library has it."""
        import dataclasses  # noqa: PLC0415 - see above

        said = {name: getattr(self, name) for name in self.__slots__}
        return dataclasses.field(**{name: value for name, value in said.items() if value is not _MISSING})


_REQUIRED = _Field()
"""What most fields are, with nothing said but their type."""


def _replace(record: T, /, **changes: object) -> T:
    """Return a copy of a record in which some fields are others."""
    kind: Any = type(record)
    for name, one in _fields(kind).items():
        if one.init and name not in changes:
            changes[name] = getattr(record, name)
    made: T = kind(**changes)
    return made


def _dataclass(
    *, slots: Literal[True], frozen: bool = False, eq: bool = True, kw_only: bool = False
) -> Callable[[type[T]], type[T]]:
    """Make a class a data class with slots; the arguments mean what they mean in the standard library."""
    del slots  # always: who reads and checks the code sees it
    methods = {"__repr__": _repr, **_CONSTRUCTED, **(_FROZEN if frozen else {}), **_COMPARED[eq, frozen]}

    def decorate(written: type[T]) -> type[T]:
        written.__doc__ = written.__doc__ or written.__qualname__  # or else the signature is worked out to be the text
        namespace = dict(vars(written))
        declared = {name: namespace.pop(name, _MISSING) for name in written.__annotations__}
        inherited = {name for base in written.__mro__[1:] for name in vars(base).get("__slots__", ())}
        namespace["__slots__"] = tuple([name for name in declared if name not in inherited])
        namespace[_DECLARED] = _by_name_only(declared) if kw_only else declared
        namespace[_WRITTEN] = (written, kw_only)
        for name in ("__dict__", "__weakref__"):
            namespace.pop(name, None)
        for name, method in methods.items():
            if namespace.get(name) is None:
                namespace[name] = method
        namespace.update(_ASKED_FOR)
        namespace["__qualname__"] = written.__qualname__
        metaclass: Any = type(written)
        made: type[T] = metaclass(written.__name__, written.__bases__, namespace)
        return made

    return decorate


def _by_name_only(declared: Mapping[str, object]) -> dict[str, object]:
    """Return fields that the constructor takes by name only."""
    found: dict[str, object] = {}
    for name, default in declared.items():
        field = found[name] = _Field() if default is _MISSING else _as_field(default)
        field.kw_only = True
    return found


def _as_field(default: Any) -> _Field:  # noqa: ANN401 - whatever a field may hold
    if default is _MISSING:
        return _REQUIRED
    if isinstance(default, _Field):
        return default
    if type(default).__module__ == "dataclasses":
        return _of_standard(default)
    return _Field(default=default)


def _of_standard(field: Any) -> _Field:  # noqa: ANN401 - its type would have to be imported
    """Return a field that somebody made with the standard library."""
    import dataclasses  # noqa: PLC0415 - see above

    said = {name: getattr(field, name) for name in _Field.__slots__}
    return _Field(**{name: value for name, value in said.items() if value is not dataclasses.MISSING})


def _fields(made: type[Any]) -> dict[str, _Field]:
    """Return the fields by name, those of the bases first."""
    fields: dict[str, _Field] = getattr(made, _ALL)
    return fields


def _all_fields(made: type[Any]) -> dict[str, _Field]:
    declared = [vars(part).get(_DECLARED, {}) for part in reversed(made.__mro__)]
    return {name: _as_field(default) for fields in declared for name, default in fields.items()}


def _standard(name: str) -> _Late:
    """Return an attribute that the standard decorator gives to a class."""

    def work_out(made: type[Any]) -> object:
        import dataclasses  # noqa: PLC0415 - see above

        written, kw_only = vars(made)[_WRITTEN]
        if name not in vars(written):
            for attribute, default in list(vars(written).items()):
                if isinstance(default, _Field):
                    setattr(written, attribute, default.as_standard())
            dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(written)
        return vars(written)[name]

    return _Late(name, work_out)


def _constructor(made: type[Any]) -> Callable[..., None]:
    """Return the constructor of the first instances; it has another one written for more, and for what is not right."""
    fields = [(name, field) for name, field in _fields(made).items() if field.init]
    fields.sort(key=lambda item: item[1].kw_only)  # those that are taken by name only, last
    puts = [getattr(made, name).__set__ for name, _ in fields]
    by_position = sum([not field.kw_only for _, field in fields])
    has_more_to_do = hasattr(made, "__post_init__")
    instances = count(1)

    def construct(self: object, *values: object, **named: object) -> None:
        given = len(values)
        if given > by_position or next(instances) > FEW:
            _construct_as_written(self, made, values, named)
            return
        for put, value in zip(puts, values):  # noqa: B905 - there may be more fields than values
            put(self, value)
        left = len(named)
        if given < len(puts):
            for at in range(given, len(puts)):
                name, field = fields[at]
                if name in named:
                    left -= 1
                    puts[at](self, named[name])
                elif _is_required(field):
                    left = -1
                    break
                else:
                    puts[at](self, _default(field))
        if left:
            _construct_as_written(self, made, values, named)
        elif has_more_to_do:
            self.__post_init__()  # type: ignore[attr-defined] # it has one

    return construct


def _construct_as_written(self: object, made: type[Any], values: Sequence[object], named: Mapping[str, object]) -> None:
    """Give a class a constructor of its own, which refuses what is not right as any other does."""
    made.__init__ = _written_constructor(made)
    made.__init__(self, *values, **named)


def _is_required(field: _Field) -> bool:
    return field.default is _MISSING and field.default_factory is _MISSING


def _default(field: _Field) -> object:
    return field.default if field.default_factory is _MISSING else field.default_factory()


def _written_constructor(made: type[Any]) -> Callable[..., None]:
    """Write and compile `__init__`."""
    frozen = made.__setattr__ is _refuse_change
    names: dict[str, Any] = {"NOT_GIVEN": _NOT_GIVEN}
    positional: list[str] = ["self"]
    by_name: list[str] = []
    body: list[str] = []
    for name, field in _fields(made).items():
        value = name
        parameter = name
        if field.default is not _MISSING:
            names[f"default_{name}"] = field.default
            parameter = f"{name}=default_{name}"
        elif field.default_factory is not _MISSING:
            names[f"make_{name}"] = field.default_factory
            parameter = f"{name}=NOT_GIVEN"
            value = f"make_{name}() if {name} is NOT_GIVEN else {name}"
        if not field.init:
            continue
        (by_name if field.kw_only else positional).append(parameter)
        if frozen:  # the slot itself does not refuse what __setattr__ does
            names[f"set_{name}"] = getattr(made, name).__set__
            body.append(f"set_{name}(self, {value})")
        else:
            body.append(f"self.{name} = {value}")
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ", ".join([*positional, *(["*", *by_name] if by_name else [])])
    lines = "\n    ".join(body or ["pass"])
    exec(f"def __init__({parameters}):\n    {lines}\n", names)  # noqa: S102 - of names from our own source, as the standard library does
    constructor: Callable[..., None] = names["__init__"]
    constructor.__qualname__ = f"{made.__qualname__}.__init__"
    return constructor


def _getter(made: type[Any], wanted: Callable[[_Field], bool | None]) -> Callable[[object], object]:
    names = [name for name, field in _fields(made).items() if wanted(field)]
    return attrgetter(*names) if names else lambda _: ()


def _equality(made: type[Any]) -> Callable[[object, object], bool]:
    values = _getter(made, lambda field: field.compare)

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equal


def _hash(made: type[Any]) -> Callable[[object], int]:
    values = _getter(made, lambda field: field.compare if field.hash is None else field.hash)

    def hashed(self: object) -> int:
        return hash(values(self))

    return hashed


@recursive_repr()
def _repr(self: Any) -> str:  # noqa: ANN401 - any data class
    shown = (f"{name}={getattr(self, name)!r}" for name, field in _fields(type(self)).items() if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_change(_self: object, name: str, *_: object) -> NoReturn:
    from dataclasses import FrozenInstanceError  # noqa: PLC0415 - see above

    raise FrozenInstanceError(f"cannot change the field {name!r}")


# What the decorator gives to classes, the same objects to all of them.
_CONSTRUCTED = {"__init__": _Late("__init__", _constructor)}
_ASKED_FOR = {_ALL: _Late(_ALL, _all_fields)} | {
    name: _standard(name) for name in ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
}
_FROZEN = {"__setattr__": _refuse_change, "__delattr__": _refuse_change}
_EQUALITY = {"__eq__": _Late("__eq__", _equality)}
_COMPARED: dict[tuple[bool, bool], dict[str, object]] = {
    (True, True): {**_EQUALITY, "__hash__": _Late("__hash__", _hash)},
    (True, False): {**_EQUALITY, "__hash__": None},
    (False, True): {},
    (False, False): {},
}

if not TYPE_CHECKING:
    dataclass = _dataclass
    field = _Field
    replace = _replace

__all__ = ["dataclass", "field", "replace"]
