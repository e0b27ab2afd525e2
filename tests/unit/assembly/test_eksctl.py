"""What a ClusterConfig of eksctl says, and what eksctl does where it says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from podroom.assembly.eksctl import assemble_eksctl
from podroom.assembly.eksctl.validation import find_notices, schema
from podroom.model.world import CniOrder, NodeGroup, TypeSource, World
from podroom.positions import Document, Span
from podroom.sources.yaml import Mapping, compose_document
from podroom.values import Default, Known, Members, OneOf, Unknown

PREFIXES = "ENABLE_PREFIX_DELEGATION"
HEAD = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: main, region: eu-west-1}\n"


def worlds(*texts: str, path: str = "cluster.yaml") -> tuple[World, ...]:
    documents = [Document(path.replace(".", f"{number or ''}."), text) for number, text in enumerate(texts)]
    return assemble_eksctl(documents).worlds


def world(body: str) -> World:
    (only,) = worlds(HEAD + body)
    return only


def group(settings: str, kind: str = "nodeGroups") -> NodeGroup:
    (only,) = world(f"{kind}: [{{name: workers, {settings}}}]\n").node_groups
    return only


def plain(value: object) -> Any:  # noqa: ANN401 - of any shape
    """Return the known part of a value, "?" for what is not known."""
    if isinstance(value, Known):
        return value.value
    if isinstance(value, (Unknown, OneOf)):
        return "?"
    if isinstance(value, Members):
        return [*(plain(item) for item in value.items), *("?" for _ in value.missing)]
    return value


def used(found: NodeGroup) -> list[str]:
    return [plain(use.subnet) for use in found.subnets] + ["?" for _ in found.subnets.missing]


@pytest.mark.parametrize(
    ("settings", "sizes", "reason"),
    [
        ("minSize: 1, maxSize: -1", (1, 1, "?"), "maxSize is -1, which is no number of nodes"),
        ("desiredCapacity: -3", ("?", "?", "?"), "desiredCapacity is -3, which is no number of nodes"),
        ("minSize: 1, maxSize: 2147483647", (1, 1, 2147483647), None),
        (
            "minSize: 1, maxSize: 2147483648",
            (1, 1, "?"),
            "maxSize is 2,147,483,648, and no group has more than 2,147,483,647 nodes",
        ),
        (f"minSize: 1, maxSize: {10**40}", (1, 1, "?"), "maxSize is above 1,000,000,000,000,000, and no group"),
    ],
)
@pytest.mark.parametrize("kind", ["nodeGroups", "managedNodeGroups"])
def test_sizes_that_no_group_can_have_are_not_computed_with(
    kind: str, settings: str, sizes: tuple[object, ...], reason: str | None
) -> None:
    found = group(settings, kind)
    all_of_it = (found.minimum_size, found.desired_size, found.maximum_size)
    assert tuple(map(plain, all_of_it)) == sizes
    reasons = [one.reason for one in all_of_it if isinstance(one, Unknown)]
    assert all(reason is not None and one.startswith(reason) for one in reasons)


@pytest.mark.parametrize(
    ("kind", "settings", "sizes"),
    [
        ("nodeGroups", "spot: false", (2, 2, 2)),
        ("nodeGroups", "desiredCapacity: 5", (5, 5, 5)),
        ("nodeGroups", "minSize: 3", (3, 3, 3)),
        ("nodeGroups", "minSize: 1, maxSize: 7", (1, 1, 7)),
        ("nodeGroups", "maxSize: 7", (2, 2, 7)),
        ("nodeGroups", "desiredCapacity: 0", (0, 0, 0)),
        ("managedNodeGroups", "desiredCapacity: 0", (0, 0, 1)),
        ("managedNodeGroups", "minSize: 0", (0, 0, 1)),
        ("managedNodeGroups", "minSize: 1, desiredCapacity: 2, maxSize: 3", (1, 2, 3)),
        ("managedNodeGroups", 'minSize: "1", maxSize: "${MAX}"', (1, 1, "?")),
    ],
)
def test_sizes_that_are_not_set_follow_from_the_others(kind: str, settings: str, sizes: tuple[object, ...]) -> None:
    found = group(settings, kind)

    assert tuple(map(plain, (found.minimum_size, found.desired_size, found.maximum_size))) == sizes


@pytest.mark.parametrize(
    ("kind", "settings", "types"),
    [
        ("nodeGroups", "spot: false", ["m5.large"]),
        ("managedNodeGroups", "spot: true", ["m5.large"]),
        ("nodeGroups", "instanceType: t3.small", ["t3.small"]),
        ("nodeGroups", "instanceType: mixed, instancesDistribution: {instanceTypes: [a1.large, b1.large]}", None),
        ("managedNodeGroups", "instanceTypes: [a1.large, b1.large]", ["a1.large", "b1.large"]),
        ("managedNodeGroups", 'instanceTypes: [a1.large, "${SECOND}"]', ["a1.large", "?"]),
        ("managedNodeGroups", 'instanceTypes: "${ALL}"', ["?"]),
        ("nodeGroups", "instanceSelector: {vCPUs: 2}", ["?"]),
        ("nodeGroups", "instanceSelector: {}", ["m5.large"]),
        ("managedNodeGroups", "launchTemplate: {id: lt-1}", ["?"]),
        ("managedNodeGroups", "launchTemplate: {id: lt-1}, instanceTypes: [a1.large]", ["a1.large"]),
    ],
)
def test_instance_types(kind: str, settings: str, types: list[str] | None) -> None:
    found = group(settings, kind).instance_types

    assert [plain(choice.type) for choice in found] + ["?" for _ in found.missing] == (
        types or ["a1.large", "b1.large"]
    )


def test_a_default_says_who_supplies_it() -> None:
    (choice,) = group("spot: false").instance_types.items

    assert choice.source is TypeSource.EKSCTL_DEFAULT
    assert isinstance(choice.type.origin, Default)
    assert choice.type.origin.supplier == "eksctl"


@pytest.mark.parametrize(
    ("kind", "settings", "family", "own_image"),
    [
        ("nodeGroups", "spot: false", "Amazon Linux 2023", True),
        ("managedNodeGroups", "spot: true", "Amazon Linux 2023", False),
        ("managedNodeGroups", "ami: auto-ssm", "Amazon Linux 2023", False),
        ("managedNodeGroups", "ami: ami-1", "?", True),
        ("managedNodeGroups", "ami: ami-1, amiFamily: AmazonLinux2", "Amazon Linux 2", True),
        ("managedNodeGroups", "amiFamily: bottlerocket", "Bottlerocket", False),
        ("managedNodeGroups", "amiFamily: BottlerocketFips", "Bottlerocket", False),
        ("managedNodeGroups", "amiFamily: WindowsServer2022CoreContainer", "Windows", False),
        ("managedNodeGroups", "amiFamily: Ubuntu2404", "Ubuntu", True),
        ("managedNodeGroups", "amiFamily: '${FAMILY}'", "?", False),
        ("managedNodeGroups", "amiFamily: Debian", "?", False),
        ("managedNodeGroups", "launchTemplate: {id: lt-1}", "?", "?"),
    ],
)
def test_image_and_its_family(kind: str, settings: str, family: str, own_image: object) -> None:
    found = group(settings, kind)

    assert plain(found.own_image) == own_image
    known = plain(found.ami_family)
    assert (known if known == "?" else known.value) == family


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("", ["192.168.0.0/19", "192.168.32.0/19", "192.168.64.0/19", "192.168.96.0/19", "192.168.128.0/19"]),
        ("vpc: {cidr: 10.10.0.0/16}\navailabilityZones: [eu-west-1a]\n", ["10.10.0.0/19", "10.10.32.0/19"]),
        ("vpc: {cidr: 10.0.0.0/24}\navailabilityZones: [a, b]\n", ["10.0.0.0/27", "10.0.0.32/27", "10.0.0.64/27"]),
        ("availabilityZones: [a, b, c, d]\n", ["192.168.0.0/19"]),
        ("availabilityZones: [a, b, c, d, e]\n", ["192.168.0.0/20", "192.168.16.0/20"]),
        ("availabilityZones: [a, b]\nlocalZones: [c, d, e]\n", ["192.168.0.0/20", "192.168.16.0/20"]),
        ("vpc: {cidr: '${CIDR}'}\navailabilityZones: [a]\n", ["?", "?"]),
        ("vpc: {cidr: nonsense}\navailabilityZones: [a]\n", ["?", "?"]),
        ("vpc: {cidr: 10.0.0.0/30}\navailabilityZones: [a]\n", ["?", "?"]),
        ("availabilityZones: '${ZONES}'\n", []),
        ("availabilityZones: [a, b, c, d, e, f, g, h, i]\n", []),
    ],
)
def test_a_vpc_is_divided_as_eksctl_does_it(body: str, blocks: list[str]) -> None:
    found = world(body + "nodeGroups: [{name: workers}]\n")

    assert [plain(subnet.cidr) for subnet in found.subnets][: len(blocks)] == blocks
    assert bool(found.subnets) == bool(blocks)
    if not blocks:
        assert used(found.node_groups[0]) == ["?"]


def test_public_subnets_come_first_and_zones_of_a_region_are_three_or_two() -> None:
    three = world("nodeGroups: [{name: workers}]\n")
    (two,) = worlds(HEAD.replace("eu-west-1", "us-east-1") + "nodeGroups: [{name: workers}]\n")

    assert [subnet.address for subnet in three.subnets] == [
        f"{kind} subnet in zone {number}" for kind in ("public", "private") for number in (1, 2, 3)
    ]
    assert len(two.subnets) == 4


@pytest.mark.parametrize(
    ("settings", "subnets"),
    [
        ("spot: false", ["public subnet in ${REGION}b", "public subnet in a"]),
        ("privateNetworking: true", ["private subnet in ${REGION}b", "private subnet in a"]),
        ("availabilityZones: [a]", ["public subnet in a"]),
        ("privateNetworking: true, availabilityZones: [a]", ["private subnet in a"]),
        ("availabilityZones: [c]", ["?"]),
        ("availabilityZones: ['${ZONE}']", ["?"]),
        ("availabilityZones: ['${REGION}b']", ["public subnet in ${REGION}b"]),
        ("privateNetworking: '${PRIVATE}'", ["?"]),
        ("localZones: [l]", ["public subnet in l"]),
        ("subnets: [subnet-1, subnet-2]", ["subnet-1", "subnet-2"]),
    ],
)
def test_a_node_group_gets_its_subnets_by_network_zone_or_name(settings: str, subnets: list[str]) -> None:
    found = world(
        f"availabilityZones: ['${{REGION}}b', a]\nlocalZones: [l]\nnodeGroups: [{{name: workers, {settings}}}]\n"
    )

    assert used(found.node_groups[0]) == subnets


GIVEN = """
vpc:
  id: vpc-1
  subnets:
    public:
      eu-west-1a: {id: subnet-a, cidr: 10.0.0.0/24}
      another: {id: subnet-a2, cidr: 10.0.2.0/24, az: eu-west-1a}
    private:
      one: {id: subnet-b, cidr: 10.0.1.0/24, az: eu-west-1b}
      two: {id: subnet-c}
