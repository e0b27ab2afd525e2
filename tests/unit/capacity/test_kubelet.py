"""Which number kubelet gets in a managed group whose launch template has user data but no image of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podroom.capacity.cni import CniBehavior
from podroom.capacity.kubelet import kubelet_limits, strongest_expression
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog
from podroom.model.world import (
    FixedMaxPods,
    GroupKind,
    LaunchTemplate,
    MaxPodsExpression,
    Mechanism,
    NodeGroup,
    UserData,
)
from podroom.positions import Document, Span
from podroom.values import Known, Members, Unknown

SPAN = Span(Document("main.tf", "resource"), 0, 8)


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
