"""What tests of plans and states share: small plans, the fixtures, and comparing Worlds."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from checkout import CHECKOUT
from podroom import cli

EKS21 = CHECKOUT / "tests" / "plans" / "eks21"
EXPANSIONS = sorted((CHECKOUT / "tests" / "oracle" / "data" / "module-expansions").glob("*.json"))
PLANS = ("create", "drift", "refresh_only", "state")
SECRET = "hunter2-is-planted-here"

CONFIGURATION = """
variable "size" {
  type = number
}

variable "token" {
  type      = string
  sensitive = true
}

data "aws_subnets" "nodes" {}

data "external" "types" {
  program = ["types"]
}

resource "aws_subnet" "own" {
  count             = data.external.types.result["subnets"]
  cidr_block        = "10.0.${count.index}.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_eks_node_group" "nodes" {
  for_each       = toset(split(",", data.external.types.result["groups"]))
  cluster_name   = "main"
  instance_types = [data.external.types.result["type"]]
  subnet_ids     = aws_subnet.own[*].id

  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = var.size
  }
}
"""


def change(address: str, after: Mapping[str, object], unknown: object = None, **more: object) -> dict[str, object]:
    """Return a resource change of a plan for an instance in the root module."""
    mode, _, local = ("data", "", address[5:]) if address.startswith("data.") else ("managed", "", address)
    kind, _, name = local.partition(".")
    name, _, key = name.partition("[")
    placed = {"address": address, "mode": mode, "type": kind, "name": name}
    if key:
        placed["index"] = json.loads(key[:-1])
    what = {"actions": ["create"], "before": None, "after": after, "after_unknown": unknown or {}}
    return {**placed, "change": {**what, "after_sensitive": {}, **more}}


def plan(changes: Sequence[Mapping[str, object]], **more: object) -> dict[str, object]:
    """Return a plan of `CONFIGURATION`."""
    variables = {"size": {"default": 1}, "token": {"sensitive": True}}
    blocks = [
        {"address": "aws_subnet.own"},
        {"address": "aws_autoscaling_group.nodes"},
        {"address": "aws_launch_template.nodes"},
    ]
    configured = {"root_module": {"resources": blocks, "variables": variables}}
    return {
        "format_version": "1.2",
        "variables": {"size": {"value": 12}, "token": {"value": SECRET}},
        "planned_values": {"root_module": {}},
        "resource_changes": list(changes),
        "configuration": configured,
        "complete": True,
        **more,
    }


def subnet(index: int, **more: object) -> dict[str, object]:
    block, unknown = {"cidr_block": f"10.0.{index}.0/24"}, {"id": True}
    return change(f"aws_subnet.own[{index}]", {**block, "availability_zone": "eu-west-1a"}, unknown, **more)


def nodes(name: str, size: int = 12, ids: Sequence[str | None] = (None, None)) -> dict[str, object]:
    scaling = [{"min_size": 1, "desired_size": 1, "max_size": size}]
    after = {"instance_types": ["m5.large"], "scaling_config": scaling, "subnet_ids": list(ids)}
    return change(f'aws_eks_node_group.nodes["{name}"]', after, {"subnet_ids": [one is None for one in ids]})


FULL = plan([subnet(0), subnet(1), nodes("blue"), nodes("green")])


def facts(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Iterate over what a World surely knows, each under its path."""
    if isinstance(value, dict) and "value" in value and not isinstance(value["value"], dict | list):
        yield path, value["value"]
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from facts(part, (*path, name))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            named = part.get("address") or part.get("name") if isinstance(part, dict) else None
            yield from facts(part, (*path, named if isinstance(named, str) else str(at)))


def comparable(value: object) -> object:
    """Return a World in which uses of subnets, a set, stand in one order."""
    if isinstance(value, list):
        return [comparable(one) for one in value]
    if not isinstance(value, dict):
        return value
    parts = {name: comparable(part) for name, part in value.items()}
    uses = parts.get("subnets")
    if isinstance(uses, dict) and "items" in uses:
        uses["items"] = sorted(uses["items"], key=lambda use: str(use["subnet"].get("value")))
    return parts


def as_plan(resources: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """Return a plan that creates resources with the attributes that Terraform planned for them."""

    def split(value: object) -> tuple[object, object]:
        if value == "(unknown)":
            return None, True
        if isinstance(value, dict):
            parts = {name: split(part) for name, part in value.items()}
            return tuple({name: part[side] for name, part in parts.items()} for side in (0, 1))
        if isinstance(value, list):
            return tuple([split(part)[side] for part in value] for side in (0, 1))
        return value, False

    changes = []
    for address, attributes in resources.items():
        module, kind, name, key = ADDRESS.fullmatch(address).groups()
        after, unknown = split({name: value for name, value in attributes.items() if name != "user_data_lines"})
        what = {"actions": ["create"], "before": None, "after": after, "after_unknown": unknown, "after_sensitive": {}}
        placed = {"address": address, "mode": "managed", "type": kind, "name": name, "change": what}
        placed |= {"module_address": module[:-1]} if module else {}
        changes.append(placed | ({"index": json.loads(key)} if key else {}))
    return {"format_version": "1.2", "planned_values": {}, "resource_changes": changes}


ADDRESS = re.compile(r'((?:.+\.)?)(aws_\w+)\.(\w+)(?:\[(\d+|".*")\])?')


GROUP = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m7g.2xlarge"
  user_data     = base64encode("#!/bin/bash\\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=58\\n")
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""


def policy(*types: object, version: str | None = None) -> dict[str, object]:
    launched: dict[str, object] = {"override": [{"instance_type": one} for one in types]}
    if version is not None:
        launched["launch_template_specification"] = [{"launch_template_id": "lt-a", "version": version}]
    return {"mixed_instances_policy": [{"launch_template": [launched]}]} if types else {}


def formats_of(command: str) -> tuple[str, ...]:
    """Return the formats that a command can print."""
    found = cli.podroom.get_command(click.Context(cli.podroom), command)
    assert found is not None
    (option,) = (one for one in found.params if one.name == "output_format")
    assert isinstance(option.type, click.Choice)
    return tuple(option.type.choices)


FORMATS = {command: formats_of(command) for command in ("check", "show", "capacity", "recommend")}


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


def planned(**more: object) -> bytes:
    return json.dumps(plan([], **more)).encode()


def write_fixtures(made: Path) -> Path:
    """Write the plans and the state of the configuration in `EKS21` into a folder, and return it."""
    for name in PLANS:
        (made / f"{name}.json").write_bytes(gzip.decompress((EKS21 / f"{name}.json.gz").read_bytes()))
    return made
