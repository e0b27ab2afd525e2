"""terraform-aws-modules/vpc/aws, v2 to v6.

Facts from main.tf, variables.tf and outputs.tf of v2.78.0, v3.19.0, v5.21.0 and v6.6.0, Apache License 2.0:
https://github.com/terraform-aws-modules/terraform-aws-vpc
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import outputs, variables

_TIERS = {
    "public": "public",
    "private": "private",
    "intra": "intra",
    "database": "db",
    "elasticache": "elasticache",
    "redshift": "redshift",
    "outpost": "outpost",
}
"""The kinds of subnets, and the word in their names."""

_FIRST_MAJOR_WITH_IPV6_ONLY = 4

_DEFAULTS = {
    "create_vpc": "true",
    "name": '""',
    "secondary_cidr_blocks": "[]",
    "azs": "[]",
    "outpost_az": "null",
    "enable_nat_gateway": "false",
    "single_nat_gateway": "false",
    "one_nat_gateway_per_az": "false",
    "use_ipam_pool": "false",
    "enable_ipv6": "false",
    "tags": "{}",
}


def _text(major: int) -> str:
    cidr = '"0.0.0.0/0"' if major < _FIRST_MAJOR_WITH_IPV6_ONLY else '"10.0.0.0/16"'
    return (
        variables({**_DEFAULTS, "cidr": cidr})
        + _VPC
        + "".join(_tier(name, word, major) for name, word in _TIERS.items())
        + _NAT_GATEWAYS.replace("LENGTHS", ", ".join(f"length(aws_subnet.{tier})" for tier in _behind_gateways(major)))
        + outputs(_OUTPUTS)
    )


def _behind_gateways(major: int) -> tuple[str, ...]:
    """Return the tiers of which the one with the most subnets tells the number of NAT gateways."""
    tiers = ("private", "elasticache", "database", "redshift")
    if major < _FIRST_MAJOR_WITH_IPV6_ONLY:
        return tiers
    return (*tiers, "public", "intra") if major == _FIRST_MAJOR_WITH_IPV6_ONLY else (*tiers, "public")


def _tier(name: str, word: str, major: int) -> str:
    more_than_zones = "!var.one_nat_gateway_per_az || length(var.public_subnets) >= length(var.azs)"
    condition = f"var.create_vpc && ({more_than_zones})" if name == "public" else "var.create_vpc"
    listed = f"length(var.{name}_subnets)"
    prefixes = f"length(var.{name}_subnet_ipv6_prefixes)"
    how_many = listed if major < _FIRST_MAJOR_WITH_IPV6_ONLY else f"max({listed}, {prefixes})"
    zone = "var.outpost_az" if name == "outpost" else "element(var.azs, count.index)"
    arguments = {
        f"{name}_subnets": "[]",
        f"{name}_subnet_suffix": f'"{word}"',
        f"{name}_subnet_ipv6_prefixes": "[]",
        f"{name}_subnet_ipv6_native": "false",
        f"{name}_subnet_names": "[]",
        f"{name}_subnet_tags": "{}",
        f"{name}_subnet_tags_per_az": "{}",
    }
    results = {
        f"{name}_subnets": f"aws_subnet.{name}[*].id",
        f"{name}_subnet_arns": f"aws_subnet.{name}[*].arn",
        f"{name}_subnets_cidr_blocks": f"compact(aws_subnet.{name}[*].cidr_block)",
        f"{name}_subnet_objects": f"aws_subnet.{name}",
    }
    resource = (
        _SUBNETS.replace("CONDITION", condition).replace("COUNT", how_many).replace("ZONE", zone).replace("TIER", name)
    )
    return variables(arguments) + resource + outputs(results)


_VPC = """
locals {
  vpc_id = try(aws_vpc.this[0].id, "")
}

resource "aws_vpc" "this" {
  count = var.create_vpc ? 1 : 0

  cidr_block = var.use_ipam_pool ? null : var.cidr
  tags       = merge({ Name = var.name }, var.tags)
}

resource "aws_vpc_ipv4_cidr_block_association" "this" {
  count = var.create_vpc ? length(var.secondary_cidr_blocks) : 0

  vpc_id     = aws_vpc.this[0].id
  cidr_block = element(var.secondary_cidr_blocks, count.index)
}
"""

_SUBNETS = """
resource "aws_subnet" "TIER" {
  count = CONDITION ? COUNT : 0

  vpc_id               = local.vpc_id
  cidr_block           = var.TIER_subnet_ipv6_native ? null : element(concat(var.TIER_subnets, [""]), count.index)
  ipv6_native          = var.enable_ipv6 && var.TIER_subnet_ipv6_native
  availability_zone    = length(regexall("^[a-z]{2}-", ZONE)) > 0 ? ZONE : null
  availability_zone_id = length(regexall("^[a-z]{2}-", ZONE)) == 0 ? ZONE : null

  tags = merge(
    { Name = try(var.TIER_subnet_names[count.index], "${var.name}-${var.TIER_subnet_suffix}-${ZONE}") },
    var.tags,
    var.TIER_subnet_tags,
    lookup(var.TIER_subnet_tags_per_az, ZONE, {}),
  )
}
"""

_NAT_GATEWAYS = """
resource "aws_nat_gateway" "this" {
  count = !(var.create_vpc && var.enable_nat_gateway) ? 0 : (
    var.single_nat_gateway ? 1 : var.one_nat_gateway_per_az ? length(var.azs) : max(LENGTHS)
  )

  subnet_id = element(aws_subnet.public[*].id, var.single_nat_gateway ? 0 : count.index)
}
"""

_OUTPUTS = {
    "vpc_id": "try(aws_vpc.this[0].id, null)",
    "vpc_arn": "try(aws_vpc.this[0].arn, null)",
    "vpc_cidr_block": "try(aws_vpc.this[0].cidr_block, null)",
    "vpc_secondary_cidr_blocks": "compact(aws_vpc_ipv4_cidr_block_association.this[*].cidr_block)",
    "azs": "var.azs",
    "name": "var.name",
}

ADAPTER = Adapter(module="terraform-aws-modules/vpc/aws", majors=(2, 3, 4, 5, 6), text=_text)
