"""How many of a node's interfaces give addresses to pods, and in what form."""

from __future__ import annotations

from podroom.capacity.cni import CniBehavior
from podroom.capacity.working import MissingFactError, Term
from podroom.catalog.instance_types import InstanceType
from podroom.records import dataclass

ADDRESSES_PER_PREFIX = 16


@dataclass(frozen=True, slots=True)
class InterfaceBudget:
    """What becomes of the interfaces that a node may have on its default network card.

    `for_pods` is the number that can give addresses to pods, with its expression.  `trunk_attached` says whether
    there will be a trunk interface; `trunk_gives_addresses` whether ordinary pods get addresses from it too, in
    which case it is one of `for_pods`.  `reserved_primary` is 1 where custom networking keeps pods off the primary
    interface.
    """

    for_pods: Term
    trunk_attached: bool
    trunk_gives_addresses: bool
    reserved_primary: int


def interface_budget(instance: InstanceType, cni: CniBehavior, unmanaged_interfaces: int = 0) -> InterfaceBudget:
    """Divide the interfaces of a node: MAX_ENI first, then unmanaged ones, the primary and the trunk.

    `unmanaged_interfaces` are those on card 0 that ipamd leaves alone: tagged `no_manage`, EFA-only, or the primary
    one if its subnet is tagged `kubernetes.io/role/cni` = 0.  The trunk's slot is reserved since CNI 1.7; until
    1.20.4 also on types that cannot have a trunk (PR 3250); a type that the CNI does not know counts as able to.
    The trunk gave addresses to ordinary pods until 1.16.3 (PR 2801).  pkg/ipamd/ipamd.go getMaxENI, hasRoomForEni.
    """
    limit = instance.interfaces if cni.max_eni is None else min(instance.interfaces, cni.max_eni)
    reserved_primary = int(cni.custom_networking and cni.at_least(1, 2))
    managed = limit - unmanaged_interfaces
    wants_trunk = cni.pod_eni and cni.at_least(1, 7)
    slot_reserved = wants_trunk and (instance.trunking_compatible is not False or not cni.at_least(1, 20, 4))
    trunk_attached = wants_trunk and instance.trunking_compatible is True and managed > 1
    trunk_gives_addresses = trunk_attached and not cni.at_least(1, 16, 4)
    # The primary interface is there before the trunk: without custom networking it is never given up for it.
    takes_slot = slot_reserved and not trunk_gives_addresses and (managed > 1 or bool(reserved_primary))
    subtractions = {
        "unmanaged": unmanaged_interfaces,
        "custom networking": reserved_primary,
        "trunk": int(takes_slot),
    }
    return InterfaceBudget(
        for_pods=_subtracted(instance, cni, limit, subtractions),
        trunk_attached=trunk_attached,
        trunk_gives_addresses=trunk_gives_addresses,
        reserved_primary=reserved_primary,
    )


def uses_prefixes(instance: InstanceType, cni: CniBehavior) -> bool:
    """Return whether ipamd assigns /28 prefixes: since 1.9 on Nitro, since 1.11 on bare metal; else single addresses.

    Raise `MissingFactError` if prefix delegation is on and the hypervisor is not known.
    README of the CNI, ENABLE_PREFIX_DELEGATION; pkg/ipamd/ipamd.go isConfigValid.
    """
    if not cni.prefix_delegation or not cni.at_least(1, 9):
        return False
    if instance.hypervisor == "nitro":
        return True
    if instance.bare_metal or instance.hypervisor == "none":
        return cni.at_least(1, 11)
    if instance.hypervisor is None:
        raise MissingFactError(instance.name, "hypervisor")
    return False


def addresses_term(interfaces: Term, addresses_per_interface: int, *, prefixes: bool) -> Term:
    """Multiply interfaces by the slots of each for pods, and by 16 if every slot holds a prefix."""
    value = interfaces.value * (addresses_per_interface - 1)
    if prefixes:
        expression = f"{interfaces.expression} x ({addresses_per_interface} - 1) prefixes x {ADDRESSES_PER_PREFIX}"
        return Term(value * ADDRESSES_PER_PREFIX, f"{expression} addresses")
    return Term(value, f"{interfaces.expression} x ({addresses_per_interface} - 1) addresses")


def interfaces_term(count: int) -> Term:
    """Return "1 interface" or "3 interfaces"."""
    return Term(count, f"{count} interface" if count == 1 else f"{count} interfaces")


def _subtracted(instance: InstanceType, cni: CniBehavior, limit: int, subtractions: dict[str, int]) -> Term:
    limited = cni.max_eni is not None and cni.max_eni < instance.interfaces
    minus = "".join(f" - {count} {reason}" for reason, count in subtractions.items() if count)
    value = limit - sum(subtractions.values())
    if not minus:
        whole = interfaces_term(instance.interfaces)
        return Term(value, f"min({whole.expression}, MAX_ENI {cni.max_eni})") if limited else whole
    start = f"min({instance.interfaces}, MAX_ENI {cni.max_eni})" if limited else str(instance.interfaces)
    if value < 0:
        return Term(0, f"max(0, {start}{minus}) interfaces")
    return Term(value, f"({start}{minus}) interfaces")
