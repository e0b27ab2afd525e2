from __future__ import annotations

from pathlib import Path

import pytest

from podroom.capacity.assessment import Assessment, Assumptions
from podroom.capacity.forecast import forecast
from podroom.catalog.instance_types import InstanceCatalog
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse

GROUP = """
variable "unknown" {}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "nodes" {
  for_each          = { a = 0, b = 1, c = 2 }
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1${each.key}"
  cidr_block        = cidrsubnet("10.0.0.0/16", 4, each.value)
}
resource "aws_eks_node_group" "workers" {
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [for subnet in aws_subnet.nodes : subnet.id]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 60
  }
  %s
}
"""


@pytest.mark.parametrize(
    ("update_config", "bounds"),
    [
        ("", (6, 6)),
        ("update_config { max_unavailable = 5 }", (6, 6)),
        ("update_config { max_unavailable = 20 }", (20, 20)),
        ("update_config { max_unavailable = 500 }", (100, 100)),
        ("update_config { max_unavailable_percentage = 33 }", (20, 20)),
        ("update_config { max_unavailable_percentage = 1 }", (6, 6)),
        ("update_config { max_unavailable = var.unknown }", (6, 100)),
        ("update_config { max_unavailable_percentage = var.unknown }", (6, 100)),
        ('update_config {\n max_unavailable = 20\n update_strategy = "MINIMAL"\n }', (0, 0)),
        ('update_config {\n max_unavailable = 20\n update_strategy = "DEFAULT"\n }', (20, 20)),
        ("update_config {\n max_unavailable = 20\n update_strategy = var.unknown\n }", (0, 20)),
    ],
)
def test_the_nodes_that_an_update_adds(update_config: str, bounds: tuple[int, int], tmp_path: Path):
    (tmp_path / "main.tf").write_text(GROUP % update_config, encoding="utf-8")
    (world,) = understand(Request(paths=(str(tmp_path),), reader=parse))[0]

    found = forecast(Assessment(world, InstanceCatalog.bundled(), Assumptions()))

    (group,) = found.groups
    assert (group.surge.least, group.surge.most) == bounds
    in_zone = found.subnets[0].shares[0].surge
    assert (in_zone.least, in_zone.most) == tuple(-(-nodes // 3) for nodes in bounds)
    assert bool(group.gaps) == (bounds[0] != bounds[1])
