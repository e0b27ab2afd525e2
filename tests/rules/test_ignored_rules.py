"""PR901 to PR903: arguments of modules that nothing heeds, and the numbers that were meant for other nodes."""

from __future__ import annotations

import pytest

from podroom.rule import Example
from podroom.testing import judge_example
from podroom_rules.pr901_argument_not_heeded import ArgumentNotHeeded
from rule_helpers import judged, judged_example, says

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
    "a type in vain and a number that fits it, for Windows": (
        MODULE % group("a", '"m5.xlarge"', 58, 'launch_template_os = "windows"'),
        "warning PR903",
        [],
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


PREFIXES = """
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 21.0"

  name       = "shop"
  subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  addons = {
    vpc-cni = {
      before_compute       = true
      configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true" } })
    }
  }

  self_managed_node_groups = {
%s
  }
}

variable "arguments" {
  type = string
}
"""


def own_nodes(name: str, arguments: str = "") -> str:
    """Return a group of one's own nodes with arguments for bootstrap.sh, which nodeadm does not heed."""
    return f"""
    {name} = {{
      instance_type = "m5.large"
      {arguments}
    }}"""


@pytest.mark.parametrize(("number", "subject"), [(0, "module.eks.module.eks_managed_node_group"), (3, "module.eks")])
def test_an_argument_in_vain_is_about_the_nodes_it_was_meant_for(number: int, subject: str) -> None:
    _, _, outcome = judged_example(ArgumentNotHeeded, "bad", number)
    (finding,) = (one for one in outcome.findings if one.code == "PR901")
    assert str(finding.address).startswith(subject)
    assert str(finding.address).startswith("module.eks.module.") == (number == 0)


def stock_nodes(version: str, arguments: str, more: str = "", image: str = "") -> str:
    """Return a managed node group with a stock image and arguments for bootstrap.sh, and more than the group."""
    return f"""
module "eks" {{
  source  = "terraform-aws-modules/eks/aws"
  version = "{version}"

  cluster_name = "shop"
  subnet_ids   = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  {more}
  eks_managed_node_groups = {{
    workers = {{
      instance_types       = ["m5.large"]
      bootstrap_extra_args = "{arguments}"
      {image}
    }}
  }}
}}
"""


CUSTOM_NETWORKING_OF_THE_MODULE = """
  cluster_addons = {
    vpc-cni = {
      configuration_values = jsonencode({ env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true" } })
    }
  }
"""
OWN_NODES_OF_AN_UNKNOWN_TYPE = """
module "eks" {
  source     = "terraform-aws-modules/eks/aws"
  version    = "21.0.0"
  name       = "shop"
  subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  addons     = { vpc-cni = {} }

  self_managed_node_groups = {
    a = {
      bootstrap_extra_args       = "--kubelet-extra-args '--max-pods=20'"
      use_mixed_instances_policy = true
      mixed_instances_policy = {
        launch_template = { override = [{ instance_type = "m5.large" }%s] }
      }
      cloudinit_pre_nodeadm = [{
        content_type = "application/node.eks.aws"
        content      = "apiVersion: node.eks.aws/v1alpha1\\nkind: NodeConfig\\nspec: {kubelet: {config: {maxPods: 20}}}"
      }]
    }
  }
}

variable "type" {
  type = string
}
"""
OWN_IMAGE = "write enable_bootstrap_user_data = true, ami_id = an image of your own choice and bootstrap_extra_args = "


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (
            stock_nodes("19.21.0", "--kubelet-extra-args '--max-pods=110'"),
            (
                "remove bootstrap_extra_args, which changes nothing as it stands: "
                "kubelet is told 29 without it, which is all that a node has room for"
            ),
        ),
        (
            stock_nodes("19.21.0", "--kubelet-extra-args '--max-pods=29'"),
            "remove bootstrap_extra_args, which changes nothing as it stands: kubelet is told 29 without it",
        ),
        (
            stock_nodes("19.21.0", "--kubelet-extra-args '--max-pods=20'"),
            f"{OWN_IMAGE}\"--use-max-pods false --kubelet-extra-args '--max-pods=20'\"",
        ),
        (
            stock_nodes("19.21.0", "--kubelet-extra-args '--max-pods=110'", CUSTOM_NETWORKING_OF_THE_MODULE),
            f"{OWN_IMAGE}\"--use-max-pods false --kubelet-extra-args '--max-pods=20'\"",
        ),
        (
            stock_nodes("19.21.0", "--kubelet-extra-args '--node-labels=a=b'"),
            (
                "remove bootstrap_extra_args, which changes nothing as it stands, or write "
                "enable_bootstrap_user_data = true and ami_id = an image of your own choice beside it"
            ),
        ),
        (
            stock_nodes("20.37.2", "--kubelet-extra-args '--max-pods=20'"),
            (
                'write ami_type = "AL2023_x86_64_STANDARD" (or AL2023_ARM_64_STANDARD) and cloudinit_pre_nodeadm = '
                '[{ content_type = "application/node.eks.aws", content = "apiVersion: node.eks.aws/v1alpha1\\nkind: '
                'NodeConfig\\nspec: { kubelet: { config: { maxPods: 20 } } }" }]'
            ),
        ),
        (
            stock_nodes("20.37.2", "--kubelet-extra-args '--node-labels=a=b'"),
            "say it in cloudinit_pre_nodeadm instead",
        ),
        (
            stock_nodes("20.37.2", "--kubelet-extra-args '--max-pods=20'", image='ami_type = "AL2_x86_64"'),
            f"{OWN_IMAGE}\"--use-max-pods false --kubelet-extra-args '--max-pods=20'\"",
        ),
        (
            OWN_NODES_OF_AN_UNKNOWN_TYPE % "",
            "remove bootstrap_extra_args, which changes nothing as it stands: kubelet is told 20 without it",
        ),
        (
            OWN_NODES_OF_AN_UNKNOWN_TYPE % ", { instance_type = var.type }",
            (
                'write cloudinit_pre_nodeadm = [{ content_type = "application/node.eks.aws", content = "apiVersion: '
                'node.eks.aws/v1alpha1\\nkind: NodeConfig\\nspec: { kubelet: { config: { maxPods: 20 } } }" }]'
            ),
        ),
    ],
)
def test_what_to_write_instead_of_arguments_of_bootstrap(text: str, remedy: str) -> None:
    (finding,) = (one for one in judged("PR901", text).findings if one.code == "PR901")
    assert finding.fix == remedy


