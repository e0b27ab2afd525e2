"""Functions that encode and decode; what they encode of something unknown can still be decoded."""

from __future__ import annotations

import binascii
from collections.abc import Callable

from podroom.evaluation.encoded import decode_json, json_text, yaml_text
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.functions.registry import Parameter, function
from podroom.evaluation.terms import Encoded, ListTerm, ObjectTerm, Term, derived, wholly_known
from podroom.evaluation.types import DYNAMIC, STRING, ObjectType

_ANYTHING = Parameter(DYNAMIC, null=True, unknown=True)
_HOLED = Parameter(STRING, unknown=True)


@function("jsonencode", _ANYTHING, result=STRING)
def _jsonencode(term: Term) -> Term:
    return json_text(term) if wholly_known(term) else Encoded("json", term)


@function("yamlencode", _ANYTHING, result=STRING)
def _yamlencode(term: Term) -> Term:
    return yaml_text(term) if wholly_known(term) else Encoded("yaml", term)


@function("jsondecode", _HOLED)
def _jsondecode(text: Term) -> Term:
    return _decoded(text, "json", decode_json)


@function("yamldecode", _HOLED)
def _yamldecode(text: Term) -> Term:
    from podroom.evaluation.functions.yaml_documents import decode_yaml  # noqa: PLC0415 - PyYAML is slow to load

    return _decoded(text, "yaml", decode_yaml)


def _decoded(text: Term, kind: str, decode: Callable[[str], Term]) -> Term:
    if isinstance(text, str):
        return decode(text)
    if isinstance(text, Encoded) and text.kind == kind:
        return text.value
    return derived(DYNAMIC, text)


def _base64(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode("ascii")


@function("base64encode", _HOLED, result=STRING)
def _base64encode(text: Term) -> Term:
    if isinstance(text, str):
        return _base64(text.encode())
    return Encoded("base64", text)


@function("base64decode", _HOLED, result=STRING)
def _base64decode(text: Term) -> Term:
    if isinstance(text, Encoded) and text.kind == "base64":
        return text.value
    if not isinstance(text, str):
        return derived(STRING, text)
    from base64 import b64decode  # noqa: PLC0415 - only few configurations decode

    try:
        return b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode()
    except (binascii.Error, ValueError):
        raise EvaluationFailure("the text is no base64 of a UTF-8 text") from None


@function("base64gzip", _HOLED, result=STRING)
def _base64gzip(text: Term) -> Term:
    """Keep the text: what matters of compressed data is what it was."""
    return Encoded("base64gzip", text)


@function("urlencode", STRING, result=STRING)
def _urlencode(text: str) -> Term:
    from urllib.parse import quote_plus  # noqa: PLC0415 - only few configurations need it

    return quote_plus(text, safe="-_.~")


@function("textencodebase64", STRING, STRING, result=STRING)
def _textencodebase64(text: str, encoding: str) -> Term:
    try:
        return _base64(text.encode(encoding))
    except (LookupError, UnicodeError):
        raise EvaluationFailure(f"the text cannot be encoded as {encoding}") from None


@function("textdecodebase64", STRING, STRING, result=STRING)
def _textdecodebase64(text: str, encoding: str) -> Term:
    from base64 import b64decode  # noqa: PLC0415 - only few configurations decode

    try:
        return b64decode(text, validate=True).decode(encoding)
    except (LookupError, UnicodeError, binascii.Error):
        raise EvaluationFailure(f"the text is no base64 of {encoding}") from None


@function("csvdecode", STRING)
def _csvdecode(text: str) -> Term:
    import csv  # noqa: PLC0415 - only few configurations need it

    try:
        rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error:
        raise EvaluationFailure("the text is no CSV") from None
    if not rows or len(set(rows[0])) != len(rows[0]):
        raise EvaluationFailure("the CSV needs a header line of distinct names")
    if any(len(row) != len(rows[0]) for row in rows[1:] if row):
        raise EvaluationFailure("the lines of the CSV have different numbers of fields")
    objects = [ObjectTerm(dict(zip(rows[0], row, strict=True))) for row in rows[1:] if row]
    return ListTerm(ObjectType(dict.fromkeys(sorted(rows[0]), STRING)), objects)
