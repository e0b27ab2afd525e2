"""PR101 stale-max-pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.working import Figure
from podroom.catalog import documents
from podroom.model.world import NodeGroup, TypeSource
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.wording import (
    STUCK_PODS,
    article,
    assumed_cni,
    confidence,
    contested,
    joined,
    plain_room,
    set_max_pods,
    type_note,
)


class MaxPodsAboveNodeRoom(Rule[NodeGroup]):
    """Max pods is fixed at more than the node has room for.

    Somebody wrote down a number of max pods, in user data or in a NodeConfig, and an instance type that the group
    can launch has fewer addresses for pods than that.  Such numbers are right on the day they are written and go
    stale when the instance type changes in another file.

    kubelet believes the number and so does the scheduler: it places pods up to max pods.  Those beyond the room hang
    in ContainerCreating; `kubectl describe pod` shows

        Failed to create pod sandbox: ... plugin type="aws-cni" name="aws-cni" failed (add):
        add cmd: failed to assign an IP address to container

    Room is interfaces x (addresses of each - 1) + 2; the 2 are aws-node and kube-proxy, which use the node's own
    address.  With prefix delegation every secondary address becomes 16.

    Remedy: leave the number away where the node works it out by itself (bootstrap.sh, nodeadm and Bottlerocket do),
    use one node group for each number, or write the least room of all types of the group.
    """

    code = "PR101"
    name = "stale-max-pods"
    severity = Severity.ERROR
    subject = NodeGroup
    sources = (documents.CNI_MAX_PODS_LIST, documents.CNI_IPAMD, documents.EKS_MAX_PODS)
    bad = (
        Example.terraform(
            "110 max pods on a t3.medium, which has room for 17",
            """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.medium"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=110' # expect: PR101
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
""",
        ),
    )
    good = (
        Example.terraform(
            "the number that the type has room for",
            """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.medium"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=17'
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
""",
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield one finding for the type with the least room, at the place that fixes the number."""
        if not assessment.applies(subject):
            return
        guilty, unknown = collect(self._guilty(subject, assessment))
        if guilty:
            yield self._finding(subject, assessment, guilty)
        if unknown is not None:
            raise Undecidable(unknown)

    def _guilty(
        self, group: NodeGroup, assessment: Assessment
    ) -> Iterator[tuple[Resolved, KubeletLimit, Figure, tuple[KubeletLimit, ...]]]:
        cni = assessment.cni(group)
        for resolved in assessment.instances(group):
            limits = assessment.kubelet(group, resolved.instance)
            limit = limits[0]
            if limit.mechanism is None:
                continue
            if limit.figure.value <= plain_room(assessment, group, resolved):
                continue  # room that custom networking or security groups for pods take: rules of their own
            if self._drifted(group, assessment, resolved, limit):
                continue
            yield resolved, limit, assessment.room(resolved.instance, cni, group.span), limits

    @staticmethod
    def _drifted(group: NodeGroup, assessment: Assessment, resolved: Resolved, limit: KubeletLimit) -> bool:
        """Return whether the number fits the launch template's own type: then the override is at fault (PR102)."""
        template = group.launch_template
        if resolved.choice.source is not TypeSource.OVERRIDE or template is None or template.instance_type is None:
            return False
        own = Resolved(template.instance_type, assessment.instance(template.instance_type))
        return limit.figure.value <= plain_room(assessment, group, own)

    def _finding(
        self,
        group: NodeGroup,
        assessment: Assessment,
        guilty: list[tuple[Resolved, KubeletLimit, Figure, tuple[KubeletLimit, ...]]],
    ) -> Finding:
        resolved, limit, room, limits = min(guilty, key=lambda item: item[2].value)
        settings = assessment.cluster(group).cni
        dispute = contested(group, limits)
        name = resolved.instance.name
        assert limit.span is not None  # noqa: S101 - _guilty has seen the mechanism, which always has a place
        return self.finding(
            limit.span,
            group,
            f"kubelet is told {limit.figure.value} pods, but {article(name)} has room for {room.value}",
            label=f"room for {room.value}: {room.working}",
            effect=STUCK_PODS,
            fix=f"write {set_max_pods(group, room.value, limit.mechanism)}, or leave the number away "
            "so that the node works it out for its own type",
            assumption=joined(assumed_cni(settings), dispute),
            related=tuple(
                type_note(item, f"{item.instance.name} has room for {figure.value}: {figure.working}")
                for item, _, figure, _ in guilty
            ),
            severity=Severity.WARNING if dispute else None,
            confidence=confidence(settings, limits),
            evidence={
                "max_pods": limit.figure.value,
                "room": room.value,
                "working": room.working,
                "instance_type": name,
                "instance_types": [item.instance.name for item, _, _, _ in guilty],
            },
        )
