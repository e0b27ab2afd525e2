"""PR203 warm-pool-waste."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.demand import Share, Space, asked_with_one_pod, shares_of, space, subnets_of
from podroom.capacity.working import counted
from podroom.catalog import documents
from podroom.model.world import NodeGroup, Subnet
from podroom.positions import Span
from podroom.records import dataclass
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom_rules.wording import article, type_note

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
  cidr_block        = "10.0.0.0/17"
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
    together hold more than 15 % of the subnet.  Where all groups hold more than all of it, PR201 speaks instead.
    Groups of one cluster are one finding, for they have one cause.

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
    good = (
        Example.terraform("addresses are counted one by one", _CONFIGURATION % (_LEAN, "")),
        Example.terraform(
            "49 nodes hold 4,900 addresses, which is less than 15 % of 32,763",
            (_CONFIGURATION % ("", "")).replace("= 50", "= 49"),
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding if the group's warm pools hold much of a subnet for few pods."""
        for waste in _wastes(subject, assessment):
            yield self._finding(assessment, waste)

    def _finding(self, assessment: Assessment, waste: _Waste) -> Finding:
        share = waste.share
        settings = assessment.cluster(share.group).cni
        resolved, held = share.lightest.resolved, share.lightest.load.one_pod
        expected = assessment.assumptions.expected_pods_per_node
        name = resolved.instance.name
        nodes = counted(share.nodes.value, "node")
        alone = share.nodes.value == 1
        declared = settings.find("WARM_ENI_TARGET")
        place = declared.span if declared else _first_place(share.group, assessment)
        own_place = () if place == resolved.span else (resolved,)
        return self.finding(
            place,
            share.group,
            f"{counted(share.nodes.value, f'{name} node')} with one pod {'holds' if alone else 'each hold'} "
            f"{waste.together:,} of this zone's {waste.usable:,} addresses",
            label=f"with one pod a node takes {held.working}",
            effect="The subnet runs dry long before the nodes are full; pods then hang in ContainerCreating with "
            '"failed to assign an IP address to container".',
            fix=f'set WARM_IP_TARGET = "{_WARM_IP_TARGET}" and MINIMUM_IP_TARGET = "{expected}" for aws-node '
            f"(a node with one pod then takes {1 + expected} addresses)",
            assumption=f"a node is expected to run {expected} pods (expected_pods_per_node)",
            related=(
                Note(f"{waste.usable:,} usable addresses in this subnet", waste.subnet.span),
                Note(f"{nodes} in this zone: {share.nodes.working}", share.group.span),
                *(type_note(own, f"{article(name)} node with one pod takes {held.total}") for own in own_place),
            ),
            confidence=Confidence.MEDIUM,
            evidence={
                "instance_type": name,
                "addresses_with_one_pod": held.total,
                "working": held.working,
                "nodes": share.nodes.value,
                "together": waste.together,
                "usable": waste.usable,
                "expected_pods_per_node": expected,
            },
        )


@dataclass(frozen=True, slots=True)
class _Waste:
    """A subnet of which the nodes of one group hold `together` addresses with one pod on each."""

    subnet: Subnet
    share: Share
    together: int
    usable: int


def _wastes(group: NodeGroup, assessment: Assessment) -> Iterator[_Waste]:
    """Iterate over the subnets of which a group holds much for few pods."""
    expected = assessment.assumptions.expected_pods_per_node
    for subnet in subnets_of(group, assessment):
        shares = assessment.remember(("PR203 shares", id(subnet)), partial(_shares_by_group, subnet, assessment))
        own = shares.get(group.address, ())
        if not own:
            continue
        room = space(subnet)
        # With one more share the subnet may run dry, and then PR201 speaks.
        if not assessment.remember(("PR203 holds", id(subnet)), partial(_holds_all, room, shares)):
            continue
        for share in own:
            held = share.lightest.load.one_pod
            together = share.nodes.value * held.total
            if held.total < _TIMES_EXPECTED * expected:
                continue
            if _SHARE_OF_SUBNET_PERCENT * room.addresses.value < 100 * together:
                yield _Waste(subnet, share, together, room.addresses.value)


def _shares_by_group(subnet: Subnet, assessment: Assessment) -> dict[str, list[Share]]:
    """Return the shares that groups have in a subnet; raises `Undecidable` if they are not all known."""
    by_group: dict[str, list[Share]] = {}
    for share in list(shares_of(subnet, assessment)):
        if share.nodes.value:
            by_group.setdefault(share.group.address, []).append(share)
    return by_group


def _holds_all(room: Space, shares: Mapping[str, Sequence[Share]]) -> bool:
    return room.holds(asked_with_one_pod([share for several in shares.values() for share in several]))


def _first_place(group: NodeGroup, assessment: Assessment) -> Span:
    """Return the place for the groups of one cluster: they have one cause, so the first of them stands for all."""
    cluster = assessment.cluster(group)
    for other in assessment.world.node_groups:
        if other.cluster.need() == cluster.address:
            first = next(iter(collect(_wastes(other, assessment))[0]), None)
            if first is not None:
                return first.share.lightest.resolved.span
    return group.span
