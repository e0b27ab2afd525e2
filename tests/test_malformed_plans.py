"""Plans and states of which a part has another type than Terraform writes: one clear sentence, never a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from checkout import podroom
from plan_helpers import FULL, change, deep, plan, subnet
from podroom.errors import InputError
from podroom.sources.terraform_json import read_terraform_json

DRIFT = {"actions": ["update"], "before": {"max_size": 1}, "after": {"max_size": 2}, "after_sensitive": {}}
RICH = {
    **FULL,
    "resource_drift": [{**change("aws_autoscaling_group.nodes", {}), "change": DRIFT}],
    "planned_values": {
        "root_module": {
            "child_modules": [{"address": "module.a", "resources": []}],
            "resources": [
                {"address": "aws_vpc.v", "mode": "managed", "type": "aws_vpc", "name": "v", "values": {"id": "vpc-1"}}
            ],
        }
    },
    "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": []}}},
    "configuration": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_subnet.own",
                    "expressions": {"vpc_id": {"references": ["aws_vpc.v.id", "aws_vpc.v"]}, "tags": {}},
                    "count_expression": {"references": ["var.size"]},
                    "provisioners": [{"type": "local-exec", "expressions": {"command": {"constant_value": "true"}}}],
                }
            ],
            "module_calls": {"a": {"expressions": {"x": {"references": ["var.size"]}}, "module": {"outputs": {}}}},
            "outputs": {"o": {"expression": {"references": ["aws_subnet.own"]}}},
            "variables": {"size": {"default": 1}},
        }
    },
}
STATE = {
    "version": 4,
    "terraform_version": "1.11.4",
    "lineage": "x",
    "resources": [
        {
            "module": "module.a",
            "mode": "managed",
            "type": "aws_subnet",
            "name": "a",
            "instances": [
                {
                    "index_key": 0,
                    "attributes": {"id": "subnet-1", "tags": {"a": "b"}},
                    "sensitive_attributes": [[{"type": "get_attr", "value": "tags"}]],
                }
            ],
        }
    ],
}
SHOWN = {
    "format_version": "1.0",
    "values": {"root_module": {"resources": [{**subnet(0), "values": {"cidr_block": "10.0.0.0/24"}}]}},
}


def paths(content: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Iterate over the ways to all parts of a JSON value."""
    parts = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from paths(part, (*path, key))


def with_part(content: object, path: tuple[str | int, ...], part: object) -> object:
    """Return a JSON value with another part at the end of a way."""
    changed = copy.deepcopy(content)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = part
    return changed


WRONG = ("text", "", 7, -1, 1.5, True, None, [], ["x", None, 3], {}, {"0": {"1": []}}, [[]], 10**30)


@pytest.mark.parametrize("content", [RICH, STATE, SHOWN], ids=["plan", "state file", "state"])
def test_no_part_of_another_type_is_more_than_one_sentence(content: Mapping[str, object]) -> None:
    refused = 0
    for number, path in enumerate(paths(content)):
        # Every type stands somewhere at every depth, and not everywhere, which would take long.
        for at in range(number % 3, len(WRONG), 3):
            text = json.dumps(with_part(content, path, WRONG[at]))
            try:
                read_terraform_json("given.json", text, alone=bool(at % 2))
            except InputError as error:
                refused += 1
                assert error.message.startswith("given.json "), path  # noqa: PT017 - there may be none
                assert "\n" not in error.message  # noqa: PT017 - same
                assert len(error.message) < 300  # noqa: PT017 - same
    assert refused > 30


def test_values_of_other_types_are_judged_without_a_traceback(tmp_path: Path) -> None:
    changes = FULL["resource_changes"]
    assert isinstance(changes, list)
    values = [way for way in paths(changes) if "after" in way[:-1]]
    path = tmp_path / "plan.json"
    for number, way in enumerate(values):
        path.write_text(json.dumps(plan(with_part(changes, way, WRONG[number % len(WRONG)]))), encoding="utf-8")
        result = podroom("check", str(path))
        assert result.exit_code in {0, 1}, (way, result.output)


