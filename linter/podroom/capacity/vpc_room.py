"""Whether a VPC has a block left for a larger subnet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podroom.capacity.assessment import Assessment
from podroom.model.world import Subnet, Vpc
from podroom.values import Known

if TYPE_CHECKING:
    from ipaddress import IPv4Network


def full_vpc(subnet: Subnet, length: int, assessment: Assessment) -> Vpc | None:
    """Return the VPC of a subnet if it certainly has no block of /`length` left, the subnet's own one given up.

    Subnets that are not known could only take more of it.
    """
    owner = subnet.vpc.value if isinstance(subnet.vpc, Known) else None
    vpc = next((one for one in assessment.world.vpcs if one.address == owner), None)
    if vpc is None or not vpc.cidrs.complete:
        return None
    wholes = [
        network for cidr in vpc.cidrs if isinstance(cidr, Known) and (network := _network(cidr.value)) is not None
    ]
    if len(wholes) < len(vpc.cidrs.items):
        return None
    taken = [
        network
        for other in assessment.world.subnets
        if other is not subnet
        and isinstance(other.cidr, Known)
        and isinstance(other.vpc, Known)
        and other.vpc.value == vpc.address
        and (network := _network(other.cidr.value)) is not None
    ]
    for whole in wholes:
        if whole.prefixlen > length:
            continue
        for block in whole.subnets(new_prefix=length):
            if not any(block.overlaps(network) for network in taken):
                return None
    return vpc


def _network(cidr: str) -> IPv4Network | None:
    from ipaddress import IPv4Network  # noqa: PLC0415 - only a project with a finding needs it

    try:
        return IPv4Network(cidr, strict=False)
    except ValueError:
        return None
