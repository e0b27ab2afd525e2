"""PR117 launch-template-drift."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.model.world import NodeGroup, TypeSource
from podroom.records import replace
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Members, Undecidable, Unknown
from podroom_rules.subjects import template_changed
from podroom_rules.wording import assumed_cni, confidence

_EFFECT = (
    "A group that follows $Latest or $Default starts such nodes until the next apply makes a version that is right."
)
_FIX = "write the change here together with max pods, or apply the plan; then replace the nodes started since"
_NAMED_BY_THE_GROUP = (TypeSource.OVERRIDE, TypeSource.NODE_GROUP)
"""What names a type in the place of the launch template."""
_CONFIGURATION = """
resource "aws_launch_template" "nodes" {MARK
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
  launch_template {
    id      = aws_launch_template.nodes.id
    version = "$Latest"
  }
}
"""
_PLAN = """{
  "format_version": "1.2",
  "terraform_version": "1.11.4",
  "planned_values": {"root_module": {}},
  "resource_drift": [
    {
      "address": "aws_launch_template.nodes", "mode": "managed", "type": "aws_launch_template", "name": "nodes",
      "change": {
        "actions": ["update"],
        "before": {"instance_type": "m7g.2xlarge", "latest_version": 4},
        "after": {"instance_type": "LIVE", "latest_version": 5},
        "after_sensitive": {}
      }
    }
  ],
  "resource_changes": [
    {
      "address": "aws_launch_template.nodes", "mode": "managed", "type": "aws_launch_template", "name": "nodes",
      "change": {
        "actions": ["update"],
        "after": {"instance_type": "m7g.2xlarge"},
        "after_unknown": {"latest_version": true},
        "after_sensitive": {}
      }
    }
  ]
}
"""


class TemplateVersionMadeByHand(Rule[NodeGroup]):
    """Somebody made a version of a launch template outside Terraform.

    A plan compares what Terraform left with what it finds (`resource_drift`).  Here it found that the newest version of
    a launch template names another instance type, or has other user data or another image.  Groups that follow
    `$Latest`, or `$Default` if that was moved, start such nodes: with max pods that were written for another type they
    fill up beyond their room, and the pods stay in ContainerCreating with

        failed to assign an IP address to container

    The next apply makes a version that is as declared, and takes the change back without a word.

    What the plan marks as sensitive on either side is not compared: whether it changed is not told.

    A plan that was made with -refresh=false finds nothing.

    Remedy: write the change into the configuration together with max pods, or apply the plan; either way, replace the
    nodes that were started in between.
    """

    code = "PR117"
    name = "launch-template-drift"
    severity = Severity.WARNING
    subject = NodeGroup
    concerns = staticmethod(template_changed)
    sources = (
        "https://developer.hashicorp.com/terraform/internals/json-format#plan-representation",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-templates.html",
        documents.CNI_MAX_PODS_LIST,
    )
    bad = (
        Example(
            "m7g.2xlarge is declared with its 58 pods, and the newest version says m7g.large",
            {
                "main.tf": _CONFIGURATION.replace("MARK", " # expect: PR117"),
                "plan.json": _PLAN.replace("LIVE", "m7g.large"),
            },
        ),
    )
    good = (
        Example(
            "the plan found a newer version with the same type",
            {"main.tf": _CONFIGURATION.replace("MARK", ""), "plan.json": _PLAN.replace("LIVE", "m7g.2xlarge")},
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for a group whose launch template a plan found changed."""
        if subject.launch_template_missing is not None:
            raise Undecidable(subject.launch_template_missing)
        template = subject.launch_template
        assert template is not None  # noqa: S101 - the rule concerns no other group
        drift = template.drift
        assert drift is not None  # noqa: S101 - same
        if assessment.world.refresh_only or not assessment.applies(subject):
            return
        sources = {choice.source for choice in subject.instance_types.need()}
        live_type = drift.live_type if sources.isdisjoint(_NAMED_BY_THE_GROUP) else None
        if drift.untold and live_type is None and not drift.changed:
            raise Undecidable(
                Unknown(
                    f"{' and '.join(drift.untold)} of a version of {template.address} that was made outside Terraform "
                    "is not told by the plan",
                    template.span,
                )
            )
        if drift.changed or drift.untold:
            what = " and ".join(drift.changed)
            if live_type is not None:
                what = f"instance_type (now {live_type.type.need()}){', ' if what else ''}{what}"
            if drift.untold:
                what += f"; whether its {' and '.join(drift.untold)} changed the plan does not tell"
            yield self.finding(
                template.span,
                subject,
                f"a version of the launch template was made outside Terraform: it has another {what}",
                label="declared here, and not what the newest version says",
                effect=_EFFECT,
                fix=_FIX,
                evidence={"changed": list(drift.changed), "not_told": list(drift.untold)},
            )
            return
        if live_type is None:
            return
        nodes = replace(subject, instance_types=Members((live_type,)), drift=None)
        cni = assessment.cni(subject)
        for resolved in assessment.instances(nodes):
            limits = assessment.kubelet(nodes, resolved.instance)
            room = assessment.room(resolved.instance, cni, subject.span)
            settings = assessment.cluster(subject).cni
            declared = [choice.type.need() for choice in subject.instance_types]
            kubelet, live = limits[0].figure.value, resolved.instance.name
            yield self.finding(
                template.span,
                subject,
                f"a version of the launch template was made outside Terraform: declared {', '.join(declared)}, "
                f"live {live}: kubelet {kubelet}, room {room.value}",
                label=f"room for {room.value}: {room.working}",
                effect=_EFFECT,
                fix=_FIX,
                assumption=assumed_cni(settings),
                confidence=confidence(settings, limits),
                evidence={"declared": declared, "live": live, "max_pods": kubelet, "room": room.value},
            )
