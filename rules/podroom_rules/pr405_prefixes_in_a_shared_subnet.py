"""PR405 pd-fragmented-subnet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import Share
from podroom.capacity.estimate import LoadState
from podroom.capacity.working import counted
from podroom.catalog import documents
from podroom.model.world import NodeGroup, Subnet
from podroom.records import dataclass
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.spaces import Grown, block_place, for_each_subnet, grown, undeclared
from podroom_rules.wording import joined

if TYPE_CHECKING:
    from podroom.capacity.subnet_forecast import BlocksForecast

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
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = element(["eu-west-1a", "eu-west-1b"], count.index)
  cidr_block        = cidrsubnet("10.0.255.0/24", 4, count.index)
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = aws_subnet.control_plane[*].id
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      ENABLE_PREFIX_DELEGATION = "true"
    }
  })
}

resource "aws_eks_node_group" "web" {
  depends_on      = [aws_eks_addon.vpc_cni]
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "web"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.nodes.id]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 4
  }
}
"""
_OTHERS = """
resource "aws_eks_cluster" "old" {
  name     = "old"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = aws_subnet.control_plane[*].id
  }
}

resource "aws_eks_node_group" "old" {
  cluster_name    = aws_eks_cluster.old.name
  node_group_name = "old"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.nodes.id]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 4
  }
}
"""
_RESERVATION = """
resource "aws_ec2_subnet_cidr_reservation" "prefixes" {
  subnet_id        = aws_subnet.nodes.id
  cidr_block       = "10.0.2.0/23"
  reservation_type = "%s"
}
"""
_TAG = '\n  tags              = { "kubernetes.io/role/internal-elb" = "1" }'


