"""PR606 sgp-branch-interfaces-run-out."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved
from podroom.capacity.cni import CniBehavior
from podroom.catalog import documents
from podroom.model.world import Cluster, NodeGroup, SecurityGroupPolicy
from podroom.records import dataclass
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom.values import Undecidable, Unknown
from podroom_rules.rooms import branches_of, groups_of, of_each
from podroom_rules.subjects import with_policies
from podroom_rules.variables import possible_policies_of
from podroom_rules.wording import article, type_note

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
        ENABLE_POD_ENI: "true"
        POD_SECURITY_GROUP_ENFORCING_MODE: standard
managedNodeGroups:
  - name: general
    amiFamily: Bottlerocket
    maxPodsPerNode: 20
    instanceType: m5.large
"""
_POLICY = """
apiVersion: vpcresources.k8s.aws/v1beta1
kind: SecurityGroupPolicy%s
metadata:
  name: all
  namespace: shop
spec:
  podSelector:%s
  securityGroups:
    groupIds: [sg-0aaaaaaaaaaaaaaaa]
"""


class BranchInterfacesRunOut(Rule[Cluster]):
    """A SecurityGroupPolicy selects all pods of a namespace, and nodes have branch interfaces for a few pods only.

    A pod that a SecurityGroupPolicy selects takes one branch interface of its node, and of these there are far fewer
    than pods: 9 on an m5.large with room for 29 pods, 54 on a c5.12xlarge with room for 234.  The scheduler counts them
    as `vpc.amazonaws.com/pod-eni`; max pods and free addresses do not matter any more.  A policy with an empty
    `podSelector` selects every pod of its namespace, the small ones of DaemonSets too.

    When the branch interfaces of all nodes are taken, the next pod stays Pending:

        0/3 nodes are available: 3 Insufficient vpc.amazonaws.com/pod-eni.

    A node is then half empty, and the Cluster Autoscaler or Karpenter starts one more for every few pods.

    Told for information: how many pods the namespace has is not known (`pods_with_security_groups` in podroom.toml
    says it).  Silent where a node group has types with as many branch interfaces as pods, and for nodes without a trunk,
    which PR602 is about.

    Remedy: select the pods that need security groups of their own by a label.
    """

    code = "PR606"
    name = "sgp-branch-interfaces-run-out"
    severity = Severity.INFO
    subject = Cluster
    concerns = staticmethod(with_policies)
    sources = (
        documents.EKS_SECURITY_GROUPS_FOR_PODS,
        documents.RESOURCE_CONTROLLER_LIMITS,
        "https://github.com/aws/amazon-vpc-resource-controller-k8s/issues/154",
        "https://github.com/aws/containers-roadmap/issues/1342",
    )
    bad = (
        Example(
            "9 branch interfaces for all pods of a namespace",
            {"cluster.yaml": _CONFIGURATION, "policy.yaml": _POLICY % (" # expect: PR606", " {}")},
        ),
    )
    good = (
        Example(
            "a label says which pods need it",
            {"cluster.yaml": _CONFIGURATION, "policy.yaml": _POLICY % ("", " {matchLabels: {tier: database}}")},
        ),
        Example(
            "as many branch interfaces as pods",
            {
                "cluster.yaml": _CONFIGURATION.replace("maxPodsPerNode: 20", "maxPodsPerNode: 11"),
                "policy.yaml": _POLICY % ("", " {}"),
            },
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at each policy that selects all pods, where every node has fewer branch interfaces."""
        policies = [policy for policy in possible_policies_of(subject, assessment) if _may_select_all(policy)]
        if not policies or subject.auto_mode.need():
            return
        cni = assessment.behavior(subject.cni)
        if not cni.pod_eni:
            return
        groups = [group for group in groups_of(subject, assessment) if assessment.applies(group)]
        shortages, unknown = of_each(groups, lambda group: _shortages(group, cni, assessment))
        if unknown is not None:
            raise Undecidable(unknown)  # there may be nodes with enough
        if not shortages or any(one.branches >= one.pods for one in shortages):
            return
        found, unknown = of_each(policies, lambda policy: self._judge_policy(subject, policy, shortages))
        yield from found
        if unknown is not None:
            raise Undecidable(unknown)

    def _judge_policy(
        self, cluster: Cluster, policy: SecurityGroupPolicy, shortages: list[_Shortage]
    ) -> Iterator[Finding]:
        policy.selects_all.need()
        policy.cluster.need()
        if policy.uncertain is not None:
            raise Undecidable(policy.uncertain)
        yield self._finding(cluster, policy, shortages)

    def _finding(self, cluster: Cluster, policy: SecurityGroupPolicy, shortages: list[_Shortage]) -> Finding:
        worst = min(shortages, key=lambda one: one.branches)
        name = worst.resolved.instance.name
        return self.finding(
            policy.span,
            cluster,
            f"{policy.address} selects all pods of its namespace, but {article(name)} has branch interfaces for "
            f"{worst.branches} of its {worst.pods} pods",
            label=f"{worst.branches} branch interfaces on the trunk of {article(name)}",
            effect='The next pod of the namespace stays Pending with "Insufficient vpc.amazonaws.com/pod-eni".',
            fix="select by a label those pods only that need security groups of their own",
            assumption="the namespace has more pods than its nodes have branch interfaces",
            related=tuple(
                type_note(one.resolved, f"{one.branches} branch interfaces, {one.pods} pods with an address")
                for one in shortages
            ),
            confidence=Confidence.LOW,
            evidence={
                "instance_type": name,
                "branch_interfaces": worst.branches,
                "pods": worst.pods,
            },
        )


def _may_select_all(policy: SecurityGroupPolicy) -> bool:
    return isinstance(policy.selects_all, Unknown) or True in policy.selects_all.candidates()


@dataclass(frozen=True, slots=True)
class _Shortage:
    """A type with a trunk: its branch interfaces, and the pods with an address that its nodes may run."""

    resolved: Resolved
    branches: int
    pods: int


def _shortages(group: NodeGroup, cni: CniBehavior, assessment: Assessment) -> Iterator[_Shortage]:
    for resolved in assessment.instances(group):
        branches = branches_of(resolved, cni)
        if not branches:
            continue
        limits = assessment.kubelet(group, resolved.instance)
        most = min(limit.figure.value for limit in limits)
        told = assessment.assumptions.pods_with_security_groups
        pods = most - assessment.assumptions.host_network_pods
        yield _Shortage(resolved, branches, pods if told is None else min(pods, told))
