"""PR402 pd-addon-after-nodes."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.kubelet import AMAZON_EKS
from podroom.catalog import documents
from podroom.model.world import CniOrder, CniSettings, NodeGroup
from podroom.patterns import pattern
from podroom.rule import Confidence, Edit, Example, Finding, Note, Rule, Severity
from podroom_rules.edits import set_up_before_compute
from podroom_rules.subjects import in_order_with_prefixes
from podroom_rules.variables import declared
from podroom_rules.wording import type_note

_VARIABLE = "ENABLE_PREFIX_DELEGATION"
_HOME = pattern(r"((?:module\.[^.\[]+(?:\[[^\]]*\])?\.)*)(.*)")
_BEFORE_COMPUTE = "before_compute = true (terraform-aws-modules/eks since v19.8)"
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
      ENABLE_PREFIX_DELEGATION = "true"%s
    }
  })
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }%s
}
"""


class PrefixDelegationAfterTheNodes(Rule[NodeGroup]):
    """Prefix delegation is turned on by something that the node group does not wait for.

    Amazon EKS works out the max pods of a managed node group from the settings that the CNI has at that moment: when
    the group is made, and when it gets a new version of its launch template or AMI.  If `ENABLE_PREFIX_DELEGATION`
    comes later, the nodes keep the number for single addresses, 29 instead of 110 on an m5.large.  Terraform makes
    what does not refer to each other at the same time, so whoever is faster wins; the next apply changes nothing.
    terraform-aws-modules/eks makes its add-ons after the node groups unless they have `before_compute = true`.

    eksctl makes the add-ons of a file before the node groups of that file, but not before those of another.

    Pods stay Pending with "Too many pods", on nodes whose addresses would suffice.

    Remedy: let the node group depend on the add-on, or set `before_compute = true`; groups that exist already take
    the right number with their next version.  Where the add-on waits for the node group, that must go first: Terraform
    refuses two resources that wait for each other.
    """

    code = "PR402"
    name = "pd-addon-after-nodes"
    severity = Severity.WARNING
    subject = NodeGroup
    concerns = staticmethod(in_order_with_prefixes)
    sources = (
        documents.EKS_MAX_PODS,
        "https://github.com/clowdhaus/eks-reference-architecture/issues/26",
        "https://github.com/eksctl-io/eksctl/issues/4478",
    )
    bad = (
        Example.terraform(
            "the add-on and the group are made at the same time", _CONFIGURATION % (" # expect: PR402", "")
        ),
    )
    good = (
        Example.terraform(
            "the group waits for the add-on", _CONFIGURATION % ("", "\n\n  depends_on = [aws_eks_addon.vpc_cni]")
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at ENABLE_PREFIX_DELEGATION for a managed group that does not wait for it."""
        assert subject.cni_order is not None  # noqa: S101 - the rule concerns no other group
        if subject.own_image.need():
            return
        order = subject.cni_order.need()
        if order is CniOrder.BEFORE:
            return
        cluster = assessment.cluster(subject)
        settings, variable = cluster.cni, declared(cluster, _VARIABLE)
        types = tuple(assessment.instances(subject))
        if any(limit.authority != AMAZON_EKS for one in types for limit in assessment.kubelet(subject, one.instance)):
            return
        with_prefixes, without = assessment.injected_max_pods(subject)
        if without.value >= with_prefixes.value:
            return
        instead = f"{without.value} pods a node instead of {with_prefixes.value}"
        message = (
            f"prefix delegation is turned on after this node group is made, which gets {instead}"
            if order is CniOrder.AFTER
            else f"nothing makes this node group wait for prefix delegation: it may get {instead}"
        )
        yield self.finding(
            variable.span,
            subject,
            message,
            label="Amazon EKS works out max pods when it makes the group",
            effect='Pods stay Pending with "Too many pods" until the group gets a new version.',
            fix=_how_to_wait(subject, _declared_by(settings), order),
            assumption="the node group is new; one that exists takes the right number with its next version",
            related=(
                Note("the node group, which does not wait for it", subject.span),
                type_note(types[0], f"without prefixes {without.working}; with prefixes {with_prefixes.working}"),
            ),
            evidence={"max_pods": without.value, "possible": with_prefixes.value, "order": order.value},
            confidence=Confidence.MEDIUM,
            edit=_edit(subject, settings),
        )


def _declared_by(settings: CniSettings) -> str:
    """Return the address of what turns on prefix delegation: the last that speaks of it, as for the order.

    A script is called "kubectl set env in null_resource.cni"; Terraform waits for the resource.
    """
    speaking = [
        source.address
        for source in settings.sources
        if any(variable.name == _VARIABLE for variable in source.environment)
    ]
    address = speaking[-1] if speaking else settings.declared_by or ""
    return address.rpartition(" in ")[2]


def _edit(group: NodeGroup, settings: CniSettings) -> Edit | None:
    """Return the fix for an add-on and a node group of one call of the EKS module; others take more than one line."""
    return set_up_before_compute(settings.span) if _of_one_call(group, _declared_by(settings)) else None


def _of_one_call(group: NodeGroup, declared_by: str) -> bool:
    """Return whether one call of the EKS module makes a node group and what turns on prefix delegation."""
    home, _ = _home_of(declared_by)
    return home != "" and group.address.startswith(f"{home}module.eks_managed_node_group[")


def _home_of(address: str) -> tuple[str, str]:
    """Return the address of the module that a resource lies in, as a prefix, and the rest."""
    home, resource = _HOME.fullmatch(address).groups()  # type: ignore[union-attr]  # it matches every text
    return home, resource


def _how_to_wait(group: NodeGroup, declared_by: str, order: CniOrder) -> str:
    """Return how the group comes to wait; what waits for the group must not do so any more, as it would be a cycle."""
    if group.address.startswith("managedNodeGroups/"):
        return (
            "set it by the vpc-cni add-on in the file that makes the node group: eksctl sets that up before the nodes"
        )
    home, resource = _home_of(declared_by)
    own = resource.partition("[")[0]
    if _of_one_call(group, declared_by):
        return f"set up the add-on with {_BEFORE_COMPUTE}"
    if not group.address.startswith(home):
        own = f"module.{home.split('.')[1].partition('[')[0]}"
    if "module." in group.address.removeprefix(home):
        by_module = f"let the module that makes the node group set up the add-on, with {_BEFORE_COMPUTE}"
        return by_module if order is CniOrder.AFTER else f"{by_module}, or make the group with depends_on = [{own}]"
    if own.startswith("aws_eks_addon.") and declared_by.endswith("]"):
        return (
            f"take vpc-cni out of {own} into an aws_eks_addon of its own, which must not wait for the node group, "
            "and name that in depends_on of the node group; add-ons that need nodes, such as coredns, stay where they are"
        )
    if order is CniOrder.AFTER:
        return (
            f"remove what makes {own} wait for the node group, its depends_on for instance, and only then add "
            f"depends_on = [{own}] to the node group"
        )
    return f"add depends_on = [{own}] to the node group"
