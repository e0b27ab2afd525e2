"""What a change does: to the findings, and to what nodes hold and subnets give."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from podroom.capacity.estimate import Estimate, LoadState
from podroom.capacity.forecast import Forecast, GroupForecast
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.engine import Outcome, Undecided
from podroom.positions import Paths
from podroom.records import dataclass
from podroom.rule import Finding


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings before and after a change, told apart.

    One that got more severe counts as new.  `opened` are judgements that were made before and no longer can be.
    """

    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    opened: tuple[Undecided, ...]


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A node group before and after; None where it is not there."""

    before: GroupForecast | None
    after: GroupForecast | None

    @property
    def address(self) -> str:
        """Return its address."""
        found = self.after or self.before
        return "" if found is None else found.group.address


@dataclass(frozen=True, slots=True)
class SubnetChange:
    """A subnet before and after; None where nothing is known to use it."""

    before: SubnetForecast | None
    after: SubnetForecast | None

    @property
    def subnet(self) -> SubnetForecast:
        """Return it as it is afterwards, or was if it is no longer."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change has a side")
        return found


@dataclass(frozen=True, slots=True)
class RootChange:
    """What a change does to the capacity of one root module or ClusterConfig: only what is not the same."""

    title: str
    groups: tuple[GroupChange, ...]
    subnets: tuple[SubnetChange, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """All that is to be said of a change between two sides, which are called `base` and `head`.

    `remarks` are what keeps them from being compared in part.
    """

    base: str
    head: str
    findings: Findings
    roots: tuple[RootChange, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moves:
    """Where files were moved to, by their paths from the top, and from where paths begin."""

    paths: Paths
    files: Mapping[str, str]

    def after(self, path: str) -> str:
        """Return the path from the top that a file of before has now."""
        path = self.paths.from_top(path)
        return self.files.get(path, path)

    def folder_after(self, folder: str) -> str:
        """Return the path from the top of the folder that most files of a folder of before lie in now."""
        folder = self.paths.from_top(folder)
        here = "" if folder == "." else folder
        moved = Counter(_folder(new) for old, new in self.files.items() if _folder(old) == here)
        return moved.most_common(1)[0][0] or "." if moved else folder

    def now(self, path: str) -> str:
        """Return the path from the top of a file of now."""
        return self.paths.from_top(path)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def compare_findings(before: Outcome, after: Outcome, moves: Moves) -> Findings:
    """Tell the findings of two outcomes apart: by rule, file and what is affected, by no line and no number.

    What was moved to another file of its folder, or has got another address and the same text, is the same.
    """
    ways: tuple[tuple[Callable[[Finding], Hashable], Callable[[Finding], Hashable]], ...] = (
        (
            lambda one: (one.code, moves.after(one.span.path), one.subjects, one.variants),
            lambda one: (one.code, moves.now(one.span.path), one.subjects, one.variants),
        ),
        (
            lambda one: (one.code, _folder(moves.after(one.span.path)), one.address),
            lambda one: (one.code, _folder(moves.now(one.span.path)), one.address),
        ),
        (
            lambda one: (one.code, moves.after(one.span.path), one.span.text),
            lambda one: (one.code, moves.now(one.span.path), one.span.text),
        ),
    )
    old, new = list(before.findings), list(after.findings)
    remaining: list[Finding] = []
    worse: list[Finding] = []
    for key_before, key_after in ways:
        waiting: dict[Hashable, list[Finding]] = defaultdict(list)
        for finding in old:
            waiting[key_before(finding)].append(finding)
        left = []
        for finding in new:
            same = waiting[key_after(finding)]
            if not same:
                left.append(finding)
            elif same.pop(0).severity < finding.severity:
                worse.append(finding)
            else:
                remaining.append(finding)
        old = [finding for several in waiting.values() for finding in several]
        new = left
    order = {id(finding): at for at, finding in enumerate(after.findings)}
    return Findings(
        new=tuple(sorted((*new, *worse), key=lambda finding: order[id(finding)])),
        fixed=tuple(finding for finding in before.findings if any(finding is one for one in old)),
        remaining=tuple(sorted(remaining, key=lambda finding: order[id(finding)])),
        opened=tuple(_opened(before.undecided, after.undecided)),
    )


def _opened(before: Iterable[Undecided], after: Iterable[Undecided]) -> Iterable[Undecided]:
    """Yield what was not open before: other judgements of a subject that the same thing left open then are not new."""
    known = {(subject, one.reason) for one in before for subject in one.subjects}
    judgements = {judgement for one in before for judgement in one.judgements}
    for one in after:
        subjects = {subject for judgement in one.judgements if judgement not in judgements for subject in judgement[1:]}
        if any((subject, one.reason) not in known for subject in (*subjects, *one.unread)):
            yield one


def compare_forecasts(before: Sequence[Forecast], after: Sequence[Forecast], moves: Moves) -> tuple[RootChange, ...]:
    """Return what is not the same in the forecasts of the roots, in the order of those of now."""
    earlier = {(moves.folder_after(one.root), one.variant): one for one in before}
    changes = []
    for one in after:
        other = earlier.pop((moves.now(one.root), one.variant), None)
        changes.append(_root(one.title, other, one))
    changes += [_root(one.title, one, None) for one in earlier.values()]
    return tuple(change for change in changes if change.groups or change.subnets)


def _root(title: str, before: Forecast | None, after: Forecast | None) -> RootChange:
    old_groups = {group.group.address: group for group in before.groups} if before else {}
    new_groups = {group.group.address: group for group in after.groups} if after else {}
    old_subnets = {subnet.subnet.address: subnet for subnet in before.subnets} if before else {}
    new_subnets = {subnet.subnet.address: subnet for subnet in after.subnets} if after else {}
    groups = [GroupChange(old_groups.get(one), new_groups.get(one)) for one in {**new_groups, **old_groups}]
    subnets = [SubnetChange(old_subnets.get(one), new_subnets.get(one)) for one in {**new_subnets, **old_subnets}]
    return RootChange(
        title,
        tuple(group for group in groups if _of_group(group.before) != _of_group(group.after)),
        tuple(subnet for subnet in subnets if _of_subnet(subnet.before) != _of_subnet(subnet.after)),
    )


def _range(estimate: Estimate) -> tuple[int | None, int | None]:
    return estimate.least, estimate.most


def _of_group(group: GroupForecast | None) -> Hashable:
    """Return the numbers of a node group that a person would call a change."""
    if group is None:
        return None
    types = tuple((one.instance.name, _range(one.max_pods), _range(one.room)) for one in group.node.types)
    return types, _range(group.minimum), _range(group.desired), _range(group.maximum)


def _of_subnet(subnet: SubnetForecast | None) -> Hashable:
    if subnet is None:
        return None
    return _range(subnet.usable), tuple(_range(peak(subnet, state)) for state in LoadState)


def peak(subnet: SubnetForecast, state: LoadState) -> Estimate:
    """Return the addresses that are taken when it is most: all groups at maximum size, an update, and the reserves."""
    return subnet.at_maximum.of(state).plus(subnet.added_by_update.of(state)).plus(subnet.reserved)
