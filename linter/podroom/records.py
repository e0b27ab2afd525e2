"""Data classes that cost little before they are used: `dataclass` as in the standard library, its methods made late.

When a module is imported, the standard decorator looks at every field of every class, and writes and compiles up to six
methods for it.  For the two hundred classes of this program that would be a third of a small run, and most of them are
not used in most runs.  Here a class gets its slots when it is defined and the rest when it is used: a constructor is
written when there are more than a few instances, other methods are shared, and what `fields`, `replace` and pattern
matching look for is left to the standard decorator, once one of them asks.  A type checker sees the standard one only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass

T = TypeVar("T")
FEW = 20
"""How many instances of a class are made without a constructor of its own, which costs what 50 instances do."""
_NOT_GIVEN = object()
_REQUIRED: dataclasses.Field[Any] = dataclasses.field()
"""What most fields are, with nothing said but their type."""
_DECLARED = "__podroom_declared__"
"""The attribute of a class with what its own body declares: by name a default, a `field()`, or MISSING."""


class _Late:
    """An attribute of a class that is worked out when it is first looked up, and then takes this one's place."""

    def __init__(self, work_out: Callable[[type[Any]], object]) -> None:
        self._work_out = work_out

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._owner = owner
        self._name = name

    def __get__(self, instance: object, kind: type[Any]) -> object:
        setattr(self._owner, self._name, self._work_out(self._owner))
        return getattr(kind if instance is None else instance, self._name)


def _dataclass(
    *, slots: Literal[True], frozen: bool = False, eq: bool = True, kw_only: bool = False
) -> Callable[[type[T]], type[T]]:
    """Make a class a data class with slots; the arguments mean what they mean in the standard library."""
    del slots  # always: who reads and checks the code sees it

    def decorate(written: type[T]) -> type[T]:
        written.__doc__ = written.__doc__ or written.__qualname__  # or else the signature is worked out to be the text
        namespace = dict(vars(written))
        declared = {name: namespace.pop(name, dataclasses.MISSING) for name in written.__annotations__}
        inherited = {name for base in written.__mro__[1:] for name in vars(base).get("__slots__", ())}
        namespace["__slots__"] = tuple(name for name in declared if name not in inherited)
        namespace[_DECLARED] = _by_name_only(declared) if kw_only else declared
        for name in ("__dict__", "__weakref__"):
            namespace.pop(name, None)
        for name in ("__dataclass_fields__", "__dataclass_params__", "__match_args__"):
            namespace[name] = _Late(partial(_standard, written, name, kw_only=kw_only))
        methods: dict[str, object] = {"__init__": _Late(partial(_constructor, frozen=frozen)), "__repr__": _repr}
        if eq:
            methods["__eq__"] = _Late(_equality)
            methods["__hash__"] = _Late(_hash) if frozen else None
        if frozen:
            methods["__setattr__"] = methods["__delattr__"] = _refuse_change
        for name, method in methods.items():
            if namespace.get(name) is None:
                namespace[name] = method
        namespace["__qualname__"] = written.__qualname__
        metaclass: Any = type(written)
        made: type[T] = metaclass(written.__name__, written.__bases__, namespace)
        return made

    return decorate


def _by_name_only(declared: Mapping[str, object]) -> dict[str, object]:
    """Return fields that the constructor takes by name only."""
    found: dict[str, object] = {}
    for name, default in declared.items():
        field = found[name] = dataclasses.field() if default is dataclasses.MISSING else _as_field(default)
        field.kw_only = True
    return found


def _as_field(default: Any) -> dataclasses.Field[Any]:  # noqa: ANN401 - whatever a field may hold
    if default is dataclasses.MISSING:
        return _REQUIRED
    field: dataclasses.Field[Any]
    field = default if isinstance(default, dataclasses.Field) else dataclasses.field(default=default)
    return field


def _fields(made: type[Any]) -> dict[str, dataclasses.Field[Any]]:
    """Return the fields by name, those of the bases first."""
    declared = [vars(part).get(_DECLARED, {}) for part in reversed(made.__mro__)]
    return {name: _as_field(default) for fields in declared for name, default in fields.items()}


def _standard(written: type[Any], name: str, _made: type[Any], *, kw_only: bool) -> object:
    """Return an attribute that the standard decorator gives to a class."""
    if name not in vars(written):
        dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(written)
    return vars(written)[name]


def _constructor(made: type[Any], *, frozen: bool) -> Callable[..., None]:
    """Return the constructor of the first instances; it has another one written for more, and for what is not right."""
    fields = {name: field for name, field in _fields(made).items() if field.init}
    by_position = [name for name, field in fields.items() if field.kw_only is not True]
    required = {name for name, field in fields.items() if _is_required(field)}
    puts = [(name, getattr(made, name).__set__, field) for name, field in fields.items()]
    instances = count(1)

    def construct(self: object, *values: object, **named: object) -> None:
        given = dict(zip(by_position, values, strict=False)) | named
        regular = len(given) == len(values) + len(named) and required <= given.keys() <= fields.keys()
        if not regular or next(instances) > FEW:
            made.__init__ = _written_constructor(made, frozen=frozen)
            made.__init__(self, *values, **named)
            return
        for name, put, field in puts:
            put(self, given[name] if name in given else _default(field))
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    return construct


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _default(field: dataclasses.Field[Any]) -> object:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def _written_constructor(made: type[Any], *, frozen: bool) -> Callable[..., None]:
    """Write and compile `__init__`."""
    names: dict[str, Any] = {"NOT_GIVEN": _NOT_GIVEN}
    positional: list[str] = ["self"]
    by_name: list[str] = []
    body: list[str] = []
    for name, field in _fields(made).items():
        value = name
        parameter = name
        if field.default is not dataclasses.MISSING:
            names[f"default_{name}"] = field.default
            parameter = f"{name}=default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            names[f"make_{name}"] = field.default_factory
            parameter = f"{name}=NOT_GIVEN"
            value = f"make_{name}() if {name} is NOT_GIVEN else {name}"
        if not field.init:
            continue
        (by_name if field.kw_only is True else positional).append(parameter)
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


def _getter(made: type[Any], wanted: Callable[[dataclasses.Field[Any]], bool | None]) -> Callable[[object], object]:
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
    raise dataclasses.FrozenInstanceError(f"cannot change the field {name!r}")


if not TYPE_CHECKING:
    dataclass = _dataclass

__all__ = ["dataclass"]
