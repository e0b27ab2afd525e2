"""Which of the VPCs and subnets that were listed are those that the configuration makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeVar

from podroom.assembly.inventory import Inventory, string
from podroom.evaluation.project import ResourceInstance
from podroom.evaluation.settled import Settled
from podroom.sources.live.records import Live, LiveSubnet, LiveVpc
from podroom.values import Known

T = TypeVar("T", LiveSubnet, LiveVpc)


def identities(inventory: Inventory, live: Live, settled: Settled | None) -> dict[str, str]:
    """Return the ids of VPCs and subnets by the addresses of the resources that make them.

    A plan or state knows the id.  Without one it is the only thing listed that has the IPv4 block and every tag that
    the configuration gives it, at least one, and that no other resource could be.
    """
    return {
        **_matched(inventory.resources("aws_vpc"), live.vpcs, settled),
        **_matched(inventory.resources("aws_subnet"), live.subnets, settled),
    }


def _matched(
    resources: tuple[ResourceInstance, ...], listed: Mapping[str, T], settled: Settled | None
) -> dict[str, str]:
    possible = {one.address: list(_possible(one, listed, settled)) for one in resources}
    claims = Counter(identity for several in possible.values() for identity in several)
    return {
        address: several[0] for address, several in possible.items() if len(several) == 1 and claims[several[0]] == 1
    }


def _possible(resource: ResourceInstance, listed: Mapping[str, T], settled: Settled | None) -> Iterator[str]:
    values = None if settled is None else settled.values(resource.address)
    identity = None if values is None else values.get("id")
    if isinstance(identity, str):
        if identity in listed:
            yield identity
        return
    block, tags = string(resource.body, "cidr_block"), dict(_tags(resource))
    if not isinstance(block, Known) or not tags:
        return
    for one in listed.values():
        if _block(one) == block.value and all(one.tags.get(name) == value for name, value in tags.items()):
            yield one.id


def _block(one: LiveSubnet | LiveVpc) -> str:
    return one.cidr if isinstance(one, LiveSubnet) else next(iter(one.cidrs), "")


def _tags(resource: ResourceInstance) -> Iterator[tuple[str, str]]:
    field = resource.body.attribute("tags")
    entries = field.entries()[0] if field is not None else {}
    for name, value in entries.items():
        text = value.string()
        if isinstance(text, Known):
            yield name, text.value
