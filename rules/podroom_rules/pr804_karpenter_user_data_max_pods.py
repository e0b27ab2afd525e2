"""PR804 karpenter-user-data-max-pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.node_pools import applies, family_of, kubelet_of, max_pods, max_pods_of, node_class, types_of
from podroom.catalog import documents
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import FixedMaxPods, Mechanism, NodePool
from podroom.positions import Span
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, first_unknown
from podroom_rules.karpenter_examples import CLUSTER, POOL

_REPLACED = {
    Mechanism.NODEADM_CONFIG: AmiFamily.AL2023,
    Mechanism.BOTTLEROCKET_SETTING: AmiFamily.BOTTLEROCKET,
    Mechanism.KUBELET_EXTRA_ARGS: AmiFamily.AL2,
    Mechanism.KUBELET_EXTRA_ARGS_VARIABLE: AmiFamily.AL2,
}
"""What Karpenter writes over, and in which family."""
_NODE_CONFIG = """  userData: |
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      kubelet:
        %s
"""
_TOML = """  userData: |
    [settings.kubernetes]
    max-pods = 20%s
"""


class KarpenterUserDataMaxPods(Rule[NodePool]):
    """Karpenter writes its own max pods over the number in the user data of the node class.

    Karpenter always tells kubelet the number that it counts with: `maxPods` of the kubelet block or, without one, what
    it works out for each instance type.  It must, because it decides by this number how many pods fit on a node before
    the node exists.  It puts a NodeConfig after that of the user data, calls bootstrap.sh after the script of the user
    data, and sets `max-pods` in the settings of Bottlerocket.  A number or a `maxPodsExpression` in the user data is lost.

    Nothing fails; `kubectl get node -o jsonpath='{.status.capacity.pods}'` shows Karpenter's number, and pods are
    placed by it.

    Silent where both numbers are the same, and for the family Custom, whose user data Karpenter leaves alone.

    Remedy: write the number into the kubelet block of the EC2NodeClass, where Karpenter counts with it.
    """

    code = "PR804"
    name = "karpenter-user-data-max-pods"
    severity = Severity.WARNING
    subject = NodePool
    sources = (
        documents.KARPENTER_USER_DATA,
        documents.KARPENTER_INSTANCE_TYPES,
        "https://karpenter.sh/docs/concepts/nodeclasses/#specuserdata",
    )
    bad = (
        Example(
            "a NodeConfig, after which Karpenter's comes",
            {
                "main.tf": CLUSTER % "",
                "karpenter.yaml": POOL % ("al2023", _NODE_CONFIG % "config:\n          maxPods: 20 # expect: PR804"),
            },
        ),
        Example(
            "an expression, which any number beats",
            {
                "main.tf": CLUSTER % "",
                "karpenter.yaml": POOL % ("al2023", _NODE_CONFIG % 'maxPodsExpression: "max_pods - 5" # expect: PR804'),
            },
        ),
        Example(
            "settings of Bottlerocket",
            {"main.tf": CLUSTER % "", "karpenter.yaml": POOL % ("bottlerocket", _TOML % " # expect: PR804")},
        ),
    )
    good = (
        Example(
            "the kubelet block says it",
            {"main.tf": CLUSTER % "", "karpenter.yaml": POOL % ("al2023", "  kubelet:\n    maxPods: 20\n")},
        ),
        Example(
            "both say the same",
            {
                "main.tf": CLUSTER % "",
                "karpenter.yaml": POOL % ("bottlerocket", "  kubelet:\n    maxPods: 20\n" + _TOML % ""),
            },
        ),
        Example(
            "a flag of kubelet wins over the configuration that Karpenter writes",
            {
                "main.tf": CLUSTER % "",
                "karpenter.yaml": POOL % ("al2023", _NODE_CONFIG % 'flags: ["--max-pods=20"]'),
            },
        ),
    )

    def judge(self, subject: NodePool, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the number in the user data that counts there, or at an expression."""
        if not applies(subject, assessment):
            return
        user_data = node_class(subject, assessment).user_data
        written = user_data.fixed or user_data.expressions
        if not written:
            if user_data.gaps:
                raise Undecidable(user_data.gaps[0])
            return
        family = family_of(subject, assessment)
        last = written[-1]
        if isinstance(last, FixedMaxPods):
            if _REPLACED.get(last.mechanism) is not family:
                return
            number: int | None = last.value.need()
        elif family is AmiFamily.AL2023:
            number = None
        else:
            return
        own = _own(subject, assessment, number)
        if own is not None:
            yield self._finding(subject, assessment, last.span, number, own)

    def _finding(self, pool: NodePool, assessment: Assessment, place: Span, number: int | None, own: str) -> Finding:
        what = "this expression" if number is None else f"the {number} max pods of this user data"
        kubelet = kubelet_of(pool, assessment)
        found = node_class(pool, assessment)
        return self.finding(
            place,
            pool,
            f"Karpenter writes its own max pods over {what}",
            label=f"kubelet gets {own} instead",
            effect="Pods are placed by Karpenter's number.",
            fix="remove it; Karpenter works out the number of each type"
            if number is None
            else f"write maxPods: {number} in the kubelet block of {found.address}",
            related=(Note(f"the kubelet block of {found.address}", kubelet.span),) if kubelet is not None else (),
            evidence={"max_pods": number},
        )


def _own(pool: NodePool, assessment: Assessment, number: int | None) -> str | None:
    """Return what Karpenter writes; None if that is `number` on every type that the pool may launch."""
    fixed = max_pods_of(kubelet_of(pool, assessment))
    karpenter = assessment.cluster(pool).karpenter
    if fixed is not None:
        told = fixed.need()
        return None if told == number else f"{told} (maxPods of the kubelet block)"
    reserved = 0 if karpenter is None else karpenter.reserved_enis.need()
    allowed = types_of(pool, assessment)
    found, unknown = collect(
        (instance.name, max_pods(pool, instance, assessment, reserved).value) for instance in allowed.certain
    )
    other = next(((name, own) for name, own in found if own != number), None)
    if other is not None:
        return f"what Karpenter works out for each type ({other[1]} on {other[0]})"
    missing = first_unknown(unknown, allowed.unknown)
    if missing is not None:
        raise Undecidable(missing)
    return None
