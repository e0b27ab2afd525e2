"""A plan or a state as a whole: its resource instances by address, and the variables that it was made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import TYPE_CHECKING

from podroom.patterns import pattern
from podroom.sources.plan_values import Calls, Drift, Instance, Key, RecordedValue

if TYPE_CHECKING:
    from podroom.sources.plan_configuration import ConfiguredModule

__all__ = ["Calls", "Key", "Recorded"]

_MADE_BY_AWS = pattern(r"[a-z]+-(?:[0-9a-f]{8}|[0-9a-f]{17})")
"""An id that stands for one thing wherever it is written, such as `subnet-0a1b2c3d4e5f60718`."""


class Recorded:
    """What one plan or state says of a root module."""

    def __init__(
        self,
        source: str,
        instances: Mapping[str, Instance],
        variables: Mapping[str, RecordedValue],
        declared: frozenset[str],
        *,
        drifts: Mapping[str, Drift] | None = None,
        earlier: Mapping[str, Instance | None] | None = None,
        removed: Mapping[str, Instance] | None = None,
        untouched: Mapping[str, Instance] | None = None,
        deleted: frozenset[str] = frozenset(),
        errored: bool = False,
        of_plan: bool = False,
        plans: bool = False,
        refreshes: bool = False,
        in_plan_file: bool = False,
        complete: bool | None = None,
        configuration: ConfiguredModule | None = None,
    ) -> None:
        """Take the name of the file and what it says.

        `declared` are the blocks of the root module; `earlier` are the instances that change as they are before, None
        for one that is not there yet.  `removed` are those that the plan deletes, `untouched` those of which it says
        nothing, as with -target; `deleted` are those that somebody deleted outside Terraform, and `errored` says that
        Terraform did not come to the end of its plan.  `of_plan` says that the file is of a plan, not of a state,
        `plans` that it holds what Terraform is going to do, `refreshes` that it only takes over what was found, and
        `complete` that it holds all of that, or surely not, None where it does not say.  `in_plan_file` is for the
        state in a plan file.  `configuration` is what it keeps of that, where that was asked for.
        """
        self.source = source
        self.instances = instances
        self.variables = variables
        self.declared = declared
        self.of_plan = of_plan
        self.plans = plans
        self.refreshes = refreshes
        self.in_plan_file = in_plan_file
        self.earlier = earlier or {}
        self.removed = removed or {}
        self._untouched = untouched or {}
        self.deleted = deleted
        self.errored = errored
        self.configuration = configuration
        self.complete = complete
        self._drifts = drifts or {}
        self._keys: dict[tuple[Calls, str], dict[Key, None]] = {}
        self._owners: dict[str, str] = {}
        for one in instances.values():
            self._keys.setdefault((one.calls, one.block), {})[one.key] = None
            for depth, (name, key) in enumerate(one.calls):
                self._keys.setdefault((one.calls[:depth], f"module.{name}"), {})[key] = None
        for one in (*instances.values(), *self._untouched.values()):
            identity = one.values.get("id")
            if one.mode == "managed" and isinstance(identity, str) and _MADE_BY_AWS.fullmatch(identity):
                self._owners[identity] = "" if identity in self._owners else one.address
        self._emptied = {(one.calls, one.block) for one in self.removed.values()} - self._keys.keys()

    def addresses(self) -> Iterator[str]:
        """Iterate over the addresses of all resource instances, also those that are left or will be gone."""
        yield from self.instances
        yield from self._untouched
        yield from self.removed
        yield from self.deleted

    def with_instances(self, instances: Mapping[str, Instance]) -> Recorded:
        """Return the same with other values of the same instances."""
        other = copy(self)
        other.instances = instances
        return other

    def with_variables(self, variables: Mapping[str, RecordedValue]) -> Recorded:
        """Return the same with root variables."""
        other = copy(self)
        other.variables = variables
        return other

    def found_in_plan_file(self, source: str, earlier: Mapping[str, Instance], declared: frozenset[str]) -> Recorded:
        """Return a state as that in a plan file: `earlier` is what it was before the plan looked at what is there."""
        both = {
            address: (old, self.instances[address]) for address, old in earlier.items() if address in self.instances
        }
        drifts = {
            address: Drift(old.values, now.values)
            for address, (old, now) in both.items()
            if now.mode == "managed" and not now.withheld and old.values != now.values
        }
        gone = frozenset(one for one, old in earlier.items() if old.mode == "managed" and one not in self.instances)
        return Recorded(
            source, self.instances, {}, declared or self.declared, drifts=drifts, deleted=gone, in_plan_file=True
        )

    def values(self, address: str) -> Mapping[str, RecordedValue] | None:
        """Return the attributes of a resource instance, None if there is nothing about it."""
        found = self.instances.get(address)
        return None if found is None else found.values

    def keys(self, calls: Calls, block: str) -> tuple[Key, ...] | None:
        """Return the instance keys that a block of a module will have; None if that is not said.

        That is for a plan to say; and that there will be none, for one of the whole configuration only.
        """
        if not self.plans or self.complete is False:
            return None
        found = self._keys.get((calls, block))
        if found is not None:
            return tuple(found)
        none_at_all = self.complete and not block.startswith(("module.", "data."))
        return () if none_at_all or (calls, block) in self._emptied else None

    def removes(self, address: str) -> bool:
        """Return whether a plan deletes a resource instance that is there."""
        return address in self.removed

    def drift(self, address: str) -> Drift | None:
        """Return how a resource instance was found, where that is not as Terraform left it."""
        return self._drifts.get(address)

    def before(self) -> Recorded | None:
        """Return what is there before a plan changes it; None for what changes nothing."""
        if not self.earlier:
            return None
        instances = {**self._untouched, **self.instances}
        instances = {address: one for address, one in instances.items() if address not in self.earlier}
        instances |= {address: one for address, one in self.earlier.items() if one is not None}
        return Recorded(self.source, instances, {}, self.declared)

    def owner(self, identity: str) -> str | None:
        """Return the address of the resource that has an id, None if there is none."""
        return self._owners.get(identity) or None
