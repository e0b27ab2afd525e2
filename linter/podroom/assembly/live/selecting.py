"""Subnets that Karpenter and EKS Auto Mode choose by tags, found in what was listed.

A term is a call of DescribeSubnets in the region of the cluster, whatever the VPC; any term may choose a subnet.
aws/karpenter-provider-aws, pkg/providers/subnet/subnet.go: List
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from podroom.assembly.attaching import NONE_HERE
from podroom.assembly.live.lookups import found_by
from podroom.model.lookups import Lookup, LookupKind, Selection
from podroom.model.world import NodeClass, Notice, SubnetUse, World
from podroom.records import replace
from podroom.sources.live.records import Live
from podroom.values import Known, Members, Undecidable


def with_live_selections(world: World, live: Live, ids: Mapping[str, str]) -> World:
    """Return a World in which node classes have the listed subnets that they choose; notices say of which it has none.

    `ids` are those of what the World makes and finds, by address.
    """
    if not live.subnets or not world.node_classes:
        return world
    addresses = {identity: address for address, identity in ids.items() if world.subnet(address) is not None}
    notices: list[Notice] = []

    def chosen(known: NodeClass, uses: Members[SubnetUse], terms: Sequence[Selection]) -> Members[SubnetUse]:
        items = {use.subnet.value if isinstance(use.subnet, Known) else at: use for at, use in enumerate(uses)}
        missing = list(uses.missing)
        for term in terms:
            lookup = Lookup(known.address, term.span, LookupKind.SUBNETS, term.conditions, world.region)
            try:
                found = found_by(lookup, live, ids)["ids"]
            except Undecidable as cause:
                notices.append(Notice(cause.unknown.reason, term.span))
                continue
            missing = [one for one in missing if one.reason != NONE_HERE or one.origin != term.span]
            for identity in found if isinstance(found, list) else ():
                name = addresses.get(str(identity), str(identity))
                items.setdefault(name, SubnetUse(Known(name, term.span), term.span))
        return Members(tuple(items.values()), tuple(missing))

    classes = tuple(
        replace(
            one,
            subnets=chosen(one, one.subnets, one.selections),
            pod_subnets=chosen(one, one.pod_subnets, one.pod_selections),
        )
        for one in world.node_classes
    )
    return replace(world, node_classes=classes, notices=(*world.notices, *notices))
