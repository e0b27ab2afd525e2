"""Sentences that several rules say: how to set max pods, and what was assumed."""

from __future__ import annotations

from dataclasses import replace

from podroom.capacity.assessment import Assessment, Resolved
from podroom.capacity.kubelet import AMAZON_EKS, KubeletLimit
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import CniSettings, GroupKind, Mechanism, NodeGroup
from podroom.positions import Span
from podroom.rule import Confidence, Note
from podroom.values import Known

STUCK_PODS = (
    "The scheduler fills the node to its max pods; the pods beyond its room hang in ContainerCreating with "
    '"failed to assign an IP address to container".'
)


def article(name: str) -> str:
    """Return the name of an instance type with its article: "an m5.large", "a t3.medium"."""
    return f"{'an' if name[0] in 'aefhilmnorsx' else 'a'} {name}"


def set_max_pods(group: NodeGroup, value: int, mechanism: Mechanism | None = None) -> str:
    """Return what to write so that kubelet gets `value`, in the way that this group's nodes are told."""
    if mechanism is Mechanism.KUBELET_EXTRA_ARGS:
        return f"--max-pods={value} in --kubelet-extra-args"
    if mechanism is Mechanism.NODEADM_CONFIG:
        return f"maxPods: {value}"
    if mechanism is Mechanism.NODEADM_FLAG:
        return f"--max-pods={value} in spec.kubelet.flags"
    if mechanism is Mechanism.BOTTLEROCKET_SETTING:
        return f"max-pods = {value}"
    family = group.ami_family.value if isinstance(group.ami_family, Known) else None
    if family is AmiFamily.AL2:
        return f"bootstrap.sh ... --use-max-pods false --kubelet-extra-args '--max-pods={value}'"
    if family is AmiFamily.BOTTLEROCKET:
        return f"[settings.kubernetes] max-pods = {value} in the user data"
    return f"spec.kubelet.config.maxPods: {value} in a NodeConfig part of the user data"


def told_by(limit: KubeletLimit) -> str:
    """Return who gives kubelet its number, as the start of a sentence."""
    if limit.mechanism is not None:
        return f"the user data ({limit.mechanism.value}) tells kubelet {limit.figure.value} pods"
    return f"{limit.authority} gives kubelet {limit.figure.value} pods ({limit.figure.working})"


def type_note(resolved: Resolved, text: str) -> Note:
    """Return a note at the place that names an instance type."""
    return Note(text, resolved.span)


def group_place(group: NodeGroup) -> Span:
    """Return where a group's user data is set, or would be."""
    return group.launch_template.span if group.launch_template else group.span


def assumed_cni(settings: CniSettings) -> str | None:
    """Return the assumption that stands behind settings which nobody declared."""
    if settings.declared_by is not None:
        return None
    return "nothing here configures the VPC CNI, so the defaults that Amazon EKS installs are assumed"


def confidence(
    settings: CniSettings, limits: tuple[KubeletLimit, ...], limit: KubeletLimit | None = None
) -> Confidence:
    """Return how sure a comparison of max pods with room is."""
    injected = limit is not None and limit.authority == AMAZON_EKS
    if settings.declared_by is None or len(limits) > 1 or injected:
        return Confidence.MEDIUM
    return Confidence.HIGH


def unaware(limit: KubeletLimit, feature: str) -> str | None:
    """Return the assumption that the number which Amazon EKS computes does not count a feature."""
    if limit.authority != AMAZON_EKS:
        return None
    return f"that Amazon EKS takes {feature} into account is documented nowhere, so it is taken not to"


def related_to_limit(
    group: NodeGroup, resolved: Resolved, limit: KubeletLimit, cause: Span, cause_text: str
) -> tuple[Note, ...]:
    """Return the places that make a number of max pods too high: the feature, the type, and where to set it."""
    other = Note(cause_text, cause) if limit.fixed else Note("max pods is not set here", group_place(group))
    return (other, type_note(resolved, f"the instance type is {resolved.instance.name}"))


def contested(group: NodeGroup, limits: tuple[KubeletLimit, ...]) -> str | None:
    """Return what to say where two numbers compete and the sources do not settle which wins."""
    if len(limits) < 2 or group.kind is not GroupKind.MANAGED:
        return None
    return (
        f"Amazon EKS gives this managed node group its own number ({limits[1].figure.value}: {limits[1].figure.working}); "
        "which of the two wins is not documented, so the one in the user data is taken to be possible"
    )


def joined(*assumptions: str | None) -> str | None:
    """Return all assumptions as one text, None if there are none."""
    present = [assumption for assumption in assumptions if assumption]
    return "; ".join(present) or None


def plain_room(assessment: Assessment, group: NodeGroup, resolved: Resolved) -> int:
    """Return the room of a node if custom networking and security groups for pods were off."""
    cni = replace(assessment.cni(group), custom_networking=False, pod_eni=False)
    return assessment.room(resolved.instance, cni, group.span).value
