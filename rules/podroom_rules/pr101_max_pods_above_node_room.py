"""PR101 stale-max-pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.max_pods import HOST_NETWORK_PODS
from podroom.capacity.working import Figure
from podroom.catalog import documents
from podroom.model.world import Mechanism, NodeGroup, TypeSource
from podroom.records import dataclass
from podroom.rule import Edit, Evidence, Example, Finding, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.rooms import (
    counts_all_cards,
    has_room,
    is_limited,
    never_ready,
    plain_room,
    reasons,
    unlimited_room,
)
from podroom_rules.wording import (
    STUCK_PODS,
    assumed_cni,
    certain,
    confidence,
    contested,
    expressible,
    fix_of,
    joined,
    or_leave_away,
    related_to_limit,
    set_max_pods,
    told_by,
    type_note,
    unaware,
)


class MaxPodsAboveNodeRoom(Rule[NodeGroup]):
    """Max pods is fixed at more than the node has room for.

    Somebody wrote down a number of max pods, in user data or in a NodeConfig, and an instance type that the group
    can launch has fewer addresses for pods than that.  Such numbers are right on the day they are written and go
    stale when the instance type changes in another file.  An expression for the number can be too high as well.

    kubelet believes the number and so does the scheduler: it places pods up to max pods.  Those beyond the room hang
    in ContainerCreating; `kubectl describe pod` shows

        Failed to create pod sandbox: ... plugin type="aws-cni" name="aws-cni" failed (add):
        add cmd: failed to assign an IP address to container

    Room is interfaces x (addresses of each - 1) + 2; the 2 are aws-node and kube-proxy, which use the node's own
    address.  With prefix delegation every secondary address becomes 16.

    `MAX_ENI` of the VPC CNI has the same effect without any number: it keeps interfaces off the node, and bootstrap.sh,
    nodeadm and Bottlerocket count them all the same.  Where it leaves no interface for pods at all, PR503 says so.

    Remedy: leave the number away where the node works it out by itself (bootstrap.sh, nodeadm and Bottlerocket do, but
    without regard to custom networking, security groups for pods and `MAX_ENI`), use one node group for each number,
    or write the least room of all types of the group.
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
        Example.terraform(
            "58 max pods are too many for either type",
            """
variable "large" {
  type = bool
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = var.large ? "t3.large" : "t3.medium"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=58' # expect: PR101
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
            "a number that fits whichever type is chosen",
            """
variable "large" {
  type = bool
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = var.large ? "m5.xlarge" : "m5.large"
  user_data     = base64encode("#!/bin/bash\\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=29\\n")
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
        """Yield one finding for the type with the least room, at the place that fixes the number or the room."""
        if not assessment.applies(subject):
            return
        faults, unknown = collect(_faults(subject, assessment))
        limited = [fault for fault in faults if fault.limited]
        stale = [fault for fault in faults if not fault.limited]
        if stale:
            yield self._stale(subject, assessment, stale)
        if limited:
            yield self._limited(subject, assessment, limited)
        if unknown is not None:
            raise Undecidable(unknown)

    def _stale(self, group: NodeGroup, assessment: Assessment, faults: list[_Fault]) -> Finding:
        """Return a finding at the number that somebody wrote."""
        worst = min(faults, key=lambda fault: fault.room.value)
        resolved, limit, room = worst.resolved, worst.limit, worst.room
        settings = assessment.cluster(group).cni
        assert limit.span is not None  # noqa: S101 - it was written, so it has a place
        return self.finding(
            limit.span,
            group,
            f"kubelet is told {limit.figure.value} pods, but {has_room(resolved, assessment.cni(group), room)}",
            label=f"room for {room.value}: {room.working}",
            effect=STUCK_PODS,
            fix=f"write {set_max_pods(group, room.value, limit.mechanism)}"
            + or_leave_away(group, assessment, limit.mechanism),
            assumption=joined(assumed_cni(settings), contested(worst.limits, limit, room), expressible(limit)),
            related=(
                *(
                    type_note(
                        fault.resolved,
                        f"the instance type is {fault.resolved.instance.name}"
                        if fault is worst
                        else f"{fault.resolved.instance.name} has room for {fault.room.value}: {fault.room.working}",
                    )
                    for fault in faults
                ),
                *reasons(assessment, group, resolved),
            ),
            severity=None if certain(worst.limits, room) else Severity.WARNING,
            confidence=confidence(settings, worst.limits),
            evidence=_evidence(faults, worst),
            writes=room.value,
            edit=_edit(worst),
        )

    def _limited(self, group: NodeGroup, assessment: Assessment, faults: list[_Fault]) -> Finding:
        """Return a finding at MAX_ENI, which takes room from nodes that nobody gave a number."""
        worst = min(faults, key=lambda fault: fault.room.value)
        resolved, limit, limits, room = worst.resolved, worst.limit, worst.limits, worst.room
        settings = assessment.cluster(group).cni
        cni = assessment.cni(group)
        cause = next(note for note in reasons(assessment, group, resolved))
        has = has_room(resolved, cni, room)
        return self.finding(
            cause.span,
            group,
            f"{told_by(limit, limits)}, but with MAX_ENI {cni.max_eni} {has}",
            label=f"room for {room.value}: {room.working}",
            effect=STUCK_PODS,
            fix=f"{fix_of(group, room, limits, limit)}; or remove MAX_ENI",
            assumption=joined(contested(limits, limit, room), unaware(limit, "MAX_ENI")),
            related=related_to_limit(group, resolved, limits, limit, cause),
            severity=None if certain(limits, room) else Severity.WARNING,
            confidence=confidence(settings, limits, limit),
            evidence=_evidence(faults, worst),
        )


def _edit(fault: _Fault) -> Edit | None:
    from podroom_rules.edits import other_max_pods  # noqa: PLC0415 - most numbers fit

    return other_max_pods(fault.limits, fault.limit, fault.room)


def _fits_ignored_type(group: NodeGroup, assessment: Assessment, limit: KubeletLimit) -> bool:
    from podroom_rules.ignored import fits_ignored_type  # noqa: PLC0415 - most numbers fit

    return fits_ignored_type(group, assessment, limit)


@dataclass(frozen=True, slots=True)
class _Fault:
    """A type with less room than kubelet is given; `limited` if MAX_ENI is to blame and not a number."""

    resolved: Resolved
    limit: KubeletLimit
    limits: tuple[KubeletLimit, ...]
    room: Figure
    limited: bool


def _faults(group: NodeGroup, assessment: Assessment) -> Iterator[_Fault]:
    """Iterate over faults, but for room that custom networking or security groups for pods take: PR502, PR601."""
    cni = assessment.cni(group)
    not_there = HOST_NETWORK_PODS - assessment.assumptions.host_network_pods  # PR110, where MAX_ENI is not set
    for resolved in assessment.instances(group):
        limits = assessment.kubelet(group, resolved.instance)
        room = assessment.room(resolved.instance, cni, group.span)
        if never_ready(resolved, cni):
            continue  # PR503
        plain = plain_room(assessment, group, resolved)
        limit = next((limit for limit in limits if limit.figure.value > plain), None)
        if limit is None:
            continue
        if limit.mechanism is not None:
            if not (
                _drifted(group, assessment, resolved, limit)  # PR102
                or counts_all_cards(limit, resolved)  # PR107
                or _fits_ignored_type(group, assessment, limit)  # PR903
            ):
                yield _Fault(resolved, limit, limits, room, limited=False)
        elif (
            is_limited(resolved, cni)
            and not limit.fixed
            and limit.failure is None
            and limit.figure.value - not_there <= unlimited_room(assessment, group, resolved)
        ):
            yield _Fault(resolved, limit, limits, room, limited=True)


def _drifted(group: NodeGroup, assessment: Assessment, resolved: Resolved, limit: KubeletLimit) -> bool:
    """Return whether the number fits the launch template's own type: then the override is at fault (PR102)."""
    template = group.launch_template
    if limit.mechanism is Mechanism.NODEADM_EXPRESSION:
        return False  # worked out for the override itself
    if resolved.choice.source is not TypeSource.OVERRIDE or template is None or template.instance_type is None:
        return False
    own = Resolved(template.instance_type, assessment.instance(template.instance_type))
    return limit.figure.value <= plain_room(assessment, group, own)


def _evidence(faults: list[_Fault], worst: _Fault) -> Evidence:
    return {
        "max_pods": worst.limit.figure.value,
        "room": worst.room.value,
        "working": worst.room.working,
        "instance_type": worst.resolved.instance.name,
        "instance_types": [fault.resolved.instance.name for fault in faults],
    }
