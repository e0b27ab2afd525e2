"""PR201 subnet-too-small-saturated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.demand import (
    Asked,
    Share,
    Space,
    asked_when_full,
    asked_with_one_pod,
    control_planes_in,
    shares_of,
    space,
)
from podroom.capacity.subnets import Reserve, control_plane_reserve, node_load, sufficient_prefix_length
from podroom.catalog import documents
from podroom.model.world import NodeGroup, Subnet, Vpc
from podroom.records import dataclass, replace
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, place_of
from podroom_rules.spaces import block_place, for_each_subnet, node_notes, shortage, shortage_sum, undeclared

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
    grown to their maximum size, evenly spread over availability zones.  With prefix delegation it also counts blocks:
    a prefix is an aligned block of 16 addresses, and the first and the last block of a subnet are never whole, because
    EC2 reserves addresses in them.  A /27 has no block for a prefix, a /26 has two.

    It is an error if the subnet runs dry with a single pod on every node, a warning if it does when the nodes are full.
    From then on new nodes join, but their pods hang in ContainerCreating with

        failed to assign an IP address to container

    and aws-node's log (/var/log/aws-routed-eni/ipamd.log) says InsufficientFreeAddressesInSubnet, or
    InsufficientCidrBlocks with prefix delegation.  With custom networking it is the pods' subnet that runs dry like this;
    nodes whose own subnet is full do not start at all.

    Remedy: larger subnets, fewer nodes, a smaller warm pool (`WARM_IP_TARGET` with `MINIMUM_IP_TARGET`), or pods in
    subnets of a secondary block (custom networking).
    """

    code = "PR201"
    name = "subnet-too-small-saturated"
    severity = Severity.ERROR
    subject = NodeGroup
    sources = (
        documents.EC2_CREATE_SUBNET,
        documents.EC2_PREFIXES,
        documents.CNI_ENI_TARGETS,
        documents.EKS_NETWORK_REQUIREMENTS,
    )
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
        yield from for_each_subnet(self.code, subject, assessment, self._judge_subnet)

    def _judge_subnet(self, subject: Subnet, assessment: Assessment) -> Iterator[Finding]:
        shares, unknown = collect(shares_of(subject, assessment))
        shares = [share for share in shares if share.nodes.value]
        if shares:
            room = space(subject)
            one_pod, full = asked_with_one_pod(shares), asked_when_full(shares, ())
            beside = asked_when_full(shares, _reserves(subject, assessment))
            if not room.holds(one_pod):
                yield self._finding(subject, assessment, _Case(shares, room, one_pod, beside, one_pod=True))
            elif not room.holds(full):
                yield self._finding(subject, assessment, _Case(shares, room, full, beside, one_pod=False))
        if unknown is not None:
            raise Undecidable(unknown)

    def _finding(self, subnet: Subnet, assessment: Assessment, case: _Case) -> Finding:
        assumed = undeclared(case.shares, assessment)
        from podroom.capacity.vpc_room import full_vpc  # noqa: PLC0415 - most subnets are large enough

        asked, room = case.asked, case.room
        length = sufficient_prefix_length(asked.addresses.value, asked.prefixes)
        vpc = None if length is None else full_vpc(subnet, length, assessment)
        no_block = () if vpc is None else (_no_block(vpc, length),)
        return self.finding(
            block_place(subnet),
            subnet,
            shortage(case.shares, room, asked, one_pod=case.one_pod),
            label=shortage_sum(subnet.cidr.need(), room, asked),
            effect=_effect(case),
            fix=_fix(assessment, case, vpc),
            assumption=assumed,
            related=(*node_notes(case.shares, one_pod=case.one_pod), *no_block),
            severity=Severity.ERROR if case.one_pod else Severity.WARNING,
            confidence=Confidence.MEDIUM if assumed else Confidence.HIGH,
            evidence={
                "usable": room.addresses.value,
                "demand": asked.addresses.value,
                "working": asked.addresses.working,
                "free_prefix_blocks": room.blocks.value,
                "prefixes": asked.prefixes,
                "nodes": sum(share.nodes.value for share in case.shares),
                "state": "one pod" if case.one_pod else "saturated",
                "node_groups": [share.group.address for share in case.shares],
            },
        )


