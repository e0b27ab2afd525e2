"""Pieces of Markdown in which nothing of the input can become markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.patterns import pattern
from podroom.report.style import printable

_SPECIAL = pattern(r"([\\`*_{}\[\]<>#|~!&@])")
_BACKTICKS = pattern(r"`+")


def escaped(text: str) -> str:
    """Return text of which no character is markup."""
    return _SPECIAL.sub(r"\\\1", printable(text))


def code(text: str) -> str:
    """Return text as code, which stands in a table too."""
    clean = printable(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(clean)), default=0))
    edge = " " if clean.startswith("`") or clean.endswith("`") else ""
    return f"{fence}{edge}{clean}{edge}{fence}" if clean else ""


def fenced(text: str, language: str) -> Iterator[str]:
    """Iterate over the lines of a block of code."""
    fence = "`" * max(3, 1 + max((len(run) for run in _BACKTICKS.findall(text)), default=0))
    yield f"{fence}{language}"
    yield from (printable(line) for line in text.splitlines())
    yield fence


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, numbers_from: int) -> Iterator[str]:
    """Iterate over the lines of a table; its cells are markup already, those of numbers stand at the right."""
    yield _row(titles)
    yield _row(["---" if at < numbers_from else "---:" for at in range(len(titles))])
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
