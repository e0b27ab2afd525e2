"""PR902 mixed-instances-policy-not-used."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, collect
from podroom.model.world import IgnoredArgument, IgnoredKind
from podroom.records import replace
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom_rules.ignored import assumed_version, confidence, counts, groups_of, what_to_write

_GROUP = """
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> %s"

  %s       = "shop"
  subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  self_managed_node_groups = {
    workers = {
      ami_type      = "AL2023_x86_64_STANDARD"
      instance_type = "m5.large"
%s    }
  }
}
"""
_POLICY = """
      mixed_instances_policy = {%s
        launch_template = {
          override = [{ instance_type = "m5a.large" }, { instance_type = "m6i.large" }]%s
        }
      }
"""
_OLD_POLICY = """
      use_mixed_instances_policy = true
      mixed_instances_policy = {
        override = [{ instance_type = "m5a.large" }, { instance_type = "m6i.large" }]%s
      }
"""
_WEB = """
module "web" {
  source  = "terraform-aws-modules/autoscaling/aws"
  version = "~> 9.0"

  name                   = "web"
  instance_type          = "m5.large"
  mixed_instances_policy = { launch_template = { override = [{ instance_type = "m6i.large" }] } }
}
"""


class MixedInstancesPolicyNotUsed(Rule[IgnoredArgument]):
    """A mixed instances policy is written, and all nodes are of the one type of the launch template.

    The modules for EKS and for Auto Scaling groups make a mixed instances policy only with
    `use_mixed_instances_policy = true`; without it `mixed_instances_policy` is not looked at.  The instance types stand
    in `mixed_instances_policy.override` up to v20 of terraform-aws-modules/eks/aws (v8 of autoscaling), and in
    `mixed_instances_policy.launch_template.override` since v21 (v9).  At the other place they are dropped.

    Terraform says nothing of it, and the plan shows an Auto Scaling group without the types.  It launches the type of
    the launch template only: no other room for pods than that type's, no Spot capacity of the other types, and

        UnfulfillableCapacity / InsufficientInstanceCapacity

    in the activity history of the group as soon as this one type is short in a zone.

    Remedy: set `use_mixed_instances_policy = true`, and move the overrides to where this version reads them.
    """

    code = "PR902"
    name = "mixed-instances-policy-not-used"
    severity = Severity.WARNING
    subject = IgnoredArgument
    sources = (
        "https://github.com/terraform-aws-modules/terraform-aws-eks/blob/v21.19.0/modules/self-managed-node-group/main.tf",
        "https://github.com/terraform-aws-modules/terraform-aws-eks/blob/v20.37.2/modules/self-managed-node-group/main.tf",
        "https://github.com/terraform-aws-modules/terraform-aws-autoscaling/blob/v9.0.0/main.tf",
    )
    bad = (
        Example.terraform(
            "a policy that nothing turns on", _GROUP % ("21.0", "name", _POLICY % (" # expect: PR902", ""))
        ),
        Example.terraform(
            "overrides at their old place",
            _GROUP % ("21.0", "name", _OLD_POLICY % " # expect: PR902"),
        ),
        Example.terraform(
            "overrides where only later versions read them",
            _GROUP
            % (
                "20.0",
                "cluster_name",
                "      use_mixed_instances_policy = true\n" + _POLICY % ("", " # expect: PR902"),
            ),
        ),
    )
    good = (
        Example.terraform(
            "the policy is used",
            _GROUP % ("21.0", "name", "      use_mixed_instances_policy = true\n" + _POLICY % ("", "")),
        ),
        Example.terraform("the old place in an old version", _GROUP % ("20.0", "cluster_name", _OLD_POLICY % "")),
        Example.terraform(
            "an Auto Scaling group that is no cluster's",
            _GROUP % ("21.0", "name", "") + _WEB,
        ),
    )

    def judge(self, subject: IgnoredArgument, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at a policy, or at overrides, that the module does not read."""
        if not counts(subject, IgnoredKind.MIXED_INSTANCES_POLICY, assessment):
            return
        groups = groups_of(subject, assessment)
        resolved, _ = collect(one for group in groups for one in assessment.instances(group))
        types = {one.instance.name: one.span for one in resolved}
        launched = f"{', '.join(sorted(types))} only" if types else "the type of the launch template only"
        finding = self.finding(
            subject.span,
            subject,
            f"the instance types in {subject.argument} are never launched",
            label=subject.reason,
            effect=f"The nodes are {launched}, and wait where Amazon EC2 has none of it.",
            fix=what_to_write(subject, assessment),
            assumption=assumed_version(subject),
            related=tuple(Note(f"all nodes are {name}", span) for name, span in types.items()),
            confidence=confidence(subject),
            evidence={"argument": subject.argument, "module": subject.module, "instance_types": sorted(types)},
        )
        yield replace(finding, subjects=tuple(group.address for group in groups))
