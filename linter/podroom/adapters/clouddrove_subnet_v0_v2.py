"""clouddrove/subnet/aws, v0 to v2.

Facts from main.tf, variables.tf and outputs.tf of 0.12.0, 0.15.0, 0.15.3, 1.3.0 and v2.0.3, Apache License 2.0:
https://github.com/clouddrove/terraform-aws-subnet
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import outputs, variables

_KINDS = ("public", "private")

_DEFAULTS = {
    "vpc_id": "null",
    "type": '""',
    "availability_zones": "[]",
    "cidr_block": "null",
    "nat_gateway_enabled": "false",
    "single_nat_gateway": "false",
    "public_subnet_ids": "[]",
    **{f"ipv4_{kind}_cidrs": "[]" for kind in _KINDS},
    "delimiter": '"-"',
}
_FIRST_DEFAULTS = {"enabled": "true", "tags": "{}", "ipv4_cidrs": "[]"}
_LATER_DEFAULTS = {
    "enable": "true",
    "enable_ipv6": "false",
    **{f"{kind}_subnet_ipv6_native": "false" for kind in _KINDS},
    **{f"extra_{kind}_tags": "{}" for kind in _KINDS},
}

_OUTPUTS = {
    f"{kind}_subnet_{output}": f"aws_subnet.{kind}[*].{attribute}"
    for kind in _KINDS
    for output, attribute in (("id", "id"), ("cidrs", "cidr_block"), ("azs", "availability_zone"))
}


def _text(major: int) -> str:
    defaults, subnet = (_FIRST_DEFAULTS, _FIRST) if major < 2 else (_LATER_DEFAULTS, _LATER)
    return (
        variables({**_DEFAULTS, **defaults})
        + _NUMBERS.replace("ENABLED", "var.enabled" if major < 2 else "var.enable")
        + "".join(
            (subnet[kind] + _LABELS).replace("KIND", kind).replace("FIRST", first)
            for kind, first in (("public", "local.public"), ("private", "0"))
        )
        + outputs(_OUTPUTS)
    )


_NUMBERS = """
locals {
  zones   = var.availability_zones
  public  = ENABLED && contains(["public", "public-private"], var.type) ? length(local.zones) : 0
  private = ENABLED && contains(["private", "public-private"], var.type) ? length(local.zones) : 0
  gateways = (
    ENABLED && var.single_nat_gateway ? 1
    : local.private > 0 && var.nat_gateway_enabled ? length(local.zones) : 0
  )
  bits = ceil(log((local.public == 0 ? local.private : local.public) * 2, 2))
}

resource "aws_nat_gateway" "private" {
  count     = local.gateways
  subnet_id = element(local.public > 0 ? aws_subnet.public[*].id : var.public_subnet_ids, count.index)
}
"""

_NAMES = """{
    Name = "${module.KIND-labels.id}${var.delimiter}${local.zones[count.index]}"
    AZ   = local.zones[count.index]
  }"""

_SUBNET = """
resource "aws_subnet" "KIND" {
  count = local.KIND

  vpc_id            = var.vpc_id
  availability_zone = local.zones[count.index]
  cidr_block = (
    length(BLOCKS) == 0 ? cidrsubnet(var.cidr_block, local.bits, FIRST + count.index) : BLOCKS[count.index]
  )
  tags = merge(module.KIND-labels.tags, TAGS)
MORE}
"""
# Before 0.15.3, ipv4_cidrs gave the blocks of both kinds.
_FIRST_BLOCKS = """
locals {
  KIND_blocks = length(var.ipv4_cidrs) > 0 ? var.ipv4_cidrs : var.ipv4_KIND_cidrs
}
"""


def _subnet(blocks: str, tags: str, more: str = "") -> str:
    return _SUBNET.replace("BLOCKS", blocks).replace("TAGS", tags).replace("MORE", more)


_FIRST = {
    "public": _FIRST_BLOCKS + _subnet("local.KIND_blocks", f"var.tags, {_NAMES}"),
    "private": _FIRST_BLOCKS + _subnet("local.KIND_blocks", f"{_NAMES}, var.tags"),
}
_LATER = dict.fromkeys(
    _KINDS,
    _subnet(
        "var.ipv4_KIND_cidrs",
        f"var.extra_KIND_tags, {_NAMES}",
        "  ipv6_native = var.enable_ipv6 && var.KIND_subnet_ipv6_native\n",
    ),
)

# The tags that it makes up of names are not restated: the module of them is not known, so its outputs are unknown.
_LABELS = """
module "KIND-labels" {
  source = "clouddrove/labels/aws"
}
"""

ADAPTER = Adapter(
    module="clouddrove/subnet/aws",
    majors=(0, 1, 2),
    text=_text,
    fingerprints=(
        (frozenset({"enabled", "tags"}), (0, 1)),
        (frozenset({"ipv4_cidrs"}), (0,)),
        (frozenset({"enable", "extra_public_tags", "extra_private_tags", "enable_ipv6"}), (2,)),
    ),
)
