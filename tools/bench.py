#!/usr/bin/env python3
"""Measure podroom as a whole process: `python3 tools/bench.py --budgets`.

Run it with the Python of an environment that podroom is installed in; what is measured is the checkout that this file
belongs to.  The configurations are written to a temporary folder, always the same ones.  Each figure is the median of
several runs with a warm file cache and compiled modules; the rows take turns, so that a busy machine slows all alike.
Beside the time that passes stands the processor's time, of all processes of a run, which others on the machine disturb
less; growth is judged by the least of it.  Memory is the largest resident set of a process.

The budgets are those of a machine on which Python that does nothing takes 10 ms.  The column "at 10" has what is
measured as it would be there: times 10, divided by what Python that does nothing takes here.  It decides, so that a
slow machine breaks no budget and a fast one keeps none that the code does not; on a slow one it is a help and no more,
since not everything slows down alike, and a row that only it lets pass says: "holds where bare Python takes 10 ms".

  --runs N        how often each row is measured; what takes over two seconds is measured three times
  --modules DIR   the sources of terraform-aws-modules' eks and vpc (DIR/eks and DIR/vpc), for the row with downloaded
                  modules; without them that row is left out
  --against DIR   another checkout, such as a worktree of the last release, measured in turn with this one
  --checkov PATH  Checkov, for comparison (2,000 files take it minutes); found by itself if it is on PATH
  --trivy PATH    Trivy, which no wheel brings, in the same way
  --budgets       exit with 1 if a budget is broken
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import bench_inputs

CHECKOUT = Path(__file__).resolve().parent.parent
LARGEST_EXPONENT = 1.15
"""Cost grows as size to the power of this at most: 1 if the cost is linear, the rest is noise."""
BARE_PYTHON = 10.0
"""Milliseconds that Python which does nothing takes on the machine that the budgets are meant for."""
ABOVE_BARE_PYTHON = 60.0
"""Milliseconds that `podroom --version` may take more than Python that does nothing."""
TIMES_FASTER_THAN_CHECKOV = 100.0
LONG = 2.0
"""Seconds above which a row is measured `RUNS_OF_LONG_ONES` times."""
RUNS_OF_LONG_ONES = 3


@dataclass
class Row:
    """One thing to measure, its budgets in milliseconds and MiB if it has any, and what its runs took."""

    name: str
    command: Sequence[str]
    folder: Path
    size: int = 0
    checkout: Path = CHECKOUT
    budget: float | None = None
    most_memory: float | None = None
    processes: str = ""
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: float = 0.0

    @property
    def milliseconds(self) -> float:
        """Return the median."""
        return statistics.median(self.seconds) * 1000

    def at_ten(self, bare: float) -> float:
        """Return the median as it would be where bare Python takes 10 ms, if it takes `bare` milliseconds here."""
        return self.milliseconds * BARE_PYTHON / bare

    def broken(self, bare: float) -> bool:
        """Return whether a budget is broken, where bare Python takes so many milliseconds."""
        return bool(
            (self.budget is not None and self.at_ten(bare) > self.budget)
            or (self.most_memory is not None and self.memory > self.most_memory)
        )

    def verdict(self, bare: float) -> str:
        """Return what to say of the budgets, where bare Python takes so many milliseconds; empty if there are none."""
        if self.budget is None and self.most_memory is None:
            return ""
        if self.broken(bare):
            return "over budget"
        if self.budget is not None and self.milliseconds > self.budget:
            return f"holds where bare Python takes {BARE_PYTHON:.0f} ms"
        return "holds"


def run(row: Row, compiled: Path) -> tuple[float, float, float]:
    """Run a row once; return seconds, seconds of the processor, and MiB."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    kept["PYTHONPYCACHEPREFIX"] = str(compiled)
    kept["PYTHONPATH"] = os.pathsep.join(str(row.checkout / part) for part in ("linter", "rules"))
    kept["PODROOM_PROCESSES"] = row.processes
    own = row.command[0] == sys.executable
    complaints = None if own else subprocess.DEVNULL  # Checkov's, where it finds no network, would bury the tables
    begun = time.perf_counter()
    with subprocess.Popen(
        row.command, cwd=row.folder, env=kept, stdout=subprocess.DEVNULL, stderr=complaints
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    taken = time.perf_counter() - begun
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(row.command)} in {row.folder} fails with exit code {process.returncode}")
    return taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(rows: Sequence[Row], runs: int, compiled: Path) -> None:
    """Measure rows in turn; the first run of each, which fills the caches, does not count."""
    for number in range(runs + 1):
        for row in rows:
            if row.seconds and min(row.seconds) > LONG and len(row.seconds) >= RUNS_OF_LONG_ONES:
                continue
            seconds, processor, memory = run(row, compiled)
            if number:
                row.seconds.append(seconds)
                row.processor.append(processor)
                row.memory = max(row.memory, memory)


