"""PR901 to PR903: arguments of modules that nothing heeds, and the numbers that were meant for other nodes."""

from __future__ import annotations

import pytest

from rule_helpers import judged, says

MODULE = """
module "eks_blueprints" {
  source             = "github.com/aws-ia/terraform-aws-eks-blueprints?ref=v4.32.1"
  cluster_name       = "shop"
  private_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  self_managed_node_groups = {
%s
  }
}
"""
CUSTOM_NETWORKING = """
resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = module.eks_blueprints.eks_cluster_id
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true" } })
}
"""


def group(name: str, types: str, number: int | None = None, more: str = "") -> str:
    """Return a group with a list of types and, perhaps, max pods."""
    told = "" if number is None else f'kubelet_extra_args = "--max-pods={number}"'
    return f"""
    {name} = {{
      node_group_name      = "{name}"
      instance_types       = [{types}]
      bootstrap_extra_args = "--use-max-pods false"
      {told}
      {more}
    }}"""


JUDGED = {
    "a type in vain and a number that fits both": (
        MODULE % group("a", '"m5.xlarge"', 20),
        "warning PR903",
        ["Max pods, memory and addresses are those of the other type", "!kubelet is told"],
    ),
    "a type in vain and a number that fits it": (
        MODULE % group("a", '"m5.xlarge"', 58),
        "error PR903",
        ["kubelet is told 58 pods here, but an m4.large has room for 20"],
    ),
    "a type in vain and a number that fits neither": (
        MODULE % group("a", '"m5.xlarge"', 59),
        "error PR101, warning PR903",
        ["!kubelet is told 59 pods here, but"],
    ),
    "a type in vain that nobody knows, and a number": (
        MODULE % group("a", '"m5.xlagre"', 58),
        "error PR101, warning PR903",
        [],
    ),
    "a type in vain, and another group with a number that is too high": (
        MODULE % (group("a", '"m5.xlarge"') + group("b", '"m4.large", "m5.large"', 58)),
        "error PR101, warning PR903",
        [],
    ),
    "a type in vain, and a default that custom networking makes too high": (
        MODULE % group("a", '"m5.xlarge"').replace("--use-max-pods false", "") + CUSTOM_NETWORKING,
        "error PR502, warning PR903",
        ["Max pods, memory and addresses are those of the other type"],
    ),
}


@pytest.mark.parametrize("name", JUDGED)
def test_types_in_vain(name: str) -> None:
    text, expected, words = JUDGED[name]
    outcome = judged("PR", text)
    found = sorted(f"{one.severity} {one.code}" for one in outcome.findings if one.code in {"PR101", "PR502", "PR903"})
    assert ", ".join(found) == expected
    says(outcome, *words)
