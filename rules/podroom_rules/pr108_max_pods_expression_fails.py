"""PR108 max-pods-expression-invalid."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.kubelet import strongest_expression
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.rooms import has_room
from podroom_rules.wording import article, assumed_cni, confidence, expressible_image, joined, type_note

_CONFIGURATION = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main
      kubelet:
        maxPodsExpression: "%s"%s
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""


class MaxPodsExpressionFails(Rule[NodeGroup]):
    """The expression for max pods fails, and nodeadm takes its formula instead.

    `maxPodsExpression` of a NodeConfig is an expression in CEL over the integers `default_enis`, `ips_per_eni` and
    `max_pods`, in images released after v20260724 also `vcpus` and `physical_memory_mib` (whether they fail is left
    open).  If it does not compile, fails, or gives no number above 0, nodeadm says so in its log on the node and
    nowhere else, and kubelet gets interfaces x (addresses - 1) + 2, as if there was no expression.

    What fails most: functions that CEL does not have (`min(max_pods, 20)`), and an int beside a double
    (`max_pods * 0.8`), which CEL does not mix.

    Remedy: `max_pods < 20 ? max_pods : 20` for the lesser of two, `int(double(max_pods) * 0.8)` for a fraction.
    `podroom node TYPE --max-pods-expression EXPRESSION` tells what an expression gives.
    """

    code = "PR108"
    name = "max-pods-expression-invalid"
    severity = Severity.ERROR
    subject = NodeGroup
    sources = (
        documents.NODEADM_MAX_PODS,
        "https://github.com/awslabs/amazon-eks-ami/blob/81fec2e8/nodeadm/doc/examples.md",
        "https://github.com/google/cel-spec/blob/master/doc/langdef.md",
    )
    bad = (
        Example.terraform("CEL has no min()", _CONFIGURATION % ("min(max_pods, 20)", " # expect: PR108")),
        Example.terraform(
            "an m5.large has 3 interfaces, so nothing is left",
            _CONFIGURATION % ("(default_enis - 3) * (ips_per_eni - 1)", " # expect: PR108"),
        ),
    )
    good = (Example.terraform("the lesser of two", _CONFIGURATION % ("max_pods < 20 ? max_pods : 20", "")),)

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield one finding at the expression if it fails for a type of the group."""
        if not assessment.applies(subject):
            return
        cni = assessment.cni(subject)
        limits, unknown = collect(
            (resolved, assessment.kubelet(subject, resolved.instance)[0]) for resolved in assessment.instances(subject)
        )
        failing = [(resolved, limit) for resolved, limit in limits if limit.failure is not None]
        for resolved, limit in failing[:1]:
            room = assessment.room(resolved.instance, cni, subject.span)
            settings = assessment.cluster(subject).cni
            too_many = limit.figure.value > room.value
            yield self.finding(
                strongest_expression(subject.user_data.expressions).span,
                subject,
                f"maxPodsExpression fails, so nodeadm gives {article(resolved.instance.name)} "
                f"{limit.figure.value} max pods by its own formula"
                + (f", but {has_room(resolved, cni, room)}" if too_many else ""),
                label=str(limit.failure),
                effect="nodeadm says so in its log only; the node starts with a number that nobody chose.",
                fix="write an expression that nodeadm can work out: integers, double(), int(), comparisons and `? :` "
                "over default_enis, ips_per_eni and max_pods",
                assumption=joined(assumed_cni(settings) if too_many else None, expressible_image()),
                related=tuple(
                    type_note(other, f"for {other.instance.name}: {its.failure}")
                    for other, its in failing[1:]
                    if its.failure != limit.failure
                ),
                severity=None if too_many else Severity.WARNING,
                confidence=confidence(settings, (limit,)) if too_many else Confidence.HIGH,
                evidence={
                    "max_pods": limit.figure.value,
                    "room": room.value,
                    "failure": limit.failure,
                    "instance_type": resolved.instance.name,
                },
            )
        if unknown is not None:
            raise Undecidable(unknown)
