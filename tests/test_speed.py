"""What keeps podroom fast, without a clock: what a run imports, and how its work grows with its input."""

from __future__ import annotations

import cProfile
import os
import pstats
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import bench
import bench_inputs
from checkout import CHECKOUT
from podroom.cli import plain_check
from podroom.engine import Engine
from podroom.packs import find_rules
from podroom.run import Request, check
from podroom.sources.hcl.parser import parse

LARGEST_GROWTH = 2.2
"""How many more calls the second doubling of an input may take than the first: 2 if the work is linear."""

MOST_CALLS_FOR_AN_UNRELATED_FILE = 90
"""With one folder for every file, its share of walking the folders included."""

HEALTHY = "examples/terraform/minimum-ip-target-alone-healthy"
SOURCES = [path for folder in ("linter", "rules") for path in sorted((CHECKOUT / folder).rglob("*.py"))]
STANDARD_FIELDS = {"live/merging.py", "report/world.py"}
"""The modules that ask any data class for its fields, with an inventory and for `podroom show`."""
EAGER_PATTERNS = {"patterns.py"}
"""Modules of which every run needs the regular expressions: those of HCL's tokens."""


MOST_WORK_OF_A_SMALL_RUN = {
    "modules of podroom besides its rules": 165,
    "regular expressions compiled by podroom": 36,
    "constructors written": 29,
}
"""What checking an EKS root of 50 files may take, which is about a tenth more than it does take."""


def reported(program: str, *arguments: str, expect: int = 0) -> list[str]:
    """Run podroom with some arguments, and return the words that a `report` in the program has when it ends."""
    code = (
        f"import atexit, sys\nsys.path += {sys.path!r}\n"
        "from podroom.__main__ import main\n"
        f"{program}"
        "atexit.register(lambda: print(*report(), file=sys.stderr))\n"
        f"sys.argv[1:] = {list(arguments)!r}\n"
        "main()\n"
    )
    folders = os.pathsep.join(str(CHECKOUT / part) for part in ("linter", "rules"))
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        check=False,
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": folders},
        text=True,
    )
    assert done.returncode == expect, done.stderr
    return done.stderr.split()


def imported(*arguments: str) -> set[str]:
    """Return the modules that a run of podroom has imported when it ends."""
    return set(reported("def report(): return sys.modules\n", *arguments))


COUNTING = """
import re
from podroom import records
counted = {"modules": 0, "patterns": 0, "constructors": 0}
def counting(name, function, of_podroom=lambda: True):
    def wrapped(*arguments, **named):
        counted[name] += of_podroom()
        return function(*arguments, **named)
    return wrapped
def asked_by_podroom():
    return "podroom" in sys._getframe(2).f_globals["__name__"]
re.compile = counting("patterns", re.compile, asked_by_podroom)
records._written_constructor = counting("constructors", records._written_constructor)
def report():
    counted["modules"] = sum(name.startswith("podroom.") for name in sys.modules)
    return counted.values()
"""


def test_a_small_run_does_no_more_than_it_needs_before_it_begins(tmp_path: Path) -> None:
    bench_inputs.write_eks_root(tmp_path)
    counts = map(int, reported(COUNTING, "check", str(tmp_path), expect=1))
    taken = dict(zip(MOST_WORK_OF_A_SMALL_RUN, counts, strict=True))
    assert taken == {what: min(count, MOST_WORK_OF_A_SMALL_RUN[what]) for what, count in taken.items()}
    assert all(taken.values())


# Each of these takes 2 to 80 ms to import, and none is needed for Terraform without surprises.
EXPENSIVE = {
    "csv",
    "difflib",
    "email",
    "hashlib",
    "importlib.metadata",
    "jsonschema",
    "pathlib",
    "podroom.sources.hcl.python_hcl2",
    "socket",
    "tempfile",
    "yaml",
    "zipfile",
}


@pytest.mark.parametrize(
    ("arguments", "needless"),
    [
        (("--version",), {*EXPENSIVE, "decimal", "json", "podroom.engine", "podroom.run", "podroom.rule"}),
        (("check", "--format", "github", HEALTHY), {*EXPENSIVE, "click", "dataclasses"}),
        (
            ("check", HEALTHY),
            {
                *EXPENSIVE,
                "click",
                "dataclasses",
                "inspect",
                "podroom.capacity.node_pools",
                "podroom.sources.shell",
                "podroom.sources.yaml",
            },
        ),
    ],
)
def test_a_run_imports_nothing_expensive_that_it_does_not_need(arguments: tuple[str, ...], needless: set[str]) -> None:
    modules = imported(*arguments)
    assert "podroom.cli" in modules
    assert modules & needless == set()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a", "b.tf"],
        ["--changed", "a.tf", "b.tf"],
        ["a.tf", "--changed"],
        ["--format", "github", "."],
        ["--format=sarif", "--changed"],
        ["--format", "text", "--format", "json"],
    ],
)
def test_what_is_read_without_the_parser_of_arguments_is_what_the_parser_reads(arguments: list[str]) -> None:
    from podroom.cli.check import check as command  # noqa: PLC0415 - the other tests do without click

    asked = command.make_context("check", list(arguments)).params
    assert plain_check(["check", *arguments]) == (list(asked["paths"]), asked["changed"], asked["output_format"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "."],
        ["check", "--", "--changed"],
        ["check", "-"],
        ["check", "--change", "a.tf"],
        ["check", "--changed=yes"],
        ["check", "--format"],
        ["check", "--format=", "text"],
        ["check", "--format", "--changed"],
        ["check", "--format", "yaml"],
        ["check", ".", "--exit-zero"],
    ],
)
def test_what_is_not_plain_is_left_to_the_parser_of_arguments(arguments: list[str]) -> None:
    assert plain_check(arguments) is None


