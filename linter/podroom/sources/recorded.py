"""A plan or a state as a whole: its resource instances by address, and the variables that it was made with."""

from __future__ import annotations

from collections.abc import Mapping

from podroom.patterns import pattern
from podroom.sources.plan_values import Calls, Drift, Instance, Key, RecordedValue

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
        plans: bool = False,
        complete: bool | None = None,
    ) -> None:
        """Take the name of the file and what it says.

        `declared` are the blocks of the root module; `plans` says that it holds what Terraform is going to do, and
        `complete` that it holds all of that, or surely not, None where it does not say.
        """
        self.source = source
        self.instances = instances
        self.variables = variables
        self.declared = declared
        self.plans = plans
        self._complete = complete
        self._drifts = drifts or {}
        self._keys: dict[tuple[Calls, str], dict[Key, None]] = {}
        self._owners: dict[str, str] = {}
        for one in instances.values():
            prefix = "" if one.mode == "managed" else f"{one.mode}."
            self._keys.setdefault((one.calls, f"{prefix}{one.type}.{one.name}"), {})[one.key] = None
            for depth, (name, key) in enumerate(one.calls):
                self._keys.setdefault((one.calls[:depth], f"module.{name}"), {})[key] = None
            identity = one.values.get("id")
            if one.mode == "managed" and isinstance(identity, str) and _MADE_BY_AWS.fullmatch(identity):
                self._owners[identity] = "" if identity in self._owners else one.address

    def values(self, address: str) -> Mapping[str, RecordedValue] | None:
        """Return the attributes of a resource instance, None if there is nothing about it."""
        found = self.instances.get(address)
        return None if found is None else found.values

    def keys(self, calls: Calls, block: str) -> tuple[Key, ...] | None:
        """Return the instance keys that a block of a module will have; None if that is not said.

        That is for a plan to say; and that there will be none, for one of the whole configuration only.
        """
        if not self.plans or self._complete is False:
            return None
        found = self._keys.get((calls, block))
        if found is not None:
            return tuple(found)
        none_at_all = self._complete and not block.startswith(("module.", "data."))
        return () if none_at_all else None

    def drift(self, address: str) -> Drift | None:
        """Return how a resource instance was found, where that is not as Terraform left it and is going to change.

        A plan with `-refresh-only` takes things as it finds them.
        """
        return self._drifts.get(address) if self.plans else None

    def owner(self, identity: str) -> str | None:
        """Return the address of the resource that has an id, None if there is none."""
        return self._owners.get(identity) or None