def podroom(name: str, folder: Path, size: int = 0, *, arguments: Sequence[str] = ("check", ".")) -> Row:
    """Return a row of podroom; its output goes nowhere, its exit code may say that there are findings."""
    return Row(name, [sys.executable, "-m", "podroom", *arguments], folder, size)


def budget_rows(inputs: Path, modules: Path | None) -> Iterator[Row]:
    """Write configurations of all sizes and yield their rows, with the budgets of those that have one."""
    version = podroom("podroom --version", inputs, arguments=["--version"])
    version.budget = BARE_PYTHON + ABOVE_BARE_PYTHON
    yield version
    bench_inputs.write_one_file(inputs / "file")
    yield podroom("1 file", inputs / "file", 1)
    bench_inputs.write_eks_root(inputs / "one")
    root = podroom(f"EKS root, {bench_inputs.ROOT_FILES} files", inputs / "one", bench_inputs.ROOT_FILES)
    root.budget = 120
    yield root
    if modules is None:
        print("Left out: the EKS root with downloaded modules, for want of --modules DIR.\n")
    else:
        files = bench_inputs.write_root_with_modules(inputs / "downloaded", modules)
        downloaded = podroom(f"the same with downloaded modules, {files} files", inputs / "downloaded", files)
        downloaded.budget = 300
        yield downloaded
    bench_inputs.write_manifests(inputs / "manifests")
    manifests = podroom(f"{bench_inputs.MANIFESTS:,} unrelated YAML files", inputs / "manifests")
    manifests.budget = 500
    yield manifests
    for size, budget, memory in ((500, None, None), (2_000, 1_500, None), (10_000, 6_000, 500)):
        folder = inputs / f"monorepo-{size}"
        bench_inputs.write_monorepo(folder, size)
        row = podroom(f"monorepo, {size:,} files", folder, size)
        row.budget, row.most_memory = budget, memory
        yield row
        if budget is not None:
            yield Row("  in one process", row.command, folder, size, processes="1")
    bench_inputs.write_nested_modules(inputs / "nested", 1_000)
    yield podroom("1,000 module instances, five deep", inputs / "nested", 1_000)


SERIES: Sequence[tuple[str, Sequence[int], Callable[[Path, int], None]]] = (
    ("files of one root", (200, 400, 800), bench_inputs.write_eks_root),
    ("files of a monorepo", (500, 2_000, 10_000), bench_inputs.write_monorepo),
    ("module instances", (100, 200, 400), bench_inputs.write_module_instances),
    ("module instances five deep", (300, 1_000, 3_000), bench_inputs.write_nested_modules),
)


def growth_rows(inputs: Path) -> Iterator[list[Row]]:
    """Write inputs of several sizes and yield their rows, smallest first; all in one process."""
    for what, sizes, write in SERIES:
        rows = []
        for size in sizes:
            folder = inputs / f"{what} {size}"
            write(folder, size)
            row = podroom(f"{size:,} {what}", folder, size)
            row.processes = "1"
            rows.append(row)
        yield rows


