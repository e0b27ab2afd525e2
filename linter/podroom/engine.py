"""Chooses rules, runs them over a World and settles what comes out.

An outcome is a finding, undecided, suppressed or an error; none is swallowed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from podroom.capacity.alternatives import Alternatives, alternatives
from podroom.capacity.assessment import Assessment, collect
from podroom.errors import UsageError
from podroom.model.world import Cluster, IgnoredArgument, NodeGroup, NodePool, Notice, Subnet, World
from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass, replace
from podroom.rule import Finding, Note, Rule, RuleEntry, Subject, suggest_rule
from podroom.suppressions import Suppression
from podroom.values import Default, Undecidable, Unknown, cause_of, first_unknown

AnyRule = Rule[Any]


@dataclass(frozen=True, slots=True)
class Undecided:
    """Judgements that could not be made, and what would allow them.

    `judgements` are codes of rules, each with the address of a subject; `unread` are the addresses of what could not be
    understood at all.
    """

    judgements: tuple[tuple[str, str], ...]
    unknown: Unknown
    span: Span
    unread: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    """The variable files with which it is so; none if it is so with all."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the rules that could not judge, in their order."""
        return tuple(sorted({code for code, _ in self.judgements}))

    @property
    def subjects(self) -> tuple[str, ...]:
        """Return the addresses of what could not be judged, or not be understood."""
        return tuple(dict.fromkeys((*(subject for _, subject in self.judgements), *self.unread)))

    def left_open(self) -> dict[tuple[str, ...], list[str]]:
        """Return the codes by the subjects that they could not judge: those of the same subjects together."""
        subjects: dict[str, list[str]] = {}
        for code, subject in self.judgements:
            subjects.setdefault(code, []).append(subject)
        codes: dict[tuple[str, ...], list[str]] = {}
        for code in sorted(subjects):
            codes.setdefault(tuple(dict.fromkeys(subjects[code])), []).append(code)
        return codes

    @property
    def reason(self) -> str:
        """Return why it could not be decided."""
        return self.unknown.reason


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is taken back, with the reason and the place where that is said.

    A comment says it, or podroom's own configuration.
    """

    finding: Finding
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Problem:
    """An input that could not be read, or could be read only in part."""

    message: str
    span: Span | None
    path: str

    def __str__(self) -> str:
        """Return the sentence behind its place, which is the path if that is all and not said already."""
        if self.span is not None:
            return f"{self.span}: {self.message}"
        return self.message if self.path in self.message else f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Unused:
    """A suppression that should be looked at: it takes back nothing, or not all that it names, or gives no reason.

    `reason` says which, as a clause.
    """

    suppression: Suppression
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one run has to say."""

    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    problems: tuple[Problem, ...] = ()
    worlds: tuple[World, ...] = ()
    unused: tuple[Unused, ...] = ()
    ran: frozenset[str] = frozenset()
    """The codes of the rules that judged everything."""
    below_confidence: int = 0
    """How many findings are left out because they are less certain than was asked for."""
    inputs: frozenset[str] = frozenset()
    """The files that were read, by path, which nobody wants to be written over."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Return what programs would not take in the files that are for them, and what is not judged; each once."""
        return tuple(dict.fromkeys(notice for world in self.worlds for notice in world.notices))


