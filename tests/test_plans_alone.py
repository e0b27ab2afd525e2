"""Plans and states without the configuration beside them: what they tell, what they link, and what stays open."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from checkout import podroom
from plan_helpers import (
    EKS21,
    EXPANSIONS,
    FORMATS,
    FULL,
    PLANS,
    SECRET,
    as_plan,
    change,
    comparable,
    deep,
    facts,
    nodes,
    plan,
    subnet,
    write_fixtures,
)
from podroom.sources.plan_alone import by_itself
from podroom.sources.plan_places import PlanPlaces
from podroom.sources.plan_values import Hidden, ResourceId
from podroom.sources.terraform_json import read_terraform_json


@pytest.fixture(scope="module")
def eks21(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the plans and the state of the configuration in `EKS21`."""
    return write_fixtures(tmp_path_factory.mktemp("plans"))


def world(*arguments: str) -> dict[str, object]:
    """Return the only World that podroom shows."""
    result = podroom("show", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    (shown,) = json.loads(result.stdout)["worlds"]
    return shown


def written(folder: Path, content: object, *, indent: int | None = None) -> str:
    """Return the path of a file with some content as JSON."""
    path = folder / "plan.json"
    path.write_text(json.dumps(content, indent=indent), encoding="utf-8")
    return str(path)


# --- the fixtures ----------------------------------------------------------------------------------

INCIDENT = "examples/terraform/console-incident"
PRIVATE = {f"module.vpc.aws_subnet.private[{number}]" for number in range(3)}


@pytest.mark.parametrize("name", PLANS)
def test_every_node_group_has_its_subnets_alone(eks21: Path, name: str) -> None:
    shown = world(str(eks21 / f"{name}.json"))
    assert len(shown["node_groups"]) == 5
    for group in shown["node_groups"]:
        found = {use["subnet"].get("value") for use in group["subnets"]["items"]}
        assert found == ({"module.vpc.aws_subnet.private[0]"} if "onesubnet" in group["address"] else PRIVATE)
        assert not group["subnets"]["missing"]
        assert group["cluster"]["value"] == "module.eks.aws_eks_cluster.this[0]"
    assert not shown["gaps"]


def hold_together(alone: object, other: object, *drifted: str) -> None:
    """Assert that two Worlds know nothing that is not the same, but for names of what has none yet, and drift."""
    known, more = dict(facts(comparable(alone))), dict(facts(comparable(other)))
    assert known
    for path in known.keys() & more.keys():
        symbolic = {str(known[path]), str(more[path])} & {"current", "the cluster of these nodes"}
        if path[-1] not in drifted and not symbolic and not str(more[path]).startswith("data."):
            assert known[path] == more[path], path


@pytest.mark.parametrize("name", PLANS)
def test_alone_with_and_without_the_configuration_nothing_contradicts(eks21: Path, name: str) -> None:
    path = str(eks21 / f"{name}.json")
    drifted = {"create": (), "drift": ("desired_size",), "refresh_only": ("desired_size", "type"), "state": ()}[name]
    hold_together(world(path), world(str(EKS21), "--plan", path), *drifted)
    hold_together(world(path), world(str(EKS21)), *drifted)


@pytest.mark.parametrize(
    "case", [case for case in EXPANSIONS if case.stem != "autoscaling9"], ids=lambda case: case.stem
)
def test_what_terraform_planned_for_modules_contradicts_nothing_alone(tmp_path: Path, case: Path) -> None:
    expansion = json.loads(case.read_text(encoding="utf-8"))
    for attributes in expansion["resources"].values():
        attributes.setdefault("resolve_conflicts_on_update", "(unknown)")  # the data leaves it out where it is null
    (tmp_path / "configuration").mkdir()
    (tmp_path / "configuration" / "main.tf").write_text(expansion["hcl"], encoding="utf-8")
    path = written(tmp_path, as_plan(expansion["resources"]))
    alone = world(path)
    hold_together(alone, world(str(tmp_path / "configuration")))
    hold_together(alone, world(str(tmp_path / "configuration"), "--plan", path))


def test_drift_is_told_alone(eks21: Path) -> None:
    result = podroom("check", "--format", "json", str(eks21 / "drift.json"))
    found = [one for one in json.loads(result.stdout)["findings"] if one["code"] in {"PR116", "PR117"}]
    assert [one["code"] for one in found] == ["PR116", "PR116", "PR117"]
    assert "declared m5.xlarge, m6i.xlarge, live m5.4xlarge, m6i.xlarge" in found[0]["message"]


# --- places ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("indent", [None, 2])
def test_places_are_those_of_the_addresses_in_the_file_and_no_other_text_is_shown(
    tmp_path: Path, indent: int | None
) -> None:
    content = plan([subnet(0), nodes("blue")], timestamp=SECRET)
    path = written(tmp_path, content, indent=indent)
    text = Path(path).read_text(encoding="utf-8")
    at = text.index('"address"', text.index("nodes[") - 40)
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    result = podroom("check", path)
    assert f"plan.json:{line}:{column}" in result.stdout
    assert "aws_eks_node_group.nodes" in result.stdout
    assert SECRET not in result.stdout


def test_places_are_found_in_one_go_also_far_to_the_right() -> None:
    addresses = [f"aws_subnet.a[{number}]" for number in range(40_000)]
    text = '{"resource_changes":[' + ",".join(f'{{"address":"{one}","x":"{"y" * 250}"}}' for one in addresses) + "]}"
    places = PlanPlaces("plan.json", text, addresses)
    assert places.of(addresses[1]).text == '"address":"aws_subnet.a[1]"'
    assert places.of(addresses[1]).start == text.index('"address":"aws_subnet.a[1]"')
    assert str(places.of(addresses[-1])) == "plan.json:1:1"  # beyond the width that is kept


def test_a_state_file_has_places_too(tmp_path: Path) -> None:
    block = {"mode": "managed", "type": "aws_eks_node_group", "name": "n"}
    scaling = [{"min_size": 1, "desired_size": 1, "max_size": 2}]
    values = {
        "cluster_name": "c",
        "instance_types": ["m5.large"],
        "subnet_ids": ["subnet-1"],
        "scaling_config": scaling,
    }
    listed = [{**block, "instances": [{"index_key": "a", "attributes": values}]}]
    path = written(tmp_path, {"version": 4, "lineage": "x", "resources": listed}, indent=1)
    text = Path(path).read_text(encoding="utf-8")
    (group,) = world(path)["node_groups"]
    assert group["address"] == 'aws_eks_node_group.n["a"]'
    line = text[: text.index('"aws_eks_node_group"')].count("\n") + 1
    assert any(f"plan.json:{number}:" in json.dumps(group) for number in (line, line + 1))


# --- links -----------------------------------------------------------------------------------------


def block(address: str, references: Mapping[str, Sequence[str]], *repeated: str) -> dict[str, object]:
    expressions = {name: {"references": list(names)} for name, names in references.items()}
    return {
        "address": address,
        "expressions": expressions,
        **({"for_each_expression": {"references": list(repeated)}} if repeated else {}),
    }


def made(address: str, module: str = "") -> dict[str, object]:
    """Return a subnet that is made, in a module or not."""
    found = change(address, {"cidr_block": "10.0.0.0/24"}, {"id": True})
    return {**found, "address": f"{module}.{address}", "module_address": module} if module else found


SUBNETS = [
    *(made(f"aws_subnet.a[{at}]") for at in range(3)),
    *(made(f"aws_subnet.b[{at}]") for at in range(2)),
    *(made(f"aws_subnet.m[{at}]", "module.net") for at in range(4)),
]
A, B = ([f"aws_subnet.a[{at}]" for at in range(3)], [f"aws_subnet.b[{at}]" for at in range(2)])
M = [f"module.net.aws_subnet.m[{at}]" for at in range(4)]
ALL = [*A, *B, *M]
NET = {"resources": [block("aws_subnet.m", {})], "outputs": {"ids": {"expression": {"references": ["aws_subnet.m"]}}}}


def links(references: Sequence[str], number: int, *repeated: str, deferred: bool = False) -> list[str] | None:
    """Return the subnets that so many unknown ids of a node group lead to, None if they lead nowhere for sure."""
    group = change("aws_eks_node_group.n", {"subnet_ids": [None] * number}, {"subnet_ids": [True] * number})
    read = change("data.aws_subnets.x", {}, {"ids": True}, actions=["read"])
    root = {
        "resources": [block("aws_eks_node_group.n", {"subnet_ids": references}, *repeated)],
        "module_calls": {"net": {"module": NET}},
    }
    content = plan([*SUBNETS, group, *([read] if deferred else [])], configuration={"root_module": root})
    recorded = by_itself(read_terraform_json("plan.json", json.dumps(content), alone=True))
    found = recorded.instances["aws_eks_node_group.n"].values["subnet_ids"]
    assert isinstance(found, list)
    if any(isinstance(one, Hidden) for one in found):
        assert all(isinstance(one, Hidden) and "does not tell whose it is" in one.why for one in found)
        return None
    return [one.address for one in found if isinstance(one, ResourceId)]


@pytest.mark.parametrize(
    ("references", "number", "expected"),
    [
        (["aws_subnet.a"], 3, A),
        (["aws_subnet.a"], 2, None),
        (["aws_subnet.a[1].id", "aws_subnet.a[1]", "aws_subnet.a"], 1, A[1:2]),
        (["aws_subnet.a", "aws_subnet.a[1].id", "aws_subnet.a[1]", "aws_subnet.a"], 3, A),
        (["aws_subnet.a[0].availability_zone", "aws_subnet.a[0]", "aws_subnet.a"], 1, None),
        (["aws_subnet.a", "aws_subnet.b"], 5, [*A, *B]),
        (["aws_subnet.a", "aws_subnet.b"], 3, A),
        (["aws_subnet.a", "aws_subnet.b"], 2, B),
        (["aws_subnet.a", "aws_subnet.b"], 4, None),
        (["module.net.ids", "module.net"], 4, M),
        (["module.net.ids[2]", "module.net.ids", "module.net"], 1, M[2:3]),
        (["module.net.ids[2]", "module.net.ids", "module.net", "module.net.ids", "module.net"], 4, M),
        (["module.net.other", "module.net"], 4, None),
        (["module.net"], 4, None),
        (["aws_subnet.a", "local.more"], 3, None),
        (["local.all"], 9, ALL),
        (["local.some"], 3, None),
        (["var.ids"], 3, None),
        (["aws_subnet.a[", "a..b"], 3, None),
        ([], 3, None),
    ],
)
def test_what_unknown_ids_lead_to(references: list[str], number: int, expected: list[str] | None) -> None:
    found = links(references, number)
    assert (found and sorted(found)) == (expected and sorted(expected))


def test_what_terraform_reads_only_when_it_applies_may_have_ids_too() -> None:
    assert links(["data.aws_subnets.x.ids", "data.aws_subnets.x", "aws_subnet.a"], 3, deferred=True) is None
    assert links(["data.aws_subnets.x.ids", "data.aws_subnets.x", "aws_subnet.a"], 3) == A
    assert links(["local.all"], 9, deferred=True) is None


@pytest.mark.parametrize(
    ("repeated", "expected"),
    [
        (["aws_subnet.b", "local.create_nodes"], B),
        (["aws_subnet.b", "local.nodes"], None),
        (["aws_subnet.a"], None),
    ],
)
def test_each_leads_to_what_the_block_is_repeated_for(repeated: list[str], expected: list[str] | None) -> None:
    assert links(["each.value.subnet_ids", "each.value"], 2, *repeated) == expected


def in_module(arguments: Mapping[str, Sequence[str]], references: Sequence[str], *repeated: str) -> object:
    """Return what the launch template of a group in a module call is linked to."""
    placed = {"module_address": 'module.nodes["x"]'}
    after, unknown = {"launch_template": [{}]}, {"launch_template": [{"id": True}]}
    group = change("aws_eks_node_group.n", after, unknown)
    template = change("aws_launch_template.own", {}, {"id": True})
    other = change("aws_launch_template.other", {}, {"id": True})
    inner = [{**one, **placed, "address": f"{placed['module_address']}.{one['address']}"} for one in (group, template)]
    expressions = {"launch_template": [{"id": {"references": list(references)}}]} if references else {}
    called = {"resources": [{"address": "aws_eks_node_group.n", "expressions": expressions}]}
    given = {name: {"references": list(names)} for name, names in arguments.items()}
    call = {"expressions": given, "for_each_expression": {"references": list(repeated)}, "module": called}
    root = {"module_calls": {"nodes": call}}
    content = plan([*inner, other], configuration={"root_module": root})
    recorded = by_itself(read_terraform_json("plan.json", json.dumps(content), alone=True))
    (found,) = recorded.instances['module.nodes["x"].aws_eks_node_group.n'].values["launch_template"]
    return found["id"].address if isinstance(found["id"], ResourceId) else None


OWN = 'module.nodes["x"].aws_launch_template.own'
OTHER = ["aws_launch_template.other.id", "aws_launch_template.other"]


@pytest.mark.parametrize(
    ("arguments", "references", "repeated", "expected"),
    [
        ({}, [], [], OWN),  # a dynamic block: what is made beside it is for it
        ({}, ["local.template"], [], OWN),
        ({}, ["aws_launch_template.own.id", "aws_launch_template.own"], [], OWN),
        ({"template": OTHER}, ["var.template"], [], "aws_launch_template.other"),
        ({"template": ["each.value"]}, ["var.template"], OTHER, "aws_launch_template.other"),
        ({"template": OTHER}, ["var.template", "aws_launch_template.own.id", "aws_launch_template.own"], [], None),
    ],
)
def test_variables_lead_to_the_call_of_the_module(
    arguments: dict[str, list[str]], references: list[str], repeated: list[str], expected: str | None
) -> None:
    assert in_module(arguments, references, *repeated) == expected


def test_references_in_a_circle_come_to_an_end() -> None:
    call = {"expressions": {"a": {"references": ["module.x.out[0]", "module.x.out", "module.x"]}}}
    inner = {"outputs": {"out": {"expression": {"references": ["var.a"]}}}, "resources": []}
    group = change("aws_eks_node_group.n", {"subnet_ids": [None]}, {"subnet_ids": [True]})
    placed = {**made("aws_subnet.m[0]"), "address": "module.x.aws_subnet.m[0]", "module_address": "module.x"}
    root = {
        "resources": [block("aws_eks_node_group.n", {"subnet_ids": ["module.x.out", "module.x"]})],
        "module_calls": {"x": {**call, "module": inner}},
    }
    content = plan([placed, made("aws_subnet.a[0]"), group], configuration={"root_module": root})
    recorded = by_itself(read_terraform_json("plan.json", json.dumps(content), alone=True))
    (found,) = recorded.instances["aws_eks_node_group.n"].values["subnet_ids"]
    assert isinstance(found, Hidden)


# --- what a plan by itself does not tell ------------------------------------------------------------


def cluster(**unknown: object) -> dict[str, object]:
    vpc = [{"subnet_ids": ["subnet-1"]}]
    return change("aws_eks_cluster.c", {"name": "main", "version": "1.33", "vpc_config": vpc}, unknown)


def test_attributes_that_nobody_wrote_have_their_defaults_and_others_are_unknown(tmp_path: Path) -> None:
    group = nodes("blue")
    what = group["change"]
    assert isinstance(what, dict)
    what["after"].pop("instance_types")
    what["after_unknown"]["instance_types"] = True
    for names, expected in (({}, "t3.medium"), ({"instance_types": ["var.types"]}, None)):
        configured = {"root_module": {"resources": [block("aws_eks_node_group.nodes", names)]}}
        content = plan([subnet(0), cluster(), group], configuration=configured)
        (shown,) = world(written(tmp_path, content))["node_groups"]
        items = shown["instance_types"]["items"]
        assert [one["type"]["value"] for one in items] == ([] if expected is None else [expected])
        assert bool(shown["instance_types"]["missing"]) == (expected is None)


def test_a_group_whose_tags_are_unknown_may_be_of_eks(tmp_path: Path) -> None:
    group = change("aws_autoscaling_group.g", {"min_size": 1, "max_size": 2, "launch_template": []}, {"tag": True})
    (gap,) = world(written(tmp_path, plan([cluster(), group])))["gaps"]
    assert "cannot tell whether its nodes join an EKS cluster" in gap["reason"]


COMMAND = "kubectl -n kube-system set env ds aws-node WARM_IP_TARGET=5"


def configuring(kind: str, after: Mapping[str, object], unknown: object = None, **block: object) -> dict[str, object]:
    """Return a plan of a cluster beside something that may set up its CNI."""
    configured = {"root_module": {"resources": [{"address": f"{kind}.x", **block}]}}
    more = {"after_sensitive": {"yaml_body": True}} if "yaml_body" in after else {}
    return plan([cluster(), nodes("blue"), change(f"{kind}.x", after, unknown, **more)], configuration=configured)


def provisioner(**command: object) -> dict[str, object]:
    return {"provisioners": [{"type": "local-exec", "expressions": {"command": command}}]}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (configuring("helm_release", {"chart": "cilium", "name": "cilium"}), "installs cilium"),
        (configuring("helm_release", {"chart": "nginx", "name": "nginx"}), None),
        (configuring("helm_release", {"name": "x"}, {"chart": True}), "may configure the VPC CNI"),
        (configuring("null_resource", {}, **provisioner(constant_value="true")), None),
        (configuring("null_resource", {}, **provisioner(references=["var.a"])), "does not keep the text"),
        (configuring("null_resource", {}), None),
        (configuring("kubectl_manifest", {"yaml_body": SECRET}), "may configure the VPC CNI"),
        (configuring("kubectl_manifest", {"yaml_body": SECRET, "kind": "Secret", "name": "x"}), None),
        (
            configuring("kubectl_manifest", {"yaml_body": SECRET, "kind": "DaemonSet", "name": "aws-node"}),
            "configures the VPC CNI in a way that podroom does not read yet",
        ),
        (configuring("kubernetes_manifest", {}, {"manifest": True}), "may configure the VPC CNI"),
        (configuring("kubernetes_manifest", {"manifest": {"kind": "Service", "metadata": {}}}), None),
        (configuring("kubernetes_config_map", {"metadata": [{}]}, {"metadata": [{"name": True}]}), "may configure"),
        (configuring("kubernetes_config_map", {"metadata": [{"name": "other"}]}), None),
    ],
)
def test_what_may_set_up_the_cni_leaves_its_settings_open_unless_it_says_what_it_is(
    tmp_path: Path, content: object, expected: str | None
) -> None:
    shown = world(written(tmp_path, content))
    (found,) = [one["cni"]["missing"] for one in shown["clusters"] if one["declared"]]
    assert (found is None) == (expected is None)
    assert expected is None or expected in json.dumps(found)
    assert SECRET not in json.dumps(shown)


