"""PR802 karpenter-static-max-pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.cni import CniBehavior
from podroom.capacity.node_pools import SMALLEST_POD, applies, fills, kubelet_of, max_pods, max_pods_of, types_of
from podroom.capacity.requirements import AllowedTypes
from podroom.capacity.working import Figure, counted
from podroom.catalog import documents
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import NodePool
from podroom.positions import Span
from podroom.records import dataclass, replace
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Known, Undecidable, place_of
from podroom_rules.wording import STUCK_PODS, article, assumed_cni, joined

_MOST_TYPES = 10
_LETS_IN = ("In", "Gt", "Gte", "Lt", "Lte")
_CLUSTER = """
resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"%s
}
"""
_PREFIXES = """
  configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true" } })"""
_POOL = """
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: default
spec:
  template:
    spec:
      nodeClassRef:
        group: karpenter.k8s.aws
        kind: EC2NodeClass
        name: default
      requirements:
        - key: karpenter.k8s.aws/instance-category
          operator: In
          values: ["c", "m"]
        - key: karpenter.k8s.aws/instance-cpu
          operator: In
          values: ["8", "16"]
        - key: karpenter.k8s.aws/instance-hypervisor
          operator: In
          values: ["nitro"]
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata:
  name: default
spec:
  amiSelectorTerms:
    - alias: al2023@latest
%s"""