class Engine:
    """Runs a set of rules; two rules with one code are refused."""

    def __init__(self, rules: Iterable[type[AnyRule] | RuleEntry]) -> None:
        """Take the rules, in the order of their codes; one of an index is imported when it has something to judge."""
        by_code: dict[str, RuleEntry] = {}
        for rule in rules:
            entry = rule if isinstance(rule, RuleEntry) else RuleEntry.of(rule)
            other = by_code.setdefault(entry.code, entry)
            if other != entry:
                message = f"two rules have the code {entry.code}: {other.defined_in} and {entry.defined_in}"
                raise UsageError(message)
        if not by_code:
            raise UsageError("no rules were found; install a rule pack (the distribution podroom brings one)")
        self.rules: tuple[RuleEntry, ...] = tuple(by_code[code] for code in sorted(by_code))
        self._loaded: dict[str, AnyRule] = {}

    def judge(
        self, assessment: Assessment, runs: Callable[[str, str], bool] = lambda _code, _name: True
    ) -> tuple[list[Finding], list[Undecided]]:
        """Judge one World; findings and undecided outcomes are in no particular order.

        `runs` says by its code and name whether a rule is wanted.
        """
        world = assessment.world
        subjects = _subjects(world)
        findings: list[Finding] = []
        for_each_type: list[Finding] = []
        undecided: list[Undecided] = []
        open_subjects = {
            (kind, number): possible
            for kind, several in subjects.items()
            for number, subject in enumerate(several)
            if (possible := alternatives(assessment, _groups_of(subject, world))) is not None
        }
        for rule in (rule for rule in self.rules if runs(rule.code, rule.name)):
            for number, subject in enumerate(subjects[rule.subject]):
                possible = open_subjects.get((rule.subject, number))
                if possible is None:
                    found, unknown = self._judge(rule, subject, assessment)
                    findings += found
                else:
                    found, unknown = self._judge_each(rule, number, possible)
                    for_each_type += found
                if unknown is not None:
                    undecided.append(_undecided(rule.code, subject, unknown))
        # What is known of a subnet without a group of several possible types need not be told with it once more.
        told = {(finding.code, _thing_of(finding)) for finding in findings}
        findings += [finding for finding in for_each_type if (finding.code, _thing_of(finding)) not in told]
        return findings, undecided

    def _judge(self, rule: RuleEntry, subject: Subject, assessment: Assessment) -> tuple[list[Finding], Unknown | None]:
        """Judge a subject that a rule concerns."""
        try:
            if not rule.concerns(subject, assessment):
                return [], None
        except Undecidable as cause:
            return [], cause.unknown
        if rule.code not in self._loaded:
            self._loaded[rule.code] = rule.load()()
        return collect(self._loaded[rule.code].judge(subject, assessment))

    def _judge_each(self, rule: RuleEntry, number: int, possible: Alternatives) -> tuple[list[Finding], Unknown | None]:
        """Judge a subject for each of the types that it may have; what is wrong with all of them is a finding."""
        unknown: Unknown | None = None
        verdicts: list[dict[Hashable, Finding]] = []
        for assessment in possible.assessments:
            found, missing = self._judge(rule, _subjects(assessment.world)[rule.subject][number], assessment)
            unknown = first_unknown(unknown, missing)
            verdicts.append({_thing_of(item): item for item in reversed(found)})
        certain = [place for place in verdicts[0] if all(place in verdict for verdict in verdicts)]
        if any(place not in certain for verdict in verdicts for place in verdict):
            unknown = first_unknown(possible.unknown, unknown)
        return [_for_all([verdict[place] for verdict in verdicts], possible) for place in certain], unknown


def _thing_of(finding: Finding) -> Hashable:
    return (finding.span.document, finding.span.start, finding.span.end, finding.subjects)


def _subjects(world: World) -> dict[type, Sequence[Subject]]:
    return {
        Cluster: world.clusters,
        NodeGroup: world.node_groups,
        NodePool: world.node_pools,
        Subnet: world.subnets,
        IgnoredArgument: world.ignored_arguments,
    }


def _groups_of(subject: Subject, world: World) -> tuple[str, ...]:
    """Return the addresses of the node groups whose types a judgement of `subject` may hang on."""
    if isinstance(subject, NodeGroup):
        return (subject.address,)
    return tuple(group.address for group in world.node_groups) if isinstance(subject, Cluster) else ()


