"""cloudposse/named-subnets/aws, v0: subnets of one zone.

Facts from private.tf, public.tf and outputs.tf of 0.12.0, Apache License 2.0:
https://github.com/cloudposse/terraform-aws-named-subnets
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.cloudposse_context import CONTEXT
from podroom.adapters.hcl import outputs, variables

_DEFAULTS = {
    "subnet_names": "[]",
    "max_subnets": "16",
    "type": '"private"',
    "availability_zone": "null",
    "vpc_id": "null",
    "cidr_block": "null",
}

_OUTPUTS = {
    "subnet_ids": "coalescelist(aws_subnet.private[*].id, aws_subnet.public[*].id)",
    "named_subnet_ids": "zipmap(var.subnet_names, coalescelist(aws_subnet.private[*].id, aws_subnet.public[*].id))",
}

_SUBNETS = """
resource "aws_subnet" "KIND" {
  count = local.enabled && var.type == "KIND" ? length(var.subnet_names) : 0

  vpc_id            = var.vpc_id
  availability_zone = var.availability_zone
  cidr_block        = cidrsubnet(var.cidr_block, ceil(log(var.max_subnets, 2)), count.index)
  tags = merge(local.generated_tags, local.tags, {
    Name  = "${local.id}${local.delimiter}${var.subnet_names[count.index]}"
    Named = var.subnet_names[count.index]
    Type  = var.type
  })
}
"""


def _text() -> str:
    return (
        CONTEXT
        + variables(_DEFAULTS)
        + "locals {\n  own_attributes = [var.type]\n}\n"
        + "".join(_SUBNETS.replace("KIND", kind) for kind in ("private", "public"))
        + outputs(_OUTPUTS)
    )


ADAPTER = Adapter(module="cloudposse/named-subnets/aws", majors=(0,), text=_text())
