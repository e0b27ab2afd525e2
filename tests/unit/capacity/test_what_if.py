"""Settings of the command line: how they are read, and which World they lead to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capacity_helpers import add_on, assessed, eks_cluster, node_group, subnet
from podroom.capacity.what_if import (
    EnvironmentChange,
    GroupChange,
    check_groups,
    did_you_mean,
    find_groups,
    read_environment_change,
    read_group_change,
    with_environment,
    with_group_changes,
)
from podroom.errors import UsageError
from podroom.model.live import Running
from podroom.model.world import World
from podroom.positions import Span
from podroom.values import Known, Members, Unknown

NODE_GROUP = "aws_eks_node_group"


@pytest.mark.parametrize(
    "text",
    ["WARM_IP_TARGET=2", "ENABLE_POD_ENI=TRUE", "ENABLE_POD_ENI=f", "CLUSTER_NAME=", "ADDITIONAL_ENI_TAGS={a=b}"],
)
def test_a_variable_and_its_value_are_read_as_they_are_written(text: str) -> None:
    name, _, value = text.partition("=")
    assert read_environment_change(text) == EnvironmentChange(name, value)
    assert str(read_environment_change(text)) == text
    assert str(EnvironmentChange(name, None)) == f"{name} unset"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("WARM_IP_TARGET", "--env takes NAME=VALUE, not 'WARM_IP_TARGET'"),
        ("=2", "--env takes NAME=VALUE, not '=2'"),
        ("NODE_COLOUR=red", "--env NODE_COLOUR: aws-node reads no such variable"),
        ("WARM_IP_TARGET=", "--env WARM_IP_TARGET takes a whole number, not ''"),
        ("WARM_IP_TARGET=-1", "--env WARM_IP_TARGET takes a whole number, not '-1'"),
        ("ENABLE_POD_ENI=", "--env ENABLE_POD_ENI takes true or false, not ''"),
        ("ENABLE_POD_ENI=2", "--env ENABLE_POD_ENI takes true or false, not '2'"),
    ],
)
def test_a_variable_that_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_environment_change(text)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "group", "setting", "value"),
    [
        ("workers.max_size=5", "workers", "max_size", "5"),
        ("workers.max_size=2147483647", "workers", "max_size", "2147483647"),
        ("workers.max_size=0", "workers", "max_size", "0"),
        ("workers.min_size=0", "workers", "min_size", "0"),
        ('this["a=b"].desired_size=5', 'this["a=b"]', "desired_size", "5"),
        ('this["a=b.max_size=c"].desired_size=5', 'this["a=b', "max_size", None),
        ("a.b.instance_types=m5.large, m5a.large", "a.b", "instance_types", "m5.large, m5a.large"),
        ("workers.instance_types=m5=large", "workers", "instance_types", "m5=large"),
    ],
)
def test_a_setting_of_a_group_ends_where_its_value_begins(
    text: str, group: str, setting: str, value: str | None
) -> None:
    if value is None:
        with pytest.raises(UsageError, match="max_size takes a whole number"):
            read_group_change(text)
        return
    found = read_group_change(text)
    assert found == GroupChange(group, setting, value)
    assert str(found) == text
    types = tuple(part.strip() for part in value.split(",")) if setting == "instance_types" else ()
    assert found.types == types


def test_zeros_before_a_size_are_no_part_of_it() -> None:
    assert read_group_change(f"workers.max_size={5:05000}") == GroupChange("workers", "max_size", "5")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("workers.max_size", "--set takes GROUP.SETTING=VALUE"),
        ("max_size=5", "--set takes GROUP.SETTING=VALUE"),
        (".max_size=5", "--set takes GROUP.SETTING=VALUE"),
        ("workers.max_sise=5", "there is no setting max_sise; did you mean max_size"),
        ("workers.colour=5", "there is no setting colour; it knows max_size, desired_size, min_size, instance_types"),
        ("workers.max_size=five", "max_size takes a whole number"),
        ("workers.min_size=", "min_size takes a whole number"),
        ("workers.max_size=-5", "max_size takes a whole number"),
        ("workers.max_size=2147483648", "max_size takes at most 2147483647"),
        (f"workers.max_size={'9' * 5000}", "max_size takes at most 2147483647"),
        ("workers.instance_types=m5.large,", "instance_types takes types"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_group_change(text)
    assert message in caught.value.message


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a World of two clusters and three groups."""
    unsized = node_group("batch_jobs", sizes=(1, 1, 9)).replace("min_size     = 1", "min_size = var.n")
    return assessed(
        tmp_path,
        'variable "n" {}\n',
        subnet("a", "10.0.0.0/24"),
        eks_cluster("blue"),
        eks_cluster("main"),
        add_on('WARM_IP_TARGET = "2", WARM_ENI_TARGET = "3"'),
        node_group("web", sizes=(2, 4, 6)),
        node_group("web_blue", cluster="blue"),
        unsized,
    ).world


