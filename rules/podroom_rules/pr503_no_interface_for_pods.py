"""PR503 cn-no-pod-eni."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved
from podroom.capacity.interfaces import interface_budget
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom_rules.rooms import NEVER_READY, interface_for_pods, is_limited, never_ready, sufficient_interfaces
from podroom_rules.subjects import in_custom_network
from podroom_rules.wording import article, type_note

_CUSTOM_NETWORKING, _POD_ENI, _MAX_ENI = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "ENABLE_POD_ENI", "MAX_ENI"
_CONFIGURATION = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name  = aws_eks_cluster.main.name
  addon_name    = "vpc-cni"
  addon_version = "v1.20.4-eksbuild.1"
  configuration_values = jsonencode({
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"%s
    }
  })
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["%s"]%s
  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}

resource "aws_launch_template" "nodes" {
  image_id = "ami-0123456789abcdef0"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      kubelet:
        config:
          maxPods: 5
  EOT
  )
}
"""


class NoInterfaceForPods(Rule[NodeGroup]):
    """Custom networking keeps pods off the only interface that a node can have for them.

    With `AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG` pods get no addresses of the primary interface.  Where `MAX_ENI` is 1, or
    where the instance type has two interfaces and `ENABLE_POD_ENI` keeps one for the trunk, no interface is left for
    pods.  aws-node waits for a first address that never comes.  The instance starts and registers, but it stays
    NotReady with

        container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady
        message:Network plugin returns error: cni plugin not initialized

    whatever max pods is, a managed node group fails with NodeCreationFailure, and an autoscaler starts one node after
    the other.

    Remedy: a higher `MAX_ENI` (2, or 3 with security groups for pods), none at all, or an instance type with more
    interfaces.
    """

    code = "PR503"
    name = "cn-no-pod-eni"
    severity = Severity.ERROR
    subject = NodeGroup
    concerns = staticmethod(in_custom_network)
    sources = (documents.CNI_IPAMD, documents.CNI_README)
    bad = (
        Example.terraform(
            "MAX_ENI leaves the primary interface only",
            _CONFIGURATION % ('\n      MAX_ENI = "1" # expect: PR503', "m5.large", ""),
        ),
        Example.terraform(
            "one interface is primary, the other the trunk",
            _CONFIGURATION % ('\n      ENABLE_POD_ENI = "true"', "m6g.medium", " # expect: PR503"),
        ),
    )
    good = (
        Example.terraform(
            "MAX_ENI leaves one interface for pods", _CONFIGURATION % ('\n      MAX_ENI = "2"', "m5.large", "")
        ),
        Example.terraform("two interfaces and no trunk", _CONFIGURATION % ("", "m6g.medium", "")),
        Example.terraform(
            "without custom networking the primary interface is enough",
            (_CONFIGURATION % ('\n      MAX_ENI = "1"', "m5.large", "")).replace(
                'CUSTOM_NETWORK_CFG = "true"', 'CUSTOM_NETWORK_CFG = "false"'
            ),
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for each type without an interface for pods: at MAX_ENI, if that is to blame, or at the type."""
        for resolved in assessment.instances(subject):
            if never_ready(resolved, assessment.cni(subject)):
                yield self._finding(subject, resolved, assessment)

    def _finding(self, group: NodeGroup, resolved: Resolved, assessment: Assessment) -> Finding:
        cni, settings = assessment.cni(group), assessment.cluster(group).cni
        limit = settings.find(_MAX_ENI)
        to_blame = None if sufficient_interfaces(resolved, cni) is None else limit
        at_type = type_note(resolved, f"{resolved.instance.name} has {resolved.instance.interfaces} interfaces")
        causes = [
            Note(text, variable.span)
            for name, text in (
                (_MAX_ENI, "this limits them" if to_blame is None and is_limited(resolved, cni) else ""),
                (_CUSTOM_NETWORKING, "custom networking keeps pods off the primary interface"),
                (_POD_ENI, "security groups for pods keep one interface for the trunk" if cni.pod_eni else ""),
            )
            if text and (variable := settings.find(name)) is not None
        ]
        return self.finding(
            resolved.span if to_blame is None else to_blame.span,
            group,
            f"with custom networking {article(resolved.instance.name)} has no interface left for pods"
            + (f": MAX_ENI is {cni.max_eni}" if to_blame is not None else ""),
            label=f"no interface: {interface_budget(resolved.instance, cni).for_pods.expression}",
            effect=NEVER_READY,
            fix=interface_for_pods(resolved, cni),
            related=(*(() if to_blame is None else (at_type,)), *causes),
            confidence=Confidence.HIGH,
            evidence={"instance_type": resolved.instance.name, "interfaces": resolved.instance.interfaces},
        )
