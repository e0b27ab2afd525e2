"""What an inventory knows by address: what data sources find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from podroom.sources.plan_values import Hidden

if TYPE_CHECKING:
    from podroom.evaluation.settled import Settled
    from podroom.sources.plan_values import Calls, Drift, Key, RecordedValue


class LiveSettled:
    """An inventory, and under it the plan or state of the same configuration, if there is one.

    It fills data sources only: what is there says nothing of what the configuration is going to be.
    """

    def __init__(self, beside: Settled | None, found: Mapping[str, Mapping[str, RecordedValue]], source: str) -> None:
        """Take a plan or state, and what data sources find by their addresses."""
        self.beside = beside
        self._found = found
        self.source = source if beside is None else beside.source
        self.plans = beside is not None and beside.plans

    @property
    def variables(self) -> Mapping[str, RecordedValue]:
        """Return the values of root variables."""
        return {} if self.beside is None else self.beside.variables

    def values(self, address: str) -> Mapping[str, RecordedValue] | None:
        """Return the attributes of a resource instance, None if there is nothing about it."""
        beside = None if self.beside is None else self.beside.values(address)
        found = self._found.get(address)
        if found is None or beside is None:
            return beside if found is None else found
        return {**found, **{name: value for name, value in beside.items() if not isinstance(value, Hidden)}}

    def keys(self, calls: Calls, block: str) -> tuple[Key, ...] | None:
        """Return the instance keys that a block of a module will have; None if that is not said."""
        return None if self.beside is None else self.beside.keys(calls, block)

    def drift(self, address: str) -> Drift | None:
        """Return how a resource instance was found, where that is not as Terraform left it and is going to change."""
        return None if self.beside is None else self.beside.drift(address)

    def removes(self, address: str) -> bool:
        """Return whether a plan deletes a resource instance that is there."""
        return self.beside is not None and self.beside.removes(address)

    def owner(self, identity: str) -> str | None:
        """Return the address of the resource that has an id, None if there is none."""
        return None if self.beside is None else self.beside.owner(identity)
