"""The two promises of every rule: knowing less never adds a finding, and never drops one silently."""

from __future__ import annotations

from pathlib import Path

import pytest

from forgetting import NOWHERE, degraded, noted_reading
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.catalog.instance_types import InstanceCatalog
from podroom.engine import Engine
from podroom.model.world import LaunchTemplate, UserData, World
from podroom.rule import Example, Rule
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse
from podroom.testing import judge_example
from podroom_rules import rules

pytestmark = pytest.mark.once("every rule over every case, less one thing at a time")

RULES = rules()
ENGINE = Engine(RULES)
CATALOG = InstanceCatalog.bundled()
EXAMPLES = Path(__file__).parents[2] / "examples"
CASES = sorted(
    folder
    for folder in (Path(__file__).parents[1] / "cases" / "configurations").iterdir()
    # Here the number of combinations is what cannot be followed, and forgetting a few makes it smaller.
    if folder.name != "overrides-of-too-many-possible-types"
)
SCENARIOS = sorted(folder for folder in EXAMPLES.glob("*/*") if folder.is_dir())


def verdicts(world: World) -> tuple[dict[tuple[str, str], int], set[str]]:
    findings, undecided = ENGINE.judge(Assessment(world, CATALOG, Assumptions()))
    worst: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.code, finding.address)
        worst[key] = max(worst.get(key, 0), finding.severity)
    return worst, {code for outcome in undecided for code in outcome.codes}


def assert_knowing_less_is_safe(world: World) -> int:
    with noted_reading() as read:
        known, _ = verdicts(world)
    copies = 0
    for copy in degraded(world, read):
        copies += 1
        less, open_codes = verdicts(copy)
        for key, severity in less.items():
            assert severity <= known.get(key, 0), f"knowing less added {key}"
        for key in known.keys() - less.keys():
            assert key[0] in open_codes, f"knowing less dropped {key} silently"
    return copies


def worlds_of(folder: Path) -> list[World]:
    return understand(Request(paths=(str(folder),), reader=parse))[0]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_knowing_less_of_a_rules_own_examples(rule: type[Rule]) -> None:
    examples: tuple[Example, ...] = rule.bad + rule.good
    for example in examples:
        _, _, outcome = judge_example(example, RULES)
        for world in outcome.worlds:
            assert assert_knowing_less_is_safe(world) > 3


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_knowing_less_of_a_scenario(folder: Path) -> None:
    for world in worlds_of(folder):
        assert assert_knowing_less_is_safe(world) > 10


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_knowing_less_of_a_case(folder: Path) -> None:
    for world in worlds_of(folder):
        assert_knowing_less_is_safe(world)


@pytest.mark.parametrize("folder", SCENARIOS[::12], ids=lambda folder: folder.name)
def test_what_no_rule_reads_of_a_scenario_makes_no_difference(folder: Path) -> None:
    for world in worlds_of(folder):
        with noted_reading() as read:
            known = verdicts(world)
        some, every = (
            [verdicts(copy) for copy in copies if isinstance(copy, World)]
            for copies in (degraded(world, read), degraded(world))
        )
        assert len(some) < len(every)
        assert all(verdict in (known, *some) for verdict in every)


def test_the_property_would_notice_a_lost_user_data() -> None:
    template = LaunchTemplate("t", NOWHERE, None, None, UserData())
    copies = [copy for copy in degraded(template) if isinstance(copy, LaunchTemplate)]
    assert any(copy.user_data.gaps for copy in copies)
