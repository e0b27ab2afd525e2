"""Data sources that look up subnets and VPCs -> what they find in what was listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from podroom.assembly.live.filters import ID_FILTERS, fits
from podroom.assembly.live.regions import region_of_zone
from podroom.model.lookups import Lookup, LookupKind
from podroom.sources.live.records import Listing, Live, LiveSubnet, LiveVpc
from podroom.sources.plan_values import RecordedValue
from podroom.values import Known, Undecidable, Unknown

T = TypeVar("T", LiveSubnet, LiveVpc)
_MOST = 5_000
"""Far more than the 200 subnets that a VPC may have unless AWS raises that."""


def found_by(lookup: Lookup, live: Live, ids: Mapping[str, str]) -> Mapping[str, RecordedValue]:
    """Return the attributes that a data source will have; `ids` are those of addresses that stand in its conditions.

    Raises `Undecidable` if what was listed does not tell, which a listing that may not be whole never does of what is
    not in it.
    """
    try:
        return _found_by(lookup, live, ids)
    except Undecidable as cause:
        reason = f"{lookup.address} is not resolved: {cause.unknown.reason}"
        raise Undecidable(Unknown(reason, lookup.span, (lookup.address,))) from cause


def _found_by(lookup: Lookup, live: Live, ids: Mapping[str, str]) -> Mapping[str, RecordedValue]:
    if lookup.kind.finds_subnets:
        subnets = _fitting(lookup, live, list(live.subnets.values()), ids)
        return _subnet(subnets[0], live) if lookup.kind is LookupKind.SUBNET else {"ids": [one.id for one in subnets]}
    vpcs = _fitting(lookup, live, list(live.vpcs.values()), ids)
    return _vpc(vpcs[0]) if lookup.kind is LookupKind.VPC else {"ids": [one.id for one in vpcs]}


def _fitting(lookup: Lookup, live: Live, listed: list[T], ids: Mapping[str, str]) -> list[T]:
    """Return what fits, at least one."""
    listing = Listing.SUBNETS if lookup.kind.finds_subnets else Listing.VPCS
    if listing not in live.listed:
        raise _cannot(lookup, f"no inventory holds what {listing.value} prints")
    lookup.conditions.need()
    if not _pinned(lookup):
        here = {_region(one, live) for one in listed}
        if isinstance(lookup.region, Known):
            listed = [one for one in listed if _region(one, live) in (lookup.region.value, None)]
        elif len(here - {None}) > 1:
            raise _cannot(lookup, "the inventory is of several regions, and which of them is meant is not known")
    found = [one for one in listed if fits(lookup.conditions, one, ids)]
    if listing in live.cut_off and not _named(lookup, ids) <= {one.id for one in found}:
        raise _cannot(lookup, f"{live.cut_off[listing]} is not the whole list: it ends with a NextToken")
    if listing in live.disputed and not _named(lookup, ids) <= {one.id for one in found}:
        raise _cannot(lookup, live.disputed[listing])
    if not found:
        raise _cannot(lookup, f"nothing fits in {', '.join(live.listed[listing])}, which may not list all there is")
    if len(found) > _MOST:
        raise _cannot(lookup, f"{len(found):,} fit in the inventory, which is more than podroom follows")
    if lookup.kind.finds_one and len(found) > 1:
        raise _cannot(lookup, f"{len(found)} fit in the inventory ({found[0].id}, {found[1].id}), and it wants one")
    return found


def _cannot(lookup: Lookup, why: str) -> Undecidable:
    return Undecidable(Unknown(why, lookup.span))


def _pinned(lookup: Lookup) -> bool:
    """Return whether an id says where to look."""
    return any(isinstance(one.name, Known) and one.name.value in ID_FILTERS for one in lookup.conditions)


def _named(lookup: Lookup, ids: Mapping[str, str]) -> set[str]:
    """Return the ids of which one is wanted; something that nothing has where it is not wanted by its id."""
    own = "subnet-id" if lookup.kind.finds_subnets else "vpc-id"
    for condition in lookup.conditions:
        if isinstance(condition.name, Known) and condition.name.value == own:
            return {ids.get(text, text) for value in condition.values.need() for text in value.candidates()}
    return {""}


def _region(one: LiveSubnet | LiveVpc, live: Live) -> str | None:
    """Return the region of something; that of a VPC is that of its subnets, None if none of them was listed."""
    if isinstance(one, LiveSubnet):
        return region_of_zone(one.zone)
    return next((region_of_zone(subnet.zone) for subnet in live.subnets.values() if subnet.vpc == one.id), None)


def _subnet(one: LiveSubnet, live: Live) -> Mapping[str, RecordedValue]:
    values: dict[str, RecordedValue] = {
        "id": one.id,
        "vpc_id": one.vpc,
        "cidr_block": one.cidr,
        "availability_zone": one.zone,
        "availability_zone_id": one.zone_id,
        "tags": dict(one.tags),
        "arn": next(iter(one.filters["subnet-arn"]), None),
        "available_ip_address_count": live.subnets[one.id].free,
    }
    return {name: value for name, value in values.items() if value not in ("", None)}


def _vpc(one: LiveVpc) -> Mapping[str, RecordedValue]:
    associations: list[RecordedValue] = [{"cidr_block": block} for block in one.cidrs]
    first = next(iter(one.cidrs), None)
    return {"id": one.id, "cidr_block": first, "cidr_block_associations": associations, "tags": dict(one.tags)}
