"""922 expressions and type constraints, each with what real Terraform made of it.

Terraform 1.11.4; where a newer release (1.15.5) differs, the case carries `alt` and that is followed.
Where podroom knows more than Terraform on purpose, the deviation is named in tools/check_expressions.py and in
docs/evaluation.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from check_expressions import DEVIATIONS, evaluated, judge, read_cases, read_context
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.project import Module

DATA = Path(__file__).parent / "data" / "terraform-expressions"
PROJECT = Path(__file__).parents[2]
DOCUMENT = PROJECT / "docs" / "evaluation.md"
CASES = read_cases((DATA / "cases.jsonl").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def context() -> Module:
    return read_context(DATA / "ctx")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_expression_means_what_terraform_says(case: dict[str, Any], context: Module) -> None:
    verdict = judge(case, context)
    assert verdict.agrees or verdict.deviation, f"{verdict.found} instead of {verdict.expected}"
    assert verdict.agrees is (case["id"] not in DEVIATIONS)


@pytest.mark.parametrize("line", (DATA / "console.jsonl").read_text(encoding="utf-8").splitlines())
def test_expression_is_what_the_console_prints(line: str, context: Module) -> None:
    case = json.loads(line)
    outcome = evaluated({"id": "console", "expr": f"jsonencode([{case['expr']}])"}, context)
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
    by_id = {case["id"]: case for case in CASES}
    assert {(by_id[name] | by_id[name].get("alt", {}))["kind"] for name in DEVIATIONS} == {"unknown", "partial"}


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({"expr": "1 + 1", "kind": "value", "type": "number", "value": 2}, "agrees"),
        ({"expr": "1 + 1", "kind": "value", "type": "number", "value": 3}, "disagrees"),
        ({"expr": "true", "kind": "value", "type": "bool", "value": True}, "agrees"),
        ({"expr": "true", "kind": "value", "type": "bool", "value": 1}, "disagrees"),
        ({"expr": '"1"', "kind": "value", "type": "number", "value": 1}, "disagrees"),
        ({"expr": "1", "kind": "value", "type": "string", "value": 1}, "disagrees"),
        ({"expr": "1 +", "kind": "error", "errors": []}, "agrees"),
        ({"expr": "1", "kind": "error", "errors": []}, "disagrees"),
        ({"expr": "upper()", "kind": "value", "type": "string", "value": ""}, "disagrees"),
        ({"expr": "1 / 0", "kind": "infinity"}, "agrees"),
        ({"expr": "1", "kind": "infinity"}, "disagrees"),
        ({"expr": "terraform_data.u.id", "kind": "unknown"}, "agrees"),
        ({"expr": '"known"', "kind": "unknown"}, "disagrees"),
        (
            {"expr": "[terraform_data.u.id, 1]", "kind": "partial", "after": [None, 1], "after_unknown": [True, False]},
            "agrees",
        ),
        (
            {"expr": "[terraform_data.u.id, 1]", "kind": "partial", "after": [None, 2], "after_unknown": [True, False]},
            "disagrees",
        ),
        ({"expr": 'base64gzip("a")', "kind": "value", "type": "string", "value": "a"}, "disagrees"),
    ],
)
def test_the_judge_tells_agreement_from_disagreement(case: dict[str, Any], says: str, context: Module) -> None:
    verdict = judge({"id": "unseen", **case}, context)
    assert (verdict.agrees, verdict.deviation) == (says == "agrees", None), verdict


def test_a_listed_deviation_that_turns_into_something_else_is_a_disagreement(context: Module) -> None:
    known = next(case for case in CASES if case["id"] == "c1056")
    assert judge(known, context).deviation == "text with holes"
    assert judge(known | {"expr": "1"}, context).deviation is None


@pytest.mark.once("a tool that nobody installs")
def test_the_tool_prints_disagreements_and_deviations_and_fails_for_the_former(tmp_path: Path) -> None:
    wrong = {"id": "new", "expr": "1 + 1", "kind": "value", "type": "number", "value": 3}
    deviating = next(case for case in CASES if case["id"] == "c1066")
    right = next(case for case in CASES if case["id"] == "c0000")

    def run(*cases: dict[str, Any]) -> tuple[int, str]:
        file = tmp_path / "cases.jsonl"
        file.write_text("".join(f"{json.dumps(case, default=str)}\n" for case in ({"meta": True}, *cases)))
        done = subprocess.run(
            [sys.executable, PROJECT / "tools" / "check_expressions.py", file, DATA / "ctx"],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    code, printed = run(right, deviating)
    assert code == 0
    assert printed.startswith("c1066 deviates (candidates): ")
    assert printed.endswith("\n1 of 2 agree\n")
    code, printed = run(right, deviating, wrong)
    assert code == 1
    assert 'new DISAGREES: 1 + 1\n    Terraform: 3 of type "number"\n    podroom:   2\n' in printed
    assert printed.endswith("\n1 of 3 agree\n")
