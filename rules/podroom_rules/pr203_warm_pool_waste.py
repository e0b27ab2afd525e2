"""PR203 warm-pool-waste."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import Share, shares_of, subnets_of, usable
from podroom.catalog import documents
from podroom.model.world import NodeGroup, Subnet
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity

_TIMES_EXPECTED = 3
_SHARE_OF_SUBNET_PERCENT = 15
_WARM_IP_TARGET = 2
_CONFIGURATION = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/18"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.nodes.id]
  }
}
%s
resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.nodes.id]
  instance_types  = ["m6a.32xlarge"]%s
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 50
  }
}
"""
_LEAN = """
resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      WARM_IP_TARGET    = "2"
      MINIMUM_IP_TARGET = "16"
    }
  })
}
"""


class WarmPoolWaste(Rule[NodeGroup]):
    """Nodes hold many times more addresses than they run pods, and it shows in the subnet.

    With its defaults the VPC CNI keeps one whole interface of spare addresses on every node that runs a pod.  On a
    large instance type an interface has 30 or 50 addresses: an m6a.32xlarge with one pod holds 100.  A service with
    many large nodes and few pods empties a subnet that has thousands of addresses.

    This rule speaks if a node with one pod holds at least three times the addresses of the pods that it is expected to
    run (16 unless configured otherwise: `expected_pods_per_node`) and if all nodes of the group at its maximum size
    together hold more than 15 % of the subnet.  Where they hold more than all of it, PR201 speaks instead.

    Remedy: `WARM_IP_TARGET` together with `MINIMUM_IP_TARGET` counts addresses instead of interfaces.
    """

    code = "PR203"
    name = "warm-pool-waste"
    severity = Severity.WARNING
    subject = NodeGroup
    sources = (
        documents.CNI_ENI_TARGETS,
        documents.CNI_README,
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/1077",
    )
    bad = (
        Example.terraform(
            "50 nodes with one pod each hold 5,000 addresses",
            _CONFIGURATION % ("", " # expect: PR203"),
        ),
    )
    good = (Example.terraform("addresses are counted one by one", _CONFIGURATION % (_LEAN, "")),)

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding if the group's warm pools hold much of a subnet for few pods."""
        for subnet in subnets_of(subject, assessment):
            yield from self._judge_subnet(subject, subnet, assessment)

    def _judge_subnet(self, group: NodeGroup, subject: Subnet, assessment: Assessment) -> Iterator[Finding]:
        for share in shares_of(subject, assessment):
            if share.group is not group:
                continue
            held = share.lightest.load.one_pod
            expected = assessment.assumptions.expected_pods_per_node
            if share.nodes.value == 0 or held.total < _TIMES_EXPECTED * expected:
                continue
            room = usable(subject)
            together = share.nodes.value * held.total
            if not _SHARE_OF_SUBNET_PERCENT * room.value < 100 * together <= 100 * room.value:
                continue
            yield self._finding(subject, assessment, share, together, room.value)

    def _finding(self, subnet: Subnet, assessment: Assessment, share: Share, together: int, room: int) -> Finding:
        settings = assessment.cluster(share.group).cni
        resolved, held = share.lightest.resolved, share.lightest.load.one_pod
        expected = assessment.assumptions.expected_pods_per_node
        name = resolved.instance.name
        declared = settings.find("WARM_ENI_TARGET")
        place = declared.span if declared else resolved.span
        return self.finding(
            place,
            share.group,
            f"{share.nodes.value} {name} nodes with one pod each hold {together:,} of this zone's {room:,} addresses",
            label=f"with one pod a node takes {held.working}",
            effect="The subnet runs dry long before the nodes are full; pods then hang in ContainerCreating with "
            '"failed to assign an IP address to container".',
            fix=f'set WARM_IP_TARGET = "{_WARM_IP_TARGET}" and MINIMUM_IP_TARGET = "{expected}" for aws-node '
            f"(a node with one pod then takes {1 + expected} addresses)",
            assumption=f"a node is expected to run {expected} pods (expected_pods_per_node)",
            related=(
                Note(f"{room:,} usable addresses in this subnet", subnet.span),
                Note(f"{share.nodes.value} nodes in this zone: {share.nodes.working}", share.group.span),
            ),
            confidence=Confidence.MEDIUM,
            evidence={
                "instance_type": name,
                "addresses_with_one_pod": held.total,
                "working": held.working,
                "nodes": share.nodes.value,
                "together": together,
                "usable": room,
                "expected_pods_per_node": expected,
            },
        )
