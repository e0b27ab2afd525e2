#!/usr/bin/env python3
"""What podroom makes of one tree of files, as data that two runs can be compared by.

    python tools/ecosystem_outcomes.py DIR

prints it as JSON.  tools/ecosystem.py runs this once for each repository, so that a crash ends one of them only.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rules"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "linter"))

import podroom_rules
from podroom.capacity.alternatives import alternatives
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.capacity.demand import space, subnets_of
from podroom.catalog.instance_types import InstanceCatalog
from podroom.engine import Engine
from podroom.errors import NothingToJudgeError
from podroom.model.world import NodeGroup, World
from podroom.positions import Span
from podroom.run import Request, check
from podroom.sources.hcl.parser import parse
from podroom.values import Undecidable

Data = dict[str, Any]
NOT_JUDGED = "not judged"
"""Stands for the figures of a group whose pods get no IPv4 addresses from the CNI: Windows, or an IPv6 cluster."""
OPEN = "open: "
"""Begins the figure that is not known; the reason follows."""


def outcome_of(tree: Path) -> Data:
    """Return what podroom makes of a tree, with paths from its top; the current folder is the tree meanwhile."""
    before = Path.cwd()
    os.chdir(tree)
    try:
        return _outcome()
    finally:
        os.chdir(before)


def _outcome() -> Data:
    catalog, assumptions = InstanceCatalog.bundled(), Assumptions()
    request = Request(paths=["."], reader=parse, catalog=catalog, assumptions=assumptions, project=".")
    try:
        found = check(request, Engine(podroom_rules.rules()))
    except NothingToJudgeError as nothing:
        return {"configurations": 0, "groups": {}, "findings": [], "undecided": [], "not read": [str(nothing)]}
    about_eks = [world for world in found.worlds if world.about_eks]
    return {
        "configurations": len({world.root for world in about_eks}),
        "groups": {
            name: figures
            for world in about_eks
            for name, figures in _groups(world, Assessment(world, catalog, assumptions))
        },
        "findings": sorted(f"{one.code} {one.severity!s} {_place(one.span)}" for one in found.findings),
        "undecided": sorted(
            f"{' '.join(one.codes) or 'not understood'}: {one.reason} ({_place(one.span)})" for one in found.undecided
        ),
        "not read": sorted(map(str, found.problems)),
    }


def _place(span: Span) -> str:
    return f"{span.path}:{span.first.line}"


def _groups(world: World, assessment: Assessment) -> Iterator[tuple[str, Data]]:
    """Yield the node groups of a World by name, each with its max pods and its subnets, or why they are not known."""
    title = world.root if world.variant is None else f"{world.root} with {world.variant}"
    figures = {"max pods": _max_pods, "subnets": _subnets}
    for group in world.node_groups:
        told = {name: _figure(figure, group, assessment) for name, figure in figures.items()}
        yield f"{title} {group.address}", told


def _figure(figure: Callable[[NodeGroup, Assessment], str], group: NodeGroup, assessment: Assessment) -> str:
    try:
        return figure(group, assessment) if assessment.applies(group) else NOT_JUDGED
    except Undecidable as cause:
        return f"{OPEN}{cause.unknown.reason}"


def _max_pods(group: NodeGroup, assessment: Assessment) -> str:
    """Return kubelet's number and the room of each type that nodes of a group can have."""
    possible = alternatives(assessment, (group.address,))
    if possible is None:
        return _each_type(group, assessment)
    told = [
        _each_type(settled, other)
        for other in possible.assessments
        for settled in other.world.node_groups
        if settled.address == group.address
    ]
    return " or ".join(dict.fromkeys(told))


def _each_type(group: NodeGroup, assessment: Assessment) -> str:
    cni = assessment.cni(group)
    told = []
    for one in assessment.instances(group):
        limits = assessment.kubelet(group, one.instance)
        numbers = " or ".join(dict.fromkeys(str(limit.figure.value) for limit in limits))
        told.append(f"{one.instance.name} {numbers} of {assessment.room(one.instance, cni, group.span).value}")
    return "; ".join(dict.fromkeys(told))


def _subnets(group: NodeGroup, assessment: Assessment) -> str:
    """Return the blocks of the subnets that the addresses of a group's nodes and pods come from."""
    subnets = list(subnets_of(group, assessment))
    for subnet in subnets:
        space(subnet)  # the block may be none
    return ", ".join(subnet.cidr.need() for subnet in subnets)


if __name__ == "__main__":
    print(json.dumps(outcome_of(Path(sys.argv[1]))))
