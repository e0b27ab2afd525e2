"""PR209 replacement-without-room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import Asked, Share, asked_when_full, asked_with_one_pod, shares_of, space
from podroom.capacity.plan_changes import while_applied
from podroom.catalog import documents
from podroom.model.world import NodeGroup, Subnet
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom_rules.plan_examples import changed, plan
from podroom_rules.spaces import block_place, for_each_subnet, node_notes, shortage, shortage_sum, undeclared
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

    Both sides are counted at their desired size, other groups at their largest.  What the nodes take afterwards, at
    their largest size, is PR201: this rule speaks where both sides take more than that.  `podroom capacity --plan` shows
    what is taken before, while the plan is applied, and after.

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
        both = assessment.remember(("both sides",), lambda: _both_sides(assessment))
        shares = _present(subnet, both)
        room, full, one_pod = space(subnet), asked_when_full(shares, ()), asked_with_one_pod(shares)
        if room.holds(full):
            return
        stuck = not room.holds(one_pod)
        ask = asked_with_one_pod if stuck else _asked_when_full
        asked = ask(shares)
        if not _more(asked, ask(_present(subnet, assessment))):
            return  # PR201: the largest size takes as much, without a replacement
        yield self.finding(
            block_place(subnet),
            subnet,
            f"while the plan replaces nodes, {shortage(shares, room, asked, one_pod=stuck)}",
            label=shortage_sum(subnet.cidr.need(), room, asked),
            effect='New nodes join, and their pods hang in ContainerCreating with "failed to assign an IP address to '
            'container" until the old nodes are gone.',
            fix="make the desired size smaller for the time of the change, or replace the groups one after the other",
            assumption=undeclared(shares, assessment),
            related=node_notes(shares, one_pod=stuck),
            severity=Severity.ERROR if stuck else Severity.WARNING,
            confidence=Confidence.MEDIUM if undeclared(shares, assessment) else Confidence.HIGH,
            evidence={
                "usable": room.addresses.value,
                "demand": asked.addresses.value,
                "free_prefix_blocks": room.blocks.value,
                "prefixes": asked.prefixes,
                "nodes": sum(share.nodes.value for share in shares),
            },
        )


def _both_sides(assessment: Assessment) -> Assessment:
    """Return the assessment of the World while a plan is applied; the same where nothing is there twice."""
    during = while_applied(assessment.world)
    return assessment if during is None else Assessment(during, assessment.catalog, assessment.assumptions)


def _present(subnet: Subnet, assessment: Assessment) -> list[Share]:
    """Return what groups put into a subnet, without those that have no node in it."""
    return [share for share in list(shares_of(subnet, assessment)) if share.nodes.value]


def _asked_when_full(shares: Sequence[Share]) -> Asked:
    return asked_when_full(shares, ())


def _more(asked: Asked, other: Asked) -> bool:
    return asked.addresses.value > other.addresses.value or asked.prefixes > other.prefixes
