"""PR901 argument-not-heeded."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.model.world import IgnoredArgument, IgnoredKind
from podroom.records import replace
from podroom.rule import Example, Finding, Rule, Severity
from podroom_rules.ignored import (
    assumed_version,
    confidence,
    counts,
    groups_of,
    max_pods_in,
    max_pods_that_fit,
    what_to_write,
)

_MODULE = """
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> %s"

  %s       = "shop"
  subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
%s}
"""
_MANAGED = """
  eks_managed_node_groups = {
    workers = {
      instance_types = ["m5.large"]
%s    }
  }
"""
_SELF_MANAGED = """
  self_managed_node_groups = {
    workers = {
      ami_type      = "AL2023_x86_64_STANDARD"
      instance_type = "m5.large"
%s    }
  }
"""
_V17_KEYS = """
  eks_managed_node_group_defaults = {
    %s
  }
  eks_managed_node_groups = {
    blue  = { instance_types = ["m5.large"] }
    green = { instance_types = ["m5.xlarge"] }
  }
"""
_NODE_CONFIG = """
      cloudinit_pre_nodeadm = [{
        content_type = "application/node.eks.aws"
        content      = <<-EOT
          apiVersion: node.eks.aws/v1alpha1
          kind: NodeConfig
          spec:
            kubelet:
              config:
                maxPods: 20
        EOT
      }]
"""
_ADDONS = """
  cluster_addons = {
    vpc-cni = {
      configuration_values = jsonencode({ env = { WARM_IP_TARGET = "2", MINIMUM_IP_TARGET = "10" } })%s
    }
  }
"""


class ArgumentNotHeeded(Rule[IgnoredArgument]):
    """A module takes an argument without a word, and does nothing with it.

    The node groups and add-ons of terraform-aws-modules/eks/aws are maps.  Terraform refuses an argument that a module
    does not declare, but it drops an unknown key of such a map in silence, and some known keys count only together
    with another or only for some images:

    - `bootstrap_extra_args` reaches no node of a managed node group with a stock Amazon Linux image, because Amazon EKS
      writes that start script itself, and no node of Amazon Linux 2023, where no bootstrap.sh runs
    - `cloudinit_pre_nodeadm` is read for Amazon Linux 2023 only, which `ami_type` must name before v21
    - `configuration_values` of an add-on is not passed on in v18
    - `instance_type`, `desired_capacity`, `min_capacity` and others are keys of v17, which later versions do not read

    The plan is clean, the apply succeeds, and the nodes are as if nothing had been written: kubelet keeps its default
    max pods, the group its default size and instance type, the VPC CNI its default settings.  Nothing logs an error;
    `kubectl get node -o jsonpath='{.status.allocatable.pods}'` shows another number than the one in the configuration,
    and pods wait with `Too many pods`.

    Remedy: write what this version of the module reads.
    """

    code = "PR901"
    name = "argument-not-heeded"
    severity = Severity.WARNING
    subject = IgnoredArgument
    sources = (
        "https://github.com/terraform-aws-modules/terraform-aws-eks/blob/v21.19.0/modules/_user_data/main.tf",
        "https://github.com/terraform-aws-modules/terraform-aws-eks/blob/v20.37.2/node_groups.tf",
        "https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2551",
        "https://github.com/terraform-aws-modules/terraform-aws-eks/blob/v18.31.2/main.tf",
    )
    bad = (
        Example.terraform(
            "arguments of bootstrap.sh for a managed node group with the stock image",
            _MODULE
            % (
                "20.0",
                "cluster_name",
                _MANAGED % "      bootstrap_extra_args = \"--kubelet-extra-args '--max-pods=20'\" # expect: PR901\n",
            ),
        ),
        Example.terraform(
            "arguments of bootstrap.sh for Amazon Linux 2023",
            _MODULE
            % (
                "21.0",
                "name",
                _SELF_MANAGED
                % "      bootstrap_extra_args = \"--kubelet-extra-args '--max-pods=20'\" # expect: PR901\n",
            ),
        ),
        Example.terraform(
            "a key of v17 in the defaults of two groups",
            _MODULE % ("19.0", "cluster_name", _V17_KEYS % "max_capacity = 10 # expect: PR901"),
        ),
        Example.terraform(
            "settings of the VPC CNI that v18 does not pass on",
            _MODULE % ("18.31", "cluster_name", _ADDONS % " # expect: PR901"),
        ),
    )
    good = (
        Example.terraform(
            "a NodeConfig, which nodeadm reads",
            _MODULE % ("21.0", "name", _SELF_MANAGED % _NODE_CONFIG),
        ),
        Example.terraform(
            "an image of one's own is started by the module, which passes the arguments on",
            _MODULE
            % (
                "20.0",
                "cluster_name",
                _MANAGED
                % (
                    '      ami_type                   = "AL2_x86_64"\n'
                    '      ami_id                     = "ami-0aaaaaaaaaaaaaaaa"\n'
                    "      enable_bootstrap_user_data = true\n"
                    "      bootstrap_extra_args       = \"--kubelet-extra-args '--max-pods=20'\"\n"
                ),
            ),
        ),
        Example.terraform(
            "Bottlerocket reads settings from it, whoever starts the node",
            _MODULE
            % (
                "20.0",
                "cluster_name",
                _MANAGED
                % (
                    '      ami_type             = "BOTTLEROCKET_x86_64"\n'
                    '      bootstrap_extra_args = "[settings.kubernetes]\\nmax-pods = 20"\n'
                ),
            ),
        ),
        Example.terraform(
            "a group that is not created",
            _MODULE
            % (
                "20.0",
                "cluster_name",
                _MANAGED % '      create               = false\n      instance_type = "m5.large"\n',
            ),
        ),
        Example.terraform(
            "the key that the version reads", _MODULE % ("19.0", "cluster_name", _V17_KEYS % "max_size = 10")
        ),
        Example.terraform(
            "a platform that v21 no longer reads, and that ami_type says as well",
            _MODULE
            % (
                "21.0",
                "name",
                _MANAGED % '      ami_type = "BOTTLEROCKET_x86_64"\n      platform = "bottlerocket"\n',
            ),
        ),
        Example.terraform("v19 passes them on", _MODULE % ("19.0", "cluster_name", _ADDONS % "")),
    )

    def judge(self, subject: IgnoredArgument, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the value of an argument that nothing reads."""
        if not counts(subject, IgnoredKind.DROPPED, assessment):
            return
        groups = groups_of(subject, assessment)
        wanted = max_pods_in(subject)
        fitting = max_pods_that_fit(subject, assessment)
        finding = self.finding(
            subject.span,
            subject,
            f"{subject.module} does nothing with {subject.argument}",
            label=subject.reason,
            effect="Terraform drops it without a word, and everything is as if it had not been written."
            if wanted is None
            else f"Terraform says nothing, and kubelet never hears of {wanted} pods: max pods is what it would be anyway.",
            fix=what_to_write(subject, assessment),
            assumption=assumed_version(subject),
            confidence=confidence(subject),
            evidence={
                "argument": subject.argument,
                "module": subject.module,
                "max_pods": wanted,
                "room": fitting if wanted is not None and fitting is not None and fitting < wanted else None,
            },
        )
        yield replace(finding, subjects=tuple(group.address for group in groups) or finding.subjects)
