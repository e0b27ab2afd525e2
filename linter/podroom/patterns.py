"""Regular expressions that are compiled when they are first used.

Compiling costs 0.1 to 10 ms each, and most of ours are not used in most runs.
"""

from __future__ import annotations

import re
from typing import cast


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what `re.compile` returns, for all that matching needs of it."""
    return cast("re.Pattern[str]", _Late(text, flags))


class _Late:
    """Becomes the compiled pattern attribute by attribute: each is looked up once and kept."""

    def __init__(self, text: str, flags: int) -> None:
        self._written = (text, flags)

    def __getattr__(self, name: str) -> object:
        found: object = getattr(re.compile(*self._written), name)
        self.__dict__[name] = found
        return found
