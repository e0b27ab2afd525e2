"""PR113 hardly-any-room."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved
from podroom.capacity.kubelet import AMAZON_EKS, KubeletLimit
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.rule import Example, Finding, Rule, Severity
from podroom_rules.wording import article, assumed_cni, confidence, type_note

_FEWEST_PODS = 3
"""CoreDNS, a CSI driver and an agent for logs or metrics leave nothing of less."""

_CONFIGURATION = """
resource "aws_eks_node_group" "workers" {
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["%s"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""


class HardlyAnyRoom(Rule[NodeGroup]):
    """The instance type is so small that hardly any pod fits beside aws-node and kube-proxy.

    The smallest types have two interfaces with two addresses each.  Max pods is then 2 x (2 - 1) + 2 = 4, and aws-node
    and kube-proxy, which run on every node, take two of them.  CoreDNS, a CSI driver or an agent for logs takes the
    rest before the first pod of one's own arrives, however much memory and CPU is left.

    Pods stay Pending with "Too many pods", and a cluster autoscaler adds nodes that are full at once.

    Remedy: choose a larger type (t3.small: 11 pods), or turn on prefix delegation.
    """

    code = "PR113"
    name = "hardly-any-room"
    severity = Severity.WARNING
    subject = NodeGroup
    sources = (documents.CNI_MAX_PODS_LIST, documents.EKS_MAX_PODS)
    bad = (
        Example.terraform(
            "2 pods beside aws-node and kube-proxy", _CONFIGURATION.replace('["%s"]', '["t3.micro"] # expect: PR113')
        ),
    )
    good = (Example.terraform("9 pods beside them", _CONFIGURATION % "t3.small"),)

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for a group whose nodes have room for hardly any pod."""
        if not assessment.applies(subject):
            return
        cni = assessment.cni(subject)
        small: list[tuple[Resolved, KubeletLimit]] = []
        types = tuple(assessment.instances(subject))
        for resolved in types:
            limit = assessment.kubelet(subject, resolved.instance)[0]
            room = assessment.room(resolved.instance, cni, subject.span)
            left = limit.figure.value - assessment.assumptions.host_network_pods
            if limit.fixed or limit.failure is not None or left >= _FEWEST_PODS or limit.figure.value != room.value:
                continue  # a number that somebody wrote, or another rule's matter
            small.append((resolved, limit))
        if len(small) < len(types) and {limit.authority for _, limit in small} == {AMAZON_EKS}:
            return  # one type lowers the others: PR106
        for resolved, limit in small[:1]:
            settings = assessment.cluster(subject).cni
            taken = assessment.assumptions.host_network_pods
            left = limit.figure.value - taken
            yield self.finding(
                resolved.span,
                subject,
                f"{article(resolved.instance.name)} runs {limit.figure.value} pods, "
                f"which leaves {left} beside aws-node and kube-proxy",
                label=f"{limit.figure.working}; {limit.figure.value} - {taken} = {left}",
                effect='Pods stay Pending with "Too many pods" on nodes that are nearly idle.',
                fix="choose a larger type, or turn on ENABLE_PREFIX_DELEGATION where the type is a Nitro one",
                assumption=assumed_cni(settings),
                related=tuple(
                    type_note(other, f"{article(other.instance.name)} has no more: {its.figure.value}")
                    for other, its in small[1:]
                ),
                evidence={
                    "max_pods": limit.figure.value,
                    "left": left,
                    "instance_type": resolved.instance.name,
                },
                confidence=confidence(settings, (limit,)),
            )
