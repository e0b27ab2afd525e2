"""The JSON or YAML documents of one file, as plain values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

from podroom.errors import InputError
from podroom.positions import Document
from podroom.sources.terraform_json import text_of

if TYPE_CHECKING:
    from podroom.sources.yaml import Node

LARGEST = 32 * 1024 * 1024
"""In bytes."""

_TWICE = "an object in it has one key twice"
_OPENING = ("{", "[")


def read_documents(shown: str, data: bytes) -> Iterator[object]:
    """Yield the documents of a file that `shown` names: JSON, several behind each other too, or YAML.

    Raises `InputError` with one sentence for everything else.
    """
    text = text_of(shown, data, "inventory")
    start = text.lstrip()
    if not start:
        raise InputError(f"{shown} is empty: the command that was to write it may have failed")
    yield from _json(shown, text) if start.startswith(_OPENING) else _yaml(shown, text)


def _json(shown: str, text: str) -> Iterator[object]:
    decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_object)
    at, end = 0, len(text.rstrip())
    while at < end:
        at += len(text[at : at + 4096]) - len(text[at : at + 4096].lstrip())
        if text[at].isspace():
            continue
        try:
            content, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            why = "it ends too early" if error.pos >= end else error.msg[:1].lower() + error.msg[1:]
            raise InputError(f"{shown} is no JSON: {why} (line {error.lineno}, column {error.colno})") from error
        except _TwiceError as error:
            raise InputError(f"{shown} is not understood: {_TWICE}") from error
        except RecursionError as error:
            raise InputError(f"{shown} is nested more deeply than podroom follows") from error
        except (ValueError, ArithmeticError) as error:  # NaN, and numbers that Python refuses for their size
            raise InputError(f"{shown} holds a number that podroom does not read") from error
        yield content


class _TwiceError(Exception):
    """An object has one key twice."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _yaml(shown: str, text: str) -> Iterator[object]:
    from podroom.sources.yaml import compose_document  # noqa: PLC0415 - most print JSON

    stream = compose_document(Document(shown, text))
    if stream.problem is not None:
        raise InputError(f"{shown} is neither JSON nor YAML: {stream.problem.message}")
    for document in stream.documents:
        try:
            yield _plain(document)
        except _TwiceError as error:
            raise InputError(f"{shown} is not understood: {_TWICE}") from error


def _plain(node: Node | None) -> object:
    from podroom.sources.yaml import Mapping, Scalar, ScalarKind, Sequence  # noqa: PLC0415 - as above

    if isinstance(node, Mapping):
        return _object([(one.key.text, _plain(one.value)) for one in node.entries if isinstance(one.key, Scalar)])
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    if not isinstance(node, Scalar) or node.kind is ScalarKind.NULL:
        return None
    if node.kind is ScalarKind.BOOLEAN:
        return node.text.lower() in {"true", "yes", "on", "y"}
    if node.kind is ScalarKind.INTEGER and node.text.lstrip("-").isdecimal():
        return int(node.text) if len(node.text) < 20 else node.text
    return node.text
