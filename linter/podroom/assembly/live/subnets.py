"""Subnets and VPCs that were listed: those that the World names by their ids, and how full those are that it makes."""

from __future__ import annotations

from collections.abc import Mapping

from podroom.assembly.live.subnet_uses import subnet_uses_in, with_renamed_subnets
from podroom.model.live import Listed
from podroom.model.world import Subnet, Vpc, World, Zone
from podroom.positions import Span
from podroom.records import replace
from podroom.sources.live.records import Listing, Live, LiveSubnet, LiveVpc
from podroom.values import Known, Members, Unknown, Value

TAGS_THAT_MATTER = ("kubernetes.io/", "cni.networking.k8s.aws/", "karpenter.sh/")
"""Tags that load balancers, the CNI and Karpenter choose subnets by; no others are kept."""


def with_live_subnets(world: World, live: Live, ids: Mapping[str, str]) -> World:
    """Return a World with what was listed of its subnets; `ids` are those of resources and data sources by address."""
    made = {subnet.address for subnet in world.subnets}
    names = {identity: address for address, identity in ids.items() if address in made}
    names |= {
        address: names.get(identity, identity)
        for address, identity in ids.items()
        if address not in made and identity in live.subnets
    }
    world = with_renamed_subnets(world, lambda name: names.get(name, name))
    vpcs = {vpc.address for vpc in world.vpcs}
    vpc_names = {identity: address for address, identity in ids.items() if address in vpcs}
    subnets = [_filled(subnet, live.subnets.get(ids.get(subnet.address, subnet.address))) for subnet in world.subnets]
    for use in subnet_uses_in(world):
        name = use.subnet.value if isinstance(use.subnet, Known) else None
        if name is not None and name not in made and name in live.subnets:
            made.add(name)
            subnets.append(_listed(live.subnets[name], use.span, vpc_names))
    known = [_with_blocks(vpc, live.vpcs.get(ids.get(vpc.address, vpc.address))) for vpc in world.vpcs]
    for subnet in subnets:
        vpc = live.vpcs.get(subnet.vpc.value) if isinstance(subnet.vpc, Known) else None
        if vpc is not None and vpc.id not in vpcs:
            vpcs.add(vpc.id)
            known.append(_with_blocks(Vpc(vpc.id, subnet.span, Members()), vpc))
    return replace(world, subnets=_in_zones(subnets, live, ids), vpcs=tuple(known))


def _free(one: LiveSubnet) -> Value[int] | None:
    return None if one.free is None else Known(one.free, Listed(one.source, Listing.SUBNETS.value))


def _filled(subnet: Subnet, one: LiveSubnet | None) -> Subnet:
    """Return a subnet with what is free, and with what the configuration does not say of it."""
    if one is None:
        return subnet
    listed = _listed(one, subnet.span, {})
    return replace(
        subnet,
        free=listed.free,
        cidr=listed.cidr if isinstance(subnet.cidr, Unknown) else subnet.cidr,
        vpc=listed.vpc if isinstance(subnet.vpc, Unknown) else subnet.vpc,
    )


def _with_blocks(vpc: Vpc, one: LiveVpc | None) -> Vpc:
    """Return a VPC with its blocks, where the configuration does not say all of them."""
    if one is None or not one.cidrs or (vpc.cidrs.items and not vpc.cidrs.missing):
        return vpc
    origin = Listed(one.source, Listing.VPCS.value)
    return replace(vpc, cidrs=Members(tuple(Known(block, origin) for block in one.cidrs)))


def _listed(one: LiveSubnet, span: Span, vpc_names: Mapping[str, str]) -> Subnet:
    origin = Listed(one.source, Listing.SUBNETS.value)

    def text(value: str, what: str) -> Value[str]:
        return Known(value, origin) if value else Unknown(f"{one.source} does not tell the {what} of {one.id}", span)

    return Subnet(
        address=one.id,
        span=span,
        cidr=text(one.cidr, "IPv4 block"),
        zone=_zone(one, span),
        vpc=text(vpc_names.get(one.vpc, one.vpc), "VPC"),
        tags=tuple(
            (name, Known(value, origin)) for name, value in one.tags.items() if name.startswith(TAGS_THAT_MATTER)
        ),
        free=_free(one),
    )


def _zone(one: LiveSubnet, span: Span) -> Value[Zone]:
    if not one.zone:
        return Unknown(f"{one.source} does not tell the zone of {one.id}", span)
    return Known(Zone(one.zone, one.zone), Listed(one.source, Listing.SUBNETS.value))


def _in_zones(subnets: list[Subnet], live: Live, ids: Mapping[str, str]) -> tuple[Subnet, ...]:
    """Return subnets with the zones that were listed, if each has a name then: what a zone is called tells it apart."""
    found = []
    for subnet in subnets:
        one = live.subnets.get(ids.get(subnet.address, subnet.address))
        named = isinstance(subnet.zone, Known) and subnet.zone.value.name is not None
        if not named and (one is None or not one.zone):
            return tuple(subnets)
        found.append(subnet if named or one is None else replace(subnet, zone=_zone(one, subnet.span)))
    return tuple(found)
