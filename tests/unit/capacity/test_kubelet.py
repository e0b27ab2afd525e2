"""Which number kubelet gets in a managed group whose launch template has user data but no image of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podroom.capacity.cni import CniBehavior
from podroom.capacity.kubelet import KubeletLimit, kubelet_limits, memory_reserved_for, overridden, strongest_expression
from podroom.capacity.working import Figure
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog
from podroom.model.world import (
    Bootstrap,
    CalculatorCall,
    CalculatorOptions,
    FixedMaxPods,
    GroupKind,
    LaunchTemplate,
    MaxPodsExpression,
    Mechanism,
    NodeGroup,
    UseMaxPods,
    UserData,
)
from podroom.positions import Document, Span
from podroom.values import Default, Known, Members, Undecidable, Unknown

SPAN = Span(Document("main.tf", "resource"), 0, 8)
VARIABLE = FixedMaxPods(Mechanism.KUBELET_EXTRA_ARGS_VARIABLE, Known(20, SPAN), SPAN)


def managed_group(*fixed: FixedMaxPods) -> NodeGroup:
    return NodeGroup(
        address="aws_eks_node_group.a",
        kind=GroupKind.MANAGED,
        span=SPAN,
        cluster=Known("aws_eks_cluster.a", SPAN),
        instance_types=Members(),
        ami_family=Unknown("the image does not tell", SPAN),
        own_image=Known(value=False, origin=SPAN),
        launch_template=LaunchTemplate("aws_launch_template.a", SPAN, None, None, UserData(fixed=fixed)),
        launch_template_missing=None,
        minimum_size=Known(1, SPAN),
        desired_size=Known(1, SPAN),
        maximum_size=Known(1, SPAN),
        subnets=Members(),
    )


@pytest.mark.parametrize(
    ("mechanism", "expected"),
    [
        (Mechanism.KUBELET_EXTRA_ARGS, [110, 29]),
        (Mechanism.NODEADM_CONFIG, [110, 29]),
        (Mechanism.NODEADM_FLAG, [110, 29]),
        (Mechanism.KUBELET_EXTRA_ARGS_VARIABLE, [29]),
        (Mechanism.BOOTSTRAP_SH_EDIT, [110]),
        (Mechanism.NODEADM_DROP_IN, [110]),
        (Mechanism.BOTTLEROCKET_SETTING, [110]),
    ],
)
def test_what_user_data_says_wins_for_certain_only_where_it_comes_after_amazon_eks(
    mechanism: Mechanism, expected: list[int]
) -> None:
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None
    group = managed_group(FixedMaxPods(mechanism, Known(110, SPAN), SPAN))
    limits = kubelet_limits(group, instance, lambda: [instance], CniBehavior())
    assert [limit.figure.value for limit in limits] == expected


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        (Mechanism.NODEADM_CONFIG, Mechanism.NODEADM_DROP_IN),
        (Mechanism.NODEADM_DROP_IN, Mechanism.NODEADM_FLAG),
    ],
)
def test_a_flag_beats_a_drop_in_and_a_drop_in_beats_user_data_whatever_comes_last(
    weaker: Mechanism, stronger: Mechanism
) -> None:
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None
    group = managed_group(FixedMaxPods(stronger, Known(20, SPAN), SPAN), FixedMaxPods(weaker, Known(30, SPAN), SPAN))
    limits = kubelet_limits(group, instance, lambda: [instance], CniBehavior())
    assert limits[0].figure.value == 20


def test_an_edit_of_bootstrap_sh_beats_the_arguments_before_it() -> None:
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None
    group = managed_group(
        FixedMaxPods(Mechanism.KUBELET_EXTRA_ARGS, Known(20, SPAN), SPAN),
        FixedMaxPods(Mechanism.BOOTSTRAP_SH_EDIT, Known(30, SPAN), SPAN),
    )
    (limit,) = kubelet_limits(group, instance, lambda: [instance], CniBehavior())
    assert limit.figure.value == 30


@pytest.mark.parametrize(
    ("expressions", "strongest"),
    [
        ([("1", False), ("2", False)], "2"),
        ([("1", True), ("2", False)], "1"),
        ([("1", True), ("2", True)], "2"),
        ([("1", False), ("", False)], "1"),
        ([("", False)], ""),
    ],
)
def test_the_later_expression_wins_but_for_drop_ins_and_empty_ones(
    expressions: list[tuple[str, bool]], strongest: str
) -> None:
    written = [MaxPodsExpression(Known(text, SPAN), SPAN, drop_in) for text, drop_in in expressions]
    assert strongest_expression(written).text == Known(strongest, SPAN)


def test_an_expression_that_is_not_known_may_win_as_any_other() -> None:
    unknown = MaxPodsExpression(Unknown("nobody says which", SPAN), SPAN)
    assert strongest_expression([MaxPodsExpression(Known("1", SPAN), SPAN), unknown]) is unknown


@pytest.mark.parametrize(
    ("family", "mechanism", "expected"),
    [
        (AmiFamily.AL2, Mechanism.KUBELET_EXTRA_ARGS, [20, 29]),
        (AmiFamily.AL2, Mechanism.NODEADM_DROP_IN, [29]),
        (AmiFamily.UBUNTU, Mechanism.KUBELET_EXTRA_ARGS, [20, 29]),
        (AmiFamily.AL2023, Mechanism.NODEADM_DROP_IN, [20]),
        (AmiFamily.AL2023, Mechanism.KUBELET_EXTRA_ARGS, [29]),
        (AmiFamily.BOTTLEROCKET, Mechanism.BOTTLEROCKET_SETTING, [20]),
        (AmiFamily.BOTTLEROCKET, Mechanism.NODEADM_CONFIG, [29]),
    ],
)
def test_what_is_for_another_system_has_no_say(family: AmiFamily, mechanism: Mechanism, expected: list[int]) -> None:
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None
    group = replace(managed_group(FixedMaxPods(mechanism, Known(20, SPAN), SPAN)), ami_family=Known(family, SPAN))
    limits = kubelet_limits(group, instance, lambda: [instance], CniBehavior())
    assert [limit.figure.value for limit in limits] == expected


def test_a_number_is_changed_where_it_comes_from_if_somebody_wrote_it_elsewhere() -> None:
    elsewhere = Span(Document("variables.tf", "default = 20"), 10, 12)
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None
    part = Span(SPAN.document, 2, 4)
    for origin, place in ((SPAN, SPAN), (part, SPAN), (elsewhere, elsewhere), (Default("podroom", ""), SPAN)):
        group = managed_group(FixedMaxPods(Mechanism.BOOTSTRAP_SH_EDIT, Known(20, origin), SPAN))
        (limit,) = kubelet_limits(group, instance, lambda: [instance], CniBehavior())
        assert limit.span == place


def test_a_number_has_the_name_under_which_somebody_wrote_it() -> None:
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None
    for setting, name in (("maxPodsPerNode", "maxPodsPerNode"), (None, "KUBELET_EXTRA_ARGS --max-pods")):
        group = replace(managed_group(replace(VARIABLE, setting=setting)), kind=GroupKind.SELF_MANAGED)
        (limit,) = kubelet_limits(group, instance, lambda: [instance], CniBehavior())
        assert (limit.authority, limit.figure.working, limit.fixed) == (name, f"{name} = 20", True)


def limits_of(group: NodeGroup) -> list[int]:
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None
    return [limit.figure.value for limit in kubelet_limits(group, instance, lambda: [instance], CniBehavior())]


def with_user_data(family: AmiFamily, user_data: UserData, **more: object) -> NodeGroup:
    """Return a self-managed group."""
    group = managed_group()
    assert group.launch_template is not None
    changes: dict[str, object] = {
        "kind": GroupKind.SELF_MANAGED,
        "ami_family": Known(family, SPAN),
        "launch_template": replace(group.launch_template, user_data=user_data),
        **more,
    }
    return replace(group, **changes)  # type: ignore[arg-type] # each is of its field


MANAGED = {"kind": GroupKind.MANAGED}
EXPRESSION = UserData(expressions=(MaxPodsExpression(Known("max_pods - 9", SPAN), SPAN),))
NOT_KNOWN = Unknown("nobody says what", SPAN)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (with_user_data(AmiFamily.AL2023, EXPRESSION), [20]),
        (with_user_data(AmiFamily.AL2, EXPRESSION), [29]),
        (with_user_data(AmiFamily.BOTTLEROCKET, EXPRESSION), [29]),
        (with_user_data(AmiFamily.AL2, UserData(use_max_pods=(UseMaxPods(Known(True, SPAN), SPAN),))), [29]),
        (with_user_data(AmiFamily.AL2, UserData(use_max_pods=(UseMaxPods(Known(False, SPAN), SPAN),))), [110]),
        (with_user_data(AmiFamily.AL2023, UserData(use_max_pods=(UseMaxPods(Known(False, SPAN), SPAN),))), [29]),
        (with_user_data(AmiFamily.UBUNTU, UserData()), "an image of Ubuntu tells kubelet is not known"),
        (with_user_data(AmiFamily.WINDOWS, UserData()), "nodes with Windows are not judged"),
        (with_user_data(AmiFamily.AL2, UserData(gaps=(NOT_KNOWN,))), "nobody says what"),
        (with_user_data(AmiFamily.AL2, UserData(gaps=(NOT_KNOWN,)), **MANAGED), "nobody says what"),
        (with_user_data(AmiFamily.AL2, UserData(), launch_template_missing=NOT_KNOWN), "nobody says what"),
        (with_user_data(AmiFamily.AL2, UserData(), launch_template_missing=NOT_KNOWN, **MANAGED), "nobody says what"),
    ],
)
def test_who_gives_kubelet_its_number_where_nobody_writes_one(group: NodeGroup, expected: list[int] | str) -> None:
    if isinstance(expected, list):
        assert limits_of(group) == expected
        return
    with pytest.raises(Undecidable, match=expected):
        limits_of(group)


CALL = CalculatorCall("max-pods-calculator.sh", Known("1.18.1", SPAN), SPAN, options=CalculatorOptions())


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([CALL], 29),
        ([replace(CALL, options=CalculatorOptions(instance_type=Known("m5.large", SPAN)))], 29),
        ([replace(CALL, options=CalculatorOptions(max_eni=Known(2, SPAN)))], 20),
        ([replace(CALL, options=CalculatorOptions(custom_networking=True, max_eni=Known(4, SPAN)))], 20),
        ([replace(CALL, options=CalculatorOptions(prefix_delegation=True))], 110),
        ([replace(CALL, options=CalculatorOptions(prefix_delegation=True, show_max_allowed=True))], 434),
        ([replace(CALL, version=Unknown("no version is known", SPAN))], "no version is known"),
        ([], "only the node knows"),
        ([CALL, CALL], "only the node knows"),
        ([replace(CALL, options=None)], "only the node knows"),
        ([replace(CALL, condition="if")], "only the node knows"),
        ([replace(CALL, brought=True)], "only the node knows"),
        ([replace(CALL, version=None)], "only the node knows"),
        ([replace(CALL, version=Known("v1.18.1", SPAN))], "only the node knows"),
        ([replace(CALL, options=CalculatorOptions(instance_type=Known("m5.xlarge", SPAN)))], "only the node knows"),
    ],
)
@pytest.mark.parametrize("managed", [False, True])
def test_a_number_that_is_worked_out_on_the_node_is_that_of_the_only_call_if_that_is_understood(
    calls: list[CalculatorCall], expected: int | str, *, managed: bool
) -> None:
    worked_out = FixedMaxPods(
        Mechanism.BOOTSTRAP_SH_EDIT, Unknown("only the node knows", SPAN), SPAN, None, calculated=True
    )
    user_data = UserData(fixed=(worked_out,), calculator_calls=tuple(calls))
    group = with_user_data(AmiFamily.AL2, user_data, **MANAGED if managed else {})
    if isinstance(expected, int):
        assert limits_of(group) == [expected]
        return
    with pytest.raises(Undecidable, match=expected):
        limits_of(group)


def test_a_number_that_somebody_wrote_is_not_that_of_a_call_beside_it() -> None:
    user_data = UserData(fixed=(VARIABLE,), calculator_calls=(CALL,))
    assert limits_of(with_user_data(AmiFamily.AL2, user_data)) == [20]


def test_amazon_eks_gives_its_number_to_managed_groups_without_an_image_of_their_own_only() -> None:
    prefixes = CniBehavior(prefix_delegation=True, warm_prefix_target=1)
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None

    def numbers(group: NodeGroup) -> list[int]:
        return [limit.figure.value for limit in kubelet_limits(group, instance, lambda: [instance], prefixes)]

    assert numbers(with_user_data(AmiFamily.AL2023, UserData(), **MANAGED)) == [110]
    assert numbers(with_user_data(AmiFamily.AL2023, UserData())) == [29]
    own_image = {"own_image": Known(value=True, origin=SPAN)}
    started = UserData(bootstraps=(Known(Bootstrap.NODEADM, SPAN),))
    assert numbers(with_user_data(AmiFamily.AL2023, started, **MANAGED, **own_image)) == [29]
    with pytest.raises(Undecidable, match="starts no kubelet"):
        numbers(with_user_data(AmiFamily.AL2023, UserData(), **MANAGED, **own_image))


def test_what_amazon_eks_overrides_is_the_variable_before_an_expression() -> None:
    both = replace(EXPRESSION, fixed=(VARIABLE,))
    (expression,) = EXPRESSION.expressions
    assert overridden(with_user_data(AmiFamily.AL2, both, **MANAGED)) is VARIABLE
    assert overridden(with_user_data(AmiFamily.AL2, EXPRESSION, **MANAGED)) is expression
    assert overridden(with_user_data(AmiFamily.AL2, UserData(stray=(VARIABLE,)), **MANAGED)) is VARIABLE
    assert overridden(with_user_data(AmiFamily.AL2, UserData(), **MANAGED)) is None
    flag = FixedMaxPods(Mechanism.KUBELET_EXTRA_ARGS, Known(20, SPAN), SPAN)
    assert overridden(with_user_data(AmiFamily.AL2, UserData(fixed=(flag,)), **MANAGED)) is None
    assert overridden(with_user_data(AmiFamily.AL2, both)) is None
    own_image = {"own_image": Known(value=True, origin=SPAN)}
    assert overridden(with_user_data(AmiFamily.AL2, both, **MANAGED, **own_image)) is None


@pytest.mark.parametrize(
    ("text", "number", "fails"),
    [("max_pods - 9", 20, False), ("max_pods - 29", 29, True), ("max_pods -", 29, True), ("vcpus * 10", None, False)],
)
def test_an_expression_gives_its_number_and_one_that_fails_that_of_nodeadm(
    text: str, number: int | None, *, fails: bool
) -> None:
    """Whether an image knows a newer variable depends on its release."""
    user_data = UserData(expressions=(MaxPodsExpression(Known(text, SPAN), SPAN),))
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None
    group = with_user_data(AmiFamily.AL2023, user_data)
    if number is None:
        with pytest.raises(Undecidable, match="the release of the image is not known"):
            kubelet_limits(group, instance, lambda: [instance], CniBehavior())
        return
    (limit,) = kubelet_limits(group, instance, lambda: [instance], CniBehavior())
    assert limit.figure.value == number
    assert (limit.mechanism is None) == (limit.failure is not None) == fails


@pytest.mark.parametrize(
    ("user_data", "mechanism", "pods"),
    [
        (UserData(), None, None),
        (UserData(), Mechanism.BOTTLEROCKET_SETTING, None),
        (UserData(), Mechanism.KUBELET_EXTRA_ARGS, 29),
        (UserData(), Mechanism.NODEADM_CONFIG, 29),
        (EXPRESSION, Mechanism.NODEADM_FLAG, 20),
        (EXPRESSION, Mechanism.NODEADM_EXPRESSION, None),
    ],
)
def test_memory_is_reserved_for_the_pods_that_the_program_counts(
    user_data: UserData, mechanism: Mechanism | None, pods: int | None
) -> None:
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None
    limit = KubeletLimit(Figure(58, "58", ()), "somebody", SPAN, mechanism)
    assert memory_reserved_for(user_data, limit, instance) == pods
