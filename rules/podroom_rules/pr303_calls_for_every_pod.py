"""PR303 warm-ip-throttle."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved
from podroom.capacity.cni import CniBehavior
from podroom.capacity.warm_pool import growth_calls
from podroom.capacity.working import MissingFactError, counted
from podroom.catalog import documents
from podroom.model.world import Cluster, NodeGroup
from podroom.positions import Span
from podroom.records import dataclass, replace
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Known, Undecidable, Unknown, place_of
from podroom_rules.rooms import groups_of, of_each
from podroom_rules.variables import find_written
from podroom_rules.wording import joined, type_note

_WARM, _MINIMUM = "WARM_IP_TARGET", "MINIMUM_IP_TARGET"
_PODS_A_CALL = 2
"""From so many pods on that share a call, calls are few."""
_LITTLE_WARM = 2
"""Up to so many spare addresses pods that come together do not share a call either."""
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
  instance_types  = ["m5.xlarge"]
  scaling_config {
    min_size     = 1
    desired_size = 10
    max_size     = 80
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
        WARM_IP_TARGET: "1"%s
"""


class CallsForEveryPod(Rule[Cluster]):
    """`WARM_IP_TARGET` makes the CNI ask EC2 for addresses one by one.

    With `WARM_IP_TARGET` alone a node holds exactly that many spare addresses.  Each pod that comes takes one, and the
    CNI asks EC2 for another; each pod that goes gives one too many, and the CNI gives it back.  A deployment that
    puts 16 pods on each of 80 nodes makes more than a thousand calls of AssignPrivateIpAddresses within minutes.  EC2
    limits these calls for the account and region together, so others are throttled, too: load balancers, autoscalers,
    the nodes of other clusters.  ipamd logs

        RequestLimitExceeded: Request limit exceeded

    and pods wait meanwhile: "failed to assign an IP address to container".

    `MINIMUM_IP_TARGET` takes the addresses of the pods that a node usually runs at once, with one or two calls.  The
    README of the CNI strongly suggests to set it wherever `WARM_IP_TARGET` is set.

    It is a warning for clusters that may have 50 nodes (`many_nodes` of podroom.toml) or more.  In smaller ones it is
    for information where no minimum is set.  A minimum that a node's pods soon use up (16 are expected unless
    `expected_pods_per_node` says otherwise) helps only beside a `WARM_IP_TARGET` of 3 or more: pods that come together
    then share a call.  With prefix delegation every call brings 16 addresses, so calls are few and this rule is silent.

    Remedy: `MINIMUM_IP_TARGET` for the pods that a node usually runs, beside a `WARM_IP_TARGET` of 2 or more.
    """

    code = "PR303"
    name = "warm-ip-throttle"
    severity = Severity.WARNING
    subject = Cluster
    sources = (
        documents.CNI_README,
        documents.CNI_ENI_TARGETS,
        documents.CNI_IPAMD,
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/2056",
    )
    bad = (
        Example.terraform("80 nodes ask for every address", _CONFIGURATION % 'WARM_IP_TARGET = "1" # expect: PR303'),
        Example.terraform(
            "a minimum that a few pods use up",
            _CONFIGURATION % 'WARM_IP_TARGET = "1" # expect: PR303\n      MINIMUM_IP_TARGET = "3"',
        ),
        Example.eksctl("the same in a ClusterConfig, for nodes that are not in it", _EKSCTL % " # expect: PR303"),
    )
    good = (
        Example.terraform(
            "the minimum covers the pods of a node",
            _CONFIGURATION % 'WARM_IP_TARGET = "2"\n      MINIMUM_IP_TARGET = "16"',
        ),
        Example.terraform(
            "a small minimum, but pods that come together share a call",
            _CONFIGURATION % 'WARM_IP_TARGET = "5"\n      MINIMUM_IP_TARGET = "10"',
        ),
        Example.terraform(
            "a small minimum on few nodes",
            (_CONFIGURATION % 'WARM_IP_TARGET = "2"\n      MINIMUM_IP_TARGET = "3"').replace("80", "20"),
        ),
        Example.terraform(
            "prefixes come 16 addresses at a time",
            _CONFIGURATION % 'WARM_IP_TARGET = "1"\n      ENABLE_PREFIX_DELEGATION = "true"',
        ),
        Example.terraform("whole interfaces come at once", _CONFIGURATION % 'WARM_IP_TARGET = "0"'),
        Example.terraform(
            "a minimum for small nodes, which covers most of their 9 pods",
            (_CONFIGURATION % 'WARM_IP_TARGET = "2"\n      MINIMUM_IP_TARGET = "8"').replace("m5.xlarge", "t3.small"),
        ),
        Example.eksctl("a minimum in a ClusterConfig", _EKSCTL % '\n        MINIMUM_IP_TARGET: "12"'),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at WARM_IP_TARGET if it makes nodes ask EC2 for more than every second pod."""
        variable = find_written(subject, _WARM)
        if variable is None or subject.ip_family.need() != "ipv4":
            return
        behavior = assessment.behavior(subject.cni)
        if behavior.warm_ip_target <= 0:
            return
        if behavior.minimum_ip_target and behavior.warm_ip_target > _LITTLE_WARM:
            return
        groups = groups_of(subject, assessment)
        found, unknown = of_each(groups, lambda group: _kinds(group, assessment, behavior))
        if not found and unknown is not None:
            raise Undecidable(unknown)
        expected = assessment.assumptions.expected_pods_per_node
        if not found and (groups or behavior.prefix_delegation):
            return
        worst = max(found, key=lambda kind: kind.calls, default=None)
        sizes = tuple({id(kind.group): kind.group.maximum_size for kind in found}.values())
        nodes = sum(size.value for size in sizes if isinstance(size, Known))
        many = nodes >= assessment.assumptions.many_nodes
        if behavior.minimum_ip_target and not many:
            if unknown is not None:
                raise Undecidable(unknown)
            for size in sizes:
                size.need()
            return
        then = _remedied(behavior, expected)
        minimum = subject.cni.find(_MINIMUM)
        yield self.finding(
            variable.span,
            subject,
            "nodes ask EC2 for the address of every pod"
            if worst is None
            else f"a node calls EC2 {worst.calls} times for {counted(worst.pods, 'pod')}"
            + (f", and there may be {nodes:,} nodes" if many else ""),
            label=f"{_WARM} keeps {behavior.warm_ip_target} spare, and {_MINIMUM} is "
            + (f'"{assessment.variable(subject.cni, _MINIMUM).need()}"' if minimum else "not set"),
            effect="EC2 throttles the calls of the whole account (ipamd logs RequestLimitExceeded), and pods wait in "
            'ContainerCreating with "failed to assign an IP address to container".',
            fix=f'set {_MINIMUM} = "{then.minimum_ip_target}" beside {_WARM} = "{then.warm_ip_target}"'
            + ("" if worst is None else f", which makes it {counted(worst.calls_then, 'call')}"),
            related=(
                *((Note("too few for the pods of a node", minimum.span),) if minimum else ()),
                *(
                    type_note(kind.resolved, f"{counted(kind.calls, 'call')} for {counted(kind.pods, 'pod')}")
                    for kind in found
                ),
                *(Note(f"at most {kind.nodes} nodes", kind.size_place) for kind in found if many and kind.nodes),
            ),
            assumption=joined(
                f"a node is expected to run {expected} pods (expected_pods_per_node)",
                None if found else "no node group of this cluster is in this configuration; it has nodes",
            ),
            severity=None if many else Severity.INFO,
            confidence=Confidence.MEDIUM,
            evidence={
                "warm_ip_target": behavior.warm_ip_target,
                "minimum_ip_target": behavior.minimum_ip_target,
                "calls": None if worst is None else worst.calls,
                "pods": None if worst is None else worst.pods,
                "nodes": nodes,
                "expected_pods_per_node": expected,
            },
        )


@dataclass(frozen=True, slots=True)
class _Kind:
    """Nodes of one type that call EC2 for more than every second of the `pods` that they are expected to run."""

    group: NodeGroup
    resolved: Resolved
    pods: int
    calls: int
    calls_then: int

    @property
    def nodes(self) -> int | None:
        """Return the most nodes of the group, if that is known."""
        return self.group.maximum_size.value if isinstance(self.group.maximum_size, Known) else None

    @property
    def size_place(self) -> Span:
        """Return where that number is written."""
        return place_of(self.group.maximum_size.origin, self.group.span)


def _kinds(group: NodeGroup, assessment: Assessment, behavior: CniBehavior) -> Iterator[_Kind]:
    if not assessment.applies(group):
        return
    expected = assessment.assumptions.expected_pods_per_node
    then = _remedied(behavior, expected)
    for resolved in assessment.instances(group):
        instance = resolved.instance
        # Where two numbers compete, the higher one lets the warm pool grow further.
        max_pods = max(limit.figure.value for limit in assessment.kubelet(group, instance))
        pods = min(expected, max_pods - assessment.assumptions.host_network_pods)
        try:
            calls = growth_calls(instance, behavior, max_pods=max_pods, pods=pods)
            calls_then = growth_calls(instance, then, max_pods=max_pods, pods=pods)
        except MissingFactError as error:
            raise Undecidable(Unknown(error.message, resolved.span)) from error
        if _PODS_A_CALL * calls > pods and calls > calls_then:
            yield _Kind(group, resolved, pods, calls, calls_then)


def _remedied(behavior: CniBehavior, expected: int) -> CniBehavior:
    """Return the targets with which a node takes the addresses of the expected pods at once."""
    warm = max(2, behavior.warm_ip_target)
    return replace(behavior, warm_ip_target=warm, minimum_ip_target=max(expected, behavior.minimum_ip_target))
