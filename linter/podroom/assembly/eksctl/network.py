"""VPC and subnets of a ClusterConfig: those that it names, or those that eksctl makes."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.eksctl.reading import EKSCTL, changed, entries, mapping, scalar, text, text_of, texts, truth
from podroom.model.world import Subnet, SubnetUse, Vpc, Zone
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.records import dataclass
from podroom.sources.yaml import Mapping, Scalar
from podroom.traced_text import HOLE
from podroom.values import Known, Members, Unknown, Value, first_unknown

DEFAULT_CIDR = "192.168.0.0/16"
"""The block of a VPC that eksctl makes (pkg/apis/eksctl.io/v1alpha5/vpc.go:270)."""

_PUBLIC, _PRIVATE = "public", "private"
_ZONE_NAME = pattern(r"[a-z]{2}(?:-[a-z]+)+-\d[a-z]|[a-z]{2}(?:-[a-z]+)+-\d-[a-z]+-\d[a-z]")
_MOST_SUBNETS = 16
_TWO_ZONES = frozenset(("us-east-1", "us-west-1"))
"""Regions of which eksctl takes two zones and not three.

pkg/az/az.go:57 takes two in us-east-1; us-west-1 offers two to an account, of which :18 leaves out one with that id.
"""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A subnet with what node groups may call it."""

    subnet: Subnet
    names: tuple[str, ...]
    private: bool
    local: bool = False


