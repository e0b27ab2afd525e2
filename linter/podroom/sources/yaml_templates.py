"""YAML in which something else still has to fill in values: `{{ }}`, `{% %}`, `%{ }`, `${ }`.

What can be read is read.  A value with a placeholder is unknown, with the place of the placeholder; lines that only
steer the template (`{{ if }}`) are taken out, as if all that they guard were there.
"""

from __future__ import annotations

import re

from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass
from podroom.sources.yaml import Stream, compose, compose_document
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Unknown

_CONTROL_LINE = pattern(
    r"(?m)^[ \t]*(?:\{\{(?:[^{}]|\}(?!\}))*\}\}|\{%(?:[^%]|%(?!\}))*%\}|\{#(?:[^#]|#(?!\}))*#\}|%\{[^{}]*\})[ \t]*\r?$"
)
_BRACES = r"\{\{(?:[^{}]|\}(?!\}))*\}\}|\{%(?:[^%]|%(?!\}))*%\}"
_DOUBLE_BRACES = pattern(_BRACES)
_WITH_DOLLAR = pattern(rf"{_BRACES}|\$\{{[^{{}}\n]*\}}")


@dataclass(frozen=True, slots=True)
class TemplateStream:
    """What could be read of a file; `steered` are the lines that decide which parts of it there will be."""

    stream: Stream
    steered: tuple[Span, ...] = ()
    template: bool = False


def compose_template(document: Document) -> TemplateStream:
    """Read a file of YAML or JSON that may be a template; never raises.

    `${NAME}` is left as it stands where YAML can hold it, because it is as often meant for a shell on the node.
    """
    text = document.text
    stages = [_WITH_DOLLAR] if "${" in text else []
    if "{{" in text or "{%" in text or "%{" in text:
        stages.insert(0, _DOUBLE_BRACES)
        first = TemplateStream(Stream(()), template=True)
    else:
        first = TemplateStream(compose_document(document))
        if first.stream.problem is None:
            return first
    for placeholders in stages:
        masked, steered = _mask(document, placeholders)
        stream = compose(masked)
        if stream.problem is None or not first.stream.documents:
            first = TemplateStream(stream, steered, template=True)
        if stream.problem is None:
            break
    return first


def _mask(document: Document, placeholders: re.Pattern[str]) -> tuple[TracedText, tuple[Span, ...]]:
    """Return the text with a hole for each placeholder and without the lines that only steer."""
    text = document.text
    steered = [Span(document, *found.span()) for found in _CONTROL_LINE.finditer(text)]
    pieces: list[Piece] = []
    at = 0

    def literal(end: int) -> None:
        if end > at:
            pieces.append(Piece(text[at:end], Span(document, at, end), exact=True))

    marks = [(span.start, span.end, False) for span in steered]
    ends = {span.start: span.end for span in steered}
    covered = 0
    for found in placeholders.finditer(text):
        start, end = found.span()
        while covered < len(steered) and steered[covered].end <= start:
            covered += 1
        if covered < len(steered) and steered[covered].start <= start:
            continue
        if start not in ends:
            marks.append((start, end, True))
    for start, end, is_value in sorted(marks):
        literal(start)
        span = Span(document, start, end)
        if is_value:
            shown = " ".join(text[start:end].split())
            reason = f"{shown} is filled in by whatever renders this template"
            pieces.append(Piece(HOLE, span, hole=Unknown(reason, span, (shown,))))
        at = end
    literal(len(text))
    return TracedText(pieces), tuple(steered)
