"""Whether a VPC has a block left for a larger subnet: told only where it certainly has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import assessed, subnet
from podroom.capacity.assessment import Assessment
from podroom.capacity.vpc_room import full_vpc
from podroom.values import Unknown

UNKNOWN = 'variable "unknown" {}\n'
SECOND_BLOCK = """
resource "aws_vpc_ipv4_cidr_block_association" "second" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "BLOCK"
}
"""
OTHER_VPC = """
resource "aws_vpc" "other" {
  cidr_block = "10.1.0.0/16"
}
"""


def full(assessment: Assessment, length: int) -> bool:
    """Return whether there is no block of this length for the first subnet."""
    found = full_vpc(assessment.world.subnets[0], length, assessment)
    assert found is None or found.address == "aws_vpc.main"
    return found is not None


OWN = subnet("a", "10.0.0.0/17")


@pytest.mark.parametrize(
    ("others", "length", "expected"),
    [
        ([], 16, False),  # its own block is given up
        ([], 17, False),
        ([], 15, True),  # larger than the VPC itself
        ([subnet("b", "10.0.128.0/17")], 17, False),
        ([subnet("b", "10.0.128.0/17")], 16, True),
        ([subnet("b", "10.0.255.240/28")], 16, True),
        ([subnet("b", "10.0.128.1/17")], 16, True),  # any address of a block is as good as its first
        ([subnet("b", "10.0.64.0/28"), subnet("c", "10.0.192.0/28")], 17, True),
        ([subnet("b", "10.0.64.0/28"), subnet("c", "10.0.192.0/28")], 18, False),
        ([subnet("b", "10.0.64.0/28"), subnet("c", "10.0.192.0/28").replace("10.0.192.0/28", "many")], 17, False),
        ([subnet("b", "var.unknown").replace('"var.unknown"', "var.unknown")], 16, False),
        ([OTHER_VPC, subnet("b", "10.0.255.240/28").replace("aws_vpc.main.id", "aws_vpc.other.id")], 16, False),
        ([subnet("b", "10.0.255.240/28").replace("aws_vpc.main.id", "var.unknown")], 16, False),
        ([subnet("b", "10.0.0.0/16"), SECOND_BLOCK.replace("BLOCK", "100.64.0.0/16")], 16, False),
        ([subnet("b", "10.0.0.0/16"), SECOND_BLOCK.replace("BLOCK", "100.64.0.0/18")], 16, True),
        ([subnet("b", "10.0.0.0/16"), SECOND_BLOCK.replace('"BLOCK"', "var.unknown")], 16, False),
        ([subnet("b", "10.0.0.0/16"), SECOND_BLOCK.replace("BLOCK", "many")], 16, False),
    ],
)
def test_a_vpc_is_full_if_every_block_of_that_length_is_taken_by_others(
    tmp_path: Path, others: list[str], length: int, *, expected: bool
) -> None:
    assert full(assessed(tmp_path, UNKNOWN, OWN, *others), length) is expected


def test_nothing_is_said_of_a_vpc_that_is_not_known(tmp_path: Path) -> None:
    taken = subnet("b", "10.0.128.0/17")
    elsewhere = [part.replace("aws_vpc.main.id", '"vpc-1"') for part in (OWN, taken)]
    assert not full(assessed(tmp_path, UNKNOWN, *elsewhere), 16)
    assert not full(assessed(tmp_path, UNKNOWN, OWN.replace("aws_vpc.main.id", "var.unknown"), taken), 16)
    (assessment,) = [assessed(tmp_path, OWN, taken)]
    assert full(assessment, 16)
    (vpc,) = assessment.world.vpcs
    incomplete = replace(vpc, cidrs=replace(vpc.cidrs, missing=(Unknown("nobody says which more", vpc.span),)))
    other = replace(vpc, address="aws_vpc.other")
    for vpcs, expected in (((other, vpc), True), ((incomplete,), False)):
        world = replace(assessment.world, vpcs=vpcs)
        assert full(Assessment(world, assessment.catalog, assessment.assumptions), 16) is expected