class Network:
    """The subnets of one ClusterConfig, and which of them a node group or the control plane gets."""

    def __init__(self, config: Mapping, vpc: Mapping | None, owner: Span) -> None:
        """Read the VPC of `config`; `vpc` is that section, which another document of the cluster may lend."""
        self._config = config
        self._vpc = vpc
        self._owner = owner
        self._given = mapping(vpc, "subnets")
        self._unknown: Unknown | None = None
        self._address = _text_or(text(vpc, "id"), "vpc")
        if isinstance(config.get("outpost"), Mapping):
            self._unknown = Unknown("on AWS Outposts eksctl asks EC2 for the subnets", owner)
            self._placed: tuple[_Placed, ...] = ()
        elif self._given is not None:
            self._placed = tuple(self._read_given(self._given))
        elif scalar(vpc, "id") is not None:
            self._unknown = Unknown("the VPC is there already and vpc.subnets does not name its subnets", owner)
            self._placed = ()
        else:
            self._placed = tuple(self._divide())

    @property
    def given(self) -> bool:
        """Return whether the VPC is there already, as it has to be for a cluster that eksctl did not make.

        pkg/actions/nodegroup/create.go:357.
        """
        return self._given is not None or scalar(self._vpc, "id") is not None

    @property
    def subnets(self) -> tuple[Subnet, ...]:
        """Return every subnet."""
        return tuple(placed.subnet for placed in self._placed)

    @property
    def vpcs(self) -> tuple[Vpc, ...]:
        """Return the VPC, with the blocks that are known."""
        cidr = text(self._vpc, "cidr")
        blocks: list[Value[str]] = [cidr] if cidr is not None else []
        missing: tuple[Unknown, ...] = ()
        if cidr is None and scalar(self._vpc, "id") is None:
            blocks.append(Known(DEFAULT_CIDR, EKSCTL))
        elif cidr is None:
            missing = (Unknown("vpc.cidr does not say the block of the VPC", self._span),)
        extra = texts(self._vpc, "extraCIDRs")
        blocks += [text_of(block) for block in extra]
        return (Vpc(self._address, self._span, Members(tuple(blocks), (*missing, *extra.missing))),)

    @property
    def _span(self) -> Span:
        return self._vpc.span if self._vpc is not None else self._owner

    def of_control_plane(self, *, auto_mode: Value[bool]) -> Members[SubnetUse]:
        """Return the subnets of the cluster itself: all, or with Auto Mode the private ones.

        pkg/cfn/builder/vpc_ipv4.go:168 and cluster.go:338.
        """
        named = texts(self._vpc, "controlPlaneSubnetIDs")
        if named.items or named.missing:
            return Members(tuple(SubnetUse(self._find(node), node.span) for node in named), named.missing)
        only_private = truth(self._vpc, "controlPlaneOnPrivateSubnets", otherwise=False)
        choices = [private for private in (only_private, auto_mode) if not isinstance(private, Known)]
        if any(isinstance(value, Known) and value.value for value in (only_private, auto_mode)):
            return self._uses((True,))
        if choices:
            uses = self._uses((True,))
            return Members(uses.items, (*uses.missing, *(one for one in choices if isinstance(one, Unknown))))
        return self._uses((False, True))

    def of_group(self, group: Mapping) -> Members[SubnetUse]:
        """Return the subnets of a node group (pkg/cfn/builder/nodegroup.go:415, pkg/vpc/vpc.go:760)."""
        named = texts(group, "subnets")
        if named.items or named.missing:
            return Members(tuple(SubnetUse(self._find(node), node.span) for node in named), named.missing)
        private = truth(group, "privateNetworking", otherwise=False)
        if not isinstance(private, Known):
            reason = private if isinstance(private, Unknown) else Unknown(private.reason, private.origin)
            return Members((), (reason,))
        local = texts(group, "localZones")
        zones = local if local.items or local.missing else texts(group, "availabilityZones")
        if not zones.items and not zones.missing:
            return self._uses((private.value,))
        uses = [use for zone in zones for use in self._in_zone(zone, private=private.value)]
        return Members(tuple(uses), (*zones.missing, *self._of_unknown_zone(private=private.value)))

    def of_fargate(self, profile: Mapping) -> Members[SubnetUse]:
        """Return the subnets of a Fargate profile: those that it names, or all private ones (pkg/eks/fargate.go)."""
        named = texts(profile, "subnets")
        if named.items or named.missing:
            return Members(tuple(SubnetUse(self._find(node), node.span) for node in named), named.missing)
        return self._uses((True,))

    def _uses(self, private: tuple[bool, ...]) -> Members[SubnetUse]:
        if self._unknown is not None:
            return Members((), (self._unknown,))
        chosen = [placed for placed in self._placed if placed.private in private and not placed.local]
        if not chosen:
            kind = "private" if private == (True,) else "public"
            return Members((), (Unknown(f"vpc.subnets names no {kind} subnets", self._span),))
        return Members(tuple(SubnetUse(Known(one.subnet.address, one.subnet.span), one.subnet.span) for one in chosen))

    def _in_zone(self, zone: Scalar, *, private: bool) -> Iterator[SubnetUse]:
        """Iterate over all subnets in a zone (pkg/vpc/vpc.go:877)."""
        wanted = _named(zone)
        found = False
        for placed in self._placed:
            identity = placed.subnet.zone
            if placed.private is private and isinstance(identity, Known) and identity.value in wanted.candidates():
                found = True
                yield SubnetUse(Known(placed.subnet.address, zone.span), zone.span)
        if not found:
            name = text_of(zone)
            if isinstance(name, Known):
                name = Unknown(f"which subnet is in {name.value} is not in this file", zone.span)
            yield SubnetUse(name, zone.span)

    def _of_unknown_zone(self, *, private: bool) -> Iterator[Unknown]:
        for placed in self._placed:
            if placed.private is private and isinstance(placed.subnet.zone, Unknown):
                yield placed.subnet.zone

    def _find(self, node: Scalar) -> Value[str]:
        """Return the address of the subnet that a node group calls by id, by zone or by a name of its own."""
        name = text_of(node)
        if isinstance(name, Known):
            for placed in self._placed:
                if name.value in placed.names:
                    return Known(placed.subnet.address, node.span)
        return name

    # Subnets that are there already

    def _read_given(self, given: Mapping) -> Iterator[_Placed]:
        sizeless = Unknown("vpc.subnets does not say the cidr of each subnet", given.span)
        for kind in (_PRIVATE, _PUBLIC):
            for key, node in entries(mapping(given, kind)):
                details = node if isinstance(node, Mapping) else None
                identity = scalar(details, "id")
                address = f"vpc.subnets.{kind}.{key.text}"
                names = [key.text]
                if identity is not None and isinstance(text_of(identity), Known):
                    address = identity.text
                    names.append(identity.text)
                cidr = text(details, "cidr")
                subnet = Subnet(
                    address=address,
                    span=key.span,
                    cidr=sizeless if cidr is None else cidr,
                    zone=_zone(key, details, given),
                    vpc=Known(self._address, self._span),
                )
                yield _Placed(subnet, tuple(names), private=kind == _PRIVATE)

    # Subnets that eksctl makes

    def _divide(self) -> Iterator[_Placed]:
        """Iterate over the subnets that eksctl divides the VPC into: public ones first, then private ones.

        pkg/vpc/vpc.go:37 SetSubnets and :116 getSubnetNetworkSize: up to eight subnets are an eighth of the VPC each,
        up to sixteen a sixteenth.
        """
        zones, missing = self._zones()
        local = texts(self._config, "localZones")
        everything: list[tuple[Value[Zone], bool]] = [(zone, False) for zone in zones]
        everything += [(_named(node), True) for node in local]
        too_many = len(everything) * 2 > _MOST_SUBNETS
        refused = Unknown("eksctl makes no more than 16 subnets", self._owner) if too_many else None
        self._unknown = first_unknown(missing, *local.missing, refused)
        if self._unknown is not None:
            return
        blocks = self._blocks(len(everything) * 2)
        for private in (False, True):
            for number, (zone, is_local) in enumerate(everything):
                kind = _PRIVATE if private else _PUBLIC
                written = isinstance(zone, Known) and isinstance(zone.origin, Span)
                label = zone.need().identity if written else f"zone {number + 1}"
                subnet = Subnet(
                    address=f"{kind} subnet in {label}",
                    span=_place(zone, self._span),
                    cidr=blocks[number + private * len(everything)],
                    zone=zone,
                    vpc=Known(self._address, self._span),
                )
                yield _Placed(subnet, (label,), private=private, local=is_local)

    def _zones(self) -> tuple[list[Value[Zone]], Unknown | None]:
        """Return the availability zones; those that node groups name are among the ones that eksctl chooses.

        pkg/az/az.go:23: three of the region, or two.
        """
        named = texts(self._config, "availabilityZones")
        if named.missing:
            return [], named.missing[0]
        if named.items:
            return [_named(node) for node in _distinct(named.items)], None
        wanted: list[Scalar] = []
        for kind in ("nodeGroups", "managedNodeGroups"):
            node = self._config.get(kind)
            for group in getattr(node, "items", ()):
                wanted += texts(group if isinstance(group, Mapping) else None, "availabilityZones").items
        zones = [_named(node) for node in _distinct(tuple(wanted))]
        region = text(mapping(self._config, "metadata"), "region")
        usual = 2 if isinstance(region, Known) and region.value in _TWO_ZONES else 3
        others = (f"zone {number + 1} of those that eksctl chooses" for number in range(len(zones), usual))
        return [*zones, *(Known(Zone(other, None), EKSCTL) for other in others)], None

    def _blocks(self, count: int) -> list[Value[str]]:
        """Return the first blocks of the VPC, each as large as eksctl makes the subnets."""
        from ipaddress import IPv4Network  # noqa: PLC0415 - slow to import, and only files of eksctl need it

        cidr = text(self._vpc, "cidr")
        whole: Value[str] = Known(DEFAULT_CIDR, EKSCTL) if cidr is None else cidr
        if not isinstance(whole, Known):
            return [whole] * count
        bits = 3 if count <= _MOST_SUBNETS // 2 else 4
        try:
            blocks = list(IPv4Network(whole.value).subnets(prefixlen_diff=bits))
        except ValueError as error:
            return [Unknown(f'vpc.cidr "{whole.value}" is no block of a VPC: {error}', whole.origin)] * count
        return [Known(str(block), whole.origin) for block in blocks[:count]]


def _zone(key: Scalar, details: Mapping | None, given: Mapping) -> Value[Zone]:
    """Return the zone of a subnet: `az`, or the key that it has in the mapping if that is the name of one."""
    named = text(details, "az")
    if named is None:
        named = text_of(key)
        if isinstance(named, Known) and not _ZONE_NAME.fullmatch(named.value):
            return Unknown("vpc.subnets does not say the az of each subnet", given.span)
    return changed(named, lambda name: Zone(name, name))


def _named(node: Scalar) -> Value[Zone]:
    """Return the zone that a scalar names; a placeholder is told from the others by what it says."""
    name = text_of(node)
    if isinstance(name, Unknown) and HOLE not in node.text:
        return Known(Zone(node.text, None), node.span)
    return changed(name, lambda name: Zone(name, name))


def _distinct(nodes: tuple[Scalar, ...]) -> list[Scalar]:
    return list({node.text: node for node in reversed(nodes)}.values())[::-1]


def _place(value: Value[Zone], otherwise: Span) -> Span:
    return value.origin if isinstance(value.origin, Span) else otherwise


def _text_or(value: Value[str] | None, otherwise: str) -> str:
    return value.value if isinstance(value, Known) else otherwise
