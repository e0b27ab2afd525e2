"""Every folder of tests/cases/user_data: user data as people write it, and what podroom must read from it.

`input.*` is the user data; `⟦reference⟧` in it is a value that is not known before deployment, and
`⟦a|b⟧` one that is either a or b.  In `expected.json` every statement names the text that it was read
from.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from podroom.assembly.user_data import read_user_data
from podroom.model.world import UserData
from podroom.positions import Document, Span
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Known, OneOf, Unknown, Value

CASES = sorted(path for path in (Path(__file__).parent / "user_data").iterdir() if path.is_dir())


def traced(text: str, path: str = "user-data") -> TracedText:
    """Return a text in which each `⟦reference⟧` is a hole."""
    document = Document(path, text)
    pieces = []
    at = 0
    for mark in re.finditer("⟦([^⟧]*)⟧", text):
        pieces.append(Piece(text[at : mark.start()], Span(document, at, mark.start()), exact=True))
        span = Span(document, *mark.span())
        name = mark.group(1)
        if "|" in name:
            hole: Unknown | OneOf[str] = OneOf(tuple(name.split("|")), "var.choice has no value", span)
        else:
            hole = Unknown(f"{name} has no value", span, (name,))
        pieces.append(Piece(HOLE, span, hole=hole))
        at = mark.end()
    pieces.append(Piece(text[at:], Span(document, at, len(text)), exact=True))
    return TracedText(pieces)


def plain(value: Value[object]) -> object:
    """Return a value in a form that JSON has."""
    if isinstance(value, Known):
        return value.value
    if isinstance(value, OneOf):
        return {"one of": list(value.values)}
    return {"unknown": value.reason}


def written(origin: object) -> str:
    """Return the line and the text of a place."""
    assert isinstance(origin, Span)
    return f"{origin.first.line}: {origin.text}"


def as_json(data: UserData) -> dict[str, object]:
    """Return user data in the form of `expected.json`."""
    found: dict[str, object] = {
        "bootstraps": [bootstrap.need().value for bootstrap in data.bootstraps],
        "fixed": [[item.mechanism.name, plain(item.value), written(item.span)] for item in data.fixed],
        "use_max_pods": [[plain(item.value), written(item.span)] for item in data.use_max_pods],
        "expressions": [[plain(item.text), written(item.span)] for item in data.expressions],
        "gaps": [[gap.reason, written(gap.origin)] for gap in data.gaps],
    }
    if data.stray:
        found["stray"] = [[plain(item.value), written(item.span)] for item in data.stray]
    if data.open_here_documents:
        found["open_here_documents"] = [
            [
                item.delimiter,
                written(item.span),
                item.almost_end and written(item.almost_end),
                item.lines_behind,
                item.hides_bootstrap,
            ]
            for item in data.open_here_documents
        ]
    if data.calculator_calls:
        found["calculator_calls"] = [
            [
                call.path,
                None if call.version is None else plain(call.version),
                written(call.span),
                call.condition,
                call.brought,
            ]
            for call in data.calculator_calls
        ]
    if data.calculator_downloads:
        found["calculator_downloads"] = [[item.address, written(item.span)] for item in data.calculator_downloads]
    if data.unusable_settings:
        found["unusable_settings"] = [
            [item.fault.name, item.name, written(item.span), None if item.number is None else plain(item.number)]
            for item in data.unusable_settings
        ]
    if data.kube_reserved:
        found["kube_reserved"] = [written(span) for span in data.kube_reserved]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_user_data_says_what_is_expected(case: Path) -> None:
    (source,) = case.glob("input.*")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert as_json(read_user_data(traced(source.read_bytes().decode("utf-8")))) == expected


def test_there_are_cases() -> None:
    assert len(CASES) >= 20
