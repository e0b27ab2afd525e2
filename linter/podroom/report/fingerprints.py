"""What tells findings apart however the lines move: for code scanning, which follows a finding over many commits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from podroom.positions import Paths
from podroom.rule import Finding

_BETWEEN = "\x1f"


def fingerprint(parts: Iterable[str]) -> str:
    """Return 64 hexadecimal digits for a few texts."""
    return hashlib.sha256(_BETWEEN.join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def fingerprints(findings: Sequence[Finding], paths: Paths) -> list[str]:
    """Return a fingerprint for each finding, in their order.

    It hangs on the rule, the file, what is affected and the guilty text, but on no line and no figure of the message.
    Findings alike in all of that are numbered in the order of their places.
    """
    keys = [_key(finding, paths) for finding in findings]
    by_place = sorted(range(len(findings)), key=lambda at: (findings[at].span.start, findings[at].message))
    seen: dict[tuple[str, ...], int] = {}
    numbers: dict[int, int] = {}
    for at in by_place:
        numbers[at] = seen[keys[at]] = seen.get(keys[at], -1) + 1
    return [fingerprint((*key, str(numbers[at]))) for at, key in enumerate(keys)]


def _key(finding: Finding, paths: Paths) -> tuple[str, ...]:
    guilty = " ".join(finding.span.text.split())
    return (finding.code, paths.from_top(finding.span.path), finding.address, guilty, *finding.variants)
