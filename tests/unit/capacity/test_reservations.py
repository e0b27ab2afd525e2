"""Parts of subnets that are reserved for prefixes."""

from __future__ import annotations

import pytest

from podroom.capacity.reservations import reservation_for, reserved_blocks
from podroom.model.world import CidrReservation, Subnet, Zone
from podroom.positions import Document, Span
from podroom.values import Known, Members, Undecidable

HERE = Span(Document("main.tf", "cidr"), 0, 4)


def subnet(*parts: tuple[str, str], cidr: str = "10.0.0.0/24") -> Subnet:
    """Return 10.0.0.0/24, however it is written, with reservations, each a block and its kind."""
    reservations = tuple(
        CidrReservation("aws_ec2_subnet_cidr_reservation.part", HERE, Known(block, HERE), Known(kind, HERE))
        for block, kind in parts
    )
    zone = Known(Zone("eu-west-1a", "eu-west-1a"), HERE)
    block = Known(cidr, HERE)
    return Subnet("aws_subnet.a", HERE, block, zone, Known("aws_vpc.a", HERE), reservations=Members(reservations))


@pytest.mark.parametrize(
    ("parts", "blocks"),
    [
        ([], 0),
        ([("10.0.0.64/26", "prefix")], 4),
        ([("10.0.0.64/26", "explicit")], 0),
        ([("10.0.0.0/26", "prefix")], 3),
        ([("10.0.0.128/25", "prefix")], 7),
        ([("10.0.0.0/24", "prefix")], 14),
        ([("10.0.0.64/26", "prefix"), ("10.0.0.32/28", "prefix")], 5),
        ([("10.0.0.0/28", "prefix")], 0),
        ([("10.0.0.64/29", "prefix")], 0),
        ([("10.0.0.64/29", "prefix"), ("10.0.0.128/28", "prefix")], 1),
        ([("10.0.1.0/26", "prefix")], 0),
    ],
)
def test_blocks_of_reserved_parts_but_the_first_and_the_last_of_the_subnet(
    parts: list[tuple[str, str]], blocks: int
) -> None:
    assert reserved_blocks(subnet(*parts)) == reserved_blocks(subnet(*parts, cidr="10.0.0.1/24")) == blocks


def test_a_part_that_is_no_block_is_not_counted_as_none() -> None:
    with pytest.raises(Undecidable, match="no IPv4 block"):
        reserved_blocks(subnet(("10.0.0.1/26", "prefix")))


@pytest.mark.parametrize("blocks", range(1, 15))
def test_the_part_that_is_advised_holds_the_blocks_and_no_smaller_one_would(blocks: int) -> None:
    new_bits = reservation_for("10.0.0.0/24", blocks)
    assert reservation_for("10.0.0.1/24", blocks) == new_bits

    if blocks > 7:
        assert new_bits is None, "the upper half has 8 blocks, the last of which is never whole"
        return
    assert new_bits is not None
    held = [reserved_blocks(subnet((part(bits), "prefix"))) for bits in (new_bits, new_bits + 1)]
    assert held[0] >= blocks
    assert new_bits == 4 or held[1] < blocks


def part(new_bits: int) -> str:
    """Return the second part of 10.0.0.0/24."""
    return f"10.0.0.{2 ** (8 - new_bits)}/{24 + new_bits}"
