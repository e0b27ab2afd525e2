"""PR204 cluster-subnet-headroom."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import asked_when_full, control_planes_in
from podroom.capacity.subnets import (
    CONTROL_PLANE_INTERFACES,
    CONTROL_PLANE_UPDATE,
    control_plane_reserve,
    sufficient_prefix_length,
)
from podroom.capacity.working import counted
from podroom.catalog import documents
from podroom.model.world import NodeGroup, Subnet
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom_rules.spaces import block_place, for_each_subnet, grown, node_notes, state_of, undeclared

_CONFIGURATION = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "%s"%s
}

resource "aws_subnet" "control_plane" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1b"
  cidr_block        = "10.0.1.0/28"
}

resource "aws_subnet" "others" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.1.16/28"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.control_plane.id, %s]
  }
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.nodes.id]
  instance_types  = ["%s"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = %s
  }
  update_config {
    update_strategy = "MINIMAL"
  }
}
"""

_EKSCTL = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
vpc:
  cidr: %s
managedNodeGroups:
  - name: workers
    instanceType: t3.small
    maxSize: 6
    updateConfig:
      updateStrategy: MINIMAL
"""


class ControlPlaneWithoutAddresses(Rule[NodeGroup]):
    """Nodes leave the control plane too few addresses for an update of the cluster.

    The control plane has network interfaces in the subnets that the cluster is made with.  For a new version of
    Kubernetes, and for some other changes, Amazon EKS makes new ones before it removes the old: that takes up to five
    free addresses of these subnets, beside the two to four that the control plane has already and which may all be in
    one subnet.  Nodes and pods in the same subnets do not leave any for it, and the shortage shows
    on the day of the upgrade, which Amazon EKS refuses; the health of the cluster says

        InsufficientFreeAddresses: One or more of the subnets associated with your cluster does not have enough
        available IP addresses for Amazon EKS to perform cluster management operations.

    This rule adds up what all nodes at their maximum number take.  Where they are too many for the subnet even without
    the control plane, PR201 says so and this rule does not.  A small subnet with nothing else in it, a /28 for
    instance, is what AWS recommends for the control plane, and is no fault.

    Remedy: give the cluster subnets of its own, or nodes larger ones.  The subnets of a cluster can be changed later
    (`subnet_ids`), within the same availability zones.
    """

    code = "PR204"
    name = "cluster-subnet-headroom"
    severity = Severity.WARNING
    subject = NodeGroup
    sources = (
        documents.EKS_NETWORK_REQUIREMENTS,
        documents.EC2_CREATE_SUBNET,
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_ClusterIssue.html",
        "https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
        "https://github.com/aws/containers-roadmap/issues/1693",
    )
    bad = (
        Example.terraform(
            "full nodes leave 3 addresses of 27",
            _CONFIGURATION % ("10.0.0.0/27", " # expect: PR204", "aws_subnet.nodes.id", "t3.small", 2),
        ),
        Example.terraform(
            "full nodes leave 5 addresses, of which the control plane has 4",
            _CONFIGURATION % ("10.0.0.0/26", " # expect: PR204", "aws_subnet.nodes.id", "t3.medium", 3),
        ),
        Example.eksctl("eksctl divides a /24 into eight subnets", _EKSCTL % "10.0.0.0/24 # expect: PR204"),
    )
    good = (
        Example.terraform(
            "the control plane has small subnets of its own",
            _CONFIGURATION % ("10.0.0.0/27", "", "aws_subnet.others.id", "t3.small", 2),
        ),
        Example.terraform(
            "full nodes leave more than the 9 addresses",
            _CONFIGURATION % ("10.0.0.0/26", "", "aws_subnet.nodes.id", "t3.medium", 2),
        ),
        Example.eksctl("eksctl divides a larger block", _EKSCTL % "10.0.0.0/20"),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the block of each subnet in which nodes leave the control plane too little."""
        yield from for_each_subnet(self.code, subject, assessment, self._judge_subnet)

    def _judge_subnet(self, subnet: Subnet, assessment: Assessment) -> Iterator[Finding]:
        nodes = grown(subnet, assessment)
        if nodes is None or nodes.left >= control_plane_reserve().addresses:
            return
        use = next(control_planes_in(subnet, assessment), None)
        if use is None:
            return
        one_pod = nodes.left_with_one_pod < control_plane_reserve().addresses
        asked = nodes.one_pod if one_pod else nodes.full
        beside = asked_when_full(nodes.shares, [control_plane_reserve()])
        length = sufficient_prefix_length(beside.addresses.value, beside.prefixes)
        assumed = undeclared(nodes.shares, assessment)
        left = nodes.left_with_one_pod if one_pod else nodes.left
        several = nodes.count > 1
        yield self.finding(
            block_place(subnet),
            subnet,
            f"{counted(nodes.count, 'node')} {state_of(nodes.count, one_pod=one_pod)} {'leave' if several else 'leaves'} "
            f"the control plane {counted(left, 'address', 'addresses') if left else 'no address'}, "
            f"which takes up to {CONTROL_PLANE_INTERFACES}, and {CONTROL_PLANE_UPDATE} more for an update of the cluster",
            label=f"{subnet.cidr.need()} has {nodes.room.addresses.working}; nodes take {asked.addresses.working}",
            effect="Amazon EKS refuses to update the cluster until addresses are free; the cluster's health says "
            "InsufficientFreeAddresses.",
            fix=("use several subnets" if length is None else f"a /{length} would do for both")
            + "; or give the cluster subnets of its own, for which a /28 in each zone is enough",
            assumption=assumed,
            related=(
                Note("the control plane is in this subnet, too", use.span),
                *node_notes(nodes.shares, one_pod=one_pod),
            ),
            confidence=Confidence.MEDIUM if assumed else Confidence.HIGH,
            evidence={
                "usable": nodes.room.addresses.value,
                "demand": asked.addresses.value,
                "working": asked.addresses.working,
                "left": left,
                "needed": control_plane_reserve().addresses,
                "nodes": nodes.count,
                "state": "one pod" if one_pod else "saturated",
                "node_groups": [share.group.address for share in nodes.shares],
            },
        )
