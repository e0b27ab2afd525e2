"""Who tells kubelet its max pods on the nodes of a group, and the number.

The order of precedence is that of nodeadm, bootstrap.sh, Bottlerocket and managed node groups.  Where
the sources do not settle which of two numbers wins, both are returned: what holds for both is certain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from podroom.capacity.cni import CniBehavior
from podroom.capacity.max_pods import (
    al2_bootstrap_max_pods,
    bottlerocket_max_pods,
    calculator_reads_version,
    managed_node_group_max_pods,
    max_pods_calculator,
    nodeadm_expressed_max_pods,
    nodeadm_max_pods,
)
from podroom.capacity.working import Figure
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceType
from podroom.model.world import (
    Bootstrap,
    CalculatorCall,
    FixedMaxPods,
    GroupKind,
    MaxPodsExpression,
    Mechanism,
    NodeGroup,
    UserData,
)
from podroom.positions import Span
from podroom.records import dataclass, replace
from podroom.values import Known, Undecidable, Unknown

AMAZON_EKS = "Amazon EKS"
"""The authority that gives managed node groups their number."""


BEATS_AMAZON_EKS = frozenset({Mechanism.BOTTLEROCKET_SETTING, Mechanism.BOOTSTRAP_SH_EDIT, Mechanism.NODEADM_DROP_IN})
"""The ways that win over the number which Amazon EKS adds to the user data of a managed node group.

User settings override what EKS generates for Bottlerocket, an edited bootstrap.sh appends to what EKS passes it, and
nodeadm merges drop-ins after all user data.
"""

BEATEN_BY_AMAZON_EKS = frozenset({Mechanism.KUBELET_EXTRA_ARGS_VARIABLE})
"""The ways that never win over it: EKS calls bootstrap.sh with `--kubelet-extra-args`, which replaces the variable.

https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2183
"""

PROGRAM_OF_FAMILY = {
    AmiFamily.AL2: Bootstrap.BOOTSTRAP_SH,
    AmiFamily.UBUNTU: Bootstrap.BOOTSTRAP_SH,
    AmiFamily.AL2023: Bootstrap.NODEADM,
    AmiFamily.BOTTLEROCKET: Bootstrap.BOTTLEROCKET,
    AmiFamily.WINDOWS: Bootstrap.WINDOWS,
}
"""The program of each AMI family; user data for another one is for nobody."""

_PROGRAM_OF_MECHANISM = {
    Mechanism.KUBELET_EXTRA_ARGS: (Bootstrap.BOOTSTRAP_SH, Bootstrap.WINDOWS),
    Mechanism.KUBELET_EXTRA_ARGS_VARIABLE: (Bootstrap.BOOTSTRAP_SH,),
    Mechanism.BOOTSTRAP_SH_EDIT: (Bootstrap.BOOTSTRAP_SH,),
    Mechanism.KUBELET_CONFIGURATION: (Bootstrap.BOOTSTRAP_SH,),
    Mechanism.NODEADM_CONFIG: (Bootstrap.NODEADM,),
    Mechanism.NODEADM_EXPRESSION: (Bootstrap.NODEADM,),
    Mechanism.NODEADM_DROP_IN: (Bootstrap.NODEADM,),
    Mechanism.NODEADM_FLAG: (Bootstrap.NODEADM,),
    Mechanism.BOTTLEROCKET_SETTING: (Bootstrap.BOTTLEROCKET,),
}


_NOBODY_CALLS = (
    "the group has an image of its own, to which Amazon EKS adds nothing, and user data that starts no kubelet: "
    "what the image itself tells kubelet is not known"
)
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html#launch-template-custom-ami"""


@dataclass(frozen=True, slots=True)
class KubeletLimit:
    """The number of pods that kubelet accepts on a node.

    `authority` says who decides, as the subject of a sentence.  `span` is the place that says it;
    None where the number is worked out for each type and nobody wrote it down.  `mechanism` is the way it was
    written, `failure` why an expression that was written gave no number.
    """

    figure: Figure
    authority: str
    span: Span | None = None
    mechanism: Mechanism | None = None
    failure: str | None = None

    @property
    def fixed(self) -> bool:
        """Return whether somebody wrote the number down, or an expression for it."""
        return self.span is not None


