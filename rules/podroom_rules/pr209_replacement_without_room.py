"""PR209 replacement-without-room."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import asked_when_full, asked_with_one_pod, shares_of, space
from podroom.capacity.working import counted
from podroom.catalog import documents
from podroom.model.world import NodeGroup, Subnet, World
from podroom.records import replace
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom_rules.plan_examples import changed, plan
from podroom_rules.spaces import block_place, for_each_subnet, grown, node_notes, state_of, undeclared
from podroom_rules.subjects import doubled

_CONFIGURATION = """
resource "aws_subnet" "nodes" {
  vpc_id            = "vpc-0aaaaaaaaaaaaaaaa"
  availability_zone = "eu-west-1a"
  cidr_block        = BLOCK
}

resource "aws_eks_node_group" "workers" {
  cluster_name           = "main"
  node_group_name_prefix = "workers-"
  node_role_arn          = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids             = [aws_subnet.nodes.id]
  instance_types         = ["m6i.large"]
  scaling_config {
    min_size     = 1
    desired_size = 5
    max_size     = 6
  }
  lifecycle {
    create_before_destroy = true
  }
}
"""
_SUBNET = {"id": "subnet-0aaaaaaaaaaaaaaaa", "availability_zone": "eu-west-1a"}


def _nodes(kind: str) -> dict[str, object]:
    sizes = [{"min_size": 1, "desired_size": 5, "max_size": 6}]
    names = {"cluster_name": "main", "subnet_ids": ["subnet-0aaaaaaaaaaaaaaaa"], "instance_types": [kind]}
    return {**names, "scaling_config": sizes}


def _plan(*actions: str) -> str:
    return plan(
        resource_changes=[
            changed("aws_subnet.nodes", _SUBNET, _SUBNET, ["no-op"]),
            changed("aws_eks_node_group.workers", _nodes("m5.large"), _nodes("m6i.large"), actions),
        ]
    )


class ReplacementWithoutRoom(Rule[NodeGroup]):
    """A plan replaces a node group, and for a while its subnets have to hold both.

    Another instance type, AMI type or subnet makes a new node group.  With `create_before_destroy` the old one goes only
    when all nodes of the new one are there: until then both sides take their addresses, with their pods that move from
    one to the other.  The subnets hold either of them, but not both: new nodes join, and their pods hang in
    ContainerCreating with

        failed to assign an IP address to container

    while the old nodes, which are drained last, keep their warm addresses.

    Both sides are counted at their desired size, other groups at their largest.  What the group takes later is PR201,
    and `podroom capacity --plan` shows it before and after.

    Remedy: make the desired size smaller for the time of the change, replace the groups one after the other, or use
    larger subnets.
    """

    code = "PR209"
    name = "replacement-without-room"
    severity = Severity.ERROR
    subject = NodeGroup
    concerns = staticmethod(doubled)
    sources = (
        documents.EC2_CREATE_SUBNET,
        documents.CNI_ENI_TARGETS,
        "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#create_before_destroy",
    )
    bad = (
        Example(
            "5 new nodes beside 5 old ones take 300 addresses of 251",
            {
                "main.tf": _CONFIGURATION.replace("BLOCK", '"10.0.0.0/24" # expect: PR209'),
                "plan.json": _plan("create", "delete"),
            },
        ),
    )
    good = (
        Example(
            "the old nodes go first",
            {"main.tf": _CONFIGURATION.replace("BLOCK", '"10.0.0.0/24"'), "plan.json": _plan("delete", "create")},
        ),
        Example(
            "room for both",
            {"main.tf": _CONFIGURATION.replace("BLOCK", '"10.0.0.0/23"'), "plan.json": _plan("create", "delete")},
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for each subnet that holds the nodes of a group, but not the old and the new ones together."""
        yield from for_each_subnet(self.code, subject, assessment, self._judge_subnet)

    def _judge_subnet(self, subnet: Subnet, assessment: Assessment) -> Iterator[Finding]:
        if grown(subnet, assessment) is None:
            return  # PR201
        both = assessment.remember(("both sides",), lambda: _both_sides(assessment))
        shares = [share for share in list(shares_of(subnet, both)) if share.nodes.value]
        room, full, one_pod = space(subnet), asked_when_full(shares, ()), asked_with_one_pod(shares)
        if room.holds(full):
            return
        stuck = not room.holds(one_pod)
        asked, nodes = one_pod if stuck else full, sum(share.nodes.value for share in shares)
        yield self.finding(
            block_place(subnet),
            subnet,
            f"while the plan replaces nodes, {counted(nodes, 'node')} {state_of(nodes, one_pod=stuck)} take "
            f"{counted(asked.addresses.value, 'address', 'addresses')}, but this subnet has {room.addresses.value:,}",
            label=f"{subnet.cidr.need()} has {room.addresses.working}; asked of it: {asked.addresses.working}",
            effect='New nodes join, and their pods hang in ContainerCreating with "failed to assign an IP address to '
            'container" until the old nodes are gone.',
            fix="make the desired size smaller for the time of the change, or replace the groups one after the other",
            assumption=undeclared(shares, assessment),
            related=node_notes(shares, one_pod=stuck),
            severity=Severity.ERROR if stuck else Severity.WARNING,
            confidence=Confidence.MEDIUM if undeclared(shares, assessment) else Confidence.HIGH,
            evidence={"usable": room.addresses.value, "demand": asked.addresses.value, "nodes": nodes},
        )


def _both_sides(assessment: Assessment) -> Assessment:
    """Return the assessment of the World while a plan is applied: old groups beside the new ones, as large as desired."""
    world = assessment.world
    groups = tuple(side for group in world.node_groups for side in _sides(group, world))
    during = replace(world, node_groups=groups, before=None, doubled=())
    return Assessment(during, assessment.catalog, assessment.assumptions)


def _sides(group: NodeGroup, world: World) -> Iterator[NodeGroup]:
    """Iterate over a group and, where the plan makes it anew, what it was before."""
    if group.address not in world.doubled:
        yield group
        return
    yield replace(group, maximum_size=group.desired_size)
    for old in world.before or ():
        if old.address == group.address:
            address = f"{old.address} (before the plan)"
            yield replace(old, address=address, cluster=group.cluster, maximum_size=old.desired_size)
