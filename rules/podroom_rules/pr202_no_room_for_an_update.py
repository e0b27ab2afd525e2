"""PR202 subnet-surge-headroom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import (
    Asked,
    Share,
    Space,
    asked_with_one_pod,
    control_planes_in,
    nodes_in,
    zones_of,
)
from podroom.capacity.estimate import Estimate
from podroom.capacity.subnets import control_plane_reserve, sufficient_prefix_length, update_surge
from podroom.capacity.updates import surge
from podroom.capacity.working import counted
from podroom.catalog import documents
from podroom.model.world import GroupKind, NodeGroup, Subnet
from podroom.records import dataclass, replace
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, Unknown, first_unknown
from podroom_rules.spaces import Grown, block_place, for_each_subnet, grown, node_notes, state_of, undeclared

_CONFIGURATION = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "%s"%s
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
    max_size     = 8
  }%s
}
"""
_MINIMAL = """
  update_config {
    max_unavailable = 1
    update_strategy = "MINIMAL"
  }"""
_MANY_AT_ONCE = """
  update_config {
    max_unavailable = 11
  }"""
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
    instanceType: m5.large
    maxSize: 9
"""
_REFRESH = """
  instance_refresh {
    strategy = "Rolling"
    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = %s
    }
  }"""
_SELF_MANAGED = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/24"%s
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = base64encode("#!/bin/bash\\n/etc/eks/bootstrap.sh main\\n")
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 8
  vpc_zone_identifier = [aws_subnet.nodes.id]
  launch_template {
    id = aws_launch_template.nodes.id
  }%s
  tag {
    key                 = "kubernetes.io/cluster/main"
    value               = "owned"
    propagate_at_launch = true
  }
}
"""


