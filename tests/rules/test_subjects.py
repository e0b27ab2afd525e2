"""Whom rules concern: what the index says of a subject, before any rule is imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from capacity_helpers import add_on, eks_cluster, node_group, subnet
from forgetting import FORGOTTEN, NOWHERE
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.catalog.instance_types import InstanceCatalog
from podroom.model.live import LeftInstances
from podroom.model.world import (
    CalculatorCall,
    CalculatorDownload,
    Cluster,
    CniOption,
    CniOrder,
    CniSource,
    CniSourceKind,
    EnvironmentVariable,
    GroupKind,
    InstanceChoice,
    LaunchTemplate,
    NodeGroup,
    Probe,
    TemplateDrift,
    TypeSource,
    UserData,
    World,
)
from podroom.values import Known, Members, Undecidable, Value
from podroom_rules import subjects
from rule_helpers import judged

Concerns = Callable[[Any, Assessment], bool]


@cache
def world() -> World:
    """Return a World with a cluster, two managed node groups, a subnet and an add-on that says nothing of the CNI."""
    vpc = 'resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'
    groups = (node_group("first"), node_group("second"))
    (only,) = judged("PR404", vpc, eks_cluster(), subnet("a", "10.0.0.0/24"), *groups, add_on("")).worlds
    return only


def asked(concerns: Concerns, subject: object, world: World) -> bool | str:
    """Return whether a rule concerns a subject, or "open" if that is not known."""
    try:
        return concerns(subject, Assessment(world, InstanceCatalog.bundled(), Assumptions()))
    except Undecidable:
        return "open"


def known(value: Any) -> Known[Any]:  # noqa: ANN401 - any value
    """Return a value that stands nowhere."""
    return Known(value, NOWHERE)


def variable(name: str, value: str = "true", **more: Any) -> EnvironmentVariable:  # noqa: ANN401 - as its fields
    """Return a variable of aws-node."""
    return EnvironmentVariable(name, known(value), NOWHERE, **more)


def choice(source: TypeSource) -> InstanceChoice:
    """Return an instance type that is named there."""
    return InstanceChoice(known("m5.large"), source, NOWHERE)


def template(drift: TemplateDrift | None = None, **user_data: Any) -> LaunchTemplate:  # noqa: ANN401 - as its fields
    """Return a launch template."""
    return LaunchTemplate("aws_launch_template.nodes", NOWHERE, None, None, UserData(**user_data), drift=drift)


DOWNLOAD = CalculatorDownload("https://example.com/max-pods-calculator.sh", NOWHERE)
CALL = CalculatorCall("/etc/eks/max-pods-calculator.sh", None, NOWHERE)
SELF_MANAGED = {"kind": GroupKind.SELF_MANAGED}
TYPES = (choice(TypeSource.LAUNCH_TEMPLATE), choice(TypeSource.OVERRIDE))
ORDER = known(CniOrder.AFTER)
PREFIXES = variable("ENABLE_PREFIX_DELEGATION")


@pytest.mark.parametrize(
    ("concerns", "group", "compared", "expected"),
    [
        (subjects.template_changed, {"launch_template": template()}, True, False),
        (subjects.template_changed, {"launch_template": template(TemplateDrift())}, False, True),
        (subjects.template_changed, {"launch_template_missing": FORGOTTEN}, True, True),
        (subjects.template_changed, {"launch_template_missing": FORGOTTEN}, False, False),
        (subjects.overridden, {**SELF_MANAGED, "instance_types": Members(TYPES)}, False, True),
        (subjects.overridden, {**SELF_MANAGED, "instance_types": Members(TYPES[:1])}, False, False),
        (subjects.overridden, {**SELF_MANAGED, "instance_types": Members(TYPES[:1], (FORGOTTEN,))}, False, True),
        (subjects.overridden, {"instance_types": Members(TYPES)}, False, False),
        (subjects.with_max_pods_setting, {"max_pods_setting": "maxPodsPerNode"}, False, True),
        (subjects.with_max_pods_setting, {**SELF_MANAGED, "max_pods_setting": "maxPodsPerNode"}, False, False),
        (subjects.with_max_pods_setting, {}, False, False),
        (subjects.calling_calculator, {"launch_template": template(calculator_downloads=(DOWNLOAD,))}, False, True),
        (subjects.calling_calculator, {"launch_template": template(calculator_calls=(CALL,))}, False, True),
        (subjects.calling_calculator, {"launch_template": template()}, False, False),
    ],
)
def test_a_rule_about_node_groups_is_asked_of_those_that_it_concerns(
    concerns: Concerns, group: dict[str, Any], compared: bool, expected: bool
) -> None:
    (first, second) = world().node_groups
    changed = replace(first, **group)
    assert asked(concerns, changed, replace(world(), node_groups=(changed, second), compared=compared)) is expected


@pytest.mark.parametrize(
    ("kind", "order", "environment", "expected"),
    [
        (GroupKind.MANAGED, ORDER, (PREFIXES,), True),
        (GroupKind.MANAGED, None, (PREFIXES,), False),
        (GroupKind.MANAGED, ORDER, (), False),
        (GroupKind.SELF_MANAGED, ORDER, (PREFIXES,), False),
    ],
)
def test_an_order_with_prefixes_matters_to_managed_groups(
    kind: GroupKind, order: Value[CniOrder] | None, environment: tuple[EnvironmentVariable, ...], expected: bool
) -> None:
    (cluster,) = world().clusters
    group = replace(world().node_groups[0], kind=kind, cni_order=order)
    changed = replace(cluster, cni=replace(cluster.cni, environment=environment))
    outcome = asked(subjects.in_order_with_prefixes, group, replace(world(), clusters=(changed,)))
    assert outcome is expected


def test_a_group_was_there_before_if_any_of_those_before_has_its_address() -> None:
    first, second = world().node_groups
    for before, expected in (((first, second), True), ((second,), False), ((), False), (None, False)):
        assert asked(subjects.there_before, first, replace(world(), before=before)) is expected


CUSTOM_NETWORKING = variable("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "false")
DAEMON_SET = CniSource(
    CniSourceKind.DAEMON_SET, "DaemonSet/aws-node", NOWHERE, environment=(variable("MY_NODE_NAME"),), whole=True
)
AUTO_MODE = {"auto_mode": known(True)}


@pytest.mark.parametrize(
    ("concerns", "cni", "cluster", "nodes", "expected"),
    [
        (subjects.crashing, {"missing": FORGOTTEN}, {}, True, "open"),
        (subjects.crashing, {"missing": FORGOTTEN}, AUTO_MODE, True, False),
        (subjects.looking_for_eni_configs, {}, {}, True, False),
        (subjects.looking_for_eni_configs, {"environment": (CUSTOM_NETWORKING,)}, {}, False, True),
        (subjects.looking_for_eni_configs, {"missing": FORGOTTEN}, {}, False, True),
        (subjects.looking_for_eni_configs, {"missing": FORGOTTEN}, AUTO_MODE, True, False),
        (subjects.looking_for_eni_configs, {"not_installed": FORGOTTEN}, {}, True, "open"),
        (subjects.looking_for_eni_configs, {"not_installed": FORGOTTEN}, {}, False, False),
        (subjects.with_variables_of_other_types, {"environment": (variable("MAX_ENI"),)}, {}, True, False),
        *(
            (
                subjects.with_variables_of_other_types,
                {"environment": (variable("MAX_ENI", json_type=json_type),)},
                {},
                True,
                expected,
            )
            for json_type, expected in ((known("string"), False), (known("number"), True), (FORGOTTEN, True))
        ),
        (subjects.with_variables_of_other_types, {"missing": FORGOTTEN}, {}, True, True),
        (subjects.taking_no_addresses, {"environment": (PREFIXES,)}, {}, True, False),
        (subjects.taking_no_addresses, {"environment": (variable("ENABLE_IMDS_ONLY_MODE"),)}, {}, True, True),
        (subjects.taking_no_addresses, {"environment": (variable("ENABLE_IMDS_ONLY_MODE"),)}, AUTO_MODE, True, False),
        (subjects.taking_no_addresses, {"missing": FORGOTTEN}, {}, True, True),
        (subjects.with_several_statements, {}, {}, True, False),
        (subjects.with_several_statements, {"environment": (PREFIXES,)}, {}, True, False),
        (subjects.with_several_statements, {"environment": (PREFIXES, PREFIXES)}, {}, True, True),
        (subjects.with_several_statements, {"sources": (DAEMON_SET, DAEMON_SET)}, {}, True, True),
        (subjects.with_several_statements, {"config_map": (variable("enable-network-policy"),)}, {}, True, True),
        (subjects.with_several_statements, {"environment": (PREFIXES, PREFIXES)}, AUTO_MODE, True, False),
        (subjects.with_several_statements, {"missing": FORGOTTEN}, {}, True, True),
        (subjects.with_network_policies, {}, {}, True, False),
        (subjects.with_network_policies, {"sources": (DAEMON_SET,)}, {}, True, True),
        (subjects.with_network_policies, {"sources": (replace(DAEMON_SET, whole=False),)}, {}, True, False),
        (subjects.of_overseen_version, {"version": known("v1.18.0-eksbuild.1")}, {}, True, True),
        (subjects.of_overseen_version, {"version": known("v1.18.0-eksbuild.1")}, {"declared": False}, True, False),
        (subjects.with_probes, {}, {}, True, False),
        (subjects.with_probes, {"probes": (Probe("readiness probe", known("grpc"), NOWHERE),)}, {}, True, True),
        *(
            (subjects.with_probes, {"options": (CniOption(name, known("v1.4.0"), NOWHERE),)}, {}, True, expected)
            for name, expected in (("nodeAgent.image.tag", True), ("image.tag", False))
        ),
    ],
)
def test_a_rule_about_clusters_is_asked_of_those_that_it_concerns(
    concerns: Callable[[Cluster, Assessment], bool],
    cni: dict[str, Any],
    cluster: dict[str, Any],
    nodes: bool,
    expected: bool | str,
) -> None:
    (only,) = world().clusters
    changed = replace(only, cni=replace(only.cni, **cni), **cluster)
    groups: tuple[NodeGroup, ...] = world().node_groups if nodes else ()
    assert asked(concerns, changed, replace(world(), clusters=(changed,), node_groups=groups)) == expected


def test_nodes_are_listed_if_any_group_has_instances_from_before_a_change() -> None:
    (cluster,) = world().clusters
    first, second = world().node_groups
    left = LeftInstances("m5.large", ("i-0123456789abcdef0",), "eks-first", ("m5.xlarge",))
    for groups, expected in (((first, second), False), ((first, replace(second, left=(left,))), True)):
        assert asked(subjects.with_listed_nodes, cluster, replace(world(), node_groups=groups)) is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, False),
        ({"tags": (("kubernetes.io/role/elb", known("1")),)}, True),
        ({"tags": (("kubernetes.io/role/elb", FORGOTTEN),)}, True),
        ({"tags_missing": FORGOTTEN}, True),
    ],
)
def test_a_subnet_is_for_load_balancers_if_it_is_or_may_be_tagged(tags: dict[str, Any], expected: bool) -> None:
    (only,) = world().subnets
    assert asked(subjects.for_load_balancers, replace(only, **tags), world()) is expected
