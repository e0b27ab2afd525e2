"""PR207 free-addresses-too-few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import Share, asked_when_full, shares_of
from podroom.capacity.measured import running_in
from podroom.capacity.subnets import SubnetPart
from podroom.capacity.working import counted
from podroom.catalog import documents
from podroom.model.world import Subnet
from podroom.records import dataclass
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Known, Undecidable, Unknown
from podroom_rules.spaces import block_place, undeclared
from podroom_rules.subjects import with_free_addresses

_CONFIGURATION = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  version  = "1.33"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0a1b2c3d", "subnet-4e5f6a7b"]
  }
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0a1b2c3d"]MARK
  instance_types  = ["m5.large"]
  ami_type        = "AL2023_x86_64_STANDARD"
  scaling_config {
    min_size     = 2
    desired_size = 2
    max_size     = 20
  }
}
"""
_LISTED = """{
  "Subnets": [
    {
      "SubnetId": "subnet-0a1b2c3d", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/22", "AvailabilityZone": "eu-west-1a",
      "AvailableIpAddressCount": FREE
    }
  ]
}
{
  "AutoScalingGroups": [
    {
      "AutoScalingGroupName": "eks-workers-b2c4d6e8-0a1b-2c3d-4e5f-60718293a4b5",
      "VPCZoneIdentifier": "subnet-0a1b2c3d",
      "MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": [{"InstanceType": "m5.large"}]}},
      "Instances": [
        {"InstanceId": "i-1", "InstanceType": "m5.large", "AvailabilityZone": "eu-west-1a", "LifecycleState": "InService"},
        {"InstanceId": "i-2", "InstanceType": "m5.large", "AvailabilityZone": "eu-west-1a", "LifecycleState": "InService"}
      ],
      "Tags": [
        {"Key": "eks:cluster-name", "Value": "main"},
        {"Key": "eks:nodegroup-name", "Value": "workers"}
      ]
    }
  ]
}
"""


