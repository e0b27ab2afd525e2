"""What a plan keeps of its configuration: which names are in which expression, and the commands of provisioners.

Values are left out; those that count are in the plan's changes.
Format: https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from podroom.errors import InputError
from podroom.records import dataclass
from podroom.sources.json_parts import mapping, objects, string, strings
from podroom.sources.plan_values import MOST_LEVELS

References: TypeAlias = "tuple[str, ...]"
"""The names in an expression in their order, each followed by its own beginnings: `a.b[0].id`, `a.b[0]`, `a.b`."""
Expression: TypeAlias = "References | list[Expression] | dict[str, Expression]"
"""The names in an attribute, or the blocks of one type; `dynamic` blocks are not kept by Terraform."""


@dataclass(frozen=True, slots=True)
class ConfiguredResource:
    """A `resource` or `data` block; `repeated` are the names in its `count` or `for_each`.

    `commands` are those that provisioners run, None for one that hangs on anything.
    """

    expressions: Mapping[str, Expression]
    repeated: References
    commands: tuple[str | None, ...]

    def find(self, path: Sequence[str]) -> References | None:
        """Return the names in the attribute at the end of a path of block types, None if it is not written."""
        found: list[Expression] = [dict(self.expressions)]
        for name in path:
            blocks = [one for part in found for one in (part if isinstance(part, list) else [part])]
            if blocks and all(isinstance(one, tuple) for one in blocks):
                break  # the block is written as an attribute
            found = [one[name] for one in blocks if isinstance(one, dict) and name in one]
        return tuple(name for part in found if isinstance(part, tuple) for name in part) if found else None


@dataclass(frozen=True, slots=True)
class ConfiguredCall:
    """A `module` block; `repeated` are the names in its `count` or `for_each`."""

    arguments: Mapping[str, References]
    repeated: References
    module: ConfiguredModule


@dataclass(frozen=True, slots=True)
class ConfiguredModule:
    """A module as a plan keeps it: resources by what they are called in it (`data.aws_vpc.a`), calls and outputs."""

    resources: Mapping[str, ConfiguredResource]
    calls: Mapping[str, ConfiguredCall]
    outputs: Mapping[str, References]


def read_configuration(module: Mapping[str, object], level: int = 0) -> ConfiguredModule:
    """Return a module and all that it calls.  Raises `InputError` where they are nested too deeply."""
    if level > MOST_LEVELS:
        raise InputError("its modules are nested more deeply than podroom follows")
    calls = {}
    listed = mapping(module, "module_calls")
    for name in listed:
        inner = mapping(listed, name)
        expressions = mapping(inner, "expressions")
        arguments = {key: _names(expressions, key) for key in expressions}
        below = read_configuration(mapping(inner, "module"), level + 1)
        calls[name] = ConfiguredCall(arguments, _repeated(inner), below)
    outputs = mapping(module, "outputs")
    return ConfiguredModule(
        {string(one, "address"): _resource(one) for one in objects(module, "resources")},
        calls,
        {name: _names(mapping(outputs, name), "expression") for name in outputs},
    )


def _resource(resource: Mapping[str, object]) -> ConfiguredResource:
    commands = [
        mapping(mapping(one, "expressions"), "command")
        for one in objects(resource, "provisioners")
        if one.get("type") == "local-exec"
    ]
    values = [command.get("constant_value") for command in commands]
    return ConfiguredResource(
        {name: _expression(part, 0) for name, part in mapping(resource, "expressions").items()},
        _repeated(resource),
        tuple(value if isinstance(value, str) else None for value in values),
    )


def _repeated(block: Mapping[str, object]) -> References:
    return (*_names(block, "for_each_expression"), *_names(block, "count_expression"))


def _expression(part: object, level: int) -> Expression:
    if level > MOST_LEVELS:
        raise InputError("its blocks are nested more deeply than podroom follows")
    if isinstance(part, list):
        return [_expression(one, level + 1) for one in part]
    content = mapping({"expression": part}, "expression")
    if not content or "references" in content or "constant_value" in content:
        return strings(content, "references")
    return {name: _expression(one, level + 1) for name, one in content.items()}


def _names(holder: Mapping[str, object], name: str) -> References:
    return strings(mapping(holder, name), "references")
