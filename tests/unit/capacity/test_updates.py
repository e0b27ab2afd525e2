from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podroom.capacity.assessment import Assessment, Assumptions
from podroom.capacity.estimate import Estimate
from podroom.capacity.forecast import forecast
from podroom.capacity.updates import surge
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog
from podroom.model.world import GroupKind, NodeGroup, UpdateSettings
from podroom.positions import Document, Span
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse
from podroom.values import Known, Members, OneOf, Unknown, Value

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


HERE = Span(Document("main.tf", "resource"), 0, 8)
UNKNOWN = Unknown("nobody says how many", HERE)


def known(value: int) -> Known[int]:
    return Known(value, HERE)


def surged(kind: GroupKind, size: Value[int], zones: Estimate, **settings: Any) -> tuple[int | None, int | None, str]:  # noqa: ANN401 - as UpdateSettings takes them
    """Return the bounds of what an update adds, and why they differ."""
    group = NodeGroup(
        address="aws_eks_node_group.a",
        kind=kind,
        span=HERE,
        cluster=Known("aws_eks_cluster.a", HERE),
        instance_types=Members(),
        ami_family=Known(AmiFamily.AL2023, HERE),
        own_image=Known(value=False, origin=HERE),
        launch_template=None,
        launch_template_missing=None,
        minimum_size=known(1),
        desired_size=known(1),
        maximum_size=size,
        subnets=Members(),
        updates=UpdateSettings(**settings) if settings else None,
    )
    found = surge(group, zones)
    return found.least, found.most, "; ".join(gap.reason for gap in found.gaps)


ZONES = Unknown("nobody says where", HERE)
FROM_2_TO_3 = Estimate(2, 3, "", (ZONES,))
FROM_2 = Estimate(2, None, "", (ZONES,))
OF_5_OR_9 = OneOf((5, 9), "nobody says which", HERE)


@pytest.mark.parametrize(
    ("size", "zones", "settings", "expected"),
    [
        (known(60), Estimate.known(3), {}, (6, 6, "")),
        (known(60), FROM_2_TO_3, {}, (4, 6, "nobody says where")),
        (known(60), FROM_2, {}, (4, None, "nobody says where")),
        (known(60), FROM_2_TO_3, {"max_unavailable": known(9)}, (9, 9, "")),
        (known(60), Estimate.known(2), {"max_unavailable": OF_5_OR_9}, (5, 9, "nobody says which")),
        (known(60), Estimate.known(5), {"max_unavailable": OF_5_OR_9}, (10, 10, "")),
        (known(60), Estimate.known(3), {"max_unavailable": known(0)}, (6, 6, "")),
        (known(60), Estimate.known(3), {"missing": UNKNOWN}, (6, 60, "nobody says how many")),
        (UNKNOWN, Estimate.known(3), {"missing": UNKNOWN}, (6, 100, "nobody says how many")),
        (known(61), Estimate.known(1), {"max_unavailable_percentage": known(10)}, (7, 7, "")),
        (UNKNOWN, Estimate.known(1), {"max_unavailable_percentage": known(10)}, (2, 100, "nobody says how many")),
        (OF_5_OR_9, Estimate.known(1), {"max_unavailable_percentage": known(100)}, (5, 9, "nobody says which")),
        (known(60), FROM_2, {"strategy": Known("MINIMAL", HERE)}, (0, None, "nobody says where")),
        (known(60), Estimate.known(3), {"strategy": OneOf(("DEFAULT", "MINIMAL"), "either", HERE)}, (0, 6, "either")),
        (known(60), Estimate.known(3), {"strategy": OneOf(("DEFAULT", "OTHER"), "either", HERE)}, (6, 6, "either")),
    ],
)
def test_what_an_update_of_a_managed_group_adds_is_as_open_as_what_it_hangs_on(
    size: Value[int], zones: Estimate, settings: dict[str, Any], expected: tuple[int | None, int | None, str]
):
    assert surged(GroupKind.MANAGED, size, zones, **settings) == expected


@pytest.mark.parametrize(
    ("size", "percent", "expected"),
    [
        (known(5), None, (0, 0, "")),
        (known(5), known(100), (0, 0, "")),
        (known(200), known(100), (0, 0, "")),
        (known(200), known(90), (0, 0, "")),
        (known(5), known(110), (0, 1, "")),
        (known(5), known(200), (5, 5, "")),
        (known(5), known(250), (5, 5, "")),
        (known(300), known(200), (300, 300, "")),
        (known(5), UNKNOWN, (0, 5, "nobody says how many")),
        (UNKNOWN, known(150), (0, None, "nobody says how many")),
        (OF_5_OR_9, known(200), (5, 9, "nobody says which")),
    ],
)
def test_an_instance_refresh_adds_what_may_be_above_100_percent(
    size: Value[int], percent: Value[int] | None, expected: tuple[int | None, int | None, str]
):
    settings = {} if percent is None else {"max_healthy_percentage": percent}
    assert surged(GroupKind.SELF_MANAGED, size, Estimate.known(3), **settings) == expected
