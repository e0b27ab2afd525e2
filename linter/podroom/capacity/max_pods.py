"""Max pods: what every authority says that a node may run, and what it really has room for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from podroom.capacity.cni import CniBehavior, parse_version
from podroom.capacity.interfaces import (
    addresses_term,
    interface_budget,
    interfaces_term,
    uses_prefixes,
)
from podroom.capacity.working import Figure, MissingFactError, Term
from podroom.catalog import documents
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceType
from podroom.records import replace

KUBELET_DEFAULT_MAX_PODS = 110
"""What kubelet uses if nobody tells it (https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/)."""

HOST_NETWORK_PODS = 2
"""The pods of every EKS node that need no address of their own: aws-node and kube-proxy."""

_SMALL_NODE_CAP = 110
_LARGE_NODE_CAP = 250
LARGE_NODE_VCPUS = 30
"""A type with more vCPUs than that counts as large."""

_KUBE_RESERVED_BASE_MIB = 255
_KUBE_RESERVED_PER_POD_MIB = 11
_AUTO_MODE_CAP = 110
_PREFIXES_SINCE = (1, 9, 0)
_INJECTION_CNI_VERSION = "1.18.0"  # any that knows prefixes: the calculator asks no more of it


def eni_max_pods(instance: InstanceType, *, prefix_delegation: bool = False) -> Figure:
    """Return the number that AWS publishes for a type: interfaces x (addresses - 1) + 2, x 16 with prefixes.

    misc/eni-max-pods.txt of amazon-vpc-cni-k8s.  The 2 are for `aws-node` and `kube-proxy`.
    """
    addresses = addresses_term(
        interfaces_term(instance.interfaces), instance.addresses_per_interface, prefixes=prefix_delegation
    )
    return _plus_host_network(addresses, HOST_NETWORK_PODS).figure(documents.CNI_MAX_PODS_LIST)


def pod_addresses(instance: InstanceType, cni: CniBehavior, *, unmanaged_interfaces: int = 0) -> Figure:
    """Return how many pods of a full node can have an address from ipamd, without branch interfaces.

    0 means that the node never becomes Ready: custom networking leaves no interface for pods.  Raise
    `MissingFactError` if prefix delegation is on and the hypervisor is not known.
    pkg/ipamd/ipamd.go getMaxENI, hasRoomForEni, GetIPv4Limit.
    """
    return _pod_addresses(instance, cni, unmanaged_interfaces).figure(documents.CNI_IPAMD, documents.CNI_README)


def node_room(
    instance: InstanceType,
    cni: CniBehavior,
    *,
    host_network_pods: int = HOST_NETWORK_PODS,
    unmanaged_interfaces: int = 0,
) -> Figure:
    """Return how many pods a node can really hold: those with an address and those on the host's network.

    Pods with a branch interface come on top: `branch_interfaces`.  Errors as in `pod_addresses`.
    https://github.com/aws/amazon-vpc-cni-k8s/issues/890 tells why the 2 of the formula may be too many.
    """
    addresses = _pod_addresses(instance, cni, unmanaged_interfaces)
    return _plus_host_network(addresses, host_network_pods).figure(
        documents.CNI_IPAMD, documents.CNI_README, documents.CNI_HOST_NETWORK_PODS
    )


def branch_interfaces(instance: InstanceType, cni: CniBehavior) -> Figure:
    """Return how many pods with a security group of their own a node can hold on top of the others.

    pkg/aws/vpc/limits.go of the VPC resource controller; a type that its table lacks gets no trunk.
    """
    budget = interface_budget(instance, cni)
    if not budget.trunk_attached:
        why = "no trunk interface" if cni.pod_eni else "security groups for pods are off"
        return Figure(0, f"0 branch interfaces: {why}", (documents.RESOURCE_CONTROLLER_LIMITS,))
    if instance.branch_interfaces is None:
        raise MissingFactError(instance.name, "branch_interfaces")
    limit = instance.branch_interfaces
    return Figure(limit, f"{limit} branch interfaces on the trunk", (documents.RESOURCE_CONTROLLER_LIMITS,))


def recommended_cap(instance: InstanceType) -> Figure:
    """Return the most pods that AWS recommends for a type: 250 with more than 30 vCPUs, else 110.

    Raise `MissingFactError` if the vCPUs are not known; both caps are possible then.
    max-pods-calculator.sh; https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
    """
    if instance.vcpus is None:
        raise MissingFactError(instance.name, "vcpus")
    large = instance.vcpus > LARGE_NODE_VCPUS
    cap = _LARGE_NODE_CAP if large else _SMALL_NODE_CAP
    return Figure(
        cap,
        f"{cap} for {_size_in_words(instance.vcpus, large=large)}",
        (documents.EKS_MAX_PODS, documents.MAX_PODS_CALCULATOR),
    )


def _size_in_words(vcpus: int, *, large: bool) -> str:
    """Return "2 vCPUs (30 or fewer)".

    No type has a number right at the border: there it stands for all on its side, where nobody tells the number.
    """
    compared = f"more than {LARGE_NODE_VCPUS}" if large else f"{LARGE_NODE_VCPUS} or fewer"
    at_border = vcpus in (LARGE_NODE_VCPUS, LARGE_NODE_VCPUS + 1)
    return f"{compared} vCPUs" if at_border else f"{vcpus} vCPUs ({compared})"


def max_pods_calculator(
    instance: InstanceType,
    *,
    cni_version: str,
    custom_networking: bool = False,
    prefix_delegation: bool = False,
    max_eni: int | None = None,
    show_max_allowed: bool = False,
) -> Figure:
    """Return what max-pods-calculator.sh prints, with its oddities.

    It grants prefixes on Nitro only, not on bare metal; takes `--cni-max-eni 0` literally; knows nothing of security
    groups for pods.  `cni_version` may start with "v", on which the script itself fails.  Raise `CniVersionError` for
    no version at all, `MissingFactError` if the result needs a fact that is not known.
    https://github.com/awslabs/amazon-eks-ami/blob/v20260304/templates/al2/runtime/max-pods-calculator.sh
    """
    knows_prefixes = parse_version(cni_version) >= _PREFIXES_SINCE
    prefixes = prefix_delegation and knows_prefixes and _is_nitro(instance)
    interfaces = interfaces_term(instance.interfaces)
    if max_eni is not None and max_eni < instance.interfaces:
        interfaces = Term(max_eni, f"min({interfaces.expression}, --cni-max-eni {max_eni})")
    if custom_networking:
        interfaces = Term(interfaces.value - 1, f"({interfaces.expression} - 1 custom networking)")
    addresses = addresses_term(interfaces, instance.addresses_per_interface, prefixes=prefixes)
    allowed = _plus_host_network(addresses, HOST_NETWORK_PODS).figure(documents.MAX_PODS_CALCULATOR)
    return allowed if show_max_allowed else _capped(allowed, instance)


def calculator_reads_version(cni_version: str) -> bool:
    """Return whether max-pods-calculator.sh itself survives a version; it ends at `v1.18.0` and at `latest`.

    It compares what stands before and after the first dot as numbers.
    """
    return re.fullmatch(r"[0-9]+\.[0-9]+(\..*)?", cni_version) is not None


def al2_bootstrap_max_pods(
    instance: InstanceType, *, use_max_pods: bool = True, kubelet_max_pods: int | None = None
) -> Figure:
    """Return the max pods of an Amazon Linux 2 node, which bootstrap.sh arrives at.

    `kubelet_max_pods` is `--max-pods` in `--kubelet-extra-args`, which beats everything; with
    `--use-max-pods false` and without it, kubelet's own default remains.
    https://github.com/awslabs/amazon-eks-ami/blob/v20260304/templates/al2/runtime/bootstrap.sh
    """
    if kubelet_max_pods is not None:
        working = f"--kubelet-extra-args --max-pods={kubelet_max_pods}"
        return Figure(kubelet_max_pods, working, (documents.AL2_BOOTSTRAP,))
    if not use_max_pods:
        working = f"{KUBELET_DEFAULT_MAX_PODS}, kubelet's default, because of --use-max-pods false"
        return Figure(KUBELET_DEFAULT_MAX_PODS, working, (documents.AL2_BOOTSTRAP, documents.KUBELET_CONFIGURATION))
    return _default_of(documents.AL2_BOOTSTRAP, instance)


def nodeadm_max_pods(
    instance: InstanceType,
    *,
    expression: str = "",
    config_max_pods: int | None = None,
    flag_max_pods: int | None = None,
) -> Figure:
    """Return the max pods of an Amazon Linux 2023 node, which nodeadm arrives at.

    From weak to strong: the formula, without any cap; `maxPodsExpression`, unless it fails; `kubelet.config.maxPods`;
    `kubelet.flags` with `--max-pods`.  Raises `CelNotUnderstoodError` if podroom cannot tell what the expression gives.
    nodeadm/internal/kubelet/eni_max_pods.go and config.go.
    """
    if flag_max_pods is not None:
        return Figure(flag_max_pods, f"kubelet.flags --max-pods={flag_max_pods}", (documents.NODEADM_CONFIG,))
    if config_max_pods is not None:
        return Figure(config_max_pods, f"kubelet.config.maxPods {config_max_pods}", (documents.NODEADM_CONFIG,))
    return nodeadm_computed_max_pods(instance, expression)


def nodeadm_computed_max_pods(instance: InstanceType, expression: str = "") -> Figure:
    """Return what nodeadm computes by itself, which is also what it reserves memory for: see `nodeadm_max_pods`."""
    return nodeadm_expressed_max_pods(instance, expression)[0]


def nodeadm_expressed_max_pods(instance: InstanceType, expression: str) -> tuple[Figure, str | None]:
    """Return what nodeadm computes with a `maxPodsExpression`, and why that fails if it does; see `nodeadm_max_pods`.

    One that fails leaves the number of the formula, without a word but in nodeadm's log.  The variables are those of a
    new image; raise `MissingFactError` if the expression uses a fact that is not known of the type.
    """
    standard = _default_of(documents.NODEADM_MAX_PODS, instance)
    if not expression:
        return standard, None
    from podroom.capacity.max_pods_expression import (  # noqa: PLC0415 - few need it
        evaluate_max_pods_expression,
        newer_variables,
    )

    values = {
        "default_enis": instance.interfaces,
        "ips_per_eni": instance.addresses_per_interface,
        "max_pods": standard.value,
    }
    facts = {"vcpus": instance.vcpus, "physical_memory_mib": instance.memory_mib}
    for name in newer_variables(expression):
        fact = facts[name]
        if fact is None:
            raise MissingFactError(instance.name, "vcpus" if name == "vcpus" else "memory_mib")
        values[name] = fact
    result = evaluate_max_pods_expression(expression, values)
    if result.value is None:
        working = f"{standard.working}, because maxPodsExpression fails: {result.failure}"
        return replace(standard, working=working), result.failure
    given = ", ".join(f"{name} {value}" for name, value in values.items() if name in expression)
    working = f"{' '.join(expression.split())} = {result.value}{f' with {given}' * bool(given)}"
    return Figure(result.value, working, (documents.NODEADM_MAX_PODS,)), None


def bottlerocket_max_pods(instance: InstanceType, *, setting: int | None = None) -> Figure:
    """Return the max pods of a Bottlerocket node: `settings.kubernetes.max-pods`, else the published number.

    sources/api/pluto/src/main.rs of bottlerocket-core-kit.
    """
    if setting is not None:
        return Figure(setting, f"settings.kubernetes.max-pods {setting}", (documents.BOTTLEROCKET_PLUTO,))
    return _default_of(documents.BOTTLEROCKET_PLUTO, instance)


def managed_node_group_max_pods(instances: Sequence[InstanceType], *, prefix_delegation: bool = False) -> Figure:
    """Return the max pods that EKS injects into a managed node group without an AMI ID.

    The least of the calculator's numbers over all `instances` (one at least), so with its caps; prefix delegation
    counts only if the CNI had it before the group was made.  That custom networking or security groups for pods were
    considered is documented nowhere.  Raise `MissingFactError` if a cap hangs on vCPUs that are not known and no
    other type decides.
    https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html
    """
    sources = (documents.EKS_MANAGED_NODE_GROUP, documents.EKS_MAX_PODS, documents.MAX_PODS_CALCULATOR)
    if len(instances) == 1:
        return replace(_injected(*instances, prefix_delegation=prefix_delegation), sources=sources)
    bounds = {instance.name: _injected_bounds(instance, prefix_delegation=prefix_delegation) for instance in instances}
    least = min(low for low, _ in bounds.values())
    for name, (low, _) in bounds.items():
        if low < min(other for _, other in bounds.values()):
            raise MissingFactError(name, "vcpus")
    listed = ", ".join(f"{name} {low if low == high else f'{low} or {high}'}" for name, (low, high) in bounds.items())
    return Figure(least, f"min({listed}) = {least}", sources)


def karpenter_max_pods(
    instance: InstanceType,
    *,
    family: AmiFamily | None = AmiFamily.AL2023,
    max_pods: int | None = None,
    reserved_interfaces: int = 0,
    pods_per_core: int | None = None,
) -> Figure:
    """Return the max pods that Karpenter gives a node, without any cap of 110 or 250.

    `family` None is Custom; `max_pods` and `pods_per_core` are those of the NodeClass's kubelet block (0 means unset);
    `reserved_interfaces` is RESERVED_ENIS plus the EFA-only interfaces on card 0.  Raise `MissingFactError` if pods
    per core needs vCPUs that are not known.
    pkg/providers/instancetype/types.go pods() and ENILimitedPods().
    """
    sources = (documents.KARPENTER_INSTANCE_TYPES,)
    if max_pods is not None:
        figure = Figure(max_pods, f"spec.kubelet.maxPods {max_pods}", sources)
    elif family is AmiFamily.WINDOWS:
        figure = Figure(KUBELET_DEFAULT_MAX_PODS, f"{KUBELET_DEFAULT_MAX_PODS} for Windows", sources)
    else:
        figure = _karpenter_formula(instance, reserved_interfaces).figure(*sources)
    if not pods_per_core or family is AmiFamily.BOTTLEROCKET:
        return figure
    if instance.vcpus is None:
        raise MissingFactError(instance.name, "vcpus")
    by_core = pods_per_core * instance.vcpus
    if by_core >= figure.value:
        return figure
    return Figure(by_core, f"{pods_per_core} pods per core x {instance.vcpus} vCPUs = {by_core}", sources)


def auto_mode_max_pods(instance: InstanceType) -> Figure:
    """Return the max pods of a node of EKS Auto Mode: min(110, interfaces x (addresses - 1)), without the 2.

    https://docs.aws.amazon.com/eks/latest/userguide/auto-networking.html
    """
    addresses = addresses_term(interfaces_term(instance.interfaces), instance.addresses_per_interface, prefixes=False)
    expression = f"min({_AUTO_MODE_CAP}, {addresses.expression})"
    return Term(min(_AUTO_MODE_CAP, addresses.value), expression).figure(documents.EKS_AUTO_MODE_NETWORKING)


def windows_pod_addresses(instance: InstanceType, *, prefix_delegation: bool = False) -> Figure:
    """Return how many pods of a Windows node can have an address: those of its one interface.

    https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/b8d4251/docs/windows
    """
    addresses = addresses_term(interfaces_term(1), instance.addresses_per_interface, prefixes=prefix_delegation)
    return addresses.figure(documents.RESOURCE_CONTROLLER_WINDOWS)


def kube_reserved_memory(max_pods: int) -> Figure:
    """Return the memory in MiB that bootstrap.sh and nodeadm reserve for Kubernetes: 11 a pod + 255.

    Both count the pods that they computed, not those of an override.  nodeadm/internal/kubelet/config.go
    getMemoryMebibytesToReserve.
    """
    value = _KUBE_RESERVED_PER_POD_MIB * max_pods + _KUBE_RESERVED_BASE_MIB
    expression = f"{_KUBE_RESERVED_PER_POD_MIB} MiB x {max_pods} pods + {_KUBE_RESERVED_BASE_MIB} MiB"
    return Term(value, expression).figure(documents.NODEADM_CONFIG)


def _pod_addresses(instance: InstanceType, cni: CniBehavior, unmanaged_interfaces: int) -> Term:
    budget = interface_budget(instance, cni, unmanaged_interfaces)
    return addresses_term(budget.for_pods, instance.addresses_per_interface, prefixes=uses_prefixes(instance, cni))


def _plus_host_network(addresses: Term, pods: int) -> Term:
    return Term(addresses.value + pods, f"{addresses.expression} + {pods}")


def _default_of(source: str, instance: InstanceType) -> Figure:
    figure = eni_max_pods(instance)
    return Figure(figure.value, figure.working, (source, *figure.sources))


def _is_nitro(instance: InstanceType) -> bool:
    if instance.hypervisor is None:
        raise MissingFactError(instance.name, "hypervisor")
    return instance.hypervisor == "nitro"


def _capped(allowed: Figure, instance: InstanceType) -> Figure:
    if allowed.value <= _SMALL_NODE_CAP:
        return allowed
    cap = recommended_cap(instance)
    if allowed.value <= cap.value:
        return allowed
    size = cap.working.partition(" for ")[2].partition(" (")[0]
    working = f"{allowed.working}, capped at {cap.value} for {size}"
    return Figure(cap.value, working, (*allowed.sources, *cap.sources))


def _injected(instance: InstanceType, *, prefix_delegation: bool, show_max_allowed: bool = False) -> Figure:
    return max_pods_calculator(
        instance,
        cni_version=_INJECTION_CNI_VERSION,
        prefix_delegation=prefix_delegation,
        show_max_allowed=show_max_allowed,
    )


def _injected_bounds(instance: InstanceType, *, prefix_delegation: bool) -> tuple[int, int]:
    """Return the injected number with the smaller and with the larger cap, which differ if the vCPUs are unknown."""
    if instance.vcpus is not None:
        value = _injected(instance, prefix_delegation=prefix_delegation).value
        return value, value
    allowed = _injected(instance, prefix_delegation=prefix_delegation, show_max_allowed=True).value
    return min(allowed, _SMALL_NODE_CAP), min(allowed, _LARGE_NODE_CAP)


def _karpenter_formula(instance: InstanceType, reserved_interfaces: int) -> Term:
    interfaces = interfaces_term(instance.interfaces)
    if reserved_interfaces:
        left = instance.interfaces - reserved_interfaces
        if left <= 0:
            return Term(0, f"no interface left of {instance.interfaces} - {reserved_interfaces} reserved")
        interfaces = Term(left, f"({instance.interfaces} - {reserved_interfaces} reserved) interfaces")
    addresses = addresses_term(interfaces, instance.addresses_per_interface, prefixes=False)
    return _plus_host_network(addresses, HOST_NETWORK_PODS)
