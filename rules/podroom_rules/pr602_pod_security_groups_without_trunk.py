"""PR602 sgp-unsupported-type."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved, runs_windows
from podroom.capacity.node_pools import applies, types_of
from podroom.capacity.requirements import AllowedTypes
from podroom.capacity.working import counted
from podroom.catalog import documents
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import Cluster, NodeGroup, NodePool
from podroom.positions import Span
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, Unknown
from podroom_rules.subjects import giving_security_groups
from podroom_rules.variables import declared, policies_of
from podroom_rules.wording import type_note

_VARIABLE = "ENABLE_POD_ENI"
_MOST_NAMES = 8
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
_POOL = """
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: default
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements:
        - {key: node.kubernetes.io/instance-type, operator: In, values: [%s]}
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata:
  name: default
spec:
  amiSelectorTerms:
    - alias: al2023@latest
  kubelet:
    maxPods: 20
"""


class PodSecurityGroupsWithoutTrunk(Rule[Cluster]):
    """Security groups for pods are on, and no node of the cluster can hold a pod that has one.

    Such a pod gets a branch interface on the trunk interface of its node.  The instance types of the families t, and of
    most families before Nitro, have no trunk: the VPC resource controller offers no `vpc.amazonaws.com/pod-eni` on
    them.  If all node groups of the cluster have such types, a pod that a SecurityGroupPolicy selects stays Pending:

        0/3 nodes are available: 3 Insufficient vpc.amazonaws.com/pod-eni.

    Where some node groups can have a trunk, the scheduler places these pods on them, and this rule is silent; so it is
    where a NodePool of Karpenter may launch such a type.  Whether other nodes join the cluster may stand elsewhere.

    It is an error if the project holds a SecurityGroupPolicy for the cluster.

    Remedy: give the pods a node group of a type that supports it (m5, c5, r5 and most newer families), or turn
    security groups for pods off.
    """

    code = "PR602"
    name = "sgp-unsupported-type"
    severity = Severity.WARNING
    subject = Cluster
    concerns = staticmethod(giving_security_groups)
    sources = (
        documents.EKS_SECURITY_GROUPS_FOR_PODS,
        documents.RESOURCE_CONTROLLER_LIMITS,
    )
    bad = (
        Example.eksctl("all nodes are of the t family", _CONFIGURATION % (" # expect: PR602", "t3.large")),
        Example(
            "and so are those of Karpenter",
            {
                "cluster.yaml": _CONFIGURATION % (" # expect: PR602", "t3.large"),
                "karpenter.yaml": _POOL % "t3.xlarge",
            },
        ),
    )
    good = (
        Example.eksctl("the nodes can have a trunk interface", _CONFIGURATION % ("", "m5.large")),
        Example(
            "Karpenter launches nodes for such pods",
            {
                "cluster.yaml": _CONFIGURATION % ("", "t3.large"),
                "karpenter.yaml": _POOL % "t3.xlarge, m6i.large",
            },
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at ENABLE_POD_ENI of a cluster that has nodes, and none with a trunk."""
        pools = [pool for pool in assessment.world.node_pools if pool.cluster.need() == subject.address]
        if subject.karpenter is not None and not pools:
            return  # Karpenter's pools are elsewhere
        groups = [group for group in assessment.world.node_groups if group.cluster.need() == subject.address]
        types = [resolved for group in groups for resolved in _linux_types(group, assessment)]
        launched = [(pool, allowed.certain) for pool in pools if (allowed := _launched(pool, assessment))]
        nodes = [(resolved.instance, resolved.span) for resolved in types]
        nodes += [(instance, pool.span) for pool, instances in launched for instance in instances]
        if not nodes or _any_has_trunk(nodes):
            return
        policies, _ = policies_of(subject, assessment)
        names = list(dict.fromkeys(instance.name for instance, _ in nodes))
        yield self.finding(
            declared(subject, _VARIABLE).span,
            subject,
            "security groups for pods are on, but no node of this cluster can hold a pod that has one",
            label=f"no trunk interface: {_listed(names)}",
            effect='Pods that a SecurityGroupPolicy selects stay Pending with "Insufficient vpc.amazonaws.com/pod-eni".',
            fix=f"give these pods a {'NodePool' if launched else 'node group'} of a type with a trunk interface, such as "
            f'm5.large, or set {_VARIABLE} to "false"',
            assumption="no other nodes join the cluster",
            related=(
                *(type_note(resolved, f"{resolved.instance.name} can have no trunk interface") for resolved in types),
                *(Note(f"{pool.address} launches no type with a trunk interface", pool.span) for pool, _ in launched),
                *(Note("the pods that this selects never start", policy.span) for policy in policies),
            ),
            severity=Severity.ERROR if policies else None,
            confidence=Confidence.MEDIUM,
            evidence={"instance_types": names},
        )


def _linux_types(group: NodeGroup, assessment: Assessment) -> Iterator[Resolved]:
    if group.uncertain is not None:
        raise Undecidable(group.uncertain)
    if not runs_windows(group):
        yield from assessment.instances(group)


def _launched(pool: NodePool, assessment: Assessment) -> AllowedTypes | None:
    """Return the types of a pool that runs the VPC CNI, None for another."""
    if not applies(pool, assessment):
        return None
    allowed = types_of(pool, assessment)
    if allowed.unknown is not None and not any(instance.trunking_compatible for instance in allowed.certain):
        raise Undecidable(allowed.unknown)
    return allowed


def _any_has_trunk(nodes: list[tuple[InstanceType, Span]]) -> bool:
    if any(instance.trunking_compatible for instance, _ in nodes):
        return True
    for instance, place in nodes:
        if instance.trunking_compatible is None:
            raise Undecidable(Unknown(f"whether {instance.name} can have a trunk interface is not known", place))
    return False


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {counted(more, 'other type')}" if more > 0 else "")
