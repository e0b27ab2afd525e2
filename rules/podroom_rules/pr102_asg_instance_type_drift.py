"""PR102 asg-instance-type-drift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.working import Figure
from podroom.catalog import documents
from podroom.model.world import InstanceChoice, Mechanism, NodeGroup
from podroom.records import dataclass
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.rooms import has_room, never_ready, plain_room, reasons
from podroom_rules.subjects import overridden
from podroom_rules.wording import STUCK_PODS, assumed_cni, confidence, or_leave_away, set_max_pods, type_note

_TEMPLATE = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m7g.2xlarge"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=58'
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.nodes.id
      }
      override {
        instance_type = %s
      }
    }
  }
}
"""


class AsgInstanceTypeDrift(Rule[NodeGroup]):
    """The Auto Scaling group overrides the instance type, and max pods still fits the launch template's.

    A launch template names an instance type and its user data fixes max pods for that type.  The Auto Scaling
    group's mixed instances policy overrides the type with a smaller one.  The two are often in different files, and
    only one of them was changed: nodes start with the smaller type and the larger type's number of pods.

    Nothing fails at deploy time.  The nodes join, the scheduler fills them to max pods, and the pods beyond the room
    hang in ContainerCreating with

        failed to assign an IP address to container

    Remedy: change the type in the launch template together with max pods, or leave the number away so that the node
    works it out for the type that it has; then replace the nodes.
    """

    code = "PR102"
    name = "asg-instance-type-drift"
    severity = Severity.ERROR
    subject = NodeGroup
    concerns = staticmethod(overridden)
    sources = (
        "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateOverrides.html",
        documents.CNI_MAX_PODS_LIST,
        documents.CNI_IPAMD,
    )
    bad = (
        Example.terraform(
            "58 max pods are right for m7g.2xlarge, but m7g.large is launched",
            _TEMPLATE % '"m7g.large" # expect: PR102',
        ),
    )
    good = (
        Example.terraform("an override of the same size has the same room", _TEMPLATE % '"m6g.2xlarge"'),
        Example.terraform("an override with more room does no harm", _TEMPLATE % '"m7g.4xlarge"'),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for the override whose type has the least room, if that is less than the fixed max pods."""
        if not assessment.applies(subject):
            return
        if subject.launch_template_missing is not None:
            raise Undecidable(subject.launch_template_missing)
        template = subject.launch_template
        if template is None or template.instance_type is None:
            return
        found, unknown = collect(_drifted(subject, assessment, template.instance_type))
        if found:
            yield self._finding(subject, assessment, found)
        if unknown is not None:
            raise Undecidable(unknown)

    def _finding(self, group: NodeGroup, assessment: Assessment, found: Sequence[_Drift]) -> Finding:
        """Return a finding at the override with the least room: what is written for it fits the others too."""
        worst = min(found, key=lambda drift: drift.room.value)
        others = [drift for drift in found if drift is not worst]
        cni, settings = assessment.cni(group), assessment.cluster(group).cni
        limit, room, own = worst.limit, worst.room, worst.own
        own_room = assessment.room(own.instance, cni, group.span)
        name, own_name = worst.resolved.instance.name, own.instance.name
        assert limit.span is not None  # noqa: S101 - a mechanism always has a place
        number = limit.figure.value
        told = (
            f"{own_name}'s {number} max pods"
            if number == own_room.value
            else f"{number} max pods, which fit the launch template's {own_name},"
        )
        comma = "" if told.endswith(",") else ","
        return self.finding(
            worst.resolved.span,
            group,
            f"nodes start as {name} with {told}{comma} but {has_room(worst.resolved, cni, room)}",
            label=f"room for {room.value}: {room.working}",
            effect=STUCK_PODS,
            fix=f"write {set_max_pods(group, room.value, limit.mechanism)} together with "
            f'instance_type = "{name}" in the launch template'
            f"{or_leave_away(group, assessment, limit.mechanism)}; then replace the nodes",
            assumption=assumed_cni(settings),
            related=(
                type_note(own, f"{own_name} has room for {own_room.value}: {own_room.working}"),
                *(
                    type_note(
                        drift.resolved, f"{has_room(drift.resolved, cni, drift.room)}, too few: {drift.room.working}"
                    )
                    for drift in others
                ),
                Note(f"kubelet is told {number} pods here", limit.span),
                *reasons(assessment, group, worst.resolved),
            ),
            confidence=confidence(settings, (limit,)),
            writes=room.value,
            evidence={
                "max_pods": number,
                "room": room.value,
                "working": room.working,
                "instance_type": name,
                "instance_types": [drift.resolved.instance.name for drift in found],
                "launch_template_instance_type": own_name,
                "launch_template_room": own_room.value,
            },
        )


@dataclass(frozen=True, slots=True)
class _Drift:
    """An override with less room than kubelet is told; `own` is the launch template's type, for which it is right."""

    resolved: Resolved
    own: Resolved
    limit: KubeletLimit
    room: Figure


def _drifted(group: NodeGroup, assessment: Assessment, own_choice: InstanceChoice) -> Iterator[_Drift]:
    cni = assessment.cni(group)
    for resolved in assessment.instances(group):
        (limit,) = assessment.kubelet(group, resolved.instance)  # nodes of one's own get one number
        if limit.mechanism in {None, Mechanism.NODEADM_EXPRESSION}:
            continue
        if limit.figure.value <= plain_room(assessment, group, resolved):
            continue
        if never_ready(resolved, cni):
            continue  # PR503
        own = Resolved(own_choice, assessment.instance(own_choice))
        if limit.figure.value > plain_room(assessment, group, own):
            continue
        yield _Drift(resolved, own, limit, assessment.room(resolved.instance, cni, group.span))
