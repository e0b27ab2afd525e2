"""Expressions for max pods: nodeadm's own examples, and Google's C++ runtime of CEL as the oracle of the language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podroom.capacity.cel.errors import (
    CelCompileError,
    CelEvaluationError,
    CelNotUnderstoodError,
)
from podroom.capacity.cel.evaluation import Program
from podroom.capacity.max_pods_expression import VARIABLES, evaluate_max_pods_expression, newer_variables

CASES = Path(__file__).parents[2] / "oracle/data/cel-expressions.jsonl"
MEDIUM = {"default_enis": 3, "ips_per_eni": 6, "max_pods": 17}


def outcome(text: str, values: dict[str, int]) -> tuple[str, float | None]:
    """Return the type and the value of an expression, or in what way it has none."""
    try:
        program = Program(text, frozenset(VARIABLES))
        return program.type, program.run(values)
    except CelCompileError:
        return "compile", None
    except CelEvaluationError:
        return "error", None


def test_numbers_and_booleans_are_worked_out_as_the_reference_does():
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    assert len(cases) == 400
    differing = [
        (case["expression"], found)
        for case in cases
        if (found := outcome(case["expression"], case["values"])) != (case["outcome"], case.get("value"))
    ]
    assert differing == []


@pytest.mark.parametrize(
    ("text", "values", "result"),
    [
        ("417", {}, 417),
        ("(default_enis * (ips_per_eni - 1)) + 3", {}, 18),
        ("(default_enis * ((ips_per_eni - 1) * 16)) + 2", {}, 242),
        ("((default_enis * ((ips_per_eni * 16) - 1)) + 2) < 30 ? 2 : 30", {}, 30),
        ("((default_enis - 1) * (ips_per_eni - 1)) + 2", {}, 12),
        ("max_pods < 30 ? max_pods : 30", {"max_pods": 35}, 30),
        ("99 - fake_variable", {}, "CEL knows no fake_variable here (character 6 of the expression)"),
        ("default_enis * 2", {"default_enis": 2**31 - 1}, "its result is 4294967294, which is no number of pods"),
        ("max_pods - ((default_enis * (ips_per_eni - 1)) + 2)", {}, "its result is 0, which is no number of pods"),
        ("max_pods - 2", {"max_pods": 1}, "its result is -1, which is no number of pods"),
        ("true", {}, "its result is true and no number"),
        # What nodeadm makes of other results, and what people are likely to write.
        ("max_pods * 0.8", {}, "CEL knows no `int * double`: convert one of them, as in double(max_pods)"),
        ("double(max_pods) * 0.8", {}, 13),
        ("uint(max_pods)", {}, 17),
        ("0.0 / 0.0", {}, "nan does not fit into int"),
        ("min(max_pods, 30)", {}, "CEL knows no min here"),
        ("math.least(max_pods, 30)", {}, "CEL knows no math here"),
        ("max_pods.min(30)", {}, "CEL knows no max_pods.min here"),
        ("max_pods.value", {}, "max_pods is a number and has no members"),
        ("max_pods > 30 ? 30 : max_pods > 10 ? 10 : 1 // nested on the right only", {}, 10),
        ("max_pods / (default_enis - 3)", {}, "division by zero (character 10 of the expression)"),
        ("0.0 / 0.0 < 1.0 ? 1 : 2", {}, "NaN has no order"),
        ("1e999", {}, "1e999 is too large for a double"),
        ("-max_pods", {}, "its result is -17"),
        ("uint(-0.5) + 1u", {}, "-0.5 does not fit into uint"),
        ("true ? false ? 1 : 2 : 3", {}, "syntax error at '?'"),
        ("!-5", {}, "CEL knows no `!int`"),
        ("if (max_pods)", {}, "syntax error at 'if'"),
        ("max_pods @ 2", {}, "syntax error at '@'"),
        ("", {}, "syntax error at the end"),
        # Signs, and numbers at the borders of 64 bits.
        ("-9223372036854775808 < 0 ? 1 : 2", {}, 1),
        ("-9223372036854775809 < 0 ? 1 : 2", {}, "9223372036854775809 is too large for an integer of 64 bits"),
        ("!-9223372036854775808", {}, "CEL knows no `!int`"),
        ("-(-9223372036854775808)", {}, "9223372036854775808 does not fit into 64 bits"),
        ("-(-9223372036854775808) < 0 ? 1 : 2", {}, "9223372036854775808 does not fit into 64 bits"),
        ("20 + -7 / 2", {}, 17),
        ("9223372036854775807 + 1", {}, "9223372036854775808 does not fit into 64 bits"),
        ("18446744073709551616u", {}, "18446744073709551616u is too large for an integer of 64 bits"),
        ("100000000000000000000u", {}, "100000000000000000000u is too large for an integer of 64 bits"),
        ("9" * 40, {}, f"{'9' * 40} is too large for an integer of 64 bits"),
        ("9" * 9000, {}, f"{'9' * 40}... is too large for an integer of 64 bits"),
        ("9" * 41, {}, f"{'9' * 40}... is too large for an integer of 64 bits"),
        (f"{30:09000}", {}, 30),
        ("18446744073709551615u + 1u", {}, "18446744073709551616 does not fit into 64 bits without a sign"),
        ("int(-9223372036854775808) < 0 ? 1 : 2", {}, 1),
        ("int(-9223372036854775808.0)", {}, "-9.22337e+18 does not fit into int"),
        ("uint(-1)", {}, "-1 does not fit into 64 bits without a sign"),
        ("-(1e30) < 0.0 ? 1 : 2", {}, 1),
        ("!5", {}, "CEL knows no `!int`"),
        ("!-max_pods", {}, "syntax error at '-'"),
        # What is divided by zero, and what is no number.
        ("1.0 / 0.0", {}, "inf does not fit into int"),
        ("-1.0 / 0.0", {}, "-inf does not fit into int"),
        ("1.0 / -0.0", {}, "-inf does not fit into int"),
        ("0.0 / 0.0 / 0.0", {}, "nan does not fit into int"),
        ("1.0 < 0.0 / 0.0 ? 1 : 2", {}, "NaN has no order"),
        ("0.0 / 0.0 != 0.0 / 0.0 ? 1 : 2", {}, 1),
        ("1 / 0 > 0 || false ? 1 : 2", {}, "division by zero (character 3 of the expression)"),
        ("1 / 0 > 0 || 5 % 0 > 0 ? 1 : 2", {}, "division by zero (character 3 of the expression)"),
        ("1 / 0 > 0 || true ? 1 : 2", {}, 1),
        # Numbers of pods.
        ("2147483647", {}, 2**31 - 1),
        ("2147483648", {}, "its result is 2147483648, which is no number of pods"),
        ("1e30", {}, "1000000000000000019884624838656 does not fit into 64 bits (character 1 of the expression)"),
        # Types and names.
        ("bool(true) ? 1 : 2", {}, 1),
        ("int()", {}, "int() does not take ()"),
        ("int(1, 2)", {}, "int() does not take (int, int)"),
        ("other.size()", {}, "CEL knows no other here"),
        ("max_pods.in", {}, "syntax error at 'in'"),
        (".max_pods", {}, 17),
        ("(true ? false || true : false) ? 1 : 2", {}, 1),
        ("false || true ? 1 : 2", {}, 1),
        ("(1", {}, "syntax error at the end"),
        ("+".join(["(1)"] * 50), {}, 50),
    ],
)
def test_nodeadm_takes_the_result_or_says_why_it_does_not(text: str, values: dict[str, int], result: int | str):
    found = evaluate_max_pods_expression(text, MEDIUM | values)
    assert (found.value is None) == (found.failure is not None)
    if isinstance(result, int):
        assert found.value == result
    else:
        assert (found.failure or "").startswith(result)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("size('abc')", 6),
        ("max_pods in other", 10),
        ("[max_pods][0]", 1),
        ("1 + string(1)", 5),
        ("type(1) == int ? 1 : 2", 1),
        ("max_pods.size()", 1),
        ("(1).foo", 4),
        ("null == null ? 1 : 2", 1),
        ("google.protobuf.Int64Value", 1),
        ("(" * 41 + "1" + ")" * 41, 41),
        ("+".join(["1"] * 126), 251),
        ("max_pods.?foo", 10),
        ("max_pods == int ? 1 : 2", 13),
        ("1 + int.max(1)", 5),
        ("(1) + " + "(" * 41 + "1" + ")" * 41, 47),
    ],
)
def test_what_podroom_cannot_tell_is_said_with_its_place(text: str, column: int):
    with pytest.raises(CelNotUnderstoodError, match="not understood") as caught:
        evaluate_max_pods_expression(text, MEDIUM)
    assert caught.value.column == column
    assert caught.value.message.endswith(f" (character {column} of the expression)")


@settings(deadline=None)
@given(st.text("()+-*/%<>=!&|?:.,0129eux _amxpods\"'[]{}", max_size=40))
def test_any_text_gets_an_answer_or_a_place_that_is_not_understood(text: str):
    column = 1
    try:
        found = evaluate_max_pods_expression(text, MEDIUM)
    except CelNotUnderstoodError as error:
        column = error.column
    else:
        assert (found.value is None) != (found.failure is None)
    assert 1 <= column <= max(1, len(text))


@settings(deadline=None)
@given(st.integers(0, 60))
def test_deep_expressions_fail_no_worse_than_others(depth: int):
    text = "(max_pods > 1 ? 1 : " * depth + "1" + ")" * depth
    try:
        assert evaluate_max_pods_expression(text, MEDIUM).value == 1
    except CelNotUnderstoodError:
        assert depth > 25


def test_newer_images_know_the_size_of_the_node():
    values = {**MEDIUM, "vcpus": 2, "physical_memory_mib": 4096}

    assert evaluate_max_pods_expression("vcpus * 5 + physical_memory_mib / 1024", values).value == 14
    assert newer_variables("vcpus * 5") == ("vcpus",)
    assert newer_variables("max_pods - default_enis") == ()
