"""cloudposse/vpc/aws, v0 to v3.

Facts from main.tf, variables.tf and outputs.tf of 0.18.2, 0.28.1 and v3.0.0, Apache License 2.0:
https://github.com/cloudposse/terraform-aws-vpc
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.cloudposse_context import CONTEXT
from podroom.adapters.hcl import outputs, variables

_OUTPUTS = {
    "vpc_id": 'try(aws_vpc.default[0].id, "")',
    "vpc_arn": 'try(aws_vpc.default[0].arn, "")',
    "vpc_cidr_block": 'try(aws_vpc.default[0].cidr_block, "")',
}


def _text(major: int) -> str:
    if major < 1:
        arguments = {"cidr_block": "null", "additional_cidr_blocks": "[]"}
        block = "var.cidr_block"
        more = "{ for block in coalesce(var.additional_cidr_blocks, []) : block => { ipv4_cidr_block = block } }"
    else:
        arguments = {
            "ipv4_primary_cidr_block": "null",
            "ipv4_primary_cidr_block_association": "null",
            "ipv4_additional_cidr_block_associations": "{}",
        }
        block = "var.ipv4_primary_cidr_block"
        more = "var.ipv4_additional_cidr_block_associations"
    resources = _RESOURCES.replace("PRIMARY", block).replace("MORE", more)
    return CONTEXT + variables(arguments) + resources + outputs(_OUTPUTS)


_RESOURCES = """
locals {
  own_attributes = []
}

resource "aws_vpc" "default" {
  count      = local.enabled ? 1 : 0
  cidr_block = PRIMARY
  tags       = local.tags
}

resource "aws_vpc_ipv4_cidr_block_association" "default" {
  for_each   = local.enabled ? MORE : {}
  vpc_id     = aws_vpc.default[0].id
  cidr_block = each.value.ipv4_cidr_block
}
"""

ADAPTER = Adapter(
    module="cloudposse/vpc/aws",
    majors=(0, 1, 2, 3),
    text=_text,
    fingerprints=(
        (frozenset({"cidr_block", "additional_cidr_blocks"}), (0,)),
        (frozenset({"ipv4_primary_cidr_block", "ipv4_primary_cidr_block_association"}), (1, 2, 3)),
    ),
)
