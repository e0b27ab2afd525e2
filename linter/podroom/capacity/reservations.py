"""Parts of a subnet that are kept for prefixes, so that single addresses spoil no block in them.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podroom.capacity.subnets import SMALLEST_SUBNET
from podroom.model.world import Subnet
from podroom.values import Undecidable, Unknown

if TYPE_CHECKING:
    from ipaddress import IPv4Network


def reserved_blocks(subnet: Subnet) -> int:
    """Return how many /28 blocks are reserved for prefixes; raises `Undecidable` if that is not known."""
    from ipaddress import IPv4Network  # noqa: PLC0415 - only a project with reservations needs it

    blocks = 0
    for reservation in subnet.reservations.need():
        if reservation.kind.need() != "prefix":
            continue
        text = reservation.cidr.need()
        try:
            part, whole = IPv4Network(text), IPv4Network(subnet.cidr.need(), strict=False)
        except ValueError as error:
            raise Undecidable(Unknown(f'"{text}" is no IPv4 block: {error}', reservation.cidr.origin)) from error
        blocks += _usable(part, whole) if part.subnet_of(whole) else 0
    return blocks


def reservation_for(cidr: str, blocks: int) -> int | None:
    """Return into how many halves of halves a subnet is divided so that the second part holds so many /28 blocks.

    That is what `cidrsubnet` calls new bits.  None if only the whole holds them.  It is not the first part, where the
    addresses are that are taken first.
    """
    from ipaddress import IPv4Network  # noqa: PLC0415 - only a project with a finding needs it

    whole = IPv4Network(cidr, strict=False)
    for new_bits in range(SMALLEST_SUBNET - whole.prefixlen, 0, -1):
        length = whole.prefixlen + new_bits
        part = IPv4Network((int(whole.network_address) + 2 ** (32 - length), length))
        if _usable(part, whole) >= blocks:
            return new_bits
    return None


def _usable(part: IPv4Network, whole: IPv4Network) -> int:
    """Return the /28 blocks of a part; EC2 keeps addresses of the first and the last block of the whole subnet."""
    if part.prefixlen > SMALLEST_SUBNET:
        return 0
    blocks: int = 2 ** (SMALLEST_SUBNET - part.prefixlen)
    at_ends = (part.network_address == whole.network_address, part.broadcast_address == whole.broadcast_address)
    return max(0, blocks - sum(at_ends))
