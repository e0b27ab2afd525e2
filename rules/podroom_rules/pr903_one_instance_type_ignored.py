"""PR903 one-instance-type-ignored."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, collect
from podroom.model.world import IgnoredArgument, IgnoredKind, NodeGroup
from podroom.records import replace
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom_rules.ignored import assumed_version, confidence, counts, fits_ignored_type, groups_of, what_to_write
from podroom_rules.wording import STUCK_PODS, article

_BLUEPRINT = """
module "eks_blueprints" {
  source             = "github.com/aws-ia/terraform-aws-eks-blueprints?ref=v4.32.1"
  cluster_name       = "shop"
  private_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  self_managed_node_groups = {
    workers = {
      node_group_name = "workers"
      %s
    }
  }
}
"""


class OneInstanceTypeIgnored(Rule[IgnoredArgument]):
    """A list of exactly one instance type is ignored, and the nodes are of another type.

    A self-managed node group of aws-ia/eks-blueprints v4 has `instance_types`, a list, and `instance_type`, which is
    m4.large unless it is set.  With two or more types in the list the module makes a mixed instances policy of them.
    With one it makes none, and the launch template takes `instance_type`.

    Terraform says nothing.  The nodes come up as m4.large, which has room for 20 pods, two vCPUs, 8 GiB and no
    prefixes, whatever the list says; `kubectl get nodes -L node.kubernetes.io/instance-type` shows it.  Max pods that
    was chosen for the other type then is too high, and pods hang with

        failed to assign an IP address to container

    Remedy: set `instance_type`.
    """

    code = "PR903"
    name = "one-instance-type-ignored"
    severity = Severity.WARNING
    subject = IgnoredArgument
    sources = (
        "https://github.com/aws-ia/terraform-aws-eks-blueprints/blob/v4.32.1/modules/aws-eks-self-managed-node-groups/locals.tf",
        "https://github.com/aws-ia/terraform-aws-eks-blueprints/blob/v4.32.1/modules/aws-eks-self-managed-node-groups/main.tf",
    )
    bad = (
        Example.terraform("one type in the list", _BLUEPRINT % 'instance_types = ["m5.xlarge"] # expect: PR903'),
        Example.terraform(
            "max pods is that of the type in the list",
            _BLUEPRINT % 'instance_types = ["m5.xlarge"] # expect: PR903\n      kubelet_extra_args = "--max-pods=58"\n'
            '      bootstrap_extra_args = "--use-max-pods false"',
        ),
    )
    good = (
        Example.terraform("instance_type is what counts", _BLUEPRINT % 'instance_type = "m5.xlarge"'),
        Example.terraform(
            "both say the same", _BLUEPRINT % 'instance_type = "m5.xlarge"\n      instance_types = ["m5.xlarge"]'
        ),
        Example.terraform("two types make a policy", _BLUEPRINT % 'instance_types = ["m5.xlarge", "m5a.xlarge"]'),
        Example.terraform("the type that is launched anyway", _BLUEPRINT % 'instance_types = ["m4.large"]'),
    )

    def judge(self, subject: IgnoredArgument, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at a list of one type."""
        if not counts(subject, IgnoredKind.ONE_INSTANCE_TYPE, assessment):
            return
        groups = groups_of(subject, assessment)
        resolved, _ = collect(one for group in groups for one in assessment.instances(group))
        stuck, _ = collect(note for group in groups for note in _too_many(group, assessment))
        types = sorted({one.instance.name for one in resolved})
        launched = ", ".join(types) or "what instance_type says"
        finding = self.finding(
            subject.span,
            subject,
            f"the only type in {subject.argument} is ignored: the nodes are {launched}",
            label=subject.reason,
            effect=f"Max pods fits the type that is ignored. {STUCK_PODS}"
            if stuck
            else "Max pods, memory and addresses are those of the other type.",
            related=tuple(stuck),
            severity=Severity.ERROR if stuck else None,
            fix=what_to_write(subject, assessment),
            assumption=assumed_version(subject),
            confidence=confidence(subject),
            evidence={"argument": subject.argument, "module": subject.module, "instance_types": types},
        )
        yield replace(finding, subjects=tuple(group.address for group in groups))


def _too_many(group: NodeGroup, assessment: Assessment) -> Iterator[Note]:
    """Iterate over the numbers of max pods that the ignored type has room for, and the launched one has not."""
    if not assessment.applies(group):
        return
    for resolved in assessment.instances(group):
        room = assessment.room(resolved.instance, assessment.cni(group), group.span).value
        for limit in assessment.kubelet(group, resolved.instance):
            if limit.span is not None and limit.figure.value > room and fits_ignored_type(group, assessment, limit):
                told = f"kubelet is told {limit.figure.value} pods here, but {article(resolved.instance.name)} has room for"
                yield Note(f"{told} {room}", limit.span)