def test_commands_of_provisioners_are_read(tmp_path: Path) -> None:
    content = configuring("null_resource", {}, **provisioner(constant_value=COMMAND))
    (found,) = [one["cni"] for one in world(written(tmp_path, content))["clusters"] if one["declared"]]
    assert [(one["name"], one["value"]["value"]) for one in found["environment"]] == [("WARM_IP_TARGET", "5")]


def test_a_state_does_not_tell_commands_nor_what_is_sensitive_in_other_types(tmp_path: Path) -> None:
    values = {"name": "main", "vpc_config": [{"subnet_ids": ["subnet-1"]}]}
    made = {"mode": "managed", "type": "aws_eks_cluster", "name": "c", "instances": [{"attributes": values}]}
    for kind, reason in (("helm_release", "nothing says which values of"), ("null_resource", "may configure")):
        other = {"mode": "managed", "type": kind, "name": "x", "instances": [{"attributes": {"chart": SECRET}}]}
        path = written(tmp_path, {"version": 4, "lineage": "x", "resources": [made, other]})
        (found,) = world(path)["clusters"]
        assert reason in json.dumps(found["cni"]["missing"])
        assert SECRET not in json.dumps(found)


def test_several_files_and_other_paths_are_judged_side_by_side(tmp_path: Path) -> None:
    path = written(tmp_path, plan([cluster(), subnet(0), nodes("blue")]))
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text('resource "aws_eks_cluster" "z" {\n  name = "z"\n}\n', encoding="utf-8")
    result = podroom("show", "--format", "json", path, str(tmp_path / "infra"))
    roots = {one["root"].rpartition("/")[2] for one in json.loads(result.stdout)["worlds"]}
    assert roots == {"plan.json", "infra"}
    broken = tmp_path / "broken.tfstate"
    broken.write_text("{", encoding="utf-8")
    result = podroom("check", path, str(broken))
    assert (result.exit_code, "is no JSON: it ends too early" in result.stdout) == (2, True)


