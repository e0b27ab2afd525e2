"""PR602 sgp-unsupported-type."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved
from podroom.catalog import documents
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import Cluster, NodeGroup
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Known, Undecidable, Unknown
from podroom_rules.wording import type_note

_VARIABLE = "ENABLE_POD_ENI"
_CONFIGURATION = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
addons:
  - name: vpc-cni
    configurationValues: |
      env:
        ENABLE_POD_ENI: "true"%s
managedNodeGroups:
  - name: general
    amiFamily: Bottlerocket
    maxPodsPerNode: 20
    instanceType: %s
"""


class PodSecurityGroupsWithoutTrunk(Rule[Cluster]):
    """Security groups for pods are on, and no node of the cluster can hold a pod that has one.

    Such a pod gets a branch interface on the trunk interface of its node.  The instance types of the families t, and of
    most families before Nitro, have no trunk: the VPC resource controller offers no `vpc.amazonaws.com/pod-eni` on
    them.  If all node groups of the cluster have such types, a pod that a SecurityGroupPolicy selects stays Pending:

        0/3 nodes are available: 3 Insufficient vpc.amazonaws.com/pod-eni.

    Where some node groups can have a trunk, the scheduler places these pods on them, and this rule is silent.  Whether
    other nodes join the cluster, those of Karpenter for one, may stand elsewhere.

    It is an error if the project holds a SecurityGroupPolicy for the cluster.

    Remedy: give the pods a node group of a type that supports it (m5, c5, r5 and most newer families), or turn
    security groups for pods off.
    """

    code = "PR602"
    name = "sgp-unsupported-type"
    severity = Severity.WARNING
    subject = Cluster
    sources = (
        documents.EKS_SECURITY_GROUPS_FOR_PODS,
        documents.RESOURCE_CONTROLLER_LIMITS,
    )
    bad = (Example.eksctl("all nodes are of the t family", _CONFIGURATION % (" # expect: PR602", "t3.large")),)
    good = (Example.eksctl("the nodes can have a trunk interface", _CONFIGURATION % ("", "m5.large")),)

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at ENABLE_POD_ENI of a cluster that has nodes, and none with a trunk."""
        if subject.auto_mode.need() or not assessment.behavior(subject.cni).pod_eni:
            return
        variable = subject.cni.find(_VARIABLE)
        pools = [pool for pool in assessment.world.node_pools if pool.cluster.need() == subject.address]
        if variable is None or subject.karpenter is not None or pools:
            return
        groups = [group for group in assessment.world.node_groups if group.cluster.need() == subject.address]
        types = [resolved for group in groups for resolved in _linux_types(group, assessment)]
        if not types or any(_has_trunk(resolved) for resolved in types):
            return
        policies = [
            policy
            for policy in assessment.world.security_group_policies
            if policy.uncertain is None
            and isinstance(policy.cluster, Known)
            and policy.cluster.value == subject.address
        ]
        names = list(dict.fromkeys(resolved.instance.name for resolved in types))
        yield self.finding(
            variable.span,
            subject,
            "security groups for pods are on, but no node of this cluster can hold a pod that has one",
            label=f"no trunk interface: {', '.join(names)}",
            effect='Pods that a SecurityGroupPolicy selects stay Pending with "Insufficient vpc.amazonaws.com/pod-eni".',
            fix="give these pods a node group of a type with a trunk interface, such as m5.large, "
            f'or set {_VARIABLE} to "false"',
            assumption="no other nodes join the cluster",
            related=(
                *(type_note(resolved, f"{resolved.instance.name} can have no trunk interface") for resolved in types),
                *(Note("the pods that this selects never start", policy.span) for policy in policies),
            ),
            severity=Severity.ERROR if policies else None,
            confidence=Confidence.MEDIUM,
            evidence={"instance_types": names},
        )


def _linux_types(group: NodeGroup, assessment: Assessment) -> Iterator[Resolved]:
    if group.uncertain is not None:
        raise Undecidable(group.uncertain)
    if AmiFamily.WINDOWS in group.ami_family.candidates() and group.ami_family.need() is AmiFamily.WINDOWS:
        return
    yield from assessment.instances(group)


def _has_trunk(resolved: Resolved) -> bool:
    trunk = resolved.instance.trunking_compatible
    if trunk is None:
        reason = f"whether {resolved.instance.name} can have a trunk interface is not known"
        raise Undecidable(Unknown(reason, resolved.span))
    return trunk