@dataclass(frozen=True, slots=True)
class _Case:
    """A subnet that cannot hold what is asked of it, and what full nodes would ask beside the control plane."""

    shares: Sequence[Share]
    room: Space
    asked: Asked
    full: Asked
    one_pod: bool


def _effect(case: _Case) -> str:
    if not any(share.holds_pods for share in case.shares):
        return (
            "The last nodes do not start: EC2 refuses to launch them with InsufficientFreeAddressesInSubnet "
            "(activity history of the Auto Scaling group)."
        )
    code = "InsufficientFreeAddressesInSubnet" if case.asked.prefixes == 0 else "InsufficientCidrBlocks"
    return (
        'New nodes join, and their pods hang in ContainerCreating with "failed to assign an IP address to '
        f'container"; ipamd logs {code}.'
    )


def _no_block(vpc: Vpc, length: int | None) -> Note:
    """Return a note at the primary block of a VPC in which no such block is left."""
    return Note(f"no /{length} is left in this VPC", place_of(vpc.cidrs.items[0].origin, vpc.span))


def _fix(assessment: Assessment, case: _Case, full_vpc: Vpc | None) -> str:
    """Return the block that would do and, where the warm pool is what fills the subnet, its settings.

    `full_vpc` is the VPC if it has no such block left.
    """
    sizes = [sufficient_prefix_length(asked.addresses.value, asked.prefixes) for asked in (case.asked, case.full)]
    least, full = sizes
    if least is None:
        ways = ["no subnet is that large: use several, or fewer nodes"]
    elif least == full:
        ways = [f"a /{least} would do"]
    else:
        larger = f"a /{full}" if full is not None else "several subnets"
        more = "for full nodes" if case.one_pod else "with the control plane beside them"
        ways = [f"a /{least} would do for {'one pod on each node' if case.one_pod else 'full nodes'}, {larger} {more}"]
    if case.asked.prefixes and least is not None:
        ways[0] += " (with an aws_ec2_subnet_cidr_reservation of type prefix, so that its blocks stay whole)"
    if full_vpc is not None:
        ways[0] += (
            ", for which the VPC has no block left: associate another one with it (aws_vpc_ipv4_cidr_block_association), "
            "for instance of 100.64.0.0/10"
        )
    lean = _lean(assessment, case) if case.one_pod else None
    if lean is not None and case.room.holds(lean):
        ways.append(
            f'WARM_IP_TARGET = "{_WARM_IP_TARGET}" with MINIMUM_IP_TARGET = '
            f'"{assessment.assumptions.expected_pods_per_node}" '
            f"brings the nodes down to {lean.addresses.value:,} addresses"
        )
    return "; or ".join(ways)


def _lean(assessment: Assessment, case: _Case) -> Asked:
    """Return what the nodes would ask with a single pod each if ipamd counted addresses instead of interfaces."""
    shares = []
    for share in case.shares:
        candidate = share.lightest
        cni = replace(
            assessment.cni(share.group),
            warm_ip_target=_WARM_IP_TARGET,
            minimum_ip_target=assessment.assumptions.expected_pods_per_node,
        )
        load = node_load(
            candidate.resolved.instance,
            cni,
            max_pods=candidate.max_pods,
            host_network_pods=assessment.assumptions.host_network_pods,
        )
        prefixes = share.nodes.value * load.one_pod.prefixes if share.holds_pods else 0
        shares.append(replace(share, lightest=replace(candidate, load=load), fewest_prefixes=prefixes))
    return asked_with_one_pod(shares)


def _reserves(subnet: Subnet, assessment: Assessment) -> list[Reserve]:
    """Return what the control plane needs in the subnet; subnets that are not known are no reason to add to it."""
    return [control_plane_reserve()] if collect(control_planes_in(subnet, assessment))[0] else []
