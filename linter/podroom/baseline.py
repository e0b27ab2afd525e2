"""A baseline: the findings that were there when somebody began to use podroom, so that only new ones are told of.

An entry is a rule, an address and a file, with how many such findings there are; it knows no lines.  Files begin at the
folder of the baseline.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from podroom.engine import Outcome, Suppressed, Unused
from podroom.errors import UsageError
from podroom.positions import Document, Paths, Span
from podroom.records import dataclass, replace
from podroom.rule import Finding
from podroom.sources.json_text import TOO_DEEP
from podroom.suppressions import Suppression

VERSION = "1"

Key: TypeAlias = tuple[str, str, str]
"""A code, an address and a file."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a baseline holds: how many findings there are of each kind, and where that is written."""

    document: Document
    counts: Mapping[Key, int]
    paths: Paths
    """With the folder of the baseline as the top."""


def read_baseline(document: Document, paths: Paths) -> Baseline:
    """Read a baseline; raises `UsageError` with the place for one that is not understood."""
    try:
        data = json.loads(document.text)
    except json.JSONDecodeError as error:
        message = f"the baseline is no valid JSON: {error.msg}; write it anew with podroom baseline create"
        raise UsageError(message, Span(document, error.pos, error.pos)) from error
    except RecursionError as error:
        message = f"the baseline is {TOO_DEEP}; write it anew with podroom baseline create"
        raise UsageError(message, Span(document, 0, 0)) from error
    except ValueError as error:  # more digits than Python reads
        message = "the baseline holds a number that podroom does not read; write it anew with podroom baseline create"
        raise UsageError(message, Span(document, 0, 0)) from error
    if not isinstance(data, dict) or data.get("version") != VERSION or not isinstance(data.get("findings"), list):
        message = f"this is no baseline of version {VERSION}; write it anew with podroom baseline create"
        raise UsageError(message, Span(document, 0, 0))
    counts: Counter[Key] = Counter()
    for entry in data["findings"]:
        key, count = _entry(entry, document)
        counts[key] += count
    return Baseline(document, counts, paths)


def _entry(entry: Any, document: Document) -> tuple[Key, int]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(entry, dict) and entry.keys() <= {"code", "address", "file", "count"}:
        texts = [entry.get(name) for name in ("code", "address", "file")]
        count = entry.get("count", 1)
        if all(isinstance(text, str) for text in texts) and type(count) is int and count > 0:
            code, address, file = map(str, texts)
            return (code, address, file), count
    shown = json.dumps(entry, ensure_ascii=False)
    raise UsageError(f"an entry has a code, an address, a file and perhaps a count, not {shown}", Span(document, 0, 0))


def written(counts: Mapping[Key, int]) -> str:
    """Return the text of a baseline, an entry on each line, so that a change of it can be read."""
    entries = []
    for (code, address, file), count in sorted(counts.items()):
        entry: dict[str, str | int] = {"code": code, "address": address, "file": file}
        entries.append(json.dumps(entry if count == 1 else {**entry, "count": count}, ensure_ascii=False))
    inner = "".join(f"\n    {entry}," for entry in entries).rstrip(",")
    listed = f"[{inner}\n  ]" if entries else "[]"
    return f'{{\n  "version": "{VERSION}",\n  "findings": {listed}\n}}\n'


def counted(findings: Iterable[Finding], paths: Paths) -> Counter[Key]:
    """Return how many findings there are of each kind."""
    return Counter(_key(finding, paths) for finding in findings)


def _key(finding: Finding, paths: Paths) -> Key:
    return (finding.code, finding.address, paths.from_top(finding.span.path))


def applied(outcome: Outcome, baseline: Baseline, judged: Sequence[str]) -> Outcome:
    """Return an outcome in which the findings of a baseline are suppressed, and its stale entries reported.

    `judged` are the absolute folders that were judged with all that is below them.  Of more findings of one kind than
    the baseline has, those that stand last are new.
    """
    left = Counter(baseline.counts)
    known: set[int] = set()
    for finding in sorted(outcome.findings, key=lambda finding: finding.span.start):
        key = _key(finding, baseline.paths)
        if left[key] > 0:
            left[key] -= 1
            known.add(id(finding))
    reason = f"in the baseline {baseline.document.path}"
    taken = [
        Suppressed(finding, reason, _place(baseline, _key(finding, baseline.paths)))
        for finding in outcome.findings
        if id(finding) in known
    ]
    gone = stale(outcome, baseline, judged)
    return replace(
        outcome,
        findings=tuple(finding for finding in outcome.findings if id(finding) not in known),
        suppressed=(*outcome.suppressed, *taken),
        unused=(*outcome.unused, *(_unused(baseline, key) for key in gone)),
        inputs=outcome.inputs | {baseline.document.path},
    )


def stale(outcome: Outcome, baseline: Baseline, judged: Sequence[str]) -> dict[Key, int]:
    """Return of which kinds a baseline has too many, with how many: what was mended since.

    What may lie outside of what was judged, or could not be read or decided, is not called stale.
    """
    if outcome.problems or not all(open_.codes for open_ in outcome.undecided):
        return {}
    undecided = {code for open_ in outcome.undecided for code in open_.codes}
    found = counted((*outcome.findings, *(one.finding for one in outcome.suppressed)), baseline.paths)
    gone = {}
    for key, count in sorted(baseline.counts.items()):
        code, _, file = key
        full = baseline.paths.absolute_from_top(file)
        whole = any(f"{full}/".startswith(f"{folder.rstrip('/')}/") for folder in judged)
        if whole and code in outcome.ran and code not in undecided and found[key] < count:
            gone[key] = count - found[key]
    return gone


def _unused(baseline: Baseline, key: Key) -> Unused:
    code, address, file = key
    suppression = Suppression((code,), "", _place(baseline, key), 0, 0)
    reason = f"{address} in {file} no longer has this finding {code}; run podroom baseline update"
    return Unused(suppression, reason)


def _place(baseline: Baseline, key: Key) -> Span:
    """Return where an entry is written, the beginning of the file if it was written by hand."""
    code, address, file = key
    text = json.dumps({"code": code, "address": address, "file": file}, ensure_ascii=False).rstrip("}")
    start = max(0, baseline.document.text.find(text))
    return Span(baseline.document, start, start)