def _for_all(findings: Sequence[Finding], possible: Alternatives) -> Finding:
    """Return one finding for one that holds for each type: that of the least room, as severe as the mildest."""
    worst = min(findings, key=_room_of)
    holds = f"the instance type is one of {', '.join(possible.types)} ({possible.unknown.reason}); this holds for each"
    return replace(
        worst,
        severity=min(finding.severity for finding in findings),
        confidence=min(finding.confidence for finding in findings),
        assumption=f"{worst.assumption}; {holds}" if worst.assumption else holds,
    )


def _room_of(finding: Finding) -> int:
    room = finding.evidence.get("room")
    return room if isinstance(room, int) else 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one World; `variant` is the World's."""

    variant: str | None
    findings: Sequence[Finding]
    undecided: Sequence[Undecided]


def across_variants(verdicts: Sequence[Verdict]) -> Verdict:
    """Return what holds for a root module with any of several variable files, each thing once.

    What holds with each of them is told as if there were no variants, anything else with those that it holds with.
    """
    if len(verdicts) == 1:
        return verdicts[0]
    names = [verdict.variant or "" for verdict in verdicts]
    findings: dict[Hashable, dict[str, Finding]] = {}
    undecided: dict[Hashable, dict[str, Undecided]] = {}
    for name, verdict in zip(names, verdicts, strict=True):
        for finding in _merge_findings(verdict.findings):
            place = (finding.span.document, finding.span.start, finding.span.end)
            findings.setdefault((finding.code, *place, finding.message, finding.label), {})[name] = finding
        for outcome in _merge_undecided(verdict.undecided):
            undecided.setdefault(_unknown_of(outcome), {})[name] = outcome

    def of(found: Mapping[str, object]) -> tuple[str, ...]:
        return () if len(found) == len(names) else tuple(found)

    return Verdict(
        None,
        [replace(_merge_findings(found.values())[0], variants=of(found)) for found in findings.values()],
        [replace(_merge_undecided(found.values())[0], variants=of(found)) for found in undecided.values()],
    )


def settle(
    findings: Iterable[Finding],
    undecided: Iterable[Undecided],
    suppressions: Sequence[Suppression],
    taken_back: Iterable[Suppressed] = (),
) -> tuple[list[Finding], list[Undecided], list[Suppressed]]:
    """Merge what is one thing, take back what is suppressed, and sort by what hurts first.

    `taken_back` is what the configuration takes back already.
    """
    by_document: dict[Document, list[Suppression]] = {}
    for suppression in suppressions:
        by_document.setdefault(suppression.span.document, []).append(suppression)
    kept = []
    suppressed = list(_merge_suppressed(taken_back))
    for finding in _merge_findings(findings):
        reaching = [
            one
            for one in by_document.get(finding.span.document, ())
            if finding.code in one.codes and one.reaches(finding.span)
        ]
        if reaching:
            nearest = max(reaching, key=lambda one: one.line)
            suppressed.append(Suppressed(finding, nearest.reason, nearest.span))
        else:
            kept.append(finding)
    kept.sort(key=_finding_order)
    suppressed.sort(key=lambda one: _finding_order(one.finding))
    return kept, _merge_undecided(undecided), suppressed


def _merge_suppressed(taken_back: Iterable[Suppressed]) -> Iterator[Suppressed]:
    by_place: dict[tuple[Span, str], list[Finding]] = {}
    for one in taken_back:
        by_place.setdefault((one.span, one.reason), []).append(one.finding)
    for (span, reason), findings in by_place.items():
        yield from (Suppressed(finding, reason, span) for finding in _merge_findings(findings))


def _unknown(selectors: Iterable[str], known: Mapping[str, str]) -> Iterator[str]:
    """Yield what a comment names that is no code of a rule, each with what to write."""
    for text in selectors:
        code = next((code for code, name in known.items() if text.lower() in (code.lower(), name)), None)
        close = suggest_rule(text, known.items())
        if code is not None:
            yield f"{text} (a comment names codes: write {code})"
        elif any(code.startswith(text.upper()) for code in known):
            yield f"{text} (a comment names whole codes, not their beginnings)"
        else:
            yield f"{text} (did you mean {close}?)" if close else text


