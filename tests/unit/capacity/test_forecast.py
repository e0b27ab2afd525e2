"""Which groups, subnets and gaps a forecast tells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import CUSTOM_NETWORKING, add_on, assessed, eks_cluster, eni_configs, node_group, subnet
from podroom.capacity.forecast import Forecast, all_gaps, forecast

UNKNOWN = 'variable "unknown" {}\n'
TEMPLATE = """
resource "aws_launch_template" "nodes" {
  image_id  = "ami-0123456789abcdef0"
  user_data = var.unknown
}
"""
OF_TEMPLATE = """
  launch_template {
    id      = aws_launch_template.nodes.id
    version = "1"
  }
"""
POOL = """
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: default
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
"""


def forecast_of(folder: Path, *parts: str) -> Forecast:
    return forecast(assessed(folder, UNKNOWN, *parts))


def test_groups_are_told_with_their_cluster_or_as_strays(tmp_path: Path) -> None:
    found = forecast_of(
        tmp_path,
        subnet("a", "10.0.0.0/24"),
        eks_cluster("blue"),
        eks_cluster("green"),
        node_group("b", cluster="blue"),
        node_group("g", cluster="green"),
        node_group("s").replace("aws_eks_cluster.main.name", "var.unknown"),
    )
    assert [[group.group.address[-1] for group in cluster.groups] for cluster in found.clusters] == [["b"], ["g"]]
    assert [group.group.address[-1] for group in found.stray_groups] == ["s"]
    assert [group.group.address[-1] for group in found.groups] == ["b", "g", "s"]


def test_subnets_that_nothing_uses_are_told_apart(tmp_path: Path) -> None:
    found = forecast_of(tmp_path, subnet("a", "10.0.0.0/24"), subnet("idle", "10.0.1.0/24"), eks_cluster())
    assert [one.subnet.address for one in found.subnets] == ["aws_subnet.a"]
    assert found.idle_subnets == ("aws_subnet.idle",)
    assert found.title == found.root
    assert replace(found, variant="prod.tfvars").title == f"{found.root} with prod.tfvars"


AUTO_MODE = "compute_config {\n enabled = ENABLED\n }"
MINIMAL = 'update_config {\n update_strategy = "MINIMAL"\n }'
SOMEWHERE = subnet("open", "10.0.2.0/24", zone="").replace('availability_zone = ""', "")
NAMED_ONLY = node_group("g").replace("aws_eks_cluster.main.name", '"elsewhere"')
IDLE = subnet("idle", "10.0.1.0/24")


@pytest.mark.parametrize(
    ("parts", "gaps"),
    [
        ([eks_cluster()], []),
        ([eks_cluster(), IDLE], []),
        ([eks_cluster(subnets="var.unknown")], ["var.unknown"]),
        ([eks_cluster(subnets="var.unknown", more=""), node_group("g")], []),
        ([eks_cluster().replace("[aws_subnet.a.id]", "var.unknown")], ["var.unknown"]),
        ([eks_cluster().replace("[aws_subnet.a.id]", "var.unknown"), node_group("g")], []),
        ([NAMED_ONLY, IDLE], []),
        ([eks_cluster(), add_on("").replace("jsonencode", "var.unknown #")], ["var.unknown"]),
        ([eks_cluster(more=AUTO_MODE.replace("ENABLED", "true"))], ["EKS Auto Mode decides how many nodes"]),
        ([eks_cluster(more=AUTO_MODE.replace("ENABLED", "false"))], []),
        ([eks_cluster(more=AUTO_MODE.replace("ENABLED", "var.unknown"))], ["var.unknown"]),
    ],
)
def test_what_is_not_known_of_a_cluster_is_a_gap(tmp_path: Path, parts: list[str], gaps: list[str]) -> None:
    """Where its control plane is matters only to subnets that nothing else uses."""
    found = forecast_of(tmp_path, subnet("a", "10.0.0.0/24"), *parts)
    (cluster,) = found.clusters
    reasons = [gap.reason for gap in cluster.gaps]
    assert len(reasons) == len(gaps), reasons
    assert [part for part, reason in zip(gaps, reasons, strict=True) if part not in reason] == []
    assert set(cluster.gaps) <= set(all_gaps(found))


@pytest.mark.parametrize(
    ("change", "gaps"),
    [
        (("", ""), []),
        (("min_size     = 1", "min_size = var.unknown"), []),
        (("desired_size = 2", "desired_size = var.unknown"), ["var.unknown"]),
        (("max_size     = 4", "max_size = var.unknown"), ["var.unknown"]),
        (("cluster_name ", "count = var.unknown\n cluster_name "), ["var.unknown"]),
        (("[aws_subnet.a.id]", "[aws_subnet.a.id, var.unknown]"), ["var.unknown"]),
        (("[aws_subnet.a.id]", '["subnet-1"]'), ["subnet-1"]),
        # The size of its update is 0 in any case.
        (("[aws_subnet.a.id]", f"[aws_subnet.a.id, aws_subnet.open.id]\n{MINIMAL}"), ["zone"]),
        (('instance_types  = ["m5.large"]', f'instance_types  = ["m5.large"]\n{OF_TEMPLATE}'), ["var.unknown"]),
    ],
)
def test_what_is_not_known_of_a_group_is_a_gap(tmp_path: Path, change: tuple[str, str], gaps: list[str]) -> None:
    group = node_group("g")
    assert change[0] in group
    parts = [subnet("a", "10.0.0.0/24"), SOMEWHERE, eks_cluster(), TEMPLATE]
    found = forecast_of(tmp_path, *parts, group.replace(*change, 1))
    (told,) = found.groups
    reasons = sorted({gap.reason for gap in told.gaps})
    assert [part for part in gaps if not any(part in reason for reason in reasons)] == []
    assert bool(reasons) == bool(gaps), reasons
    assert (told.minimum.most, told.desired.least, told.maximum.least) == (
        None if "min_size" in change[0] else 1,
        0 if "desired" in change[0] else 2,
        0 if "max_size" in change[0] else 4,
    )


def test_what_is_not_known_of_max_pods_is_a_gap_where_no_pod_has_an_address(tmp_path: Path) -> None:
    found = forecast_of(
        tmp_path,
        subnet("a", "10.0.0.0/24"),
        eks_cluster(),
        add_on(f'{CUSTOM_NETWORKING}, MAX_ENI = "1"', more=eni_configs(eu_west_1a="a")),
        TEMPLATE.replace("image_id", "name"),
        node_group("g", more=f'ami_type = "AL2_x86_64"\n{OF_TEMPLATE}'),
    )
    (told,) = found.groups
    (node,) = told.node.types
    assert [addresses.value for _, addresses in node.addresses] == [1] * 4
    assert (node.room.value, node.max_pods.value) == (2, None)
    assert told.gaps == node.max_pods.gaps


def test_every_gap_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "pools.yaml").write_text(POOL, encoding="utf-8")
    found = forecast_of(tmp_path, subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g"))
    assert [gap.reason for gap in all_gaps(found) if "not counted" in gap.reason] == [
        "Karpenter decides how many nodes NodePool/default has and of which types: not counted"
    ]
