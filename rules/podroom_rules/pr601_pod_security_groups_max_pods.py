"""PR601 sgp-max-pods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.cni import CniBehavior
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.max_pods import branch_interfaces
from podroom.capacity.working import Figure, MissingFactError
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.wording import (
    STUCK_PODS,
    article,
    confidence,
    contested,
    joined,
    related_to_limit,
    set_max_pods,
    told_by,
    unaware,
)

_VARIABLE = "ENABLE_POD_ENI"
_TRUNK_GIVES_NO_ADDRESSES_SINCE = (1, 16, 4)
_CONFIGURATION = """
resource "aws_eks_addon" "vpc_cni" {
  cluster_name = "main"
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      ENABLE_POD_ENI = "true"
    }
  })
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m6a.2xlarge"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main
      kubelet:
        config:
          maxPods: %s
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""


class PodSecurityGroupsMaxPods(Rule[NodeGroup]):
    """Security groups for pods take an interface from the pods, and max pods still counts it.

    With `ENABLE_POD_ENI` one interface of every node that supports it becomes the trunk, to which the branch
    interfaces of pods with a security group are attached.  Since CNI 1.16.4 the trunk gives ordinary pods no
    addresses.  Nothing lowers max pods by itself: nodeadm, bootstrap.sh, Bottlerocket and the max pods calculator do
    not know of it, and that Amazon EKS does for managed node groups is documented nowhere.

    Pods with a branch interface come on top of the room, so enough of them make the number right.  Ordinary pods
    beyond the room hang in ContainerCreating with

        failed to assign an IP address to container

    Before CNI 1.16.4 the room suffices, and an upgrade of the CNI takes it away: that is a warning.

    Remedy: set max pods to (interfaces - 1) x (addresses - 1) + 2, or turn on prefix delegation.
    """

    code = "PR601"
    name = "sgp-max-pods"
    severity = Severity.ERROR
    subject = NodeGroup
    sources = (
        documents.EKS_SECURITY_GROUPS_FOR_PODS,
        documents.CNI_TRUNK_GIVES_NO_ADDRESSES,
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/2892",
    )
    bad = (
        Example.terraform(
            "58 pods on an m6a.2xlarge whose fourth interface is the trunk", _CONFIGURATION % "58 # expect: PR601"
        ),
    )
    good = (Example.terraform("max pods without the trunk", _CONFIGURATION % "44"),)

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for a group whose max pods fits only with the trunk interface."""
        if not assessment.applies(subject) or not assessment.cni(subject).pod_eni:
            return
        guilty, unknown = collect(self._guilty(subject, assessment))
        if guilty:
            yield self._finding(subject, assessment, guilty)
        if unknown is not None:
            raise Undecidable(unknown)

    @staticmethod
    def _guilty(
        group: NodeGroup, assessment: Assessment
    ) -> Iterator[tuple[Resolved, tuple[KubeletLimit, ...], Figure]]:
        current = replace(assessment.cni(group), version=None)
        for resolved in assessment.instances(group):
            limits = assessment.kubelet(group, resolved.instance)
            room = assessment.room(resolved.instance, current, group.span)
            without = assessment.room(resolved.instance, replace(current, pod_eni=False), group.span)
            if room.value < limits[0].figure.value <= without.value:
                yield resolved, limits, room

    def _finding(
        self,
        group: NodeGroup,
        assessment: Assessment,
        guilty: list[tuple[Resolved, tuple[KubeletLimit, ...], Figure]],
    ) -> Finding:
        resolved, limits, room = min(guilty, key=lambda item: item[2].value)
        limit = limits[0]
        cni = assessment.cni(group)
        settings = assessment.cluster(group).cni
        variable = settings.find(_VARIABLE)
        cause = variable.span if variable else group.span
        name = resolved.instance.name
        dispute = contested(group, limits)
        on_upgrade = not cni.at_least(*_TRUNK_GIVES_NO_ADDRESSES_SINCE)
        excess = limit.figure.value - room.value
        branches = _branches(resolved, cni)
        many = (
            f"at most {excess - 1} of the pods of a node have a security group of their own"
            if branches >= excess
            else f"pods with a security group of their own (at most {branches} a node) do not make up for it"
        )
        return self.finding(
            limit.span or cause,
            group,
            f"{told_by(limit)}, but with security groups for pods {article(name)} has room for {room.value}"
            + (" after an upgrade of the CNI to 1.16.4 or later" if on_upgrade else ""),
            label=f"room for {room.value}: {room.working}",
            effect=STUCK_PODS,
            fix=f"set {set_max_pods(group, room.value, limit.mechanism)}",
            assumption=joined(many, dispute, unaware(limit, "security groups for pods")),
            related=related_to_limit(group, resolved, limit, cause, "security groups for pods are turned on here"),
            severity=Severity.WARNING if dispute or on_upgrade else None,
            confidence=min(Confidence.MEDIUM, confidence(settings, limits, limit)),
            evidence={
                "max_pods": limit.figure.value,
                "room": room.value,
                "working": room.working,
                "instance_type": name,
                "branch_interfaces": branches,
                "fixed": limit.fixed,
            },
        )


def _branches(resolved: Resolved, cni: CniBehavior) -> int:
    """Return how many pods of a node can have a branch interface, 0 where no source knows."""
    try:
        return branch_interfaces(resolved.instance, cni).value
    except MissingFactError:
        return 0
