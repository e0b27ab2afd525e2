"""Which regular expressions are followed: those that Python's engine matches in a bounded time on this very text."""

from __future__ import annotations

import re

import pytest

from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.functions.pattern_language import compile_pattern

LETTERS = "a" * 3_000
YAML = '"labels":\n  "team": "shop"\n  "nodes":\n' + '  - "key": "kubernetes.io/arch"\n' * 300
FOLLOWED = {
    "the keys of encoded YAML": (r'((?:^|\n)[\s-]*)"([\w-]+)":', YAML),
    "what ends with a quote": ('[a-z]*"[a-z]*"', LETTERS),
    "what ends with a bracket after a group": (r"(?:(x|[a-z]+))\]", LETTERS),
    "short runs in a long text": ("[0-9]+[0-9]+[0-9]+[.]", "10.0.0.0/16 and " * 500),
    "one repetition": ("[a-z]*A", LETTERS),
}
NOT_FOLLOWED = {
    "one character in three repetitions": ("[a-z]*[a-z]*[a-z]*0", LETTERS),
    "what ends with a character of its own": ("[a-z]*a[a-z]*a", LETTERS),
    "what ends with one of its own in the other case": ("(?i)[a-z]*A[a-z]*A", LETTERS),
    "what need not end": ('[a-z]*"?[a-z]*"?[a-z]*0', LETTERS),
    "what need not end at all": ('[a-z]*"*[a-z]*"{0,2}[a-z]*0', LETTERS),
    "an end that is one of two": ('(?:[a-z]*|[0-9])*"', LETTERS),
    "a repeated group, which any text may be": ("(?:ab)*(?:ab)*c", "ab" * 3_000),
    "characters by number": (r"\x61*\x61*\x61*0", LETTERS),
    "characters in quotes": (r"\Qba\E*\Qba\E*\Qba\E*0", LETTERS),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_what_takes_a_bounded_time_on_this_text_is_followed(name: str) -> None:
    pattern, text = FOLLOWED[name]
    assert compile_pattern(pattern, text).findall(text) == re.findall(pattern, text, re.ASCII)


@pytest.mark.parametrize("name", NOT_FOLLOWED)
def test_what_might_take_too_long_is_not_tried(name: str) -> None:
    with pytest.raises(BeyondReach):
        compile_pattern(*NOT_FOLLOWED[name])


@pytest.mark.parametrize(
    ("pattern", "text", "found"), [(r"\x41+", "AAA4141", "AAA"), (r"\x{41}1", "A1", "A1"), (r"\0611", "11", "11")]
)
def test_characters_by_number(pattern: str, text: str, found: str) -> None:
    match = compile_pattern(pattern, text).match(text)
    assert match is not None
    assert match.group() == found


def test_a_character_without_its_number_is_no_regular_expression() -> None:
    with pytest.raises(EvaluationFailure, match="no regular expression"):
        compile_pattern(r"\x", "x")


ANSWERS = [
    ("(?m)^.", "a\nb\nc", ["a", "b", "c"]),
    ("(?m:^)x", "x\nx", ["x", "x"]),
    ("(?m)$", "a\nb\n", ["", "", ""]),
    ("$", "a\nb\n", [""]),
    ("(?m)^$", "a\n\nb", [""]),
    ("(?im)^A$", "a\nA", ["a", "A"]),
    ("a|b(?m)^c|^d", "c\nd", ["d"]),
    (r"(?m)\Ab$", "b\nb", ["b"]),
    ("(?m)^.+$", "a\r\nb", ["a\r", "b"]),
    ("(?-s).", "a\n", ["a"]),
    ("(?i-s:a)", "A", ["A"]),
    ("(?U)a+", "aaa", ["a", "a", "a"]),
    ("(?U)a+?", "aaa", ["aaa"]),
    (r"\p{L}+", "h\u00e9llo w\u00f6rld 1", ["h\u00e9llo", "w\u00f6rld"]),
    (r"\p{Lu}", "aB\u00c7d", ["B", "\u00c7"]),
    (r"\pL", "a\u00e91", ["a", "\u00e9"]),
    (r"\P{L}+", "a1-\u00e9", ["1-"]),
    (r"\p{^L}+", "a1-\u00e9", ["1-"]),
    (r"[\p{L}\d]+", "\u00e91 a-2", ["\u00e91", "a", "2"]),
    (r"[^\p{L}]+", "a1-\u00e9", ["1-"]),
    (r"\p{Nd}+", "a12\u0663", ["12\u0663"]),
    (r"\p{P}+", "a.b-c$", [".", "-"]),
    (r"\p{Lt}|[\p{Lt}]", "ab", []),
    (r"[^\p{Lt}]", "ab", ["a", "b"]),
    (r"(?i)\p{Lu}", "ab", ["a", "b"]),
    (r"\d+|\w+", "1\u0663\u00e9", ["1"]),
    (r"\s", "a\u00a0b\v c", [" "]),
    (r"[\S]+", "a\v b", ["a\v", "b"]),
    ("[[:^digit:]]+", "a1b\u00e9", ["a", "b\u00e9"]),
]
"""Patterns, texts and what `regexall` of Terraform 1.11.4 finds."""


@pytest.mark.parametrize(("pattern", "text", "found"), ANSWERS)
def test_patterns_find_what_terraform_finds(pattern: str, text: str, found: list[str]) -> None:
    assert [match.group() for match in compile_pattern(pattern, text).finditer(text)] == found


@pytest.mark.parametrize(
    ("pattern", "text", "error"),
    [
        (r"\p{Greek}", "a", BeyondReach),
        ("(?i)\u00c9", "\u00e9", BeyondReach),
        ("(?i)k", "\u212a", BeyondReach),
        ("a(?i)b", "ab", BeyondReach),
        (r"\C", "a", EvaluationFailure),
        (r"\p", "a", EvaluationFailure),
        ("[[:letter:]]", "a", EvaluationFailure),
    ],
)
def test_what_cannot_be_said_for_sure_is_not_followed_and_what_terraform_refuses_is_refused(
    pattern: str, text: str, error: type[EvaluationFailure]
) -> None:
    with pytest.raises(EvaluationFailure) as caught:
        compile_pattern(pattern, text)
    assert type(caught.value) is error
