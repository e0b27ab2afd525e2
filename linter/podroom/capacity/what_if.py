"""What if: a World in which settings of the CNI or of a node group are others than those that somebody wrote.

A leaf is replaced and everything else follows, because the sums are worked out anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

from podroom.catalog.cni_variables import CNI_VARIABLES, VariableType, find_cni_variable
from podroom.catalog.group_sizes import LARGEST_SIZE
from podroom.errors import UsageError
from podroom.model.world import Cluster, EnvironmentVariable, InstanceChoice, NodeGroup, TypeSource, World
from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass, replace
from podroom.values import Default, Known, Members

_SIZES = ("max_size", "desired_size", "min_size")
_TYPES = "instance_types"
_NUMBER = pattern(r"[0-9]+")
_BOOLEANS = frozenset({"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"})


@dataclass(frozen=True, slots=True)
class EnvironmentChange:
    """A variable of aws-node with another value, or None for a variable that is taken away."""

    name: str
    value: str | None

    def __str__(self) -> str:
        """Return NAME=VALUE."""
        return f"{self.name} unset" if self.value is None else f"{self.name}={self.value}"


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A setting of a node group with another value: GROUP.SETTING=VALUE as somebody wrote it."""

    group: str
    setting: str
    value: str

    @property
    def types(self) -> tuple[str, ...]:
        """Return the instance types that it names; none for a change of a size."""
        return tuple(name.strip() for name in self.value.split(",")) if self.setting == _TYPES else ()

    def __str__(self) -> str:
        """Return GROUP.SETTING=VALUE."""
        return f"{self.group}.{self.setting}={self.value}"