def kubelet_limits(
    group: NodeGroup,
    instance: InstanceType,
    all_instances: Callable[[], Sequence[InstanceType]],
    cni: CniBehavior,
) -> tuple[KubeletLimit, ...]:
    """Return the numbers that kubelet may get on a node of type `instance`; one unless sources disagree.

    `all_instances` is asked only where all types of the group decide.  Raises `Undecidable` when
    user data, image or types are not known as far as they are needed.
    https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html (order of precedence)
    """
    if group.launch_template_missing is not None:
        raise Undecidable(group.launch_template_missing)
    user_data = _understood(group)
    if group.kind is GroupKind.MANAGED and not group.own_image.need():
        injected = _injected(all_instances(), cni)
        own = _strongest([one for one in user_data.fixed if one.mechanism not in BEATEN_BY_AMAZON_EKS])
        if own is None:
            if user_data.gaps:
                raise Undecidable(user_data.gaps[0])
            return (injected,)
        limit = _limit(own, user_data, instance)
        # Elsewhere EKS appends its own part, the guide says that it "takes precedence", and nodeadm merges in the order
        # of the document: not settled.
        if own.mechanism in BEATS_AMAZON_EKS:
            return (limit,)
        return (limit, injected)
    return (_self_configured(group, user_data, instance),)


def _understood(group: NodeGroup) -> UserData:
    """Return what the group's system understands of its user data: all of it, where the system is not known."""
    user_data = group.user_data
    if not isinstance(group.ami_family, Known):
        return user_data
    program = PROGRAM_OF_FAMILY[group.ami_family.value]
    return replace(
        user_data,
        fixed=tuple(one for one in user_data.fixed if program in _PROGRAM_OF_MECHANISM[one.mechanism]),
        use_max_pods=user_data.use_max_pods if program is Bootstrap.BOOTSTRAP_SH else (),
        expressions=user_data.expressions if program is Bootstrap.NODEADM else (),
    )


def _self_configured(group: NodeGroup, user_data: UserData, instance: InstanceType) -> KubeletLimit:
    """Return the number where user data alone decides, or the program's default where it says nothing."""
    if user_data.gaps:
        raise Undecidable(user_data.gaps[0])
    own = _strongest(user_data.fixed)
    if own is not None:
        return _limit(own, user_data, instance)
    if user_data.expressions:
        return _expressed(strongest_expression(user_data.expressions), instance)
    if user_data.use_max_pods:
        statement = user_data.use_max_pods[-1]
        if not statement.value.need():
            fallback = al2_bootstrap_max_pods(instance, use_max_pods=False)
            return KubeletLimit(fallback, "kubelet's default", statement.span)
    family = group.ami_family.need()
    if group.kind is GroupKind.MANAGED and not user_data.bootstraps:
        raise Undecidable(Unknown(_NOBODY_CALLS, group.span))
    if family is AmiFamily.AL2:
        return KubeletLimit(al2_bootstrap_max_pods(instance), "bootstrap.sh")
    if family is AmiFamily.BOTTLEROCKET:
        return KubeletLimit(bottlerocket_max_pods(instance), "Bottlerocket")
    if family is AmiFamily.AL2023:
        return KubeletLimit(nodeadm_max_pods(instance), "nodeadm")
    if family is AmiFamily.UBUNTU:
        raise Undecidable(Unknown("how many pods an image of Ubuntu tells kubelet is not known", group.span))
    raise Undecidable(Unknown("nodes with Windows are not judged", group.span))


def overridden(group: NodeGroup) -> FixedMaxPods | MaxPodsExpression | None:
    """Return what the user data of a managed node group says of max pods in vain, the strongest of it.

    Amazon EKS writes its number where an expression, which is weaker than any number, and kubelet's variable lose.
    """
    if group.kind is not GroupKind.MANAGED or group.own_image.need():
        return None
    user_data = group.user_data
    variable = _strongest(
        [one for one in (*user_data.stray, *user_data.fixed) if one.mechanism in BEATEN_BY_AMAZON_EKS]
    )
    if variable is not None or not user_data.expressions:
        return variable
    return strongest_expression(user_data.expressions)


def strongest_expression(expressions: Sequence[MaxPodsExpression]) -> MaxPodsExpression:
    """Return the expression that wins, of one at least: that of a drop-in, else the later one; an empty one never.

    nodeadm/internal/api/merge.go
    """
    written = [item for item in expressions if not (isinstance(item.text, Known) and not item.text.value)]
    return max(enumerate(written or expressions), key=lambda item: (item[1].drop_in, item[0]))[1]


