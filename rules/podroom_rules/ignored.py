"""What the rules ask about arguments that a module does not heed: whose nodes they were meant for, and what to write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.kubelet import KubeletLimit
from podroom.model.world import IgnoredArgument, IgnoredKind, NodeGroup
from podroom.rule import Confidence
from podroom.values import Known, Undecidable

_MAX_PODS = r"max-?pods[\"']?[\s=:]+[\"']?(\d{1,9})(?!\d)"
_FIRST_VERSION = r"\bv([0-9.]*[0-9]) is the first to"
_COUNTS_WITH = r"\bcounts only with (\w+)"
_ONE_TEXT = r'\[\s*("[^"]*")\s*,?\s*\]'


def groups_of(ignored: IgnoredArgument, assessment: Assessment) -> tuple[NodeGroup, ...]:
    """Return the node groups that an argument was meant for."""
    return tuple(group for group in assessment.world.node_groups if _is_for(ignored, group))


def counts(ignored: IgnoredArgument, kind: IgnoredKind, assessment: Assessment) -> bool:
    """Return whether an argument is one of a kind, ignored for certain, and meant for nodes that there are."""
    if ignored.kind is not kind or (ignored.nodes is not None and not groups_of(ignored, assessment)):
        return False
    if ignored.uncertain is not None:
        raise Undecidable(ignored.uncertain)
    return True


def max_pods_in_vain(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether a number of max pods is written for a group in an argument that the module does not heed."""
    for ignored in assessment.world.ignored_arguments:
        if not _is_for(ignored, group) or "MAX_PODS" not in (ignored.instead or "") or ignored.value is None:
            continue
        ignored.value.need()
        if max_pods_in(ignored) is not None:
            return counts(ignored, IgnoredKind.DROPPED, assessment)
    return False


def max_pods_in(ignored: IgnoredArgument) -> int | None:
    """Return the max pods that an argument would have set, None if it says nothing of them."""
    if not isinstance(ignored.value, Known):
        return None
    numbers = {int(number) for number in re.findall(_MAX_PODS, ignored.value.value, re.IGNORECASE)}
    return numbers.pop() if len(numbers) == 1 else None


def fits_ignored_type(group: NodeGroup, assessment: Assessment, limit: KubeletLimit) -> bool:
    """Return whether max pods fits the only instance type that was meant for a group, which is ignored (PR903)."""
    for ignored in assessment.world.ignored_arguments:
        written = (ignored.written or "").replace('\\"', '"')  # as quotes stand in JSON
        one = re.fullmatch(_ONE_TEXT, written.strip())
        if ignored.kind is not IgnoredKind.ONE_INSTANCE_TYPE or not _is_for(ignored, group) or one is None:
            continue
        meant = assessment.catalog.find(one[1].strip('"'))
        if meant is not None and limit.figure.value <= assessment.room(meant, assessment.cni(group), group.span).value:
            return counts(ignored, IgnoredKind.ONE_INSTANCE_TYPE, assessment)
    return False


def max_pods_that_fit(ignored: IgnoredArgument, assessment: Assessment) -> int | None:
    """Return the max pods that an argument would have set, or the room of its nodes where that is less."""
    wanted = max_pods_in(ignored)
    if wanted is None:
        return None
    rooms = [room for group in groups_of(ignored, assessment) for room in collect(_rooms(group, assessment))[0]]
    return min(wanted, *rooms) if rooms else wanted


def what_to_write(ignored: IgnoredArgument, assessment: Assessment) -> str:
    """Return what to write instead of an argument, with its value where that can be carried over.

    Where nothing takes its place it helps only to upgrade the module to the first version that has it, if one does.
    """
    instead = ignored.instead
    name = ignored.argument.rpartition(".")[2]
    if instead is None:
        first = re.search(_FIRST_VERSION, ignored.reason)
        upgrade = "" if first is None else f"upgrade the module to v{first[1]} or later, or "
        needed = re.search(_COUNTS_WITH, ignored.reason)
        beside = "" if needed is None else f"write {needed[1]} beside {name}, or "
        return f"{upgrade}{beside}remove {name}, which changes nothing as it stands"
    if "MAX_PODS" in instead:
        number = max_pods_that_fit(ignored, assessment)
        if number is None:
            return _without_number(name, instead)
        if _is_told_anyway(number, ignored, assessment):
            limit = "" if number == max_pods_in(ignored) else ", which is all that a node has room for"
            return f"remove {name}, which changes nothing as it stands: kubelet is told {number} without it{limit}"
        return f"write {instead.replace('MAX_PODS', str(number))}"
    text = ignored.written or "..."
    one = re.fullmatch(_ONE_TEXT, text)
    written = instead.replace("ONE_TYPE", one[1] if one else "...").replace("{}", "..." if "\n" in text else text)
    return f"write {written}"


def _without_number(name: str, instead: str) -> str:
    """Return what to write instead of an argument that says nothing of max pods, or beside it so that it counts."""
    condition, itself, _ = instead.partition(f" and {name} = ")
    if itself:
        return (
            f"remove {name}, which changes nothing as it stands, or write {condition.replace(', ', ' and ')} beside it"
        )
    return f"say it in {condition.rpartition(' and ')[2].partition(' = ')[0]} instead"


def _is_told_anyway(number: int, ignored: IgnoredArgument, assessment: Assessment) -> bool:
    """Return whether kubelet is told a number, and no other, on all nodes that an argument was meant for."""
    told = [collect(_limits(group, assessment)) for group in groups_of(ignored, assessment)]
    return bool(told) and all(unknown is None and set(numbers) == {number} for numbers, unknown in told)


def assumed_version(ignored: IgnoredArgument) -> str | None:
    """Return the assumption behind a module of which several major versions may be meant."""
    return (
        None
        if ignored.pinned
        else f"the call allows several major versions, of which the newest is taken: {ignored.module}"
    )


def confidence(ignored: IgnoredArgument) -> Confidence:
    """Return how sure it is that the module does not heed an argument."""
    return Confidence.HIGH if ignored.pinned else Confidence.MEDIUM


def _is_for(ignored: IgnoredArgument, group: NodeGroup) -> bool:
    return ignored.nodes is not None and group.address.startswith(f"{ignored.nodes}.")


def _rooms(group: NodeGroup, assessment: Assessment) -> Iterator[int]:
    cni = assessment.cni(group)
    for resolved in assessment.instances(group):
        yield assessment.room(resolved.instance, cni, group.span).value


def _limits(group: NodeGroup, assessment: Assessment) -> Iterator[int]:
    for resolved in assessment.instances(group):
        yield from (limit.figure.value for limit in assessment.kubelet(group, resolved.instance))
