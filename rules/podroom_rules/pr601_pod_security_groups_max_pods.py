"""PR601 sgp-max-pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.cni import CniBehavior
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.working import Figure
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.records import dataclass, replace
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, Unknown
from podroom_rules.rooms import branches_of, effect_of, has_room, interface_for_pods, never_ready, reasons
from podroom_rules.subjects import with_trunks
from podroom_rules.variables import possible_policies_of
from podroom_rules.wording import (
    article,
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

_VARIABLE = "ENABLE_POD_ENI"
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

    Pods with a branch interface come on top of the room, so enough of them make the number right:
    `pods_with_security_groups` of podroom.toml says how many a node has.  Where a SecurityGroupPolicy selects all pods of
    a namespace and nothing says how many that are, the judgement is left open.  Ordinary pods beyond the room hang in
    ContainerCreating with

        failed to assign an IP address to container

    Before CNI 1.16.4 the room suffices, and an upgrade of the CNI takes it away: that is a warning.  Before CNI 1.20.4
    types that can have no trunk (t3 and other older families) lose the interface, too.

    Remedy: set max pods to (interfaces - 1) x (addresses - 1) + 2, or turn on prefix delegation.
    """

    code = "PR601"
    name = "sgp-max-pods"
    severity = Severity.ERROR
    subject = NodeGroup
    concerns = staticmethod(with_trunks)
    sources = (
        documents.EKS_SECURITY_GROUPS_FOR_PODS,
        documents.CNI_TRUNK_GIVES_NO_ADDRESSES,
        documents.CNI_TRUNK_SLOT_OF_INCOMPATIBLE_TYPES,
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
        faults, unknown = collect(_faults(subject, assessment))
        if faults:
            yield self._finding(subject, assessment, faults)
        if unknown is not None:
            raise Undecidable(unknown)

    def _finding(self, group: NodeGroup, assessment: Assessment, faults: list[_Fault]) -> Finding:
        worst = min(faults, key=lambda fault: fault.room.value)
        resolved, limit, limits, room = worst.resolved, worst.limit, worst.limits, worst.room
        cni = assessment.cni(group)
        settings = assessment.cluster(group).cni
        variable = settings.find(_VARIABLE)
        cause = Note("security groups for pods are turned on here", variable.span if variable else group.span)
        unready = never_ready(resolved, worst.cni)
        branches = branches_of(resolved, cni)
        return self.finding(
            limit.span or cause.span,
            group,
            f"{told_by(limit, limits)}, but with security groups for pods {has_room(resolved, worst.cni, room)}"
            + (" after an upgrade of the CNI to 1.16.4 or later" if worst.on_upgrade else ""),
            label=f"{'no room' if unready else f'room for {room.value}'}: {room.working}",
            effect=effect_of(resolved, worst.cni),
            fix=interface_for_pods(resolved, worst.cni)
            if unready
            else ("upgrade the VPC CNI to 1.20.4 or later, or " if worst.lost_slot else "")
            + fix_of(group, room, limits, limit),
            assumption=joined(
                f"{article(resolved.instance.name)} can have no trunk, but before CNI 1.20.4 its place is kept free"
                if worst.lost_slot
                else _many(limit.figure.value - room.value, branches),
                contested(limits, limit, room),
                unaware(limit, "security groups for pods"),
                expressible(limit),
            ),
            related=(
                *related_to_limit(group, resolved, limits, limit, cause),
                *reasons(assessment, group, resolved),
            ),
            severity=Severity.WARNING if worst.on_upgrade or not certain(limits, room) else None,
            confidence=confidence(settings, limits, limit)
            if worst.lost_slot
            else min(Confidence.MEDIUM, confidence(settings, limits, limit)),
            evidence={
                "max_pods": limit.figure.value,
                "room": room.value,
                "working": room.working,
                "instance_type": resolved.instance.name,
                "branch_interfaces": branches,
                "fixed": limit.fixed,
            },
        )


@dataclass(frozen=True, slots=True)
class _Fault:
    """A type whose max pods fits only with the trunk's interface.

    `cni` is the behavior that takes it: the CNI's own or, `on_upgrade`, that of a newer version.  `lost_slot` says
    that the type can have no trunk and the CNI keeps its slot free all the same.
    """

    resolved: Resolved
    limit: KubeletLimit
    limits: tuple[KubeletLimit, ...]
    room: Figure
    cni: CniBehavior
    on_upgrade: bool
    lost_slot: bool


def _faults(group: NodeGroup, assessment: Assessment) -> Iterator[_Fault]:
    own = assessment.cni(group)
    for resolved in assessment.instances(group):
        if never_ready(resolved, own):
            continue  # PR503
        fault = _fault(resolved, group, assessment, own, on_upgrade=False)
        if fault is None:
            fault = _fault(resolved, group, assessment, replace(own, version=None), on_upgrade=True)
        if fault is not None and not _made_up_for(group, fault, own, assessment):
            yield fault


def _fault(
    resolved: Resolved, group: NodeGroup, assessment: Assessment, cni: CniBehavior, *, on_upgrade: bool
) -> _Fault | None:
    limits = assessment.kubelet(group, resolved.instance)
    room = assessment.room(resolved.instance, cni, group.span)
    without = assessment.room(resolved.instance, replace(cni, pod_eni=False), group.span)
    # PR108 speaks at an expression that fails.
    limit = next((limit for limit in limits if limit.failure is None and limit.figure.value > room.value), None)
    if limit is None or limit.figure.value > without.value:
        return None
    lost_slot = resolved.instance.trunking_compatible is False
    return _Fault(resolved, limit, limits, room, cni, on_upgrade=on_upgrade, lost_slot=lost_slot)


def _made_up_for(group: NodeGroup, fault: _Fault, cni: CniBehavior, assessment: Assessment) -> bool:
    """Return whether pods with a branch interface make up for the interface that is lost.

    Raises `Undecidable` where a policy selects so many pods that they may, and nobody says how many there are.
    """
    excess = fault.limit.figure.value - fault.room.value
    if branches_of(fault.resolved, cni) < excess:
        return False
    assumed = assessment.assumptions.pods_with_security_groups
    if assumed is not None:
        return assumed >= excess
    for policy in possible_policies_of(assessment.cluster(group), assessment):
        if policy.selects_all.need():
            reason = "how many pods of a node have a security group of their own is not known: this policy selects all"
            raise Undecidable(Unknown(f"{reason} of a namespace (pods_with_security_groups says it)", policy.span))
    return False


def _many(excess: int, branches: int) -> str:
    """Return what is taken to hold of the pods that come on top because they have a branch interface."""
    if branches >= excess:
        return f"at most {excess - 1} of the pods of a node have a security group of their own"
    return f"pods with a security group of their own (at most {branches} a node) do not make up for it"