@pytest.mark.parametrize("path", [HEALTHY, "examples/terraform/minimum-ip-target-alone", "tests/absent", "README.md"])
def test_check_without_options_is_the_same_without_the_parser_of_arguments(path: str) -> None:
    plain, parsed = (
        subprocess.run(
            [sys.executable, "-m", "podroom", "check", *more, path], capture_output=True, cwd=CHECKOUT, check=False
        )
        for more in ([], ["--color", "auto"])
    )

    assert (plain.returncode, plain.stdout, plain.stderr) == (parsed.returncode, parsed.stdout, parsed.stderr)
    assert plain.stdout or plain.stderr


def test_a_rule_is_imported_when_there_is_something_that_it_concerns() -> None:
    rules = {name.removeprefix("podroom_rules.")[:5] for name in imported("check", HEALTHY)}

    assert {"pr101", "pr301"} <= rules  # there are nodes, and a cluster with variables of aws-node
    assert not rules & {"pr116", "pr118", "pr120", "pr501", "pr601", "pr801", "pr901"}  # no plan, Karpenter, or module


def test_data_classes_and_regular_expressions_are_made_when_they_are_used() -> None:
    eager = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if "/".join(path.parts[-2:]) not in STANDARD_FIELDS and re.search(
            r"^(from|import) dataclasses\b", text, re.MULTILINE
        ):
            eager.append(f"{path}: take dataclass, field and replace from podroom.records")
        if path.name not in EAGER_PATTERNS and re.search(r"^\w+ = re\.compile\(", text, re.MULTILINE):
            eager.append(f"{path}: take pattern from podroom.patterns for what stands outside of functions")
    assert not eager


@pytest.mark.parametrize(
    ("milliseconds", "bare", "verdict"),
    [
        (119, 10, "holds"),
        (121, 10, "over budget"),
        (156, 18, "holds where bare Python takes 10 ms"),
        (230, 18, "over budget"),
        (90, 7, "over budget"),  # a fast machine does not make the code faster
        (80, 7, "holds"),
    ],
)
def test_a_budget_is_judged_as_on_the_machine_that_it_is_meant_for(milliseconds: int, bare: int, verdict: str) -> None:
    row = bench.Row("a root", [], CHECKOUT, budget=120, seconds=[milliseconds / 1000])
    assert row.verdict(bare) == verdict
    assert row.broken(bare) == (verdict == "over budget")


def profiled(folder: Path) -> pstats.Stats:
    profile = cProfile.Profile()
    engine = Engine(find_rules())
    profile.enable()
    outcome = check(Request([str(folder)], parse), engine)
    profile.disable()
    assert outcome.worlds
    assert not outcome.problems
    return pstats.Stats(profile)


def calls(statistics: pstats.Stats, function: str) -> int:
    counted: dict[tuple[str, int, str], tuple[int, int]] = statistics.stats  # type: ignore[attr-defined] # it has no type
    return sum(numbers[1] for (_, _, name), numbers in counted.items() if name == function)


@pytest.mark.once("it counts calls, and the profiler makes them slow")
@pytest.mark.parametrize(
    ("write", "smallest"),
    [
        (bench_inputs.write_eks_root, 15),
        (bench_inputs.write_module_instances, 10),
        (bench_inputs.write_manifests, 50),
        (bench_inputs.write_cluster_config, 10),
        (bench_inputs.write_node_pools, 40),
    ],
)
def test_work_grows_linearly(write: Callable[[Path, int], None], smallest: int, tmp_path: Path) -> None:
    write(tmp_path / "first", smallest)
    profiled(tmp_path / "first")  # what is made when it is first used is made now
    took = []
    for size in (smallest, 2 * smallest, 4 * smallest):
        write(tmp_path / str(size), size)
        took.append(profiled(tmp_path / str(size)).total_calls)  # type: ignore[attr-defined] # it has no type
    assert took[2] - took[1] < LARGEST_GROWTH * (took[1] - took[0])


@pytest.mark.once("it counts calls, and the profiler makes them slow")
def test_an_unrelated_manifest_costs_a_search_for_bytes(tmp_path: Path) -> None:
    took = []
    for files in (100, 200):
        bench_inputs.write_manifests(tmp_path / str(files), files)
        took.append(profiled(tmp_path / str(files)).total_calls)  # type: ignore[attr-defined] # it has no type
    assert took[1] - took[0] < MOST_CALLS_FOR_AN_UNRELATED_FILE * 100


@pytest.mark.once("it counts calls, and the profiler makes them slow")
def test_nothing_is_evaluated_that_nobody_asks_for(tmp_path: Path) -> None:
    evaluated = []
    for size in (10, 30):
        bench_inputs.write_eks_root(tmp_path / str(size), size)
        evaluated.append(calls(profiled(tmp_path / str(size)), "evaluate"))
    assert evaluated[0] > 0
    assert evaluated[1] == evaluated[0]
