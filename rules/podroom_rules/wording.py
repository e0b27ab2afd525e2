"""Sentences that several rules say: how to set max pods, who wins, and what was assumed."""

from __future__ import annotations

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.kubelet import AMAZON_EKS, BEATS_AMAZON_EKS, KubeletLimit
from podroom.capacity.max_pods import kube_reserved_memory
from podroom.capacity.working import Figure
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import CniSettings, GroupKind, Mechanism, NodeGroup
from podroom.positions import Span
from podroom.rule import Confidence, Note
from podroom.values import Known

STUCK_PODS = (
    "The scheduler fills the node to its max pods; the pods beyond its room hang in ContainerCreating with "
    '"failed to assign an IP address to container".'
)

_HOW_TO_WRITE = {
    Mechanism.KUBELET_EXTRA_ARGS: "--max-pods={} in --kubelet-extra-args",
    Mechanism.KUBELET_EXTRA_ARGS_VARIABLE: "--max-pods={} in KUBELET_EXTRA_ARGS",
    Mechanism.BOOTSTRAP_SH_EDIT: "--max-pods={} in what the user data adds to bootstrap.sh",
    Mechanism.NODEADM_CONFIG: "maxPods: {}",
    Mechanism.NODEADM_EXPRESSION: "a maxPodsExpression that gives {} here",
    Mechanism.NODEADM_DROP_IN: "maxPods: {}",
    Mechanism.NODEADM_FLAG: "--max-pods={} in spec.kubelet.flags",
    Mechanism.BOTTLEROCKET_SETTING: "max-pods = {}",
    Mechanism.KUBELET_CONFIGURATION: "maxPods: {}",
}

_BY_NODEADM = frozenset((Mechanism.NODEADM_CONFIG, Mechanism.NODEADM_FLAG, Mechanism.NODEADM_DROP_IN))

FAR_MORE_PODS = 2
"""How many times the pods that memory is reserved for are far more."""


def article(name: str) -> str:
    """Return the name of an instance type with its article: "an m5.large", "a t3.medium"."""
    return f"{'an' if name[0] in 'aefhilmnorsx' else 'a'} {name}"


def set_max_pods(group: NodeGroup, value: int, mechanism: Mechanism | None = None) -> str:
    """Return what to write so that kubelet gets `value`, in the way that this group's nodes are told."""
    setting = setting_of(group, mechanism)
    if setting is not None:
        return f"{setting}: {value}"
    if mechanism is not None:
        return _HOW_TO_WRITE[mechanism].format(value)
    family = _family(group)
    if family is AmiFamily.AL2:
        return f"bootstrap.sh ... --use-max-pods false --kubelet-extra-args '--max-pods={value}'"
    if family is AmiFamily.BOTTLEROCKET:
        return f"[settings.kubernetes] max-pods = {value} in the user data"
    return f"spec.kubelet.config.maxPods: {value} in a NodeConfig part of the user data"


def setting_of(group: NodeGroup, mechanism: Mechanism | None) -> str | None:
    """Return the setting of the group's own language that a number was written in or, without one, would be."""
    if mechanism is None:
        return group.max_pods_setting
    statements = [statement for statement in group.user_data.fixed if statement.mechanism is mechanism]
    return statements[-1].setting if statements else None


def set_for_certain(group: NodeGroup, value: int, mechanism: Mechanism | None = None) -> str:
    """Return `set_max_pods` or, where Amazon EKS may override that, what it cannot override."""
    advice = set_max_pods(group, value, mechanism)
    if not _amazon_eks_adds(group) or mechanism in BEATS_AMAZON_EKS or _family(group) is AmiFamily.BOTTLEROCKET:
        return advice
    if mechanism is None and group.max_pods_setting and _family(group) is AmiFamily.AL2:
        return advice  # eksctl edits bootstrap.sh on the node
    return f"max pods to {value} where Amazon EKS cannot override it: in {what_wins(group)}"


def fix_of(group: NodeGroup, room: Figure, limits: tuple[KubeletLimit, ...], limit: KubeletLimit) -> str:
    """Return what to do about a number that is too high: write another, or see that the one in user data wins."""
    own = limits[0]
    if limit is not own and own.figure.value <= room.value:
        return f"give the {own.figure.value} in a place that Amazon EKS cannot override: {what_wins(group)}"
    return f"set {set_for_certain(group, room.value, limit.mechanism)}"


def reserve_memory(group: NodeGroup, mechanism: Mechanism | None, number: int) -> str:
    """Return how to see to it that memory is reserved for a number of pods that somebody writes."""
    wanted = kube_reserved_memory(number).value
    if group.max_pods_setting and group.kind is GroupKind.SELF_MANAGED:
        return f"set kubeletExtraConfig.kubeReserved with memory: {wanted}Mi, cpu and ephemeral-storage"
    if mechanism in _BY_NODEADM:
        return f'write it as maxPodsExpression: "{number}", or say kubeReserved with memory: {wanted}Mi'
    return f"add --kube-reserved with memory={wanted}Mi, cpu and ephemeral-storage to kubelet's arguments"


def effect_of_replacement(written: int, number: int) -> str:
    """Return what happens if kubelet gets another number than the one that was written."""
    if number > written:
        return f"Nodes then run up to {number - written} pods more than they are meant to."
    return f'Pods beyond {number} then stay Pending with "Too many pods" while the node has room for them.'


