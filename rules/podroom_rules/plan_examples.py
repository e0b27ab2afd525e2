"""Configurations and plans for the examples of rules that ask what there is, or will be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

MANAGED_NODES = """
resource "aws_eks_node_group" "nodes" {MARK
  cluster_name    = "main"
  node_group_name = "nodes"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 6
  }
}
"""
MANAGED_CLUSTER = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  version  = "1.33"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }
}

resource "aws_eks_node_group" "workers" {MARK
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-1", "subnet-2"]
  instance_types  = ["m7g.2xlarge"]
  ami_type        = "AL2023_ARM_64_STANDARD"
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""
_ADDRESS = "aws_eks_node_group.nodes"


def changed(
    address: str, before: Mapping[str, object], after: Mapping[str, object], actions: Sequence[str] = ("update",)
) -> dict[str, object]:
    """Return what a plan says of a resource that it changes, in place if no other actions are named, or found changed."""
    kind, _, name = address.partition(".")
    sides = {"actions": [*actions], "before": before, "after": after}
    marks: dict[str, object] = {"after_unknown": {}, "before_sensitive": {}, "after_sensitive": {}}
    return {"address": address, "mode": "managed", "type": kind, "name": name, "change": {**sides, **marks}}


def plan(**parts: object) -> str:
    """Return a plan with some parts."""
    frame = {"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {}}}
    return json.dumps({**frame, **parts}, indent=2) + "\n"


def node_group_plan(
    recorded: Mapping[str, object], live: Mapping[str, object], planned: Mapping[str, object] | None = None
) -> str:
    """Return a plan that found a node group changed, and takes that back if nothing else is planned."""
    after = recorded if planned is None else planned
    return plan(resource_drift=[changed(_ADDRESS, recorded, live)], resource_changes=[changed(_ADDRESS, live, after)])
