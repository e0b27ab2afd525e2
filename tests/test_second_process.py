"""A second process changes how long a run takes, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import bench_inputs
from checkout import CHECKOUT
from podroom.cli import second_process
from podroom.cli.second_process import PROCESSES, WORTH_IT, beside

forks = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is one process")


def text(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def worked(work: Callable[[int], tuple[int, int]], items: int) -> list[tuple[int, int]]:
    with click.Context(click.Command("check")):
        return list(beside(work, range(items))())


@pytest.fixture
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1}, raising=False)
    monkeypatch.delenv(PROCESSES, raising=False)


@forks
@pytest.mark.usefixtures("_two_processors")
def test_results_come_in_the_order_of_the_items_whoever_worked_on_them() -> None:
    begun, begins = os.pipe()

    def tells(number: int) -> tuple[int, int]:
        if number == 0:
            os.write(begins, b".")
        return text(number)

    with click.Context(click.Command("check")):
        wait = beside(tells, range(WORTH_IT + 7))
        os.read(begun, 1)
        results = wait()
    assert [square for square, _ in results] == [number * number for number in range(WORTH_IT + 7)]
    assert results[0][1] != os.getpid()


@forks
@pytest.mark.usefixtures("_two_processors")
def test_what_a_second_process_leaves_when_it_is_killed_is_done_by_the_first() -> None:
    own = os.getpid()

    def dies(number: int) -> tuple[int, int]:
        if os.getpid() != own:
            os._exit(9)
        return text(number)

    assert worked(dies, WORTH_IT) == [(number * number, own) for number in range(WORTH_IT)]


@forks
@pytest.mark.usefixtures("_two_processors")
def test_what_goes_wrong_in_the_second_process_is_told_by_the_first() -> None:
    def fails(number: int) -> tuple[int, int]:
        raise RecursionError(str(number))

    with pytest.raises(RecursionError):
        worked(fails, WORTH_IT)


@pytest.mark.parametrize("reason", ["little to do", "one processor", "the environment says so"])
def test_one_process_does_it_all_where_a_second_does_not_pay(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_process.os, "sched_getaffinity", lambda _process: {0, 1}, raising=False)
    monkeypatch.delenv(PROCESSES, raising=False)
    if reason == "one processor":
        monkeypatch.setattr(second_process.os, "sched_getaffinity", lambda _process: {0}, raising=False)
    if reason == "the environment says so":
        monkeypatch.setenv(PROCESSES, "1")
    items = WORTH_IT - 1 if reason == "little to do" else WORTH_IT
    assert {process for _, process in worked(text, items)} == {os.getpid()}


@forks
def test_a_run_with_two_processes_says_the_same_to_the_byte(tmp_path: Path) -> None:
    bench_inputs.write_monorepo(tmp_path, WORTH_IT + 150)
    services = sorted((tmp_path / "services").iterdir())
    for folder in (services[0], services[-1]):
        (folder / "broken.tf").write_text('resource "aws_s3_bucket" "a" {\n  bucket = "x" "y"\n')
    said = []
    for processes in ("1", ""):
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(CHECKOUT / part) for part in ("linter", "rules")),
        }
        done = subprocess.run(
            [sys.executable, "-m", "podroom", "check", "."],
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env={**environment, PROCESSES: processes},
        )
        assert done.returncode == 2
        assert done.stderr.count(b"broken.tf") + done.stdout.count(b"broken.tf") >= 2
        said.append((done.stdout, done.stderr))
    assert said[0] == said[1]