def what_wins(group: NodeGroup) -> str:
    """Return what Amazon EKS cannot override in a managed node group without an AMI id."""
    if group.max_pods_setting:
        return "a file in /etc/eks/nodeadm.d that preBootstrapCommands write (AMIs since v20251023)"
    own = "the user data of a launch template with an AMI id of its own"
    if _family(group) is AmiFamily.AL2:
        return f"an edit of /etc/eks/bootstrap.sh by the user data that adds --max-pods to what it is called with, or in {own}"
    return f"a file in /etc/eks/nodeadm.d that the user data writes (AMIs since v20251023), or in {own}"


def or_leave_away(group: NodeGroup, assessment: Assessment, mechanism: Mechanism | None) -> str:
    """Return the advice to leave the number away, empty where the one that follows would not fit."""
    if not default_fits(group, assessment):
        return ""
    who = "Amazon EKS" if _amazon_eks_adds(group) else "the node"
    for_whom = "the group" if _amazon_eks_adds(group) else "its own type"
    flagged = mechanism is not Mechanism.BOTTLEROCKET_SETTING and any(
        isinstance(statement.value, Known) and not statement.value.value
        for statement in group.user_data.use_max_pods[-1:]
    )
    number = "the number and --use-max-pods false" if flagged else "the number"
    if mechanism is Mechanism.NODEADM_EXPRESSION:
        number = "the expression"
    return f", or leave {number} away so that {who} works it out for {for_whom}"


def default_fits(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether every known type has room for the max pods that it gets if nobody writes a number."""
    cni = assessment.cni(group)
    fits, _ = collect(
        assessment.default_max_pods(group, resolved.instance)
        <= assessment.room(resolved.instance, cni, group.span).value
        for resolved in assessment.instances(group)
    )
    return all(fits)


def told_by(limit: KubeletLimit, limits: tuple[KubeletLimit, ...]) -> str:
    """Return who gives kubelet its number, as the start of a sentence."""
    if limit.mechanism is not None:
        sum_of = f" ({limit.figure.working})" if limit.mechanism is Mechanism.NODEADM_EXPRESSION else ""
        written = limit.authority == limit.mechanism.value
        who = f"the user data ({limit.authority})" if written else limit.authority
        return f"{who} tells kubelet {limit.figure.value} pods{sum_of}"
    gives = "may give" if len(limits) > 1 else "gives"
    return f"{limit.authority} {gives} kubelet {limit.figure.value} pods ({limit.figure.working})"


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
    if settings.sources:
        return (
            "nothing that is certain to be for this cluster configures the VPC CNI, so the defaults that Amazon EKS "
            "installs are assumed; what may be for it changes nothing of this"
        )
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


def expressible(limit: KubeletLimit) -> str | None:
    """Return the assumption that the node's image is new enough for an expression."""
    if limit.mechanism is not Mechanism.NODEADM_EXPRESSION:
        return None
    return expressible_image()


def expressible_image() -> str:
    """Return the assumption that an expression reaches a nodeadm which knows expressions."""
    return "the image's nodeadm knows maxPodsExpression, as that of Amazon EKS does since v20251007"


def related_to_limit(
    group: NodeGroup, resolved: Resolved, limits: tuple[KubeletLimit, ...], limit: KubeletLimit, cause: Note
) -> tuple[Note, ...]:
    """Return the places that make a number of max pods too high: the feature, the type, and where to set it."""
    own = limits[0]
    if limit.fixed:
        other = cause
    elif own.span is not None:
        other = Note(f"kubelet is told {own.figure.value} pods here, which may or may not win", own.span)
    else:
        other = Note("max pods is not set here", group_place(group))
    return (other, type_note(resolved, f"the instance type is {resolved.instance.name}"))


def certain(limits: tuple[KubeletLimit, ...], room: Figure) -> bool:
    """Return whether the node lacks room whichever of the numbers wins."""
    return all(limit.figure.value > room.value for limit in limits)


def contested(limits: tuple[KubeletLimit, ...], limit: KubeletLimit, room: Figure) -> str | None:
    """Return what to say where two numbers compete and the sources do not settle which wins."""
    if len(limits) < 2:
        return None
    own, injected = limits[0].figure, limits[1].figure
    if certain(limits, room):
        return (
            f"Amazon EKS gives this managed node group its own number ({injected.working}); "
            "which of the two wins is not documented, but both are too high"
        )
    if limit is limits[0]:
        return (
            f"Amazon EKS gives this managed node group its own number ({injected.value}: {injected.working}); "
            "which of the two wins is not documented, so the one in the user data is taken to be possible"
        )
    return (
        f"the user data tells kubelet {own.value} pods, which fit, and Amazon EKS adds its own number to it; "
        "which of the two wins is not documented"
    )


def joined(*assumptions: str | None) -> str | None:
    """Return all assumptions as one text, None if there are none."""
    present = [assumption for assumption in assumptions if assumption]
    return "; ".join(present) or None


def _family(group: NodeGroup) -> AmiFamily | None:
    return group.ami_family.value if isinstance(group.ami_family, Known) else None


def _amazon_eks_adds(group: NodeGroup) -> bool:
    """Return whether Amazon EKS adds its own number to the user data of a group's nodes."""
    return group.kind is GroupKind.MANAGED and isinstance(group.own_image, Known) and not group.own_image.value
