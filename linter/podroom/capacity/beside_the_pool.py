"""What a node takes beside its pool: branch interfaces and other network cards; and where ipamd takes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import is_true
from podroom.capacity.cni_environment import STOPS_GROWTH
from podroom.capacity.estimate import Estimate
from podroom.capacity.max_pods import branch_interfaces
from podroom.capacity.subnets import NodeLoad
from podroom.capacity.warm_pool import node_addresses
from podroom.capacity.working import MissingFactError
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import NodeGroup
from podroom.records import replace
from podroom.values import Undecidable, Unknown

_LEAST_ON_A_CARD = 2
"""The interface's own address and a warm one."""


def without_growth(group: NodeGroup, assessment: Assessment) -> Unknown | None:
    """Return why ipamd takes no addresses itself, so that somebody else must; None if it does."""
    settings = assessment.cluster(group).cni
    for name in STOPS_GROWTH:
        value = assessment.variable(settings, name)
        if is_true(value.need()):
            reason = f"with {name} ipamd attaches no interface and takes no address: what does it instead is not known"
            return Unknown(reason, value.origin)
    return None


def with_branches(
    group: NodeGroup, instance: InstanceType, max_pods: int, load: NodeLoad, assessment: Assessment
) -> Iterator[NodeLoad]:
    """Iterate over what a node takes if some pods have security groups, and thus branch interfaces, of their own.

    They come on top of the expected pods, and are among those of a full node.
    """
    cni = assessment.cni(group)
    try:
        limit = branch_interfaces(instance, cni).value
    except MissingFactError as error:
        raise Undecidable(Unknown(error.message, group.span)) from error
    expected, full = load.expected.pods, load.saturated.pods
    for branches in range(1, min(limit, full - expected) + 1):
        on_top, among = (
            node_addresses(instance, cni, max_pods=max_pods, pods=pods, branch_pods=branches)
            for pods in (expected, full - branches)
        )
        yield replace(load, expected=replace(on_top, pods=expected), saturated=among)


def unknown_branches(group: NodeGroup, assessment: Assessment) -> Unknown:
    """Return why it is not known how many branch interfaces nodes have."""
    variable = assessment.cluster(group).cni.find("ENABLE_POD_ENI")
    reason = (
        "how many pods have security groups of their own is not known: each takes a branch interface, one address more"
    )
    return Unknown(reason, group.span if variable is None else variable.span)


def on_other_cards(group: NodeGroup, instance: InstanceType, assessment: Assessment) -> Estimate:
    """Return the addresses on other network cards than the default one: with ENABLE_MULTI_NIC at least 2 on each.

    ipamd attaches an interface to each with one warm address; what pods take of them is not worked out.
    """
    settings = assessment.cluster(group).cni
    value = assessment.variable(settings, "ENABLE_MULTI_NIC")
    cni = assessment.cni(group)
    if not is_true(value.need()) or not cni.at_least(1, 20) or instance.network_cards == 1:
        return Estimate.known(0)
    cards = (instance.network_cards or 1) - 1
    reason = "what pods take of other network cards with ENABLE_MULTI_NIC is not worked out"
    return Estimate(cards * _LEAST_ON_A_CARD, None, "", (Unknown(reason, value.origin),))
