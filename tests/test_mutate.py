"""tools/mutate.py tells what no test notices, and nothing else."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("coverage", reason="mutate.py finds the tests of a line by coverage")

from coverage import Coverage

import mutate
from checkout import CHECKOUT
from mutations import Mutations

pytestmark = pytest.mark.once("only where everything is installed")

PLANTED = """
LIMIT = 3


def is_few(count: int) -> bool:
    if count < 0:
        raise ValueError("fewer than none")
    return count < LIMIT


def padded(text: str) -> str:
    width = max(4, len(text))
    while len(text) < width:
        text += " "
    return text
"""
TESTS = """
import planted


def test_few():
    assert planted.is_few(2)
    assert not planted.is_few(3)


def test_padded():
    assert planted.padded("ab") == "ab  "
    assert planted.padded("abcdef") == "abcdef"
"""
REASON = """
[[survivor]]
module = "planted"
function = "is_few"
mutation = "`count < 0` as `{}`"
reason = "nobody counts fewer than none"
"""


def run_mutate(folder: Path, *reasons: str) -> subprocess.CompletedProcess[str]:
    (folder / "planted.py").write_text(PLANTED, encoding="utf-8")
    (folder / "test_planted.py").write_text(TESTS, encoding="utf-8")
    (folder / "reasons.toml").write_text("".join(map(REASON.format, reasons)), encoding="utf-8")
    command = [sys.executable, "tools/mutate.py", "planted"]
    options = ["--tests", str(folder / "test_planted.py"), "--reasons", str(folder / "reasons.toml")]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [*command, *options], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each mutation lives in a fork")
def test_what_no_test_notices_survives_and_needs_a_reason(tmp_path: Path) -> None:
    survivors = ["`count < 0` as `False`", "`count < 0` as `count <= 0`", "`0` as `1`"]
    result = run_mutate(tmp_path, "False", "count <= 0", "True")

    told = [line for line in result.stdout.splitlines() if line.startswith("planted.py:")]
    assert told == [f"planted.py:6: is_few: {text}" for text in survivors]
    assert result.stdout.splitlines()[-2:] == [
        f"{len(Mutations(tmp_path / 'planted.py', says=False).all)} mutations, 3 survive, 1 without a reason",
        "has a reason to survive, but does not: planted: is_few: `count < 0` as `True`",
    ]
    assert result.returncode == 1


class Item:
    """A test as pytest hands it out, which fails, ends its process, or passes."""

    def __init__(self, nodeid: str, runner: mutate.Runner, does: Callable[[], bool]) -> None:
        self.nodeid, self._runner, self._does = nodeid, runner, does
        self.config = self.hook = self

    def pytest_runtest_protocol(self, **_: object) -> None:
        if not self._does():
            self._runner.failed.append(self.nodeid)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each mutation lives in a fork")
def test_tests_that_fail_in_a_child_are_all_told_without_a_mutation_and_the_first_with_one() -> None:
    here = os.getpid()
    runner = mutate.Runner([], Coverage(data_file=None))
    does: dict[str, Callable[[], bool]] = {
        "good": lambda: True,
        "alone": lambda: os.getpid() == here,
        "again": lambda: os.getpid() == here,
        "ends": lambda: os.kill(os.getpid(), signal.SIGKILL) is not None,
    }
    items: list[Any] = [Item(name, runner, one) for name, one in does.items()]
    runner._seconds.update(dict.fromkeys(does, 1.0))

    assert runner.failing(items) == ["alone", "again", "ends"]
    assert runner.failing(items, lambda: None) == ["alone"]
    assert runner.failing(items[:1], lambda: None) == []
    assert runner.failing(items, lambda: sys.exit(1)) == ["the mutation, which cannot be put in"]
    assert runner.failed == []


def texts(tmp_path: Path, source: str, *, says: bool = True) -> list[str]:
    module = tmp_path / "module.py"
    module.write_text(source, encoding="utf-8")
    return [mutation.text for mutation in Mutations(module, says=says).all]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("return a < 1", ["`a < 1` as `a <= 1`", "`1` as `2`"]),
        ("return a and b and c", ["without `and a`", "without `and b`", "without `and c`"]),
        ("return not a", ["`not a` as `a`"]),
        ("return any(a)", ["`any(a)` as `all(a)`"]),
        ("return [x for x in a if x]", ["`x` as `True`"]),
        ("for x in a:\n        continue", ["without `continue`"]),
        ("a.append(b)", ["without `a.append(b)`"]),
        ("return a[0]", ["`a[0]` as `a[-1]`", "`0` as `1`"]),
        ("return a - b", ["`a - b` as `a + b`"]),
        ("return True", ["`True` as `False`"]),
        ("if a:\n        return", ["`a` as `True`", "`a` as `False`"]),
        # What is only said.
        ('return f"{a + 1}"', []),
        ("return PAGE % a", []),
        ('return "one" if a == 1 else "more"', []),
        ("raise ValueError(a + 1)", []),
        ("return zip(a, b, strict=True)", []),
        ("return zip(a, b, strict=False)", ["`False` as `True`"]),
        ("return self.finding(a, b, words(a + 1), label=words(b + 1), evidence={1: 2})", []),
    ],
)
def test_judgements_are_changed_and_words_are_not(tmp_path: Path, statement: str, expected: list[str]) -> None:
    assert texts(tmp_path, f"def f(a, b, c):\n    {statement}\n") == expected


def test_functions_that_only_say_something_are_changed_where_they_are_not_words(tmp_path: Path) -> None:
    source = "def f(a) -> str:\n    return zone(a + 1)\n"
    assert texts(tmp_path, source) == []
    assert texts(tmp_path, source, says=False) == ["`a + 1` as `a - 1`", "`1` as `2`"]


def test_what_only_the_examples_of_a_rule_are_made_of_is_left_out(tmp_path: Path) -> None:
    source = """
