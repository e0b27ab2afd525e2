"""PR803 karpenter-unusable-kubelet-setting."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.node_pools import applies, family_of, kubelet_of
from podroom.catalog import documents
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import KarpenterKubelet, NodePool
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Undecidable, Unknown, Value, place_of
from podroom_rules.karpenter_examples import CLUSTER, POOL

_GATE = """
      awsFeatureGates = { nodeClassCEL = true }"""
_REFUSED = (
    'Up to v1.14 the EC2NodeClass is refused: spec.kubelet.maxPods in body must be of type integer: "string". Later it is '
    'never Ready and launches no node: "spec.kubelet contains a CEL expression, but the NodeClassCEL feature gate is '
    'disabled".'
)


class KarpenterUnusableKubeletSetting(Rule[NodePool]):
    """Karpenter cannot use a setting of the kubelet block as it is written.

    `maxPods` in the kubelet block of an EC2NodeClass is a number.  Karpenter after v1.14 also takes an expression, such
    as `"max_pods - 5"`, but only if its gate NodeClassCEL is on, which it is not by default.  A number in quotes is a
    text, too.  Up to v1.14 the API server refuses such a node class:

        spec.kubelet.maxPods: Invalid value: "string": spec.kubelet.maxPods in body must be of type integer: "string"

    and later versions keep it from becoming Ready, so that no node is launched and pods stay Pending:

        spec.kubelet contains a CEL expression, but the NodeClassCEL feature gate is disabled

    `podsPerCore` does nothing on Bottlerocket, which has no such setting: Karpenter leaves it out of its sums, and the
    nodes run as many pods as without it.  That is a warning.

    Remedy: write a number without quotes, turn on the gate, or set `maxPods` for Bottlerocket.
    """

    code = "PR803"
    name = "karpenter-unusable-kubelet-setting"
    severity = Severity.ERROR
    subject = NodePool
    sources = (
        documents.KARPENTER_NODE_CLASS_VALIDATION,
        documents.KARPENTER_NODE_CLASS_SCHEMA,
        documents.KARPENTER_BOTTLEROCKET,
    )
    bad = (
        Example(
            "an expression while the gate is off",
            {
                "main.tf": CLUSTER % "",
                "karpenter.yaml": POOL % ("al2023", '  kubelet:\n    maxPods: "max_pods - 5" # expect: PR803\n'),
            },
        ),
        Example(
            "a number in quotes",
            {
                "main.tf": CLUSTER % "",
                "karpenter.yaml": POOL % ("al2023", '  kubelet:\n    maxPods: "29" # expect: PR803\n'),
            },
        ),
        Example(
            "pods per core on Bottlerocket",
            {
                "main.tf": CLUSTER % "",
                "karpenter.yaml": POOL % ("bottlerocket", "  kubelet:\n    podsPerCore: 4 # expect: PR803\n"),
            },
        ),
    )
    good = (
        Example(
            "a number",
            {"main.tf": CLUSTER % "", "karpenter.yaml": POOL % ("al2023", "  kubelet:\n    maxPods: 29\n")},
        ),
        Example(
            "pods per core on Amazon Linux 2023",
            {"main.tf": CLUSTER % "", "karpenter.yaml": POOL % ("al2023", "  kubelet:\n    podsPerCore: 4\n")},
        ),
        Example(
            "a number for Bottlerocket",
            {"main.tf": CLUSTER % "", "karpenter.yaml": POOL % ("bottlerocket", "  kubelet:\n    maxPods: 20\n")},
        ),
        Example(
            "an expression, and the gate is on",
            {
                "main.tf": CLUSTER % _GATE,
                "karpenter.yaml": POOL % ("al2023", '  kubelet:\n    maxPods: "max_pods - 5"\n'),
            },
        ),
    )

    def judge(self, subject: NodePool, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at a text for max pods, and at pods per core on Bottlerocket."""
        if not applies(subject, assessment):
            return
        kubelet = kubelet_of(subject, assessment)
        if kubelet is None:
            return
        per_core = kubelet.pods_per_core
        if per_core is not None and per_core.need() > 0 and family_of(subject, assessment) is AmiFamily.BOTTLEROCKET:
            yield self._per_core(subject, kubelet, per_core)
        text = kubelet.missing if kubelet.max_pods_text is None else kubelet.max_pods_text
        if text is None:
            return
        written = text.need()
        if not _is_on(subject, assessment):
            yield self._text(subject, kubelet, text, written)

    def _text(self, pool: NodePool, kubelet: KarpenterKubelet, text: Value[str], written: str) -> Finding:
        number = written.strip()
        quoted = number.isdecimal()
        return self.finding(
            place_of(text.origin, kubelet.span),
            pool,
            "Karpenter cannot use this EC2NodeClass: maxPods is "
            + ("a text, not a number" if quoted else "an expression, and NodeClassCEL is off"),
            label="a number in quotes is a text"
            if quoted
            else "only Karpenter after v1.14 takes expressions, if told to",
            effect=_REFUSED,
            fix=f"write maxPods: {number}, without quotes"
            if quoted
            else "write a number; or set settings.awsFeatureGates.nodeClassCEL: true in the values of Karpenter's chart "
            "(after v1.14)",
            evidence={"max_pods": written},
        )

    def _per_core(self, pool: NodePool, kubelet: KarpenterKubelet, per_core: Value[int]) -> Finding:
        return self.finding(
            place_of(per_core.origin, kubelet.span),
            pool,
            "podsPerCore does nothing on Bottlerocket",
            label="Karpenter leaves it out of max pods, and Bottlerocket has no such setting",
            effect="The nodes run as many pods as without it.",
            fix="write maxPods, one number for all types of the node class",
            severity=Severity.WARNING,
            evidence={"pods_per_core": per_core.need()},
        )


def _is_on(pool: NodePool, assessment: Assessment) -> bool:
    """Return whether Karpenter takes expressions."""
    karpenter = assessment.cluster(pool).karpenter
    if karpenter is None:
        reason = "Karpenter is not installed in this project, so its settings.awsFeatureGates is not known"
        raise Undecidable(Unknown(reason, pool.span))
    return karpenter.expressions is not None and karpenter.expressions.need()
