"""Compare what podroom makes of Terraform expressions with what real Terraform made of them.

    python tools/check_expressions.py CASES.jsonl CONTEXT_DIR

CASES.jsonl holds a case a line, as tests/oracle/data/terraform-expressions/cases.jsonl does; its expressions are
evaluated in the module in CONTEXT_DIR.  Prints every deviation that is meant, with its reason, every disagreement
and, last, "N of M agree"; the exit code is 0 only if all others agree, 1 if not, and 2 if there is nothing to compare.
Where a newer Terraform answers differently a case carries `alt`, and that counts.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "linter"))

from command import NothingToDo, run_tool
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
"""By case: the heading of docs/evaluation.md that says why podroom means to differ, and what it makes of the case."""


@dataclass(frozen=True)
class Verdict:
    """What came of one case; `found` and `expected` are in the notation of `DEVIATIONS`."""

    case: str
    expression: str
    expected: str
    found: str
    agrees: bool

    @property
    def deviation(self) -> str | None:
        """Return the heading of docs/evaluation.md under which podroom means to differ, None if it does not."""
        reason, shown = DEVIATIONS.get(self.case, (None, None))
        return reason if shown == self.found and not self.agrees else None


def read_cases(text: str) -> list[dict[str, Any]]:
    """Return the cases of a corpus, a JSON object a line, without the line that describes the corpus."""
    lines = (json.loads(line, parse_float=Decimal) for line in text.splitlines() if line.strip())
    return [line for line in lines if not line.get("meta")]


def read_context(folder: Path) -> Module:
    """Return the module whose names the expressions use."""
    return load_root(Files(str(folder), parse), str(folder))


def judge(case: Mapping[str, Any], context: Module) -> Verdict:
    """Compare one case."""
    expected = {**case, **case.get("alt", {})}
    outcome = evaluated(case, context)
    return Verdict(
        str(case["id"]), str(case["expr"]), _described(expected), _shown(outcome), _agrees(expected, outcome)
    )


def evaluated(case: Mapping[str, Any], context: Module) -> Term | EvaluationFailure:
    """Return the value of a case, converted to its `type_constraint` if it has one, or why it has none."""
    file = parse(Document(str(case["id"]), f"v = {case['expr']}\n"))
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


def _agrees(expected: Mapping[str, Any], outcome: Term | EvaluationFailure) -> bool:
    kind = expected["kind"]
    if kind == "error" or isinstance(outcome, EvaluationFailure):
        return kind == "error" and isinstance(outcome, EvaluationFailure)
    if kind == "value":
        return _type(type_of(outcome)) == expected["type"] and _same_value(expected["value"], outcome)
    if kind == "unknown":
        return isinstance(outcome, Sym)
    if kind == "partial":
        same_mask = _without_false(_unknown(outcome)) == _without_false(expected["after_unknown"])
        return same_mask and _known_part(outcome) == _exact(expected["after"])
    if kind == "infinity":
        return isinstance(outcome, Decimal) and outcome.is_infinite()
    raise ValueError(f"case {expected['id']} is of a kind that is not known: {kind}")


def _same_value(expected: object, outcome: Term) -> bool:
    if isinstance(outcome, Encoded) and outcome.kind == "base64gzip" and isinstance(expected, str):
        # podroom keeps what was compressed: the bytes are those of Go's compressor, and any other may differ.
        return wholly_known(outcome.value) and outcome.value == _decompressed(expected)
    return wholly_known(outcome) and _plain(outcome) == _exact(expected)


def _decompressed(text: str) -> str | None:
    try:
        return gzip.decompress(base64.b64decode(text)).decode("utf-8")
    except (ValueError, OSError, EOFError, zlib.error):
        return None


def _described(expected: Mapping[str, Any]) -> str:
    kind = str(expected["kind"])
    if kind == "value":
        return f"{json.dumps(expected['value'], default=str)} of type {json.dumps(expected['type'])}"
    if kind == "partial":
        return f"{json.dumps(expected['after'], default=str)}, unknown: {json.dumps(expected['after_unknown'])}"
    errors = expected.get("errors")
    return f"error: {errors[0].get('summary')}" if kind == "error" and errors else kind


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
    if isinstance(outcome, Null):
        return "null"
    return json.dumps(outcome) if isinstance(outcome, str | bool) else str(outcome)


def verdicts(cases: Path, context: Path) -> Iterator[Verdict]:
    """Iterate over the verdicts on a corpus."""
    module = read_context(context)
    for case in read_cases(cases.read_text(encoding="utf-8")):
        yield judge(case, module)


def main() -> int:
    """Compare and report; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", type=Path, metavar="CASES.jsonl")
    parser.add_argument("context", type=Path, metavar="CONTEXT_DIR")
    arguments = parser.parse_args()
    if not arguments.cases.is_file():
        raise NothingToDo(f"no such file: {arguments.cases}")
    if not arguments.context.is_dir():
        raise NothingToDo(f"no such folder: {arguments.context}")
    if not any(arguments.context.glob("*.tf")):
        raise NothingToDo(f"no Terraform files in this folder: {arguments.context}")
    agreeing = total = unexplained = 0
    for verdict in verdicts(arguments.cases, arguments.context):
        total += 1
        agreeing += verdict.agrees
        if verdict.agrees:
            continue
        unexplained += verdict.deviation is None
        what = "DISAGREES" if verdict.deviation is None else f"deviates ({verdict.deviation})"
        print(f"{verdict.case} {what}: {verdict.expression}")
        print(f"    Terraform: {verdict.expected}")
        print(f"    podroom:   {verdict.found}")
    if not total:
        raise NothingToDo(f"no cases in {arguments.cases}")
    print(f"{agreeing} of {total} agree")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(run_tool(main))
