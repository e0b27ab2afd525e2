"""A change as JSON, version 1; `schemas/diff-v1.json` describes it."""

from __future__ import annotations

from typing import Any

from podroom.capacity.assessment import Assumptions
from podroom.capacity.estimate import LoadState
from podroom.capacity.forecast import GroupForecast
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.changes import Change, peak
from podroom.engine import Outcome
from podroom.report.capacity_json import assumptions_data, estimate_data, type_data
from podroom.report.findings_json import finding_data, problem_data, undecided_data
from podroom.report.frame import Frame
from podroom.report.json_text import json_text

FORMAT_VERSION = "1"


def render(change: Change, outcome: Outcome, assumptions: Assumptions, frame: Frame) -> str:
    """Return the document; the same change gives the same bytes."""
    found = change.findings
    document = {
        "version": FORMAT_VERSION,
        "podroom": {"version": frame.version, "catalog_date": frame.catalog_date},
        "base": change.base,
        "head": change.head,
        "assumptions": assumptions_data(assumptions),
        "new": [finding_data(finding) for finding in found.new],
        "fixed": [finding_data(finding) for finding in found.fixed],
        "remaining": [finding_data(finding) for finding in found.remaining],
        "no_longer_decided": [undecided_data(undecided) for undecided in found.opened],
        "capacity": [
            {
                "root": root.title,
                "node_groups": [
                    {"address": one.address, "before": _group(one.before), "after": _group(one.after)}
                    for one in root.groups
                ],
                "subnets": [
                    {
                        "address": one.subnet.subnet.address,
                        "zone": one.subnet.zone,
                        "before": _subnet(one.before),
                        "after": _subnet(one.after),
                    }
                    for one in root.subnets
                ],
            }
            for root in change.roots
        ],
        "remarks": list(change.remarks),
        "errors": [problem_data(problem) for problem in outcome.problems],
    }
    return json_text(document)


def _group(group: GroupForecast | None) -> dict[str, Any] | None:
    if group is None:
        return None
    return {
        "minimum_size": estimate_data(group.minimum),
        "desired_size": estimate_data(group.desired),
        "maximum_size": estimate_data(group.maximum),
        "instance_types": [type_data(kind) for kind in group.node.types],
    }


def _subnet(subnet: SubnetForecast | None) -> dict[str, Any] | None:
    if subnet is None:
        return None
    return {
        "usable": estimate_data(subnet.usable),
        "peak": {state.value: estimate_data(peak(subnet, state)) for state in LoadState},
    }
