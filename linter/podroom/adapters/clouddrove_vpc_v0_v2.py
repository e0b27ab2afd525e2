"""clouddrove/vpc/aws, v0 to v2.

Facts from main.tf, variables.tf and outputs.tf of 0.12.0, 0.15.1, 1.3.1, 2.0.0 and v2.0.5, Apache License 2.0:
https://github.com/clouddrove/terraform-aws-vpc
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import outputs, variables

_DEFAULTS = {"cidr_block": '""', "additional_cidr_block": "[]"}

_OUTPUTS = {
    "vpc_id": 'try(aws_vpc.default[0].id, "")',
    "vpc_arn": 'try(aws_vpc.default[0].arn, "")',
    "vpc_cidr_block": 'try(aws_vpc.default[0].cidr_block, "")',
}


def _text(major: int) -> str:
    if major < 2:
        switch, more = {"vpc_enabled": "true"}, "secondary_cidr"
        block = 'var.cidr_block == "" ? null : var.cidr_block'
    else:
        switch, more = {"enable": "true", "ipam_pool_enable": "false"}, "default"
        block = "var.ipam_pool_enable ? null : var.cidr_block"
    resources = _RESOURCES.replace("SWITCH", next(iter(switch))).replace("BLOCK", block).replace("MORE", more)
    return variables({**_DEFAULTS, **switch}) + resources + outputs(_OUTPUTS)


_RESOURCES = """
resource "aws_vpc" "default" {
  count      = var.SWITCH ? 1 : 0
  cidr_block = BLOCK
  tags       = module.labels.tags
}

resource "aws_vpc_ipv4_cidr_block_association" "MORE" {
  for_each   = var.SWITCH ? toset(var.additional_cidr_block) : []
  vpc_id     = aws_vpc.default[0].id
  cidr_block = each.key
}

# The tags that it makes up of names are not restated: the module of them is not known, so its outputs are unknown.
module "labels" {
  source = "clouddrove/labels/aws"
}
"""

ADAPTER = Adapter(
    module="clouddrove/vpc/aws",
    majors=(0, 1, 2),
    text=_text,
    fingerprints=(
        (frozenset({"vpc_enabled"}), (0, 1)),
        (frozenset({"enable", "ipam_pool_enable"}), (2,)),
    ),
)