def sizes(world: World, name: str) -> tuple[int, ...]:
    (group,) = find_groups(world, name)
    return tuple(size.need() for size in (group.minimum_size, group.desired_size, group.maximum_size))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (["web.max_size=9"], (2, 4, 9)),
        (["web.desired_size=6"], (2, 6, 6)),
        (["web.min_size=4"], (4, 4, 6)),
        (["web.max_size=20", "web.desired_size=15", "web.min_size=12"], (12, 15, 20)),
        (["elsewhere.max_size=1"], (2, 4, 6)),
    ],
)
def test_sizes_are_those_that_are_set(world: World, changes: list[str], expected: tuple[int, ...]) -> None:
    changed = with_group_changes(world, [read_group_change(text) for text in changes])
    assert sizes(changed, "web") == expected
    assert sizes(changed, "web_blue") == (1, 2, 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "web.max_size=3",
            "--set web.max_size=3: desired_size 4 is more than max_size 3; set desired_size of the group",
        ),
        ("web.max_size=1", "--set web.max_size=1: min_size 2 is more than max_size 1; set min_size of the group, too"),
        ("web.desired_size=7", "desired_size 7 is more than max_size 6; set max_size of the group, too"),
        ("web.desired_size=1", "min_size 2 is more than desired_size 1; set min_size of the group, too"),
        ("web.min_size=5", "min_size 5 is more than desired_size 4; set desired_size of the group, too"),
        ("batch_jobs.desired_size=10", "desired_size 10 is more than max_size 9"),
    ],
)
def test_sizes_that_contradict_each_other_are_refused(world: World, change: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_group_changes(world, [read_group_change(change)])
    assert message in caught.value.message


def test_a_contradiction_that_somebody_wrote_is_no_business_of_another_setting(world: World) -> None:
    group, *others = world.node_groups
    wrong = replace(group, minimum_size=group.maximum_size.map(lambda size: size + 1))
    changed = with_group_changes(
        replace(world, node_groups=(wrong, *others)), [read_group_change(f"{group.address}.instance_types=c5.large")]
    )
    (choice,) = changed.node_groups[0].instance_types
    assert choice.type.need() == "c5.large"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("aws_eks_node_group.web", ["web"]),
        ("web", ["web"]),
        ("blue", []),
        ("web_blue", ["web_blue"]),
        ("aws_eks_node_group", ["batch_jobs", "web", "web_blue"]),
        ("elsewhere", []),
    ],
)
def test_a_name_means_an_address_or_the_end_of_one_or_a_name_in_it(world: World, name: str, found: list[str]) -> None:
    assert sorted(group.address.rpartition(".")[2] for group in find_groups(world, name)) == found


def test_names_are_what_stands_between_dots_slashes_and_brackets(world: World) -> None:
    group = world.node_groups[0]

    def means(address: str, name: str) -> bool:
        return bool(find_groups(replace(world, node_groups=(replace(group, address=address),)), name))

    address = 'module.eks.aws_eks_node_group.this["blue.green"][0]'
    assert all(means(address, name) for name in ("eks", "this", "blue", "green", 'this["blue.green"][0]'))
    assert not means(address, "0")
    assert not means(address, "blu")
    assert means("clusters/main.yaml/workers", "workers")


def test_a_name_of_several_groups_is_refused_with_their_addresses(world: World) -> None:
    with pytest.raises(UsageError, match=r"may be any of .*web, .*web_blue; write more of the address"):
        with_group_changes(
            replace(world, node_groups=world.node_groups[:2]), [GroupChange(NODE_GROUP, "max_size", "9")]
        )
    with pytest.raises(UsageError, match=r"may be any of .*web, .*web_blue.*; write more of the address"):
        with_group_changes(world, [GroupChange(NODE_GROUP, "max_size", "9")])