nodeGroups: [{name: workers, SETTINGS}]
"""


@pytest.mark.parametrize(
    ("settings", "subnets"),
    [
        ("spot: false", ["subnet-a", "subnet-a2"]),
        ("privateNetworking: true", ["subnet-b", "subnet-c"]),
        ("subnets: [one, subnet-c, elsewhere]", ["subnet-b", "subnet-c", "elsewhere"]),
        ("availabilityZones: [eu-west-1a]", ["subnet-a", "subnet-a2"]),
        ("privateNetworking: true, availabilityZones: [eu-west-1b]", ["subnet-b", "?"]),
    ],
)
def test_subnets_that_are_given_go_by_name_and_id(settings: str, subnets: list[str]) -> None:
    found = world(GIVEN.replace("SETTINGS", settings))

    assert used(found.node_groups[0]) == subnets
    sizes = {subnet.address: (plain(subnet.cidr), plain(subnet.zone)) for subnet in found.subnets}
    assert sizes["subnet-c"] == ("?", "?")
    assert sizes["subnet-b"][0] == "10.0.1.0/24"
    assert sizes["subnet-a"][1].name == "eu-west-1a"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 4),
        ("vpc: {controlPlaneOnPrivateSubnets: true}\n", 2),
        ("autoModeConfig: {enabled: true}\n", 2),
        ("vpc: {controlPlaneSubnetIDs: [subnet-1]}\n", 1),
    ],
)
def test_the_control_plane_is_in_all_subnets_unless_told_otherwise(body: str, count: int) -> None:
    (cluster,) = world(f"{body}availabilityZones: [a, b]\n").clusters

    assert len(cluster.subnets.need()) == count


@pytest.mark.parametrize(
    ("body", "prefixes", "order"),
    [
        ("addons: [{name: vpc-cni}]\n", None, None),
        (
            'addons: [{name: VPC-CNI, configurationValues: \'{"env": {"PD": "1"}}\'}]\n',
            "1",
            CniOrder.BEFORE,
        ),
        (
            "addons:\n- name: vpc-cni\n  configurationValues: |\n    env:\n      PD: '1'\n",
            "1",
            CniOrder.BEFORE,
        ),
        (
            "addons: [{name: vpc-cni, configurationValues: {env: {PD: '1'}}}]\n",
            "1",
            CniOrder.BEFORE,
        ),
        ("addons: [{name: vpc-cni, configurationValues: ''}]\n", None, None),
        ("addons: [{name: vpc-cni, configurationValues: '${VALUES}'}]\n", "?", None),
        ("addons: [{name: vpc-cni, configurationValues: '{'}]\n", "?", None),
        ("addons: [{name: '${NAME}'}]\n", "?", None),
        ("addonsConfig: {disableDefaultAddons: true}\n", "?", None),
        ("addonsConfig: {disableDefaultAddons: false}\n", None, None),
        ("", None, None),
    ],
)
def test_the_cni_is_set_by_its_add_on_before_the_nodes(body: str, prefixes: str | None, order: object) -> None:
    found = world(body.replace("PD", PREFIXES) + "managedNodeGroups: [{name: workers}]\n")
    settings = found.clusters[0].cni
    variable = settings.find(PREFIXES)

    assert (plain(variable.value) if variable else "?" if settings.missing is not None else None) == prefixes
    found_order = found.node_groups[0].cni_order
    assert (None if found_order is None else plain(found_order)) is order


ADDONS = HEAD + f"addons: [{{name: vpc-cni, configurationValues: {{env: {{{PREFIXES}: '1'}}}}}}]\n"
NODES = HEAD + "managedNodeGroups: [{name: workers}]\n"


def test_documents_of_one_cluster_are_read_together() -> None:
    found = worlds(NODES, ADDONS, HEAD + "vpc: {cidr: 10.0.0.0/16}\n")

    assert len(found) == 1
    assert plain(found[0].subnets[0].cidr) == "10.0.0.0/19"
    assert found[0].clusters[0].cni.find(PREFIXES) is not None
    assert plain(found[0].node_groups[0].cni_order) is CniOrder.OPEN


@pytest.mark.parametrize("other", [("name: main", "name: other"), ("eu-west-1", "eu-west-2")])
def test_documents_of_other_clusters_are_not(other: tuple[str, str]) -> None:
    found = worlds(NODES, ADDONS.replace(*other))

    assert len(found) == 2
    assert found[0].clusters[0].cni.declared_by is None


def test_a_file_of_several_documents_gives_a_world_each_with_its_line() -> None:
    found = worlds(f"{NODES}---\nkind: ConfigMap\n---\n{NODES.replace('main', 'other')}")

    assert [one.root for one in found] == ["cluster.yaml:3", "cluster.yaml:10"]


def test_json_is_read_too() -> None:
    text = (
        '{"apiVersion": "eksctl.io/v1alpha5", "kind": "ClusterConfig", "metadata": {"name": "main"},\n'
        '\t"nodeGroups": [{"name": "workers", "maxPodsPerNode": 58}]}\n'
    )
    (found,) = worlds(text, path="cluster.json")

    (fixed,) = found.node_groups[0].user_data.fixed
    assert plain(fixed.value) == 58
    assert fixed.span.text == '"maxPodsPerNode": 58'


def test_a_template_is_read_as_far_as_it_goes() -> None:
    text = f"""{HEAD}nodeGroups:
  - name: {{{{ .Values.name }}}}
    instanceType: {{{{ .Values.type }}}}
{{{{- if .Values.limited }}}}
    maxPodsPerNode: 58
{{{{- end }}}}
"""
    (found,) = worlds(text, path="cluster.yaml.tpl")
    (only,) = found.node_groups

    assert [plain(choice.type) for choice in only.instance_types] == ["?"]
    assert [plain(fixed.value) for fixed in only.user_data.fixed] == [58]
    assert plain(only.uncertain) == "?"
    assert not found.gaps


@pytest.mark.parametrize(
    ("body", "missing", "gaps"),
    [
        ("addons:\n{{ if .Values.pd }}\n- name: vpc-cni\n{{ end }}\n", True, 0),
        ("{{ if .Values.network }}\nvpc: {cidr: 10.0.0.0/16}\n{{ end }}\n", False, 1),
        ("{{/* a comment */}}\n", False, 0),
    ],
)
def test_what_a_template_decides_on_is_not_taken_for_certain(body: str, missing: bool, gaps: int) -> None:
    found = world(f"{body}nodeGroups: [{{name: workers}}]\n")

    assert (found.clusters[0].cni.missing is not None) == missing
    assert len(found.gaps) == gaps
    assert found.node_groups[0].uncertain is None


def test_what_is_meant_for_a_shell_on_the_node_is_left_to_it() -> None:
    script = "curl -w '%{http_code}' ${URL}; sed -i s/29/110/ /etc/eks/eni-max-pods.txt"
    found = group(f'amiFamily: AmazonLinux2, preBootstrapCommands: ["{script}"]')

    assert [gap.reason for gap in found.user_data.gaps] == ["the table of max pods that bootstrap.sh reads is changed"]


def test_a_placeholder_where_yaml_cannot_hold_one_is_read_too() -> None:
    found = world("nodeGroups: [{name: workers, instanceType: ${TYPE}, desiredCapacity: 3}]\n")

    assert plain(found.node_groups[0].desired_size) == 3
    assert [plain(choice.type) for choice in found.node_groups[0].instance_types] == ["?"]


def test_a_template_that_is_no_yaml_is_a_gap_and_other_text_that_is_none_a_problem() -> None:
    broken = HEAD + "nodeGroups: [\n"
    template = assemble_eksctl([Document("cluster.yaml.tpl", broken + "{{ toYaml .Values.groups }}: x: y\n")])
    text = assemble_eksctl([Document("cluster.yaml", broken)])

    assert [bool(one.gaps) for one in template.worlds] == [True]
    assert not template.problems
    assert not text.worlds
    assert [problem.span.path for problem in text.problems] == ["cluster.yaml"]


def notices(body: str) -> list[str]:
    (root,) = compose_document(Document("cluster.yaml", HEAD + body)).documents
    assert isinstance(root, Mapping)
    return [f"{notice.span.first.line}: {notice.message}" for notice in find_notices(root)]


@pytest.mark.parametrize(
    ("body", "notice"),
    [
        ("nodeGroups:\n- name: a\n  minSize: '2'\n", "6: nodeGroups[0].minSize must be a whole number"),
        ("nodeGroups:\n- name: a\n  maxPodsPerNode: -1\n", "6: nodeGroups[0].maxPodsPerNode must be at least 0"),
        ("nodeGroups:\n- minSize: 1\n", "5: nodeGroups[0].name is missing"),
        ("nodeGroups:\n- name:\n", "5: nodeGroups[0].name is missing"),
        ("nodeGroups: many\n", "4: nodeGroups must be a list"),
        ("availabilityZones: [a, 1]\n", "4: availabilityZones[1] must be a text"),
        ("managedNodeGroups:\n- name: a\n  amiFamily: X\n", '6: managedNodeGroups[0].amiFamily is "X", which eksctl'),
        (
            "managedNodeGroups:\n- name: a\n  launchTemplate: {id: lt-1}\n  maxPodsPerNode: 1\n",
            "7: managedNodeGroups[0].maxPodsPerNode is of no use: eksctl refuses it together with launchTemplate",
        ),
        ("nodeGroups:\n- name: a\n  maxPodPerNode: 1\n", "6: eksctl has no setting maxPodPerNode; did you mean max"),
        ("unheardOf: true\n", "4: eksctl has no setting unheardOf"),
        ("karpenter: {version: '1', settings: {}}\n", "4: eksctl has no setting settings"),
        ("vpc: {cidr: not-a-cidr}\n", '4: vpc.cidr is "not-a-cidr", no IPv4 block such as 192.168.0.0/16'),
        ("nodeGroups:\n- name: a\n  spot: 1\n", "6: eksctl has no setting spot"),
        ("nodeGroups:\n- name: a\n  minSize: 1\n  minSize: 2\n", "6: minSize is set again further down, which eksctl"),
        ("managedNodeGroups: [{name: a}]\nnodeGroups: [{name: a}]\n", "5: another node group is called a too, which"),
        (
            "nodeGroups:\n- name: a\n  minSize: 5\n  maxSize: 2\n",
            "6: minSize is 5, above the maxSize of 2, which eksctl",
        ),
        (
            "nodeGroups:\n- name: a\n  minSize: 5\n  desiredCapacity: 2\n",
            "6: minSize is 5, above the desiredCapacity of",
        ),
        ("managedNodeGroup: []\n", "4: eksctl has no setting managedNodeGroup; did you mean managedNodeGroups?"),
    ],
)
def test_what_eksctl_would_not_take_is_said_with_its_place(body: str, notice: str) -> None:
    (only,) = notices(body)

    assert only.startswith(notice)


@pytest.mark.parametrize(
    "body",
    [
        "nodeGroups:\n- name: a\n  minSize: ${SIZE}\n  amiFamily: $FAMILY\n  iam: {anything: [1]}\n",
        "nodeGroups:\n",
        "nodeGroups:\n- &a {name: a, amiFamily: amazonlinux2}\n- {<<: *a, name: b}\n",
        "managedNodeGroups:\n- {name: a, instanceTypes: [x.large], instanceName: n, instancePrefix: p}\n",
        "gitops: {flux: {}}\n",
        "nodeGroups:\n- {name: a, minSize: $LEAST, maxSize: 1}\n- {name: $NAME}\n- {name: $NAME}\n",
        "vpc: {cidr: $CIDR}\n",
    ],
)
def test_what_is_right_unknown_or_not_read_gives_no_notice(body: str) -> None:
    assert notices(body) == []


def test_the_schema_is_one() -> None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - as in the program, only where it is needed

    Draft202012Validator.check_schema(schema())


def test_a_notice_does_not_keep_the_file_from_being_judged() -> None:
    found = world("nodeGroups: [{name: workers, minSize: '2', maxPodsPerNode: 58}]\n")

    assert len(found.notices) == 1
    assert isinstance(found.notices[0].span, Span)
    assert plain(found.node_groups[0].minimum_size) == 2
