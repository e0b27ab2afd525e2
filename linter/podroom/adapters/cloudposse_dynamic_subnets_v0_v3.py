"""cloudposse/dynamic-subnets/aws, v0 to v3.

Facts from main.tf, private.tf and public.tf of 0.39.8, 2.4.2 and v3.0.0, Apache License 2.0:
https://github.com/cloudposse/terraform-aws-dynamic-subnets
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.cloudposse_context import CONTEXT
from podroom.adapters.hcl import outputs, variables

_DEFAULTS = {
    "vpc_id": "null",
    "availability_zones": "[]",
    "max_subnet_count": "0",
    "public_subnets_enabled": "true",
    "private_subnets_enabled": "true",
    "private_subnets_additional_tags": "{}",
    "public_subnets_additional_tags": "{}",
}

_OUTPUTS = {
    "private_subnet_ids": "aws_subnet.private[*].id",
    "public_subnet_ids": "aws_subnet.public[*].id",
    "private_subnet_cidrs": "aws_subnet.private[*].cidr_block",
    "public_subnet_cidrs": "aws_subnet.public[*].cidr_block",
    "availability_zones": "local.zones",
}


def _text(major: int) -> str:
    return (
        CONTEXT
        + variables({**_DEFAULTS, **(_FIRST_DEFAULTS if major < 2 else _LATER_DEFAULTS)})
        + (_FIRST if major < 2 else _LATER)
        + "".join(_SUBNETS.replace("KIND", kind) for kind in ("private", "public"))
        + outputs(_OUTPUTS)
    )


_FIRST_DEFAULTS = {"cidr_block": '""'}

_FIRST = """
locals {
  own_attributes = []

  block = var.cidr_block != "" ? var.cidr_block : data.aws_vpc.default[0].cidr_block
  most  = var.max_subnet_count == 0 ? length(data.aws_availability_zones.default.names) : var.max_subnet_count
  bits  = ceil(log(local.most * 2, 2))
  zones = var.availability_zones

  private_zones  = local.enabled ? local.zones : []
  public_zones   = local.enabled ? local.zones : []
  private_blocks = [for at, zone in local.zones : cidrsubnet(local.block, local.bits, at)]
  public_blocks  = [for at, zone in local.zones : cidrsubnet(local.block, local.bits, local.most + at)]
}
"""

_LATER_DEFAULTS = {
    "availability_zone_ids": "[]",
    "ipv4_enabled": "true",
    "ipv4_cidr_block": "[]",
    "ipv4_cidrs": "[]",
    "subnets_per_az_count": "1",
    "public_subnets_per_az_count": "null",
    "private_subnets_per_az_count": "null",
}

_LATER = """
locals {
  own_attributes = []

  block = length(var.ipv4_cidr_block) > 0 ? var.ipv4_cidr_block[0] : data.aws_vpc.default[0].cidr_block

  possible_zones = (
    length(var.availability_zone_ids) > 0 ? var.availability_zone_ids
    : length(var.availability_zones) > 0 ? var.availability_zones
    : sort(data.aws_availability_zones.default.names)
  )
  zones = (
    var.max_subnet_count == 0 ? local.possible_zones
    : length(var.availability_zone_ids) + length(var.availability_zones) == 0
    ? slice(local.possible_zones, 0, var.max_subnet_count)
    : slice(local.possible_zones, 0, min(var.max_subnet_count, length(local.possible_zones)))
  )
  most = var.max_subnet_count == 0 ? length(data.aws_availability_zones.default.names) : var.max_subnet_count

  private_a_zone = coalesce(var.private_subnets_per_az_count, var.subnets_per_az_count)
  public_a_zone  = coalesce(var.public_subnets_per_az_count, var.subnets_per_az_count)

  private_reserved = var.private_subnets_enabled ? local.most * local.private_a_zone : 0
  public_reserved  = var.public_subnets_enabled ? local.most * local.public_a_zone : 0
  bits             = ceil(log(local.private_reserved + local.public_reserved, 2))

  private_zones = (
    local.enabled && var.private_subnets_enabled
    ? flatten([for zone in local.zones : [for at in range(0, local.private_a_zone) : zone]]) : []
  )
  public_zones = (
    local.enabled && var.public_subnets_enabled
    ? flatten([for zone in local.zones : [for at in range(0, local.public_a_zone) : zone]]) : []
  )

  given_private = try(var.ipv4_cidrs[0].private, [])
  given_public  = try(var.ipv4_cidrs[0].public, [])
  is_given      = length(local.given_private) + length(local.given_public) > 0

  private_blocks = local.is_given ? local.given_private : [
    for at, zone in local.private_zones : cidrsubnet(local.block, local.bits, at)
  ]
  public_blocks = local.is_given ? local.given_public : [
    for at, zone in local.public_zones : cidrsubnet(local.block, local.bits, local.private_reserved + at)
  ]
}
"""

_SUBNETS = """
resource "aws_subnet" "KIND" {
  count = length(local.KIND_zones)

  vpc_id            = var.vpc_id
  availability_zone = local.KIND_zones[count.index]
  cidr_block        = local.KIND_blocks[count.index]
  tags              = merge(module.KIND_label.generated_tags, local.tags, var.KIND_subnets_additional_tags)
}

# The tags that it makes up, of names and abbreviations of zones, are not restated: an unknown output.
module "KIND_label" {
  source  = "cloudposse/label/null"
  version = "0.25.0"
}
"""

_DATA = """
data "aws_availability_zones" "default" {
}

data "aws_vpc" "default" {
  count = 1
  id    = var.vpc_id
}
"""

_FIRST += _DATA
_LATER += _DATA

ADAPTER = Adapter(
    module="cloudposse/dynamic-subnets/aws",
    majors=(0, 1, 2, 3),
    text=_text,
    fingerprints=(
        (frozenset({"cidr_block"}), (0, 1)),
        (frozenset({"ipv4_cidr_block", "ipv4_cidrs", "availability_zone_ids"}), (2, 3)),
        (frozenset({"public_subnets_per_az_count", "private_subnets_per_az_count"}), (3,)),
    ),
)
