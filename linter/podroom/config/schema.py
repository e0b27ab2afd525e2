"""What a configuration may say."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from podroom.capacity.assessment import ZoneBalance
from podroom.config.locating import find_setting
from podroom.errors import UsageError
from podroom.positions import Document
from podroom.rule import Confidence, Severity
from podroom.sources.toml import has_deep_key

_SELECTORS = {
    "type": "array",
    "items": {"type": "string", "minLength": 1},
    "description": "Rules by code (PR101), by the beginning of codes (PR1), by name (stale-max-pods), or ALL.",
}
_SEVERITY = {"enum": [str(severity) for severity in sorted(Severity, reverse=True)]}

"""What only a key of more parts than are followed holds; it begins with a dot so that few places are tried."""

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "podroom.toml",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "select": {**_SELECTORS, "default": ["ALL"]},
        "extend_select": {**_SELECTORS, "default": []},
        "ignore": {**_SELECTORS, "default": []},
        "severity": {
            "description": "What the findings of rules are turned into, by selectors as in `select`.",
            "type": "object",
            "additionalProperties": _SEVERITY,
        },
        "per_path_ignores": {
            "description": "Rules that are not told of for files of a path; paths begin at the folder of this file.",
            "type": "object",
            "additionalProperties": _SELECTORS,
        },
        "accepted": {
            "description": "Findings that are accepted, each with the reason.",
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["rule", "reason"],
                "properties": {
                    "rule": {"type": "string", "minLength": 1, "description": "Code or name."},
                    "reason": {"type": "string", "pattern": "\\S", "description": "Why it is accepted."},
                    "path": {"type": "string", "minLength": 1, "description": "Only in such files: prod/*.tf"},
                    "address": {"type": "string", "minLength": 1, "description": "Only there; * stands for anything."},
                    "until": {"type": "string", "format": "date", "description": "The last day on which it holds."},
                },
            },
        },
        "baseline": {"type": "string", "minLength": 1, "description": "A baseline; it begins at this folder."},
        "fail_on": {**_SEVERITY, "default": str(Severity.WARNING)},
        "min_confidence": {"enum": [str(confidence) for confidence in Confidence], "default": str(Confidence.LOW)},
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
"""Dates of TOML are texts here, YYYY-MM-DD."""


def load(document: Document) -> dict[str, Any]:
    """Return the tables of a TOML document; raises `UsageError`."""
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - only a project with a configuration needs it
    else:
        import tomli as tomllib  # noqa: PLC0415 - the same library, before it joined the standard library
    if document.text.startswith("\ufeff"):
        raise UsageError(
            f"{document.path} starts with a byte order mark, which TOML does not have; save it without one"
        )
    if has_deep_key(document.text):  # tomllib would take memory by the square of the parts
        raise UsageError(f"{document.path} is nested more deeply than podroom follows")
    try:
        return tomllib.loads(document.text)
    except RecursionError as error:
        raise UsageError(f"{document.path} is nested more deeply than podroom follows") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{document.path} is no valid TOML: {error}") from error
    except ValueError as error:  # Python refuses to read thousands of digits
        raise UsageError(f"{document.path} is no valid TOML: a whole number has more than 64 bits") from error


def validate(table: Mapping[str, Any], document: Document, top: tuple[str, ...]) -> None:
    """Raise `UsageError` with the place of the first thing that podroom does not understand.

    `top` are the names of the tables around the configuration.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - only a project with a configuration needs it

    for error in Draft202012Validator(SCHEMA).iter_errors(table):
        path = tuple(error.absolute_path)
        where = ".".join(map(str, path))
        if error.validator == "additionalProperties":
            allowed = list(error.schema["properties"])
            key = next(key for key in error.instance if key not in allowed)
            full = f"{where}.{key}" if where else key
            raise UsageError(f"unknown setting {full}{_hint(key, allowed)}", find_setting(document, (*top, *path, key)))
        raise UsageError(f"{where or 'the configuration'}: {_said(error)}", find_setting(document, (*top, *path)))


def _said(error: Any) -> str:  # noqa: ANN401 - jsonschema is imported late
    if error.validator == "pattern":
        return "it must not be empty"
    message: str = error.message
    return message


def _hint(key: str, allowed: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only a misspelt setting needs it

    close = get_close_matches(key.replace("-", "_"), allowed, n=1)
    return f"; did you mean {close[0]}?" if close else f"; podroom knows {', '.join(allowed)}"
