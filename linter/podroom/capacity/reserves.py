"""What has addresses in a subnet beside nodes: counted where it is certain, without a bound where nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import is_among, load_balancer_tag
from podroom.capacity.estimate import Estimate, either, total
from podroom.capacity.node_pools import node_class
from podroom.capacity.subnets import control_plane_reserve, load_balancer_reserve
from podroom.model.world import NodePool, Subnet, SubnetTenant, SubnetUse, TenantKind
from podroom.records import dataclass, replace
from podroom.values import Known, Members, Undecidable, Unknown, first_unknown


@dataclass(frozen=True, slots=True)
class ReserveForecast:
    """Addresses that somebody other than nodes needs in the subnet."""

    name: str
    addresses: Estimate

    @property
    def present(self) -> bool:
        """Return whether it is known to be in the subnet, however many addresses it takes."""
        return bool(self.addresses.least)


def reserves_in(subnet: Subnet, assessment: Assessment) -> tuple[ReserveForecast, ...]:
    """Return what others than nodes need in a subnet: the control plane, load balancers, and all that has a name."""
    return (
        _control_plane(subnet, assessment),
        _load_balancers(subnet),
        *(found for found in _named(subnet, assessment) if not found.addresses.is_zero),
    )


def counted_elsewhere(assessment: Assessment) -> tuple[Unknown, ...]:
    """Return why nodes that nobody sizes are not counted: those of Karpenter and of EKS Auto Mode."""
    decides = "Karpenter decides how many nodes {} has and of which types: not counted"
    return tuple(
        Unknown(decides.format(pool.address) + _free_for(pool, assessment), pool.span)
        for pool in assessment.world.node_pools
    )


def _free_for(pool: NodePool, assessment: Assessment) -> str:
    """Return what was free in the subnets of a NodePool, empty where nothing was listed."""
    try:
        uses = node_class(pool, assessment).subnets
    except Undecidable:
        return ""
    chosen = [use.subnet.value for use in uses if isinstance(use.subnet, Known)]
    listed = [(one.address, one.free) for one in assessment.world.subnets if one.address in chosen]
    free = [f"{free.value:,} of {address}" for address, free in listed if isinstance(free, Known)]
    return f"; free of its subnets when they were listed: {', '.join(free)}" if free else ""


def _control_plane(subnet: Subnet, assessment: Assessment) -> ReserveForecast:
    reserve = control_plane_reserve()
    addresses = reserve.addresses
    parts = []
    for cluster in assessment.world.clusters:
        here = _is_in(cluster.subnets, subnet)
        if here is not False:
            parts.append(Estimate.known(addresses) if here is True else Estimate.unknown(here, most=addresses))
    return ReserveForecast(reserve.name, total(parts))


def _load_balancers(subnet: Subnet) -> ReserveForecast:
    """Return what load balancers need where the tags let the AWS Load Balancer Controller choose the subnet."""
    reserve = load_balancer_reserve()
    none, needed = Estimate.known(0), Estimate.known(reserve.addresses)
    tag = load_balancer_tag(subnet)
    if isinstance(tag, Unknown):
        return ReserveForecast(reserve.name, either([none, needed], "", tag))
    return ReserveForecast(reserve.name, none if tag.value is None else needed)


def _named(subnet: Subnet, assessment: Assessment) -> Iterator[ReserveForecast]:
    world = assessment.world
    for tenant in world.tenants:
        yield _tenant(tenant, subnet)
    for profile in world.fargate_profiles:
        reason = f"each pod of the Fargate profile {profile.address} takes an address; how many there are is not known"
        gap = Unknown(reason, profile.span)
        yield _boundless(f"Fargate profile {profile.address}", profile.subnets, subnet, gap)
    for pool, gap in zip(world.node_pools, counted_elsewhere(assessment), strict=True):
        try:
            subnets = node_class(pool, assessment).subnets
        except Undecidable as cause:
            subnets = Members((), (cause.unknown,))
        yield _boundless(f"nodes of {pool.address}", subnets, subnet, gap)
    for cluster in world.clusters:
        reason = "EKS Auto Mode decides how many nodes there are and of which types: they are not counted"
        mode = cluster.auto_mode
        if isinstance(mode, Known) and not mode.value:
            continue
        gap = Unknown(reason, mode.origin) if isinstance(mode, Known) else Unknown(mode.reason, mode.origin, mode.refs)
        yield _boundless(f"EKS Auto Mode of {cluster.address}", cluster.subnets, subnet, gap)


def _tenant(tenant: SubnetTenant, subnet: Subnet) -> ReserveForecast:
    """Return the address of an interface in the subnet; a load balancer that grows takes more."""
    kind = tenant.kind.value if isinstance(tenant.kind, Known) else TenantKind.LOAD_BALANCER
    name = f"{kind.value} {tenant.address}"
    here = _is_in(tenant.subnets, subnet)
    if here is False:
        return ReserveForecast(name, Estimate.known(0))
    found = Estimate.known(1)
    if kind is TenantKind.LOAD_BALANCER:
        reason = f"{tenant.address} has one address in each of its subnets, and takes more as it grows"
        found = Estimate(1, None, "", (Unknown(reason, tenant.span),))
    doubt = first_unknown(tenant.uncertain, here if isinstance(here, Unknown) else None)
    return ReserveForecast(name, found if doubt is None else found.without_bound_below(0, doubt))


def _boundless(name: str, subnets: Members[SubnetUse], subnet: Subnet, gap: Unknown) -> ReserveForecast:
    here = _is_in(subnets, subnet)
    if here is False:
        return ReserveForecast(name, Estimate.known(0))
    found = Estimate.unknown(gap)
    return ReserveForecast(name, found if here is True else replace(found, gaps=(gap, here)))


def _is_in(uses: Members[SubnetUse], subnet: Subnet) -> bool | Unknown:
    """Return whether a subnet is one of several, or why that is not known."""
    try:
        return is_among(tuple(uses), uses.missing, subnet)
    except Undecidable as cause:
        return cause.unknown
