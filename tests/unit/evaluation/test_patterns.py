"""Which regular expressions are followed: those that Python's engine matches in a bounded time on this very text."""

from __future__ import annotations

import re

import pytest

from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.evaluation.functions.patterns import compile_pattern

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