REFUSED = {
    "a change that is no object": (plan([7]), "its resource_changes holds something that is no object"),
    "a change without an address": (plan([{"type": "aws_subnet", "change": {}}]), "its address is not a text"),
    "what it does": (plan([{**subnet(0), "change": []}]), "the change of aws_subnet.own[0] is not an object"),
    "actions": (plan([subnet(0, actions="create")]), "the actions of aws_subnet.own[0] is not a list"),
    "one of the actions": (
        plan([subnet(0, actions=[1])]),
        "the actions of aws_subnet.own[0] holds something that is no text",
    ),
    "values": (
        plan([with_part(subnet(0), ("change", "after"), [1])]),
        "the after of aws_subnet.own[0] is not an object",
    ),
    "an index": (
        plan([{**subnet(0), "index": 1.5}]),
        "the index of aws_subnet.own[0] is neither a text nor a whole number",
    ),
    "a module": (plan([{**subnet(0), "module_address": "x.y"}]), "the module of aws_subnet.own[0] is no address"),
    "a child module": (
        plan([], planned_values={"root_module": {"child_modules": {}}}),
        "its child_modules is not a list",
    ),
    "attributes of a state": (
        with_part(STATE, ("resources", 0, "instances", 0, "attributes"), "x"),
        "the values of module.a.aws_subnet.a[0] is not an object",
    ),
    "marks of a state": (
        with_part(STATE, ("resources", 0, "instances", 0, "sensitive_attributes"), [["x"]]),
        "its path holds something that is no object",
    ),
}


@pytest.mark.parametrize(("content", "expected"), REFUSED.values(), ids=list(REFUSED))
@pytest.mark.parametrize("beside", [True, False])
def test_which_part_has_another_type_is_said(tmp_path: Path, content: object, expected: str, *, beside: bool) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_subnet" "own" {}', encoding="utf-8")
    path = tmp_path / "given.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    result = podroom("check", *([str(tmp_path), "--plan"] if beside else []), str(path))
    assert (result.exit_code, len(result.stderr.strip().splitlines())) == (2, 1)
    assert f"given.json is not as Terraform writes it: {expected}" in result.stderr


@pytest.mark.parametrize("content", [RICH, STATE, SHOWN], ids=["plan", "state file", "state"])
@pytest.mark.parametrize("depth", ["outermost", "innermost"])
def test_a_key_that_an_object_has_twice_is_refused(content: Mapping[str, object], depth: str) -> None:
    text = json.dumps(content)
    at = 1 if depth == "outermost" else text.rindex('{"') + 1
    key = text[at : text.index(":", at)]
    with pytest.raises(InputError, match=r"given\.json is not as Terraform writes it: an object in it has a key twice"):
        read_terraform_json("given.json", f"{text[:at]}{key}: [], {text[at:]}")


@pytest.mark.parametrize("levels", [150, 10_000, 200_000])
@pytest.mark.parametrize(
    "place", ["after", "before", "after_unknown", "after_sensitive", "values", "expressions", "child_modules", "output"]
)
def test_what_is_nested_deeply_ends_in_one_sentence_or_is_passed_over(tmp_path: Path, place: str, levels: int) -> None:
    hole = "HOLE"
    content: object = {
        "values": plan([], planned_values={"root_module": {"resources": [{**subnet(0), "values": {"x": hole}}]}}),
        "expressions": plan(
            [], configuration={"root_module": {"resources": [{"address": "a.b", "expressions": hole}]}}
        ),
        "child_modules": plan([], planned_values={"root_module": {"child_modules": hole}}),
        "output": plan([subnet(0)], output_changes=hole),
    }.get(place) or plan([with_part(subnet(0), ("change", place), {"x": hole})])
    filling = deep(levels)
    if place in {"expressions", "child_modules"}:
        opening = '{"x":' if place == "expressions" else '[{"child_modules":'
        closing = "}" if place == "expressions" else "}]"
        filling = opening * levels + ("{}" if place == "expressions" else "[]") + closing * levels
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(content).replace(f'"{hole}"', filling), encoding="utf-8")
    result = podroom("check", str(path))
    assert result.exit_code in {0, 2}
    assert result.exception is None or isinstance(result.exception, SystemExit)
    if result.exit_code:
        assert "is nested more deeply than podroom follows" in result.stderr or "nested more deeply" in result.stderr
