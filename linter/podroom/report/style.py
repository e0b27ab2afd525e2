"""Colour for terminals that want it, and text that a terminal cannot mistake for commands."""

from __future__ import annotations

import re

from podroom.patterns import pattern
from podroom.records import dataclass
from podroom.rule import Severity

_COMMAND = pattern(r"^([^\S\n]*):(?=:[a-z]*[g-z-])|(?<=#)#(?=[a-z]*\[)", re.MULTILINE | re.IGNORECASE)
"""Where a line begins as `::error` does, which no address in IPv6 does, or one says `##[error]` or `##vso[...]`."""
_RESET = "\x1b[0m"
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}


@dataclass(frozen=True, slots=True)
class Style:
    """Marks up pieces of a report; without `colour` every piece stays as it is."""

    colour: bool = False

    def strong(self, text: str) -> str:
        """Return text that stands out."""
        return self._wrap("\x1b[1m", text)

    def faint(self, text: str) -> str:
        """Return text that stands back."""
        return self._wrap("\x1b[2m", text)

    def severity(self, severity: Severity | None, text: str) -> str:
        """Return text in the colour of a severity; None is the colour of related places."""
        return self._wrap("\x1b[36m" if severity is None else _COLOURS[severity], text)

    def _wrap(self, start: str, text: str) -> str:
        return f"{start}{text}{_RESET}" if self.colour and text else text


def printable(text: str) -> str:
    r"""Return text in which control characters are spelled out (`\x1b`), so that input cannot drive a terminal."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def without_commands(report: str) -> str:
    r"""Return a report in which nothing is a command to the CI system whose log it stands in.

    Files and folders may be called `::error::x`, and a line of the report may begin with their name: a character of
    what would be a command is spelled out (`\u003a`), as JSON does it too, whose meaning stays what it is.
    Source: https://github.com/actions/runner/blob/079cdb1d05fe0ec50f8c51de5a4fa51d0eb189b0/src/Runner.Common/ActionCommand.cs
    """
    if "::" not in report and "##" not in report:
        return report
    return _COMMAND.sub(lambda found: "\\u0023" if found[1] is None else f"{found[1]}\\u003a", report)
