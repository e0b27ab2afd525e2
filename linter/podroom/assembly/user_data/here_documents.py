"""Here-documents of a script that nothing ends."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.model.world import OpenHereDocument
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.sources.shell import Script
from podroom.sources.shell.syntax import RawRedirection, RawWord
from podroom.traced_text import HOLE, TracedText

_CALL = pattern(r"(?m)^\s*(?:(?:ba)?sh\s+|sudo\s+)*(?:/etc/eks/bootstrap\.sh|(?:/usr/bin/)?nodeadm)\s")


def open_here_documents(source: TracedText, script: Script) -> Iterator[OpenHereDocument]:
    """Iterate over the here-documents that go on to the end of a script.

    One with an unknown line in it is left out, because that line may end it.
    """
    for command in script.commands:
        for redirection in command.redirections:
            if redirection.body is not None and not redirection.ended:
                found = _open(source, redirection, redirection.body)
                if found is not None:
                    yield found


def _open(source: TracedText, redirection: RawRedirection, body: RawWord) -> OpenHereDocument | None:
    text = source.text
    target = redirection.target
    delimiter = text[target.start : target.end].strip("\"'").replace("\\", "")
    almost: Span | None = None
    behind = 0
    at = body.start
    for line in text[body.start : body.end].splitlines(keepends=True):
        stripped = line.strip()
        if HOLE in delimiter or (stripped and not stripped.strip(HOLE)):
            return None
        if stripped == delimiter and almost is None:
            start = at + line.index(delimiter)
            almost = source.span(start, start + len(delimiter))
            behind = 0
        elif stripped:
            behind += 1
        at += len(line)
    hides = _CALL.search(text, body.start, body.end) is not None
    begin = text.rfind("<<", 0, target.start)
    return OpenHereDocument(delimiter, source.span(begin, target.end), almost, behind, hides)
