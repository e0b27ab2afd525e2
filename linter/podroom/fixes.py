"""Which edits of findings are safe, and the texts that come of them.

A literal may stand for more than the subject of a finding: a template that two groups share, a module that two root
modules call.  An edit is safe if it is right for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from podroom.model.world import World
from podroom.positions import Document, Span
from podroom.records import dataclass, replace
from podroom.rule import Edit, Finding
from podroom.sources.disk import DISK

_NOT_OURS = "/.terraform/"


def keep_safe_edits(findings: Iterable[Finding], judged: Sequence[tuple[World, Sequence[Finding]]]) -> list[Finding]:
    """Return findings without the edits that would be wrong for something else.

    `judged` are all Worlds, each with its own findings before any of them were merged.
    """
    wanted = {finding.edit for _, several in judged for finding in several if finding.edit is not None}
    left_alone = [span for world, several in judged for span in _left_alone(world, several)]

    def is_safe(edit: Edit) -> bool:
        span = edit.span
        return (
            not span.supplied
            and _NOT_OURS not in f"/{span.path}"
            and not any(_overlap(span, other) for other in left_alone)
            and not any(_overlap(span, other.span) and not _is_same(edit, other) for other in wanted)
        )

    return [
        finding if finding.edit is None or is_safe(finding.edit) else replace(finding, edit=None)
        for finding in findings
    ]


def _left_alone(world: World, findings: Iterable[Finding]) -> Iterator[Span]:
    """Yield the places that give a group of nodes its max pods, and that no edit for this group changes."""
    changed = [(subject, finding.edit.span) for finding in findings if finding.edit for subject in finding.subjects]
    for group in world.node_groups:
        for fixed in (*group.user_data.fixed, *group.user_data.stray):
            if not any(subject == group.address and _overlap(span, fixed.span) for subject, span in changed):
                yield fixed.span
    for node_class in world.node_classes:
        yield from (fixed.span for fixed in node_class.user_data.fixed)


def _overlap(one: Span, other: Span) -> bool:
    """Return whether two spans share a character, or one that is empty lies in the other."""
    if not _is_same_file(one.document, other.document):
        return False
    return max(one.start, other.start) < min(one.end, other.end) or _holds(one, other) or _holds(other, one)


def _holds(one: Span, other: Span) -> bool:
    return one.start <= other.start and other.end <= one.end


def _is_same(one: Edit, other: Edit) -> bool:
    """Return whether two edits of one file, perhaps under two names, are the same."""
    return (one.span.start, one.span.end, one.text) == (other.span.start, other.span.end, other.text)


def _is_same_file(one: Document, other: Document) -> bool:
    """Return whether two documents are one file, which links may give several names."""
    return one is other or (one.text == other.text and DISK.real(one.path) == DISK.real(other.path))


@dataclass(frozen=True, slots=True)
class FixedText:
    """A file as it would be: its document, the new text, and the findings that this mends."""

    document: Document
    text: str
    findings: tuple[Finding, ...]


def fixed_texts(findings: Iterable[Finding]) -> list[FixedText]:
    """Return the texts that the edits of findings make, by path; what is not edited keeps its every character."""
    by_document: dict[Document, dict[tuple[int, int, str], list[Finding]]] = {}
    for finding in findings:
        if finding.edit is not None:
            span = finding.edit.span
            document = next((one for one in by_document if _is_same_file(one, span.document)), span.document)
            edits = by_document.setdefault(document, {})
            edits.setdefault((span.start, span.end, finding.edit.text), []).append(finding)
    fixed = []
    for document, edits in sorted(by_document.items(), key=lambda item: item[0].path):
        text = document.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        mended = tuple(finding for several in edits.values() for finding in several)
        if text != document.text:
            fixed.append(FixedText(document, text, mended))
    return fixed