def read_environment_change(text: str) -> EnvironmentChange:
    """Read `NAME=VALUE`; raise `UsageError` unless aws-node reads such a variable and such a value."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--env takes NAME=VALUE, not {text!r}")
    variable = find_cni_variable(name)
    if variable is None:
        raise UsageError(f"--env {name}: aws-node reads no such variable{did_you_mean(name, CNI_VARIABLES)}")
    if variable.type is VariableType.INT and not _NUMBER.fullmatch(value):
        raise UsageError(f"--env {name} takes a whole number, not {value!r}")
    if variable.type is VariableType.BOOL and value not in _BOOLEANS:
        raise UsageError(f"--env {name} takes true or false, not {value!r}")
    return EnvironmentChange(name, value)


def read_group_change(text: str) -> GroupChange:
    """Read `GROUP.SETTING=VALUE`; raise `UsageError` for anything that is no setting or no value of it."""
    target, equals, value = text.partition("=")
    # The address of a group may hold an equals sign in a key; a setting's name never does.
    while target.rpartition(".")[2] not in (*_SIZES, _TYPES) and "=" in value:
        more, equals, value = value.partition("=")
        target = f"{target}={more}"
    group, _, setting = target.rpartition(".")
    if not equals or not group:
        raise UsageError(f"--set takes GROUP.SETTING=VALUE such as workers.max_size=50, not {text!r}")
    known = (*_SIZES, _TYPES)
    if setting not in known:
        close = did_you_mean(setting, known) or f"; it knows {', '.join(known)}"
        raise UsageError(f"--set {text}: there is no setting {setting}{close}")
    if setting in _SIZES:
        if not _NUMBER.fullmatch(value):
            raise UsageError(f"--set {text}: {setting} takes a whole number")
        value = value.lstrip("0") or "0"  # Python reads no number of thousands of digits, zeros before it included
        if len(value) > len(str(LARGEST_SIZE)) or int(value) > LARGEST_SIZE:
            raise UsageError(f"--set {text}: {setting} takes at most {LARGEST_SIZE}")
    elif not all(value.split(",")):
        raise UsageError(f"--set {text}: {setting} takes types with commas between them, such as m5.large,m5a.large")
    return GroupChange(group, setting, value)


def with_environment(world: World, changes: Sequence[EnvironmentChange], clusters: Collection[str] = ()) -> World:
    """Return a World in which every cluster, or those of some addresses, has other variables of aws-node."""
    if not changes:
        return world
    changed = {cluster.address for cluster in world.clusters if not clusters or cluster.address in clusters}
    unchanged = {cluster.address for cluster in world.clusters} - changed
    return replace(
        world,
        clusters=tuple(
            _with_variables(cluster, changes) if cluster.address in changed else cluster for cluster in world.clusters
        ),
        node_groups=tuple(
            group if isinstance(group.cluster, Known) and group.cluster.value in unchanged else _supposed(group)
            for group in world.node_groups
        ),
    )


def _supposed(group: NodeGroup) -> NodeGroup:
    """Return a group whose running nodes are not what is asked about."""
    return group if group.running is None else replace(group, running=replace(group.running, supposed=True))


def with_group_changes(world: World, changes: Sequence[GroupChange]) -> World:
    """Return a World in which the groups that are named have other settings; a group that it lacks changes nothing.

    Raise `UsageError` for a name that several groups have, and for sizes that contradict each other.
    """
    for change in changes:
        chosen = find_groups(world, change.group)
        if len(chosen) > 1:
            addresses = ", ".join(group.address for group in chosen)
            raise UsageError(f"--set {change}: {change.group} may be any of {addresses}; write more of the address")
        groups = tuple(_changed(_supposed(group), change) if group in chosen else group for group in world.node_groups)
        world = replace(world, node_groups=groups)
    for change in changes:
        for group in find_groups(world, change.group):
            _check_sizes(group, change)
    return world


def _check_sizes(group: NodeGroup, change: GroupChange) -> None:
    """Raise `UsageError` if a changed size contradicts another one of the group, which EC2 refuses."""
    sizes = (("min_size", group.minimum_size), ("desired_size", group.desired_size), ("max_size", group.maximum_size))
    known = [(name, size.value) for name, size in sizes if isinstance(size, Known)]
    for (small, low), (large, high) in combinations(known, 2):
        if low > high and change.setting in {small, large}:
            other = large if change.setting == small else small
            raise UsageError(
                f"--set {change}: {small} {low} is more than {large} {high}; set {other} of the group, too"
            )


def find_groups(world: World, name: str) -> list[NodeGroup]:
    """Return the groups that a name may mean: an address, the end of one, or a name in an address."""
    for matches in (_is_address, _is_suffix, _is_part):
        found = [group for group in world.node_groups if matches(group.address, name)]
        if found:
            return found
    return []


def check_groups(worlds: Sequence[World], changes: Sequence[GroupChange]) -> None:
    """Raise `UsageError` for a change of a group that none of the Worlds has."""
    addresses = [group.address for world in worlds for group in world.node_groups]
    for change in changes:
        if not any(find_groups(world, change.group) for world in worlds):
            names = [*addresses, *(name for address in addresses for name in _names(address))]
            close = did_you_mean(change.group, names) or (f"; there are {', '.join(addresses)}" if addresses else "")
            raise UsageError(f"--set {change}: there is no node group {change.group}{close}")


def _with_variables(cluster: Cluster, changes: Sequence[EnvironmentChange]) -> Cluster:
    names = {change.name for change in changes}
    kept = [variable for variable in cluster.cni.environment if variable.name not in names]
    for change in changes:
        if change.value is not None:
            span = _written(f"--env {change}")
            kept.append(EnvironmentVariable(change.name, Known(change.value, span), span))
        elif (known := find_cni_variable(change.name)) is not None and cluster.cni.missing is not None:
            default = Known(known.default or "", Default("the Amazon VPC CNI", known.source))
            kept.append(EnvironmentVariable(change.name, default, cluster.span))
    return replace(cluster, cni=replace(cluster.cni, environment=tuple(kept)))


def _changed(group: NodeGroup, change: GroupChange) -> NodeGroup:
    span = _written(f"--set {change}")
    if change.setting == _TYPES:
        choices = tuple(InstanceChoice(Known(name, span), TypeSource.NODE_GROUP, span) for name in change.types)
        return replace(group, instance_types=Members(choices))
    size = Known(int(change.value), span)
    if change.setting == "max_size":
        return replace(group, maximum_size=size)
    if change.setting == "desired_size":
        return replace(group, desired_size=size)
    return replace(group, minimum_size=size)


def _written(text: str) -> Span:
    """Return the place of something that stands on the command line."""
    return Span(Document("command line", text), 0, len(text))


def _is_address(address: str, name: str) -> bool:
    return address == name


def _is_suffix(address: str, name: str) -> bool:
    return address.endswith(f".{name}")


def _is_part(address: str, name: str) -> bool:
    return name in _names(address)


def _names(address: str) -> list[str]:
    """Return the names in an address: those between dots or slashes, and the keys in brackets."""
    return [part for part in re.findall(r'[^./\[\]"]+', address) if not part.isdigit()]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean this or that?" with the names that are like one that is not known; empty if none is."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a misspelt name needs it

    close = get_close_matches(name, dict.fromkeys(known))
    return f"; did you mean {' or '.join(close)}?" if close else ""
