#!/usr/bin/env python3
"""Change the sums and the rules in small ways, and see that a test fails each time.

    python tools/mutate.py [MODULE ...]       # all of podroom.capacity and podroom_rules, or what begins like MODULE

The tests are loaded and run once in one process, which notes the lines that each of them runs and keeps the Worlds
that it judges.  Then every mutation is put into a child of that process (`fork`), where the tests of the changed
lines are run until one fails.  One that no test notices is a survivor.  It is told, and the exit code is 1, unless
tests/mutation-survivors.toml says why nothing can notice it; a reason that no survivor needs is told too.
A child without a mutation comes before them: where a test fails in that one, none is tried, and the exit code is 2.
"""

from __future__ import annotations

import argparse
import ast
import functools
import gc
import importlib
import os
import pkgutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from coverage import Coverage

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rules"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "linter"))

import podroom.run
import podroom.testing
from mutations import Mutation, Mutations

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CHECKOUT = Path(__file__).resolve().parents[1]
REASONS = CHECKOUT / "tests" / "mutation-survivors.toml"
PACKAGES = ("podroom.capacity", "podroom_rules")
TESTS = (
    "tests/rules",
    "tests/cases/test_capacity_cases.py",
    "tests/cases/test_configuration_cases.py",
    "tests/cases/test_scenario_cases.py",
    "tests/test_examples.py",
    "tests/unit/capacity",
    "tests/oracle/test_capacity_vectors.py",
    "tests/test_node.py",
    "tests/test_plans.py",
    "tests/test_plan_rules.py",
    "tests/test_inventory.py",
    "tests/test_live_*.py",
    "tests/test_fixes.py",
    "tests/test_capacity_command.py",
    "tests/test_capacity_neighbours.py",
    "tests/test_capacity_without_room.py",
    "tests/test_recommend_command.py",
    "tests/test_json_output.py",
    "tests/test_settings_not_understood.py",
    "tests/test_suppressions.py",
    "tests/test_variables.py",
    "tests/properties/test_capacity.py",
)
SUMS = ("tests/oracle/test_capacity_vectors.py", "tests/properties/test_capacity.py")
"""What runs on one Python only, and is worth its time here all the same; the tests of other files that do are not."""
OPTIONS = (
    f"--config-file={CHECKOUT / 'pyproject.toml'}",
    f"--rootdir={CHECKOUT}",
    *("-o", "addopts=--import-mode=importlib"),
    *("-p", "no:cacheprovider", "-p", "no:terminal", "-s", "--assert=plain"),
)
PASSED, FAILED = b".", b"F"
_folders: Counter[str] = Counter()
"""How many folders of examples each test has asked for since it began."""


@dataclass(frozen=True)
class Survivor:
    """A mutation that no test notices."""

    module: str
    function: str
    mutation: str

    def __str__(self) -> str:
        """Return it as a line for people."""
        return f"{self.module}: {self.function}: {self.mutation}"


