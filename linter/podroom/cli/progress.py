"""A line on the terminal that says how far a long run is."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TextIO

from podroom.report.style import printable

PATIENCE = 1.0
"""In seconds: what takes no longer says nothing."""
_PAUSE = 0.1
_WIDTH = 79
_CLEAR = "\r\x1b[K"


class Progress:
    """Shows on a terminal what is being done once it takes long, and clears the line in the end; quiet elsewhere."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Take where to show it, standard error unless told otherwise, and a clock that counts seconds."""
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._next = clock() + PATIENCE
        self._shown = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say what is being done, and how many of how many are done."""
        if not self._is_wanted():
            return
        now = self._clock()
        if now >= self._next:
            self._next = now + _PAUSE
            text = printable(f"podroom: {done} of {total}, {what}")
            self._stream.write(_CLEAR + (text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."))
            self._stream.flush()
            self._shown = True

    def __enter__(self) -> Progress:  # noqa: PYI034 - Self came with Python 3.11
        """Return this."""
        return self

    def __exit__(self, *_: object) -> None:
        """Clear the line."""
        if self._shown:
            self._shown = False
            self._stream.write(_CLEAR)
            self._stream.flush()

    def _is_wanted(self) -> bool:
        return self._stream is not None and self._stream.isatty() and os.environ.get("TERM") != "dumb"
