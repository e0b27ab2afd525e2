"""PR806 karpenter-prefixes-without-max-pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.cni import CniBehavior
from podroom.capacity.interfaces import uses_prefixes
from podroom.capacity.max_pods import recommended_cap
from podroom.capacity.node_pools import applies, fills, kubelet_of, max_pods, max_pods_of, types_of
from podroom.capacity.requirements import AllowedTypes
from podroom.capacity.working import Figure, MissingFactError
from podroom.catalog import documents
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import NodePool
from podroom.records import dataclass
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, Unknown
from podroom_rules.karpenter_examples import POOL
from podroom_rules.wording import article

_VARIABLE = "ENABLE_PREFIX_DELEGATION"
_CONFIGURATION = """
resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = []
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
"""
_POOL = POOL.replace('"m5.large", "m5.xlarge"', '"t3a.small", "t3a.medium"')


class KarpenterPrefixesWithoutMaxPods(Rule[NodePool]):
    """Prefix delegation is on, and Karpenter still counts single addresses.

    With `ENABLE_PREFIX_DELEGATION` a node has 16 addresses in every slot.  Karpenter works out max pods as
    interfaces x (addresses - 1) + 2, knows nothing of prefixes, and writes the number to every node that it starts: a
    t3a.small gets 8 pods where it has addresses for 98.  Karpenter packs pods by the same number, so it starts more
    nodes than the pods need, each of which takes whole /28 blocks of the subnet.

    Nothing hangs for long; pods wait with `Too many pods` until Karpenter has started one more node, though the addresses
    of the others would do.  Nodes stay half empty, and `kubectl describe node` shows the small number under Allocatable.  Where
    every type gets more than half of what it could run, this is an info.

    Remedy: set `maxPods` in the kubelet block of the EC2NodeClass (of the NodePool before v1): 110, or 250 for more
    than 30 vCPUs, as AWS recommends, or what the smallest type has room for.  The number counts for every type of the
    pool, and only Nitro types have prefixes; where types differ too much, give them pools of their own.
    """

    code = "PR806"
    name = "karpenter-prefixes-without-max-pods"
    severity = Severity.WARNING
    subject = NodePool
    sources = (
        documents.KARPENTER_INSTANCE_TYPES,
        documents.EKS_MAX_PODS,
        "https://github.com/aws/karpenter-provider-aws/issues/6102",
    )
    bad = (
        Example(
            "8 pods on a t3a.small that has addresses for 98",
            {"main.tf": _CONFIGURATION % " # expect: PR806", "karpenter.yaml": _POOL % ("al2023", "")},
        ),
    )
    good = (
        Example(
            "max pods is raised",
            {"main.tf": _CONFIGURATION % "", "karpenter.yaml": _POOL % ("al2023", "  kubelet:\n    maxPods: 98\n")},
        ),
        Example(
            "large types get as many pods as AWS recommends anyway",
            {
                "main.tf": _CONFIGURATION % "",
                "karpenter.yaml": POOL.replace('"m5.large", "m5.xlarge"', '"m5.4xlarge"') % ("al2023", ""),
            },
        ),
    )

    def judge(self, subject: NodePool, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at ENABLE_PREFIX_DELEGATION for the type that loses the most pods."""
        if not applies(subject, assessment):
            return
        settings = assessment.cluster(subject).cni
        cni = assessment.behavior(settings)
        variable = settings.find(_VARIABLE)
        if not cni.prefix_delegation or variable is None:
            return
        fixed = max_pods_of(kubelet_of(subject, assessment))
        if fixed is not None:
            fixed.need()
            return
        allowed = types_of(subject, assessment)
        outcomes, unknown = collect(_outcomes(subject, allowed, cni, assessment))
        losses = [outcome for outcome in outcomes if outcome.loses]
        if losses:
            worst = max(losses, key=lambda loss: loss.possible - loss.limit.value)
            yield self.finding(
                variable.span,
                subject,
                f"prefix delegation is on, but Karpenter gives {article(worst.instance.name)} "
                f"{worst.limit.value} pods where it could run {worst.possible}",
                label=f"Karpenter does not know of it: {worst.limit.working}",
                effect="Karpenter starts more nodes than the pods need, and every node takes /28 blocks all the same.",
                fix=_advice(worst, outcomes),
                related=(
                    Note(
                        f"{subject.address} may launch it; room for {worst.room.value}: {worst.room.working}",
                        subject.span,
                    ),
                ),
                severity=None if allowed.sized and any(loss.is_large for loss in losses) else Severity.INFO,
                confidence=Confidence.HIGH if allowed.sized else Confidence.MEDIUM,
                evidence={
                    "max_pods": worst.limit.value,
                    "possible": worst.possible,
                    "room": worst.room.value,
                    "instance_type": worst.instance.name,
                    "types_with_too_few": len(losses),
                },
            )
        if unknown is not None:
            raise Undecidable(unknown)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What Karpenter gives a type of the pool, and how many pods it could run."""

    instance: InstanceType
    limit: Figure
    room: Figure
    possible: int
    loses: bool

    @property
    def useful(self) -> int:
        """How many pods the node runs with what Karpenter gives it."""
        return min(self.limit.value, self.possible)

    @property
    def is_large(self) -> bool:
        """Whether Karpenter gives at most half of the pods that the type could run."""
        return self.limit.value * 2 <= self.possible


def _outcomes(pool: NodePool, allowed: AllowedTypes, cni: CniBehavior, assessment: Assessment) -> Iterator[_Outcome]:
    # RESERVED_ENIS only lowers what Karpenter gives, so that what is lost without it is lost with it too.
    for instance in allowed.certain:
        limit = max_pods(pool, instance, assessment)
        room = assessment.room(instance, cni, pool.span)
        try:
            possible = min(recommended_cap(instance).value, room.value)
            gains = uses_prefixes(instance, cni) and limit.value < possible
        except MissingFactError as error:
            raise Undecidable(Unknown(error.message, pool.span)) from error
        yield _Outcome(instance, limit, room, possible, gains and fills(instance, possible, limit.value))
    if allowed.unknown is not None:
        raise Undecidable(allowed.unknown)


def _advice(worst: _Outcome, outcomes: list[_Outcome]) -> str:
    """Return what to write: one number only if it takes no pods from any type that Karpenter may launch."""
    number = min(outcome.possible for outcome in outcomes)
    if all(outcome.useful <= number for outcome in outcomes):
        return f"set maxPods: {number} in the kubelet block of the EC2NodeClass"
    if number == worst.possible:
        return (
            f"set maxPods: {number} in the kubelet block of the EC2NodeClass, and give the types of this pool that run "
            "more pods now a NodePool and an EC2NodeClass of their own"
        )
    return (
        f"give the types that may run {worst.possible} pods a NodePool and an EC2NodeClass of their own with maxPods: "
        f"{worst.possible} in its kubelet block; all types of this pool have room for {number} only"
    )
