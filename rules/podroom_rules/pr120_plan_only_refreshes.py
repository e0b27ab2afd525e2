"""PR120 refresh-only-plan."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.model.world import NodeGroup
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Undecidable, Unknown, first_unknown
from podroom_rules.plan_examples import MANAGED_NODES, changed, node_group_plan, plan
from podroom_rules.subjects import in_refreshing_plan

_SIDES = ({"scaling_config": [{"max_size": 6}]}, {"scaling_config": [{"max_size": 20}]})
_NODES = {"address": "aws_eks_node_group.nodes", "mode": "managed", "type": "aws_eks_node_group", "name": "nodes"}
_FOUND = {"root_module": {"resources": [{**_NODES, "values": _SIDES[1], "sensitive_values": {}}]}}
_REFRESHES = plan(resource_drift=[changed("aws_eks_node_group.nodes", *_SIDES)], prior_state={"values": _FOUND})


class PlanOnlyRefreshes(Rule[NodeGroup]):
    """A plan with -refresh-only takes over what somebody changed by hand.

    `terraform plan -refresh-only` looks at what is there and changes nothing.  To apply it writes what it found into the
    state: from then on Terraform takes it for its own, and no plan calls it drift any more.  What is declared still
    differs, and the next ordinary plan shows it as a change that nobody remembers.

    Here it found a node group, or its launch template, changed outside Terraform, whatever its nodes run.  An ordinary plan says what that means
    for pods (PR116, PR117, PR118).  Other than that, `-refresh=false` makes a plan that has looked at nothing: where
    nothing was found, it tells nothing.

    Remedy: make a plan without -refresh-only and judge that, before this one is applied.
    """

    code = "PR120"
    name = "refresh-only-plan"
    severity = Severity.INFO
    subject = NodeGroup
    concerns = staticmethod(in_refreshing_plan)
    sources = (
        "https://developer.hashicorp.com/terraform/cli/commands/plan#planning-modes",
        "https://developer.hashicorp.com/terraform/internals/json-format#plan-representation",
    )
    bad = (
        Example(
            "the console says 20 nodes at most, and the plan takes that over",
            {
                "main.tf": MANAGED_NODES.replace("MARK", " # expect: PR120"),
                "plan.json": _REFRESHES,
            },
        ),
    )
    good = (
        Example(
            "an ordinary plan takes it back, which is another matter",
            {"main.tf": MANAGED_NODES.replace("MARK", " # expect: PR118"), "plan.json": node_group_plan(*_SIDES)},
        ),
    )

    def judge(self, subject: NodeGroup, _assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for a group that such a plan found changed."""
        if subject.uncertain is not None:
            raise Undecidable(subject.uncertain)
        drift = subject.drift if subject.drift is not None and subject.drift.found_by_plan else None
        template = None if subject.launch_template is None else subject.launch_template.drift
        found = {
            "the Auto Scaling group": drift is not None and drift.doubt is None,
            "the node group": bool(subject.changed_by_hand),
            "its launch template": template is not None and template.certain,
        }
        changed_parts = [name for name, is_changed in found.items() if is_changed]
        if not changed_parts:
            if template is not None:
                reason = f"{' and '.join(template.untold)} of its launch template is not told by the plan"
                raise Undecidable(Unknown(reason, subject.span))
            doubt = first_unknown(None if drift is None else drift.doubt, subject.untold_by_plan)
            if doubt is not None:
                raise Undecidable(doubt)
            return
        yield self.finding(
            subject.span,
            subject,
            f"the plan only refreshes: to apply it takes over what was changed outside Terraform "
            f"({' and '.join(changed_parts)})",
            label="no later plan will call it drift",
            effect="If the configuration does not say the same, what is declared here and what is live stay different, and "
            "nothing says so any more.",
            fix="make a plan without -refresh-only, and have that judged first",
            evidence={"changed": changed_parts},
        )