@dataclass
class Runner:
    """A plugin of pytest that runs each test once, and then those of each mutation in a child."""

    modules: Sequence[ModuleType]
    coverage: Coverage
    survivors: list[Survivor] = field(default_factory=list)
    tested: int = 0
    failed: list[str] = field(default_factory=list)
    _seconds: dict[str, float] = field(default_factory=dict)
    _kills: Counter[str] = field(default_factory=Counter)
    _memories: Sequence[functools._lru_cache_wrapper[Any]] = ()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what takes long and says little of sums."""
        sums = {CHECKOUT / name for name in SUMS}
        items[:] = [item for item in items if item.path in sums or item.get_closest_marker("once") is None]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what failed."""
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests with their coverage, and then the mutations."""
        items = {item.nodeid: item for item in session.items}
        memories = _memories(CHECKOUT)
        self._memories = _memories(CHECKOUT / "tests")
        self.coverage.start()
        for name, item in items.items():
            _forget_answers(memories)  # or else only the first of several tests is seen to run what all of them need
            self.coverage.switch_context(name)
            before = time.process_time()
            _run(item)
            self._seconds[name] = time.process_time() - before
        self.coverage.stop()
        if self.failed:
            return True
        gc.unfreeze()  # as the command line freezes what there is when it ends
        _forget_answers(_memories(CHECKOUT))
        gc.collect()
        functions = [one for one in gc.get_objects() if isinstance(one, FunctionType)]
        gc.freeze()  # children share what they do not touch
        order = sorted(items.values(), key=lambda item: self._seconds[item.nodeid])
        self.failed += self.failing(order)  # what fails in any child would seem to notice every mutation
        for module in self.modules if not self.failed else ():
            path = str(module.__file__)
            self._mutate(module, [one for one in functions if one.__code__.co_filename == path], items)
        return True

    def _mutate(self, module: ModuleType, functions: Sequence[FunctionType], items: Mapping[str, pytest.Item]) -> None:
        path = Path(str(module.__file__))
        mutations = Mutations(path, says=says(module.__name__))
        self.tested += len(mutations.all)
        contexts = self.coverage.get_data().contexts_by_lineno(str(path))
        self._kills.clear()
        survivors = len(self.survivors)
        before = time.monotonic()
        for mutation in mutations.all:
            lines = contexts if mutation.constant else range(mutation.first_line, mutation.last_line + 1)
            names = {name for line in lines for name in contexts.get(line, ()) if name in items}
            order = sorted(names, key=lambda name: (-self._kills[name], self._seconds[name]))
            install = functools.partial(_install, module, functions, mutations.tree, mutation)
            killers = self.failing([items[name] for name in order], install)
            self._kills.update(killers)
            if not killers:
                self.survivors.append(Survivor(module.__name__, mutation.function, mutation.text))
                print(f"{path.name}:{mutation.first_line}: {mutation.function}: {mutation.text}", flush=True)
        survivors = len(self.survivors) - survivors
        seconds = time.monotonic() - before
        print(f"{module.__name__}: {len(mutations.all)} mutations, {survivors} survive, {seconds:.0f} s", flush=True)

    def failing(self, items: Sequence[pytest.Item], install: Callable[[], None] | None = None) -> list[str]:
        """Run tests in a child and return those that fail: with a mutation the first one, without it all of them.

        One that never ends is killed, as nobody would wait for it.
        """
        steps = ["the mutation, which cannot be put in", *(item.nodeid for item in items)]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            exit_code = 1
            try:
                if install is not None:
                    install()
                os.write(writing, PASSED)
                for item in items:
                    fails = self._fails(item)
                    os.write(writing, FAILED if fails else PASSED)
                    if fails and install is not None:
                        break
                exit_code = 0
            finally:
                os._exit(exit_code)
        os.close(writing)
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            results = pipe.readall()
        _, status = os.waitpid(child, 0)
        failing = [step for step, result in zip(steps, results, strict=False) if result == FAILED[0]]
        return failing if status == 0 else [*failing, *steps[len(results) :][:1]]

    def _fails(self, item: pytest.Item) -> bool:
        _forget_answers(self._memories)  # or else it judges fewer examples than before, and takes one for another
        signal.setitimer(signal.ITIMER_PROF, 1 + 10 * self._seconds[item.nodeid])
        before = len(self.failed)
        _run(item)
        return len(self.failed) > before


def _run(item: pytest.Item) -> None:
    _folders.clear()
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def _install(module: ModuleType, functions: Iterable[FunctionType], tree: ast.Module, mutation: Mutation) -> None:
    """Put a mutation into a loaded module."""
    mutation.apply()
    if mutation.constant:
        before = vars(module)[mutation.function]
        for statement in tree.body:
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and mutation.function in ast.unparse(statement):
                alone = ast.Module(body=[statement], type_ignores=[])
                exec(compile(alone, str(module.__file__), "exec"), vars(module))  # noqa: S102 - our own source, changed
                break
        _rebind(mutation.function, before, vars(module)[mutation.function])
        return
    codes = dict(codes_of(compile(tree, str(module.__file__), "exec", dont_inherit=True)))
    for function in functions:
        code = codes.get((function.__code__.co_name, function.__code__.co_firstlineno))
        if code is not None and len(code.co_freevars) == len(function.__code__.co_freevars):
            function.__code__ = code


def codes_of(code: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    """Iterate over the functions in a code, each by its name and its first line."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield (constant.co_name, constant.co_firstlineno), constant
            yield from codes_of(constant)


def _rebind(name: str, before: object, after: object) -> None:
    """Give every module that has imported something the other thing."""
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name) is before:
            setattr(module, name, after)


