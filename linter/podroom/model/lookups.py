"""What the configuration looks up in the account: subnets and VPCs that it does not make itself."""

from __future__ import annotations

from enum import Enum

from podroom.positions import Span
from podroom.records import dataclass
from podroom.values import Members, Unknown, Value


class LookupKind(Enum):
    """The data sources that find subnets and VPCs; those of one thing fail unless there is exactly one."""

    SUBNET = "aws_subnet"
    SUBNETS = "aws_subnets"
    SUBNET_IDS = "aws_subnet_ids"
    VPC = "aws_vpc"
    VPCS = "aws_vpcs"

    @property
    def finds_one(self) -> bool:
        """Return whether it finds one thing, and not as many as there are."""
        return self in (LookupKind.SUBNET, LookupKind.VPC)

    @property
    def finds_subnets(self) -> bool:
        """Return whether it finds subnets, and not VPCs."""
        return self not in (LookupKind.VPC, LookupKind.VPCS)


@dataclass(frozen=True, slots=True)
class Condition:
    """What anything has to have to be found: any of `values` for the filter `name` of EC2 ("vpc-id", "tag:Name").

    `argument` is what the configuration says it with: `filter`, `tags` or an argument of its own ("vpc_id").  A value
    that is the id of a resource or data source is its address.  In values, EC2 takes * and ? for wildcards.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html
    """

    argument: str
    name: Value[str]
    values: Members[Value[str]]
    span: Span


@dataclass(frozen=True, slots=True)
class Selection:
    """What subnets are chosen by at run time: any that fit all of `conditions` (a term of an EC2NodeClass)."""

    span: Span
    conditions: Members[Condition]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A data source that finds subnets or VPCs: whatever in the account and region fits all of `conditions`.

    `region` is its own or that of its provider, None where nothing says it.  `found` are the ids that it yields as far
    as a plan, a state or an inventory tells, None where nothing does.  `uncertain` says why it may not be there.
    """

    address: str
    span: Span
    kind: LookupKind
    conditions: Members[Condition]
    region: Value[str] | None = None
    found: Members[Value[str]] | None = None
    uncertain: Unknown | None = None
