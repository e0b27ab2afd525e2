"""Data sources that look up subnets and VPCs, with what they ask for."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.inventory import Inventory, string
from podroom.evaluation.project import Field, ResourceInstance
from podroom.model.lookups import Condition, Lookup, LookupKind
from podroom.values import Known, Members, Unknown, Value

_TAG = "tag:"
_OF_SUBNETS = {
    "id": "subnet-id",
    "vpc_id": "vpc-id",
    "cidr_block": "cidr-block",
    "ipv6_cidr_block": "ipv6-cidr-block-association.ipv6-cidr-block",
    "availability_zone": "availability-zone",
    "availability_zone_id": "availability-zone-id",
    "state": "state",
}
_OF_VPCS = {"id": "vpc-id", "cidr_block": "cidr", "dhcp_options_id": "dhcp-options-id", "state": "state"}
_IF_TRUE = {"default": "is-default", "default_for_az": "default-for-az"}
"""Arguments that ask for nothing when they are false."""


def read_lookups(inventory: Inventory) -> tuple[Lookup, ...]:
    """Return every data source that finds subnets or VPCs."""
    return tuple(
        Lookup(
            address=resource.address,
            span=resource.span,
            kind=kind,
            conditions=_conditions(resource, kind),
            region=None if resource.region is None else resource.region.string(),
            found=_found(resource, kind),
            uncertain=resource.maybe,
        )
        for kind in LookupKind
        for resource in inventory.resources(kind.value, mode="data")
    )


def _conditions(resource: ResourceInstance, kind: LookupKind) -> Members[Condition]:
    body = resource.body
    filters = body.blocks("filter")
    conditions = list(_arguments(resource, kind))
    missing = list(filters.missing)
    for block in filters:
        values = block.attribute("values")
        found = (
            Members[Value[str]]((), (Unknown("the filter has no values", block.span),))
            if values is None
            else _texts(values)
        )
        conditions.append(Condition("filter", string(block, "name"), found, block.span))
    tags = body.attribute("tags") if "tags" in body.names else None
    if tags is not None:
        entries, unknown = tags.entries()
        missing += unknown
        conditions += [
            Condition("tags", Known(f"{_TAG}{key}", field.key_span), Members((field.string(),)), field.key_span)
            for key, field in entries.items()
        ]
    return Members(tuple(conditions), tuple(missing))


def _arguments(resource: ResourceInstance, kind: LookupKind) -> Iterator[Condition]:
    """Yield what the written arguments ask for; what a plan adds to them is what was found."""
    names = _OF_SUBNETS if kind.finds_subnets else _OF_VPCS
    for name in resource.body.names:
        field = resource.body.attribute(name)
        if field is None:
            continue
        if name in names:
            yield Condition(name, Known(names[name], field.span), Members((_text(field),)), field.span)
        elif name in _IF_TRUE:
            asked = field.boolean()
            if not isinstance(asked, Known) or asked.value:
                value = asked.map(lambda true: str(true).lower())
                yield Condition(name, Known(_IF_TRUE[name], field.span), Members((value,)), field.span)


def _texts(field: Field) -> Members[Value[str]]:
    items = field.items()
    return Members(tuple(_text(item) for item in items), items.missing)


def _text(field: Field) -> Value[str]:
    """Return a value to look for; the id of something is that thing's address."""
    link = field.link()
    if link.address is not None and link.attribute in ("id", ""):
        return Known(link.address, link.span)
    return field.string()


def _found(resource: ResourceInstance, kind: LookupKind) -> Members[Value[str]] | None:
    """Return what is known beside the configuration to be found."""
    name = "id" if kind.finds_one else "ids"
    if name in resource.body.names:
        return None
    field = resource.body.attribute(name)
    if field is None:
        return None
    return Members((_text(field),)) if kind.finds_one else _texts(field)
