"""PR403 pd-non-nitro."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved
from podroom.capacity.interfaces import uses_prefixes
from podroom.capacity.max_pods import managed_node_group_max_pods
from podroom.capacity.working import MissingFactError
from podroom.catalog import documents
from podroom.model.world import GroupKind, NodeGroup
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, Unknown
from podroom_rules.subjects import with_prefixes
from podroom_rules.wording import article

_VARIABLE = "ENABLE_PREFIX_DELEGATION"
_NITRO_FAMILIES = {
    "c3": "c5",
    "c4": "c5",
    "d2": "d3",
    "g3": "g4dn",
    "i2": "i4i",
    "i3": "i4i",
    "m1": "m5",
    "m2": "m5",
    "m3": "m5",
    "m4": "m5",
    "r3": "r5",
    "r4": "r5",
    "t1": "t3",
    "t2": "t3",
    "x1": "x2idn",
    "x1e": "x2iedn",
}
"""A family on Nitro that takes the place of one on Xen."""
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
      ENABLE_PREFIX_DELEGATION = "%s"
    }
  })
}

resource "aws_eks_node_group" "workers" {
  depends_on      = [aws_eks_addon.vpc_cni]
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = [%s]
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
    configurationValues: '{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}'
managedNodeGroups:
  - name: workers
    instanceType: %s
"""


class NoPrefixesOnXen(Rule[NodeGroup]):
    """Prefix delegation is on, but the instance type is no Nitro type and gets single addresses.

    EC2 delegates prefixes to interfaces of Nitro instances only.  On a type that runs on Xen (t2, m4, c4, r4, i3, p3
    and older ones) the CNI writes a warning to ipamd's log and goes on with single addresses: the setting is there for
    everybody to see, and the nodes have room for no more pods than before.  Nothing hangs; pods stay Pending with
    "Too many pods" while the nodes are nearly idle.

    Where max pods is set to what prefixes would hold, pods do hang, and PR101 says so.  Where such a type takes down
    the max pods of a managed node group with others, PR106 does.

    Remedy: a Nitro type of the same size (t3 for t2, m5 for m4 and so on).
    """

    code = "PR403"
    name = "pd-non-nitro"
    severity = Severity.WARNING
    subject = NodeGroup
    concerns = staticmethod(with_prefixes)
    sources = (documents.EC2_PREFIXES, documents.CNI_IPAMD, documents.CNI_README)
    bad = (
        Example.terraform(
            "a t2.large stays at 35 pods",
            _CONFIGURATION % ("true", '"t2.large" # expect: PR403\n  '),
        ),
        Example.eksctl("the same in a ClusterConfig", _EKSCTL % "m4.large # expect: PR403"),
    )
    good = (
        Example.terraform("a Nitro type of the same size", _CONFIGURATION % ("true", '"t3.large"')),
        Example.terraform("prefix delegation is off", _CONFIGURATION % ("false", '"t2.large"')),
        Example.terraform("bare metal has prefixes, too", _CONFIGURATION % ("true", '"m5.metal"')),
        Example.terraform(
            "a Xen type that takes down a whole group is PR106",
            _CONFIGURATION % ("true", '\n    "t3.large",\n    "t2.large", # expect: PR106\n  '),
        ),
        Example.eksctl("a Nitro type in a ClusterConfig", _EKSCTL % "m5.large"),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at each instance type that has no prefixes and is given no number that needs them."""
        if not assessment.cni(subject).at_least(1, 9):
            return
        if _takes_down_others(subject, assessment):
            return
        for resolved in assessment.instances(subject):
            if not _on_xen(resolved, subject, assessment):
                continue
            room = assessment.room(resolved.instance, assessment.cni(subject), subject.span)
            if all(limit.figure.value <= room.value for limit in assessment.kubelet(subject, resolved.instance)):
                yield self._finding(subject, resolved, assessment)

    def _finding(self, group: NodeGroup, resolved: Resolved, assessment: Assessment) -> Finding:
        cni = assessment.cni(group)
        name = resolved.instance.name
        room = assessment.room(resolved.instance, cni, group.span)
        variable = assessment.cluster(group).cni.find(_VARIABLE)
        return self.finding(
            resolved.span,
            group,
            f"prefix delegation does nothing here: {article(name)} runs on Xen and has room for {room.value} pods",
            label=f"single addresses: {room.working}",
            effect='Pods stay Pending with "Too many pods" on nodes that are nearly idle.',
            fix=_fix(resolved, group, assessment),
            related=() if variable is None else (Note("prefix delegation is turned on here", variable.span),),
            evidence={"instance_type": name, "room": room.value, "working": room.working},
        )


def _on_xen(resolved: Resolved, group: NodeGroup, assessment: Assessment) -> bool:
    try:
        return not uses_prefixes(resolved.instance, assessment.cni(group)) and resolved.instance.hypervisor == "xen"
    except MissingFactError as error:
        raise Undecidable(Unknown(error.message, resolved.span)) from error


def _takes_down_others(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether PR106 speaks: Amazon EKS gives all nodes the least number, which is that of a type without prefixes."""
    if group.kind is not GroupKind.MANAGED or group.own_image.need():
        return False
    types = list(assessment.instances(group))
    if any(limit.fixed for resolved in types for limit in assessment.kubelet(group, resolved.instance)):
        return False
    figures = {managed_node_group_max_pods([resolved.instance], prefix_delegation=True).value for resolved in types}
    return len(figures) > 1 and not all(_on_xen(resolved, group, assessment) for resolved in types)


def _fix(resolved: Resolved, group: NodeGroup, assessment: Assessment) -> str:
    """Return the Nitro type of the same size and what it has room for, or the advice to look for one."""
    family, _, size = resolved.instance.name.partition(".")
    name = f"{_NITRO_FAMILIES.get(family, family)}.{size}"
    sibling = assessment.catalog.find(name)
    if sibling is None or sibling.hypervisor != "nitro":
        return "use a Nitro type, whose name has a newer generation"
    room = assessment.room(sibling, assessment.cni(group), group.span)
    return f"use a Nitro type such as {name}, which has room for {room.value:,} pods with prefixes"
