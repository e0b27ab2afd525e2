from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from podroom.capacity import max_pods
from podroom.capacity.cni import CniBehavior, CniVersionError
from podroom.capacity.interfaces import interface_budget, uses_prefixes
from podroom.capacity.working import MissingFactError
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog, InstanceType
from podroom.values import Default, Undecidable, Unknown


def of(name: str) -> InstanceType:
    found = InstanceCatalog.bundled().find(name)
    assert found is not None
    return found


PREFIXES = CniBehavior(prefix_delegation=True, warm_prefix_target=1)
POD_ENI = CniBehavior(pod_eni=True)


@pytest.mark.parametrize(
    ("instance", "cni", "unmanaged", "working"),
    [
        ("m5.large", CniBehavior(), 0, "3 interfaces x (10 - 1) addresses + 2 = 29"),
        ("m5.xlarge", CniBehavior(max_eni=2), 0, "min(4 interfaces, MAX_ENI 2) x (15 - 1) addresses + 2 = 30"),
        ("m5.xlarge", CniBehavior(max_eni=4), 0, "4 interfaces x (15 - 1) addresses + 2 = 58"),
        (
            "m5.xlarge",
            replace(PREFIXES, custom_networking=True, pod_eni=True),
            0,
            "(4 - 1 custom networking - 1 trunk) interfaces x (15 - 1) prefixes x 16 addresses + 2 = 450",
        ),
        (
            "m5.xlarge",
            CniBehavior(custom_networking=True, max_eni=3),
            1,
            "(min(4, MAX_ENI 3) - 1 unmanaged - 1 custom networking) interfaces x (15 - 1) addresses + 2 = 16",
        ),
        (
            "m5.large",
            CniBehavior(custom_networking=True, pod_eni=True, max_eni=1),
            0,
            "max(0, min(3, MAX_ENI 1) - 1 custom networking - 1 trunk) interfaces x (10 - 1) addresses + 2 = 2",
        ),
    ],
)
def test_the_room_of_a_node_shows_its_working(instance: str, cni: CniBehavior, unmanaged: int, working: str):
    room = max_pods.node_room(of(instance), cni, unmanaged_interfaces=unmanaged)
    assert room.working == working
    assert all(source.startswith("https://github.com/aws/amazon-vpc-cni-k8s/") for source in room.sources)


def test_the_host_network_pods_are_those_that_the_node_has():
    assert max_pods.node_room(of("m5.2xlarge"), CniBehavior(), host_network_pods=0).value == 56


@pytest.mark.parametrize(
    ("instance", "version", "pods"),
    [
        ("m5.large", None, 432),
        ("m5.large", (1, 9, 0), 432),
        ("m5.large", (1, 8, 0), 27),
        ("m4.large", None, 18),
        ("m5.metal", None, 11760),
        ("m5.metal", (1, 11, 0), 11760),
        ("m5.metal", (1, 10, 4), 735),
    ],
)
def test_prefixes_are_for_nitro_since_1_9_and_for_bare_metal_since_1_11(
    instance: str, version: tuple[int, ...] | None, pods: int
):
    assert max_pods.pod_addresses(of(instance), replace(PREFIXES, version=version)).value == pods


@pytest.mark.parametrize(
    ("instance", "cni", "pods"),
    [
        ("m6a.2xlarge", POD_ENI, 42),
        ("m6a.2xlarge", replace(POD_ENI, version=(1, 6, 4)), 56),
        ("m6a.2xlarge", replace(POD_ENI, version=(1, 7, 0)), 56),
        ("m6a.2xlarge", replace(POD_ENI, version=(1, 16, 3)), 56),
        ("m6a.2xlarge", replace(POD_ENI, version=(1, 16, 4)), 42),
        ("t3.medium", replace(POD_ENI, version=(1, 20, 3)), 10),
        ("t3.medium", replace(POD_ENI, version=(1, 16, 3)), 10),
        ("t3.medium", replace(POD_ENI, version=(1, 20, 4)), 15),
        ("m5.large", replace(POD_ENI, max_eni=1), 9),
        ("m5.large", replace(POD_ENI, custom_networking=True), 9),
        ("m5.large", replace(POD_ENI, custom_networking=True, max_eni=2), 0),
        ("r9g.large", POD_ENI, 38),
        ("m5.large", CniBehavior(custom_networking=True, version=(1, 1, 0)), 27),
        ("m5.large", CniBehavior(custom_networking=True, version=(1, 2, 0)), 18),
        ("m5.large", CniBehavior(custom_networking=True), 18),
        ("t3.medium", replace(POD_ENI, version=(1, 6, 4)), 15),
        ("t3.medium", replace(POD_ENI, version=(1, 7, 0)), 10),
        ("m7g.medium", POD_ENI, 3),
    ],
)
def test_the_trunk_and_custom_networking_take_interfaces_by_version(instance: str, cni: CniBehavior, pods: int):
    assert max_pods.pod_addresses(of(instance), cni).value == pods


