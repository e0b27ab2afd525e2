"""Digests of texts."""

from __future__ import annotations

import base64
import hashlib

from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.functions.registry import function
from podroom.evaluation.terms import Term
from podroom.evaluation.types import STRING

_ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
_NAMESPACES = {"dns": 0, "url": 1, "oid": 2, "x500": 4}


def _digest(algorithm: str, text: str) -> bytes:
    return hashlib.new(algorithm, text.encode(), usedforsecurity=False).digest()


def _register(algorithm: str) -> None:
    @function(algorithm, STRING, result=STRING)
    def _hexadecimal(text: str) -> Term:
        return _digest(algorithm, text).hex()

    if algorithm in {"sha256", "sha512"}:

        @function(f"base64{algorithm}", STRING, result=STRING)
        def _base64(text: str) -> Term:
            return base64.b64encode(_digest(algorithm, text)).decode("ascii")


for _algorithm in _ALGORITHMS:
    _register(_algorithm)


@function("uuidv5", STRING, STRING, result=STRING)
def _uuidv5(namespace: str, name: str) -> Term:
    import uuid  # noqa: PLC0415 - only few configurations need it

    if namespace in _NAMESPACES:
        base = uuid.UUID(int=uuid.NAMESPACE_DNS.int + (_NAMESPACES[namespace] << 96))
    else:
        try:
            base = uuid.UUID(namespace)
        except ValueError:
            raise EvaluationFailure(f'"{namespace[:40]}" is no namespace of UUIDs') from None
    return str(uuid.uuid5(base, name))
