"""922 expressions and type constraints, each with what real Terraform made of it.

Terraform 1.11.4; where a newer release (1.15.5) differs, the case carries `alt` and that is followed.
Where podroom knows more than Terraform on purpose, the deviation is named here and in docs/evaluation.md.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from podroom.evaluation import numbers
from podroom.evaluation.constraints import apply_defaults, read_constraint
from podroom.evaluation.conversion import convert
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.operations import without_failures
from podroom.evaluation.project import Module, load_root
from podroom.evaluation.terms import (
    Choice,
    Encoded,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    PartialStr,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
    is_symbolic,
    type_of,
    wholly_known,
)
from podroom.evaluation.types import ListType, MapType, ObjectType, Primitive, SetType, TupleType, Type
from podroom.positions import Document
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse, parse_expression

DATA = Path(__file__).parent / "data" / "terraform-expressions"
DOCUMENT = Path(__file__).parents[2] / "docs" / "evaluation.md"
CASES = [
    json.loads(line, parse_float=Decimal)
    for line in (DATA / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    if '"meta"' not in line
]

# base64gzip keeps what it compressed: the bytes are those of Go's compressor, and nobody reads them as they are.
COMPRESSED = "c0618"

# Case -> the deviation of docs/evaluation.md, and what podroom makes of it.
DEVIATIONS = {
    "c1056": ("text with holes", "~a-{terraform_data.u.id}"),
    "c1066": ("candidates", '("a" | null)'),
    "c1067": ("candidates", "([1] | [])"),
    "c1068": ("candidates", "({a=1} | {})"),
    "c1094": ("unknowns of their own", "2"),
    "c1105": ("unknown keys", "{known=1, terraform_data.u.id=1}"),
    "c1108": ("candidates", '([?terraform_data.u.id, "known"] | ["known"])'),
    "c1118": ("incomplete collections", '["z", ...]'),
    "c1124": ("unknowns of their own", '[?terraform_data.u.id, "known"]'),
    "c1126": ("unknowns of their own", "2"),
    "c1127": ("unknowns of their own", '[?terraform_data.u.id, "known"]'),
    "c1128": ("order unknown", '["known", ?terraform_data.u.id]'),
    "c1133": ("members of unknown lists", "[?]"),
    "c1137": ("candidates", '(?terraform_data.u.id | "known")'),
    "c1144": ("text with holes", "~{?}-x"),
    "c1145": ("text with holes", "~a-{?}"),
    "c1147": ("encodings", 'json([?terraform_data.u.id, "known"])'),
    "c1148": ("encodings", "json({a=?terraform_data.u.id})"),
    "c1149": ("encodings", "{a=?terraform_data.u.id}"),
    "c1150": ("encodings", "base64(?terraform_data.u.id)"),
    "c1159": ("try and can", "true"),
    "c1173": ("members of unknown lists", "{a=?}"),
    "c1196": ("candidates", '("in-0" | "in-1" | "in-2")'),
    "c1210": ("text with holes", "~{?}"),
    "c1211": ("text with holes", "~{terraform_data.u.id},known,"),
    "c1214": ("text with holes", "~a={terraform_data.u.id}\n\nend\n"),
    "c1215": ("encodings", "yaml({a=?terraform_data.u.id})"),
    "c1216": ("unknown keys", "{terraform_data.u.id=1}"),
    "c1227": ("candidates", "(1 | 2)"),
    "c1229": ("candidates", '("a" | "b")'),
    "c1233": ("incomplete collections", "{a=1, ...}"),
    "c1243": ("incomplete collections", '["a", ...]'),
    "c1253": ("try and can", '[?terraform_data.u.id, "known"]'),
    "c1270": ("candidates", '("d" | ?terraform_data.dyn.output)'),
    "c1273": ("candidates", '([?terraform_data.u.id, "known"] | [])'),
    "c1274": ("candidates", '["a"]'),
    "c1275": ("candidates", "{a=1}"),
    "c1276": ("candidates", '(["a"] | ["b", "c"])'),
}


@pytest.fixture(scope="module")
def context() -> Module:
    root = str(DATA / "ctx")
    return load_root(Files(root, parse), root)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_expression_means_what_terraform_says(case: dict[str, Any], context: Module) -> None:
    expected = case | case.get("alt", {})
    outcome = _outcome(case, context)
    if case["id"] == COMPRESSED:
        text = gzip.decompress(base64.b64decode(expected["value"])).decode("utf-8")
        assert _shown(outcome) == f'base64gzip("{text}")'
    elif case["id"] in DEVIATIONS:
        assert isinstance(outcome, EvaluationFailure) is False
        assert _shown(outcome) == DEVIATIONS[case["id"]][1]
    elif expected["kind"] == "error":
        assert isinstance(outcome, EvaluationFailure), _shown(outcome)
    elif expected["kind"] == "value":
        assert wholly_known(_value(outcome))
        assert (_type(type_of(_value(outcome))), _plain(outcome)) == (expected["type"], _exact(expected["value"]))
    elif expected["kind"] == "unknown":
        assert isinstance(outcome, Sym)
    elif expected["kind"] == "partial":
        assert _without_false(_unknown(_value(outcome))) == _without_false(expected["after_unknown"])
        assert _known_part(_value(outcome)) == _exact(expected["after"])
    else:
        assert isinstance(outcome, Decimal)
        assert outcome.is_infinite()


@pytest.mark.parametrize("line", (DATA / "console.jsonl").read_text(encoding="utf-8").splitlines())
def test_expression_is_what_the_console_prints(line: str, context: Module) -> None:
    case = json.loads(line)
    outcome = _outcome({"id": "console", "expr": f"jsonencode([{case['expr']}])"}, context)
    if case.get("error"):
        assert isinstance(outcome, EvaluationFailure)
    else:
        assert isinstance(outcome, str)
        assert json.loads(outcome) == case["value"]


def test_most_cases_are_equal_and_every_deviation_is_explained() -> None:
    kinds = Counter((case | case.get("alt", {}))["kind"] for case in CASES)
    assert (len(CASES), kinds["value"]) == (922, 643)
    explained = DOCUMENT.read_text(encoding="utf-8")
    assert {name for name, _ in DEVIATIONS.values() if f"### {name[0].upper()}{name[1:]}\n" not in explained} == set()
    assert COMPRESSED not in DEVIATIONS
    by_id = {case["id"]: case for case in CASES}
    assert {(by_id[name] | by_id[name].get("alt", {}))["kind"] for name in DEVIATIONS} == {"unknown", "partial"}


def _outcome(case: dict[str, Any], context: Module) -> Term | EvaluationFailure:
    file = parse(Document(case["id"], f"v = {case['expr']}\n"))
    if file.problems:
        return EvaluationFailure(file.problems[0].message)
    scope = context.scope(file.document)
    budget = context.project.budget
    budget.steps = 0

    def work() -> Term:
        budget.trying = 1  # a part without a value counts as a failure of the whole, as in Terraform
        term = evaluate(file.body.attributes[0].expression, scope)
        if "type_constraint" not in case:
            return term
        document = Document("type", case["type_constraint"])
        expression, _ = parse_expression(document)
        constraint = read_constraint(expression, lambda node: evaluate(node, context.scope(document)))
        return convert(apply_defaults(constraint.defaults, term), constraint.type)

    try:
        return without_failures(budget.run(work))
    except EvaluationFailure as failure:
        return failure


def _value(outcome: Term | EvaluationFailure) -> Term:
    assert not isinstance(outcome, EvaluationFailure), outcome.message
    return outcome


def _type(kind: Type) -> object:
    """Return a type as cty writes it in JSON."""
    if isinstance(kind, Primitive):
        return kind.name
    if isinstance(kind, TupleType):
        return ["tuple", [_type(element) for element in kind.elements]]
    if isinstance(kind, ObjectType):
        return ["object", {name: _type(element) for name, element in sorted(kind.attributes.items())}]
    name = {ListType: "list", SetType: "set", MapType: "map"}[type(kind)]
    return [name, _type(kind.element)]


def _plain(outcome: object) -> object:
    """Return a known value as plain data in which true and 1 differ."""
    if isinstance(outcome, TupleTerm | ListTerm | SetTerm):
        return [_plain(item) for item in outcome.items]
    if isinstance(outcome, MapTerm | ObjectTerm):
        return {key: _plain(value) for key, value in outcome.entries.items()}
    return None if isinstance(outcome, Null) else _exact(outcome)


def _exact(value: object) -> object:
    if isinstance(value, list):
        return [_exact(item) for item in value]
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return ("number", numbers.rounded(Decimal(value)))
    return value


def _unknown(term: Term) -> object:
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        return [_unknown(item) for item in term.items]
    if isinstance(term, MapTerm | ObjectTerm):
        return {key: _unknown(value) for key, value in term.entries.items()}
    return is_symbolic(term)


def _without_false(mask: object) -> object:
    if isinstance(mask, dict):
        return {key: _without_false(value) for key, value in mask.items() if value}
    return [_without_false(item) for item in mask] if isinstance(mask, list) else mask


def _known_part(term: Term) -> object:
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        return [_known_part(item) for item in term.items]
    if isinstance(term, MapTerm | ObjectTerm):
        return {key: _known_part(value) for key, value in term.entries.items() if not is_symbolic(value)}
    return None if is_symbolic(term) else _plain(term)


def _shown(outcome: object) -> str:
    """Return a value in the notation of the table of deviations."""
    if isinstance(outcome, EvaluationFailure):
        return f"error: {outcome.message}"
    if isinstance(outcome, Sym):
        return f"?{outcome.name}"
    if isinstance(outcome, PartialStr):
        return "~" + "".join(part if isinstance(part, str) else f"{{{part.name or '?'}}}" for part in outcome.parts)
    if isinstance(outcome, Encoded):
        return f"{outcome.kind}({_shown(outcome.value)})"
    if isinstance(outcome, Choice):
        return f"({' | '.join(map(_shown, outcome.options))})"
    if isinstance(outcome, TupleTerm | ListTerm | SetTerm):
        return f"[{', '.join([*map(_shown, outcome.items), *['...'] * bool(outcome.rest)])}]"
    if isinstance(outcome, MapTerm | ObjectTerm):
        entries = [f"{key}={_shown(value)}" for key, value in outcome.entries.items()]
        return f"{{{', '.join([*entries, *['...'] * bool(outcome.rest)])}}}"
    return "null" if isinstance(outcome, Null) else json.dumps(outcome)
