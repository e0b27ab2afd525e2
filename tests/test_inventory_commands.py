"""The commands of `podroom inventory`: exact where names are known, safe in a shell, and nothing but reading."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from checkout import podroom
from test_inventory import CLUSTER, EXACT, MANAGED
from test_live_groups import WITH_CONFIGURATION
from test_live_references import SELF_MANAGED

WORKERS = MANAGED.replace("NAME", EXACT)
REGION = 'provider "aws" {\n  region = "eu-west-1"\n}\n'


def commands(folder: Path, text: str, *options: str) -> list[str]:
    (folder / "main.tf").write_text(text, encoding="utf-8")
    result = podroom("inventory", str(folder), *options)
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()


def with_comment(lines: list[str], part: str) -> tuple[str, str]:
    """Return the command that contains a text, and the line before it."""
    (at,) = (at for at, line in enumerate(lines) if part in line and not line.startswith("#"))
    return lines[at], lines[at - 1]


def test_the_commands_name_what_is_known_and_ask_for_the_rest(tmp_path: Path) -> None:
    lines = commands(tmp_path, REGION + WORKERS)
    named = "aws eks describe-nodegroup --cluster-name main --nodegroup-name workers --region eu-west-1 --output json"
    assert f'{named} > "$LISTED/nodegroup.json"' in lines
    lines = commands(tmp_path, 'variable "name" {}\n' + MANAGED.replace("NAME", "node_group_name = var.name"))
    asked, why = with_comment(lines, "describe-nodegroup")
    assert why.startswith(
        "# set NODE_GROUP_1 to the name of aws_eks_node_group.workers, "
        "one of those that `aws eks list-nodegroups --cluster-name main` lists: var.name has no"
    )
    assert '--nodegroup-name "${NODE_GROUP_1:?}" --output json' in asked
    _, why = with_comment(
        commands(tmp_path, MANAGED.replace("NAME", 'node_group_name_prefix = "w-"')), "nodegroup-name"
    )
    assert why.endswith("lists: it is not written; it begins with w-")
    _, why = with_comment(commands(tmp_path, WORKERS.replace('name     = "main"', "")), "eks describe-cluster")
    assert "# set CLUSTER to the name of aws_eks_cluster.main, one of those that `aws eks list-clusters` lists" in why


def test_every_command_reads_only_and_its_output_is_given_to_podroom(tmp_path: Path) -> None:
    lines = commands(tmp_path, WORKERS)
    run = [shlex.split(line, comments=True) for line in lines if line.startswith(("aws ", "kubectl "))]
    assert {words[1] if words[0] == "kubectl" else words[2].partition("-")[0] for words in run} == {"get", "describe"}
    written = [words[words.index(">") + 1] for words in run]
    assert len(set(written)) == len(written)
    assert all(path.startswith("$LISTED/") and path.endswith(".json") for path in written)
    assert lines[-3:] == [
        "set --",
        'for file in "$LISTED"/*.json; do set -- "$@" --inventory "$file"; done',
        f'podroom check {tmp_path} "$@"',
    ]
    (made,) = (line for line in lines if line.startswith("LISTED="))
    assert made == 'LISTED="$(mktemp -d)"'
    assert lines.index(made) < min(lines.index(line) for line in lines if "$LISTED" in line)


def test_what_may_not_be_there_leaves_no_empty_file(tmp_path: Path) -> None:
    lines = commands(tmp_path, WORKERS)
    for name in ("addon", "aws-node"):
        command, _ = with_comment(lines, f"{name}.json")
        assert command.endswith(f' > "$LISTED/{name}.json" || rm "$LISTED/{name}.json"')


@pytest.mark.parametrize("name", ["a;touch x\\n$(y)'", "`id`", "--debug", ""])
def test_a_name_cannot_run_anything_in_the_shell_and_is_no_option(name: str, tmp_path: Path) -> None:
    lines = commands(tmp_path, MANAGED.replace("NAME", f'node_group_name = "{name}"'))
    command, why = with_comment(lines, "describe-nodegroup")
    if name and not name.startswith("-"):
        assert shlex.split(command)[6] == name
    else:
        assert shlex.split(command)[6] == "${NODE_GROUP_1:?}"
        assert why.startswith("# set NODE_GROUP_1 to ")


def test_what_two_roots_need_both_is_listed_once(tmp_path: Path) -> None:
    for name in ("blue", "green"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(
            REGION + WORKERS.replace('name     = "main"', f'name = "{name}"'), encoding="utf-8"
        )
    lines = commands(tmp_path, REGION)
    assert sum("describe-subnets" in line for line in lines) == 1
    assert [line.rpartition("/")[2] for line in lines if "describe-cluster" in line] == [
        'cluster.json"',
        'cluster-2.json"',
    ]
    for number in (1, 2):
        command, why = with_comment(lines, f'CONTEXT_{number}:?}}" get nodes')
        assert why.endswith(f": set CONTEXT_{number} to it")
        assert command.startswith(f'kubectl --context "${{CONTEXT_{number}:?}}" get nodes -o json > ')


def test_all_versions_of_a_launch_template_that_is_only_named_are_listed(tmp_path: Path) -> None:
    lines = commands(tmp_path, REGION + SELF_MANAGED.replace("REFERENCE", 'id = "lt-1"\n    version = "3"'))
    wanted = "aws ec2 describe-launch-template-versions --launch-template-id lt-1 --region eu-west-1 --output json"
    assert f'{wanted} > "$LISTED/template-versions-2.json"' in lines
    lines = commands(tmp_path, SELF_MANAGED.replace("REFERENCE", 'name = "the nodes"'))
    assert with_comment(lines, "--launch-template-name 'the nodes'")


def test_launch_configurations_are_listed_where_there_are_any(tmp_path: Path) -> None:
    wanted = "aws autoscaling describe-launch-configurations"
    assert not any(wanted in line for line in commands(tmp_path, SELF_MANAGED.replace("REFERENCE", 'id = "lt-1"')))
    lines = commands(tmp_path, WITH_CONFIGURATION)
    assert f'{wanted} --output json > "$LISTED/launch-configurations.json"' in lines


def test_podroom_is_called_with_what_the_project_was_read_with(tmp_path: Path) -> None:
    (tmp_path / "prod us.tfvars").write_text('name = "main"\n', encoding="utf-8")
    cluster = {"address": "aws_eks_cluster.main", "mode": "managed", "type": "aws_eks_cluster", "name": "main"}
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [{**cluster, "values": {}}]}}}
    (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
    text = 'variable "name" {}\nvariable "password" {}\n' + WORKERS
    options = ["--var-file", str(tmp_path / "prod us.tfvars"), "--var", "password=hunter2", "--workspace", "prod"]
    lines = commands(tmp_path, text, *options, "--plan", str(tmp_path / "state.json"), "--env-vars")
    assert lines[-1] == (
        f"podroom check {tmp_path} --plan {tmp_path}/state.json --var-file '{tmp_path}/prod us.tfvars' "
        '--var password="${password:?}" --env-vars --workspace prod "$@"'
    )
    assert "hunter2" not in "\n".join(lines)


def test_nothing_to_list_is_said(tmp_path: Path) -> None:
    assert commands(tmp_path, "locals {}\n") == ["# Nothing here is about Amazon EKS, so there is nothing to list."]


def test_without_node_groups_nothing_is_asked_of_them(tmp_path: Path) -> None:
    lines = commands(tmp_path, CLUSTER)
    assert not any("autoscaling" in line or "launch-template" in line for line in lines)
