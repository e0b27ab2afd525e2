"""Every rule is as its page says: its examples are judged as they are marked."""

from __future__ import annotations

import re

import pytest

from podroom.rule import Example, Rule
from podroom.testing import judge_example
from podroom_rules import rules

RULES = rules()
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.code}-{kind}-{number}")
    for rule in RULES
    for kind, examples in (("bad", rule.bad), ("good", rule.good))
    for number, example in enumerate(examples)
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_example_is_judged_as_marked(rule: type[Rule], example: Example) -> None:
    expected, found, outcome = judge_example(example, RULES)
    assert found == expected, [finding.message for finding in outcome.findings]
    assert not outcome.problems
    assert rule.code not in {code for undecided in outcome.undecided for code in undecided.codes}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_says_all_that_its_page_needs(rule: type[Rule]) -> None:
    assert re.fullmatch(r"PR[1-9]\d\d", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.title().endswith(".")
    assert len(rule.rationale()) > 200, "a page explains what happens, when it bites and how it looks"
    assert "Remedy:" in rule.rationale()
    assert rule.sources
    assert all(source.startswith("https://") for source in rule.sources)
    assert any("# expect: " + rule.code in text for example in rule.bad for text in example.files.values())
    assert rule.good
    assert rule.__module__.rpartition(".")[2].startswith(rule.code.lower())


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES) == len({rule.name for rule in RULES})