class FreeAddressesTooFew(Rule[Subnet]):
    """A subnet has fewer free addresses than the nodes that are still to come take of it.

    `aws ec2 describe-subnets` (`--inventory`) tells how many addresses of a subnet are free: what nodes, pods, load
    balancers, endpoints and anything else have left of it.  This rule takes the nodes that node groups may still start
    there, from those that run to the maximum size, and what they take with a single pod each and when they are full.
    A subnet may be large enough for its nodes alone (PR201 says if it is not) and still be too full for them:

        failed to assign an IP address to container

    and in aws-node's log (/var/log/aws-routed-eni/ipamd.log) InsufficientFreeAddressesInSubnet.  It is an error if the
    free addresses do not do for one pod on each new node, a warning if they do not do for full nodes.

    Nothing in the list says when it was made.  How many nodes run, the instances of the Auto Scaling group tell, which
    have to be listed too; without them this is undecided where it matters.

    Remedy: a larger subnet or one more, a smaller maximum size, a smaller warm pool (`WARM_IP_TARGET` with
    `MINIMUM_IP_TARGET`), or find out what else takes the addresses.
    """

    code = "PR207"
    name = "free-addresses-too-few"
    severity = Severity.ERROR
    subject = Subnet
    concerns = staticmethod(with_free_addresses)
    sources = (
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html",
        documents.CNI_ENI_TARGETS,
        documents.EKS_NETWORK_REQUIREMENTS,
    )
    bad = (
        Example(
            "18 more nodes with one pod each take 360 addresses of 300 that are free",
            {
                "main.tf": _CONFIGURATION.replace("MARK", " # expect: PR207"),
                "inventory.json": _LISTED.replace("FREE", "300"),
            },
        ),
        Example(
            "18 more nodes full of pods take 540 addresses of 500 that are free",
            {
                "main.tf": _CONFIGURATION.replace("MARK", " # expect: PR207"),
                "inventory.json": _LISTED.replace("FREE", "500"),
            },
        ),
    )
    good = (
        Example(
            "540 free addresses do for 18 more nodes",
            {"main.tf": _CONFIGURATION.replace("MARK", ""), "inventory.json": _LISTED.replace("FREE", "540")},
        ),
    )

    def judge(self, subject: Subnet, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for a subnet whose free addresses do not do for the nodes to come."""
        assert subject.free is not None  # noqa: S101 - the rule concerns no other subnet
        free = subject.free.need()
        shares = [share for share in shares_of(subject, assessment) if share.nodes.value]
        if asked_when_full(shares, ()).addresses.value <= free:
            return
        growth = [_growth(share, subject) for share in shares]
        one_pod, full = (
            sum(taken) for taken in zip(*((one.with_one_pod, one.when_full) for one in growth), strict=True)
        )
        if full <= free:
            return
        yield self._finding(subject, assessment, growth, few=one_pod > free)

    def _finding(self, subnet: Subnet, assessment: Assessment, growth: Sequence[_Growth], *, few: bool) -> Finding:
        assert isinstance(subnet.free, Known)  # noqa: S101 - or there would be nothing to find
        free, source = subnet.free.value, subnet.free.origin
        shares = [one.share for one in growth]
        nodes = sum(one.nodes for one in growth)
        asked = sum(one.with_one_pod if few else one.when_full for one in growth)
        state = "with a single pod each" if few else "when they are full"
        unsure = f"{free:,} addresses were free when {source} was made, which does not say when that was"
        declared = undeclared(shares, assessment)
        return self.finding(
            block_place(subnet),
            subnet,
            f"{counted(nodes, 'more node')} {state} {'take' if nodes > 1 else 'takes'} "
            f"{counted(asked, 'address', 'addresses')}, but of {subnet.address} only {free:,} are free",
            label=" + ".join(one.working(few=few) for one in growth) + f" = {asked:,}",
            effect='New nodes join, and their pods hang in ContainerCreating with "failed to assign an IP address to '
            'container".',
            fix="make the maximum size smaller, add a subnet, or take a smaller warm pool (podroom recommend)",
            assumption=unsure if declared is None else f"{unsure}; {declared}",
            related=tuple(
                Note(f"{one.running} of {one.share.nodes.value} nodes run here", one.share.group.span) for one in growth
            ),
            severity=Severity.ERROR if few else Severity.WARNING,
            confidence=Confidence.MEDIUM,
            evidence={
                "free": free,
                "demand": asked,
                "more_nodes": nodes,
                "running_nodes": sum(one.running for one in growth),
                "state": "one pod" if few else "saturated",
                "node_groups": [share.group.address for share in shares],
            },
        )


@dataclass(frozen=True, slots=True)
class _Growth:
    """What a group may still put into a subnet of its nodes beside those that run there."""

    share: Share
    running: int

    @property
    def nodes(self) -> int:
        """Return how many nodes are to come."""
        return max(0, self.share.nodes.value - self.running)

    @property
    def with_one_pod(self) -> int:
        """Return what they take at the least, with a single pod on each."""
        return self.nodes * self._each(few=True)

    @property
    def when_full(self) -> int:
        """Return what they take at the most."""
        return self.nodes * self._each(few=False)

    def working(self, *, few: bool) -> str:
        """Return the sum."""
        candidate = self.share.lightest if few else self.share.heaviest
        return f"{counted(self.nodes, f'{candidate.resolved.instance.name} node')} x {self._each(few=few)}"

    def _each(self, *, few: bool) -> int:
        load = self.share.lightest.load.one_pod if few else self.share.heaviest.load.saturated
        return load.node_subnet_addresses


def _growth(share: Share, subnet: Subnet) -> _Growth:
    if share.part is SubnetPart.PODS:
        reason = f"how many nodes of {share.group.address} have pods in {subnet.address} is not listed"
        raise Undecidable(Unknown(reason, share.group.span))
    running, _ = running_in(subnet, share.group)
    return _Growth(share, running)