def memory_reserved_for(user_data: UserData, limit: KubeletLimit, instance: InstanceType) -> int | None:
    """Return for how many pods a node with a written number reserves memory; None where that is the number itself.

    nodeadm counts what it computes, an expression included, bootstrap.sh what its table says.  Bottlerocket and an
    expression alone count the number.  nodeadm/internal/kubelet/config.go, bootstrap.sh.
    """
    if limit.mechanism is None or limit.mechanism is Mechanism.NODEADM_EXPRESSION:
        return None
    programs = _PROGRAM_OF_MECHANISM[limit.mechanism]
    if Bootstrap.NODEADM in programs:
        if not user_data.expressions:
            return nodeadm_max_pods(instance).value
        return _computed(strongest_expression(user_data.expressions), instance)[0].value
    return al2_bootstrap_max_pods(instance).value if Bootstrap.BOOTSTRAP_SH in programs else None


def _computed(expression: MaxPodsExpression, instance: InstanceType) -> tuple[Figure, str | None]:
    from podroom.capacity.cel.errors import CelNotUnderstoodError  # noqa: PLC0415 - few nodes have an expression
    from podroom.capacity.max_pods_expression import newer_variables  # noqa: PLC0415 - see above

    text = expression.text.need()
    newer = newer_variables(text)
    if newer:
        reason = f"only images released after v20260724 know {' and '.join(newer)} in maxPodsExpression"
        raise Undecidable(Unknown(f"{reason}, and the release of the image is not known", expression.span))
    try:
        return nodeadm_expressed_max_pods(instance, text)
    except CelNotUnderstoodError as error:
        raise Undecidable(Unknown(f"in maxPodsExpression {error.message}", expression.span)) from error


def _expressed(expression: MaxPodsExpression, instance: InstanceType) -> KubeletLimit:
    """Return what an expression gives on a type, or what nodeadm takes instead of one that fails."""
    figure, failure = _computed(expression, instance)
    if failure is not None:
        return KubeletLimit(figure, "nodeadm", failure=failure)
    mechanism = Mechanism.NODEADM_EXPRESSION
    return KubeletLimit(figure, mechanism.value, expression.span, mechanism)


def _injected(instances: Sequence[InstanceType], cni: CniBehavior) -> KubeletLimit:
    figure = managed_node_group_max_pods(instances, prefix_delegation=cni.prefix_delegation)
    return KubeletLimit(figure, AMAZON_EKS)


_WEAKER_THAN_FLAGS = (Mechanism.KUBELET_CONFIGURATION, Mechanism.NODEADM_CONFIG, Mechanism.NODEADM_DROP_IN)
"""Configuration files, the weakest first."""


def _strongest(statements: Sequence[FixedMaxPods]) -> FixedMaxPods | None:
    """Return the statement that wins: a kubelet flag beats the configuration file, the later one beats the earlier."""

    def strength(mechanism: Mechanism) -> int:
        weaker = _WEAKER_THAN_FLAGS
        return weaker.index(mechanism) if mechanism in weaker else len(weaker)

    return max(reversed(statements), key=lambda statement: strength(statement.mechanism), default=None)


def _limit(statement: FixedMaxPods, user_data: UserData, instance: InstanceType) -> KubeletLimit:
    """Return what a statement gives: its number, or what max-pods-calculator.sh answers on a node of this type.

    Raises `Undecidable` if neither is known.
    """
    answer = _calculated(statement, user_data.calculator_calls, instance) if statement.calculated else None
    return _fixed(statement) if answer is None else answer


def _calculated(
    statement: FixedMaxPods, calls: Sequence[CalculatorCall], instance: InstanceType
) -> KubeletLimit | None:
    """Return what the only call of max-pods-calculator.sh answers; None if it is not understood, or gives nothing."""
    (call,) = calls if len(calls) == 1 else (None,)
    if call is None or call.options is None or call.condition or call.brought or call.version is None:
        return None
    version = call.version.need()
    named = call.options.instance_type
    if not calculator_reads_version(version) or (named is not None and named.need() != instance.name):
        return None
    most = call.options.max_eni
    figure = max_pods_calculator(
        instance,
        cni_version=version,
        custom_networking=call.options.custom_networking,
        prefix_delegation=call.options.prefix_delegation,
        max_eni=None if most is None else most.need(),
        show_max_allowed=call.options.show_max_allowed,
    )
    return KubeletLimit(figure, "max-pods-calculator.sh", call.span, statement.mechanism)


def _fixed(statement: FixedMaxPods) -> KubeletLimit:
    value = statement.value.need()
    origin = statement.value.origin
    # A number that comes from elsewhere (a variable's default) is changed there, a literal where it stands.
    elsewhere = origin if isinstance(origin, Span) and not statement.span.holds(origin) else None
    span = elsewhere or statement.span
    name = statement.setting or statement.mechanism.value
    return KubeletLimit(Figure(value, f"{name} = {value}", ()), name, span, statement.mechanism)
