"""PR109 kube-reserved-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.kubelet import KubeletLimit, memory_reserved_for
from podroom.capacity.max_pods import kube_reserved_memory
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.records import dataclass
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.wording import FAR_MORE_PODS, article, reserve_memory, type_note

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

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "%s"
  user_data = base64encode(<<-EOT
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
_NODE_CONFIG = """    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main
      kubelet:
"""


class ReservesMemoryForFewerPods(Rule[NodeGroup]):
    """Memory for kubelet and the container runtime is reserved for far fewer pods than the node may run.

    nodeadm and bootstrap.sh keep memory back for kubelet and the container runtime, `kubeReserved`: 255 MiB and 11 MiB
    for each pod.  They count the pods that they worked out themselves, from the interfaces of the instance type, and not
    the max pods that somebody wrote.  With prefix delegation the one is far from the other: an m5.large reserves 574 MiB
    for 29 pods and may run 110, for which it would be 1465 MiB.

    It bites when the node fills up: pods are placed on memory that kubelet and containerd need themselves.  The node
    has `MemoryPressure`, pods are evicted with

        The node was low on resource: memory.

    or the kernel kills something else (`SystemOOM`).

    Told for information where max pods is at least twice what memory is reserved for, and nothing says `kubeReserved`.

    Remedy: on Amazon Linux 2023 write the number as `maxPodsExpression: "110"` (AMIs since v20251007), which nodeadm
    reserves memory by; or say `kubeReserved` with `cpu`, `memory` and `ephemeral-storage` yourself.  With eksctl that is
    `kubeletExtraConfig.kubeReserved` of a self-managed node group.
    """

    code = "PR109"
    name = "kube-reserved-mismatch"
    severity = Severity.INFO
    subject = NodeGroup
    sources = (
        documents.NODEADM_CONFIG,
        documents.AL2_BOOTSTRAP,
        "https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/",
    )
    bad = (
        Example.terraform(
            "574 MiB for 110 pods",
            _PREFIXES % ("m5.large", _NODE_CONFIG + "        config:\n          maxPods: 110 # expect: PR109"),
        ),
        Example.terraform(
            "twice as many",
            _PREFIXES % ("m5.large", _NODE_CONFIG + "        config:\n          maxPods: 58 # expect: PR109"),
        ),
        Example.terraform(
            "bootstrap.sh does it as well",
            _PREFIXES
            % (
                "m5.large",
                (
                    "    #!/bin/bash\n    /etc/eks/bootstrap.sh main --use-max-pods false "
                    "--kubelet-extra-args '--max-pods=110' # expect: PR109"
                ),
            ),
        ),
        Example.eksctl(
            "maxPodsPerNode",
            """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
addons:
  - name: vpc-cni
    configurationValues: '{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}'
nodeGroups:
  - name: workers
    instanceType: m5.large
    maxPodsPerNode: 110 # expect: PR109
""",
        ),
    )
    good = (
        Example.terraform(
            "kubeReserved is said",
            _PREFIXES
            % (
                "m5.large",
                _NODE_CONFIG
                + "        config:\n          maxPods: 110\n"
                + "          kubeReserved: {cpu: 70m, memory: 1465Mi, ephemeral-storage: 1Gi}",
            ),
        ),
        Example.terraform(
            "nodeadm reserves memory for what an expression gives",
            _PREFIXES % ("m5.large", _NODE_CONFIG + '        maxPodsExpression: "110"'),
        ),
        Example.terraform(
            "and for what an expression beside the number gives",
            _PREFIXES
            % ("m5.large", _NODE_CONFIG + '        maxPodsExpression: "110"\n        config:\n          maxPods: 110'),
        ),
        Example.terraform(
            "a flag of kubelet",
            _PREFIXES
            % (
                "m5.large",
                (
                    "    #!/bin/bash\n    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args "
                    "'--max-pods=110 --kube-reserved=cpu=70m,memory=1465Mi,ephemeral-storage=1Gi'"
                ),
            ),
        ),
        Example.terraform(
            "not far more", _PREFIXES % ("m5.large", _NODE_CONFIG + "        config:\n          maxPods: 57")
        ),
        Example.terraform(
            "Bottlerocket reserves memory for the number that is set",
            _PREFIXES % ("m5.large", "    [settings.kubernetes]\n    max-pods = 110"),
        ),
        Example.eksctl(
            "kubeletExtraConfig says it",
            """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
addons:
  - name: vpc-cni
    configurationValues: '{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}'
nodeGroups:
  - name: workers
    instanceType: m5.large
    maxPodsPerNode: 110
    kubeletExtraConfig:
      kubeReserved: {cpu: 70m, memory: 1465Mi, ephemeral-storage: 1Gi}
""",
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield one finding at the number, for the type that lacks the most."""
        if not assessment.applies(subject) or subject.user_data.kube_reserved:
            return
        found, unknown = collect(_shortfalls(subject, assessment))
        if found:
            yield self._finding(subject, found)
        if unknown is not None:
            raise Undecidable(unknown)

    def _finding(self, group: NodeGroup, found: list[_Shortfall]) -> Finding:
        worst = max(found, key=lambda one: one.limit.figure.value - one.reserved_for)
        number, few = worst.limit.figure.value, worst.reserved_for
        kept, wanted = kube_reserved_memory(few), kube_reserved_memory(number)
        assert worst.limit.span is not None  # noqa: S101 - it was written, so it has a place
        return self.finding(
            worst.limit.span,
            group,
            f"{article(worst.resolved.instance.name)} reserves memory for {few} pods and may run {number}",
            label=f"{kept.value} MiB ({kept.working}) in place of {wanted.value} MiB ({wanted.working})",
            effect="A full node has MemoryPressure and evicts pods, or the kernel kills something for want of memory.",
            fix=reserve_memory(group, worst.limit.mechanism, number),
            related=tuple(
                type_note(
                    one.resolved,
                    f"{article(one.resolved.instance.name)} reserves memory for {one.reserved_for} pods",
                )
                for one in found
            ),
            evidence={
                "max_pods": number,
                "reserved_for": few,
                "reserved_mib": kept.value,
                "wanted_mib": wanted.value,
                "instance_type": worst.resolved.instance.name,
            },
        )


@dataclass(frozen=True, slots=True)
class _Shortfall:
    """A type on which memory is reserved for far fewer pods than `limit` allows for."""

    resolved: Resolved
    limit: KubeletLimit
    reserved_for: int


def _shortfalls(group: NodeGroup, assessment: Assessment) -> Iterator[_Shortfall]:
    cni = assessment.cni(group)
    for resolved in assessment.instances(group):
        limits = assessment.kubelet(group, resolved.instance)
        limit = limits[0]
        if len({other.figure.value for other in limits}) > 1:
            continue  # which of them wins is not known: PR105
        reserved_for = memory_reserved_for(group.user_data, limit, resolved.instance)
        if reserved_for is None or limit.figure.value < FAR_MORE_PODS * reserved_for:
            continue
        enough = min(
            assessment.room(resolved.instance, cni, group.span).value,
            assessment.recommended(resolved.instance, group.span).value,
        )
        if limit.figure.value <= enough:
            yield _Shortfall(resolved, limit, reserved_for)  # beyond the room: PR101, beyond what AWS advises: PR104
