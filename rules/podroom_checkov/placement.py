"""Which resource of Checkov's stands for what podroom judged.

Every judgement gets a place, so that no finding is lost: the resource itself where Checkov has it, else the call of the
module that makes it, else the block in which it is written.  A plan has no module calls; there it is the first resource
of the module.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from podroom_checkov.analysis import Judgement, Subject, Verdict
from podroom_checkov.vertices import Vertex, enclosing_calls, without_keys

Said = Mapping[str, "tuple[Verdict, tuple[str, ...]]"]
"""What is said of one place, by the code of the rule."""

_CONFIGURATION = (".tf", ".tofu", ".json")


def combined(judgements: Iterable[Judgement]) -> Said:
    """Return what several judgements of one place say together: the gravest counts, with the lines of all like it."""
    said: dict[str, tuple[Verdict, tuple[str, ...]]] = {}
    for judgement in judgements:
        verdict, lines = said.get(judgement.code, (Verdict.PASSED, ()))
        if judgement.verdict > verdict:
            said[judgement.code] = (judgement.verdict, judgement.lines)
        elif judgement.verdict == verdict:
            repeated = judgement.lines[:1] and judgement.lines[0] in lines
            said[judgement.code] = (verdict, lines if repeated else lines + judgement.lines)
    return said


def place_judgements(
    judgements: Iterable[Judgement], vertices: Sequence[Vertex], *, planned: bool = False
) -> Mapping[tuple[str, str], Said]:
    """Return what is said of each block by its address and file.

    `planned` says that the blocks are those of a plan, which has no module calls.
    """
    places = _Places(vertices, planned=planned)
    placed: dict[tuple[str, str], list[Judgement]] = {}
    for judgement in judgements:
        vertex = places.find(judgement.subject)
        if vertex is not None:
            placed.setdefault((vertex.address, vertex.file), []).append(judgement)
    return {place: combined(several) for place, several in placed.items()}


class _Places:
    def __init__(self, vertices: Sequence[Vertex], *, planned: bool) -> None:
        self._planned = planned
        self._real = {vertex.file: os.path.realpath(vertex.file) for vertex in vertices}
        self._sorted = sorted(vertices, key=lambda vertex: (vertex.address, vertex.file, vertex.first))
        self._by_address: dict[str, list[Vertex]] = {}
        for vertex in self._sorted:
            for address in {vertex.address, without_keys(vertex.address)}:
                self._by_address.setdefault(address, []).append(vertex)
        self._found: dict[Subject, Vertex | None] = {}

    def find(self, subject: Subject) -> Vertex | None:
        if subject not in self._found:
            finders = (self._planned_one,) if self._planned else (self._itself, self._call, self._around)
            found = (vertex for finder in finders if (vertex := finder(subject)) is not None)
            self._found[subject] = next(found, None)
        return self._found[subject]

    def _at(self, address: str) -> Sequence[Vertex]:
        """Return the blocks of an address; where Checkov does not know the instances, the block that they come from."""
        return self._by_address.get(address) or self._by_address.get(without_keys(address)) or []

    def _itself(self, subject: Subject) -> Vertex | None:
        """Return the block of the subject's own address, in its own file or at least below its own root module."""
        several = self._at(subject.address)
        exact = [vertex for vertex in several if self._real[vertex.file] == subject.file]
        below = [vertex for vertex in several if self._real[vertex.file].startswith(subject.root + os.sep)]
        return next(iter(exact or below), None)

    def _call(self, subject: Subject) -> Vertex | None:
        """Return the innermost module call around the subject; that of the root module lies in its folder."""
        for call in enclosing_calls(subject.address):
            outermost = call.count("module.") == 1
            for vertex in self._at(call):
                if not outermost or os.path.dirname(self._real[vertex.file]) == subject.root:
                    return vertex
        return None

    def _around(self, subject: Subject) -> Vertex | None:
        """Return the innermost block around the place where the subject is written."""
        around = [
            vertex
            for vertex in self._sorted
            if self._real[vertex.file] == subject.file and vertex.first <= subject.line <= vertex.last
        ]
        return min(around, key=lambda vertex: vertex.last - vertex.first, default=None)

    def _planned_one(self, subject: Subject) -> Vertex | None:
        """Return the resource of a plan; for what has none the first one of its module, or of all."""
        several = self._at(subject.address)
        if several:
            return several[0]
        if not subject.file.endswith(_CONFIGURATION):
            return None  # a manifest, which Checkov reads by itself
        prefixes = [f"{call}." for call in enclosing_calls(subject.address)]
        return next(
            (vertex for prefix in [*prefixes, ""] for vertex in self._sorted if vertex.address.startswith(prefix)), None
        )
