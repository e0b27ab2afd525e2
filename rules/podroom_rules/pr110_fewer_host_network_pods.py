"""PR110 hostnetwork-headroom."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.max_pods import HOST_NETWORK_PODS
from podroom.capacity.working import Figure, counted
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.subjects import with_fewer_host_network_pods
from podroom_rules.wording import article, assumed_cni, confidence, set_for_certain, told_by, type_note

_NODES = """
resource "aws_eks_node_group" "workers" {
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["%s"]%s
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""
_ONE = "[assumptions]\nhost_network_pods = 1\n"


class FewerHostNetworkPods(Rule[NodeGroup]):
    """Max pods counts on two pods that need no address, and your nodes run fewer of them.

    Max pods of a node is interfaces x (addresses - 1) + 2.  The 2 are aws-node and kube-proxy: they run on the node's
    own network and take no address.  Where kube-proxy is gone, because another program does its work, a node has
    addresses for one pod fewer than kubelet accepts.

    An m5.2xlarge takes 58 pods and has 56 addresses.  The 58th pod hangs in ContainerCreating with

        failed to assign an IP address to container

    and goes on doing so until another one ends.  It bites on full nodes only.

    podroom counts two such pods on every node, which no configuration tells for certain; it says this only if
    `podroom.toml` says that there are fewer:

        [assumptions]
        host_network_pods = 1

    Other pods on the node's network (node-exporter, a CSI driver, an agent for logs) count as well.

    Remedy: write max pods, one less for each pod that is missing.
    """

    code = "PR110"
    name = "hostnetwork-headroom"
    severity = Severity.INFO
    subject = NodeGroup
    concerns = staticmethod(with_fewer_host_network_pods)
    sources = (documents.CNI_HOST_NETWORK_PODS, documents.CNI_MAX_PODS_LIST)
    bad = (
        Example(
            "58 pods, and addresses for 56 and one on the node's network",
            {"main.tf": _NODES.replace('["%s"]%s', '["m5.2xlarge"] # expect: PR110'), "podroom.toml": _ONE},
        ),
    )
    good = (
        Example.terraform("aws-node and kube-proxy, as usual", _NODES % ("m5.2xlarge", "")),
        Example(
            "Amazon EKS gives 110, with room for 234",
            {"main.tf": _NODES % ("m5.4xlarge", ""), "podroom.toml": _ONE},
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield one finding if a number that nobody wrote counts on more pods without an address than there are."""
        missing = HOST_NETWORK_PODS - assessment.assumptions.host_network_pods
        found, unknown = collect(_short(subject, assessment, missing))
        for resolved, limit, room in found[:1]:
            settings = assessment.cluster(subject).cni
            there = assessment.assumptions.host_network_pods
            yield self.finding(
                resolved.span,
                subject,
                f"{told_by(limit, (limit,))} on {article(resolved.instance.name)}, which has room for {room.value} "
                f"with {counted(there, 'pod')} on the node's network",
                label=room.working,
                effect='On a full node the last pod hangs in ContainerCreating with "failed to assign an IP address to '
                'container".',
                fix=f"set {set_for_certain(subject, room.value)}",
                assumption=assumed_cni(settings),
                related=tuple(
                    type_note(other, f"{article(other.instance.name)} has room for {its.value}")
                    for other, _, its in found[1:]
                ),
                confidence=confidence(settings, (limit,), limit),
                evidence={
                    "max_pods": limit.figure.value,
                    "room": room.value,
                    "host_network_pods": there,
                    "instance_type": resolved.instance.name,
                },
            )
        if unknown is not None:
            raise Undecidable(unknown)


def _short(group: NodeGroup, assessment: Assessment, missing: int) -> Iterator[tuple[Resolved, KubeletLimit, Figure]]:
    cni = assessment.cni(group)
    for resolved in assessment.instances(group):
        limit, *_ = assessment.kubelet(group, resolved.instance)
        if limit.fixed or limit.failure is not None:
            continue  # a number that somebody wrote: PR101
        room = assessment.room(resolved.instance, cni, group.span)
        if 0 < limit.figure.value - room.value <= missing:
            yield resolved, limit, room  # what is more has another cause: PR502, PR601
