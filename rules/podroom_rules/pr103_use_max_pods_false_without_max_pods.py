"""PR103 use-max-pods-false-without-max-pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.working import Figure
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.positions import Span
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.rooms import has_room, never_ready, reasons
from podroom_rules.wording import STUCK_PODS, assumed_cni, confidence, default_fits, type_note

_KUBELET_EXTRA_ARGS = "--kubelet-extra-args"
_CONFIGURATION = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    %s
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


class UseMaxPodsFalseWithoutMaxPods(Rule[NodeGroup]):
    """`--use-max-pods false` without `--max-pods` leaves kubelet at 110 pods.

    bootstrap.sh of Amazon Linux 2 looks up the max pods of the instance type unless it is told
    `--use-max-pods false`.  That flag is meant to come with a number in `--kubelet-extra-args`.  Without one, kubelet
    takes its own default of 110, which only large instance types have room for.

    Pods beyond the room hang in ContainerCreating with

        failed to assign an IP address to container

    Remedy: add `--kubelet-extra-args '--max-pods=N'`, or remove `--use-max-pods false`, unless custom networking,
    security groups for pods or `MAX_ENI` leave less room than the script looks up.
    """

    code = "PR103"
    name = "use-max-pods-false-without-max-pods"
    severity = Severity.ERROR
    subject = NodeGroup
    sources = (documents.AL2_BOOTSTRAP, documents.KUBELET_CONFIGURATION)
    bad = (
        Example.terraform(
            "110 pods on an m5.large",
            _CONFIGURATION % "/etc/eks/bootstrap.sh main --use-max-pods false # expect: PR103",
        ),
    )
    good = (
        Example.terraform("the script looks the number up", _CONFIGURATION % "/etc/eks/bootstrap.sh main"),
        Example.terraform(
            "a number is given",
            _CONFIGURATION % "/etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=29'",
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the flag if a type of the group has room for fewer than 110 pods."""
        if not assessment.applies(subject):
            return
        found, unknown = collect(_guilty(subject, assessment))
        if found:
            resolved, limit, room = min(found, key=lambda item: item[2].value)
            cni, settings = assessment.cni(subject), assessment.cluster(subject).cni
            name = resolved.instance.name
            assert limit.span is not None  # noqa: S101 - filtered by `fixed`
            yield self.finding(
                limit.span,
                subject,
                f"kubelet falls back to {limit.figure.value} pods, but {has_room(resolved, cni, room)}",
                label=f"room for {room.value}: {room.working}",
                effect=STUCK_PODS,
                fix=("remove --use-max-pods false, or " if default_fits(subject, assessment) else "")
                + _added(limit.span, room.value),
                assumption=assumed_cni(settings),
                related=(
                    type_note(resolved, f"the instance type is {name}"),
                    *reasons(assessment, subject, resolved),
                ),
                confidence=confidence(settings, (limit,)),
                evidence={
                    "max_pods": limit.figure.value,
                    "room": room.value,
                    "working": room.working,
                    "instance_type": name,
                },
            )
        if unknown is not None:
            raise Undecidable(unknown)


def _guilty(group: NodeGroup, assessment: Assessment) -> Iterator[tuple[Resolved, KubeletLimit, Figure]]:
    """Iterate over the types with less room than kubelet falls back to."""
    cni = assessment.cni(group)
    for resolved in assessment.instances(group):
        limit, *_ = assessment.kubelet(group, resolved.instance)
        if not limit.fixed or limit.mechanism is not None:
            continue  # nobody said --use-max-pods false, or somebody gave a number
        room = assessment.room(resolved.instance, cni, group.span)
        if limit.figure.value > room.value and not never_ready(resolved, cni):  # PR503
            yield resolved, limit, room


def _added(flag: Span, number: int) -> str:
    """Return where to write the number: of two --kubelet-extra-args the last counts."""
    text = flag.document.text
    begin, end = text.rfind("\n", 0, flag.start) + 1, text.find("\n", flag.end)
    while end >= 0 and text[:end].endswith("\\"):
        end = text.find("\n", end + 1)
    if _KUBELET_EXTRA_ARGS in text[begin : len(text) if end < 0 else end]:
        return f"add --max-pods={number} inside the {_KUBELET_EXTRA_ARGS} that is there"
    return f"add {_KUBELET_EXTRA_ARGS} '--max-pods={number}'"
