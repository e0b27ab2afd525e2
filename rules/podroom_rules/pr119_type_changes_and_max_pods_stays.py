"""PR119 instance-type-change-with-pinned-max-pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved
from podroom.capacity.kubelet import KubeletLimit
from podroom.catalog import documents
from podroom.model.world import Mechanism, NodeGroup
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom_rules.plan_examples import changed, plan
from podroom_rules.subjects import there_before
from podroom_rules.wording import article, assumed_cni, confidence, set_max_pods

_CONFIGURATION = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = TYPE
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=PODS'
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
_USER_DATA = (
    "IyEvYmluL2Jhc2gKL2V0Yy9la3MvYm9vdHN0cmFwLnNoIG1haW4gLS11c2UtbWF4LXBvZHMgZmFsc2UgLS1rdWJlbGV0LWV4dHJh"
    "LWFyZ3MgJy0tbWF4LXBvZHM9MjknCg=="
)
"""The user data above with 29, in base64."""
_GROUP = {"min_size": 1, "max_size": 3, "launch_template": [{"id": "lt-0c58a8fdd2e802d9a"}]}


def _template(kind: str) -> dict[str, object]:
    image = {"id": "lt-0c58a8fdd2e802d9a", "image_id": "ami-0123456789abcdef0"}
    return {**image, "instance_type": kind, "user_data": _USER_DATA}


_PLAN = plan(
    resource_changes=[
        changed("aws_launch_template.nodes", _template("m5.large"), _template("m5.4xlarge")),
        changed("aws_autoscaling_group.nodes", _GROUP, _GROUP),
    ]
)


class TypeChangesAndMaxPodsStays(Rule[NodeGroup]):
    """A change takes a larger instance type, and max pods stays that of the old type.

    Max pods is written in the user data, and it is just the number that the old type has room for: 29 for an
    m5.large.  A plan, or a commit that `podroom diff` looks at, changes the type and leaves the number.  The new nodes have the processors and the memory of
    the larger type and take no more pods than the smaller one did: pods stay Pending with

        0/3 nodes are available: 3 Too many pods.

    and the autoscaler adds more of the large nodes.  A number that is too high for the new type is PR101.

    Only what starts from now on has the new type: nodes that run keep theirs until an instance refresh or an update of
    the node group replaces them.

    Remedy: change the number together with the type, or leave it away so that each node works it out.
    """

    code = "PR119"
    name = "instance-type-change-with-pinned-max-pods"
    severity = Severity.WARNING
    subject = NodeGroup
    concerns = staticmethod(there_before)
    sources = (
        "https://developer.hashicorp.com/terraform/internals/json-format#change-representation",
        documents.CNI_MAX_PODS_LIST,
        documents.EKS_MAX_PODS,
    )
    bad = (
        Example(
            "29 pods were right for m5.large, and the plan makes it m5.4xlarge",
            {
                "main.tf": _CONFIGURATION.replace("TYPE", '"m5.4xlarge" # expect: PR119').replace("PODS", "29"),
                "plan.json": _PLAN,
            },
        ),
    )
    good = (
        Example(
            "the number changes with the type",
            {
                "main.tf": _CONFIGURATION.replace("TYPE", '"m5.4xlarge"').replace("PODS", "110"),
                "plan.json": _PLAN.replace(f'"user_data": "{_USER_DATA}"', '"user_data": null'),
            },
        ),
        Example(
            "the type was always that",
            {
                "main.tf": _CONFIGURATION.replace("TYPE", '"m5.4xlarge"').replace("PODS", "29"),
                "plan.json": _PLAN.replace("m5.large", "m5.4xlarge"),
            },
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for a group whose new type has room for more than the number that was the old type's."""
        world = assessment.world
        (earlier,) = (group for group in world.before or () if group.address == subject.address)
        drift = subject.drift
        if (drift is not None and not drift.same_types) or not assessment.applies(subject):
            return
        old = [resolved.instance for resolved in assessment.instances(earlier)]
        for resolved in assessment.instances(subject):
            limits = assessment.kubelet(subject, resolved.instance)
            limit = limits[0]
            if limit.mechanism in {None, Mechanism.NODEADM_EXPRESSION} or resolved.instance in old:
                continue
            yield from self._judge(subject, assessment, resolved, limits, earlier)

    def _judge(
        self,
        group: NodeGroup,
        assessment: Assessment,
        resolved: Resolved,
        limits: tuple[KubeletLimit, ...],
        earlier: NodeGroup,
    ) -> Iterator[Finding]:
        number, cni = limits[0].figure.value, assessment.cni(group)
        theirs = [
            one.instance
            for one in assessment.instances(earlier)
            if assessment.room(one.instance, cni, group.span).value == number
            and assessment.kubelet(earlier, one.instance)[0].figure.value == number
        ]
        room = assessment.room(resolved.instance, cni, group.span)
        better = min(room.value, assessment.recommended(resolved.instance, group.span).value)
        if not theirs or better <= number:
            return
        old, new, settings = theirs[0].name, resolved.instance.name, assessment.cluster(group).cni
        span = limits[0].span
        yield self.finding(
            resolved.span,
            group,
            f"the type changes from {old} to {new}, and max pods stays at {number}, which is what {article(old)} has room for",
            label=f"{article(new)} has room for {room.value}: {room.working}",
            effect='Pods stay Pending with "Too many pods" while most of the node is idle. Nodes that run now keep their '
            "type until they are replaced.",
            fix=f"write {set_max_pods(group, better, limits[0].mechanism)} together with the type",
            assumption=assumed_cni(settings),
            related=() if span is None else (Note(f"kubelet is told {number} pods here", span),),
            confidence=confidence(settings, limits),
            writes=better,
            evidence={"before": old, "after": new, "max_pods": number, "room": room.value},
        )