class PrefixesInASharedSubnet(Rule[NodeGroup]):
    """Nodes take prefixes of a subnet in which others take single addresses.

    A prefix is an aligned block of 16 addresses, and all of them must be free.  One address in it is enough to spoil it:
    that of a node without prefixes, or of a pod on such a node: one of another cluster, or of a Xen type.  EC2 does not say where it puts single
    addresses; in a subnet that is used they lie everywhere.  So hundreds of addresses may be free and not a single
    block of 16.  Then new nodes join without addresses for pods, which hang in ContainerCreating with

        failed to assign an IP address to container

    and aws-node's log (/var/log/aws-routed-eni/ipamd.log) says

        InsufficientCidrBlocks: The specified subnet does not have enough free cidr blocks to satisfy the request.

    This rule counts the blocks that nodes at their maximum number need, and takes every single address to spoil a block
    of its own.  It is a warning if blocks can lack when nodes run the pods that they are expected to run (16 unless
    configured otherwise: `expected_pods_per_node`), and for information if only full nodes would lack them.  Where the
    subnet has too few blocks even if nobody else is in it, PR201 says so.  Load balancers and the control plane take a
    few single addresses of nearly every subnet; where they are the only others, this rule is silent.

    Remedy: reserve a part of the subnet for prefixes (`aws_ec2_subnet_cidr_reservation` of type `prefix`) while it is
    still free, or give nodes with prefixes subnets of their own.
    """

    code = "PR405"
    name = "pd-fragmented-subnet"
    severity = Severity.WARNING
    subject = NodeGroup
    sources = (
        documents.EC2_PREFIXES,
        documents.EC2_CIDR_RESERVATIONS,
        documents.CNI_PREFIX_TARGETS,
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/1836",
    )
    bad = (
        Example.terraform(
            "4 nodes of another cluster take up to 120 single addresses",
            _CONFIGURATION % ("10.0.0.0/22", " # expect: PR405") + _OTHERS,
        ),
        Example.terraform(
            "the reserved part is too small",
            _CONFIGURATION % ("10.0.0.0/22", " # expect: PR405")
            + _OTHERS
            + (_RESERVATION % "prefix").replace("10.0.2.0/23", "10.0.2.0/26"),
        ),
        Example.terraform(
            "a part that is reserved for something else",
            _CONFIGURATION % ("10.0.0.0/22", " # expect: PR405") + _OTHERS + _RESERVATION % "explicit",
        ),
    )
    good = (
        Example.terraform("no other nodes are in the subnet", _CONFIGURATION % ("10.0.0.0/22", _TAG)),
        Example.terraform(
            "there are far more blocks than others can spoil", _CONFIGURATION % ("10.0.0.0/20", "") + _OTHERS
        ),
        Example.terraform(
            "a part of the subnet is reserved for prefixes",
            _CONFIGURATION % ("10.0.0.0/22", "") + _OTHERS + _RESERVATION % "prefix",
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the block of each subnet whose blocks of 16 others may spoil."""
        yield from for_each_subnet(self.code, subject, assessment, self._judge_subnet)

    def _judge_subnet(self, subnet: Subnet, assessment: Assessment) -> Iterator[Finding]:
        nodes = grown(subnet, assessment)
        if nodes is None or not nodes.full.prefixes:
            return
        others = [share for share in nodes.shares if not share.most_prefixes]
        if not others:
            return
        blocks = _blocks(subnet, assessment)
        state = next((one for one in (LoadState.EXPECTED, LoadState.SATURATED) if _may_lack(blocks, one)), None)
        if state is None:
            return
        from podroom.capacity.reservations import reserved_blocks  # noqa: PLC0415 - few subnets are shared so

        case = _Case(nodes, others, blocks, state, reserved_blocks(subnet))
        if case.reserved >= case.asked:
            return
        yield self._finding(subnet, case, assessment)

    def _finding(self, subnet: Subnet, case: _Case, assessment: Assessment) -> Finding:
        total = case.nodes.room.blocks
        expected = assessment.assumptions.expected_pods_per_node
        full = case.state is LoadState.SATURATED
        load = "full nodes" if full else f"nodes with {counted(expected, 'pod')} each"
        return self.finding(
            block_place(subnet),
            subnet,
            f"{load} need {case.asked} of this subnet's {total.value} blocks of 16 addresses for prefixes, "
            f"and {case.singles} single addresses may spoil the others",
            label=f"{total.working}, {case.asked} for prefixes; single addresses may leave "
            f"{max(0, total.value - case.singles)}",
            effect='Pods on new nodes hang in ContainerCreating with "failed to assign an IP address to container", though '
            "the subnet has free addresses; ipamd logs InsufficientCidrBlocks.",
            fix=_fix(subnet.cidr.need(), case),
            related=tuple(_notes(subnet, case)),
            assumption=joined(
                "EC2 may put each single address into a block of its own; it does not say where it puts them",
                None if full else f"a node is expected to run {expected} pods (expected_pods_per_node)",
                undeclared(case.nodes.shares, assessment),
            ),
            severity=Severity.INFO if full else Severity.WARNING,
            confidence=Confidence.LOW,
            evidence={
                "blocks": total.value,
                "prefixes": case.asked,
                "single_addresses": case.singles,
                "reserved_blocks": case.reserved,
                "state": case.state.value,
                "node_groups": [share.group.address for share in case.nodes.shares],
            },
        )


@dataclass(frozen=True, slots=True)
class _Case:
    """A subnet in which nodes need blocks that `others` may spoil at a `state` of load."""

    nodes: Grown
    others: Sequence[Share]
    blocks: BlocksForecast
    state: LoadState
    reserved: int

    @property
    def asked(self) -> int:
        """Return the blocks that prefixes take at the most."""
        return self.blocks.asked.of(self.state).most or 0

    @property
    def singles(self) -> int:
        """Return the addresses outside of prefixes, at the most."""
        return self.nodes.room.blocks.value - self.asked - (self.blocks.free.of(self.state).least or 0)


def _blocks(subnet: Subnet, assessment: Assessment) -> BlocksForecast:
    """Return what `podroom capacity` says of the blocks of a subnet."""
    from podroom.capacity.forecast import forecast  # noqa: PLC0415 - few subnets are shared so

    found = assessment.remember(("forecast",), lambda: forecast(assessment)).subnets
    blocks = next(one.blocks for one in found if one.subnet is subnet)
    assert blocks is not None  # noqa: S101 - nodes take prefixes of it
    return blocks


def _may_lack(blocks: BlocksForecast, state: LoadState) -> bool:
    free = blocks.free.of(state)
    if free.least is not None and free.least >= 0:
        return False
    if free.gaps:
        raise Undecidable(free.gaps[0])
    return True


def _fix(cidr: str, case: _Case) -> str:
    from podroom.capacity.reservations import reservation_for  # noqa: PLC0415 - few subnets are shared so

    new_bits = reservation_for(cidr, case.nodes.full.prefixes) or reservation_for(cidr, case.asked)
    if new_bits is None:
        return "give nodes with prefixes a larger subnet of their own"
    return (
        "reserve a part for prefixes while it is free: aws_ec2_subnet_cidr_reservation with "
        f"cidr_block = cidrsubnet(BLOCK, {new_bits}, 1), BLOCK being the one of this subnet, and reservation_type = "
        '"prefix"; or give nodes with prefixes subnets of their own'
    )


def _notes(subnet: Subnet, case: _Case) -> Iterator[Note]:
    for share in case.nodes.shares:
        how = "single addresses" if share in case.others else "prefixes"
        yield Note(f"{counted(share.nodes.value, 'node')} in this zone with {how}", share.group.span)
    for reservation in subnet.reservations:
        yield Note(f"reserved; {counted(case.reserved, 'block')} in all", reservation.span)