@pytest.mark.parametrize(
    ("instance", "settings", "pods"),
    [
        ("m5.large", {}, 27),
        ("m5.large", {"max_eni": 2}, 18),
        ("m5.large", {"custom_networking": True}, None),
        ("m5.large", {"prefix_delegation": True, "warm_prefix_target": 1}, None),
        ("m5.large", {"pod_eni": True}, None),
    ],
)
def test_a_version_that_is_not_known_leaves_open_only_what_hangs_on_it(
    instance: str, settings: dict[str, Any], pods: int | None
) -> None:
    reason = "var.cni_version has no value"
    cni = CniBehavior(version=Unknown(reason, Default("nobody", "")), **settings)
    if pods is None:
        with pytest.raises(Undecidable, match=reason):
            max_pods.pod_addresses(of(instance), cni)
    else:
        assert max_pods.pod_addresses(of(instance), cni).value == pods


def test_no_hypervisor_is_bare_metal():
    assert uses_prefixes(InstanceType("x9.metal", 3, 10, hypervisor="none"), PREFIXES)


def test_bare_metal_alone_says_enough_about_prefixes():
    assert max_pods.pod_addresses(InstanceType("x9.metal", 2, 3, bare_metal=True), PREFIXES).value == 64


def test_an_unmanaged_interface_can_leave_no_slot_for_the_trunk():
    smallest = of("m7g.medium")
    assert max_pods.pod_addresses(smallest, POD_ENI, unmanaged_interfaces=1).value == 3
    assert not interface_budget(smallest, POD_ENI, unmanaged_interfaces=1).trunk_attached
    assert interface_budget(smallest, POD_ENI).trunk_attached


@pytest.mark.parametrize(
    ("instance", "cni", "branches"),
    [
        ("m6a.2xlarge", POD_ENI, 38),
        ("m6a.2xlarge", CniBehavior(), 0),
        ("m6a.2xlarge", replace(POD_ENI, max_eni=1), 0),
        ("t3.medium", POD_ENI, 0),
        ("r9g.large", POD_ENI, 0),
    ],
)
def test_branch_interfaces_need_a_trunk_that_can_be_attached(instance: str, cni: CniBehavior, branches: int):
    assert max_pods.branch_interfaces(of(instance), cni).value == branches


def test_why_there_are_no_branch_interfaces_is_said():
    assert max_pods.branch_interfaces(of("t3.medium"), POD_ENI).working == "0 branch interfaces: no trunk interface"
    off = max_pods.branch_interfaces(of("m5.large"), CniBehavior())
    assert off.working == "0 branch interfaces: security groups for pods are off"


def test_what_no_source_knows_is_said_and_not_guessed():
    unknown = InstanceType("x9.large", 15, 50)
    asked = [
        (lambda: max_pods.pod_addresses(unknown, PREFIXES), "hypervisor"),
        (lambda: max_pods.recommended_cap(unknown), "vcpus"),
        (lambda: max_pods.karpenter_max_pods(unknown, pods_per_core=4), "vcpus"),
        (lambda: max_pods.max_pods_calculator(unknown, cni_version="1.18.0"), "vcpus"),
        (lambda: max_pods.max_pods_calculator(unknown, cni_version="1.18.0", prefix_delegation=True), "hypervisor"),
        (lambda: max_pods.managed_node_group_max_pods([unknown, of("m5.metal")]), "vcpus"),
        (
            lambda: max_pods.branch_interfaces(replace(unknown, trunking_compatible=True), POD_ENI),
            "branch_interfaces",
        ),
    ]
    for ask, fact in asked:
        with pytest.raises(MissingFactError, match=r"x9\.large") as raised:
            ask()
        assert (raised.value.instance_type, raised.value.fact) == ("x9.large", fact)


