"""What the tests of each file take of the processors, for whoever asks with `--cpu`: see tools/run_tests.py."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator

import pytest

TAKEN = pytest.StashKey[dict[str, float]]()
"""Seconds of processor time by the path of the file, as far as its tests have run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cpu", action="store_true", help="print the processor time that the tests of each file took")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TAKEN] = defaultdict(float)


def processor_time() -> float:
    """Return the seconds that this process and those that it has waited for have spent on a processor."""
    return sum(os.times()[:4])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    before = processor_time()
    try:
        return (yield)
    finally:
        item.config.stash[TAKEN][item.location[0]] += processor_time() - before


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("--cpu"):
        terminalreporter.section("processor time by file")
        for path, seconds in sorted(config.stash[TAKEN].items(), key=lambda one: one[1], reverse=True):
            terminalreporter.write_line(f"{seconds:8.2f} s {path}")
