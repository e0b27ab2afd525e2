"""NodePools of Karpenter: their node class, their kubelet, their zones, and for which types max pods matters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podroom.capacity.assessment import Assessment, Assumptions
from podroom.capacity.node_pools import (
    applies,
    family_of,
    fills,
    is_within_zones,
    kubelet_of,
    max_pods,
    max_pods_of,
    may_be_in_zone,
    node_class,
    runs_windows,
)
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog, InstanceType
from podroom.model.world import Cluster, CniSettings, KarpenterKubelet, NodeClass, NodePool, Requirement, World
from podroom.positions import Document, Span
from podroom.values import Known, Members, OneOf, Undecidable, Unknown, Value

CATALOG = InstanceCatalog.bundled()


def place(path: str) -> Span:
    return Span(Document(path, "kind: NodePool"), 0, 4)


HERE = place("pools/pool.yaml")
WHY = Unknown("nobody says", HERE)
CLUSTER = Cluster(
    address="aws_eks_cluster.main",
    declared=True,
    span=HERE,
    name=Known("main", HERE),
    version=Known("1.33", HERE),
    ip_family=Known("ipv4", HERE),
    auto_mode=Known(value=False, origin=HERE),
    subnets=Members(),
    cni=CniSettings(None, None, Known("latest", HERE)),
)
POOL = NodePool("NodePool/default", HERE, Known(CLUSTER.address, HERE), Known("EC2NodeClass/default", HERE))
CLASS = NodeClass(
    "EC2NodeClass/default",
    HERE,
    Known(CLUSTER.address, HERE),
    Known("EC2NodeClass/default", HERE),
    Known(AmiFamily.AL2023, HERE),
)


def of(*classes: NodeClass, cluster: Cluster = CLUSTER) -> Assessment:
    return Assessment(World("main", (cluster,), node_classes=classes), CATALOG, Assumptions())


def requirement(key: str, operator: str, *values: str | Unknown) -> Requirement:
    known = tuple(Known(value, HERE) if isinstance(value, str) else value for value in values)
    return Requirement(Known(key, HERE), Known(operator, HERE), Members(known), HERE)


OTHER_CLUSTER: Value[str] = Known("aws_eks_cluster.other", HERE)
OTHER_FILE, OTHER_FOLDER = place("pools/class.yaml"), place("classes/pool.yaml")
NAMELESS = replace(CLASS, reference=WHY)


def test_a_pool_of_a_cluster_that_is_not_known_may_have_any_class_of_that_name() -> None:
    stray = replace(POOL, cluster=WHY)
    assert node_class(stray, of(CLASS)) == CLASS
    with pytest.raises(Undecidable, match="defined 2 times"):
        node_class(stray, of(CLASS, replace(CLASS, cluster=OTHER_CLUSTER)))


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ([CLASS], CLASS),
        ([CLASS, replace(CLASS, cluster=OTHER_CLUSTER)], CLASS),
        ([CLASS, replace(CLASS, reference=Known("EC2NodeClass/other", HERE))], CLASS),
        ([CLASS, replace(NAMELESS, cluster=OTHER_CLUSTER)], CLASS),
        ([replace(CLASS, cluster=WHY)], replace(CLASS, cluster=WHY)),
        # The one in the same file, or else in the same folder.
        ([CLASS, replace(CLASS, span=OTHER_FILE)], CLASS),
        ([replace(CLASS, span=OTHER_FOLDER), replace(CLASS, span=OTHER_FILE)], replace(CLASS, span=OTHER_FILE)),
        ([CLASS, CLASS], "EC2NodeClass/default is defined 2 times in this project"),
        ([replace(CLASS, span=OTHER_FILE)] * 2, "is defined 2 times in this project"),
        # What is not certain.
        ([], "EC2NodeClass/default is not in this project"),
        ([replace(CLASS, cluster=OTHER_CLUSTER)], "EC2NodeClass/default is not in this project"),
        ([replace(CLASS, uncertain=WHY)], "nobody says"),
        ([CLASS, NAMELESS], "nobody says"),
        ([CLASS, CLASS, NAMELESS], "nobody says"),
        ([NAMELESS], "nobody says"),
        (
            [replace(CLASS, reference=OneOf(("EC2NodeClass/default", "EC2NodeClass/b"), "it is open", HERE))],
            "it is open",
        ),
    ],
)
def test_a_pool_has_the_node_class_of_its_name_that_is_nearest(
    classes: list[NodeClass], expected: NodeClass | str
) -> None:
    if isinstance(expected, NodeClass):
        assert node_class(POOL, of(*classes)) == expected
        return
    with pytest.raises(Undecidable, match=expected):
        node_class(POOL, of(*classes))


def test_a_pool_that_something_includes_may_have_a_class_that_cannot_be_read() -> None:
    with pytest.raises(Undecidable, match="is not in this project as it can be read: nobody says"):
        node_class(replace(POOL, included=WHY), of())


def test_the_kubelet_block_of_a_pool_counts_before_that_of_its_class() -> None:
    own, of_class = KarpenterKubelet(HERE, Known(20, HERE)), KarpenterKubelet(HERE, Known(30, HERE))
    classes = of(replace(CLASS, kubelet=of_class))
    assert kubelet_of(POOL, classes) is of_class
    assert kubelet_of(replace(POOL, kubelet=own), classes) is own
    assert kubelet_of(POOL, of(CLASS)) is None


def test_max_pods_may_be_there_where_a_part_of_the_block_is_not_known() -> None:
    block = KarpenterKubelet(HERE)
    assert max_pods_of(None) is None
    assert max_pods_of(block) is None
    assert max_pods_of(replace(block, missing=WHY)) is WHY
    assert max_pods_of(replace(block, missing=WHY, max_pods=Known(20, HERE))) == Known(20, HERE)


M5_LARGE = CATALOG.find("m5.large")


@pytest.mark.parametrize(
    ("family", "kubelet", "pods"),
    [
        (AmiFamily.AL2023, None, 29),
        (AmiFamily.AL2023, KarpenterKubelet(HERE, Known(20, HERE)), 20),
        (AmiFamily.AL2023, KarpenterKubelet(HERE, pods_per_core=Known(4, HERE)), 8),
        (AmiFamily.AL2023, KarpenterKubelet(HERE, Known(6, HERE), Known(4, HERE)), 6),
        (AmiFamily.BOTTLEROCKET, KarpenterKubelet(HERE, pods_per_core=Known(4, HERE)), 29),
        (AmiFamily.AL2023, KarpenterKubelet(HERE, missing=WHY), None),
        (AmiFamily.AL2023, KarpenterKubelet(HERE, Known(20, HERE), missing=WHY), None),
        (AmiFamily.AL2023, KarpenterKubelet(HERE, WHY), None),
        (AmiFamily.AL2023, KarpenterKubelet(HERE, pods_per_core=WHY), None),
    ],
)
def test_karpenter_gives_a_node_the_least_of_its_numbers(
    family: AmiFamily, kubelet: KarpenterKubelet | None, pods: int | None
) -> None:
    assert M5_LARGE is not None
    assessment = of(replace(CLASS, ami_family=Known(family, HERE), kubelet=kubelet))
    if pods is None:
        with pytest.raises(Undecidable, match="nobody says"):
            max_pods(POOL, M5_LARGE, assessment)
    else:
        assert max_pods(POOL, M5_LARGE, assessment).value == pods


def test_only_pods_per_core_need_the_family_and_the_size_of_a_type() -> None:
    assert M5_LARGE is not None
    strange = replace(M5_LARGE, vcpus=None)
    per_core = KarpenterKubelet(HERE, pods_per_core=Known(4, HERE))
    fixed = replace(POOL, kubelet=KarpenterKubelet(HERE, Known(20, HERE)), node_class=WHY)
    assert max_pods(fixed, strange, of()).value == 20
    with pytest.raises(Undecidable, match="nobody says"):
        max_pods(replace(fixed, kubelet=per_core), M5_LARGE, of())
    with pytest.raises(Undecidable, match="vcpus"):
        max_pods(replace(POOL, kubelet=per_core), strange, of(CLASS))
    assert max_pods(POOL, M5_LARGE, of(CLASS), 1).value == 20


def test_a_node_fills_if_memory_is_left_for_one_pod_more_than_it_has_room_for() -> None:
    # 40,000 MiB without 7.5 % are 37,000; 15 pods reserve 11 x 15 + 255, eviction 100: 36,480 are 1,140 x 32.
    node = InstanceType("x9.large", 3, 10, memory_mib=40_000)
    assert fills(node, 15, 1_139)
    assert not fills(node, 15, 1_140)
    assert not fills(replace(node, memory_mib=39_999), 15, 1_139)
    assert fills(replace(node, memory_mib=None), 15, 1_140)


ZONE, OLD_ZONE = "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"


@pytest.mark.parametrize(
    ("requirements", "may", "within"),
    [
        ([], True, False),
        ([requirement(ZONE, "In", "a")], True, True),
        ([requirement(OLD_ZONE, "In", "a", "b")], True, True),
        ([requirement(ZONE, "In", "b")], False, True),
        ([requirement(ZONE, "In", "a", "c")], True, False),
        ([requirement(ZONE, "NotIn", "a")], False, False),
        ([requirement(ZONE, "NotIn", "b")], True, False),
        ([requirement(ZONE, "Exists")], True, False),
        ([requirement("example.com/zone", "In", "b")], True, False),
        ([requirement(ZONE, "In", "a"), requirement(ZONE, "NotIn", "a")], False, True),
        ([requirement(ZONE, "In", WHY)], None, False),
        ([replace(requirement(ZONE, "In", "a"), values=Members((Known("a", HERE),), (WHY,)))], None, False),
        ([replace(requirement(ZONE, "In", "a"), operator=WHY)], None, False),
        ([replace(requirement(ZONE, "In", "a"), key=WHY)], None, False),
    ],
)
def test_requirements_keep_a_pool_in_zones_or_out_of_one(
    requirements: list[Requirement], may: bool | None, *, within: bool
) -> None:
    pool = replace(POOL, requirements=Members(tuple(requirements)))
    assert is_within_zones(pool, ("a", "b")) is within
    if may is None:
        with pytest.raises(Undecidable, match="nobody says"):
            may_be_in_zone(pool, "a")
    else:
        assert may_be_in_zone(pool, "a") is may


OS, OLD_OS = "kubernetes.io/os", "beta.kubernetes.io/os"
WINDOWS_CLASS = replace(CLASS, ami_family=Known(AmiFamily.WINDOWS, HERE))


@pytest.mark.parametrize(
    ("known", "requirements", "windows"),
    [
        (CLASS, [], False),
        (WINDOWS_CLASS, [], True),
        (WINDOWS_CLASS, [requirement(OS, "In", "linux")], False),
        (CLASS, [requirement(OLD_OS, "In", "windows")], True),
        (WINDOWS_CLASS, [requirement(OS, "In", "linux", "windows")], True),
        (CLASS, [requirement(OS, "In", "linux", "windows")], False),
        (WINDOWS_CLASS, [requirement(OS, "NotIn", "windows")], True),
        (WINDOWS_CLASS, [requirement(OS, "In", "linux", WHY)], True),
        (WINDOWS_CLASS, [requirement("example.com/os", "In", "linux")], True),
        (WINDOWS_CLASS, [replace(requirement(OS, "In", "linux"), key=WHY)], True),
        (replace(CLASS, ami_family=None), [], False),
        (replace(CLASS, ami_family=WHY), [], None),
        (WINDOWS_CLASS, [replace(requirement(OS, "In", "linux"), operator=WHY)], None),
    ],
)
def test_a_requirement_of_one_system_decides_before_the_image(
    known: NodeClass, requirements: list[Requirement], windows: bool | None
) -> None:
    pool = replace(POOL, requirements=Members(tuple(requirements)))
    if windows is None:
        with pytest.raises(Undecidable, match="nobody says"):
            runs_windows(pool, of(known))
        return
    assert runs_windows(pool, of(known)) is windows
    assert applies(pool, of(known)) is not windows


def test_the_rules_are_about_ipv4_and_pools_that_certainly_exist() -> None:
    assert applies(POOL, of(CLASS))
    assert not applies(POOL, of(CLASS, cluster=replace(CLUSTER, ip_family=Known("ipv6", HERE))))
    assert not applies(replace(POOL, auto_mode=True), of())
    with pytest.raises(Undecidable, match="nobody says"):
        applies(replace(POOL, uncertain=WHY), of(CLASS))
    assert family_of(POOL, of(WINDOWS_CLASS)) is AmiFamily.WINDOWS