class NoRoomForAnUpdate(Rule[NodeGroup]):
    """A subnet holds all nodes of a group, but not those that an update adds.

    To update a managed node group Amazon EKS starts new nodes before it ends old ones: twice as many as the group has
    availability zones, or as many as may be unavailable at once (`max_unavailable`), whichever is more.  It raises the
    maximum size of the Auto Scaling group for it.  The instance refresh of an Auto Scaling group does the same where its
    `max_healthy_percentage` is more than 100.  An old node keeps its addresses until it is gone, so for a while
    the subnet holds both: full nodes, and new ones with their first pods.

    A subnet that is just large enough is full in the middle of an update.  The new nodes join, but the pods that move
    to them hang in ContainerCreating with

        failed to assign an IP address to container

    and with a PodDisruptionBudget the update stops there (PodEvictionFailure).  This rule adds the nodes of one update
    of one group, with one pod each, to all nodes at their maximum number.  Where those alone are too many, PR201 says
    so.

    Remedy: larger subnets; fewer nodes at once (`max_unavailable`, `max_healthy_percentage`); or the update strategy
    MINIMAL, which ends nodes before it starts others.
    """

    code = "PR202"
    name = "subnet-surge-headroom"
    severity = Severity.WARNING
    subject = NodeGroup
    sources = (documents.EKS_MANAGED_NODE_UPDATE, documents.CNI_IPAMD, documents.EC2_CREATE_SUBNET)
    bad = (
        Example.terraform(
            "8 full nodes take 240 addresses of 251, an update adds 2 nodes",
            _CONFIGURATION % ("10.0.0.0/24", " # expect: PR202", ""),
        ),
        Example.terraform(
            "an update adds as many nodes as may be unavailable",
            (_CONFIGURATION % ("10.0.0.0/23", " # expect: PR202", _MANY_AT_ONCE)).replace("= 8", "= 11"),
        ),
        Example.terraform(
            "an instance refresh that starts half as many nodes first",
            _SELF_MANAGED % (" # expect: PR202", _REFRESH % 150),
        ),
        Example.eksctl(
            "3 of 9 nodes and 2 of 6 more in a /25, of which eksctl makes eight",
            _EKSCTL % "10.0.0.0/22 # expect: PR202",
        ),
    )
    good = (
        Example.terraform("room for the nodes of an update", _CONFIGURATION % ("10.0.0.0/23", "", "")),
        Example.terraform(
            "room for the same, one node after the other",
            (_CONFIGURATION % ("10.0.0.0/23", "", "")).replace("= 8", "= 11"),
        ),
        Example.terraform("an update that ends nodes first", _CONFIGURATION % ("10.0.0.0/24", "", _MINIMAL)),
        Example.terraform("nodes that no update replaces", _SELF_MANAGED % ("", "")),
        Example.terraform("an instance refresh that ends nodes first", _SELF_MANAGED % ("", _REFRESH % 100)),
        Example.eksctl("eksctl makes eight subnets of a larger block", _EKSCTL % "10.0.0.0/20"),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the block of each subnet that an update of one of its groups would empty."""
        yield from for_each_subnet(self.code, subject, assessment, self._judge_subnet)

    def _judge_subnet(self, subnet: Subnet, assessment: Assessment) -> Iterator[Finding]:
        nodes = grown(subnet, assessment)
        if nodes is None:
            return
        groups = {id(share.group): share.group for share in nodes.shares}.values()
        updates = [_update(group, nodes, subnet, assessment) for group in groups]
        faults = [update for update in updates if not _holds(nodes.room, nodes.full, update.more)]
        if not faults:
            doubt = first_unknown(*(update.doubt for update in updates))
            if doubt is not None:
                raise Undecidable(doubt)
            return
        if (
            nodes.left < control_plane_reserve().addresses
            and next(control_planes_in(subnet, assessment), None) is not None
        ):
            return  # PR204: not even an update of the cluster has room
        yield self._finding(subnet, nodes, faults, assessment)

    def _finding(self, subnet: Subnet, nodes: Grown, faults: Sequence[_Update], assessment: Assessment) -> Finding:
        worst = max(faults, key=lambda update: update.more.addresses.value)
        room, more = nodes.room, worst.more
        one_pod = not _holds(room, nodes.one_pod, more)
        before = nodes.one_pod if one_pod else nodes.full
        demand = before.addresses.value + more.addresses.value
        prefixes = before.prefixes + more.prefixes
        lacking = demand > room.addresses.value
        taken, had = (f"{demand:,} addresses", room.addresses) if lacking else (f"{prefixes} blocks", room.blocks)
        sums = (
            (before.addresses.working, more.addresses.working)
            if lacking
            else (f"{before.prefixes}", f"{more.prefixes}")
        )
        assumed = undeclared(nodes.shares, assessment)
        return self.finding(
            block_place(subnet),
            subnet,
            f"{_before(nodes.count, one_pod=one_pod)} and the {worst.here} that an update adds take {taken}, "
            f"but this subnet has {had.value:,}",
            label=f"{subnet.cidr.need()} has {had.working}; nodes take {sums[0]}, those of an update {sums[1]}",
            effect="In the middle of the update pods that move to new nodes hang in ContainerCreating with "
            '"failed to assign an IP address to container"; a PodDisruptionBudget then stops it with '
            "PodEvictionFailure.",
            fix=_fix(worst, subnet, nodes, assessment),
            assumption=assumed,
            related=(
                *(
                    Note(f"an update adds {update.added} nodes to this group: {update.working}", update.group.span)
                    for update in faults
                ),
                *node_notes(nodes.shares, one_pod=one_pod),
            ),
            confidence=Confidence.MEDIUM if assumed else Confidence.HIGH,
            evidence={
                "usable": room.addresses.value,
                "demand": demand,
                "free_prefix_blocks": room.blocks.value,
                "prefixes": prefixes,
                "nodes": nodes.count,
                "added": worst.here,
                "state": "one pod" if one_pod else "saturated",
                "node_groups": [update.group.address for update in faults],
            },
        )


@dataclass(frozen=True, slots=True)
class _Update:
    """An update of one group: the nodes that it adds, `here` of them in the zone, and what those take with one pod each.

    `doubt` says why it may add more nodes than that, if so many that the subnet might not hold them.
    """

    group: NodeGroup
    added: int
    working: str
    here: int
    more: Asked
    doubt: Unknown | None


def _update(group: NodeGroup, nodes: Grown, subnet: Subnet, assessment: Assessment) -> _Update:
    added = surge(group, Estimate.known(zones_of(group, assessment)))
    surely = added.least or 0
    more = _more(group, nodes, subnet, surely, assessment)
    certain = added.most is not None and _holds(
        nodes.room, nodes.full, asked_with_one_pod(_more(group, nodes, subnet, added.most, assessment))
    )
    return _Update(
        group=group,
        added=surely,
        working=added.working or f"at least {surely}",
        here=max(share.nodes.value for share in more),
        more=asked_with_one_pod(more),
        doubt=None if certain else next(iter(added.gaps), None),
    )


def _more(group: NodeGroup, nodes: Grown, subnet: Subnet, added: int, assessment: Assessment) -> list[Share]:
    """Return what so many nodes that are added to a group put into the subnet."""
    shares = []
    for share in nodes.shares:
        if share.group is group:
            here = nodes_in(group, subnet, share.part, added, assessment)
            fewest = share.fewest_prefixes // share.nodes.value * here.value
            shares.append(replace(share, nodes=here, fewest_prefixes=fewest))
    return shares


def _before(nodes: int, *, one_pod: bool) -> str:
    return f"{counted(nodes, 'node')} {state_of(nodes, one_pod=True)}" if one_pod else counted(nodes, "full node")


def _holds(room: Space, before: Asked, more: Asked) -> bool:
    """Return whether a subnet has what is asked of it twice."""
    fits = before.addresses.value + more.addresses.value <= room.addresses.value
    return fits and before.prefixes + more.prefixes <= room.blocks.value


def _fix(update: _Update, subnet: Subnet, nodes: Grown, assessment: Assessment) -> str:
    """Return the block that would do, and the update that would: fewer nodes at once, or old ones first."""
    length = sufficient_prefix_length(
        nodes.full.addresses.value + update.more.addresses.value, nodes.full.prefixes + update.more.prefixes
    )
    ways = ["use several subnets" if length is None else f"a /{length} would do"]
    if update.group.kind is GroupKind.SELF_MANAGED:
        return "; or ".join((*ways, "let max_healthy_percentage of the instance refresh be 100"))
    fewest = update_surge(zones_of(update.group, assessment)).value
    if update.added > fewest:
        fewer = _more(update.group, nodes, subnet, fewest, assessment)
        if _holds(nodes.room, nodes.full, asked_with_one_pod(fewer)):
            ways.append(f"let no more than {fewest} nodes be unavailable at once")
    eksctl = update.group.max_pods_setting is not None
    strategy = "updateConfig.updateStrategy: MINIMAL" if eksctl else 'update_config { update_strategy = "MINIMAL" }'
    ways.append(f"end nodes before others start ({strategy})")
    return "; or ".join(ways)
