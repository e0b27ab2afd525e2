"""A mistake costs the rest of its top-level block and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.positions import Document
from podroom.sources.hcl.parser import parse, parse_template
from podroom.sources.hcl.syntax import Invalid

BROKEN = Path(__file__).parents[1] / "cases/hcl/broken.tf"


def test_every_mistake_of_a_file_is_told_once_with_its_place() -> None:
    file = parse(Document("broken.tf", BROKEN.read_text("utf-8")))
    assert [f"{file.span(problem)} {problem.message}" for problem in file.problems] == [
        "broken.tf:9:12 Expected an expression, but found the end of the line.",
        "broken.tf:25:7 Expected an expression, but found `]`.",
        "broken.tf:32:1 This `fifth` block is never closed: its `}` is missing.",
        "broken.tf:43:7 This heredoc is never closed: no line after it holds `EOT` and nothing else.",
        "broken.tf:50:1 This `}` closes nothing.",
        "broken.tf:54:3 The argument `a` is already set in this block; each argument may be set only once.",
    ]


def test_blocks_around_a_mistake_are_read_and_text_of_heredocs_is_not_taken_for_blocks() -> None:
    file = parse(Document("broken.tf", BROKEN.read_text("utf-8")))
    headers = [(block.type, block.labels[0].value) for block in file.body.blocks]
    assert headers == [
        ("first", "kept"),
        ("second", "broken value"),
        ("third", "kept"),
        ("fourth", "broken, with a heredoc behind the mistake"),
        ("fifth", "never closed"),
        ("sixth", "kept"),
        ("seventh", "unclosed heredoc"),
        ("eighth", "kept"),
        ("ninth", "kept"),
    ]


def test_a_broken_block_keeps_what_was_read_before_the_mistake_and_the_name_of_the_broken_attribute() -> None:
    file = parse(Document("broken.tf", BROKEN.read_text("utf-8")))
    second = file.body.blocks[1]
    assert [attribute.name for attribute in second.body.attributes] == ["a"]
    (inner,) = second.body.blocks
    (broken,) = inner.body.attributes
    assert (broken.name, type(broken.expression)) == ("b", Invalid)
    for problem in file.problems[:1]:
        assert inner.start <= problem.start <= inner.end
        assert second.start <= problem.start <= second.end


def test_comments_above_the_block_after_a_mistake_are_kept() -> None:
    file = parse(Document("broken.tf", BROKEN.read_text("utf-8")))
    assert [file.span(comment).text for comment in file.comments] == [
        "# Kept: stands before the first broken item.",
        "# Kept: this comment belongs to the block below.",
        "# So does this one.",
    ]


def test_after_a_broken_top_level_attribute_the_next_attribute_is_read() -> None:
    file = parse(Document("a.tfvars", "a = 1\nb = [1 2]\nc = 3\nd =\n# e\ne = 5\n"))
    assert [attribute.name for attribute in file.body.attributes] == ["a", "b", "c", "d", "e"]
    assert [file.span(problem).first.line for problem in file.problems] == [2, 4]
    assert len(file.comments) == 1


def test_a_file_without_indentation_is_not_taken_apart() -> None:
    text = "a {\nb {\nc = 1\n}\nd {\ne = }\n}\n}\nf {\n}\n"
    file = parse(Document("a.tf", text))
    assert [str(file.span(problem)) for problem in file.problems] == ["a.tf:6:5"]
    assert [block.type for block in file.body.blocks[0].body.blocks] == ["b", "d"]


@pytest.mark.parametrize("text", ["a {\n", "a {", "a { b = 1", "a {\n  b {\n  }\n"])
def test_a_block_without_its_end_is_in_the_tree(text: str) -> None:
    file = parse(Document("a.tf", text))
    assert [block.type for block in file.body.blocks] == ["a"]
    assert len(file.problems) == 1


def test_the_place_of_an_unclosed_block_is_its_header() -> None:
    file = parse(Document("a.tf", 'a "b" {\n  c = 1\n\nd {\n}\n'))
    assert [file.span(problem).text for problem in file.problems] == ['a "b"']
    assert [block.type for block in file.body.blocks] == ["a", "d"]


def test_a_broken_template_file_has_its_problem_and_no_parts() -> None:
    template, problems = parse_template(Document("a.tftpl", "a %{ if b }c"))
    assert template.parts == []
    assert [problem.message for problem in problems] == ["This `if` directive has no `endif`."]
