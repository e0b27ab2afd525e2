"""Subnet discovery: whether the CNI may put interfaces of nodes elsewhere into a subnet that it finds by its tag."""

from __future__ import annotations

from podroom.capacity.assessment import Assessment
from podroom.capacity.demand import is_among
from podroom.capacity.subnet_tag import discovers, in_same_zone, reason_of
from podroom.model.world import NodeGroup, Subnet
from podroom.values import Undecidable, Unknown


def discovered(subnet: Subnet, group: NodeGroup, assessment: Assessment) -> Unknown | None:
    """Return why interfaces of a group's nodes, which are in other subnets, may be in a subnet; None if not."""
    if not discovers(subnet, group, assessment):
        return None
    for other in assessment.world.subnets:
        try:
            if not is_among(tuple(group.subnets), group.subnets.missing, other):
                continue
        except Undecidable:
            pass
        if in_same_zone(subnet, other):
            return reason_of(subnet)
    return None
