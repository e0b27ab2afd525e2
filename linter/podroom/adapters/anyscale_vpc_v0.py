"""anyscale/anyscale-cloudfoundation-modules/aws//modules/aws-anyscale-vpc, v0.

Facts from main.tf, subnets-private.tf, subnets-public.tf, variables.tf and outputs.tf of v0.40.1:
https://github.com/anyscale/terraform-aws-anyscale-cloudfoundation-modules/tree/v0.40.1/modules/aws-anyscale-vpc
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import outputs, variables

_KINDS = ("public", "private")

_DEFAULTS = {
    "module_enabled": "true",
    "anyscale_vpc_name": "null",
    "anyscale_cloud_id": "null",
    "existing_vpc_id": "null",
    "cidr_block": '"10.0.0.0/16"',
    "secondary_cidr_blocks": "[]",
    "use_ipam_pool": "false",
    "availability_zones": "[]",
    "availability_zone_ids": "[]",
    "max_az_count": "0",
    "create_ngw": "true",
    "max_nat_gateway_count": "999",
    "tags": "{}",
    "existing_private_subnet_ids": "[]",
    **{f"{kind}_subnets": "[]" for kind in _KINDS},
    **{f"{kind}_subnet_names": "[]" for kind in _KINDS},
    **{f"{kind}_subnet_tags": "{}" for kind in _KINDS},
}

_OUTPUTS = {
    "vpc_id": 'try(aws_vpc.anyscale_vpc[0].id, "")',
    "vpc_arn": 'try(aws_vpc.anyscale_vpc[0].arn, "")',
    "vpc_cidr_block": 'try(aws_vpc.anyscale_vpc[0].cidr_block, "")',
    **{f"{kind}_subnet_ids": f"aws_subnet.{kind}[*].id" for kind in _KINDS},
    **{f"{kind}_subnet_cidrs": f"aws_subnet.{kind}[*].cidr_block" for kind in _KINDS},
    **{
        f"{kind}_subnet_ids_az_map": f"zipmap(aws_subnet.{kind}[*].id, aws_subnet.{kind}[*].availability_zone)"
        for kind in _KINDS
    },
}

_NETWORK = """
locals {
  vpc_name = coalesce(
    var.anyscale_vpc_name, var.anyscale_cloud_id == null ? "vpc-anyscale" : "vpc-${var.anyscale_cloud_id}"
  )
  vpc_id = (
    var.existing_vpc_id == null
    ? try(aws_vpc_ipv4_cidr_block_association.anyscale_vpc[0].vpc_id, aws_vpc.anyscale_vpc[0].id, "")
    : var.existing_vpc_id
  )

  listed = data.aws_availability_zones.default[0]
  zones = (
    length(var.availability_zone_ids) > 0
    ? [for id in var.availability_zone_ids : zipmap(local.listed.zone_ids, local.listed.names)[id]]
    : length(var.availability_zones) > 0 ? var.availability_zones : sort(local.listed.names)
  )

  most = max(var.max_az_count, [for list in [
    var.availability_zone_ids, var.availability_zones, var.public_subnets, var.private_subnets
  ] : length(list)]...)

  public  = var.module_enabled ? var.public_subnets : []
  private = var.module_enabled && length(var.existing_private_subnet_ids) == 0 ? var.private_subnets : []
}

data "aws_availability_zones" "default" {
  count = var.module_enabled ? 1 : 0
}

resource "aws_vpc" "anyscale_vpc" {
  count      = var.existing_vpc_id == null && var.module_enabled ? 1 : 0
  cidr_block = var.use_ipam_pool ? null : var.cidr_block
  tags       = merge({ Name = local.vpc_name, tf_sub_module = "aws-anyscale-vpc" }, var.tags)
}

resource "aws_vpc_ipv4_cidr_block_association" "anyscale_vpc" {
  count      = var.module_enabled ? length(var.secondary_cidr_blocks) : 0
  vpc_id     = aws_vpc.anyscale_vpc[0].id
  cidr_block = var.secondary_cidr_blocks[count.index]
}
"""

_GATEWAYS = """
resource "aws_nat_gateway" "nat_gateway" {
  count     = length(local.private) > 0 && var.create_ngw ? min(local.most, var.max_nat_gateway_count) : 0
  subnet_id = aws_subnet.public[count.index].id
}
"""

# Where names are not given, they are made of the ids of zones, which are known only when Terraform runs.
_SUBNETS = """
resource "aws_subnet" "KIND" {
  count = length(local.KIND)

  vpc_id            = local.vpc_id
  availability_zone = local.zones[count.index]
  cidr_block        = local.KIND[count.index]
  tags = merge(
    { Name = try(var.KIND_subnet_names[count.index], "${local.vpc_name}-${local.listed.zone_ids[count.index]}") },
    var.tags,
    var.KIND_subnet_tags,
  )
}
"""


def _text() -> str:
    subnets = (_SUBNETS.replace("KIND", kind) for kind in _KINDS)
    return variables(_DEFAULTS) + _NETWORK + "".join(subnets) + _GATEWAYS + outputs(_OUTPUTS)


ADAPTER = Adapter(
    module="anyscale/anyscale-cloudfoundation-modules/aws",
    submodule="modules/aws-anyscale-vpc",
    majors=(0,),
    text=_text(),
)
