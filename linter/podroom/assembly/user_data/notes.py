"""Collects what user data says about max pods, and what in it could say more."""

from __future__ import annotations

import re

from podroom.model.world import (
    Bootstrap,
    CalculatorCall,
    CalculatorDownload,
    FixedMaxPods,
    MaxPodsExpression,
    Mechanism,
    OpenHereDocument,
    UnusableSetting,
    UseMaxPods,
    UserData,
)
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.records import dataclass, field
from podroom.traced_text import HOLE, TracedText
from podroom.values import Known, OneOf, Origin, Unknown, Value

MENTION = pattern(r"max[-_]?pods", re.IGNORECASE)
"""Every way in which people write it: --max-pods, maxPods, MAX_PODS, eni-max-pods.txt."""

SHELLS = frozenset(("bash", "sh", "/bin/bash", "/bin/sh", "/usr/bin/bash", "source", "."))
"""Commands that run the script that they are given."""

WORKED_OUT = "max-pods-calculator.sh works the number out on the node, for the node's own instance type"
"""Why the number is unknown where that script says it."""

_OF_CLUSTER = pattern(
    r"(?:.+\.)?aws_eks_cluster\.[\w-]+(?:\[[^]]*\])?\."
    r"(?:id|arn|cluster_id|endpoint|certificate_authority|kubernetes_network_config)(?:[.[].*)?"
)
"""What Amazon EKS says of a cluster: a single word each, and none of them about max pods."""

_CALCULATOR = pattern(r"max-pods-calculator")
_LONGEST_QUOTE = 60
_MOST_DIGITS = 9
_NEAR = 1_000
"""Of a longer line, such as a script of continued lines is, the rest is not looked at for each quote."""


@dataclass(slots=True)
class Notes:
    """What has been read so far, in order."""

    bootstraps: list[Known[Bootstrap]] = field(default_factory=list)
    fixed: list[FixedMaxPods] = field(default_factory=list)
    use_max_pods: list[UseMaxPods] = field(default_factory=list)
    expressions: list[MaxPodsExpression] = field(default_factory=list)
    gaps: list[Unknown] = field(default_factory=list)
    stray: list[FixedMaxPods] = field(default_factory=list)
    open_here_documents: list[OpenHereDocument] = field(default_factory=list)
    calculator_calls: list[CalculatorCall] = field(default_factory=list)
    calculator_downloads: list[CalculatorDownload] = field(default_factory=list)
    unusable_settings: list[UnusableSetting] = field(default_factory=list)
    kube_reserved: list[Span] = field(default_factory=list)
    _told: set[tuple[Mechanism | None, Span]] = field(default_factory=set)
    """Where numbers are that are noted, and places that could say more."""

    def bootstrap(self, bootstrap: Bootstrap, origin: Origin) -> None:
        """Note that user data speaks to this program."""
        if not any(known.value is bootstrap for known in self.bootstraps):
            self.bootstraps.append(Known(bootstrap, origin))

    def fix(self, mechanism: Mechanism, value: Value[int], span: Span, setting: str | None = None) -> None:
        """Note a number; each statement once, however many scripts read it.  `setting` as in `FixedMaxPods`."""
        if self._is_new(mechanism, span):
            calculated = isinstance(value, Unknown) and value.reason == WORKED_OUT
            self.fixed.append(FixedMaxPods(mechanism, value, span, setting, calculated))

    def gap(self, reason: str, span: Span, refs: tuple[str, ...] = ()) -> None:
        """Note a place that could say more; each place once."""
        if self._is_new(None, span):
            self.gaps.append(Unknown(reason, span, refs))

    def _is_new(self, mechanism: Mechanism | None, span: Span) -> bool:
        before = len(self._told)
        self._told.add((mechanism, span))
        return len(self._told) > before

    def hole(self, text: TracedText, start: int, end: int, where: str) -> None:
        """Note an unknown value that could say more; nothing if none of its candidates mentions max pods."""
        holes = list(text.holes(start, end))
        if holes and all(isinstance(hole, OneOf) and not _any_mentions(hole) for hole in holes):
            return
        if holes and all(hole.refs and all(map(_OF_CLUSTER.fullmatch, hole.refs)) for hole in holes):
            return
        reasons = "; ".join(dict.fromkeys(hole.reason for hole in holes)) or "it is not known"
        refs = tuple(ref for hole in holes for ref in hole.refs)
        self.gap(f"{where} could set max pods: {reasons}", text.span(start, end), refs)

    def mentions(self, text: TracedText, what: str) -> None:
        """Note every mention of max pods in a text that is not understood; `what` is said of the mention."""
        for mention in MENTION.finditer(text.text):
            self.gap(f"`{quote(text, mention.start())}` {what}", text.span(mention.start(), mention.end()))

    def user_data(self) -> UserData:
        """Return what was collected."""
        return UserData(
            tuple(self.bootstraps),
            tuple(self.fixed),
            tuple(self.use_max_pods),
            tuple(self.expressions),
            tuple(self.gaps),
            tuple(self.stray),
            tuple(self.open_here_documents),
            tuple(self.calculator_calls),
            tuple(self.calculator_downloads),
            tuple(self.unusable_settings),
            tuple(self.kube_reserved),
        )


def _any_mentions(hole: OneOf[str]) -> bool:
    return any(MENTION.search(candidate) for candidate in hole.values)


def mentions_max_pods(text: TracedText) -> bool:
    """Return whether the text, or a candidate of a hole in it, mentions max pods."""
    if MENTION.search(text.text):
        return True
    return any(isinstance(hole, OneOf) and _any_mentions(hole) for hole in text.holes())


def quote(text: TracedText, at: int) -> str:
    """Return the line around `at` for a message, shortened."""
    near = max(at - _NEAR, 0)
    start = text.text.rfind("\n", near, at) + 1 or near
    end = text.text.find("\n", at, at + _NEAR)
    line = " ".join(text.text[start : end if end >= 0 else at + _NEAR].replace(HOLE, "...").split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 3]}..."


def whole_number(value: Value[str], span: Span) -> Value[int]:
    """Return the number that a text says; unknown if it says none."""
    if isinstance(value, Unknown):
        if _CALCULATOR.search(value.reason):
            return Unknown(WORKED_OUT, span, value.refs)
        return Unknown(value.reason, span, value.refs)
    for candidate in value.candidates():
        if not (candidate.isascii() and candidate.isdigit() and len(candidate) <= _MOST_DIGITS):
            otherwise = f'max pods is "{candidate}", which is not a whole number'
            return Unknown(value.reason if isinstance(value, OneOf) else otherwise, span)
    if isinstance(value, OneOf):
        return OneOf(value.values, value.reason, span, value.refs).map(int)
    return Known(int(value.value), value.origin)