def show(rows: Sequence[Row], bare: float) -> None:
    """Print a table."""
    print(f"{'':50} {'ms':>7} {'at 10':>7} {'budget':>7} {'x bare':>7} {'CPU ms':>7} {'MiB':>6} {'budget':>7}")
    for row in rows:
        budget = "" if row.budget is None else f"{row.budget:.0f}"
        memory = "" if row.most_memory is None else f"{row.most_memory:.0f}"
        processor = statistics.median(row.processor) * 1000
        line = (
            f"{row.name:50} {row.milliseconds:7.0f} {row.at_ten(bare):7.0f} {budget:>7} {row.milliseconds / bare:7.1f}"
            f" {processor:7.0f} {row.memory:6.0f} {memory:>7}  {row.verdict(bare)}"
        )
        print(line.rstrip())
    print()


def exponents(rows: Sequence[Row], start: float) -> list[float]:
    """Return to which power of the size the cost grows from each row to the next, without the seconds of the start."""
    costs = [max(min(row.processor) - start, 0.001) for row in rows]
    return [
        math.log(later / earlier) / math.log(larger.size / smaller.size)
        for (earlier, later), (smaller, larger) in zip(pairwise(costs), pairwise(rows), strict=True)
    ]


def compared(rows: Sequence[Row], tool: str, command: Sequence[str], compiled: Path) -> tuple[list[Row], float]:
    """Measure another tool where podroom was measured, once each; return its rows and how much slower the last is."""
    others = [Row(f"{tool}, {row.name}", command, row.folder, row.size) for row in rows]
    own = [Row(row.name, row.command, row.folder, row.size) for row in rows]
    both = [row for pair in zip(own, others, strict=True) for row in pair]
    for row in both:
        seconds, processor, row.memory = run(row, compiled)
        row.seconds, row.processor = [seconds], [processor]
    return both, both[-1].milliseconds / both[-2].milliseconds


def main() -> None:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--modules", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--checkov", default=shutil.which("checkov"))
    parser.add_argument("--trivy", default=shutil.which("trivy"))
    parser.add_argument("--budgets", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="podroom-bench-") as folder:
        inputs, compiled = Path(folder) / "inputs", Path(folder) / "compiled"
        inputs.mkdir()
        bare = Row("python -c pass", [sys.executable, "-c", "pass"], inputs)
        rows = [bare, *budget_rows(inputs, options.modules)]
        version = rows[1]
        before = [
            Row(f"  in {options.against.name}", row.command, row.folder, checkout=options.against.resolve())
            for row in rows[1:]
            if options.against
        ]
        turns = [row for pair in zip(rows[1:], before, strict=True) for row in pair] if before else rows[1:]
        measure([bare, *turns], options.runs, compiled)
        show([bare, *turns], bare.milliseconds)
        failed = any(row.broken(bare.milliseconds) for row in rows)
        start = min(version.processor)
        for series in growth_rows(inputs):
            measure(series, min(options.runs, RUNS_OF_LONG_ONES), compiled)
            show(series, bare.milliseconds)
            found = exponents(series, start)
            holds = found[-1] <= LARGEST_EXPONENT
            failed = failed or not holds
            print(
                f"Grows as size to the power of {', '.join(f'{one:.2f}' for one in found)}"
                f" (at most {LARGEST_EXPONENT} in the end): {'holds' if holds else 'over budget'}.\n"
            )
        sized = [row for row in rows if row.size in {bench_inputs.ROOT_FILES, 2_000} and not row.processes]
        if options.checkov:
            both, factor = compared(sized, "checkov", [options.checkov, "-d", ".", "--compact", "--quiet"], compiled)
            show(both, bare.milliseconds)
            holds = factor >= TIMES_FASTER_THAN_CHECKOV
            failed = failed or not holds
            print(
                f"Checkov takes {factor:.0f} times as long for {sized[-1].size:,} files"
                f" (at least {TIMES_FASTER_THAN_CHECKOV:.0f}): {'holds' if holds else 'over budget'}.\n"
            )
        if options.trivy:
            both, factor = compared(sized, "trivy", [options.trivy, "config", "--quiet", "."], compiled)
            show(both, bare.milliseconds)
            print(f"Trivy takes {factor:.0f} times as long for {sized[-1].size:,} files.\n")
    sys.exit(1 if options.budgets and failed else 0)


if __name__ == "__main__":
    main()
