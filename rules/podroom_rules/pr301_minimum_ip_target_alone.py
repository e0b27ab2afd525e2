"""PR301 min-ip-without-warm-ip."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.interfaces import ADDRESSES_PER_PREFIX, uses_prefixes
from podroom.capacity.working import Figure, Term
from podroom.catalog import documents
from podroom.model.world import Cluster, NodeGroup
from podroom.records import dataclass
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.rooms import groups_of, of_each
from podroom_rules.variables import as_written, find_written, misspelt

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


@dataclass(frozen=True, slots=True)
class _Exceeding:
    """Nodes of one type that may run `pods` pods with an address, which is more than they ever hold."""

    group: NodeGroup
    type_name: str
    pods: int
    held: Figure


class MinimumIpTargetAlone(Rule[Cluster]):
    """`MINIMUM_IP_TARGET` without `WARM_IP_TARGET` is a hard limit on the pods of a node.

    `MINIMUM_IP_TARGET` says how many addresses a node holds at least.  As soon as it is set, the CNI ignores
    `WARM_ENI_TARGET`, and an unset `WARM_IP_TARGET` counts as 0: no address is kept warm.  The pool then never grows
    past the minimum (rounded up to whole prefixes of 16 with prefix delegation), however many pods wait, so the pod
    after the last address fails for good:

        failed to assign an IP address to container

    It looks like an exhausted subnet, but the subnet has room.

    Remedy: set `WARM_IP_TARGET` to 2 as well, and raise the minimum to the pods that a node usually runs: what goes
    beyond it is asked of EC2 pod by pod (PR303).
    """

    code = "PR301"
    name = "min-ip-without-warm-ip"
    severity = Severity.ERROR
    subject = Cluster
    sources = (documents.CNI_README, documents.CNI_ENI_TARGETS, documents.CNI_IPAMD)
    bad = (
        Example.terraform(
            "the sixth pod of a node never gets an address",
            _CONFIGURATION % 'MINIMUM_IP_TARGET = "5" # expect: PR301',
        ),
    )
    good = (
        Example.terraform(
            "the pool grows with the pods",
            _CONFIGURATION % 'MINIMUM_IP_TARGET = "5"\n      WARM_IP_TARGET = "2"',
        ),
        Example.terraform("the minimum is above what a node can run", _CONFIGURATION % 'MINIMUM_IP_TARGET = "30"'),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at MINIMUM_IP_TARGET if a node of the cluster may run more pods than it allows."""
        variable = find_written(subject, "MINIMUM_IP_TARGET")
        if variable is None or subject.ip_family.need() != "ipv4":
            return
        behavior = assessment.behavior(subject.cni)
        minimum = behavior.minimum_ip_target
        if minimum <= 0 or behavior.warm_ip_target > 0:
            return
        meant = misspelt(subject.cni, "WARM_IP_TARGET")
        if meant is not None and meant.value.need() not in {"", "0"}:
            return  # PR307, at the name
        groups = groups_of(subject, assessment)
        exceeding, unknown = of_each(groups, lambda group: self._exceeding(group, assessment, minimum))
        if not exceeding and unknown is not None:
            raise Undecidable(unknown)
        if not exceeding and groups:
            return
        worst = max(exceeding, key=lambda item: item.pods - item.held.value, default=None)
        held = worst.held if worst else _held(minimum, prefixes=behavior.prefix_delegation)
        warm = subject.cni.find("WARM_IP_TARGET")
        set_to = f'"{assessment.variable(subject.cni, warm.name).need()}"' if warm else None
        raised = _raised(minimum, [item.pods for item in exceeding], assessment)
        yield self.finding(
            variable.span,
            subject,
            f"no node ever holds more than {held.value} addresses for pods"
            + (f", but may be given {worst.pods} pods" if worst else ""),
            label=f"WARM_IP_TARGET is {set_to or 'not set'}"
            + ("" if set_to == '"0"' else ", which counts as 0")
            + ", so the pool never grows"
            + (f" beyond {held.working}" if held.value != minimum else ""),
            effect=f"Pod {held.value + 1} of a node hangs in ContainerCreating with "
            '"failed to assign an IP address to container", though the subnet has addresses.',
            fix=(
                f'change WARM_IP_TARGET from {set_to} to "{_WARM_IP_TARGET}"'
                if set_to
                else f"add {as_written(variable, 'WARM_IP_TARGET', str(_WARM_IP_TARGET))} beside "
                f"{as_written(variable, variable.name, str(raised))}"
            )
            + (f', and raise {variable.name} from "{minimum}" to "{raised}"' if set_to and raised > minimum else "")
            + (", which a node then takes at once" if raised > minimum else ""),
            related=(
                *((Note("the pool never grows because of this", warm.span),) if warm else ()),
                *(
                    Note(
                        f"{item.type_name} nodes of {item.group.address} may run {item.pods} pods with an address",
                        item.group.span,
                    )
                    for item in exceeding
                ),
            ),
            severity=Severity.ERROR if exceeding else Severity.WARNING,
            confidence=Confidence.HIGH if exceeding else Confidence.MEDIUM,
            assumption=None
            if exceeding
            else f"the node groups are not in this configuration; nodes with more than {held.value} pods are assumed",
            evidence={
                "minimum_ip_target": minimum,
                "held": held.value,
                "working": held.working,
                "most_pods": worst.pods if worst else None,
            },
        )

    @staticmethod
    def _exceeding(group: NodeGroup, assessment: Assessment, minimum: int) -> Iterator[_Exceeding]:
        """Iterate over the types of a group that may run more pods with an address than the pool ever holds."""
        if not assessment.applies(group):
            return
        cni = assessment.cni(group)
        for resolved in assessment.instances(group):
            held = _held(minimum, prefixes=uses_prefixes(resolved.instance, cni))
            limit = min(assessment.kubelet(group, resolved.instance), key=lambda limit: limit.figure.value)
            pods = limit.figure.value - assessment.assumptions.host_network_pods
            if pods > held.value:
                yield _Exceeding(group, resolved.instance.name, pods, held)


def _raised(minimum: int, pods: list[int], assessment: Assessment) -> int:
    """Return the minimum with which a node asks for the addresses of the pods that it is expected to run at once."""
    expected = assessment.assumptions.expected_pods_per_node
    return max(minimum, min(expected, max(pods, default=expected)))


def _held(minimum: int, *, prefixes: bool) -> Figure:
    """Return the addresses that a node holds for a MINIMUM_IP_TARGET: whole prefixes with prefix delegation."""
    if not prefixes:
        return Term(minimum, f"{minimum}").figure(documents.CNI_IPAMD)
    count = -(-minimum // ADDRESSES_PER_PREFIX)
    expression = f"ceil({minimum} / {ADDRESSES_PER_PREFIX}) = {count} {'prefix' if count == 1 else 'prefixes'}"
    return Term(count * ADDRESSES_PER_PREFIX, f"{expression} x {ADDRESSES_PER_PREFIX} addresses").figure(
        documents.CNI_IPAMD, documents.CNI_PREFIX_TARGETS
    )
