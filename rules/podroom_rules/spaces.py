"""What several rules ask about a subnet: what full nodes take of it, and who else wants addresses there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.demand import (
    Asked,
    Share,
    Space,
    asked_when_full,
    asked_with_one_pod,
    shares_of,
    space,
    subnets_of,
)
from podroom.capacity.subnets import SubnetPart
from podroom.capacity.working import counted
from podroom.model.world import NodeGroup, Subnet
from podroom.positions import Span
from podroom.records import dataclass
from podroom.rule import Finding, Note
from podroom.values import Undecidable, first_unknown, place_of


@dataclass(frozen=True, slots=True)
class Grown:
    """A subnet that holds its nodes at their maximum number, full of pods, and what they take with one pod each."""

    shares: Sequence[Share]
    room: Space
    one_pod: Asked
    full: Asked

    @property
    def count(self) -> int:
        """Return how many nodes are in the subnet's zone."""
        return sum(share.nodes.value for share in self.shares)

    @property
    def left(self) -> int:
        """Return the addresses that full nodes leave."""
        return self.room.addresses.value - self.full.addresses.value

    @property
    def left_with_one_pod(self) -> int:
        """Return the addresses that nodes with a single pod leave."""
        return self.room.addresses.value - self.one_pod.addresses.value


def grown(subnet: Subnet, assessment: Assessment) -> Grown | None:
    """Return what nodes take of a subnet; None if there are none, or PR201 says that it does not even hold them.

    Raises `Undecidable` if there may be more nodes than are known: with them PR201 might speak instead.
    """
    shares = [share for share in list(shares_of(subnet, assessment)) if share.nodes.value]
    if not shares:
        return None
    found = Grown(shares, space(subnet), asked_with_one_pod(shares), asked_when_full(shares, ()))
    return found if found.room.holds(found.full) else None


def for_each_subnet(
    code: str, group: NodeGroup, assessment: Assessment, judge: Callable[[Subnet, Assessment], Iterator[Finding]]
) -> Iterator[Finding]:
    """Yield what is found of each subnet of a group: what is true of a subnet is true for each of its groups.

    Raises `Undecidable` at the end if something was not known of one of them.
    """
    subnets, doubt = collect(subnets_of(group, assessment))
    for subnet in subnets:
        answer = partial(collect, judge(subnet, assessment))
        found, unknown = assessment.remember((code, id(subnet)), answer)
        doubt = first_unknown(doubt, unknown)
        yield from found
    if doubt is not None:
        raise Undecidable(doubt)


def block_place(subnet: Subnet) -> Span:
    """Return where a subnet's block is written."""
    return place_of(subnet.cidr.origin, subnet.span)


def undeclared(shares: Iterable[Share], assessment: Assessment) -> str | None:
    """Return the assumption that stands behind the sums of nodes whose CNI nobody configured."""
    if any(assessment.cluster(share.group).cni.declared_by is None for share in shares):
        return "nothing here configures the VPC CNI, so the defaults that Amazon EKS installs are assumed"
    return None


def node_notes(shares: Iterable[Share], *, one_pod: bool) -> tuple[Note, ...]:
    """Return a note for each group, at its size: how many of its nodes are in the zone, and what each takes."""
    return tuple(
        Note(
            f"{counted(share.nodes.value, 'node')} in this zone: {share.nodes.working}; "
            f"each takes {_taken(share, one_pod=one_pod)}",
            place_of(share.group.maximum_size.origin, share.group.span),
        )
        for share in shares
    )


def state_of(nodes: int, *, one_pod: bool) -> str:
    """Return what nodes are with: "with a single pod each" or "when they are full"."""
    if one_pod:
        return "with a single pod each" if nodes > 1 else "with a single pod"
    return "when they are full" if nodes > 1 else "when it is full"


def shortage(shares: Sequence[Share], room: Space, asked: Asked, *, one_pod: bool) -> str:
    """Return what a subnet lacks as a sentence: "20 nodes with a single pod each take 400 addresses, but ..."."""
    nodes = sum(share.nodes.value for share in shares)
    state = state_of(nodes, one_pod=one_pod) if any(share.holds_pods for share in shares) else ""
    subject = " ".join(part for part in (counted(nodes, "node"), state) if part)
    take = "take" if nodes > 1 else "takes"
    if asked.addresses.value <= room.addresses.value:
        blocks = f"{counted(asked.prefixes, 'block')} of 16 addresses for prefixes"
        return f"{subject} {take} {blocks}, but this subnet has at most {room.blocks.value} free"
    taken = counted(asked.addresses.value, "address", "addresses")
    return f"{subject} {take} {taken}, but this subnet has {room.addresses.value:,}"


def shortage_sum(cidr: str, room: Space, asked: Asked) -> str:
    """Return the sums behind `shortage`: what the subnet has, and what is asked of it."""
    addresses = f"{cidr} has {room.addresses.working}; asked of it: {asked.addresses.working}"
    blocks = f"{room.blocks.working}, asked of it: {asked.prefixes}"
    if asked.addresses.value <= room.addresses.value:
        return f"{cidr} has {blocks}"
    return f"{addresses}; and {blocks}" if asked.prefixes > room.blocks.value else addresses


def _taken(share: Share, *, one_pod: bool) -> str:
    """Return the sum of what one node takes from this subnet."""
    load = share.lightest.load.one_pod if one_pod else share.heaviest.load.saturated
    if not share.custom_networking:
        return load.working
    if share.part is SubnetPart.PODS:
        return f"{load.pod_subnet_working} in this subnet of its pods"
    return "1 address in this subnet, that of its primary interface; those of its pods are in another"