# --- secrets and hostile inputs ----------------------------------------------------------------------


def test_what_is_sensitive_reaches_no_output_alone(tmp_path: Path) -> None:
    group = nodes("blue")
    what = group["change"]
    assert isinstance(what, dict)
    what["after"]["instance_types"] = [SECRET]
    what["after_sensitive"] = {"instance_types": [True]}
    resource = {**block("aws_eks_node_group.nodes", {}), "expressions": {"node_role_arn": {"constant_value": SECRET}}}
    configured = {"root_module": {"resources": [resource], "variables": {"t": {"default": SECRET, "sensitive": True}}}}
    content = plan([cluster(), subnet(0), group], configuration=configured, variables={"t": {"value": SECRET}})
    for indent in (None, 1):
        path = written(tmp_path, content, indent=indent)
        for command, formats in FORMATS.items():
            for one in formats:
                result = podroom(command, "--format", one, path)
                assert result.exit_code in {0, 1}
                assert SECRET not in result.output, (command, one)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"format_version": "1.2", "variables": {', "is no JSON: it ends too early"),
        (b'{"format_version": "3.0", "values": {}}', "has the format version '3.0'"),
        (b'{"lineage": "x", "version": 3}', "is a state file of version 3"),
        (b'{"format_version": "1.2", "a": ' + deep(100_000).encode(), "nested more deeply than podroom follows"),
        (json.dumps(plan([], configuration={"root_module": {"module_calls": {}}})).encode(), None),
        (json.dumps(plan([], configuration=[])).encode(), "its configuration is not an object"),
        (b'{"Subnets": []}', "is not a Terraform file (.tf, .tf.json); give a folder, such files, or a plan"),
    ],
)
def test_a_file_that_cannot_be_judged_ends_in_one_sentence_and_exit_2(
    tmp_path: Path, data: bytes, expected: str | None
) -> None:
    path = tmp_path / "given.json"
    path.write_bytes(data)
    result = podroom("check", str(path))
    assert result.exit_code == (0 if expected is None else 2)
    assert expected is None or (expected in result.stderr and len(result.stderr.strip().splitlines()) == 1)