def test_a_group_that_no_world_has_is_refused_with_those_that_there_are(world: World) -> None:
    empty = replace(world, node_groups=())
    check_groups([empty, world], [read_group_change("web.max_size=9")])
    for name, hint in (("wbe", "did you mean web"), ("elsewhere", "; there are aws_eks_node_group.")):
        with pytest.raises(UsageError, match=f"there is no node group {name}{hint if hint[0] == ';' else '; ' + hint}"):
            check_groups([empty, world], [GroupChange(name, "max_size", "9")])
    with pytest.raises(UsageError) as caught:
        check_groups([empty], [GroupChange("web", "max_size", "9")])
    assert caught.value.message.endswith("there is no node group web")


def test_names_that_are_alike_are_told_once() -> None:
    assert did_you_mean("wbe", ["web", "web", "other"]) == "; did you mean web?"
    assert did_you_mean("wbe", ["web", "wbes"]) == "; did you mean wbes or web?"
    assert did_you_mean("xyz", ["web"]) == ""


def variables(world: World, name: str) -> dict[str, str]:
    (cluster,) = (one for one in world.clusters if one.address.endswith(name))
    return {variable.name: variable.value.need() for variable in cluster.cni.environment}


def test_variables_are_set_taken_away_or_added(world: World) -> None:
    changes = [EnvironmentChange("WARM_IP_TARGET", "5"), EnvironmentChange("WARM_ENI_TARGET", None)]
    changed = with_environment(world, [*changes, EnvironmentChange("MAX_ENI", "2")])
    assert variables(changed, "main") == {"WARM_IP_TARGET": "5", "MAX_ENI": "2"}
    assert variables(changed, "blue") == {"WARM_IP_TARGET": "5", "MAX_ENI": "2"}
    only_main = with_environment(world, changes, ("aws_eks_cluster.main",))
    assert variables(only_main, "main") == {"WARM_IP_TARGET": "5"}
    assert variables(only_main, "blue") == variables(world, "blue") == {}
    assert with_environment(world, []) is world


def test_nodes_that_run_are_supposed_to_be_others_where_something_changes(world: World) -> None:
    groups = [replace(group, running=Running(Members())) for group in world.node_groups]
    stray = replace(groups[0], address="stray", cluster=Unknown("nobody says which", groups[0].span))
    running = replace(world, node_groups=(*groups, stray, replace(groups[0], address="listed by nobody", running=None)))

    def supposed(changed: World) -> list[str]:
        running = [group for group in changed.node_groups if group.running is not None and group.running.supposed]
        return sorted(group.address.rpartition(".")[2] for group in running)

    change = [EnvironmentChange("WARM_IP_TARGET", "5")]
    assert supposed(running) == supposed(with_environment(running, [])) == []
    assert supposed(with_environment(running, change)) == ["batch_jobs", "stray", "web", "web_blue"]
    assert supposed(with_environment(running, change, ("aws_eks_cluster.main",))) == ["batch_jobs", "stray", "web"]
    assert supposed(with_group_changes(running, [read_group_change("web_blue.max_size=9")])) == ["web_blue"]


def test_what_is_set_stands_on_the_command_line(world: World) -> None:
    (group,) = find_groups(with_group_changes(world, [read_group_change("web.max_size=9")]), "web")
    assert isinstance(group.maximum_size, Known)
    assert isinstance(group.maximum_size.origin, Span)
    assert group.maximum_size.origin.text == "--set web.max_size=9"


def test_a_variable_that_is_taken_away_has_its_default_even_where_others_are_not_known(world: World) -> None:
    blue, main = world.clusters
    missing = Unknown("nobody says what else", main.span)
    unknown = replace(world, clusters=(blue, replace(main, cni=replace(main.cni, missing=missing))))
    changes = [EnvironmentChange("WARM_ENI_TARGET", None), EnvironmentChange("MAX_ENI", None)]
    assert variables(with_environment(unknown, changes), "main") == {
        "WARM_IP_TARGET": "2",
        "WARM_ENI_TARGET": "1",
        "MAX_ENI": "",
    }
    strange = [EnvironmentChange("A_VARIABLE_OF_TOMORROW", None)]
    assert variables(with_environment(unknown, strange), "main") == variables(world, "main")