def find_unused(outcome: Outcome, suppressions: Iterable[Suppression], known: Mapping[str, str]) -> list[Unused]:
    """Return the suppressions without effect, and those that give no reason.

    `known` are the codes of all rules with their names.  A suppression that may be of use once everything can be read
    and decided is not called unused.
    """
    undecided = {code for open_ in outcome.undecided for code in open_.codes}
    in_part = bool(outcome.problems) or not all(open_.codes for open_ in outcome.undecided)
    open_codes = {*undecided, *(known if in_part else ())}
    unused = []
    for suppression in suppressions:
        unknown = [code for code in suppression.codes if code not in known]
        used = {one.finding.code for one in outcome.suppressed if suppression.reaches(one.finding.span)}
        idle = [
            code for code in suppression.codes if code in outcome.ran and code not in open_codes and code not in used
        ]
        if suppression.misspelt:
            meant = f"podroom: ignore[{suppression.reason}]"
            unused.append(Unused(suppression, f"{suppression.misspelt} is not understood; did you mean {meant}?"))
        elif not suppression.codes:
            unused.append(Unused(suppression, "it names no rule; write ignore[CODE] and the reason"))
        elif unknown:
            unused.append(Unused(suppression, f"there is no rule {', '.join(_unknown(unknown, known))}"))
        elif idle:
            lines = f"line {suppression.line} has"
            if suppression.last_line > suppression.line:
                lines = f"lines {suppression.line} to {suppression.last_line} have"
            unused.append(Unused(suppression, f"{lines} no finding {', '.join(idle)}"))
        elif not suppression.reason:
            unused.append(Unused(suppression, "it gives no reason; write why behind the code"))
    return sorted(unused, key=lambda one: (one.suppression.span.path, one.suppression.span.start))


def _undecided(code: str, subject: Subject, unknown: Unknown) -> Undecided:
    span = subject.span if isinstance(unknown.origin, Default) else unknown.origin
    return Undecided(((code, subject.address),), unknown, span)