@pytest.mark.parametrize("key", ["module_calls", "expressions"])
def test_configurations_that_are_nested_too_deeply_end_in_one_sentence(tmp_path: Path, key: str) -> None:
    module: dict[str, object] = {}
    for _ in range(150):
        module = {"module_calls": {"x": {"module": module}}} if key == "module_calls" else {"x": [module]}
    root = module if key == "module_calls" else {"resources": [{"address": "a.b", "expressions": module}]}
    result = podroom("check", written(tmp_path, plan([], configuration={"root_module": root})))
    assert (result.exit_code, "nested too deeply" in result.stderr or "more deeply" in result.stderr) == (2, True)


def test_the_instances_of_a_plan_without_configuration_are_judged_too(tmp_path: Path) -> None:
    shown = world(written(tmp_path, {**FULL, "configuration": {}}))
    assert len(shown["node_groups"]) == 2


def test_the_console_incident_is_told_by_its_plan_alone() -> None:
    (found,) = json.loads(podroom("check", "--format", "json", f"{INCIDENT}/plan.json").stdout)["findings"]
    assert found["code"] == "PR116"
    assert "declared m7g.2xlarge, live m7g.large: kubelet 58, room 29" in found["message"]
    assert podroom("check", f"{INCIDENT}-healthy/plan.json").exit_code == 0
    assert podroom("check", INCIDENT).exit_code == 0