def _memories(folder: Path) -> list[functools._lru_cache_wrapper[Any]]:
    """Return the functions in a folder of the checkout that remember their answers."""
    found = []
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper):  # noqa: SLF001 - it has no public name
            path = getattr(getattr(one.__wrapped__, "__code__", None), "co_filename", "")
            if path.startswith(f"{folder}{os.sep}") and "/catalog/" not in path:
                found.append(one)
    return found


def _forget_answers(memories: Iterable[functools._lru_cache_wrapper[Any]]) -> None:
    """Empty what functions remember."""
    for one in memories:
        one.cache_clear()


@contextmanager
def kept_worlds() -> Iterator[None]:
    """Read each folder of the checkout and each example of a rule once; what is judged after that is read no more."""
    understand = podroom.run.understand
    kept: dict[object, Any] = {}
    with TemporaryDirectory() as name:
        examples = str(Path(name).resolve())

        def folder() -> object:
            test = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
            _folders[test] += 1
            name = Path(examples, str(abs(hash((test, _folders[test])))))
            name.mkdir(exist_ok=True)
            return _Folder(str(name))

        def understand_once(request: podroom.run.Request) -> Any:  # noqa: ANN401 - what the original returns
            places = [str(Path(path).resolve()) for path in request.paths]
            if not all(place.startswith((str(CHECKOUT), examples)) for place in places):
                return understand(request)  # a test may write other files there
            about = (tuple(request.given), tuple(request.environment.items()), request.workspace, request.reader)
            beside = (tuple(request.plans), tuple(request.inventories))
            key = (str(Path.cwd()), tuple(request.paths), beside, repr(about))
            if key not in kept:
                kept[key] = understand(request)
            return kept[key]

        _rebind("understand", understand, understand_once)
        vars(podroom.testing)["TemporaryDirectory"] = folder
        yield


@dataclass(frozen=True)
class _Folder:
    """A folder that stays when the `with` statement ends."""

    name: str

    def __enter__(self) -> str:
        return self.name

    def __exit__(self, *_: object) -> None:
        """Leave it where it is."""


def modules_of(wanted: Sequence[str]) -> list[ModuleType]:
    """Load the modules that are wanted, by name, or by the beginning of names where no module has that name."""
    names = [
        one.name
        for package in PACKAGES
        for one in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
    ]
    beginnings = tuple(one for one in wanted if one not in names)
    found = [name for name in names if name in wanted or name.startswith(beginnings)]
    return [importlib.import_module(name) for name in found or wanted]


def says(module: str) -> bool:
    """Return whether the text that functions of a module return is for people, and not a name or a key."""
    return module.startswith("podroom_rules")


def read_reasons(path: Path) -> dict[Survivor, str]:
    """Return why no test can notice a mutation, as a file says it."""
    written = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", []) if path.exists() else []
    return {Survivor(one["module"], one["function"], one["mutation"]): one["reason"] for one in written}


def main() -> int:
    """Run the tests, the mutations, and tell what survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE", default=list(PACKAGES))
    tests = [str(path) for name in TESTS for path in sorted(CHECKOUT.glob(name))]
    parser.add_argument("--tests", nargs="+", default=tests, help="where the tests are")
    parser.add_argument("--reasons", type=Path, default=REASONS, help="why some mutations may survive")
    arguments = parser.parse_args()
    os.chdir(CHECKOUT)
    modules = modules_of(arguments.modules)
    coverage = Coverage(data_file=None, config_file=False, include=[str(module.__file__) for module in modules])
    runner = Runner(modules, coverage)
    with kept_worlds():
        outcome = pytest.main([*OPTIONS, *arguments.tests], plugins=[runner])
    if runner.failed or outcome != pytest.ExitCode.OK:
        print("the tests do not pass without any mutation:", *runner.failed, sep="\n  ")
        return 2
    reasons = read_reasons(arguments.reasons)
    unexplained = [one for one in runner.survivors if one not in reasons]
    names = {module.__name__ for module in modules}
    needless = [one for one in reasons if one.module in names and one not in runner.survivors]
    print(f"{runner.tested} mutations, {len(runner.survivors)} survive, {len(unexplained)} without a reason")
    for one in needless:
        print(f"has a reason to survive, but does not: {one}")
    return 1 if unexplained or needless else 0


if __name__ == "__main__":
    sys.exit(main())
