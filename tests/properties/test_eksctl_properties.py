"""Whatever has become of a ClusterConfig, it is read without a crash, and every place is in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podroom.assembly.eksctl import assemble_eksctl
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.catalog.instance_types import InstanceCatalog
from podroom.engine import Engine
from podroom.positions import Document, Span
from podroom_rules import rules

pytestmark = pytest.mark.once("many drawn files")

CHECKOUT = Path(__file__).parents[2]
TEXTS = [
    path.read_text(encoding="utf-8")
    for pattern in ("examples/eksctl/*/*.yaml", "tests/cases/configurations/eksctl-*/*.yaml")
    for path in sorted(CHECKOUT.glob(pattern))
]
LINES = sorted({line for text in TEXTS for line in text.splitlines(keepends=True)})
SCRAPS = [
    *("{", "}", "[", "]", ":", "- ", "\n", "\t", "'", '"', "|\n", "&a ", "*a", "<<: ", "---\n", "!!binary "),
    *("${X}", "{{ x }}", "{{ if }}\n", "%{ x }", "\ufffc", "\ufeff", "\x00"),
    *("null", "~", "true", "-1", "0.5", "1e9", "9" * 30),
]
ENGINE = Engine(rules())
CATALOG = InstanceCatalog.bundled()


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Return a ClusterConfig in which lines and characters are lost, doubled, moved and strewn in."""
    lines = draw(st.sampled_from(TEXTS)).splitlines(keepends=True)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines)))
        lines[at : at + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(LINES), max_size=2))
    text = "".join(lines)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(SCRAPS)) + text[at + draw(st.integers(0, 3)) :]
    return text


def spans(item: object) -> Iterator[Span]:
    if isinstance(item, Span):
        yield item
    elif isinstance(item, tuple):
        for member in item:
            yield from spans(member)
    elif is_dataclass(item) and not isinstance(item, type):
        for field in fields(item):
            yield from spans(getattr(item, field.name))


@settings(max_examples=150, deadline=None)
@given(text=damaged())
def test_a_damaged_file_is_read_and_judged_without_a_crash(text: str) -> None:
    document = Document("cluster.yaml", text)
    found = assemble_eksctl([document])

    for span in spans((found.worlds, tuple(problem.span for problem in found.problems))):
        assert span.document is document
        assert 0 <= span.start <= span.end <= len(text)
    for world in found.worlds:
        ENGINE.judge(Assessment(world, CATALOG, Assumptions()))
