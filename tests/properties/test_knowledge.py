"""The two promises of every rule: knowing less never adds a finding, and never drops one silently."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from pathlib import Path

import pytest

from forgetting import NOWHERE, Reading, degraded, degraded_where, noted_reading
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.catalog.instance_types import InstanceCatalog
from podroom.engine import Engine
from podroom.model.world import LaunchTemplate, UserData, World
from podroom.rule import Example, Rule
from podroom.testing import judge_example
from podroom_rules import rules
from worlds import CASES, drawn, worlds_of

pytestmark = pytest.mark.once("every rule over every case, less one thing at a time")

RULES = rules()
ENGINE = Engine(RULES)
CATALOG = InstanceCatalog.bundled()
EXAMPLES = Path(__file__).parents[2] / "examples"
# Here the number of combinations is what cannot be followed, and forgetting a few makes it smaller.
FOLLOWED = [folder for folder in CASES if folder.name != "overrides-of-too-many-possible-types"]
SCENARIOS = sorted(folder for folder in EXAMPLES.glob("*/*") if folder.is_dir())


ALL = frozenset(rule.code for rule in RULES)
Verdicts = tuple[dict[tuple[str, str], int], set[str]]
"""The worst severity of what is found by its code and address, and the codes of what is open."""


def verdicts(world: World, codes: Container[str] = ALL) -> Verdicts:
    findings, undecided = ENGINE.judge(Assessment(world, CATALOG, Assumptions()), lambda code, _: code in codes)
    worst: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.code, finding.address)
        worst[key] = max(worst.get(key, 0), finding.severity)
    return worst, {code for outcome in undecided for code in outcome.codes}


def of_rules(codes: Container[str], found: Verdicts) -> Verdicts:
    """Return what some rules say."""
    worst, open_codes = found
    return {key: severity for key, severity in worst.items() if key[0] in codes}, {
        one for one in open_codes if one in codes
    }


def readers_in(world: World, codes: Iterable[str] = ALL) -> dict[Reading, set[str]]:
    """Return the codes of the rules that read a field, for each field that any of `codes` reads."""
    readers: dict[Reading, set[str]] = {}
    for code in codes:
        with noted_reading() as read:
            verdicts(world, {code})
        for field in read:
            readers.setdefault(field, set()).add(code)
    return readers


def assert_knowing_less_is_safe(world: World, codes: Collection[str] = ALL) -> int:
    """Assert it of the rules that read what is forgotten: the others cannot tell the copy from the World."""
    everything, _ = verdicts(world, codes)
    readers = readers_in(world, codes)
    copies = 0
    for copy, where in degraded_where(world, readers):
        assert isinstance(copy, World)
        assert where is not None
        copies += 1
        less, open_codes = verdicts(copy, readers[where])
        known = {key: severity for key, severity in everything.items() if key[0] in readers[where]}
        for key, severity in less.items():
            assert severity <= known.get(key, 0), f"knowing less added {key}"
        for key in known.keys() - less.keys():
            assert key[0] in open_codes, f"knowing less dropped {key} silently"
    return copies


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_knowing_less_of_a_rules_own_examples(rule: type[Rule]) -> None:
    examples: tuple[Example, ...] = rule.bad + rule.good
    outcomes = [judge_example(example, [rule])[2] for example in examples]
    worlds = [world for outcome in outcomes for world in outcome.worlds]
    assert sum(assert_knowing_less_is_safe(world, {rule.code}) for world in worlds) > 3


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_knowing_less_of_a_scenario(folder: Path) -> None:
    for world in worlds_of(folder):
        assert assert_knowing_less_is_safe(world) > 10


@pytest.mark.parametrize("folder", drawn(FOLLOWED, 3), ids=lambda folder: folder.name)
def test_knowing_less_of_a_case(folder: Path) -> None:
    for world in worlds_of(folder):
        assert_knowing_less_is_safe(world)


@pytest.mark.parametrize("folder", SCENARIOS[::12], ids=lambda folder: folder.name)
def test_what_a_rule_does_not_read_of_a_scenario_makes_no_difference_to_it(folder: Path) -> None:
    for world in worlds_of(folder):
        readers = readers_in(world)
        known = verdicts(world)
        unread = 0
        for copy, where in degraded_where(world):
            assert isinstance(copy, World)
            assert where is not None
            others = ALL - readers.get(where, set())
            assert verdicts(copy, others) == of_rules(others, known)
            unread += others == ALL
        assert unread


def test_the_property_would_notice_a_lost_user_data() -> None:
    template = LaunchTemplate("t", NOWHERE, None, None, UserData())
    copies = [copy for copy in degraded(template) if isinstance(copy, LaunchTemplate)]
    assert any(copy.user_data.gaps for copy in copies)
