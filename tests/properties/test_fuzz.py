"""A few seconds of what tools/fuzz.py does for minutes: the same broken files at every run."""

from __future__ import annotations

import random

import pytest

from fuzz_targets import TARGETS, mutated
from podroom.engine import Outcome

pytestmark = pytest.mark.once("the readers are the same whatever the Python, and one finding is enough")

PROJECTS = frozenset(
    (
        *("configuration", "eksctl", "helm", "inventory", "kustomization", "manifests", "plan", "script"),
        *("plan-alone", "plan-file", "variables"),
    )
)
"""Targets that judge a whole project, which takes ten times as long as reading a file."""


@pytest.mark.parametrize("name", TARGETS)
def test_a_broken_file_ends_in_an_outcome_or_in_an_error_on_purpose(name: str) -> None:
    target = TARGETS[name]
    corpus = target.corpus()
    chance = random.Random(name)

    for _ in range(10 if name in PROJECTS else 40):
        target.run(mutated(chance.choice(corpus), corpus, chance))
    if name in PROJECTS:
        assert any(isinstance(target.run(seed), Outcome) for seed in corpus), "none of the seeds is ever judged"


def test_mutations_are_of_many_kinds_and_the_same_for_the_same_seed() -> None:
    corpus = TARGETS["configuration"].corpus()
    made = [mutated(corpus[0], corpus, random.Random(seed)) for seed in range(20)]

    assert made == [mutated(corpus[0], corpus, random.Random(seed)) for seed in range(20)]
    assert len({*made, corpus[0]}) > 15
