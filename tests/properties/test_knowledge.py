"""The two promises of every rule: knowing less never adds a finding, and never drops one silently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from podroom.testing import judge_example

from podroom.capacity.assessment import Assessment, Assumptions
from podroom.catalog.instance_types import InstanceCatalog
from podroom.engine import Engine
from podroom.model.world import LaunchTemplate, NodeGroup, UserData, World
from podroom.positions import Document, Span
from podroom.rule import Example
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse
from podroom.values import Known, Members, OneOf, Unknown
from podroom_rules import rules

RULES = rules()
ENGINE = Engine(RULES)
CATALOG = InstanceCatalog.bundled()
NOWHERE = Span(Document("nowhere.tf", "unknown"), 0, 7)
FORGOTTEN = Unknown("it was forgotten for this test", NOWHERE)
SCENARIOS = sorted((Path(__file__).parents[2] / "examples" / "terraform").glob("*/"))


def degraded(item: Any) -> Iterator[Any]:
    """Iterate over copies of `item` in which exactly one thing is known no more."""
    if isinstance(item, Known) or isinstance(item, OneOf):
        yield FORGOTTEN
    elif isinstance(item, Members):
        yield Members((), (FORGOTTEN,))
        for position, member in enumerate(item.items):
            yield Members(item.items[:position] + item.items[position + 1 :], (*item.missing, FORGOTTEN))
            for copy in degraded(member):
                yield replace(item, items=(*item.items[:position], copy, *item.items[position + 1 :]))
    elif isinstance(item, UserData):
        yield UserData(bootstraps=item.bootstraps, gaps=(FORGOTTEN,))
        yield from _degraded_fields(item)
    elif isinstance(item, NodeGroup):
        yield replace(item, launch_template=None, launch_template_missing=FORGOTTEN)
        yield replace(item, uncertain=FORGOTTEN)
        yield from _degraded_fields(item)
    elif isinstance(item, tuple):
        for position, member in enumerate(item):
            for copy in degraded(member):
                yield (*item[:position], copy, *item[position + 1 :])
    elif is_dataclass(item) and not isinstance(item, (Span, Unknown)):
        yield from _degraded_fields(item)


def _degraded_fields(item: Any) -> Iterator[Any]:
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name == "environment":
            yield replace(item, environment=(), missing=FORGOTTEN)
        for copy in degraded(value):
            yield replace(item, **{field.name: copy})


def verdicts(world: World) -> tuple[dict[tuple[str, str], int], set[str]]:
    findings, undecided = ENGINE.judge(Assessment(world, CATALOG, Assumptions()))
    worst: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.code, finding.address)
        worst[key] = max(worst.get(key, 0), finding.severity)
    return worst, {code for outcome in undecided for code in outcome.codes}


def assert_knowing_less_is_safe(world: World) -> int:
    known, _ = verdicts(world)
    copies = 0
    for copy in degraded(world):
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
def test_knowing_less_of_a_rules_own_examples(rule: Any) -> None:
    examples: tuple[Example, ...] = rule.bad + rule.good
    for example in examples:
        _, _, outcome = judge_example(example, RULES)
        for world in outcome.worlds:
            assert assert_knowing_less_is_safe(world) > 10


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_knowing_less_of_a_scenario(folder: Path) -> None:
    for world in worlds_of(folder):
        assert assert_knowing_less_is_safe(world) > 10


def test_the_property_would_notice_a_lost_user_data() -> None:
    template = LaunchTemplate("t", NOWHERE, None, None, UserData())
    assert any(copy.user_data.gaps for copy in degraded(template))
