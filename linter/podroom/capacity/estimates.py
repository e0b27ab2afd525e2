"""Figures that may be ranges: what holds whatever the facts are that nobody told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import TypeAlias

from podroom.capacity.cel.errors import CelNotUnderstoodError
from podroom.capacity.max_pods import LARGE_NODE_VCPUS
from podroom.capacity.working import Figure, MissingFactError
from podroom.catalog.instance_types import InstanceType
from podroom.records import dataclass, replace

_IN_WORDS = {
    "vcpus": "its vCPUs",
    "hypervisor": "its hypervisor",
    "trunking_compatible": "whether it can have a trunk interface",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, or the least and the most that it can be; `reason` says what decides, empty for a figure."""

    least: int
    most: int
    working: str
    sources: tuple[str, ...]
    reason: str = ""

    @property
    def exact(self) -> bool:
        """Return whether it is a figure."""
        return self.least == self.most


@dataclass(frozen=True, slots=True)
class NotKnown:
    """No figure, and why; `applies` is False where there can be none."""

    reason: str
    applies: bool = True


Answer: TypeAlias = Estimate | NotKnown


@dataclass(frozen=True, slots=True)
class Bounds:
    """A figure whose value is the least, with the most and what decides between them."""

    figure: Figure
    most: int
    reason: str


def exactly(figure: Figure) -> Bounds:
    """Return bounds that are the same."""
    return Bounds(figure, figure.value, "")


def possible_types(instance: InstanceType) -> Iterator[InstanceType]:
    """Iterate over what an instance type may be, given what is known of it: once for each fact that decides a sum.

    vCPUs decide the cap, the hypervisor prefix delegation, and trunking the slot of the trunk interface.
    """
    facts = _open_facts(instance)
    for values in product(*facts.values()):
        yield replace(instance, **dict(zip(facts, values, strict=True)))  # type: ignore[arg-type] # see _open_facts


def estimated(compute: Callable[[InstanceType], Sequence[Bounds]], instance: InstanceType) -> Answer:
    """Return what `compute` gives for all that a type may be, as one answer.

    `compute` returns several bounds where more than one is possible.
    """
    try:
        of_possible = {possible: compute(possible) for possible in possible_types(instance)}
    except (MissingFactError, CelNotUnderstoodError) as error:
        return NotKnown(error.message)
    bounds = [bound for several in of_possible.values() for bound in several]
    low = min(bounds, key=lambda bound: bound.figure.value)
    high = max(bounds, key=lambda bound: bound.most)
    if low.figure.value == high.most:
        return Estimate(high.most, high.most, low.figure.working, low.figure.sources)
    reasons = [bound.reason for bound in bounds if bound.reason]
    missing = [_IN_WORDS[fact] for fact in _open_facts(instance) if _matters(fact, of_possible)]
    if missing:
        reasons.append(f"no source tells {' and '.join(missing)}")
    return Estimate(
        low.figure.value,
        high.most,
        " or ".join(dict.fromkeys((low.figure.working, high.figure.working))),
        tuple(dict.fromkeys((*low.figure.sources, *high.figure.sources))),
        "; ".join(dict.fromkeys(reasons)),
    )


def _open_facts(instance: InstanceType) -> dict[str, tuple[object, ...]]:
    """Return the facts that are not known and decide a sum, each with the values that make a difference."""
    facts: dict[str, tuple[object, ...]] = {}
    if instance.vcpus is None:
        facts["vcpus"] = (LARGE_NODE_VCPUS, LARGE_NODE_VCPUS + 1)
    if instance.hypervisor is None and not instance.bare_metal:
        facts["hypervisor"] = ("nitro", "xen")
    if instance.trunking_compatible is None:
        facts["trunking_compatible"] = (True, False)
    return facts


def _matters(fact: str, of_possible: Mapping[InstanceType, Sequence[Bounds]]) -> bool:
    """Return whether two types that differ in one fact only have different figures."""
    figures: dict[InstanceType, set[tuple[tuple[int, int], ...]]] = {}
    for possible, bounds in of_possible.items():
        values = tuple((bound.figure.value, bound.most) for bound in bounds)
        others = replace(possible, **{fact: None})  # type: ignore[arg-type] # each of these facts may be None
        figures.setdefault(others, set()).add(values)
    return any(len(different) > 1 for different in figures.values())
