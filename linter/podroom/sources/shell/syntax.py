"""The syntax tree of a shell script: simple commands in order, each knowing under what it stands.

Offsets count characters of the script's text.
"""

from __future__ import annotations

from typing import TypeAlias

from podroom.records import dataclass, field


@dataclass(frozen=True, slots=True)
class Literal:
    """Characters that stand for themselves; `text` differs from the source where an escape was undone."""

    start: int
    end: int
    quoted: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$NAME` or `${NAME...}`; `operator` and `argument` are what follows the name ("" if nothing)."""

    start: int
    end: int
    name: str
    operator: str
    argument: tuple[Segment, ...]
    quoted: bool


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(...)`, backquotes, `$((...))` or `<(...)`: text that only running the script can tell."""

    start: int
    end: int
    quoted: bool


Segment: TypeAlias = Literal | Parameter | Substitution


@dataclass(frozen=True, slots=True)
class RawWord:
    """A word before expansion."""

    start: int
    end: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class RawAssignment:
    """`NAME=word`, or `NAME+=word` where `appends`."""

    name: str
    appends: bool
    value: RawWord


@dataclass(slots=True)
class RawRedirection:
    """`>`, `>>`, `<`, `<<`, ... with its target; a here-document has a `body` instead.

    `ended` is false for a here-document that goes on to the end of the script.
    """

    operator: str
    target: RawWord
    body: RawWord | None = None
    ended: bool = True


AFTER_SUCCESS = "only if the command before it succeeds"
"""The condition of what `&&` joins to commands that only have to go well; after a test it is another."""


@dataclass(slots=True, eq=False)
class SimpleCommand:
    """One command.  Offsets cover its words, not the here-documents.

    `condition` says under what it runs ("" if it always runs); `scope` identifies the subshells around
    it, outermost first.  In a pipeline, `feeds` says that its output goes to another command and
    `reads_pipe` that its input comes from one: `feeds_from`, if that is a single simple command.
    `keyword` is the word of a compound command whose head this is (`for`, `case`, `[[`).
    """

    start: int
    end: int = 0
    words: list[RawWord] = field(default_factory=list)
    assignments: list[RawAssignment] = field(default_factory=list)
    redirections: list[RawRedirection] = field(default_factory=list)
    condition: str = ""
    scope: tuple[int, ...] = ()
    feeds_from: SimpleCommand | None = None
    feeds: bool = False
    reads_pipe: bool = False
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """What was read: the commands, the comments (offsets), and where the reader had to stop, if it had to."""

    commands: tuple[SimpleCommand, ...]
    comments: tuple[tuple[int, int], ...]
    stopped_at: int | None = None
