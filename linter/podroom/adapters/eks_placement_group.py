"""The subnets of node groups with a placement group in terraform-aws-modules/eks/aws v20.

Facts from modules/eks-managed-node-group and modules/self-managed-node-group of v20.37.2.  A placement group lies in
one availability zone, so the module asks AWS which of the given subnets are in a zone that offers the instance type.
Of a single subnet there is nothing to choose: it is that one, or Terraform cannot make the group.
"""

from __future__ import annotations

PLACEMENT = {"enable_efa_support": "false", "create_placement_group": "false", "placement_group_az": "null"}
"""The arguments that ask for a placement group, and their defaults as HCL."""


def subnets_of_placement_group(condition: str) -> str:
    """Return HCL that works out `local.subnet_ids`; `condition` says whether there is a placement group."""
    return _SUBNETS.replace("CONDITION", condition)


_SUBNETS = """
locals {
  subnet_ids = (CONDITION) && length(var.subnet_ids) != 1 ? data.aws_subnets.placement_group[0].ids : var.subnet_ids
}

data "aws_subnets" "placement_group" {
  count = CONDITION ? 1 : 0

  filter {
    name   = "subnet-id"
    values = var.subnet_ids
  }
}
"""
