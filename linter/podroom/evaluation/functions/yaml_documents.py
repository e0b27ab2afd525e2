"""`yamldecode`: YAML 1.1 as Terraform's own parser resolves it."""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal

import yaml

from podroom.evaluation.encoded import from_data
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.terms import Term

_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\Z")
_MOST_NODES = 100_000
_DEEPEST = 100


def decode_yaml(text: str) -> Term:
    """Return the value of a YAML document; raise `EvaluationFailure` if it is none or has several."""
    try:
        node = yaml.compose(text, Loader=_loader())
    except (yaml.YAMLError, RecursionError) as error:
        raise EvaluationFailure(f"the text is not valid YAML: {_summary(error)}") from None
    if node is None:
        return from_data(None)
    return from_data(_Reader().read(node, 0))


def _loader() -> type:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _summary(error: Exception) -> str:
    problem = getattr(error, "problem", None)
    return str(problem) if problem else "it is nested too deeply"


class _Reader:
    """Resolves the nodes of a document; aliases are bounded, because a few lines can mean billions."""

    def __init__(self) -> None:
        self._nodes = 0
        self._open: set[int] = set()

    def read(self, node: yaml.Node, depth: int) -> object:
        self._nodes += 1
        if self._nodes > _MOST_NODES or depth > _DEEPEST or id(node) in self._open:
            raise EvaluationFailure("the YAML holds more than podroom follows")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.read(item, depth + 1) for item in node.value]
            return self._mapping(node, depth)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.Node, depth: int) -> dict[Hashable, object]:
        own: dict[Hashable, object] = {}
        merged: dict[Hashable, object] = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == "<<" and not key.style:
                inherited = self.read(value, depth + 1)
                for mapping in inherited if isinstance(inherited, list) else [inherited]:
                    if isinstance(mapping, dict):
                        merged = {**mapping, **merged}
                continue
            name = self.read(key, depth + 1)
            if isinstance(name, list | dict) or name is None:
                raise EvaluationFailure("a key of a YAML mapping must be a plain value")
            if name in own:
                raise EvaluationFailure(f'the YAML has the key "{name}" twice')
            own[_key(name)] = self.read(value, depth + 1)
        return {**merged, **own}


def _key(name: object) -> str:
    if isinstance(name, bool):
        return "true" if name else "false"
    return str(name)


def _scalar(node: yaml.ScalarNode) -> object:
    text = node.value
    if node.style or node.tag == "!" or not isinstance(text, str):
        return text
    if node.tag == "tag:yaml.org,2002:str" and (text in _TRUE or text in _FALSE):
        return text in _TRUE  # PyYAML takes a bare y or n for a text, Terraform does not
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text in _NULL:
        return None
    if len(text) <= 300:  # noqa: PLR2004 - no number that means anything is longer
        if _INTEGER.match(text):
            return _integer(text)
        if _FLOAT.match(text):
            return Decimal(text.replace("_", ""))
    date = _DATE.match(text)
    if date:
        year, month, day = date.groups()
        return f"{year}-{int(month):02}-{int(day):02}T00:00:00Z"
    return text


def _integer(text: str) -> int:
    digits = text.replace("_", "").lower()
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    for prefix, base in (("0x", 16), ("0b", 2), ("0o", 8)):
        if digits.startswith(prefix):
            return sign * int(digits[2:], base)
    return sign * int(digits, 8 if len(digits) > 1 and digits.startswith("0") else 10)
