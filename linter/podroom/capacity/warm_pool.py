"""The warm pool: how many interfaces and addresses ipamd takes from the subnet for a number of pods.

Growth only: nothing here models what ipamd gives back when pods go.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from podroom.capacity.cni import CniBehavior
from podroom.capacity.interfaces import ADDRESSES_PER_PREFIX, interface_budget, uses_prefixes
from podroom.catalog import documents
from podroom.catalog.instance_types import InstanceType
from podroom.records import dataclass

_SOURCES = (
    documents.CNI_IPAMD,
    documents.CNI_ENI_TARGETS,
    documents.CNI_PREFIX_TARGETS,
    documents.CNI_POOL_CAPPED_BY_MAX_PODS,
)


@dataclass(frozen=True, slots=True)
class NodeAddresses:
    """What one node takes from its subnets when ipamd has come to rest.

    `pods` are those that need an address.  `interfaces` counts all (primary, for pods, trunk, without branch
    interfaces), `pod_interfaces` those that give addresses to pods.  `node_subnet_addresses` and `pod_subnet_addresses`
    add up to `total`; the latter is 0 without custom networking, with it everything but the primary interface's one
    address.  `on_first_interface` is what the first interface for pods takes.  `free_addresses` are assigned to the
    node and to no pod, `unserved_pods` wait for an address that never comes.  `total_at_most` is more than `total`
    where the result hangs on chance: which prefixes the pods are on (WARM_PREFIX_TARGET of 2 or more), or how many
    pods come before ipamd's next step near max pods (WARM_IP_TARGET); `prefixes_at_most` are the prefixes then.
    `ready` is False if the node never becomes Ready.  `working` is the sum of `total`, `pod_subnet_working` that of
    `pod_subnet_addresses`, empty without custom networking.
    """

    pods: int
    interfaces: int
    pod_interfaces: int
    secondary_addresses: int
    prefixes: int
    prefixes_at_most: int
    node_subnet_addresses: int
    pod_subnet_addresses: int
    total: int
    total_at_most: int
    free_addresses: int
    unserved_pods: int
    ready: bool
    working: str
    on_first_interface: int
    pod_subnet_working: str = ""
    sources: tuple[str, ...] = _SOURCES


@dataclass(frozen=True, slots=True)
class Pool:
    """The rules of one node's pool, in items: prefixes of 16 addresses or single addresses.

    `interfaces` can give addresses to pods, each has `slots` for items; ipamd stops to grow at `max_pods` addresses
    (None before CNI 1.16.3).
    """

    cni: CniBehavior
    interfaces: int
    slots: int
    addresses_per_item: int
    max_pods: int | None

    @property
    def capacity(self) -> int:
        """Return how many items the node can hold."""
        return self.interfaces * self.slots

    @property
    def in_prefixes(self) -> bool:
        """Return whether an item is a prefix."""
        return self.addresses_per_item == ADDRESSES_PER_PREFIX

    def wanted(self, pods: int) -> int:
        """Return the items that the targets ask for, whatever the node can hold and whatever max pods is."""
        if self.cni.targets_addresses:
            wanted = self.cni.minimum_ip_target
            if self.cni.warm_ip_target:  # 0 never asks for more than the minimum, however many pods wait
                wanted = max(wanted, pods + self.cni.warm_ip_target)
            return _ceil(wanted, self.addresses_per_item)
        # A target of 0 asks for one more unit as soon as no address is free.
        if self.in_prefixes:
            target = self.cni.warm_prefix_target
            return _ceil(pods, ADDRESSES_PER_PREFIX) + target if target else pods // ADDRESSES_PER_PREFIX + 1
        target = self.cni.warm_eni_target
        return (_ceil(pods, self.slots) + target if target else pods // self.slots + 1) * self.slots

    @property
    def closed_form_knows_the_cap(self) -> bool:
        """Return whether each step grows by one unit, so that the closed form is exact even at max pods."""
        return not self.cni.targets_addresses and (not self.in_prefixes or self.cni.warm_prefix_target <= 1)

    def reaches_cap(self, pods: int) -> bool:
        """Return whether the targets ask for as many addresses as max pods, where ipamd stops to grow."""
        wanted = min(self.wanted(pods), self.capacity)
        return self.max_pods is not None and wanted * self.addresses_per_item >= self.max_pods


def node_addresses(
    instance: InstanceType,
    cni: CniBehavior,
    *,
    max_pods: int,
    pods: int,
    branch_pods: int = 0,
    unmanaged_interfaces: int = 0,
) -> NodeAddresses:
    """Return what a node takes for `pods` pods that need an address (not host network, not a branch interface).

    `max_pods` is kubelet's, `branch_pods` are those with a security group of their own.  Raise `MissingFactError` if
    prefix delegation is on and the hypervisor is not known.
    pkg/ipamd/ipamd.go isDatastorePoolTooLow, increaseDatastorePool, hasRoomForEni.
    """
    budget = interface_budget(instance, cni, unmanaged_interfaces)
    trunk = int(budget.trunk_attached)
    if cni.crashes:
        return _never_ready(0, pods, "aws-node exits at start: prefix delegation needs a warm target")
    prefixes = uses_prefixes(instance, cni)
    if budget.for_pods.value < 1:
        return _never_ready(trunk, pods, f"{budget.for_pods.expression} for pods")
    pool = _pool(instance, cni, budget.for_pods.value, max_pods)
    items = pool_items(pool, pods)
    trunk_apart = 0 if budget.trunk_gives_addresses else trunk
    # A trunk that gives addresses is there from the start, beside the first interface for pods if there is room.
    at_start = min(2, pool.interfaces) if budget.trunk_gives_addresses else 1
    pod_interfaces = max(at_start, _ceil(items, pool.slots))
    addresses = items * pool.addresses_per_item
    primary_apart = budget.reserved_primary
    interfaces = primary_apart + pod_interfaces + trunk_apart
    total = interfaces + addresses + branch_pods
    parts = _parts(pool, items, (primary_apart, pod_interfaces, trunk_apart, branch_pods))
    most_items = _most_items(pool, pods, items)
    more_interfaces = max(0, _ceil(most_items, pool.slots) - pod_interfaces)
    return NodeAddresses(
        pods=pods + branch_pods,
        interfaces=interfaces,
        pod_interfaces=pod_interfaces,
        secondary_addresses=0 if prefixes else items,
        prefixes=items if prefixes else 0,
        prefixes_at_most=most_items if prefixes else 0,
        node_subnet_addresses=primary_apart or total,
        pod_subnet_addresses=total - primary_apart if primary_apart else 0,
        total=total,
        total_at_most=total + more_interfaces + (most_items - items) * pool.addresses_per_item,
        free_addresses=max(0, addresses - pods),
        unserved_pods=max(0, pods - addresses),
        ready=True,
        working=f"{'1 primary interface + ' if primary_apart else ''}{parts} = {total}",
        on_first_interface=1 + min(items, pool.slots) * pool.addresses_per_item,
        pod_subnet_working=f"{parts} = {total - primary_apart}" if primary_apart else "",
    )


def pool_items(pool: Pool, pods: int) -> int:
    """Return the items that ipamd holds at rest, by the closed form where it is exact, else step by step."""
    if pool.reaches_cap(pods) and not pool.closed_form_knows_the_cap:
        return stepped_items(pool, pods)
    return closed_form_items(pool, pods)


def closed_form_items(pool: Pool, pods: int) -> int:
    """Return the items that ipamd holds at rest, in one sum.

    Exact unless a step can grow by more than the least unit and the pool reaches max pods; see `stepped_items`.
    """
    items = min(pool.wanted(pods), pool.capacity)
    if pool.max_pods is None:
        return items
    if pool.in_prefixes:
        return min(items, max(1, _ceil(pool.max_pods, ADDRESSES_PER_PREFIX)))
    return min(items, max(1, _ceil(pool.max_pods, pool.slots)) * pool.slots)


def stepped_items(pool: Pool, pods: int) -> int:
    """Return the items that ipamd holds at rest, by walking through its loop with pods that come one by one."""
    items = 0
    for arrived in range(pods + 1):
        items = settled_items(pool, items, arrived)
    return items


def settled_items(pool: Pool, items: int, pods: int) -> int:
    """Return the items that ipamd holds at rest when it starts from `items` and `pods` want an address.

    Every step fills free slots of one interface, or attaches another, until the targets are met or max pods is
    reached.  pkg/ipamd/ipamd.go isDatastorePoolTooLow, increaseDatastorePool, tryAssignIPs, tryAssignPrefixes,
    tryAllocateENI.
    """
    for grown in _steps(pool, items, pods):
        items = grown
    return items


def growth_calls(instance: InstanceType, cni: CniBehavior, *, max_pods: int, pods: int) -> int:
    """Return how often ipamd asks EC2 for addresses on a new node whose `pods` come one by one.

    Each step of its loop is one call that assigns addresses or attaches an interface with them; calls for giving back
    are not counted.  0 for a node without interfaces for pods.  Raise `MissingFactError` if prefix delegation is on
    and the hypervisor is not known.
    """
    budget = interface_budget(instance, cni)
    if budget.for_pods.value < 1 or cni.crashes:
        return 0
    pool = _pool(instance, cni, budget.for_pods.value, max_pods)
    calls = items = 0
    for arrived in range(pods + 1):
        for grown in _steps(pool, items, arrived):
            items = grown
            calls += 1
    return calls


def _pool(instance: InstanceType, cni: CniBehavior, interfaces: int, max_pods: int) -> Pool:
    return Pool(
        cni=cni,
        interfaces=interfaces,
        slots=instance.slots,
        addresses_per_item=ADDRESSES_PER_PREFIX if uses_prefixes(instance, cni) else 1,
        max_pods=max_pods if cni.at_least(1, 16, 3) else None,
    )


def _steps(pool: Pool, items: int, pods: int) -> Iterator[int]:
    """Iterate over the items that ipamd holds after each step, until its targets are met."""
    attached = max(1, _ceil(items, pool.slots))
    while need := _needed(pool, items, pods):
        free = attached * pool.slots - items
        if not free:
            if attached == pool.interfaces:
                return
            attached += 1
            free = pool.slots
        items += min(need, free)
        yield items


def _needed(pool: Pool, items: int, pods: int) -> int:
    """Return the items that the next step asks for; 0 if the pool is not too low."""
    cni, total = pool.cni, items * pool.addresses_per_item
    if pool.max_pods is not None and total >= pool.max_pods:
        return 0
    assigned = min(pods, total)
    available = total - assigned
    if cni.targets_addresses:
        short = max(cni.warm_ip_target - available, cni.minimum_ip_target - total, 0)
        return _ceil(short, pool.addresses_per_item)
    unit, target = (
        (ADDRESSES_PER_PREFIX, cni.warm_prefix_target) if pool.in_prefixes else (pool.slots, cni.warm_eni_target)
    )
    if available >= max(1, unit * target):
        return 0
    return max(1, target - (items - _ceil(assigned, unit))) if pool.in_prefixes else pool.slots


def _most_items(pool: Pool, pods: int, items: int) -> int:
    """Return the most items that chance can lead to."""
    target = pool.cni.warm_prefix_target
    if pool.cni.targets_addresses:
        return max(items, _most_reachable(pool, pods)) if pool.reaches_cap(pods) else items
    if not pool.in_prefixes:
        return items
    # Pods spread over the prefixes leave fewer of them wholly free.
    most = min(_ceil(pods, ADDRESSES_PER_PREFIX) + 2 * target - 1, pods + target)
    if pool.max_pods is not None:
        most = min(most, max(1, _ceil(pool.max_pods, ADDRESSES_PER_PREFIX)) - 1 + target)
    return max(items, min(most, pool.capacity))


@lru_cache(maxsize=256)
def _most_reachable(pool: Pool, pods: int) -> int:
    """Return the most items that ipamd may hold: pods come one by one, but any number of them between two steps."""
    reached = [0]
    for arrived in range(pods + 1):
        for items in reached:  # those that are found on the way, too
            grown = next(_steps(pool, items, arrived), items)
            if grown not in reached:
                reached.append(grown)
    return max(reached)


def _parts(pool: Pool, items: int, parts: tuple[int, int, int, int]) -> str:
    """Return what a node takes, without the primary interface if that is in a subnet of its own."""
    primary, pod_interfaces, trunk, branches = parts
    if pool.in_prefixes:
        pods = f"{items} {'prefix' if items == 1 else 'prefixes'} x {ADDRESSES_PER_PREFIX} addresses"
    elif items == pod_interfaces * pool.slots:
        pods = f"{pod_interfaces} x {pool.slots} secondary addresses"
    else:
        pods = f"{items} secondary {'address' if items == 1 else 'addresses'}"
    kind = "pod interface" if primary else "interface"
    terms = [
        f"{pod_interfaces} {kind}{'' if pod_interfaces == 1 else 's'}",
        "1 trunk interface" if trunk else "",
        pods,
        f"{branches} branch {'interface' if branches == 1 else 'interfaces'}" if branches else "",
    ]
    return " + ".join(term for term in terms if term)


def _never_ready(trunk: int, pods: int, why: str) -> NodeAddresses:
    """Return what a node takes whose pods get no address: a trunk is attached only where pods have their own subnet."""
    total = 1 + trunk
    return NodeAddresses(
        pods=pods,
        interfaces=total,
        pod_interfaces=0,
        secondary_addresses=0,
        prefixes=0,
        prefixes_at_most=0,
        node_subnet_addresses=1,
        pod_subnet_addresses=trunk,
        total=total,
        total_at_most=total,
        free_addresses=0,
        unserved_pods=pods,
        ready=False,
        working=f"1 primary interface{' + 1 trunk interface' if trunk else ''} = {total}: {why}",
        on_first_interface=1,
    )


def _ceil(dividend: int, divisor: int) -> int:
    return -(-dividend // divisor)
