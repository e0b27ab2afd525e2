"""A root module and what was listed -> the same module, its data sources resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from podroom.assembly.inventory import Inventory, string
from podroom.assembly.live.identities import identities
from podroom.assembly.live.lookups import found_by
from podroom.assembly.live.settled import LiveSettled
from podroom.assembly.lookups import read_lookups
from podroom.evaluation.project import Module, load_root
from podroom.records import dataclass, replace
from podroom.values import Known, Undecidable, Unknown

if TYPE_CHECKING:
    from podroom.sources.live.records import Live
    from podroom.sources.plan_values import RecordedValue

_MOST_ROUNDS = 10
"""Each round resolves data sources that ask for what the last one found; a longer chain stays open."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A root module with `ids` of what it makes and finds, by address, and why data sources stay as they are."""

    module: Module
    ids: Mapping[str, str]
    unresolved: tuple[Unknown, ...]


def resolved(module: Module, live: Live) -> Resolved:
    """Return a root module in which data sources have found what was listed; what they find a plan alone has itself."""
    beside = module.project.options.settled
    if module.project.options.alone:
        return Resolved(module, identities(Inventory(module), live, beside), ())
    source = ", ".join(dict.fromkeys(file for files in live.listed.values() for file in files))
    found: dict[str, Mapping[str, RecordedValue]] = {}
    unresolved: list[Unknown] = []
    for _ in range(_MOST_ROUNDS):
        inventory = Inventory(module)
        ids = {**identities(inventory, live, beside), **_ids(found)}
        unresolved.clear()
        known = len(found)
        for lookup in read_lookups(inventory):
            if lookup.found is not None or lookup.uncertain is not None:
                continue
            try:
                found[lookup.address] = found_by(lookup, live, ids)
            except Undecidable as cause:
                unresolved.append(cause.unknown)
        found |= {address: values for address, values in _clusters(inventory, live) if address not in found}
        if len(found) == known:
            break
        options = replace(module.project.options, settled=LiveSettled(beside, found, source))
        module = load_root(module.project.files, module.directory, options)
    return Resolved(module, {**identities(Inventory(module), live, beside), **_ids(found)}, tuple(unresolved))


def _clusters(inventory: Inventory, live: Live) -> Iterator[tuple[str, Mapping[str, RecordedValue]]]:
    """Yield what data sources find of clusters, by their addresses."""
    for resource in inventory.resources("aws_eks_cluster", mode="data"):
        name = string(resource.body, "name")
        one = live.clusters.get(name.value) if isinstance(name, Known) else None
        if one is None:
            continue
        network: dict[str, RecordedValue] = {"subnet_ids": list(one.subnets), "vpc_id": one.vpc}
        values: dict[str, RecordedValue] = {"id": one.name, "vpc_config": [network]}
        if one.version:
            values["version"] = one.version
        if one.ip_family:
            values["kubernetes_network_config"] = [{"ip_family": one.ip_family}]
        yield resource.address, values


def _ids(found: Mapping[str, Mapping[str, RecordedValue]]) -> dict[str, str]:
    return {address: identity for address, one in found.items() if isinstance(identity := one.get("id"), str)}
