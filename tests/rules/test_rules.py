"""Every rule is as its page says: its examples are judged as they are marked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from podroom.rule import Rule
from podroom.testing import page_faults
from podroom_rules import rules
from rule_helpers import judged_example

RULES = rules()
EXAMPLES = [
    pytest.param(rule, kind, number, id=f"{rule.code}-{kind}-{number}")
    for rule in RULES
    for kind, examples in (("bad", rule.bad), ("good", rule.good))
    for number in range(len(examples))
]


@pytest.mark.parametrize(("rule", "kind", "number"), EXAMPLES)
def test_example_is_judged_as_marked(rule: type[Rule], kind: str, number: int) -> None:
    expected, found, outcome = judged_example(rule, kind, number)
    assert found == expected, [finding.message for finding in outcome.findings]
    assert not outcome.problems
    assert rule.code not in {code for undecided in outcome.undecided for code in undecided.codes}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_says_all_that_its_page_needs(rule: type[Rule]) -> None:
    assert page_faults(rule) == []
    assert re.fullmatch(r"PR[1-9]\d\d", rule.code)


class Nothing(Rule[Any]):
    """Nothing"""

    code = "nothing"
    name = "Says Nothing"
    sources = ("a book",)
    bad = ()
    good = ()


class NoSources(Nothing):
    sources = ()


def test_a_page_that_says_nothing_lacks_everything() -> None:
    assert len({*page_faults(Nothing), *page_faults(NoSources)}) == len(page_faults(Nothing)) + 1 == 10


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES) == len({rule.name for rule in RULES})
