"""PR502 cn-max-pods-not-reduced."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.working import Figure
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.records import dataclass, replace
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.edits import other_max_pods
from podroom_rules.rooms import (
    has_room,
    never_ready,
    plain_room,
    reasons,
)
from podroom_rules.subjects import in_custom_network
from podroom_rules.wording import (
    STUCK_PODS,
    certain,
    confidence,
    contested,
    expressible,
    fix_of,
    joined,
    related_to_limit,
    told_by,
    unaware,
)

_VARIABLE = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
_CONFIGURATION = """
resource "aws_eks_addon" "vpc_cni" {
  cluster_name = "main"
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"%s
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
    }
  })
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main%s
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


class CustomNetworkingMaxPods(Rule[NodeGroup]):
    """Custom networking takes the primary interface from the pods, and max pods still counts it.

    With `AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG` pods get addresses from the subnets of ENIConfigs, so the primary
    interface, which is in the node's subnet, gives them none.  A node has room for one interface less.  Nothing
    lowers max pods by itself: nodeadm, bootstrap.sh and Bottlerocket count all interfaces, and that the number which
    Amazon EKS gives a managed node group takes it into account is documented nowhere.

    Pods beyond the room hang in ContainerCreating with

        failed to assign an IP address to container

    Remedy: set max pods to (interfaces - 1) x (addresses - 1) + 2, on Amazon Linux 2023 for instance with
    `maxPodsExpression: (default_enis - 1) * (ips_per_eni - 1) + 2`, or turn on prefix delegation.
    """

    code = "PR502"
    name = "cn-max-pods-not-reduced"
    severity = Severity.ERROR
    subject = NodeGroup
    concerns = staticmethod(in_custom_network)
    sources = (
        "https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html",
        documents.CNI_IPAMD,
        documents.NODEADM_MAX_PODS,
    )
    bad = (
        Example.terraform(
            "nodeadm gives an m5.large 29 pods, 20 have room",
            _CONFIGURATION % (" # expect: PR502", ""),
        ),
        Example.terraform(
            "a number that counts the primary interface",
            _CONFIGURATION % ("", "\n      kubelet:\n        config:\n          maxPods: 29 # expect: PR502"),
        ),
    )
    good = (
        Example.terraform(
            "max pods without the primary interface",
            _CONFIGURATION % ("", "\n      kubelet:\n        config:\n          maxPods: 20"),
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for a group whose max pods fits only with the primary interface."""
        faults, unknown = collect(_faults(subject, assessment))
        if faults:
            yield self._finding(subject, assessment, faults)
        if unknown is not None:
            raise Undecidable(unknown)

    def _finding(self, group: NodeGroup, assessment: Assessment, faults: list[_Fault]) -> Finding:
        worst = min(faults, key=lambda fault: fault.room.value)
        resolved, limit, limits, room = worst.resolved, worst.limit, worst.limits, worst.room
        settings = assessment.cluster(group).cni
        cni = assessment.cni(group)
        variable = settings.find(_VARIABLE)
        cause = Note("custom networking is turned on here", variable.span if variable else group.span)
        return self.finding(
            limit.span or cause.span,
            group,
            f"{told_by(limit, limits)}, but with custom networking {has_room(resolved, cni, room)}",
            label=f"room for {room.value}: {room.working}",
            effect=STUCK_PODS,
            fix=fix_of(group, room, limits, limit),
            assumption=joined(contested(limits, limit, room), unaware(limit, "custom networking"), expressible(limit)),
            related=(
                *related_to_limit(group, resolved, limits, limit, cause),
                *reasons(assessment, group, resolved),
            ),
            severity=None if certain(limits, room) else Severity.WARNING,
            confidence=confidence(settings, limits, limit),
            evidence={
                "max_pods": limit.figure.value,
                "room": room.value,
                "working": room.working,
                "instance_type": resolved.instance.name,
                "fixed": limit.fixed,
            },
            edit=other_max_pods(limits, limit, room),
        )


@dataclass(frozen=True, slots=True)
class _Fault:
    """A type whose max pods fits only with the primary interface."""

    resolved: Resolved
    limit: KubeletLimit
    limits: tuple[KubeletLimit, ...]
    room: Figure


def _faults(group: NodeGroup, assessment: Assessment) -> Iterator[_Fault]:
    cni = assessment.cni(group)
    for resolved in assessment.instances(group):
        limits = assessment.kubelet(group, resolved.instance)
        if never_ready(resolved, cni):
            continue  # PR503
        without_trunk = assessment.room(resolved.instance, replace(cni, pod_eni=False), group.span)
        # PR108 speaks at an expression that fails.
        fitting = without_trunk.value
        limit = next((limit for limit in limits if limit.failure is None and limit.figure.value > fitting), None)
        if limit is not None and limit.figure.value <= plain_room(assessment, group, resolved):
            yield _Fault(resolved, limit, limits, assessment.room(resolved.instance, cni, group.span))
