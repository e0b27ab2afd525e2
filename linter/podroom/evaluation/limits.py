"""What keeps evaluation of any configuration, hostile ones included, in bounded time and memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from podroom.evaluation.failures import BeyondReach

T = TypeVar("T")

MAX_STEPS = 3_000_000
MAX_STEPS_FOR_ONE_NAME = 600_000
MAX_INSTANCES = 20_000
MAX_MODULE_DEPTH = 32
_DEEP = 60
_TOO_DEEP = 150


class Suspend(BaseException):
    """Unwinds a deep chain of references: `resume` has to be run first, on a fresh stack.

    Not an `Exception`, because it is no outcome of an expression: nothing may catch it but `Budget.run`.
    """

    def __init__(self, key: Hashable, resume: Callable[[], object], cycle: Callable[[], None]) -> None:
        """Keep the thing to work out, how, and what to do when it turns out to wait for itself."""
        super().__init__(key)
        self.key = key
        self.resume = resume
        self.cycle = cycle


class Budget:
    """Counts the steps and the depth of one evaluation of a whole configuration."""

    __slots__ = ("_running", "_steps_at_name", "depth", "instances", "steps", "trying")

    def __init__(self) -> None:
        """Start with everything to spend."""
        self.steps = 0
        self._steps_at_name = 0
        self.depth = 0
        self.trying = 0
        self.instances = 0
        self._running = False

    def enter(self) -> None:
        """Count one step into an expression; raise `BeyondReach` when a limit is passed."""
        self.steps += 1
        self.depth += 1
        if self.depth > _TOO_DEEP:
            raise BeyondReach("the expression is nested more deeply than podroom follows")
        if self.steps > MAX_STEPS or self.steps - self._steps_at_name > MAX_STEPS_FOR_ONE_NAME:
            raise BeyondReach("the configuration takes more steps to evaluate than podroom follows")

    def spend(self, steps: int) -> None:
        """Count work that is not one step an item, such as a long repetition."""
        self.steps += steps
        if self.steps > MAX_STEPS or self.steps - self._steps_at_name > MAX_STEPS_FOR_ONE_NAME:
            raise BeyondReach("the configuration takes more steps to evaluate than podroom follows")

    @property
    def deep(self) -> bool:
        """Return whether the next name should be worked out on a fresh stack."""
        return self.depth > _DEEP

    def add_instance(self) -> None:
        """Count one resource or module instance; raise `BeyondReach` beyond `MAX_INSTANCES`."""
        self.instances += 1
        if self.instances > MAX_INSTANCES:
            raise BeyondReach(f"there are more than {MAX_INSTANCES:,} resource and module instances")

    def run(self, work: Callable[[], T]) -> T:
        """Return the result of `work`, working out deep references first, each on a fresh stack."""
        if self._running:
            return work()
        result: list[T] = []
        pending: list[tuple[Hashable, Callable[[], object]]] = [(None, lambda: result.append(work()))]
        waiting: set[Hashable] = set()
        depth, trying = self.depth, self.trying
        self._running = True
        try:
            while pending:
                key, resume = pending[-1]
                self.depth, self.trying = depth, trying
                self._steps_at_name = self.steps
                try:
                    resume()
                except Suspend as deeper:
                    if deeper.key in waiting:
                        deeper.cycle()
                    else:
                        waiting.add(deeper.key)
                        pending.append((deeper.key, deeper.resume))
                    continue
                pending.pop()
                waiting.discard(key)
        finally:
            self._running = False
            self.depth, self.trying = depth, trying
        return result[0]
