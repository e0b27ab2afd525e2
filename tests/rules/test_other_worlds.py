"""What a rule finds in its own bad examples if one thing about their clusters or their nodes was otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from forgetting import FORGOTTEN
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog
from podroom.config import read_config
from podroom.engine import Engine
from podroom.model.world import Cluster, GroupKind, KarpenterKubelet, NodeGroup, NodePool, SecurityGroupPolicy, World
from podroom.positions import Document
from podroom.rule import Rule
from podroom.values import Known, Members
from podroom_rules import rules
from rule_helpers import judged_example

CATALOG = InstanceCatalog.bundled()


def of_clusters(change: Callable[[Cluster], Cluster]) -> Callable[[World], World]:
    """Return what changes all clusters of a World."""
    return lambda world: replace(world, clusters=tuple(map(change, world.clusters)))


def of_groups(change: Callable[[NodeGroup], NodeGroup]) -> Callable[[World], World]:
    """Return what changes all node groups of a World."""
    return lambda world: replace(world, node_groups=tuple(map(change, world.node_groups)))


def of_pools(change: Callable[[NodePool], NodePool]) -> Callable[[World], World]:
    """Return what changes all NodePools of a World."""
    return lambda world: replace(world, node_pools=tuple(map(change, world.node_pools)))


def of_policies(change: Callable[[SecurityGroupPolicy], SecurityGroupPolicy]) -> Callable[[World], World]:
    """Return what changes all SecurityGroupPolicies of a World."""
    return lambda world: replace(world, security_group_policies=tuple(map(change, world.security_group_policies)))


def known(value: object, like: object) -> Known[object]:
    """Return a value in the place of another one."""
    return Known(value, like.origin)  # type: ignore[attr-defined] - every value has an origin


OTHERWISE = {
    "IPv6": of_clusters(lambda one: replace(one, ip_family=known("ipv6", one.ip_family))),
    "Auto Mode": of_clusters(lambda one: replace(one, auto_mode=known(True, one.auto_mode))),
    "more settings of the CNI": of_clusters(
        lambda one: replace(one, cni=replace(one.cni, missing=FORGOTTEN if one.cni.declared_by else None))
    ),
    "Windows": of_groups(lambda one: replace(one, ami_family=known(AmiFamily.WINDOWS, one.ami_family))),
    "managed": of_groups(lambda one: replace(one, kind=GroupKind.MANAGED)),
    "self-managed": of_groups(lambda one: replace(one, kind=GroupKind.SELF_MANAGED)),
    "an image of its own": of_groups(lambda one: replace(one, own_image=known(True, one.own_image))),
    "another template": of_groups(lambda one: replace(one, launch_template=None, launch_template_missing=FORGOTTEN)),
    "more types": of_groups(lambda one: replace(one, instance_types=Members(one.instance_types.items, (FORGOTTEN,)))),
    "more user data": of_groups(
        lambda one: replace(
            one,
            launch_template=one.launch_template
            and replace(one.launch_template, user_data=replace(one.user_data, gaps=(FORGOTTEN,))),
        )
    ),
    "groups that may not exist": of_groups(lambda one: replace(one, uncertain=FORGOTTEN)),
    "groups of another cluster": of_groups(lambda one: replace(one, cluster=FORGOTTEN)),
    "pools that may not exist": of_pools(lambda one: replace(one, uncertain=FORGOTTEN)),
    "kubelet blocks that are not known": lambda world: replace(
        world,
        node_classes=tuple(
            replace(one, kubelet=KarpenterKubelet(one.span, missing=FORGOTTEN)) for one in world.node_classes
        ),
    ),
    "pools of another cluster": of_pools(lambda one: replace(one, cluster=FORGOTTEN)),
    "policies that may not exist": of_policies(lambda one: replace(one, uncertain=FORGOTTEN)),
    "policies that may select all": of_policies(lambda one: replace(one, selects_all=FORGOTTEN)),
    "policies of a cluster that is not known": of_policies(lambda one: replace(one, cluster=FORGOTTEN)),
    "policies of another cluster": of_policies(lambda one: replace(one, cluster=known("other", one.cluster))),
}


BECOMES = {
    "IPv6": {
        "silent": (
            "PR101 PR102 PR103 PR104 PR105 PR106 PR107 PR108 PR109 PR110 PR113 PR116 PR117 PR118 PR119 PR121 "
            "PR201 PR202 PR203 PR204 PR207 PR209 PR301 PR302 PR303 PR304 PR309 PR401 PR402 PR403 PR405 PR501 PR502 "
            "PR503 PR601 PR606 PR801 PR802 PR803 PR804 PR806 PR904"
        ),
    },
    "Auto Mode": {
        "silent": "PR306 PR307 PR308 PR309 PR310 PR311 PR312 PR504 PR602 PR603 PR604 PR605 PR606 PR701 PR702",
    },
    "more settings of the CNI": {
        "found and open": "PR104 PR305 PR306 PR307 PR310 PR311 PR312 PR504 PR605 PR703",
        "open": (
            "PR109 PR301 PR302 PR303 PR304 PR308 PR401 PR402 PR403 PR404 PR405 PR501 PR502 PR503 PR601 PR602 PR603 "
            "PR606 PR801 PR802 PR806"
        ),
    },
    "Windows": {
        "silent": (
            "PR101 PR102 PR103 PR104 PR105 PR106 PR107 PR108 PR109 PR110 PR111 PR113 PR115 PR116 PR117 PR118 PR119 "
            "PR201 PR202 PR203 PR204 PR207 PR209 PR301 PR401 PR402 PR403 PR405 PR501 PR502 PR503 PR601 PR606 "
            "PR904"
        ),
    },
    "managed": {
        "silent": "PR102",
    },
    "self-managed": {
        "found and open": "PR202",
        "open": "PR110 PR113 PR201 PR209",
        "silent": "PR105 PR106 PR402 PR904",
    },
    "an image of its own": {
        "found and open": "PR202",
        "open": "PR110 PR113 PR201 PR209",
        "silent": "PR105 PR106 PR402 PR904",
    },
    "another template": {
        "found and open": "PR116 PR206 PR303 PR504",
        "open": (
            "PR101 PR102 PR103 PR104 PR105 PR106 PR107 PR108 PR109 PR110 PR111 PR112 PR113 PR114 PR115 PR117 PR119 "
            "PR201 PR202 PR203 PR204 PR207 PR209 PR301 PR401 PR402 PR403 PR405 PR502 PR601 PR904"
        ),
    },
    "more types": {
        "found and open": (
            "PR101 PR102 PR103 PR104 PR107 PR108 PR109 PR119 PR206 PR302 PR303 PR401 PR502 PR503 PR504 PR601"
        ),
        "open": (
            "PR105 PR106 PR110 PR113 PR116 PR117 PR201 PR202 PR203 PR204 PR207 PR209 PR301 PR402 PR403 PR405 PR602 "
            "PR606 PR904"
        ),
    },
    "more user data": {
        "found and open": "PR105 PR116 PR202 PR204 PR403",
        "open": "PR101 PR102 PR103 PR104 PR107 PR108 PR109 PR117 PR119 PR401 PR502 PR601",
    },
    "groups that may not exist": {
        "found and open": "PR206 PR302 PR303 PR304 PR504",
        "open": (
            "PR101 PR102 PR103 PR104 PR105 PR106 PR107 PR108 PR109 PR110 PR111 PR112 PR113 PR114 PR115 PR116 PR117 "
            "PR118 PR119 PR120 PR201 PR202 PR203 PR204 PR207 PR209 PR301 PR401 PR402 PR403 PR405 PR501 PR502 PR503 "
            "PR601 PR602 PR606 PR904"
        ),
    },
    "groups of another cluster": {
        "found and open": "PR206 PR302 PR303 PR304 PR504",
        "open": (
            "PR101 PR102 PR103 PR104 PR105 PR106 PR107 PR108 PR109 PR110 PR113 PR116 PR117 PR118 PR119 PR201 "
            "PR202 PR203 PR204 PR207 PR209 PR301 PR401 PR402 PR403 PR405 PR501 PR502 PR503 PR601 PR602 PR606 PR904"
        ),
    },
    "pools that may not exist": {
        "found and open": "PR602",
        "open": "PR801 PR802 PR803 PR804 PR806",
    },
    "kubelet blocks that are not known": {
        "open": "PR801 PR802 PR803 PR804 PR806",
    },
    "pools of another cluster": {
        "found and open": "PR602",
        "open": "PR801 PR802 PR803 PR804 PR806",
    },
    "policies that may not exist": {"open": "PR603 PR606"},
    "policies that may select all": {"open": "PR606"},
    "policies of a cluster that is not known": {"open": "PR603 PR606"},
    "policies of another cluster": {"silent": "PR603 PR606"},
}
"""What becomes of findings of some rules, where they do not just stay."""


def told(rule: type[Rule], name: str) -> str:
    """Return what becomes of the findings in the bad examples of a rule: some are found, some are open, or none is."""
    engine = Engine([rule])
    said = set()
    for number, example in enumerate(rule.bad):
        assumptions = Assumptions()
        if "podroom.toml" in example.files:
            assumptions = read_config(Document("podroom.toml", example.files["podroom.toml"])).assumptions
        for world in judged_example(rule, "bad", number)[2].worlds:
            findings, undecided = engine.judge(Assessment(OTHERWISE[name](world), CATALOG, assumptions))
            said |= {"found"} if findings else set()
            said |= {"open"} if undecided else set()
    return " and ".join(sorted(said)) or "silent"


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_what_becomes_of_findings_in_another_world(rule: type[Rule]) -> None:
    expected = {
        name: how for name, becomes in BECOMES.items() for how, codes in becomes.items() if rule.code in codes.split()
    }
    assert {name: told(rule, name) for name in expected} == expected
