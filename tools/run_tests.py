#!/usr/bin/env python3
"""Run all tests of podroom: `python3 tools/run_tests.py`.

Needs only a Python and its standard library: every environment that a test needs is built under
`.environments/` and used again until the dependencies in pyproject.toml change.

Jobs (all but coverage run unless some are named):

  full      the whole suite with every oracle, on the Python that runs this: the properties, what else is marked
            `once`, and most, which is the rest; but together with `suite` an older Python runs that, if there is one
  suite     most, with what `podroom[test]` installs, on the oldest Python; on newer ones a third of the
            cases and of the tests of the command line, another one on each
  style     ruff, formatting included
  types     mypy
  layers    import-linter
  checkov   the wheel beside Checkov: neither owns a name of the other, and Checkov reports what podroom finds
  hooks     the hooks under pre-commit, at real commits
  readme    the first command of the README, in an empty environment
  coverage  what is not marked `once` again, with branch coverage, which takes half as long again

`--quick` runs full, style, types and layers, and builds nothing but their environment.
The exit code is 0 only if everything that should run did run and passed.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

CHECKOUT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = CHECKOUT / ".environments"
VERSIONS = ("3.10", "3.11", "3.12", "3.13")
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
QUICK = ("full", "style", "types", "layers")
COUNTED_JOBS = ("full", "most", "once", "properties", "coverage")
"""How the titles of jobs begin that run each test once, all together; the coverage is asked for by itself."""
PYTEST_JOBS = (*COUNTED_JOBS, "cases")
ALL = (*QUICK, "suite", "checkov", "hooks", "readme")
PYTEST = ("-m", "pytest", "--hypothesis-seed=0", "--cpu")
"""How pytest is called: drawn examples are the same at every run; pytest by itself draws others each time."""
MOST = ("-m", "not once")
"""What pytest is told to run on the oldest Python."""
CASES = (*MOST, "--share=3", "tests/cases", "tests/test_command_line.py")
"""What runs on the other Pythons: all of podroom, if not all its corners, and on each of them other cases."""
PROPERTIES = "tests/properties"
ALL_ONCE = r"^pytestmark = (?:\[\s*)?pytest\.mark\.once\("
"""What a file says whose tests are all marked `once`."""
LONGEST = (
    "full",
    "most",
    "once",
    "suite",
    "coverage",
    "properties",
    "checkov",
    "types",
    "hooks",
    "readme",
    "cases",
    "layers",
    "style",
)
"""What the titles of jobs begin with, those first that take longest: no processor is idle while the last job ends."""
DEAREST = 10
"""How many files are named whose tests take the most processor time."""
OF_THE_CALLER = {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}
"""Variables that no program here inherits: compiled modules are kept, or each of them would be made a hundred times."""
ORACLE_PROGRAMS = ("bash", "chromium", "terraform")
"""Programs that pip cannot install; the reason of a skip for want of one begins with its name."""


Job: TypeAlias = Callable[[], "tuple[str, str]"]
"""Something to run: returns a summary of one line and all that was printed."""


class CommandError(Exception):
    """A program that a job ran has failed; the message is what it printed."""


class NotHereError(Exception):
    """A job cannot run on this machine, and need not: the message says why."""


@dataclasses.dataclass(frozen=True)
class Result:
    """How a job ended: `summary` is one line, `output` all that it printed."""

    job: str
    passed: bool | None
    summary: str
    output: str
    seconds: float
    processor_seconds: float = 0.0


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path = CHECKOUT,
    expect: int = 0,
    variables: Mapping[str, str] | None = None,
) -> str:
    """Run a program and return what it printed; raise CommandError if its exit code is not `expect`."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_CALLER}
    kept["PYTHONPYCACHEPREFIX"] = str(ENVIRONMENTS / "compiled")
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env={**kept, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise CommandError(f"{command[0]} cannot be run: {error}") from error
    with process:
        output = process.stdout.read() if process.stdout is not None else ""
        code = ended(process)
    if code != expect:
        line = " ".join(str(part) for part in command)
        raise CommandError(f"$ {line}\n{output}\n(exit code {code}, expected {expect})")
    return output


SPENT = threading.local()
"""What the programs that a thread ran have taken of the processors, in seconds, as `seconds`."""


def ended(process: subprocess.Popen[str]) -> int:
    """Wait for the end of a program, note its processor time where the system tells it, and return its exit code."""
    if sys.platform == "win32":
        return process.wait()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    SPENT.seconds = getattr(SPENT, "seconds", 0.0) + usage.ru_utime + usage.ru_stime
    return process.returncode


# Environments


def dependencies() -> str:
    """Return the tables of pyproject.toml that decide what an environment holds."""
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    tables = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    return "".join(table for table in tables if table.startswith(("[build-system]", "[project", "[tool.hatch")))


def environment(name: str, python: Path, *requirements: str) -> Path:
    """Return the `bin` folder of an environment with these requirements; build it unless it is there."""
    folder = ENVIRONMENTS / name
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    recipe = "\n".join([run([python, "-VV"]), str(CHECKOUT), *requirements, dependencies()])
    digest = hashlib.sha256(recipe.encode()).hexdigest()
    stamp = folder / "built-for"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return binaries
    shutil.rmtree(folder, ignore_errors=True)
    run([python, "-m", "venv", folder])
    run([binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements])
    stamp.write_text(digest, encoding="utf-8")
    return binaries


def interpreter(version: str) -> Path | None:
    """Return a Python of this version that really runs (a shim on PATH may not), or None."""
    if version == RUNNING:
        return Path(sys.executable)
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates = sorted(root.glob(f"versions/{version}.*/bin/python{version}"), reverse=True)
    on_path = shutil.which(f"python{version}")
    for candidate in ([Path(on_path)] if on_path else []) + candidates:
        try:
            found = run([candidate, "-c", "import sys, venv, ensurepip; print(sys.version_info[:2])"])
        except CommandError:
            continue
        if found.strip() == str(tuple(int(part) for part in version.split("."))):
            return candidate
    return None


def development_environment() -> Path:
    """Return the `bin` folder of the environment that has everything."""
    return environment(f"python-{RUNNING}-full", Path(sys.executable), "--editable", f"{CHECKOUT}[dev]")


def least_environment(version: str) -> Path:
    """Return the `bin` folder of an environment that has only what the suite needs."""
    python = interpreter(version)
    if python is None:
        raise NotHereError(f"Python {version} is not installed")
    return environment(f"python-{version}", python, "--editable", f"{CHECKOUT}[test]")


def checkov_environment() -> Path:
    """Return the `bin` folder of an environment that has podroom and Checkov."""
    return environment("checkov", Path(sys.executable), "checkov", str(CHECKOUT))


def hooks_environment() -> Path:
    """Return the `bin` folder of an environment that has pre-commit, with the wheels beside it that a hook installs."""
    if shutil.which("git") is None:
        raise NotHereError("git is not installed, and pre-commit judges commits")
    try:
        binaries = environment("hooks", Path(sys.executable), "pre-commit")
    except CommandError as failure:
        reason = next(iter(re.findall(r"^ERROR: (.*)", str(failure), re.MULTILINE)), "see `pip install pre-commit`")
        raise NotHereError(f"pre-commit cannot be installed: {reason}") from failure
    wheels = binaries.parent / "wheels"
    if not wheels.is_dir():
        with tempfile.TemporaryDirectory(dir=binaries.parent) as folder:
            pip: list[str | Path] = [binaries / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
            run([*pip, "download", "--dest", f"{folder}/wheels", "hatchling", CHECKOUT])
            (Path(folder) / "wheels").rename(wheels)
    return binaries


# Jobs


def closing_line(output: str) -> str:
    """Return pytest's own last line, such as "12 passed in 0.5s"."""
    lines = [line.strip("= ") for line in output.splitlines() if re.search(r"\b(passed|failed|error)", line)]
    return lines[-1] if lines else "pytest said nothing"


def excused(reason: str) -> bool:
    """Return whether a skip is for want of a program that really is not here."""
    program = reason.partition(" ")[0]
    return program in ORACLE_PROGRAMS and shutil.which(program) is None


def full(pytest_arguments: Sequence[str]) -> tuple[str, str]:
    """Run tests with every oracle; a skipped oracle is a failure."""
    return none_skipped([development_environment() / "python"], pytest_arguments)


def once() -> tuple[str, str]:
    """Run what is marked `once` but the properties, with every oracle; files without the mark are not even loaded."""
    files = [path for path, text in test_files().items() if "mark.once" in text and not path.startswith(PROPERTIES)]
    return full(("-m", "once", *files))


def test_files() -> dict[str, str]:
    """Return the texts of all files of tests, by path."""
    files = sorted((CHECKOUT / "tests").rglob("test_*.py"))
    return {path.relative_to(CHECKOUT).as_posix(): path.read_text(encoding="utf-8") for path in files}


def none_skipped(
    python: Sequence[str | Path], pytest_arguments: Sequence[str], variables: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Run tests; one that is skipped is a failure, unless for want of a program that is not here."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        output = tested([*python, *PYTEST, f"--junitxml={report}", *pytest_arguments], variables)
        skipped = [skip.get("message", "") for skip in ET.parse(report).iter("skipped")]  # noqa: S314 - our own file
    unwanted = [reason for reason in skipped if not excused(reason)]
    if unwanted:
        raise CommandError("\n".join([output, "skipped, but everything that it needs is here:", *unwanted]))
    return closing_line(output), output


def tested(command: Sequence[str | Path], variables: Mapping[str, str] | None) -> str:
    """Run tests and return what pytest printed.

    Loading all files so that pytest can say what an assertion compared takes seconds, so that is for those that fail.
    """
    try:
        return run([*command, "--assert=plain"], variables=variables)
    except CommandError as failure:
        said = str(failure)
    failed = dict.fromkeys(re.findall(r"^(?:FAILED|ERROR) (tests/\S+?\.py)", said, re.MULTILINE))
    if not failed:
        raise CommandError(said)
    options = [part for part in command if not str(part).startswith("tests/")]
    try:
        said += "\n\nThe same files once more, without a failure:\n" + run([*options, *failed], variables=variables)
    except CommandError as explained:
        said += f"\n\nThe same files once more:\n{explained}"
    raise CommandError(said)


def covered() -> tuple[str, str]:
    """Run what is not marked `once`, and measure branch coverage."""
    coverage = development_environment() / "coverage"
    with tempfile.TemporaryDirectory() as folder:
        data = {"COVERAGE_FILE": str(Path(folder) / "coverage")}
        summary, output = none_skipped([coverage, "run"], MOST, data)
        measured = run([coverage, "report"], variables=data)
    share = re.findall(r"^TOTAL.*?([0-9.]+%)$", measured, re.MULTILINE)[0]
    return f"{summary}, branch coverage {share}", f"{measured}\n{output}"


def suite(version: str, pytest_arguments: Sequence[str]) -> tuple[str, str]:
    """Run tests with the least that they need; files that are marked `once` as a whole may need more."""
    once_only = [path for path, text in test_files().items() if re.search(ALL_ONCE, text, re.MULTILINE)]
    arguments = ("-p", "no:cacheprovider", *(f"--ignore={path}" for path in once_only), *pytest_arguments)
    return none_skipped([least_environment(version) / "python"], arguments)


def style() -> tuple[str, str]:
    """Run ruff."""
    binaries = development_environment()
    output = run([binaries / "ruff", "check"]) + run([binaries / "ruff", "format", "--check"])
    return output.strip().splitlines()[-1], output


def types() -> tuple[str, str]:
    """Run mypy over the product and over what tests it."""
    output = run([development_environment() / "mypy"])
    return output.strip().splitlines()[-1], output


def layers() -> tuple[str, str]:
    """Run import-linter."""
    output = run([development_environment() / "lint-imports"])
    return output.strip().splitlines()[-1], output


def checkov() -> tuple[str, str]:
    """Install the wheel beside Checkov, see that no name is taken, and run the tests that need Checkov."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        run([development_environment() / "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", folder])
        (wheel,) = folder.glob("*.whl")
        binaries = checkov_environment()
        python = binaries / "python"
        run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", wheel])
        output = run([python, "-m", "pip", "check"])
        for name in ("rules", "linter"):
            run([python, "-c", f"import {name}"], cwd=folder, expect=1)
        find_version = "from importlib.metadata import version; print(version('checkov'))"
        version = run([python, "-c", find_version], cwd=folder).strip()
    python = development_environment() / "python"
    variables = {"CHECKOV_BINARIES": str(binaries)}
    output += run([python, *PYTEST, "-p", "no:cacheprovider", "tests/checkov"], variables=variables)
    return f"podroom and Checkov {version} work side by side, {closing_line(output)}", output


def hooks() -> tuple[str, str]:
    """Run the tests that need pre-commit; it installs podroom from the wheels of its environment, without a network."""
    binaries = hooks_environment()
    python = development_environment() / "python"
    variables = {"HOOKS_BINARIES": str(binaries)}
    output = run([python, *PYTEST, "-p", "no:cacheprovider", "tests/hooks"], variables=variables)
    version = run([binaries / "pre-commit", "--version"]).strip()
    return f"the hooks of podroom under {version}, {closing_line(output)}", output


def readme() -> tuple[str, str]:
    """Run the README's first command, word for word, in a copy of the checkout."""
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    if found is None:
        raise CommandError("README.md has no ```sh block")
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    with tempfile.TemporaryDirectory() as folder:
        for name in filter(None, listed.split("\0")):
            source, target = CHECKOUT / name, Path(folder) / name
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        output = run(["sh", "-c", found[1]], cwd=Path(folder), expect=1)
    if "PR102" not in output:
        raise CommandError(f"the README's first command did not print the finding:\n{output}")
    return "the README's first command prints the finding", output


# All together


def perform(job: str, work: Job) -> Result:
    """Do one job and say how it ended."""
    start = time.monotonic()
    SPENT.seconds = 0.0
    passed: bool | None
    try:
        summary, output = work()
        passed = True
    except NotHereError as absent:
        summary, output, passed = str(absent), "", None
    except CommandError as failure:
        output, passed = str(failure), False
        summary = closing_line(output) if job.startswith(PYTEST_JOBS) else "see above"
    return Result(job, passed, summary, output, time.monotonic() - start, SPENT.seconds)


def plan(names: Sequence[str], pytest_arguments: Sequence[str]) -> dict[str, Job]:
    """Return the jobs of these names, the longest first; pytest with arguments of its own runs as a whole."""
    others = [version for version in VERSIONS if version != RUNNING]
    oldest = next(version for version in (*VERSIONS, RUNNING) if interpreter(version) is not None)
    here = {} if "suite" in names and oldest != RUNNING else {f"most {RUNNING}": partial(full, MOST)}
    jobs: dict[str, dict[str, Job]] = {
        "full": {
            f"once {RUNNING}": once,
            **here,
            f"properties {RUNNING}": partial(full, ("-m", "once", PROPERTIES)),
        },
        "suite": {
            f"most {version}" if version == oldest else f"cases {version}": partial(
                suite, version, MOST if version == oldest else CASES
            )
            for version in others
        },
        "checkov": {"checkov": checkov},
        "types": {"types": types},
        "hooks": {"hooks": hooks},
        "readme": {"readme": readme},
        "layers": {"layers": layers},
        "style": {"style": style},
        "coverage": {"coverage": covered},
    }
    if pytest_arguments:
        jobs["full"] = {f"full {RUNNING}": partial(full, pytest_arguments)}
        jobs["suite"] = {f"suite {one}": partial(suite, one, (*MOST, *pytest_arguments)) for one in others}
    asked = {title: work for name, group in jobs.items() if name in names for title, work in group.items()}
    return dict(sorted(asked.items(), key=lambda job: LONGEST.index(job[0].partition(" ")[0])))


def build(names: Sequence[str]) -> list[Result]:
    """Build the environments that the jobs of these names need, and are not there."""
    others = [version for version in VERSIONS if version != RUNNING]
    builders: dict[str, Callable[[], Path]] = {"the environment for development": development_environment}
    if "suite" in names:
        builders.update({f"the environment for {version}": partial(least_environment, version) for version in others})
    if "checkov" in names:
        builders["the environment for Checkov"] = checkov_environment
    if "hooks" in names:
        builders["the environment for pre-commit"] = hooks_environment
    return [perform(title, partial(built, builder)) for title, builder in builders.items()]


def built(builder: Callable[[], Path]) -> tuple[str, str]:
    """Build one environment, as a job."""
    return "built", str(builder())


def tally(results: Sequence[Result]) -> str:
    """Return what pytest says of the jobs that have every oracle, added up."""
    summaries = [result.summary for result in results if result.job.startswith(COUNTED_JOBS)]
    counts = []
    for word in ("failed", "error", "passed", "skipped"):
        found = [int(number) for summary in summaries for number in re.findall(rf"(\d+) {word}", summary)]
        counts += [f"{sum(found)} {word}"] if found else []
    covered_share = [part for summary in summaries for part in re.findall(r"branch coverage \S+", summary)]
    return ", ".join(counts + covered_share)


def dearest_files(results: Sequence[Result]) -> list[tuple[str, float]]:
    """Return the files whose tests take the most processor time in all jobs together, with the seconds."""
    taken: dict[str, float] = defaultdict(float)
    for result in results:
        for seconds, path in re.findall(r"^ *([0-9.]+) s (tests/\S+)$", result.output, re.MULTILINE):
            taken[path] += float(seconds)
    return sorted(taken.items(), key=lambda one: one[1], reverse=True)[:DEAREST]


def split_at(words: Sequence[str], separator: str) -> tuple[list[str], list[str]]:
    """Return the words before the first separator and those after it."""
    at = words.index(separator) if separator in words else len(words)
    return list(words[:at]), list(words[at + 1 :])


def main() -> int:
    """Run the jobs that were asked for and sum up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"run only these: {', '.join(ALL)}, coverage")
    parser.add_argument("--quick", action="store_true", help=f"run only {', '.join(QUICK)}")
    parser.epilog = "What follows `--` is for pytest: run_tests.py full -- -k subnet -x"
    own, pytest_arguments = split_at(sys.argv[1:], "--")
    arguments = parser.parse_args(own)
    if unknown := [job for job in arguments.jobs if job not in (*ALL, "coverage")]:
        parser.error(f"no job is called {', '.join(unknown)}; there are {', '.join(ALL)}, coverage")
    if sys.version_info < (3, 10):  # noqa: UP036 - whoever runs this script may have an older one first on PATH
        parser.error("podroom needs Python 3.10 or newer")
    names = arguments.jobs or (QUICK if arguments.quick else ALL)

    jobs = plan(names, pytest_arguments)
    start = time.monotonic()
    failures = [result.output for result in build(names) if result.passed is False]
    if failures:
        print("\n".join(failures))
        return 1
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, min(4, os.cpu_count() or 1))) as pool:
        results = list(pool.map(lambda job: perform(*job), jobs.items()))

    for result in results:
        if result.passed is False:
            print(f"\n---- {result.job} failed ----\n{result.output.rstrip()}")
    print()
    for result in results:
        word = {True: "passed", False: "FAILED", None: "absent"}[result.passed]
        print(f"{word}  {result.job:<15} {result.seconds:6.1f} s {result.processor_seconds:7.1f}  {result.summary}")
    print(f"{'':8}{'all':<15} {'':6}   {sum(result.processor_seconds for result in results):7.1f}  on processors")
    if dearest := dearest_files(results):
        print("\nThe files whose tests take the most processor time, in seconds:")
        print("\n".join(f"{seconds:7.1f}  {path}" for path, seconds in dearest))
    failed = [result.job for result in results if result.passed is False]
    ended = time.monotonic()
    print(
        f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All passed'} in {ended - begun:.0f} s,"
        f" after {begun - start:.0f} s for the environments"
    )
    if "full" in names:
        print(f"===== {tally(results)} =====")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
