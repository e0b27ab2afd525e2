"""PR904 eksctl-max-pods-may-not-win."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.model.world import Mechanism, NodeGroup
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom_rules.rooms import either_is_too_high
from podroom_rules.subjects import with_max_pods_setting
from podroom_rules.wording import effect_of_replacement

_CLUSTER = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
%s:
  - name: workers
    instanceType: m5.xlarge%s
"""


class EksctlMaxPodsMayNotWin(Rule[NodeGroup]):
    """`maxPodsPerNode` of a managed node group with Amazon Linux 2023 may lose to the number of Amazon EKS.

    eksctl writes `maxPodsPerNode` into a NodeConfig in the user data of the launch template.  Amazon EKS adds a
    NodeConfig of its own, with the max pods of its formula: at most 110 or 250, the least of all instance types of the
    group.  The documentation says that the number of Amazon EKS takes precedence; others have seen their own win.
    eksctl itself refused the setting for this family until 0.195.

    Nothing fails; `kubectl get node -o jsonpath='{.status.capacity.pods}'` shows which of the two it became.  If it is
    the one of Amazon EKS, more pods land on a node than were meant to, or pods stay Pending with `Too many pods`.

    Silent for Amazon Linux 2, where eksctl edits bootstrap.sh, for Bottlerocket, whose settings win, for self-managed
    groups (`nodeGroups`), where both numbers are the same, and where one of them is too high for the node: PR101 tells
    that together with this doubt.  Together with `ami` or `launchTemplate` eksctl refuses the setting, which is a notice.

    Remedy: let a command of `preBootstrapCommands` write the number into /etc/eks/nodeadm.d, which nodeadm reads last
    (AMIs since v20251023), or use a self-managed group.
    """

    code = "PR904"
    name = "eksctl-max-pods-may-not-win"
    severity = Severity.WARNING
    subject = NodeGroup
    concerns = staticmethod(with_max_pods_setting)
    sources = (
        f"{documents.EKS_MAX_PODS}#max-pods-precedence",
        "https://github.com/eksctl-io/eksctl/issues/8037",
        "https://github.com/eksctl-io/eksctl/issues/5134",
        documents.NODEADM_CONFIG,
    )
    bad = (
        Example.eksctl(
            "40 pods are asked for, Amazon EKS says 58",
            _CLUSTER % ("managedNodeGroups", "\n    maxPodsPerNode: 40 # expect: PR904"),
        ),
    )
    good = (
        Example.eksctl("a self-managed group", _CLUSTER % ("nodeGroups", "\n    maxPodsPerNode: 40")),
        Example.eksctl("the same number", _CLUSTER % ("managedNodeGroups", "\n    maxPodsPerNode: 58")),
        Example.eksctl(
            "settings of Bottlerocket win",
            _CLUSTER % ("managedNodeGroups", "\n    amiFamily: Bottlerocket\n    maxPodsPerNode: 40"),
        ),
        Example.eksctl(
            "bootstrap.sh of Amazon Linux 2 is edited on the node",
            _CLUSTER % ("managedNodeGroups", "\n    amiFamily: AmazonLinux2\n    maxPodsPerNode: 40"),
        ),
        Example.eksctl(
            "a drop-in comes after both",
            _CLUSTER
            % (
                "managedNodeGroups",
                """
    preBootstrapCommands:
      - |
        mkdir -p /etc/eks/nodeadm.d
        cat > /etc/eks/nodeadm.d/max-pods.yaml <<'EOF'
        apiVersion: node.eks.aws/v1alpha1
        kind: NodeConfig
        spec: {kubelet: {config: {maxPods: 40}}}
        EOF""",
            ),
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at a number that Amazon EKS may replace."""
        if not assessment.applies(subject):
            return
        types = list(assessment.instances(subject))
        limits = assessment.kubelet(subject, types[0].instance)
        own, injected = limits[0], limits[-1]
        written, number = own.figure.value, injected.figure.value
        if own.span is None or own.mechanism is not Mechanism.NODEADM_CONFIG or written == number:
            return
        if either_is_too_high(subject, limits, assessment):
            return
        setting = subject.max_pods_setting
        yield self.finding(
            own.span,
            subject,
            f"Amazon EKS gives this managed node group {number} max pods, which may replace the {written} of {setting}",
            label=f"Amazon EKS: {injected.figure.working}",
            effect="The documentation says that the number of Amazon EKS takes precedence. "
            + effect_of_replacement(written, number),
            fix=_fix(written),
            confidence=Confidence.MEDIUM,
            evidence={"max_pods": written, "injected": number},
        )


def _fix(number: int) -> str:
    node_config = (
        f"{{apiVersion: node.eks.aws/v1alpha1, kind: NodeConfig, spec: {{kubelet: {{config: {{maxPods: {number}}}}}}}}}"
    )
    return (
        f"add preBootstrapCommands: [\"mkdir -p /etc/eks/nodeadm.d && echo '{node_config}' > "
        '/etc/eks/nodeadm.d/max-pods.yaml"]'
    )
