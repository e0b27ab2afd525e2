"""moto's EC2 and podroom find the same subnets and VPCs by the same filters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from podroom.assembly.live.filters import fits
from podroom.model.lookups import Condition
from podroom.positions import Document, Span
from podroom.sources.live.reader import read_live
from podroom.sources.live.records import Live
from podroom.values import Known, Members

boto3 = pytest.importorskip("boto3")
moto = pytest.importorskip("moto")
pytestmark = pytest.mark.once("an account of moto's")

NOWHERE = Span(Document("nowhere.tf", ""), 0, 0)
TAGS = ({"Name": "blue-private-a", "tier": "private"}, {"Name": "blue-public-a"}, {"Name": "green.private", "tier": ""})
SUBNET_FILTERS = (
    {"tag:Name": ["blue-private-a"]},
    {"tag:Name": ["blue-*"]},
    {"tag:Name": ["*private*"]},
    {"tag:Name": ["blue-private-?"]},
    {"tag:Name": ["green.private", "blue-public-a"]},
    {"tag:Name": ["Blue-*"]},
    {"tag:Name": ["greenXprivate"]},
    {"tag-key": ["tier"]},
    {"tag:tier": ["private"], "tag:Name": ["blue-*"]},
    {"tag:tier": ["private"], "tag:Name": ["green*"]},
    {"vpc-id": ["VPC"]},
    {"vpc-id": ["VPC"], "availability-zone": ["eu-west-1b"]},
    {"availabilityZone": ["eu-west-1a", "eu-west-1b"]},
    {"cidr-block": ["10.0.1.0/24"]},
    {"cidrBlock": ["10.0.1.0/24"]},
    {"cidr": ["10.1.*"]},
    {"subnet-id": ["SUBNET"]},
    {"state": ["available"]},
    {"default-for-az": ["true"]},
)
VPC_FILTERS = (
    {"tag:Name": ["*"]},
    {"cidr": ["10.1.0.0/16"]},
    {"is-default": ["true"]},
    {"isDefault": ["false"]},
    {"vpc-id": ["VPC"]},
    {"state": ["available"]},
    {"tag-key": ["Name"]},
)


@pytest.fixture(scope="module")
def account() -> Iterator[Any]:
    """Return an EC2 client with two VPCs of three subnets each, beside the default ones."""
    with moto.mock_aws(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        ec2 = boto3.client("ec2", region_name="eu-west-1")
        for number in range(2):
            vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
            ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": f"vpc-{number}"}])
            for at, tags in enumerate(TAGS):
                zone = f"eu-west-1{'abc'[at]}"
                made = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{number}.{at}.0/24", AvailabilityZone=zone)
                listed = [{"Key": key, "Value": value} for key, value in tags.items()]
                ec2.create_tags(Resources=[made["Subnet"]["SubnetId"]], Tags=listed)
        yield ec2


@pytest.fixture(scope="module")
def live(account: Any) -> Live:  # noqa: ANN401 - a client of boto3
    answers = [account.describe_subnets(), account.describe_vpcs()]
    return read_live([(f"{number}.json", json.dumps(answer).encode()) for number, answer in enumerate(answers)])


def conditions(filters: dict[str, list[str]], names: dict[str, str]) -> list[Condition]:
    found = []
    for name, values in filters.items():
        known = tuple(Known(names.get(one, one), NOWHERE) for one in values)
        found.append(Condition("filter", Known(name, NOWHERE), Members(known), NOWHERE))
    return found


@pytest.mark.parametrize("filters", SUBNET_FILTERS, ids=str)
def test_subnets(filters: dict[str, list[str]], account: Any, live: Live) -> None:  # noqa: ANN401 - as above
    names = {"VPC": next(iter(live.vpcs)), "SUBNET": next(iter(live.subnets))}
    asked = [{"Name": name, "Values": [names.get(one, one) for one in values]} for name, values in filters.items()]
    expected = {one["SubnetId"] for one in account.describe_subnets(Filters=asked)["Subnets"]}
    assert {one.id for one in live.subnets.values() if fits(conditions(filters, names), one, {})} == expected


@pytest.mark.parametrize("filters", VPC_FILTERS, ids=str)
def test_vpcs(filters: dict[str, list[str]], account: Any, live: Live) -> None:  # noqa: ANN401 - as above
    names = {"VPC": next(iter(live.vpcs))}
    asked = [{"Name": name, "Values": [names.get(one, one) for one in values]} for name, values in filters.items()]
    expected = {one["VpcId"] for one in account.describe_vpcs(Filters=asked)["Vpcs"]}
    assert {one.id for one in live.vpcs.values() if fits(conditions(filters, names), one, {})} == expected
