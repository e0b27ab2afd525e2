"""PR206 lb-subnet-headroom."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.demand import asked_when_full, control_planes_in, load_balancer_tag, space
from podroom.capacity.subnets import (
    LOAD_BALANCER_LONGEST_PREFIX,
    LOAD_BALANCER_REQUIRED,
    control_plane_reserve,
    load_balancer_reserve,
    sufficient_prefix_length,
    usable_addresses,
)
from podroom.capacity.working import Figure, counted
from podroom.catalog import documents
from podroom.model.world import Subnet, SubnetUse
from podroom.records import dataclass
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Known, Undecidable, Unknown, place_of
from podroom_rules.spaces import Grown, block_place, grown, node_notes, undeclared
from podroom_rules.subjects import for_load_balancers

_CONFIGURATION = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "public" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "%s"%s
  tags = {
    %s
  }
}

resource "aws_subnet" "control_plane" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = element(["eu-west-1b", "eu-west-1c"], count.index)
  cidr_block        = cidrsubnet("10.0.1.0/24", 4, count.index)
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = aws_subnet.control_plane[*].id
  }
}
"""
_NODES = """
resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.public.id]
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
_EFFECT = (
    "The AWS Load Balancer Controller passes over this subnet (unable to resolve at least one subnet), and load balancers "
    'that are there cannot grow ("Not enough IP space available in subnet").'
)
_PUBLIC = '"kubernetes.io/role/elb" = "1"'
_INTERNAL = '"kubernetes.io/role/internal-elb" = "1"'


class LoadBalancersWithoutAddresses(Rule[Subnet]):
    """A subnet that is tagged for load balancers has no addresses for them.

    The AWS Load Balancer Controller puts load balancers into subnets with the tag `kubernetes.io/role/elb` or
    `kubernetes.io/role/internal-elb`.  It passes over a subnet that has fewer than eight free addresses, and Elastic
    Load Balancing asks for a block of /27 or larger with eight free addresses, which an Application Load Balancer takes
    as it grows.  Where nodes and their pods share the subnet, they take these addresses, and the Ingress has none:

        couldn't auto-discover subnets: unable to resolve at least one subnet

    Load balancers that are there already cannot replace their nodes or grow: "Not enough IP space available in
    subnet".  This rule adds up what all nodes at their maximum number take, and the five addresses of an update of the
    control plane where it is in the subnet.  Where nodes alone are too many, PR201 says so.

    Remedy: a larger block, nodes in subnets of their own, or no such tag on this subnet.
    """

    code = "PR206"
    name = "lb-subnet-headroom"
    severity = Severity.WARNING
    subject = Subnet
    concerns = staticmethod(for_load_balancers)
    sources = (
        documents.LOAD_BALANCER_SUBNETS,
        documents.ELASTIC_LOAD_BALANCING_SUBNETS,
        documents.EKS_NETWORK_REQUIREMENTS,
    )
    bad = (
        Example.terraform("a /28 for load balancers", _CONFIGURATION % ("10.0.0.0/28", " # expect: PR206", _PUBLIC)),
        Example.terraform(
            "full nodes leave 5 addresses of 59",
            _CONFIGURATION % ("10.0.0.0/26", " # expect: PR206", _INTERNAL) + _NODES % ("t3.medium", 3),
        ),
        Example.terraform(
            "full nodes leave 11 addresses, of which the control plane needs 5",
            (_CONFIGURATION % ("10.0.0.0/26", " # expect: PR206", _PUBLIC) + _NODES % ("t3.small", 4)).replace(
                "aws_subnet.control_plane[*].id", "[aws_subnet.control_plane[0].id, aws_subnet.public.id]"
            ),
        ),
    )
    good = (
        Example.terraform("a /27 with nothing else in it", _CONFIGURATION % ("10.0.0.0/27", "", _PUBLIC)),
        Example.terraform(
            "full nodes leave 11 addresses",
            _CONFIGURATION % ("10.0.0.0/26", "", _INTERNAL) + _NODES % ("t3.small", 4),
        ),
        Example.terraform("a small subnet for something else", _CONFIGURATION % ("10.0.0.0/28", "", 'Tier = "intra"')),
        Example.terraform(
            "a tag that keeps load balancers out",
            _CONFIGURATION % ("10.0.0.0/28", "", _PUBLIC.replace('"1"', '"0"')),
        ),
    )

    def judge(self, subject: Subnet, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the block of a tagged subnet that is too small or has too little left."""
        tag = load_balancer_tag(subject)
        room = space(subject).addresses
        if room.value < usable_addresses(LOAD_BALANCER_LONGEST_PREFIX).value:
            yield self._too_small(subject, room, _known(tag))
            return
        shortage = _shortage(subject, assessment)
        if shortage is not None:
            yield self._finding(subject, shortage, _known(tag), assessment)

    def _too_small(self, subnet: Subnet, room: Figure, tag: Known[str]) -> Finding:
        return self.finding(
            block_place(subnet),
            subnet,
            f"this subnet is tagged for load balancers, but an Application Load Balancer needs a "
            f"/{LOAD_BALANCER_LONGEST_PREFIX} or larger",
            label=f"{subnet.cidr.need()} has {room.working}",
            effect='An Application Load Balancer there cannot grow or replace its nodes ("Not enough IP space available '
            'in subnet").',
            fix=f"a /{LOAD_BALANCER_LONGEST_PREFIX} would do; or remove {tag.value} from this subnet",
            related=(Note("load balancers may come here", place_of(tag.origin, subnet.span)),),
            confidence=Confidence.MEDIUM,
            evidence={"usable": room.value, "tag": tag.value},
        )

    def _finding(self, subnet: Subnet, case: _Shortage, tag: Known[str], assessment: Assessment) -> Finding:
        nodes, reserves = case.nodes, [load_balancer_reserve()]
        beside = ""
        if case.control_plane is not None:
            reserves.append(control_plane_reserve())
            beside = " and an update of the control plane"
        needed = asked_when_full(nodes.shares, reserves)
        length = sufficient_prefix_length(needed.addresses.value, needed.prefixes)
        assumed = undeclared(nodes.shares, assessment)
        return self.finding(
            block_place(subnet),
            subnet,
            f"{counted(nodes.count, 'full node')}{beside} {'leave' if nodes.count > 1 or beside else 'leaves'} load "
            f"balancers {case.left} of the {LOAD_BALANCER_REQUIRED} addresses that they need",
            label=f"{subnet.cidr.need()} has {nodes.room.addresses.working}; nodes take {nodes.full.addresses.working}",
            effect=_EFFECT,
            fix=("use several subnets" if length is None else f"a /{length} would do for all")
            + f"; or remove {tag.value} from this subnet",
            assumption=assumed,
            related=(
                Note("load balancers may come here", place_of(tag.origin, subnet.span)),
                *((Note("so does the control plane", case.control_plane.span),) if case.control_plane else ()),
                *node_notes(nodes.shares, one_pod=False),
            ),
            confidence=Confidence.MEDIUM if assumed else Confidence.HIGH,
            evidence={
                "usable": nodes.room.addresses.value,
                "demand": nodes.full.addresses.value,
                "left": case.left,
                "needed": LOAD_BALANCER_REQUIRED,
                "tag": tag.value,
                "node_groups": [share.group.address for share in nodes.shares],
            },
        )


@dataclass(frozen=True, slots=True)
class _Shortage:
    """Full nodes, and the control plane if it is in the subnet, which leave load balancers too little."""

    nodes: Grown
    control_plane: SubnetUse | None
    left: int


def _shortage(subnet: Subnet, assessment: Assessment) -> _Shortage | None:
    """Return what leaves load balancers too little; None if nothing does, or PR201 or PR204 say so."""
    nodes = grown(subnet, assessment)
    if nodes is None or nodes.left >= LOAD_BALANCER_REQUIRED + control_plane_reserve().addresses:
        return None
    uses, unknown = collect(control_planes_in(subnet, assessment))
    if not uses and unknown is not None:
        raise Undecidable(unknown)
    use = next(iter(uses), None)
    left = nodes.left - (0 if use is None else control_plane_reserve().addresses)
    return _Shortage(nodes, use, left) if 0 <= left < LOAD_BALANCER_REQUIRED else None


def _known(tag: Known[str | None] | Unknown) -> Known[str]:
    """Return the tag; raises `Undecidable` if it is not known whether there is one."""
    name = tag.need()
    assert name is not None  # noqa: S101 - the caller has looked
    return Known(name, tag.origin)