def test_what_is_not_known_does_not_stand_in_the_way_where_it_decides_nothing():
    unknown = InstanceType("x9.large", 3, 10)
    large = InstanceType("x9.metal", 15, 50)
    assert max_pods.max_pods_calculator(unknown, cni_version="1.18.0").value == 29
    assert max_pods.managed_node_group_max_pods([unknown]).value == 29
    least = max_pods.managed_node_group_max_pods([large, unknown])
    assert (least.value, least.working) == (29, "min(x9.metal 110 or 250, x9.large 29) = 29")
    assert max_pods.managed_node_group_max_pods([large, of("m5.4xlarge")]).value == 110


@pytest.mark.parametrize(("vcpus", "cap"), [(1, 110), (30, 110), (31, 250), (192, 250)])
def test_the_recommended_cap_changes_above_30_vcpus(vcpus: int, cap: int):
    found = max_pods.recommended_cap(replace(of("m5.large"), vcpus=vcpus))
    compared = "30 or fewer" if cap == 110 else "more than 30"
    # No type is right at the border: there the number stands for whatever is on its side.
    size = f"{compared} vCPUs" if vcpus in {30, 31} else f"{vcpus} vCPUs ({compared})"
    assert (found.value, found.working) == (cap, f"{cap} for {size}")


def test_the_calculator_accepts_a_v_and_shows_where_it_caps():
    figure = max_pods.max_pods_calculator(of("m5.4xlarge"), cni_version="v1.18.0-eksbuild.1")
    assert figure.working == "8 interfaces x (30 - 1) addresses + 2 = 234, capped at 110 for 16 vCPUs"
    with pytest.raises(CniVersionError):
        max_pods.max_pods_calculator(of("m5.large"), cni_version="latest")


@pytest.mark.parametrize(
    ("instance", "value"),
    [
        (InstanceType("x9.small", 4, 28), 110),
        (of("c5.9xlarge"), 234),
        (InstanceType("x9.large", 8, 32, vcpus=31), 250),
    ],
)
def test_the_calculator_leaves_a_number_that_is_no_more_than_the_cap(instance: InstanceType, value: int):
    figure = max_pods.max_pods_calculator(instance, cni_version="1.18.0")
    assert (figure.value, figure.working.endswith(f" + 2 = {value}")) == (value, True)
    limited = max_pods.max_pods_calculator(instance, cni_version="1.18.0", max_eni=instance.interfaces)
    assert limited.working == figure.working


def test_the_calculator_grants_prefixes_from_1_9_on_and_not_to_bare_metal():
    def allowed(name: str, version: str) -> int:
        return max_pods.max_pods_calculator(
            of(name), cni_version=version, prefix_delegation=True, show_max_allowed=True
        ).value

    assert allowed("m5.large", "1.8.99") == 29
    assert allowed("m5.large", "1.9.0") == 434
    assert allowed("m5.metal", "1.18.0") == 737


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({}, 29),
        ({"use_max_pods": False}, 110),
        ({"kubelet_max_pods": 58}, 58),
        ({"kubelet_max_pods": 58, "use_max_pods": False}, 58),
    ],
)
def test_al2_takes_the_argument_then_the_list_and_else_kubelets_default(options: dict[str, int], value: int):
    assert max_pods.al2_bootstrap_max_pods(of("m5.large"), **options).value == value  # type: ignore[arg-type]  # a table


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({}, 737),
        ({"expression": "60"}, 60),
        ({"expression": "default_enis - 14"}, 1),
        ({"expression": "0"}, 737),
        ({"expression": "-max_pods"}, 737),
        ({"expression": "60", "config_max_pods": 50}, 50),
        ({"expression": "60", "config_max_pods": 50, "flag_max_pods": 40}, 40),
    ],
)
def test_nodeadm_takes_the_flag_then_the_config_then_the_expression_and_caps_nothing(
    options: dict[str, int], value: int
):
    assert max_pods.nodeadm_max_pods(of("c5.18xlarge"), **options).value == value


