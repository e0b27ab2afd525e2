"""PR121 live-nodes-above-room."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from podroom.capacity.assessment import Assessment
from podroom.capacity.working import counted
from podroom.catalog import documents
from podroom.model.live import LeftInstances, LiveNodes
from podroom.model.world import Cluster, NodeGroup
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom.values import Undecidable, Unknown, first_unknown
from podroom_rules.plan_examples import MANAGED_CLUSTER
from podroom_rules.subjects import with_listed_nodes
from podroom_rules.wording import STUCK_PODS, assumed_cni

_MOST_NAMES = 3
_NODES = """{
  "kind": "List",
  "items": [
    {
      "kind": "Node",
      "metadata": {
        "name": "ip-10-0-0-1.eu-west-1.compute.internal",
        "labels": {"node.kubernetes.io/instance-type": "TYPE", "eks.amazonaws.com/nodegroup": "workers"}
      },
      "status": {"allocatable": {"pods": "58"}}
    }
  ]
}
"""
_GROUP = """{
  "AutoScalingGroups": [
    {
      "AutoScalingGroupName": "eks-workers-b2c4d6e8-0a1b-2c3d-4e5f-60718293a4b5",
      "MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": [{"InstanceType": "m7g.2xlarge"}]}},
      "Instances": [
        {"InstanceId": "i-0c58a8fdd2e802d9a", "InstanceType": "RUNNING", "LifecycleState": "InService"}
      ],
      "Tags": [
        {"Key": "eks:cluster-name", "Value": "main"},
        {"Key": "eks:nodegroup-name", "Value": "workers"}
      ]
    }
  ]
}
"""


class LiveNodesAboveRoom(Rule[Cluster]):
    """Nodes that run allow more pods than they have room for.

    `kubectl get nodes` (`--inventory`) tells what kubelet was given on each node (`status.allocatable.pods`) and the
    instance type.  This rule compares it with the room that the type has with the settings of the VPC CNI.  It finds
    what no configuration tells: a type that was changed in the console, nodes from before a change, an image with
    another default.  The scheduler fills such a node, and the pods beyond its room stay in ContainerCreating with

        failed to assign an IP address to container

    Nodes of Fargate, EKS Auto Mode and Windows are left out.

    Without kubectl, `aws autoscaling describe-auto-scaling-groups` tells the types of the instances that run.  One of a
    type that its group neither launches now nor is declared with is from before a change, and lives on until somebody
    replaces it.  Where the max pods that are declared are more than that type has room for, that is a warning: what
    kubelet was given when the instance started is not told.

    Remedy: bring the instance type and max pods together, in the configuration and in the Auto Scaling group, and replace
    the nodes.
    """

    code = "PR121"
    name = "live-nodes-above-room"
    severity = Severity.ERROR
    subject = Cluster
    concerns = staticmethod(with_listed_nodes)
    sources = (
        "https://kubernetes.io/docs/reference/node/node-status/#capacity",
        documents.CNI_MAX_PODS_LIST,
        documents.CNI_IPAMD,
    )
    bad = (
        Example(
            "58 pods are right for the m7g.2xlarge that is declared, and the node is an m7g.large",
            {
                "main.tf": MANAGED_CLUSTER.replace("MARK", " # expect: PR121"),
                "inventory.json": _NODES.replace("TYPE", "m7g.large"),
            },
        ),
        Example(
            "the group launches what is declared, and an instance that runs is of another type",
            {
                "main.tf": MANAGED_CLUSTER.replace("MARK", " # expect: PR121"),
                "inventory.json": _GROUP.replace("RUNNING", "m7g.large"),
            },
        ),
    )
    good = (
        Example(
            "an instance is of another type than before, which has more room",
            {
                "main.tf": MANAGED_CLUSTER.replace("MARK", ""),
                "inventory.json": _GROUP.replace("RUNNING", "m7g.4xlarge"),
            },
        ),
        Example(
            "the node is what is declared",
            {"main.tf": MANAGED_CLUSTER.replace("MARK", ""), "inventory.json": _NODES.replace("TYPE", "m7g.2xlarge")},
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for all nodes of one type and group that allow the same number."""
        if subject.ip_family.need() != "ipv4":
            return
        unknown: Unknown | None = None
        left = [
            partial(self._judge_left, instances, group, subject, assessment)
            for group in assessment.world.node_groups
            for instances in group.left
        ]
        for judge in (*(partial(self._judge_nodes, nodes, subject, assessment) for nodes in subject.nodes), *left):
            try:
                finding = judge()
            except Undecidable as cause:
                unknown = first_unknown(unknown, cause.unknown)
                continue
            if finding is not None:
                yield finding
        if unknown is not None:
            raise Undecidable(unknown)

    def _judge_left(
        self, left: LeftInstances, group: NodeGroup, cluster: Cluster, assessment: Assessment
    ) -> Finding | None:
        if group.cluster.need() != cluster.address or not assessment.applies(group):
            return None
        instance = assessment.catalog.find(left.type)
        if instance is None:
            raise Undecidable(Unknown(assessment.catalog.why_absent(left.type), group.span))
        room = assessment.room(instance, assessment.behavior(cluster.cni), group.span)
        limits = assessment.kubelet(group, instance)
        told = min(limits, key=lambda limit: limit.figure.value)
        pods = told.figure.value
        if pods <= room.value:
            return None
        several = len(left.ids) > 1
        return self.finding(
            group.span,
            group,
            f"{counted(len(left.ids), 'running instance')} of the Auto Scaling group {left.group} "
            f"{'are' if several else 'is'} of type {left.type}, which it launches no more "
            f"({', '.join(left.launched)}): with the max pods that are declared, {pods} ({told.authority}), "
            f"{'they have' if several else 'it has'} room for {room.value}",
            label=f"room for {room.value}: {room.working}",
            effect=STUCK_PODS,
            fix=f"replace {'these instances' if several else 'this instance'}, as an instance refresh does; what kubelet "
            "was given there `kubectl get nodes -o json` tells (--inventory)",
            assumption="the instances were started with the max pods that are declared now",
            severity=Severity.WARNING,
            confidence=Confidence.LOW,
            evidence={
                "instances": list(left.ids),
                "instance_type": left.type,
                "launched": list(left.launched),
                "max_pods": pods,
                "room": room.value,
                "working": room.working,
                "auto_scaling_group": left.group,
            },
        )

    def _judge_nodes(self, nodes: LiveNodes, cluster: Cluster, assessment: Assessment) -> Finding | None:
        instance = assessment.catalog.find(nodes.type)
        if instance is None:
            raise Undecidable(Unknown(assessment.catalog.why_absent(nodes.type), cluster.span))
        group = next((one for one in assessment.world.node_groups if one.address == nodes.group), None)
        place = cluster if group is None else group
        room = assessment.room(instance, assessment.behavior(cluster.cni), place.span)
        pods = nodes.pods.need()
        if pods <= room.value:
            return None
        several = len(nodes.names) > 1
        names = ", ".join(nodes.names[:_MOST_NAMES]) + (", ..." if len(nodes.names) > _MOST_NAMES else "")
        return self.finding(
            place.span,
            place,
            f"{counted(len(nodes.names), 'running node')} of type {nodes.type} "
            f"{'allow' if several else 'allows'} {pods} pods{' each' if several else ''}, but "
            f"{'have' if several else 'has'} room for {room.value}: {names}",
            label=f"room for {room.value}: {room.working}",
            effect=STUCK_PODS,
            fix="bring the type and max pods together, here and in the Auto Scaling group; then replace these nodes",
            assumption=assumed_cni(cluster.cni),
            confidence=Confidence.MEDIUM if cluster.cni.declared_by is None else Confidence.HIGH,
            evidence={
                "nodes": list(nodes.names),
                "instance_type": nodes.type,
                "max_pods": pods,
                "room": room.value,
                "working": room.working,
            },
        )
