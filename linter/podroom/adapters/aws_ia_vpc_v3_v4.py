"""aws-ia/vpc/aws, v3 and v4.

Facts from main.tf, data.tf, outputs.tf and modules/calculate_subnets of v3.2.1 and v4.7.3, Apache License 2.0:
https://github.com/aws-ia/terraform-aws-vpc

Blocks that are given by their length follow each other by the name of the kind, then by zone; with
`optimize_subnet_cidr_ranges` the longest prefixes come first.
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import outputs, variables

_DEFAULTS = {
    "name": '""',
    "cidr_block": "null",
    "azs": "null",
    "az_count": "null",
    "subnets": "{}",
    "create_vpc": "true",
    "vpc_id": "null",
    "vpc_secondary_cidr": "false",
    "optimize_subnet_cidr_ranges": "false",
    "tags": "{}",
}

_SINGLE = {"public": "public", "tgw": "transit_gateway", "cwan": "core_network"}
"""The resources whose subnets are named by their zone only, and the kind that each belongs to."""

_OUTPUTS = {
    "azs": "local.azs",
    "vpc_attributes": "try(aws_vpc.main[0], data.aws_vpc.main[0])",
    "private_subnet_attributes_by_az": "aws_subnet.private",
    "public_subnet_attributes_by_az": "aws_subnet.public",
    "tgw_subnet_attributes_by_az": "aws_subnet.tgw",
    "core_network_subnet_attributes_by_az": "aws_subnet.cwan",
}


def _text() -> str:
    single = "".join(_subnets(name, f'subnet.kind == "{kind}"', "subnet.zone") for name, kind in _SINGLE.items())
    kinds = ", ".join(f'"{kind}"' for kind in _SINGLE.values())
    private = _subnets("private", f"!contains([{kinds}], subnet.kind)", '"${subnet.kind}/${subnet.zone}"')
    return variables(_DEFAULTS) + _VPC + private + single + outputs(_OUTPUTS)


def _subnets(name: str, condition: str, key: str) -> str:
    return _SUBNETS.replace("RESOURCE", name).replace("CONDITION", condition).replace("KEY", key)


_VPC = """
data "aws_availability_zones" "current" {
}

data "aws_vpc" "main" {
  count = var.create_vpc ? 0 : 1
  id    = var.vpc_id
}

resource "aws_vpc" "main" {
  count      = var.create_vpc ? 1 : 0
  cidr_block = var.cidr_block
  tags       = merge({ Name = var.name }, var.tags)
}

resource "aws_vpc_ipv4_cidr_block_association" "secondary" {
  count      = var.vpc_secondary_cidr && !var.create_vpc ? 1 : 0
  vpc_id     = var.vpc_id
  cidr_block = var.cidr_block
}

locals {
  vpc_id = var.create_vpc ? aws_vpc.main[0].id : var.vpc_id
  block  = var.cidr_block != null ? var.cidr_block : data.aws_vpc.main[0].cidr_block
  length = tonumber(split("/", local.block)[1])
  azs = (
    var.az_count != null ? slice(data.aws_availability_zones.current.names, 0, var.az_count)
    : var.azs != null ? sort(var.azs) : data.aws_availability_zones.current.names
  )

  all = flatten([
    for at, zone in local.azs : [
      for kind, subnet in var.subnets : {
        place = "${kind} ${at}"
        kind  = kind
        zone  = zone
        given = try(subnet.cidrs[at], null)
        tags  = try(subnet.tags, {})
      }
    ]
  ])
  measured = flatten([
    for kind, subnet in var.subnets : [
      for at, zone in local.azs : { place = "${kind} ${at}", netmask = subnet.netmask }
    ] if try(subnet.netmask, null) != null
  ])
  lengths  = reverse(sort(distinct([for subnet in local.measured : format("%05d", subnet.netmask)])))
  ordered = var.optimize_subnet_cidr_ranges ? flatten([
    for length in local.lengths : [for subnet in local.measured : subnet if subnet.netmask == tonumber(length)]
  ]) : local.measured
  blocks = zipmap(
    [for subnet in local.ordered : subnet.place],
    length(local.ordered) == 0 ? [] : cidrsubnets(
      local.block, [for subnet in local.ordered : subnet.netmask - local.length]...
    ),
  )
}
"""

_SUBNETS = """
resource "aws_subnet" "RESOURCE" {
  for_each = { for subnet in local.all : KEY => subnet if CONDITION }

  vpc_id            = local.vpc_id
  availability_zone = each.value.zone
  cidr_block        = each.value.given != null ? each.value.given : try(local.blocks[each.value.place], null)
  tags              = merge({ Name = "${each.value.kind}-${each.value.zone}" }, var.tags, each.value.tags)
}
"""

ADAPTER = Adapter(module="aws-ia/vpc/aws", majors=(3, 4), text=_text())
