"""The tag by which the CNI finds subnets: which it looks for, and which subnets beside a node's own that may fill.

Since 1.18 the CNI puts a new interface into the subnet with the most free addresses, of the node's own and those of its
zone that are tagged `kubernetes.io/role/cni`.  Since 1.22 the value 0 keeps pods out.  README of the CNI,
ENABLE_SUBNET_DISCOVERY; pkg/awsutils/awsutils.go.
"""

from __future__ import annotations

from enum import Enum

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import FALSE_TEXTS
from podroom.model.world import Cluster, NodeGroup, Subnet
from podroom.values import Known, Undecidable, Unknown, Value

TAG = "kubernetes.io/role/cni"
EXCLUDED = "0"
VARIABLE = "ENABLE_SUBNET_DISCOVERY"
_SINCE, _EXCLUDES_SINCE = (1, 18), (1, 22)


class Deafness(Enum):
    """Why a CNI looks for no tag, as the end of a sentence."""

    CUSTOM_NETWORKING = "with custom networking pods get addresses of the subnets that ENIConfigs name"
    VERSION = "the CNI looks for tagged subnets since v1.18 only"
    SWITCHED_OFF = f"{VARIABLE} is false"


def discovery_tag(subnet: Subnet) -> Value[str] | None:
    """Return the value of the tag by which the CNI finds a subnet, None without one."""
    return dict(subnet.tags).get(TAG)


def deafness(cluster: Cluster, assessment: Assessment) -> Deafness | None:
    """Return why the CNI of a cluster looks for no tag, None if it does; raises `Undecidable` if it is not known."""
    behavior = assessment.behavior(cluster.cni)
    if behavior.custom_networking:
        return Deafness.CUSTOM_NETWORKING
    if not behavior.at_least(*_SINCE):
        return Deafness.VERSION
    text = assessment.variable(cluster.cni, VARIABLE).need()
    return Deafness.SWITCHED_OFF if text and text in FALSE_TEXTS else None


def discovered_beside(subnet: Subnet, group: NodeGroup, assessment: Assessment) -> Unknown | None:
    """Return why interfaces of nodes in a subnet may be in another one of its zone; None if they are not."""
    tagged = assessment.remember(("tagged for the CNI",), lambda: _tagged(assessment))
    for other in tagged:
        if other is not subnet and in_same_zone(subnet, other) and discovers(other, group, assessment):
            return reason_of(other)
    return None


def discovers(subnet: Subnet, group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether the CNI may put interfaces of a group's nodes into a subnet that it finds by its tag.

    What a node takes is not known at all where its CNI is not.
    """
    tag = discovery_tag(subnet)
    if tag is None:
        return False
    try:
        cluster = assessment.cluster(group)
        if deafness(cluster, assessment) is not None:
            return False
        excluded = ("", EXCLUDED) if assessment.behavior(cluster.cni).at_least(*_EXCLUDES_SINCE) else ("",)
    except Undecidable:
        return True
    return not (isinstance(tag, Known) and tag.value in excluded)


def keeps_pods_out(subnet: Subnet, cluster: Cluster, assessment: Assessment) -> bool:
    """Return whether the tag keeps pods off the primary interfaces of a cluster's nodes in a subnet.

    Raises `Undecidable` if that is not known.
    """
    tag = discovery_tag(subnet)
    if tag is None or tag.need() != EXCLUDED or deafness(cluster, assessment) is not None:
        return False
    return assessment.behavior(cluster.cni).at_least(*_EXCLUDES_SINCE)


def in_same_zone(one: Subnet, other: Subnet) -> bool:
    """Return whether two subnets may be in one zone of one VPC."""
    zones = {zone.value.identity for zone in (one.zone, other.zone) if isinstance(zone, Known)}
    vpcs = {vpc.value for vpc in (one.vpc, other.vpc) if isinstance(vpc, Known)}
    return len(zones) < 2 and len(vpcs) < 2


def reason_of(subnet: Subnet) -> Unknown:
    """Return why addresses of nodes elsewhere may be in a tagged subnet."""
    reason = (
        f"{subnet.address} is tagged {TAG}: the CNI puts further interfaces of a node into whichever subnet of its "
        "zone has most free addresses"
    )
    return Unknown(reason, subnet.span)


def _tagged(assessment: Assessment) -> list[Subnet]:
    return [subnet for subnet in assessment.world.subnets if discovery_tag(subnet) is not None]
