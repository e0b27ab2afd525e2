"""PR104 max-pods-above-recommended."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.kubelet import KubeletLimit, memory_reserved_for
from podroom.capacity.max_pods import kube_reserved_memory
from podroom.capacity.working import Figure
from podroom.catalog import documents
from podroom.model.world import Mechanism, NodeGroup
from podroom.records import dataclass
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.wording import FAR_MORE_PODS, article, expressible, reserve_memory, set_max_pods, told_by, type_note

_PREFIXES = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true" } })
}
"""
_NODES = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "%s"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main
%s
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
_MAX_PODS = "      kubelet:\n        config:\n          maxPods: %s"
_EXPRESSION = "      kubelet:\n        maxPodsExpression: %s"
_MANAGED = """
resource "aws_eks_node_group" "workers" {
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["c5.4xlarge"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""


class MaxPodsAboveRecommended(Rule[NodeGroup]):
    """Max pods is more than AWS recommends for a node of this size.

    AWS recommends at most 110 pods on a node with 30 vCPUs or fewer, and 250 on larger ones; Kubernetes itself is
    tested with 110 pods on a node.  Addresses allow for many more: an m5.large with prefix delegation has room for
    434.  What gives in then is not the network but the node: kubelet and the container runtime ask after every pod
    again and again, probes of all pods run on the same few cores, and images are pulled at once after a restart.

    It bites under load and at restarts.  The node goes NotReady with

        PLEG is not healthy: pleg was last seen active 3m7s ago; threshold is 3m0s

    and probes of healthy pods fail with `context deadline exceeded`.

    Managed node groups without an AMI id are held to these numbers by Amazon EKS.  nodeadm, bootstrap.sh and
    Bottlerocket are not: by themselves they give a c5.4xlarge, which has 16 vCPUs, 234 pods, and reserve memory for
    as many.  Where nobody wrote a number this is told for information only.

    Remedy: write 110 (or 250), or use larger nodes with more vCPUs for each pod.  If the nodes were tried out with
    that many pods, `# podroom: ignore[PR104] tried out with 200 pods on 2026-05-04` says so.
    """

    code = "PR104"
    name = "max-pods-above-recommended"
    severity = Severity.WARNING
    subject = NodeGroup
    sources = (
        documents.EKS_MAX_PODS,
        documents.MAX_PODS_CALCULATOR,
        "https://github.com/awslabs/amazon-eks-ami/issues/1368",
        "https://kubernetes.io/docs/setup/best-practices/cluster-large/",
    )
    bad = (
        Example.terraform(
            "room for 250 pods with prefixes, but only 4 vCPUs",
            _PREFIXES + _NODES % ("m5.xlarge", _MAX_PODS % "250 # expect: PR104"),
        ),
        Example.terraform(
            "an expression that gives 737 pods to 96 vCPUs",
            _NODES % ("m5.24xlarge", _EXPRESSION % "max_pods # expect: PR104"),
        ),
        Example.terraform(
            "nodeadm by itself gives 16 vCPUs 234 pods",
            _NODES.replace('"%s"', '"%s" # expect: PR104') % ("c5.4xlarge", ""),
        ),
        Example.eksctl(
            "maxPodsPerNode of a group of one's own nodes",
            """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
nodeGroups:
  - name: workers
    instanceType: m5.24xlarge
    maxPodsPerNode: 500 # expect: PR104