SIZES = {"max": 7}
LIMIT = 3
class R:
    bad = (example(SIZES),)
    def judge(self):
        return few(2)
def example(sizes):
    return sizes + 1
def few(a):
    return a < LIMIT
"""
    judged = ["`3` as `4`", "`2` as `3`", "`a < LIMIT` as `a <= LIMIT`"]
    assert texts(tmp_path, source) == judged
    no_rule = texts(tmp_path, source.replace("bad =", "good ="))
    assert no_rule == ["`7` as `8`", *judged[:2], "`sizes + 1` as `sizes - 1`", "`1` as `2`", judged[2]]


def test_a_mutation_changes_its_own_place_only(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def f(a):\n    return [a < 1, a < 1]\n", encoding="utf-8")
    changed = []
    for number in range(4):
        mutations = Mutations(module, says=False)
        mutations.all[number].apply()
        changed.append(ast.unparse(mutations.tree).splitlines()[-1].strip())
    assert changed == [
        "return [a <= 1, a < 1]",
        "return [a < 2, a < 1]",
        "return [a < 1, a <= 1]",
        "return [a < 1, a < 2]",
    ]


def test_a_function_knows_the_same_names_without_a_statement_as_with_it(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "class A(B):\n    def f(self) -> None:\n        super().f()\n        self.g()\n", encoding="utf-8"
    )
    for number in range(2):
        mutations = Mutations(module, says=False)
        mutations.all[number].apply()
        codes = dict(mutate.codes_of(compile(mutations.tree, str(module), "exec")))
        assert codes["f", 2].co_freevars == ("__class__",)


def test_every_reason_to_survive_is_one_of_a_mutation_that_there_is() -> None:
    reasons = mutate.read_reasons(mutate.REASONS)
    assert all(len(reason) > 20 for reason in reasons.values())
    for module in {survivor.module for survivor in reasons}:
        (loaded,) = mutate.modules_of([module])
        mutations = Mutations(Path(str(loaded.__file__)), says=mutate.says(module)).all
        possible = {(mutation.function, mutation.text) for mutation in mutations}
        assert {(one.function, one.mutation) for one in reasons if one.module == module} <= possible