def test_an_expression_may_hang_on_the_size_of_the_node():
    assert max_pods.nodeadm_max_pods(of("m5.large"), expression="vcpus * 5").value == 10
    shown = max_pods.nodeadm_max_pods(of("m5.large"), expression="max_pods -  3").working
    assert shown == "max_pods - 3 = 26 with max_pods 29"
    assert max_pods.nodeadm_max_pods(of("m5.large")).working == "3 interfaces x (10 - 1) addresses + 2 = 29"
    assert max_pods.nodeadm_max_pods(of("m5.large"), expression="physical_memory_mib / 512").value == 16
    for expression, fact in (("vcpus * 5", "vcpus"), ("physical_memory_mib / 512", "memory_mib")):
        with pytest.raises(MissingFactError) as raised:
            max_pods.nodeadm_max_pods(InstanceType("x9.large", 3, 10), expression=expression)
        assert raised.value.fact == fact


def test_nodeadm_reserves_memory_for_what_it_computed_itself():
    assert max_pods.nodeadm_computed_max_pods(of("m5.xlarge"), "60").value == 60
    reserved = max_pods.kube_reserved_memory(60)
    assert reserved.working == "11 MiB x 60 pods + 255 MiB = 915"


def test_bottlerocket_takes_its_setting_and_else_the_list():
    assert max_pods.bottlerocket_max_pods(of("c5.18xlarge")).value == 737
    assert max_pods.bottlerocket_max_pods(of("c5.18xlarge"), setting=200).value == 200


def test_a_managed_node_group_shows_what_every_type_would_have():
    one = max_pods.managed_node_group_max_pods([of("m5.large")])
    assert one.working == "3 interfaces x (10 - 1) addresses + 2 = 29"
    two = max_pods.managed_node_group_max_pods([of("m7g.2xlarge"), of("m7g.large")])
    assert two.working == "min(m7g.2xlarge 58, m7g.large 29) = 29"
    assert max_pods.managed_node_group_max_pods([of("m5.metal")], prefix_delegation=True).value == 250


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({"reserved_interfaces": 2}, 11),
        ({"reserved_interfaces": 3}, 0),
        ({"reserved_interfaces": 4}, 0),
        ({"pods_per_core": 4}, 8),
        ({"pods_per_core": 0}, 29),
        ({"pods_per_core": 100}, 29),
        ({"pods_per_core": 4, "family": AmiFamily.BOTTLEROCKET}, 29),
        ({"pods_per_core": 4, "max_pods": 110}, 8),
        ({"pods_per_core": 60, "family": AmiFamily.WINDOWS}, 110),
        ({"family": None}, 29),
    ],
)
def test_karpenter_takes_reserved_interfaces_off_and_counts_pods_per_core(options: dict[str, object], value: int):
    assert max_pods.karpenter_max_pods(of("m5.large"), **options).value == value  # type: ignore[arg-type]  # a table


def test_karpenter_shows_the_number_that_is_written_where_pods_per_core_are_as_many():
    assert max_pods.karpenter_max_pods(of("m5.large")).working == "3 interfaces x (10 - 1) addresses + 2 = 29"
    assert max_pods.karpenter_max_pods(of("m5.large"), max_pods=20, pods_per_core=10).working.endswith("maxPods 20")


def test_auto_mode_has_no_two_on_top():
    small = max_pods.auto_mode_max_pods(of("c6a.large"))
    assert small.working == "min(110, 3 interfaces x (10 - 1) addresses) = 27"


def test_a_windows_node_has_the_addresses_of_one_interface():
    assert max_pods.windows_pod_addresses(of("m5.large")).working == "1 interface x (10 - 1) addresses = 9"
    assert max_pods.windows_pod_addresses(of("m5.large"), prefix_delegation=True).value == 144
    assert max_pods.eni_max_pods(of("m5.large"), prefix_delegation=True).value == 434
