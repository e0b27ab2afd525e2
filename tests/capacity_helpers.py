"""What tests of `podroom capacity` and `podroom recommend` share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from podroom.capacity.assessment import Assessment, Assumptions
from podroom.catalog.instance_types import InstanceCatalog
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse

CUSTOM_NETWORKING = 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"'


def strict(schema: object) -> object:
    """Return a schema without room for anything undescribed."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    if "properties" in schema and "additionalProperties" not in schema and isinstance(schema.get("type"), str):
        closed["additionalProperties"] = False
    return closed


def flowed(text: str) -> str:
    """Return text as if lines had no ends."""
    return " ".join(text.split())


def node_group(
    name: str,
    *,
    types: str = "m5.large",
    sizes: tuple[int, int, int] = (1, 2, 4),
    subnets: str = "aws_subnet.a.id",
    cluster: str = "main",
    more: str = "",
) -> str:
    """Return a managed node group; `sizes` are minimum, desired and maximum."""
    low, desired, high = sizes
    quoted = ", ".join(f'"{kind}"' for kind in types.split(","))
    return f"""
resource "aws_eks_node_group" "{name}" {{
  cluster_name    = aws_eks_cluster.{cluster}.name
  node_group_name = "{name}"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [{subnets}]
  instance_types  = [{quoted}]
  scaling_config {{
    min_size     = {low}
    desired_size = {desired}
    max_size     = {high}
  }}
  {more}
}}
"""


def subnet(name: str, cidr: str, *, zone: str = "eu-west-1a", more: str = "") -> str:
    """Return a subnet."""
    return f"""
resource "aws_subnet" "{name}" {{
  vpc_id            = aws_vpc.main.id
  availability_zone = "{zone}"
  cidr_block        = "{cidr}"
  {more}
}}
"""


def add_on(environment: str, *, name: str = "vpc_cni", cluster: str = "main", more: str = "") -> str:
    """Return the add-on of the VPC CNI with these variables."""
    return f"""
resource "aws_eks_addon" "{name}" {{
  cluster_name         = aws_eks_cluster.{cluster}.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({{ env = {{ {environment} }} {more} }})
}}
"""


def eks_cluster(name: str = "main", *, subnets: str = "aws_subnet.a.id", more: str = "") -> str:
    """Return a cluster."""
    return f"""
resource "aws_eks_cluster" "{name}" {{
  name     = "{name}"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {{
    subnet_ids = [{subnets}]
  }}
  {more}
}}
"""


def write(folder: Path, *parts: str) -> str:
    """Write a configuration with a VPC and these parts, and return its folder."""
    text = "".join(['resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n', *parts])
    (folder / "main.tf").write_text(text, encoding="utf-8")
    return str(folder)


def eni_configs(**subnets: str) -> str:
    """Return more for `add_on`: ENIConfigs that give pods the subnets of these names; "eu_west_1a" is a zone."""
    entries = "\n".join(
        f'"{zone.replace("_", "-")}" = {{ id = aws_subnet.{name}.id }}' for zone, name in subnets.items()
    )
    return f""", eniConfig = {{
      create  = true
      region  = "eu-west-1"
      subnets = {{
        {entries}
      }}
    }}
    """


def assessed(folder: Path, *parts: str, **assumptions: Any) -> Assessment:  # noqa: ANN401 - as Assumptions takes them
    """Write a configuration with a VPC and these parts, and return the sums for it."""
    (world,) = understand(Request(paths=(write(folder, *parts),), reader=parse))[0]
    return Assessment(world, InstanceCatalog.bundled(), Assumptions(**assumptions))
