"""podroom's own configuration: `podroom.toml`, `.podroom.toml` or `[tool.podroom]` in pyproject.toml."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from podroom.capacity.assessment import MANY_NODES, Assumptions, ZoneBalance
from podroom.capacity.max_pods import HOST_NETWORK_PODS
from podroom.capacity.subnets import EXPECTED_PODS_PER_NODE
from podroom.errors import UsageError
from podroom.positions import Document, Span
from podroom.records import dataclass

NAMES = ("podroom.toml", ".podroom.toml", "pyproject.toml")
"""The files that may hold the configuration, the strongest first."""

_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "assumptions": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "host_network_pods": {"type": "integer", "minimum": 0},
                "expected_pods_per_node": {"type": "integer", "minimum": 1},
                "many_nodes": {"type": "integer", "minimum": 1},
                "pods_with_security_groups": {"type": "integer", "minimum": 0},
                "zone_balance": {"enum": [balance.value for balance in ZoneBalance]},
            },
        },
        # What an entry may hold is checked by the catalog, which knows the facts of a type.
        "instance_types": {"type": "object", "additionalProperties": {"type": "object"}},
    },
}


@dataclass(frozen=True, slots=True)
class Config:
    """What the user configured; `instance_types` are facts about types that the bundled table lacks or has wrong."""

    path: str | None = None
    assumptions: Assumptions = field(default_factory=Assumptions)
    instance_types: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def read_config(document: Document) -> Config | None:
    """Read a configuration file; None if it is a pyproject.toml without `[tool.podroom]`.

    Raises `UsageError` with the place, if it is known, for anything that podroom does not understand.
    """
    if document.path.endswith("pyproject.toml") and "podroom" not in document.text:
        return None
    table = _load(document)
    if document.path.endswith("pyproject.toml"):
        table = table.get("tool", {}).get("podroom")
        if table is None:
            return None
    _validate(table, document)
    assumptions = table.get("assumptions", {})
    return Config(
        path=document.path,
        assumptions=Assumptions(
            host_network_pods=assumptions.get("host_network_pods", HOST_NETWORK_PODS),
            expected_pods_per_node=assumptions.get("expected_pods_per_node", EXPECTED_PODS_PER_NODE),
            many_nodes=assumptions.get("many_nodes", MANY_NODES),
            pods_with_security_groups=assumptions.get("pods_with_security_groups"),
            zone_balance=ZoneBalance(assumptions.get("zone_balance", ZoneBalance.BALANCED)),
        ),
        instance_types=table.get("instance_types", {}),
    )


def _load(document: Document) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - only a project with a configuration needs it
    else:
        import tomli as tomllib  # noqa: PLC0415 - the same library, before it joined the standard library
    try:
        return tomllib.loads(document.text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{document.path} is no valid TOML: {error}") from error


def _validate(table: dict[str, Any], document: Document) -> None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - only a project with a configuration needs it

    for error in Draft202012Validator(_SCHEMA).iter_errors(table):
        where = ".".join(str(part) for part in error.absolute_path)
        if error.validator == "additionalProperties":
            allowed = list(error.schema["properties"])
            key = next(key for key in error.instance if key not in allowed)
            full = f"{where}.{key}" if where else key
            raise UsageError(f"unknown setting {full}{_hint(key, allowed)}", _find(document, key))
        last = str(error.absolute_path[-1]) if error.absolute_path else ""
        raise UsageError(f"{where or 'the configuration'}: {error.message}", _find(document, last))


def _hint(key: str, allowed: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only a misspelt setting needs it

    close = get_close_matches(key, allowed, n=1)
    return f"; did you mean {close[0]}?" if close else f"; podroom knows {', '.join(allowed)}"


def _find(document: Document, key: str) -> Span | None:
    start = document.text.find(key) if key else -1
    return Span(document, start, start + len(key)) if start >= 0 else None
