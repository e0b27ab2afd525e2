"""PR504 subnet-tag-cni."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import is_among
from podroom.capacity.subnet_tag import EXCLUDED, TAG, VARIABLE, Deafness, deafness, discovery_tag, keeps_pods_out
from podroom.catalog import documents
from podroom.model.world import NodeGroup, Subnet
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Members, Undecidable, Unknown, Value, first_unknown, place_of
from podroom_rules.rooms import in_auto_mode
from podroom_rules.subjects import for_discovery
from podroom_rules.wording import STUCK_PODS, article, assumed_cni, confidence, set_for_certain, type_note

_CONFIGURATION = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc_ipv4_cidr_block_association" "pods" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "100.64.0.0/16"
}

resource "aws_subnet" "nodes" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = element(["eu-west-1a", "eu-west-1b"], count.index)
  cidr_block        = cidrsubnet("10.0.0.0/16", 4, count.index)
}

resource "aws_subnet" "pods" {
  vpc_id            = aws_vpc_ipv4_cidr_block_association.pods.vpc_id
  availability_zone = "eu-west-1a"
  cidr_block        = "100.64.0.0/17"
  tags = {
    "kubernetes.io/role/cni" = %s
  }
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = aws_subnet.nodes[*].id
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  addon_version        = "%s"
  configuration_values = jsonencode(%s)
}
"""
_FIX = {
    None: 'write "1"',
    Deafness.CUSTOM_NETWORKING: "name the subnet in the ENIConfig of its zone, or remove the tag",
    Deafness.VERSION: "let the VPC CNI be v1.18 or newer",
    Deafness.SWITCHED_OFF: f'set {VARIABLE} to "true", or leave it away',
}
_NODES = """
resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.pods.id]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""
_EXCLUDING = "v1.22.2-eksbuild.1"
_NEW, _OLD = "v1.20.4-eksbuild.1", "v1.16.4-eksbuild.2"


class SubnetTagWithoutEffect(Rule[Subnet]):
    """A subnet is tagged so that pods get addresses of it, and the CNI does not look at the tag.

    Since v1.18 the CNI puts new interfaces into the subnet of the node's zone that has the most free addresses, of the
    node's own and those tagged `kubernetes.io/role/cni`.  That is the simplest way to give pods a second block.  But the
    tag has no effect if its value is empty, with an older CNI, with `ENABLE_SUBNET_DISCOVERY` set to false, and with
    custom networking, where ENIConfigs say which subnets pods use.

    Nothing tells of it.  Pods go on to take addresses of the nodes' subnets, until these are used up:

        failed to assign an IP address to container

    and ipamd logs InsufficientFreeAddressesInSubnet, while thousands of addresses are free in the tagged subnet.

    The value "0" keeps pods out of a subnet since v1.22, also of one that nodes are in: then no pod gets an address of
    their primary interface, and the node has room for one interface's pods less.  Nobody tells kubelet, whose max pods
    count that interface, and the last pods hang in ContainerCreating.

    Remedy: write a value such as "1", let the CNI be v1.18 or newer, and leave `ENABLE_SUBNET_DISCOVERY` on.
    Where "0" is on a subnet of nodes, lower their max pods by the addresses of one interface.
    """

    code = "PR504"
    name = "subnet-tag-cni"
    severity = Severity.WARNING
    subject = Subnet
    concerns = staticmethod(for_discovery)
    sources = (
        documents.CNI_README,
        documents.CNI_AWSUTILS,
        "https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html",
    )
    bad = (
        Example.terraform("the value is empty", _CONFIGURATION % ('"" # expect: PR504', _NEW, "{}")),
        Example.terraform("a CNI that knows no such tag", _CONFIGURATION % ('"1" # expect: PR504', _OLD, "{}")),
        Example.terraform(
            "discovery is switched off",
            _CONFIGURATION % ('"1" # expect: PR504', _NEW, '{ env = { ENABLE_SUBNET_DISCOVERY = "false" } }'),
        ),
        Example.terraform(
            "nodes lose their primary interface, and keep their max pods",
            (_CONFIGURATION % ('"0" # expect: PR504', _EXCLUDING, "{}")) + _NODES,
        ),
    )
    good = (
        Example.terraform(
            "a CNI that does not know that 0 keeps pods out", (_CONFIGURATION % ('"0"', _NEW, "{}")) + _NODES
        ),
        Example.terraform("the CNI finds the subnet", _CONFIGURATION % ('"1"', _NEW, "{}")),
        Example.terraform("pods are to be kept out", _CONFIGURATION % ('"0"', _NEW, "{}")),
        Example.terraform(
            "an ENIConfig names the subnet anyway",
            _CONFIGURATION
            % (
                '"1"',
                _NEW,
                """{
    env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone" }
    eniConfig = {
      create  = true
      region  = "eu-west-1"
      subnets = { eu-west-1a = { id = aws_subnet.pods.id, securityGroups = ["sg-0123456789abcdef0"] } }
    }
  }""",
            ),
        ),
        Example.terraform(
            "the tag of a subnet that nodes are in",
            (_CONFIGURATION % ('""', _NEW, "{}")).replace("aws_subnet.nodes[*].id", "[aws_subnet.nodes[1].id]")
            + _NODES,
        ),
    )

    def judge(self, subject: Subnet, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at a tag that the CNI of no cluster looks at."""
        value = discovery_tag(subject)
        clusters = [cluster for cluster in assessment.world.clusters if not in_auto_mode(cluster)]
        assert value is not None  # noqa: S101 - the rule concerns no other subnet
        if not clusters:
            return
        text = value.need()
        if text == EXCLUDED:
            yield from self._kept_out(subject, value, assessment)
            return
        causes = [deafness(cluster, assessment) for cluster in clusters] if text else [None]
        if (text and None in causes) or _is_used(subject, assessment):
            return
        cause = causes[0]
        variable = clusters[0].cni.find(VARIABLE) if cause is Deafness.SWITCHED_OFF else None
        yield self.finding(
            place_of(value.origin, subject.span),
            subject,
            f"the tag {TAG} has no effect: {'its value is empty' if cause is None else cause.value}",
            label="pods get no addresses of this subnet",
            effect="Pods take addresses of other subnets only; when these are used up, they hang in ContainerCreating "
            'with "failed to assign an IP address to container".',
            fix=_FIX[cause],
            related=() if variable is None else (Note("this switches it off", variable.span),),
            confidence=Confidence.HIGH if len(clusters) == 1 else Confidence.MEDIUM,
            evidence={"tag": TAG, "value": text},
        )

    def _kept_out(self, subnet: Subnet, tag: Value[str], assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for each group whose nodes lose their primary interface and keep their max pods."""
        unknown: Unknown | None = None
        for group in assessment.world.node_groups:
            try:
                is_here = is_among(tuple(group.subnets), group.subnets.missing, subnet)
                if is_here and assessment.applies(group):
                    yield from self._without_primary(subnet, tag, group, assessment)
            except Undecidable as cause:
                unknown = first_unknown(unknown, cause.unknown)
        if unknown is not None:
            raise Undecidable(unknown)

    def _without_primary(
        self, subnet: Subnet, tag: Value[str], group: NodeGroup, assessment: Assessment
    ) -> Iterator[Finding]:
        if not keeps_pods_out(subnet, assessment.cluster(group), assessment):
            return
        cni = assessment.cni(group)
        for resolved in assessment.instances(group):
            room = assessment.room(resolved.instance, cni, group.span, unmanaged_interfaces=1)
            with_primary = assessment.room(resolved.instance, cni, group.span).value
            limits = assessment.kubelet(group, resolved.instance)
            limit = next((limit for limit in limits if room.value < limit.figure.value <= with_primary), None)
            if limit is None:
                continue  # the rules about max pods say so where it is too high even with the primary interface
            number, name = limit.figure.value, resolved.instance.name
            yield self.finding(
                place_of(tag.origin, subnet.span),
                subnet,
                f"this tag keeps pods off the primary interface: kubelet runs {number} pods, but {article(name)} has room "
                f"for {room.value}",
                label=f"room for {room.value}: {room.working}",
                effect=STUCK_PODS,
                fix=f"set {set_for_certain(group, room.value, limit.mechanism)}; or remove the tag from the subnet of the "
                "nodes",
                assumption=assumed_cni(assessment.cluster(group).cni),
                related=(
                    type_note(resolved, f"the instance type is {name}, which has room for {with_primary} otherwise"),
                    Note("these nodes are in the subnet", group.span),
                ),
                confidence=confidence(assessment.cluster(group).cni, limits, limit),
                evidence={"tag": TAG, "value": EXCLUDED, "max_pods": number, "room": room.value, "instance_type": name},
            )
            return


def _is_used(subnet: Subnet, assessment: Assessment) -> bool:
    """Return whether nodes, or an ENIConfig, use a subnet anyway; raises `Undecidable` if they may."""
    world = assessment.world
    members = [group.subnets for group in world.node_groups]
    members += [
        Members(tuple(pods.subnet for pods in cluster.cni.pod_subnets), cluster.cni.pod_subnets.missing)
        for cluster in world.clusters
    ]
    unknown: Unknown | None = None
    for uses in members:
        try:
            if is_among(tuple(uses), uses.missing, subnet):
                return True
        except Undecidable as cause:
            unknown = first_unknown(unknown, cause.unknown)
    if unknown is not None:
        raise Undecidable(unknown)
    return False
