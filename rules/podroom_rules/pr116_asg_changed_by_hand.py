"""PR116 asg-drift."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from podroom.capacity.assessment import Assessment
from podroom.capacity.kubelet import PROGRAM_OF_FAMILY, KubeletLimit
from podroom.capacity.working import Figure
from podroom.catalog import documents
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import GroupDrift, GroupKind, InstanceChoice, LaunchTemplate, NodeGroup
from podroom.positions import Span
from podroom.records import replace
from podroom.rule import Evidence, Example, Finding, Note, Rule, Severity
from podroom.values import Known, Members, Undecidable, Value
from podroom_rules.plan_examples import MANAGED_CLUSTER
from podroom_rules.subjects import types_changed
from podroom_rules.wording import STUCK_PODS, assumed_cni, confidence

_CONFIGURATION = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m7g.2xlarge"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=58'
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {MARK
  min_size = 1
  max_size = 3
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.nodes.id
      }
      override {
        instance_type = "m7g.2xlarge"
      }
    }
  }
}
"""
_PLAN = """{
  "format_version": "1.2",
  "terraform_version": "1.11.4",
  "planned_values": {"root_module": {}},
  "resource_drift": [
    {
      "address": "aws_autoscaling_group.nodes", "mode": "managed", "type": "aws_autoscaling_group", "name": "nodes",
      "change": {
        "actions": ["update"],
        "before": {"mixed_instances_policy": [{"launch_template": [{"override": [{"instance_type": "m7g.2xlarge"}]}]}]},
        "after": {"mixed_instances_policy": [{"launch_template": [{"override": [{"instance_type": "LIVE"}]}]}]},
        "after_sensitive": {}
      }
    }
  ],
  "resource_changes": [
    {
      "address": "aws_autoscaling_group.nodes", "mode": "managed", "type": "aws_autoscaling_group", "name": "nodes",
      "change": {"actions": ["update"], "after": {"min_size": 1}, "after_unknown": {}, "after_sensitive": {}}
    }
  ]
}
"""

_COMMAND = """
resource "terraform_data" "types" {
  provisioner "local-exec" {
    command = <<-EOT
      aws autoscaling update-auto-scaling-group \\
        --auto-scaling-group-name ${aws_eks_node_group.workers.resources[0].autoscaling_groups[0].name} \\
        --mixed-instances-policy '{"LaunchTemplate": {"Overrides": [{"InstanceType": "%s"}]}}'%s
    EOT
  }
}
"""
_LISTED = """{
  "AutoScalingGroups": [
    {
      "AutoScalingGroupName": "eks-workers-b2c4d6e8-0a1b-2c3d-4e5f-60718293a4b5",
      "MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": [{"InstanceType": "LIVE"}]}},
      "Tags": [
        {"Key": "eks:cluster-name", "Value": "main"},
        {"Key": "eks:nodegroup-name", "Value": "workers"}
      ]
    }
  ]
}
"""
_LAUNCHED = """{
  "AutoScalingGroups": [
    {
      "AutoScalingGroupName": "nodes",
      "MixedInstancesPolicy": {
        "LaunchTemplate": {
          "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-0c58a8fdd2e802d9a", "Version": "7"},
          "Overrides": [{"InstanceType": "m7g.large"}]
        }
      }
    }
  ]
}
{
  "LaunchTemplateVersions": [
    {
      "LaunchTemplateId": "lt-0c58a8fdd2e802d9a", "LaunchTemplateName": "nodes", "VersionNumber": 7,
      "LaunchTemplateData": {"ImageId": "ami-0123456789abcdef0", "UserData": "%s"}
    }
  ]
}
"""
_USER_DATA = (
    "IyEvYmluL2Jhc2gKL2V0Yy9la3MvYm9vdHN0cmFwLnNoIG1haW4gLS11c2UtbWF4LXBvZHMgZmFsc2UgLS1rdWJlbGV0LWV4dHJh"
    "LWFyZ3MgJy0tbWF4LXBvZHM9MTEwJwo="
)
"""The user data above with 110, in base64."""
_FIX = "write the change here together with max pods, or apply the plan; then replace the nodes started since"
_FIX_OF_MANAGED = (
    "take the change back in the Auto Scaling group, or declare the type here, which replaces the node group; "
    "then replace the nodes started since"
)
_TAKEN_BACK = "The next apply takes the change back without a word."
_BEHIND = "No plan shows this: the Auto Scaling group behind a managed node group is no resource of Terraform."
_UNTIL_APPLIED = "Which types the group launches hangs on what ran last, Terraform or the command."
_NOT_APPLIED = "Either this configuration was not applied yet, or somebody changed the group since."


