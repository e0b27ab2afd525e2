"""A forecast as JSON, version 1; `schemas/capacity-v1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from podroom.capacity.assessment import Assumptions
from podroom.capacity.estimate import Estimate, Loads
from podroom.capacity.forecast import ClusterForecast, Forecast, GroupForecast, all_gaps
from podroom.capacity.node_forecast import TypeForecast
from podroom.capacity.subnet_forecast import BlocksForecast, ShareForecast, SubnetForecast
from podroom.capacity.subnets import CONTROL_PLANE_RECOMMENDED, CONTROL_PLANE_REQUIRED
from podroom.engine import Problem
from podroom.positions import Span
from podroom.records import dataclass
from podroom.report.capacity_wording import Comparison
from podroom.report.findings_json import problem_data
from podroom.values import Known, OneOf, Unknown, Value

FORMAT_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the configurations of a document."""

    problems: Sequence[Problem]
    assumptions: Assumptions
    version: str
    catalog_date: str

    def document(self, format_version: str, configurations: list[dict[str, Any]]) -> str:
        """Return the whole document as text; the same configurations give the same bytes."""
        document = {
            "version": format_version,
            "podroom": {"version": self.version, "catalog_date": self.catalog_date},
            "assumptions": assumptions_data(self.assumptions),
            "configurations": configurations,
            "errors": [problem_data(problem) for problem in self.problems],
        }
        return json.dumps(document, indent=2) + "\n"


def render(comparisons: Sequence[Comparison], frame: Frame) -> str:
    """Return the document."""
    return frame.document(FORMAT_VERSION, [configuration_data(comparison) for comparison in comparisons])


def assumptions_data(assumptions: Assumptions) -> dict[str, Any]:
    """Return what was assumed."""
    return {
        "expected_pods_per_node": assumptions.expected_pods_per_node,
        "host_network_pods": assumptions.host_network_pods,
        "zone_balance": assumptions.zone_balance.value,
        "control_plane_required": CONTROL_PLANE_REQUIRED,
        "control_plane_recommended": CONTROL_PLANE_RECOMMENDED,
    }


def configuration_data(comparison: Comparison) -> dict[str, Any]:
    """Return one configuration, with what would be otherwise beside it if that was asked for."""
    other, during = comparison.what_if, comparison.during
    return {
        "root": comparison.today.root,
        "variant": comparison.today.variant,
        **_forecast(comparison.today),
        "what_if": None if other is None else {"changes": list(comparison.changes), **_forecast(other)},
        "while_applied": None if during is None else _forecast(during),
    }


def estimate_data(estimate: Estimate) -> dict[str, Any]:
    """Return a number: the same `least` and `most` if it is known, null where there is no bound."""
    return {"least": estimate.least, "most": estimate.most, "working": estimate.working}


def loads_data(loads: Loads) -> dict[str, Any]:
    """Return a number for each state of load."""
    return {state.value: estimate_data(number) for state, number in loads}


def subnet_data(found: SubnetForecast) -> dict[str, Any]:
    """Return one subnet."""
    return {
        "address": found.subnet.address,
        "cidr": _value(found.subnet.cidr),
        "zone": found.zone,
        "vpc": _value(found.subnet.vpc),
        "usable": estimate_data(found.usable),
        "reserves": [{"name": one.name, "addresses": estimate_data(one.addresses)} for one in found.reserves],
        "shares": [_share(share) for share in found.shares],
        "nodes_at_desired": estimate_data(found.nodes_at_desired),
        "nodes_at_maximum": estimate_data(found.nodes_at_maximum),
        "at_desired": loads_data(found.at_desired),
        "at_maximum": loads_data(found.at_maximum),
        "added_by_update": loads_data(found.added_by_update),
        "left": loads_data(found.left),
        "holds": loads_data(found.holds),
        "prefix_blocks": None if found.blocks is None else _blocks(found.blocks),
        "gaps": [gap_data(gap) for gap in found.gaps],
    }


def _forecast(found: Forecast) -> dict[str, Any]:
    return {
        "clusters": [_cluster(cluster) for cluster in found.clusters],
        "node_groups": [_group(group) for group in found.groups],
        "subnets": [subnet_data(subnet) for subnet in found.subnets],
        "unused_subnets": list(found.idle_subnets),
        "gaps": [gap_data(gap) for gap in all_gaps(found)],
    }


def _cluster(found: ClusterForecast) -> dict[str, Any]:
    cluster = found.cluster
    return {
        "address": cluster.address,
        "name": _value(cluster.name),
        "cni": {
            "declared_by": cluster.cni.declared_by,
            "version": _value(cluster.cni.version),
            "settings": {name: _value(value) for name, value in found.settings},
        },
        "node_groups": [group.group.address for group in found.groups],
        "gaps": [gap_data(gap) for gap in found.gaps],
    }


def _group(found: GroupForecast) -> dict[str, Any]:
    return {
        "address": found.group.address,
        "cluster": _value(found.group.cluster),
        "kind": found.group.kind.value,
        "minimum_size": estimate_data(found.minimum),
        "desired_size": estimate_data(found.desired),
        "maximum_size": estimate_data(found.maximum),
        "zones": estimate_data(found.zones),
        "update_surge": estimate_data(found.surge),
        "instance_types": [type_data(kind) for kind in found.node.types],
        "addresses_per_node": loads_data(found.node.addresses),
        "pods_per_node": loads_data(found.node.wanted),
        "unserved_pods_per_node": loads_data(found.node.unserved),
        "ready": found.node.ready,
        "gaps": [gap_data(gap) for gap in found.gaps],
    }


def type_data(found: TypeForecast) -> dict[str, Any]:
    """Return one instance type of a node group."""
    return {
        "name": found.instance.name,
        "interfaces": found.instance.interfaces,
        "addresses_per_interface": found.instance.addresses_per_interface,
        "max_pods": estimate_data(found.max_pods),
        "decided_by": list(dict.fromkeys(limit.authority for limit in found.limits)),
        "room": estimate_data(found.room),
        "ready": found.ready,
        "addresses_per_node": loads_data(found.addresses),
    }


def _share(share: ShareForecast) -> dict[str, Any]:
    return {
        "node_group": share.group.address,
        "part": share.part.value,
        "nodes_at_desired": estimate_data(share.desired),
        "nodes_at_maximum": estimate_data(share.maximum),
        "nodes_added_by_update": estimate_data(share.surge),
        "addresses_per_node": loads_data(share.per_node),
        "prefixes_per_node": loads_data(share.prefixes_per_node),
    }


def _blocks(blocks: BlocksForecast) -> dict[str, Any]:
    return {
        "blocks": estimate_data(blocks.blocks),
        "asked": loads_data(blocks.asked),
        "free": loads_data(blocks.free),
        "fragmentation_risk": {state.value: blocks.risk(state) for state, _ in blocks.free},
    }


def _value(value: Value[str]) -> dict[str, Any]:
    """Return a leaf of the configuration: its value, its candidates, or why it is unknown."""
    if isinstance(value, Known):
        return {"value": value.value}
    if isinstance(value, OneOf):
        return {"one_of": list(value.values), "reason": value.reason}
    return {"unknown": value.reason}


def gap_data(gap: Unknown) -> dict[str, Any]:
    """Return something that is not known, with its place."""
    span = gap.origin if isinstance(gap.origin, Span) else None
    first = span.first if span else None
    return {
        "reason": gap.reason,
        "needs": list(gap.refs),
        "path": span.path if span else None,
        "line": first.line if first else None,
        "column": first.column if first else None,
    }
