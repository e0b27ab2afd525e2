"""Subnet discovery: which subnets beside a node's own the CNI may put the node's further interfaces into."""

from __future__ import annotations

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import is_true
from podroom.capacity.demand import is_among
from podroom.model.world import NodeGroup, Subnet
from podroom.values import Known, Undecidable, Unknown

_TAG = "kubernetes.io/role/cni"


def discovered_beside(subnet: Subnet, group: NodeGroup, assessment: Assessment) -> Unknown | None:
    """Return why interfaces of nodes in a subnet may be in another one of its zone; None if they are not."""
    for other in assessment.world.subnets:
        if other is not subnet and _same_zone(subnet, other) and _discovers(other, group, assessment):
            return _reason(other)
    return None


def discovered(subnet: Subnet, group: NodeGroup, assessment: Assessment) -> Unknown | None:
    """Return why interfaces of a group's nodes, which are in other subnets, may be in a subnet; None if not."""
    if not _discovers(subnet, group, assessment):
        return None
    for other in assessment.world.subnets:
        try:
            if other is subnet or not is_among(tuple(group.subnets), group.subnets.missing, other):
                continue
        except Undecidable:
            pass
        if _same_zone(subnet, other):
            return _reason(subnet)
    return None


def _discovers(subnet: Subnet, group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether the CNI may put interfaces of a group's nodes into a subnet that it finds by its tag.

    The value must not be empty; 0 keeps the CNI away since 1.22.  https://github.com/aws/amazon-vpc-cni-k8s,
    README, ENABLE_SUBNET_DISCOVERY.  What a node takes is not known at all where its CNI is not.
    """
    tag = dict(subnet.tags).get(_TAG)
    if tag is None:
        return False
    try:
        cni = assessment.cni(group)
        on = is_true(assessment.variable(assessment.cluster(group).cni, "ENABLE_SUBNET_DISCOVERY").need())
    except Undecidable:
        return True
    if not on or not cni.at_least(1, 18) or cni.custom_networking:
        return False
    excluded = ("", "0") if cni.at_least(1, 22) else ("",)
    return not (isinstance(tag, Known) and tag.value in excluded)


def _same_zone(one: Subnet, other: Subnet) -> bool:
    """Return whether two subnets may be in one zone of one VPC."""
    zones = {zone.value.identity for zone in (one.zone, other.zone) if isinstance(zone, Known)}
    vpcs = {vpc.value for vpc in (one.vpc, other.vpc) if isinstance(vpc, Known)}
    return len(zones) < 2 and len(vpcs) < 2


def _reason(subnet: Subnet) -> Unknown:
    reason = (
        f"{subnet.address} is tagged {_TAG}: the CNI puts further interfaces of a node into whichever subnet of its "
        "zone has most free addresses"
    )
    return Unknown(reason, subnet.span)
