"""PR201 subnet-too-small-saturated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.demand import Share, shares_of, subnets_of, usable
from podroom.capacity.subnets import RESERVED_BY_EC2, Reserve, control_plane_reserve, subnet_demand
from podroom.capacity.warm_pool import node_addresses
from podroom.capacity.working import Figure
from podroom.catalog import documents
from podroom.model.world import NodeGroup, Subnet
from podroom.positions import Span
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Default, Known, Undecidable

_LARGEST = 16
_WARM_IP_TARGET = 2
_CONFIGURATION = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = %s
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.nodes.id]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 20
  }
}
"""


class SubnetTooSmall(Rule[NodeGroup]):
    """A subnet has fewer addresses than its nodes take at their maximum number.

    Every pod has an address of the subnet, and the VPC CNI takes more than that: with its defaults a node holds a
    whole spare interface full of addresses.  This rule adds up what all node groups put into a subnet when they have
    grown to their maximum size, evenly spread over availability zones.

    It is an error if the subnet is empty with a single pod on every node, a warning if it is when the nodes are full.
    From then on new nodes join, but their pods hang in ContainerCreating with

        failed to assign an IP address to container

    and aws-node's log (/var/log/aws-routed-eni/ipamd.log) says InsufficientFreeAddressesInSubnet, or
    InsufficientCidrBlocks with prefix delegation.

    Remedy: larger subnets, fewer nodes, a smaller warm pool (`WARM_IP_TARGET` with `MINIMUM_IP_TARGET`), or pods in
    subnets of a secondary block (custom networking).
    """

    code = "PR201"
    name = "subnet-too-small-saturated"
    severity = Severity.ERROR
    subject = NodeGroup
    sources = (documents.EC2_CREATE_SUBNET, documents.CNI_ENI_TARGETS, documents.EKS_NETWORK_REQUIREMENTS)
    bad = (
        Example.terraform(
            "20 nodes with one pod each take 400 addresses of 251",
            _CONFIGURATION % '"10.0.0.0/24" # expect: PR201',
        ),
        Example.terraform("full nodes take 600 addresses of 507", _CONFIGURATION % '"10.0.0.0/23" # expect: PR201'),
    )
    good = (Example.terraform("room for 20 full nodes", _CONFIGURATION % '"10.0.0.0/22"'),)

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the block of each subnet that all its nodes together may empty."""
        for subnet in subnets_of(subject, assessment):
            yield from self._judge_subnet(subnet, assessment)

    def _judge_subnet(self, subject: Subnet, assessment: Assessment) -> Iterator[Finding]:
        shares, unknown = collect(shares_of(subject, assessment))
        shares = [share for share in shares if share.nodes.value]
        if shares:
            room = usable(subject)
            reserves = self._reserves(subject, assessment)
            one_pod = subnet_demand([share.with_one_pod() for share in shares]).one_pod
            full = subnet_demand([share.when_full() for share in shares], reserves).saturated
            if one_pod.value > room.value:
                yield self._finding(subject, assessment, shares, room, one_pod, one_pod=True)
            elif full.value > room.value:
                yield self._finding(subject, assessment, shares, room, full, one_pod=False)
        if unknown is not None:
            raise Undecidable(unknown)

    @staticmethod
    def _reserves(subnet: Subnet, assessment: Assessment) -> list[Reserve]:
        """Return what the control plane needs in the subnet; subnets that are not known are no reason to add to it."""
        for cluster in assessment.world.clusters:
            for use in cluster.subnets:
                if subnet.address in _addresses(use.subnet):
                    return [control_plane_reserve()]
        return []

    def _finding(
        self,
        subnet: Subnet,
        assessment: Assessment,
        shares: Sequence[Share],
        room: Figure,
        demand: Figure,
        *,
        one_pod: bool,
    ) -> Finding:
        state = "with a single pod each" if one_pod else "when they are full"
        nodes = sum(share.nodes.value for share in shares)
        origin = subnet.cidr.origin
        span: Span = subnet.span if isinstance(origin, Default) else origin
        notes = [
            Note(
                f"{share.nodes.value} nodes in this zone: {share.nodes.working}; "
                f"each takes {(share.lightest.load.one_pod if one_pod else share.heaviest.load.saturated).working}",
                _size_place(share),
            )
            for share in shares
        ]
        undeclared = any(assessment.cluster(share.group).cni.declared_by is None for share in shares)
        return self.finding(
            span,
            subnet,
            f"{nodes} nodes {state} take {demand.value:,} addresses, but this subnet has {room.value:,}",
            label=f"{subnet.cidr.need()} has {room.working}; the nodes take {demand.working}",
            effect='New nodes join, and their pods hang in ContainerCreating with "failed to assign an IP address to '
            'container"; ipamd logs InsufficientFreeAddressesInSubnet.',
            fix=self._fix(assessment, shares, room, demand, one_pod=one_pod),
            assumption="nothing here configures the VPC CNI, so the defaults that Amazon EKS installs are assumed"
            if undeclared
            else None,
            related=tuple(notes),
            severity=Severity.ERROR if one_pod else Severity.WARNING,
            confidence=Confidence.MEDIUM if undeclared else Confidence.HIGH,
            evidence={
                "usable": room.value,
                "demand": demand.value,
                "working": demand.working,
                "nodes": nodes,
                "state": "one pod" if one_pod else "saturated",
                "node_groups": [share.group.address for share in shares],
            },
        )

    @staticmethod
    def _fix(assessment: Assessment, shares: Sequence[Share], room: Figure, demand: Figure, *, one_pod: bool) -> str:
        """Return the block that would do and, where the warm pool is what fills the subnet, its settings."""
        length = 32 - (demand.value + RESERVED_BY_EC2 - 1).bit_length()
        ways = (
            [f"a /{length} would do"]
            if length >= _LARGEST
            else ["no subnet is that large: use several, or fewer nodes"]
        )
        expected = assessment.assumptions.expected_pods_per_node
        if one_pod:
            lean = 0
            for share in shares:
                cni = replace(assessment.cni(share.group), warm_ip_target=_WARM_IP_TARGET, minimum_ip_target=expected)
                candidate = share.lightest
                addresses = node_addresses(candidate.resolved.instance, cni, max_pods=candidate.max_pods, pods=1)
                lean += share.nodes.value * addresses.total
            if lean <= room.value:
                ways.append(
                    f'WARM_IP_TARGET = "{_WARM_IP_TARGET}" with MINIMUM_IP_TARGET = "{expected}" '
                    f"brings the nodes down to {lean:,} addresses"
                )
        return "; or ".join(ways)


def _addresses(value: object) -> tuple[str, ...]:
    return (value.value,) if isinstance(value, Known) else ()


def _size_place(share: Share) -> Span:
    origin = share.group.maximum_size.origin
    return share.group.span if isinstance(origin, Default) else origin
