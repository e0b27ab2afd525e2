"""PR304 warm-eni-zero."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved
from podroom.capacity.interfaces import uses_prefixes
from podroom.capacity.working import MissingFactError
from podroom.catalog import documents
from podroom.model.world import Cluster, NodeGroup
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom.values import Undecidable, Unknown
from podroom_rules.rooms import groups_of, of_each
from podroom_rules.subjects import keeping_interfaces_warm
from podroom_rules.variables import declared
from podroom_rules.wording import article, type_note

_VARIABLE = "WARM_ENI_TARGET"
_WARM_IP_TARGET = 2
_CONFIGURATION = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      %s
    }
  })
}

resource "aws_eks_node_group" "workers" {
  depends_on      = [aws_eks_addon.vpc_cni]
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""
_EKSCTL = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
addons:
  - name: vpc-cni
    configurationValues: |
      env:
        WARM_ENI_TARGET: "0"%s
"""


class NoWarmInterface(Rule[Cluster]):
    """`WARM_ENI_TARGET` is 0 and nothing else keeps addresses warm.

    Without a target of addresses the CNI takes and gives back whole interfaces.  With `WARM_ENI_TARGET` 0 it takes the
    next one when the last free address of a node goes to a pod, and gives it back about a minute later, because
    nothing asks for a spare one; then no address is free again.  A node whose pods just fill its interfaces (9 or 18
    pods on an m5.large) makes and deletes an interface for ever.

    A pod that comes while no address is free waits for an interface, some ten seconds, and says meanwhile

        failed to assign an IP address to container

    The calls (CreateNetworkInterface, AttachNetworkInterface, DeleteNetworkInterface) count against the limits of the
    whole account and region; when they are throttled, ipamd logs RequestLimitExceeded, and interfaces come late on
    other nodes, too.

    Remedy: `WARM_IP_TARGET` together with `MINIMUM_IP_TARGET`, which saves more addresses than a target of 0; or
    `WARM_ENI_TARGET` 1, the default.
    """

    code = "PR304"
    name = "warm-eni-zero"
    severity = Severity.WARNING
    subject = Cluster
    concerns = staticmethod(keeping_interfaces_warm)
    sources = (documents.CNI_IPAMD, documents.CNI_ENI_TARGETS, documents.CNI_README)
    bad = (
        Example.terraform("no interface is kept warm", _CONFIGURATION % 'WARM_ENI_TARGET = "0" # expect: PR304'),
        Example.eksctl("the same in a ClusterConfig", _EKSCTL % " # expect: PR304"),
    )
    good = (
        Example.terraform("one interface is kept warm", _CONFIGURATION % 'WARM_ENI_TARGET = "1"'),
        Example.terraform(
            "addresses are counted instead",
            _CONFIGURATION % 'WARM_ENI_TARGET = "0"\n      WARM_IP_TARGET = "2"\n      MINIMUM_IP_TARGET = "16"',
        ),
        Example.terraform(
            "nodes take prefixes instead",
            _CONFIGURATION % 'WARM_ENI_TARGET = "0"\n      ENABLE_PREFIX_DELEGATION = "true"',
        ),
        Example.eksctl(
            "addresses are counted in a ClusterConfig",
            _EKSCTL % '\n        WARM_IP_TARGET: "5"\n        MINIMUM_IP_TARGET: "16"',
        ),
        Example.terraform(
            "MAX_ENI leaves nothing to take and give back",
            _CONFIGURATION % 'WARM_ENI_TARGET = "0"\n      MAX_ENI = "1" # expect: PR101',
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at WARM_ENI_TARGET if nodes of the cluster look at it and keep nothing warm."""
        variable = declared(subject, _VARIABLE)
        if subject.ip_family.need() != "ipv4":
            return
        behavior = assessment.behavior(subject.cni)
        if behavior.warm_eni_target > 0 or behavior.targets_addresses or behavior.max_eni == 1:
            return
        groups = groups_of(subject, assessment)
        found, unknown = of_each(groups, lambda group: _types(group, assessment))
        if not found and unknown is not None:
            raise Undecidable(unknown)
        # Where all node groups are known, they decide; nodes of Karpenter are of types that have prefixes.
        if not found and (groups or behavior.prefix_delegation):
            return
        slots = min((resolved.instance.slots for resolved in found), default=None)
        smallest = next((resolved for resolved in found if resolved.instance.slots == slots), None)
        expected = assessment.assumptions.expected_pods_per_node
        yield self.finding(
            variable.span,
            subject,
            "no address is kept warm: each time a node's addresses are used up, the next pod waits for an interface",
            label="a spare interface is given back as soon as it is there"
            if smallest is None
            else f"{article(smallest.instance.name)} makes and deletes an interface for ever "
            f"with {slots} pods, {2 * (slots or 0)} and so on",
            effect='Pods wait in ContainerCreating with "failed to assign an IP address to container" until an '
            "interface is attached; EC2 may throttle the calls (RequestLimitExceeded).",
            fix=f'set WARM_IP_TARGET = "{_WARM_IP_TARGET}" and MINIMUM_IP_TARGET = "{expected}" instead, '
            f'or {_VARIABLE} = "1"',
            related=tuple(
                type_note(resolved, f"{resolved.instance.name} has {resolved.instance.slots} addresses an interface")
                for resolved in found
            ),
            assumption=None if found else "no node group of this cluster is in this configuration; it has nodes",
            confidence=Confidence.HIGH if found else Confidence.MEDIUM,
            evidence={
                "warm_eni_target": behavior.warm_eni_target,
                "instance_types": [resolved.instance.name for resolved in found],
            },
        )


def _types(group: NodeGroup, assessment: Assessment) -> Iterator[Resolved]:
    """Iterate over the types of a group whose nodes look at WARM_ENI_TARGET: those that have no prefixes."""
    if not assessment.applies(group):
        return
    for resolved in assessment.instances(group):
        try:
            if not uses_prefixes(resolved.instance, assessment.cni(group)):
                yield resolved
        except MissingFactError as error:
            raise Undecidable(Unknown(error.message, resolved.span)) from error
