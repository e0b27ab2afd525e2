"""What keeps the time of the tests in bounds: shares that are drawn of them, and `--cpu`."""

from __future__ import annotations

import os
import random
import sys
from collections import defaultdict
from collections.abc import Generator

import pytest

TAKEN = pytest.StashKey[dict[str, float]]()
"""Seconds of processor time by the path of the file, as far as its tests have run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--share", type=int, default=1, metavar="N", help="run one of N tests, others on each Python")
    parser.addoption("--cpu", action="store_true", help="print the processor time that the tests of each file took")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TAKEN] = defaultdict(float)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not drawn, of a share of all tests and of those marked `drawn`.

    Whether a test is drawn hangs on its own name and the seed of hypothesis, without which others are at every run.
    Of the marked ones all are run if somebody asks for certain tests.
    """
    share, python = config.getoption("--share"), sys.version_info[:2]
    _leave_out(config, items, [item for item in items if random.Random(f"{python} {item.nodeid}").randrange(share)])
    if config.option.keyword or any("::" in argument for argument in config.args):
        return
    given = config.getoption("--hypothesis-seed", default=None)
    seed = random.getrandbits(32) if given is None else given
    left_out = [
        item
        for item in items
        if (mark := item.get_closest_marker("drawn")) and random.Random(f"{seed} {item.nodeid}").randrange(mark.args[0])
    ]
    _leave_out(config, items, left_out)


def _leave_out(config: pytest.Config, items: list[pytest.Item], left_out: list[pytest.Item]) -> None:
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = {*map(id, left_out)}
        items[:] = [item for item in items if id(item) not in gone]


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