LOST = "bootstrap_extra_args = \"--kubelet-extra-args '--max-pods=110'\""
OTHER = "bootstrap_extra_args = \"--kubelet-extra-args '--node-labels=a=b'\""
POLICY = 'mixed_instances_policy = { launch_template = { override = [{ instance_type = "m5.large" }] } }'


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([own_nodes("a")], "PR401"),
        ([own_nodes("a", LOST)], "PR901"),
        ([own_nodes("a", OTHER)], "PR401 PR901"),
        ([own_nodes("a", POLICY)], "PR401 PR902"),
        ([own_nodes("a", LOST), own_nodes("b")], "PR401 PR901"),
        ([own_nodes("a", OTHER), own_nodes("b", LOST)], "PR401 PR901 PR901"),
        ([own_nodes("a", f"{OTHER}\n      {POLICY}"), own_nodes("b", LOST)], "PR401 PR901 PR901 PR902"),
        ([own_nodes("a", "bootstrap_extra_args = var.arguments")], "PR901 open"),
    ],
)
def test_a_number_that_is_lost_is_the_cause_of_few_pods_with_prefixes(groups: list[str], expected: str) -> None:
    outcome = judged("PR", PREFIXES % "\n".join(groups))
    found = sorted(one.code for one in outcome.findings if one.code.startswith(("PR4", "PR9")))
    found += ["open" for one in outcome.undecided if "PR401" in one.codes]
    assert " ".join(found) == expected


EACH = """
module "workers" {
  for_each = %s
  source   = "terraform-aws-modules/eks/aws//modules/eks-managed-node-group"
  version  = "20.37.2"

  name                 = each.key
  cluster_name         = "shop"
  subnet_ids           = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  instance_types       = ["m5.large"]
  bootstrap_extra_args = "--kubelet-extra-args '--max-pods=${each.value}'"
}
"""


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        ("{ a = 20, b = 20 }", {("a", "b"): 20}),
        ("{ a = 20, b = 24 }", {("a",): 20, ("b",): 24}),
        ("{}", {}),
    ],
)
def test_an_argument_in_vain_is_that_of_each_instance(each: str, expected: dict[tuple[str, ...], int]) -> None:
    found = {one.subjects: one.evidence["max_pods"] for one in judged("PR901", EACH % each).findings}
    assert found == {
        tuple(f'module.workers["{key}"].aws_eks_node_group.this[0]' for key in keys): number
        for keys, number in expected.items()
    }


def test_what_terraform_refuses_is_told_of_a_call_without_instances() -> None:
    call = """
module "eks" {
  count        = 0
  source       = "terraform-aws-modules/eks/aws"
  version      = "~> 21.0"
  cluster_name = "shop"
}
"""
    _, _, outcome = judge_example(Example.terraform("", EACH % "{ a = 20 }" + call), [ArgumentNotHeeded])
    (problem,) = outcome.problems
    assert problem.message == "terraform-aws-modules/eks/aws v21 has no argument cluster_name: Terraform refuses it"