def _merge_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Make one finding of those at one place that are mended in one way: one line to change, several subjects.

    What has another reason or another fix is a finding of its own.  A number that is too high for several groups, each
    with other room, is one fault: the least room mends it for all.
    """
    said: dict[Hashable, list[Finding]] = {}
    for finding in {id(finding): finding for finding in findings}.values():  # a rule may repeat one for each subject
        place = (finding.span.document, finding.span.start, finding.span.end)
        reason = _FIGURES.sub("", finding.label)
        fix = finding.fix if finding.fix is None or finding.writes is None else _FIGURES.sub("", finding.fix)
        said.setdefault((finding.code, *place, finding.variants, fix, reason), []).append(finding)
    merged = [several[0] if len(several) == 1 else _for_all_subjects(several) for several in said.values()]
    same: dict[Hashable, list[Finding]] = {}
    for finding in merged:
        same.setdefault(_sameness(finding), []).append(finding)
    return [several[0] if len(several) == 1 else _on_one_line(several) for several in same.values()]


def _sameness(finding: Finding) -> Hashable:
    """Return what two findings share that say one thing of two texts on one line, as of the networks of a list."""
    span = finding.span
    line = (span.document, span.first.line)
    said = (finding.code, finding.message, finding.effect, finding.fix, finding.assumption, finding.variants)
    return (*line, *said, finding.severity, finding.confidence, finding.related, _FIGURES.sub("", finding.label))


def _on_one_line(findings: Sequence[Finding]) -> Finding:
    first, *others = sorted(findings, key=lambda finding: finding.span.start)
    notes = [Note(f"the same of {', '.join(other.subjects)}", other.span) for other in others]
    return replace(
        first,
        subjects=tuple(dict.fromkeys(subject for finding in (first, *others) for subject in finding.subjects)),
        related=(*first.related, *notes),
    )


_FIGURES = pattern(r"[\d.,/]+")
_BUT = ", but "


def _for_all_subjects(findings: Sequence[Finding]) -> Finding:
    """Return one finding of several, which says what is so of each; the fix is the one that writes the least."""
    worst = min(findings, key=lambda finding: (-finding.severity, finding.writes or 0))
    others = [finding for finding in findings if finding is not worst]
    notes = list(worst.related)
    for other in others:
        if other.message != worst.message:
            place = other.related[0].span if other.related else other.span
            notes.append(Note(f"{', '.join(other.subjects)}: {other.message}", place))
        notes += other.related
    fix = worst.fix
    if worst.writes is not None and len({finding.writes for finding in findings}) > 1:
        least = min(finding.writes for finding in findings if finding.writes is not None)
        fix = next(finding.fix for finding in findings if finding.writes == least)
        fix = f"{fix}; several node groups share this line, and {least} is the least that any of them has room for"
    return replace(
        worst,
        message=_message_for_all([finding.message for finding in (worst, *others)]),
        fix=fix,
        subjects=tuple(dict.fromkeys(subject for finding in (worst, *others) for subject in finding.subjects)),
        related=tuple({(note.span, note.message): note for note in notes}.values()),
        edit=worst.edit if all(finding.edit == worst.edit for finding in findings) else None,
    )


def _message_for_all(messages: Sequence[str]) -> str:
    """Return one sentence for several: what they have in common is said once, what differs of each."""
    first, *rest = different = list(dict.fromkeys(messages))
    if not rest:
        return first
    words = [message.split(" ") for message in different]
    if len({len(each) for each in words}) == 1:
        columns = [tuple(dict.fromkeys(column)) for column in zip(*words, strict=True)]
        if all(len(column) == 1 or all(word.isdecimal() for word in column) for column in columns):
            return " ".join(" or ".join(sorted(column, key=_by_number)) for column in columns)
    common, but, _ = first.partition(_BUT)
    if but and all(message.startswith(common + but) for message in rest):
        return common + but + " and ".join(message.removeprefix(common + but) for message in different)
    return "; ".join(different)


def _by_number(word: str) -> tuple[int, str]:
    return (len(word), word) if word.isdecimal() else (0, "")


def _unknown_of(outcome: Undecided) -> Hashable:
    """Return what tells one unknown from another.

    What has a name (a variable, a subnet elsewhere) is one unknown for all files of a folder, said at the first place;
    what lacks as a whole (a module) is one for all.
    """
    folder = outcome.span.path.rpartition("/")[0] if outcome.codes else ""
    place = (outcome.span.document, outcome.span.start)
    return (cause_of(outcome.reason), *((folder, outcome.unknown.refs) if outcome.unknown.refs else place))


def _merge_undecided(undecided: Iterable[Undecided]) -> list[Undecided]:
    """Make one outcome of all that hangs on the same unknown, said at its first place: what there is to supply."""
    same: dict[Hashable, list[Undecided]] = {}
    for outcome in undecided:
        same.setdefault((_unknown_of(outcome), outcome.variants), []).append(outcome)
    merged = [
        replace(
            min(several, key=_place_order),
            unknown=min(several, key=lambda outcome: len(outcome.reason)).unknown,
            judgements=tuple(dict.fromkeys(one for outcome in several for one in outcome.judgements)),
            unread=tuple(dict.fromkeys(one for outcome in several for one in outcome.unread)),
        )
        for several in same.values()
    ]
    return sorted(merged, key=_place_order)


def _place_order(outcome: Undecided) -> tuple[str, int, str]:
    return (outcome.span.path, outcome.span.start, outcome.reason)


def _finding_order(finding: Finding) -> tuple[int, int, str, int, str]:
    return (-finding.severity, -finding.confidence, finding.span.path, finding.span.start, finding.code)