class KarpenterStaticMaxPods(Rule[NodePool]):
    """Karpenter gives every node one number of max pods, and small types that it may launch have less room.

    `maxPods` in the kubelet block of an EC2NodeClass (before Karpenter 1.0: of a NodePool or Provisioner) replaces
    the number that Karpenter works out for each instance type.  It is written to the node and wins over user data.
    The requirements of a NodePool usually allow types of several sizes, and Karpenter takes the cheapest on which
    the waiting pods fit: it counts them against this number, not against the addresses of the node.

    kubelet accepts as many pods, and those beyond the node's room hang in ContainerCreating with

        failed to assign an IP address to container

    Whoever sets 110 usually has prefix delegation in mind; without it a 2xlarge has room for 58.

    A type counts only if it has the memory for more pods than it has room for.  Where the requirements name neither
    types, sizes, processors nor memory, it is a warning: whether Karpenter ever picks a small type hangs on the pods.

    Remedy: leave `maxPods` away, turn on prefix delegation, or require larger types.
    """

    code = "PR802"
    name = "karpenter-static-max-pods"
    severity = Severity.ERROR
    subject = NodePool
    sources = (documents.KARPENTER_INSTANCE_TYPES, documents.KARPENTER_REQUIREMENTS, documents.CNI_MAX_PODS_LIST)
    bad = (
        Example(
            "110 max pods on types that begin with a 2xlarge, which has room for 58",
            {"main.tf": _CLUSTER % "", "karpenter.yaml": _POOL % "  kubelet:\n    maxPods: 110 # expect: PR802\n"},
        ),
    )
    good = (
        Example(
            "Karpenter works the number out for each type",
            {"main.tf": _CLUSTER % "", "karpenter.yaml": _POOL % ""},
        ),
        Example(
            "prefix delegation gives every one of the types room for 110",
            {"main.tf": _CLUSTER % _PREFIXES, "karpenter.yaml": _POOL % "  kubelet:\n    maxPods: 110\n"},
        ),
    )

    def judge(self, subject: NodePool, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the number, for the type with the least room."""
        if not applies(subject, assessment):
            return
        kubelet = kubelet_of(subject, assessment)
        fixed = max_pods_of(kubelet)
        if kubelet is None or fixed is None:
            return
        cni = assessment.behavior(assessment.cluster(subject).cni)
        allowed = types_of(subject, assessment)
        faults, unknown = collect(_faults(subject, allowed, cni, assessment))
        if faults:
            yield self._finding(subject, assessment, allowed, faults, place_of(fixed.origin, kubelet.span))
        if unknown is not None:
            raise Undecidable(unknown)

    def _finding(
        self, pool: NodePool, assessment: Assessment, allowed: AllowedTypes, faults: list[_Fault], place: Span
    ) -> Finding:
        worst = min(faults, key=lambda fault: fault.room.value)
        settings = assessment.cluster(pool).cni
        cni = assessment.behavior(settings)
        told = worst.limit.value
        others = f"; {counted(len(faults) - 1, 'other type')} without room for {told}" if len(faults) > 1 else ""
        return self.finding(
            place,
            pool,
            f"kubelet is told {told} pods, but {article(worst.instance.name)}, which {pool.address} may launch, "
            f"has room for {worst.room.value}",
            label=f"room for {worst.room.value}: {worst.room.working}{others}",
            effect=STUCK_PODS,
            fix=_fix(assessment, pool, faults, cni),
            assumption=joined(
                assumed_cni(settings),
                f"pods are taken to ask for {SMALLEST_POD} MiB of memory or more"
                + ("" if allowed.sized else "; Karpenter takes a small type only if the waiting pods fit on it"),
            ),
            related=(*_sizes(pool, worst.instance), *_cause(assessment, pool, worst, cni)),
            severity=None if allowed.sized else Severity.WARNING,
            confidence=Confidence.MEDIUM if settings.declared_by is None or not allowed.sized else Confidence.HIGH,
            evidence={
                "max_pods": told,
                "room": worst.room.value,
                "working": worst.room.working,
                "instance_type": worst.instance.name,
                "types_without_room": len(faults),
                "instance_types": [
                    fault.instance.name for fault in sorted(faults, key=lambda fault: fault.room.value)[:_MOST_TYPES]
                ],
            },
        )


@dataclass(frozen=True, slots=True)
class _Fault:
    """A type with less room than kubelet is told."""

    instance: InstanceType
    limit: Figure
    room: Figure


def _faults(pool: NodePool, allowed: AllowedTypes, cni: CniBehavior, assessment: Assessment) -> Iterator[_Fault]:
    for instance in allowed.certain:
        limit = max_pods(pool, instance, assessment)
        room = assessment.room(instance, cni, pool.span)
        if limit.value > room.value and fills(instance, limit.value, room.value):
            yield _Fault(instance, limit, room)
    if allowed.unknown is not None:
        raise Undecidable(allowed.unknown)


def _fix(assessment: Assessment, pool: NodePool, faults: list[_Fault], cni: CniBehavior) -> str:
    ways = []
    if not cni.custom_networking and not cni.pod_eni and cni.max_eni is None:
        ways.append("leave maxPods away so that Karpenter works it out for each type")
    prefixes = replace(cni, prefix_delegation=True)
    if not cni.prefix_delegation and all(
        assessment.room(fault.instance, prefixes, pool.span).value >= fault.limit.value for fault in faults
    ):
        ways.append("turn on prefix delegation (ENABLE_PREFIX_DELEGATION)")
    least = min(fault.room.value for fault in faults)
    ways.append(f"require types with room for it, or write maxPods: {least}")
    return "; or ".join(ways)


def _sizes(pool: NodePool, instance: InstanceType) -> Iterator[Note]:
    """Yield a note at the requirement that lets a small type in, at its value if there are several."""
    wanted = {
        "instance-type": instance.name,
        "instance-size": instance.name.partition(".")[2],
        "instance-cpu": str(instance.vcpus),
    }
    for requirement in pool.requirements:
        key = requirement.key
        name = key.value.rpartition("/")[2] if isinstance(key, Known) else ""
        if name in wanted and isinstance(requirement.operator, Known) and requirement.operator.value in _LETS_IN:
            values = [one for one in requirement.values if isinstance(one, Known) and one.value == wanted[name]]
            places = [place_of(value.origin, requirement.span) for value in values]
            yield Note("this lets Karpenter launch it", next(iter(places), requirement.span))
            return
    yield Note("the requirements name no size", pool.span)


def _cause(assessment: Assessment, pool: NodePool, worst: _Fault, cni: CniBehavior) -> Iterator[Note]:
    settings = assessment.cluster(pool).cni
    for name, is_on, what in (
        (
            "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
            cni.custom_networking,
            "custom networking keeps pods off the primary interface",
        ),
        ("ENABLE_POD_ENI", cni.pod_eni, "the trunk of security groups for pods takes an interface"),
    ):
        feature = settings.find(name)
        if is_on and feature is not None:
            yield Note(what, feature.span)
    variable = settings.find("ENABLE_PREFIX_DELEGATION")
    if cni.prefix_delegation and variable is not None:
        if worst.instance.hypervisor == "xen":
            yield Note(f"prefix delegation is on, but {worst.instance.name} is no Nitro type", variable.span)
    elif variable is not None:
        yield Note("prefix delegation is off", variable.span)
    elif settings.span is not None:
        yield Note("the CNI is set here, without prefix delegation", settings.span)
