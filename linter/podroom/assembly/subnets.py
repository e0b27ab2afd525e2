"""VPCs and subnets, and the places that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podroom.assembly.inventory import Inventory, string
from podroom.evaluation.project import Field, Link, ResourceInstance
from podroom.model.world import CidrReservation, Subnet, SubnetUse, Vpc, Zone
from podroom.positions import Span
from podroom.traced_text import HOLE
from podroom.values import Known, Members, OneOf, Unknown, Value

if TYPE_CHECKING:
    from podroom.sources.yaml import Scalar

_OF_A_SUBNET = frozenset({"", "id", "arn"})


def read_subnets(inventory: Inventory) -> tuple[Subnet, ...]:
    """Return every subnet that has an IPv4 block."""
    reservations = _Reservations(inventory)
    return tuple(_subnet(resource, reservations) for resource in inventory.resources("aws_subnet"))


def read_vpcs(inventory: Inventory) -> tuple[Vpc, ...]:
    """Return every VPC with its primary and its associated IPv4 blocks."""
    associations = inventory.resources("aws_vpc_ipv4_cidr_block_association")
    vpcs = []
    for resource in inventory.resources("aws_vpc"):
        cidrs: list[Value[str]] = []
        missing: list[Unknown] = []
        primary = resource.body.attribute("cidr_block")
        if primary is None:
            missing.append(Unknown("the IPv4 block comes from IPAM", resource.span))
        else:
            cidrs.append(primary.string())
        for association in associations:
            owner = association.body.attribute("vpc_id")
            link = owner.link() if owner else None
            block = association.body.attribute("cidr_block")
            if link is not None and link.address == resource.address and block is not None:
                cidrs.append(block.string())
            elif link is None or link.unknown is not None:
                missing.append(Unknown(f"which VPC {association.address} belongs to is not known", association.span))
        vpcs.append(Vpc(resource.address, resource.span, Members(tuple(cidrs), tuple(missing))))
    return tuple(vpcs)


def subnet_uses(field: Field | None, name: str, owner: Span) -> Members[SubnetUse]:
    """Return the subnets that the list of ids in the attribute `name` names."""
    if field is None:
        return Members((), (Unknown(f"{name} is not set, so the subnets are not known", owner),))
    links = field.links()
    used = tuple(subnet_use(link) for link in links)
    if not used and not links.missing:
        return Members((), (Unknown(f"{name} is an empty list, so the subnets are not known", field.span),))
    return Members(used, links.missing)


def subnet_use(link: Link) -> SubnetUse:
    """Return one use of a subnet, which is named by its address or, if it is not from here, by its id."""
    identity = link.address or link.literal
    if link.address is not None and link.attribute not in _OF_A_SUBNET:
        identity = f"{link.address}.{link.attribute}"  # one of several, such as data.aws_subnets.private.ids[0]
    if identity is not None:
        return SubnetUse(Known(identity, link.span), link.span)
    return SubnetUse(Unknown("the subnet is not known", link.span) if link.unknown is None else link.unknown, link.span)


def subnet_use_of_text(identity: Scalar) -> SubnetUse:
    """Return one use of a subnet whose id is a scalar of a YAML or JSON text, filled in by a template or not."""
    value = identity.value()
    if isinstance(value, Unknown) and identity.text == HOLE and len(value.refs) == 1:
        address, _, attribute = value.refs[0].rpartition(".")
        if attribute == "id":
            return SubnetUse(Known(address, identity.span), identity.span)
    return SubnetUse(value, identity.span)


class _Reservations:
    """The parts of subnets that are reserved, by the address of the subnet."""

    def __init__(self, inventory: Inventory) -> None:
        """Read all of them; `missing` are those of which the subnet is not known, or whether they exist."""
        self._of: dict[str, list[CidrReservation]] = {}
        self._missing: list[Unknown] = []
        for resource in inventory.resources("aws_ec2_subnet_cidr_reservation"):
            subnet = resource.body.attribute("subnet_id")
            link = subnet.link() if subnet else None
            identity = None if link is None else link.address or link.literal
            if identity is None or resource.maybe is not None:
                reason = f"which subnet {resource.address} belongs to is not known"
                self._missing.append(Unknown(reason, resource.span) if resource.maybe is None else resource.maybe)
                continue
            cidr, kind = (string(resource.body, name) for name in ("cidr_block", "reservation_type"))
            found = CidrReservation(resource.address, resource.span, cidr, kind)
            self._of.setdefault(identity, []).append(found)

    def of(self, address: str) -> Members[CidrReservation]:
        """Return those of one subnet."""
        return Members(tuple(self._of.get(address, ())), tuple(self._missing))


def _subnet(resource: ResourceInstance, reservations: _Reservations) -> Subnet:
    body = resource.body
    cidr = body.attribute("cidr_block")
    vpc = body.attribute("vpc_id")
    tags = body.attribute("tags")
    entries, missing = tags.entries() if tags else ({}, ())
    return Subnet(
        address=resource.address,
        span=resource.span,
        cidr=_block(cidr, resource),
        zone=_zone(resource),
        vpc=_vpc_of(vpc, resource),
        tags=tuple((name, field.string()) for name, field in entries.items()),
        tags_missing=missing[0] if missing else None,
        reservations=reservations.of(resource.address),
    )


def _block(field: Field | None, resource: ResourceInstance) -> Value[str]:
    value = field.string() if field else None
    if value is None or (isinstance(value, Known) and not value.value):  # an empty text counts as not set
        return Unknown("cidr_block is not set", resource.span)
    return value


def _zone(resource: ResourceInstance) -> Value[Zone]:
    field = resource.body.attribute("availability_zone") or resource.body.attribute("availability_zone_id")
    if field is None:
        return Unknown("availability_zone is not set: AWS chooses one", resource.span)
    value = field.string()
    if isinstance(value, Unknown):
        # A zone that only AWS can name is still told from the others by the expression that yields it.
        symbol = field.symbol()
        if symbol is not None:
            return Known(Zone(symbol, None), value.origin)
        return value
    if isinstance(value, OneOf):
        return value.map(lambda name: Zone(name, name))
    return value.map(lambda name: Zone(name, name))


def _vpc_of(field: Field | None, resource: ResourceInstance) -> Value[str]:
    if field is None:
        return Unknown("vpc_id is not set", resource.span)
    link = field.link()
    if link.address is not None:
        return Known(link.address, link.span)
    if link.literal is not None:
        return Known(link.literal, link.span)
    return Unknown("the VPC is not known", link.span) if link.unknown is None else link.unknown
