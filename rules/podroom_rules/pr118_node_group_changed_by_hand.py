"""PR118 node-group-drift."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.model.world import ChangeByHand, GroupKind, ListedChanges, NodeGroup
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Undecidable, first_unknown
from podroom_rules.plan_examples import MANAGED_NODES, node_group_plan
from podroom_rules.subjects import changed_by_hand

_LONGEST = 10
_UPPER = frozenset({"max_size", "desired_size"})
_VERSIONS = frozenset({"version", "release_version"})
_SEEN = (
    "declared here; the Auto Scaling group behind a managed node group is in no plan, and a change to that is not seen"
)
_NOT_APPLIED = "Either this configuration was not applied yet, or somebody changed the group since"

_LISTED = """{
  "AutoScalingGroups": [
    {
      "AutoScalingGroupName": "eks-nodes-b2c4d6e8-0a1b-2c3d-4e5f-60718293a4b5",
      "MinSize": 1, "MaxSize": 20, "DesiredCapacity": 5,
      "VPCZoneIdentifier": "subnet-0aaaaaaaaaaaaaaaa",
      "MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": [{"InstanceType": "m5.large"}]}},
      "Tags": [
        {"Key": "eks:cluster-name", "Value": "main"},
        {"Key": "eks:nodegroup-name", "Value": "nodes"}
      ]
    }
  ]
}
"""


class NodeGroupChangedByHand(Rule[NodeGroup]):
    """Somebody changed the size, the version or the subnets of a node group, outside Terraform.

    A plan compares what Terraform left with what it finds (`resource_drift`).  Here it found another largest size,
    another version of Kubernetes, of the AMI or of the launch template, or other subnets: a change made in the console,
    with the AWS CLI or with eksctl.  Subnets were measured for the size that is declared: a group that may grow further
    takes their last addresses, and pods hang in ContainerCreating with

        failed to assign an IP address to container

    The next apply takes the change back, unless `ignore_changes` names it.  A change that the configuration says too by
    now is none, though plans go on to tell of it until something is applied.  The desired size does not count, as
    autoscalers move it all day.

    A state that lies beside the configuration is compared too: sizes, instance types, subnets, the AMI family, the
    launch template, and what its user data tells kubelet of max pods.  What somebody changed by hand and a refresh took
    over is no drift to any plan.  That is told for information, since a change that was not applied yet looks the same;
    and so it is where only versions differ, or the group may grow less far than declared.  What is sensitive in the
    plan or state is not compared, and said so.

    What the AWS CLI lists (`--inventory`) is compared with what is declared: the Auto Scaling group, also the one behind
    an EKS managed node group, or without it what `aws eks describe-nodegroup` says.  Nothing in it tells whether the
    configuration was not applied yet.  The desired size counts there only where it is beyond the declared limits.

    A plan that was made with -refresh=false finds nothing, and none finds a change to the Auto Scaling group behind an
    EKS managed node group, which is no resource of Terraform.

    Remedy: write the change into the configuration, and see what `podroom capacity` says to it; or apply the plan.
    """

    code = "PR118"
    name = "node-group-drift"
    severity = Severity.WARNING
    subject = NodeGroup
    concerns = staticmethod(changed_by_hand)
    sources = (
        "https://developer.hashicorp.com/terraform/internals/json-format#plan-representation",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupConfig.html",
    )
    bad = (
        Example(
            "6 nodes are declared at most, and the console says 20",
            {
                "main.tf": MANAGED_NODES.replace("MARK", " # expect: PR118"),
                "plan.json": node_group_plan(
                    {"scaling_config": [{"max_size": 6}]}, {"scaling_config": [{"max_size": 20}]}
                ),
            },
        ),
        Example(
            "6 nodes are declared at most, and the Auto Scaling group behind the node group takes 20",
            {"main.tf": MANAGED_NODES.replace("MARK", " # expect: PR118"), "inventory.json": _LISTED},
        ),
    )
    good = (
        Example(
            "an autoscaler moved the desired size",
            {
                "main.tf": MANAGED_NODES.replace("MARK", ""),
                "plan.json": node_group_plan(
                    {"scaling_config": [{"max_size": 6, "desired_size": 2}]},
                    {"scaling_config": [{"max_size": 6, "desired_size": 5}]},
                ),
            },
        ),
        Example(
            "20 were set by hand, and the configuration says 20 by now",
            {
                "main.tf": MANAGED_NODES.replace("MARK", "").replace("= 6", "= 20"),
                "plan.json": node_group_plan(
                    {"scaling_config": [{"max_size": 6}]},
                    {"scaling_config": [{"max_size": 20}]},
                    {"scaling_config": [{"max_size": 20}]},
                ),
            },
        ),
        Example(
            "the Auto Scaling group was listed as it is declared, and an autoscaler moved the desired size",
            {"main.tf": MANAGED_NODES.replace("MARK", ""), "inventory.json": _LISTED.replace("20", "6")},
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for a group that a plan found changed."""
        if subject.not_as_in_state:
            yield self._not_as_in_state(subject)
        if subject.not_as_listed is not None:
            yield self._not_as_listed(subject, subject.not_as_listed)
        by_plan = None
        if not assessment.world.refresh_only:  # PR120
            by_plan = subject.untold_by_plan
            if subject.changed_by_hand:
                yield self._changed_by_hand(subject)
        untold = first_unknown(by_plan, subject.untold_by_state)
        if untold is not None:
            raise Undecidable(untold)

    def _changed_by_hand(self, subject: NodeGroup) -> Finding:
        changes = subject.changed_by_hand
        told = ", ".join(f"{change.name} declared {change.recorded}, live {change.live}" for change in changes)
        harmless = all(_is_harmless(change) for change in changes)
        return self.finding(
            subject.span,
            subject,
            f"the node group was changed outside Terraform: {told}",
            label=_SEEN if subject.kind is GroupKind.MANAGED else "declared here",
            effect="The next apply takes the change back without a word, unless ignore_changes names it."
            if harmless
            else "Its nodes may take addresses that nobody has counted. The next apply takes the change back, unless "
            "ignore_changes names it.",
            fix="write the change here and see what podroom capacity says to it, or apply the plan",
            severity=Severity.INFO if harmless else Severity.WARNING,
            evidence={
                "changed": [change.name for change in changes],
                "declared": [change.recorded for change in changes],
                "live": [change.live for change in changes],
            },
        )

    def _not_as_in_state(self, group: NodeGroup) -> Finding:
        changes = group.not_as_in_state
        told = ", ".join(f"{change.name} declared {change.recorded}, in the state {change.live}" for change in changes)
        return self.finding(
            group.span,
            group,
            f"Terraform's state has this node group otherwise: {told}",
            label="declared here",
            effect="Either this was not applied yet, or somebody changed it by hand and a refresh took that over: then no "
            "plan calls it drift. The next apply makes it as declared.",
            fix="see in a plan what the next apply changes",
            severity=Severity.INFO,
            evidence={
                "changed": [change.name for change in changes],
                "declared": [change.recorded for change in changes],
                "state": [change.live for change in changes],
            },
        )

    def _not_as_listed(self, group: NodeGroup, listed: ListedChanges) -> Finding:
        changes = listed.changes
        told = ", ".join(f"{change.name} declared {change.recorded}, live {change.live}" for change in changes)
        harmless = all(_is_harmless(change) for change in changes)
        return self.finding(
            group.span,
            group,
            f"the {listed.what} is not as declared: {told}",
            label="declared here",
            effect=f"{_NOT_APPLIED}."
            if harmless
            else f"Its nodes may take addresses that nobody has counted. {_NOT_APPLIED}.",
            fix="write what is live here and see what podroom capacity says to it, or apply this configuration",
            severity=Severity.INFO if harmless else Severity.WARNING,
            evidence={
                "changed": [change.name for change in changes],
                "declared": [change.recorded for change in changes],
                "live": [change.live for change in changes],
                "listed_in": listed.source,
            },
        )


def _is_harmless(change: ChangeByHand) -> bool:
    """Return whether a change lets no more nodes start, nor others elsewhere."""
    if change.name in _VERSIONS or change.name == "min_size":
        return True
    both = (change.recorded, change.live)
    are_numbers = all(one.isdecimal() and len(one) < _LONGEST for one in both)
    return change.name in _UPPER and are_numbers and int(change.live) <= int(change.recorded)