""",
        ),
    )
    good = (
        Example.terraform("110 with prefixes", _PREFIXES + _NODES % ("m5.xlarge", _MAX_PODS % "110")),
        Example.terraform("250 for 96 vCPUs", _NODES % ("m5.24xlarge", _MAX_PODS % "250")),
        Example.terraform("Amazon EKS holds managed groups to the numbers", _MANAGED),
        Example.terraform(
            "an expression that fails is another fault",
            _NODES % ("c5.4xlarge", _EXPRESSION % "min(max_pods, 110) # expect: PR108"),
        ),
        Example.terraform(
            "more than there are addresses for is another fault",
            (_NODES % ("c5.4xlarge", _MAX_PODS % "250 # expect: PR101")),
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield one finding, for the type that is the furthest above its recommendation."""
        if not assessment.applies(subject):
            return
        found, unknown = collect(_excesses(subject, assessment))
        if found:
            yield self._finding(subject, found)
        if unknown is not None:
            raise Undecidable(unknown)

    def _finding(self, group: NodeGroup, found: list[_Excess]) -> Finding:
        worst = max(found, key=lambda excess: excess.limit.figure.value - excess.cap.value)
        resolved, limit, cap = worst.resolved, worst.limit, worst.cap
        written = limit.span
        number, name = limit.figure.value, resolved.instance.name
        others = [excess for excess in found if excess is not worst]
        return self.finding(
            resolved.span if written is None else written,
            group,
            f"{told_by(limit, (limit,))} on {article(name)}, but AWS recommends {cap.value} at most",
            label=cap.working,
            effect=_reserved(number, cap.value)
            if written is None
            else 'Under load or after a restart the node may go NotReady with "PLEG is not healthy".',
            fix=f"write {_fitting(group, cap.value, limit.mechanism)}{_memory(group, worst)}",
            assumption=expressible(limit),
            related=tuple(
                type_note(
                    excess.resolved,
                    f"{article(excess.resolved.instance.name)}: {excess.limit.figure.value} pods, "
                    f"{excess.cap.working} recommended",
                )
                for excess in ([worst] if written is not None else []) + others
            ),
            severity=Severity.INFO if written is None else None,
            confidence=Confidence.HIGH,
            evidence={
                "max_pods": number,
                "recommended": cap.value,
                "vcpus": resolved.instance.vcpus,
                "instance_type": name,
                "instance_types": [excess.resolved.instance.name for excess in found],
            },
        )


@dataclass(frozen=True, slots=True)
class _Excess:
    """A type whose nodes get more pods than recommended."""

    resolved: Resolved
    limit: KubeletLimit
    cap: Figure


def _excesses(group: NodeGroup, assessment: Assessment) -> Iterator[_Excess]:
    cni = assessment.cni(group)
    for resolved in assessment.instances(group):
        limit, *others = assessment.kubelet(group, resolved.instance)
        if others or limit.failure is not None:
            continue  # Amazon EKS may hold the group to the recommendation (PR105); an expression that fails: PR108
        cap = assessment.recommended(resolved.instance, group.span)
        if limit.figure.value <= cap.value:
            continue
        if limit.figure.value <= assessment.room(resolved.instance, cni, group.span).value:
            yield _Excess(resolved, limit, cap)  # beyond the room: PR101, PR102, PR502, PR601


def _fitting(group: NodeGroup, cap: int, mechanism: Mechanism | None) -> str:
    if mechanism is Mechanism.NODEADM_EXPRESSION:
        return f'maxPodsExpression: "max_pods < {cap} ? max_pods : {cap}"'
    return set_max_pods(group, cap, mechanism)


def _memory(group: NodeGroup, worst: _Excess) -> str:
    """Return what else to write so that memory is reserved for the pods that are recommended (PR109)."""
    number, limit = worst.cap.value, worst.limit
    reserved_for = memory_reserved_for(group.user_data, limit, worst.resolved.instance)
    if group.user_data.kube_reserved or reserved_for is None or number < FAR_MORE_PODS * reserved_for:
        return ""
    return f", for which memory is to be reserved too: {reserve_memory(group, limit.mechanism, number)}"


def _reserved(number: int, cap: int) -> str:
    """Return what a default costs that no node of that size will need."""
    much, enough = kube_reserved_memory(number), kube_reserved_memory(cap)
    return (
        f"The node keeps {much.value} MiB of memory from its pods for {number} of them "
        f"({much.working}); for {cap} it would be {enough.value} MiB."
    )
