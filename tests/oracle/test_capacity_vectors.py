"""Every row of the capacity oracle: what real tools printed, upstream tests say or ipamd's own code did."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from podroom.capacity import max_pods, subnets, warm_pool
from podroom.capacity.cni import CniBehavior, CniVersionError, parse_version
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog, InstanceType

Row = dict[str, str]

DATA = Path(__file__).parent / "data"
with (DATA / "capacity-vectors.csv").open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))

ROWS_BY_KIND = {
    "max_pods_calc": 73,
    "ipamd_steady": 44,
    "karpenter_max_pods": 7,
    "subnet": 7,
    "pod_ip_capacity": 5,
    "mng_max_pods": 4,
    "nodeadm_expr": 4,
    "branch_eni": 3,
    "kube_reserved": 1,
    "auto_mode_max_pods": 1,
}

NEED_EXPRESSIONS = {"V119": "maxPodsExpression is not evaluated yet"}

CATALOG = InstanceCatalog.bundled()
CNI_VERSIONS = {">=1.16.4": "1.16.4", "<=1.16.3": "1.16.3", "1.7-1.20.3": "1.20.3", ">=1.20.4": "1.20.4"}


def rows_of(kind: str) -> list[object]:
    """Return the rows of a kind as test parameters named by their id."""
    return [
        pytest.param(row, id=row["id"]) for row in ROWS if row["kind"] == kind and row["id"] not in NEED_EXPRESSIONS
    ]


def of(row: Row) -> InstanceType:
    """Return the row's instance type, checked against the limits that the row itself names."""
    instance = CATALOG.find(row["instance_type"])
    assert instance is not None
    assert instance.interfaces == int(row["max_enis_default_card"])
    assert instance.addresses_per_interface == int(row["ipv4_per_eni"])
    assert instance.vcpus == int(row["vcpus"])
    return instance


def test_every_row_of_the_oracle_is_accounted_for() -> None:
    """No row is left out in silence, and no kind has lost rows."""
    kinds = [row["kind"] for row in ROWS]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == ROWS_BY_KIND
    assert {row["id"] for row in ROWS} > set(NEED_EXPRESSIONS)


@pytest.mark.parametrize("row", rows_of("max_pods_calc"))
def test_max_pods_calculator_prints_the_number(row: Row) -> None:
    """The calculator's own output, with its oddities."""
    inputs = json.loads(row["inputs"])

    def calculate() -> int:
        return max_pods.max_pods_calculator(of(row), **inputs).value

    if row["value"] == "EXIT1":
        with pytest.raises(CniVersionError):
            calculate()
    else:
        assert calculate() == int(row["value"])


@pytest.mark.parametrize("row", rows_of("ipamd_steady"))
def test_ipamd_comes_to_rest_with_these_addresses(row: Row) -> None:
    """What ipamd's own decision functions did against a stand-in for EC2."""
    inputs = json.loads(row["inputs"])
    switches = {
        "ENABLE_PREFIX_DELEGATION": inputs.get("pd", False),
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": inputs.get("cn", False),
        "ENABLE_POD_ENI": inputs.get("podeni", False),
    }
    environment = inputs["env"] | {name: str(value).lower() for name, value in switches.items()}
    cni = CniBehavior.from_environment(environment)
    node = warm_pool.node_addresses(of(row), cni, max_pods=inputs["maxpods"], pods=inputs["pods"])
    expected = json.loads(row["value"])
    assert {
        "addresses": node.total,
        "enis": node.interfaces - expected["trunk_enis"],
        "free_ips": node.free_addresses,
        "pods_failed": node.unserved_pods,
        "prefixes": node.prefixes,
        "secondary_ips": node.secondary_addresses,
        "trunk_enis": node.interfaces - node.pod_interfaces - int(cni.custom_networking),
    } == expected


