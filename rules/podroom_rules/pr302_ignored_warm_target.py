"""PR302 ignored-warm-target."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import CniBehavior
from podroom.capacity.interfaces import uses_prefixes
from podroom.capacity.working import MissingFactError
from podroom.catalog import documents
from podroom.catalog.cni_variables import CNI_VARIABLES
from podroom.model.world import Cluster, EnvironmentVariable, NodeGroup
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, Unknown
from podroom_rules.rooms import groups_of, of_each
from podroom_rules.subjects import with_ignored_targets
from podroom_rules.variables import written

_ENI, _PREFIX = "WARM_ENI_TARGET", "WARM_PREFIX_TARGET"
_ADDRESS_TARGETS = ("WARM_IP_TARGET", "MINIMUM_IP_TARGET")
_PREFIX_DELEGATION = "ENABLE_PREFIX_DELEGATION"
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


class IgnoredWarmTarget(Rule[Cluster]):
    """A warm target is set that the CNI does not look at.

    The CNI keeps addresses in reserve by one target only.  `WARM_IP_TARGET` or `MINIMUM_IP_TARGET` above 0 makes it
    ignore `WARM_ENI_TARGET` and `WARM_PREFIX_TARGET`; with prefix delegation it looks at `WARM_PREFIX_TARGET` and no
    longer at `WARM_ENI_TARGET`; without it `WARM_PREFIX_TARGET` means nothing.

    Nothing fails.  But nodes hold another number of addresses than somebody decided, and whoever changes the number
    later, because a subnet runs dry, changes nothing: ipamd goes on to log `InsufficientFreeAddressesInSubnet`, or, where
    fewer are in reserve than somebody wanted, pods that come at once wait in ContainerCreating with

        failed to assign an IP address to container

    Silent where the number is 0 or the default, 1: nobody decided it.

    Remedy: remove it, or set the target that counts.
    """

    code = "PR302"
    name = "ignored-warm-target"
    severity = Severity.WARNING
    subject = Cluster
    concerns = staticmethod(with_ignored_targets)
    sources = (documents.CNI_README, documents.CNI_IPAMD, documents.CNI_PREFIX_TARGETS)
    bad = (
        Example.terraform(
            "WARM_IP_TARGET rules",
            _CONFIGURATION
            % 'WARM_IP_TARGET = "5"\n      MINIMUM_IP_TARGET = "16"\n      WARM_ENI_TARGET = "2" # expect: PR302',
        ),
        Example.terraform(
            "prefixes are kept warm, not interfaces",
            _CONFIGURATION % 'ENABLE_PREFIX_DELEGATION = "true"\n      WARM_ENI_TARGET = "2" # expect: PR302',
        ),
        Example.terraform(
            "there are no prefixes to keep warm", _CONFIGURATION % 'WARM_PREFIX_TARGET = "2" # expect: PR302'
        ),
    )
    good = (
        Example.terraform(
            "the target that counts",
            _CONFIGURATION % 'ENABLE_PREFIX_DELEGATION = "true"\n      WARM_PREFIX_TARGET = "2"',
        ),
        Example.terraform(
            "the default written down",
            _CONFIGURATION % 'WARM_IP_TARGET = "5"\n      MINIMUM_IP_TARGET = "16"\n      WARM_ENI_TARGET = "1"',
        ),
        Example.terraform(
            "switched off",
            _CONFIGURATION % 'WARM_IP_TARGET = "5"\n      MINIMUM_IP_TARGET = "16"\n      WARM_ENI_TARGET = "0"',
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at each warm target that nodes of the cluster do not look at."""
        settings = subject.cni
        targets = written(subject, _ENI, _PREFIX)
        if subject.ip_family.need() != "ipv4":
            return
        behavior = assessment.behavior(settings)
        for variable in targets:
            text = variable.value.need()
            # The manifest of the CNI holds the default, and so does everybody who writes all of it down.
            if text in {"", "0", CNI_VARIABLES[variable.name].default}:
                continue
            cause = self._cause(variable.name, subject, behavior, assessment)
            if cause is None:
                continue
            reason, place = cause
            yield self.finding(
                variable.span,
                subject,
                f"{variable.name} has no effect: {reason}",
                label="the CNI does not look at it",
                effect="Nodes hold another number of addresses in reserve than this says.",
                fix=f"remove {variable.name}{_instead(behavior)}",
                related=() if place is None else (Note("this decides", place.span),),
                evidence={"variable": variable.name, "value": text},
            )

    @staticmethod
    def _cause(
        name: str, cluster: Cluster, behavior: CniBehavior, assessment: Assessment
    ) -> tuple[str, EnvironmentVariable | None] | None:
        """Return why a target is not looked at and the variable that says so, None if it is looked at."""
        find = cluster.cni.find
        if behavior.targets_addresses:
            ruling = _ADDRESS_TARGETS[0] if behavior.warm_ip_target > 0 else _ADDRESS_TARGETS[1]
            return f"{ruling} takes its place", find(ruling)
        if name == _PREFIX:
            return None if behavior.prefix_delegation else ("prefix delegation is off", find(_PREFIX_DELEGATION))
        if not behavior.prefix_delegation or not _all_use_prefixes(cluster, behavior, assessment):
            return None
        return f"with prefix delegation {_PREFIX} takes its place", find(_PREFIX_DELEGATION)


def _all_use_prefixes(cluster: Cluster, behavior: CniBehavior, assessment: Assessment) -> bool:
    """Return whether every node of the cluster uses prefixes; the others fall back to WARM_ENI_TARGET."""
    answers, unknown = of_each(groups_of(cluster, assessment), lambda group: _use_prefixes(group, behavior, assessment))
    if all(answers) and unknown is not None:
        raise Undecidable(unknown)
    return all(answers)


def _use_prefixes(group: NodeGroup, behavior: CniBehavior, assessment: Assessment) -> Iterator[bool]:
    for resolved in assessment.instances(group) if assessment.applies(group) else ():
        try:
            yield uses_prefixes(resolved.instance, behavior)
        except MissingFactError as error:
            raise Undecidable(Unknown(error.message, group.span)) from error


def _instead(behavior: CniBehavior) -> str:
    if behavior.targets_addresses:
        return ""
    return f", or say it with {_PREFIX}" if behavior.prefix_delegation else f", or turn on {_PREFIX_DELEGATION}"
