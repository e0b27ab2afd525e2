"""PR801 karpenter-reserved-enis."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.cni import CniBehavior
from podroom.capacity.node_pools import applies, fills, kubelet_of, max_pods, max_pods_of, types_of
from podroom.capacity.requirements import AllowedTypes
from podroom.capacity.working import Figure
from podroom.catalog import documents
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import Karpenter, NodePool
from podroom.records import dataclass
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, Unknown, place_of
from podroom_rules.karpenter_examples import POOL
from podroom_rules.wording import STUCK_PODS, article

_FEATURES = {
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "custom networking keeps pods off the primary interface",
    "ENABLE_POD_ENI": "the trunk of security groups for pods takes an interface",
}
_MOST_RESERVED = 2
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
    env = { ENABLE_POD_ENI = "true" }
  })
}

resource "helm_release" "karpenter" {%s
  name       = "karpenter"
  repository = "oci://public.ecr.aws/karpenter"
  chart      = "karpenter"
  values = [yamlencode({
    settings = {
      clusterName = "main"%s
    }
  })]
}
"""


class KarpenterReservedEnis(Rule[NodePool]):
    """Karpenter counts an interface for pods that the VPC CNI does not give them.

    Karpenter works out max pods as interfaces x (addresses - 1) + 2 and writes it to every node.  It knows nothing of
    custom networking, which keeps pods off the primary interface, nor of security groups for pods, whose trunk takes
    an interface.  Its setting `reservedENIs` (RESERVED_ENIS) says how many interfaces to leave out: 1 for either, 2
    for both.  It is 0 unless set, and one number for all NodePools.

    Pods beyond the room hang in ContainerCreating with

        failed to assign an IP address to container

    Remedy: set `settings.reservedENIs` in the values of Karpenter's chart, or `maxPods` in the kubelet block of the
    EC2NodeClass; or turn on prefix delegation.
    """

    code = "PR801"
    name = "karpenter-reserved-enis"
    severity = Severity.ERROR
    subject = NodePool
    sources = (documents.KARPENTER_INSTANCE_TYPES, documents.KARPENTER_SETTINGS, documents.CNI_IPAMD)
    bad = (
        Example(
            "the trunk takes one of three interfaces of an m5.large, and Karpenter counts all",
            {"main.tf": _CONFIGURATION % (" # expect: PR801", ""), "karpenter.yaml": POOL % ("al2023", "")},
        ),
    )
    good = (
        Example(
            "one interface is reserved",
            {"main.tf": _CONFIGURATION % ("", '\n      reservedENIs = "1"'), "karpenter.yaml": POOL % ("al2023", "")},
        ),
    )

    def judge(self, subject: NodePool, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding where Karpenter is set, for the type with the least room."""
        if not applies(subject, assessment):
            return
        cluster = assessment.cluster(subject)
        cni = assessment.behavior(cluster.cni)
        if not (cni.custom_networking or cni.pod_eni):
            return
        fixed = max_pods_of(kubelet_of(subject, assessment))
        if fixed is not None:
            fixed.need()  # a number replaces what Karpenter works out: PR802
            return
        karpenter = cluster.karpenter
        if karpenter is None:
            reason = "how Karpenter is installed is not in this project, so its settings.reservedENIs is not known"
            raise Undecidable(Unknown(reason, subject.span))
        reserved = karpenter.reserved_enis.need()
        allowed = types_of(subject, assessment)
        faults, unknown = collect(_faults(subject, allowed, cni, assessment, reserved))
        if faults:
            yield self._finding(subject, assessment, karpenter, faults, reserved)
        if unknown is not None:
            raise Undecidable(unknown)

    def _finding(
        self, pool: NodePool, assessment: Assessment, karpenter: Karpenter, faults: list[_Fault], reserved: int
    ) -> Finding:
        worst = min(faults, key=lambda fault: fault.room.value)
        settings = assessment.cluster(pool).cni
        cni = assessment.behavior(settings)
        needed = next(
            (
                count
                for count in range(reserved + 1, _MOST_RESERVED + 1)
                if all(max_pods(pool, fault.instance, assessment, count).value <= fault.room.value for fault in faults)
            ),
            None,
        )
        variables = [settings.find(name) for name in _FEATURES]
        return self.finding(
            place_of(karpenter.reserved_enis.origin, karpenter.span),
            pool,
            f"Karpenter gives {article(worst.instance.name)} {worst.limit.value} pods, and it has room for "
            f"{worst.room.value}",
            label=f"room for {worst.room.value}: {worst.room.working}",
            effect=STUCK_PODS,
            fix=_fix(karpenter, needed, worst.room.value),
            related=(
                *(
                    Note(_FEATURES[variable.name], variable.span)
                    for variable in variables
                    if variable is not None and _is_on(variable.name, cni)
                ),
                Note(f"{pool.address} may launch it; Karpenter's sum is {worst.limit.working}", pool.span),
            ),
            confidence=Confidence.HIGH if settings.declared_by is not None else Confidence.MEDIUM,
            evidence={
                "max_pods": worst.limit.value,
                "room": worst.room.value,
                "working": worst.room.working,
                "instance_type": worst.instance.name,
                "reserved_enis": reserved,
                "needed_enis": needed,
                "types_without_room": len(faults),
            },
        )


def _fix(karpenter: Karpenter, needed: int | None, room: int) -> str:
    if needed is None:
        return f"set maxPods: {room} in the kubelet block of the EC2NodeClass"
    setting = f'settings.reservedENIs: "{needed}"'
    if karpenter.by_eksctl:
        return f"install Karpenter by its own chart with {setting}: what eksctl installs does not let you set it"
    return f"set {setting}"


@dataclass(frozen=True, slots=True)
class _Fault:
    """A type that Karpenter gives more pods than it has room for."""

    instance: InstanceType
    limit: Figure
    room: Figure


def _faults(
    pool: NodePool, allowed: AllowedTypes, cni: CniBehavior, assessment: Assessment, reserved: int
) -> Iterator[_Fault]:
    for instance in allowed.certain:
        limit = max_pods(pool, instance, assessment, reserved)
        room = assessment.room(instance, cni, pool.span)
        if limit.value > room.value and fills(instance, limit.value, room.value):
            yield _Fault(instance, limit, room)
    if allowed.unknown is not None:
        raise Undecidable(allowed.unknown)


def _is_on(name: str, cni: CniBehavior) -> bool:
    return cni.pod_eni if name == "ENABLE_POD_ENI" else cni.custom_networking