@pytest.mark.parametrize("row", rows_of("pod_ip_capacity"))
def test_a_full_node_has_this_many_pod_addresses(row: Row) -> None:
    """Security groups for pods take a slot, or not, by CNI version and type."""
    inputs = json.loads(row["inputs"])
    version = parse_version(CNI_VERSIONS[inputs["cni"]]) if "cni" in inputs else None
    cni = CniBehavior(pod_eni=inputs.get("ENABLE_POD_ENI", False), version=version)
    assert max_pods.pod_addresses(of(row), cni).value == int(row["value"])


@pytest.mark.parametrize("row", rows_of("branch_eni"))
def test_branch_interfaces_come_from_the_resource_controllers_table(row: Row) -> None:
    """The limit, or 0 for a type that cannot have a trunk."""
    assert max_pods.branch_interfaces(of(row), CniBehavior(pod_eni=True)).value == int(row["value"])


@pytest.mark.parametrize("row", rows_of("mng_max_pods"))
def test_managed_node_groups_inject_the_least_capped_number(row: Row) -> None:
    """The user guide's words, with numbers."""
    inputs = json.loads(row["inputs"])
    instances = [found for name in inputs["instance_types"] if (found := CATALOG.find(name))]
    assert len(instances) == len(inputs["instance_types"])
    prefixes = inputs.get("prefix_delegation", False)
    assert max_pods.managed_node_group_max_pods(instances, prefix_delegation=prefixes).value == int(row["value"])


@pytest.mark.parametrize("row", rows_of("nodeadm_expr"))
def test_nodeadm_arrives_at_the_number(row: Row) -> None:
    """nodeadm's own tests, as far as they need no expression evaluated."""
    inputs = json.loads(row["inputs"])
    medium = CATALOG.find("t3.medium")
    assert medium is not None
    instance = replace(
        medium,
        interfaces=inputs.get("default_enis", medium.interfaces),
        addresses_per_interface=inputs.get("ips_per_eni", medium.addresses_per_interface),
    )
    expression_result = inputs["max_pods_std"] + 2 if inputs["expr"] == "max_pods + 2" else None
    figure = max_pods.nodeadm_max_pods(
        instance, expression_result=expression_result, config_max_pods=inputs.get("kubelet.config.maxPods")
    )
    assert figure.value == int(row["value"])


@pytest.mark.parametrize("row", rows_of("kube_reserved"))
def test_memory_reserved_for_kubernetes(row: Row) -> None:
    """The row itself, and the two numbers of the end-to-end tests that its source names."""
    assert max_pods.kube_reserved_memory(json.loads(row["inputs"])["max_pods"]).value == int(row["value"])
    assert [max_pods.kube_reserved_memory(pods).value for pods in (44, 60, 110)] == [739, 915, 1465]


@pytest.mark.parametrize("row", rows_of("karpenter_max_pods"))
def test_karpenter_gives_the_number(row: Row) -> None:
    """Karpenter's code, without caps."""
    inputs = json.loads(row["inputs"])
    figure = max_pods.karpenter_max_pods(
        of(row),
        family=AmiFamily.WINDOWS if "Windows" in inputs.get("ami_family", "") else AmiFamily.AL2023,
        max_pods=inputs.get("max_pods"),
        reserved_interfaces=inputs.get("reserved_enis", 0),
        pods_per_core=inputs.get("pods_per_core"),
    )
    assert figure.value == int(row["value"])


@pytest.mark.parametrize("row", rows_of("auto_mode_max_pods"))
def test_auto_mode_gives_the_number(row: Row) -> None:
    """At most 110."""
    assert max_pods.auto_mode_max_pods(of(row)).value == int(row["value"])


SUBNET_SUMS: dict[str, Callable[[int], object]] = {
    "usable_ips": lambda length: subnets.usable_addresses(length).value,
    "max_free_28_blocks": lambda length: subnets.free_prefix_blocks(length).value,
}


@pytest.mark.parametrize("row", rows_of("subnet"))
def test_subnets_have_this_many_addresses_and_blocks(row: Row) -> None:
    """EC2's five reserved addresses, and what they leave of the aligned /28 blocks."""
    assert SUBNET_SUMS[row["expect"]](json.loads(row["inputs"])["prefixlen"]) == int(row["value"])
