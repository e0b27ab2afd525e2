#!/usr/bin/env python3
"""Measure podroom as a whole process: `python3 tools/bench.py --budgets`.

Run it with the Python of an environment that podroom is installed in; what is measured is the checkout that this file
belongs to.  The configurations are written to a temporary folder, always the same ones.  Each figure is the median of
several runs with a warm file cache and compiled modules; the rows take turns, so that a busy machine slows all alike.
Beside the time that passes stands the processor's time, which others on the machine disturb less.  Growth is judged by
the least of it, memory by the largest resident set.

  --runs N        how often each row is measured
  --modules DIR   the sources of terraform-aws-modules' eks and vpc (DIR/eks and DIR/vpc), for the row with downloaded
                  modules; without them that row is left out
  --against DIR   another checkout, such as a worktree of the last release, measured in turn with this one
  --checkov PATH  Checkov, for comparison; found by itself if it is on PATH
  --budgets       exit with 1 if a budget is broken
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import bench_inputs

CHECKOUT = Path(__file__).resolve().parent.parent
LARGEST_GROWTH = 2.5
"""How much more the second doubling of an input may cost than the first: 2 if the cost is linear, the rest is noise."""


@dataclass
class Row:
    """One thing to measure, its budget in milliseconds if it has one, and what its runs took."""

    name: str
    command: Sequence[str]
    folder: Path
    checkout: Path = CHECKOUT
    budget: float | None = None
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: float = 0.0

    @property
    def milliseconds(self) -> float:
        """Return the median."""
        return statistics.median(self.seconds) * 1000

    @property
    def broken(self) -> bool:
        """Return whether the budget is broken."""
        return self.budget is not None and self.milliseconds > self.budget


def run(row: Row, compiled: Path) -> tuple[float, float, float]:
    """Run a row once; return seconds, seconds of the processor, and MiB."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    kept["PYTHONPYCACHEPREFIX"] = str(compiled)
    kept["PYTHONPATH"] = os.pathsep.join(str(row.checkout / part) for part in ("linter", "rules"))
    begun = time.perf_counter()
    with subprocess.Popen(row.command, cwd=row.folder, env=kept, stdout=subprocess.DEVNULL) as process:
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
            seconds, processor, memory = run(row, compiled)
            if number:
                row.seconds.append(seconds)
                row.processor.append(processor)
                row.memory = max(row.memory, memory)


def podroom(name: str, folder: Path, *, budget: float | None = None, arguments: Sequence[str] = ("check", ".")) -> Row:
    """Return a row of podroom; its output goes nowhere, its exit code may say that there are findings."""
    return Row(name, [sys.executable, "-m", "podroom", *arguments], folder, budget=budget)


def budget_rows(inputs: Path, modules: Path | None) -> list[Row]:
    """Write the configurations that have a budget and return their rows."""
    one, downloaded, monorepo = inputs / "one", inputs / "downloaded", inputs / "monorepo"
    bench_inputs.write_eks_root(one)
    rows = [podroom("podroom --version", inputs, arguments=["--version"])]
    rows.append(podroom(f"EKS root, {bench_inputs.ROOT_FILES} files", one, budget=120))
    if modules is None:
        print("Left out: the EKS root with downloaded modules, for want of --modules DIR.\n")
    else:
        files = bench_inputs.write_root_with_modules(downloaded, modules)
        rows.append(podroom(f"the same with downloaded modules, {files} files", downloaded, budget=300))
    manifests = inputs / "manifests"
    bench_inputs.write_manifests(manifests)
    rows.append(podroom(f"{bench_inputs.MANIFESTS:,} unrelated YAML files", manifests, budget=500))
    bench_inputs.write_monorepo(monorepo)
    rows.append(podroom(f"monorepo, {bench_inputs.MONOREPO_FILES:,} files", monorepo, budget=1500))
    return rows


def growth_rows(inputs: Path) -> list[list[Row]]:
    """Write inputs of one, two and four times a size and return their rows, smallest first."""
    series = []
    for what, smallest, write in (
        ("files of one root", 200, bench_inputs.write_eks_root),
        ("files of a monorepo", 500, bench_inputs.write_monorepo),
        ("module instances", 100, bench_inputs.write_module_instances),
    ):
        rows = []
        for size in (smallest, 2 * smallest, 4 * smallest):
            folder = inputs / f"{what} {size}"
            write(folder, size)
            rows.append(podroom(f"{size} {what}", folder))
        series.append(rows)
    return series


def show(rows: Sequence[Row], bare: float) -> None:
    """Print a table."""
    print(f"{'':50} {'ms':>7} {'budget':>7} {'x bare':>7} {'CPU ms':>7} {'MiB':>6}")
    for row in rows:
        budget = "" if row.budget is None else f"{row.budget:.0f}"
        mark = "  over budget" if row.broken else ""
        processor = statistics.median(row.processor) * 1000
        print(
            f"{row.name:50} {row.milliseconds:7.0f} {budget:>7} {row.milliseconds / bare:7.1f} {processor:7.0f}"
            f" {row.memory:6.0f}{mark}"
        )
    print()


def growth(rows: Sequence[Row]) -> float:
    """Return how much more the second doubling of an input costs than the first."""
    first, second, third = (min(row.processor) for row in rows)
    return (third - second) / max(second - first, 0.001)


def main() -> None:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--modules", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--checkov", default=shutil.which("checkov"))
    parser.add_argument("--budgets", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="podroom-bench-") as folder:
        inputs, compiled = Path(folder) / "inputs", Path(folder) / "compiled"
        inputs.mkdir()
        bare = Row("python -c pass", [sys.executable, "-c", "pass"], inputs)
        rows = [bare, *budget_rows(inputs, options.modules)]
        before = [
            Row(f"  in {options.against.name}", row.command, row.folder, options.against.resolve())
            for row in rows[1:]
            if options.against
        ]
        turns = [row for pair in zip(rows[1:], before, strict=True) for row in pair] if before else rows[1:]
        measure([bare, *turns], options.runs, compiled)
        show([bare, *turns], bare.milliseconds)
        failed = any(row.broken for row in rows)
        if options.checkov:
            checkov = Row("checkov", [options.checkov, "-d", ".", "--compact", "--quiet"], inputs / "one")
            measure([checkov], 3, compiled)
            show([rows[2], checkov], bare.milliseconds)
        for series in growth_rows(inputs):
            measure(series, max(3, options.runs // 2), compiled)
            show(series, bare.milliseconds)
            factor = growth(series)
            failed = failed or factor > LARGEST_GROWTH
            print(f"The second doubling costs {factor:.2f} times the first (at most {LARGEST_GROWTH}).\n")
    sys.exit(1 if options.budgets and failed else 0)


if __name__ == "__main__":
    main()