class AsgChangedByHand(Rule[NodeGroup]):
    """Somebody changed what an Auto Scaling group launches, outside Terraform.

    A plan compares what Terraform left with what it finds (`resource_drift`).  Here it found other instance types in the
    Auto Scaling group, or another launch template: a change made in the console or with the AWS CLI.  Every node that
    starts until the plan is applied is of the live type, and its max pods are still those that the user data says.
    A type with less room than that fills up and stays broken, with

        failed to assign an IP address to container

    This is an error where kubelet of a live type is given more pods than its node has room for, otherwise a warning:
    the next apply takes the change back without a word.  What another launch template, or another version of the same
    one, gives to kubelet no plan tells: that is a warning without a number, and so is a type whose room is not known.

    A plan that was made with -refresh=false finds nothing, and none finds a change to the group behind an EKS managed
    node group, which is no resource of Terraform.  What `aws autoscaling describe-auto-scaling-groups` prints
    (`--inventory`) shows both: a group whose types are not those that are declared, whoever changed them.  Max pods are
    then those in the user data of its launch template, if its versions were listed too, else those that Amazon EKS
    worked out for the declared types.  Where the types are those that are declared, the user data is compared: it may
    give kubelet another number, as bootstrap.sh, nodeadm and Bottlerocket read it.  `aws eks describe-nodegroup` does
    for a managed node group whose Auto Scaling group was not listed.

    A command in the configuration itself (`aws autoscaling update-auto-scaling-group` in a `local-exec`) that gives the
    group other types than those that are declared is told at its line.

    Remedy: write the change into the configuration together with max pods, or apply the plan; either way, replace the
    nodes that were started in between.
    """

    code = "PR116"
    name = "asg-drift"
    severity = Severity.ERROR
    subject = NodeGroup
    concerns = staticmethod(types_changed)
    sources = (
        "https://developer.hashicorp.com/terraform/internals/json-format#plan-representation",
        "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateOverrides.html",
        documents.CNI_MAX_PODS_LIST,
    )
    bad = (
        Example(
            "m7g.2xlarge is declared with its 58 pods, and the console says m7g.large",
            {
                "main.tf": _CONFIGURATION.replace("MARK", " # expect: PR116"),
                "plan.json": _PLAN.replace("LIVE", "m7g.large"),
            },
        ),
        Example(
            "the group behind a managed node group, which no plan knows",
            {
                "main.tf": MANAGED_CLUSTER.replace("MARK", " # expect: PR116"),
                "inventory.json": _LISTED.replace("LIVE", "m7g.large"),
            },
        ),
        Example(
            "29 pods are declared, and the version of the launch template that runs gives kubelet 110",
            {
                "main.tf": _CONFIGURATION.replace("MARK", "")
                .replace("m7g.2xlarge", "m7g.large")
                .replace("58'", "29' # expect: PR116")
                .replace("  min_size", '  name     = "nodes"\n  min_size'),
                "inventory.json": _LAUNCHED % _USER_DATA,
            },
        ),
        Example.terraform(
            "a command that changes the group behind a managed node group",
            MANAGED_CLUSTER.replace("MARK", "") + _COMMAND % ("m7g.large", " # expect: PR116"),
        ),
    )
    good = (
        Example(
            "the plan found what Terraform had left",
            {
                "main.tf": _CONFIGURATION.replace("MARK", ""),
                "plan.json": _PLAN.replace("LIVE", "m7g.2xlarge"),
            },
        ),
        Example(
            "the group behind a managed node group launches what is declared",
            {"main.tf": MANAGED_CLUSTER.replace("MARK", ""), "inventory.json": _LISTED.replace("LIVE", "m7g.2xlarge")},
        ),
        Example.terraform(
            "a command that says what is declared",
            MANAGED_CLUSTER.replace("MARK", "") + _COMMAND % ("m7g.2xlarge", ""),
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for a group that a plan found changed."""
        drift = subject.drift
        assert drift is not None  # noqa: S101 - the rule concerns no other group
        if drift.found_by_plan and assessment.world.refresh_only:
            return  # PR120
        if not assessment.applies(subject):
            return
        if drift.listed is not None:
            yield from self._not_as_declared(subject, drift, drift.listed.need(), assessment)
            return
        if drift.commanded is not None:
            yield from self._commanded(subject, drift, drift.commanded, assessment)
            return
        declared = _names(subject.instance_types)
        if drift.live_template is not None:
            yield self._another_template(subject, drift, drift.live_template, declared)
            return
        if _names(drift.live_types) == _names(drift.recorded_types):
            return
        try:
            yield self._other_types(subject, drift, declared, assessment)
        except Undecidable as cause:
            yield self._without_room(subject, drift, declared, cause.unknown.reason)
            raise

    def _other_types(
        self, subject: NodeGroup, drift: GroupDrift, declared: list[str], assessment: Assessment
    ) -> Finding:
        live = _names(drift.live_types)
        nodes = replace(subject, instance_types=drift.live_types, drift=None)
        worst = _worst(nodes, nodes, declared, assessment)
        settings = assessment.cluster(subject).cni
        return self.finding(
            subject.span,
            subject,
            f"the Auto Scaling group was changed outside Terraform: declared {_listed(declared)}, live {_listed(live)}: "
            + worst.said,
            label=worst.working,
            effect=STUCK_PODS if worst.is_stuck else _TAKEN_BACK,
            fix=_FIX,
            assumption=assumed_cni(settings),
            severity=worst.severity,
            confidence=confidence(settings, worst.limits),
            evidence={"declared": declared, "live": live, **worst.evidence},
        )

    def _without_room(self, group: NodeGroup, drift: GroupDrift, declared: list[str], reason: str) -> Finding:
        live = _names(drift.live_types)
        return self.finding(
            group.span,
            group,
            f"the Auto Scaling group was changed outside Terraform: declared {_listed(declared)}, live {_listed(live)}: "
            "whether its pods have room is not known",
            label=reason,
            effect=_TAKEN_BACK,
            fix=_FIX,
            severity=Severity.WARNING,
            evidence={"declared": declared, "live": live},
        )

    def _not_as_declared(
        self, group: NodeGroup, drift: GroupDrift, name: str, assessment: Assessment
    ) -> Iterator[Finding]:
        """Yield a finding for a group that an inventory lists with other types than those of the configuration."""
        declared, live = sorted(set(_names(group.instance_types))), sorted(set(_names(drift.live_types)))
        if declared == live:
            yield from self._other_user_data(group, drift, name, assessment)
            return
        managed = group.kind is GroupKind.MANAGED
        what = _what(drift)
        try:
            worst = _worst(*_live(group, drift), declared, assessment)
        except Undecidable as cause:
            yield self.finding(
                group.span,
                group,
                f"the {what} {name} is not as declared: declared {_listed(declared)}, live {_listed(live)}; "
                f"what room its nodes have is not known",
                label=cause.unknown.reason,
                effect=_BEHIND if managed else _NOT_APPLIED,
                fix=_FIX_OF_MANAGED if managed else _FIX,
                severity=Severity.WARNING,
                evidence={"declared": declared, "live": live, what.lower().replace(" ", "_"): name},
            )
            raise
        settings = assessment.cluster(group).cni
        yield self.finding(
            group.span,
            group,
            f"the {what} {name} is not as declared: declared {_listed(declared)}, live {_listed(live)}: " + worst.said,
            label=worst.working,
            effect=STUCK_PODS if worst.is_stuck else _BEHIND if managed else _NOT_APPLIED,
            fix=_FIX_OF_MANAGED if managed else _FIX,
            assumption=assumed_cni(settings),
            severity=worst.severity,
            confidence=confidence(settings, worst.limits, worst.limit),
            evidence={"declared": declared, "live": live, **worst.evidence, what.lower().replace(" ", "_"): name},
        )

    def _other_user_data(
        self, group: NodeGroup, drift: GroupDrift, name: str, assessment: Assessment
    ) -> Iterator[Finding]:
        """Yield a finding for a group whose user data gives kubelet another number than what is declared would."""
        differing = []
        cni = assessment.cni(group)
        nodes, told = _live(group, drift)
        for resolved in assessment.instances(nodes):
            declared, live = (assessment.kubelet(one, resolved.instance) for one in (group, told))
            if not {one.figure.value for one in declared} & {one.figure.value for one in live}:
                room = assessment.room(resolved.instance, cni, group.span)
                differing.append((_Worst(resolved.instance.name, live, room), declared[0]))
        if not differing:
            return
        worst, written = max(differing, key=lambda one: one[0].excess)
        number = worst.limit.figure.value
        settings, what = assessment.cluster(group).cni, _what(drift)
        yield self.finding(
            group.span if written.span is None else written.span,
            group,
            f"the user data of the {what} {name} is not as declared: kubelet declared {written.figure.value} "
            f"({written.authority}), live {number}: room {worst.room.value} on {worst.instance_type}",
            label=worst.working,
            effect=STUCK_PODS
            if worst.is_stuck
            else f"Its nodes take {number} pods, whatever is declared. {_NOT_APPLIED}",
            fix="apply this configuration, or write the change here; then replace the nodes started since",
            assumption=assumed_cni(settings),
            severity=worst.severity if worst.is_stuck or written.fixed else Severity.INFO,
            confidence=confidence(settings, worst.limits, worst.limit),
            evidence={
                "declared_max_pods": written.figure.value,
                **worst.evidence,
                what.lower().replace(" ", "_"): name,
            },
        )

    def _commanded(self, group: NodeGroup, drift: GroupDrift, place: Span, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for a command that gives a group other types than those of the configuration."""
        declared, given = sorted(set(_names(group.instance_types))), sorted(set(_names(drift.live_types)))
        if declared == given:
            return
        settings = assessment.cluster(group).cni
        worst = _worst(*_live(group, drift), declared, assessment)
        yield self.finding(
            place,
            group,
            f"this command gives the Auto Scaling group other types than those that are declared: declared "
            f"{_listed(declared)}, given {_listed(given)}: {worst.said}",
            label=worst.working,
            effect=STUCK_PODS if worst.is_stuck else _BEHIND if group.kind is GroupKind.MANAGED else _UNTIL_APPLIED,
            fix="declare the types with the node group and remove the command; then replace the nodes started since",
            assumption=assumed_cni(settings),
            related=(Note("the node group is declared here", group.span),),
            severity=worst.severity,
            confidence=confidence(settings, worst.limits, worst.limit),
            evidence={"declared": declared, "live": given, **worst.evidence},
        )

    def _another_template(self, group: NodeGroup, drift: GroupDrift, template: str, declared: list[str]) -> Finding:
        missing = drift.live_types.missing
        live = [] if missing else _names(drift.live_types)
        types = f"declared {_listed(declared)}" + ("" if missing else f", live {_listed(live)}")
        replaced = drift.recorded_template or "the declared one"
        return self.finding(
            group.span,
            group,
            f"the Auto Scaling group was changed outside Terraform: it launches {template} in place of {replaced} "
            f"({types}); what it gives kubelet the plan does not tell",
            label=missing[0].reason if missing else "changed outside Terraform",
            effect="Its nodes may have another type and other user data; the next apply takes the change back.",
            fix=_FIX,
            severity=Severity.WARNING,
            evidence={"declared": declared, "live": live, "launch_template": template},
        )


class _Worst(NamedTuple):
    """The type that is worst off: what tells kubelet how many pods it has, first what is written, and its room."""

    instance_type: str
    limits: tuple[KubeletLimit, ...]
    room: Figure

    @property
    def limit(self) -> KubeletLimit:
        return self.limits[0]

    @property
    def excess(self) -> int:
        return self.limit.figure.value - self.room.value

    @property
    def is_stuck(self) -> bool:
        return self.excess > 0

    @property
    def severity(self) -> Severity:
        return Severity.ERROR if self.is_stuck else Severity.WARNING

    @property
    def said(self) -> str:
        return f"kubelet {self.limit.figure.value}, room {self.room.value} on {self.instance_type}"

    @property
    def working(self) -> str:
        return f"room for {self.room.value}: {self.room.working}"

    @property
    def evidence(self) -> Evidence:
        return {
            "instance_type": self.instance_type,
            "max_pods": self.limit.figure.value,
            "room": self.room.value,
        }


def _live(group: NodeGroup, drift: GroupDrift) -> tuple[NodeGroup, NodeGroup]:
    """Return a group with the types that it launches, and as what tells kubelet its max pods.

    Of an EKS managed group without an image of its own that is what was worked out for the declared types.
    """
    nodes = replace(group, instance_types=drift.live_types, drift=None)
    if drift.launched is None:
        return nodes, group
    told = replace(nodes, launch_template=drift.launched, launch_template_missing=None)
    if drift.described:
        return nodes, replace(told, own_image=Known(value=drift.launched.image is not None, origin=group.span))
    # The user data that is launched is all that a node gets, what Amazon EKS adds included.
    family = _family_of(drift.launched, group.ami_family)
    return nodes, replace(told, kind=GroupKind.SELF_MANAGED, ami_family=family)


def _family_of(launched: LaunchTemplate, declared: Value[AmiFamily]) -> Value[AmiFamily]:
    """Return the family of the image that runs: the one that is declared, unless its user data is for another."""
    programs = {one.need() for one in launched.user_data.bootstraps}
    if len(programs) != 1 or (isinstance(declared, Known) and PROGRAM_OF_FAMILY[declared.value] in programs):
        return declared
    (program,) = programs
    return Known(program.family, launched.span)


def _what(drift: GroupDrift) -> str:
    return "node group" if drift.described else "Auto Scaling group"


def _worst(nodes: NodeGroup, told: NodeGroup, declared: Collection[str], assessment: Assessment) -> _Worst:
    """Return which type of `nodes` is told too many pods by most (`told` says them), of those not declared or stuck."""
    cni = assessment.cni(nodes)
    types = [
        _Worst(
            resolved.instance.name,
            assessment.kubelet(told, resolved.instance),
            assessment.room(resolved.instance, cni, nodes.span),
        )
        for resolved in assessment.instances(nodes)
    ]
    new = [one for one in types if one.is_stuck or one.instance_type not in declared]
    return max(new or types, key=lambda one: one.excess)


def _names(types: Members[InstanceChoice]) -> list[str]:
    return [choice.type.need() for choice in types.need()]


def _listed(names: list[str]) -> str:
    return ", ".join(names)
