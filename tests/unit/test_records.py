"""The data classes of `podroom.records` behave like those of the standard library, which is the oracle here."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import pytest

from podroom import records

T = TypeVar("T")


def shapes(dataclass: Callable[..., Any], field: Callable[..., Any] = dataclasses.field) -> dict[str, type[Any]]:
    @dataclass(frozen=True, slots=True)
    class Frozen:
        first: int
        second: str = "default"
        third: list[int] = field(default_factory=list)

    @dataclass(slots=True)
    class Changeable:
        first: int
        second: int = 2

    @dataclass(slots=True, eq=False)
    class OnlyItself:
        first: int

    @dataclass(slots=True, eq=False, kw_only=True)
    class Below(OnlyItself):
        second: int

    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    @dataclass(frozen=True, slots=True)
    class Boxed(Generic[T]):
        value: T

    @dataclass(frozen=True, slots=True)
    class Measured:
        text: str
        hidden: str = field(default="", repr=False, compare=False)
        unhashed: str = field(default="", hash=False)
        length: int = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "length", len(self.text))

    @dataclass(frozen=True, slots=True)
    class Named:
        name: str

        def __repr__(self) -> str:
            return "its own"

    found = (Frozen, Changeable, OnlyItself, Below, Empty, Boxed, Measured, Named)
    return {shape.__name__: shape for shape in found}


OURS = shapes(records.dataclass)
STANDARD = shapes(dataclasses.dataclass)
CALLS = [
    ("Frozen", (), {}),
    ("Frozen", (1,), {}),
    ("Frozen", (1, "a", [3]), {}),
    ("Frozen", (1, "a"), {"third": [4]}),
    ("Frozen", (1,), {"first": 1}),
    ("Frozen", (1,), {"fourth": 1}),
    ("Changeable", (1,), {"second": 3}),
    ("Changeable", (1, 2, 3), {}),
    ("OnlyItself", (1,), {}),
    ("Below", (1,), {"second": 2}),
    ("Below", (1, 2), {}),
    ("Empty", (), {}),
    ("Empty", (1,), {}),
    ("Boxed", ((1, 2),), {}),
    ("Measured", ("text", "a", "b"), {}),
    ("Measured", ("text",), {"length": 1}),
    ("Named", ("a",), {}),
]


def behaviour(make: Callable[[], Any]) -> dict[str, object]:
    """Return all that can be seen of an instance."""
    try:
        one, same = make(), make()
    except TypeError as error:
        return {"constructor": str(error).partition("__init__")[2]}
    kind = type(one)
    seen: dict[str, object] = {
        "repr": repr(one),
        "equal": one == same,
        "equal to something else": one == 1,
        "fields": [(field.name, getattr(one, field.name)) for field in dataclasses.fields(one)],
        "match": kind.__match_args__,
        "hashable": kind.__hash__ is not None,
        "slots only": not hasattr(one, "__dict__"),
    }
    for name, value in seen["fields"]:  # type: ignore[attr-defined]
        try:
            setattr(one, name, value)
            seen[f"set {name}"] = "allowed"
        except dataclasses.FrozenInstanceError:
            seen[f"set {name}"] = "refused"
    if kind.__hash__ is not None:
        try:
            seen["same hash"] = hash(one) == hash(same)
        except TypeError as error:
            seen["same hash"] = str(error)
    if "init=False" not in repr(dataclasses.fields(one)):
        copy = dataclasses.replace(one)
        seen["replaced"] = repr(copy)
    return seen


def parameters(kind: type[Any]) -> list[tuple[str, object, bool]]:
    found = inspect.signature(kind).parameters.values()
    return [(parameter.name, parameter.kind, parameter.default is parameter.empty) for parameter in found]


@pytest.mark.parametrize("field", [records.field, dataclasses.field], ids=["ours", "standard"])
@pytest.mark.parametrize(("shape", "arguments", "named"), CALLS)
def test_it_behaves_as_the_standard_one(
    shape: str, arguments: tuple[Any, ...], named: dict[str, Any], field: Callable[..., Any]
) -> None:
    ours, standard = shapes(records.dataclass, field)[shape], STANDARD[shape]
    expected = behaviour(lambda: standard(*arguments, **named))
    for _ in range(records.FEW):  # twice as many instances as are made without a constructor of their own
        assert behaviour(lambda: ours(*arguments, **named)) == expected
    if "constructor" not in expected:
        assert parameters(ours) == parameters(standard)


@pytest.mark.parametrize("changed", ["text", "hidden", "unhashed"])
def test_the_same_fields_count_for_equality_and_hash(changed: str) -> None:
    def compared(shapes: dict[str, type[Any]]) -> tuple[bool, bool]:
        shape = shapes["Measured"]
        given = {"text": "a", "hidden": "", "unhashed": ""}
        one, other = shape(**given), shape(**{**given, changed: "b"})
        return one == other, hash(one) == hash(other)

    assert compared(OURS) == compared(STANDARD)


def test_a_copy_differs_in_what_is_replaced() -> None:
    ours, standard = OURS["Measured"], STANDARD["Measured"]

    assert repr(records.replace(ours("a", "b", "c"), text="long")) == repr(
        dataclasses.replace(standard("a", "b", "c"), text="long")
    )
    with pytest.raises(TypeError):
        records.replace(ours("a"), absent=1)
    with pytest.raises(TypeError):
        records.replace(ours("a"), length=1)


def test_nothing_is_written_before_it_is_asked_for() -> None:
    def made(kind: type[Any]) -> set[str]:
        return {name for name, value in vars(kind).items() if inspect.isfunction(value) or isinstance(value, dict)}

    fresh = shapes(records.dataclass)["Frozen"]
    before = made(fresh)
    assert not before & {"__init__", "__eq__", "__hash__", "__dataclass_fields__"}
    one = fresh(1)
    assert made(fresh) == before | {"__init__", "__podroom_fields__"}
    assert one == fresh(1)
    assert made(fresh) == before | {"__init__", "__podroom_fields__", "__eq__"}
    assert [field.name for field in dataclasses.fields(fresh)] == ["first", "second", "third"]
    assert "__dataclass_fields__" in made(fresh)


def test_a_constructor_is_written_for_more_than_a_few_instances() -> None:
    fresh = shapes(records.dataclass)["Frozen"]
    for _ in range(records.FEW):
        fresh(1)
    general = fresh.__init__
    fresh(1)
    assert fresh.__init__ is not general
    assert fresh.__init__.__code__.co_varnames == ("self", "first", "second", "third")
