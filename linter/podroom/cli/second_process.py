"""Does work in a second process beside what goes on in this one, where the machine has a second processor for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Item = TypeVar("Item")
Result = TypeVar("Result")

PROCESSES = "PODROOM_PROCESSES"
WORTH_IT = 500
"""The files of which it pays to parse half elsewhere: to start a second process takes as long as to parse 100."""
_PORTION = 50
_work: list[Callable[..., Any]] = []
"""What the second process does; a fork takes it over, so that nothing needs to be pickled but paths and results."""

_pools: list[ProcessPoolExecutor] = []


def beside(work: Callable[[Item], Result], items: Sequence[Item]) -> Callable[[], Sequence[Result]]:
    """Begin to work on items in a second process; return what waits for the results, in the order of the items.

    Whoever waits does what the other has not begun.  Where there is too little to do, no second processor, or none of
    the kind of fork that is safe (macOS, Windows), and where the environment says PODROOM_PROCESSES=1, whoever waits
    does all of it.
    """
    if len(items) < WORTH_IT or not _has_another_processor():
        return lambda: [work(item) for item in items]
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - takes 20 ms, which only large projects win back
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - same
    from multiprocessing import get_context  # noqa: PLC0415 - same

    _work[:] = [work]
    portions = [items[start : start + _PORTION] for start in range(0, len(items), _PORTION)]
    pool = ProcessPoolExecutor(1, get_context("fork"), _begin)
    futures = [pool.submit(_portion, portion) for portion in portions]
    _pools.append(pool)

    def results(portion: Sequence[Item], future: Future[Any]) -> Sequence[Result]:
        if not future.cancel():
            with suppress(BrokenProcessPool):  # killed from outside, for want of memory perhaps
                found: Sequence[Result] = future.result()
                return found
        return [work(item) for item in portion]

    def wait() -> Sequence[Result]:
        backwards = zip(reversed(portions), reversed(futures), strict=True)
        found = [results(portion, future) for portion, future in backwards]
        return [result for of_portion in reversed(found) for result in of_portion]

    return wait


def shut_down() -> None:
    """End the second process, and leave undone what it has not begun, so that nobody waits for it at the end."""
    while _pools:
        _pools.pop().shutdown(wait=False, cancel_futures=True)


def _has_another_processor() -> bool:
    if sys.platform != "linux" or os.environ.get(PROCESSES) == "1":
        return False
    return len(os.sched_getaffinity(0)) > 1


def _begin() -> None:
    """Leave it to the first process to be interrupted."""
    import signal  # noqa: PLC0415 - only the second process needs it

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _portion(items: Sequence[object]) -> list[Any]:
    return [_work[0](item) for item in items]
