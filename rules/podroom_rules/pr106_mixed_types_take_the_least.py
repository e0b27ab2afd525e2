"""PR106 mng-mixed-types-min."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.max_pods import managed_node_group_max_pods
from podroom.catalog import documents
from podroom.model.world import GroupKind, NodeGroup
from podroom.rule import Example, Finding, Rule, Severity
from podroom_rules.rooms import reasons
from podroom_rules.wording import type_note

_CONFIGURATION = """
resource "aws_eks_node_group" "workers" {
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = [%s]

  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""
_HALF = 2


class MixedTypesTakeTheLeast(Rule[NodeGroup]):
    """A managed node group gives every node the max pods of its smallest instance type.

    Amazon EKS works out one number for the whole managed node group: the least over all its instance types.  One
    small type in the list lowers the large ones too: they cost as much as before and run a fraction of the pods.
    Nothing hangs; pods stay Pending with "Too many pods" while the nodes are nearly idle, and the cluster
    autoscaler adds more nodes.

    It is a warning if the least is half of the most or less, otherwise for information.

    Remedy: list types with the same number of max pods together and give the others a node group of their own.
    """

    code = "PR106"
    name = "mng-mixed-types-min"
    severity = Severity.INFO
    subject = NodeGroup
    sources = (documents.EKS_MANAGED_NODE_GROUP, documents.EKS_MAX_PODS)
    bad = (
        Example.terraform(
            "t3.small takes m5.xlarge down from 58 pods to 11",
            _CONFIGURATION % '\n    "m5.xlarge",\n    "t3.small", # expect: PR106\n  ',
        ),
    )
    good = (Example.terraform("types with the same number", _CONFIGURATION % '"m5.xlarge", "m6i.xlarge"'),)

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the type with the least max pods."""
        if subject.kind is not GroupKind.MANAGED or not assessment.applies(subject) or subject.own_image.need():
            return
        delegation = assessment.cni(subject).prefix_delegation
        figures = []
        for resolved in assessment.instances(subject):
            limits = assessment.kubelet(subject, resolved.instance)
            if any(limit.fixed for limit in limits):
                return
            figures.append((resolved, managed_node_group_max_pods([resolved.instance], prefix_delegation=delegation)))
        if len(figures) < 2:
            return
        least, low = min(figures, key=lambda item: item[1].value)
        most, high = max(figures, key=lambda item: item[1].value)
        if low.value == high.value:
            return
        much = low.value * _HALF <= high.value
        yield self.finding(
            least.span,
            subject,
            f"every node of this group gets {low.value} max pods, those of type {most.instance.name} too, "
            f"which could run {high.value}",
            label=f"{least.instance.name} has {low.working}",
            effect='Pods stay Pending with "Too many pods" while the larger nodes are nearly idle.'
            if much
            else f"The larger nodes run at most {high.value - low.value} pods fewer than they could.",
            fix=_fix({resolved.instance.name: figure.value for resolved, figure in figures}, high.value),
            related=(
                type_note(most, f"{most.instance.name} has {high.working}"),
                *reasons(assessment, subject, least),
            ),
            severity=Severity.WARNING if much else Severity.INFO,
            evidence={
                "least": low.value,
                "most": high.value,
                "least_type": least.instance.name,
                "most_type": most.instance.name,
            },
        )


def _fix(numbers: dict[str, int], most: int) -> str:
    """Return which types to part from the others, so that all of a group have one number."""
    apart = {name: number for name, number in numbers.items() if number < most}
    if len(apart) == 1:
        return f"give {next(iter(apart))} a node group of its own"
    if len(set(apart.values())) == 1:
        return f"give {' and '.join(apart)} a node group of their own"
    shown = ", ".join(f"{name} ({number})" for name, number in sorted(apart.items(), key=lambda item: item[1]))
    return f"give types of one number a node group of their own: {shown}, and the others ({most})"
